"""A fact that is declared to hang on no choice asks nothing of the view that decides choices."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from edalint.analysis import graph_of
from edalint.facts import registry
from edalint.model.graph import Edge, EventGraph, Node, Part

FIXTURES = Path(__file__).parents[2] / "fixtures"


class Asked(Exception):
    """Something was asked of the view."""


class Nobody:
    """Stands for a view."""

    def __getattr__(self, name: str) -> object:
        raise Asked(name)


@pytest.fixture(scope="module")
def graph() -> EventGraph:
    return graph_of(FIXTURES)


def plain() -> list[tuple[str, str]]:
    """Kind and name of every fact that is plain."""
    for names in registry.index().values():
        for module, _, _ in names.values():
            import_module(f"edalint.facts.{module}")
    return sorted(key for key, function in registry.FACTS.items() if function in registry.PLAIN)


def is_of(subject: Node | Edge | Part, kind: str) -> bool:
    if isinstance(subject, Node):
        return kind in ("node", subject.kind)
    sort = "edge" if isinstance(subject, Edge) else "part"
    return kind in (sort, f"{sort}:{subject.kind}")


def test_a_plain_fact_asks_nothing_of_the_view(graph: EventGraph) -> None:
    """Of everything in the fixtures: its answer is kept for all views, so one that reads a choice would be wrong for some."""
    things: list[Node | Edge | Part] = [*graph.nodes.values(), *graph.edges, *graph.parts]
    asked = 0
    for kind, name in plain():
        fact = registry.FACTS[kind, name]
        subjects = [graph] if kind == "graph" else [thing for thing in things if is_of(thing, kind)]
        for subject in subjects:
            fact(subject, Nobody())
            asked += 1
    assert asked > 2_000
