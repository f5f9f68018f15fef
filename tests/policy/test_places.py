"""Where findings point: the key that is there, the nearest above one that is not, a program's line before a template's."""

from __future__ import annotations

from pathlib import Path

import pytest

from edalint.analysis import analyze
from edalint.config import Settings
from edalint.model.graph import EventGraph
from edalint.model.locations import Location
from edalint.policy.evaluate import judge
from edalint.policy.findings import Maker
from tests.policy.policies import rule

TEMPLATE = """\
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: q
      Tags:
        - Key: team
          Value: orders
      RedrivePolicy:
        maxReceiveCount: 3
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [a]}
      Targets:
        - Id: one
          Arn: !GetAtt Q.Arn
        - Id: two
          Arn: !GetAtt Q.Arn
          RetryPolicy: {MaximumRetryAttempts: 0}
"""


@pytest.fixture
def graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EventGraph:
    monkeypatch.setattr(Maker, "_fix", lambda self, rule: "")
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return analyze([tmp_path], judge=False).graph


def lines(graph: EventGraph, text: str) -> list[int]:
    return [f.location.line for f in judge(graph, [rule(text)]).findings]


@pytest.mark.parametrize(
    ("at", "line"),
    [
        ("node", 2),
        ("node.properties.QueueName", 5),
        ("node.properties.RedrivePolicy.maxReceiveCount", 10),
        ("node.properties.RedrivePolicy.deadLetterTargetArn", 9),
        ("node.properties.Nothing", 2),
        ("node.properties.Nothing.deeper.still", 2),
        ("node.properties.Tags[0].Value", 8),
        ("node.properties.Tags[7].Value", 6),
        ("node.properties['QueueName']", 5),
        ("node.in_edges", 16),
        ("node.in_edges[1]", 18),
        ("node.in_edges[1].part.properties.RetryPolicy", 20),
    ],
)
def test_at_points_at_the_key_or_the_nearest_above(graph: EventGraph, at: str, line: int) -> None:
    """A present property is pointed at, an absent one at the nearest key above it, a node, edge or part at its own line."""
    assert lines(graph, f"match: {{node: queue}}\nat: {at}") == [line]


def test_parts_point_at_themselves(graph: EventGraph) -> None:
    """Without `at` a target is pointed at where it is written; with it at its own key, or itself where that is absent."""
    assert lines(graph, "match: {part: target}") == [16, 18]
    assert lines(graph, "match: {part: target}\nat: part.properties.RetryPolicy") == [16, 20]


def test_a_program_comes_before_its_template(graph: EventGraph) -> None:
    """With the CDK's source lines a finding points at the user's program, first where the property was set."""
    queue = graph.resources[next(i for i in graph.resources if i.endswith("#Q"))]
    queue.source = Location("lib/stack.ts", 7, 1, 7, 2)
    [finding] = judge(graph, [rule("match: {node: queue}\nat: node.properties.QueueName")]).findings
    assert (finding.location.path, finding.location.line) == ("lib/stack.ts", 7)
    assert [(r.location.line, r.message) for r in finding.related] == [(5, "in the template")]

    queue.property_sources["QueueName"] = Location("lib/stack.ts", 9, 3, 9, 4)
    [finding] = judge(graph, [rule("match: {node: queue}\nat: node.properties.QueueName")]).findings
    assert finding.location.line == 9


def test_related_places_are_said_once_each(graph: EventGraph) -> None:
    """Every place that `related` gives is named, with its words filled in."""
    text = 'match: {node: queue}\nrelated: [{at: node.in_edges, says: "{node} gets events here"}]'
    [finding] = judge(graph, [rule(text)]).findings

    assert [(r.location.line, r.message) for r in finding.related] == [(16, "Q gets events here"), (18, "Q gets events here")]


def test_senders_that_do_nothing_wrong_are_not_named(tmp_path: Path) -> None:
    """Of the senders of a FIFO queue, EDA502 names those that give no deduplication id."""
    (tmp_path / "template.yaml").write_text(
        """\
Resources:
  Source: {Type: AWS::SQS::Queue}
  Steps:
    Type: AWS::SQS::Queue
    Properties: {FifoQueue: true}
  Forward:
    Type: AWS::Pipes::Pipe
    Properties:
      Source: !GetAtt Source.Arn
      Target: !GetAtt Steps.Arn
      RoleArn: arn:aws:iam::111122223333:role/pipe
      TargetParameters: {SqsQueueParameters: {MessageGroupId: $.body.order, MessageDeduplicationId: $.messageId}}
  Hourly:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: rate(1 hour)
      FlexibleTimeWindow: {Mode: "OFF"}
      Target: {Arn: !GetAtt Steps.Arn, RoleArn: "arn:aws:iam::111122223333:role/s", SqsParameters: {MessageGroupId: hourly}}
"""
    )

    [finding] = analyze([tmp_path], Settings(only=("EDA502",))).findings

    assert "every message from Hourly:" in finding.message
    assert [place.location.line for place in finding.related] == [18]
