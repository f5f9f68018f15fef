"""A baseline: the findings that a system has today, so that only new ones are reported.

It holds no line numbers and no messages. Each finding is kept with and without its template's path, so that findings of a
file that was moved are recognised where they are now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from edalint.model.findings import Finding
from edalint.model.records import NamedTuple
from edalint.policy.findings import moved_fingerprint
from edalint.sources import files

SCHEMA = "edalint-baseline/1"


class BaselineError(ValueError):
    """A baseline that can't be read."""


class Entry(NamedTuple):
    """One finding of a baseline."""

    fingerprint: str
    moved: str
    """The fingerprint without the template's path."""
    rule: str
    template: str
    address: str
    element: str


class Comparison(NamedTuple):
    """Findings against a baseline."""

    new: list[Finding]
    known: list[Finding]
    gone: list[Entry]
    """What the baseline holds and nobody finds any more."""


def template_of(finding: Finding) -> str:
    """The template or root module in which a finding's subject is declared."""
    return finding.subject.id.rsplit("#", 1)[0]


def entries(findings: Iterable[Finding]) -> list[Entry]:
    """What a baseline keeps of findings, in order."""
    rows = {Entry(f.fingerprint, moved_fingerprint(f), f.rule, template_of(f), f.subject.address, f.subject.element) for f in findings}
    return sorted(rows, key=lambda e: (e.template, e.address, e.rule, e.element, e.fingerprint))


def text(rows: Iterable[Entry]) -> str:
    """A baseline's file; one finding a line, so that its changes read well."""
    lines = ",\n".join(f"    {json.dumps(row._asdict(), ensure_ascii=False)}" for row in rows)
    body = f"[\n{lines}\n  ]" if lines else "[]"
    return f'{{\n  "schema": "{SCHEMA}",\n  "findings": {body}\n}}\n'


def read(path: Path) -> list[Entry]:
    """The entries of a baseline's file. Raises `BaselineError`."""
    try:
        data = json.loads(files.text(path))
    except OSError as error:
        raise BaselineError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{path}: not JSON: {error}") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("findings"), list):
        raise BaselineError(f"{path}: not a baseline of this version ({SCHEMA}); make it with `edalint baseline create`")
    rows: list[Entry] = []
    for row in data["findings"]:
        if not isinstance(row, dict) or not all(isinstance(row.get(field), str) for field in Entry._fields):
            raise BaselineError(f"{path}: an entry without {', '.join(Entry._fields)}")
        rows.append(Entry(**{field: row[field] for field in Entry._fields}))
    return rows


def compare(findings: Sequence[Finding], baseline: Sequence[Entry], templates: Iterable[str]) -> Comparison:
    """Which findings a baseline holds. `templates` are the paths of this run: an entry of another path may have moved."""
    left = {entry.fingerprint: entry for entry in baseline}
    known: list[Finding] = []
    others: list[Finding] = []
    for finding in findings:
        (known if left.pop(finding.fingerprint, None) is not None else others).append(finding)
    present = set(templates)
    moved: dict[str, list[Entry]] = {}
    for entry in left.values():
        if entry.template not in present:
            moved.setdefault(entry.moved, []).append(entry)
    new: list[Finding] = []
    for finding in others:
        candidates = moved.get(moved_fingerprint(finding))
        if candidates:
            left.pop(candidates.pop(0).fingerprint)
            known.append(finding)
        else:
            new.append(finding)
    return Comparison(new, sorted(known, key=lambda f: f.sort_key), sorted(left.values()))


def updated(findings: Sequence[Finding], baseline: Sequence[Entry], templates: Iterable[str]) -> list[Entry]:
    """The baseline without what is gone, moved findings at their new place; nothing new is added."""
    return entries(compare(findings, baseline, templates).known)
