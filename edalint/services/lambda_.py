"""AWS Lambda: functions, what invokes them by polling, where failed and finished invocations go, and who may call.

An alias or version stands for its function: edges that go through it carry it as their qualifier.
"""

from __future__ import annotations

from collections.abc import Iterator

from edalint.model.conditions import Condition
from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource
from edalint.model.values import Map, Value, items
from edalint.services._shared import named
from edalint.services._terraform import Rules, many, one, raw, translation, turned, unless
from edalint.services.registry import Default, Identity, declares, identities, terraform

TIMEOUT = Default(3, "https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html")
"""Seconds after which an invocation is ended."""
ASYNC_RETRIES = Default(2, "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html")
"""How often a failed asynchronous invocation is tried again."""
ASYNC_EVENT_AGE = Default(21_600, "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html")
"""Seconds for which an event waits for its asynchronous invocation (6 hours)."""
LATEST = "$LATEST"

SOURCE_KINDS = ("queue", "stream", "table", "broker", "external")
"""What an event source mapping can poll."""
DESTINATION_KINDS = ("queue", "topic", "function", "bus", "bucket")
"""Where the outcome of an asynchronous invocation can go."""
ROLE = ("AWS::IAM::Role",)

identities(
    {
        "AWS::Lambda::Function": Identity(
            "function", "FunctionName", "name", arn="arn:{P}:lambda:{R}:{A}:function:{name}", attributes={"Arn": "arn"}
        ),
        "AWS::Lambda::Alias": Identity(
            "AWS::Lambda::Alias",
            "Name",
            "arn",
            arn="arn:{P}:lambda:{R}:{A}:function:{FunctionName}:{name}",
            attributes={"AliasArn": "arn"},
        ),
        "AWS::Lambda::Version": Identity(
            "AWS::Lambda::Version",
            None,
            "arn",
            arn="arn:{P}:lambda:{R}:{A}:function:{FunctionName}:{id}",
            attributes={"FunctionArn": "arn"},
        ),
        "AWS::Lambda::Url": Identity("api", None, "arn", url="https://{id}.lambda-url.{R}.on.aws/", attributes={"FunctionUrl": "url"}),
        "AWS::Lambda::LayerVersion": Identity("AWS::Lambda::LayerVersion", None, "arn"),
        "AWS::Lambda::CodeSigningConfig": Identity("AWS::Lambda::CodeSigningConfig", None, "arn"),
    }
)


def _kafka(endpoints: Value) -> Value:
    """`KAFKA_BOOTSTRAP_SERVERS = "a:9092,b:9092"` as a list."""
    servers = endpoints.get("KAFKA_BOOTSTRAP_SERVERS") if isinstance(endpoints, Map) else None
    return Map({"KafkaBootstrapServers": servers.split(",") if isinstance(servers, str) else [servers]}) if servers is not None else None


_MAPPING: Rules = {
    "filter_criteria": one("FilterCriteria", {"filter": many("Filters")}),
    "destination_config": one("DestinationConfig", {"on_failure": one("OnFailure", {"destination_arn": "Destination"})}),
    "scaling_config": one("ScalingConfig"),
    "provisioned_poller_config": one("ProvisionedPollerConfig"),
    "bisect_batch_on_function_error": "BisectBatchOnFunctionError",
    "self_managed_event_source": one("SelfManagedEventSource", {"endpoints": turned("Endpoints", _kafka)}),
    "source_access_configuration": many("SourceAccessConfigurations"),
    "amazon_managed_kafka_event_source_config": one("AmazonManagedKafkaEventSourceConfig"),
    "document_db_event_source_config": one("DocumentDBEventSourceConfig"),
}
_DESTINATIONS: Rules = {"on_failure": one("OnFailure"), "on_success": one("OnSuccess")}
terraform(
    {
        "aws_lambda_function": translation(
            "AWS::Lambda::Function",
            {
                "environment": one("Environment", {"variables": raw("Variables")}),
                "dead_letter_config": one("DeadLetterConfig"),
                "vpc_config": one("VpcConfig"),
                "tracing_config": one("TracingConfig"),
                "ephemeral_storage": one("EphemeralStorage"),
                "snap_start": one("SnapStart"),
                "image_config": one("ImageConfig"),
                "reserved_concurrent_executions": unless("ReservedConcurrentExecutions", -1),
                "s3_bucket": "Code.S3Bucket",
                "s3_key": "Code.S3Key",
                "image_uri": "Code.ImageUri",
                "tags": raw("Tags"),
            },
            {"arn": "Arn", "function_name": "Ref", "id": "Ref", "name": "Ref", "invoke_arn": "InvokeArn"},
        ),
        "aws_lambda_permission": translation("AWS::Lambda::Permission"),
        "aws_lambda_event_source_mapping": translation("AWS::Lambda::EventSourceMapping", _MAPPING, {"id": "Ref", "uuid": "Ref"}),
        "aws_lambda_function_event_invoke_config": translation(
            "AWS::Lambda::EventInvokeConfig", {"destination_config": one("DestinationConfig", _DESTINATIONS)}
        ),
        "aws_lambda_alias": translation("AWS::Lambda::Alias", {}, {"arn": "Ref", "id": "Ref"}),
        "aws_lambda_function_url": translation(
            "AWS::Lambda::Url",
            {"function_name": "TargetFunctionArn", "authorization_type": "AuthType", "cors": one("Cors")},
            {"function_url": "FunctionUrl", "function_arn": "FunctionArn"},
        ),
        "aws_lambda_provisioned_concurrency_config": translation("aws_lambda_provisioned_concurrency_config"),
        "aws_lambda_layer_version": translation("AWS::Lambda::LayerVersion", {}, {"arn": "Ref"}),
    }
)


@declares("AWS::Lambda::Function")
def function(resource: Resource, declare: Declarations) -> None:
    """A function and the dead-letter queue of its asynchronous invocations."""
    node = declare.node(
        resource, "function", role=End(resource.get("Role"), ROLE, "arn", resource), environment=list(environment(resource))
    )
    dead_letter = resource.get("DeadLetterConfig", "TargetArn")
    if dead_letter is not None:
        place = Place(resource.properties, "DeadLetterConfig")
        declare.edge("dead-letter", node, End(dead_letter, ("queue", "topic"), "arn", resource), resource, place=place)


def environment(resource: Resource) -> Iterator[tuple[Condition, str, Value, Place]]:
    """The environment variables of a function: when, name, value and where it is written."""
    for when, variables in resource.alternatives("Environment", "Variables"):
        if isinstance(variables, dict):
            for name, value in variables.items():
                yield when, str(name), value, Place(variables if isinstance(variables, Map) else None, str(name))


@declares("AWS::Lambda::EventSourceMapping")
def event_source_mapping(resource: Resource, declare: Declarations) -> None:
    """A mapping: Lambda polls the source and calls the function; what a stream's records can't get through goes to OnFailure."""
    source = End(_source(resource), SOURCE_KINDS, "arn", resource)
    called = End(resource.get("FunctionName"), ("function",), "any", resource)
    on_failure = End(resource.get("DestinationConfig", "OnFailure", "Destination"), ("queue", "topic"), "arn", resource)
    part = declare.part(
        "mapping",
        resource,
        called,
        ends={"source": source, "function": called, "on_failure": on_failure},
        filters=[pattern for _, pattern in items(resource.get("FilterCriteria", "Filters"))],
    )
    if source.value is not None and called.value is not None:
        declare.edge("poll", source, called, resource, part=part)
    if source.value is not None and on_failure.value is not None:
        polled = source._replace(kinds=("stream", "table", "external"))
        declare.edge("dead-letter", polled, on_failure, resource, part=part, place=Place(resource.properties, "DestinationConfig"))


def _source(resource: Resource) -> Value:
    """What a mapping polls; a Kafka cluster of one's own is named by its first broker."""
    source = resource.get("EventSourceArn")
    if source is not None:
        return source
    for _, server in items(resource.get("SelfManagedEventSource", "Endpoints", "KafkaBootstrapServers")):
        return server
    return None if resource.get("SelfManagedEventSource") is None else f"Kafka ({resource.address})"


@declares("AWS::Lambda::EventInvokeConfig")
def event_invoke_config(resource: Resource, declare: Declarations) -> None:
    """How asynchronous invocations of a function (of one qualifier) are retried, and where their outcome goes."""
    called = End(resource.get("FunctionName"), ("function",), "any", resource)
    failed = End(resource.get("DestinationConfig", "OnFailure", "Destination"), DESTINATION_KINDS, "arn", resource)
    succeeded = End(resource.get("DestinationConfig", "OnSuccess", "Destination"), DESTINATION_KINDS, "arn", resource)
    qualifier = resource.get("Qualifier")
    part = declare.part(
        "invoke-config",
        resource,
        called,
        element=named(qualifier) if qualifier is not None else "",
        ends={"function": called, "on_failure": failed, "on_success": succeeded},
        qualifier=qualifier,
    )
    for kind, end in (("on-failure", failed), ("on-success", succeeded)):
        if end.value is not None:
            declare.edge(kind, called, end, resource, part=part, place=Place(resource.properties, "DestinationConfig"))


@declares("AWS::Lambda::Permission")
def permission(resource: Resource, declare: Declarations) -> None:
    """Who may call a function."""
    called = End(resource.get("FunctionName"), ("function",), "any", resource)
    if called.value is None:
        return
    declare.part(
        "permission",
        resource,
        called,
        ends={"function": called, "source": End(resource.get("SourceArn"), (), "arn", resource)},
        principal=resource.get("Principal"),
        action=resource.get("Action"),
        source_arn=resource.get("SourceArn"),
        source_account=resource.get("SourceAccount"),
        qualifier=resource.get("Qualifier"),
    )


@declares("AWS::Lambda::Alias")
def alias(resource: Resource, declare: Declarations) -> None:
    """An alias: a name for some version of its function."""
    declare.stands_for(resource, End(resource.get("FunctionName"), ("function",), "any", resource), named(resource.get("Name")))


@declares("AWS::Lambda::Version")
def version(resource: Resource, declare: Declarations) -> None:
    """A version: its function as it was once. AWS gives its number, so it is known by its address."""
    declare.stands_for(resource, End(resource.get("FunctionName"), ("function",), "any", resource), resource.address)


@declares("AWS::Lambda::Url")
def function_url(resource: Resource, declare: Declarations) -> None:
    """A function's own HTTPS endpoint: whoever calls it waits for the answer."""
    node = declare.node(resource, "api")
    called = resource.get("TargetFunctionArn")
    if called is not None:
        end = End(called, ("function",), "any", resource)
        edge = declare.edge("invoke", node, end, resource, place=Place(resource.properties, "TargetFunctionArn"))
        if resource.get("Qualifier") is not None:
            edge.attributes["qualifier"] = named(resource.get("Qualifier"))
