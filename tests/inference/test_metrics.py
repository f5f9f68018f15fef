"""What a scaling policy follows: its own metrics, and those of the alarms that call it."""

from __future__ import annotations

from typing import Any

from edalint.inference import infer
from edalint.model.graph import EventGraph
from tests.building import arn, ref, stack

TARGET = ("AWS::ApplicationAutoScaling::ScalableTarget", {"ServiceNamespace": "ecs", "ResourceId": "service/main/orders"})
SERVICE = ("AWS::ECS::Service", {"ServiceName": "orders"})
QUEUE = ("AWS::SQS::Queue", {"QueueName": "orders-queue"})


def graph_of(**resources: Any) -> EventGraph:
    """The graph of a scaled service with these resources."""
    graph = stack(S=SERVICE, T=TARGET, Q=QUEUE, **resources)
    infer(graph)
    return graph


def scale_edges(graph: EventGraph) -> list[tuple[str, str, dict[str, Any]]]:
    return [(e.source.address, e.target.address, e.attributes) for e in graph.edges if e.kind == "scale"]


def tracking(specification: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    configuration = {"TargetValue": 1, "CustomizedMetricSpecification": specification}
    return (
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        {"PolicyType": "TargetTrackingScaling", "ScalingTargetId": ref("T"), "TargetTrackingScalingPolicyConfiguration": configuration},
    )


def metric(value: Any, name: str = "QueueName", namespace: str = "AWS/SQS") -> dict[str, Any]:
    return {"Namespace": namespace, "MetricName": "Depth", "Dimensions": [{"Name": name, "Value": value}]}


def test_a_metric_of_a_queue_scales_its_service() -> None:
    """By reference to the name or by the name itself, whatever the namespace and the dimension are called."""
    assert scale_edges(graph_of(P=tracking(metric(ref("Q", "QueueName"))))) == [("Q", "S", {})]
    assert scale_edges(graph_of(P=tracking(metric("orders-queue", "Queue", "Shop")))) == [("Q", "S", {})]


def test_a_url_in_the_place_of_the_name_measures_nothing() -> None:
    """`Ref` of a queue is its URL: there is no such metric."""
    assert scale_edges(graph_of(P=tracking(metric(ref("Q"))))) == []
    assert scale_edges(graph_of(P=tracking(metric(arn("Q"))))) == []


def test_metric_math_measures_what_its_queries_measure() -> None:
    """One edge, however many queries name the queue."""
    stat = {"MetricStat": {"Stat": "Sum", "Metric": metric("orders-queue")}}
    graph = graph_of(P=tracking({"Metrics": [{"Id": "a", **stat}, {"Id": "b", **stat}, {"Id": "c", "Expression": "a + b"}]}))
    assert scale_edges(graph) == [("Q", "S", {})]


def test_alarms_on_the_way_are_in_the_edge() -> None:
    """A step policy follows the metric of the alarm that calls it."""
    policy = ("AWS::ApplicationAutoScaling::ScalingPolicy", {"PolicyType": "StepScaling", "ScalingTargetId": ref("T")})
    alarm = ("AWS::CloudWatch::Alarm", {**metric("orders-queue"), "AlarmActions": [ref("P")]})
    assert scale_edges(graph_of(P=policy, A=alarm)) == [("Q", "S", {"alarms": ["A"]})]


def test_a_metric_of_something_else_gives_no_edge() -> None:
    """CPU, a queue outside, no dimension at all."""
    assert scale_edges(graph_of(P=tracking(metric("orders", "ServiceName", "AWS/ECS")))) == []
    assert scale_edges(graph_of(P=tracking(metric("elsewhere")))) == []
    assert scale_edges(graph_of(P=tracking({"Namespace": "Shop", "MetricName": "Backlog"}))) == []
