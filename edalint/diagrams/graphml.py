"""The event graph as GraphML, through networkx, for tools that analyse graphs."""

from __future__ import annotations

from typing import Any

from edalint.model.graph import EventGraph


def render(graph: EventGraph) -> str:
    """A directed multigraph; nodes have kind, name, address and type, edges kind, contract and whether they are inferred."""
    import networkx

    plain: Any = networkx.MultiDiGraph()
    for node in graph.nodes.values():
        plain.add_node(_clean(node.id), kind=node.kind, name=_clean(node.name), address=_clean(node.address), type=node.type)
    for edge in graph.edges:
        plain.add_edge(
            _clean(edge.source.id),
            _clean(edge.target.id),
            kind=edge.kind,
            contract=_clean(str(edge.attributes.get("contract", ""))),
            inferred=str(edge.attributes.get("inferred", "")),
        )
    return "\n".join(networkx.generate_graphml(plain)) + "\n"


def _clean(text: str) -> str:
    """XML has no control characters, not even escaped."""
    return "".join(c if c.isprintable() else " " for c in text)
