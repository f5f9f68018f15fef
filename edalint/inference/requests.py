"""Edges of integrations whose target comes with the request: the role that they act by names it.

An API that hands requests to an AWS service may take the stream, queue or state machine from the request itself. What its
role may send to, action and resource named, is then where its requests go.
"""

from __future__ import annotations

from edalint.inference.grants import SENDING, Grant, Reading, grants_of
from edalint.model.conditions import both
from edalint.model.graph import Edge, EventGraph, Node, Part


def request_edges(graph: EventGraph) -> None:
    """Add the edges of integrations that name no target."""
    known = {(e.source.id, e.target.id, e.kind) for e in graph.edges}
    reading = Reading(graph)
    for part in graph.parts:
        if part.kind != "integration" or "kinds" not in part.data or not isinstance(part.owner, Node):
            continue
        for role in part.targets.get("role", ()):
            for grant in grants_of(reading, role.resource).grants if role.resource is not None else ():
                ends = (part.owner.id, grant.node.id, part.data["edge"])
                when = both(part.when, role.when, grant.when, grant.node.when)
                if _is_for(grant, part) and ends not in known and when is not False:
                    known.add(ends)
                    graph.add_edge(
                        Edge(part.data["edge"], part.owner, grant.node, part.resource, part=part, when=when, attributes=_said(part))
                    )


def _is_for(grant: Grant, part: Part) -> bool:
    """Whether a permission is to do what an integration does."""
    service = part.data["service_action"].partition(":")[0]
    sends = grant.explicit and grant.action in SENDING and grant.node.kind in part.data["kinds"]
    return sends and any(name.startswith(f"{service}:") for name in grant.action.names)


def _said(part: Part) -> dict[str, str]:
    said = {"inferred": "iam"}
    if part.data["service_action"].startswith("states:Start"):
        said["integration"] = "sync" if part.data["service_action"].endswith("SyncExecution") else "request-response"
    return said
