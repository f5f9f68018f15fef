"""What several service files need: lists of maps, JSON that may be text, what sort of thing a target is."""

from __future__ import annotations

from collections.abc import Iterator

from edalint.hints import Any
from edalint.model.conditions import Condition
from edalint.model.graph import Declarations, End, Node, Part, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Text, Unknown, Value, alternatives, items, map_value, parts_of

TARGET_KINDS = (
    "function",
    "queue",
    "topic",
    "bus",
    "stream",
    "state-machine",
    "api-destination",
    "api",
    "task",
    "job",
    "rule",
    "bucket",
    "table",
    "broker",
    "activity",
)
"""What a rule, schedule or pipe can push to."""

SORTS = {
    "AWS::Lambda::Function": "lambda",
    "AWS::Lambda::Alias": "lambda",
    "AWS::Lambda::Version": "lambda",
    "AWS::SQS::Queue": "sqs",
    "AWS::SNS::Topic": "sns",
    "AWS::ECS::Cluster": "ecs",
    "AWS::StepFunctions::StateMachine": "states",
    "AWS::StepFunctions::StateMachineAlias": "states",
    "AWS::StepFunctions::StateMachineVersion": "states",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::KinesisFirehose::DeliveryStream": "firehose",
    "AWS::Events::EventBus": "bus",
    "AWS::EventsV2::EventBus": "bus",
    "AWS::Events::ApiDestination": "api-destination",
    "AWS::ApiGateway::RestApi": "api-gateway",
    "AWS::ApiGateway::Stage": "api-gateway",
    "AWS::ApiGatewayV2::Api": "api-gateway",
    "AWS::Logs::LogGroup": "logs",
    "AWS::Batch::JobQueue": "batch",
    "AWS::CodeBuild::Project": "codebuild",
    "AWS::CodePipeline::Pipeline": "codepipeline",
    "AWS::Redshift::Cluster": "redshift",
    "AWS::RedshiftServerless::Workgroup": "redshift",
    "AWS::SSM::Document": "ssm",
    "AWS::AppSync::GraphQLApi": "appsync",
    "AWS::SageMaker::Pipeline": "sagemaker",
    "AWS::Glue::Workflow": "glue",
    "AWS::InspectorV2::Filter": "inspector",
}
"""Type of the resource that a target names -> what sort of target that is."""

ARN_SORTS = {
    "lambda": "lambda",
    "sqs": "sqs",
    "sns": "sns",
    "ecs": "ecs",
    "states": "states",
    "kinesis": "kinesis",
    "firehose": "firehose",
    "execute-api": "api-gateway",
    "logs": "logs",
    "batch": "batch",
    "codebuild": "codebuild",
    "codepipeline": "codepipeline",
    "redshift": "redshift",
    "redshift-serverless": "redshift",
    "ssm": "ssm",
    "automation-definition": "ssm",
    "appsync": "appsync",
    "sagemaker": "sagemaker",
    "glue": "glue",
    "inspector": "inspector",
    "inspector2": "inspector",
}
"""Service in an ARN -> what sort of target that is (`events` needs a look at the rest)."""


def maps(value: Value) -> Iterator[tuple[Condition, Map]]:
    """The maps among the elements of a list, each with its condition; whatever else stands there is passed over."""
    for when, item in items(value):
        if isinstance(item, Map):
            yield when, item


def structured(value: Value, place: Place) -> Value:
    """A property that may be written as a map or as JSON text: as a map; Unknown where the text is not known or no JSON."""
    if value is None or type(value) is Map:
        return value
    return map_value(value, lambda plain: _parsed(plain, place))


def _parsed(value: Value, place: Place) -> Value:
    if not isinstance(value, (str, Text)):
        return value
    from edalint.sources import embedded
    from edalint.sources.problem import SyntaxProblem

    try:
        parsed: Any = embedded.parse(value, place)
    except SyntaxProblem as problem:
        return Unknown("", f"text that is no JSON: {problem}")
    return Unknown("", "text that is no JSON") if isinstance(parsed, SyntaxProblem) else parsed


HINTS = {
    "SqsParameters": "sqs", "SqsQueueParameters": "sqs", "LambdaFunctionParameters": "lambda", "StepFunctionStateMachineParameters": "states",
    "KinesisParameters": "kinesis", "EventBridgeParameters": "bus", "EventBridgeEventBusParameters": "bus",
    "CloudWatchLogsParameters": "logs", "RedshiftDataParameters": "redshift", "RunCommandParameters": "ssm",
    "SageMakerPipelineParameters": "sagemaker", "AppSyncParameters": "appsync",
}  # fmt: skip
"""Parameters that only one sort of target has; those of ECS and Batch say it even where the ARN is a cluster's or a job queue's."""


def sort_of(value: Value, declare: Declarations, parameters: Map | None = None) -> str:
    """What sort of target an ARN names (`lambda`, `sqs`, `bus` ...); `other` where neither it nor its parameters tell."""
    if parameters is not None:
        for name, sort in (
            ("EcsParameters", "ecs"),
            ("EcsTaskParameters", "ecs"),
            ("BatchParameters", "batch"),
            ("BatchJobParameters", "batch"),
        ):
            if parameters.get(name) is not None:
                return sort
    for _, plain in alternatives(value):
        parts = parts_of(plain)
        if not parts:
            continue
        if isinstance(parts[0], Ref):
            named = declare.resource(parts[0].id)
            sort = SORTS.get(named.type, "") if named is not None else ""
            if sort:
                return sort
        elif isinstance(parts[0], str) and parts[0].startswith("arn:"):
            sort = _arn_sort(plain)
            if sort:
                return sort
    return next((sort for name, sort in HINTS.items() if parameters is not None and parameters.get(name) is not None), "other")


def _arn_sort(value: Value) -> str:
    text = "".join(p if isinstance(p, str) else "*" for p in parts_of(value))
    fields = text.split(":")
    service, rest = (fields[2] if len(fields) > 2 else ""), (fields[5] if len(fields) > 5 else "")
    if service == "events":
        return "bus" if rest.startswith("event-bus") else "api-destination" if rest.startswith("api-destination") else ""
    return ARN_SORTS.get(service, "")


def policy_part(
    declare: Declarations,
    resource: Resource,
    holder: End,
    document: Value,
    place: Place,
    *,
    owner: Node | None = None,
    when: Condition = True,
) -> Part:
    """Declare a resource policy of a queue, topic, bus, bucket or stream."""
    return declare.part(
        "policy", resource, owner, place=place, when=when, ends={"holder": holder}, document=structured(document, place), policy="resource"
    )


def named(value: Value) -> str:
    """A value as part of an element's name: its literal text, `${Address}` for what it refers to, `${Symbol}` or `?` for what is not known."""
    words = []
    for part in parts_of(value):
        if isinstance(part, str):
            words.append(part)
        elif isinstance(part, Ref):
            words.append("${" + part.id.rsplit("#", 1)[-1] + "}")
        else:
            words.append("${" + part.symbol.rsplit("#", 1)[-1] + "}" if part.symbol else "?")
    return "".join(words) or "?"


def target_end(arn: Value, sort: str, parameters: Map, resource: Resource) -> End:
    """What a target really starts: the ARN names a cluster or a job queue where a task or a job is meant."""
    if sort == "ecs":
        for name in ("EcsParameters", "EcsTaskParameters"):
            definition = get(parameters, name, "TaskDefinitionArn")
            if definition is not None:
                return End(definition, ("task",), "any", resource)
    if sort == "batch":
        for name in ("BatchParameters", "BatchJobParameters"):
            definition = get(parameters, name, "JobDefinition")
            if definition is not None:
                return End(definition, ("job",), "any", resource)
    return End(arn, TARGET_KINDS, "arn", resource)


def unknown_target(resource: Resource, declare: Declarations, node: Node, value: Unknown, place: Place, when: Condition = True) -> None:
    """A target of which nothing is known: it may be anything, and anything may be its dead-letter queue."""
    declare.edge("deliver", node, End(value, TARGET_KINDS, "arn", resource), resource, when=when, place=place)
    declare.edge("dead-letter", node, End(value, ("queue",), "arn", resource), resource, when=when, place=place)
