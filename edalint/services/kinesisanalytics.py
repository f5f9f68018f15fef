"""Managed Service for Apache Flink (Kinesis Data Analytics): an application is no node, but it reads streams."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.services._shared import maps
from edalint.services.registry import declares

INPUTS = {
    "AWS::KinesisAnalytics::Application": ("Inputs",),
    "AWS::KinesisAnalyticsV2::Application": ("ApplicationConfiguration", "SqlApplicationConfiguration", "Inputs"),
}


@declares(*INPUTS)
def application(resource: Resource, declare: Declarations) -> None:
    """The streams that an application's inputs name."""
    path = INPUTS[resource.type]
    for when, entry in maps(resource.get(*path)):
        for name in ("KinesisStreamsInput", "KinesisFirehoseInput"):
            stream = get(entry, name, "ResourceARN")
            if stream is not None:
                reader = End(f"application {resource.address}", ("external",), "arn", resource)
                source = End(stream, ("stream",), "arn", resource)
                declare.edge("poll", source, reader, resource, when=when, place=Place(resource.properties, path[0]))
