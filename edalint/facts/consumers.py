"""Who sends to a node and who takes from it. A set is open where the run may not show all of it."""

from __future__ import annotations

from edalint.facts._permissions import through_url
from edalint.facts.registry import fact
from edalint.facts.view import Members, View
from edalint.model.graph import Edge, Node, unique
from edalint.model.values import Kleene, Unknown, alternatives

SENDING = ("publish", "deliver", "on-success", "on-failure")
"""Edges that put an event somewhere; what is put there after failing is a dead letter."""
CALLING = ("invoke", "run", "enrich")
"""Edges over which somebody calls and may wait."""
ASYNCHRONOUS = ("deliver", "on-success", "on-failure")
"""Edges over which a function is called without anyone waiting, unless a pipe delivers."""
ASYNCHRONOUS_SERVICES = frozenset(
    {
        "events.amazonaws.com",
        "sns.amazonaws.com",
        "s3.amazonaws.com",
        "iot.amazonaws.com",
        "ses.amazonaws.com",
        "logs.amazonaws.com",
        "scheduler.amazonaws.com",
        "config.amazonaws.com",
        "codecommit.amazonaws.com",
        "codepipeline.amazonaws.com",
        "cloudformation.amazonaws.com",
        "lambda.alarms.cloudwatch.amazonaws.com",
    }
)
"""Principals that call functions without waiting: https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html"""


def neighbours(node: Node, view: View, set_name: str, edges: list[Edge], *, senders: bool) -> Members[Node]:
    """The nodes at the other end of edges, as a set that is open where the graph says so."""
    return Members(unique(e.source if senders else e.target for e in edges), view.opened(node, set_name))


@fact("node", gives="list<node>")
def consumers(node: Node, view: View) -> Members[Node]:
    """Who reads it: functions by a mapping, pipes, services, tasks, activity workers, a delivery stream. Open where it leaves the run."""
    return neighbours(node, view, "consumers", view.out(node, "poll"), senders=False)


@fact("node", gives="list<edge>")
def consumer_edges(node: Node, view: View) -> Members[Edge]:
    """The edges over which it is read."""
    return Members(view.out(node, "poll"), view.opened(node, "consumers"))


@fact("node", gives="list<node>")
def senders(node: Node, view: View) -> Members[Node]:
    """Who puts events there, dead letters not counted. Open where it leaves the run or its policy lets others in."""
    return neighbours(node, view, "senders", view.into(node, *SENDING), senders=True)


@fact("node", gives="list<edge>")
def sender_edges(node: Node, view: View) -> Members[Edge]:
    """The edges over which events are put there, dead letters not counted."""
    return Members(view.into(node, *SENDING), view.opened(node, "senders"))


@fact("topic", gives="list<node>")
def subscribers(node: Node, view: View) -> Members[Node]:
    """Who is subscribed: queues, functions, endpoints outside."""
    return neighbours(node, view, "subscribers", view.out(node, "deliver"), senders=False)


@fact("bus", gives="list<node>")
def rules(node: Node, view: View) -> Members[Node]:
    """The rules that listen on it."""
    return neighbours(node, view, "rules", view.out(node, "match"), senders=False)


@fact("node", gives="list<node>")
def callers(node: Node, view: View) -> Members[Node]:
    """Who calls it and may wait: APIs, state machines, pipes for enrichment, functions."""
    return neighbours(node, view, "callers", view.into(node, *CALLING), senders=True)


@fact("function", gives="list<node>")
def async_callers(node: Node, view: View) -> Members[Node]:
    """Who invokes the function without waiting: rules, schedules, topics, buckets, IoT rules, SES, log subscriptions, other functions'
    destinations. A pipe waits. Open where the function leaves the run or a permission lets in a service that the run does not show.
    """
    edges = async_edges(node, view)
    found = neighbours(node, view, "async_callers", edges, senders=True)
    if not found and not found.open:
        found.open = _let_in(node, view)
    return found


@fact("function", gives="list<edge>")
def async_caller_edges(node: Node, view: View) -> Members[Edge]:
    """The edges over which the function is invoked without anyone waiting; they carry the qualifier that is called."""
    return Members(async_edges(node, view), view.opened(node, "async_callers"))


def async_edges(node: Node, view: View) -> list[Edge]:
    """The edges over which a function is invoked without anyone waiting."""
    return [e for e in view.into(node, *ASYNCHRONOUS) if e.source.kind != "pipe"]


def _let_in(node: Node, view: View) -> str:
    """Why somebody may invoke a function whom the run does not show: a permission for a service without an edge."""
    opened = view.opened(node, "permissions")
    if opened:
        return opened
    for part in view.policies(node.id):
        if part.kind != "permission" or through_url(view, part) is True:
            continue
        for _, principal in alternatives(part.data.get("principal")):
            if isinstance(principal, Unknown) or (
                isinstance(principal, str) and (principal in ASYNCHRONOUS_SERVICES or "." not in principal)
            ):
                return f"the permission '{part.resource.name}' lets {principal if isinstance(principal, str) else 'somebody'} invoke it"
    return ""


@fact("function", gives="bool")
def called_synchronously_only(node: Node, view: View) -> Kleene:
    """Whether all who call it wait for the answer: event source mappings, pipes, APIs, state machines. False where nobody calls it.

    A state or an API may invoke without waiting (`InvocationType: Event`), and another function may: that is not known.
    """
    if async_edges(node, view):
        return False
    edges = view.into(node, "poll", "invoke", "run", "enrich", "deliver")
    without = [_without_waiting(e, view) for e in edges]
    if not edges or True in without:
        return False
    doubt = next((answer for answer in without if isinstance(answer, Unknown)), None)
    if doubt is not None:
        return doubt
    why = view.opened(node, "async_callers") or _let_in(node, view)
    if why:
        return Unknown("", why)
    guess = next((e for e in edges if e.kind == "invoke" and "inferred" in e.attributes), None)
    return Unknown("", f"'{guess.source.name}' may invoke it without waiting") if guess is not None else True


def _without_waiting(edge: Edge, view: View) -> Kleene:
    if edge.attributes.get("invocation") == "event":
        return True
    if edge.part is None or edge.part.kind != "state":
        return False
    asked = view.fact(edge.part, "invocation_type")
    return asked if isinstance(asked, Unknown) else asked == "Event"
