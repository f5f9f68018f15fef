"""Amazon EventBridge: buses, rules with their targets, archives, API destinations, connections, global endpoints.

A rule with a pattern listens on its bus; a rule with a schedule expression alone makes events itself and is a schedule.
"""

from __future__ import annotations

from edalint.model.conditions import Condition
from edalint.model.graph import Declarations, End, Node, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Unknown, Value, items
from edalint.services._shared import named, policy_part, sort_of, target_end, unknown_target
from edalint.services._terraform import Rules, document, many, one, raw, switch, translation
from edalint.services.identity import expand, last_segment
from edalint.services.registry import Default, Identity, declares, identities, terraform

RETRY_ATTEMPTS = Default(185, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html")
"""How often a rule tries a target again after the first failure."""
EVENT_AGE = Default(86_400, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html")
"""Seconds for which it keeps trying (24 hours)."""
INVOCATION_RATE = Default(300, "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html")
"""Calls of an API destination in a second."""
DEFAULT_BUS = "default"
RULE_KINDS = ("rule", "schedule")

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


def _retries(written: Map, made: Map) -> None:
    """A retry policy that names no number of attempts: the provider sends 0."""
    policy = made.get("RetryPolicy")
    if isinstance(policy, Map):
        policy.setdefault("MaximumRetryAttempts", 0)


_ECS: Rules = {
    "task_definition_arn": "TaskDefinitionArn",
    "task_count": "TaskCount",
    "network_configuration": one("NetworkConfiguration", {"subnets": "AwsVpcConfiguration.Subnets"}),
    "capacity_provider_strategy": many("CapacityProviderStrategy"),
    "placement_constraint": many("PlacementConstraints"),
    "tags": raw("TagList"),
}
_HTTP: Rules = {"header_parameters": raw("HeaderParameters"), "query_string_parameters": raw("QueryStringParameters")}
_TARGET: Rules = {
    "rule": "Rule",
    "target_id": "Id",
    "arn": "Arn",
    "input_transformer": one("InputTransformer", {"input_paths": raw("InputPathsMap"), "input_template": "InputTemplate"}),
    "dead_letter_config": one("DeadLetterConfig"),
    "retry_policy": one("RetryPolicy", {"maximum_event_age_in_seconds": "MaximumEventAgeInSeconds"}),
    "ecs_target": one("EcsParameters", _ECS),
    "batch_target": one("BatchParameters", {"job_attempts": "RetryStrategy.Attempts", "array_size": "ArrayProperties.Size"}),
    "kinesis_target": one("KinesisParameters"),
    "sqs_target": one("SqsParameters"),
    "http_target": one("HttpParameters", _HTTP),
    "redshift_target": one("RedshiftDataParameters", {"sql": "Sql", "database": "Database"}),
    "appsync_target": one("AppSyncParameters", {"graphql_operation": "GraphQLOperation"}),
    "run_command_targets": many("RunCommandParameters.RunCommandTargets"),
    "sagemaker_pipeline_target": one("SageMakerPipelineParameters"),
}
_AUTH_HTTP: Rules = {
    "header": many("HeaderParameters"),
    "query_string": many("QueryStringParameters"),
    "body": many("BodyParameters"),
}
_AUTH: Rules = {
    "api_key": one("ApiKeyAuthParameters", {"key": "ApiKeyName", "value": "ApiKeyValue"}),
    "basic": one("BasicAuthParameters"),
    "oauth": one(
        "OAuthParameters",
        {
            "client_parameters": one("ClientParameters", {"client_id": "ClientID"}),
            "oauth_http_parameters": one("OAuthHttpParameters", _AUTH_HTTP),
        },
    ),
    "invocation_http_parameters": one("InvocationHttpParameters", _AUTH_HTTP),
}
_PERMISSION: Rules = {
    "condition": one("Condition"),
    "event_bus_name": "EventBusName",
}
terraform(
    {
        "aws_cloudwatch_event_bus": translation(
            "AWS::Events::EventBus",
            {"dead_letter_config": one("DeadLetterConfig")},
            {"arn": "Arn", "name": "Name", "id": "Ref"},
        ),
        "aws_cloudwatch_event_rule": translation(
            "AWS::Events::Rule",
            {"event_pattern": document("EventPattern"), "is_enabled": switch("State", "ENABLED", "DISABLED")},
            {"arn": "Arn", "name": "Ref", "id": "Ref"},
        ),
        "aws_cloudwatch_event_target": translation("aws_cloudwatch_event_target", _TARGET, finish=_retries),
        "aws_cloudwatch_event_bus_policy": translation("aws_cloudwatch_event_bus_policy", {"policy": document("Policy")}),
        "aws_cloudwatch_event_permission": translation("AWS::Events::EventBusPolicy", _PERMISSION, defaults={"Action": "events:PutEvents"}),
        "aws_cloudwatch_event_archive": translation(
            "AWS::Events::Archive",
            {"name": "ArchiveName", "event_source_arn": "SourceArn", "event_pattern": document("EventPattern")},
            {"arn": "Arn", "name": "Ref", "id": "Ref"},
        ),
        "aws_cloudwatch_event_connection": translation(
            "AWS::Events::Connection", {"auth_parameters": one("AuthParameters", _AUTH)}, {"arn": "Arn", "name": "Ref", "id": "Ref"}
        ),
        "aws_cloudwatch_event_api_destination": translation("AWS::Events::ApiDestination", {}, {"arn": "Arn", "name": "Ref", "id": "Ref"}),
        "aws_cloudwatch_event_endpoint": translation(
            "AWS::Events::Endpoint", {"event_bus": many("EventBuses")}, {"arn": "Arn", "name": "Ref", "id": "Ref"}
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
        if condition is not None:
            statement["Condition"] = _older_condition(condition)
    bus = resource.get("EventBusName")
    policy_part(
        declare,
        resource,
        End(DEFAULT_BUS if bus is None else bus, ("bus",), "any", resource),
        Map({"Statement": [statement]}),
        Place(resource.properties, "Statement"),
    )


def _older_condition(written: Value) -> Value:
    """`Type`, `Key` and `Value` as a condition of a statement."""
    operator, key = get(written, "Type"), get(written, "Key")
    if not isinstance(written, Map) or not isinstance(operator, str) or not isinstance(key, str):
        return Unknown("", "a condition that can't be read")
    return written.like({operator: written.like({key: written.get("Value")})})


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
    for when, target in items(resource.get("Targets")):
        if isinstance(target, Map):
            rule_target(resource, declare, node, target, when)
        elif isinstance(target, Unknown):
            unknown_target(resource, declare, node, target, Place(resource.properties, "Targets"), when)


@declares("aws_cloudwatch_event_target")
def terraform_target(resource: Resource, declare: Declarations) -> None:
    """A target as a resource of its own: it names its rule, and the rule's bus where that is not the default one."""
    name, bus = resource.get("Rule"), resource.get("EventBusName")
    rule_target(resource, declare, End(_rule_of(name, bus, resource, declare), RULE_KINDS, "any", resource), resource.properties, True)


def _rule_of(name: Value, bus: Value, resource: Resource, declare: Declarations) -> Value:
    """The rule that a target names; of several rules with one name, the one on the target's bus."""
    if not isinstance(name, str):
        return name
    called = [r for r in resource.unit.resources.values() if r.type == "AWS::Events::Rule" and r.get("Name") == name]
    here = [r for r in called if _same_bus(r.get("EventBusName"), bus, declare)]
    return Ref(here[0].id) if len(called) > 1 and len(here) == 1 else name


def _same_bus(left: Value, right: Value, declare: Declarations) -> bool:
    named_buses = [expand(DEFAULT_BUS if bus is None else bus, declare.resources) for bus in (left, right)]
    return bool(last_segment(named_buses[0]) == last_segment(named_buses[1]))


@declares("aws_cloudwatch_event_bus_policy")
def terraform_bus_policy(resource: Resource, declare: Declarations) -> None:
    """The whole policy of a bus."""
    bus = resource.get("EventBusName")
    holder = End(DEFAULT_BUS if bus is None else bus, ("bus",), "any", resource)
    policy_part(declare, resource, holder, resource.get("Policy"), Place(resource.properties, "Policy"))


def rule_target(resource: Resource, declare: Declarations, node: Node | End, target: Map, when: Condition) -> None:
    """One target: what it delivers to, where events go that can't be delivered, and as whom."""
    arn = get(target, "Arn")
    sort = sort_of(arn, declare, target)
    role = get(target, "RoleArn")
    dead_letter = get(target, "DeadLetterConfig", "Arn")
    part = declare.part(
        "target",
        resource,
        node,
        element=_element(resource, target),
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


def _element(resource: Resource, target: Map) -> str:
    """What a target is called: its Id; Terraform makes one up where none is written, so there the resource's address."""
    if target.get("Id") is not None:
        return named(get(target, "Id"))
    return resource.address if resource.type == "aws_cloudwatch_event_target" else named(get(target, "Arn"))


@declares("AWS::Events::ApiDestination")
def api_destination(resource: Resource, declare: Declarations) -> None:
    """An HTTP endpoint outside, called at a limited rate with the credentials of a connection."""
    connection = End(resource.get("ConnectionArn"), ("AWS::Events::Connection",), "arn", resource)
    node = declare.node(resource, "api-destination", connection=connection, endpoint=resource.get("InvocationEndpoint"))
    place = Place(resource.properties, "InvocationEndpoint")
    declare.part("endpoint", resource, node, place=place, url=resource.get("InvocationEndpoint"))


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
