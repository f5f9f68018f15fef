"""AWS Glue: a job is a node once somebody starts it."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.services._shared import maps
from edalint.services._terraform import one, translation
from edalint.services.registry import Identity, declares, identities, terraform

identities({"AWS::Glue::Job": Identity("job", "Name", "name", arn="arn:{P}:glue:{R}:{A}:job/{name}")})

terraform(
    {
        "aws_glue_job": translation(
            "AWS::Glue::Job", {"role_arn": "Role", "command": one("Command")}, {"arn": "Arn", "id": "Ref", "name": "Ref"}
        )
    }
)


@declares("AWS::Glue::Job")
def job(resource: Resource, declare: Declarations) -> None:
    """An ETL job."""
    declare.node(resource, "job", if_referenced=True, role=End(resource.get("Role"), ("AWS::IAM::Role",), "any", resource))


@declares("AWS::Glue::Crawler")
def crawler(resource: Resource, declare: Declarations) -> None:
    """A crawler is no node, but it reads the queue that tells it of a bucket's changes."""
    for when, target in maps(resource.get("Targets", "S3Targets")):
        queue = get(target, "EventQueueArn")
        if queue is not None:
            reader = End(f"crawler {resource.address}", ("external",), "arn", resource)
            source = End(queue, ("queue",), "arn", resource)
            declare.edge("poll", source, reader, resource, when=when, place=Place(resource.properties, "Targets"))
