"""Requests are allowed as an independent simulator allows them (tests/oracles/iam.py asked it)."""

from __future__ import annotations

from pathlib import Path

from tests.iam.generated import COUNT, cases, our_answer

ANSWERS = "".join((Path(__file__).parent / "data" / "oracle_answers.txt").read_text().split())


def test_every_recorded_decision_is_ours_or_not_known() -> None:
    """A decision is the simulator's, or left open, and that seldom."""
    assert len(ANSWERS) == COUNT
    asked = [(case, answer, our_answer(case)) for case, answer in zip(cases(), ANSWERS, strict=True) if answer != "?"]
    assert [found for found in asked if found[2] not in (found[1], "?")] == []
    assert sum(ours == "?" for _, _, ours in asked) < COUNT // 50


def test_the_record_holds_both_answers() -> None:
    assert ANSWERS.count("1") > COUNT // 8
    assert ANSWERS.count("0") > COUNT // 4
