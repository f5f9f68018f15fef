"""Amazon EventBridge: buses, rules with their targets, archives, API destinations, connections, global endpoints.

A rule with a pattern listens on its bus; a rule with a schedule expression alone makes events itself and is a schedule.
"""

from __future__ import annotations

from edalint.model.conditions import Condition
from edalint.model.graph import Declarations, End, Node, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, items
from edalint.services._shared import maps, named, policy_part, sort_of, target_end
from edalint.services.registry import Default, Identity, declares, identities

RETRY_ATTEMPTS = Default(185, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html")
"""How often a rule tries a target again after the first failure."""
EVENT_AGE = Default(86_400, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html")
"""Seconds for which it keeps trying (24 hours)."""
INVOCATION_RATE = Default(300, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html")
"""Calls of an API destination in a second."""
DEFAULT_BUS = "default"

identities(
    {
        "AWS::Events::EventBus": Identity(
            "bus", "Name", "name", arn="arn:{P}:events:{R}:{A}:event-bus/{name}", attributes={"Arn": "arn", "Name": "name"}
        ),
        "AWS::Events::Rule": Identity(
            "rule",
            "Name",
            "name",
            arn="arn:{P}:events:{R}:{A}:rule/[{EventBusName}/]{name}",
            attributes={"Arn": "arn"},
            defaults={"EventBusName": DEFAULT_BUS},
        ),
        "AWS::Events::ApiDestination": Identity(
            "api-destination", "Name", "name", arn="arn:{P}:events:{R}:{A}:api-destination/{name}/*", attributes={"Arn": "arn"}
        ),
        "AWS::Events::Connection": Identity(
            "AWS::Events::Connection", "Name", "name", arn="arn:{P}:events:{R}:{A}:connection/{name}/*", attributes={"Arn": "arn"}
        ),
        "AWS::Events::Archive": Identity(
            "AWS::Events::Archive", "ArchiveName", "name", arn="arn:{P}:events:{R}:{A}:archive/{name}", attributes={"Arn": "arn"}
        ),
    }
)


@declares("AWS::Events::EventBus")
def event_bus(resource: Resource, declare: Declarations) -> None:
    """A bus, its inline policy, and its own dead-letter queue (which catches failures of its key only)."""
    node = declare.node(resource, "bus")
    document = resource.get("Policy")
    if document is not None:
        policy_part(
            declare, resource, End(Ref(resource.id), ("bus",), "any", resource), document, Place(resource.properties, "Policy"), owner=node
        )
    dead_letter = resource.get("DeadLetterConfig", "Arn")
    if dead_letter is not None:
        declare.edge(
            "dead-letter",
            node,
            End(dead_letter, ("queue",), "arn", resource),
            resource,
            place=Place(resource.properties, "DeadLetterConfig"),
        )


@declares("AWS::Events::EventBusPolicy")
def event_bus_policy(resource: Resource, declare: Declarations) -> None:
    """One statement of a bus's policy, in its newer form (`Statement`) or the older one (`Principal`, `Action`, `Condition`)."""
    statement = resource.get("Statement")
    if statement is None:
        written = resource.properties
        statement = written.like({"Effect": "Allow", **{k: written[k] for k in ("Action", "Principal") if k in written}})
        condition = resource.get("Condition")
        if isinstance(condition, Map):
            statement["Condition"] = condition.like({condition.get("Type", ""): {condition.get("Key", ""): condition.get("Value")}})
    bus = resource.get("EventBusName")
    policy_part(
        declare,
        resource,
        End(DEFAULT_BUS if bus is None else bus, ("bus",), "any", resource),
        Map({"Statement": [statement]}),
        Place(resource.properties, "Statement"),
    )


@declares("AWS::Events::Rule")
def rule(resource: Resource, declare: Declarations) -> None:
    """A rule with its targets."""
    listens = resource.get("EventPattern") is not None
    node = declare.node(
        resource, "rule" if listens else "schedule", role=End(resource.get("RoleArn"), ("AWS::IAM::Role",), "arn", resource)
    )
    if listens:
        bus = resource.get("EventBusName")
        source = End(DEFAULT_BUS if bus is None else bus, ("bus",), "any", resource)
        declare.edge("match", source, node, resource, place=Place(resource.properties, "EventPattern"))
    for when, target in maps(resource.get("Targets")):
        rule_target(resource, declare, node, target, when)


def rule_target(resource: Resource, declare: Declarations, node: Node, target: Map, when: Condition) -> None:
    """One target: what it delivers to, where events go that can't be delivered, and as whom."""
    arn = get(target, "Arn")
    sort = sort_of(arn, declare, target)
    role = get(target, "RoleArn")
    dead_letter = get(target, "DeadLetterConfig", "Arn")
    part = declare.part(
        "target",
        resource,
        node,
        element=named(get(target, "Id")) if target.get("Id") is not None else named(arn),
        properties=target,
        when=when,
        ends={
            "target": target_end(arn, sort, target, resource),
            "dead_letter": End(dead_letter, ("queue",), "arn", resource),
            "role": End(resource.get("RoleArn") if role is None else role, ("AWS::IAM::Role",), "arn", resource),
        },
        kind=sort,
    )
    if part.ends["target"].value is not None:
        declare.edge("deliver", node, part.ends["target"], resource, part=part)
    if dead_letter is not None:
        declare.edge("dead-letter", node, part.ends["dead_letter"], resource, part=part, place=Place(target, "DeadLetterConfig"))


@declares("AWS::Events::ApiDestination")
def api_destination(resource: Resource, declare: Declarations) -> None:
    """An HTTP endpoint outside, called at a limited rate with the credentials of a connection."""
    connection = End(resource.get("ConnectionArn"), ("AWS::Events::Connection",), "arn", resource)
    declare.node(resource, "api-destination", connection=connection, endpoint=resource.get("InvocationEndpoint"))


@declares("AWS::Events::Connection")
def connection(resource: Resource, declare: Declarations) -> None:
    """The credentials of API destinations."""
    declare.part("connection", resource, None)


@declares("AWS::Events::Archive")
def archive(resource: Resource, declare: Declarations) -> None:
    """A bus's archive: what it holds can be replayed."""
    bus = End(resource.get("SourceArn"), ("bus",), "arn", resource)
    declare.part("archive", resource, bus, ends={"bus": bus})


@declares("AWS::Events::Endpoint")
def endpoint(resource: Resource, declare: Declarations) -> None:
    """A global endpoint: events sent to it arrive on the bus of the primary region."""
    for _, bus in items(resource.get("EventBuses")):
        arn = get(bus, "EventBusArn")
        if arn is not None:
            declare.stands_for(resource, End(arn, ("bus",), "arn", resource))
            return
