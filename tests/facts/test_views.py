"""What a view computes is shared with every view that decides alike what was read, and with no other."""

from __future__ import annotations

import dis
from collections.abc import Callable
from typing import Any

import pytest

from edalint.facts._documents import may_be_about
from edalint.facts.registry import PLAIN, _build_index
from edalint.facts.view import _FUNCTIONS, View, ever
from edalint.model.conditions import Choice, Undecided, both, is_one_of, negation
from edalint.model.graph import Node
from edalint.model.values import Map, OneOf, Unknown, text_of
from tests.building import stack

STAGE = Choice("t.yaml#Stage", "Stage", ("dev", "prod"))
REGION = Choice("u.yaml#Region", "Region", ("here", "there"))
PROD = is_one_of(STAGE, ["prod"])
HERE = is_one_of(REGION, ["here"])


class Counted:
    """Something to compute, and how often it was computed to its end."""

    def __init__(self, compute: Callable[[View], object]) -> None:
        self.compute, self.times = compute, 0

    def __call__(self, view: View) -> object:
        value = self.compute(view)
        self.times += 1
        return value


def root() -> View:
    return View(stack(Q=("AWS::SQS::Queue", {})))


def test_what_reads_no_choice_is_computed_once_for_all_views() -> None:
    """Also where it was first asked of a view that decides something."""
    view, count = root(), Counted(lambda view: 1)
    assert [v.once(("x",), count) for v in (view.decide(STAGE, "dev"), view, view.decide(STAGE, "prod"))] == [1, 1, 1]
    assert count.times == 1


def test_choices_that_are_not_read_share_one_answer() -> None:
    """Deciding another template's choice computes nothing anew."""
    view, count = root(), Counted(lambda view: view.holds(PROD))
    for region in REGION.domain:
        for stage in STAGE.domain:
            assert view.decide(REGION, region).decide(STAGE, stage).once(("x",), count) is (stage == "prod")
    assert count.times == 2


def test_an_undecided_choice_is_raised_every_time() -> None:
    """By the view itself and by views that decide something else; the answer comes with the decision."""
    view, count = root(), Counted(lambda view: view.holds(PROD))
    for asked in (view, view, view.decide(REGION, "here"), view.decide(REGION, "here")):
        with pytest.raises(Undecided) as raised:
            asked.once(("x",), count)
        assert raised.value.choice == STAGE
    assert view.decide(STAGE, "prod").once(("x",), count) is True


def test_what_an_inner_computation_reads_the_outer_one_has_read() -> None:
    """Whether the inner one is computed or was kept."""
    view = root()
    inner = Counted(lambda view: view.holds(PROD))
    outer = Counted(lambda view: view.once(("inner",), inner))
    assert view.decide(STAGE, "dev").once(("inner",), inner) is False
    assert view.decide(STAGE, "dev").once(("outer",), outer) is False
    assert view.decide(STAGE, "prod").once(("outer",), outer) is True
    assert view.decide(STAGE, "dev").decide(REGION, "here").once(("outer",), outer) is False
    assert (inner.times, outer.times) == (2, 2)


def test_a_condition_of_two_choices_hangs_on_both() -> None:
    """Even where one of them has decided it already: what was decided beside it counts as read."""
    view, count = root(), Counted(lambda view: view.holds(both(PROD, HERE)))
    answers = {(s, r): view.decide(STAGE, s).decide(REGION, r).once(("x",), count) for s in STAGE.domain for r in REGION.domain}
    assert [pair for pair, answer in answers.items() if answer] == [("prod", "here")]
    assert view.decide(STAGE, "dev").once(("x",), count) is False


def test_what_a_computation_decides_itself_it_does_not_read_of_its_view() -> None:
    """A question asked under every value of a choice has one answer whatever the view says of others."""
    view = root()
    count = Counted(lambda view: [view.decide(STAGE, stage).holds(PROD) for stage in STAGE.domain])
    assert view.decide(REGION, "here").once(("x",), count) == view.decide(REGION, "there").once(("x",), count) == [False, True]
    assert count.times == 1


def test_what_goes_wrong_is_not_kept() -> None:
    """A mistake is raised again, not taken for an answer."""
    view = root()

    def fail(view: View) -> object:
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError, match=r"^$"):
            view.decide(STAGE, "dev").once(("x",), fail)


def test_ever_looks_into_every_alternative() -> None:
    """True where some alternative is, or where too many choices are in the way."""
    view = root()
    many = [Choice(f"t.yaml#C{i}", f"C{i}", ("a", "b")) for i in range(9)]
    assert ever(view, lambda view: view.holds(PROD))
    assert not ever(view, lambda view: view.holds(PROD) and not view.holds(PROD))
    assert ever(view, lambda view: bool([view.holds(is_one_of(c, ["a"])) for c in many]) and False)


def test_a_plain_fact_asks_nothing_of_its_view() -> None:
    """It is worked out without seeing what it reads, so it must hang on nothing."""
    _build_index()
    assert len(PLAIN) > 20
    for function in PLAIN:
        subject, view = function.__code__.co_varnames[:2]
        used = {instruction.argval for instruction in dis.get_instructions(function) if instruction.opname.startswith("LOAD_FAST")}
        assert subject != view
        assert view not in used, function.__qualname__


def test_a_fact_that_depends_on_itself_is_unknown() -> None:
    """Asked again while it is worked out, it is not known; afterwards it is what it was found to be."""
    view = root()
    node = view.graph.nodes["t.yaml#Q"]
    asked: list[object] = []

    def itself(node: Node, view: View) -> int:
        asked.append(view.fact(node, "itself"))
        return 1

    _FUNCTIONS.setdefault(Node, {}).setdefault("queue", {})["itself"] = itself
    try:
        assert [view.fact(node, "itself"), view.fact(node, "itself")] == [1, 1]
        assert isinstance(asked[0], Unknown)
        assert len(asked) == 1
    finally:
        del _FUNCTIONS[Node]["queue"]["itself"]


def test_where_a_condition_holds_what_it_leaves_no_choice_is_decided() -> None:
    """A test of several values decides nothing."""
    view = root()
    assert view.within(PROD).assignment == {STAGE.name: "prod"}
    assert view.within(both(PROD, HERE)) is view.decide(STAGE, "prod").decide(REGION, "here")
    wide = is_one_of(Choice("v.yaml#X", "X", ("a", "b", "c")), ["a", "b"])
    assert view.within(wide) is view


@pytest.mark.parametrize(
    ("action", "about"),
    [
        ("sqs:SendMessage", True),
        ("SQS:send*", True),
        ("sns:Publish", False),
        (["sns:Publish", OneOf(((PROD, "sqs:*"), (negation(PROD), "s3:*")))], True),
        (OneOf(((PROD, "sns:*"), (negation(PROD), "s3:*"))), False),
        (Unknown("Action"), True),
        (text_of([Unknown("Service"), ":SendMessage"]), True),
        (text_of([Unknown("Service"), ":Publish"]), False),
    ],
)
def test_a_document_is_read_where_some_alternative_speaks_of_the_action(action: Any, about: bool) -> None:
    """Nothing is decided to tell it."""
    document = Map({"Statement": [Map({"Effect": "Allow", "Action": action, "Resource": "*"})]})
    assert may_be_about(root(), document, "sqs:SendMessage") is about
