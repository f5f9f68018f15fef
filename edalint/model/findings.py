"""Findings (what a policy says of a place) and diagnostics (what could not be read or decided)."""

from __future__ import annotations

from edalint.hints import Any
from edalint.model.locations import Location
from edalint.model.records import NamedTuple

SEVERITIES = ("note", "warning", "error")
CONFIDENCES = ("low", "medium", "high")


class Subject(NamedTuple):
    """What a finding is about: the resource that mends it, and which part of it."""

    id: str
    address: str
    kind: str
    """Node kind, or the part's kind where the subject is a part's own resource (`mapping`, `subscription` ...)."""
    element: str
    """A target's Id, a state's name, an inline subscription's `protocol:endpoint`; empty for the resource itself."""
    name: str


class Related(NamedTuple):
    """Another place that a finding speaks of, and what it says there."""

    location: Location
    message: str


class Step(NamedTuple):
    """One hop of the event's path through a finding: where it is declared and what its contract is."""

    node: str
    """Name of the node."""
    address: str
    edge: str
    """Kind of the edge that leads here; empty for the first."""
    contract: str
    """What the edge promises, in short (`185 attempts over 24 h`); empty for the first."""
    location: Location | None
    failed: bool = False
    """Whether the event is lost at this hop."""


class Finding(NamedTuple):
    """One judgement of one policy."""

    rule: str
    name: str
    severity: str
    confidence: str
    message: str
    subject: Subject
    location: Location
    related: tuple[Related, ...]
    path: tuple[Step, ...]
    fingerprint: str
    summary: str = ""
    fix: str = ""
    annotation: str = ""
    """What stands under the code frame: a clause about that very place."""
    when: str = ""
    """The alternatives in which the subject exists, where it does not always."""
    group: str = ""
    """Findings with the same non-empty group have one root cause (`EDA904 because queue X has no policy`)."""
    data: Any = None
    """What mends it, for `--fix` (`edalint.policy.edits.Fixable`); None where nothing mechanical does."""

    @property
    def sort_key(self) -> tuple[Any, ...]:
        return (self.location.path, self.location.line, self.location.column, self.rule, self.subject.id, self.subject.element)


class Diagnostic(NamedTuple):
    """Something that could not be read or decided, where it stands and what to do."""

    path: str
    line: int
    column: int
    severity: str
    """`error`: an input that should have been analysed and could not be (exit status 2); `warning`: a value became unknown."""
    message: str
    code: str = ""
    """A stable short name: `yaml-syntax`, `not-a-template`, `missing-file`, `circular-reference` ..."""
