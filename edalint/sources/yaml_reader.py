"""YAML as CloudFormation reads it.

Every mapping becomes a `Map` that knows where its keys stand; short forms (`!Ref x`) become long forms at once. What is
written as nearly every template is, is read by its lines; for the rest libyaml is loaded, and gives the same of the same text.
"""

from __future__ import annotations

from edalint.model.locations import Document
from edalint.model.values import Map
from edalint.sources import yaml_lines
from edalint.sources.yaml_scalars import Unusual


def read(path: str, text: str) -> Document:
    """The document of a YAML text; of several in one file the first that looks like a template, else the first.

    Raises `SyntaxProblem`.
    """
    text = text[1:] if text.startswith("\ufeff") else text
    document = Document(path, text, lines=_lines)
    try:
        document.root = yaml_lines.read(document)
    except Unusual:
        from edalint.sources import yaml_events

        roots = yaml_events.read(document)
        document.root = next((r for r in roots if isinstance(r, Map) and "Resources" in r), roots[0] if roots else None)
    return document


def _lines(text: str) -> list[str]:
    """The lines of a text, by every break that YAML has."""
    return text.splitlines(keepends=True)
