"""Event patterns do what other engines of the same language said that they do (tests/oracles/patterns.py asked them)."""

from __future__ import annotations

import sys
from pathlib import Path

from edalint.model.values import Unknown
from edalint.patterns import eventbridge

sys.path.insert(0, str(Path(__file__).parent))
from generated import COUNT, cases  # type: ignore[import-not-found]

ANSWERS = "".join((Path(__file__).parent / "data" / "oracle_answers.txt").read_text().split())


def test_every_recorded_answer_is_ours() -> None:
    assert len(ANSWERS) == COUNT
    wrong = []
    for (pattern, event), answer in zip(cases(), ANSWERS, strict=True):
        if answer == "?":
            continue
        parsed = eventbridge.parse(pattern)
        ours = "!" if parsed.problems else eventbridge.matches(parsed, event)
        if isinstance(ours, Unknown) or answer != (ours if ours == "!" else str(int(ours))):
            wrong.append((pattern, event, answer, ours))
    assert wrong == []


def test_the_record_holds_all_three_answers() -> None:
    assert all(ANSWERS.count(answer) > 150 for answer in "01!")
