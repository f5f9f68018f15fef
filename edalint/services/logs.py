"""CloudWatch Logs: subscription filters push what is logged. A log group is no node: it comes out as something outside."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource
from edalint.services._terraform import translation
from edalint.services.registry import Identity, declares, identities, terraform

LOG_GROUP = "AWS::Logs::LogGroup"

identities(
    {
        LOG_GROUP: Identity(LOG_GROUP, "LogGroupName", "name", arn="arn:{P}:logs:{R}:{A}:log-group:{name}:*", attributes={"Arn": "arn"}),
        "AWS::Logs::Destination": Identity("AWS::Logs::Destination", "DestinationName", "name", attributes={"Arn": "arn"}),
    }
)

terraform(
    {
        "aws_cloudwatch_log_group": translation(LOG_GROUP, {"name": "LogGroupName"}, {"arn": "Arn", "name": "Ref", "id": "Ref"}),
        "aws_cloudwatch_log_subscription_filter": translation("AWS::Logs::SubscriptionFilter", {"name": "FilterName"}),
        "aws_cloudwatch_log_destination": translation("AWS::Logs::Destination", {"name": "DestinationName"}, {"arn": "Arn", "id": "Ref"}),
    }
)


@declares("AWS::Logs::SubscriptionFilter")
def subscription_filter(resource: Resource, declare: Declarations) -> None:
    """What a log group's subscription filter lets through goes to a function, a stream or a delivery stream."""
    group = End(resource.get("LogGroupName"), (LOG_GROUP, "external"), "name", resource)
    destination = End(resource.get("DestinationArn"), ("function", "stream"), "arn", resource)
    if group.value is not None and destination.value is not None:
        declare.edge("deliver", group, destination, resource, place=Place(resource.properties, "DestinationArn"))


@declares("AWS::Logs::Destination")
def destination(resource: Resource, declare: Declarations) -> None:
    """A destination that other accounts' filters write to: it stands for a stream."""
    declare.stands_for(resource, End(resource.get("TargetArn"), ("stream",), "arn", resource))
