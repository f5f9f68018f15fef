"""`edalint check --format json`: `edalint-findings/1`, described by `schemas/findings-1.json`."""

from __future__ import annotations

import json

from edalint.hints import Any
from edalint.model.findings import Finding
from edalint.model.locations import Location
from edalint.model.terminal import harmless_json
from edalint.reports import Options
from edalint.reports.fixes import fix_of

SCHEMA = "edalint-findings/1"


def render(analysis: Any, options: Options) -> str:
    """The findings, diagnostics and summary of an analysis."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "findings": [finding(f) for f in analysis.findings],
        "diagnostics": [d._asdict() for d in analysis.diagnostics],
        "summary": analysis.summary(),
    }
    if options.show_unknown:
        document["undecided"] = [undecided(u) for u in analysis.undecided]
    return harmless_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def finding(f: Finding) -> dict[str, Any]:
    """A finding as JSON has it."""
    return {
        "rule": f.rule,
        "name": f.name,
        "severity": f.severity,
        "confidence": f.confidence,
        "message": f.message,
        "subject": {"id": f.subject.id, "address": f.subject.address, "kind": f.subject.kind, "element": f.subject.element},
        "location": location(f.location),
        "related": [{"location": location(r.location), "message": r.message} for r in f.related],
        "path": [
            {
                "node": s.node,
                "address": s.address,
                "edge": s.edge,
                "contract": s.contract,
                "location": location(s.location) if s.location else None,
                "failed": s.failed,
            }
            for s in f.path
        ],
        "when": f.when,
        "group": f.group,
        "fix": fix_of(f),
        "fingerprint": f.fingerprint,
    }


def undecided(item: Any) -> dict[str, Any]:
    """A judgement that could not be made, and what would decide it."""
    return {"rule": item.rule, "subject": item.subject.id, "element": item.subject.element, "reason": item.reason}


def location(place: Location) -> dict[str, Any]:
    """Path, first line and column, last line and column (exclusive)."""
    return {"path": place.path, "line": place.line, "column": place.column, "end_line": place.end_line, "end_column": place.end_column}
