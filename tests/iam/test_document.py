"""How documents are read: an element when it is asked for, a document once, and the same as when all is read at once."""

from __future__ import annotations

import random
from typing import Any

import pytest

from edalint.iam.document import Known, Statement, as_is, read_once, statements
from edalint.model.values import Map, Unknown
from tests.building import value
from tests.iam.generated import cases

POLICIES = [case.policy for case in cases(count=200)]
ELEMENTS = (
    "sid", "effect", "principals", "not_principals", "actions", "not_actions", "resources", "not_resources", "conditions",
)  # fmt: skip


def _seen(plain: Any) -> Any:
    """Reads as `as_is` does, and is another: whose reading is not known to last reads all at once."""
    return as_is(plain)


def _said(statement: Statement, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(statement, name) for name in names}


@pytest.mark.parametrize("seed", range(20))
def test_elements_say_the_same_in_whatever_order_they_are_asked(seed: int) -> None:
    """Read by itself, an element is what it is where all of a statement is read at once."""
    chance = random.Random(seed)
    for policy in chance.sample(POLICIES, 20):
        late, at_once = statements(value(policy)), statements(value(policy), _seen)
        assert isinstance(late, list)
        assert isinstance(at_once, list)
        assert late
        for one, other in zip(late, at_once, strict=True):
            assert _said(one, tuple(chance.sample(ELEMENTS, len(ELEMENTS)))) == _said(other, ELEMENTS)


def test_what_is_no_element_is_no_attribute() -> None:
    """A slip of the pen is an error, not an element that is absent."""
    with pytest.raises(AttributeError):
        statements(value(POLICIES[0]))[0].action  # type: ignore[index]  # noqa: B018


def test_a_document_is_read_once() -> None:
    """Who asks again gets the very statements, also of a document that is not known."""
    known: Known = {}
    document, nothing = value(POLICIES[0]), Unknown("", "not known")
    assert read_once(document, known) is read_once(document, known)
    assert read_once(nothing, known) is nothing


def test_a_document_that_is_gone_is_mistaken_for_no_other() -> None:
    """A new document may stand where one stood that nobody holds any more."""
    known: Known = {}
    bodies = [value({"Sid": f"s{number}"}) for number in range(20)]
    for body in bodies:
        read = read_once(Map({"Statement": [body]}), known)
        assert isinstance(read, list)
        assert read[0].sid == body["Sid"]
