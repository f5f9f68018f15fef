"""Terraform's names in the tables are the provider's own: the recorded schema of the AWS provider is the oracle."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from edalint.services import registry
from edalint.services._terraform import Rule, camel, snake, translation_of

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "terraform_schema.json").read_text("utf-8"))
for _path in registry.modules():
    import_module(f"edalint.services.{_path.stem}")
OTHER_VERSIONS = {"aws_ecs_service": {"arn"}, "aws_kinesis_firehose_delivery_stream": {"s3_configuration"}}
"""Names that versions 4 and 6 of the provider have, and the recorded 5.100 has not."""
TYPES = sorted(t for t in registry.TERRAFORM if not t.startswith("awscc_"))


@pytest.mark.parametrize("type", TYPES)
def test_every_argument_of_a_table_is_one_of_the_provider(type: str) -> None:
    """A misspelt argument would be a property that is never there."""
    schema = SCHEMA[type]
    known = {*schema["attributes"], *schema.get("blocks", {})}
    assert set(registry.TERRAFORM[type].properties) - OTHER_VERSIONS.get(type, set()) <= known
    assert set(registry.TERRAFORM[type].attributes) - OTHER_VERSIONS.get(type, set()) <= {*schema["attributes"], "name"}


@pytest.mark.parametrize("type", TYPES)
def test_blocks_are_maps_or_lists_as_the_provider_repeats_them(type: str) -> None:
    """What may occur more than once is a list: as a map, all but one would be lost."""
    check_blocks(registry.TERRAFORM[type].properties, SCHEMA[type], type)


def check_blocks(rules: dict[str, Any], schema: dict[str, Any], where: str) -> None:
    for name, rule in rules.items():
        block = schema.get("blocks", {}).get(name)
        if name in OTHER_VERSIONS.get(where, set()):
            continue
        if block is None:
            assert not isinstance(rule, Rule) or not rule.inner, f"{where}.{name} is no block"
            continue
        if isinstance(rule, Rule) and rule.blocks:
            assert rule.blocks == "many" or block["most"] == 1, f"{where}.{name}"
            assert set(rule.inner) <= {*block["attributes"], *block.get("blocks", {})}, f"{where}.{name}"
            check_blocks(dict(rule.inner), block, f"{where}.{name}")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AWS::SQS::Queue", "awscc_sqs_queue"),
        ("AWS::Events::EventBus", "awscc_events_event_bus"),
        ("AWS::Lambda::EventSourceMapping", "awscc_lambda_event_source_mapping"),
        ("AWS::ApiGatewayV2::Api", "awscc_apigatewayv2_api"),
        ("AWS::StepFunctions::StateMachine", "awscc_stepfunctions_state_machine"),
    ],
)
def test_cloud_control_types_are_cloudformation_types(name: str, expected: str) -> None:
    """`awscc_` resources are CloudFormation's under names in snake case."""
    translation = translation_of(expected)
    assert translation is not None
    assert translation.type == name
    assert translation.attributes.get("arn") == "Arn"
    assert translation.attributes.get("id") == "Ref"


def test_snake_and_camel_are_inverse() -> None:
    """The spelling of one language is made from that of the other and back."""
    for name in ("VisibilityTimeout", "EventBus", "Arn", "MaximumRetryAttempts"):
        assert camel(snake(name)) == name
    assert snake("DBCluster") == "db_cluster"
