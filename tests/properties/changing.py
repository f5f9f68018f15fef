"""Templates changed in one place at a time, and what the rules say of them: what the property tests share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edalint.analysis import Analysis, analyze, build_graph
from edalint.model.findings import Finding
from edalint.model.resources import Resource
from edalint.model.values import Map, OneOf, Unknown
from edalint.policy import compiled, examples
from edalint.policy.evaluate import judge
from edalint.policy.rules import Rule

Path_ = tuple[Any, ...]
"""Keys and indices from a resource's properties down to a value."""


def alone(rule: Rule) -> Rule:
    """The rule as if no other spoke of the same place: which of two rules speaks is no question of what is found."""
    return Rule({**rule.row, "supersedes": []})


RULES = [alone(rule) for rule in compiled.every()]
EXAMPLES = [example for rule in compiled.every() for example in examples.examples(rule)]


def loaded(example: examples.Example, folder: Path) -> Analysis:
    """An example written to a folder and read, its graph built."""
    for name, text in example.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return analyze([folder], judge=False, root=folder)


class Found:
    """What the rules say of a graph, counted by whose finding it is and by the resource in whose lines it stands."""

    def __init__(self, analysis: Analysis, rules: list[Rule] = RULES) -> None:
        findings = judge(analysis.graph, rules).findings
        self.by_subject = Counter(f"{f.rule} {f.subject.address}" for f in findings)
        starts = sorted((r.location.path, r.location.line, r.address) for u in analysis.units for r in u.resources.values())
        self.by_place = Counter(f"{f.rule} {_within(starts, f)}" for f in findings)

    def beyond(self, before: Found) -> set[str]:
        """The findings that were not there before. What is forgotten may be whose finding it is, or where: not both are new."""
        added = self.by_subject - before.by_subject
        return {*added} if added and self.by_place - before.by_place else set()


def _within(starts: list[tuple[str, int, str]], finding: Finding) -> str:
    before = [s for s in starts if s[0] == finding.location.path and s[1] <= finding.location.line]
    return before[-1][2] if before else finding.subject.address


def places(analysis: Analysis) -> list[tuple[Resource, Path_]]:
    """Everything inside the properties of an analysis' resources."""
    resources = [r for unit in analysis.units for r in unit.resources.values()]
    return [(r, path) for r in resources if not isinstance(r.properties, OneOf) for path in paths(r.properties)]


def paths(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The paths of everything inside a value."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


def put(value: Any, path: Path_, new: Any) -> Any:
    """The value with another one at a path."""
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(value, Map):
        return value.like({**value, first: put(value.get(first), rest, new)})
    assert isinstance(value, list)
    return [put(v, rest, new) if i == first else v for i, v in enumerate(value)]


def added_by_forgetting(analysis: Analysis, resource: Resource, path: Path_, before: Found) -> set[str]:
    """The findings that are there only when the value at a path of a resource is not known."""
    kept = resource.properties
    resource.properties = put(kept, path, Unknown("", "forgotten"))
    try:
        build_graph(analysis)
        return Found(analysis).beyond(before)
    finally:
        resource.properties = kept


def spelled(resource: Resource, path: Path_) -> str:
    """A place as messages name it."""
    return f"{resource.address}.{'.'.join(map(str, path))}"
