"""Amazon MSK: Kafka clusters. A cluster is one stream: its topics are made by its clients."""

from __future__ import annotations

from edalint.model.graph import Declarations
from edalint.model.resources import Resource
from edalint.services._terraform import translation
from edalint.services.registry import Identity, declares, identities, terraform

_ARN = "arn:{P}:kafka:{R}:{A}:cluster/{name}/{id}"

identities(
    {
        "AWS::MSK::Cluster": Identity("stream", "ClusterName", "arn", arn=_ARN, attributes={"Arn": "arn"}),
        "AWS::MSK::ServerlessCluster": Identity("stream", "ClusterName", "arn", arn=_ARN, attributes={"Arn": "arn"}),
    }
)

terraform(
    {
        "aws_msk_cluster": translation("AWS::MSK::Cluster", {}, {"arn": "Ref", "id": "Ref"}),
        "aws_msk_serverless_cluster": translation("AWS::MSK::ServerlessCluster", {}, {"arn": "Ref", "id": "Ref"}),
    }
)


@declares("AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster")
def cluster(resource: Resource, declare: Declarations) -> None:
    """A cluster."""
    declare.node(resource, "stream", product="kafka")
