"""cfn-lint on the same templates, in this process: what it finds as findings of ours, for one report, one baseline and one exit status.

cfn-lint's own settings count (`.cfnlintrc`), but for those that run code or reach out of the project: templates that come from others come with settings from others.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from edalint.hints import Any
from edalint.model.findings import Diagnostic, Finding, Subject
from edalint.model.locations import Location
from edalint.policy.findings import fingerprint

SEVERITIES = {"error": "error", "warning": "warning", "informational": "note"}
OURS = ("E0000", "E0002")
"""Texts that are no template, and mistakes in rules: the first is a diagnostic already, the second is no finding."""
RUNS_CODE = "append_rules"
READS_FILES = ("custom_rules", "override_spec", "registry_schemas")
"""Settings of `.cfnlintrc` that name data: such that lie in the working folder, where cfn-lint looks for the file."""


def findings(templates: Iterable[tuple[str, Path, str | None]], region: str) -> tuple[list[Finding], list[Diagnostic]]:
    """What cfn-lint says of templates (path as shown, path, text where it is not in a file), and templates at which it fails."""
    found: list[Finding] = []
    trouble: list[Diagnostic] = []
    counts: dict[str, int] = {}
    left_out: set[str] = set()
    for display, path, text in templates:
        try:
            matches = _matches(path, text, region, left_out)
        except Exception as error:  # whatever breaks inside cfn-lint ends neither this run nor our own findings
            trouble.append(Diagnostic(display, 1, 1, "warning", f"cfn-lint fails on it: {type(error).__name__}: {error}", "cfn-lint"))
            continue
        for match in matches:
            if match.rule.id not in OURS:
                found.append(_numbered(_finding(match, display), counts))
    return found, [*trouble, *(_refusal(key) for key in sorted(left_out))]


def _refusal(key: str) -> Diagnostic:
    why = "no code of a project is run" if key == RUNS_CODE else "it names what is not a file or folder below the working folder"
    return Diagnostic(".cfnlintrc", 1, 1, "warning", f"{key} is left out: {why}", "cfn-lint")


def _matches(path: Path, text: str | None, region: str, left_out: set[str]) -> list[Any]:
    from inspect import signature

    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    template, errors = decode_str(path.read_text("utf-8-sig") if text is None else text)
    if errors or template is None:
        return []
    options: dict[str, Any] = {"regions": [region]} if region else {}
    config = ConfigMixIn(["--template", str(path)], **options)
    refused = {key for key, value in config.file_args.items() if _reaches_out(key, value)}
    left_out |= refused
    config.file_args = {key: value for key, value in config.file_args.items() if key not in refused}
    validate = Runner(config).validate_template
    unnamed = [None] if "filename" in signature(validate).parameters else []  # older ones ask for a file's name first
    return list(validate(*unnamed, template))


def _reaches_out(key: str, value: Any) -> bool:
    """Whether a setting would run code, or read what is not the project's."""
    if key not in READS_FILES:
        return key == RUNS_CODE
    here = Path.cwd().resolve()
    named = [Path(str(name)).resolve() for name in (value if isinstance(value, list) else [value])]
    every = [file.resolve() for path in named for file in (path.rglob("*.json") if path.is_dir() else [path])]
    return not all(path.is_relative_to(here) for path in named) or not all(file.is_relative_to(here) and file.is_file() for file in every)


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
