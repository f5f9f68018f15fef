"""Every rule turns on what its examples say: one change makes a good example bad, and one change mends each bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from edalint.analysis import Analysis
from edalint.policy.examples import Example
from edalint.policy.rules import Rule
from tests.properties.changing import EXAMPLES, RULES, loaded
from tests.properties.twins import turning

MIN_EXAMPLES = 4


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_a_rule_notices_what_its_examples_turn_on(rule: Rule, tmp_path: Path) -> None:
    """Four examples, one of them in Terraform. Every bad one is mended by a change in one place: a value left out, altered, or taken from a
    good one. Some good one is spoilt by such a change: it misses the rule by one thing only.
    """
    own = [e for e in EXAMPLES if e.rule == rule.id]
    read = [(example, loaded(example, tmp_path / str(index))) for index, example in enumerate(own)]

    assert len(own) >= MIN_EXAMPLES
    assert any(e.language == "terraform" or any(name.endswith(".tf") for name in e.files) for e in own)
    for example, analysis in read:
        if example.group == "bad":
            assert turning(analysis, rule, _other_side(example, read), more=False), f"nothing mends {example.name}"
    good = ((e, a) for e, a in read if e.group == "good")
    assert any(turning(analysis, rule, _other_side(example, read), more=True) for example, analysis in good), "no good one is near"


def _other_side(example: Example, read: list[tuple[Example, Analysis]]) -> list[Analysis]:
    return [analysis for other, analysis in read if other.group != example.group and other.language == example.language]
