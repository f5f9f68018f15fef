"""Event-driven systems made by Hypothesis, and each as a CloudFormation template, as Terraform, and as Terraform's plan.

A system is a list of items; its values are plain, or `To` another item. What the three languages call things stands in
`KINDS`, so that one system says the same in all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from hypothesis import strategies as st

ABSENT = object()
REGION, ACCOUNT = "eu-west-1", "123456789012"


class To(NamedTuple):
    """A reference: the ARN or (`id`) the name or URL of another item."""

    label: str
    attribute: str = "arn"


class Item(NamedTuple):
    """One resource of a system."""

    kind: str
    label: str
    values: dict[str, Any]


class Kind(NamedTuple):
    """What the languages call a kind and its values; `json` are those that Terraform takes as JSON text, `blocks` as blocks."""

    cloudformation: str
    terraform: str
    names: dict[str, str]
    """CloudFormation's name of a property -> Terraform's."""
    json: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()


KINDS = {
    "queue": Kind(
        "AWS::SQS::Queue",
        "aws_sqs_queue",
        {
            "QueueName": "name", "VisibilityTimeout": "visibility_timeout_seconds", "MessageRetentionPeriod": "message_retention_seconds",
            "RedrivePolicy": "redrive_policy", "DelaySeconds": "delay_seconds", "KmsMasterKeyId": "kms_master_key_id",
        },
        ("RedrivePolicy",),
    ),
    "queue-policy": Kind("AWS::SQS::QueuePolicy", "aws_sqs_queue_policy", {"Queues": "queue_url", "PolicyDocument": "policy"}, ("PolicyDocument",)),
    "topic": Kind("AWS::SNS::Topic", "aws_sns_topic", {"TopicName": "name", "KmsMasterKeyId": "kms_master_key_id"}),
    "subscription": Kind(
        "AWS::SNS::Subscription",
        "aws_sns_topic_subscription",
        {
            "TopicArn": "topic_arn", "Protocol": "protocol", "Endpoint": "endpoint", "RawMessageDelivery": "raw_message_delivery",
            "FilterPolicy": "filter_policy", "FilterPolicyScope": "filter_policy_scope", "RedrivePolicy": "redrive_policy",
        },
        ("FilterPolicy", "RedrivePolicy"),
    ),
    "role": Kind("AWS::IAM::Role", "aws_iam_role", {"RoleName": "name", "AssumeRolePolicyDocument": "assume_role_policy"}, ("AssumeRolePolicyDocument",)),
    "role-policy": Kind(
        "AWS::IAM::RolePolicy", "aws_iam_role_policy", {"RoleName": "role", "PolicyName": "name", "PolicyDocument": "policy"}, ("PolicyDocument",)
    ),
    "function": Kind(
        "AWS::Lambda::Function",
        "aws_lambda_function",
        {
            "FunctionName": "function_name", "Role": "role", "Timeout": "timeout", "ReservedConcurrentExecutions": "reserved_concurrent_executions",
            "Handler": "handler", "Runtime": "runtime", "DeadLetterConfig": "dead_letter_config", "TargetArn": "target_arn",
        },
        (),
        ("DeadLetterConfig",),
    ),
    "mapping": Kind(
        "AWS::Lambda::EventSourceMapping",
        "aws_lambda_event_source_mapping",
        {
            "EventSourceArn": "event_source_arn", "FunctionName": "function_name", "BatchSize": "batch_size", "ScalingConfig": "scaling_config",
            "MaximumBatchingWindowInSeconds": "maximum_batching_window_in_seconds", "FunctionResponseTypes": "function_response_types",
            "MaximumConcurrency": "maximum_concurrency",
        },
        (),
        ("ScalingConfig",),
    ),
    "bus": Kind("AWS::Events::EventBus", "aws_cloudwatch_event_bus", {"Name": "name"}),
    "rule": Kind(
        "AWS::Events::Rule",
        "aws_cloudwatch_event_rule",
        {"Name": "name", "EventBusName": "event_bus_name", "EventPattern": "event_pattern"},
        ("EventPattern",),
    ),
    "target": Kind(
        "",
        "aws_cloudwatch_event_target",
        {
            "Rule": "rule", "Bus": "event_bus_name", "Id": "target_id", "Arn": "arn", "DeadLetterConfig": "dead_letter_config",
            "RetryPolicy": "retry_policy", "MaximumRetryAttempts": "maximum_retry_attempts", "MaximumEventAgeInSeconds": "maximum_event_age_in_seconds",
        },
        (),
        ("DeadLetterConfig", "RetryPolicy"),
    ),
    "machine": Kind(
        "AWS::StepFunctions::StateMachine",
        "aws_sfn_state_machine",
        {"StateMachineName": "name", "RoleArn": "role_arn", "DefinitionString": "definition", "StateMachineType": "type"},
        ("DefinitionString",),
    ),
}  # fmt: skip
IDS = {"queue": "Ref", "topic": "Ref", "bus": "Ref", "rule": "Ref", "role": "Ref", "function": "Ref", "machine": "Ref"}
"""In Terraform `id` where CloudFormation has `Ref`; a queue's is its URL, a topic's its ARN, the others' their name."""


# strategies


@st.composite
def systems(draw: st.DrawFn) -> list[Item]:
    """A few queues, topics, buses, functions and machines, and what binds them."""
    items: list[Item] = []
    queues = _labels(draw, "Queue", 1, 4)
    topics, buses = _labels(draw, "Topic", 0, 2), _labels(draw, "Bus", 0, 1)
    functions, machines = _labels(draw, "Work", 0, 3), _labels(draw, "Flow", 0, 1)
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    for label in queues:
        others = [q for q in queues if q < label]
        redrive = draw(st.sampled_from([None, *others]))
        values = {
            "QueueName": label.lower(),
            "VisibilityTimeout": draw(st.sampled_from([ABSENT, 0, 30, 360])),
            "MessageRetentionPeriod": draw(st.sampled_from([ABSENT, 60, 1209600])),
            "KmsMasterKeyId": draw(st.sampled_from([ABSENT, "alias/aws/sqs"])),
            "RedrivePolicy": {"deadLetterTargetArn": To(redrive), "maxReceiveCount": draw(st.sampled_from([1, 5]))} if redrive else ABSENT,
        }
        items.append(Item("queue", label, values))
        if draw(st.booleans()):
            items.append(_opened(draw, label))
    for label in topics:
        items.append(Item("topic", label, {"TopicName": label.lower()}))
    for label in buses:
        items.append(Item("bus", label, {"Name": label.lower()}))
    for label in functions:
        items.append(Item("role", f"{label}Role", {"RoleName": f"{label.lower()}-role", "AssumeRolePolicyDocument": trust}))
        items.append(_function(draw, label, queues))
        items.append(_permitted(draw, f"{label}Role", queues, topics))
    for label in machines:
        items.append(Item("role", f"{label}Role", {"RoleName": f"{label.lower()}-role", "AssumeRolePolicyDocument": trust}))
        items.append(_machine(draw, label, queues, functions))
    for number in range(draw(st.integers(0, 3)) if functions else 0):
        items.append(_mapping(draw, f"Read{number}", queues, functions))
    for number in range(draw(st.integers(0, 3)) if topics else 0):
        items.append(_subscription(draw, f"Hear{number}", topics, queues, functions))
    for number in range(draw(st.integers(0, 2))):
        items += _rule(draw, f"When{number}", buses, [*queues, *topics, *functions], queues)
    return items


def _labels(draw: st.DrawFn, word: str, least: int, most: int) -> list[str]:
    return [f"{word}{n}" for n in range(draw(st.integers(least, most)))]


def _opened(draw: st.DrawFn, queue: str) -> Item:
    service = draw(st.sampled_from(["sns.amazonaws.com", "events.amazonaws.com"]))
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage", "Resource": To(queue)}
    return Item(
        "queue-policy",
        f"{queue}Policy",
        {"Queues": [To(queue, "id")], "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}},
    )


def _function(draw: st.DrawFn, label: str, queues: list[str]) -> Item:
    lost = draw(st.sampled_from([None, *queues]))
    values = {
        "FunctionName": label.lower(),
        "Role": To(f"{label}Role"),
        "Handler": "app.handler",
        "Runtime": "python3.13",
        "Timeout": draw(st.sampled_from([ABSENT, 3, 60, 900])),
        "ReservedConcurrentExecutions": draw(st.sampled_from([ABSENT, 1, 10])),
        "DeadLetterConfig": {"TargetArn": To(lost)} if lost else ABSENT,
    }
    return Item("function", label, values)


def _permitted(draw: st.DrawFn, role: str, queues: list[str], topics: list[str]) -> Item:
    on = draw(st.sampled_from([*queues, *topics]))
    actions = (
        ["sns:Publish"]
        if on in topics
        else draw(st.sampled_from((["sqs:SendMessage"], ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"])))
    )
    statement = {"Effect": "Allow", "Action": actions, "Resource": draw(st.sampled_from([To(on), "*"]))}
    return Item(
        "role-policy",
        f"{role}Policy",
        {"RoleName": To(role, "id"), "PolicyName": "may", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}},
    )


def _machine(draw: st.DrawFn, label: str, queues: list[str], functions: list[str]) -> Item:
    retry = [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}] if draw(st.booleans()) else None
    send = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": To(queues[0], "id"), "MessageBody.$": "$"},
        "End": True,
    }
    states: dict[str, Any] = {"Send": {**send, **({"Retry": retry} if retry else {})}}
    if functions:
        call = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": To(functions[0])},
            "Next": "Send",
        }
        states = {"Call": call, **states}
    definition = {"StartAt": next(iter(states)), "States": states}
    values = {"StateMachineName": label.lower(), "RoleArn": To(f"{label}Role"), "DefinitionString": definition}
    return Item("machine", label, {**values, "StateMachineType": draw(st.sampled_from(["STANDARD", "EXPRESS"]))})


def _mapping(draw: st.DrawFn, label: str, queues: list[str], functions: list[str]) -> Item:
    values = {
        "EventSourceArn": To(draw(st.sampled_from(queues))),
        "FunctionName": To(draw(st.sampled_from(functions))),
        "BatchSize": draw(st.sampled_from([ABSENT, 1, 10, 100])),
        "MaximumBatchingWindowInSeconds": draw(st.sampled_from([ABSENT, 5, 300])),
        "FunctionResponseTypes": draw(st.sampled_from([ABSENT, ["ReportBatchItemFailures"]])),
        "ScalingConfig": draw(st.sampled_from([ABSENT, {"MaximumConcurrency": 2}, {"MaximumConcurrency": 50}])),
    }
    return Item("mapping", label, values)


def _subscription(draw: st.DrawFn, label: str, topics: list[str], queues: list[str], functions: list[str]) -> Item:
    endpoint = draw(st.sampled_from([*queues, *functions]))
    lost = draw(st.sampled_from([None, *queues]))
    values = {
        "TopicArn": To(draw(st.sampled_from(topics))),
        "Protocol": "sqs" if endpoint in queues else "lambda",
        "Endpoint": To(endpoint),
        "RawMessageDelivery": draw(st.sampled_from([ABSENT, True])),
        "FilterPolicy": draw(st.sampled_from([ABSENT, {"sort": ["new"]}, {"sort": [{"prefix": "n"}], "size": [{"numeric": [">", 3]}]}])),
        "RedrivePolicy": {"deadLetterTargetArn": To(lost)} if lost else ABSENT,
    }
    return Item("subscription", label, values)


def _rule(draw: st.DrawFn, label: str, buses: list[str], targets: list[str], queues: list[str]) -> Iterator[Item]:
    bus = draw(st.sampled_from([ABSENT, *(To(bus, "id") for bus in buses)]))
    pattern = {
        "source": draw(st.sampled_from([["shop"], [{"prefix": "sh"}], ["aws.s3"]])),
        "detail-type": draw(st.sampled_from([["Paid"], ["Paid", "Sent"]])),
    }
    yield Item("rule", label, {"Name": label.lower(), "EventBusName": bus, "EventPattern": pattern})
    for number, target in enumerate(draw(st.lists(st.sampled_from(targets), min_size=1, max_size=2, unique=True))):
        lost = draw(st.sampled_from([None, *queues]))
        values = {
            "Rule": To(label, "id"),
            "Bus": bus,
            "Id": f"t{number}",
            "Arn": To(target),
            "DeadLetterConfig": {"Arn": To(lost)} if lost else ABSENT,
            "RetryPolicy": draw(
                st.sampled_from(
                    [
                        ABSENT,
                        {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60},
                        {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 3600},
                    ]
                )
            ),
        }
        yield Item("target", f"{label}T{number}", values)


def _there(values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in values.items() if value is not ABSENT)


# CloudFormation


def cloudformation(items: list[Item]) -> dict[str, Any]:
    """The system as a template."""
    kinds = {item.label: item.kind for item in items}
    resources: dict[str, Any] = {}
    for item in items:
        if item.kind == "target":
            rule = resources[item.values["Rule"].label]["Properties"]
            target = {name: _cloudformation(value, kinds) for name, value in _there(item.values) if name not in ("Rule", "Bus")}
            rule.setdefault("Targets", []).append(target)
            continue
        properties = {name: _cloudformation(value, kinds) for name, value in _there(item.values)}
        if item.kind == "machine":
            properties["Definition"] = properties.pop("DefinitionString")
        resources[item.label] = {"Type": KINDS[item.kind].cloudformation, "Properties": properties}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def _cloudformation(value: Any, kinds: dict[str, str]) -> Any:
    if isinstance(value, To):
        if value.attribute == "id" or kinds[value.label] in ("topic", "machine"):
            return {"Ref": value.label}
        return {"Fn::GetAtt": [value.label, "Arn"]}
    if isinstance(value, dict):
        return {key: _cloudformation(inner, kinds) for key, inner in value.items()}
    return [_cloudformation(inner, kinds) for inner in value] if isinstance(value, list) else value


# Terraform


def terraform(items: list[Item]) -> str:
    """The system as a file in HCL."""
    kinds = {item.label: KINDS[item.kind] for item in items}
    blocks = []
    for item in items:
        lines = [f'resource "{KINDS[item.kind].terraform}" "{item.label.lower()}" {{']
        for name, value in _there(item.values):
            lines += _argument(KINDS[item.kind], name, value, kinds)
        blocks.append("\n".join([*lines, "}"]))
    return "\n\n".join(blocks) + "\n"


def _argument(kind: Kind, name: str, value: Any, kinds: dict[str, Kind], indent: str = "  ") -> list[str]:
    argument = kind.names[name]
    if name in kind.json:
        return [f"{indent}{argument} = jsonencode({_hcl(value, kinds)})"]
    if name in kind.blocks:
        inner = [line for key, v in value.items() for line in _argument(kind, key, v, kinds, indent + "  ")]
        return [f"{indent}{argument} {{", *inner, f"{indent}}}"]
    if name == "Queues":
        value = value[0]
    return [f"{indent}{argument} = {_hcl(value, kinds)}"]


def _hcl(value: Any, kinds: dict[str, Kind]) -> str:
    if isinstance(value, To):
        return f"{kinds[value.label].terraform}.{value.label.lower()}.{_attribute(value, kinds)}"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_hcl(inner, kinds)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_hcl(inner, kinds) for inner in value) + "]"
    return json.dumps(value)


def _attribute(to: To, kinds: dict[str, Kind]) -> str:
    """An id is written as what it is: a rule's, bus's or role's name, a queue's URL."""
    return "name" if to.attribute == "id" and kinds[to.label].terraform != "aws_sqs_queue" else to.attribute


def plan(items: list[Item]) -> dict[str, Any]:
    """The system as Terraform plans it where nothing is there yet: what refers to something new is not known."""
    kinds = {item.label: KINDS[item.kind] for item in items}
    planned, changes, configured = [], [], []
    for item in items:
        kind = KINDS[item.kind]
        head = {"address": f"{kind.terraform}.{item.label.lower()}", "mode": "managed", "type": kind.terraform, "name": item.label.lower()}
        values: dict[str, Any] = {}
        unknown: dict[str, Any] = {"id": True, "arn": True}
        expressions: dict[str, Any] = {}
        for name, value in _there(item.values):
            argument, value = kind.names[name], value[0] if name == "Queues" else value
            known, open_parts = _known(kind, name, value)
            if known is not ABSENT:
                values[argument] = known
            if open_parts:
                unknown[argument] = open_parts
            expressions[argument] = _expression(kind, name, value, kinds)
        provider = {"provider_name": "registry.terraform.io/hashicorp/aws"}
        planned.append({**head, **provider, "schema_version": 0, "values": values})
        changes.append({**head, **provider, "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": unknown}})
        configured.append({**head, "provider_config_key": "aws", "expressions": expressions, "schema_version": 0})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": REGION}}}},
            "root_module": {"resources": configured},
        },
    }


def _known(kind: Kind, name: str, value: Any) -> tuple[Any, Any]:
    """What is known of a value at plan time, and what is not."""
    if name in kind.blocks:
        inner, open_parts = {}, {}
        for key, part in value.items():
            known, open_part = _known(kind, key, part)
            if known is not ABSENT:
                inner[kind.names[key]] = known
            if open_part:
                open_parts[kind.names[key]] = open_part
        return [inner], [open_parts] if open_parts else False
    if any(isinstance(v, To) and not (v.attribute == "id" and not v.label.startswith("Queue")) for v in _walk(value)):
        return ABSENT, True
    value = _named(value)
    return json.dumps(value) if name in kind.json else value, False


def _named(value: Any) -> Any:
    """Names are known before anything is there."""
    if isinstance(value, To):
        return f"{value.label[:-4].lower()}-role" if value.label.endswith("Role") else value.label.lower()
    if isinstance(value, dict):
        return {key: _named(inner) for key, inner in value.items()}
    return [_named(inner) for inner in value] if isinstance(value, list) else value


def _expression(kind: Kind, name: str, value: Any, kinds: dict[str, Kind]) -> Any:
    if name in kind.blocks:
        return [{kind.names[key]: _expression(kind, key, part, kinds) for key, part in value.items()}]
    references = []
    for part in _walk(value):
        if isinstance(part, To):
            address = f"{kinds[part.label].terraform}.{part.label.lower()}"
            references += [f"{address}.{_attribute(part, kinds)}", address]
    if references or name in kind.json:
        return {"references": references} if references else {}
    return {"constant_value": value}


def _walk(value: Any) -> Iterator[Any]:
    yield value
    if isinstance(value, (dict, list)) and not isinstance(value, To):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _walk(inner)
