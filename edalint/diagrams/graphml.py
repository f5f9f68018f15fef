"""The event graph as GraphML, through networkx, for tools that analyse graphs."""

from __future__ import annotations

from edalint.hints import Any
from edalint.model.graph import EventGraph
from edalint.model.terminal import printable


def render(graph: EventGraph) -> str:
    """A directed multigraph; nodes have kind, name, address and type, edges kind, contract and whether they are inferred."""
    import networkx

    plain: Any = networkx.MultiDiGraph()
    for node in graph.nodes.values():
        plain.add_node(printable(node.id), kind=node.kind, name=printable(node.name), address=printable(node.address), type=node.type)
    for edge in graph.edges:
        plain.add_edge(
            printable(edge.source.id),
            printable(edge.target.id),
            kind=edge.kind,
            contract=printable(str(edge.attributes.get("contract", ""))),
            inferred=str(edge.attributes.get("inferred", "")),
        )
    return "\n".join(networkx.generate_graphml(plain)) + "\n"
