"""How often a consumer is called for one event that it can't process, where retriers stand one inside the other.

A call multiplies along a chain only as far as a failure travels back: a function that fails makes its message come again, a
state be tried again, the execution around it fail. Where something takes over for good (a queue, an asynchronous
invocation), the count begins anew.
"""

from __future__ import annotations

from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.graph import Edge, Node, Part
from edalint.model.records import NamedTuple
from edalint.model.values import Unknown

MAX_DEPTH = 12
"""Callers of callers are followed for this many steps; what is farther counts once."""
WAITED_FOR = ("sync", "callback", "activity")
"""Integrations whose state fails where what it started fails."""


class Calls(NamedTuple):
    """How often something is called for one event."""

    times: int
    path: tuple[Edge, ...]
    """The edges on the way, first one first."""
    retriers: int
    """How many of them try again."""


ONCE = Calls(1, (), 0)


@fact("function", "task", "service", "state-machine", gives="int")
def worst_calls(node: Node, view: View) -> int:
    """How often it is called for one event that it can't process, as far as the templates say; 1 where nothing tries again."""
    return _worst(node, view, {}, 0).times


@fact("function", "task", "service", "state-machine", gives="int")
def nested_retriers(node: Node, view: View) -> int:
    """How many retriers stand one inside the other on the way with the most calls."""
    return _worst(node, view, {}, 0).retriers


@fact("function", "task", "service", "state-machine", gives="list<edge>")
def worst_path(node: Node, view: View) -> list[Edge]:
    """The edges of the way with the most calls."""
    return list(_worst(node, view, {}, 0).path)


def _worst(node: Node, view: View, known: dict[str, Calls], depth: int) -> Calls:
    if node.id in known:
        return known[node.id]
    known[node.id] = ONCE  # a circle counts once
    best = ONCE
    for edge in view.into(node, "poll", "deliver", "invoke", "run", "enrich", "on-success", "on-failure") if depth < MAX_DEPTH else ():
        times = _attempts(edge, view)
        before = _worst(edge.source, view, known, depth + 1) if _fails_with(edge, view) else ONCE
        calls = Calls(before.times * times, (*before.path, edge), before.retriers + (times > 1))
        if calls.times > best.times:
            best = calls
    known[node.id] = best
    return best


def _attempts(edge: Edge, view: View) -> int:
    """How often an edge brings one event to a target that fails; 1 where that is not known."""
    if edge.kind == "poll":
        return max(1, _known(_receives(edge, view)))
    if edge.kind == "run" and edge.part is not None:
        if not _seen_by_state(edge, view):
            return 1
        return _known(view.fact(edge.part, "retries")) + 1
    if edge.kind in ("deliver", "on-success", "on-failure") and edge.target.kind == "function" and edge.source.kind != "pipe":
        return _known(_async_retries(edge, view)) + 1
    return 1


def _known(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _receives(edge: Edge, view: View) -> Any:
    if edge.source.kind == "queue":
        return view.fact(edge.source, "max_receive_count")
    if edge.part is not None and edge.part.kind == "mapping":
        attempts = view.fact(edge.part, "maximum_retry_attempts")
        return attempts + 1 if isinstance(attempts, int) else attempts
    return 1


def _async_retries(edge: Edge, view: View) -> Any:
    from edalint.services import lambda_

    qualifier = edge.attributes.get("qualifier") or lambda_.LATEST
    for part in view.parts(edge.target, "invoke-config"):
        if view.fact(part, "qualifier") == qualifier:
            return view.fact(part, "maximum_retry_attempts")
    return lambda_.ASYNC_RETRIES.value


def _seen_by_state(edge: Edge, view: View) -> bool:
    """Whether a state fails where what it called fails."""
    if edge.attributes.get("integration") in WAITED_FOR:
        return True
    return edge.target.kind == "function" and isinstance(edge.part, Part) and view.fact(edge.part, "invocation_type") == "RequestResponse"


def _fails_with(edge: Edge, view: View) -> bool:
    """Whether the source's own work fails where the target does, so that who called the source tries again as well."""
    if edge.kind in ("invoke", "enrich"):
        return edge.attributes.get("invocation") != "event"
    if edge.kind == "run":
        return _seen_by_state(edge, view)
    if edge.kind == "deliver" and edge.source.kind == "pipe":
        return edge.target.kind == "function" or (edge.target.kind == "state-machine" and _is_express(edge.target, view))
    return False


def _is_express(node: Node, view: View) -> bool:
    kind = view.fact(node, "workflow")
    return not isinstance(kind, Unknown) and kind == "EXPRESS"
