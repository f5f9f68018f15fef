"""A diagram inside a Markdown file, between two comment lines that the user put there."""

from __future__ import annotations

BEGIN = "<!-- edalint:diagram -->"
END = "<!-- /edalint:diagram -->"


class MarkerError(ValueError):
    """The file has no place for the diagram."""


def between_markers(markdown: str, diagram: str, format: str) -> str:
    """The Markdown text with the diagram between its markers. Raises `MarkerError`."""
    begin, end = markdown.find(BEGIN), markdown.find(END)
    if begin < 0 or end < begin:
        raise MarkerError(f"has no lines {BEGIN} and {END}; put them where the diagram belongs")
    return f"{markdown[: begin + len(BEGIN)]}\n{_block(diagram, format)}{markdown[end:]}"


def _block(diagram: str, format: str) -> str:
    if format == "mermaid" and diagram.startswith("####"):
        return diagram
    fence = {"mermaid": "mermaid", "dot": "dot", "json": "json", "drawio": "xml", "graphml": "xml"}.get(format)
    return diagram if fence is None else f"```{fence}\n{diagram}```\n"
