"""Declarations become the event graph: every end of every edge and part is resolved, once for all inputs of a run."""

from __future__ import annotations

from collections.abc import Sequence

from edalint.linking import arns
from edalint.linking.ends import CUSTOM, DEFAULT_BUS, NO_SYMBOL, Ends, Meaning, outside, written
from edalint.linking.names import Candidate, Names
from edalint.linking.openness import (
    open_for_ambiguous,
    open_kinds,
    open_parts,
    open_sets_by_policy,
    open_sets_handed_over,
    open_sets_that_leave,
)
from edalint.model.conditions import Both, Condition, Either, both, satisfiable
from edalint.model.graph import Declarations, Edge, End, EventGraph, Node, Part, Target
from edalint.model.resources import Resource, Unit
from edalint.model.values import Unknown, Value

OWN = ("AWS::Region", "AWS::AccountId")
"""The symbols of the region and account in which a stack is deployed."""
UNDELIVERED = ("dead-letter", "on-failure")
"""Edges whose ends are kept where they can't be: a dead letter that goes to a function is lost."""

POLICIES = {"policy": "holder", "permission": "function"}
"""Kind of a part that says what may be done to something -> the end that names it."""


def link(units: Sequence[Unit], declarations: Declarations) -> EventGraph:
    """The event graph of a run."""
    return _Linker(units, declarations).link()


def resolve(graph: EventGraph, end: End) -> list[Target]:
    """What an end means in a linked graph: inference and facts ask with ends of their own, and leave the list as it is.

    A target's node may be one that is not in the graph yet (a task definition that nobody ran so far): `graph.add_node` it.
    """
    direct: list[Target] | None = graph.resolver.direct(end.value)
    if direct is not None:
        return direct
    meaning: Meaning = graph.resolver.resolve(end)
    return meaning.targets


class _Linker:
    def __init__(self, units: Sequence[Unit], declarations: Declarations) -> None:
        self.graph = EventGraph()
        self.units = units
        self.declarations = declarations
        self.graph.resources = declarations.resources
        nodes: dict[str, Node] = {}
        for node in declarations.nodes:
            nodes.setdefault(node.id, node)
        self.nodes = nodes
        self.ends = Ends(Names(self.graph.resources), self.graph.resources, nodes, declarations.stand_ins)
        self.graph.resolver = self.ends
        self.external: dict[str, Node] = {}
        self.said: set[tuple[str, int]] = set()
        """Whose values were reported as not resolved."""
        self.opened: dict[tuple[str, str, int], list[Candidate]] = {}
        """Kind of edge, end, id of candidates (kept, so that no others take it): whose sets are open by such an end already."""
        self.clones: dict[int, list[Part]] = {}
        """Id of a part whose owner hangs on a choice -> one for each owner."""

    def link(self) -> EventGraph:
        graph = self.graph
        for node in self.nodes.values():
            if node.id not in self.declarations.if_referenced:
                graph.add_node(node)
        for part in self.declarations.parts:
            self._part(part)
        for edge in self.declarations.edges:
            self._edge(edge)
        self._sort()
        open_sets_that_leave(graph, self.units, self.ends)
        open_sets_handed_over(graph, self.declarations.strangers, self.ends)
        open_sets_by_policy(graph)
        return graph

    # parts

    def _part(self, part: Part) -> None:
        for name, end in part.ends.items():
            part.targets[name] = self._resolved(end, part, name)
        if isinstance(part.owner, End):
            self._give_owners(part, part.owner)
        else:
            self.graph.add_part(part)
        if part.kind in POLICIES:
            self._policy(part, POLICIES[part.kind])

    def _give_owners(self, part: Part, owner: End) -> None:
        """Add a part once for each node that it can belong to; where none that is known is there, once without."""
        targets = self._resolved(owner, part, "owner")
        owners = [
            (both(part.when, t.when), t.node) for t in targets if t.node is not None and (not owner.kinds or t.node.kind in owner.kinds)
        ]
        if any(t.node is None and t.resource is None and not outside(t.value) for t in targets):
            open_parts(self.graph, part.kind, owner, part.resource)
        there: list[tuple[Condition, Node | None]] = [(when, node) for when, node in owners if when is not False]
        placed: list[Part] = []
        for when, node in there or [(part.when, None)]:
            here = _copy(part) if placed else part
            here.owner, here.when = node, when
            placed.append(here)
            self.graph.add_part(here)
        if len(placed) > 1:
            self.clones[id(part)] = placed

    def _policy(self, part: Part, end: str) -> None:
        """What a policy or permission applies to, for `graph.policies`."""
        seen: set[str] = set()
        for target in part.targets.get(end, ()):
            id = target.node.id if target.node is not None else target.resource.id if target.resource is not None else ""
            if id and id not in seen:
                seen.add(id)
                self.graph.policies.setdefault(id, []).append(part)

    # edges

    def _edge(self, edge: Edge) -> None:
        sources = self._ends_of(edge, "source", edge.source)
        targets = self._ends_of(edge, "target", edge.target)
        alone = len(sources) == len(targets) == 1  # nearly every one is: it is linked itself
        for s_when, source, _ in sources:
            from_source = both(edge.when, s_when)
            if from_source is False:
                continue
            for t_when, target, qualifier in targets:
                when = both(from_source, t_when)
                if when is False or (isinstance(when, (Both, Either)) and not satisfiable(when)):
                    continue
                if source is target is self.ends.default_bus:
                    continue
                linked = edge if alone else _copy_of(edge)
                linked.source, linked.target, linked.when = source, target, when
                if edge.part is not None:
                    linked.part = self._owned(edge.part, source, target)
                if qualifier and target.kind in ("function", "state-machine"):
                    linked.attributes.setdefault("qualifier", qualifier)
                self.graph.add_node(source)
                self.graph.add_node(target)
                self.graph.add_edge(linked)

    def _owned(self, part: Part, source: Node, target: Node) -> Part:
        """Of a part's clones that of the node at an end."""
        clones = self.clones.get(id(part))
        return part if clones is None else next((c for c in clones if c.owner is source or c.owner is target), clones[0])

    def _ends_of(self, edge: Edge, which: str, end: Node | End | Resource) -> list[tuple[Condition, Node, str]]:
        if isinstance(end, Resource):
            node = self.nodes.get(end.id)
            return [(both(end.when, node.when), node, "")] if node is not None else []
        if isinstance(end, Node):
            return [(end.when, end, "")]
        found: list[tuple[Condition, Node, str]] = []
        for target in self._resolved(end, edge, which):
            if target.node is not None and self._forwards_elsewhere(edge, which, target):
                found.append((target.when, self._external(target._replace(node=None, resource=None), edge.resource), ""))
            elif target.node is not None:
                # An end that cannot be what is written gives no edge: a function is no dead-letter queue.
                if target.node.kind in end.kinds:
                    found.append((target.when, target.node, target.qualifier))
                elif which == "target" and edge.kind in UNDELIVERED:
                    self._unfit(edge, target)
            elif target.resource is None or not self._is_other_thing(target.resource, end):
                node = self._external(target, edge.resource)
                if which == "target" and edge.kind in UNDELIVERED and _named_kind(target.value) not in ("", *end.kinds):
                    self._unfit(edge, target._replace(node=node))
                    continue
                if not outside(target.value) or (target.resource is not None and target.resource.type.startswith(CUSTOM)):
                    open_kinds(self.graph, edge.kind, which, end, edge.resource)
                found.append((target.when, node, ""))
        return found

    def _forwards_elsewhere(self, edge: Edge, which: str, target: Target) -> bool:
        """Whether a rule's ARN of the bus that it listens on is a bus of that name in another region or account: why else forward?"""
        if which != "target" or edge.kind != "deliver" or not isinstance(edge.source, Node) or target.node is None:
            return False
        if target.node.kind != "bus" or not arns.is_arn(target.value):
            return False
        called = arns.arn(target.value)
        if called is None or all(isinstance(v, Unknown) and v.symbol in OWN for v in (called.region, called.account)):
            return False
        return any(e.source is target.node for e in self.graph.into(edge.source, "match"))

    def _unfit(self, edge: Edge, target: Target) -> None:
        for when, source, _ in self._ends_of(edge, "source", edge.source):
            joined = both(edge.when, when, target.when)
            if joined is not False and target.node is not None:
                unfit = Edge(
                    edge.kind, source, target.node, edge.resource, part=edge.part, element=edge.element, place=edge.place, when=joined
                )
                self.graph.unfit.setdefault(source.id, []).append(unfit)

    def _is_other_thing(self, resource: Resource, end: End) -> bool:
        """Whether a resource that is no node can't stand at an end: a type that is known and not among the end's."""
        return False if resource.type in end.kinds else resource.type.startswith("AWS::IAM::")

    def _external(self, target: Target, asker: Resource) -> Node:
        """The node of something outside, or of a resource that is no node itself (a log group): one per distinct thing."""
        name = target.resource.address if target.resource is not None else written(target.value)
        nameless = target.resource is None and (name == "unknown" or NO_SYMBOL in name)  # others may be called so too
        unknown = nameless or (target.resource is None and not outside(target.value))
        if name == "unknown":
            name = f"unknown ({asker.address})"
        id = f"external#{target.resource.id if target.resource is not None else name}"
        node = self.external.get(id)
        if node is None:
            node = self.external[id] = Node("external", id, name, order=len(self.graph.resources) + len(self.external) + 1)
            if unknown:
                node.attributes["unknown"] = True
        return node

    def _resolved(self, end: End, asker: Edge | Part, which: str) -> list[Target]:
        direct = self.ends.direct(end.value)
        if direct is not None:  # nothing of it is ambiguous or not resolved
            return direct
        meaning = self.ends.resolve(end)
        said = (asker.resource.id, id(end.value))
        first = said not in self.said  # a part and its edges have their ends in common
        self.said.add(said)
        if meaning.ambiguous:
            if first:
                self.graph.ambiguous.append((asker, which, end.value, meaning.ambiguous))
            if isinstance(asker, Edge):
                self._open_for_ambiguous(asker, which, meaning.ambiguous)
        for target in meaning.targets:
            if first and target.node is None and target.resource is None and not outside(target.value):
                self.graph.unresolved.append((asker, which, target.value))
        return meaning.targets

    def _open_for_ambiguous(self, asker: Edge, which: str, ambiguous: list[list[Candidate]]) -> None:
        for candidates in ambiguous:
            key = (asker.kind, which, id(candidates))
            if key not in self.opened:
                self.opened[key] = candidates
                open_for_ambiguous(self.graph, asker.kind, which, candidates, asker.resource)

    def _sort(self) -> None:
        """Nodes in the order declared; the default bus and external nodes last."""
        graph = self.graph
        last = len(graph.resources) + 1

        def place(node: Node) -> tuple[int, int]:
            return (0, node.order) if node.resource is not None else (1, node.order if node.id != DEFAULT_BUS else last - 1)

        graph.nodes = {n.id: n for n in sorted(graph.nodes.values(), key=place)}


def _copy_of(edge: Edge) -> Edge:
    return Edge(
        edge.kind,
        edge.source,
        edge.target,
        edge.resource,
        part=edge.part,
        element=edge.element,
        place=edge.place,
        attributes=dict(edge.attributes),
        data=edge.data,
    )


def _copy(part: Part) -> Part:
    copy = Part(
        part.kind,
        part.resource,
        owner=part.owner,
        element=part.element,
        properties=part.properties,
        place=part.place,
        when=part.when,
        ends=part.ends,
        data=part.data,
    )
    copy.targets = part.targets
    return copy


def _named_kind(value: Value) -> str:
    """The kind of thing that an ARN outside the run names; empty for any other value."""
    called = arns.arn(value) if arns.is_arn(value) else None
    return called.kind if called is not None else ""
