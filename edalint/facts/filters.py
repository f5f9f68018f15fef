"""Filters of subscriptions, event source mappings and pipes: what they let through, and what they delete."""

from __future__ import annotations

from edalint.facts._patterns import Filter, record_filter, subscription_filter
from edalint.facts.registry import fact
from edalint.facts.view import Members, View
from edalint.hints import Any
from edalint.model.graph import Edge, Node, Part, Place
from edalint.model.values import Unknown
from edalint.patterns.syntax import Problem

OWN_INPUT = ("Input", "InputPath", "InputTransformer")
"""What a target may be given in place of the event."""
SOURCES = {"queue": "sqs", "stream": "kinesis", "table": "dynamodb", "broker": "mq"}
"""Node kind of what is polled -> the sort of its records (a stream that is a Kafka cluster aside)."""


@fact("part:subscription", gives="string")
def filter_problem(part: Part, view: View) -> Any:
    """Why its filter policy is refused or lets nothing through, in words; absent where it may let something through."""
    return _said(_subscription_problem(part, view))


@fact("part:mapping", gives="string", name="filter_problem")
def mapping_filter_problem(part: Part, view: View) -> Any:
    """Why one of its filters is refused, or all of them never match, in words; absent where they may let something through."""
    edge = next((e for e in part.edges if e.kind == "poll"), None)
    return _said(_record_problem(edge, view)) if edge is not None else None


@fact("pipe", gives="string", name="filter_problem")
def pipe_filter_problem(node: Node, view: View) -> Any:
    """Why one of its filters is refused, or all of them never match, in words; absent where they may let something through."""
    edge = next(iter(view.into(node, "poll")), None)
    return _said(_record_problem(edge, view)) if edge is not None else None


@fact("part:target", gives="string", name="pipe_filter_problem")
def filter_problem_of_target(part: Part, view: View) -> Any:
    """Of a pipe's target: why the pipe's filters let nothing through; absent for others."""
    return pipe_filter_problem(part.owner, view) if isinstance(part.owner, Node) and part.owner.kind == "pipe" else None


@fact("part:target", gives="any", name="pipe_filter_place")
def filter_place_of_target(part: Part, view: View) -> Any:
    """Of a pipe's target: where the pipe's filter has what lets nothing through. Untyped."""
    return pipe_filter_place(part.owner, view) if isinstance(part.owner, Node) and part.owner.kind == "pipe" else part.place


@fact("part:subscription", "part:mapping", gives="any")
def filter_place(part: Part, view: View) -> Any:
    """Where the filter has what lets nothing through. Untyped."""
    if part.kind == "subscription":
        return _where(_subscription_problem(part, view), Place(part.properties, "FilterPolicy"))
    edge = next((e for e in part.edges if e.kind == "poll"), None)
    return _where(_record_problem(edge, view) if edge is not None else None, Place(part.properties, "FilterCriteria"))


@fact("pipe", gives="any", name="filter_place")
def pipe_filter_place(node: Node, view: View) -> Any:
    """Where the filter has what lets nothing through. Untyped."""
    edge = next(iter(view.into(node, "poll")), None)
    return _where(_record_problem(edge, view) if edge is not None else None, Place(node.properties, "SourceParameters"))


def _said(problem: Problem | Unknown | None) -> str | Unknown | None:
    return problem.message if isinstance(problem, Problem) else problem


def _where(problem: Problem | Unknown | None, otherwise: Place) -> Place:
    return problem.place if isinstance(problem, Problem) else otherwise


def _subscription_problem(part: Part, view: View) -> Problem | Unknown | None:
    found = subscription_filter(part, view)
    if found is None or isinstance(found, Unknown):
        return found
    from edalint.patterns import sns

    pattern = found.patterns[0]
    if pattern.problems:
        return pattern.problems[0]
    if sns.satisfiable(pattern) is not True:
        return pattern.doubt
    return _missing_attributes(part, found, view) if found.service == "sns-attributes" else None


def _missing_attributes(part: Part, found: Filter, view: View) -> Problem | Unknown | None:
    """A filter on message attributes of a topic whose senders, all known, give none; None where somebody may give some."""
    from edalint.patterns import sns

    if not isinstance(part.owner, Node) or sns.needs_nothing(found.patterns[0]):
        return None
    senders: Members[Edge] = view.fact(part.owner, "sender_edges")
    if not senders or not all(_gives_no_attributes(edge, view) for edge in senders):
        return None
    if senders.open:
        return Unknown("", senders.open)
    return Problem(f"it asks for message attributes, and what '{senders[0].source.name}' publishes has none", found.place)


def _gives_no_attributes(edge: Edge, view: View) -> bool:
    if edge.source.kind in ("rule", "bucket", "alarm") and edge.source.type != "AWS::IoT::TopicRule":
        return True
    if edge.part is None or edge.part.kind != "state":
        return False
    state = edge.part.data["state"]
    return view.value(state.arguments) is not None and view.value(state.argument("MessageAttributes")) is None


def _record_problem(edge: Edge, view: View) -> Problem | Unknown | None:
    found = record_filter(edge, view)
    if found is None or isinstance(found, Unknown):
        return found
    from edalint.patterns import esm

    refused = next((p.problems[0] for p in found.patterns if p.problems), None)
    if refused is not None:
        return refused
    source = _sort_of_source(edge)
    wrong = [esm.never(p, source, mapping=edge.part is not None) for p in found.patterns]
    if all(w is not None for w in wrong):
        return wrong[0]
    foreign = _foreign_body(edge, found, view) if edge.source.kind == "queue" else None
    if foreign is not None:
        return foreign
    return next((p.doubt for p in found.patterns if p.doubt is not None), None)


def _foreign_body(edge: Edge, found: Filter, view: View) -> Problem | Unknown | None:
    """What no message has of those that the queue's senders make themselves; None where somebody may send one that passes."""
    from edalint.patterns import esm

    senders: Members[Edge] = view.fact(edge.source, "sender_edges")
    problem: Problem | None = None
    for sender in senders:
        if not _speaks_for_itself(sender, view):
            return None
        wrong = [esm.foreign(p, sender.source.kind) for p in found.patterns]
        if any(w is None for w in wrong):
            return None
        problem = problem or wrong[0]
    return Unknown("", senders.open) if problem is not None and senders.open else problem


def _speaks_for_itself(edge: Edge, view: View) -> bool:
    """Whether what comes over an edge has the form of the service that brings it: no raw delivery, no input of the target's own."""
    part = edge.part
    if part is None or edge.kind != "deliver":
        return False
    if part.kind == "subscription":
        return view.boolean(part.properties, "RawMessageDelivery", default=False) is False
    if part.kind == "target":
        return edge.source.kind == "rule" and all(part.properties.get(name) is None for name in OWN_INPUT)
    return part.kind == "notification"


def _sort_of_source(edge: Edge) -> str:
    type = edge.source.resource.type if edge.source.resource is not None else ""
    return "kafka" if type.startswith("AWS::MSK::") else SOURCES.get(edge.source.kind, "")


@fact("queue", gives="list<edge>")
def stealing_edges(node: Node, view: View) -> Any:
    """The edges over which it is read with filters that differ: each deletes what it does not let through. Empty where there are none."""
    edges = [e for e in view.out(node, "poll") if (e.part is not None and e.part.kind == "mapping") or e.target.kind == "pipe"]
    written: list[tuple[Edge, Any]] = []
    for edge in edges:
        found = record_filter(edge, view)
        doubt = found if isinstance(found, Unknown) else _doubt(found)
        if doubt is not None:
            return doubt if len(edges) > 1 else []
        written.append((edge, _form(found)))
    differing = len({repr(form) for _, form in written}) > 1
    return [e for e, _ in written] if differing else []


def _doubt(found: Filter | None) -> Unknown | None:
    """Why a filter is not known as a whole."""
    for pattern in found.patterns if found is not None else ():
        if pattern.doubt is not None:
            return pattern.doubt
        if any(test.op == "unknown" or isinstance(test.operand, Unknown) for leaf in pattern.leaves() for test in leaf.tests):
            return Unknown("", "a filter is not known as a whole")
    return None


def _form(found: Filter | Unknown | None) -> Any:
    """A filter as something that can be compared."""
    if found is None or isinstance(found, Unknown) or found.lets_all_pass:
        return None
    return sorted(
        repr(sorted((leaf.path, repr(leaf.tests)) for leaf in branch.values())) for pattern in found.patterns for branch in pattern.branches
    )
