"""Nested stacks, loops, includes and files beside the template."""

from __future__ import annotations

from pathlib import Path

import pytest

from edalint.model.conditions import describe
from edalint.model.values import Map, OneOf, Ref, Text, Unknown
from tests.frontends.templates import load_text

CHILD = """\
Parameters: {Bus: {Type: String}, Stage: {Type: String, AllowedValues: [dev, prod], Default: dev}, Names: {Type: CommaDelimitedList, Default: ''}}
Conditions: {P: !Equals [!Ref Stage, prod]}
Resources:
  Queue: {Type: 'AWS::SQS::Queue', Condition: P, Properties: {QueueName: !Sub 'q-${Stage}', Tags: !Ref Names}}
  Rule: {Type: 'AWS::Events::Rule', DependsOn: Queue, Properties: {EventBusName: !Ref Bus, Targets: [{Arn: !GetAtt Queue.Arn}]}}
Outputs:
  QueueArn: {Value: !GetAtt Queue.Arn, Export: {Name: child-queue}}
  Bus: {Value: !Ref Bus}
"""
PARENT = """\
Parameters: {Env: {Type: String, AllowedValues: [dev, prod]}}
Resources:
  Bus: {Type: 'AWS::Events::EventBus'}
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./nested/child.yaml
      Parameters: {Bus: !Ref Bus, Stage: !Ref Env, Names: 'a,b'}
  R: {Type: 'X::Y::Z', Properties: {V: !GetAtt Child.Outputs.QueueArn, W: !Sub '${Child.Outputs.Bus}', N: !GetAtt Child.Outputs.Nope}}
Outputs: {Out: {Value: !GetAtt Child.Outputs.QueueArn}}
"""


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_nested_stack_is_part_of_its_unit(tmp_path: Path) -> None:
    """Parameters go down, outputs come up, addresses say the way, and the file is not analysed again."""
    _write(tmp_path, "nested/child.yaml", CHILD)
    loaded = load_text(tmp_path, PARENT)
    queue, rule = loaded["Child/Queue"], loaded["Child/Rule"]

    assert list(loaded.unit.resources) == ["Bus", "Child", "Child/Queue", "Child/Rule", "R"]
    assert queue.id == "t.yaml#Child/Queue"
    assert describe(queue.when) == "Env=prod"
    assert queue.properties["Tags"] == ["a", "b"]
    assert (queue.location.path, queue.location.line) == ("nested/child.yaml", 4)
    assert rule.properties["EventBusName"] == Ref("t.yaml#Bus")
    assert rule.depends_on == ("Child/Queue",)
    assert loaded.value == Ref("t.yaml#Child/Queue", "Arn")
    assert loaded["R"].properties["W"] == Ref("t.yaml#Bus")
    assert isinstance(loaded["R"].properties["N"], Unknown)
    assert loaded.messages == ["the template of Child (nested/child.yaml) has no output Nope"]
    assert loaded.context.named == {"nested/child.yaml"}
    assert [d.path for d in loaded.unit.documents] == ["t.yaml", "nested/child.yaml"]
    assert loaded.unit.outputs == {"Out": Ref("t.yaml#Child/Queue", "Arn")}
    assert [(name, value) for _, name, value in loaded.unit.exports] == [("child-queue", Ref("t.yaml#Child/Queue", "Arn"))]


def test_one_template_nested_twice(tmp_path: Path) -> None:
    """Each nested stack has resources and choices of its own."""
    _write(
        tmp_path,
        "child.yaml",
        "Parameters: {P: {Type: String, AllowedValues: [a, b]}}\nResources: {Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Ref P}}}",
    )
    stack = "{Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: child.yaml}}"
    loaded = load_text(tmp_path, f"Resources: {{A: {stack}, B: {stack}}}")
    choices = {c.choice.name for r in ("A/Q", "B/Q") for c, _ in loaded[r].properties["QueueName"].options}

    assert choices == {"t.yaml#A/P", "t.yaml#B/P"}


def test_nested_applications_of_sam(tmp_path: Path) -> None:
    """`AWS::Serverless::Application` nests a local template just so."""
    _write(tmp_path, "child.yaml", "Resources: {Q: {Type: 'AWS::SQS::Queue'}}\nOutputs: {Arn: {Value: !GetAtt Q.Arn}}")
    loaded = load_text(tmp_path, """
Transform: AWS::Serverless-2016-10-31
Resources:
  App: {Type: 'AWS::Serverless::Application', Properties: {Location: child.yaml}}
  R: {Type: 'X::Y::Z', Properties: {V: !GetAtt App.Outputs.Arn}}
""")  # fmt: skip

    assert loaded.value == Ref("t.yaml#App/Q", "Arn")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("child.yaml", "missing-file"),
        ("Child.yml", "missing-file"),
        ("../outside.yaml", "outside-root"),
        ("/etc/passwd", "outside-root"),
        ("t.yaml", "circular-reference"),
        ("broken.yaml", "syntax"),
        ("list.yaml", "not-a-template"),
        ("https://bucket.s3.amazonaws.com/child.yaml", ""),
        ("s3://bucket/child.yaml", ""),
        ('"a\\0b"', ""),
    ],
)
def test_templates_that_are_not_there(tmp_path: Path, url: str, code: str) -> None:
    """A template that can't be read leaves the stack a resource whose outputs are its own; a local one is missed aloud."""
    root = tmp_path / "root"
    _write(tmp_path, "outside.yaml", CHILD)
    _write(root, "child.yml", CHILD)
    _write(root, "broken.yaml", "a: b: c")
    _write(root, "list.yaml", "- a")
    loaded = load_text(
        root,
        f"Resources:\n  S: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {url}}}}}\n  R: {{Type: 'X::Y::Z', Properties: {{V: !GetAtt S.Outputs.A}}}}",
    )

    assert list(loaded.unit.resources) == ["S", "R"]
    assert loaded.value == Ref("t.yaml#S", "Outputs.A")
    assert loaded.codes == ([code] if code else [])
    assert all(d.severity == "warning" for d in loaded.context.diagnostics)


def test_links_do_not_lead_out(tmp_path: Path) -> None:
    """A link inside of the root to a file outside of it is not followed."""
    root = tmp_path / "root"
    root.mkdir()
    _write(tmp_path, "outside.yaml", CHILD)
    (root / "child.yaml").symlink_to(tmp_path / "outside.yaml")

    assert load_text(root, "Resources: {S: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: child.yaml}}}").codes == [
        "outside-root"
    ]


def test_outputs_that_go_in_circles(tmp_path: Path) -> None:
    """Two nested stacks that wait for each other end as unknowns."""
    _write(
        tmp_path,
        "child.yaml",
        "Parameters: {P: {Type: String}}\nResources: {Q: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Ref P}}}\nOutputs: {O: {Value: !Ref P}}",
    )
    loaded = load_text(tmp_path, """
Resources:
  A: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: child.yaml, Parameters: {P: !GetAtt B.Outputs.O}}}
  B: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: child.yaml, Parameters: {P: !GetAtt A.Outputs.O}}}
""")  # fmt: skip

    assert isinstance(loaded["A/Q"].properties["QueueName"], Unknown)


def test_stacks_that_multiply(tmp_path: Path) -> None:
    """Templates that nest others ten times, six levels deep, end soon."""
    for level in range(7):
        stacks = "".join(
            f"  S{i}: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: l{level + 1}.yaml}}}}\n" for i in range(10)
        )
        _write(tmp_path, f"l{level}.yaml", f"Resources:\n{stacks}")
    loaded = load_text(tmp_path, (tmp_path / "l0.yaml").read_text(encoding="utf-8"), "l0.yaml")

    assert "too-many-stacks" in loaded.codes
    assert len(loaded.unit.resources) < 20_000


ASL = """{
  "StartAt": "Work",
  "States": {
    "Work": {"Type": "Task", "Resource": "${Worker}", "TimeoutSeconds": 5,
      "Parameters": {"Url": "${Queue}/x", "Other": "${Nobody}"}, "End": true}
  }
}
"""
MACHINE = """\
Resources:
  F: {Type: 'AWS::Lambda::Function'}
  M:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      DefinitionS3Location: %s
      DefinitionSubstitutions: {Worker: !GetAtt F.Arn, Queue: !ImportValue q, Wait: 7}
"""


def test_definition_files_beside_the_template(tmp_path: Path) -> None:
    """A local definition becomes `Definition`, with substitutions made and positions in its own file."""
    _write(tmp_path, "m.asl.json", ASL)
    loaded = load_text(tmp_path, MACHINE % "m.asl.json")
    machine = loaded["M"].properties["Definition"]
    work = machine["States"]["Work"]

    assert work["Resource"] == Ref("t.yaml#F", "Arn")
    assert isinstance(work["Parameters"]["Url"], Text)
    assert work["Parameters"]["Other"] == "${Nobody}"
    assert (work.location("Resource").path, work.location("Resource").line) == ("m.asl.json", 4)
    assert loaded["M"].properties.location("Definition").line == 6
    assert loaded.messages == []


def test_placeholders_outside_of_quotes(tmp_path: Path) -> None:
    """`"TimeoutSeconds": ${Wait}` is no JSON until it is substituted."""
    _write(tmp_path, "m.json", ASL.replace('"TimeoutSeconds": 5', '"TimeoutSeconds": ${Wait}'))
    work = load_text(tmp_path, MACHINE % "m.json")["M"].properties["Definition"]["States"]["Work"]

    assert work["TimeoutSeconds"] == 7 or work["TimeoutSeconds"] == "7"
    assert work.location("TimeoutSeconds").line == 4


def test_definitions_in_yaml_and_in_the_template(tmp_path: Path) -> None:
    """A YAML definition, a map in the template and a text get their substitutions alike."""
    _write(tmp_path, "m.asl.yaml", "StartAt: Work\nStates:\n  Work: {Type: Task, Resource: '${Worker}', End: true}\n")
    worker = Ref("t.yaml#F", "Arn")
    substitutions = "DefinitionSubstitutions: {Worker: !GetAtt F.Arn}"
    sections = (
        "Resources:\n  F: {Type: 'AWS::Lambda::Function'}\n  M: {Type: 'AWS::StepFunctions::StateMachine', Properties: {%s, "
        + substitutions
        + "}}"
    )

    from_yaml = load_text(tmp_path, MACHINE % "m.asl.yaml")["M"].properties["Definition"]
    in_place = load_text(tmp_path, sections % "Definition: {States: {Work: {Resource: '${Worker}'}}}")["M"].properties["Definition"]
    as_text = load_text(tmp_path, sections % 'DefinitionString: \'{"Resource": "${Worker}"}\'')["M"].properties["DefinitionString"]

    assert from_yaml["States"]["Work"]["Resource"] == worker
    assert in_place["States"]["Work"]["Resource"] == worker
    assert as_text == Text(('{"Resource": "', worker, '"}'))


@pytest.mark.parametrize(
    ("location", "codes"), [("gone.json", ["missing-file"]), ("{Bucket: b, Key: k}", []), ("s3://b/k", []), ("bad.json", ["syntax"])]
)
def test_definitions_that_are_not_there(tmp_path: Path, location: str, codes: list[str]) -> None:
    """A definition that can't be read is unknown, with a diagnostic where it should have been there; one that is elsewhere is outside."""
    _write(tmp_path, "bad.json", '{"a": ')
    loaded = load_text(tmp_path, MACHINE % location)
    definition = loaded["M"].properties["Definition"]

    assert isinstance(definition, Unknown)
    assert definition.outside is (location != "bad.json")
    assert loaded.codes == codes


def test_assets_of_an_assembly(tmp_path: Path) -> None:
    """The CDK names an asset by bucket and key; the file lies beside the template."""
    _write(tmp_path, "asset.abc.json", ASL)
    loaded = load_text(tmp_path, MACHINE % "{Bucket: !Sub 'assets-${AWS::Region}', Key: abc.json}")

    assert isinstance(loaded["M"].properties["Definition"], Map)


def test_api_descriptions(tmp_path: Path) -> None:
    """A local OpenAPI file is the body; an included one has intrinsic functions."""
    _write(tmp_path, "api.yaml", "openapi: 3.0.1\npaths:\n  /a: {post: {x-amazon-apigateway-integration: {uri: !GetAtt Q.Arn}}}\n")
    beside = load_text(tmp_path, "Resources: {A: {Type: 'AWS::ApiGateway::RestApi', Properties: {BodyS3Location: api.yaml}}}")
    include = "{'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: ./api.yaml}}}"
    included = load_text(
        tmp_path,
        f"Resources:\n  Q: {{Type: 'AWS::SQS::Queue'}}\n  A: {{Type: 'AWS::ApiGateway::RestApi', Properties: {{Body: {include}}}}}",
    )

    assert list(beside["A"].properties["Body"]["paths"]) == ["/a"]
    body = included["A"].properties["Body"]
    assert body["paths"]["/a"]["post"]["x-amazon-apigateway-integration"]["uri"] == Ref("t.yaml#Q", "Arn")
    assert (body.location("paths").path, body.location("paths").line) == ("api.yaml", 2)


@pytest.mark.parametrize(
    "definition", ["DefinitionUri: api.yaml", "DefinitionBody: {'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: api.yaml}}}"]
)
def test_an_api_whose_description_is_not_there_is_what_its_events_ask_for(tmp_path: Path, definition: str) -> None:
    """An event says which path calls the function; a description that can be read has the last word."""
    text = (
        "Transform: AWS::Serverless-2016-10-31\nResources:\n"
        f"  A: {{Type: 'AWS::Serverless::Api', Properties: {{StageName: s, {definition}}}}}\n"
        "  F: {Type: 'AWS::Serverless::Function', Properties: {Events: {E: {Type: Api, Properties: {RestApiId: !Ref A, Path: /p, Method: get}}}}}\n"
    )
    missing = load_text(tmp_path, text)
    _write(tmp_path, "api.yaml", "openapi: 3.0.1\npaths: {/other: {}}\n")
    there = load_text(tmp_path, text)

    assert list(missing["A"].properties["Body"]["paths"]) == ["/p"]
    assert list(there["A"].properties["Body"]["paths"]) == ["/other"]
    assert all(set(unit["A"].properties) <= {"Body", "DefinitionUri", "EndpointConfiguration"} for unit in (missing, there))


def test_includes_beside_other_keys(tmp_path: Path) -> None:
    """What is included joins what stands beside it; a file that is not there leaves the map unknown."""
    _write(tmp_path, "more.yaml", "B: {Type: 'AWS::SNS::Topic'}\n")
    include = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: %s}}"
    text = "Resources:\n  " + include + "\n  A: {Type: 'AWS::SQS::Queue'}\n  R: {Type: 'X::Y::Z', Properties: {V: !Ref B}}\n"

    assert list(load_text(tmp_path, text % "more.yaml").unit.resources) == ["B", "A", "R"]
    missing = load_text(tmp_path, text % "s3://b/k")
    assert list(missing.unit.resources) == ["A", "R"]
    assert isinstance(missing.value, Unknown)
    assert len(missing.messages) == 1


def test_loops_are_unrolled(tmp_path: Path) -> None:
    """`Fn::ForEach` makes resources, properties and outputs, each placed where it is written."""
    loaded = load_text(tmp_path, """\
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}}
Resources:
  Fn::ForEach::Queues:
    - Name
    - !Ref Names
    - Queue${Name}:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Sub 'q-${Name}'
          Fn::ForEach::Inner:
            - Key
            - [x, y]
            - Prop${Key}: !Ref Name
  R: {Type: 'X::Y::Z', Properties: {V: !GetAtt Queueb.Arn}}
Outputs:
  Fn::ForEach::Out: [N, [a], {'Out${N}': {Value: !GetAtt ['Queue${N}', Arn]}}]
""")  # fmt: skip

    assert loaded["Queuea"].properties == {"QueueName": "q-a", "Propx": "a", "Propy": "a"}
    assert loaded["Queueb"].properties["QueueName"] == "q-b"
    assert (loaded["Queueb"].location.line, loaded["Queueb"].properties.location("QueueName").line) == (7, 10)
    assert loaded.value == Ref("t.yaml#Queueb", "Arn")
    assert loaded.unit.outputs == {"Outa": Ref("t.yaml#Queuea", "Arn")}
    assert loaded.messages == []


def test_a_loop_directly_inside_a_loop(tmp_path: Path) -> None:
    """Every turn of the outer loop has all turns of the inner one."""
    loaded = load_text(tmp_path, """\
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Stage:
    - S
    - [Test, Live]
    - Fn::ForEach::Name:
        - N
        - [Orders, Bills]
        - ${S}${N}: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Sub '${S}-${N}'}}
""")  # fmt: skip

    names = {a: r.properties["QueueName"] for a, r in loaded.unit.resources.items()}
    assert names == {"TestOrders": "Test-Orders", "TestBills": "Test-Bills", "LiveOrders": "Live-Orders", "LiveBills": "Live-Bills"}
    assert loaded.messages == []


def test_loops_over_the_unknown(tmp_path: Path) -> None:
    """A loop over what nobody knows is left out with a diagnostic, and names that it may make are unknown, not missing."""
    loaded = load_text(tmp_path, """\
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Queues: [Name, !Ref Names, {'Queue${Name}': {Type: 'AWS::SQS::Queue'}}]
  R: {Type: 'X::Y::Z', Properties: {V: !Ref Queuea, 'Fn::ForEach::W': [Name, !Ref Names, {'X${Name}': 1}]}}
""")  # fmt: skip

    assert list(loaded.unit.resources) == ["R"]
    assert isinstance(loaded.value, Unknown)
    assert isinstance(loaded["R"].get("Xa"), Unknown)
    assert loaded.codes == ["unknown-loop", "unknown-loop"]


def test_loops_are_bounded(tmp_path: Path) -> None:
    """Loops in loops that would make millions of values stop."""
    inner = "{'K${A}${B}${C}${D}': 1}"
    for name in "DCBA":
        inner = f"{{'Fn::ForEach::L{name}': [{name}, [{', '.join(map(str, range(60)))}], {inner}]}}"
    loaded = load_text(tmp_path, f"Resources:\n  R:\n    Type: X::Y::Z\n    Properties: {inner}\n")

    assert "unknown-loop" in loaded.codes


def test_alternatives_of_files(tmp_path: Path) -> None:
    """A definition that hangs on a condition is a choice of definitions."""
    _write(tmp_path, "a.json", '{"StartAt": "A"}')
    _write(tmp_path, "b.json", '{"StartAt": "B"}')
    loaded = load_text(tmp_path, """
Parameters: {S: {Type: String, AllowedValues: [a, b]}}
Resources:
  M: {Type: 'AWS::StepFunctions::StateMachine', Properties: {DefinitionS3Location: !Sub '${S}.json'}}
""")  # fmt: skip
    definition = loaded["M"].properties["Definition"]

    assert isinstance(definition, OneOf)
    assert [v["StartAt"] for _, v in definition.options] == ["A", "B"]
