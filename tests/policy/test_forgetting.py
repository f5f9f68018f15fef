"""Forgetting a value never adds a finding: what is not known is never taken for what is absent."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from edalint.policy.examples import Example
from tests.properties.changing import EXAMPLES, Found, added_by_forgetting, loaded, places, spelled

TRIES = 6
"""Values forgotten in each example, chosen by the example's own seed; `python -m benchmarks.forgetting` forgets each of them."""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.rule} {e.language} {e.name}")
def test_forgetting_a_value_never_adds_a_finding(example: Example, tmp_path: Path) -> None:
    """Any property of any resource of an example becomes unknown: the findings are a part of what they were."""
    analysis = loaded(example, tmp_path)
    before = Found(analysis)
    everything = places(analysis)
    for resource, path in random.Random(example.name).sample(everything, min(TRIES, len(everything))):
        added = added_by_forgetting(analysis, resource, path, before)

        assert not added, f"{sorted(added)} without {spelled(resource, path)}"
