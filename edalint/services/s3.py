"""Amazon S3: buckets, the notifications that they send, and whether they send their events to EventBridge.

The CDK writes notifications by a custom resource, in the form of S3's own API.
"""

from __future__ import annotations

from edalint.model.conditions import Condition, both
from edalint.model.graph import Declarations, End, Node, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Unknown, Value, alternatives
from edalint.services._shared import maps
from edalint.services._terraform import Rule, camel, document, many, raw, translation, turned
from edalint.services.registry import Identity, declares, identities, terraform

CONFIGURATIONS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("LambdaConfigurations", ("Function",), "lambda", "function"),
    ("LambdaFunctionConfigurations", ("LambdaFunctionArn", "Function"), "lambda", "function"),
    ("QueueConfigurations", ("Queue", "QueueArn"), "sqs", "queue"),
    ("TopicConfigurations", ("Topic", "TopicArn"), "sns", "topic"),
)
"""List of notifications, keys of the target (CloudFormation's, the API's), sort, node kind."""

identities({"AWS::S3::Bucket": Identity("bucket", "BucketName", "name", arn="arn:{P}:s3:::{name}", attributes={"Arn": "arn"})})


def _filtered(written: Map, made: Map) -> None:
    """Prefix and suffix as the rules of a filter."""
    rules = [Map({"Name": n, "Value": written[a]}) for n, a in (("prefix", "filter_prefix"), ("suffix", "filter_suffix")) if written.get(a)]
    if rules:
        made["Filter"] = Map({"S3Key": Map({"Rules": rules})})


def _notifications(name: str, target: str) -> Rule:
    """The blocks of one sort of notification."""
    rules = {target: camel(target), "events": raw("Events"), "filter_prefix": None, "filter_suffix": None, "id": "Id"}
    return many(f"NotificationConfiguration.{name}", rules, _filtered)


def _bridge(on: Value) -> Value:
    return Map() if on in (True, "true") else None if on in (False, "false") else on


terraform(
    {
        "aws_s3_bucket": translation("AWS::S3::Bucket", {"bucket": "BucketName"}, {"arn": "Arn", "id": "Ref", "bucket": "Ref"}),
        "aws_s3_bucket_notification": translation(
            "aws_s3_bucket_notification",
            {
                "bucket": "BucketName",
                "lambda_function": _notifications("LambdaFunctionConfigurations", "lambda_function_arn"),
                "queue": _notifications("QueueConfigurations", "queue_arn"),
                "topic": _notifications("TopicConfigurations", "topic_arn"),
                "eventbridge": turned("NotificationConfiguration.EventBridgeConfiguration", _bridge),
            },
        ),
        "aws_s3_bucket_policy": translation("AWS::S3::BucketPolicy", {"policy": document("PolicyDocument")}),
    }
)


@declares("AWS::S3::Bucket")
def bucket(resource: Resource, declare: Declarations) -> None:
    """A bucket with its notifications."""
    node = declare.node(resource, "bucket")
    for when, configuration in alternatives(resource.get("NotificationConfiguration")):
        if isinstance(configuration, Map):
            notifications(resource, declare, node, configuration, when)
        elif isinstance(configuration, Unknown):
            end = End(configuration, ("function", "queue", "topic"), "arn", resource)
            declare.edge("deliver", node, end, resource, when=when, place=Place(resource.properties, "NotificationConfiguration"))


@declares("Custom::S3BucketNotifications", "aws_s3_bucket_notification")
def separate_notifications(resource: Resource, declare: Declarations) -> None:
    """A bucket's notifications as a resource of their own: Terraform's, and the CDK's."""
    owner = End(resource.get("BucketName"), ("bucket",), "name", resource)
    place = Place(resource.properties, "NotificationConfiguration")
    for when, configuration in alternatives(resource.get("NotificationConfiguration")):
        if isinstance(configuration, Map):
            notifications(resource, declare, owner, configuration, when)
        elif isinstance(configuration, Unknown):
            for kind, kinds in (("deliver", ("function", "queue", "topic")), ("publish", ("bus",))):
                declare.edge(kind, owner, End(configuration, kinds, "arn", resource), resource, when=when, place=place)


def notifications(resource: Resource, declare: Declarations, owner: Node | End, configuration: Map, when: Condition) -> None:
    """The parts and edges of a notification configuration."""
    for name, keys, sort, kind in CONFIGURATIONS:
        for index, (condition, notification) in enumerate(maps(configuration.get(name))):
            key = next((k for k in keys if k in notification), keys[0])
            events = next((notification[k] for k in ("Event", "Events") if k in notification), None)
            part = declare.part(
                "notification",
                resource,
                owner,
                element=_element(notification, name, index),
                properties=notification,
                place=Place(notification, key),
                when=both(when, condition),
                ends={"target": End(get(notification, key), (kind,), "arn", resource)},
                events=events,
                filter=notification.get("Filter"),
                sort=sort,
            )
            if part.ends["target"].value is not None:
                declare.edge("deliver", owner, part.ends["target"], resource, part=part)
    place = Place(configuration, "EventBridgeConfiguration")
    for condition, bridge in alternatives(configuration.get("EventBridgeConfiguration")):
        if bridge is not None and _switched_on(bridge):
            declare.edge("publish", owner, End("default", ("bus",), "any", resource), resource, place=place, when=both(when, condition))


def _switched_on(bridge: Value) -> bool:
    """`EventBridgeConfiguration: {}` is on; only `EventBridgeEnabled: false` is off."""
    enabled = get(bridge, "EventBridgeEnabled")
    return not (enabled is False or (isinstance(enabled, str) and enabled.lower() == "false"))


def _element(notification: Map, name: str, index: int) -> str:
    written = get(notification, "Id")
    return written if isinstance(written, str) else f"{name}[{index}]"
