"""Amazon SNS: topics, their subscriptions (inline ones too), policies, and where undeliverable messages go."""

from __future__ import annotations

from edalint.model.conditions import Condition, both
from edalint.model.graph import Declarations, End, Node, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Unknown, Value, alternatives, items
from edalint.services._shared import maps, named, policy_part, structured
from edalint.services._terraform import document, listed, translation
from edalint.services.registry import Identity, declares, identities, terraform

HTTP = ("http", "https")
"""Protocols that push to a URL."""
ENDPOINTS: dict[str, tuple[tuple[str, ...], str]] = {
    "sqs": (("queue",), "arn"),
    "lambda": (("function",), "arn"),
    "firehose": (("stream",), "arn"),
    "http": (("api",), "url"),
    "https": (("api",), "url"),
}
"""Protocol -> what can stand at the endpoint and how it is written; of other protocols (email, sms ...) nothing of the run can."""

identities(
    {
        "AWS::SNS::Topic": Identity(
            "topic", "TopicName", "arn", arn="arn:{P}:sns:{R}:{A}:{name}", attributes={"TopicArn": "arn", "TopicName": "name"}
        ),
        "AWS::SNS::Subscription": Identity("AWS::SNS::Subscription", None, "arn"),
    }
)

terraform(
    {
        "aws_sns_topic": translation(
            "AWS::SNS::Topic",
            {"name": "TopicName", "policy": document("Policy"), "delivery_policy": document("DeliveryPolicy")},
            {"arn": "Ref", "id": "Ref", "name": "TopicName"},
        ),
        "aws_sns_topic_policy": translation("AWS::SNS::TopicPolicy", {"arn": listed("Topics"), "policy": document("PolicyDocument")}),
        "aws_sns_topic_subscription": translation(
            "AWS::SNS::Subscription",
            {
                "redrive_policy": document("RedrivePolicy"),
                "filter_policy": document("FilterPolicy"),
                "delivery_policy": document("DeliveryPolicy"),
            },
            {"arn": "Ref", "id": "Ref"},
        ),
    }
)


@declares("AWS::SNS::Topic")
def topic(resource: Resource, declare: Declarations) -> None:
    """A topic with its inline subscriptions."""
    node = declare.node(resource, "topic")
    for when, value in items(resource.get("Subscription")):
        if isinstance(value, Unknown):
            end = End(value, ("queue", "function", "stream", "api"), "arn", resource)
            declare.edge("deliver", node, end, resource, when=when, place=Place(resource.properties, "Subscription"))
    for when, subscription in maps(resource.get("Subscription")):
        protocol = get(subscription, "Protocol")
        _subscription(resource, declare, node, subscription, f"{named(protocol)}:{named(get(subscription, 'Endpoint'))}", when)


@declares("AWS::SNS::Subscription")
def subscription(resource: Resource, declare: Declarations) -> None:
    """A subscription as a resource of its own: it may have a redrive policy."""
    owner = End(resource.get("TopicArn"), ("topic",), "arn", resource)
    _subscription(resource, declare, owner, resource.properties, "", True)


def _subscription(resource: Resource, declare: Declarations, owner: Node | End, properties: Map, element: str, when: Condition) -> None:
    redrive_place = Place(properties, "RedrivePolicy")
    redrive = structured(get(properties, "RedrivePolicy"), redrive_place)
    protocol = get(properties, "Protocol")
    kinds, form = _endpoint(protocol)
    endpoint = End(get(properties, "Endpoint"), kinds, form, resource)
    dead_letter = End(get(redrive, "deadLetterTargetArn"), ("queue",), "arn", resource)
    part = declare.part(
        "subscription",
        resource,
        owner,
        element=element,
        properties=properties,
        when=when,
        ends={
            "endpoint": endpoint,
            "dead_letter": dead_letter,
            "role": End(get(properties, "SubscriptionRoleArn"), ("AWS::IAM::Role",), "arn", resource),
        },
        protocol=protocol,
        inline=bool(element),
        redrive_policy=redrive,
    )
    if endpoint.value is not None:
        declare.edge("deliver", owner, endpoint, resource, part=part, place=Place(properties, "Endpoint"))
    for condition, plain in alternatives(protocol):
        if isinstance(plain, str) and plain.lower() in HTTP:
            place = Place(properties, "Endpoint")
            declare.part(
                "endpoint", resource, owner, element=element, properties=properties, place=place, when=both(when, condition), url=endpoint.value,
                protocol=plain.lower(),
            )  # fmt: skip
    if dead_letter.value is not None:
        declare.edge("dead-letter", owner, dead_letter, resource, part=part, place=redrive_place)


def _endpoint(protocol: Value) -> tuple[tuple[str, ...], str]:
    """What can stand at the endpoint; where the protocol is open, whatever one of its values allows."""
    kinds: list[str] = []
    form = "arn"
    for _, plain in alternatives(protocol):
        if isinstance(plain, str):
            more, form = ENDPOINTS.get(plain.lower(), ((), "arn"))
            kinds += [k for k in more if k not in kinds]
        else:
            return ("queue", "function", "stream", "api"), "any"
    return tuple(kinds) or ("external",), form


@declares("AWS::SNS::TopicPolicy", "AWS::SNS::TopicInlinePolicy")
def topic_policy(resource: Resource, declare: Declarations) -> None:
    """A topic policy: one part for each topic that it is set on."""
    place = Place(resource.properties, "PolicyDocument")
    for name in ("Topics", "TopicArn"):
        for when, arn in items(resource.get(name)):
            policy_part(declare, resource, End(arn, ("topic",), "arn", resource), resource.get("PolicyDocument"), place, when=when)


@declares("AWS::SNS::Topic")
def inline_topic_policy(resource: Resource, declare: Declarations) -> None:
    """A topic's policy written in the topic itself, as Terraform has it."""
    if resource.get("Policy") is not None:
        holder = End(Ref(resource.id), ("topic",), "arn", resource)
        policy_part(declare, resource, holder, resource.get("Policy"), Place(resource.properties, "Policy"))
