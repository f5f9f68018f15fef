"""Ranks: in which column each box stands, so that links point to the right and are short."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

Key = Hashable


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


def _reach(start: Key, ahead: Mapping[Key, list[Key]], inside: object) -> dict[Key, bool]:
    seen = {start: True}
    stack = [start]
    while stack:
        for successor in ahead[stack.pop()]:
            if successor not in seen and inside(successor):  # type: ignore[operator]
                seen[successor] = True
                stack.append(successor)
    return seen


def assign(nodes: Sequence[Key], arcs: Sequence[Arc]) -> dict[Key, int]:
    """A rank for each node: every arc spans at least its length, and the weighted sum of spans is small.

    Longest paths first, then nodes (and tightly bound groups of nodes) move where that shortens the sum, until none does.
    """
    into: dict[Key, list[Arc]] = {n: [] for n in nodes}
    out: dict[Key, list[Arc]] = {n: [] for n in nodes}
    for arc in arcs:
        into[arc.target].append(arc)
        out[arc.source].append(arc)
    order = _sorted(nodes, into, out)
    rank: dict[Key, int] = {}
    for node in order:
        rank[node] = max((rank[a.source] + a.length for a in into[node]), default=0)
    for _ in range(50):
        if not (_tighten(reversed(order), rank, into, out) | _tighten(order, rank, into, out) | _shift_trees(order, rank, into, out)):
            break
    lowest = min(rank.values(), default=0)
    return {node: r - lowest for node, r in rank.items()}


def _sorted(nodes: Sequence[Key], into: Mapping[Key, list[Arc]], out: Mapping[Key, list[Arc]]) -> list[Key]:
    waiting = {n: len(into[n]) for n in nodes}
    ready = [n for n in nodes if not waiting[n]]
    for node in ready:
        for arc in out[node]:
            waiting[arc.target] -= 1
            if not waiting[arc.target]:
                ready.append(arc.target)
    return ready


def _tighten(order: Iterable[Key], rank: dict[Key, int], into: Mapping[Key, list[Arc]], out: Mapping[Key, list[Arc]]) -> bool:
    """Move single nodes inside the room that their arcs leave; True if that made the sum smaller."""
    changed = False
    for node in order:
        pull = sum(a.weight for a in out[node]) - sum(a.weight for a in into[node])
        if pull > 0 and out[node]:
            best = min(rank[a.target] - a.length for a in out[node])
        elif pull < 0 and into[node]:
            best = max(rank[a.source] + a.length for a in into[node])
        else:
            continue
        if best != rank[node]:
            rank[node] = best
            changed = True
    return changed


def _shift_trees(order: Sequence[Key], rank: dict[Key, int], into: Mapping[Key, list[Arc]], out: Mapping[Key, list[Arc]]) -> bool:
    """Move a node together with all that is tightly bound behind it, where the arcs into the whole are slack."""
    changed = False
    for node in order:
        if not into[node] or min(rank[node] - rank[a.source] - a.length for a in into[node]) <= 0:
            continue
        bound = _reach_tight(node, rank, out)
        room = [rank[a.target] - rank[a.source] - a.length for n in bound for a in into[n] if a.source not in bound]
        pull = sum(a.weight for n in bound for a in into[n] if a.source not in bound)
        push = sum(a.weight for n in bound for a in out[n] if a.target not in bound)
        if room and min(room) > 0 and pull > push:
            step = min(room)
            for n in bound:
                rank[n] -= step
            changed = True
    return changed


def _reach_tight(start: Key, rank: Mapping[Key, int], out: Mapping[Key, list[Arc]]) -> dict[Key, bool]:
    seen = {start: True}
    stack = [start]
    while stack:
        for arc in out[stack.pop()]:
            if arc.target not in seen and rank[arc.target] - rank[arc.source] == arc.length:
                seen[arc.target] = True
                stack.append(arc.target)
    return seen
