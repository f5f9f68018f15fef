"""Choices put into what was read: resources that exist only sometimes, values that are others sometimes."""

from __future__ import annotations

import random
from typing import Any

from edalint.analysis import Analysis, build_graph
from edalint.model.conditions import Choice, Condition, both, either, is_one_of, negation
from edalint.model.values import Map, OneOf, Unknown, one_of
from tests.properties.changing import paths, put

CHOICES = tuple(Choice(f"choices#{name}", name, domain) for name, domain in (("A", ("a", "b")), ("B", ("a", "b", "c")), ("C", ("a", "b"))))
DEEPEST = 4
"""Keys down to a value that is made to hang on a choice."""


def condition(chance: random.Random) -> Condition:
    """A test of one choice, or two of them joined."""

    def test() -> Condition:
        choice = chance.choice(CHOICES)
        return is_one_of(choice, chance.sample(choice.domain, chance.randrange(1, len(choice.domain))))

    match chance.randrange(6):
        case 0:
            return both(test(), test())
        case 1:
            return either(test(), test())
        case 2:
            return negation(both(test(), test()))
        case _:
            return test()


def choose(analysis: Analysis, chance: random.Random) -> None:
    """Let some resources and values hang on choices, and build the graph anew."""
    resources = [r for unit in analysis.units for r in unit.resources.values()]
    for resource in resources:
        if chance.random() < 0.3:
            resource.when = both(resource.when, condition(chance))
        if isinstance(resource.properties, OneOf):
            continue
        here = [path for path in paths(resource.properties) if len(path) <= DEEPEST]
        for path in sorted(chance.sample(here, min(len(here), chance.randrange(3))), key=len, reverse=True):  # the inner one first
            others = [r for r in resources if r.type == resource.type and isinstance(r.properties, Map)]
            resource.properties = put(resource.properties, path, alternatives(resource.properties, others, path, chance))
    build_graph(analysis)


def alternatives(properties: Map, others: list[Any], path: tuple[Any, ...], chance: random.Random) -> Any:
    """What stands at a path, or else nothing, something not known, or what a resource of the type has there."""
    here = _at(properties, path)
    if isinstance(here, OneOf):  # an earlier choice put it there, or the template
        return here
    other = chance.choice((None, Unknown("", "not known here"), _at(chance.choice(others).properties, path), _at(properties, path[:-1])))
    if isinstance(other, OneOf):
        other = Unknown("", "of several")
    when = condition(chance)
    return one_of([(when, here), (negation(when), other)])


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and key < len(value):
            value = value[key]
        else:
            return None
    return value
