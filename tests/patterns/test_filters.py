"""Laws of SNS filter policies and of filters of event source mappings and pipes."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.model.values import Map, Unknown
from edalint.patterns import esm, sns


def maps(value: Any) -> Any:
    if isinstance(value, dict):
        return Map((k, maps(v)) for k, v in value.items())
    return [maps(v) for v in value] if isinstance(value, list) else value


def test_attributes_are_not_nested_and_a_body_is() -> None:
    nested = maps({"order": {"state": ["paid"]}})
    assert "not nested" in sns.parse(nested).problems[0].message
    assert sns.parse(nested, sns.BODY).problems == []


@pytest.mark.parametrize("policy", [{"a": "x"}, {"a": []}, {"a": [{"contains": "x"}]}])
def test_what_sns_refuses_lets_nothing_pass(policy: Any) -> None:
    assert sns.satisfiable(sns.parse(maps(policy))) is False


def test_disjoint_and_overlapping_policies() -> None:
    paid, open_, both = (sns.parse(maps({"state": values})) for values in (["paid"], ["open"], ["open", "paid"]))
    assert sns.overlap(paid, open_) is False
    assert sns.overlap(paid, both) is True
    assert sns.overlap(paid, sns.parse(Map())) is True
    assert isinstance(sns.overlap(paid, sns.parse(Unknown())), Unknown)


def test_no_policy_admits_all() -> None:
    assert sns.admits_all(sns.parse(Map())) is True
    assert sns.admits_all(sns.parse(maps({"state": ["paid"]}))) is False


@pytest.mark.parametrize(
    ("pattern", "source", "mapping"),
    [
        ({"data": {"x": ["a"]}}, "sqs", True),
        ({"messageAttributes": {"x": ["a"]}}, "sqs", True),
        ({"detail": {"x": ["a"]}}, "sqs", False),
        ({"body": {"x": ["a"]}}, "kinesis", True),
        ({"data": {"x": ["a"]}}, "dynamodb", True),
        ({"dynamodb": {"NewImage": {"state": ["open"]}}}, "dynamodb", True),
        ({"dynamodb": {"NewImage": {"state": {"value": ["open"]}}}}, "dynamodb", True),
        ({"dynamodb": {"NewImage": {"n": {"N": [{"numeric": [">", 1]}]}}}}, "dynamodb", True),
        ({"body": {"x": ["a"]}}, "kafka", True),
        ({"body": {"x": ["a"]}}, "mq", True),
    ],
)
def test_a_filter_on_a_key_that_a_record_lacks_never_matches(pattern: Any, source: str, mapping: bool) -> None:
    parsed = esm.parse(maps(pattern))
    assert esm.never(parsed, source, mapping=mapping) is not None
    assert esm.satisfiable(parsed, source, mapping=mapping) is False


@pytest.mark.parametrize(
    ("pattern", "source", "mapping"),
    [
        ({"body": {"x": ["a"]}}, "sqs", True),
        ({"messageAttributes": {"x": ["a"]}}, "sqs", False),
        ({"body": {"x": ["a"]}, "data": [{"exists": False}]}, "sqs", False),
        ({"data": {"x": ["a"]}}, "kinesis", True),
        ({"partitionKey": ["a"]}, "kinesis", True),
        ({"eventName": ["INSERT"]}, "dynamodb", True),
        ({"dynamodb": {"NewImage": {"state": {"S": ["open"]}}}}, "dynamodb", True),
        ({"dynamodb": {"NewImage": {"n": {"N": ["5"]}}}}, "dynamodb", True),
        ({"dynamodb": {"NewImage": {"old": [{"exists": False}]}}}, "dynamodb", True),
        ({"value": {"x": ["a"]}}, "kafka", True),
        ({"data": {"x": ["a"]}}, "mq", True),
        ({}, "sqs", True),
        ({"anything": {"x": ["a"]}}, "docdb", True),
    ],
)
def test_a_filter_on_a_key_of_the_record_may_match(pattern: Any, source: str, mapping: bool) -> None:
    assert esm.satisfiable(esm.parse(maps(pattern)), source, mapping=mapping) is True


def test_a_filter_that_is_not_known_is_unknown() -> None:
    assert isinstance(esm.satisfiable(esm.parse(Unknown()), "sqs"), Unknown)


@pytest.mark.parametrize(
    ("pattern", "sender", "lost"),
    [
        ({"body": {"state": ["open"]}}, "topic", True),
        ({"body": {"Message": {"state": ["open"]}}}, "topic", True),
        ({"body": {"Message": [{"prefix": "x"}]}}, "topic", False),
        ({"body": {"MessageAttributes": {"k": {"Value": ["x"]}}}}, "topic", False),
        ({"body": {"state": ["open"]}}, "rule", True),
        ({"body": {"detail": {"state": ["open"]}}}, "rule", False),
        ({"body": {"detail": {"state": ["open"]}}}, "bucket", True),
        ({"body": {"Records": {"s3": {"bucket": {"name": ["b"]}}}}}, "bucket", False),
        ({"body": {"state": [{"exists": False}]}}, "topic", False),
        ({"body": {"state": ["open"]}}, "function", False),
    ],
)
def test_a_body_has_what_its_sender_puts_there(pattern: Any, sender: str, lost: bool) -> None:
    assert (esm.foreign(esm.parse(maps(pattern)), sender) is not None) is lost
