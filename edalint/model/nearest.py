"""The word that somebody meant who wrote one that there is not."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST, MOST = 100, 2_000
"""What is compared of a word, and how many words it is compared with: a template may declare any number of any length."""
LIKENESS = 0.6


def nearest(word: str, known: Iterable[str], likeness: float = LIKENESS) -> str:
    """The known word that is most like another one; empty where none is like it."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word[:LONGEST], [w for w, _ in zip(known, range(MOST), strict=False)], 1, likeness)), "")


def hint(word: str, known: Iterable[str], *, listed: bool = False, likeness: float = LIKENESS) -> str:
    """`; did you mean 'x'?` for the end of a message; else nothing, or (`listed`) which words there are."""
    words = [str(w) for w in known]
    found = nearest(word, words, likeness) or next((w for w in words if _inside(word, w) or _inside(w, word)), "")
    if found:
        return f"; did you mean '{found}'?"
    return f"; there are {', '.join(words)}" if listed and words else ""


def _inside(short: str, long: str) -> bool:
    return 2 < len(short) <= LONGEST and short.lower() in long.lower()
