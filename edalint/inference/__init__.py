"""Edges that no resource declares by itself: what permissions and environment variables show, which metrics scale a service.

`infer` adds them to a linked graph, and opens the sets of neighbours that a wildcard permission may add to.
"""

from __future__ import annotations

from edalint.model.graph import EventGraph

ACTING_KINDS = ("function", "task", "service", "state-machine")
"""What acts by a role."""
_ALLOWING = frozenset(("AWS::IAM::Role", "AWS::IAM::ManagedPolicy"))
"""What allows somebody outside of the graph to act."""


def infer(graph: EventGraph) -> None:
    """Add inferred edges to a linked graph."""
    kinds = {part.kind for part in graph.parts}
    if "scaling-policy" in kinds:
        from edalint.inference import metrics

        metrics.scale_edges(graph)
    if "policy" in kinds or graph.of_kind(*ACTING_KINDS) or any(r.type in _ALLOWING for r in graph.resources.values()):
        from edalint.inference import permissions

        permissions.infer_edges(graph)
    if "integration" in kinds:
        from edalint.inference import requests

        requests.request_edges(graph)


__all__ = ["infer"]
