"""Paths through the graph, answered for all nodes at once and decided in three values.

Edges and ends are *certain* where they hold in every alternative and *possible* where they are not ruled out. One
backward search over each answers for all starts; only what is possible and not certain is asked view by view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edalint.facts.view import Path, View
from edalint.hints import Any
from edalint.model.conditions import Undecided
from edalint.model.graph import Edge, Node
from edalint.model.records import NamedTuple
from edalint.model.values import Kleene, Unknown

Test = Callable[[Node, View], Kleene]
Bind = Callable[[View], Any]
_OPEN = Unknown("", "it depends on a choice")


class Selectors(NamedTuple):
    """What a path begins with, ends with, may not pass, and goes over."""

    start: Test
    end: Test
    without: list[Test]
    many: bool
    over: frozenset[str]
    """Edge kinds; empty for all."""


def _at_root(test: Callable[..., Kleene], thing: Any, root: View) -> Kleene:
    """A test where nothing is decided: unknown where it hangs on a choice."""
    try:
        return test(thing, root)
    except Undecided:
        return _OPEN


# paths


def paths(root: View, wanted: Selectors) -> Iterator[tuple[Node, Bind]]:
    """Every node that may begin a path, and how to find its path in a view."""
    nodes = list(root.graph.nodes.values())
    ends = {n.id: _at_root(wanted.end, n, root) for n in nodes}
    blocked = {n.id: _any(wanted.without, n, root) for n in nodes}
    certain = _reach(
        root, wanted, {i for i, e in ends.items() if e is True}, {i for i, b in blocked.items() if b is not False}, certain=True
    )
    possible = _reach(
        root, wanted, {i for i, e in ends.items() if e is not False}, {i for i, b in blocked.items() if b is True}, certain=False
    )
    for node in nodes:
        begins = _at_root(wanted.start, node, root)
        if begins is False or _first(root, node, wanted, possible, certain=False) is None:
            continue
        route = _first(root, node, wanted, certain, certain=True)
        if begins is True and route is not None:
            names = {"path": Path("path", _follow(route, certain))}
            yield node, lambda view, names=names: names  # type: ignore[misc]
        else:
            yield node, lambda view, node=node: _search(node, view, wanted, possible)  # type: ignore[misc]


def _any(tests: list[Test], node: Node, root: View) -> Kleene:
    answers = [_at_root(test, node, root) for test in tests]
    if any(a is True for a in answers):
        return True
    return next((a for a in answers if isinstance(a, Unknown)), False)


Next = dict[str, "tuple[int, Edge | None]"]
"""Node id -> how far its nearest end is, and the edge that leads there."""


def _edges(edges: list[Edge], over: frozenset[str], *, certain: bool) -> Iterator[Edge]:
    for edge in edges:
        if (not over or edge.kind in over) and (edge.when is True or not certain):
            yield edge


def _reach(root: View, wanted: Selectors, ends: set[str], blocked: set[str], *, certain: bool) -> Next:
    """The nearest end of every node from which one can be reached; ends themselves are at distance 0. One search."""
    nodes = root.graph.nodes
    found: Next = dict.fromkeys(ends, (0, None))
    level = sorted(ends, key=lambda i: (nodes[i].address, i))
    distance = 0
    while level and wanted.many:
        distance += 1
        following: set[str] = set()
        for id in level:
            for edge in _edges(root.graph.into(nodes[id]), wanted.over, certain=certain):
                source = edge.source.id
                if source not in found and source not in blocked:
                    found[source] = (distance, edge)
                    following.add(source)
        level = sorted(following, key=lambda i: (nodes[i].address, i))
    return found


def _first(root: View, node: Node, wanted: Selectors, reach: Next, *, certain: bool) -> Edge | None:
    """The first edge of the shortest way from a node to an end, of one hop at least."""
    best: tuple[int, str, int] | None = None
    chosen: Edge | None = None
    for edge in _edges(root.graph.out(node), wanted.over, certain=certain):
        there = reach.get(edge.target.id)
        if there is not None:
            rank = (there[0], edge.target.address, edge.order)
            if best is None or rank < best:
                best, chosen = rank, edge
    return chosen


def _follow(edge: Edge | None, reach: Next) -> list[Edge]:
    route: list[Edge] = []
    while edge is not None:
        route.append(edge)
        edge = reach[edge.target.id][1]
    return route


def _search(start: Node, view: View, wanted: Selectors, possible: Next) -> Any:
    """The shortest path from a node in a view, inside what may lead to an end. Raises `Undecided`."""
    begins = wanted.start(start, view)
    if begins is False:
        return False
    doubt: Unknown | None = begins if isinstance(begins, Unknown) else None
    arrived: dict[str, Edge] = {}
    seen = {start.id}
    level = [start]
    while level:
        following: list[Node] = []
        for node in level:
            for edge in sorted(_edges(view.graph.out(node), wanted.over, certain=False), key=lambda e: (e.target.address, e.order)):
                target = edge.target
                if target.id not in possible or not view.holds(edge.when):
                    continue
                is_end = wanted.end(target, view)
                if is_end is True:
                    return begins if begins is not True else {"path": Path("path", [*_back(node, start, arrived), edge])}
                if isinstance(is_end, Unknown):
                    doubt = is_end
                if target.id in seen or not wanted.many:
                    continue
                stops = _blocked(wanted, target, view)
                if stops is True:
                    continue
                if isinstance(stops, Unknown):
                    doubt = stops
                    continue
                seen.add(target.id)
                arrived[target.id] = edge
                following.append(target)
        level = following
    return doubt if doubt is not None else False


def _blocked(wanted: Selectors, node: Node, view: View) -> Kleene:
    answer: Kleene = False
    for test in wanted.without:
        found = test(node, view)
        if found is True:
            return True
        if isinstance(found, Unknown):
            answer = found
    return answer


def _back(node: Node, start: Node, arrived: dict[str, Edge]) -> list[Edge]:
    route: list[Edge] = []
    while node is not start:
        edge = arrived[node.id]
        route.append(edge)
        node = edge.source
    return route[::-1]
