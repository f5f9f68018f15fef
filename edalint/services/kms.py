"""AWS KMS: keys with their policies, and the aliases that stand for them."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource
from edalint.model.values import Ref
from edalint.services._shared import policy_part
from edalint.services._terraform import document, translation
from edalint.services.registry import Identity, declares, identities, terraform

KEY, ALIAS = "AWS::KMS::Key", "AWS::KMS::Alias"

identities(
    {
        KEY: Identity(KEY, None, "id", arn="arn:{P}:kms:{R}:{A}:key/{id}", attributes={"Arn": "arn", "KeyId": "id"}),
        "AWS::KMS::ReplicaKey": Identity(KEY, None, "id", arn="arn:{P}:kms:{R}:{A}:key/{id}", attributes={"Arn": "arn", "KeyId": "id"}),
        ALIAS: Identity(KEY, "AliasName", "name", arn="arn:{P}:kms:{R}:{A}:{name}", attributes={"Arn": "arn"}),
    }
)

terraform(
    {
        "aws_kms_key": translation(KEY, {"policy": document("KeyPolicy")}, {"arn": "Arn", "id": "Ref", "key_id": "Ref"}),
        "aws_kms_key_policy": translation("aws_kms_key_policy", {"policy": document("KeyPolicy")}),
        "aws_kms_replica_key": translation(
            "AWS::KMS::ReplicaKey", {"policy": document("KeyPolicy")}, {"arn": "Arn", "id": "Ref", "key_id": "Ref"}
        ),
        "aws_kms_alias": translation(ALIAS, {"name": "AliasName"}, {"arn": "Arn", "name": "Ref", "id": "Ref"}),
    }
)


@declares(KEY, "AWS::KMS::ReplicaKey")
def key(resource: Resource, declare: Declarations) -> None:
    """A key and its policy; one without policy leaves everything to the IAM policies of its account."""
    document = resource.get("KeyPolicy")
    if document is not None:
        holder = End(Ref(resource.id), (KEY,), "any", resource)
        policy_part(declare, resource, holder, document, Place(resource.properties, "KeyPolicy"))


@declares("aws_kms_key_policy")
def key_policy(resource: Resource, declare: Declarations) -> None:
    """A key's policy as a resource of its own."""
    holder = End(resource.get("KeyId"), (KEY,), "any", resource)
    policy_part(declare, resource, holder, resource.get("KeyPolicy"), Place(resource.properties, "KeyPolicy"))


@declares(ALIAS)
def alias(resource: Resource, declare: Declarations) -> None:
    """An alias: references to it mean its key."""
    declare.stands_for(resource, End(resource.get("TargetKeyId"), (KEY,), "any", resource))
