"""Records: what `typing.NamedTuple` gives, made faster."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any
from typing import NamedTuple as Original

import pytest

from edalint.model.records import NamedTuple


class Made(NamedTuple):
    """A place."""

    path: str
    line: int
    column: int = 1
    words: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """As people write it."""
        return f"{self.path}:{self.line}:{self.column}"


class Expected(Original):
    path: str
    line: int
    column: int = 1
    words: tuple[str, ...] = ()


class One(NamedTuple):
    only: int


class Spoken(NamedTuple):
    word: str

    def __repr__(self) -> str:
        return f"<{self.word}>"


def test_a_record_is_the_tuple_of_its_fields() -> None:
    """Construction by place and by name, defaults, equality, order, hash, unpacking: as `typing` has it."""
    made, expected = Made("t.yaml", 3, words=("a",)), Expected("t.yaml", 3, words=("a",))

    assert tuple(made) == tuple(expected)
    assert hash(made) == hash(expected)
    assert Made("t.yaml", 3) < Made("t.yaml", 4)
    assert (made.path, made.line, made.column, made.words) == tuple(made)
    assert made.shown == "t.yaml:3:1"
    assert One(1) == (1,)
    assert issubclass(Made, tuple)


def test_the_helpers_are_those_of_named_tuples() -> None:
    """`_replace`, `_asdict`, `_make`, `_fields`, `repr`, defaults, documentation."""
    made, expected = Made("t.yaml", 3), Expected("t.yaml", 3)

    assert tuple(made._replace(line=4)) == tuple(expected._replace(line=4))
    assert type(made._replace(line=4)) is Made
    assert made._asdict() == expected._asdict()
    assert Made._make(["t.yaml", 3, 1, ()]) == made
    assert Made._fields == Expected._fields
    assert Made._field_defaults == Expected._field_defaults
    assert repr(made) == repr(expected).replace("Expected", "Made")
    assert repr(Spoken("hi")) == "<hi>"
    assert Made.__doc__ == "A place."
    match made:
        case Made(path, line):
            assert (path, line) == ("t.yaml", 3)


def test_mistakes_are_type_errors() -> None:
    """Too few values, too many, an unknown name, a field that is not there."""
    make: Any = Made
    for call in (lambda: make("t"), lambda: make("t", 1, 1, (), 5), lambda: make("t", 1, colour="red"), lambda: make._make([1])):
        with pytest.raises(TypeError):
            call()  # type: ignore[no-untyped-call]
    with pytest.raises((TypeError, ValueError)):
        Made("t", 1)._replace(colour="red")  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        Made("t", 1).line = 5  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Made("t", 1).colour = 5  # type: ignore[attr-defined]
    if not TYPE_CHECKING:
        with pytest.raises(TypeError):

            class Wrong(NamedTuple):
                first: int = 1
                second: int


def test_records_can_be_copied_and_pickled() -> None:
    """As plain values, by the class's name."""
    made = Made("t.yaml", 3)

    assert pickle.loads(pickle.dumps(made)) == made
    assert type(pickle.loads(pickle.dumps(made))) is Made
    assert copy.deepcopy(made) == made
