"""AWS IAM: roles and the policies that are attached to them, whichever resource attaches them.

Every document becomes a `policy` part held by a role: `policy` says how (`identity`, `trust`, `managed`, `boundary`). What users
and groups may do moves no event.
"""

from __future__ import annotations

from edalint.model.conditions import Condition, both
from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Unknown, Value, items
from edalint.services._shared import structured
from edalint.services._terraform import document, many, raw, translation
from edalint.services.registry import Identity, declares, identities, terraform

ROLE, MANAGED = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"

identities(
    {
        ROLE: Identity(
            ROLE,
            "RoleName",
            "name",
            arn="arn:{P}:iam::{A}:role/[{Path}]{name}",
            attributes={"Arn": "arn"},
            defaults={"Path": "/"},
        ),
        MANAGED: Identity(
            MANAGED,
            "ManagedPolicyName",
            "arn",
            arn="arn:{P}:iam::{A}:policy/[{Path}]{name}",
            attributes={"PolicyArn": "arn"},
            defaults={"Path": "/"},
        ),
        "AWS::IAM::InstanceProfile": Identity(
            "AWS::IAM::InstanceProfile", "InstanceProfileName", "name", arn="arn:{P}:iam::{A}:instance-profile/{name}"
        ),
    }
)

terraform(
    {
        "aws_iam_role": translation(
            ROLE,
            {
                "name": "RoleName",
                "assume_role_policy": document("AssumeRolePolicyDocument"),
                "inline_policy": many("Policies", {"name": "PolicyName", "policy": document("PolicyDocument")}),
                "tags": raw("Tags"),
            },
            {"arn": "Arn", "name": "Ref", "id": "Ref"},
        ),
        "aws_iam_role_policy": translation(
            "AWS::IAM::RolePolicy", {"role": "RoleName", "name": "PolicyName", "policy": document("PolicyDocument")}
        ),
        "aws_iam_policy": translation(
            MANAGED, {"name": "ManagedPolicyName", "policy": document("PolicyDocument")}, {"arn": "Ref", "id": "Ref", "name": "Name"}
        ),
        "aws_iam_role_policy_attachment": translation("aws_iam_role_policy_attachment"),
        "aws_iam_policy_attachment": translation("aws_iam_policy_attachment"),
        "aws_iam_role_policy_attachments_exclusive": translation(
            "aws_iam_role_policy_attachments_exclusive", {"policy_arns": "PolicyArns"}
        ),
        "aws_iam_instance_profile": translation(
            "AWS::IAM::InstanceProfile", {"name": "InstanceProfileName"}, {"arn": "Arn", "name": "Ref", "id": "Ref"}
        ),
    }
)


@declares(ROLE)
def role(resource: Resource, declare: Declarations) -> None:
    """A role: its inline policies, who may assume it, the managed policies attached to it, its boundary."""
    holder = _role(Ref(resource.id), resource)
    for when, policy in items(resource.get("Policies")):
        if isinstance(policy, Map):
            _document(declare, resource, holder, get(policy, "PolicyDocument"), Place(policy, "PolicyDocument"), when)
        elif isinstance(policy, Unknown):
            _document(declare, resource, holder, policy, Place(resource.properties, "Policies"), when)
    trust = resource.get("AssumeRolePolicyDocument")
    if trust is not None:
        _document(declare, resource, holder, trust, Place(resource.properties, "AssumeRolePolicyDocument"), True, "trust")
    place = Place(resource.properties, "ManagedPolicyArns")
    for when, arn in items(resource.get("ManagedPolicyArns")):
        attached(declare, resource, holder, arn, place, when)
    boundary = resource.get("PermissionsBoundary")
    if boundary is not None:
        attached(declare, resource, holder, boundary, Place(resource.properties, "PermissionsBoundary"), True, "boundary")


@declares("AWS::IAM::Policy", MANAGED)
def policy(resource: Resource, declare: Declarations) -> None:
    """A policy that says itself to which roles it is attached: one part for each."""
    for when, holder in items(resource.get("Roles")):
        place = Place(resource.properties, "PolicyDocument")
        _document(declare, resource, _role(holder, resource), resource.get("PolicyDocument"), place, when)


@declares("AWS::IAM::RolePolicy")
def role_policy(resource: Resource, declare: Declarations) -> None:
    """An inline policy of a role as a resource of its own."""
    place = Place(resource.properties, "PolicyDocument")
    _document(declare, resource, _role(resource.get("RoleName"), resource), resource.get("PolicyDocument"), place, True)


@declares("aws_iam_role_policy_attachment", "aws_iam_policy_attachment", "aws_iam_role_policy_attachments_exclusive")
def attachment(resource: Resource, declare: Declarations) -> None:
    """A managed policy that a resource of its own attaches to roles."""
    argument = "PolicyArns" if resource.get("PolicyArns") is not None else "PolicyArn"
    for name in ("Role", "Roles", "RoleName"):
        for when, holder in items(resource.get(name)):
            for inner, arn in items(resource.get(argument)):
                attached(declare, resource, _role(holder, resource), arn, Place(resource.properties, argument), both(when, inner))


def _role(value: Value, resource: Resource) -> End:
    """Whose policy it is."""
    return End(value, (ROLE,), "any", resource)


def _document(
    declare: Declarations, resource: Resource, holder: End, document: Value, place: Place, when: Condition, sort: str = "identity"
) -> None:
    document = structured(document, place)
    declare.part("policy", resource, None, place=place, when=when, ends={"holder": holder}, document=document, policy=sort)


def attached(
    declare: Declarations, resource: Resource, holder: End, arn: Value, place: Place, when: Condition, sort: str = "managed"
) -> None:
    """Declare a managed policy of a role: one of the run (the end `managed`), or AWS's or somebody else's by its ARN."""
    ends = {"holder": holder, "managed": End(arn, (MANAGED,), "arn", resource)}
    declare.part("policy", resource, None, place=place, when=when, ends=ends, arn=arn, policy=sort)


__all__ = ["MANAGED", "ROLE", "attached", "policy", "role", "role_policy"]
