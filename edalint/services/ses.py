"""Amazon SES: a receipt rule hands incoming mail to functions, topics and buckets."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Value
from edalint.services._shared import maps
from edalint.services._terraform import Renamed, rename, translation
from edalint.services.registry import declares, terraform

SENDER = "aws.ses"
ACTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "LambdaAction": (("FunctionArn", "function", "deliver"), ("TopicArn", "topic", "publish")),
    "SNSAction": (("TopicArn", "topic", "publish"),),
    "S3Action": (("BucketName", "bucket", "deliver"), ("TopicArn", "topic", "publish")),
    "BounceAction": (("TopicArn", "topic", "publish"),),
    "StopAction": (("TopicArn", "topic", "publish"),),
}
"""Action -> (key, kind, edge) of what it names."""


BLOCKS = {
    "lambda_action": "LambdaAction", "sns_action": "SNSAction", "s3_action": "S3Action", "bounce_action": "BounceAction",
    "stop_action": "StopAction",
}  # fmt: skip
"""Terraform's block -> the action."""


def _rule(written: Map, made: Map) -> None:
    """The blocks of a rule as the list of actions that CloudFormation has."""
    actions: list[Value] = []
    for argument, name in BLOCKS.items():
        for _, block in maps(written.get(argument)):
            actions.append(Renamed([(name, rename(block, {}))], written, {name: argument}))
    made["Rule"] = Map({"Actions": actions})


terraform(
    {"aws_ses_receipt_rule": translation("AWS::SES::ReceiptRule", dict.fromkeys(BLOCKS), {"arn": "Arn", "name": "Ref"}, finish=_rule)}
)


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
