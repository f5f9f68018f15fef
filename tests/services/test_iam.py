"""Roles, policies and keys: who holds which document, whichever resource writes it."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.model.graph import EventGraph, Part
from edalint.services.identity import shape
from tests.building import arn, graph_of, ref, stack, unit

DOCUMENT = {"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}
TRUST = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}


def held(graph: EventGraph, address: str = "R") -> list[Part]:
    return graph.policies.get(f"t.yaml#{address}", [])


def test_every_way_to_attach_a_policy_is_the_roles() -> None:
    """Inline, by a policy's own list, as a resource of its own, managed of this run: the role holds them all."""
    graph = stack(
        R=(
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": TRUST,
                "Policies": [{"PolicyName": "p", "PolicyDocument": DOCUMENT}],
                "ManagedPolicyArns": [ref("M"), "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
                "PermissionsBoundary": "arn:aws:iam::1:policy/b",
            },
        ),
        P=("AWS::IAM::Policy", {"PolicyName": "p", "PolicyDocument": DOCUMENT, "Roles": [ref("R")]}),
        Q=("AWS::IAM::RolePolicy", {"PolicyName": "p", "PolicyDocument": DOCUMENT, "RoleName": ref("R")}),
        M=("AWS::IAM::ManagedPolicy", {"PolicyDocument": DOCUMENT}),
        N=("AWS::IAM::ManagedPolicy", {"PolicyDocument": DOCUMENT, "Roles": [ref("R")]}),
    )
    assert sorted((p.resource.address, p.data["policy"]) for p in held(graph)) == [
        ("N", "identity"), ("P", "identity"), ("Q", "identity"), ("R", "boundary"), ("R", "identity"), ("R", "managed"), ("R", "managed"),
        ("R", "trust"),
    ]  # fmt: skip
    managed = [p for p in held(graph) if p.data["policy"] == "managed"]
    assert [t.resource.address if t.resource else t.value for p in managed for t in p.targets["managed"]] == [
        "M",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    ]


def test_a_policy_finds_its_role_by_name() -> None:
    """A role's name in another template of the run is the role."""
    role = unit("t.yaml", R=("AWS::IAM::Role", {"RoleName": "worker"}))
    policy = unit("p.yaml", P=("AWS::IAM::Policy", {"PolicyDocument": DOCUMENT, "Roles": ["worker"]}))
    assert [p.resource.address for p in held(graph_of(role, policy))] == ["P"]


def test_a_key_holds_its_policy_and_its_alias_means_it() -> None:
    graph = stack(
        K=("AWS::KMS::Key", {"KeyPolicy": DOCUMENT}),
        A=("AWS::KMS::Alias", {"AliasName": "alias/k", "TargetKeyId": ref("K")}),
    )
    assert [p.data["policy"] for p in held(graph, "K")] == ["resource"]


@pytest.mark.parametrize(("path", "written"), [(None, "role/r"), ("/", "role/r"), ("/service-role/", "role/service-role/r")])
def test_a_roles_arn_holds_its_path(path: str | None, written: str) -> None:
    own = unit("t.yaml", R=("AWS::IAM::Role", {"RoleName": "r", **({"Path": path} if path else {})}))
    own.region, own.account = "eu-west-1", "1"
    graph = graph_of(own)
    assert shape(arn("R"), graph.resources) == f"arn:aws:iam::1:{written}"


@pytest.mark.parametrize("junk", ["x", ["x"], {"a": 1}, 5, [[]], [{"PolicyDocument": "{"}], None])
def test_no_shape_of_a_property_breaks_it(junk: Any) -> None:
    names = ("Policies", "AssumeRolePolicyDocument", "ManagedPolicyArns", "PermissionsBoundary", "Roles", "PolicyDocument", "KeyPolicy")
    for type in ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::KMS::Key", "AWS::KMS::Alias"):
        for name in names:
            stack(R=(type, {name: junk}))
