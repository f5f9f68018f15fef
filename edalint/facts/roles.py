"""Whether the role that a target is called with may do what the target needs."""

from __future__ import annotations

from collections.abc import Iterator

from edalint.facts._documents import NO_PATTERN, arn_of, text
from edalint.facts._permissions import Sender, admits, admits_role, invocable, named_role, role_allows
from edalint.facts.access import EVENTS, SENDING
from edalint.facts.registry import fact
from edalint.facts.view import Members, View
from edalint.iam.decision import Request, either
from edalint.linking.ends import outside
from edalint.model.graph import End, Node, Part, Target
from edalint.model.records import NamedTuple
from edalint.model.values import Kleene, Unknown, Value, parts_of, text_of

BY_POLICY = frozenset({"lambda", "sqs", "sns", "logs", "api-gateway", "inspector"})
"""Targets of a rule that may let EventBridge in by a policy of their own: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html"""
ACTIONS: dict[str, tuple[str, ...]] = {
    "lambda": ("lambda:InvokeFunction",),
    "sqs": ("sqs:SendMessage",),
    "sns": ("sns:Publish",),
    "bus": ("events:PutEvents",),
    "kinesis": ("kinesis:PutRecord", "kinesis:PutRecords"),
    "firehose": ("firehose:PutRecord", "firehose:PutRecordBatch"),
    "states": ("states:StartExecution",),
    "api-destination": ("events:InvokeApiDestination",),
    "batch": ("batch:SubmitJob",),
    "codebuild": ("codebuild:StartBuild",),
    "codepipeline": ("codepipeline:StartPipelineExecution",),
    "ecs": ("ecs:RunTask",),
}
"""Sort of target -> the actions of which its caller's role needs one: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html"""
UNIVERSAL = frozenset(
    {
        "batch", "codebuild", "codepipeline", "ec2", "ecs", "eventbridge", "glue", "lambda", "rds", "secretsmanager", "sfn", "sns", "sqs",
        "ssm",
    }
)  # fmt: skip
"""Services (by the SDK's name) whose IAM actions are named as their calls are."""
EXPRESS_ACTION = "states:StartSyncExecution"
PASS_ROLE = "iam:PassRole"
ECS_TASKS = "ecs-tasks.amazonaws.com"


class Need(NamedTuple):
    """Something that a role has to be allowed; one of several requests is enough."""

    name: str
    """`ecs:RunTask`, as messages say it."""
    requests: tuple[Request, ...]
    doubt: str = ""
    """Why it may not be needed after all."""


@fact("part:target", gives="string")
def role(part: Part, view: View) -> str | Unknown | None:
    """The role that the target is called with, by name; absent where none is given, unknown where it is outside the run."""
    target = view.target(part, "role")
    if target is None:
        return None
    return target.resource.name if target.resource is not None else Unknown("", "the role is not declared in this run")


@fact("part:target", gives="bool")
def needs_role(part: Part, view: View) -> Kleene:
    """Whether a target of this sort can only be called with a role. Scheduler, Pipes and subscribers always need one."""
    if part.data.get("product") in ("scheduler", "pipes", "eventsv2"):
        return True
    sort = view.fact(part, "target_type")
    if part.resource.type == "AWS::IoT::TopicRule" or sort in BY_POLICY:
        return False
    target = view.target(part, "target")
    if isinstance(sort, Unknown):
        return sort
    if sort == "other" or (sort == "bus" and (target is None or target.node is None)):
        return Unknown("", "what the target is, is not known")  # a bus of another account may let this one in by its policy
    return True


@fact("part:target", gives="list<string>")
def role_lacks(part: Part, view: View) -> Members[str]:
    """The actions that the target needs and that its role's policies do not allow. Open where a policy is not known."""
    caller = view.target(part, "role")
    if caller is None or caller.resource is None:
        return Members([], "" if caller is None else "the role is not declared in this run")
    target = view.target(part, "target")
    missing = lacking(view, caller, needs_of(view, part), target)
    admitted = _admits_events(view, part, target) if missing else False
    if admitted is not False:  # then EventBridge gets in without the role
        return Members([], (admitted.reason or "a policy that is not known") if isinstance(admitted, Unknown) else "")
    return missing


def _admits_events(view: View, part: Part, target: Target | None) -> Kleene:
    """Whether a function, queue or topic lets a rule in by its own policy, whatever role the target names."""
    node = target.node if target is not None else None
    rule = part.owner.resource if isinstance(part.owner, Node) else None
    if node is None or target is None or rule is None or rule.type != "AWS::Events::Rule":
        return False
    sender = Sender(EVENTS, arn_of(view, rule), view.value(rule.unit.account))
    if node.kind == "function":
        return invocable(view, node, sender, target.qualifier)
    return admits(view, node, sender, SENDING[node.kind]) if node.kind in SENDING else False


@fact("part:target", gives="string")
def role_problem(part: Part, view: View) -> str | None:
    """In words, what is wrong with the role that the target is called with; absent where nothing certainly is."""
    missing = role_lacks(part, view)
    if missing:
        return f"role '{role(part, view)}' lacks {', '.join(missing)}"
    return "no role is given" if needs_role(part, view) is True and role(part, view) is None else None


def lacking(view: View, caller: Target, needs: Iterator[Need] | list[Need], target: Target | None = None) -> Members[str]:
    """What a role lacks of what is needed. A policy of the target itself that names the role serves as well."""
    missing: list[str] = []
    open_because = ""
    for need in needs:
        allowed: Kleene = role_allows(view, caller, *need.requests)
        if allowed is not True and target is not None and target.node is not None and need.name != PASS_ROLE:
            allowed = either(allowed, admits_role(view, target.node, caller, need.requests))
        if allowed is False and need.doubt:
            allowed = Unknown("", need.doubt)
        if allowed is False:
            if need.name not in missing:
                missing.append(need.name)
        elif isinstance(allowed, Unknown):
            open_because = open_because or allowed.reason or f"whether {need.name} is allowed is not known"
    return Members(missing, open_because)


def needs_of(view: View, part: Part) -> Iterator[Need]:
    """What the role of a target has to be allowed."""
    if "call" in part.data:
        yield from _needs_of_call(view, part)
        return
    sort = view.fact(part, "target_type")
    target = view.target(part, "target")
    actions = ACTIONS.get(sort) if isinstance(sort, str) else None
    if actions is None:
        return
    if sort == "states":
        actions = _start(view, part, target)
    context: dict[str, Value] = {}
    if sort == "ecs":
        cluster = part.resource.get("Target") if part.data.get("product") == "pipes" else part.properties.get("Arn")
        context["ecs:cluster"] = text(view, cluster)
    resources = arns_of(view, target)
    if sort == "batch":  # the job queue or the definition, by whichever ARN
        resources = [*resources, text(view, part.properties.get("Arn")), NO_PATTERN]
    yield Need(actions[0], tuple(Request(a, r, None, context) for a in actions for r in resources))
    if sort == "ecs":
        yield from passed_roles(view, target)


def _needs_of_call(view: View, part: Part) -> Iterator[Need]:
    """What a universal target of Scheduler takes: the action of the API call that it makes."""
    service, action = part.data["call"]
    if service not in UNIVERSAL or not action:
        return
    from edalint.states import integrations

    target = view.target(part, "target")
    integration = integrations.find(service, action, sdk=True)
    for need in integration.needs if integration is not None else integrations.sdk_needs(service, action):
        if need.on == "roles":
            yield from passed_roles(view, target)
        else:
            resources = arns_of(view, target) if need.on == "target" else [NO_PATTERN]
            yield Need(need.action, tuple(Request(need.action, resource) for resource in resources))


def arns_of(view: View, target: Target | None) -> list[Value]:
    """The ARNs by which a policy may name a target: with its revision, and without.

    Who calls an alias or version of a function needs the permission for it; one for the function alone
    does not do: https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    """
    if target is None:
        return [NO_PATTERN]
    if target.node is None or target.node.resource is None:
        written = text(view, target.value)
        parts = parts_of(written)
        return [written] if parts and isinstance(parts[0], str) and parts[0].startswith("arn:") else [NO_PATTERN]
    arn = arn_of(view, target.node)
    if target.node.kind == "task":  # `family:revision`; a policy may say `family`
        parts = parts_of(arn)
        return [arn, text_of([*parts[:-2], str(parts[-2]).rstrip(":")])] if len(parts) > 2 else [arn]
    if target.qualifier:
        qualified = text_of([arn, ":", target.qualifier])
        return [qualified] if target.node.kind == "function" else [qualified, arn]
    return [arn]


def _start(view: View, part: Part, target: Target | None) -> tuple[str, ...]:
    """A pipe that waits for an EXPRESS machine starts it in another way."""
    if part.data.get("product") != "pipes":
        return ACTIONS["states"]
    invocation = view.string(part.properties, "StepFunctionStateMachineParameters", "InvocationType")
    if invocation == "FIRE_AND_FORGET":
        return ACTIONS["states"]
    sort = view.string(target.node.properties, "StateMachineType") if target is not None and target.node is not None else Unknown("", "?")
    if invocation == "REQUEST_RESPONSE" or sort == "EXPRESS":
        return (EXPRESS_ACTION,)
    return (*ACTIONS["states"], EXPRESS_ACTION)


def passed_roles(view: View, target: Target | None) -> Iterator[Need]:
    """The roles that whoever runs a task hands to it: those that its task definition names, or any where it is outside the run."""
    context = {"iam:passedtoservice": ECS_TASKS}
    task = target.node if target is not None else None
    if task is None or task.resource is None:
        known = target is not None and (task is not None or outside(target.value))
        doubt = "" if known else "which task definition is run is not known"
        yield Need(PASS_ROLE, (Request(PASS_ROLE, NO_PATTERN, None, context),), doubt)
        return
    for name in ("role", "execution_role"):
        end = task.data.get(name)
        passed = named_role(view, end) if isinstance(end, End) else None
        if passed is None:
            continue
        arn = arn_of(view, passed.resource) if passed.resource is not None else text(view, passed.value)
        whole = arn if _is_arn(arn) else NO_PATTERN
        yield Need(PASS_ROLE, (Request(PASS_ROLE, whole, None, context),))


def _is_arn(value: Value) -> bool:
    parts = parts_of(value)
    return bool(parts) and ((isinstance(parts[0], str) and parts[0].startswith("arn:")) or isinstance(parts[0], Unknown))
