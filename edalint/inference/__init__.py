"""Edges that no resource declares by itself: what permissions and environment variables show, which metrics scale a service.

`infer` adds them to a linked graph, and opens the sets of neighbours that a wildcard permission may add to.
"""

from __future__ import annotations

from edalint.model.graph import EventGraph


def infer(graph: EventGraph) -> None:
    """Add inferred edges to a linked graph."""
    from edalint.inference import permissions

    kinds = {part.kind for part in graph.parts}
    if "scaling-policy" in kinds:
        from edalint.inference import metrics

        metrics.scale_edges(graph)
    permissions.infer_edges(graph)
    if "integration" in kinds:
        from edalint.inference import requests

        requests.request_edges(graph)


__all__ = ["infer"]
