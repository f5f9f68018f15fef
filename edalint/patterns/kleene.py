"""Three-valued logic over the answers of this room."""

from __future__ import annotations

from collections.abc import Iterable

from edalint.model.values import Kleene, Unknown


def any_of(answers: Iterable[Kleene]) -> Kleene:
    """True if one is, False if all are; else the first unknown."""
    doubt: Unknown | None = None
    for answer in answers:
        if isinstance(answer, Unknown):
            doubt = answer if doubt is None else doubt
        elif answer:
            return True
    return False if doubt is None else doubt


def all_of(answers: Iterable[Kleene]) -> Kleene:
    """False if one is, True if all are; else the first unknown."""
    doubt: Unknown | None = None
    for answer in answers:
        if isinstance(answer, Unknown):
            doubt = answer if doubt is None else doubt
        elif not answer:
            return False
    return True if doubt is None else doubt


def negation(answer: Kleene) -> Kleene:
    """The other answer; unknown stays."""
    return answer if isinstance(answer, Unknown) else not answer
