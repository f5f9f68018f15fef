"""Rules asked by several processes, each about the resources of its share of the templates.

What they find comes back in no longer form than reports need. Where a process does not end well, its share is asked here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from edalint import processes
from edalint.model.graph import Edge, EventGraph, Node, Part
from edalint.policy.evaluate import Saying, ask, changes_of
from edalint.policy.rules import Rule

if TYPE_CHECKING:
    from edalint.policy.edits import Change

Share = Callable[[Any], bool]
"""Whether what a rule may be true of belongs to a share."""


class Later:
    """A finding's edits where another process made the finding: worked out here, when somebody asks for them."""

    __slots__ = ("_graph", "_place", "_rule")

    def __init__(self, graph: EventGraph, rule: Rule, place: int) -> None:
        self._graph, self._rule, self._place = graph, rule, place

    def changes(self) -> list[Change]:
        """All changes that mend the finding; none where one of them is impossible."""
        return changes_of(self._graph, self._rule, self._place)


def ask_together(graph: EventGraph, rules: Sequence[Rule], jobs: int) -> list[Saying]:
    """What rules say of a graph, in the order of `ask`."""
    shares = _shares(graph, jobs)
    if len(shares) < 2:
        return list(ask(graph, rules))
    here, *others = shares
    found, sent = processes.together(lambda: list(ask(graph, rules, here)), [partial(_to_send, graph, rules, share) for share in others])
    for share, sayings in zip(others, sent, strict=True):
        found += ask(graph, rules, share) if sayings is None else [_completed(saying, graph, rules) for saying in sayings]
    return _in_order(found)


def _shares(graph: EventGraph, jobs: int) -> list[Share]:
    """Units in `jobs` shares with about as many things to ask about in each; what is of no unit is of the first."""
    weights: dict[str, int] = {}
    for thing in (*graph.nodes.values(), *graph.parts, *graph.edges):
        unit = _unit(thing)
        weights[unit] = weights.get(unit, 0) + 1
    loads = [0] * jobs
    place: dict[str, int] = {}
    for unit in sorted(weights, key=lambda unit: (-weights[unit], unit)):
        lightest = loads.index(min(loads))
        place[unit] = lightest
        loads[lightest] += weights[unit]

    def share(number: int) -> Share:
        return lambda subject: place.get(_unit(subject), 0) == number

    return [share(number) for number in range(jobs) if loads[number]]


def _unit(subject: Any) -> str:
    """The template or root that a node, edge or part is declared in; empty for what is in none."""
    resource = subject.resource if isinstance(subject, (Node, Edge, Part)) else None
    return resource.unit.path if resource is not None else ""


def _to_send(graph: EventGraph, rules: Sequence[Rule], share: Share) -> list[Saying]:
    return [_sent(saying) for saying in ask(graph, rules, share)]


def _sent(saying: Saying) -> Saying:
    """A saying without what only makes sense in its process."""
    finding = saying.finding
    if finding is None or finding.data is None:
        return saying
    return saying._replace(finding=finding._replace(data=True))


def _completed(saying: Saying, graph: EventGraph, rules: Sequence[Rule]) -> Saying:
    finding = saying.finding
    if finding is None or finding.data is None:
        return saying
    return saying._replace(finding=finding._replace(data=Later(graph, rules[saying.rule], saying.candidate)))


def _in_order(sayings: list[Saying]) -> list[Saying]:
    """As one process says it: rules in order, candidates in order, none behind the one on which a rule took too long."""
    stopped: dict[int, int] = {}
    for saying in sayings:
        if saying.exhausted:
            stopped[saying.rule] = min(saying.candidate, stopped.get(saying.rule, saying.candidate))
    kept = [s for s in sayings if s.rule not in stopped or s.candidate <= stopped[s.rule]]
    return sorted(kept, key=lambda s: (s.rule, s.candidate, s.exhausted))
