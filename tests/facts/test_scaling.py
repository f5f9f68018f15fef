"""What a service reads, between which bounds it is scaled, and what its policies follow."""

from __future__ import annotations

from typing import Any

from edalint.facts.view import View
from edalint.inference import infer
from edalint.model.values import Unknown
from tests.building import arn, ref, stack

QUEUE = ("AWS::SQS::Queue", {"QueueName": "orders-queue"})
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"


def worker(container: dict[str, Any] | None = None, **resources: Any) -> View:
    """A service S that reads Q, with other resources."""
    statement = {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": arn("Q")}
    given: dict[str, Any] = {
        "Q": QUEUE,
        "R": ("AWS::IAM::Role", {"Policies": [{"PolicyDocument": {"Statement": [statement]}}]}),
        "D": ("AWS::ECS::TaskDefinition", {"TaskRoleArn": arn("R"), "ContainerDefinitions": [{"Name": "app", **(container or {})}]}),
        "S": ("AWS::ECS::Service", {"ServiceName": "orders", "TaskDefinition": ref("D")}),
        "T": (TARGET, {"ServiceNamespace": "ecs", "ResourceId": "service/main/orders", "MinCapacity": 1, "MaxCapacity": 4}),
    }
    graph = stack(**{**given, **resources})
    infer(graph)
    return View(graph)


def service_fact(view: View, name: str) -> Any:
    return view.fact(view.graph.nodes["t.yaml#S"], name)


def tracking(**configuration: Any) -> tuple[str, dict[str, Any]]:
    return (
        POLICY,
        {"PolicyType": "TargetTrackingScaling", "ScalingTargetId": ref("T"), "TargetTrackingScalingPolicyConfiguration": configuration},
    )


def step(*adjustments: Any, kind: str = "ChangeInCapacity") -> tuple[str, dict[str, Any]]:
    steps = [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": a} for a in adjustments]
    configuration = {"AdjustmentType": kind, "StepAdjustments": steps}
    return (POLICY, {"PolicyType": "StepScaling", "ScalingTargetId": ref("T"), "StepScalingPolicyConfiguration": configuration})


def metric(value: Any, namespace: str = "AWS/SQS") -> dict[str, Any]:
    return {
        "Namespace": namespace,
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": [{"Name": "QueueName", "Value": value}],
    }


def test_the_bounds_of_a_service() -> None:
    """A scalable target that may be of any service leaves the set open."""
    assert [p.resource.address for p in service_fact(worker(), "scalable_targets")] == ["T"]
    other = worker(T=(TARGET, {"ServiceNamespace": "ecs", "ResourceId": Unknown("", "an intrinsic that is not understood")}))
    assert service_fact(other, "scalable_targets") == []
    assert service_fact(other, "scalable_targets").open
    outside = worker(T=(TARGET, {"ServiceNamespace": "ecs", "ResourceId": Unknown("t.yaml#Parameters.Id", "", outside=True)}))
    assert not service_fact(outside, "scalable_targets").open


def test_whether_policies_follow_the_work() -> None:
    """Its own queue yes, CPU no; a custom metric, an alarm outside the run, an unknown dimension may."""
    cpu = tracking(PredefinedMetricSpecification={"PredefinedMetricType": "ECSServiceAverageCPUUtilization"})
    assert service_fact(worker(P=tracking(CustomizedMetricSpecification=metric("orders-queue"))), "scales_on_work") is True
    assert service_fact(worker(P=cpu), "scales_on_work") is False
    for policy in (
        tracking(CustomizedMetricSpecification={"Namespace": "Shop", "MetricName": "Backlog"}),
        step(1),
        tracking(CustomizedMetricSpecification=metric(Unknown("", "not known"))),
        tracking(CustomizedMetricSpecification={"Metrics": [Unknown("", "not known")]}),
        (POLICY, {"ScalingTargetId": ref("T"), "PolicyType": "TargetTrackingScaling"}),
    ):
        assert isinstance(service_fact(worker(P=policy, C=cpu), "scales_on_work"), Unknown)


def test_following_another_queue() -> None:
    """A queue that somebody may read by a wildcard may be the service's own."""
    other: dict[str, Any] = {
        "O": ("AWS::SQS::Queue", {"QueueName": "returns"}),
        "P": tracking(CustomizedMetricSpecification=metric("returns")),
    }
    assert [n.address for n in service_fact(worker(**other), "scales_on_others")] == ["O"]
    wildcard = {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": ["*", arn("Q")]}
    found = service_fact(
        worker(**other, R=("AWS::IAM::Role", {"Policies": [{"PolicyDocument": {"Statement": [wildcard]}}]})), "scales_on_others"
    )
    assert found == []
    assert found.open


def test_what_steps_do() -> None:
    """Only steps that all add never take away; an exact number may be fewer."""

    def only_adds(policy: tuple[str, dict[str, Any]]) -> Any:
        view = worker(P=policy)
        return view.fact(next(p for p in view.graph.parts if p.kind == "scaling-policy"), "only_adds")

    assert only_adds(step(1, 2)) is True
    assert only_adds(step(1, -1)) is False
    assert only_adds(step(5, kind="ExactCapacity")) is False
    assert only_adds(tracking()) is False
    assert isinstance(only_adds(step(Unknown("", "a parameter"))), Unknown)


def test_how_long_a_task_has_to_stop() -> None:
    """Absent where no container says it; unknown where the task definition is not in this run."""
    assert service_fact(worker(), "stop_timeout") is None
    assert service_fact(worker({"StopTimeout": "120"}), "stop_timeout") == 120
    outside = ("AWS::ECS::Service", {"TaskDefinition": "orders:3"})
    assert isinstance(service_fact(worker(S=outside), "stop_timeout"), Unknown)


def test_one_message_group() -> None:
    """Known only where every sender gives a constant; code may give any."""
    queue = ("AWS::SQS::Queue", {"FifoQueue": True})

    def rule(group: Any) -> tuple[str, dict[str, Any]]:
        target = {"Id": "q", "Arn": arn("Q"), "SqsParameters": {"MessageGroupId": group}}
        return ("AWS::Events::Rule", {"EventPattern": {"source": ["shop"]}, "Targets": [target]})

    def answer(**resources: Any) -> Any:
        view = worker(Q=queue, **resources)
        return view.fact(view.graph.nodes["t.yaml#Q"], "one_message_group")

    assert answer(A=rule("printer")) is True
    assert answer(A=rule("printer"), B=rule("other")) is False
    sends = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn("Q")}
    code = {
        "F": ("AWS::Lambda::Function", {"Role": arn("X")}),
        "X": ("AWS::IAM::Role", {"Policies": [{"PolicyDocument": {"Statement": [sends]}}]}),
    }
    assert isinstance(answer(A=rule("printer"), **code), Unknown)
