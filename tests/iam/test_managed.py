"""AWS's managed policies, held against the documents that moto carries, where it is installed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edalint.iam.managed import ACTIONS, name_of, statements_of
from edalint.model.values import Unknown, Value, text_of


@pytest.fixture(scope="module")
def theirs() -> Any:
    data = pytest.importorskip("moto.iam.aws_managed_policies").aws_managed_policies_data
    return json.loads(data) if isinstance(data, str) else data


@pytest.mark.parametrize("name", ACTIONS)
def test_a_policy_allows_what_aws_says(name: str, theirs: Any) -> None:
    """No action more and none less, all of them on every resource."""
    body = theirs[name]["Document"]["Statement"]
    allowed = set()
    for statement in body if isinstance(body, list) else [body]:
        assert statement["Effect"] == "Allow"
        assert statement["Resource"] in ("*", ["*"])
        allowed |= {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])
    assert allowed == set(ACTIONS[name])


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:iam::aws:policy/AmazonSQSFullAccess", "AmazonSQSFullAccess"),
        ("arn:aws-cn:iam::aws:policy/service-role/AWSLambdaRole", "AWSLambdaRole"),
        (text_of(["arn:", Unknown("AWS::Partition"), ":iam::aws:policy/service-role/AWSLambdaRole"]), "AWSLambdaRole"),
        ("arn:aws:iam::123456789012:policy/AmazonSQSFullAccess", ""),
        (Unknown("Parameters.Policy"), ""),
        (["x"], ""),
    ],
)
def test_only_policies_of_aws_are_known_by_name(arn: Value, name: str) -> None:
    assert name_of(arn) == name
    assert (statements_of(arn) is not None) is bool(name)
