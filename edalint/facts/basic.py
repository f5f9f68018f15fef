"""What every node, edge, part, path, cycle, group and graph can be asked: names, kinds, neighbours, raw properties."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edalint.facts.registry import fact
from edalint.facts.view import Group, Members, Path, View
from edalint.hints import Any
from edalint.model.conditions import describe
from edalint.model.graph import Edge, EventGraph, Node, Part, unique
from edalint.model.resources import Resource
from edalint.model.values import Map, Unknown, alternatives, parts_of
from edalint.services import registry as services

INTO = ("senders", "async_callers")
"""Sets of neighbours that have members with edges into a node."""
OUT_OF = ("consumers", "subscribers", "rules")


# nodes


@fact("node", gives="string", plain=True)
def id(node: Node, view: View) -> str:
    """The template's path and the address, joined by `#`: unique in the run."""
    return node.id


@fact("node", gives="string", plain=True)
def kind(node: Node, view: View) -> str:
    """What kind of node it is: `queue`, `topic`, `function` ..."""
    return node.kind


@fact("node", gives="string", plain=True)
def name(node: Node, view: View) -> str:
    """What messages call it: the logical id, the construct path, the Terraform address."""
    return node.name


@fact("node", gives="string", plain=True)
def address(node: Node, view: View) -> str:
    """The logical id or Terraform address."""
    return node.address


@fact("node", gives="list<string>", plain=True)
def names(node: Node, view: View) -> list[str]:
    """The logical id or resource label and the written parts of the physical name. Always known: holes of a name are left out."""
    return unique_strings([label_of(node.address), *([node.name] if node.resource is not None else []), *_written_name(node.resource)])


def label_of(address: str) -> str:
    """A Terraform address's resource label with its keys (`queue["dlq"]`), or the logical id."""
    outside_keys = re.sub(r"\[[^\]]*\]", lambda m: m.group().replace(".", "\0"), address) if "[" in address else address
    return outside_keys.rsplit("/", 1)[-1].rsplit(".", 1)[-1].replace("\0", ".")


def _written_name(resource: Resource | None) -> Iterator[str]:
    if resource is None:
        return
    services.load([resource.type])
    identity = services.IDENTITIES.get(resource.type)
    if identity is None or identity.name is None:
        return
    for _, value in alternatives(resource.get(identity.name)):
        for part in parts_of(value):
            if isinstance(part, str):
                yield part


def unique_strings(strings: list[str]) -> list[str]:
    """Strings without repetition, first occurrence first."""
    return list(dict.fromkeys(s for s in strings if s))


@fact("node", gives="string", plain=True)
def type(node: Node, view: View) -> str | None:
    """CloudFormation's name of the resource type, whichever language declares it; absent of what the run does not declare."""
    return node.resource.type if node.resource is not None else None


@fact("node", gives="any", plain=True)
def properties(node: Node, view: View) -> Map:
    """The properties by CloudFormation's names, whichever language declares them; untyped."""
    return node.properties


@fact("node", gives="any", plain=True)
def resource(node: Node, view: View) -> Map | None:
    """The resource as written (`source_type`'s own names); untyped."""
    return node.resource.written if node.resource is not None else None


@fact("node", gives="string", plain=True)
def source_type(node: Node, view: View) -> str | None:
    """The resource type as written: `aws_sqs_queue`, `AWS::Serverless::Function`."""
    return node.type or None


@fact("node", gives="string", plain=True)
def template(node: Node, view: View) -> str | None:
    """The file of the template, or the folder of the Terraform root, that declares it."""
    return node.resource.unit.path if node.resource is not None else None


@fact("node", gives="bool", plain=True)
def declared(node: Node, view: View) -> bool:
    """Whether the run declares it (False: an external node, the account's default bus)."""
    return node.resource is not None


@fact("node", gives="bool", plain=True)
def generated(node: Node, view: View) -> bool:
    """Whether SAM or the CDK made it for its own ends."""
    return node.resource is not None and node.resource.generated


@fact("node", gives="any", plain=True)
def metadata(node: Node, view: View) -> Map | None:
    """The resource's `Metadata`; untyped."""
    return node.resource.metadata if node.resource is not None else None


@fact("node", gives="map")
def tags(node: Node, view: View) -> Any:
    """Tag -> value."""
    written = view.get(node.properties, "Tags")
    if written is None or isinstance(written, Unknown):
        return written if written is not None else Map()
    if isinstance(written, dict):
        return written
    entries = view.elements(written)
    if isinstance(entries, Unknown):
        return entries
    found = Map()
    for entry in entries:
        key = view.get(entry, "Key")
        if not isinstance(key, str):
            return Unknown("", "a tag whose key is not known")
        found[key] = view.get(entry, "Value")
    return found


@fact("node", gives="string", plain=True)
def condition(node: Node, view: View) -> str | None:
    """In which alternatives it exists (`Stage=production`); absent where it always does."""
    return None if node.when is True else describe(node.when)


@fact("node", gives="list<edge>")
def in_edges(node: Node, view: View) -> Members[Edge]:
    """The edges that end here. Open where somebody may send here whom the run does not show."""
    return Members(view.into(node), _opened(view, node, INTO))


@fact("node", gives="list<edge>")
def out_edges(node: Node, view: View) -> Members[Edge]:
    """The edges that leave from here. Open where somebody may receive from here whom the run does not show."""
    return Members(view.out(node), _opened(view, node, OUT_OF))


@fact("node", gives="list<node>")
def predecessors(node: Node, view: View) -> Members[Node]:
    """The nodes whose events come here over one edge; open like `in_edges`."""
    return Members(unique(e.source for e in view.into(node)), _opened(view, node, INTO))


@fact("node", gives="list<node>")
def successors(node: Node, view: View) -> Members[Node]:
    """The nodes that events go to over one edge; open like `out_edges`."""
    return Members(unique(e.target for e in view.out(node)), _opened(view, node, OUT_OF))


@fact("node", gives="list<part>")
def parts(node: Node, view: View) -> list[Part]:
    """Its targets, states, subscriptions, policies ..."""
    return view.parts(node)


def _opened(view: View, node: Node, sets: tuple[str, ...]) -> str:
    return next((why for why in (view.opened(node, name) for name in sets) if why), "")


# edges


@fact("edge", "part", gives="string", name="kind", plain=True)
def kind_of_edge(subject: Edge | Part, view: View) -> str:
    """What kind of edge or part it is: `deliver`, `poll` ...; `target`, `state` ..."""
    return subject.kind


@fact("edge", gives="node", plain=True)
def source(edge: Edge, view: View) -> Node:
    """The node that the event comes from."""
    return edge.source  # type: ignore[no-any-return]


@fact("edge", gives="node", plain=True)
def target(edge: Edge, view: View) -> Node:
    """The node that the event goes to."""
    return edge.target  # type: ignore[no-any-return]


@fact("edge", gives="part", plain=True)
def part(edge: Edge, view: View) -> Part | None:
    """The part that declares it: a target, subscription, mapping, state; absent where a resource does by itself."""
    return edge.part


@fact("edge", "part", gives="string", plain=True)
def element(subject: Edge | Part, view: View) -> str | None:
    """What it is called inside its resource: a target's Id, a state's name; absent where it is the resource."""
    return subject.element or None


@fact("edge", gives="bool", plain=True)
def inferred(edge: Edge, view: View) -> bool:
    """Whether only permissions or environment variables show the edge."""
    return "inferred" in edge.attributes


@fact("edge", gives="bool", plain=True)
def carries_on(edge: Edge, view: View) -> bool:
    """Whether an event that arrives over it can be the beginning of another one: not where only failed events go (dead-letter,
    on-failure), where a metric is read (scale), nor where a state machine starts itself again.
    """
    return edge.kind not in ("dead-letter", "on-failure", "scale") and not (edge.kind == "run" and edge.source is edge.target)


@fact("edge", gives="string", plain=True)
def qualifier(edge: Edge, view: View) -> str | None:
    """The alias or version of the function that is called; absent where it is none."""
    found = edge.attributes.get("qualifier")
    return str(found) if found else None


@fact("edge", gives="string", plain=True)
def integration(edge: Edge, view: View) -> str | None:
    """How a state machine or API waits: `request-response`, `sync`, `callback`, `activity`; absent elsewhere."""
    found = edge.attributes.get("integration")
    return str(found) if found else None


@fact("edge", "part", gives="any", plain=True)
def attributes(subject: Edge | Part, view: View) -> dict[str, Any]:
    """The attributes as `edalint graph --format json` prints them; untyped."""
    return subject.attributes


@fact("edge", gives="any", name="properties", plain=True)
def properties_of_edge(edge: Edge, view: View) -> Map:
    """The properties of the part or resource that declares it; untyped."""
    return edge.part.properties if edge.part is not None else edge.resource.properties


@fact("edge", "part", gives="string", name="condition", plain=True)
def condition_of_edge(subject: Edge | Part, view: View) -> str | None:
    """In which alternatives it exists; absent where it always does."""
    return None if subject.when is True else describe(subject.when)


@fact("edge", "part", gives="string", name="address", plain=True)
def declaring_address(subject: Edge | Part, view: View) -> str:
    """The address of the resource that declares it."""
    return subject.resource.address


@fact("edge", "part", gives="string", plain=True)
def resource_type(subject: Edge | Part, view: View) -> str:
    """CloudFormation's name of the type of the resource that declares it."""
    return subject.resource.type


@fact("edge", "part", gives="any", name="resource", plain=True)
def declaring_resource(subject: Edge | Part, view: View) -> Map:
    """The resource that declares it, as written; untyped."""
    return subject.resource.written


@fact("edge", "part", gives="string", name="id", plain=True)
def id_of_edge(subject: Edge | Part, view: View) -> str:
    """The id of the declaring resource, and the element in it."""
    return f"{subject.resource.id}/{subject.element}" if subject.element else subject.resource.id


# parts


@fact("part", gives="node", plain=True)
def owner(part: Part, view: View) -> Node | None:
    """The node that it belongs to; absent where nothing in the run fits."""
    return part.owner if isinstance(part.owner, Node) else None


@fact("part", gives="list<edge>")
def edges(part: Part, view: View) -> list[Edge]:
    """The edges that it declares."""
    return [e for e in part.edges if view.exists(e)]


@fact("part", gives="any", name="properties", plain=True)
def properties_of_part(part: Part, view: View) -> Map:
    """Its own properties (of a target: the entry in `Targets`); untyped."""
    return part.properties


@fact("part", gives="string", name="name", plain=True)
def name_of_part(part: Part, view: View) -> str:
    """What messages call it: its element, else the name of its resource."""
    return part.element or part.resource.name


@fact("part", gives="list<string>", name="names", plain=True)
def names_of_part(part: Part, view: View) -> list[str]:
    """Its element and the logical id or label of its resource."""
    return unique_strings([part.element, label_of(part.resource.address)])


# paths, cycles, groups, the graph


@fact("path", "cycle", gives="list<edge>", name="edges")
def edges_of_path(path: Path, view: View) -> list[Edge]:
    """The edges in order."""
    return path.edges


@fact("path", "cycle", gives="list<node>", name="nodes")
def nodes_of_path(path: Path, view: View) -> list[Node]:
    """The nodes in order; a cycle's first node stands at its end again."""
    return path.nodes


@fact("path", "cycle", gives="node")
def start(path: Path, view: View) -> Node | None:
    """The first node."""
    return path.edges[0].source if path.edges else None


@fact("path", "cycle", gives="node")
def end(path: Path, view: View) -> Node | None:
    """The last node."""
    return path.edges[-1].target if path.edges else None


@fact("path", "cycle", gives="int")
def hops(path: Path, view: View) -> int:
    """How many edges it has."""
    return len(path.edges)


@fact("path", "cycle", gives="bool", name="inferred")
def path_inferred(path: Path, view: View) -> bool:
    """Whether it has an edge that only permissions or environment variables show."""
    return any("inferred" in e.attributes for e in path.edges)


@fact("group", gives="any")
def key(group: Group, view: View) -> Any:
    """The value that its members have in common."""
    return group.key


@fact("group", gives="list<node>")
def members(group: Group, view: View) -> list[Any]:
    """Its members, in the order declared."""
    return group.members


@fact("graph", gives="list<node>")
def nodes(graph: EventGraph, view: View) -> list[Node]:
    """All nodes of the run, in the order declared, external ones last."""
    return [n for n in graph.nodes.values() if view.exists(n)]


@fact("graph", gives="list<edge>", name="edges")
def edges_of_graph(graph: EventGraph, view: View) -> list[Edge]:
    """All edges of the run."""
    return [e for e in graph.edges if view.exists(e)]


@fact("graph", gives="list<part>", name="parts")
def parts_of_graph(graph: EventGraph, view: View) -> list[Part]:
    """All targets, states, subscriptions, mappings, policies ... of the run."""
    return [p for p in graph.parts if view.exists(p)]
