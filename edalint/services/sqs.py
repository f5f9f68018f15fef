"""Amazon SQS: queues, what they are called, their policies, and where messages go that nobody can process.

Who reads a queue is declared by the reader (a mapping, a pipe, a service), never here.
"""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Ref, alternatives, items
from edalint.services._shared import policy_part, structured
from edalint.services._terraform import document, listed, translation
from edalint.services.registry import Default, Identity, declares, identities, terraform

_ATTRIBUTES = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"
VISIBILITY_TIMEOUT = Default(30, _ATTRIBUTES)
"""Seconds for which a message that was received is hidden."""
RETENTION = Default(345_600, _ATTRIBUTES)
"""Seconds for which a message is kept (4 days)."""
RECEIVE_WAIT = Default(0, _ATTRIBUTES)
"""Seconds for which a receive call waits for a message."""
DELAY = Default(0, _ATTRIBUTES)

identities(
    {
        "AWS::SQS::Queue": Identity(
            "queue",
            "QueueName",
            "url",
            arn="arn:{P}:sqs:{R}:{A}:{name}",
            url="https://sqs.{R}.{U}/{A}/{name}",
            attributes={"Arn": "arn", "QueueName": "name", "QueueUrl": "url"},
        )
    }
)

_QUEUE = {"arn": "Arn", "url": "Ref", "id": "Ref", "name": "QueueName"}
terraform(
    {
        "aws_sqs_queue": translation(
            "AWS::SQS::Queue",
            {
                "name": "QueueName",
                "visibility_timeout_seconds": "VisibilityTimeout",
                "message_retention_seconds": "MessageRetentionPeriod",
                "max_message_size": "MaximumMessageSize",
                "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
                "redrive_policy": document("RedrivePolicy"),
                "redrive_allow_policy": document("RedriveAllowPolicy"),
                "policy": document("Policy"),
                "sqs_managed_sse_enabled": "SqsManagedSseEnabled",
            },
            _QUEUE,
        ),
        "aws_sqs_queue_policy": translation(
            "AWS::SQS::QueuePolicy", {"queue_url": listed("Queues"), "policy": document("PolicyDocument")}, {"id": "Ref"}
        ),
        "aws_sqs_queue_redrive_policy": translation(
            "aws_sqs_queue_redrive_policy", {"queue_url": "Queue", "redrive_policy": document("RedrivePolicy")}
        ),
        "aws_sqs_queue_redrive_allow_policy": translation(
            "aws_sqs_queue_redrive_allow_policy", {"queue_url": "Queue", "redrive_allow_policy": document("RedriveAllowPolicy")}
        ),
    }
)


@declares("AWS::SQS::Queue")
def queue(resource: Resource, declare: Declarations) -> None:
    """A queue and, where it has a redrive policy, its dead-letter route."""
    place = Place(resource.properties, "RedrivePolicy")
    policy = structured(resource.get("RedrivePolicy"), place)
    node = declare.node(resource, "queue", redrive_policy=policy)
    for when, redrive in alternatives(policy):
        target = get(redrive, "deadLetterTargetArn")
        if target is not None:
            declare.edge(
                "dead-letter",
                node,
                End(target, ("queue",), "arn", resource),
                resource,
                when=when,
                place=place,
                data={"redrive_policy": redrive},
            )


@declares("AWS::SQS::QueuePolicy", "AWS::SQS::QueueInlinePolicy")
def queue_policy(resource: Resource, declare: Declarations) -> None:
    """A queue policy: one part for each queue that it is set on."""
    place = Place(resource.properties, "PolicyDocument")
    for name in ("Queues", "Queue"):
        for when, url in items(resource.get(name)):
            policy_part(declare, resource, End(url, ("queue",), "url", resource), resource.get("PolicyDocument"), place, when=when)


@declares("AWS::SQS::Queue")
def inline_policy(resource: Resource, declare: Declarations) -> None:
    """A queue's policy written in the queue itself, as Terraform has it."""
    if resource.get("Policy") is not None:
        holder = End(Ref(resource.id), ("queue",), "url", resource)
        policy_part(declare, resource, holder, resource.get("Policy"), Place(resource.properties, "Policy"))


@declares("aws_sqs_queue_redrive_policy")
def redrive_policy(resource: Resource, declare: Declarations) -> None:
    """A queue's redrive policy as a resource of its own."""
    source = End(resource.get("Queue"), ("queue",), "url", resource)
    for when, redrive in resource.alternatives("RedrivePolicy"):
        target = get(redrive, "deadLetterTargetArn")
        if target is not None:
            end = End(target, ("queue",), "arn", resource)
            place = Place(resource.properties, "RedrivePolicy")
            declare.edge("dead-letter", source, end, resource, when=when, place=place, data={"redrive_policy": redrive})


@declares("AWS::SQS::Queue", "aws_sqs_queue_redrive_allow_policy")
def redrive_allow_policy(resource: Resource, declare: Declarations) -> None:
    """Whose dead letters a queue takes, written in the queue itself or as a resource of its own."""
    place = Place(resource.properties, "RedriveAllowPolicy")
    document = structured(resource.get("RedriveAllowPolicy"), place)
    if document is not None:
        holder = Ref(resource.id) if resource.type == "AWS::SQS::Queue" else resource.get("Queue")
        ends = {"holder": End(holder, ("queue",), "url", resource)}
        declare.part("policy", resource, None, place=place, ends=ends, document=document, policy="redrive-allow")
