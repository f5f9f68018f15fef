"""AWS IoT: topic rules. Each action is a delivery; the error action takes what an action could not deliver."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map
from edalint.services._shared import maps
from edalint.services.registry import Identity, declares, identities

ACTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "Lambda": (("FunctionArn",), ("function",), "any"),
    "Sqs": (("QueueUrl",), ("queue",), "url"),
    "Sns": (("TargetArn",), ("topic",), "arn"),
    "Kinesis": (("StreamName",), ("stream",), "name"),
    "Firehose": (("DeliveryStreamName",), ("stream",), "name"),
    "S3": (("BucketName",), ("bucket",), "name"),
    "DynamoDB": (("TableName",), ("table",), "name"),
    "DynamoDBv2": (("PutItem", "TableName"), ("table",), "name"),
    "StepFunctions": (("StateMachineName",), ("state-machine",), "name"),
}
"""Action -> the way to what names its target, the kinds that stand there, the form of the name. Other actions leave the run."""

identities({"AWS::IoT::TopicRule": Identity("rule", "RuleName", "name", arn="arn:{P}:iot:{R}:{A}:rule/{name}", attributes={"Arn": "arn"})})


@declares("AWS::IoT::TopicRule")
def topic_rule(resource: Resource, declare: Declarations) -> None:
    """A topic rule with its actions and its error action."""
    node = declare.node(resource, "rule", product="iot")
    for when, action in maps(resource.get("TopicRulePayload", "Actions")):
        for _, end, place in _ends(action, resource):
            declare.edge("deliver", node, end, resource, when=when, place=place)
    for when, action in maps(resource.get("TopicRulePayload", "ErrorAction")):
        for name, end, place in _ends(action, resource):
            # A queue or topic keeps what failed; a function or a table does something else with it.
            kind = "dead-letter" if name in ("Sqs", "Sns") else "deliver"
            declare.edge(kind, node, end, resource, when=when, place=place, error_action=True)


def _ends(action: Map, resource: Resource) -> list[tuple[str, End, Place]]:
    found = []
    for name, (path, kinds, form) in ACTIONS.items():
        value = get(action, name, *path)
        if value is not None:
            found.append((name, End(value, kinds, form, resource), Place(action, name)))
    return found
