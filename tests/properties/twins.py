"""Good and bad examples of a rule, side by side: where they differ is what the rule turns on."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple

from edalint.analysis import Analysis, build_graph
from edalint.model.resources import Resource
from edalint.model.values import Map, OneOf
from edalint.policy.evaluate import judge
from edalint.policy.rules import Rule
from tests.properties.changing import Path_, paths, put

ABSENT = object()
RESOURCE: Path_ = ()
"""The place of a resource as a whole: there or not."""


class Change(NamedTuple):
    """A change of one place of a good example that may make its rule fire."""

    address: str
    path: Path_
    """From the resource's properties down; empty for the resource as a whole."""
    new: Any
    """What stands there then; `ABSENT` for nothing; for a resource as a whole a Resource, or other properties for it."""


def resources(analysis: Analysis) -> dict[str, Resource]:
    """The resources of an analysis by address, without those whose properties hang on a choice."""
    return {r.address: r for unit in analysis.units for r in unit.resources.values() if not isinstance(r.properties, OneOf)}


def without(value: Any, path: Path_) -> Any:
    """The value without what stands at a path."""
    first, rest = path[0], path[1:]
    if isinstance(value, Map):
        if rest:
            return value.like({k: without(v, rest) if k == first else v for k, v in value.items()})
        return value.like({k: v for k, v in value.items() if k != first})
    assert isinstance(value, list)
    return [without(v, rest) if rest and i == first else v for i, v in enumerate(value) if rest or i != first]


def changes(analysis: Analysis) -> Iterator[Change]:
    """Every place of an example left out, and every value in it altered."""
    for address, resource in resources(analysis).items():
        yield Change(address, RESOURCE, ABSENT)
        for path in paths(resource.properties):
            yield Change(address, path, ABSENT)
            for other in altered(_at(resource.properties, path)):
                yield Change(address, path, other)


def borrowed(analysis: Analysis, twin: Analysis) -> Iterator[Change]:
    """Every place of an example with what its twin has there: resources of one address, else of one type, are held against each other.
    Last, each resource that only the twin has.
    """
    mine, others = resources(analysis), resources(twin)
    for address, resource in mine.items():
        same = [others[address]] if address in others else [r for r in others.values() if r.type == resource.type]
        for other in same:
            if other.type == resource.type:
                for path, new in differences(resource.properties, other.properties):
                    yield Change(address, path, new)
                yield Change(address, RESOURCE, other.properties)
    for address, resource in others.items():
        if address not in mine:
            yield Change(address, RESOURCE, resource)


def differences(mine: Any, other: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """The places where two values differ, and what the other has there."""
    if isinstance(mine, Map) and isinstance(other, Map):
        for key in dict.fromkeys((*mine, *other)):
            yield from differences(mine.get(key, ABSENT), other.get(key, ABSENT), (*path, key))
    elif isinstance(mine, list) and isinstance(other, list) and len(mine) == len(other):
        for index, pair in enumerate(zip(mine, other, strict=True)):
            yield from differences(*pair, (*path, index))
    elif mine is ABSENT or other is ABSENT or type(mine) is not type(other) or mine != other:
        yield path, other
        for key in mine if isinstance(mine, Map) and isinstance(other, Map) else ():
            yield (*path, key), ABSENT


def altered(value: Any) -> Iterator[Any]:
    """Other values in the place of one: a truth value turned, numbers beyond any threshold, another word."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, (int, float)):
        yield from (n for n in (0, 1, value - 1, value + 1, value * 100) if n != value)
    elif isinstance(value, str):
        if value.isdigit():
            yield from altered(int(value))
        else:
            yield from {"true": ("false",), "false": ("true",)}.get(value.lower(), (f"{value}-other", "other"))


def _at(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step]
    return value


def fires(analysis: Analysis, rule: Rule) -> int:
    """How many findings a rule makes, by itself."""
    return len(judge(analysis.graph, [rule]).findings)


def fires_after(analysis: Analysis, change: Change, rule: Rule) -> int:
    """How many findings it makes of the example changed in one place."""
    with changed(analysis, change):
        return fires(analysis, rule)


@contextmanager
def changed(analysis: Analysis, change: Change) -> Iterator[None]:
    """The example with its graph, changed in one place for a while."""
    known = resources(analysis)
    unit = known[change.address].unit if change.address in known else next(iter(known.values())).unit
    kept = dict(unit.resources)
    properties = {address: resource.properties for address, resource in known.items()}
    if change.path != RESOURCE:
        resource = known[change.address]
        old = resource.properties
        resource.properties = without(old, change.path) if change.new is ABSENT else put(old, change.path, change.new)
    elif change.new is ABSENT:
        del unit.resources[change.address]
    elif isinstance(change.new, Resource):
        added = copy.copy(change.new)
        added.unit = unit
        unit.resources[change.address] = added
    else:
        known[change.address].properties = change.new
    try:
        build_graph(analysis)
        yield
    finally:
        unit.resources.clear()
        unit.resources.update(kept)
        for address, resource in known.items():
            resource.properties = properties[address]


def turning(analysis: Analysis, rule: Rule, twins: Iterable[Analysis], *, more: bool) -> Change | None:
    """The first change in one place with which a rule finds more (or less) than in the example as it stands; None where there is none."""
    as_it_stands = fires(analysis, rule)
    for change in chain(*(borrowed(analysis, twin) for twin in twins), changes(analysis)):
        count = fires_after(analysis, change, rule)
        if count > as_it_stands if more else count < as_it_stands:
            return change
    return None
