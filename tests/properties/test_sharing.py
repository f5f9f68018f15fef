"""What is kept between views changes no answer: everything is judged as by views that keep nothing."""

from __future__ import annotations

import random
from pathlib import Path
from unittest.mock import patch

import pytest

from edalint.analysis import analyze
from edalint.policy.evaluate import judge
from edalint.policy.examples import Example
from tests.properties.changing import EXAMPLES, RULES, loaded
from tests.properties.choosing import choose
from tests.properties.naive import Naive, both_ways, keeping_nothing, said

FIXTURES = sorted(p for p in (Path(__file__).parents[2] / "fixtures").iterdir() if p.is_dir())
EVERY = 5
"""Of the examples, every fifth; `fuzz/laws.py sharing` takes all, and any folder."""


@pytest.mark.parametrize("example", EXAMPLES[::EVERY], ids=lambda e: f"{e.rule} {e.language} {e.name}")
def test_kept_facts_say_what_facts_computed_afresh_say(example: Example, tmp_path: Path) -> None:
    """In an example as it stands, and where resources and values in it hang on choices."""
    analysis = loaded(example, tmp_path)
    for seed in (None, 1, 2):
        if seed is not None:
            choose(analysis, random.Random(seed))
        kept, afresh = both_ways(analysis.graph, RULES)

        assert kept == afresh, seed


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda p: p.name)
def test_in_whole_systems_too(folder: Path) -> None:
    """Several templates that share choices, and processes that share the asking."""
    analysis = analyze([folder], judge=False, root=folder)
    choose(analysis, random.Random(folder.name))
    kept, afresh = both_ways(analysis.graph, RULES)

    assert kept[1], "nothing hangs on a choice"
    assert kept == afresh == said(judge(analysis.graph, RULES, jobs=3))


def test_the_naive_view_is_asked(tmp_path: Path) -> None:
    """Within `keeping_nothing` no fact is kept: the comparison compares two things."""
    analysis = loaded(EXAMPLES[0], tmp_path)
    with keeping_nothing(), patch.object(Naive, "fact", autospec=True, side_effect=Naive.fact) as asked:
        judge(analysis.graph, RULES)

    assert asked.called
