"""AWS Glue: a job is a node once somebody starts it."""

from __future__ import annotations

from edalint.model.graph import Declarations, End
from edalint.model.resources import Resource
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
