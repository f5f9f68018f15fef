"""JUnit XML: a suite for each file, a failed case for each finding, a passing case for each file without one."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from edalint.hints import Any
from edalint.model.findings import Diagnostic, Finding
from edalint.model.terminal import printable
from edalint.reports import Options
from edalint.reports.fixes import fix_of


def render(analysis: Any, options: Options) -> str:
    """One `testsuites` document. Inputs that could not be analysed are errors."""
    suites: dict[str, list[str]] = {}
    counts: dict[str, list[int]] = {}
    for unit in analysis.units:
        for document in unit.documents[:1]:
            suites.setdefault(document.path, [])
    for finding in analysis.findings:
        suites.setdefault(finding.location.path, []).append(_failure(finding))
        counts.setdefault(finding.location.path, [0, 0])[0] += 1
    for diagnostic in analysis.diagnostics:
        if diagnostic.severity == "error":
            suites.setdefault(diagnostic.path, []).append(_error(diagnostic))
            counts.setdefault(diagnostic.path, [0, 0])[1] += 1
    rows = []
    for path in sorted(suites):
        cases = suites[path] or [f'<testcase name="no findings" classname={_q(path)}/>']
        failures, errors = counts.get(path, [0, 0])
        rows.append(f'<testsuite name={_q(path)} tests="{len(cases)}" failures="{failures}" errors="{errors}">')
        rows += [*cases, "</testsuite>"]
    total = sum(max(len(cases), 1) for cases in suites.values())
    failed, broken = (sum(c[i] for c in counts.values()) for i in (0, 1))
    head = f'<testsuites name="edalint" tests="{total}" failures="{failed}" errors="{broken}">'
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', head, *rows, "</testsuites>"]) + "\n"


def _failure(f: Finding) -> str:
    place = f"{f.location.path}:{f.location.line}:{f.location.column}"
    name = f"{f.rule} {f.subject.address}{f' {f.subject.element}' if f.subject.element else ''}"
    body = "\n".join([" ".join(place.split()), " ".join(f.message.split()), "", fix_of(f)]).strip()  # no name begins a line
    return (
        f'<testcase name={_q(name)} classname={_q(f.location.path)} file={_q(f.location.path)} line="{f.location.line}">'
        f"<failure type={_q(f.severity)} message={_q(f.message)}>{escape(printable(body, lines=True))}</failure></testcase>"
    )


def _error(d: Diagnostic) -> str:
    return (
        f'<testcase name={_q(d.code or "input")} classname={_q(d.path)} file={_q(d.path)} line="{d.line}">'
        f"<error message={_q(d.message)}/></testcase>"
    )


def _q(text: str) -> str:
    return quoteattr(printable(text, lines=True))
