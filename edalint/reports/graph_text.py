"""`edalint graph`: the flows as indented text, one node a block, its ways out below it."""

from __future__ import annotations

from typing import Any

from edalint.model.conditions import describe
from edalint.model.graph import Edge, EventGraph, Node
from edalint.model.terminal import harmless, paint
from edalint.reports import Options


def render(analysis: Any, options: Options) -> str:
    """Every node that has edges, sources of events first, then what stands alone."""
    graph: EventGraph = analysis.graph
    lines: list[str] = []
    connected = [n for n in graph.nodes.values() if graph.out(n)]
    for node in sorted(connected, key=lambda n: (bool(graph.into(n)), n.order)):
        lines.append(f"{paint(node.kind, 'dim', options.color)} {paint(harmless(node.name), 'bold', options.color)}")
        edges = graph.out(node)
        for index, edge in enumerate(edges):
            lines.append(f"{'└' if index == len(edges) - 1 else '├'} {_edge(edge, options)}")
    alone = [n for n in graph.nodes.values() if not graph.out(n) and not graph.into(n)]
    if alone:
        lines.append(paint("without edges: ", "dim", options.color) + ", ".join(f"{n.kind} {harmless(n.name)}" for n in alone))
    lines.append(paint(f"{len(graph.nodes)} nodes, {len(graph.edges)} edges", "dim", options.color))
    return "\n".join(lines) + "\n"


def _edge(edge: Edge, options: Options) -> str:
    target: Node = edge.target
    notes = [str(edge.attributes[k]) for k in ("integration", "contract") if edge.attributes.get(k)]
    if edge.attributes.get("inferred"):
        notes.append(f"inferred from {edge.attributes['inferred']}")
    if edge.when is not True:
        notes.append(f"when {describe(edge.when)}")
    arrow = "╌╌" if edge.attributes.get("inferred") else "──"
    style = "error" if edge.kind in ("dead-letter", "on-failure") else "path"
    text = f"{paint(f'{arrow}{edge.kind}{arrow}▶', style, options.color)} {target.kind} {harmless(target.name)}"
    return text + (f"  {paint('(' + harmless('; '.join(notes)) + ')', 'dim', options.color)}" if notes else "")
