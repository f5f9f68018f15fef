"""AWS IAM: roles and the policies that are attached to them, whichever resource attaches them.

Every document becomes a `policy` part held by a role: `policy` says how (`identity`, `trust`, `managed`, `boundary`). What users
and groups may do moves no event.
"""

from __future__ import annotations

from edalint.model.conditions import Condition
from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Unknown, Value, items
from edalint.services._shared import structured
from edalint.services.registry import Identity, declares, identities

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


@declares(ROLE)
def role(resource: Resource, declare: Declarations) -> None:
    """A role: its inline policies, who may assume it, the managed policies attached to it, its boundary."""
    holder = Ref(resource.id)
    for when, policy in items(resource.get("Policies")):
        if isinstance(policy, Map):
            _document(declare, resource, holder, get(policy, "PolicyDocument"), Place(policy, "PolicyDocument"), when)
        elif isinstance(policy, Unknown):
            _document(declare, resource, holder, policy, Place(resource.properties, "Policies"), when)
    if resource.get("AssumeRolePolicyDocument") is not None:
        place = Place(resource.properties, "AssumeRolePolicyDocument")
        _document(declare, resource, holder, resource.get("AssumeRolePolicyDocument"), place, True, "trust")
    for when, arn in items(resource.get("ManagedPolicyArns")):
        attached(declare, resource, holder, arn, Place(resource.properties, "ManagedPolicyArns"), when)
    boundary = resource.get("PermissionsBoundary")
    if boundary is not None:
        attached(declare, resource, holder, boundary, Place(resource.properties, "PermissionsBoundary"), True, "boundary")


@declares("AWS::IAM::Policy", MANAGED)
def policy(resource: Resource, declare: Declarations) -> None:
    """A policy that says itself to which roles it is attached: one part for each."""
    for when, holder in items(resource.get("Roles")):
        place = Place(resource.properties, "PolicyDocument")
        _document(declare, resource, holder, resource.get("PolicyDocument"), place, when)


@declares("AWS::IAM::RolePolicy")
def role_policy(resource: Resource, declare: Declarations) -> None:
    """An inline policy of a role as a resource of its own."""
    place = Place(resource.properties, "PolicyDocument")
    _document(declare, resource, resource.get("RoleName"), resource.get("PolicyDocument"), place, True)


def _document(
    declare: Declarations, resource: Resource, holder: Value, document: Value, place: Place, when: Condition, sort: str = "identity"
) -> None:
    ends = {"holder": End(holder, (ROLE,), "any", resource)}
    declare.part("policy", resource, None, place=place, when=when, ends=ends, document=structured(document, place), policy=sort)


def attached(
    declare: Declarations, resource: Resource, holder: Value, arn: Value, place: Place, when: Condition, sort: str = "managed"
) -> None:
    """Declare a managed policy of a role: one of the run (the end `managed`), or AWS's or somebody else's by its ARN."""
    ends = {"holder": End(holder, (ROLE,), "any", resource), "managed": End(arn, (MANAGED,), "arn", resource)}
    declare.part("policy", resource, None, place=place, when=when, ends=ends, arn=arn, policy=sort)


__all__ = ["MANAGED", "ROLE", "attached", "policy", "role", "role_policy"]
