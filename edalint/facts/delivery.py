"""Where events go that could not be delivered or processed, and who relies on it."""

from __future__ import annotations

from edalint.facts.registry import fact
from edalint.facts.view import Members, View
from edalint.hints import Any
from edalint.model.graph import Edge, EventGraph, Node, Part, unique
from edalint.model.values import Kleene, Ref, Unknown, walk
from edalint.services.identity import identity_of

UNDELIVERED = ("dead-letter", "on-failure")
LATEST = "$LATEST"
"""The qualifier of a function that is called without one."""


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
    if not edges and view.fact(node, "unfit_dead_letters"):
        return Unknown("", "what is named as the dead-letter queue is no queue")
    why = view.opened(node, "dead_letter") if not edges else ""
    if why:
        return Unknown("", why)
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


@fact("queue", gives="list<node>")
def redrive_cycle(node: Node, view: View) -> list[Node]:
    """The queues through which its dead letters come back to it, itself included; empty without circle.

    Followed are redrive policies, and pipes that read a dead-letter queue and send to a queue: neither has a limit of rounds.
    The first declared queue stands first; where a pipe closes the circle, the one that it sends to.
    """
    seen: list[Node] = []
    here: Node | None = node
    while here is not None and here not in seen:
        seen.append(here)
        here = _next_queue(here, node, view)
    if here is not node:
        return []
    by_pipe = not any(edge.target.kind == "queue" for edge in view.out(seen[-1], "dead-letter"))
    return seen if by_pipe else sorted(seen, key=lambda n: n.order)


def _next_queue(queue: Node, start: Node, view: View) -> Node | None:
    """Where a queue's dead letters go: its redrive policy, or, where it is the last, what a pipe puts back to the start."""
    for edge in view.out(queue, "dead-letter"):
        if edge.target.kind == "queue":
            return edge.target  # type: ignore[no-any-return]
    pipes = [e.target for e in view.out(queue, "poll") if e.target.kind == "pipe"]
    back = queue is not start and any(e.target is start for pipe in pipes for e in view.out(pipe, "deliver"))
    return start if back else None


OBSERVERS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Dashboard", "AWS::CloudWatch::AnomalyDetector")


@fact("graph", gives="map", plain=True)
def observed(graph: EventGraph, view: View) -> dict[str, Any]:
    """What alarms and dashboards look at: the ids of resources that they refer to, the texts in which names may stand, and whether
    something of them is not known.
    """
    ids: dict[str, bool] = {}
    texts: list[str] = []
    doubt = ""
    for resource in graph.resources.values():
        if resource.type in OBSERVERS:
            for value in walk(resource.properties):
                if isinstance(value, Ref):
                    ids[value.id] = True
                elif isinstance(value, str):
                    texts.append(value)
                elif isinstance(value, Unknown) and not value.outside:
                    doubt = doubt or f"what '{resource.name}' looks at is not known"
    return {"ids": ids, "texts": "\n".join(dict.fromkeys(texts)), "doubt": doubt}


@fact("queue", "topic", "stream", "function", "state-machine", gives="bool")
def is_observed(node: Node, view: View) -> Kleene:
    """Whether an alarm or a dashboard of the run refers to it, by reference or by its name."""
    found = view.fact(view.graph, "observed")
    if node.id in found["ids"]:
        return True
    names = view.fact(node, "names")
    if any(len(name) > 2 and name in found["texts"] for name in names):
        return True
    if found["doubt"]:
        return Unknown("", found["doubt"])
    identity = identity_of(node.resource.type) if node.resource is not None else None
    name = view.get(node.properties, identity.name) if identity is not None and identity.name is not None else None
    return name if isinstance(name, Unknown) and found["texts"] else False


@fact("bus", gives="list<part>")
def archives(node: Node, view: View) -> Members[Part]:
    """The archives that keep its events."""
    return Members(view.parts(node, "archive"), view.opened(node, "archives"))


@fact("part:invoke-config", gives="string")
def qualifier(part: Part, view: View) -> Any:
    """For which version or alias of the function it is: `$LATEST` where it names none."""
    value = view.string(part.data.get("qualifier"))
    if value is None:
        return LATEST
    if isinstance(value, Ref):
        resource = view.graph.resources.get(value.id)
        if resource is None:
            return Unknown("", "the qualifier is not in this run")
        return view.string(resource.properties, "Name") if resource.type == "AWS::Lambda::Alias" else resource.address
    return value


@fact("part:invoke-config", gives="node:function", name="function")
def function_of_config(part: Part, view: View) -> Any:
    """The function whose asynchronous invocations it governs; unknown where it is outside the run."""
    return end_of(part, view, "function")


@fact("part:invoke-config", gives="bool")
def serves_nobody(part: Part, view: View) -> Kleene:
    """Whether every asynchronous caller of the function calls another qualifier than this configuration's, and none has one."""
    if not isinstance(part.owner, Node):
        return Unknown("", "the function is not in this run")
    edges = view.fact(part.owner, "async_caller_edges")
    own = view.fact(part, "qualifier")
    if isinstance(own, Unknown):
        return own
    called = {e.attributes.get("qualifier") or LATEST for e in edges}
    if not called or own in called:
        return False
    if any("?" in name or "${" in name for name in called):
        return Unknown("", "which version or alias is called is not known")
    configured = {view.fact(p, "qualifier") for p in view.parts(part.owner, "invoke-config") if p is not part}
    if any(isinstance(c, Unknown) for c in configured) or configured & called:
        return False
    return Unknown("", edges.open) if edges.open else True
