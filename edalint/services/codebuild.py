"""AWS CodeBuild: a project is a node once a rule, a schedule, a pipe, a state machine or a function starts it."""

from __future__ import annotations

from edalint.model.graph import Declarations, End
from edalint.model.resources import Resource
from edalint.services._terraform import translation
from edalint.services.registry import Identity, declares, identities, terraform

identities(
    {"AWS::CodeBuild::Project": Identity("job", "Name", "name", arn="arn:{P}:codebuild:{R}:{A}:project/{name}", attributes={"Arn": "arn"})}
)

terraform({"aws_codebuild_project": translation("AWS::CodeBuild::Project", {}, {"arn": "Arn", "id": "Arn", "name": "Ref"})})


@declares("AWS::CodeBuild::Project")
def project(resource: Resource, declare: Declarations) -> None:
    """A build project."""
    role = End(resource.get("ServiceRole"), ("AWS::IAM::Role",), "arn", resource)
    declare.node(resource, "job", if_referenced=True, role=role)
