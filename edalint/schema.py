"""cfn-lint on the same templates, in this process: what it finds as findings of ours, for one report, one baseline and one exit status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from edalint.hints import Any
from edalint.model.findings import Diagnostic, Finding, Subject
from edalint.model.locations import Location
from edalint.policy.findings import fingerprint

SEVERITIES = {"error": "error", "warning": "warning", "informational": "note"}
OURS = ("E0000", "E0002")
"""Texts that are no template, and mistakes in rules: the first is a diagnostic already, the second is no finding."""


def findings(templates: Iterable[tuple[str, Path, str | None]], region: str) -> tuple[list[Finding], list[Diagnostic]]:
    """What cfn-lint says of templates (path as shown, path, text where it is not in a file), and templates at which it fails."""
    found: list[Finding] = []
    trouble: list[Diagnostic] = []
    counts: dict[str, int] = {}
    for display, path, text in templates:
        try:
            matches = list(_matches(path, text, region))
        except Exception as error:  # whatever breaks inside cfn-lint ends neither this run nor our own findings
            trouble.append(Diagnostic(display, 1, 1, "warning", f"cfn-lint fails on it: {type(error).__name__}: {error}", "cfn-lint"))
            continue
        for match in matches:
            if match.rule.id not in OURS:
                found.append(_numbered(_finding(match, display), counts))
    return found, trouble


def _matches(path: Path, text: str | None, region: str) -> Iterator[Any]:
    from cfnlint.api import lint
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    options: dict[str, Any] = {"regions": [region]} if region else {}
    if text is not None:
        yield from lint(text, regions=[region] if region else None)
        return
    config = ConfigMixIn(["--template", str(path)], **options)
    template, errors = decode_str(path.read_text("utf-8-sig"))
    if errors or template is None:
        return
    yield from Runner(config).validate_template(template)


def _finding(match: Any, display: str) -> Finding:
    rule = match.rule
    path = [str(step) for step in getattr(match, "path", ())]
    in_resource = path[:1] == ["Resources"] and len(path) > 1
    address = path[1] if in_resource else "/".join(path[:2])
    element = "/".join(step for step in path[2:] if not step.isdigit())
    subject = Subject(f"{display}#{address}", address, "resource" if in_resource else "template", element, address or display)
    end_line = match.linenumberend
    column, end_column = match.columnnumber, match.columnnumberend
    if end_line == match.linenumber and end_column <= column:
        end_column = column + 1
    location = Location(display, match.linenumber, column, end_line, end_column)
    return Finding(
        rule=rule.id,
        name=_name(rule.shortdesc),
        severity=SEVERITIES.get(rule.severity, "warning"),
        confidence="high",
        message=match.message,
        subject=subject,
        location=location,
        related=(),
        path=(),
        fingerprint=fingerprint(rule.id, subject, ()),
        summary=rule.shortdesc,
    )


def _name(text: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return "-".join(words[:6])


def _numbered(finding: Finding, counts: dict[str, int]) -> Finding:
    """A finding whose fingerprint no other has."""
    count = counts[finding.fingerprint] = counts.get(finding.fingerprint, -1) + 1
    return finding._replace(fingerprint=fingerprint(finding.rule, finding.subject, (), repeat=count)) if count else finding
