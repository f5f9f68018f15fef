"""Intrinsic functions give plain values, references, texts, alternatives, or unknowns that say why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edalint.model.values import Lookup, OneOf, Ref, Text, Unknown
from tests.frontends.templates import load_text, value_of

QUEUE = Ref("t.yaml#Q", "Arn")
NAME = Ref("t.yaml#Q")
OPEN = Unknown("t.yaml#Parameters.P")
REGION = Unknown("AWS::Region")
SECTIONS = """\
Parameters:
  P: {Type: String}
  D: {Type: String, Default: dee}
  N: {Type: Number, Default: 5}
  L: {Type: CommaDelimitedList, Default: 'a, b,c'}
Mappings:
  M:
    one: {k: 1, list: [x, y], same: s}
    two: {k: 2, list: [z], same: s}
"""


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("!Ref Q", NAME),
        ("!Ref D", "dee"),
        ("!Ref N", "5"),
        ("!Ref L", ["a", "b", "c"]),
        ("!Ref P", OPEN),
        ("!Ref AWS::Region", REGION),
        ("!GetAtt Q.Arn", QUEUE),
        ("{'Fn::GetAtt': [Q, !Ref D]}", Ref("t.yaml#Q", "dee")),
        ("!Sub 'x-${D}'", "x-dee"),
        ("!Sub 'x-${ D }-${!D}'", "x-dee-${D}"),
        ("!Sub '${Q}'", NAME),
        ("!Sub '${Q.Arn}/${P}'", Text((QUEUE, "/", OPEN))),
        ("!Sub ['${A}${D}', {A: !Ref P, D: own}]", Text((OPEN, "own"))),
        ("!Sub '${L}'", "a,b,c"),
        ("!Sub ''", ""),
        ("!Join ['-', [a, !Ref D, 1, true]]", "a-dee-1-true"),
        ("!Join ['', [a, !Ref 'AWS::NoValue', !GetAtt Q.Arn]]", Text(("a", QUEUE))),
        ("!Join [',', [a, !Ref 'AWS::NoValue', b]]", "a,b"),
        ("!Join [',', !Ref L]", "a,b,c"),
        ("!Join ['', [!Ref P]]", OPEN),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['1', !Ref L]", "b"),
        ("!Select [0, [!GetAtt Q.Arn]]", QUEUE),
        ("!Split [',', 'a,b']", ["a", "b"]),
        ("!Select [1, !Split ['-', !Sub 'a-b-${P}']]", "b"),
        ("!Select [5, !Split [':', !GetAtt Q.Arn]]", Ref("t.yaml#Q", "Name")),
        ("!Split [':', !Sub 'a:${AWS::Region}:c']", ["a", REGION, "c"]),
        ("!Split ['-', !Sub 'a-${D}']", ["a", "dee"]),
        ("!FindInMap [M, one, k]", 1),
        ("!FindInMap [M, !Sub 'one', list]", ["x", "y"]),
        ("!FindInMap [M, !Ref P, same]", "s"),
        ("!FindInMap [M, three, k, {DefaultValue: !Ref D}]", "dee"),
        ("!Base64 hi", "aGk="),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("{'Fn::Length': !Ref L}", 3),
        ("{'Fn::ToJsonString': {a: !Ref D, b: [1, true, !Ref 'AWS::NoValue']}}", '{"a":"dee","b":[1,true]}'),
        ("{'Fn::ToJsonString': {a: !GetAtt Q.Arn}}", Text(('{"a":"', QUEUE, '"}'))),
        ("[a, !Ref 'AWS::NoValue', b]", ["a", "b"]),
        ("{a: !Ref 'AWS::NoValue', b: 1}", {"b": 1}),
        ("!Ref AWS::NoValue", None),
        ("2012-10-17", "2012-10-17"),
        ("{Condition: {Bool: {x: true}}}", {"Condition": {"Bool": {"x": True}}}),
        ("'{{resolve'", "{{resolve"),
        ("'{{x}}'", "{{x}}"),
    ],
)
def test_values(tmp_path: Path, expression: str, meant: Any) -> None:
    """What an expression means, without a word of complaint."""
    loaded = value_of(tmp_path, expression, SECTIONS)

    assert loaded.value == meant
    assert loaded.messages == []


@pytest.mark.parametrize(
    ("expression", "symbol", "outside"),
    [
        ("!FindInMap [M, !Ref P, k]", "FindInMap(M,<t.yaml#Parameters.P>,k)", True),
        ("!Join [',', !Split [',', !Ref P]]", "Join(,,<Split(,,<t.yaml#Parameters.P>)>)", True),
        ("!Select [3, !Split ['-', !Ref P]]", "Select(3,-,<t.yaml#Parameters.P>)", True),
        ("!GetAZs ''", "GetAZs(<AWS::Region>)", True),
        ("!Split [',', !GetAtt Q.Arn]", "Split(,,<t.yaml#Q.Arn>)", False),
        ("!Base64 {Ref: P}", "Base64(<t.yaml#Parameters.P>)", True),
        ("'{{resolve:secretsmanager:S:SecretString:k}}'", "{{resolve:secretsmanager:S:SecretString:k}}", True),
        ("{'Fn::Transform': {Name: Macro, Parameters: {}}}", "", False),
        ("{'Fn::Transform': {Name: Macro}, Other: 1}", "", False),
    ],
)
def test_unknowns_are_equal_for_equal_inputs(tmp_path: Path, expression: str, symbol: str, outside: bool) -> None:
    """A function of something unknown has a symbol of its own; it is outside of the run where its inputs are."""
    loaded = value_of(tmp_path, expression, SECTIONS)

    assert isinstance(loaded.value, Unknown)
    assert (loaded.value.symbol, loaded.value.outside) == (symbol, outside)
    assert loaded.messages == []


def test_pseudo_parameters(tmp_path: Path) -> None:
    """Pseudo parameters are symbols of the template until region and account are given."""
    text = "!Sub '${AWS::Partition}/${AWS::Region}/${AWS::AccountId}/${AWS::URLSuffix}'"

    assert value_of(tmp_path, text, region="us-gov-west-1", account="1" * 12).value == f"aws-us-gov/us-gov-west-1/{'1' * 12}/amazonaws.com"
    assert value_of(tmp_path, text, region="cn-north-1", account="1" * 12).value == f"aws-cn/cn-north-1/{'1' * 12}/amazonaws.com.cn"
    unknown = value_of(tmp_path, text).value
    assert [p.symbol for p in unknown.parts if isinstance(p, Unknown)] == [
        "AWS::Partition",
        "AWS::Region",
        "AWS::AccountId",
        "AWS::URLSuffix",
    ]
    assert all(p.excludes == ":/" and p.outside for p in unknown.parts if not isinstance(p, str))
    assert value_of(tmp_path, "!Ref AWS::StackName").value == Unknown("t.yaml#AWS::StackName")


@pytest.mark.parametrize(
    ("expression", "kind", "key"),
    [
        ("!ImportValue net-id", "export", "net-id"),
        ("!ImportValue {'Fn::Sub': '${P}-id'}", "export", Text((OPEN, "-id"))),
        ("'{{resolve:ssm:/a/b:3}}'", "ssm", "/a/b"),
        ("!Sub '{{resolve:ssm:/${P}/b}}'", "ssm", Text(("/", OPEN, "/b"))),
    ],
)
def test_lookups(tmp_path: Path, expression: str, kind: str, key: Any) -> None:
    """What another stack may provide is looked up by linking, so the unit lists it."""
    loaded = value_of(tmp_path, expression, SECTIONS)

    assert isinstance(loaded.value, Lookup)
    assert (loaded.value.kind, loaded.value.key) == (kind, key)
    assert loaded.unit.lookups == [loaded.value]


def test_dynamic_references_stand_inside_of_texts(tmp_path: Path) -> None:
    """A text may hold several dynamic references, and something around them."""
    value = value_of(tmp_path, "'a{{resolve:ssm:x}}b{{resolve:secretsmanager:y}}'").value

    assert isinstance(value, Text)
    assert [p.symbol if isinstance(p, Unknown) else p for p in value.parts] == ["a", "ssm:x", "b", "{{resolve:secretsmanager:y}}"]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("!Ref Queu", "Queu is neither a resource nor a parameter"),
        ("!Ref AWS::Regoin", "there is no pseudo parameter AWS::Regoin; did you mean 'AWS::Region'?"),
        ("!GetAtt QQ.Arn", "there is no resource QQ"),
        ("!Sub '${Nobody}'", "Nobody is neither"),
        ("!Sub '${Nobody.Arn}'", "there is no resource Nobody"),
        ("!Joined [a]", "unknown intrinsic function !Joined; did you mean '!Join'?"),
        ("{'Fn::Joyn': [a]}", "unknown intrinsic function Fn::Joyn; did you mean 'Fn::Join'?"),
        ("!Select [7, [a]]", "asks for element 7 of a list of 1"),
        ("!FindInMap [M, three, k]", "no key three"),
        ("!FindInMap [X, a, b]", "no mapping X"),
        ("!If [NoSuch, a, b]", "there is no condition NoSuch"),
        ("!Join [a]", "Fn::Join can't be read"),
        ("!Sub [1, 2, 3]", "Fn::Sub can't be read"),
        ("!GetAtt Q", "Fn::GetAtt can't be read"),
        ("!Cidr [nonsense, 1, 8]", "Fn::Cidr"),
    ],
)
def test_mistakes_are_diagnosed_and_unknown(tmp_path: Path, expression: str, words: str) -> None:
    """A mistake gives one warning at its line, and a value that may be anything of this run."""
    loaded = value_of(tmp_path, expression, SECTIONS)

    (diagnostic,) = loaded.context.diagnostics
    assert words in diagnostic.message
    assert (diagnostic.path, diagnostic.severity) == ("t.yaml", "warning")
    assert diagnostic.line == len(SECTIONS.split("\n")) + 6
    for value in [o for _, o in loaded.value.options] if isinstance(loaded.value, OneOf) else [loaded.value]:
        assert value in ("a", "b") or (isinstance(value, Unknown) and not value.outside)


def test_texts_of_texts_stay_small(tmp_path: Path) -> None:
    """A text that doubles at every level ends as an unknown, soon."""
    text = "x" * 1000
    for _ in range(35):
        text = f"{{'Fn::Sub': ['${{a}}${{a}}', {{a: {text}}}]}}"
    value = value_of(tmp_path, text).value

    assert isinstance(value, Text)
    assert {p.reason for p in value.parts if isinstance(p, Unknown)} == {"a text of more than 1000000 characters"}
    assert not any(isinstance(p, str) for p in value.parts)


def test_resources_know_where_they_are_written(tmp_path: Path) -> None:
    """Address, line, condition, dependencies, metadata and the written form of a resource come along."""
    loaded = load_text(
        tmp_path,
        "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    DependsOn: [B, 1]\n    Metadata: {k: v}\n    Properties:\n      QueueName: !Sub 'x'\n  B: {Type: 'AWS::SNS::Topic', DependsOn: A}\n",
    )
    a, b = loaded["A"], loaded["B"]

    assert (a.id, a.type, a.location.line, a.depends_on, a.metadata) == ("t.yaml#A", "AWS::SQS::Queue", 2, ("B",), {"k": "v"})
    assert a.properties == {"QueueName": "x"}
    assert a.properties.location("QueueName").line == 7
    assert a.written["Properties"]["QueueName"] == {"Fn::Sub": "x"}
    assert (b.properties, b.depends_on, b.location.line) == ({}, ("A",), 8)
    assert loaded.unit.scopes == ("t.yaml", ".")


def test_outputs_exports_and_parameters_in_ssm(tmp_path: Path) -> None:
    """What leaves the stack is listed, each with the condition under which it does."""
    loaded = load_text(tmp_path, """
Conditions: {C: !Equals [!Ref P, x], Never: !Equals [a, b]}
Parameters: {P: {Type: String}}
Resources:
  Q: {Type: 'AWS::SQS::Queue'}
  S: {Type: 'AWS::SSM::Parameter', Properties: {Name: /q, Value: !GetAtt Q.Arn}}
Outputs:
  Plain: {Value: !GetAtt Q.Arn}
  Exported: {Value: !Ref Q, Export: {Name: !Sub 'the-${AWS::Region}'}, Condition: C}
  Gone: {Value: !Ref Q, Condition: Never, Export: {Name: gone}}
""", region="eu-west-1")  # fmt: skip
    unit = loaded.unit

    assert unit.outputs["Plain"] == QUEUE
    assert isinstance(unit.outputs["Exported"], OneOf)
    assert list(unit.outputs) == ["Plain", "Exported"]
    ((when, name, value),) = unit.exports
    assert (name, value) == ("the-eu-west-1", NAME)
    assert when is not True
    assert unit.ssm == [(True, "/q", QUEUE)]


def test_json_templates_are_the_same(tmp_path: Path) -> None:
    """A JSON template gives the same resources, with positions of its own."""
    text = '{\n"Resources": {\n"Q": {"Type": "AWS::SQS::Queue",\n"Properties": {"QueueName":\n{"Fn::Sub": "x-${AWS::Region}"}}}}}'
    loaded = load_text(tmp_path, text, "t.json")

    assert loaded["Q"].properties["QueueName"] == Text(("x-", REGION))
    assert loaded["Q"].location.line == 3
    assert loaded["Q"].properties.location("QueueName").line == 4
