"""String tests over texts with holes, held against their definition: every filling of the holes from a small alphabet."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.model import texts
from edalint.model.values import OneOf, Ref, Text, Unknown, Value, parts_of, text_of

LETTERS = ["", "a", "b", "/", "*", "?", "ab", "a/", "/b"]
HOLES: list[Unknown | Ref] = [
    Unknown("x"),
    Unknown("y"),
    Unknown("n", excludes="/"),
    Unknown("m", excludes="/b"),
    Ref("t#R"),
]
C, D = "c" * texts.RANDOM_ENDING, "d" * texts.RANDOM_ENDING
UNIQUE = {Unknown("u", unique=True): [C, f"ca{C}", f"a{C}", f"/{C}"], Unknown("v", excludes="/", unique=True): [D, f"b{D}", f"da{D}"]}
"""Unique holes, and what they may hold: a long random ending, and nothing in common that tells."""


def candidates(hole: Unknown | Ref) -> list[str]:
    """Every string that a hole may hold."""
    if hole in UNIQUE:
        return UNIQUE[hole]  # type: ignore[index]
    if isinstance(hole, Ref) or not hole.excludes:
        return LETTERS
    return [s for s in LETTERS if not set(s) & set(hole.excludes + "*?")]


def fillings(*values: Value) -> list[tuple[str, ...]]:
    """The values under every filling of their holes."""
    holes: list[Unknown | Ref] = []
    for value in values:
        for part in parts_of(value):
            if not isinstance(part, str) and part not in holes:
                holes.append(part)
    result = []
    for choice in product(*(candidates(h) for h in holes)):
        table = dict(zip(holes, choice, strict=True))
        result.append(tuple("".join(p if isinstance(p, str) else table[p] for p in parts_of(v)) for v in values))
    return result


literal = st.text(alphabet="abcd/*?", max_size=3)
text = st.lists(st.one_of(literal, st.sampled_from(HOLES)), max_size=4).map(text_of)
few = st.lists(st.one_of(literal, st.sampled_from([*HOLES[:3], *UNIQUE])), max_size=3).map(text_of)


def glob(pattern: str, value: str) -> bool:
    """An independent reading of IAM's wildcards."""
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(expression, value, re.DOTALL) is not None


TESTS: dict[str, tuple[Callable[[Value, Value], object], Callable[[str, str], bool]]] = {
    "equal": (texts.equal, lambda a, b: a == b),
    "starts_with": (texts.starts_with, lambda a, b: a.startswith(b)),
    "ends_with": (texts.ends_with, lambda a, b: a.endswith(b)),
    "contains": (texts.contains, lambda a, b: b in a),
    "wildcard": (texts.wildcard, glob),
}


@pytest.mark.parametrize("name", TESTS)
@settings(max_examples=150, deadline=None)
@given(left=few, right=few)
def test_an_answer_holds_for_every_filling(name: str, left: Value, right: Value) -> None:
    """True (False) is only said where every (no) filling of the holes satisfies the test."""
    ours, definition = TESTS[name]
    answer = ours(left, right)
    if isinstance(answer, Unknown):
        return
    assert all(definition(a, b) is answer for a, b in fillings(left, right))


@pytest.mark.parametrize("name", TESTS)
@settings(deadline=None)
@given(left=st.text(alphabet="ab/*?", max_size=6), right=st.text(alphabet="ab/*?", max_size=4))
def test_known_strings_are_always_decided(name: str, left: str, right: str) -> None:
    """Without holes the answer is Python's own."""
    ours, definition = TESTS[name]
    assert ours(left, right) is definition(left, right)


@settings(deadline=None)
@given(value=text)
def test_a_text_equals_itself(value: Value) -> None:
    """Equal symbols are equal values, whatever they stand for."""
    assert texts.equal(value, value) is True
    assert texts.starts_with(value, value) is True
    assert texts.contains(value, value) is True


STACK, REGION = Unknown("AWS::StackName", excludes=":/"), Unknown("AWS::Region", excludes=":/")
RULE, BUS = Unknown("t#Rule.Name", excludes=":/"), Unknown("t#Bus.Name", excludes=":/")
ACCOUNT = Unknown("AWS::AccountId", excludes=":/")


def test_the_known_ends_of_a_text_decide() -> None:
    """A generated prefix does not hide a written suffix, nor a scheme, nor a word."""
    assert texts.ends_with(text_of([STACK, "-orders.fifo"]), ".fifo") is True
    assert texts.starts_with(text_of(["http://", Unknown("Host"), "/"]), "http:") is True
    assert texts.starts_with(text_of(["http://", Unknown("Host"), "/"]), "https:") is False
    assert texts.contains(text_of([Unknown("Stage"), "-dlq"]), "dlq") is True
    assert isinstance(texts.contains(text_of([Unknown("Stage"), "-queue"]), "dlq"), Unknown)


def rule_arn(*name: Value) -> Value:
    return text_of(["arn:aws:events:", REGION, ":", ACCOUNT, ":rule/", *name])


def test_a_rule_of_a_custom_bus_is_not_let_in_by_its_bare_name() -> None:
    """The ARN holds the bus's name: `rule/NAME` can't be it, `rule/BUS/*` and `rule/*` are."""
    arn = rule_arn(BUS, "/", RULE)
    assert texts.wildcard(rule_arn(RULE), arn) is False
    assert texts.wildcard(rule_arn(BUS, "/*"), arn) is True
    assert texts.wildcard(rule_arn("*"), arn) is True
    assert texts.wildcard("arn:aws:events:*:*:rule/*", arn) is True
    assert texts.wildcard(arn, arn) is True
    assert isinstance(texts.wildcard(rule_arn(Unknown("Parameters.Name")), arn), Unknown)


def test_two_names_that_aws_makes_are_two_names() -> None:
    """The topic of one logical id is not the topic of another, whatever names they get; a written name or prefix may fit."""
    one, two = (Unknown(f"t#{n}.TopicName", excludes=":/", unique=True) for n in ("Placed", "Paid"))
    assert texts.wildcard(text_of(["arn:aws:sns:eu-west-1:1:", one]), text_of(["arn:aws:sns:eu-west-1:1:", two])) is False
    assert texts.equal(one, two) is False
    assert isinstance(texts.wildcard("arn:aws:sns:eu-west-1:1:shop-*", text_of(["arn:aws:sns:eu-west-1:1:", one])), Unknown)
    assert texts.wildcard("arn:aws:sns:*", text_of(["arn:aws:sns:eu-west-1:1:", one])) is True
    assert texts.equal(one, "") is False


def test_a_hole_in_a_pattern_may_hold_a_wildcard() -> None:
    """A parameter of a policy can be `*`; a region or a name can't."""
    assert isinstance(texts.wildcard(Unknown("Parameters.P"), "abc"), Unknown)
    assert texts.wildcard(text_of(["q-", STACK]), "q-a/b") is False


def test_alternatives_are_decided_where_they_agree() -> None:
    """A OneOf is answered where all of its options answer alike."""
    both = OneOf(((True, "a.fifo"), (True, "b.fifo")))
    assert texts.ends_with(both, ".fifo") is True
    assert isinstance(texts.equal(both, "a.fifo"), Unknown)


@pytest.mark.parametrize("value", [None, [], {}, ["a"]])
def test_what_is_no_text_is_not_decided(value: Value) -> None:
    """A list or a map where a string belongs gives unknown, never a traceback."""
    assert isinstance(texts.equal(value, "a"), Unknown)
    assert isinstance(texts.wildcard("a*", value), Unknown)


def test_numbers_and_truth_values_are_read_as_written() -> None:
    """A number in a template is the string of its digits."""
    assert texts.equal(5, "5") is True
    assert texts.equal(True, "true") is True


@settings(deadline=None)
@given(value=text)
def test_lower_case_of_a_text_never_claims_more(value: Value) -> None:
    """The lower case of a hole is another value than the hole, and one value with itself."""
    small = texts.lower(value)
    assert texts.equal(small, texts.lower(value)) is True
    if isinstance(value, (Text, Unknown, Ref)):
        assert texts.equal(small, value) is not True


def test_long_texts_take_no_time_to_speak_of() -> None:
    """Wildcards against a long text are one pass; beyond the limit nothing is claimed."""
    assert texts.wildcard("*a" * 200 + "b", "a" * 4000) is False
    assert isinstance(texts.wildcard("a*" * 20_000, "a" * 100_000), Unknown)


def test_a_short_literal_is_no_name_that_aws_makes() -> None:
    """`picking-dlq` is nobody's generated name; one with a random ending may be, and an id may be anything."""
    made = Unknown("t#Queue.QueueName", excludes=":/", unique=True)

    assert texts.equal("picking-dlq", made) is False
    assert isinstance(texts.equal("stack-Queue-1ABCDEFGH2345", made), Unknown)
    assert isinstance(texts.equal("a1b2c3", Unknown("t#Api.id", unique=True)), Unknown)
