"""Findings that the people who own a template have looked at and accept, written beside what they are about.

As a comment on the line of the resource or property, or alone above it (YAML, HCL, a CDK program):

    # edalint: ignore[EDA101, queue-without-dlq] reason -- until 2027-01-31

or as `Metadata: {edalint: {ignore: [{rule: EDA101, reason: ..., until: 2027-01-31}]}}` of a resource (JSON, CDK). A
suppression needs a reason; one that is unused, expired or names no rule is reported.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from edalint.hints import Any
from edalint.model.findings import Diagnostic, Finding
from edalint.model.graph import EventGraph
from edalint.model.lazy import pattern
from edalint.model.locations import Location
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource
from edalint.policy.rules import Rule
from edalint.sources import files

MARK = "edalint:"
ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
"""The CDK's own entry (`Validations.of(scope).acknowledge(...)`), which its frontend puts into the metadata of every resource below."""
_COMMENT = pattern(r"(?:#|//|/\*)[ \t]*edalint:[ \t]*ignore\b(?P<rest>.*)$")
_REST = pattern(r"\[(?P<rules>[^\]]*)\](?P<said>.*)$")
_UNTIL = pattern(r"(?:^|\s)--\s*until\s+(?P<date>\S+)\s*$")
_ALONE = pattern(r"\s*(?:#|//|/\*|\*)|\s*$")


class Suppression(NamedTuple):
    """One rule that is not to be reported somewhere, and why."""

    rule: str
    """As written: an id, a name or an alias."""
    reason: str
    until: date | None
    location: Location
    """Where the suppression itself stands."""
    line: int
    """The line of the same file that it covers; of a resource's metadata the resource's own."""
    resource: str
    """Id of the resource whose metadata it is in; empty for comments."""
    inherited: bool = False
    """Said of a construct around it: that there is nothing to suppress in one of its resources is no mistake."""


class Suppressed(NamedTuple):
    """A finding that is not reported, and what says so."""

    finding: Finding
    kind: str
    """`inSource`, or `external` for a baseline (SARIF's words)."""
    justification: str


class Outcome(NamedTuple):
    """What is left of findings, what is not, and what is wrong with suppressions."""

    findings: list[Finding]
    suppressed: list[Suppressed]
    diagnostics: list[Diagnostic]


def apply(
    findings: Sequence[Finding],
    graph: EventGraph,
    rules: Iterable[Rule],
    *,
    locked: Sequence[str] = (),
    today: date | None = None,
    text_of: Callable[[str], str | None] | None = None,
) -> Outcome:
    """Findings without those that comments and metadata suppress.

    `rules` are those that were asked: a suppression of a rule that is off is not unused. `text_of` reads files that are
    no templates (a CDK program to which findings point).
    """
    asked = list(rules)
    places = _Places(graph)
    diagnostics: list[Diagnostic] = []
    written = list(_all(graph, findings, text_of, diagnostics))
    valid = [s for s in written if _is_valid(s, today, diagnostics)]
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    used: set[Suppression] = set()
    by_id = {r.id: r for r in asked}
    for finding in findings:
        rule = by_id.get(finding.rule)
        covering = [s for s in valid if _means(rule, finding, s) and places.covers(s, finding)]
        used.update(covering)
        if not covering:
            kept.append(finding)
        elif rule is not None and any(rule.called(word) for word in locked):
            kept.append(finding)
            diagnostics.append(_diagnostic(covering[0], f"{rule.id} is locked and cannot be suppressed", "locked-rule"))
        else:
            suppressed.append(Suppressed(finding, "inSource", covering[0].reason))
    for suppression in valid:
        if suppression not in used and not suppression.inherited and any(_named(rule, suppression.rule) for rule in asked):
            diagnostics.append(_diagnostic(suppression, f"{suppression.rule} has nothing to suppress there", "unused-suppression"))
    return Outcome(kept, suppressed, list(dict.fromkeys(diagnostics)))


def _named(rule: Rule, word: str) -> bool:
    return word in (rule.id, rule.name, *rule.aliases)


def _means(rule: Rule | None, finding: Finding, suppression: Suppression) -> bool:
    return suppression.rule in (finding.rule, finding.name) or (rule is not None and suppression.rule in rule.aliases)


def _diagnostic(suppression: Suppression, message: str, code: str) -> Diagnostic:
    place = suppression.location
    return Diagnostic(place.path, place.line, place.column, "warning", message, code)


def _is_valid(suppression: Suppression, today: date | None, diagnostics: list[Diagnostic]) -> bool:
    if not suppression.reason:
        diagnostics.append(_diagnostic(suppression, f"the suppression of {suppression.rule} gives no reason", "suppression-without-reason"))
        return False
    if suppression.until is not None and suppression.until < (today or date.fromisoformat(files.today())):
        message = f"the suppression of {suppression.rule} ended on {suppression.until.isoformat()}"
        diagnostics.append(_diagnostic(suppression, message, "expired-suppression"))
        return False
    return True


# reading


def _all(
    graph: EventGraph, findings: Sequence[Finding], text_of: Callable[[str], str | None] | None, diagnostics: list[Diagnostic]
) -> Iterator[Suppression]:
    seen: set[str] = set()
    for resource in graph.resources.values():
        yield from _metadata(resource, diagnostics)
        yield from _acknowledged(resource)
        for document in resource.unit.documents:
            if document.path not in seen:
                seen.add(document.path)
                if not document.path.endswith(".json"):
                    yield from comments(document.path, document.text, diagnostics)
    if text_of is not None:
        for path in dict.fromkeys(f.location.path for f in findings):
            if path not in seen:
                text = text_of(path)
                if text is not None:
                    yield from comments(path, text, diagnostics)


def comments(path: str, text: str, diagnostics: list[Diagnostic]) -> Iterator[Suppression]:
    """The suppressions that comments of a text hold; what looks like one and is none is a diagnostic."""
    if MARK not in text:
        return
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        found = _COMMENT.search(line) if MARK in line else None
        if found is None:
            continue
        column = found.start() + 1
        place = Location(path, number, column, number, len(line) + 1)
        rest = _REST.match(found["rest"].strip())
        if rest is None or not rest["rules"].strip():
            message = "a suppression names its rules and a reason, as in: edalint: ignore[EDA101] reason"
            diagnostics.append(Diagnostic(path, number, column, "warning", message, "suppression-syntax"))
            continue
        said = rest["said"].strip().removesuffix("*/").strip()
        until, reason = _split_until(said, place, diagnostics)
        covered = number if line[: found.start()].strip() else _next_line(lines, number)
        for word in rest["rules"].split(","):
            yield Suppression(word.strip(), reason, until, place, covered, "")


def _next_line(lines: list[str], number: int) -> int:
    """The next line after a comment that is neither empty nor a comment."""
    for index in range(number, len(lines)):
        if not _ALONE.match(lines[index]):
            return index + 1
    return number


def _split_until(said: str, place: Location, diagnostics: list[Diagnostic]) -> tuple[date | None, str]:
    match = _UNTIL.search(said)
    if match is None:
        return None, said
    return _date(match["date"], place, diagnostics), said[: match.start()].strip()


def _date(text: Any, place: Location, diagnostics: list[Diagnostic]) -> date | None:
    """A date; one that can't be read counts as over, so that the suppression is noticed."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        message = f"'{text}' is not a date such as 2027-01-31"
        diagnostics.append(Diagnostic(place.path, place.line, place.column, "warning", message, "suppression-syntax"))
        return date.min


def _acknowledged(resource: Resource) -> Iterator[Suppression]:
    """What a CDK app acknowledges with `Validations.of(scope).acknowledge({id: 'edalint::EDA101', reason})`."""
    rules = resource.metadata.get(ACKNOWLEDGED) if isinstance(resource.metadata, dict) else None
    for word, reason in rules.items() if isinstance(rules, dict) else ():
        tool, _, rule = word.rpartition("::")
        if tool.lower() in ("", "edalint") and isinstance(reason, str) and reason.strip():
            yield Suppression(rule, reason.strip(), None, resource.location, resource.location.line, resource.id, True)


def _metadata(resource: Resource, diagnostics: list[Diagnostic]) -> Iterator[Suppression]:
    own = resource.metadata.get("edalint") if isinstance(resource.metadata, dict) else None
    if own is None:
        return
    place = resource.metadata.location("edalint") or resource.location
    entries = own.get("ignore") if isinstance(own, dict) else None
    if not isinstance(entries, (list, dict)):
        message = "Metadata.edalint holds ignore: a list of {rule, reason, until}"
        diagnostics.append(Diagnostic(place.path, place.line, place.column, "warning", message, "suppression-syntax"))
        return
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, dict) or not isinstance(entry.get("rule"), str):
            message = "an entry of Metadata.edalint.ignore is {rule, reason, until}"
            diagnostics.append(Diagnostic(place.path, place.line, place.column, "warning", message, "suppression-syntax"))
            continue
        reason = entry.get("reason")
        until = _date(entry["until"], place, diagnostics) if isinstance(entry.get("until"), str) else None
        text = reason.strip() if isinstance(reason, str) else ""
        yield Suppression(entry["rule"], text, until, place, resource.location.line, resource.id)


# what is covered


class _Places:
    """Which resource of a file a line is in."""

    def __init__(self, graph: EventGraph) -> None:
        self.resources = graph.resources
        begins: dict[str, dict[int, str]] = {}
        for resource in graph.resources.values():
            if not resource.generated:
                where = resource.location
                begins.setdefault(where.path, {})[where.line] = resource.id
        self.begins = {path: sorted(lines.items()) for path, lines in begins.items()}

    def around(self, path: str, line: int) -> tuple[str, int]:
        """The resource in which a line stands, and its own line."""
        starts = self.begins.get(path, [])
        index = bisect_right(starts, (line, "\U0010ffff")) - 1
        return (starts[index][1], starts[index][0]) if index >= 0 else ("", 0)

    def covers(self, suppression: Suppression, finding: Finding) -> bool:
        """Whether a suppression is on the finding's line, on its subject's, or on that of the resource around it."""
        where = finding.location
        around, begin = self.around(where.path, where.line)
        if suppression.resource:
            return suppression.resource in (finding.subject.id, around)
        path, line = suppression.location.path, suppression.line
        if where.path == path and line in (where.line, begin):
            return True
        subject = self.resources.get(finding.subject.id)
        return subject is not None and subject.location.path == path and subject.location.line == line
