"""The event graph: typed nodes and edges, the parts that judge but are no nodes, and how services declare them.

Services declare nodes, edges and parts whose ends are still values (`End`); linking turns ends into nodes, once for
all inputs, and makes the `EventGraph`. GRAPH.md in the docs says which kinds there are and what each means.
"""

from __future__ import annotations

from collections.abc import Iterable

from edalint.hints import Any
from edalint.model.conditions import Condition, both
from edalint.model.locations import Location
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource
from edalint.model.values import Map, Value

NODE_KINDS = (
    "bus",
    "rule",
    "schedule",
    "pipe",
    "api-destination",
    "topic",
    "queue",
    "stream",
    "broker",
    "function",
    "task",
    "service",
    "state-machine",
    "activity",
    "job",
    "bucket",
    "table",
    "api",
    "alarm",
    "external",
)
EDGE_KINDS = (
    "publish",
    "match",
    "deliver",
    "poll",
    "invoke",
    "run",
    "enrich",
    "dead-letter",
    "on-failure",
    "on-success",
    "scale",
)
PART_KINDS = (
    "target",
    "subscription",
    "mapping",
    "state",
    "invoke-config",
    "connection",
    "scalable-target",
    "scaling-policy",
    "permission",
    "policy",
    "archive",
    "notification",
    "integration",
    "alias",
    "endpoint",
)


class Place(NamedTuple):
    """Where something is written: a key of a map, or the map itself."""

    map: Map | None
    key: str | None = None

    @property
    def location(self) -> Location | None:
        return self.map.location(self.key) if self.map is not None else None


class End(NamedTuple):
    """An end of an edge that is still a value: what it says and what it can mean."""

    value: Value
    """A Ref, a name, ARN or URL as str or Text, an Unknown, or a OneOf of these."""
    kinds: tuple[str, ...]
    """Node kinds (or CloudFormation types, for things that are no nodes: `AWS::IAM::Role`, `AWS::KMS::Key`) that can stand here."""
    form: str = "arn"
    """What a plain string is: `arn`, `name`, `url`, or `any` of them."""
    resource: Resource | None = None
    """Who says it: names are looked up from near to far from there."""


class Node:
    """A place where events are held, routed, made or handled."""

    __slots__ = ("address", "attributes", "data", "id", "kind", "name", "order", "resource", "when")

    def __init__(
        self, kind: str, id: str, address: str, *, resource: Resource | None = None, name: str = "", when: Condition = True, order: int = 0
    ) -> None:
        self.kind = kind
        self.id = id
        self.address = address
        self.resource = resource
        """The resource that declares it; None for `default`, external nodes."""
        self.name = name or address
        self.when = when
        self.order = order
        """Place in the order declared; external nodes come last."""
        self.attributes: dict[str, Any] = {}
        """Plain JSON values for reports: what `graph --format json` prints."""
        self.data: dict[str, Any] = {}
        """What services tell later rooms (values, ends): `role`, `environment`, `containers`, `definition` ..."""

    @property
    def type(self) -> str:
        return self.resource.source_type if self.resource else ""

    @property
    def properties(self) -> Map:
        return self.resource.properties if self.resource else Map()

    @property
    def location(self) -> Location | None:
        return self.resource.location if self.resource else None

    def __repr__(self) -> str:
        return f"Node({self.kind} {self.id})"


def _located(place: Place, resource: Resource) -> Location:
    """Where a part or edge stands: what is the whole of a resource stands at the resource's own line."""
    whole = place.map is resource.properties and place.key is None
    return resource.location if whole else place.location or resource.location


class Part:
    """Something that belongs to a node and judges or carries its events, but is no node: a target, a state, a policy."""

    __slots__ = (
        "attributes",
        "data",
        "edges",
        "element",
        "ends",
        "kind",
        "order",
        "owner",
        "place",
        "properties",
        "resource",
        "targets",
        "when",
    )

    def __init__(
        self,
        kind: str,
        resource: Resource,
        *,
        owner: Node | End | None = None,
        element: str = "",
        properties: Map | None = None,
        place: Place | None = None,
        when: Condition = True,
        ends: dict[str, End] | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self.resource = resource
        """The resource that writes it."""
        self.owner: Any = owner
        """The node it belongs to. Services may give an End; after linking it is a Node, or None where nothing in the run fits."""
        self.element = element
        """What it is called inside its resource: a target's Id, a state's name, `sqs:ENDPOINT`; empty where it is the resource."""
        self.properties = properties if properties is not None else resource.properties
        self.place = place or Place(self.properties)
        self.when = both(resource.when, when)
        self.ends: dict[str, End] = ends or {}
        """Named ends (`target`, `dead_letter`, `role`, `source`, `function` ...) as values."""
        self.targets: dict[str, list[Target]] = {}
        """The same ends after linking."""
        self.edges: list[Edge] = []
        """The edges that it declares, after linking."""
        self.data: dict[str, Any] = data or {}
        self.attributes: dict[str, Any] = {}
        self.order = resource.order

    @property
    def location(self) -> Location:
        return _located(self.place, self.resource)

    def __repr__(self) -> str:
        return f"Part({self.kind} {self.resource.id} {self.element})"


class Target(NamedTuple):
    """What an end turned out to be, in some alternatives."""

    when: Condition
    node: Node | None
    """The node; None where the thing is no node (a role, a key) or not known."""
    resource: Resource | None
    """The resource; None for things outside and `default`."""
    value: Value
    """What was written."""
    qualifier: str = ""
    """Of a function: the alias or version that is called."""


class Edge:
    """How an event gets from one node to the next."""

    __slots__ = ("attributes", "data", "element", "kind", "order", "part", "place", "resource", "source", "target", "when")

    def __init__(
        self,
        kind: str,
        source: Any,
        target: Any,
        resource: Resource,
        *,
        part: Part | None = None,
        element: str = "",
        place: Place | None = None,
        when: Condition = True,
        attributes: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self.source = source
        """A Node; while services declare it may be an End (or a Resource that a node is declared for)."""
        self.target = target
        self.resource = resource
        """The resource that declares it (`declared_by`)."""
        self.part = part
        self.element = element or (part.element if part else "")
        self.place = place or (part.place if part else Place(resource.properties))
        self.when = when
        self.attributes: dict[str, Any] = attributes or {}
        """Plain JSON values: `integration`, `inferred`, `qualifier`, `alarms` ..."""
        self.data: dict[str, Any] = data or {}
        self.order = resource.order

    @property
    def location(self) -> Location:
        return _located(self.place, self.resource)

    def __repr__(self) -> str:
        return f"Edge({getattr(self.source, 'id', self.source)} -{self.kind}-> {getattr(self.target, 'id', self.target)})"


class Declarations:
    """What services say about resources; `edalint.linking` turns it into an `EventGraph`."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.parts: list[Part] = []
        self.if_referenced: set[str] = set()
        """Ids of nodes that exist only where some edge ends at them (a task definition, a job definition)."""
        self.stand_ins: dict[str, tuple[End, str]] = {}
        """Resource id -> what it stands for (an alias: its function; a stage: its API), and the qualifier it adds."""
        self.resources: dict[str, Resource] = {}
        """Id -> resource, all of the run: what a reference names may decide what a resource is."""
        self.strangers: list[Resource] = []
        """Resources of types that no service knows: what they are handed, they may use."""
        self.unknown_types: dict[str, list[Resource]] = {}
        """Types that no service knows but that refer to event resources, for the reports' "not understood"."""

    def node(self, resource: Resource, kind: str, /, *, if_referenced: bool = False, **data: Any) -> Node:
        """Declare the node of a resource; `data` is for later rooms."""
        node = Node(kind, resource.id, resource.address, resource=resource, name=resource.name, when=resource.when, order=resource.order)
        node.data.update(data)
        self.nodes.append(node)
        if if_referenced:
            self.if_referenced.add(node.id)
        return node

    def edge(
        self,
        kind: str,
        source: Node | End,
        target: Node | End,
        resource: Resource,
        *,
        part: Part | None = None,
        element: str = "",
        place: Place | None = None,
        when: Condition = True,
        data: dict[str, Any] | None = None,
        **attributes: Any,
    ) -> Edge:
        """Declare an edge; `when` is joined with the resource's (and the part's) own condition."""
        there = part.when if part is not None and part.resource is resource else resource.when  # a part is there with its resource
        joined = both(there, when)
        edge = Edge(kind, source, target, resource, part=part, element=element, place=place, when=joined, attributes=attributes, data=data)
        if joined is not False:
            self.edges.append(edge)
        return edge

    def part(
        self,
        kind: str,
        resource: Resource,
        owner: Node | End | None,
        /,
        *,
        element: str = "",
        properties: Map | None = None,
        place: Place | None = None,
        when: Condition = True,
        ends: dict[str, End] | None = None,
        **data: Any,
    ) -> Part:
        """Declare a part; its ends are resolved by linking into `part.targets`."""
        part = Part(kind, resource, owner=owner, element=element, properties=properties, place=place, when=when, ends=ends, data=data)
        if part.when is not False:
            self.parts.append(part)
        return part

    def resource(self, id: str) -> Resource | None:
        """The resource that a reference names."""
        return self.resources.get(id)

    def stands_for(self, resource: Resource, end: End, qualifier: str = "") -> None:
        """Declare that references to a resource mean another one (an alias its function, a stage its API)."""
        self.stand_ins[resource.id] = (end, qualifier)


class EventGraph:
    """The nodes, edges and parts of a run, with plain adjacency.

    Everything in it may exist in some alternatives only (`when`); `edalint.facts.view.View` looks at it under decided
    choices. networkx is handed a copy where an algorithm needs it (`to_networkx`), it never appears elsewhere.
    """

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        """Id -> node, in the order declared, external nodes last."""
        self.edges: list[Edge] = []
        self.outgoing: dict[str, list[Edge]] = {}
        self.incoming: dict[str, list[Edge]] = {}
        self.parts: list[Part] = []
        self.parts_of: dict[str, list[Part]] = {}
        """Node id -> its parts, in the order declared."""
        self.policies: dict[str, list[Part]] = {}
        """Resource id (role, queue, topic, key, function ...) -> the `policy` and `permission` parts that apply to it."""
        self.resources: dict[str, Resource] = {}
        """Id -> resource, all of the run."""
        self.open_sets: dict[tuple[str, str], str] = {}
        """(node id, name of a set of neighbours such as `consumers`) -> why the set may have members that we don't know."""
        self.open_kinds: dict[tuple[str, str], str] = {}
        """(node kind, name of a set) -> the same, for every node of that kind (an end that may be any of them)."""
        self.unresolved: list[tuple[Edge | Part, str, Value]] = []
        """Ends that became nothing in the run: who says it, which end, the value; for the reports' "not understood"."""
        self.unfit: dict[str, list[Edge]] = {}
        """Node id -> edges that it declares and that can't be, because the target is of another kind; they are in no adjacency."""
        self.resolver: Any = None
        """What resolves ends against this run (`edalint.linking.resolve(graph, end)`)."""
        self.documents: dict[int, Any] = {}
        """The policy documents of the run as they are, each read once (`edalint.iam.document.read_once`)."""
        self.contexts: dict[str, tuple[str, ...]] = {}
        """Bounded context -> patterns of what belongs to it, as the configuration says."""
        self.ambiguous: list[tuple[Edge | Part, str, Value, list[Any]]] = []
        """Names that several equally near resources have: linked to none of them (`edalint.linking.ends.Meaning`)."""
        self._by_kind: tuple[dict[str, Node], int, dict[str, list[tuple[int, Node]]]] = ({}, -1, {})
        """The nodes that were sorted by kind, how many they were, and kind -> its nodes with their places in the order."""

    def add_node(self, node: Node) -> Node:
        """Add a node, or return the one with its id."""
        return self.nodes.setdefault(node.id, node)

    def add_edge(self, edge: Edge) -> None:
        """Add an edge whose ends are nodes of this graph."""
        self.edges.append(edge)
        self.outgoing.setdefault(edge.source.id, []).append(edge)
        self.incoming.setdefault(edge.target.id, []).append(edge)
        if edge.part is not None:
            edge.part.edges.append(edge)

    def add_part(self, part: Part) -> None:
        """Add a part whose owner is a node of this graph or None."""
        self.parts.append(part)
        if isinstance(part.owner, Node):
            self.parts_of.setdefault(part.owner.id, []).append(part)

    def out(self, node: Node, *kinds: str) -> list[Edge]:
        """The edges that leave a node, of these kinds (all when none is given), in the order declared."""
        edges = self.outgoing.get(node.id, [])
        return [e for e in edges if e.kind in kinds] if kinds else edges

    def into(self, node: Node, *kinds: str) -> list[Edge]:
        """The edges that end at a node."""
        edges = self.incoming.get(node.id, [])
        return [e for e in edges if e.kind in kinds] if kinds else edges

    def of_kind(self, *kinds: str) -> list[Node]:
        """All nodes of these kinds, in the order declared."""
        of, size, by_kind = self._by_kind
        if of is not self.nodes or size != len(self.nodes):
            by_kind = {}
            for place, node in enumerate(self.nodes.values()):
                by_kind.setdefault(node.kind, []).append((place, node))
            self._by_kind = (self.nodes, len(self.nodes), by_kind)
        found = [entry for kind in dict.fromkeys(kinds) for entry in by_kind.get(kind, ())]
        if len(kinds) > 1:
            found.sort(key=lambda entry: entry[0])
        return [node for _, node in found]

    def by_address(self, address: str) -> Node | None:
        """The first node with an address (tests and `--blast`)."""
        return next((n for n in self.nodes.values() if n.address == address), None)

    def to_networkx(self) -> Any:
        """A networkx MultiDiGraph with node ids, `kind` on both and the Edge under `edge`."""
        import networkx

        graph: Any = networkx.MultiDiGraph()
        graph.add_nodes_from((n.id, {"kind": n.kind}) for n in self.nodes.values())
        graph.add_edges_from((e.source.id, e.target.id, {"kind": e.kind, "edge": e}) for e in self.edges)
        return graph


def unique(elements: Iterable[Any]) -> list[Any]:
    """Elements without repetition, by identity, first occurrence first."""
    seen: set[int] = set()
    result = []
    for element in elements:
        if id(element) not in seen:
            seen.add(id(element))
            result.append(element)
    return result
