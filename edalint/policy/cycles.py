"""Cycles of events: one for each set of nodes whose events can come back to each other, decided in three values.

An event comes back over edges of which each lets through what came over the one before (`facts.loops.passes`), so the search
runs over edges, not nodes: two publishers on one bus are told apart by what they send. Cycles are never enumerated;
strongly connected components are (Tarjan's algorithm, without recursion).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from edalint.facts.view import Path, View
from edalint.hints import Any
from edalint.model.conditions import Undecided
from edalint.model.graph import Edge, Node
from edalint.model.records import NamedTuple
from edalint.model.values import Kleene, Unknown

EdgeTest = Callable[[Edge, View], Kleene]
Bind = Callable[[View], Any]
Onward = Callable[[Edge, Edge], bool]
MAX_STEPS = 50_000
"""More steps than this in one component, and nothing is claimed of it."""


Hub = tuple[str, tuple[Any, ...]]
"""Events that came to a node over edges of one sort."""


class Step(NamedTuple):
    """How events go on from one hub to the next."""

    begin: Hub
    edge: Edge
    end: Hub


class Loop(NamedTuple):
    """Steps on which events can go round."""

    steps: list[Step]

    @property
    def edges(self) -> list[Edge]:
        """The edges that it goes over, each once."""
        return list({id(step.edge): step.edge for step in self.steps}.values())

    @property
    def members(self) -> set[str]:
        """The nodes that it touches."""
        return {step.edge.source.id for step in self.steps}


def cycles(root: View, edges: list[Edge], ends_loop: EdgeTest) -> Iterator[tuple[Node, Bind]]:
    """One start for each set of nodes whose events may come back to each other over these edges, and how to find its cycle in a view."""
    graph = root.graph
    ends_loop = _ends_in_unknown(ends_loop)
    ends = {id(e): _at_root(lambda e=e: ends_loop(e, root)) for e in edges}  # type: ignore[misc]
    open_edges = [e for e in edges if ends[id(e)] is not True]
    certain = [e for e in open_edges if ends[id(e)] is False and e.when is True]

    def sure(one: Edge, two: Edge) -> bool:
        return _at_root(lambda: passes(one, two, root)) is True

    def possible(one: Edge, two: Edge) -> bool:
        return _at_root(lambda: passes(one, two, root)) is not False

    closed: set[str] = set()
    found: list[tuple[Node, Bind]] = []
    for loop in _loops(certain, sure, sure=True):
        closed |= loop.members
        start = _first_declared(loop, graph.nodes)
        names = {"cycle": Path("cycle", _shortest(start, loop))}
        found.append((start, lambda view, names=names: names))  # type: ignore[misc]
    for loop in _loops(open_edges, possible, sure=False):
        if not closed & loop.members:
            start = _first_declared(loop, graph.nodes)
            found.append((start, lambda view, edges=loop.edges: _cycle_in(edges, view, ends_loop)))  # type: ignore[misc]
    found.sort(key=lambda item: (item[0].order, item[0].id))
    yield from found


def _ends_in_unknown(ends_loop: EdgeTest) -> EdgeTest:
    """The test with doubt at nodes of which nothing is known: what comes there may not be what leaves."""

    def test(edge: Edge, view: View) -> Kleene:
        if edge.source.attributes.get("unknown") or edge.target.attributes.get("unknown"):
            return Unknown("", f"what '{edge.resource.name}' names is not known")
        return ends_loop(edge, view)

    return test


def passes(one: Edge, two: Edge, view: View) -> Kleene:
    """Whether an event that came over one edge may go on over the other. Patterns are read only where nodes form a cycle at all."""
    from edalint.facts import loops

    return loops.passes(one, two, view)


def _at_root(test: Callable[[], Kleene]) -> Kleene:
    """A test where nothing is decided: unknown where it hangs on a choice."""
    try:
        return test()
    except Undecided:
        return Unknown("", "it depends on a choice")


def _cycle_in(edges: list[Edge], view: View, ends_loop: EdgeTest) -> Any:
    """The cycle that some edges form in a view; unknown where that is not decided. Raises `Undecided`."""
    answers = [(e, ends_loop(e, view)) for e in edges if view.holds(e.when)]
    certain = [e for e, ends in answers if ends is False]
    for loop in _loops(certain, lambda one, two: passes(one, two, view) is True, sure=True):
        return {"cycle": Path("cycle", _shortest(_first_declared(loop, view.graph.nodes), loop))}
    doubts: list[Unknown] = []

    def possible(one: Edge, two: Edge) -> bool:
        answer = passes(one, two, view)
        if isinstance(answer, Unknown):
            doubts.append(answer)
        return answer is not False

    open_edges = [e for e, ends in answers if ends is not True]
    for loop in _loops(open_edges, possible, sure=False):
        inside = {id(e) for e in loop.edges}
        asked = [ends for e, ends in answers if isinstance(ends, Unknown) and id(e) in inside]
        return next(iter((*asked, *doubts)), Unknown("", "the loop is too large to look into"))
    return False


def _loops(edges: list[Edge], onward: Onward, *, sure: bool) -> Iterator[Loop]:
    """The loops among edges, those that share a node joined. `sure`: where there is too much to look at, there are none."""
    by_source: dict[str, list[Edge]] = {}
    for edge in edges:
        by_source.setdefault(edge.source.id, []).append(edge)
    nodes = [*by_source]
    near = _strong(nodes, lambda node: [e.target.id for e in by_source.get(node, ())])
    home = {node: index for index, group in enumerate(near) for node in group}
    inside: dict[int, list[Edge]] = {}
    for edge in edges:
        index = home.get(edge.source.id)
        if index is not None and index == home.get(edge.target.id):
            inside.setdefault(index, []).append(edge)
    for _, group in sorted(inside.items()):
        yield from _refined(group, onward, sure=sure)


def _refined(edges: list[Edge], onward: Onward, *, sure: bool) -> list[Loop]:
    """The loops of a component of nodes in which each edge lets through what came over the one before."""
    by_source: dict[str, list[Edge]] = {}
    hubs: dict[Hub, Edge] = {}
    for edge in edges:
        by_source.setdefault(edge.source.id, []).append(edge)
        hubs.setdefault(_hub(edge), edge)
    if sum(len(by_source.get(node, ())) for node, _ in hubs) > MAX_STEPS:
        return [] if sure else [Loop([Step(_hub(e), e, _hub(e)) for e in edges])]
    steps = {hub: [Step(hub, f, _hub(f)) for f in by_source.get(hub[0], ()) if onward(edge, f)] for hub, edge in hubs.items()}
    groups = _strong([*steps], lambda hub: [step.end for step in steps[hub]])
    found: list[list[Step]] = []
    for group in map(set, groups):
        mine = [step for hub in steps if hub in group for step in steps[hub] if step.end in group]
        if not mine:
            continue
        touched = {step.edge.source.id for step in mine}
        joined = [other for other in found if touched & {step.edge.source.id for step in other}]
        found = [other for other in found if other not in joined]
        found.append([step for other in (*joined, mine) for step in other])
    return [Loop(group) for group in found]


def _hub(edge: Edge) -> Hub:
    from edalint.facts.loops import sort_of_passage

    return (edge.target.id, sort_of_passage(edge))


def _strong(vertices: Sequence[Any], successors: Callable[[Any], list[Any]]) -> list[list[Any]]:
    """The strongly connected components, in the order found (Tarjan's algorithm)."""
    index: dict[Any, int] = {}
    low: dict[Any, int] = {}
    done: set[Any] = set()
    stack: list[Any] = []
    found: list[list[Any]] = []
    for first in vertices:
        if first in index:
            continue
        index[first] = low[first] = len(index)
        stack.append(first)
        work = [(first, iter(successors(first)))]
        while work:
            vertex, rest = work[-1]
            for target in rest:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    work.append((target, iter(successors(target))))
                    break
                if target not in done:
                    low[vertex] = min(low[vertex], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[vertex])
                if low[vertex] == index[vertex]:
                    group = []
                    while True:
                        member = stack.pop()
                        done.add(member)
                        group.append(member)
                        if member == vertex:
                            break
                    found.append(group[::-1])
    return found


def _first_declared(loop: Loop, nodes: dict[str, Node]) -> Node:
    return min((nodes[i] for i in loop.members), key=lambda n: (n.resource is None, n.order, n.id))


def _shortest(start: Node, loop: Loop) -> list[Edge]:
    """The shortest way round through a node; ties go by address."""
    onward: dict[Hub, list[Step]] = {}
    for step in sorted(loop.steps, key=_rank):
        onward.setdefault(step.begin, []).append(step)
    rounds = [_round(hub, onward) for hub in onward if hub[0] == start.id]
    return min((r for r in rounds if r), key=len, default=loop.edges[:1])


def _round(start: Hub, onward: dict[Hub, list[Step]]) -> list[Edge]:
    """The shortest way from a hub back to it; none where it does not lead back."""
    arrived: dict[Hub, Step] = {}
    level = [start]
    while level and start not in arrived:
        following = []
        for hub in level:
            for step in onward.get(hub, ()):
                if step.end not in arrived:
                    arrived[step.end] = step
                    following.append(step.end)
        level = following
    if start not in arrived:
        return []
    route = [arrived[start]]
    while route[-1].begin != start:
        route.append(arrived[route[-1].begin])
    return [step.edge for step in reversed(route)]


def _rank(step: Step) -> tuple[str, int]:
    return (step.edge.target.address, step.edge.order)
