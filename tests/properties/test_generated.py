"""The laws, over systems that nobody wrote."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edalint.analysis import analyze
from tests.properties import laws
from tests.properties.changing import RULES
from tests.properties.choosing import choose
from tests.properties.generated import Item, cloudformation, plan, systems, terraform
from tests.properties.naive import both_ways

TRIES = int(os.environ.get("EDALINT_TRIES", "15"))
quick = settings(max_examples=TRIES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 10_000)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.mark.parametrize("law", laws.CLOUDFORMATION)
def test_laws_of_templates(law: str) -> None:
    """Each law, over generated templates."""

    @quick
    @given(systems(), SEEDS)
    def holds(items: list[Item], seed: int) -> None:
        template = cloudformation(items)
        before = laws.judged(laws.written(template), Path("t.json"))
        for change in laws.CLOUDFORMATION[law](template, Random(seed)):
            assert change.differences(before, laws.judged(change.text, Path("t.json"))) == [], change.what

    holds()


@pytest.mark.parametrize("law", laws.TERRAFORM)
def test_laws_of_terraform(law: str) -> None:
    """Each law, over generated Terraform."""

    @quick
    @given(systems(), SEEDS)
    def holds(items: list[Item], seed: int) -> None:
        with folder() as place:
            files = {"main.tf": terraform(items)}
            before = laws.judged_files(files, place)
            for change in laws.TERRAFORM[law](files, Random(seed)):
                assert change.differences(before, laws.judged_files(change.files, place)) == [], change.what

    holds()


@quick
@given(systems())
def test_one_system_in_two_languages(items: list[Item]) -> None:
    """A system is judged the same as a template and as Terraform."""
    with folder() as place:
        one = laws.judged(laws.written(cloudformation(items)), Path("t.json"))
        other = laws.judged_files({"main.tf": terraform(items)}, place)
    assert Counter(f.rule for f in one.found) == Counter(f.rule for f in other.found)


@quick
@given(systems())
def test_a_plan_says_nothing_that_its_configuration_does_not_say(items: list[Item]) -> None:
    """Of a plan alone less is known; with the configuration beside it, all."""
    written, planned = terraform(items), json.dumps(plan(items))
    with folder() as place:
        before = laws.judged_files({"main.tf": written}, place)
        alone = laws.judged_files({"plan.json": planned}, place)
        (place / "main.tf").write_text(written, "utf-8")
        beside = laws.heard(analyze([place / "plan.json"], judge=False, root=place), RULES)
    assert laws.nothing_added(before, alone) == []
    assert laws.same(before, beside) == []


@quick
@given(systems(), SEEDS)
def test_kept_facts_say_what_facts_computed_afresh_say(items: list[Item], seed: int) -> None:
    """Where resources and values of a generated system hang on choices."""
    with folder() as place:
        (place / "t.json").write_text(json.dumps(cloudformation(items)), "utf-8")
        analysis = analyze([place], judge=False, root=place)
    choose(analysis, Random(seed))
    kept, afresh = both_ways(analysis.graph, RULES)
    assert kept == afresh


@quick
@given(systems(), SEEDS)
def test_near_misses_of_templates_raise_nothing(items: list[Item], seed: int) -> None:
    """A generated template with a few places changed for junk goes the whole way, through every room and report."""
    from fuzz.mutations import change_tree
    from fuzz.targets import TARGETS

    template: Any = cloudformation(items)
    chance = Random(seed)
    for _ in range(3):
        template = change_tree(template, chance)
    TARGETS["template"](json.dumps(template).encode())


def test_generated_systems_are_worth_judging() -> None:
    """They make rules of many sorts speak, and stay silent."""
    spoken: Counter[str] = Counter()
    silent = 0

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @given(systems())
    def look(items: list[Item]) -> None:
        nonlocal silent
        found = laws.judged(laws.written(cloudformation(items)), Path("t.json")).found
        spoken.update({f.rule for f in found})
        silent += not found

    look()
    assert len(spoken) >= 15, spoken
