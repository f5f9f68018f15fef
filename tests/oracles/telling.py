"""What every comparison says: how often another implementation agrees with us, and what explains where it does not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

A_LINE = 120
"""Answers of one character in a line of a record."""


def say(*words: object) -> None:
    print(*words)  # noqa: T201


def compare(
    title: str, ours: Sequence[str], theirs: Mapping[int, str], gap: Callable[[int, str], str | None], case: Callable[[int], Sequence[Any]]
) -> int:
    """Say how often somebody agrees with us; how many differences nothing explains.

    `ours`, `theirs`: answers by the number of the case, `?` where we say that it is not known. `gap`: which gap of theirs
    explains an answer of theirs. `case`: what was asked, to print.
    """
    found: Counter[str] = Counter()
    unexplained = 0
    for index, answer in theirs.items():
        if answer == ours[index]:
            found["agree"] += 1
        elif ours[index] == "?":
            found["we say that it is not known"] += 1
        else:
            why = gap(index, answer)
            found[why or "NOT EXPLAINED"] += 1
            if why is None:
                unexplained += 1
                say("   ", *map(json.dumps, (*case(index), ours[index], answer)))
    say(f"{title}: {len(theirs)} asked, {found.pop('agree', 0)} agree")
    for what, count in found.most_common():
        say(f"    {count:5d}  {what}")
    return unexplained


def keep(file: Path, answers: Sequence[str]) -> None:
    """Write answers down."""
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join("".join(answers[i : i + A_LINE]) for i in range(0, len(answers), A_LINE)) + "\n")
