"""Amazon DynamoDB: tables. A table's stream is read by mappings and pipes, which declare the edge."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource
from edalint.model.values import Map
from edalint.services._terraform import many, one, translation
from edalint.services.registry import Identity, declares, identities, terraform

STREAM_HOURS = 24
"""For so long a table's stream keeps its records: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"""
_ARN = "arn:{P}:dynamodb:{R}:{A}:table/{name}"
_TABLE = Identity("table", "TableName", "name", arn=_ARN, attributes={"Arn": "arn", "StreamArn": _ARN + "/stream/{StreamLabel}"})

identities({"AWS::DynamoDB::Table": _TABLE, "AWS::DynamoDB::GlobalTable": _TABLE})


def _stream(written: Map, made: Map) -> None:
    """A stream is there only where it is switched on."""
    if written.get("stream_enabled") in (None, False, "false"):
        made.pop("StreamSpecification", None)
    elif "StreamSpecification" not in made:
        made["StreamSpecification"] = Map({"StreamViewType": "NEW_AND_OLD_IMAGES"})


terraform(
    {
        "aws_dynamodb_table": translation(
            "AWS::DynamoDB::Table",
            {
                "name": "TableName",
                "stream_enabled": None,
                "stream_view_type": "StreamSpecification.StreamViewType",
                "ttl": one("TimeToLiveSpecification"),
                "attribute": many("AttributeDefinitions"),
            },
            {"arn": "Arn", "id": "Ref", "name": "Ref", "stream_arn": "StreamArn"},
            finish=_stream,
        ),
        "aws_dynamodb_kinesis_streaming_destination": translation("aws_dynamodb_kinesis_streaming_destination"),
    }
)


@declares("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
def table(resource: Resource, declare: Declarations) -> None:
    """A table and, where it copies its changes there, the Kinesis stream."""
    node = declare.node(resource, "table")
    stream = resource.get("KinesisStreamSpecification", "StreamArn")
    if stream is not None:
        place = Place(resource.properties, "KinesisStreamSpecification")
        declare.edge("publish", node, End(stream, ("stream",), "arn", resource), resource, place=place)


@declares("aws_dynamodb_kinesis_streaming_destination")
def streaming_destination(resource: Resource, declare: Declarations) -> None:
    """A table's copy of its changes in a Kinesis stream, as a resource of its own."""
    table_end = End(resource.get("TableName"), ("table",), "name", resource)
    stream = End(resource.get("StreamArn"), ("stream",), "arn", resource)
    if table_end.value is not None and stream.value is not None:
        declare.edge("publish", table_end, stream, resource, place=Place(resource.properties, "StreamArn"))
