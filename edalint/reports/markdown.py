"""Markdown for a pull request's comment or a job's summary: counts, a table, the fixes folded."""

from __future__ import annotations

from edalint.hints import Any
from edalint.model.findings import Finding
from edalint.model.terminal import harmless
from edalint.reports import Options
from edalint.reports.fixes import fix_of
from edalint.reports.instances import once

LONGEST = 60_000
"""Characters: GitHub takes comments of 65,536."""
MARK = "<!-- edalint -->"
"""By which a job finds its own comment again."""
SIGNS = {"error": "🔴", "warning": "🟠", "note": "🔵"}


def render(analysis: Any, options: Options) -> str:
    """The comment; findings that do not fit are counted."""
    summary = analysis.summary()
    counts = ", ".join(f"{n} {s}{'' if n == 1 else 's'}" for s, n in summary["findings"].items() if n) or "no findings"
    head = [MARK, f"### edalint: {counts}", ""]
    foot = [f"{summary['nodes']} nodes, {summary['edges']} edges in {summary['inputs']} inputs", *_unclear(analysis, summary)]
    blocks: list[str] = []
    used = sum(map(len, [*head, *foot])) + 200
    left = 0
    for finding, others in once(analysis.findings):
        block = _finding(finding, others)
        if left or used + len(block) > LONGEST:
            left += 1
        else:
            blocks.append(block)
            used += len(block)
    if left:
        blocks.append(f"_{left} more findings did not fit here._\n")
    return "\n".join([*head, *blocks, *foot]) + "\n"


def _finding(f: Finding, others: tuple[str, ...]) -> str:
    place = f"{f.location.path}:{f.location.line}"
    lines = [
        f"{SIGNS[f.severity]} **{f.rule}** {escape(f.message)}  ",
        f"`{_code(place)}`" + (f" · when {escape(f.when)}" if f.when else ""),
    ]
    if others:
        lines[-1] += f" · and {len(others)} more instances: {escape(', '.join(others))}"
    way = [s for s in f.path if not s.failed]
    if len(way) > 1:
        lost = "".join(f" ✗ {escape(s.node)}" for s in f.path if s.failed)
        lines[-1] += " · " + " → ".join(escape(s.node) for s in way) + lost
    fix = fix_of(f)
    if fix:
        fence = "````" if "```" in fix else "```"
        lines += ["", "<details><summary>What to write</summary>", "", fence, fix, fence, "", "</details>"]
    return "\n".join(lines) + "\n"


def _unclear(analysis: Any, summary: dict[str, Any]) -> list[str]:
    rows = [f"- `{_code(f'{d.path}:{d.line}')}` {escape(d.message)}" for d in analysis.diagnostics[:20]]
    if summary["unresolved"]:
        rows.append(f"- {summary['unresolved']} targets unresolved")
    rows += [f"- type not understood: {escape(t)}" for t in list(summary["unknown_types"])[:10]]
    return ["", "<details><summary>Not understood</summary>", "", *rows, "", "</details>"] if rows else []


def escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#@~" else c for c in harmless(text))


def _code(text: str) -> str:
    return harmless(text).replace("`", "'")
