"""Application Auto Scaling of ECS services: what may be scaled between which bounds, and by which policies.

The metrics that a policy follows become `scale` edges in `edalint.inference.metrics`, once it is known which alarms call it.
"""

from __future__ import annotations

from edalint.model.graph import Declarations, End
from edalint.model.resources import Resource
from edalint.model.values import Ref, Value, map_value, parts_of, text_of
from edalint.services._terraform import Rules, many, one, translation
from edalint.services.registry import Default, Identity, declares, identities, terraform

COOLDOWN = Default(
    300, "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html"
)
"""Seconds between two steps of an ECS service."""
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"

identities(
    {
        TARGET: Identity(TARGET, None, "id"),
        POLICY: Identity(POLICY, "PolicyName", "arn", attributes={"Arn": "arn"}),
    }
)

_METRIC: Rules = {"metric_name": "MetricName", "namespace": "Namespace", "dimensions": many("Dimensions")}
_QUERY: Rules = {"metric_stat": one("MetricStat", {"metric": one("Metric", _METRIC)})}
_TRACKING: Rules = {
    "predefined_metric_specification": one("PredefinedMetricSpecification"),
    "customized_metric_specification": one("CustomizedMetricSpecification", {**_METRIC, "metrics": many("Metrics", _QUERY)}),
}
_STEP: Rules = {"step_adjustment": many("StepAdjustments")}
terraform(
    {
        "aws_appautoscaling_target": translation(TARGET, {"role_arn": "RoleARN"}, {"id": "Ref"}),
        "aws_appautoscaling_policy": translation(
            POLICY,
            {
                "name": "PolicyName",
                "step_scaling_policy_configuration": one("StepScalingPolicyConfiguration", _STEP),
                "target_tracking_scaling_policy_configuration": one("TargetTrackingScalingPolicyConfiguration", _TRACKING),
            },
            {"arn": "Ref"},
        ),
        "aws_appautoscaling_scheduled_action": translation("aws_appautoscaling_scheduled_action"),
    }
)


@declares(TARGET)
def scalable_target(resource: Resource, declare: Declarations) -> None:
    """The bounds between which a service is scaled; it stands for the service."""
    end = End(service_of(resource.get("ResourceId")), ("service",), "any", resource)
    if not _is_ecs(resource, "ScalableDimension") or end.value is None:
        return
    declare.stands_for(resource, end)
    declare.part("scalable-target", resource, end, ends={"service": end})


@declares(POLICY)
def scaling_policy(resource: Resource, declare: Declarations) -> None:
    """A scaling policy: of its target, or of the service that it names itself."""
    target = resource.get("ScalingTargetId")
    if not _is_ecs(resource, "ScalableDimension"):
        return
    named = service_of(resource.get("ResourceId"))
    service = End(target if named is None else named, ("service",), "any", resource)
    declare.part("scaling-policy", resource, service, ends={"service": service, "scalable_target": End(target, (TARGET,), "arn", resource)})


def service_of(resource_id: Value) -> Value:
    """The service in `service/CLUSTER/SERVICE`: what stands after the last slash."""
    return map_value(resource_id, _last_part)


def _last_part(value: Value) -> Value:
    parts = parts_of(value)
    if not parts:
        return None
    if isinstance(value, Ref):
        return value
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if isinstance(part, str) and "/" in part:
            return text_of([part.rpartition("/")[2], *parts[index + 1 :]])
    return value


def _is_ecs(resource: Resource, dimension: str) -> bool:
    """Whether it may scale an ECS service: it says so, or says nothing of another service."""
    for name, wanted in (("ServiceNamespace", "ecs"), (dimension, "ecs:service:DesiredCount")):
        value = resource.get(name)
        if isinstance(value, str) and value != wanted:
            return False
    resource_id = parts_of(resource.get("ResourceId"))
    first = resource_id[0] if resource_id else ""
    return not isinstance(first, str) or "/" not in first or first.startswith("service/")
