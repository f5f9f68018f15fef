"""Changes as text, Markdown (for a pull-request comment) and JSON."""

from __future__ import annotations

import json

from edalint.diagrams import mermaid
from edalint.diagrams.changes import Change, Changes
from edalint.diagrams.scene import Arrow, Scene, Shape
from edalint.diagrams.scene import build as build_scene
from edalint.diagrams.wording import Word
from edalint.hints import Any
from edalint.model.findings import Finding
from edalint.model.graph import Edge, Node
from edalint.model.terminal import harmless, harmless_json, paint

MOST_COMMENT = 60_000
"""Characters: GitHub takes comments of 65,536."""


def text(changes: Changes, *, color: bool = False) -> str:
    """One line a change: `+` added, `-` removed, `~` changed."""
    if changes.empty:
        return "no change to any event flow\n"
    rows = [paint(f"+ {_node(n)}", "good", color) for n in changes.nodes_added]
    rows += [paint(f"- {_node(n)}", "error", color) for n in changes.nodes_removed]
    rows += [paint(f"~ {_node(n)}: {_said(c)}", "warning", color) for n, c in changes.nodes_changed]
    rows += [paint(f"+ {_edge(e)}", "good", color) for e in changes.edges_added]
    rows += [paint(f"- {_edge(e)}", "error", color) for e in changes.edges_removed]
    rows += [paint(f"~ {_edge(e)}: {_said(c)}", "warning", color) for e, c in changes.edges_changed]
    rows += [paint(f"! {_finding(f)}", f.severity, color) for f in changes.introduced]
    rows += [f"✓ fixed: {_finding(f)}" for f in changes.fixed]
    return "".join(f"{row}\n" for row in rows)


def markdown(changes: Changes, head: Any, base: Any = None) -> str:
    """A comment: counts, a diagram of the neighbourhood, tables that fold."""
    if changes.empty:
        return "### Event flows\n\nNo change to any event flow.\n"
    lines = ["### Event flows", "", _counts(changes), ""]
    scene = neighbourhood(changes, head, base)
    if scene.arrows or scene.shapes:
        diagram = mermaid.markdown(scene)
        if len(diagram) < MOST_COMMENT // 2:
            lines += [diagram]
    lines += _list(
        "New findings", [f"**{f.rule}** {_md(f.message)} (`{_code(f.location.path)}:{f.location.line}`)" for f in changes.introduced]
    )
    lines += _list("Fixed", [f"**{f.rule}** {_md(f.message)}" for f in changes.fixed])
    contract = [f"{_md(_node(n))}: {_md(_said(c))}" for n, c in changes.nodes_changed]
    contract += [f"{_md(_edge(e))}: {_md(_said(c))}" for e, c in changes.edges_changed]
    lines += _list("Contracts changed", contract)
    lines += _list("Added", [_md(_node(n)) for n in changes.nodes_added] + [_md(_edge(e)) for e in changes.edges_added])
    lines += _list("Removed", [_md(_node(n)) for n in changes.nodes_removed] + [_md(_edge(e)) for e in changes.edges_removed])
    whole = "\n".join(lines) + "\n"
    return whole if len(whole) <= MOST_COMMENT else whole[: MOST_COMMENT - 40].rsplit("\n", 1)[0] + "\n\n(cut: see the full report)\n"


def as_json(changes: Changes) -> str:
    """`edalint-diff/1`."""
    document = {
        "schema": "edalint-diff/1",
        "nodes": {
            "added": [_node_json(n) for n in changes.nodes_added],
            "removed": [_node_json(n) for n in changes.nodes_removed],
            "changed": [{**_node_json(n), "changes": _changes_json(c)} for n, c in changes.nodes_changed],
        },
        "edges": {
            "added": [_edge_json(e) for e in changes.edges_added],
            "removed": [_edge_json(e) for e in changes.edges_removed],
            "changed": [{**_edge_json(e), "changes": _changes_json(c)} for e, c in changes.edges_changed],
        },
        "findings": {
            "introduced": [_finding_json(f) for f in changes.introduced],
            "fixed": [_finding_json(f) for f in changes.fixed],
        },
    }
    return harmless_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def neighbourhood(changes: Changes, head: Any, base: Any = None) -> Scene:
    """What changed and what is one hop away: added, removed and changed things marked, contracts with what they were."""
    scene = build_scene(head.graph, changes.introduced, group="none")
    marks: dict[str, str] = {n.id: "changed" for n, _ in changes.nodes_changed} | {n.id: "added" for n in changes.nodes_added}
    said_nodes = {n.id: _said(c) for n, c in changes.nodes_changed}
    edge_marks = {id(e): "changed" for e, _ in changes.edges_changed} | {id(e): "added" for e in changes.edges_added}
    said = {id(e): _said(c) for e, c in changes.edges_changed}
    shapes, arrows = list(scene.shapes), list(scene.arrows)
    if base is not None:
        gone, ways = _removed(changes, base, {s.id for s in shapes})
        shapes += gone
        arrows += ways
    touched = set(marks) | {s.id for s in shapes if s.mark} | {f.subject.id for f in changes.introduced}
    touched |= {n.id for e in [*changes.edges_added, *(e for e, _ in changes.edges_changed)] for n in (e.source, e.target)}
    touched |= {i for a in arrows if a.mark for i in (a.source, a.target)}
    arrows = [a for a in arrows if a.source in touched or a.target in touched]
    kept = touched | {i for a in arrows for i in (a.source, a.target)}
    drawn = [_marked(s, marks.get(s.id, s.mark), said_nodes.get(s.id, "")) for s in shapes if s.id in kept]
    return Scene("", tuple(drawn), tuple(_marked_arrow(a, edge_marks, said) for a in arrows), {})


def _removed(changes: Changes, base: Any, there: set[str]) -> tuple[list[Shape], list[Arrow]]:
    """Shapes and arrows that were only in the base; ids are those of the head where the node is still there."""
    from edalint.diagrams.changes import renaming

    old, rename = build_scene(base.graph, group="none"), renaming(base, changes.head_units)
    edges = {id(e) for e in changes.edges_removed}
    nodes = {n.id for n in changes.nodes_removed}
    arrows = [
        a._replace(id=f"r{n}", source=rename(a.source), target=rename(a.target), mark="removed", badges=())
        for n, a in enumerate(old.arrows)
        if a.edges and all(id(e) in edges for e in a.edges)
    ]
    ends = {i for a in arrows for i in (a.source, a.target)}
    shapes = [
        s._replace(id=rename(s.id), mark="removed" if s.id in nodes else "", badges=())
        for s in old.shapes
        if rename(s.id) not in there and (s.id in nodes or rename(s.id) in ends)
    ]
    return shapes, arrows


def _marked(shape: Shape, mark: str, said: str) -> Shape:
    words = (Word(f"{mark} {shape.kind}"),) if mark in ("added", "removed") else (Word(said),) if said else shape.words
    return shape._replace(mark=mark, words=words)


def _marked_arrow(arrow: Arrow, marks: dict[int, str], said: dict[int, str]) -> Arrow:
    mark = next((marks[id(e)] for e in arrow.edges if id(e) in marks), arrow.mark)
    words = next((said[id(e)] for e in arrow.edges if id(e) in said), "")
    if words:
        return arrow._replace(mark=mark, words=(Word(words),))
    return arrow._replace(mark=mark, words=(Word(f"{mark} ", False, False), *arrow.words) if mark else arrow.words)


def _counts(changes: Changes) -> str:
    counts = [
        (len(changes.introduced), "new finding", "new findings"),
        (len(changes.fixed), "finding fixed", "findings fixed"),
        (len(changes.edges_added), "flow added", "flows added"),
        (len(changes.edges_removed), "flow removed", "flows removed"),
        (len(changes.edges_changed) + len(changes.nodes_changed), "contract changed", "contracts changed"),
    ]
    return ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n) or "nodes only"


def _list(title: str, rows: list[str]) -> list[str]:
    if not rows:
        return []
    body = [f"- {row}" for row in rows]
    if len(rows) > 8:
        return [f"<details><summary>{title} ({len(rows)})</summary>", "", *body, "", "</details>", ""]
    return [f"**{title}**", "", *body, ""]


def _node(node: Node) -> str:
    return harmless(f"{node.kind} {node.name}")


def _edge(edge: Edge) -> str:
    element = f" ({edge.element})" if edge.element else ""
    return harmless(f"{edge.source.name} -{edge.kind}-> {edge.target.name}{element}")


def _said(changes: list[Change]) -> str:
    return harmless(", ".join(map(str, changes)))


def _finding(finding: Finding) -> str:
    return harmless(f"{finding.severity}[{finding.rule}] {finding.location.path}:{finding.location.line} {finding.message}")


def _md(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#@" else c for c in harmless(text))


def _code(text: str) -> str:
    return harmless(text).replace("`", "'")


def _node_json(node: Node) -> dict[str, Any]:
    return {"id": node.id, "kind": node.kind, "name": node.name}


def _edge_json(edge: Edge) -> dict[str, Any]:
    return {"source": edge.source.id, "target": edge.target.id, "kind": edge.kind, "element": edge.element}


def _changes_json(changes: list[Change]) -> list[dict[str, Any]]:
    return [{"name": c.name, "before": c.before, "after": c.after} for c in changes]


def _finding_json(f: Finding) -> dict[str, Any]:
    return {
        "rule": f.rule,
        "severity": f.severity,
        "message": f.message,
        "subject": f.subject.id,
        "element": f.subject.element,
        "fingerprint": f.fingerprint,
    }
