"""`edalint graph --format json`: `edalint-graph/1`, described by `schemas/graph-1.json`."""

from __future__ import annotations

import json

from edalint.hints import Any
from edalint.model.conditions import describe
from edalint.model.graph import Edge, Node
from edalint.model.terminal import harmless_json
from edalint.reports import Options
from edalint.reports.findings_json import location

SCHEMA = "edalint-graph/1"


def render(analysis: Any, options: Options) -> str:
    """The event graph of an analysis."""
    return harmless_json(json.dumps(document(analysis), indent=2, ensure_ascii=False)) + "\n"


def document(analysis: Any) -> dict[str, Any]:
    """The event graph as plain values."""
    graph = analysis.graph
    return {
        "schema": SCHEMA,
        "nodes": [_node(n) for n in graph.nodes.values()],
        "edges": [_edge(e) for e in graph.edges],
        "diagnostics": [d._asdict() for d in analysis.diagnostics],
    }


def _node(node: Node) -> dict[str, Any]:
    attributes = dict(node.attributes)
    if node.when is not True:
        attributes["when"] = describe(node.when)
    return {
        "id": node.id,
        "kind": node.kind,
        "name": node.name,
        "address": node.address,
        "type": node.type,
        "location": location(node.location) if node.location else None,
        "attributes": attributes,
    }


def _edge(edge: Edge) -> dict[str, Any]:
    attributes = dict(edge.attributes)
    if edge.when is not True:
        attributes["when"] = describe(edge.when)
    return {
        "source": edge.source.id,
        "target": edge.target.id,
        "kind": edge.kind,
        "declared_by": {"address": edge.resource.address, "element": edge.element},
        "location": location(edge.location),
        "attributes": attributes,
    }
