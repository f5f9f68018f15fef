"""EventBridge's custom event bus of the second kind: a subscriber is a filter, one target and a role in one resource."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map
from edalint.services._shared import TARGET_KINDS, named, sort_of
from edalint.services.registry import Default, Identity, declares, identities

RETRY_ATTEMPTS = Default(5, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-retry.html")
EVENT_AGE = Default(300, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-custom-bus-retry.html")
"""Seconds."""

identities(
    {
        "AWS::EventsV2::EventBus": Identity(
            "bus", "Name", "arn", arn="arn:{P}:eventsv2:{R}:{A}:event-bus/{name}", attributes={"Arn": "arn"}
        ),
        "AWS::EventsV2::Subscriber": Identity("rule", "Name", "arn", attributes={"Arn": "arn"}),
    }
)


@declares("AWS::EventsV2::EventBus")
def event_bus(resource: Resource, declare: Declarations) -> None:
    """A bus."""
    declare.node(resource, "bus", product="eventsv2")


@declares("AWS::EventsV2::Subscriber")
def subscriber(resource: Resource, declare: Declarations) -> None:
    """A subscriber: it listens on its bus and delivers to its one target; what fails may go to a queue."""
    node = declare.node(resource, "rule", product="eventsv2")
    bus = End(resource.get("EventBusArn"), ("bus",), "any", resource)
    declare.edge("match", bus, node, resource, place=Place(resource.properties, "EventBusArn"))
    written = resource.get("InvokeConfiguration")
    invoke = written if isinstance(written, Map) else Map()
    target = get(invoke, "TargetArn")
    place = Place(resource.properties, "InvokeConfiguration")
    dead_letter = resource.get("OnFailureConfiguration", "Arn")
    part = declare.part(
        "target",
        resource,
        node,
        element=named(target) if target is not None else "",
        properties=invoke,
        place=place,
        ends={
            "target": End(target, TARGET_KINDS, "arn", resource),
            "dead_letter": End(dead_letter, ("queue",), "arn", resource),
            "role": End(get(invoke, "RoleArn"), ("AWS::IAM::Role",), "arn", resource),
        },
        kind=sort_of(target, declare, invoke),
        product="eventsv2",
    )
    if target is not None:
        declare.edge("deliver", node, part.ends["target"], resource, part=part)
    if dead_letter is not None:
        place = Place(resource.properties, "OnFailureConfiguration")
        declare.edge("dead-letter", node, part.ends["dead_letter"], resource, part=part, place=place)
