"""Whatever shape a property has, facts about access give an answer and no traceback."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.registry import index
from edalint.facts.view import View, kinds_of
from edalint.model.values import Unknown
from tests.building import arn, ref, stack

MODULES = ("access", "roles", "callers", "exposure")
BODY = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "x"}}}]
}
FLOW = {
    "StartAt": "A",
    "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"QueueUrl": ref("Q")}}},
}
ECS = {"TaskDefinitionArn": ref("Task")}
TARGETS = [
    {"Id": "q", "Arn": arn("Q"), "DeadLetterConfig": {"Arn": arn("Q")}},
    {"Id": "f", "Arn": arn("F")},
    {"Id": "e", "Arn": "arn:aws:ecs:eu-west-1:1:cluster/c", "RoleArn": arn("Role"), "EcsParameters": ECS},
]
TRIGGERS = {"LambdaConfigurations": [{"Event": "s3:*", "Function": arn("F")}]}
SCHEDULED = {"Arn": arn("Q"), "RoleArn": arn("Role"), "DeadLetterConfig": {"Arn": arn("Q")}}
RESOURCES: dict[str, tuple[str, dict[str, Any]]] = {
    "Q": (
        "AWS::SQS::Queue",
        {"KmsMasterKeyId": ref("K"), "RedriveAllowPolicy": {"redrivePermission": "byQueue", "sourceQueueArns": [arn("Q")]}},
    ),
    "QP": ("AWS::SQS::QueuePolicy", {"Queues": [ref("Q")], "PolicyDocument": BODY}),
    "K": ("AWS::KMS::Key", {"KeyPolicy": BODY}),
    "R": ("AWS::Events::Rule", {"EventPattern": {}, "EventBusName": "b", "Name": "r", "RoleArn": None, "Targets": TARGETS}),
    "F": ("AWS::Lambda::Function", {"Role": arn("Role"), "DeadLetterConfig": {"TargetArn": arn("Q")}}),
    "P": (
        "AWS::Lambda::Permission",
        {"FunctionName": ref("F"), "Action": "lambda:*", "Principal": "*", "SourceArn": "a", "SourceAccount": "1", "Qualifier": "live"},
    ),
    "Role": (
        "AWS::IAM::Role",
        {"Policies": [{"PolicyDocument": BODY}], "ManagedPolicyArns": ["x"], "PermissionsBoundary": "y", "Path": "/"},
    ),
    "Task": ("AWS::ECS::TaskDefinition", {"Family": "f", "TaskRoleArn": arn("Role"), "ExecutionRoleArn": arn("Role")}),
    "B": ("AWS::S3::Bucket", {"BucketName": "b", "NotificationConfiguration": TRIGGERS}),
    "E": ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Q"), "FunctionName": ref("F")}),
    "S": ("AWS::Scheduler::Schedule", {"Target": SCHEDULED}),
    "Pipe": ("AWS::Pipes::Pipe", {"Source": arn("Q"), "Target": ref("M"), "RoleArn": arn("Role"), "TargetParameters": {}}),
    "M": ("AWS::StepFunctions::StateMachine", {"RoleArn": arn("Role"), "StateMachineType": "EXPRESS", "Definition": FLOW}),
}
JUNK: list[Any] = [
    None,
    "",
    "x",
    "{",
    5,
    True,
    [],
    ["x", 1, None],
    {},
    {"a": {"b": []}},
    [[{}]],
    Unknown("", "?"),
    Unknown("s", outside=True),
]
PLACES = [(address, name) for address, (_, properties) in RESOURCES.items() for name in properties]


def ask_everything(graph: Any) -> int:
    """Every fact of these modules about everything that has it; how many were asked."""
    view, asked = View(graph), 0
    for subject in [*graph.nodes.values(), *graph.edges, *graph.parts]:
        for kind in kinds_of(subject):
            for name, (module, _, _) in index().get(kind, {}).items():
                if module in MODULES:
                    view.fact(subject, name)
                    asked += 1
    return asked


@pytest.mark.parametrize(("address", "name"), PLACES)
def test_no_shape_of_a_property_breaks_a_fact(address: str, name: str) -> None:
    type, properties = RESOURCES[address]
    for junk in JUNK:
        assert ask_everything(stack(**{**RESOURCES, address: (type, {**properties, name: junk})}))


def test_what_is_asked_is_there_to_be_asked() -> None:
    """The stack above has something to ask of every fact of these modules."""
    assert ask_everything(stack(**RESOURCES)) > 60
