"""Systems of any size, as the files that somebody would have written: a Terraform plan, linked stacks, and hard shapes.

systems.py NAME SIZE FOLDER
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CELL = 10
"""Resources of one cell of the plan and of the stacks."""
STACK = 200
"""Resources in one of many linked stacks; CloudFormation takes 500."""

Template = dict[str, Any]


def plan(size: int) -> dict[str, str]:
    """One Terraform plan: cells of a rule, its queue, the function that reads it and the topic that it writes to."""
    resources: list[dict[str, Any]] = []
    configured: list[dict[str, Any]] = []
    for cell in range(max(1, size // CELL)):
        for type, name, values, expressions in _plan_cell(cell):
            address = f"{type}.{name}"
            common = {"address": address, "mode": "managed", "type": type, "name": name}
            resources.append({**common, "values": values})
            configured.append({**common, "provider_config_key": "aws", "expressions": expressions})
    return {
        "plan.json": json.dumps(
            {
                "format_version": "1.2",
                "terraform_version": "1.9.0",
                "planned_values": {"root_module": {"resources": resources}},
                "configuration": {"root_module": {"resources": configured}},
            },
            separators=(",", ":"),
        )
    }


def _plan_cell(cell: int) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    name = f"c{cell}"

    def constant(value: Any) -> dict[str, Any]:
        return {"constant_value": value}

    def to(address: str, attribute: str) -> dict[str, Any]:
        return {"references": [f"{address}.{attribute}", address]}

    queue, dead = f"aws_sqs_queue.{name}", f"aws_sqs_queue.{name}_dead"
    pattern = json.dumps({"source": ["shop.orders"], "detail-type": [f"Order{cell}"]})
    yield "aws_cloudwatch_event_bus", name, {"name": name}, {"name": constant(name)}
    yield (
        "aws_cloudwatch_event_rule",
        name,
        {"name": name, "event_pattern": pattern},
        {"event_pattern": constant(pattern), "event_bus_name": to(f"aws_cloudwatch_event_bus.{name}", "name")},
    )
    yield (
        "aws_cloudwatch_event_target",
        name,
        {"target_id": "queue"},
        {
            "rule": to(f"aws_cloudwatch_event_rule.{name}", "name"),
            "event_bus_name": to(f"aws_cloudwatch_event_bus.{name}", "name"),
            "arn": to(queue, "arn"),
        },
    )
    yield (
        "aws_sqs_queue",
        name,
        {"name": name, "visibility_timeout_seconds": 180},
        {"name": constant(name), "visibility_timeout_seconds": constant(180), "redrive_policy": to(dead, "arn")},
    )
    yield "aws_sqs_queue", f"{name}_dead", {"name": f"{name}-dead"}, {"name": constant(f"{name}-dead")}
    yield "aws_iam_role", name, {"name": name}, {"name": constant(name)}
    yield (
        "aws_iam_role_policy",
        name,
        {"name": name},
        {
            "role": to(f"aws_iam_role.{name}", "id"),
            "policy": {"references": [f"aws_sns_topic.{name}.arn", f"aws_sns_topic.{name}", f"{queue}.arn", queue]},
        },
    )
    yield (
        "aws_lambda_function",
        name,
        {"function_name": name, "timeout": 30, "memory_size": 128},
        {
            "function_name": constant(name),
            "timeout": constant(30),
            "role": to(f"aws_iam_role.{name}", "arn"),
            "environment": [{"variables": to(f"aws_sns_topic.{name}", "arn")}],
        },
    )
    yield (
        "aws_lambda_event_source_mapping",
        name,
        {"batch_size": 10},
        {"event_source_arn": to(queue, "arn"), "function_name": to(f"aws_lambda_function.{name}", "arn"), "batch_size": constant(10)},
    )
    yield "aws_sns_topic", name, {"name": name}, {"name": constant(name)}


def stacks(size: int) -> dict[str, str]:
    """Many stacks, each importing the queue of the stack before it and naming the bus of the first by its name."""
    files = {}
    cells = max(1, size // CELL)
    per_stack = STACK // CELL
    for number in range((cells + per_stack - 1) // per_stack):
        resources: dict[str, Any] = {}
        for cell in range(number * per_stack, min(cells, (number + 1) * per_stack)):
            resources.update(_stack_cell(cell))
        template = _template(resources)
        template["Outputs"] = {
            "Inbox": {"Value": {"Fn::GetAtt": [f"Queue{number * per_stack}", "Arn"]}, "Export": {"Name": f"stack-{number}-inbox"}}
        }
        if number:
            resources["Onward"] = {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "Protocol": "sqs",
                    "TopicArn": {"Ref": f"Topic{number * per_stack}"},
                    "Endpoint": {"Fn::ImportValue": f"stack-{number - 1}-inbox"},
                },
            }
        files[f"stack-{number:04}/template.json"] = json.dumps(template)
    return files


def _template(resources: dict[str, Any]) -> Template:
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def _stack_cell(cell: int) -> dict[str, Any]:
    def ref(name: str) -> dict[str, Any]:
        return {"Ref": f"{name}{cell}"}

    def arn(name: str) -> dict[str, Any]:
        return {"Fn::GetAtt": [f"{name}{cell}", "Arn"]}

    made = {
        "Rule": (
            "AWS::Events::Rule",
            {
                "EventBusName": "shop",
                "EventPattern": {"source": ["shop.orders"], "detail-type": [f"Order{cell}"]},
                "Targets": [{"Id": "queue", "Arn": arn("Queue")}],
            },
        ),
        "Queue": (
            "AWS::SQS::Queue",
            {"VisibilityTimeout": 180, "RedrivePolicy": {"deadLetterTargetArn": arn("Dead"), "maxReceiveCount": 3}},
        ),
        "Dead": ("AWS::SQS::Queue", {}),
        "Access": (
            "AWS::SQS::QueuePolicy",
            {
                "Queues": [ref("Queue")],
                "PolicyDocument": _policy("sqs:SendMessage", arn("Queue"), Principal={"Service": "events.amazonaws.com"}),
            },
        ),
        "Topic": ("AWS::SNS::Topic", {}),
        "Role": (
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": _policy("sts:AssumeRole", None, Principal={"Service": "lambda.amazonaws.com"})},
        ),
        "Grant": (
            "AWS::IAM::Policy",
            {"PolicyName": f"grant{cell}", "Roles": [ref("Role")], "PolicyDocument": _policy("sns:Publish", ref("Topic"))},
        ),
        "Read": (
            "AWS::IAM::Policy",
            {"PolicyName": f"read{cell}", "Roles": [ref("Role")], "PolicyDocument": _policy("sqs:ReceiveMessage", arn("Queue"))},
        ),
        "Function": (
            "AWS::Lambda::Function",
            {"Role": arn("Role"), "Timeout": 30, "Environment": {"Variables": {"TOPIC_ARN": ref("Topic")}}},
        ),
        "Mapping": ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Queue"), "FunctionName": ref("Function"), "BatchSize": 10}),
    }
    return {f"{name}{cell}": {"Type": type, "Properties": properties} for name, (type, properties) in made.items()}


def _policy(action: str | list[str], resource: Any, **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, **more}
    if resource is not None:
        statement["Resource"] = resource
    return {"Version": "2012-10-17", "Statement": [statement]}


def bus(size: int) -> dict[str, str]:
    """One bus with so many rules, each with a target that all share."""
    resources: dict[str, Any] = {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "shop"}},
        "Queue": {"Type": "AWS::SQS::Queue"},
    }
    for number in range(size):
        resources[f"Rule{number}"] = {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventBusName": {"Ref": "Bus"},
                "EventPattern": {"source": ["shop"], "detail-type": [f"Kind{number}"], "detail": {"total": [{"numeric": [">", number]}]}},
                "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
            },
        }
    return _one(resources)


def machine(size: int) -> dict[str, str]:
    """One state machine with so many states in a row, each calling a function."""
    states: dict[str, Any] = {}
    for number in range(size):
        state: dict[str, Any] = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "${Arn}"}}
        state.update({"Next": f"S{number + 1}"} if number < size - 1 else {"End": True})
        states[f"S{number}"] = state
    definition = json.dumps({"StartAt": "S0", "States": states})
    resources: dict[str, Any] = {
        "Work": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 30}},
        "Machine": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {"DefinitionString": definition, "DefinitionSubstitutions": {"Arn": {"Fn::GetAtt": ["Work", "Arn"]}}},
        },
    }
    return _one(resources)


def chain(size: int) -> dict[str, str]:
    """Topic, queue, function, topic, ... so many nodes in a row."""
    return _one(_links(size, closed=False))


def ring(size: int) -> dict[str, str]:
    """The chain closed to one cycle."""
    return _one(_links(size, closed=True))


def _links(size: int, *, closed: bool) -> dict[str, Any]:
    resources: dict[str, Any] = {}
    count = max(1, size // 3)
    for number in range(count):
        following = number + 1 if number < count - 1 else 0 if closed else None
        resources[f"Topic{number}"] = {
            "Type": "AWS::SNS::Topic",
            "Properties": {"Subscription": [{"Protocol": "sqs", "Endpoint": {"Fn::GetAtt": [f"Queue{number}", "Arn"]}}]},
        }
        resources[f"Queue{number}"] = {"Type": "AWS::SQS::Queue"}
        resources[f"Mapping{number}"] = {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": {"Fn::GetAtt": [f"Queue{number}", "Arn"]}, "FunctionName": {"Ref": f"Function{number}"}},
        }
        function: dict[str, Any] = {"Timeout": 10}
        resources[f"Function{number}"] = {"Type": "AWS::Lambda::Function", "Properties": function}
        if following is not None:
            resources[f"Invoke{number}"] = {
                "Type": "AWS::Lambda::EventInvokeConfig",
                "Properties": {
                    "FunctionName": {"Ref": f"Function{number}"},
                    "Qualifier": "$LATEST",
                    "DestinationConfig": {"OnSuccess": {"Destination": {"Ref": f"Topic{following}"}}},
                },
            }
            function["Environment"] = {"Variables": {"TOPIC_ARN": {"Ref": f"Topic{following}"}}}
    return resources


def fan_out(size: int) -> dict[str, str]:
    """One topic with so many queues, all read by one function."""
    resources: dict[str, Any] = {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 10}},
    }
    for number in range(max(1, size // 3)):
        queue = {"Fn::GetAtt": [f"Queue{number}", "Arn"]}
        resources[f"Queue{number}"] = {"Type": "AWS::SQS::Queue"}
        resources[f"Subscription{number}"] = {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"Protocol": "sqs", "TopicArn": {"Ref": "Topic"}, "Endpoint": queue},
        }
        resources[f"Mapping{number}"] = {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": queue, "FunctionName": {"Ref": "Function"}},
        }
    return _one(resources)


def dense(size: int) -> dict[str, str]:
    """Topics that all feed all queues, and functions from each queue to every topic: dense cycles of so many edges."""
    side = max(2, int((size / 2) ** 0.5))
    resources: dict[str, Any] = {}
    for number in range(side):
        resources[f"Topic{number}"] = {
            "Type": "AWS::SNS::Topic",
            "Properties": {"Subscription": [{"Protocol": "sqs", "Endpoint": {"Fn::GetAtt": [f"Queue{q}", "Arn"]}} for q in range(side)]},
        }
        resources[f"Queue{number}"] = {"Type": "AWS::SQS::Queue"}
        resources[f"Function{number}"] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Role": {"Fn::GetAtt": [f"Role{number}", "Arn"]},
                "Environment": {"Variables": {f"TOPIC_{t}": {"Ref": f"Topic{t}"} for t in range(side)}},
            },
        }
        resources[f"Role{number}"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _policy("sts:AssumeRole", None, Principal={"Service": "lambda.amazonaws.com"}),
                "Policies": [{"PolicyName": "p", "PolicyDocument": _policy("sns:Publish", [{"Ref": f"Topic{t}"} for t in range(side)])}],
            },
        }
        resources[f"Mapping{number}"] = {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"EventSourceArn": {"Fn::GetAtt": [f"Queue{number}", "Arn"]}, "FunctionName": {"Ref": f"Function{number}"}},
        }
    return _one(resources)


def wildcards(size: int) -> dict[str, str]:
    """Services that may send to what has a name like theirs and read it, and rules for events of buckets that they name: wildcards,
    names and the resources behind them, so many in all.
    """
    resources: dict[str, Any] = {}
    for number in range(max(1, size // 6)):
        name = f"team-{number}"
        resources[f"Queue{number}"] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{name}-inbox"}}
        resources[f"Bucket{number}"] = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": f"{name}-files"}}
        resources[f"Rule{number}"] = {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["aws.s3"], "detail": {"bucket": {"name": [f"{name}-files"]}}},
                "Targets": [{"Id": "inbox", "Arn": {"Fn::GetAtt": [f"Queue{number}", "Arn"]}}],
            },
        }
        allowed = _policy(["sqs:SendMessage", "sqs:ReceiveMessage"], {"Fn::Sub": f"arn:aws:sqs:*:${{AWS::AccountId}}:{name}-*"})
        resources[f"Role{number}"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _policy("sts:AssumeRole", None, Principal={"Service": "lambda.amazonaws.com"}),
                "Policies": [{"PolicyName": "own", "PolicyDocument": allowed}],
            },
        }
        resources[f"Function{number}"] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {"Role": {"Fn::GetAtt": [f"Role{number}", "Arn"]}, "Timeout": 10},
        }
        resources[f"Alarm{number}"] = {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "Namespace": "AWS/SQS",
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": f"{name}-inbox"}],
            },
        }
    return _one(resources)


def conditional(size: int) -> dict[str, str]:
    """Stacks of eight resources, half of them there under a condition of their own stack only: so many resources in all."""
    files = {}
    for number in range(max(1, size // 8)):
        resources = {
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventPattern": {"source": ["aws.states"], "detail": {"stateMachineArn": [{"Ref": "Machine"}]}},
                    "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
                },
            },
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": f"queue-{number}-${{Stage}}"}}},
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::If": ["Large", f"big-{number}", f"small-{number}"]}}},
            "Files": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventPattern": {"source": ["aws.s3"], "detail": {"bucket": {"name": [{"Ref": "Bucket"}]}}},
                    "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
                },
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": _policy("sts:AssumeRole", None, Principal={"Service": "lambda.amazonaws.com"}),
                    "Policies": [{"PolicyName": "answer", "PolicyDocument": _policy("states:SendTaskSuccess", {"Ref": "Machine"})}],
                },
            },
            "Worker": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Timeout": 10}},
            "Machine": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"DefinitionString": _WAITING, "DefinitionSubstitutions": {"Arn": {"Fn::GetAtt": ["Worker", "Arn"]}}},
            },
            "Every": {
                "Type": "AWS::Scheduler::Schedule",
                "Properties": {
                    "ScheduleExpression": "rate(1 hour)",
                    "FlexibleTimeWindow": {"Mode": "OFF"},
                    "Target": {"Arn": {"Ref": "Machine"}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
                },
            },
        }
        for name in ("Rule", "Files", "Every", "Worker"):
            resources[name]["Condition"] = "Large"
        template = _template(resources)
        template["Parameters"] = {"Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]}}
        template["Conditions"] = {"Large": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
        files[f"stack-{number:05}/template.json"] = json.dumps(template)
    return files


_WAITING = json.dumps(
    {
        "StartAt": "Ask",
        "States": {
            "Ask": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {"FunctionName": "${Arn}", "Payload": {"token.$": "$$.Task.Token"}},
                "End": True,
            }
        },
    }
)


def folder(size: int) -> dict[str, str]:
    """So many templates, alike but for their names, each in a folder of its own."""
    files = {}
    fixture = (Path(__file__).parent.parent / "fixtures" / "order-pipeline" / "template.yaml").read_text("utf-8")
    for number in range(size):
        files[f"service-{number:04}/template.yaml"] = fixture
    return files


def _one(resources: dict[str, Any]) -> dict[str, str]:
    return {"template.json": json.dumps(_template(resources))}


SYSTEMS: dict[str, tuple[Callable[[int], dict[str, str]], tuple[int, ...]]] = {
    "plan": (plan, (100, 1_000, 10_000, 100_000)),
    "stacks": (stacks, (100, 1_000, 10_000, 100_000)),
    "bus": (bus, (500, 1_000, 2_500, 5_000)),
    "machine": (machine, (500, 1_000, 2_500, 5_000)),
    "chain": (chain, (1_000, 2_500, 5_000, 10_000)),
    "ring": (ring, (1_000, 2_500, 5_000, 10_000)),
    "fan-out": (fan_out, (1_000, 2_500, 5_000, 10_000)),
    "dense": (dense, (500, 1_000, 2_500, 5_000)),
    "wildcards": (wildcards, (1_000, 2_500, 5_000, 10_000)),
    "conditional": (conditional, (1_000, 2_500, 5_000, 10_000)),
}
"""Name -> what makes it, and the sizes to measure: resources, or what the shape is named for (rules, states, nodes, edges)."""


def write(name: str, size: int, root: Path) -> None:
    """Write the files of a system under a folder."""
    make = folder if name == "folder" else SYSTEMS[name][0]
    for file, text in make(size).items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
