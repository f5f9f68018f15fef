"""The scene as JSON, for whoever draws it himself: shapes with our positions, arrows with labels."""

from __future__ import annotations

import json

from edalint.diagrams.scene import Badge, Scene
from edalint.diagrams.svg import arrange
from edalint.model.terminal import harmless_json


def render(scene: Scene) -> str:
    """`edalint-diagram/1`."""
    drawing = arrange(scene)
    document = {
        "schema": "edalint-diagram/1",
        "title": scene.title,
        "width": drawing.width,
        "height": drawing.height,
        "nodes": [
            {
                "id": s.id,
                "kind": s.kind,
                "title": s.title,
                "details": s.details,
                "group": list(s.group),
                "faint": s.faint,
                "findings": [_badge(b) for b in s.badges],
                **drawing.boxes[s.id]._asdict(),
            }
            for s in scene.shapes
        ],
        "edges": [
            {
                "source": a.source,
                "target": a.target,
                "kind": a.kind,
                "style": a.style,
                "label": a.label,
                "inferred": a.inferred,
                "multiple": a.multiple,
                "findings": [_badge(b) for b in a.badges],
            }
            for a in scene.arrows
        ],
        "hidden": scene.hidden,
    }
    return harmless_json(json.dumps(document, indent=2)) + "\n"


def _badge(badge: Badge) -> dict[str, object]:
    return {"number": badge.number, "rule": badge.rule, "severity": badge.severity}
