"""Event patterns do what other engines of the same language said that they do (tests/oracles/patterns.py asked them)."""

from __future__ import annotations

import sys
from pathlib import Path

from edalint.model.values import Unknown
from edalint.patterns import eventbridge

sys.path.insert(0, str(Path(__file__).parent))
from generated import CASES_OF_PAIRS, CASES_OF_WHOLE_EVENTS, COUNT, cases, pairs, whole_cases  # type: ignore[import-not-found]


def recorded(name: str) -> str:
    return "".join((Path(__file__).parent / "data" / name).read_text().split())


def test_every_recorded_answer_is_ours() -> None:
    answers = recorded("oracle_answers.txt")
    assert len(answers) == COUNT
    wrong = []
    for (pattern, event), answer in zip(cases(), answers, strict=True):
        if answer == "?":
            continue
        parsed = eventbridge.parse(pattern)
        ours = "!" if parsed.problems else eventbridge.matches(parsed, event)
        if isinstance(ours, Unknown) or answer != (ours if ours == "!" else str(int(ours))):
            wrong.append((pattern, event, answer, ours))
    assert wrong == []


def test_nearly_every_case_has_an_answer_and_there_are_all_three() -> None:
    answers = recorded("oracle_answers.txt")
    assert all(answers.count(answer) > 500 for answer in "01!")
    assert answers.count("?") < COUNT // 20


def test_patterns_that_met_in_an_event_are_never_called_disjoint() -> None:
    """An engine looked for one event that two patterns match; a `no` of ours is refuted by one, a `yes` is mostly shown by one."""
    answers = recorded("oracle_pairs.txt")
    assert len(answers) == CASES_OF_PAIRS
    shown = said = 0
    for (left, right, _), answer in zip(pairs(events=0), answers, strict=True):
        ours = eventbridge.overlap(eventbridge.parse(left), eventbridge.parse(right))
        assert answer == "0" or ours is not False, (left, right)
        said += ours is True
        shown += ours is True and answer == "1"
    assert shown > said * 0.7
    assert answers.count("0") > CASES_OF_PAIRS // 4


def test_what_matched_some_event_is_never_called_impossible_nor_always_what_did_not() -> None:
    """Over patterns of whole events: refused, none of the events, all of them, or some."""
    answers = recorded("oracle_whole.txt")
    assert len(answers) == CASES_OF_WHOLE_EVENTS
    for (pattern, _), answer in zip(whole_cases(events=0), answers, strict=True):
        parsed = eventbridge.parse(pattern)
        assert bool(parsed.problems) is (answer == "!"), pattern
        if answer != "!":
            assert answer == "n" or eventbridge.never(parsed) is None, pattern
            assert answer == "a" or eventbridge.is_catch_all(parsed) is not True or eventbridge.never(parsed) is not None, pattern
