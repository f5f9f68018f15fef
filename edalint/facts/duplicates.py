"""Two ways from one event to one consumer: over a rule or subscription each, through queues, topics and pipes in between."""

from __future__ import annotations

from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.graph import Edge, Node
from edalint.model.values import Kleene, Unknown

TRANSPORT = frozenset({"queue", "topic", "bus", "rule", "stream", "pipe"})
"""Kinds that hand an event on as it is."""
CONSUMERS = frozenset({"function", "service", "task", "state-machine", "job"})
ONWARD = ("deliver", "poll", "match", "publish")
MAX_BRANCHES = 60
"""More ways out of one node than this are not compared with each other."""
MAX_HOPS = 8

Way = list[Edge]


@fact("topic", "bus", gives="list<edge>")
def duplicate_paths(node: Node, view: View) -> Any:
    """The edges of two ways that bring one event to one consumer twice, first way first; empty where there are none.

    Ways whose filters exclude each other are none, and neither are two edges to the same target (those are delivered twice at
    once). A filter behind the first hop leaves it open.
    """
    branches = _branches(node, view)[:MAX_BRANCHES]
    ways = [_ways(branch, view) for branch in branches]
    doubt: Unknown | None = None
    for index, left in enumerate(ways):
        for right in ways[index + 1 :]:
            for consumer in left.keys() & right.keys():
                one, two = left[consumer], right[consumer]
                if one[-1] is two[-1] or _first_target(one) is _first_target(two):
                    continue
                answer = _both_pass(one, two, view)
                if answer is True:
                    return [*one, *two]
                doubt = answer if isinstance(answer, Unknown) else doubt
    return doubt if doubt is not None else []


def _branches(node: Node, view: View) -> list[Way]:
    """The first hops out of a topic (a subscription) or of a bus (a rule and one target)."""
    if node.kind == "topic":
        return [[e] for e in view.out(node, "deliver")]
    return [[m, d] for m in view.out(node, "match") for d in view.out(m.target, "deliver")]


def _ways(branch: Way, view: View) -> dict[str, Way]:
    """Every consumer that a branch reaches, with the shortest way to it."""
    found: dict[str, Way] = {}
    seen = {branch[-1].target.id}
    front = [branch]
    while front:
        way = front.pop(0)
        here = way[-1].target
        if here.kind in CONSUMERS:
            found.setdefault(here.id, way)
        elif here.kind in TRANSPORT and len(way) < MAX_HOPS:
            for edge in view.out(here, *ONWARD):
                if edge.target.id not in seen:
                    seen.add(edge.target.id)
                    front.append([*way, edge])
    return found


def _first_target(way: Way) -> Node:
    first = way[1] if way[0].kind == "match" else way[0]
    return first.target  # type: ignore[no-any-return]


def _both_pass(one: Way, two: Way, view: View) -> Kleene:
    """Whether one event can take both ways."""
    from edalint.facts._patterns import filter_of, overlapping
    from edalint.facts.routing import filter_of_source

    first = [way[1] if way[0].kind == "match" else way[0] for way in (one, two)]
    answer = overlapping(filter_of_source(first[0], view), filter_of_source(first[1], view))
    if answer is not True:
        return answer
    for edge in [*one, *two]:
        if edge not in first and edge.kind != "match" and filter_of(edge, view) is not None:
            return Unknown("", f"what '{edge.source.name}' hands on is filtered on the way")
    return True
