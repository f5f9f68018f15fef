"""Living with findings: suppressions in comments and metadata, baselines that survive moves."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from edalint.model.findings import Diagnostic, Finding, Subject
from edalint.model.graph import EventGraph
from edalint.model.locations import Document, Location, Mark
from edalint.model.resources import Resource, Unit
from edalint.model.values import Map
from edalint.policy import baseline, suppressions
from edalint.policy.findings import fingerprint
from tests.policy.policies import rule

TODAY = date(2026, 11, 24)
RULES = [rule("match: {node: queue}"), rule("match: {node: topic}", id="ORG2")]


def graph_over(text: str, *, metadata: dict[str, Any] | None = None, path: str = "t.yaml") -> EventGraph:
    """A graph of resources whose own lines are those of the keys `A`, `B` at the beginning of a line's text."""
    document = Document(path, text)
    unit = Unit(path, "cloudformation")
    unit.documents.append(document)
    graph = EventGraph()
    for number, line in enumerate(text.split("\n"), 1):
        name = line.strip().split(":")[0]
        if name in ("A", "B"):
            keys = Map({name: {}}, document, None, {name: Mark(number, 3, 4)})
            own = Map(metadata, document, Mark(number, 3, 4), {}) if metadata and name == "A" else None
            resource = Resource(unit, name, "AWS::SQS::Queue", Map({}, document, Mark(number, 3, 4), {}), key_map=keys, metadata=own)
            graph.resources[resource.id] = unit.resources[name] = resource
    return graph


def finding(address: str, line: int, *, id: str = "ORG1", path: str = "t.yaml", element: str = "") -> Finding:
    subject = Subject(f"{path}#{address}", address, "queue", element, address)
    place = Location(path, line, 3, line, 4)
    return Finding(id, "a-rule" if id == "ORG1" else "b-rule", "warning", "high", "", subject, place, (), (), fingerprint(id, subject, ()))


TEXT = """\
Resources:
  # edalint: ignore[ORG1] known since March
  A:
    Type: x
    Size: 1 # edalint: ignore[ORG2, ORG1] the size is right -- until 2027-01-31
  B:
    Type: x
"""


def outcome(text: str, *found: Finding, **settings: Any) -> suppressions.Outcome:
    metadata = settings.pop("metadata", None)
    return suppressions.apply(found, graph_over(text, metadata=metadata), RULES, today=TODAY, **settings)


def codes(diagnostics: list[Diagnostic]) -> list[tuple[int, str]]:
    return [(d.line, d.code) for d in diagnostics]


def test_a_comment_covers_its_line_or_the_one_below() -> None:
    """Alone on its line a comment covers the next; a resource's line covers everything inside, a property's line itself."""
    result = outcome(TEXT, finding("A", 3), finding("A", 5), finding("B", 6), finding("A", 5, id="ORG2"), finding("A", 4, id="ORG2"))

    assert [(f.rule, f.location.line) for f in result.findings] == [("ORG1", 6), ("ORG2", 4)]
    assert [(s.finding.rule, s.finding.location.line, s.justification) for s in result.suppressed] == [
        ("ORG1", 3, "known since March"),
        ("ORG1", 5, "known since March"),
        ("ORG2", 5, "the size is right"),
    ]
    assert result.diagnostics == []


def test_unused_suppressions_are_reported() -> None:
    """A suppression of a rule that was asked and found nothing there is said; of a rule that is off it is not."""
    assert codes(outcome(TEXT).diagnostics) == [(2, "unused-suppression"), (5, "unused-suppression"), (5, "unused-suppression")]
    assert codes(outcome(TEXT.replace("ORG", "OFF")).diagnostics) == []


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("ignore[ORG1]", "suppression-without-reason"),
        ("ignore[ORG1] why -- until 2026-11-23", "expired-suppression"),
        ("ignore[ORG1] why -- until soon", "suppression-syntax"),
        ("ignore ORG1 why", "suppression-syntax"),
        ("ignore[] why", "suppression-syntax"),
    ],
)
def test_a_suppression_that_is_none_suppresses_nothing(comment: str, code: str) -> None:
    """Without a reason, after its end, or misspelt, a suppression is said and does not hold."""
    result = outcome(TEXT.replace("ignore[ORG1] known since March", comment), finding("A", 3))

    assert [f.location.line for f in result.findings] == [3]
    assert (2, code) in codes(result.diagnostics)


def test_the_last_day_still_counts() -> None:
    """`until` is the last day on which a suppression holds."""
    assert outcome(TEXT.replace("March", "March -- until 2026-11-24"), finding("A", 3)).findings == []


def test_metadata_suppresses_by_resource() -> None:
    """A resource's metadata covers findings about it and inside it, and no other."""
    metadata = {"edalint": {"ignore": [{"rule": "a-rule", "reason": "known"}]}}
    bare = "Resources:\n  A:\n    Size: 1\n  B:\n"
    result = outcome(bare, finding("A", 2), finding("A", 3), finding("B", 4), metadata=metadata)

    assert [f.subject.address for f in result.findings] == ["B"]
    assert len(result.suppressed) == 2
    shapes: list[Any] = [3, {"ignore": 3}, {"ignore": [{"rule": 1}]}, {"ignore": [[]]}]
    for shape in shapes:
        broken = outcome(bare, finding("A", 2), metadata={"edalint": shape})
        assert [d.code for d in broken.diagnostics] == ["suppression-syntax"]
        assert len(broken.findings) == 1


def test_locked_rules_are_not_suppressed() -> None:
    """What an organisation locks is reported all the same, and the attempt is said."""
    result = outcome(TEXT, finding("A", 3), locked=["ORG1"])

    assert len(result.findings) == 1
    assert (2, "locked-rule") in codes(result.diagnostics)


def test_comments_in_a_program_are_read() -> None:
    """A finding at a line of a CDK program is suppressed by a comment there."""
    program = "// edalint: ignore[ORG1] known\nnew Queue(this, 'A');\n"
    result = outcome("Resources:\n  A:\n", finding("A", 2, path="lib/stack.ts"), text_of={"lib/stack.ts": program}.get)

    assert result.findings == []


# baselines


def test_a_baseline_hides_what_it_holds(tmp_path: Path) -> None:
    """Written and read back, a baseline holds exactly its findings, and no line numbers or messages."""
    old, new = [finding("A", 3), finding("B", 6, element="x")], finding("B", 9, element="y")
    file = tmp_path / "baseline.json"
    file.write_text(baseline.text(baseline.entries(old)))

    compared = baseline.compare([*old, new], baseline.read(file), ["t.yaml"])
    assert (compared.new, compared.known, compared.gone) == ([new], old, [])
    assert not any("line" in key or "message" in key for row in json.loads(file.read_text())["findings"] for key in row)
    assert baseline.text(baseline.entries(reversed(old))) == file.read_text()


def test_findings_of_a_moved_file_are_recognised() -> None:
    """A finding whose old template is no longer in the run is known where it moved to, once; otherwise it is new."""
    rows = baseline.entries([finding("A", 3, path="old.yaml")])
    moved, copy = finding("A", 3, path="new.yaml"), finding("A", 3, path="other.yaml")

    assert baseline.compare([moved], rows, ["new.yaml"]).new == []
    assert baseline.compare([moved, copy], rows, ["new.yaml", "other.yaml"]).new == [copy]
    assert baseline.compare([moved], rows, ["new.yaml", "old.yaml"]).new == [moved]


def test_an_update_drops_what_is_gone_and_adds_nothing() -> None:
    """Updating keeps what is still found (at its new place) and forgets the rest."""
    rows = baseline.entries([finding("A", 3), finding("B", 6)])
    found = [finding("A", 30), finding("C", 9)]

    assert [e.address for e in baseline.updated(found, rows, ["t.yaml"])] == ["A"]
    assert [e.address for e in baseline.compare(found, rows, ["t.yaml"]).gone] == ["B"]


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "x"}', '{"schema": "edalint-baseline/1", "findings": [1]}'])
def test_what_is_no_baseline_is_said(tmp_path: Path, text: str) -> None:
    """A file of another shape is an error that names it."""
    file = tmp_path / "baseline.json"
    file.write_text(text)

    with pytest.raises(baseline.BaselineError, match=r"baseline\.json"):
        baseline.read(file)
