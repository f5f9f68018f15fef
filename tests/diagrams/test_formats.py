"""Every format: whole, well formed, the same twice, and nothing from a template is markup in it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from edalint import diagrams
from edalint.analysis import analyze
from edalint.diagrams import mermaid, scene
from edalint.diagrams.marked import BEGIN, END, MarkerError, between_markers
from edalint.facts import contracts
from tests.conftest import FIXTURES, Command

SYSTEMS = sorted(p for p in FIXTURES.iterdir() if p.is_dir())
EVIL = "a\"b'<c>&]]>`|;end\\{}#x\u202e\x1b[2J--"


def described(path: Path) -> Any:
    result = analyze([path])
    contracts.describe(result.graph)
    return result


def template(folder: Path, resources: dict[str, Any]) -> Path:
    file = folder / "template.json"
    file.write_text(json.dumps({"Resources": resources}), "utf-8")
    return file


def fan(count: int) -> dict[str, Any]:
    """A bus with so many rules, each with a queue."""
    found: dict[str, Any] = {"Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "bus"}}}
    for n in range(count):
        found[f"Queue{n}"] = {"Type": "AWS::SQS::Queue"}
        found[f"Rule{n}"] = {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "EventPattern": {"source": [f"s{n}"]},
                "Targets": [{"Id": "t", "Arn": {"Fn::GetAtt": [f"Queue{n}", "Arn"]}}],
            },
        }
    return found


@pytest.fixture(scope="module")
def pipeline() -> Any:
    return described(FIXTURES / "order-pipeline")


@pytest.mark.parametrize("format", diagrams.FORMATS)
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda p: p.name)
def test_same_templates_same_bytes(format: str, system: Path) -> None:
    """Two runs write the same, so that a committed picture can be checked."""
    assert diagrams.render(format, described(system)) == diagrams.render(format, described(system))


@pytest.mark.parametrize("format", ["svg", "drawio", "graphml"])
@pytest.mark.parametrize("view", ["flow", "failure", "scale", "trust"])
def test_xml_is_well_formed(format: str, view: str, pipeline: Any) -> None:
    """A parser reads it, and every node of the scene is in it."""
    text = diagrams.render(format, pipeline, view=view)
    ET.fromstring(text)
    for shape in scene.build(pipeline.graph, view=view).shapes:
        assert shape.title in text


@pytest.mark.parametrize("format", diagrams.FORMATS)
def test_hostile_names_are_only_text(format: str, tmp_path: Path) -> None:
    """Names full of the format's own signs: it is still well formed, one box for each node, no control characters."""
    resources = {f"Q{n}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{EVIL}{n}"}} for n in range(3)}
    resources[EVIL] = {"Type": "AWS::SNS::Topic"}
    analysis = described(template(tmp_path, resources))
    text = diagrams.render(format, analysis, title=EVIL)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", text)
    if format in ("svg", "drawio", "graphml"):
        ET.fromstring(text)
    if format == "json":
        assert len(json.loads(text)["nodes"]) == 4
    if format == "mermaid":
        assert len(re.findall(r"^  n\d+\W", text, re.M)) >= 4
        assert not [row for row in text.splitlines() if row.strip().startswith("end")]


def test_blast_is_what_is_up_and_down_stream(pipeline: Any) -> None:
    """Of a queue: its rule and bus, its worker and dead letters, but not the other rules' targets."""
    titles = {s.title for s in scene.build(pipeline.graph, view="blast", around="StockQueue").shapes}
    assert {"StockQueue", "OrderPlacedRule", "OrderBus", "StockWorker", "StockDeadLetters"} <= titles
    with pytest.raises(LookupError, match="StockQueue"):
        scene.build(pipeline.graph, view="blast", around="StokQueue")


def test_failure_view_has_every_dead_letter_arrow(pipeline: Any) -> None:
    """And what flows only where nothing is caught is left out."""
    drawn = scene.build(pipeline.graph, view="failure")
    failing = [e for e in pipeline.graph.edges if e.kind in scene.FAILURE_KINDS]
    assert {e for a in drawn.arrows for e in a.edges if a.style == "failure"} == set(failing)
    assert "CarrierApi" not in {s.title for s in drawn.shapes}


def test_defaults_are_told_from_what_is_written(tmp_path: Path) -> None:
    """A value that the template writes is upright, AWS's own slanted, also where both are the same."""
    resources = fan(1)
    resources["Queue0"]["Properties"] = {"VisibilityTimeout": 30}
    written = next(s for s in scene.build(described(template(tmp_path, resources)).graph).shapes if s.title == "Queue0")
    assert [(w.text, w.default) for w in written.words] == [("30 s hidden", False), ("4 d kept", True)]
    resources["Rule0"]["Properties"]["Targets"][0]["RetryPolicy"] = {"MaximumRetryAttempts": 185}
    arrows = scene.build(described(template(tmp_path, resources)).graph).arrows
    words = next(a.words for a in arrows if a.kind == "deliver")
    assert [(w.text, w.default) for w in words] == [("185 retries", False), (" / 24 h", True), (", dropped", False)]


def test_trust_draws_principals_of_policies(tmp_path: Path) -> None:
    """Another account and everyone are drawn; a service that an arrow stands for already is not."""
    resources = fan(1)
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    resources["Policy"] = {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [{"Ref": "Queue0"}],
            "PolicyDocument": {
                "Statement": [
                    {**statement, "Principal": {"Service": "events.amazonaws.com"}},
                    {**statement, "Principal": {"AWS": "arn:aws:iam::111122223333:root"}},
                    {**statement, "Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
                    {**statement, "Principal": {"AWS": "444455556666"}, "Action": "sqs:ReceiveMessage"},
                ]
            },
        },
    }
    drawn = scene.build(described(template(tmp_path, resources)).graph, view="trust")
    grants = {a.source: a.label for a in drawn.arrows if a.style == "trust"}
    assert grants == {"principal:account 111122223333": "may send", "principal:anyone": "may send, on conditions"}


def test_mermaid_keeps_the_limits_of_github(tmp_path: Path) -> None:
    """A large system comes in several charts, each within the limits, all of its nodes and arrows in some."""
    analysis = described(template(tmp_path, fan(450)))
    drawn = scene.build(analysis.graph)
    parts = mermaid.split(drawn)
    assert len(parts) > 1
    for part in parts:
        assert len(part.arrows) <= 500
        assert len(mermaid.flowchart(part)) <= 50_000
    assert {s.id for p in parts for s in p.shapes} == {s.id for s in drawn.shapes}
    assert {a.id for p in parts for a in p.arrows} == {a.id for a in drawn.arrows}


def test_hidden_things_are_counted(tmp_path: Path) -> None:
    """Roles, log groups and alarms are no boxes; the picture says how many there are."""
    resources = fan(1)
    resources |= {f"Role{n}": {"Type": "AWS::IAM::Role"} for n in range(3)}
    resources["Logs"] = {"Type": "AWS::Logs::LogGroup"}
    resources["Alarm"] = {"Type": "AWS::CloudWatch::Alarm"}
    drawn = scene.build(described(template(tmp_path, resources)).graph)
    assert (drawn.hidden["IAM resource"], drawn.hidden["log group"], drawn.hidden["alarm"]) == (3, 1, 1)
    assert {s.kind for s in drawn.shapes} == {"bus", "rule", "queue"}


def test_markers() -> None:
    """What stands between the markers is replaced and nothing else; a file without them is refused."""
    text = f"# a\n{BEGIN}\nold\n{END}\nb\n"
    once = between_markers(text, "flowchart LR\n", "mermaid")
    assert once == f"# a\n{BEGIN}\n```mermaid\nflowchart LR\n```\n{END}\nb\n"
    assert between_markers(once, "flowchart LR\n", "mermaid") == once
    for wrong in ("", BEGIN, f"{END}{BEGIN}"):
        with pytest.raises(MarkerError):
            between_markers(wrong, "x", "mermaid")


def test_write_and_check(edalint: Command, tmp_path: Path) -> None:
    """`--check` fails until `--write` has written, and again after the template changed."""
    (tmp_path / "template.yaml").write_text((FIXTURES / "order-pipeline/template.yaml").read_text("utf-8"), "utf-8")
    readme = tmp_path / "README.md"
    readme.write_text(f"# Shop\n{BEGIN}\n{END}\n", "utf-8")
    line = ("diagram", "template.yaml", "--write", "README.md")
    assert edalint(*line, "--check").status == 1
    assert readme.read_text("utf-8") == f"# Shop\n{BEGIN}\n{END}\n"
    assert edalint(*line).status == 0
    assert edalint(*line, "--check").status == 0
    assert "```mermaid" in readme.read_text("utf-8")
    (tmp_path / "template.yaml").write_text(
        (tmp_path / "template.yaml").read_text("utf-8").replace("VisibilityTimeout: 120", "VisibilityTimeout: 60"), "utf-8"
    )
    assert edalint(*line, "--check").status == 1
    readme.write_text("no markers", "utf-8")
    assert edalint(*line).status == 2


def test_a_large_svg_comes_in_readable_pieces(tmp_path: Path) -> None:
    """An overview of the stacks, then each stack; every node is in some piece, and the picture is no wider than a stack needs."""
    for stack in range(4):
        (tmp_path / f"stack{stack}").mkdir()
        template(tmp_path / f"stack{stack}", fan(40))
    analysis = described(tmp_path)
    text = diagrams.render("svg", analysis)
    ET.fromstring(text)
    assert len(analysis.graph.nodes) == 4 * 81
    for node in analysis.graph.nodes.values():
        assert f'data-id="{node.id}"' in text
    assert ">overview<" in text
    for stack in range(4):
        assert f'data-id="group:stack{stack}"' in text


def test_one_hub_with_more_arrows_than_a_chart_can_show(tmp_path: Path) -> None:
    """A bus with a thousand rules: no chart breaks the limits, no arrow is lost."""
    drawn = scene.build(described(template(tmp_path, fan(1000))).graph)
    parts = mermaid.split(drawn)
    assert all(len(p.arrows) <= 500 and len(mermaid.flowchart(p)) <= 50_000 for p in parts)
    assert {a.id for p in parts for a in p.arrows} == {a.id for a in drawn.arrows}
