"""GitHub's workflow commands: an annotation at each finding. GitHub shows ten of a step, so the most severe come first."""

from __future__ import annotations

from edalint.hints import Any
from edalint.model.terminal import harmless
from edalint.reports import Options
from edalint.reports.instances import once

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
SHOWN = 10


def render(analysis: Any, options: Options) -> str:
    """A command a line, then a line that counts what GitHub will not show."""
    rank = {"error": 0, "warning": 1, "note": 2}
    found = sorted(analysis.findings, key=lambda f: (rank[f.severity], f.sort_key))
    rows = [
        _command("error", d.path, d.line, d.column, d.column + 1, "edalint", d.message)
        for d in analysis.diagnostics
        if d.severity == "error"
    ]
    for f, others in once(found):
        end = max(f.location.end_column, f.location.column + 1)
        title = f"{f.rule} {f.name}"
        rows.append(
            _command(
                COMMANDS[f.severity],
                f.location.path,
                f.location.line,
                f.location.column,
                end,
                title,
                f.message + (f" (and {len(others)} more instances)" if others else ""),
            )
        )
    more = len(rows) - SHOWN
    if more > 0:
        rows.append(f"edalint: {len(rows)} annotations, of which GitHub shows {SHOWN}; the log holds all")
    return "".join(f"{row}\n" for row in rows)


def _command(kind: str, path: str, line: int, column: int, end: int, title: str, message: str) -> str:
    place = f"file={_property(path)},line={line},endLine={line},col={column},endColumn={end},title={_property(title)}"
    return f"::{kind} {place}::{_data(message)}"


def _data(text: str) -> str:
    return "%0A".join(harmless(line).replace("%", "%25") for line in text.split("\n"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
