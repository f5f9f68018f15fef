"""Amazon SES: a receipt rule hands incoming mail to functions, topics and buckets."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.services._shared import maps
from edalint.services.registry import declares

SENDER = "aws.ses"
ACTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "LambdaAction": (("FunctionArn", "function", "deliver"), ("TopicArn", "topic", "publish")),
    "SNSAction": (("TopicArn", "topic", "publish"),),
    "S3Action": (("BucketName", "bucket", "deliver"), ("TopicArn", "topic", "publish")),
    "BounceAction": (("TopicArn", "topic", "publish"),),
    "StopAction": (("TopicArn", "topic", "publish"),),
}
"""Action -> (key, kind, edge) of what it names."""


@declares("AWS::SES::ReceiptRule")
def receipt_rule(resource: Resource, declare: Declarations) -> None:
    """The actions of a receipt rule; a function is called without waiting unless the action says RequestResponse."""
    source = End(SENDER, ("external",), "arn", resource)
    for when, action in maps(resource.get("Rule", "Actions")):
        for name, targets in ACTIONS.items():
            for key, kind, edge in targets:
                value = get(action, name, key)
                if value is not None:
                    waits = kind == "function" and get(action, name, "InvocationType") == "RequestResponse"
                    end = End(value, (kind,), "name" if kind == "bucket" else "arn", resource)
                    declare.edge("invoke" if waits else edge, source, end, resource, when=when, place=Place(action, name))
