"""Names that mean harm to whoever reads a report: a terminal, a browser, a CI service, a parser of diagrams."""

from __future__ import annotations

import json
import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from edalint import diagrams
from edalint.analysis import Analysis, analyze
from edalint.cli.commands import cli
from edalint.cli.diff import FORMATS, _render
from edalint.diagrams.changes import compare
from edalint.diagrams.scene import VIEWS
from edalint.facts import contracts
from edalint.policy.baseline import entries
from edalint.reports import GRAPHS, REPORTS, Options, render, render_graph
from tests.hostile.running import NEIGHBOUR, beside

EVIL = (
    "\x1b[2J\x1b[31mred\x1b]0;title\x07\x9b31m\x00\x08\r",
    "\u202egnp.exe\u2066\u2069\u200f\u061c",
    "a\n::error file=x::pwned\r\n##[error]pwned%0A::set-output name=x::y",
    "</script><script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>",
    "\"'`]]>--><!--&amp;{{7*7}}${x}",
    'x"];\n  evil [label="pwned"]; //',
    "x\"]\n  click a \"javascript:alert(1)\"\n  evil[\"pwned\"]\n%%{init: {}}%%",
    "| a | b |\n|---|---|\n# h\n[x](javascript:alert(1)) ![x](http://x/y.png) <b>@all</b>",
    "\ud800\udfff\ufffe\uffff\u2028\u2029\x85",
    "=cmd|' /C calc'!A0",
    "::stop-commands::x ##[stop-commands]x ##vso[task.setvariable variable=PATH]x ##VSO[x]",
    "  ::warning::x",
)  # fmt: skip
"""Each is the name of a resource, a rule's input, a queue, a state, a stack of the CDK."""
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
DATA = {"json", "sarif", "gitlab"}
"""Formats that are JSON."""


def _template() -> dict[str, Any]:
    resources: dict[str, Any] = {}
    for evil in EVIL:
        queue = {"Fn::GetAtt": [f"Q{evil}", "Arn"]}
        states = {
            evil: {
                "Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage",
                "Parameters": {"QueueUrl": {"Ref": f"Q{evil}"}},
                "Next": f"no {evil}",
            }
        }
        resources |= {
            f"Q{evil}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": evil}, "Metadata": {"aws:cdk:path": f"S{evil}/{evil}/Resource"}},
            f"T{evil}": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": evil, "DisplayName": evil}},
            f"S{evil}": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": f"T{evil}"}, "Protocol": "sqs", "Endpoint": queue}},
            f"W{evil}": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": f"T{evil}"}, "Protocol": "https", "Endpoint": f"https://x/{evil}"}},
            f"R{evil}": {"Type": "AWS::Events::Rule", "Properties": {"Name": evil, "EventPattern": {"source": [evil], evil: [evil]}, "Targets": [{"Id": evil, "Arn": queue, "InputPath": evil}]}},
            f"M{evil}": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": {"StartAt": evil, "States": states}, "RoleArn": evil}},
            f"X{evil}": {"Type": f"AWS::{evil}::X", "Properties": {"A": {"Ref": f"nowhere{evil}"}, "B": {"Fn::ImportValue": evil}, "C": {"Ref": f"Q{evil}"}}},
        }  # fmt: skip
    return {"Parameters": {evil: {"Type": "String"} for evil in EVIL}, "Resources": resources}


@pytest.fixture(scope="module")
def analysis(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """Hostile names in a hostile file in a hostile folder."""
    folder = tmp_path_factory.mktemp("evil") / "a\x1b[31m\n::error::x\u202e<b>"
    folder.mkdir()
    (folder / "t\x1b[2J\u202e\"'<svg>.json").write_text(json.dumps(_template()), "utf-8")
    found = analyze([folder])
    contracts.describe(found.graph)
    assert len(found.findings) >= 3 * len(EVIL)
    return found


def _controls(text: str, allowed: str = "\n") -> set[str]:
    """What a terminal or a CI service would obey in a text."""
    commands = {line for line in text.splitlines() if line.lstrip().startswith("::")} | set(re.findall(r"(?i)##(?:vso)?\[", text))
    return commands | {c for c in text if c not in allowed and (unicodedata.category(c) in ("Cc", "Cs") or c in BIDI)}


@pytest.mark.parametrize("name", REPORTS)
def test_no_report_steers_a_terminal(name: str, analysis: Analysis) -> None:
    """Escapes, control characters and marks that turn the direction of writing come out as words, in every format of findings."""
    text = render(name, analysis, Options(show_unknown=True, statistics=True))
    ours = {line for line in text.splitlines() if name == "github" and line.startswith("::")}

    assert _controls(text) - ours == set()
    text.encode("utf-8")


@pytest.mark.parametrize("name", GRAPHS)
def test_no_graph_steers_a_terminal(name: str, analysis: Analysis) -> None:
    """The same of the graph."""
    text = render_graph(name, analysis)

    assert _controls(text) == set()
    text.encode("utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_no_comparison_steers_a_terminal(name: str, analysis: Analysis, tmp_path: Path) -> None:
    """The same of what is new and what is gone."""
    (tmp_path / "t.json").write_text(NEIGHBOUR, "utf-8")
    other = analyze([tmp_path])
    contracts.describe(other.graph)
    for before, after in ((other, analysis), (analysis, other)):
        text = _render(name, compare(before, after), before, after)

        assert _controls(text) == set()
        _well_formed(text)


def test_nothing_said_of_settings_steers_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys, values, names of files, and the lines of policies that are shown with their mistakes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text(NEIGHBOUR, "utf-8")
    (tmp_path / "policies").mkdir()
    (tmp_path / "c.yaml").write_text("{}", "utf-8")
    for number, evil in enumerate(EVIL):
        key = json.dumps(evil)
        (tmp_path / "policies" / f"p\x1b[2J\u202e\n::error::{number}.yaml").write_text(f"id: X{number}\n{key}: 1\nname: {key}\n", "utf-8")
        (tmp_path / "policies" / f"q{number}.yaml").write_text(
            f"{evil}\nid: X\nwhen: {evil}\n".encode("utf-8", "replace").decode(), "utf-8", newline=""
        )
    said = [_said("check", "t.json", "--policies=policies"), _said("rules", "--policies=policies"), _said("policy", "test", "policies")]
    assert all("::error" in text for text in said)
    for evil in EVIL:
        for text in (
            f"{json.dumps(evil)}: 1\n",
            f"fail-on: {json.dumps(evil)}\n",
            f"select: [{json.dumps(evil)}]\n",
            f"policies: [{json.dumps(evil)}]\n",
        ):
            (tmp_path / "c.yaml").write_text(text, "utf-8")
            said.append(_said("check", "t.json", "--config=c.yaml"))
        said.append(_said("explain", evil.replace("\0", "")))
    (tmp_path / "::error::x\x1b[2J\u202e.json").write_text("{", "utf-8")
    (tmp_path / "c.yaml").unlink()
    said += [
        _said("graph", "."),
        _said("check", ".", "--show-files"),
        _said("check", ".", "--format=concise"),
        _said("diff", "t.json", "."),
    ]
    for text in said:
        assert _controls(text) == set()


def _said(*words: str) -> str:
    done = CliRunner().invoke(cli, words)
    assert isinstance(done.exception, (SystemExit, type(None))), done.exception
    assert done.exit_code in (0, 1, 2)
    return done.output


@pytest.mark.parametrize("name", sorted(DATA))
def test_json_says_what_is_written(name: str, analysis: Analysis) -> None:
    """JSON is escaped, not changed: the names are all there once it is read."""
    said = json.dumps(json.loads(render(name, analysis)))

    assert all(json.dumps(evil)[1:-1] in said for evil in EVIL)


def test_every_annotation_is_ours(analysis: Analysis) -> None:
    """GitHub obeys lines that begin with `::` and Azure those with `##[`: each of them is a finding or a diagnostic."""
    lines = render("github", analysis).splitlines()
    commands = [line for line in lines if line.startswith("::")]

    assert all(
        re.match(r"::(error|warning|notice) file=[^,:]*,line=\d+,endLine=\d+,col=\d+,endColumn=\d+,title=[^,:]*::[^\r\n]*$", c)
        for c in commands
    )
    assert len(commands) == len(analysis.findings) + sum(d.severity == "error" for d in analysis.diagnostics)
    for name in REPORTS:
        if name not in DATA | {"github"}:
            assert not any(line.lstrip().startswith(("::", "##[", "##vso[")) for line in render(name, analysis).splitlines()), name


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("format", ["html", "svg"])
def test_pages_and_pictures_hold_no_element_of_others(format: str, analysis: Analysis) -> None:
    """No script, image, handler or link comes from a name."""
    harmless = _Elements()
    harmless.feed(diagrams.render(format, analyze([Path(__file__).parent.parent.parent / "fixtures" / "order-pipeline"])))
    elements = _Elements()
    elements.feed(diagrams.render(format, analysis, title=EVIL[3]))

    assert {tag for tag, _ in elements.found} <= {tag for tag, _ in harmless.found} | {
        "title",
        "tspan",
        "desc",
        "path",
        "rect",
        "g",
        "ul",
        "li",
    }
    assert sum(tag == "script" for tag, _ in elements.found) == sum(tag == "script" for tag, _ in harmless.found)
    assert not [
        a
        for _, a in elements.found
        if any(name.startswith("on") for name in a) or any("javascript:" in (a[n] or "") for n in ("href", "src") if n in a)
    ]


@pytest.mark.parametrize("format", diagrams.FORMATS)
@pytest.mark.parametrize("view", VIEWS)
def test_every_diagram_is_what_it_says(format: str, view: str, analysis: Analysis) -> None:
    """No name breaks out of its string, attribute or text: XML and JSON are well-formed, whatever a new format is."""
    around = next(iter(analysis.graph.nodes)) if view == "blast" else ""
    text = diagrams.render(format, analysis, view=view, title="".join(EVIL), around=around)

    assert _controls(text) == set()
    _well_formed(text)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_what_it_says(name: str, analysis: Analysis) -> None:
    """The same of reports."""
    _well_formed(render(name, analysis, Options(show_unknown=True, statistics=True)))


def _well_formed(text: str) -> None:
    if text.startswith(("{", "[")):
        json.loads(text)
    elif text.startswith("<") and not text.lower().startswith(("<!doctype html", "<!--")):
        ElementTree.fromstring(text)


def test_junit_is_xml(analysis: Analysis) -> None:
    """JUnit's counts are right, whatever the messages say."""
    root = ElementTree.fromstring(render("junit", analysis))

    assert len(root.findall(".//failure")) == len(analysis.findings)


def test_dot_has_no_statement_of_others(analysis: Analysis) -> None:
    """Outside of quotes there is nothing of a name."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", diagrams.render("dot", analysis, title="".join(EVIL)))

    assert "pwned" not in bare
    assert "evil" not in bare
    assert '"' not in bare


def test_mermaid_has_no_statement_of_others(analysis: Analysis) -> None:
    """No line of a diagram begins with what a name says, and no quote of a name ends a label."""
    lines = [line.strip() for line in diagrams.render("mermaid", analysis, title="".join(EVIL)).splitlines()]

    assert not [line for line in lines if line.startswith(("click", "evil", "%%{", "javascript"))]
    assert not [line for line in lines if "pwned" in re.sub(r'"[^"]*"', "", line).replace("title: ", "")]


def test_markdown_has_no_element_of_others(analysis: Analysis) -> None:
    """A comment on a pull request shows names as text: no tag, no link, no picture, no heading, no mention."""
    text = render("markdown", analysis)

    assert not re.search(r"(?<!\\)<(?!/?(details|summary|br|sub|sup|!--)\b)[a-zA-Z/]", re.sub(r"`[^`\n]*`", "", text))
    assert not re.search(r"(?<!\\)\]\((?!#)", re.sub(r"`[^`\n]*`", "", text))


def test_baselines_are_lines_of_json(analysis: Analysis) -> None:
    """A baseline can be written and read again."""
    assert json.loads(json.dumps([list(e) if isinstance(e, tuple) else e for e in entries(analysis.findings)]))


@pytest.mark.parametrize("name", REPORTS)
def test_what_cannot_be_encoded_is_printed(name: str, tmp_path: Path) -> None:
    """Half a surrogate pair in a name reaches standard output as text."""
    from tests.hostile.running import run

    beside(tmp_path, "t.json", json.dumps(_template()))

    assert run(tmp_path, "t.json", format=name).status == 1
