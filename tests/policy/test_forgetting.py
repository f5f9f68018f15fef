"""Forgetting a value never adds a finding: what is not known is never taken for what is absent."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edalint.analysis import Analysis, analyze, build_graph
from edalint.model.values import Map, OneOf, Unknown
from edalint.policy import compiled, examples
from edalint.policy.evaluate import judge

RULES = compiled.every()
SUPERSEDES = {rule.id: rule.supersedes for rule in RULES}
TRIES = 6
"""Values forgotten in each example, chosen by the example's own seed."""
EXAMPLES = [e for rule in RULES for e in examples.examples(rule) if e.language == "cloudformation"]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything inside a value that could be forgotten."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))


def forgotten(value: Any, path: tuple[Any, ...]) -> Any:
    """The value with an unknown at a path."""
    if not path:
        return Unknown("", "forgotten")
    first, rest = path[0], path[1:]
    if isinstance(value, Map):
        return value.like({k: forgotten(v, rest) if k == first else v for k, v in value.items()})
    assert isinstance(value, list)
    return [forgotten(v, rest) if i == first else v for i, v in enumerate(value)]


def found(analysis: Analysis) -> Counter[str]:
    """How many findings of which rule each resource has; the name of an element may be what is forgotten."""
    return Counter(f"{f.rule} {f.subject.address}" for f in judge(analysis.graph, RULES).findings)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.rule} {e.name}")
def test_forgetting_a_value_never_adds_a_finding(example: examples.Example, tmp_path: Path) -> None:
    """Any property of any resource of an example becomes unknown: the findings are a part of what they were."""
    for name, text in example.files.items():
        (tmp_path / name).write_text(text)
    analysis = analyze([tmp_path], judge=False)
    before = found(analysis)
    resources = [r for unit in analysis.units for r in unit.resources.values()]
    places = [(r, path) for r in resources if not isinstance(r.properties, OneOf) for path in leaves(r.properties)]
    for resource, path in random.Random(example.name).sample(places, min(TRIES, len(places))):
        kept = resource.properties
        resource.properties = forgotten(kept, path)
        build_graph(analysis)
        after = found(analysis)
        gone = [key.split(" ", 1) for key in before - after]
        spoken_for = {f"{other} {subject}" for rule, subject in gone for other in SUPERSEDES[rule]}
        added = {key: n for key, n in (after - before).items() if key not in spoken_for}
        resource.properties = kept

        assert not added, f"{dict(added)} without {resource.address}.{'.'.join(map(str, path))}"
