"""The word that was meant: found among few and many, and never at any price."""

from __future__ import annotations

from edalint.model.nearest import hint, nearest


def test_the_word_most_like_it_is_named() -> None:
    """Where none is like it, nothing is, or the words that there are."""
    assert hint("queu", ["topic", "queue"]) == "; did you mean 'queue'?"
    assert hint("bus", ["topic", "queue"]) == ""
    assert hint("bus", ["topic", "queue"], listed=True) == "; there are topic, queue"
    assert hint("bus", [], listed=True) == ""


def test_a_word_inside_another_is_like_it() -> None:
    """A short one is inside of many and means nothing."""
    assert hint("dead_letter_queue", ["dead_letter"]) == "; did you mean 'dead_letter'?"
    assert hint("dlq", ["queue-without-dlq-at-all"]) == "; did you mean 'queue-without-dlq-at-all'?"
    assert hint("q", ["queue-without-dlq-at-all"]) == ""


def test_a_hostile_word_takes_no_longer() -> None:
    """Neither its length nor how many others there are counts beyond a limit."""
    assert nearest("a" * 1_000_000, [f"{'b' * 1000}{i}" for i in range(3_000)]) == ""
    assert nearest("needle", [*(f"x{i}" for i in range(5_000)), "needles"]) == ""
