"""EventBridge Scheduler: schedules, their one target (which may hide in the input of an API call), and their dead letters."""

from __future__ import annotations

from edalint.model.conditions import Condition
from edalint.model.graph import Declarations, End, Node, Part, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Text, Unknown, Value, alternatives, items, parts_of
from edalint.services._shared import sort_of, structured, target_end, unknown_target
from edalint.services._terraform import Rules, many, one, raw, translation
from edalint.services.registry import Default, Identity, declares, identities, terraform

_RETRY = "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html"
RETRY_ATTEMPTS = Default(185, _RETRY)
EVENT_AGE = Default(86_400, _RETRY)
"""Seconds."""
UNIVERSAL = ":aws-sdk:"
"""In the ARN of a target that is any API call: `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`."""
UNIVERSAL_SORTS = {
    "sqs": "sqs", "sns": "sns", "eventbridge": "bus", "lambda": "lambda", "sfn": "states", "ecs": "ecs", "kinesis": "kinesis",
    "firehose": "firehose", "batch": "batch", "codebuild": "codebuild", "codepipeline": "codepipeline", "glue": "glue",
}  # fmt: skip
"""SDK's name of a service -> what sort of target its calls that start or send something are."""

identities(
    {
        "AWS::Scheduler::Schedule": Identity(
            "schedule",
            "Name",
            "name",
            arn="arn:{P}:scheduler:{R}:{A}:schedule/{GroupName}/{name}",
            attributes={"Arn": "arn"},
        ),
        "AWS::Scheduler::ScheduleGroup": Identity("AWS::Scheduler::ScheduleGroup", "Name", "name", attributes={"Arn": "arn"}),
    }
)

_ECS: Rules = {
    "network_configuration": one(
        "NetworkConfiguration",
        {
            "subnets": "AwsvpcConfiguration.Subnets",
            "security_groups": "AwsvpcConfiguration.SecurityGroups",
            "assign_public_ip": "AwsvpcConfiguration.AssignPublicIp",
        },
    ),
    "capacity_provider_strategy": many("CapacityProviderStrategy"),
    "placement_constraints": many("PlacementConstraints"),
    "placement_strategy": many("PlacementStrategy"),
    "tags": raw("Tags"),
}
_TARGET: Rules = {
    "dead_letter_config": one("DeadLetterConfig"),
    "retry_policy": one("RetryPolicy"),
    "ecs_parameters": one("EcsParameters", _ECS),
    "eventbridge_parameters": one("EventBridgeParameters"),
    "kinesis_parameters": one("KinesisParameters"),
    "sqs_parameters": one("SqsParameters"),
    "sagemaker_pipeline_parameters": one("SageMakerPipelineParameters"),
}
terraform(
    {
        "aws_scheduler_schedule": translation(
            "AWS::Scheduler::Schedule",
            {"target": one("Target", _TARGET), "flexible_time_window": one("FlexibleTimeWindow")},
            {"arn": "Arn", "name": "Ref", "id": "Ref"},
        ),
        "aws_scheduler_schedule_group": translation("AWS::Scheduler::ScheduleGroup", {}, {"arn": "Arn", "name": "Ref", "id": "Ref"}),
    }
)


@declares("AWS::Scheduler::Schedule")
def schedule(resource: Resource, declare: Declarations) -> None:
    """A schedule: its target is called by its role."""
    node = declare.node(resource, "schedule", product="scheduler")
    for when, target in items(resource.get("Target")):
        if isinstance(target, Map):
            _target(resource, declare, node, target, when)
        elif isinstance(target, Unknown):
            unknown_target(resource, declare, node, target, Place(resource.properties, "Target"), when)


def _target(resource: Resource, declare: Declarations, node: Node, target: Map, when: Condition) -> None:
    role = End(get(target, "RoleArn"), ("AWS::IAM::Role",), "arn", resource)
    node.data.setdefault("role", role)
    arn, dead_letter = get(target, "Arn"), get(target, "DeadLetterConfig", "Arn")
    call = _universal(arn)
    part = declare.part(
        "target",
        resource,
        node,
        properties=target,
        place=Place(resource.properties, "Target"),
        when=when,
        ends={"dead_letter": End(dead_letter, ("queue",), "arn", resource), "role": role},
        kind=_sort_of_call(*call) if call else sort_of(arn, declare, target),
        product="scheduler",
    )
    if call is not None:
        part.data["call"] = call
        _universal_target(resource, declare, node, part, call)
    elif arn is not None:
        part.ends["target"] = target_end(arn, part.data["kind"], target, resource)
        declare.edge("deliver", node, part.ends["target"], resource, part=part)
    if dead_letter is not None:
        declare.edge("dead-letter", node, part.ends["dead_letter"], resource, part=part, place=Place(target, "DeadLetterConfig"))


def _universal(arn: Value) -> tuple[str, str] | None:
    """Service and action of a universal target; None for any other."""
    for _, plain in alternatives(arn):
        text = "".join(p if isinstance(p, str) else "*" for p in parts_of(plain))
        if text.startswith("arn:") and UNIVERSAL in text:
            service, _, action = text.partition(UNIVERSAL)[2].partition(":")
            return service, action
    return None


def _sort_of_call(service: str, action: str) -> str:
    """What sort of target a call is: `ecs` if it runs a task, not if it changes a service."""
    from edalint.states import integrations

    starts = (service, action) == ("codepipeline", "startPipelineExecution") or integrations.find(service, action, sdk=True) is not None
    return UNIVERSAL_SORTS.get(service, "other") if starts else "other"


def _universal_target(resource: Resource, declare: Declarations, node: Node, part: Part, call: tuple[str, str]) -> None:
    """The edge of a universal target, whose real target stands in the JSON of `Input`."""
    from edalint.states import integrations

    integration = integrations.find(*call, sdk=True)
    if integration is None or not integration.edge:
        return
    target = part.properties
    arguments = structured(target.get("Input"), Place(target, "Input"))
    part.data["arguments"] = arguments
    for where in integration.targets:
        values = _along(arguments, where.path)
        if integration.default_bus:
            values = ["default" if v is None else v for v in values]
        found = False
        for value in values:
            if value is not None:
                part.ends["target"] = End(value, integration.kinds, where.form, resource)
                declare.edge("deliver", node, part.ends["target"], resource, part=part, place=Place(target, "Input"))
                found = True
        if found:
            return


def _along(value: Value, path: tuple[str, ...]) -> list[Value]:
    """Everything at the end of a path of keys, `[]` going through a list."""
    if not path:
        return [value]
    if path[0] == "[]":
        return [found for _, item in items(value) for found in _along(item, path[1:])]
    if isinstance(value, (str, Text)):
        return []
    if isinstance(value, Unknown):
        return [value]
    return _along(get(value, path[0]), path[1:])
