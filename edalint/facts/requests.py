"""Whether a request that somebody of the run makes of an API goes on to one of the API's integrations."""

from __future__ import annotations

from edalint.facts.view import View
from edalint.model.graph import Edge
from edalint.model.values import Kleene, Unknown
from edalint.states.machine import State

ANY_METHOD = "ANY"
UNTAKEN = Unknown("", "which path of the API a state asks for is not in the template")


def reaches(edge: Edge, following: Edge, view: View) -> Kleene:
    """Whether what arrived at an API may go on over one of its edges.

    A request to a WebSocket API goes to its connections, never to its routes: only clients that are connected send to those
    (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html).
    """
    if edge.target.resource is None:
        return True
    protocol = view.string(edge.target.properties, "ProtocolType", default="HTTP")
    if isinstance(protocol, Unknown):
        return protocol
    if protocol == "WEBSOCKET":
        return False
    part = edge.part
    if part is None or part.kind != "state" or not following.element:
        return True
    state: State = part.data["state"]
    if state.call is None or (state.call.service, state.call.action) != ("apigateway", "invoke"):
        return True
    return _asks_for(state, following.element, view)


def _asks_for(state: State, route: str, view: View) -> Kleene:
    """Whether a state's request is for a route (`POST /orders/{id}`); a path may begin with the stage."""
    method, _, path = route.partition(" ")
    asked_method, asked_path = (view.value(state.argument(name)) for name in ("Method", "Path"))
    if isinstance(asked_method, str) and method not in (ANY_METHOD, "?", asked_method):
        return False
    if asked_path is None:
        asked_path = "/"
    if not isinstance(asked_path, str):
        return UNTAKEN
    asked = _segments(asked_path.partition("?")[0])
    candidates = [asked] if state.argument("Stage") is not None else [asked, asked[1:]]
    return any(_matches(_segments(path), candidate) for candidate in candidates)


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _matches(route: list[str], asked: list[str]) -> bool:
    """Whether a path is one of a route's: `{name}` stands for a segment, `{name+}` for all that are left, `?` for what is not known."""
    for place, segment in enumerate(route):
        if segment == "?" or segment.endswith("+}"):
            return True
        if place >= len(asked) or (segment != asked[place] and not segment.startswith("{")):
            return False
    return len(route) == len(asked)
