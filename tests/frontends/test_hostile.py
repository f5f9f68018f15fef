"""No template, whatever is wrong with it and wherever, gives a traceback."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.frontends.cloudformation import load
from edalint.frontends.context import Context
from edalint.model.conditions import describe
from edalint.model.resources import Unit
from edalint.model.values import Map, OneOf, walk
from edalint.sources.discovery import Source

SEED: dict[str, Any] = {
    "Transform": ["AWS::Serverless-2016-10-31", "AWS::LanguageExtensions"],
    "Parameters": {
        "Stage": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"},
        "Open": {"Type": "String"},
        "List": {"Type": "CommaDelimitedList", "Default": "a,b"},
        "Ssm": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/x"},
    },
    "Mappings": {"M": {"dev": {"k": "v", "l": ["a"]}, "prod": {"k": "w", "l": []}}},
    "Conditions": {
        "P": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "O": {"Fn::Or": [{"Condition": "P"}, {"Fn::Not": [{"Fn::Equals": [{"Ref": "Open"}, ""]}]}]},
        "A": {"Fn::And": [{"Condition": "O"}, {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}]},
    },
    "Resources": {
        "Fn::ForEach::Loop": ["X", ["a", {"Ref": "List"}], {"Loop${X}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${X}"}}}}],
        "Q": {
            "Type": "AWS::SQS::Queue", "Condition": "A", "DependsOn": ["T"], "Metadata": {"aws:x": 1},
            "Properties": {
                "QueueName": {"Fn::Sub": ["${Stage}-${X.Y}-${V}", {"V": {"Fn::Select": [0, {"Ref": "List"}]}}]},
                "RedrivePolicy": {"Fn::If": ["P", {"deadLetterTargetArn": {"Fn::GetAtt": ["T", "Arn"]}}, {"Ref": "AWS::NoValue"}]},
                "Other": {"Fn::FindInMap": ["M", {"Ref": "Stage"}, "k", {"DefaultValue": 1}]},
                "Json": {"Fn::ToJsonString": {"a": [{"Ref": "Open"}, {"Fn::If": ["O", 1, 2]}]}},
                "Net": {"Fn::Cidr": ["10.0.0.0/8", 2, 8]},
                "Zone": {"Fn::Select": [1, {"Fn::Split": [":", {"Fn::GetAtt": "T.Arn"}]}]},
                "Len": {"Fn::Length": {"Fn::Split": [",", {"Fn::Join": [",", {"Ref": "List"}]}]}},
                "Imp": {"Fn::ImportValue": {"Fn::Sub": "${Stage}-x"}},
                "Dyn": "{{resolve:ssm:/a/${b}}}-{{resolve:secretsmanager:x}}",
                "B": {"Fn::Base64": {"Fn::GetAZs": ""}},
                "T": {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "child.json"}}},
            },
        },
        "T": {"Type": "AWS::SNS::Topic"},
        "S": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "child.json", "Parameters": {"P": {"Ref": "Stage"}}}},
        "M": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {"DefinitionS3Location": "asl.json", "DefinitionSubstitutions": {"A": {"Fn::GetAtt": ["S", "Outputs.O"]}}},
        },
        "F": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Handler": "x", "Runtime": "python3.13", "CodeUri": ".", "Policies": [{"SQSSendMessagePolicy": {"QueueName": {"Fn::GetAtt": ["Q", "QueueName"]}}}],
                "Events": {"E": {"Type": "SQS", "Properties": {"Queue": {"Fn::GetAtt": ["Q", "Arn"]}}}, "R": {"Type": "EventBridgeRule", "Properties": {"Pattern": {"source": ["x"]}}}},
            },
        },
        "Sm": {"Type": "AWS::Serverless::StateMachine", "Properties": {"DefinitionUri": "asl.json", "DefinitionSubstitutions": {"A": {"Ref": "Q"}}, "Type": "EXPRESS"}},
        "P": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/x", "Value": {"Ref": "Q"}}},
    },
    "Outputs": {"O": {"Value": {"Ref": "Q"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-q"}}, "Condition": "P"}},
}  # fmt: skip
CHILD = {
    "Parameters": {"P": {"Type": "String"}},
    "Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "P"}}}},
    "Outputs": {"O": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}}},
}
ASL = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${A}", "End": True}}}

junk: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, False, 0, -1, 5, 1.5, "", "x", "Q", "${}", "${Q.Arn}", "{{resolve:", "{{resolve:ssm:}}", "Fn::If", [], [[]], ["a", None], {},
        {"a": {}}, {"Ref": "Q"}, {"Ref": "Nope"}, {"Ref": []}, {"Ref": {"Ref": "Stage"}}, {"Ref": "AWS::NoValue"}, {"Ref": "Stage"}, {"Ref": "List"},
        {"Ref": "Open"}, {"Fn::If": ["P", 1, {"Ref": "AWS::NoValue"}]}, {"Fn::If": ["O", [], {}]}, {"Fn::If": "P"}, {"Fn::If": ["Self", 1, 2]},
        {"Fn::GetAtt": ["Q", "Arn"]}, {"Fn::GetAtt": ["S", "Outputs.O"]}, {"Fn::GetAtt": []}, {"Fn::Sub": {}}, {"Fn::Sub": ["${a}", {"a": []}]},
        {"Fn::Join": ["", {"Ref": "Open"}]}, {"Fn::Select": [9, []]}, {"Fn::Split": ["", "a"]}, {"Fn::FindInMap": ["M", "x", {}]},
        {"Fn::Transform": 5}, {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "child.json"}}, "Z": 1},
        {"Fn::ForEach::L": ["X", ["q"], {"k${X}": "${X}"}]}, {"Fn::ForEach::L": 1}, {"Fn::Nope": 1}, {"!Tag": "x"}, {"Condition": "P"},
        "child.json", "asl.json", "t.json", "../x", "a" * 300, 10**30, {"": ""}, {"Fn::Length": 1}, {"Fn::ToJsonString": {"Ref": "Q"}}, [{"Ref": "Stage"}],
    ]
)  # fmt: skip


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside of a value."""
    found = [here]
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        found += paths(inner, (*here, key))
    return found


PATHS = paths(SEED)[1:]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "child.json").write_text(json.dumps(CHILD), encoding="utf-8")
    (folder / "asl.json").write_text(json.dumps(ASL), encoding="utf-8")
    return folder


def run(folder: Path, template: Any) -> list[Unit]:
    text = json.dumps(template)
    context = Context(folder)
    units = load(Source("cloudformation", folder / "t.json", "t.json", True, text), context)
    for unit in units:
        for resource in unit.resources.values():
            assert resource.when is not False
            assert isinstance(resource.properties, Map)
            assert resource.location.line >= 1
            for value in walk([resource.properties, resource.metadata]):
                if isinstance(value, OneOf):
                    assert all(condition is not False and describe(condition) for condition, _ in value.options)
                elif isinstance(value, Map):
                    value.location()
        for value in walk([*unit.outputs.values(), *unit.parameters.values(), *(v for _, _, v in unit.exports)]):
            repr(value)
    assert all(d.message and d.line >= 1 for d in context.diagnostics)
    return units


def test_the_seed_is_whole(folder: Path) -> None:
    """Nothing is wrong with the template that is broken below, so that breaking it says something."""
    (unit,) = run(folder, SEED)

    assert {"Q", "T", "S", "S/Q", "M", "F", "FE", "FR", "Sm", "P", "Loopa", "Loopb"} <= set(unit.resources)
    assert unit.resources["M"].get("Definition", "States", "A", "Resource") is not None


@given(st.lists(st.tuples(st.sampled_from(PATHS), junk, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=400, deadline=None)
def test_any_value_may_stand_anywhere(folder: Path, changes: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    """Junk in the place of any value, or a key renamed to junk, gives units and diagnostics, never an exception."""
    template = copy.deepcopy(SEED)
    for path, value, rename in changes:
        holder: Any = template
        for key in path[:-1]:
            holder = (
                holder[key]
                if (isinstance(holder, dict) and key in holder) or (isinstance(holder, list) and isinstance(key, int) and key < len(holder))
                else None
            )
        if isinstance(holder, dict) and path[-1] in holder:
            if rename and isinstance(value, str):
                holder[value] = holder.pop(path[-1])
            else:
                holder[path[-1]] = copy.deepcopy(value)
        elif isinstance(holder, list) and isinstance(path[-1], int) and path[-1] < len(holder):
            holder[path[-1]] = copy.deepcopy(value)
    run(folder, template)


@pytest.mark.parametrize("name", ["F", "Sm", "S", "M", "Q"])
def test_a_loop_that_is_none_may_be_all_properties(folder: Path, name: str) -> None:
    """A Fn::ForEach that can't be unrolled leaves open which properties there are."""
    template = copy.deepcopy(SEED)
    template["Resources"][name]["Properties"] = {"Fn::ForEach::L": 1}

    assert run(folder, template)


@given(junk)
@settings(max_examples=60, deadline=None)
def test_any_value_may_be_a_section(folder: Path, value: Any) -> None:
    """A whole section may be junk."""
    for section in SEED:
        run(folder, {**SEED, section: value})
    run(folder, value)


def test_the_deepest_template_that_is_read(folder: Path) -> None:
    """As deep as text may be, functions in functions are resolved without an error."""
    value: Any = {"Ref": "Stage"}
    for _ in range(35):
        value = {"Fn::Join": ["", ["a", value]]}
    (unit,) = run(folder, {"Parameters": SEED["Parameters"], "Resources": {"R": {"Type": "X::Y::Z", "Properties": {"V": value}}}})

    assert [v for _, v in unit.resources["R"].properties["V"].options] == ["a" * 35 + "dev", "a" * 35 + "prod"]
