"""One line a finding: `path:line:column: severity[RULE] message`, as editors and `grep` like it."""

from __future__ import annotations

from edalint.hints import Any
from edalint.model.terminal import harmless, paint
from edalint.reports import Options


def render(analysis: Any, options: Options) -> str:
    """Findings and diagnostics, a line each, in the order of files and lines."""
    rows = [
        f"{harmless(f.location.path)}:{f.location.line}:{f.location.column}: "
        f"{paint(f'{f.severity}[{f.rule}]', f.severity, options.color)} {harmless(f.message)}"
        for f in analysis.findings
    ]
    rows += [f"{harmless(d.path)}:{d.line}:{d.column}: {d.severity}: {harmless(d.message)}" for d in analysis.diagnostics]
    if options.statistics:
        from edalint.reports.text import statistics

        rows += statistics(analysis, options)
    return "".join(f"{row}\n" for row in rows)
