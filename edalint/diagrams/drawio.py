"""The diagram as a draw.io file, with our own layout, to be edited by hand."""

from __future__ import annotations

from html import escape

from edalint.diagrams.dot import COLORS
from edalint.diagrams.glyphs import FAMILY
from edalint.diagrams.scene import Scene
from edalint.diagrams.svg import arrange
from edalint.model.terminal import printable


def render(scene: Scene) -> str:
    """An uncompressed `mxfile` with one page."""
    drawing = arrange(scene)
    cells = ['<mxCell id="0"/>', '<mxCell id="1" parent="0"/>']
    for number, (name, place) in enumerate(drawing.groups.items()):
        style = "rounded=1;arcSize=3;fillColor=#f4f6f9;strokeColor=#cfd4dc;verticalAlign=top;align=left;spacingLeft=8;fontSize=11;html=0;"
        cells.append(_box(f"g{number}", name[-1], style, place.x, place.y, place.width, place.height))
    names = {s.id: f"n{i}" for i, s in enumerate(scene.shapes)}
    for shape in scene.shapes:
        color = COLORS[FAMILY.get(shape.kind, "outside")]
        dashed = "dashed=1;" if shape.kind == "external" else ""
        style = f"rounded=1;arcSize=12;fillColor=#ffffff;strokeColor={color};fontSize=12;html=0;whiteSpace=wrap;{dashed}"
        place = drawing.boxes[shape.id]
        text = f"{shape.title}\n{shape.details or shape.kind}"
        cells.append(_box(names[shape.id], text, style, place.x, place.y, place.width, place.height))
    for arrow in scene.arrows:
        look = {"failure": "dashed=1;strokeColor=#c4320a;", "scale": "dashed=1;dashPattern=1 3;strokeColor=#6941c6;"}.get(arrow.style, "")
        look += "dashed=1;dashPattern=1 2;endFill=0;" if arrow.inferred else ""
        style = f"edgeStyle=orthogonalEdgeStyle;rounded=1;fontSize=10;html=0;{look}"
        cells.append(
            f'<mxCell id="{arrow.id}" value="{_a(arrow.label)}" style="{_a(style)}" edge="1" parent="1" source="{names[arrow.source]}" '
            f'target="{names[arrow.target]}"><mxGeometry relative="1" as="geometry"/></mxCell>'
        )
    body = "\n".join(cells)
    title = _a(scene.title or "event flows")
    return (
        f'<mxfile host="edalint"><diagram id="flows" name="{title}"><mxGraphModel grid="1" gridSize="10" page="0"><root>\n{body}\n'
        "</root></mxGraphModel></diagram></mxfile>\n"
    )


def _box(id: str, text: str, style: str, x: float, y: float, width: float, height: float) -> str:
    return (
        f'<mxCell id="{id}" value="{_a(text)}" style="{_a(style)}" vertex="1" parent="1">'
        f'<mxGeometry x="{x}" y="{y}" width="{width}" height="{height}" as="geometry"/></mxCell>'
    )


def _a(text: str) -> str:
    clean = printable(text, lines=True)
    return escape(clean, quote=True).replace("\n", "&#10;")
