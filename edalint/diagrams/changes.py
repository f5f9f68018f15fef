"""What a change changes: two event graphs compared, with their findings.

Nodes are the same by address (and file), edges by their ends, kind and element; what is left of their attributes is their
contract. A reformatted or reordered template has no changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from edalint.diagrams import written
from edalint.hints import Any
from edalint.model.conditions import describe
from edalint.model.findings import Finding
from edalint.model.graph import Edge, EventGraph, Node
from edalint.model.records import NamedTuple

EdgeKey = tuple[str, str, str, str, int]
"""Source, target, kind, element, and which of several such."""


class Change(NamedTuple):
    """A value of a contract that is another one now; None is absent."""

    name: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.name.replace('_', ' ')} {_shown(self.before)} -> {_shown(self.after)}"


class Changes(NamedTuple):
    """Everything that differs between two analyses."""

    nodes_added: list[Node]
    nodes_removed: list[Node]
    nodes_changed: list[tuple[Node, list[Change]]]
    """The node as it is now."""
    edges_added: list[Edge]
    edges_removed: list[Edge]
    edges_changed: list[tuple[Edge, list[Change]]]
    introduced: list[Finding]
    fixed: list[Finding]
    head_units: tuple[str, ...] = ()
    """The templates of the head."""

    @property
    def empty(self) -> bool:
        """Whether nothing differs."""
        return not any(self[:8])


def compare(base: Any, head: Any) -> Changes:
    """What changed from one analysis to another."""
    units = tuple(u.path for u in head.units)
    rename = renaming(base, units)
    old_nodes = {rename(n.id): n for n in base.graph.nodes.values()}
    new_nodes = dict(head.graph.nodes)
    old_edges, new_edges = _edges(base.graph, rename), _edges(head.graph, lambda i: i)
    old_findings = {_finding_key(f, rename): f for f in base.findings}
    new_findings = {_finding_key(f, lambda i: i): f for f in head.findings}
    nodes_changed = [
        (n, changes)
        for i, n in new_nodes.items()
        if i in old_nodes and (changes := _contract_changes(_node_contract(old_nodes[i], base.graph), _node_contract(n, head.graph)))
    ]
    edges_changed = [
        (e, changes)
        for k, e in new_edges.items()
        if k in old_edges and (changes := _contract_changes(_edge_contract(old_edges[k]), _edge_contract(e)))
    ]
    return Changes(
        [n for i, n in new_nodes.items() if i not in old_nodes],
        [n for i, n in old_nodes.items() if i not in new_nodes],
        nodes_changed,
        [e for k, e in new_edges.items() if k not in old_edges],
        [e for k, e in old_edges.items() if k not in new_edges],
        edges_changed,
        [f for k, f in new_findings.items() if k not in old_findings],
        [f for k, f in old_findings.items() if k not in new_findings],
        units,
    )


def renaming(base: Any, units: Sequence[str]) -> Callable[[str], str]:
    """How ids of the base read in the head: one template compared with another of a different name is the same one."""
    old = [u.path for u in base.units]
    if len(old) == len(units) == 1 and old[0] != units[0]:
        return lambda i: units[0] + i[len(old[0]) :] if i.startswith(f"{old[0]}#") else i
    return lambda i: i


def _edges(graph: EventGraph, rename: Any) -> dict[EdgeKey, Edge]:
    found: dict[EdgeKey, Edge] = {}
    for edge in graph.edges:
        number = 0
        while (key := (rename(edge.source.id), rename(edge.target.id), edge.kind, edge.element, number)) in found:
            number += 1
        found[key] = edge
    return found


def _finding_key(finding: Finding, rename: Any) -> tuple[Any, ...]:
    way = tuple(s.address for s in finding.path)
    return finding.rule, rename(finding.subject.id), finding.subject.element, way


DERIVED = ("contract", "filter", "when_exhausted", "rate")
"""Of edges: what follows from other values, which are compared themselves."""
OF_THE_SOURCE = ("receives", "attempts", "maximum_event_age")
"""Of what a queue or a state machine hands on: the queue or the state says it."""


def _node_contract(node: Node, graph: EventGraph) -> dict[str, Any]:
    contract = {k: v for k, v in node.attributes.items() if k != "details"}
    contract["kind"] = node.kind
    contract.update(written.of_node(node, graph))
    if node.when is not True:
        contract["when"] = describe(node.when)
    return contract


def _edge_contract(edge: Edge) -> dict[str, Any]:
    derived = (*DERIVED, *OF_THE_SOURCE) if edge.source.kind == "queue" or edge.kind == "run" else DERIVED
    contract = {k: v for k, v in edge.attributes.items() if k not in derived}
    contract.update(written.of_edge(edge))
    if edge.when is not True:
        contract["when"] = describe(edge.when)
    return contract


def _contract_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    names = [*before, *(k for k in after if k not in before)]
    return [Change(k, before.get(k), after.get(k)) for k in names if before.get(k) != after.get(k)]


def _shown(value: Any) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
