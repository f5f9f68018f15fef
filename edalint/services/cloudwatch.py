"""Amazon CloudWatch alarms: what they measure and whom they tell when they change."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Ref, Value, parts_of
from edalint.services._shared import maps
from edalint.services._terraform import Rules, many, one, pairs, translation
from edalint.services.registry import Identity, declares, identities, terraform

ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_SILENT = ("autoscaling", "automate", "ssm", "ssm-incidents", "swf", "aiops")
"""Services in the ARN of an action that changes something instead of sending an event."""

_ALARM = Identity("alarm", "AlarmName", "name", arn="arn:{P}:cloudwatch:{R}:{A}:alarm:{name}", attributes={"Arn": "arn"})
identities({"AWS::CloudWatch::Alarm": _ALARM, "AWS::CloudWatch::CompositeAlarm": _ALARM})

METRIC_QUERY: Rules = {
    "metric": one(
        "MetricStat",
        {
            "metric_name": "Metric.MetricName",
            "namespace": "Metric.Namespace",
            "dimensions": pairs("Metric.Dimensions"),
            "period": "Period",
            "stat": "Stat",
            "unit": "Unit",
        },
    ),
    "account_id": "AccountId",
}
terraform(
    {
        "aws_cloudwatch_metric_alarm": translation(
            "AWS::CloudWatch::Alarm",
            {
                "dimensions": pairs("Dimensions"),
                "metric_query": many("Metrics", METRIC_QUERY),
                "ok_actions": "OKActions",
            },
            {"arn": "Arn", "id": "Ref", "alarm_name": "Ref"},
        ),
        "aws_cloudwatch_composite_alarm": translation(
            "AWS::CloudWatch::CompositeAlarm", {"ok_actions": "OKActions"}, {"arn": "Arn", "id": "Ref", "alarm_name": "Ref"}
        ),
    }
)


@declares("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
def alarm(resource: Resource, declare: Declarations) -> None:
    """An alarm, and the topics (or functions) that it tells."""
    metrics = [(get(m, "MetricStat", "Metric"), m) for _, m in maps(resource.get("Metrics"))]
    node = declare.node(
        resource,
        "alarm",
        namespace=resource.get("Namespace"),
        metric=resource.get("MetricName"),
        dimensions=resource.get("Dimensions"),
        metrics=[(metric, query) for metric, query in metrics],
        actions=[value for name in ACTIONS for _, value in resource.items(name)],
    )
    for name in ACTIONS:
        for when, action in resource.items(name):
            if _tells(action, declare):
                end = End(action, ("topic", "function"), "arn", resource)
                kind = "deliver" if _is_function(action, declare) else "publish"
                declare.edge(kind, node, end, resource, when=when, place=Place(resource.properties, name))


def _tells(action: Value, declare: Declarations) -> bool:
    """Whether an action sends the alarm to somebody, and is no scaling policy or automation."""
    if isinstance(action, Ref):
        named = declare.resource(action.id)
        return named is None or not named.type.endswith("::ScalingPolicy")
    return _service(action) not in _SILENT


def _is_function(action: Value, declare: Declarations) -> bool:
    if isinstance(action, Ref):
        named = declare.resource(action.id)
        return named is not None and named.type.startswith("AWS::Lambda::")
    return _service(action) == "lambda"


def _service(action: Value) -> str:
    text = "".join(p if isinstance(p, str) else "*" for p in parts_of(action))
    fields = text.split(":")
    return fields[2] if fields[0] == "arn" and len(fields) > 2 else ""
