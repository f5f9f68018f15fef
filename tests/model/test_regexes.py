"""Regular expressions over texts with holes, held against Python's `re` over every filling of the holes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.model import texts
from edalint.model.values import Ref, Text, Unknown, Value, text_of
from tests.model.test_texts import few, fillings

PATTERNS = [
    "a", "ab", "^a", "b$", "^a.*b$", "a|b/", "(?i)AB", "^(a|b)+$", "[^a]", "[ab]{2}", r"\bab\b", "^$", "a?b", "a*/", "^.*/$", "(?:a/)+b",
    r"\w+/", r"^\W", "^[^/]*$", ".", "", "a.?b", r"\Ba", "(?i:A)b", "a{1,2}$", "^.+?/b",
]  # fmt: skip
expression = st.one_of(
    st.sampled_from(PATTERNS),
    st.lists(st.sampled_from(["a", "b", "/", ".", ".*", "a*", "b+", "[ab]", "^", "$", "(a|b)", "a?", r"\b"]), max_size=4).map("".join),
)


@settings(max_examples=400, deadline=None)
@given(pattern=expression, value=few)
def test_an_answer_holds_for_every_filling(pattern: str, value: Value) -> None:
    """True (False) is only said where the expression occurs in every (no) filling."""
    answer = texts.regex(pattern, value)
    if not isinstance(answer, Unknown):
        assert all((re.search(pattern, filled) is not None) is answer for (filled,) in fillings(value))


HOLE = Unknown("Parameters.Stage")


@pytest.mark.parametrize(
    ("pattern", "value", "answer"),
    [
        ("(?i)dlq|dead-?letter", text_of([HOLE, "-orders-DLQ"]), True),
        ("dlq$", text_of([HOLE, "-orders-dlq"]), True),
        ("^.*-dlq$", text_of([HOLE, "-orders-dlq"]), True),
        ("^orders", text_of(["orders-", HOLE]), True),
        ("^orders", text_of(["payments-", HOLE]), False),
        ("dlq$", text_of([HOLE, "-orders"]), False),
        ("^https://", text_of(["http://", Ref("t#Host"), "/"]), False),
        ("^arn:[^:]*:sqs:", text_of(["arn:", Unknown("P", excludes=":"), ":sns:", HOLE]), None),
    ],
)
def test_known_parts_decide_where_they_can(pattern: str, value: Value, answer: bool | None) -> None:
    """A match inside what is written is certain; what is written at an end can rule a match out."""
    got = texts.regex(pattern, value)
    assert got is answer if answer is not None else isinstance(got, (bool, Unknown))


@pytest.mark.parametrize("pattern", ["(?=a)b", r"(a)\1", "(", "(?m)^a", "(?<!a)b", "a{1,100000}", "(?P<x>"])
def test_what_no_automaton_can_do_is_not_decided(pattern: str) -> None:
    """Lookaround, back references, mistakes and monstrous repeats give unknown over a text with holes."""
    assert isinstance(texts.regex(pattern, text_of(["a", HOLE])), Unknown)


def test_whole_strings_are_pythons_own() -> None:
    assert texts.regex("(?i)^a.c", "ABC") is True
    assert texts.regex("x", "abc") is False
    assert isinstance(texts.regex("(", "abc"), Unknown)
    assert isinstance(texts.regex("a", ["abc"]), Unknown)


def test_nested_repeats_take_no_time_to_speak_of() -> None:
    """An automaton has no catastrophic case."""
    value = Text(("a" * 200, HOLE, "!"))
    assert isinstance(texts.regex("^(a+)+$", value), bool)
