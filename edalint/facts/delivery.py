"""Where events go that could not be delivered or processed, and who relies on it."""

from __future__ import annotations

from typing import Any

from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.model.graph import Edge, Node, Part, unique
from edalint.model.values import Kleene, Unknown

UNDELIVERED = ("dead-letter", "on-failure")


def known_end(edge: Edge | None) -> Any:
    """The node at the end of an edge; Unknown where only a value that the run can't follow stands there; None without an edge."""
    if edge is None:
        return None
    return edge.target if edge.target.kind != "external" else Unknown("", f"'{edge.target.name}' is not in this run")


def end_of(part: Part, view: View, name: str) -> Any:
    """The node that an end of a part is; Unknown where it is outside or not known; None where it is absent."""
    target = view.target(part, name)
    if target is None:
        return None
    return target.node if target.node is not None else Unknown("", f"what '{part.resource.name}' names is not in this run")


@fact("queue", "function", "pipe", "bus", gives="node")
def dead_letter(node: Node, view: View) -> Any:
    """Where it sends what it could not deliver or process: a queue's redrive policy, a function's, pipe's or bus's DeadLetterConfig.

    Rules, schedules and topics have one for each target or subscription (`part.dead_letter`); a queue outside the run is unknown.
    """
    edges = view.out(node, "dead-letter")
    return known_end(edges[0] if edges else None)


@fact("queue", "topic", gives="bool")
def is_dead_letter_queue(node: Node, view: View) -> Kleene:
    """Whether something sends here what it could not deliver or process.

    Counts every dead-letter and on-failure edge, whoever sends: a queue, a rule's target, a schedule, a pipe, a subscription, a
    function, a mapping. A queue that is called "...-dlq" and that nobody sends to is not one.
    """
    if view.into(node, *UNDELIVERED):
        return True
    why = view.opened(node, "dead_letter_sources")
    return Unknown("", why) if why else False


@fact("queue", "topic", gives="list<node>")
def dead_letter_sources(node: Node, view: View) -> list[Node]:
    """Who sends here what it could not deliver or process."""
    return unique(e.source for e in view.into(node, *UNDELIVERED))


@fact("function", gives="node")
def on_failure(node: Node, view: View) -> Any:
    """Where failed asynchronous invocations go by an on-failure destination of any qualifier; absent where there is none."""
    edges = view.out(node, "on-failure")
    if edges:
        return known_end(edges[0])
    why = view.opened(node, "on_failure")
    return Unknown("", why) if why else None


@fact("node", gives="list<edge>")
def unfit_dead_letters(node: Node, view: View) -> list[Edge]:
    """Dead-letter routes that lead to something that can't be one: a function, a topic where only a queue can stand."""
    return [e for e in view.graph.unfit.get(node.id, ()) if view.exists(e)]


@fact("part:target", "part:subscription", gives="node", name="dead_letter")
def dead_letter_of_part(part: Part, view: View) -> Any:
    """The queue for what this target or subscription could not deliver; absent where there is none, unknown where it is outside the run."""
    return end_of(part, view, "dead_letter")


@fact("part:mapping", gives="node", name="on_failure")
def on_failure_of_mapping(part: Part, view: View) -> Any:
    """Where a mapping sends the batches that it gave up; absent where there is no such destination."""
    return end_of(part, view, "on_failure")


@fact("part:notification", gives="node", name="target")
def target_of_notification(part: Part, view: View) -> Any:
    """The queue, topic or function that the bucket notifies; unknown where it is outside the run."""
    return end_of(part, view, "target")
