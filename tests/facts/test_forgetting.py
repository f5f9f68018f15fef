"""Forgetting a value never adds a finding: over every value of the bad examples of the rules of delivery, retries and order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edalint import services
from edalint.analysis import analyze
from edalint.inference import infer
from edalint.linking import link
from edalint.model.resources import Unit
from edalint.model.values import Unknown
from edalint.policy import compiled, examples
from edalint.policy.evaluate import judge
from edalint.policy.rules import Rule

OPT_IN = ["EDA118", "EDA119", "EDA511", "EDA513"]
RULES = [r for r in compiled.load(select=OPT_IN) if r.id[:4] in ("EDA1", "EDA2", "EDA5")]

Way = tuple[Any, ...]


def ways(value: Any, so_far: Way = ()) -> Iterator[Way]:
    """The way to every value inside a value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*so_far, key)
        yield from ways(inner, (*so_far, key))


def forget(value: Any, way: Way) -> Any:
    """The value with what stands at the end of a way forgotten."""
    if not way:
        return Unknown("", "forgotten")
    if isinstance(value, dict):
        return value.like({k: forget(v, way[1:]) if k == way[0] else v for k, v in value.items()})  # type: ignore[attr-defined]
    return [forget(v, way[1:]) if i == way[0] else v for i, v in enumerate(value)]


def findings(units: list[Unit]) -> set[tuple[str, str]]:
    """(rule, subject) of every finding."""
    graph = link(units, services.declare(units))
    infer(graph)
    return {(f.rule, f.subject.address) for f in judge(graph, RULES).findings}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: str(r.id))
def test_forgetting_a_value_never_adds_a_finding(rule: Rule, tmp_path: Path) -> None:
    """A finding that appears when a value is not known was superseded by one that is gone, or it is a guess."""
    supersedes = {r.id: r.supersedes for r in RULES}
    example = next(e for e in examples.examples(rule) if e.group == "bad" and e.language == "cloudformation")
    for name, text in example.files.items():
        (tmp_path / name).write_text(text)
    units = analyze([tmp_path], judge=False).units
    known = findings(units)
    for resource in [r for u in units for r in u.resources.values()]:
        written = resource.properties
        for way in ways(written):
            resource.properties = forget(written, way)
            found = findings(units)
            gone = known - found
            spoken_for = {(other, subject) for id, subject in gone for other in supersedes[id]}
            moved = {id for id, _ in gone}  # a part whose owner is not known is a subject of its own

            assert {f for f in found - known - spoken_for if f[0] not in moved} == set(), (resource.address, way)
        resource.properties = written
