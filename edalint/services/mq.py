"""Amazon MQ: brokers (ActiveMQ, RabbitMQ). Their queues are made by their clients."""

from __future__ import annotations

from edalint.model.graph import Declarations
from edalint.model.resources import Resource
from edalint.services._terraform import translation
from edalint.services.registry import Identity, declares, identities, terraform

identities(
    {
        "AWS::AmazonMQ::Broker": Identity(
            "broker", "BrokerName", "id", arn="arn:{P}:mq:{R}:{A}:broker:{name}:{id}", attributes={"Arn": "arn"}
        )
    }
)

terraform({"aws_mq_broker": translation("AWS::AmazonMQ::Broker", {}, {"arn": "Arn", "id": "Ref"})})


@declares("AWS::AmazonMQ::Broker")
def broker(resource: Resource, declare: Declarations) -> None:
    """A broker."""
    declare.node(resource, "broker")
