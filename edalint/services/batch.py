"""AWS Batch: a job definition is a node once somebody submits it; a job queue is where it waits."""

from __future__ import annotations

from edalint.model.graph import Declarations
from edalint.model.resources import Resource
from edalint.services._terraform import document, translation
from edalint.services.registry import Identity, declares, identities, terraform

identities(
    {
        "AWS::Batch::JobDefinition": Identity(
            "job",
            "JobDefinitionName",
            "arn",
            arn="arn:{P}:batch:{R}:{A}:job-definition/{name}:*",
            attributes={"JobDefinitionArn": "arn"},
        ),
        "AWS::Batch::JobQueue": Identity(
            "AWS::Batch::JobQueue",
            "JobQueueName",
            "arn",
            arn="arn:{P}:batch:{R}:{A}:job-queue/{name}",
            attributes={"JobQueueArn": "arn"},
        ),
    }
)

terraform(
    {
        "aws_batch_job_definition": translation(
            "AWS::Batch::JobDefinition",
            {
                "name": "JobDefinitionName",
                "container_properties": document("ContainerProperties"),
                "node_properties": document("NodeProperties"),
            },
            {"arn": "Ref", "id": "Ref", "name": "JobDefinitionName"},
        ),
        "aws_batch_job_queue": translation("AWS::Batch::JobQueue", {"name": "JobQueueName"}, {"arn": "Ref", "id": "Ref"}),
    }
)


@declares("AWS::Batch::JobDefinition")
def job_definition(resource: Resource, declare: Declarations) -> None:
    """A job definition."""
    declare.node(resource, "job", if_referenced=True)
