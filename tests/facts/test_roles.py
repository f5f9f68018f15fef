"""What roles lack of what targets, readers and senders need."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.view import Members, View
from edalint.model.graph import EventGraph, Part
from edalint.model.values import Unknown
from tests.building import arn, ref, stack, text

ACCOUNT = Unknown("AWS::AccountId", excludes=":/")


def role(*statements: Any, **properties: Any) -> Any:
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}] if statements else []
    return ("AWS::IAM::Role", {"Policies": policies, **properties})


def may(*actions: str, on: Any = "*", **more: Any) -> Any:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def part(graph: EventGraph, kind: str = "target") -> Part:
    return next(p for p in graph.parts if p.kind == kind)


def lacks(graph: EventGraph, fact: str = "role_lacks", kind: str = "target") -> Members[str]:
    found = View(graph).fact(part(graph, kind), fact)
    assert isinstance(found, Members)
    return found


def rule(target: Any, **more: Any) -> Any:
    return (
        "AWS::Events::Rule",
        {"EventPattern": {"source": ["x"]}, "Targets": [{"Id": "t", "Arn": target, "RoleArn": arn("Role"), **more}]},
    )


MACHINE: Any = ("AWS::StepFunctions::StateMachine", {})
TASK: Any = ("AWS::ECS::TaskDefinition", {"Family": "f", "TaskRoleArn": arn("TaskRole"), "ExecutionRoleArn": arn("PullRole")})
ECS = {"EcsParameters": {"TaskDefinitionArn": ref("Task")}}
OTHERS = {"TaskRole": role(), "PullRole": role()}


@pytest.mark.parametrize(
    ("allowed", "missing"),
    [
        ([may("states:StartExecution", on=ref("M"))], []),
        ([may("states:*")], []),
        ([may("*")], []),
        ([may("states:StartExecution", on=text("arn:aws:states:*:", ACCOUNT, ":stateMachine:", ref("M", "Name")))], []),
        ([may("states:StartExecution", on=ref("Other"))], ["states:StartExecution"]),
        ([may("states:StartSyncExecution")], ["states:StartExecution"]),
        ([], ["states:StartExecution"]),
        ([may("*"), {**may("states:*"), "Effect": "Deny"}], ["states:StartExecution"]),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], []),
    ],
)
def test_a_rule_starts_a_machine_with_its_role(allowed: list[Any], missing: list[str]) -> None:
    found = lacks(stack(R=rule(ref("M")), M=MACHINE, Other=MACHINE, Role=role(*allowed)))
    assert list(found) == missing
    assert not found.open


@pytest.mark.parametrize(
    ("allowed", "missing"),
    [
        ([may("ecs:RunTask", on=ref("Task")), may("iam:PassRole")], []),
        ([may("ecs:RunTask"), may("iam:PassRole", on=[arn("TaskRole"), arn("PullRole")])], []),
        ([may("ecs:RunTask"), may("iam:PassRole", on=arn("TaskRole"))], ["iam:PassRole"]),
        ([may("ecs:RunTask")], ["iam:PassRole"]),
        ([may("iam:PassRole")], ["ecs:RunTask"]),
        ([may("ecs:RunTask", on="arn:aws:ecs:*:*:task-definition/f:*"), may("iam:PassRole")], []),
        ([may("ecs:RunTask", on="arn:aws:ecs:*:*:task-definition/g:*"), may("iam:PassRole")], ["ecs:RunTask"]),
        ([may("ecs:RunTask", Condition={"ArnEquals": {"ecs:cluster": arn("C")}}), may("iam:PassRole")], []),
        ([may("ecs:RunTask", Condition={"ArnEquals": {"ecs:cluster": arn("D")}}), may("iam:PassRole")], ["ecs:RunTask"]),
    ],
)
def test_to_run_a_task_takes_its_roles_too(allowed: list[Any], missing: list[str]) -> None:
    """RunTask on the definition in its cluster, and PassRole for each role that the definition names."""
    cluster: Any = ("AWS::ECS::Cluster", {})
    found = lacks(stack(R=rule(arn("C"), **ECS), Task=TASK, C=cluster, D=cluster, Role=role(*allowed), **OTHERS))
    assert list(found) == missing


def test_a_task_that_is_not_known_needs_some_role_to_be_passed() -> None:
    """Whatever its roles are, a role without any iam:PassRole can't run it."""
    outside = {"EcsParameters": {"TaskDefinitionArn": Unknown("Parameters.Task", outside=True)}}
    assert list(lacks(stack(R=rule("arn:aws:ecs:eu-west-1:1:cluster/c", **outside), Role=role(may("ecs:RunTask"))))) == ["iam:PassRole"]
    passing = role(may("ecs:RunTask"), may("iam:PassRole", on="arn:aws:iam::1:role/x"))
    found = lacks(stack(R=rule("arn:aws:ecs:eu-west-1:1:cluster/c", **outside), Role=passing))
    assert not found
    assert found.open


@pytest.mark.parametrize(
    "properties",
    [
        {"ManagedPolicyArns": ["arn:aws:iam::1:policy/theirs"]},
        {"ManagedPolicyArns": Unknown("Parameters.Policies", outside=True)},
        {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AWSStepFunctionsConsoleFullAccess"]},
        {"Policies": Unknown("", "imported")},
        {"Policies": [{"PolicyName": "p", "PolicyDocument": Unknown("", "imported")}]},
        {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [Unknown("", "imported")]}}]},
    ],
)
def test_a_role_with_a_policy_that_is_not_known_lacks_nothing_for_certain(properties: dict[str, Any]) -> None:
    found = lacks(stack(R=rule(ref("M")), M=MACHINE, Role=role(**properties)))
    assert not found
    assert found.open


def test_managed_policies_of_the_run_and_of_aws_are_read() -> None:
    own: Any = ("AWS::IAM::ManagedPolicy", {"PolicyDocument": {"Statement": [may("states:StartExecution")]}})
    assert not lacks(stack(R=rule(ref("M")), M=MACHINE, P=own, Role=role(ManagedPolicyArns=[ref("P")])))
    full = "arn:aws:iam::aws:policy/AWSStepFunctionsFullAccess"
    assert not lacks(stack(R=rule(ref("M")), M=MACHINE, Role=role(ManagedPolicyArns=[full])))
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    assert list(lacks(stack(R=rule(ref("M")), M=MACHINE, Role=role(ManagedPolicyArns=[basic])))) == ["states:StartExecution"]


def test_a_boundary_bounds_what_is_granted() -> None:
    """A known boundary without the action takes it away, an unknown one leaves it open."""
    narrow: Any = ("AWS::IAM::ManagedPolicy", {"PolicyDocument": {"Statement": [may("sqs:*")]}})
    granted = may("states:StartExecution")
    bounded = stack(R=rule(ref("M")), M=MACHINE, B=narrow, Role=role(granted, PermissionsBoundary=ref("B")))
    assert list(lacks(bounded)) == ["states:StartExecution"]
    unknown = lacks(stack(R=rule(ref("M")), M=MACHINE, Role=role(granted, PermissionsBoundary="arn:aws:iam::1:policy/b")))
    assert not unknown
    assert unknown.open


@pytest.mark.parametrize(
    ("target", "needs"), [(ref("M"), True), (arn("Q"), False), (Unknown("Parameters.Target", outside=True), None), (ref("B"), True)]
)
def test_which_targets_need_a_role(target: Any, needs: bool | None) -> None:
    """Queues let EventBridge in by their policy, machines and buses don't; what is not known may be either."""
    made: Any = ("AWS::Events::Rule", {"EventPattern": {}, "Targets": [{"Id": "t", "Arn": target}]})
    graph = stack(R=made, M=MACHINE, Q=("AWS::SQS::Queue", {}), B=("AWS::EventsV2::EventBus", {"Name": "b"}))
    got = View(graph).fact(part(graph), "needs_role")
    assert isinstance(got, Unknown) if needs is None else got is needs


FEED: Any = ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Q"), "FunctionName": ref("F")})
FUNCTION: Any = ("AWS::Lambda::Function", {"Role": arn("Role")})


def test_a_mapping_reads_with_the_functions_role() -> None:
    queue: Any = ("AWS::SQS::Queue", {})
    graph = stack(Q=queue, F=FUNCTION, E=FEED, Role=role(may("sqs:ReceiveMessage", "sqs:GetQueueAttributes", on=arn("Q"))))
    assert list(lacks(graph, "source_lacks", "mapping")) == ["sqs:DeleteMessage"]
    policy: Any = (
        "AWS::SQS::QueuePolicy",
        {"Queues": [ref("Q")], "PolicyDocument": {"Statement": [{**may("sqs:*"), "Principal": {"AWS": arn("Role")}}]}},
    )
    assert not lacks(stack(Q=queue, F=FUNCTION, E=FEED, P=policy, Role=role()), "source_lacks", "mapping")


@pytest.mark.parametrize(
    ("key_statement", "granted", "missing"),
    [
        ({"Principal": {"AWS": arn("Role")}}, [], []),
        ({"Principal": {"AWS": text("arn:aws:iam::", ACCOUNT, ":root")}}, [may("kms:Decrypt", on=arn("K"))], []),
        ({"Principal": {"AWS": text("arn:aws:iam::", ACCOUNT, ":root")}}, [], ["kms:Decrypt"]),
        ({"Principal": {"Service": "sns.amazonaws.com"}}, [may("kms:*")], ["kms:Decrypt"]),
    ],
)
def test_reading_an_encrypted_queue_takes_its_key(key_statement: Any, granted: list[Any], missing: list[str]) -> None:
    """The key's policy names the role, or leaves it to IAM and IAM allows it."""
    key: Any = ("AWS::KMS::Key", {"KeyPolicy": {"Statement": [{**may("kms:*"), **key_statement}]}})
    graph = stack(Q=("AWS::SQS::Queue", {"KmsMasterKeyId": ref("K")}), K=key, F=FUNCTION, E=FEED, Role=role(may("sqs:*"), *granted))
    assert list(lacks(graph, "source_lacks", "mapping")) == missing


def test_a_destination_is_written_with_the_functions_role() -> None:
    config: Any = (
        "AWS::Lambda::EventInvokeConfig",
        {"FunctionName": ref("F"), "Qualifier": "$LATEST", "DestinationConfig": {"OnFailure": {"Destination": arn("Q")}}},
    )
    for granted, missing in ((may("sqs:SendMessage", on=arn("Q")), []), (may("sns:Publish"), ["sqs:SendMessage"])):
        graph = stack(Q=("AWS::SQS::Queue", {}), F=FUNCTION, C=config, Role=role(granted))
        edge = next(e for e in graph.edges if e.kind == "on-failure")
        assert list(View(graph).fact(edge, "sender_lacks")) == missing


@pytest.mark.parametrize(
    ("call", "granted", "missing"),
    [
        ("ecs:updateService", may("ecs:UpdateService"), []),
        ("ecs:updateService", may("ecs:RunTask"), ["ecs:UpdateService"]),
        ("sqs:sendMessage", may("sqs:SendMessage", on=arn("Q")), []),
        ("sqs:sendMessage", may("sqs:SendMessage", on=arn("Other")), ["sqs:SendMessage"]),
        ("lambda:invoke", may("lambda:InvokeFunction"), []),
        ("eventbridge:putEvents", may("sqs:*"), ["events:PutEvents"]),
        ("sfn:startExecution", may("states:StartExecution"), []),
        ("somethingnew:doIt", may("sqs:*"), []),
    ],
)
def test_a_universal_target_needs_the_action_that_it_calls(call: str, granted: Any, missing: list[str]) -> None:
    target = {"Arn": f"arn:aws:scheduler:::aws-sdk:{call}", "RoleArn": arn("Role"), "Input": {"QueueUrl": ref("Q"), "MessageBody": "x"}}
    schedule: Any = ("AWS::Scheduler::Schedule", {"Target": target})
    graph = stack(S=schedule, Q=("AWS::SQS::Queue", {}), Other=("AWS::SQS::Queue", {}), Role=role(granted))
    assert list(lacks(graph)) == missing


LIVE = text(arn("F"), ":live")


@pytest.mark.parametrize(
    ("called", "allowed", "missing"),
    [
        (arn("F"), arn("F"), False),
        (arn("F"), text(arn("F"), ":*"), True),
        (arn("F"), text(arn("F"), "*"), False),
        (arn("F"), ref("Alias"), True),
        (ref("Alias"), ref("Alias"), False),
        (ref("Alias"), LIVE, False),
        (ref("Alias"), text(arn("F"), ":*"), False),
        (ref("Alias"), arn("F"), True),
        (LIVE, ref("Alias"), False),
        (LIVE, arn("F"), True),
        (text(arn("F"), ":$LATEST"), LIVE, True),
        (ref("Version"), arn("F"), True),
    ],
)
def test_who_calls_an_alias_needs_the_permission_for_it(called: Any, allowed: Any, missing: bool) -> None:
    schedule = ("AWS::Scheduler::Schedule", {"ScheduleExpression": "rate(1 hour)", "Target": {"Arn": called, "RoleArn": arn("Role")}})
    graph = stack(
        Schedule=schedule,
        F=("AWS::Lambda::Function", {}),
        Alias=("AWS::Lambda::Alias", {"FunctionName": ref("F"), "Name": "live"}),
        Version=("AWS::Lambda::Version", {"FunctionName": ref("F")}),
        Role=role(may("lambda:InvokeFunction", on=allowed)),
    )
    assert list(lacks(graph)) == (["lambda:InvokeFunction"] if missing else [])
