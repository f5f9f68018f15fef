"""Events of EventBridge: rules (by pattern or schedule) and schedules, for functions and state machines."""

from __future__ import annotations

from edalint.frontends.cloudformation.sam.expansion import Event, Expansion, allow, trust_in
from edalint.frontends.cloudformation.sam.push import permission, queue_policy
from edalint.frontends.cloudformation.sam.shapes import get_att, is_absent, is_intrinsic, plain, ref, renamed, text
from edalint.hints import Any
from edalint.model.values import Map

TARGET_ID_LENGTH = 64
"""https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html"""
SCHEDULE_PASSED = (
    "Description", "EndDate", "FlexibleTimeWindow", "GroupName", "KmsKeyArn", "ScheduleExpression", "ScheduleExpressionTimezone", "StartDate",
    "State",
)  # fmt: skip


def function_rule(expansion: Expansion, event: Event) -> None:
    """A rule that calls the function; the function lets it."""
    _rule(expansion, event, "LambdaTarget", {})
    permission(expansion, event, "events.amazonaws.com", source_arn=get_att(event.id))


def machine_rule(expansion: Expansion, event: Event) -> None:
    """A rule that starts the state machine, with a role that may."""
    role = event.get("RoleArn") if event.type == "Schedule" else None
    if role is None:
        start = ("StartExecutionPolicy", allow("states:StartExecution", event.owner.arn))
        role = get_att(delivery_role(expansion, event, "events.amazonaws.com", start))
    _rule(expansion, event, "StepFunctionsTarget", {"RoleArn": role})


def _rule(expansion: Expansion, event: Event, suffix: str, target: dict[str, Any]) -> None:
    names: dict[str, str] = {}
    if event.type == "Schedule":
        items = event.passed("Name", "Description")
        items["ScheduleExpression"] = event.get("Schedule")
        names["ScheduleExpression"] = "Schedule"
        inputs = event.passed("Input", "RetryPolicy")
    else:
        items = event.passed("EventBusName")
        for written, name in (("Pattern", "EventPattern"), ("RuleName", "Name")):
            if event.get(written) is not None:
                items[name] = event.get(written)
                names[name] = written
        inputs = event.passed("Input", "InputPath", "InputTransformer", "RetryPolicy")
    state = _state(event)
    if state is not None:
        items["State"] = state
        names["State"] = "State" if "State" in event.properties else "Enabled"
    id = text(plain(event.get("Target")).get("Id")) or event.id[: TARGET_ID_LENGTH - len(suffix)] + suffix
    target = {"Arn": event.owner.arn, "Id": id, **target, **inputs}
    queue = _dead_letter(expansion, event)
    if queue is not None:
        target["DeadLetterConfig"] = queue
    items["Targets"] = [event.properties.like(target)]
    expansion.generate(event, event.id, "AWS::Events::Rule", renamed(event.properties, items, names))


def _state(event: Event) -> Any:
    """`State`, or what `Enabled` says."""
    state, enabled = event.get("State"), event.get("Enabled")
    if state is not None or enabled is None:
        return state
    if isinstance(enabled, Map) and is_intrinsic(enabled):
        choice = enabled.get("Fn::If")
        if isinstance(choice, list) and len(choice) == 3 and all(isinstance(c, bool) for c in choice[1:]):
            return Map({"Fn::If": [choice[0], *("ENABLED" if c else "DISABLED" for c in choice[1:])]})
        return "ENABLED"  # SAM takes every value that is there and not false for true
    return "DISABLED" if enabled in (False, "false", "False") else "ENABLED"


def _dead_letter(expansion: Expansion, event: Event, policy: bool = True) -> Any:
    """The target's `DeadLetterConfig`, with the queue (and its policy) that `Type: SQS` asks for."""
    config = event.get("DeadLetterConfig")
    if config is None or is_intrinsic(config) or not isinstance(config, Map):
        return config
    if not is_absent(config.get("Arn")):
        return config.like({"Arn": config["Arn"]})
    if config.get("Type") != "SQS":
        expansion.diagnose(f"DeadLetterConfig of event {event.key} of {event.owner.id} needs Arn or Type: SQS", event.place)
        return None
    id = text(config.get("QueueLogicalId")) or f"{event.id}Queue"
    expansion.generate(event, id, "AWS::SQS::Queue", config.like({}))
    if policy:
        principal = Map({"Service": "events.amazonaws.com"})
        queue_policy(expansion, event, f"{event.id}QueuePolicy", get_att(id), ref(id), principal, get_att(event.id))
    return renamed(config, {"Arn": get_att(id)}, {"Arn": "Type"})


def delivery_role(expansion: Expansion, event: Event, service: str, *grants: tuple[str, Map]) -> str:
    """A role that an event makes for the service that delivers it; grants: (suffix of the policy's name, statement)."""
    policies = [
        Map(
            {
                "PolicyName": f"{event.id}{suffix}",
                "PolicyDocument": Map({"Version": "2012-10-17", "Statement": [statement]}),
            }
        )
        for suffix, statement in grants
    ]
    items: dict[str, Any] = {"AssumeRolePolicyDocument": trust_in(service), "Policies": policies}
    boundary = event.get("PermissionsBoundary")
    if boundary is None and event.type != "ScheduleV2":
        boundary = event.owner.permissions_boundary
    if not is_absent(boundary):
        items["PermissionsBoundary"] = boundary
    expansion.generate(event, f"{event.id}Role", "AWS::IAM::Role", event.properties.like(items))
    return f"{event.id}Role"


def schedule(expansion: Expansion, event: Event) -> None:
    """A schedule of EventBridge Scheduler, with a role that may reach the target and the dead-letter queue."""
    items = event.passed(*SCHEDULE_PASSED)
    if event.get("OmitName") is not True:
        name = event.get("Name")
        items["Name"] = event.id if name is None else name
    items.setdefault("FlexibleTimeWindow", Map({"Mode": "OFF"}))
    queue = _dead_letter(expansion, event, policy=False)
    role = event.get("RoleArn")
    if role is None:
        function = event.owner.source_type == "AWS::Serverless::Function"
        grants = [
            ("LambdaPolicy", allow("lambda:InvokeFunction", event.owner.arn))
            if function
            else ("StartExecutionPolicy", allow("states:StartExecution", event.owner.arn))
        ]
        if isinstance(queue, Map) and "Arn" in queue:
            grants.append(("SQSPolicy", allow("sqs:SendMessage", queue["Arn"])))
        role = get_att(delivery_role(expansion, event, "scheduler.amazonaws.com", *grants))
    target = {"Arn": event.owner.arn, "RoleArn": role, **event.passed("Input", "RetryPolicy")}
    if queue is not None:
        target["DeadLetterConfig"] = queue
    items["Target"] = event.properties.like(target)
    expansion.generate(event, event.id, "AWS::Scheduler::Schedule", event.properties.like(items))
