"""GitLab's Code Quality report. https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""

from __future__ import annotations

import json

from edalint.hints import Any
from edalint.model.terminal import harmless_json
from edalint.reports import Options

SEVERITIES = {"error": "critical", "warning": "major", "note": "info"}


def render(analysis: Any, options: Options) -> str:
    """A list of issues; an input that could not be analysed is a blocker."""
    issues = [
        {
            "description": f.message,
            "check_name": f.rule,
            "fingerprint": f.fingerprint,
            "severity": SEVERITIES[f.severity],
            "location": {"path": f.location.path, "lines": {"begin": f.location.line}},
        }
        for f in analysis.findings
    ]
    for d in analysis.diagnostics:
        if d.severity == "error":
            issues.append(
                {
                    "description": d.message,
                    "check_name": d.code or "input",
                    "fingerprint": _fingerprint(d.path, d.message),
                    "severity": "blocker",
                    "location": {"path": d.path, "lines": {"begin": d.line}},
                }
            )
    return harmless_json(json.dumps(issues, indent=2, ensure_ascii=False)) + "\n"


def _fingerprint(*words: str) -> str:
    from hashlib import sha256

    return sha256("\0".join(words).encode()).hexdigest()
