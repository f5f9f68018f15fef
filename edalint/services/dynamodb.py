"""Amazon DynamoDB: tables. A table's stream is read by mappings and pipes, which declare the edge."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource
from edalint.services.registry import Identity, declares, identities

STREAM_HOURS = 24
"""For so long a table's stream keeps its records: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"""
_ARN = "arn:{P}:dynamodb:{R}:{A}:table/{name}"
_TABLE = Identity("table", "TableName", "name", arn=_ARN, attributes={"Arn": "arn", "StreamArn": _ARN + "/stream/{StreamLabel}"})

identities({"AWS::DynamoDB::Table": _TABLE, "AWS::DynamoDB::GlobalTable": _TABLE})


@declares("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
def table(resource: Resource, declare: Declarations) -> None:
    """A table and, where it copies its changes there, the Kinesis stream."""
    node = declare.node(resource, "table")
    stream = resource.get("KinesisStreamSpecification", "StreamArn")
    if stream is not None:
        place = Place(resource.properties, "KinesisStreamSpecification")
        declare.edge("publish", node, End(stream, ("stream",), "arn", resource), resource, place=place)
