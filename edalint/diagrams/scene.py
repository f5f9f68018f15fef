"""What a diagram shows: shapes, arrows and groups, chosen from the event graph by a view; the rest is hidden and counted.

A scene knows no format and no position. Texts in it are raw: whoever writes them escapes them for his format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from edalint.diagrams.wording import Word, Words, of_edge, of_node, plain
from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.graph import Edge, EventGraph, Node
from edalint.model.records import NamedTuple

FLOW_KINDS = ("publish", "match", "deliver", "poll", "invoke", "run", "enrich", "on-success")
FAILURE_KINDS = ("dead-letter", "on-failure")
VIEWS = ("flow", "failure", "scale", "trust", "blast")
GROUPS = ("stack", "construct", "module", "none")


class Badge(NamedTuple):
    """The number of a finding, at the shape or arrow where it is."""

    number: int
    severity: str
    rule: str
    message: str


class Shape(NamedTuple):
    """A node as it is drawn."""

    id: str
    kind: str
    title: str
    words: Words
    """What the contract of the node is: `30 s hidden`, `5 receives`."""
    group: tuple[str, ...]
    badges: tuple[Badge, ...] = ()
    faint: bool = False
    """Context only: not what the view is about."""
    node: Node | None = None
    mark: str = ""
    """In a drawing of changes: `added`, `removed`, `changed`."""

    @property
    def details(self) -> str:
        """The contract as one line."""
        return plain(self.words)


class Arrow(NamedTuple):
    """One or more edges as they are drawn."""

    id: str
    source: str
    target: str
    kind: str
    words: Words
    """What it lets through and promises."""
    style: str
    """`flow`, `failure`, `scale`, `trust`."""
    inferred: bool
    multiple: int
    badges: tuple[Badge, ...] = ()
    edges: tuple[Edge, ...] = ()
    mark: str = ""

    @property
    def label(self) -> str:
        """The words as one line."""
        return plain(self.words)


class Scene(NamedTuple):
    """What to draw."""

    title: str
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]
    hidden: dict[str, int]
    """What is left out -> how often."""


def build(
    graph: EventGraph,
    findings: Sequence[Any] = (),
    *,
    view: str = "flow",
    group: str = "stack",
    around: str = "",
    title: str = "",
) -> Scene:
    """The scene of a view. `around` is the id, address or name that the view `blast` is about; LookupError if nothing has it."""
    view_of = View(graph)
    edges = [e for e in _edges(graph, view, around) if not _helper(e.source) and not _helper(e.target)]
    kept = _nodes(graph, edges, view, around)
    badges = _badges(findings)
    shapes = [_shape(n, graph, group, badges, view, edges, view_of) for n in kept]
    arrows = _arrows(edges, badges, view, view_of)
    hidden = _hidden(graph, kept, edges)
    if view == "trust":
        shapes, arrows = _with_principals(graph, shapes, arrows, group, view_of)
    return Scene(title, tuple(_short_titles(_short_groups(_one_group(shapes)))), tuple(arrows), hidden)


def _helper(node: Node) -> bool:
    """A function that a framework makes for itself: CDK's handlers of custom resources and the like."""
    return node.kind == "function" and node.resource is not None and node.resource.generated


def _edges(graph: EventGraph, view: str, around: str) -> list[Edge]:
    if view == "failure":
        failing = [e for e in graph.edges if e.kind in FAILURE_KINDS]
        ends = {e.source.id for e in failing}
        return [e for e in graph.edges if e.kind in FAILURE_KINDS or (e.kind in FLOW_KINDS and e.source.id in ends)]
    if view == "scale":
        services = {n.id for n in graph.of_kind("service", "function", "task", "job")}
        limited = services | {n.id for n in graph.of_kind("api-destination")}
        return [
            e
            for e in graph.edges
            if e.kind == "scale" or (e.kind in ("poll", "run", "deliver", "invoke", "enrich") and e.target.id in limited)
        ]
    if view == "trust":
        return [e for e in graph.edges if e.kind in ("publish", "deliver", "dead-letter", "on-failure", "invoke", "run")]
    if view == "blast":
        return _blast(graph, around)
    return [e for e in graph.edges if (e.kind in FLOW_KINDS or e.kind in FAILURE_KINDS) and e.source.kind != "alarm"]


def find(graph: EventGraph, name: str) -> Node:
    """The node with an id, address or name. Raises LookupError with the nearest names."""
    for node in graph.nodes.values():
        if name in (node.id, node.address, node.name):
            return node
    from difflib import get_close_matches

    near = get_close_matches(name, [n.name for n in graph.nodes.values()], 3, 0.5)
    raise LookupError(f"no node is called {name!r}" + (f"; there is {', '.join(near)}" if near else ""))


def _blast(graph: EventGraph, around: str) -> list[Edge]:
    """Everything up and down stream of one node."""
    centre = find(graph, around)
    kept: dict[int, Edge] = {}
    for ahead in (True, False):
        seen, stack = {centre.id}, [centre]
        while stack:
            node = stack.pop()
            for edge in graph.out(node) if ahead else graph.into(node):
                if edge.kind == "scale":
                    continue
                kept[id(edge)] = edge
                other = edge.target if ahead else edge.source
                if other.id not in seen:
                    seen.add(other.id)
                    stack.append(other)
    return [e for e in graph.edges if id(e) in kept]


def _nodes(graph: EventGraph, edges: Iterable[Edge], view: str, around: str) -> list[Node]:
    ends = {n.id for e in edges for n in (e.source, e.target)}
    if view == "blast":
        ends.add(find(graph, around).id)
    if view == "flow":
        ends |= {n.id for n in graph.nodes.values() if n.kind in ("queue", "topic", "bus", "stream", "state-machine", "service")}
    return [n for n in graph.nodes.values() if n.id in ends and not _helper(n)]


def _badges(findings: Sequence[Any]) -> dict[tuple[str, str], list[Badge]]:
    """(node id, element) -> badges, numbered in the order of the findings."""
    found: dict[tuple[str, str], list[Badge]] = {}
    for number, finding in enumerate(findings, 1):
        badge = Badge(number, finding.severity, finding.rule, finding.message)
        found.setdefault((finding.subject.id, finding.subject.element), []).append(badge)
    return found


def _shape(
    node: Node,
    graph: EventGraph,
    group: str,
    badges: dict[tuple[str, str], list[Badge]],
    view: str,
    edges: list[Edge],
    view_of: View,
) -> Shape:
    elements = {e.element for e in edges if e.source is node and e.element}
    own = [b for (id, element), found in badges.items() if id == node.id and element not in elements for b in found]
    parts = {p.resource.id for p in graph.parts_of.get(node.id, ()) if p.resource.id != node.id}
    own += [b for (id, _), found in badges.items() if id in parts for b in found]
    words = of_node(node, view_of, scale=view == "scale")
    faint = view == "failure" and not any(e.kind in FAILURE_KINDS and node in (e.source, e.target) for e in edges)
    title = node.name
    if node.kind == "external" and title.startswith("arn:"):
        title, words = _of_arn(title, words)
    elif node.resource is not None and node.resource.unit.kind.startswith("terraform") and title == node.address:
        title = _terraform_title(title)
    if view == "trust":
        words = _openness(node, graph)
    return Shape(node.id, node.kind, title, words, _group(node, group), tuple(sorted(own)), faint, node)


def _group(node: Node, by: str) -> tuple[str, ...]:
    if by == "none" or node.resource is None:
        return ()
    unit = node.resource.unit.path.removesuffix(".template.json")
    if by == "stack":
        nested = node.address.split("/")[:-1] if node.resource.unit.kind == "cloudformation" else []
        return (unit, *nested)
    if by == "construct":
        return tuple(node.name.split("/")[:-1][:3]) if "/" in node.name else (unit,)
    module = node.address.split(".")
    inside = [f"module.{module[i + 1]}" for i in range(0, len(module) - 1, 2) if module[i] == "module"]
    return (unit, *inside)


def _one_group(shapes: list[Shape]) -> list[Shape]:
    """Frames that hold everything say nothing: they are taken off."""
    while shapes and all(s.group for s in shapes if s.kind != "external" and s.id != "default"):
        firsts = {s.group[0] for s in shapes if s.group}
        if len(firsts) != 1:
            break
        shapes = [s._replace(group=s.group[1:]) for s in shapes]
        if not any(s.group for s in shapes):
            break
    return shapes


def _arrows(edges: Iterable[Edge], badges: dict[tuple[str, str], list[Badge]], view: str, view_of: View) -> list[Arrow]:
    """Edges of one kind between the same two nodes become one arrow."""
    bundles: dict[tuple[str, str, str], list[Edge]] = {}
    for edge in edges:
        bundles.setdefault((edge.source.id, edge.target.id, edge.kind), []).append(edge)
    arrows = []
    for number, ((source, target, kind), bundle) in enumerate(bundles.items()):
        style = "failure" if kind in FAILURE_KINDS else "scale" if kind == "scale" else "flow"
        marks = [b for e in bundle if e.element for b in badges.get((source, e.element), ())]
        words = _sender(bundle) if view == "trust" else _label(bundle, view_of, scale=view == "scale")
        inferred = all(e.attributes.get("inferred") for e in bundle)
        arrows.append(
            Arrow(f"a{number}", source, target, kind, words, style, inferred, len(bundle), tuple(dict.fromkeys(marks)), tuple(bundle))
        )
    return arrows


def _label(bundle: list[Edge], view: View, *, scale: bool) -> Words:
    texts = list(dict.fromkeys(filter(None, (of_edge(e, view, scale=scale) for e in bundle))))
    if not texts:
        return (Word(f"{len(bundle)}×", breaks=True),) if len(bundle) > 1 else ()
    if len(texts) == 1:
        return texts[0] if len(bundle) == 1 else (Word(f"{len(bundle)}× "), texts[0][0]._replace(breaks=False), *texts[0][1:])
    return (*texts[0], Word(f" +{len(texts) - 1}"))


def _sender(bundle: list[Edge]) -> Words:
    """By what right it sends, in the view of trust."""
    inferred = next((str(e.attributes["inferred"]) for e in bundle if e.attributes.get("inferred")), "")
    if inferred:
        return (Word({"iam": "its role allows it", "env": "knows where to"}.get(inferred, inferred), breaks=True),)
    return (Word(bundle[0].kind, breaks=True),)


def _of_arn(arn: str, words: Words) -> tuple[str, Words]:
    """The name in an ARN, and of which service it is; holes such as `${AWS::Region}` may stand in it."""
    parts = re.split(r":(?![^${}]*\})", arn, maxsplit=5)
    if len(parts) < 6:
        return arn, words
    name = re.split(r"[:/](?![^${}]*\})", parts[5])[-1] or parts[5]
    return name, (Word(f"{parts[2]}, elsewhere" if parts[2] else "elsewhere", breaks=True), *words)


def _openness(node: Node, graph: EventGraph) -> Words:
    """Whether a node's own policy says who may send to it."""
    if node.resource is None or node.kind not in ("queue", "topic", "bus", "bucket"):
        return ()
    own = any(p.kind == "policy" and p.data.get("policy") == "resource" for p in graph.policies.get(node.resource.id, ()))
    return (Word("has a policy" if own else "no policy of its own", not own, True),)


def _with_principals(
    graph: EventGraph, shapes: list[Shape], arrows: list[Arrow], group: str, view: View
) -> tuple[list[Shape], list[Arrow]]:
    """The shapes and arrows, and who else may send to what: service principals, accounts, anyone."""
    from edalint.diagrams.trust import grants

    granted = [g for g in grants(graph) if not _helper(g.node)]
    there = {s.id for s in shapes}
    for grant in granted:
        if grant.node.id not in there:
            there.add(grant.node.id)
            shapes.append(_shape(grant.node, graph, group, {}, "trust", [], view))
    for who in dict.fromkeys(g.who for g in granted):
        sort = "open to the world" if who == "anyone" else "service" if who.endswith(".amazonaws.com") else "principal"
        shapes.append(Shape(f"principal:{who}", "external", who, (Word(sort, breaks=True),), ()))
    for number, grant in enumerate(granted):
        words = (Word("may send" + (", on conditions" if grant.conditions else ""), breaks=True),)
        arrows.append(Arrow(f"t{number}", f"principal:{grant.who}", grant.node.id, "grant", words, "trust", False, 1))
    return shapes, arrows


def _short_groups(shapes: list[Shape]) -> list[Shape]:
    """Frames named by what tells their templates apart: without the folders that all are in, and without `template.yaml`."""
    units = list(dict.fromkeys(s.group[0] for s in shapes if s.group))
    folders = [u.split("/")[:-1] for u in units]
    shared = 0
    while folders and all(len(f) > shared for f in folders) and len({f[shared] for f in folders}) == 1:
        shared += 1
    short: dict[str, str] = {}
    for unit in units:
        parts = [p for p in unit.split("/")[shared:] if p != "cdk.out"]
        if len(parts) > 1 and parts[-1].rpartition(".")[0] in ("template", "main"):
            parts.pop()
        short[unit] = "/".join(parts)
    if len(set(short.values())) < len(units):
        return shapes
    return [s._replace(group=(short[s.group[0]], *s.group[1:])) if s.group else s for s in shapes]


def _terraform_title(address: str) -> str:
    """An address without resource types and the word `module`: the glyph says what it is."""
    parts, kept = address.split("."), []
    while parts:
        if parts[0] == "module" and len(parts) > 2:
            kept.append(parts[1])
            parts = parts[2:]
        elif not kept or parts[0].startswith("aws_"):
            return ".".join([*kept, *parts[1:]]) if parts[0].startswith("aws_") and len(parts) > 1 else address
        else:
            return address
    return address


def _short_titles(shapes: list[Shape]) -> list[Shape]:
    """Construct paths without what all in a frame begin with, and without a doubled end."""
    firsts: dict[tuple[str, ...], set[str]] = {}
    for shape in shapes:
        if shape.node is not None and shape.node.resource is not None:
            head, slash, _ = shape.title.partition("/")
            firsts.setdefault(shape.group, set()).add(head + slash)
    short = []
    for shape in shapes:
        heads = firsts.get(shape.group, set())
        title = shape.title
        head = next(iter(heads)) if len(heads) == 1 else ""
        if head.endswith("/"):
            title = title.removeprefix(head) or title
        parts = title.split("/")
        while len(parts) > 1 and parts[-1] in (parts[-2], "Resource", "Default"):
            parts.pop()
        short.append(shape._replace(title="/".join(parts)))
    return short


def _hidden(graph: EventGraph, kept: list[Node], edges: list[Edge]) -> dict[str, int]:
    shown = {n.id for n in kept}
    counts = Counter("helper function" if _helper(n) else n.kind for n in graph.nodes.values() if n.id not in shown)
    drawn = {id(e) for e in edges}
    counts["edge"] = sum(id(e) not in drawn for e in graph.edges)
    types = {"AWS::IAM": "IAM resource", "AWS::Logs": "log group", "AWS::EC2": "network resource", "AWS::KMS": "key"}
    for resource in graph.resources.values():
        for prefix, word in types.items():
            if resource.type.startswith(prefix):
                counts[word] += 1
    return {kind: n for kind, n in sorted(counts.items()) if n}
