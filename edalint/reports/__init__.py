"""Findings and graphs as text, JSON, SARIF and more.

A report is a function of an analysis (`edalint.analysis.Analysis`, or anything with its attributes) and `Options` that gives
the whole text. It computes no fact. Modules are imported when their format is asked for.
"""

from __future__ import annotations

from importlib import import_module

from edalint.hints import Any
from edalint.model.records import NamedTuple

REPORTS = {
    "text": "text:render",
    "concise": "concise:render",
    "json": "findings_json:render",
    "sarif": "sarif:render",
    "junit": "junit:render",
    "github": "github:render",
    "gitlab": "gitlab:render",
    "markdown": "markdown:render",
}
"""Format of `edalint check` -> module and function."""


class Options(NamedTuple):
    """How a report looks; what it says does not hang on it."""

    color: bool = False
    width: int = 100
    show_unknown: bool = False
    statistics: bool = False
    quiet: bool = False


def render(format: str, analysis: Any, options: Options = Options()) -> str:  # noqa: B008
    """The report of an analysis in a format of `REPORTS`."""
    module, function = REPORTS[format].split(":")
    return str(getattr(import_module(f"edalint.reports.{module}"), function)(analysis, options))


GRAPHS = {"text": "graph_text:render", "json": "graph_json:render"}
"""Format of `edalint graph` -> module and function."""


def render_graph(format: str, analysis: Any, options: Options = Options()) -> str:  # noqa: B008
    """The event graph of an analysis in a format of `GRAPHS`."""
    module, function = GRAPHS[format].split(":")
    return str(getattr(import_module(f"edalint.reports.{module}"), function)(analysis, options))
