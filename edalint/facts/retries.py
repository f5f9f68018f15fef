"""How often and how long something is tried: queues and their redrive, targets, mappings, functions. Times are seconds."""

from __future__ import annotations

from importlib import import_module

from edalint.facts.delivery import end_of
from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.graph import Edge, Node, Part
from edalint.model.values import Unknown, parts_of
from edalint.services import sqs

FOREVER = -1
"""How AWS writes "until it expires"."""
QUEUE_BATCH, STREAM_BATCH = 10, 100
"""Records in a batch: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"""
_DELIVERERS = {"eventsv2": "events_v2", "scheduler": "scheduler"}
BLOCKING_SOURCES = ("kinesis", "dynamodb", "kafka")


# queues


@fact("queue", gives="int")
def visibility_timeout(node: Node, view: View) -> Any:
    """For how many seconds a received message is hidden from others (30 unless set)."""
    return view.integer(node.properties, "VisibilityTimeout", default=sqs.VISIBILITY_TIMEOUT.value)


@fact("queue", gives="int")
def retention(node: Node, view: View) -> Any:
    """For how many seconds a message is kept (345600, four days, unless set)."""
    return view.integer(node.properties, "MessageRetentionPeriod", default=sqs.RETENTION.value)


@fact("queue", gives="int")
def receive_wait(node: Node, view: View) -> Any:
    """For how many seconds a receive call waits for a message (0, short polling, unless set)."""
    return view.integer(node.properties, "ReceiveMessageWaitTimeSeconds", default=sqs.RECEIVE_WAIT.value)


@fact("queue", gives="int")
def delay(node: Node, view: View) -> Any:
    """For how many seconds a new message is held back (0 unless set)."""
    return view.integer(node.properties, "DelaySeconds", default=sqs.DELAY.value)


@fact("queue", gives="int")
def max_receive_count(node: Node, view: View) -> Any:
    """After how many receives a message goes to the dead-letter queue; absent without redrive policy."""
    for edge in view.out(node, "dead-letter"):
        policy = edge.data.get("redrive_policy")
        if policy is not None:
            return view.integer(policy, "maxReceiveCount")
    return None


# targets


@fact("part:target", gives="int")
def maximum_retry_attempts(part: Part, view: View) -> Any:
    """How often delivery is tried again: 185 unless set (5 for a subscriber of an EventsV2 bus); absent for a pipe's target."""
    if part.data.get("product") == "pipes":
        return None
    default = _deliverer(part).RETRY_ATTEMPTS.value
    if part.data.get("product") == "eventsv2":
        return view.integer(part.resource.properties, "RetryPolicy", "MaxRetryAttempts", default=default)
    return view.integer(part.properties, "RetryPolicy", "MaximumRetryAttempts", default=default)


@fact("part:target", gives="int")
def maximum_event_age(part: Part, view: View) -> Any:
    """For how many seconds delivery is tried: 86400 unless set (300 for a subscriber of an EventsV2 bus); absent for a pipe's target."""
    if part.data.get("product") == "pipes":
        return None
    default = _deliverer(part).EVENT_AGE.value
    if part.data.get("product") == "eventsv2":
        return view.integer(part.resource.properties, "RetryPolicy", "MaxEventAgeInSeconds", default=default)
    return view.integer(part.properties, "RetryPolicy", "MaximumEventAgeInSeconds", default=default)


def _deliverer(part: Part) -> Any:
    """The module of the service that delivers to a target, with its defaults."""
    return import_module(f"edalint.services.{_DELIVERERS.get(str(part.data.get('product')), 'events')}")


@fact("part:target", gives="bool")
def has_retry_policy(part: Part, view: View) -> Any:
    """Whether the template sets a retry policy for this target."""
    written = view.get(part.resource.properties if part.data.get("product") == "eventsv2" else part.properties, "RetryPolicy")
    return written if isinstance(written, Unknown) else written is not None


@fact("part:target", gives="string", plain=True)
def product(part: Part, view: View) -> str:
    """Which service delivers: `events` (rules), `scheduler`, `pipes`, `eventsv2`."""
    return str(part.data.get("product") or "events")


@fact("part:target", gives="string")
def target_type(part: Part, view: View) -> Any:
    """What sort of target it is: `lambda`, `sqs`, `sns`, `ecs`, `states`, `kinesis`, `firehose`, `bus`, `api-destination`, `api-gateway`,
    `logs`, `batch`, `codebuild`, `codepipeline`, `redshift`, `ssm`, `appsync`, `sagemaker`, `glue`, `inspector`.
    """
    kind = str(part.data.get("kind") or "other")
    if kind != "other":
        return kind
    target = view.target(part, "target")
    if target is not None and target.node is not None:
        return SORT_OF_KIND.get(target.node.kind, "other")
    return Unknown("", "what the target is, is not in this run") if target is not None else "other"


SORT_OF_KIND = {
    "function": "lambda",
    "queue": "sqs",
    "topic": "sns",
    "task": "ecs",
    "state-machine": "states",
    "bus": "bus",
    "api-destination": "api-destination",
    "api": "api-gateway",
    "job": "batch",
}


@fact("part:target", gives="node", name="target")
def target_node(part: Part, view: View) -> Any:
    """The node that it delivers to; unknown where that is outside the run."""
    return end_of(part, view, "target")


# mappings


@fact("part:mapping", "pipe", gives="string")
def source_type(subject: Part | Node, view: View) -> Any:
    """What is polled: `sqs`, `kinesis`, `dynamodb`, `kafka`, `mq`, `documentdb`; unknown where the templates don't tell."""
    if isinstance(subject, Node):
        return _source_of_pipe(subject, view)
    properties = subject.properties
    if view.get(properties, "SelfManagedEventSource") is not None:
        return "kafka"
    if view.get(properties, "DocumentDBEventSourceConfig") is not None:
        return "documentdb"
    target = view.target(subject, "source")
    found = _type_of(target.node, target.value) if target is not None else ""
    return found or Unknown("", f"what '{subject.resource.name}' polls is not in this run")


def _source_of_pipe(node: Node, view: View) -> Any:
    for edge in view.into(node, "poll"):
        found = _type_of(edge.source, view.get(node.properties, "Source"))
        if found:
            return found
    for name, kind in PIPE_PARAMETERS.items():
        if view.get(node.properties, "SourceParameters", name) is not None:
            return kind
    return Unknown("", f"what '{node.name}' polls is not in this run")


PIPE_PARAMETERS = {
    "SqsQueueParameters": "sqs",
    "KinesisStreamParameters": "kinesis",
    "DynamoDBStreamParameters": "dynamodb",
    "ManagedStreamingKafkaParameters": "kafka",
    "SelfManagedKafkaParameters": "kafka",
    "ActiveMQBrokerParameters": "mq",
    "RabbitMQBrokerParameters": "mq",
}
_SERVICES = {"sqs": "sqs", "kinesis": "kinesis", "dynamodb": "dynamodb", "kafka": "kafka", "mq": "mq", "rds": "documentdb"}


def _type_of(node: Node | None, value: Any) -> str:
    if node is not None and node.kind in ("queue", "table", "broker"):
        return {"queue": "sqs", "table": "dynamodb", "broker": "mq"}[node.kind]
    if node is not None and node.kind == "stream":
        return "kafka" if node.data.get("product") == "kafka" else "kinesis"
    parts = parts_of(value)
    if parts and isinstance(parts[0], str) and parts[0].startswith("arn:"):
        fields = parts[0].split(":")
        return _SERVICES.get(fields[2], "") if len(fields) > 2 else ""
    return "kafka" if parts and isinstance(parts[0], str) and parts[0].startswith("smk://") else ""


@fact("part:mapping", gives="node", name="source")
def source_of_mapping(part: Part, view: View) -> Any:
    """The queue, stream, table or broker that is polled; unknown where it is outside the run."""
    return end_of(part, view, "source")


@fact("part:mapping", gives="node:function")
def function(part: Part, view: View) -> Any:
    """The function that is called; unknown where it is outside the run."""
    return end_of(part, view, "function")


@fact("part:mapping", gives="int")
def batch_size(part: Part, view: View) -> Any:
    """How many records a call of the function gets at most: 10 for queues, 100 for others, unless set."""
    written = view.integer(part.properties, "BatchSize")
    if written is not None:
        return written
    source = view.fact(part, "source_type")
    if isinstance(source, Unknown):
        return source
    return QUEUE_BATCH if source == "sqs" else STREAM_BATCH


@fact("part:mapping", gives="int")
def batch_window(part: Part, view: View) -> Any:
    """For how many seconds records are gathered before a call (0 unless set)."""
    return view.integer(part.properties, "MaximumBatchingWindowInSeconds", default=0)


@fact("part:mapping", gives="list<string>")
def function_response_types(part: Part, view: View) -> Any:
    """What the function may answer: `ReportBatchItemFailures` or nothing."""
    return view.elements(part.properties, "FunctionResponseTypes")


@fact("part:mapping", gives="int", name="maximum_retry_attempts")
def attempts_of_mapping(part: Part, view: View) -> Any:
    """How often a failed batch of a stream is tried again; -1, until it expires, unless set."""
    return view.integer(part.properties, "MaximumRetryAttempts", default=FOREVER)


@fact("part:mapping", gives="int")
def maximum_record_age(part: Part, view: View) -> Any:
    """Up to what age in seconds a stream's record is tried; -1, until it expires, unless set."""
    return view.integer(part.properties, "MaximumRecordAgeInSeconds", default=FOREVER)


@fact("part:mapping", gives="int")
def parallelization_factor(part: Part, view: View) -> Any:
    """How many batches of one shard are handled at once (1 unless set)."""
    return view.integer(part.properties, "ParallelizationFactor", default=1)


@fact("stream", "table", gives="int", name="retention")
def retention_of_stream(node: Node, view: View) -> Any:
    """For how many seconds a record can be read (24 hours unless set)."""
    if node.kind == "table":
        from edalint.services.dynamodb import STREAM_HOURS

        return STREAM_HOURS * 3600
    if node.data.get("product"):
        return Unknown("", "how long a topic or delivery stream keeps its records is not in the template")
    from edalint.services import kinesis

    hours = view.integer(node.properties, "RetentionPeriodHours", default=kinesis.RETENTION_HOURS.value)
    return hours if isinstance(hours, Unknown) else hours * 3600


# functions


@fact("function", gives="int")
def timeout(node: Node, view: View) -> Any:
    """After how many seconds an invocation is ended (3 unless set)."""
    from edalint.services import lambda_

    return view.integer(node.properties, "Timeout", default=lambda_.TIMEOUT.value)


@fact("function", gives="int")
def async_retries(node: Node, view: View) -> Any:
    """How often a failed asynchronous invocation is tried again: 2, unless a configuration says otherwise; of several the most."""
    from edalint.services import lambda_

    found = [view.fact(part, "maximum_retry_attempts") for part in view.parts(node, "invoke-config")]
    unknown = next((n for n in found if isinstance(n, Unknown)), None)
    return unknown if unknown is not None else max(found, default=lambda_.ASYNC_RETRIES.value)


@fact("part:invoke-config", gives="int", name="maximum_retry_attempts")
def attempts_of_invocations(part: Part, view: View) -> Any:
    """How often a failed asynchronous invocation is tried again (2 unless set)."""
    from edalint.services import lambda_

    return view.integer(part.properties, "MaximumRetryAttempts", default=lambda_.ASYNC_RETRIES.value)


@fact("part:invoke-config", gives="int", name="maximum_event_age")
def age_of_invocations(part: Part, view: View) -> Any:
    """For how many seconds an event waits for its asynchronous invocation (21600, six hours, unless set)."""
    from edalint.services import lambda_

    return view.integer(part.properties, "MaximumEventAgeInSeconds", default=lambda_.ASYNC_EVENT_AGE.value)


# who waits for an answer, and for how long

API_WAITS = {"AWS::ApiGateway::RestApi": 29, "AWS::Serverless::Api": 29, "AWS::AppSync::GraphQLApi": 30}
"""Seconds that an API waits for an integration unless told otherwise:
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html,
https://docs.aws.amazon.com/general/latest/gr/appsync.html
"""
HTTP_API_WAITS, WEBSOCKET_WAITS = 30, 29
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""


API_DESTINATION_WAITS = 5
"""Seconds that EventBridge gives the endpoint of an API destination, called by a rule or a pipe:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
"""


@fact("edge:invoke", "edge:run", "edge:deliver", gives="double")
def caller_waits(edge: Edge, view: View) -> Any:
    """For how many seconds the caller waits for an answer before it gives up; absent where it does not wait, or without limit."""
    if edge.kind == "deliver":
        return API_DESTINATION_WAITS if edge.target.kind == "api-destination" else None
    if edge.attributes.get("invocation") == "event" or edge.attributes.get("authorizer"):
        return None
    if edge.kind == "run":
        part = edge.part
        if part is None or part.kind != "state":
            return None
        asked = view.fact(part, "invocation_type")
        if isinstance(asked, Unknown) or asked == "Event":
            return asked if isinstance(asked, Unknown) else None
        return view.fact(part, "timeout") if edge.attributes.get("integration") != "callback" else None
    source = edge.source
    if source.kind != "api" or source.resource is None:
        return None
    written = _integration_timeout(edge, view)
    if written is not None:
        return written if isinstance(written, Unknown) else written / 1000
    if source.resource.type == "AWS::ApiGatewayV2::Api":
        protocol = view.string(source.properties, "ProtocolType", default="HTTP")
        return protocol if isinstance(protocol, Unknown) else WEBSOCKET_WAITS if protocol == "WEBSOCKET" else HTTP_API_WAITS
    return API_WAITS.get(source.resource.type)


@fact("edge:invoke", "edge:run", "edge:deliver", gives="list<node:function>")
def answering(edge: Edge, view: View) -> list[Node]:
    """The functions that answer a call: the one that is called, or those of this run behind the URL of an API destination."""
    if edge.target.kind == "api-destination":
        behind: list[Node] = view.fact(edge.target, "functions_behind")
        return behind
    return [edge.target] if edge.target.kind == "function" else []


def _integration_timeout(edge: Edge, view: View) -> Any:
    """`TimeoutInMillis` of the integration, wherever it is written."""
    properties = edge.part.properties if edge.part is not None else edge.resource.properties
    written = view.integer(properties, "TimeoutInMillis")
    return view.integer(properties, "Integration", "TimeoutInMillis") if written is None else written


RETRY_WAITS = (60, 120)
"""Seconds before the first and the second retry of an asynchronous invocation:
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
"""


@fact("part:invoke-config", "part:target", gives="int")
def shortest_time_for_retries(part: Part, view: View) -> Any:
    """How many seconds the retries that are set take at the very least; absent where the template sets none.

    A function's retries come after one and two minutes. EventBridge does not say when it tries: no two tries come within a second.
    """
    attempts = view.fact(part, "maximum_retry_attempts")
    if attempts is None or isinstance(attempts, Unknown):
        return attempts
    if part.kind == "invoke-config":
        return sum(RETRY_WAITS[:attempts])
    policy = view.get(part.properties, "RetryPolicy")
    return attempts if view.get(policy, "MaximumRetryAttempts") is not None else None
