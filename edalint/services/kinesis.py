"""Amazon Kinesis Data Streams: streams, and the consumers that stand for them."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource
from edalint.services._shared import policy_part
from edalint.services._terraform import document, one, translation
from edalint.services.registry import Default, Identity, declares, identities, terraform

RETENTION_HOURS = Default(24, "https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html")

identities(
    {
        "AWS::Kinesis::Stream": Identity("stream", "Name", "name", arn="arn:{P}:kinesis:{R}:{A}:stream/{name}", attributes={"Arn": "arn"}),
        "AWS::Kinesis::StreamConsumer": Identity(
            "AWS::Kinesis::StreamConsumer", "ConsumerName", "arn", attributes={"ConsumerARN": "arn", "ConsumerName": "name"}
        ),
    }
)

terraform(
    {
        "aws_kinesis_stream": translation(
            "AWS::Kinesis::Stream",
            {
                "retention_period": "RetentionPeriodHours",
                "stream_mode_details": one("StreamModeDetails"),
                "encryption_type": "StreamEncryption.EncryptionType",
                "kms_key_id": "StreamEncryption.KeyId",
            },
            {"arn": "Arn", "id": "Arn", "name": "Ref"},
        ),
        "aws_kinesis_stream_consumer": translation(
            "AWS::Kinesis::StreamConsumer", {"name": "ConsumerName", "stream_arn": "StreamARN"}, {"arn": "Ref", "id": "Ref"}
        ),
        "aws_kinesis_resource_policy": translation("AWS::Kinesis::ResourcePolicy", {"policy": document("ResourcePolicy")}),
    }
)


@declares("AWS::Kinesis::Stream")
def stream(resource: Resource, declare: Declarations) -> None:
    """A stream of shards: each consumer reads all of it."""
    declare.node(resource, "stream")


@declares("AWS::Kinesis::StreamConsumer")
def consumer(resource: Resource, declare: Declarations) -> None:
    """A registered consumer (enhanced fan-out): who reads it reads its stream."""
    declare.stands_for(resource, End(resource.get("StreamARN"), ("stream",), "arn", resource))


@declares("AWS::Kinesis::ResourcePolicy")
def resource_policy(resource: Resource, declare: Declarations) -> None:
    """Who may use a stream from another account."""
    place = Place(resource.properties, "ResourcePolicy")
    holder = End(resource.get("ResourceArn"), ("stream",), "arn", resource)
    policy_part(declare, resource, holder, resource.get("ResourcePolicy"), place)
