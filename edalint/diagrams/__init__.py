"""The architecture drawn from the templates.

`scene` chooses what is shown, `layout` places it, the formats write it down. Modules are imported when their format is asked for.
"""

from __future__ import annotations

from pathlib import Path

from edalint.hints import Any

FORMATS = ("mermaid", "svg", "html", "dot", "drawio", "graphml", "json")


def render(
    format: str,
    analysis: Any,
    *,
    view: str = "flow",
    around: str = "",
    group: str = "stack",
    title: str = "",
    icons: Path | None = None,
) -> str:
    """The diagram of an analysis in a format of `FORMATS`. Raises LookupError where nothing is called `around`."""
    if format == "html":
        from edalint.diagrams.page import render as page

        return page(analysis, group=group, title=title, icons=_icons(icons))
    if format == "graphml":
        from edalint.diagrams import graphml

        return graphml.render(analysis.graph)
    from edalint.diagrams import scene as scenes

    scene = scenes.build(analysis.graph, analysis.findings, view=view, around=around, group=group, title=title)
    if format == "svg":
        from edalint.diagrams import svg

        return svg.render(scene, icons=_icons(icons))
    if format == "dot":
        from edalint.diagrams import dot

        return dot.render(scene)
    if format == "drawio":
        from edalint.diagrams import drawio

        return drawio.render(scene)
    if format == "json":
        from edalint.diagrams import scene_json

        return scene_json.render(scene)
    from edalint.diagrams import mermaid

    return mermaid.render(scene)


def _icons(folder: Path | None) -> dict[str, str] | None:
    """Kind -> data URI of the pictures in a folder: `queue.svg`, `function.png` ..."""
    if folder is None:
        return None
    from base64 import b64encode

    types = {".svg": "image/svg+xml", ".png": "image/png"}
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in types and path.is_file() and path.stat().st_size < 200_000:
            found[path.stem] = f"data:{types[path.suffix]};base64,{b64encode(path.read_bytes()).decode()}"
    return found
