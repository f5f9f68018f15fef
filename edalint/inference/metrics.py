"""Which metrics a scaling policy follows, itself or through alarms, and the queues, streams and topics that they measure.

A metric of any namespace measures a queue when one of its dimensions is the queue's name.
"""

from __future__ import annotations

from collections.abc import Iterator

from edalint.linking import resolve
from edalint.model.conditions import Condition, both
from edalint.model.graph import Edge, End, EventGraph, Node, Part, Place
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Value, alternatives, items
from edalint.services.identity import form_of

SOURCE_KINDS = ("queue", "stream", "topic")
DIMENSIONS: dict[str, tuple[str, ...]] = {
    "QueueName": ("queue",),
    "StreamName": ("stream",),
    "DeliveryStreamName": ("stream",),
    "TopicName": ("topic",),
}
"""Dimension of AWS's own metrics -> what it names."""
CUSTOMIZED = (
    ("TargetTrackingScalingPolicyConfiguration", "CustomizedMetricSpecification"),
    ("TargetTrackingScalingPolicyConfiguration", "CustomizedScalingMetricSpecification"),
    ("PredictiveScalingPolicyConfiguration", "MetricSpecifications", "CustomizedScalingMetricSpecification"),
    ("PredictiveScalingPolicyConfiguration", "MetricSpecifications", "CustomizedLoadMetricSpecification"),
)
"""Where a policy names metrics of its own."""


class Metric(NamedTuple):
    """A metric that a policy follows."""

    when: Condition
    properties: Map
    """`Namespace`, `MetricName`, `Dimensions`."""
    alarm: Node | None
    """The alarm through which the policy follows it; None where it is the policy's own."""
    measures: list[tuple[Condition, Node]]
    """The queues, streams and topics whose name is one of its dimensions."""
    expression: bool
    """Whether it goes into metric math."""
    place: Place


def scale_edges(graph: EventGraph) -> None:
    """Give every scaling policy its alarms and metrics, and draw the edges from what it measures to its service."""
    policies = [part for part in graph.parts if part.kind == "scaling-policy"]
    if not policies:
        return
    called = _alarms_by_policy(graph)
    for part in policies:
        alarms = called.get(part.resource.id, [])
        metrics = list(_metrics(graph, part, alarms))
        part.data["alarms"] = alarms
        part.data["metrics"] = metrics
        if isinstance(part.owner, Node):
            _edges(graph, part, part.owner, metrics)


def _alarms_by_policy(graph: EventGraph) -> dict[str, list[tuple[Condition, Node]]]:
    """Scaling policy -> the alarms that call it."""
    found: dict[str, list[tuple[Condition, Node]]] = {}
    for alarm in graph.of_kind("alarm"):
        for action in alarm.data.get("actions", ()):
            for target in resolve(graph, End(action, (), "arn", alarm.resource)):
                if target.resource is not None and target.resource.type.endswith("::ScalingPolicy"):
                    found.setdefault(target.resource.id, []).append((both(alarm.when, target.when), alarm))
    return found


def _metrics(graph: EventGraph, part: Part, alarms: list[tuple[Condition, Node]]) -> Iterator[Metric]:
    for path in CUSTOMIZED:
        for when, specification in _along(part.properties, path):
            yield from _specified(graph, part.resource, specification, when, None)
    for when, alarm in alarms:
        if alarm.resource is not None:
            yield from _specified(graph, alarm.resource, alarm.properties, when, alarm)


def _along(value: Value, path: tuple[str, ...]) -> Iterator[tuple[Condition, Map]]:
    for when, item in items(value):
        if isinstance(item, Map):
            if not path:
                yield when, item
            else:
                for inner, found in _along(get(item, path[0]), path[1:]):
                    yield both(when, inner), found


def _specified(graph: EventGraph, resource: Resource, specification: Map, when: Condition, alarm: Node | None) -> Iterator[Metric]:
    """The metrics of a specification: its own, or those of its queries."""
    if get(specification, "MetricName") is not None:
        yield _metric(graph, resource, specification, when, alarm, expression=False)
    for key in ("Metrics", "MetricDataQueries"):
        queries = list(_along(get(specification, key), ()))
        expression = any(get(query, "Expression") is not None for _, query in queries)
        for inner, query in queries:
            metric = get(query, "MetricStat", "Metric")
            if isinstance(metric, Map):
                yield _metric(graph, resource, metric, both(when, inner), alarm, expression=expression)


def _metric(graph: EventGraph, resource: Resource, metric: Map, when: Condition, alarm: Node | None, *, expression: bool) -> Metric:
    measures: list[tuple[Condition, Node]] = []
    for condition, dimension in _along(get(metric, "Dimensions"), ()):
        kinds = _kinds(get(dimension, "Name"))
        for inner, value in alternatives(get(dimension, "Value")):
            if not _is_name(graph, value):
                continue
            for target in resolve(graph, End(value, kinds, "name", resource)):
                if target.node is not None and target.node.kind in SOURCE_KINDS:
                    measures.append((both(condition, inner, target.when), target.node))
    return Metric(when, metric, alarm, measures, expression, Place(metric, "Dimensions"))


def _kinds(name: Value) -> tuple[str, ...]:
    return DIMENSIONS.get(name, SOURCE_KINDS) if isinstance(name, str) else SOURCE_KINDS


def _is_name(graph: EventGraph, value: Value) -> bool:
    """Whether a dimension's value can be a name: a URL or an ARN in its place measures nothing."""
    if isinstance(value, Ref):
        resource = graph.resources.get(value.id)
        return resource is not None and form_of(value, resource.type) in ("name", "")
    return value is not None


def _edges(graph: EventGraph, part: Part, service: Node, metrics: list[Metric]) -> None:
    """One edge for each thing measured; the alarms on the way are in its attributes."""
    drawn: dict[str, Edge] = {}
    for metric in metrics:
        for when, node in metric.measures:
            joined = both(part.when, metric.when, when)
            if joined is False:
                continue
            edge = drawn.get(node.id)
            if edge is None:
                edge = drawn[node.id] = Edge("scale", node, service, part.resource, part=part, when=joined)
                graph.add_edge(edge)
            elif edge.when is not True and joined is True:
                edge.when = True
            if metric.alarm is not None and metric.alarm.address not in edge.attributes.setdefault("alarms", []):
                edge.attributes["alarms"].append(metric.alarm.address)
