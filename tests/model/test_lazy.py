"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import re

import pytest

from edalint.model.lazy import pattern


def test_a_pattern_does_what_a_compiled_one_does() -> None:
    """Matching, searching, substitution, groups and flags; text and bytes."""
    word = pattern(r"(?P<letter>[a-c])(\d)", re.IGNORECASE)
    compiled = re.compile(r"(?P<letter>[a-c])(\d)", re.IGNORECASE)

    for text in ("A1", "zz b2 c3", "", "x"):
        assert bool(word.match(text)) == bool(compiled.match(text))
        assert word.findall(text) == compiled.findall(text)
        assert word.sub(r"\2", text) == compiled.sub(r"\2", text)
    assert word.pattern == compiled.pattern
    assert word.groupindex == compiled.groupindex
    assert pattern(rb"\d").search(b"a1")


def test_a_mistake_shows_when_the_pattern_is_used() -> None:
    """No error hides: the first use raises what compiling raises."""
    broken = pattern("(")

    with pytest.raises(re.error, match="unterminated"):
        broken.match("")
