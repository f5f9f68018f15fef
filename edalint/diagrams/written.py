"""What templates write of a contract, value by value, so that two versions can be compared: `EventPattern.detail.amount`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from edalint.hints import Any
from edalint.model.conditions import describe
from edalint.model.graph import Edge, EventGraph, Node, Part
from edalint.model.values import OneOf, Ref, Text, Unknown, Value, settled

OF_NODES: dict[str, tuple[str, ...]] = {
    "rule": ("EventPattern", "State", "ScheduleExpression", "Sql", "Disabled"),
    "schedule": ("ScheduleExpression", "ScheduleExpressionTimezone", "State", "FlexibleTimeWindow"),
    "pipe": ("DesiredState", "SourceParameters", "TargetParameters"),
    "api-destination": ("InvocationEndpoint", "HttpMethod", "InvocationRateLimitPerSecond"),
    "topic": ("ContentBasedDeduplication", "FifoThroughputScope", "KmsMasterKeyId"),
    "queue": ("ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit", "KmsMasterKeyId", "ReceiveMessageWaitTimeSeconds", "RedriveAllowPolicy"),
    "stream": ("ShardCount", "StreamModeDetails"),
    "function": ("ReservedConcurrentExecutions", "Environment"),
    "service": ("DesiredCount", "SchedulingStrategy", "CapacityProviderStrategy"),
    "table": ("StreamSpecification",),
}  # fmt: skip
"""Kind of node -> the properties that change what happens to events and that no fact of its attributes tells."""
OF_PARTS: dict[str, tuple[str, ...]] = {
    "target": ("Input", "InputPath", "InputTransformer", "EcsParameters", "SqsParameters"),
    "subscription": ("FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "DeliveryPolicy"),
    "mapping": (
        "MaximumBatchingWindowInSeconds", "FilterCriteria", "FunctionResponseTypes", "Enabled", "ScalingConfig", "ParallelizationFactor",
        "BisectBatchOnFunctionError", "StartingPosition", "TumblingWindowInSeconds",
    ),
    "invoke-config": ("MaximumRetryAttempts", "MaximumEventAgeInSeconds"),
    "scalable-target": ("MinCapacity", "MaxCapacity"),
    "state": (
        "Retry", "Catch", "TimeoutSeconds", "HeartbeatSeconds", "MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage", "Seconds",
        "Parameters", "Arguments", "Choices", "Next", "End",
    ),
}  # fmt: skip
MOST = 200
"""Values of one subject that are compared."""


def of_node(node: Node, graph: EventGraph) -> dict[str, Any]:
    """What is written of a node, and of those of its parts that are no edges of their own."""
    found = _of(node.properties, OF_NODES.get(node.kind, ()))
    for part in graph.parts_of.get(node.id, ()):
        if not part.edges or part.kind == "state":
            prefix = f"{part.element}." if part.element else ""
            found.update({f"{prefix}{name}": value for name, value in of_part(part).items()})
    return found


def of_edge(edge: Edge) -> dict[str, Any]:
    """What is written of the part that an edge is; a state's is told at its machine."""
    return of_part(edge.part) if edge.part is not None and edge.part.kind != "state" else {}


def of_part(part: Part) -> dict[str, Any]:
    """What is written of a part."""
    state = part.data.get("state")
    return _of(state.body if state is not None else part.properties, OF_PARTS.get(part.kind, ()))


def _of(properties: Value, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(properties, dict):
        return {}
    return dict(islice((leaf for name in names if name in properties for leaf in _leaves(name, properties[name])), MOST))


def _leaves(path: str, value: Value, depth: int = 12) -> Iterator[tuple[str, Any]]:
    value = settled(value)
    if isinstance(value, dict) and depth and value:
        for key, inner in value.items():
            yield from _leaves(f"{path}.{key}", inner, depth - 1)
    elif isinstance(value, list) and depth and any(isinstance(settled(v), dict) for v in value):
        for number, inner in enumerate(value):
            yield from _leaves(f"{path}[{number}]", inner, depth - 1)
    else:
        yield path, shown(value)


def shown(value: Value) -> Any:
    """A value as plain JSON; what is not known by its symbol."""
    value = settled(value)
    if isinstance(value, OneOf):
        return [f"{shown(option)} when {describe(when)}" for when, option in value.options]
    if isinstance(value, Ref):
        return f"{value.id.partition('#')[2]}.{value.attribute}"
    if isinstance(value, Text):
        return "".join(p if isinstance(p, str) else f"${{{shown(p)}}}" for p in value.parts)
    if isinstance(value, Unknown):
        return f"({value.symbol.partition('#')[2] or value.symbol or 'not known'})"
    if isinstance(value, list):
        return [shown(v) for v in value]
    return {k: shown(v) for k, v in value.items()} if isinstance(value, dict) else value
