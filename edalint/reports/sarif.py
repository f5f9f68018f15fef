"""SARIF 2.1.0 as GitHub code scanning reads it: one-line regions, stable fingerprints, the event's path as a code flow.

Rules of the reader: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version

from edalint.hints import Any
from edalint.model.findings import Finding
from edalint.model.locations import Location
from edalint.model.terminal import harmless_json
from edalint.reports import Options
from edalint.reports.instances import once

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "note": "note"}
PROBLEM = {"error": "error", "warning": "warning", "note": "recommendation"}
MOST_RESULTS = 25_000
"""GitHub refuses a run with more; the most severe are kept and a notification says how many were left out."""
LONGEST_TEXT = 1024
SECURITY = {"EDA605": "7.5", "EDA606": "7.0", "EDA907": "8.1", "EDA908": "5.3", "EDA911": "4.0"}
"""`security-severity` makes GitHub show a result as a security alert, so only what is one has it."""


def render(analysis: Any, options: Options) -> str:
    """One run with every finding, rule and diagnostic of an analysis."""
    return harmless_json(json.dumps(document(analysis), indent=2, ensure_ascii=False)) + "\n"


def document(analysis: Any) -> dict[str, Any]:
    """The SARIF log as plain values."""
    findings = list(analysis.findings)
    dropped = len(findings) - MOST_RESULTS
    if dropped > 0:
        rank = {"error": 0, "warning": 1, "note": 2}
        kept = sorted(range(len(findings)), key=lambda i: (rank[findings[i].severity], i))[:MOST_RESULTS]
        findings = [findings[i] for i in sorted(kept)]
    rules = _rules(analysis, findings)
    index = {rule["id"]: i for i, rule in enumerate(rules)}
    notifications = [_notification(d) for d in analysis.diagnostics]
    if dropped > 0:
        notifications.append({"level": "warning", "message": {"text": f"{dropped} findings were left out: more than {MOST_RESULTS}"}})
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "edalint", "semanticVersion": _version(), "rules": rules}},
        "invocations": [{"executionSuccessful": not analysis.failed, "toolExecutionNotifications": notifications}],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the repository's root"}}},
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "edalint/"},
        "results": [_result(f, index[f.rule], others) for f, others in once(findings)],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _version() -> str:
    try:
        return version("edalint")
    except PackageNotFoundError:
        return "0"


def _rules(analysis: Any, findings: list[Finding]) -> list[dict[str, Any]]:
    from edalint.policy.pages import describe

    rows = []
    firsts = dict(sorted({f.rule: f for f in findings}.items()))
    for rule, about in zip(firsts, describe(firsts.values(), analysis.settings.policies), strict=True):
        properties: dict[str, Any] = {
            "tags": ["event-driven", "reliability", *about.tags][:10],
            "precision": about.confidence,
            "problem.severity": PROBLEM[about.severity],
        }
        if rule in SECURITY:
            properties["security-severity"] = SECURITY[rule]
        row: dict[str, Any] = {
            "id": rule,
            "name": about.name,
            "shortDescription": {"text": _short(about.summary)},
            "fullDescription": {"text": _short(about.why or about.summary)},
            "help": {"text": about.plain, "markdown": about.markdown},
            "defaultConfiguration": {"level": LEVELS[about.severity]},
            "properties": properties,
        }
        if about.references:
            row["helpUri"] = about.references[0]
        rows.append(row)
    return rows


def _result(f: Finding, rule_index: int, others: tuple[str, ...]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": f.rule,
        "ruleIndex": rule_index,
        "level": LEVELS[f.severity],
        "message": {"text": _message(f)},
        "locations": [_location(f.location, logical=f.subject.name)],
        "partialFingerprints": {"primaryLocationLineHash": f"{f.fingerprint[:32]}:1", "edalint/v1": f.fingerprint},
        "properties": {"confidence": f.confidence, "subject": f.subject.id, "element": f.subject.element},
    }
    if others:
        result["message"]["text"] += f" ({len(others)} more instances of this block: {_linkable(', '.join(others))})"
        result["locations"][0]["logicalLocations"] += [{"fullyQualifiedName": name, "kind": "resource"} for name in others]
    if f.related:
        result["relatedLocations"] = [
            {"id": i, **_location(r.location), "message": {"text": r.message}} for i, r in enumerate(f.related, 1)
        ]
    steps = [s for s in f.path if s.location is not None]
    if len(steps) > 1:
        result["codeFlows"] = [
            {
                "threadFlows": [
                    {
                        "locations": [
                            {
                                "location": {
                                    **_location(s.location, logical=s.node),
                                    "message": {"text": _step(s)},
                                },
                                "importance": "essential" if s.failed else "important",
                            }
                            for s in steps
                            if s.location is not None
                        ]
                    }
                ]
            }
        ]
    return result


def _message(f: Finding) -> str:
    """The message with a link to each related place, which GitHub shows as such."""
    links = ", ".join(f"[{_linkable(r.message)}]({i})" for i, r in enumerate(f.related, 1))
    when = f" (when {f.when})" if f.when else ""
    return f"{_linkable(f.message)}{when}" + (f" ({links})" if links else "")


def _linkable(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _step(step: Any) -> str:
    how = f"{step.edge} to " if step.edge else ""
    contract = f" ({step.contract})" if step.contract else ""
    return f"{how}{step.node}{contract}{': the event is lost here' if step.failed else ''}"


def _location(place: Location, logical: str = "") -> dict[str, Any]:
    row: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(place.path), "uriBaseId": "%SRCROOT%"},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.line,
                "endColumn": max(place.end_column, place.column + 1) if place.end_line == place.line else place.column + 1,
            },
        }
    }
    if logical:
        row["logicalLocations"] = [{"fullyQualifiedName": logical, "kind": "resource"}]
    return row


def _uri(path: str) -> str:
    from urllib.parse import quote

    return ("file://" if path.startswith("/") else "") + quote(path, safe="/-._~")


def _notification(diagnostic: Any) -> dict[str, Any]:
    place = Location(diagnostic.path, diagnostic.line, diagnostic.column, diagnostic.line, diagnostic.column + 1)
    return {"level": diagnostic.severity, "message": {"text": diagnostic.message}, "locations": [_location(place)]}


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1].rstrip() + "…"
