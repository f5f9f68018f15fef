"""The diagram as text for Graphviz."""

from __future__ import annotations

from edalint.diagrams.scene import Scene, Shape
from edalint.model.terminal import printable

COLORS = {
    "hold": "#d6336c", "route": "#e0457b", "work": "#e8590c", "flow": "#ae3ec9", "store": "#2f9e44", "edge": "#1971c2",
    "watch": "#d9480f", "outside": "#868e96",
}  # fmt: skip


def render(scene: Scene) -> str:
    """A `digraph`, left to right, with a cluster for each group."""
    rows = [
        "digraph edalint {",
        '  graph [rankdir=LR, fontname="Helvetica", fontsize=11, nodesep=0.3, ranksep=0.6, style=rounded, color="#cfd4dc"];',
        '  node [shape=box, style="rounded", fontname="Helvetica", fontsize=11, margin="0.14,0.08"];',
        '  edge [fontname="Helvetica", fontsize=9, color="#475467", fontcolor="#667085"];',
    ]
    if scene.title:
        rows.append(f"  label={_q(scene.title)}; labelloc=t;")
    rows += _nested([(s.group, s) for s in scene.shapes], "  ", "cluster")
    for arrow in scene.arrows:
        attributes = [f"label={_q(arrow.label)}"] if arrow.label else []
        if arrow.style == "failure":
            attributes += ["style=dashed", 'color="#c4320a"', "constraint=true", "weight=0"]
        elif arrow.style == "scale":
            attributes += ["style=dotted", 'color="#6941c6"', "weight=0"]
        elif arrow.inferred:
            attributes += ["style=dotted", "arrowhead=empty"]
        rows.append(f"  {_q(arrow.source)} -> {_q(arrow.target)}" + (f" [{', '.join(attributes)}]" if attributes else "") + ";")
    return "\n".join([*rows, "}"]) + "\n"


def _nested(shapes: list[tuple[tuple[str, ...], Shape]], indent: str, prefix: str) -> list[str]:
    from edalint.diagrams.glyphs import FAMILY

    rows = []
    inner: dict[str, list[tuple[tuple[str, ...], Shape]]] = {}
    for group, shape in shapes:
        if group:
            inner.setdefault(group[0], []).append((group[1:], shape))
            continue
        color = COLORS[FAMILY.get(shape.kind, "outside")]
        marks = "".join(f" ⚠{b.number}" for b in shape.badges[:4])
        label = f"{shape.title}{marks}\n{shape.details or shape.kind}"
        style = ', style="rounded,dashed"' if shape.kind == "external" else ""
        rows.append(f'{indent}{_q(shape.id)} [label={_q(label)}, color="{color}"{style}];')
    for number, (name, members) in enumerate(inner.items()):
        rows += [f"{indent}subgraph {prefix}_{number} {{", f"{indent}  label={_q(name)};"]
        rows += [*_nested(members, indent + "  ", f"{prefix}_{number}"), f"{indent}}}"]
    return rows


def _q(text: str) -> str:
    clean = printable(text, lines=True)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
