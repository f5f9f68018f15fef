"""EventBridge Pipes: one source that is polled, an enrichment that is waited for, one target, and the dead letters of streams."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource
from edalint.model.values import Map, Unknown, Value, alternatives, one_of
from edalint.services._shared import maps, sort_of, target_end
from edalint.services._terraform import Rules, many, one, raw, translation
from edalint.services.registry import Default, Identity, declares, identities, terraform

_PIPES = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html"
STREAM_ATTEMPTS = Default(-1, _PIPES)
"""A stream's record is tried again until it expires."""
STREAM_AGE = Default(-1, _PIPES)
SOURCE_KINDS = ("queue", "stream", "table", "broker", "external")
STREAM_PARAMETERS = ("KinesisStreamParameters", "DynamoDBStreamParameters")
"""The source parameters that can name a dead-letter queue."""
STARTED = {"ecs": ("task",), "batch": ("job",)}
"""What is started where the target is a cluster or a job queue."""

identities({"AWS::Pipes::Pipe": Identity("pipe", "Name", "name", arn="arn:{P}:pipes:{R}:{A}:pipe/{name}", attributes={"Arn": "arn"})})

_DEAD_LETTER: Rules = {"dead_letter_config": one("DeadLetterConfig")}
_SOURCE: Rules = {
    "filter_criteria": one("FilterCriteria", {"filter": many("Filters")}),
    "sqs_queue_parameters": one("SqsQueueParameters"),
    "kinesis_stream_parameters": one("KinesisStreamParameters", _DEAD_LETTER),
    "dynamodb_stream_parameters": one("DynamoDBStreamParameters", _DEAD_LETTER),
    "managed_streaming_kafka_parameters": one("ManagedStreamingKafkaParameters"),
    "self_managed_kafka_parameters": one("SelfManagedKafkaParameters"),
    "activemq_broker_parameters": one("ActiveMQBrokerParameters"),
    "rabbitmq_broker_parameters": one("RabbitMQBrokerParameters"),
}
_ECS: Rules = {
    "network_configuration": one("NetworkConfiguration", {"aws_vpc_configuration": one("AwsvpcConfiguration")}),
    "overrides": one("Overrides", {"container_override": many("ContainerOverrides")}),
    "capacity_provider_strategy": many("CapacityProviderStrategy"),
}
_TARGET: Rules = {
    "ecs_task_parameters": one("EcsTaskParameters", _ECS),
    "batch_job_parameters": one("BatchJobParameters"),
    "lambda_function_parameters": one("LambdaFunctionParameters"),
    "step_function_state_machine_parameters": one("StepFunctionStateMachineParameters"),
    "sqs_queue_parameters": one("SqsQueueParameters"),
    "kinesis_stream_parameters": one("KinesisStreamParameters"),
    "eventbridge_event_bus_parameters": one("EventBridgeEventBusParameters"),
    "cloudwatch_logs_parameters": one("CloudWatchLogsParameters"),
    "http_parameters": one("HttpParameters", {"header_parameters": raw("HeaderParameters")}),
    "redshift_data_parameters": one("RedshiftDataParameters"),
    "sagemaker_pipeline_parameters": one("SageMakerPipelineParameters"),
}
terraform(
    {
        "aws_pipes_pipe": translation(
            "AWS::Pipes::Pipe",
            {
                "source_parameters": one("SourceParameters", _SOURCE),
                "target_parameters": one("TargetParameters", _TARGET),
                "enrichment_parameters": one("EnrichmentParameters"),
                "log_configuration": one("LogConfiguration"),
            },
            {"arn": "Arn", "name": "Ref", "id": "Ref"},
        )
    }
)


@declares("AWS::Pipes::Pipe")
def pipe(resource: Resource, declare: Declarations) -> None:
    """A pipe, its source, enrichment, target and dead-letter queue: all of them by its role."""
    properties = resource.properties
    role = End(resource.get("RoleArn"), ("AWS::IAM::Role",), "arn", resource)
    node = declare.node(resource, "pipe", role=role)
    source = End(resource.get("Source"), SOURCE_KINDS, "arn", resource)
    if source.value is not None:
        filters = [pattern for _, pattern in maps(resource.get("SourceParameters", "FilterCriteria", "Filters"))]
        declare.edge("poll", source, node, resource, place=Place(properties, "Source"), data={"filters": filters})
    enrichment = End(resource.get("Enrichment"), ("function", "api", "state-machine", "api-destination"), "arn", resource)
    if enrichment.value is not None:
        declare.edge("enrich", node, enrichment, resource, place=Place(properties, "Enrichment"))
    dead_letters = [(name, resource.get("SourceParameters", name, "DeadLetterConfig", "Arn")) for name in STREAM_PARAMETERS]
    dead_letter = next(((name, arn) for name, arn in dead_letters if arn is not None), None)
    ends = {
        "source": source,
        "enrichment": enrichment,
        "dead_letter": End(dead_letter[1] if dead_letter else None, ("queue", "topic"), "arn", resource),
        "role": role,
    }
    written = resource.get("TargetParameters")
    parameters = _joined(written)
    sort = sort_of(resource.get("Target"), declare, parameters)
    target = _target(resource, sort, written, parameters)
    part = declare.part(
        "target",
        resource,
        node,
        properties=parameters,
        place=Place(properties, "Target"),
        ends={"target": target, **ends},
        kind=sort,
        product="pipes",
        parameters=written,
    )
    if target.value is not None:
        declare.edge("deliver", node, target, resource, part=part)
    if dead_letter is not None:
        stream = resource.get("SourceParameters", dead_letter[0])
        place = Place(stream, "DeadLetterConfig") if isinstance(stream, Map) else Place(properties, "SourceParameters")
        declare.edge("dead-letter", node, part.ends["dead_letter"], resource, part=part, place=place)


def _joined(parameters: Value) -> Map:
    """Parameters that have several alternatives as one map of values that have them; empty where nothing is known."""
    if isinstance(parameters, Map):
        return parameters
    options = list(alternatives(parameters))
    names = dict.fromkeys(name for _, option in options if isinstance(option, Map) for name in option)
    return Map((name, one_of([(when, _of(option, name)) for when, option in options])) for name in names)


def _of(option: Value, name: str) -> Value:
    return option.get(name) if isinstance(option, Map) else option if isinstance(option, Unknown) else None


def _target(resource: Resource, sort: str, written: Value, parameters: Map) -> End:
    """What a pipe starts; where it sends to a cluster or a job queue, the parameters say what."""
    if parameters or sort not in STARTED:
        return target_end(resource.get("Target"), sort, parameters, resource)
    missing = Unknown("", f"'{resource.name}' does not say what it starts")
    return End(written if isinstance(written, Unknown) else missing, STARTED[sort], "any", resource)
