"""Ranks: in which column each box stands, so that links point to the right and are short."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from edalint.diagrams.layout.simplex import NetworkSimplex
from edalint.hints import TypeVar
from edalint.model.records import NamedTuple

Key = Hashable
K = TypeVar("K", bound=Hashable)


class Arc(NamedTuple):
    """A link for ranking: after cycles are cut every one points forward."""

    source: Key
    target: Key
    length: int
    """The least number of columns that it spans."""
    weight: float


def cut_cycles(nodes: Sequence[Key], links: Sequence[tuple[Key, Key, bool]]) -> set[int]:
    """The indexes of links to turn around so that no cycle is left: ways back first, then whatever closes a cycle.

    Links are taken in order of preference (those that are no feedback first); one that would close a cycle with those
    already taken is turned. Searching is bounded to the nodes between its ends in a topological order that is kept up to date.
    """
    turned: set[int] = set()
    order = {node: i for i, node in enumerate(_topological_start(nodes, links))}
    successors: dict[Key, list[Key]] = {n: [] for n in nodes}
    predecessors: dict[Key, list[Key]] = {n: [] for n in nodes}
    by_preference = sorted(range(len(links)), key=lambda i: (links[i][2], i))
    for index in by_preference:
        source, target, _ = links[index]
        if order[source] > order[target] and not _reorder(source, target, order, successors, predecessors):
            turned.add(index)
            source, target = target, source
        successors[source].append(target)
        predecessors[target].append(source)
    return turned


def _topological_start(nodes: Sequence[Key], links: Sequence[tuple[Key, Key, bool]]) -> list[Key]:
    """An order to begin with: depth first from the nodes that nothing leads to, in the order given."""
    successors: dict[Key, list[Key]] = {n: [] for n in nodes}
    entered: dict[Key, int] = dict.fromkeys(nodes, 0)
    for source, target, feedback in links:
        if not feedback:
            successors[source].append(target)
            entered[target] += 1
    starts = [n for n in nodes if not entered[n]] + [n for n in nodes if entered[n]]
    done: dict[Key, bool] = {}
    finished: list[Key] = []
    for start in starts:
        stack = [(start, iter(successors[start]))] if start not in done else []
        if stack:
            done[start] = True
        while stack:
            node, ahead = stack[-1]
            for successor in ahead:
                if successor not in done:
                    done[successor] = True
                    stack.append((successor, iter(successors[successor])))
                    break
            else:
                finished.append(node)
                stack.pop()
    return finished[::-1]


def _reorder(
    source: Key, target: Key, order: dict[Key, int], successors: Mapping[Key, list[Key]], predecessors: Mapping[Key, list[Key]]
) -> bool:
    """Make room in the order for a link from `source` back to `target` (Pearce and Kelly); False if it closes a cycle."""
    low, high = order[target], order[source]
    forward = _reach(target, successors, lambda n: order[n] <= high)
    if source in forward:
        return False
    backward = _reach(source, predecessors, lambda n: order[n] >= low)
    moved = sorted(backward, key=order.__getitem__) + sorted(forward, key=order.__getitem__)
    for node, place in zip(moved, sorted(order[n] for n in moved), strict=True):
        order[node] = place
    return True


def _reach(start: K, ahead: Mapping[K, list[K]], inside: Callable[[K], bool]) -> dict[K, bool]:
    seen = {start: True}
    stack = [start]
    while stack:
        for successor in ahead[stack.pop()]:
            if successor not in seen and inside(successor):
                seen[successor] = True
                stack.append(successor)
    return seen


def assign(nodes: Sequence[Key], arcs: Sequence[Arc]) -> dict[Key, int]:
    """A rank for each node: every arc spans at least its length, and the weighted sum of spans is the least possible.

    Parts that are not connected with each other all begin at rank 0.
    """
    rank: dict[Key, int] = {}
    for part in connected(nodes, [(a.source, a.target) for a in arcs]):
        number = {node: i for i, node in enumerate(part)}
        inside = [(number[a.source], number[a.target], a.length, a.weight) for a in arcs if a.source in number]
        rank.update(zip(part, NetworkSimplex(len(part), inside).solve(), strict=True))
    return {node: rank[node] for node in nodes}


def connected(nodes: Sequence[K], pairs: Iterable[tuple[K, K]]) -> list[list[K]]:
    """The nodes by connected parts, each in the order given."""
    beside: dict[K, list[K]] = {n: [] for n in nodes}
    for left, right in pairs:
        beside[left].append(right)
        beside[right].append(left)
    part_of: dict[K, int] = {}
    count = 0
    for node in nodes:
        if node not in part_of:
            for reached in _reach(node, beside, lambda _: True):
                part_of[reached] = count
            count += 1
    parts: list[list[K]] = [[] for _ in range(count)]
    for node in nodes:
        parts[part_of[node]].append(node)
    return parts
