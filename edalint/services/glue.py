"""AWS Glue: a job is a node once somebody starts it."""

from __future__ import annotations

from edalint.model.graph import Declarations, End
from edalint.model.resources import Resource
from edalint.services.registry import Identity, declares, identities

identities({"AWS::Glue::Job": Identity("job", "Name", "name", arn="arn:{P}:glue:{R}:{A}:job/{name}")})


@declares("AWS::Glue::Job")
def job(resource: Resource, declare: Declarations) -> None:
    """An ETL job."""
    declare.node(resource, "job", if_referenced=True, role=End(resource.get("Role"), ("AWS::IAM::Role",), "any", resource))
