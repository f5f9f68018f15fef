"""SAM's expansion: it is what AWS's own transform makes, it keeps positions, and no shape breaks it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edalint.frontends.cloudformation import sam
from edalint.model.values import Map
from edalint.sources import reader
from tests.frontends.sam_comparison import differences, summary
from tests.frontends.sam_generated import COUNT, digest, templates

HERE = Path(__file__).parent / "sam"
ANSWERS = json.loads((HERE / "answers.json").read_text())
"""What aws-sam-translator says (tests/oracles/sam.py)."""


def written(text: str) -> Map:
    """A template as it is read."""
    root = reader.read("template.json" if text.startswith("{") else "template.yaml", text).root
    assert isinstance(root, Map)
    return root


def expanded(text: str, said: list[str] | None = None) -> Map:
    """The expansion of a template's text; without `said`, nothing may be said about it."""
    messages: list[str] = [] if said is None else said
    result = sam.expand(written(text), lambda message, place: messages.append(message))
    assert said is not None or not messages
    return result


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_it_is_what_the_sam_transform_makes(name: str) -> None:
    """Every resource, by id: type, condition, and every property but code and tags."""
    assert differences(summary(expanded((HERE / name).read_text())["Resources"]), ANSWERS[name]) == []


def test_generated_templates_become_what_the_sam_transform_makes_of_them() -> None:
    """By digest of the same summaries; `python tests/oracles/sam.py` says in words what differs."""
    answers = (HERE / "generated.txt").read_text().split()
    assert len(answers) == COUNT
    assert answers.count("!") < COUNT // 10
    wrong = []
    for number, (template, answer) in enumerate(zip(templates(), answers, strict=True)):
        if answer != "!" and digest(summary(expanded(json.dumps(template))["Resources"])) != answer:
            wrong.append(number)
    assert wrong == []


def test_every_fixture_has_an_answer() -> None:
    """No template is left out of the comparison."""
    assert sorted(path.name for path in HERE.glob("*.yaml")) == sorted(ANSWERS)


TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 30
Resources:
  Queue:
    Type: AWS::SQS::Queue
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      AutoPublishAlias: live
      Events:
        Orders:
          Type: SQS
          Properties:
            BatchSize: 5
            Queue: !GetAtt Queue.Arn
        Nightly:
          Type: Schedule
          Properties:
            DeadLetterConfig:
              Type: SQS
            Schedule: rate(1 day)
Outputs:
  Alias: {Value: !Sub "${Worker.Alias}"}
  Version: {Value: !GetAtt Worker.Version.Version}
"""


def line(location: Any) -> int:
    """The line of a location that must be there."""
    assert location is not None
    return int(location.line)


def test_positions_are_those_of_the_events_entry() -> None:
    """A generated resource stands at its entry, a property at the property that it was made from."""
    resources = expanded(TEMPLATE)["Resources"]
    assert line(resources.location("WorkerOrders")) == 14
    assert line(resources.location("WorkerNightlyQueue")) == 19
    assert line(resources.location("Worker")) == 8
    assert line(resources["Worker"]["Properties"].location("Timeout")) == 4
    assert line(resources["Worker"]["Properties"].location("Runtime")) == 11
    mapping = resources["WorkerOrders"]["Properties"]
    assert line(mapping.location("BatchSize")) == 17
    assert line(mapping.location("EventSourceArn")) == 18
    assert line(resources["WorkerNightly"]["Properties"].location("ScheduleExpression")) == 24
    copy = mapping.like({"EventSourceArn": "resolved"})
    assert line(copy.location("EventSourceArn")) == 18


def test_marks_say_what_was_written() -> None:
    """Originals keep their written type; what SAM adds is marked as generated and knows its place."""
    resources = expanded(TEMPLATE)["Resources"]
    assert resources["Worker"][sam.MARK]["source_type"] == "AWS::Serverless::Function"
    assert resources["Worker"][sam.MARK]["generated"] is False
    assert resources["WorkerRole"][sam.MARK]["generated"] is True
    assert line(resources["WorkerOrders"][sam.MARK]["place"].location) == 14
    assert sam.MARK not in resources["Queue"]


def test_references_to_generated_resources_are_followed() -> None:
    """`Function.Alias` and `Function.Version` mean the resources that SAM makes."""
    template = expanded(TEMPLATE)
    assert template["Outputs"]["Alias"]["Value"] == {"Fn::Sub": "${WorkerAliaslive}"}
    assert template["Outputs"]["Version"]["Value"] == {"Fn::GetAtt": ["WorkerVersion", "Version"]}


def test_the_written_template_is_left_alone() -> None:
    """Expanding does not change what was read, so it can be done again."""
    root = written((HERE / "push.yaml").read_text())
    before = json.dumps(root, sort_keys=True)
    first = summary(sam.expand(root, lambda *_: None)["Resources"])
    assert json.dumps(root, sort_keys=True) == before
    assert summary(sam.expand(root, lambda *_: None)["Resources"]) == first


def test_an_event_under_a_condition_exists_under_it() -> None:
    """`Fn::If` around an entry, its properties or all of `Events` becomes the condition of what the event makes."""
    text = """
Conditions: {A: !Equals [a, b], B: !Equals [a, c]}
Resources:
  F:
    Type: AWS::Serverless::Function
    Condition: A
    Properties:
      Events:
        One: !If [B, {Type: SQS, Properties: {Queue: arn:aws:sqs:eu-west-1:1:q}}, !Ref "AWS::NoValue"]
        Two: {Type: SQS, Properties: !If [B, {Queue: x}, {Queue: y}]}
"""
    template = expanded(text)
    resources, conditions = template["Resources"], template["Conditions"]
    assert resources["FOne"]["Condition"] == "AANDB"
    assert conditions["AANDB"] == {"Fn::And": [{"Condition": "A"}, {"Condition": "B"}]}
    assert resources["FTwo"]["Properties"]["EventSourceArn"] == "x"
    assert resources["FTwoOtherwise"]["Properties"]["EventSourceArn"] == "y"
    assert conditions[resources["FTwoOtherwise"]["Condition"]] == {"Fn::And": [{"Condition": "A"}, {"Condition": "NOTB"}]}


def test_what_sam_would_refuse_is_said() -> None:
    """Events that SAM does not know or cannot place are told, not passed over."""
    text = """
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Policies: [{NoSuchPolicy: {}}]
      Events:
        A: {Type: Carrier}
        B: {Properties: {}}
        C: {Type: S3, Properties: {Bucket: name, Events: x}}
        D: {Type: SNS}
        E: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {}}}
"""
    said: list[str] = []
    resources = expanded(text, said)["Resources"]
    assert len(said) == 6
    assert any("Carrier" in message for message in said)
    assert resources["FRole"]["Properties"]["Policies"][0]["PolicyDocument"] == {"Fn::Transform": {"Name": "NoSuchPolicy"}}


WRONG: list[Any] = [
    None,
    [],
    {},
    "text",
    7,
    True,
    {"Ref": "X"},
    {"Fn::If": ["C", None, []]},
    {"Fn::If": "C"},
    [[]],
    {"a": {"b": []}},
    [None],
]


def variations(value: Any) -> Any:
    """The value with one thing in it replaced by something of a wrong shape, for every thing and every wrong shape."""
    for wrong in WRONG:
        yield mapped(wrong)
    if isinstance(value, Map):
        for key, inside in value.items():
            for changed in variations(inside):
                yield value.like({**value, key: changed})
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            for changed in variations(inside):
                yield [*value[:index], changed, *value[index + 1 :]]


def mapped(value: Any) -> Any:
    """The value with maps of ours."""
    if isinstance(value, dict):
        return Map({key: mapped(inside) for key, inside in value.items()})
    return [mapped(element) for element in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", sorted(set(ANSWERS) - {"policies.yaml"}))
def test_no_shape_breaks_it(name: str) -> None:
    """Whatever stands anywhere, the expansion gives a template and raises nothing."""
    root = written((HERE / name).read_text())
    for index, broken in enumerate(variations(root)):
        if isinstance(broken, Map) and index % 7 == len(name) % 7:
            assert isinstance(sam.expand(broken, lambda *_: None), Map)
