"""Documents in every wrong shape: at any place a list, map, text, number, null or truth value may stand where another belongs.

Each document is valid; one place at a time is replaced, or loses its key. `EDALINT_ALL_SHAPES=1` tries all of them (a few
minutes), a plain run a sample that is the same each time.
"""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from edalint.cli.commands import cli
from edalint.reports import REPORTS
from tests.conftest import ROOT
from tests.hostile.running import NEIGHBOUR

SAMPLE = 40
"""Mutations of one document."""
GONE = object()


def _nested(depth: int) -> Any:
    value: Any = "x"
    for i in range(depth):
        value = [value] if i % 2 else {"x": value}
    return value


WRONG: tuple[Any, ...] = (
    [],
    [None, {}, [[]]],
    {},
    {"x": {"y": []}},
    {"Fn::If": 1},
    "",
    "\0x",
    "-1",
    10**30,
    1.5,
    None,
    True,
    _nested(60),
    GONE,
)


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield from _places(held, (*at, key))


def _with(document: Any, at: tuple[Any, ...], wrong: Any) -> Any:
    if not at:
        return {} if wrong is GONE else copy.deepcopy(wrong)
    changed = copy.deepcopy(document)
    here = changed
    for key in at[:-1]:
        here = here[key]
    if wrong is GONE:
        del here[at[-1]]
    else:
        here[at[-1]] = copy.deepcopy(wrong)
    return changed


def _toml(value: Any) -> str:
    """A document as TOML, which has no null and no document that is not a map."""

    def said(value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(f"{json.dumps(k)} = {said(v)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(said, value)) + "]"
        return '""' if value is None else json.dumps(value)

    return "\n".join(f"{json.dumps(key)} = {said(held)}" for key, held in value.items()) if isinstance(value, dict) else said(value)


MACHINE = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": "${Q}"}, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B"}], "Next": "B"}, "B": {"Type": "Map", "ItemProcessor": {"StartAt": "C", "States": {"C": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "D"}], "Default": "D"}, "D": {"Type": "Pass", "End": True}}}, "End": True}}}  # fmt: skip
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": ["sts:AssumeRole"], "Condition": {"StringEquals": {"aws:SourceAccount": ["1"]}}}]}  # fmt: skip
CLOUDFORMATION = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Transform": ["AWS::LanguageExtensions"],
    "Parameters": {"Stage": {"Type": "String", "AllowedValues": ["a", "b"], "Default": "a"}},
    "Mappings": {"M": {"a": {"k": "v"}, "b": {"k": "w"}}},
    "Conditions": {"A": {"Fn::Equals": [{"Ref": "Stage"}, "a"]}, "B": {"Fn::And": [{"Condition": "A"}, {"Fn::Not": [{"Condition": "A"}]}]}},
    "Resources": {
        "Fn::ForEach::Queues": ["Name", ["X", "Y"], {"Q${Name}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${Name}"}}}}],
        "Q": {"Type": "AWS::SQS::Queue", "Condition": "A", "DependsOn": ["T"], "Properties": {"VisibilityTimeout": {"Fn::FindInMap": ["M", {"Ref": "Stage"}, "k"]}, "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["D", "Arn"]}, "maxReceiveCount": 3}}},
        "D": {"Type": "AWS::SQS::Queue", "Metadata": {"edalint": {"ignore": [{"rule": "EDA101", "reason": "x"}]}}},
        "T": {"Type": "AWS::SNS::Topic", "Properties": {"Subscription": [{"Protocol": "sqs", "Endpoint": {"Fn::GetAtt": "Q.Arn"}}]}},
        "S": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": "T"}, "Protocol": "sqs", "Endpoint": {"Fn::If": ["A", {"Fn::GetAtt": ["Q", "Arn"]}, {"Ref": "AWS::NoValue"}]}, "FilterPolicy": {"a": [{"prefix": "x"}, {"numeric": [">", 1]}]}, "RedrivePolicy": {"deadLetterTargetArn": "x"}}},
        "P": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": TRUST}},
        "R": {"Type": "AWS::Events::Rule", "Properties": {"EventBusName": {"Ref": "Bus"}, "EventPattern": {"source": ["x", {"anything-but": {"wildcard": "a*"}}], "detail": {"$or": [{"a": [1]}, {"b": [{"exists": True}]}]}}, "Targets": [{"Id": "t", "Arn": {"Fn::GetAtt": ["Q", "Arn"]}, "RetryPolicy": {"MaximumRetryAttempts": 1}, "DeadLetterConfig": {"Arn": "x"}, "InputTransformer": {"InputPathsMap": {"a": "$.b"}, "InputTemplate": "<a>"}}]}},
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": {"Fn::Join": ["-", ["a", {"Ref": "Stage"}]]}}},
        "Pipe": {"Type": "AWS::Pipes::Pipe", "Properties": {"Source": {"Fn::GetAtt": ["Q", "Arn"]}, "SourceParameters": {"FilterCriteria": {"Filters": [{"Pattern": "{\"a\": [1]}"}]}, "SqsQueueParameters": {"BatchSize": 1}}, "Target": {"Ref": "T"}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AWSLambdaExecute"], "Policies": [{"PolicyName": "x", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": ["*", {"Fn::GetAtt": ["Q", "Arn"]}]}}}]}},
        "F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Timeout": 60, "Environment": {"Variables": {"QUEUE": {"Ref": "Q"}}}, "DeadLetterConfig": {"TargetArn": "x"}, "VpcConfig": {"SubnetIds": ["x"]}}},
        "E": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": {"Fn::GetAtt": ["Q", "Arn"]}, "FunctionName": {"Ref": "F"}, "BatchSize": 1, "FilterCriteria": {"Filters": [{"Pattern": {"a": [1]}}]}, "DestinationConfig": {"OnFailure": {"Destination": "x"}}, "ScalingConfig": {"MaximumConcurrency": 2}}},
        "I": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": {"FunctionName": {"Ref": "F"}, "Qualifier": "$LATEST", "DestinationConfig": {"OnSuccess": {"Destination": {"Ref": "T"}}}}},
        "M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"Definition": MACHINE, "DefinitionSubstitutions": {"Q": {"Ref": "Q"}}, "RoleArn": "x"}},
        "B": {"Type": "AWS::S3::Bucket", "Properties": {"NotificationConfiguration": {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": {"Fn::GetAtt": ["Q", "Arn"]}, "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "x"}]}}}]}}},
        "A": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"paths": {"/x": {"post": {"x-amazon-apigateway-integration": {"type": "aws", "uri": "arn:aws:apigateway:eu-west-1:sqs:path/1/x", "httpMethod": "POST", "credentials": "x"}}}}}}},
        "W": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Namespace": "AWS/SQS", "MetricName": "x", "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Q", "QueueName"]}}], "AlarmActions": [{"Ref": "T"}]}},
        "N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "./nested.json", "Parameters": {"A": {"Ref": "Q"}}}},
    },
    "Outputs": {"O": {"Value": {"Ref": "Q"}, "Export": {"Name": {"Fn::Sub": ["${a}-x", {"a": {"Ref": "Stage"}}]}}}},
}  # fmt: skip
SAM = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Globals": {"Function": {"Timeout": 3, "Environment": {"Variables": {"A": "b"}}}, "Api": {"Auth": {"DefaultAuthorizer": "x"}}},
    "Resources": {
        "Q": {"Type": "AWS::SQS::Queue"}, "T": {"Type": "AWS::SNS::Topic"}, "B": {"Type": "AWS::S3::Bucket"}, "D": {"Type": "AWS::Serverless::SimpleTable", "Properties": {"PrimaryKey": {"Name": "x", "Type": "String"}}},
        "F": {"Type": "AWS::Serverless::Function", "Connectors": {"C": {"Properties": {"Destination": {"Id": "Q"}, "Permissions": ["Write"]}}}, "Properties": {"Handler": "x", "Runtime": "python3.13", "InlineCode": "x", "AutoPublishAlias": "live", "DeadLetterQueue": {"Type": "SQS", "TargetArn": {"Fn::GetAtt": ["Q", "Arn"]}}, "EventInvokeConfig": {"MaximumRetryAttempts": 1, "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": "x"}}}, "Policies": [{"SQSSendMessagePolicy": {"QueueName": {"Fn::GetAtt": ["Q", "QueueName"]}}}, "AWSLambdaExecute", {"Statement": [{"Effect": "Allow", "Action": ["sqs:*"], "Resource": "*"}]}], "Events": {
            "Sqs": {"Type": "SQS", "Properties": {"Queue": {"Fn::GetAtt": ["Q", "Arn"]}, "BatchSize": 1}}, "Sns": {"Type": "SNS", "Properties": {"Topic": {"Ref": "T"}, "SqsSubscription": {"QueueArn": "x", "QueueUrl": "y"}, "FilterPolicy": {"a": ["b"]}}}, "S3": {"Type": "S3", "Properties": {"Bucket": {"Ref": "B"}, "Events": ["s3:ObjectCreated:*"], "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "x"}]}}}},
            "Api": {"Type": "Api", "Properties": {"Path": "/x", "Method": "post", "Auth": {"Authorizer": "NONE"}}}, "Http": {"Type": "HttpApi", "Properties": {"Path": "/y", "Method": "get"}}, "Rule": {"Type": "EventBridgeRule", "Properties": {"Pattern": {"source": ["x"]}, "RetryPolicy": {"MaximumRetryAttempts": 1}, "DeadLetterConfig": {"Type": "SQS"}}}, "Cron": {"Type": "ScheduleV2", "Properties": {"ScheduleExpression": "rate(1 day)", "RetryPolicy": {"MaximumRetryAttempts": 1}}}, "Table": {"Type": "DynamoDB", "Properties": {"Stream": "x", "StartingPosition": "LATEST"}}}}},
        "M": {"Type": "AWS::Serverless::StateMachine", "Properties": {"Definition": MACHINE, "DefinitionSubstitutions": {"Q": {"Ref": "Q"}}, "Policies": [{"LambdaInvokePolicy": {"FunctionName": {"Ref": "F"}}}], "Events": {"E": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}}}}},
        "C": {"Type": "AWS::Serverless::Connector", "Properties": {"Source": {"Id": "F"}, "Destination": [{"Id": "T"}], "Permissions": ["Write"]}},
        "A": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "x", "DefinitionBody": {"paths": {"/x": {"post": {"x-amazon-apigateway-integration": {"uri": "x"}}}}}}},
    },
}  # fmt: skip
MANIFEST = {
    "version": "48.0.0",
    "artifacts": {
        "S": {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/eu-west-1", "displayName": "S", "dependencies": ["S.assets"], "properties": {"templateFile": "t.template.json", "parameters": {"A": "b"}, "stackName": "S", "tags": {"a": "b"}}, "metadata": {"/S/Q": [{"type": "aws:cdk:logicalId", "data": "Q", "trace": ["Object.<anonymous> (app.ts:1:1)"]}]}},
        "S.assets": {"type": "cdk:asset-manifest", "properties": {"file": "S.assets.json"}},
        "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
        "Nested": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-x"}},
    },
    "missing": [{"key": "x", "provider": "y", "props": {}}],
}  # fmt: skip
ASSETS = {"version": "48.0.0", "files": {"0" * 64: {"source": {"path": "n.json", "packaging": "file"}, "destinations": {"x": {"bucketName": "b", "objectKey": "0" * 64 + ".json"}}}}, "dockerImages": {}}  # fmt: skip
TREE = {"version": "tree-0.1", "tree": {"id": "App", "path": "", "children": {"S": {"id": "S", "path": "S", "constructInfo": {"fqn": "aws-cdk-lib.Stack", "version": "2"}, "children": {"Q": {"id": "Q", "path": "S/Q", "attributes": {"aws:cdk:cloudformation:type": "AWS::SQS::Queue"}}}}}}}  # fmt: skip
STACK = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "S/Q/Resource"}}, "N": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "n.json", "aws:asset:property": "TemplateURL"}, "Properties": {"TemplateURL": f"https://x/{'0' * 64}.json"}}}}  # fmt: skip
PLAN = json.loads((ROOT / "tests/frontends/terraform/plans/shop/plan.json").read_text("utf-8"))
STATE = {
    "version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {"o": {"value": "x", "type": "string", "sensitive": False}},
    "resources": [{"mode": "managed", "type": "aws_sqs_queue", "name": "q", "provider": 'provider["registry.terraform.io/hashicorp/aws"]', "module": "module.m", "instances": [{"index_key": "a", "schema_version": 0, "attributes": {"arn": "arn:aws:sqs:eu-west-1:1:x", "name": "x", "redrive_policy": "{}", "tags": {"a": "b"}}, "dependencies": ["aws_sns_topic.t"]}]}],
}  # fmt: skip
TF_JSON = {
    "variable": {"v": {"type": "string", "default": "x", "validation": [{"condition": "${var.v != 1}", "error_message": "x"}]}},
    "locals": {"l": ["a", "${var.v}"]},
    "resource": {"aws_sqs_queue": {"q": {"name": "${local.l[0]}", "count": 2, "redrive_policy": "${jsonencode({a = 1})}", "lifecycle": {"ignore_changes": ["name"]}}}, "aws_sns_topic": {"t": [{"name": "t", "for_each": "${toset([1])}"}]}, "aws_lambda_function": {"f": {"function_name": "f", "role": "x", "environment": {"variables": {"A": "${aws_sqs_queue.q[0].url}"}}, "dynamic": {"vpc_config": {"for_each": [1], "content": {"subnet_ids": []}}}}}},
    "data": {"aws_iam_policy_document": {"d": {"statement": [{"actions": ["sqs:*"], "principals": [{"type": "AWS", "identifiers": ["*"]}]}]}}},
    "module": {"m": {"source": "./m", "x": "${aws_sqs_queue.q}"}},
    "provider": {"aws": [{"region": "eu-west-1", "alias": "x"}]},
    "terraform": {"backend": {"s3": {"bucket": "x", "key": "y"}}, "required_providers": {"aws": {"source": "hashicorp/aws"}}},
    "output": {"o": {"value": "${local.l}"}}, "moved": [{"from": "aws_sqs_queue.a", "to": "aws_sqs_queue.q"}], "check": {"c": {"assert": {"condition": True, "error_message": "x"}}},
}  # fmt: skip
TFVARS = {"v": "x", "w": ["a", {"b": "c"}]}
SAMCONFIG = {"version": 0.1, "default": {"deploy": {"parameters": {"parameter_overrides": ["Stage=a"], "region": "eu-west-1", "stack_name": "x", "template_file": "t.json"}}, "global": {"parameters": {"stack_name": "y"}}}}  # fmt: skip
CONFIGURATION = {
    "profile": "default", "exclude": ["x/**"], "select": ["EDA1"], "ignore": ["EDA999"], "per-path": [{"path": "x/**", "ignore": ["EDA101"]}], "rules": {"EDA101": {"severity": "error", "parameters": {"x": 1}}, "EDA102": "off"},
    "fail-on": "warning", "parameters": {"Stage": "a"}, "region": "eu-west-1", "account": "123456789012", "contexts": {"orders": ["t.json"]}, "external": {"x*": "y"}, "policies": ["policies"],
    "environments": {"dev": {"parameters": {"Stage": "a"}, "var-files": ["x.tfvars"]}}, "baseline": "b.json", "locked": ["EDA101"], "min-confidence": "low", "strict": False,
}  # fmt: skip
POLICY = {
    "id": "ORG901", "name": "a-policy", "aliases": ["b"], "severity": [{"when": "node.name == 'x'", "is": "error"}, {"is": "warning"}], "confidence": "high", "summary": "x", "since": "1", "tags": ["a"],
    "match": {"node": ["queue", "topic"]}, "let": {"x": "node.name"}, "when": "x == 'y' || parameters.p > 1", "message": "{node} and {x}", "annotation": "{x}", "subject": "node", "element": "x", "at": "node.properties.RedrivePolicy", "related": [{"at": "node", "says": "x"}],
    "group": "x", "supersedes": ["EDA999"], "parameters": {"p": {"default": 6, "description": "x"}, "q": 1}, "opt_in": False, "preview": False, "why": "x", "fix": "y", "references": ["https://x"],
    "edit": {"of": "node", "when": "true", "safe": False, "cloudformation": {"set": {"A": 1}, "add": [{"name": "{node}D", "type": "AWS::SQS::Queue", "values": {"A": 1}}]}, "terraform": {"set": {"a": 1}}},
    "examples": {"bad": [{"name": "x", "cloudformation": "A: {Type: 'AWS::SQS::Queue'} # <- ORG901"}], "good": [{"files": {"a.yaml": "x"}}]},
}  # fmt: skip
BASELINE = {"version": 1, "findings": [{"fingerprint": "x", "rule": "EDA101", "name": "x", "subject": "t.json#Q", "element": "", "path": "t.json", "message": "x", "severity": "error", "reason": "x", "until": "2030-01-01"}]}  # fmt: skip


class Kind:
    """A kind of document: what is valid, its file, how it is written, what lies beside it, how it is named."""

    def __init__(
        self, document: Any, file: str, *more: str, write: Callable[[Any], str] = json.dumps, beside: dict[str, Any] | None = None
    ) -> None:
        self.document, self.file, self.more, self.write = document, file, more, write
        self.beside = beside or {}


ASSEMBLY = {"cdk.out/manifest.json": MANIFEST, "cdk.out/S.assets.json": ASSETS, "cdk.out/tree.json": TREE, "cdk.out/t.template.json": STACK}
ASSEMBLY["cdk.out/n.json"] = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
PARAMETERS = {"t.json": {"Parameters": {"Stage": {"Type": "String"}}, "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}}
MODULE = {"m/main.tf.json": {"variable": {"x": {}}, "output": {"y": {"value": "${var.x}"}}}}
KINDS = {
    "cloudformation": Kind(CLOUDFORMATION, "t.json", beside={"nested.json": ASSEMBLY["cdk.out/n.json"]}),
    "sam": Kind(SAM, "template.json"),
    "states": Kind(MACHINE, "m.asl.json", beside={"t.json": {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"M": {"Type": "AWS::Serverless::StateMachine", "Properties": {"DefinitionUri": "m.asl.json"}}}}}),
    "manifest": Kind(MANIFEST, "cdk.out/manifest.json", beside=ASSEMBLY),
    "assets": Kind(ASSETS, "cdk.out/S.assets.json", beside=ASSEMBLY),
    "tree": Kind(TREE, "cdk.out/tree.json", beside=ASSEMBLY),
    "stack": Kind(STACK, "cdk.out/t.template.json", beside=ASSEMBLY),
    "plan": Kind(PLAN, "plan.json"),
    "state": Kind(STATE, "terraform.tfstate"),
    "tf-json": Kind(TF_JSON, "main.tf.json", beside=MODULE),
    "tfvars": Kind(TFVARS, "terraform.tfvars.json", beside={"main.tf.json": TF_JSON, **MODULE}),
    "samconfig": Kind(SAMCONFIG, "samconfig.toml", write=_toml, beside=PARAMETERS),
    "configuration": Kind(CONFIGURATION, "edalint.yaml", write=yaml.safe_dump, beside=PARAMETERS),
    "policy": Kind(POLICY, "policies/p.yaml", "--policies=policies", write=yaml.safe_dump, beside=PARAMETERS),
    "baseline": Kind(BASELINE, "b.json", "--baseline=b.json", beside=PARAMETERS),
}  # fmt: skip
FOUND: tuple[tuple[str, tuple[Any, ...], Any], ...] = (
    ("policy", ("references",), 1.5),
    ("policy", ("edit", "cloudformation", "add", 0, "values"), "\0x"),
    ("policy", ("edit", "cloudformation", "set"), [None, {}, [[]]]),
    ("plan", ("configuration", "root_module", "resources", 2, "expressions", "arn", "references"), 1.5),
    (
        "plan",
        ("configuration", "root_module", "module_calls", "queue", "module", "resources", 0, "expressions", "alarm_actions", "references"),
        True,
    ),
)
"""Mutations that have broken a run once: kind, place, what stood there."""
REFUSES = {"configuration", "policy", "baseline"}
"""What the user says; a mistake in it ends the run with 2, before anything is judged."""


@pytest.mark.parametrize("name", KINDS)
def test_no_shape_is_too_wrong(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run ends with an exit status that we promise, nothing is raised, and the good template beside is judged."""
    kind = KINDS[name]
    monkeypatch.chdir(tmp_path)
    for file, document in {**kind.beside, kind.file: kind.document}.items():
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((kind.write if file == kind.file else json.dumps)(document), "utf-8")
    (tmp_path / "good.json").write_text(NEIGHBOUR, "utf-8")
    mutations = [(at, wrong) for at in _places(kind.document) for wrong in WRONG]
    if not os.environ.get("EDALINT_ALL_SHAPES"):
        mutations = random.Random(name).sample(mutations, min(SAMPLE, len(mutations)))
        mutations += [(at, wrong) for of, at, wrong in FOUND if of == name]
    failed: list[str] = []
    formats = sorted(REPORTS)
    for number, (at, wrong) in enumerate(mutations):
        said = "gone" if wrong is GONE else repr(wrong)[:60]
        (tmp_path / kind.file).write_text(kind.write(_with(kind.document, at, wrong)), "utf-8")
        trouble = _trouble(kind.more, formats[number % len(formats)], name in REFUSES)
        if not trouble and (number % 4 == 0 or (name, at, wrong) in FOUND):
            trouble = _raised(CliRunner().invoke(cli, ["check", ".", "good.json", *kind.more, "--diff", "--unsafe-fixes", "--jobs=1"]))
        if trouble:
            failed.append(f"{'.'.join(map(str, at))} = {said}: {trouble}")
    assert not failed, f"{len(failed)} of {len(mutations)}\n" + "\n".join(failed[:40])


def _trouble(more: tuple[str, ...], other: str, refuses: bool) -> str:
    """What is wrong with a run; empty where nothing is."""
    done = CliRunner().invoke(
        cli, ["check", ".", "good.json", *more, "--format=json=out.txt", f"--format={other}", "--show-unknown", "--jobs=1"]
    )
    if raised := _raised(done):
        return raised
    out = Path("out.txt")
    if not out.exists():
        return "" if refuses and done.exit_code == 2 else f"no report: {done.output[-300:]}"
    places = {finding["location"]["path"] for finding in json.loads(out.read_text("utf-8"))["findings"]}
    out.unlink()
    return "" if "good.json" in places or refuses else "the template beside was not judged"


def _raised(done: Result) -> str:
    """What a command has raised, or ended with, that it may not."""
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        import traceback

        frame = traceback.extract_tb(done.exception.__traceback__)[-1]
        return f"{done.exception!r} at {frame.filename}:{frame.lineno}"
    return "" if done.exit_code in (0, 1, 2) else f"exit status {done.exit_code}"
