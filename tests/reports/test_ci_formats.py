"""Reports for CI: each by the rules of whoever reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from edalint.analysis import Analysis, analyze
from edalint.reports import render
from tests.conftest import FIXTURES

HOSTILE = {
    "Resources": {
        "Q": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "S/::error::%0A<b>]]>&`x`\x1b[1m|@all\n#1/Resource"}},
    }
}
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"pattern": "^[^/]"},
                    "lines": {"required": ["begin"], "properties": {"begin": {"type": "integer"}}},
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return analyze([FIXTURES / "order-pipeline"])


@pytest.fixture
def hostile(tmp_path: Path) -> Analysis:
    (tmp_path / "t.json").write_text(json.dumps(HOSTILE))
    return analyze([tmp_path / "t.json"])


def test_junit_counts_and_parses(analysis: Analysis) -> None:
    """Every finding is a failed case, and the counts are those of the document."""
    root = ElementTree.fromstring(render("junit", analysis))

    assert len(root.findall(".//failure")) == len(analysis.findings) == int(root.attrib["failures"])
    assert len(root.findall(".//testcase")) == int(root.attrib["tests"])


def test_junit_has_a_passing_case_where_nothing_is_found(tmp_path: Path) -> None:
    """A clean template is a test that passed, not no test."""
    (tmp_path / "t.yaml").write_text("Resources:\n  T:\n    Type: AWS::Events::EventBus\n    Properties: {Name: x}\n")

    root = ElementTree.fromstring(render("junit", analyze([tmp_path / "t.yaml"])))

    assert (root.attrib["tests"], root.attrib["failures"]) == ("1", "0")


def test_github_annotations_are_one_line_each(analysis: Analysis) -> None:
    """`::error file=...,line=...::message`, errors first, relative paths."""
    lines = render("github", analysis).splitlines()
    commands = [line for line in lines if line.startswith("::")]

    assert len(commands) == len(analysis.findings)
    for line in commands:
        assert re.fullmatch(
            r"::(error|warning|notice) file=fixtures/[^,]+,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,title=[^,:]+::.+", line
        )
    kinds = [line.split(" ")[0] for line in commands]
    assert kinds == sorted(kinds, key=["::error", "::warning", "::notice"].index)


def test_gitlab_report_follows_its_format(analysis: Analysis) -> None:
    """The list that Code Quality reads; no two issues share a fingerprint, else one of them disappears."""
    issues = json.loads(render("gitlab", analysis))

    jsonschema.validate(issues, CODE_QUALITY)
    assert len({i["fingerprint"] for i in issues}) == len(issues) == len(analysis.findings)


def test_markdown_fits_a_comment(analysis: Analysis) -> None:
    """A comment has the mark by which it is found again, and at most 65,536 characters."""
    many = Analysis.__new__(Analysis)
    many.__dict__.update(analysis.__dict__)
    many.findings = analysis.findings * 400

    text = render("markdown", many)

    assert text.startswith("<!-- edalint -->")
    assert len(text) < 65_536
    assert "more findings did not fit" in text


def test_names_stay_text_in_every_format(hostile: Analysis) -> None:
    """What a template is called makes no command, no element, no mention and no link."""
    assert ElementTree.fromstring(render("junit", hostile)).findall(".//failure")
    (command,) = [line for line in render("github", hostile).splitlines() if line.strip()]
    assert command.startswith("::warning file=")
    assert "\x1b" not in render("junit", hostile)
    markdown = render("markdown", hostile)
    assert "<b>" not in markdown
    assert "\x1b" not in markdown
    assert not re.search(r"(?<!\\)@all", markdown)
