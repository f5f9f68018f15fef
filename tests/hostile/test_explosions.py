"""Small templates that unfold to much: values, alternatives, branches, paths. What is cut is unknown, never guessed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.running import beside


def _template(properties: dict[str, Any], type: str = "AWS::SQS::Queue", **sections: Any) -> dict[str, Any]:
    return {**sections, "Resources": {"R": {"Type": type, "Properties": properties}}}


def _loops(depth: int, width: int) -> dict[str, Any]:
    body: dict[str, Any] = {"R" + "".join(f"${{X{i}}}" for i in range(depth)): {"Type": "AWS::SQS::Queue"}}
    for i in range(depth):
        body = {f"Fn::ForEach::L{i}": [f"X{i}", [f"a{n}" for n in range(width)], body]}
    return {"Transform": "AWS::LanguageExtensions", "Resources": body}


def _conditions(count: int, nested: bool) -> dict[str, Any]:
    parameters = {f"P{i}": {"Type": "String", "AllowedValues": ["a", "b", "c"]} for i in range(count)}
    conditions = {f"C{i}": {"Fn::Equals": [{"Ref": f"P{i}"}, "a"]} for i in range(count)}
    value: Any = "z"
    if nested:
        for i in range(count):
            value = {"Fn::If": [f"C{i}", f"v{i}", value]}
        value = {"Fn::Join": ["", [value] * 8]}
    else:
        value = {"Fn::Join": ["-", [{"Fn::If": [f"C{i}", f"v{i}", f"w{i}"]} for i in range(count)]]}
    queues = {f"Q{i}": {"Type": "AWS::SQS::Queue", "Condition": f"C{i}", "Properties": {"QueueName": value}} for i in range(0, count, 8)}
    return {"Parameters": parameters, "Conditions": conditions, "Resources": queues}


def _condition_chain(count: int) -> dict[str, Any]:
    conditions: dict[str, Any] = {f"C{i}": {"Fn::Equals": [{"Ref": f"P{i}"}, "a"]} for i in range(count)}
    conditions |= {
        f"D{i}": {"Fn::Or": [{"Condition": f"D{i - 1}"}, {"Fn::And": [{"Condition": f"D{i - 1}"}, {"Condition": f"C{i}"}]}]}
        for i in range(1, count)
    }
    conditions["D0"] = {"Condition": "C0"}
    parameters = {f"P{i}": {"Type": "String"} for i in range(count)}
    return {**_template({"QueueName": {"Fn::If": [f"D{count - 1}", "a", "b"]}}), "Parameters": parameters, "Conditions": conditions}


def _parameters(count: int) -> dict[str, Any]:
    parameters = {f"P{i}": {"Type": "String", "AllowedValues": [f"v{n}" for n in range(50)]} for i in range(count)}
    return _template({"QueueName": {"Fn::Join": ["", [{"Ref": f"P{i}"} for i in range(count)]]}}, Parameters=parameters)


def _subs(depth: int) -> dict[str, Any]:
    value: Any = "x"
    for _ in range(depth):
        value = {"Fn::Sub": ["${a}${a}${a}${a}", {"a": value}]}
    return _template({"QueueName": value})


def _joins(depth: int) -> dict[str, Any]:
    value: Any = "x" * 100
    for _ in range(depth):
        value = {"Fn::Join": ["", [value]]}
    return _template({"QueueName": {"Fn::Join": ["", {"Fn::Split": ["x", value]}]}})


def _mappings() -> dict[str, Any]:
    keys = {f"k{i}": {f"s{n}": f"v{n}" for n in range(100)} for i in range(100)}
    value = {"Fn::FindInMap": ["M", {"Ref": "P"}, {"Ref": "S"}]}
    parameters = {"P": {"Type": "String"}, "S": {"Type": "String"}}
    return _template({"QueueName": {"Fn::Join": ["", [value] * 20]}}, Mappings={"M": keys}, Parameters=parameters)


def _rules(*patterns: Any) -> dict[str, Any]:
    rules = {
        f"R{i}": {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": p, "Targets": [{"Id": "t", "Arn": {"Fn::GetAtt": ["Q", "Arn"]}}]},
        }
        for i, p in enumerate(patterns)
    }
    return {"Resources": {**rules, "Q": {"Type": "AWS::SQS::Queue"}}}


def _deep(levels: int, leaf: Any, key: str = "detail") -> Any:
    for _ in range(levels):
        leaf = {key: leaf}
    return leaf


def _states(depth: int) -> dict[str, Any]:
    state: Any = {"Type": "Pass", "End": True}
    for _ in range(depth):
        state = {"Type": "Parallel", "End": True, "Branches": [{"StartAt": "A", "States": {"A": state}}]}
    return {"StartAt": "A", "States": {"A": state}}


def _machine(definition: Any, *, text: bool = True) -> dict[str, Any]:
    key = "DefinitionString" if text else "Definition"
    return _template({key: json.dumps(definition) if text else definition, "RoleArn": "x"}, "AWS::StepFunctions::StateMachine")


def _choices(count: int) -> dict[str, Any]:
    """Every state may go on to every other one."""
    names = [f"S{i}" for i in range(count)]
    choices = [{"Variable": "$.x", "IsPresent": True, "Next": n} for n in names]
    return {"StartAt": "S0", "States": {n: {"Type": "Choice", "Choices": choices, "Default": "S0"} for n in names}}


def _chain(value: Callable[[int], Any], last: Any, count: int = 40) -> Any:
    """`Fn::If` in `Fn::If`, each on a condition of its own."""
    for i in range(count):
        last = {"Fn::If": [f"C{i}", value(i), last]}
    return last


def _arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def _chosen(resources: dict[str, Any], conditions: dict[str, Any] | None = None) -> dict[str, Any]:
    """Resources whose conditions C0 to C39 hang on a parameter each."""
    sections = _conditions(40, nested=False)
    return {**sections, "Conditions": {**sections["Conditions"], **(conditions or {})}, "Resources": resources}


def _subscriptions() -> dict[str, Any]:
    """Every topic may have every queue."""
    resources: dict[str, Any] = {}
    for i in range(40):
        ends = {"TopicArn": _chain(lambda i: {"Ref": f"T{i}"}, {"Ref": "T0"}), "Endpoint": _chain(lambda i: _arn(f"Q{i}"), _arn("Q0"))}
        redrive = {"deadLetterTargetArn": _chain(lambda i: _arn(f"Q{i}"), _arn("Q0")), "maxReceiveCount": _chain(lambda i: i, 3)}
        resources |= {
            f"Q{i}": {"Type": "AWS::SQS::Queue", "Condition": f"C{i}", "Properties": {"RedrivePolicy": redrive}},
            f"T{i}": {"Type": "AWS::SNS::Topic"},
            f"S{i}": {"Type": "AWS::SNS::Subscription", "Condition": f"C{i}", "Properties": {"Protocol": "sqs", **ends}},
        }
    return _chosen(resources)


def _chosen_patterns() -> dict[str, Any]:
    """Rules whose pattern and targets hang on all conditions."""
    pattern = {
        "source": [_chain(lambda i: f"v{i}", "z")],
        "detail": {f"k{i}": {"Fn::If": [f"C{i}", ["a"], {"Ref": "AWS::NoValue"}]} for i in range(40)},
    }
    targets = [{"Id": f"t{i}", "Arn": _chain(lambda i: _arn("Q"), "x")} for i in range(5)]
    rules = {
        f"R{i}": {"Type": "AWS::Events::Rule", "Condition": f"C{i}", "Properties": {"EventPattern": pattern, "Targets": targets}}
        for i in range(40)
    }
    return _chosen({"Q": {"Type": "AWS::SQS::Queue"}, **rules})


def _chosen_states() -> dict[str, Any]:
    states = {
        f"S{i}": {
            "Type": "Task",
            "Resource": _chain(lambda i: "arn:aws:states:::lambda:invoke", "arn:aws:states:::sqs:sendMessage"),
            "Parameters": {"QueueUrl": _chain(lambda i: {"Ref": "Q"}, "x")},
            "Next": {"Fn::If": [f"C{i}", f"S{(i + 1) % 40}", f"S{(i + 7) % 40}"]},
            "Retry": _chain(lambda i: [{"ErrorEquals": ["States.ALL"], "MaxAttempts": i}], []),
        }
        for i in range(40)
    }  # fmt: skip
    return _chosen(
        {
            "Q": {"Type": "AWS::SQS::Queue"},
            **_machine({"StartAt": {"Fn::If": ["C0", "S0", "S1"]}, "States": states}, text=False)["Resources"],
        }
    )


def _clauses() -> dict[str, Any]:
    """A conjunction of forty disjunctions, its negation, and both at once, which is never."""
    clauses = {
        "X": {"Fn::And": [{"Fn::Or": [{"Condition": f"C{i}"}, {"Fn::Not": [{"Condition": f"C{(i + 1) % 40}"}]}]} for i in range(40)]},
        "Y": {"Fn::Not": [{"Condition": "X"}]},
        "Z": {"Fn::And": [{"Condition": "X"}, {"Condition": "Y"}]},
    }
    resources: dict[str, Any] = {}
    for i in range(40):
        ends = {"TopicArn": {"Ref": f"T{i}"}, "Protocol": "sqs", "Endpoint": _arn(f"Q{i}")}
        resources |= {
            f"Q{i}": {"Type": "AWS::SQS::Queue", "Condition": "XYZ"[i % 3]},
            f"T{i}": {"Type": "AWS::SNS::Topic", "Condition": "XYZ"[i % 3]},
            f"S{i}": {"Type": "AWS::SNS::Subscription", "Condition": "ZXY"[i % 3], "Properties": ends},
        }
    return _chosen(resources, clauses)


OR_BRANCHES = {"$or": [{f"k{i}": [i]} for i in range(1100)]}
OR_PRODUCT = {f"d{i}": {"$or": [{"a": ["x"]}, {"b": ["y"]}, {"c": ["z"]}, {"d": ["w"]}]} for i in range(12)}
WILD = [{"wildcard": "*a" * 500 + "*"}, {"wildcard": "*" + "a*b" * 300}, {"wildcard": "*a*" * 30 + "b"}]
EXPLOSIONS = {
    "for-each-nested": _loops(6, 50),
    "for-each-wide": _loops(2, 220),
    "conditions-side-by-side": _conditions(40, nested=False),
    "conditions-nested": _conditions(40, nested=True),
    "conditions-of-subscriptions": _subscriptions(),
    "conditions-of-patterns": _chosen_patterns(),
    "conditions-of-states": _chosen_states(),
    "conditions-that-contradict": _clauses(),
    "conditions-that-use-conditions": _condition_chain(40),
    "parameters-multiplied": _parameters(12),
    "sub-in-sub": _subs(40),
    "join-and-split": _joins(35),
    "mappings-by-unknown-keys": _mappings(),
    "or-branches": _rules(OR_BRANCHES, OR_BRANCHES),
    "or-products": _rules({"detail": OR_PRODUCT}, {"detail": OR_PRODUCT}),
    "or-nested": _rules(_deep(40, {"$or": [{"a": ["b"]}, {"c": ["d"]}]}, "$or"), {"detail": _deep(100, ["x"], "x")}),
    "wildcards": _rules({"source": WILD}, {"source": [{"wildcard": "a*" * 400}]}, {"detail-type": [{"anything-but": {"wildcard": ["*a*" * 60]}}]}),
    "wildcards-many": _rules(*[{"detail": {"x": [{"wildcard": f"*{c}*a*{c}*b*"} for c in "abcdefghijklmnop"]}} for _ in range(20)]),
    "pattern-deep": _rules(_deep(110, ["x"])),
    "states-nested": _machine(_states(28), text=False),
    "states-nested-in-text": _machine(_states(100)),
    "states-that-all-meet": _machine(_choices(300)),
    "to-json-nested": _template({"QueueName": {"Fn::ToJsonString": {"a": [{"Fn::ToJsonString": {"b": ["x" * 1000] * 50}}] * 50}}}, Transform="AWS::LanguageExtensions"),
    "cidr": _template({"QueueName": {"Fn::Join": [",", {"Fn::Cidr": ["::/0", 10**9, 10**9]}]}}),
    "ranges": _template({"DelaySeconds": {"Fn::Select": [10**30, ["a"]]}, "QueueName": {"Fn::Split": ["", "x" * 100_000]}}),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPLOSIONS)
def test_what_unfolds_is_bounded(name: str, tmp_path: Path) -> None:
    """A run ends within its limits, judges what lies beside, and is no failure: what was cut is a warning."""
    ended = beside(tmp_path, "t.json", json.dumps(EXPLOSIONS[name]))

    assert ended.status == 1
    assert set(ended.diagnostics.get("t.json", ())) <= {"unknown-loop", "wrong-shape", "missing-reference"}


HCL = {
    "brackets": "locals {\n  a = " + "[" * 100_000 + "]" * 100_000 + "\n}\n",
    "parentheses": "locals {\n  a = " + "(" * 100_000 + "1" + ")" * 100_000 + "\n}\n",
    "negations": "locals {\n  a = " + "!" * 100_000 + "true\n}\n",
    "sums": "locals {\n  a = 1" + " + 1" * 20_000 + "\n}\n",
    "conditionals": "locals {\n  a = " + "true ? 1 : " * 20_000 + "2\n}\n",
    "attributes": "locals {\n  a = b" + ".c" * 20_000 + "\n}\n",
    "indexes": "locals {\n  a = b" + "[0]" * 20_000 + "\n}\n",
    "splats": "locals {\n  a = b" + "[*]" * 20_000 + "\n}\n",
    "calls": "locals {\n  a = " + "max(" * 50_000 + "1" + ")" * 50_000 + "\n}\n",
    "blocks": "a {\n" * 50_000 + "}\n" * 50_000,
    "templates": "locals {\n  a = " + '"${' * 20_000 + "1" + '}"' * 20_000 + "\n}\n",
    "directives": 'locals {\n  a = "' + "%{ if true }" * 20_000 + "%{ endif }" * 20_000 + '"\n}\n',
    "objects": "locals {\n  a = " + "{ a = " * 50_000 + "1" + " }" * 50_000 + "\n}\n",
}
"""HCL that stands too deep."""
EVALUATED = {
    "doubling": "locals {\n  a0 = [1, 1]\n" + "".join(f"  a{i} = concat(local.a{i - 1}, local.a{i - 1})\n" for i in range(1, 60)) + "}\n",
    "text-doubling": 'locals {\n  a0 = "x"\n'
    + "".join(f'  a{i} = "${{local.a{i - 1}}}${{local.a{i - 1}}}"\n' for i in range(1, 60))
    + "}\n",
    "nested-doubling": "locals {\n  a0 = [1]\n" + "".join(f"  a{i} = [local.a{i - 1}, local.a{i - 1}]\n" for i in range(1, 60)) + "}\n",
    "range": "locals {\n  a59 = [for x in range(1000000000) : [for y in range(1000000000) : y]]\n}\n",
    "products": "locals {\n  a59 = setproduct(" + ", ".join(["range(100)"] * 6) + ")\n}\n",
    "loops": "locals {\n  l = range(900)\n  a59 = [for a in local.l : [for b in local.l : [for c in local.l : [for d in local.l : a]]]]\n}\n",
    "format": 'locals {\n  a59 = format("%999999999d", 1)\n}\n',
    "power": "locals {\n  a59 = pow(10, pow(10, 10))\n}\n",
    "big": "locals {\n  a59 = " + "9" * 4000 + " * " + "9" * 4000 + "\n}\n",
    "replace": 'locals {\n  a59 = replace("' + "a" * 4000 + '", "/(a*)*b/", "c")\n}\n',
    "regex": 'locals {\n  a59 = regexall("(x+x+)+y", "' + "x" * 4000 + '")\n}\n',
    "cycle": "locals {\n  a59 = local.b\n  b = local.a59\n}\n",
    "self": 'module "m" {\n  source = "./"\n}\nlocals {\n  a59 = module.m.x\n}\n',
    "chain": "locals {\n  a0 = 1\n" + "".join(f"  a{i} = local.a{i - 1} + 1\n" for i in range(1, 3000)) + "}\n",
    "pad": 'locals {\n  a59 = join("", [for x in range(1024) : join("", [for y in range(1024) : "xxxxxxxxxxxxxxxxxxxx"])])\n}\n',
    "cidr": 'locals {\n  a59 = cidrsubnets("10.0.0.0/8", ' + ", ".join(["16"] * 2000) + ")\n}\n",
    "decode": 'locals {\n  a59 = jsondecode("' + "[" * 50_000 + "]" * 50_000 + '")\n}\n',
    "yaml": 'locals {\n  a59 = yamldecode("a: &a [x,x]\\nb: &b [*a,*a]\\nc: &c [*b,*b]")\n}\n',
}
QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = jsonencode(local.a59)\n}\n'


@pytest.mark.parametrize("name", HCL)
def test_deep_hcl_is_refused_or_unknown(name: str, tmp_path: Path) -> None:
    """However deep an expression or block stands: a place and a message, or a value that is not known."""
    ended = beside(tmp_path, "tf/main.tf", HCL[name] + QUEUE.replace("local.a59", "local.a"), "tf")

    assert set(ended.diagnostics.get("tf/main.tf", ["syntax"])) <= {"syntax"}


@pytest.mark.parametrize("name", EVALUATED)
def test_evaluation_is_bounded(name: str, tmp_path: Path) -> None:
    """Values that double, loops in loops and numbers without end come to an end as unknown values; the queue is there."""
    text = EVALUATED[name] + (QUEUE if name != "chain" else QUEUE.replace("a59", "a2999"))
    ended = beside(tmp_path, "tf/main.tf", text, "tf")

    assert ended.report["summary"]["resources"] >= 4


@pytest.mark.parametrize(
    "meta",
    ["count = 1000000000", "for_each = toset([for x in range(1000000) : tostring(x)])", "count = var.unknown", "for_each = var.unknown"],
)
def test_copies_of_a_resource_are_bounded(meta: str, tmp_path: Path) -> None:
    """A count or for_each of any size makes a bounded number of resources."""
    text = f'variable "unknown" {{}}\nresource "aws_sqs_queue" "q" {{\n  {meta}\n}}\n'
    ended = beside(tmp_path, "tf/main.tf", text, "tf")

    assert ended.report["summary"]["resources"] < 20_000
