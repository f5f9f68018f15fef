"""What policies let in: everyone, any source of a service; whose dead letters a queue takes; who overwrites whom."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.view import View
from edalint.model.graph import EventGraph
from edalint.model.values import Unknown
from tests.building import arn, ref, stack


def ask(graph: EventGraph, fact: str, address: str = "Q") -> Any:
    node = graph.by_address(address)
    assert node is not None
    return View(graph).fact(node, fact)


def policy(**statement: Any) -> Any:
    body = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*", **statement}
    return ("AWS::SQS::QueuePolicy", {"Queues": [ref("Q")], "PolicyDocument": {"Statement": [body]}})


QUEUE: Any = ("AWS::SQS::Queue", {})


@pytest.mark.parametrize(
    ("statement", "public"),
    [
        ({}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": ["111122223333", "*"]}}, True),
        ({"Action": ["sqs:*"]}, True),
        ({"Action": "*"}, True),
        ({"Action": "sqs:ReceiveMessage"}, False),
        ({"Effect": "Deny"}, False),
        ({"Principal": {"AWS": "111122223333"}}, False),
        ({"Principal": {"Service": "sns.amazonaws.com"}}, False),
        ({"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:1:t"}}}, False),
        ({"Condition": Unknown("", "imported")}, None),
        ({"Principal": Unknown("Parameters.Who")}, None),
        ({"Action": Unknown("Parameters.What")}, None),
    ],
)
def test_everyone_is_a_star_without_a_condition(statement: dict[str, Any], public: bool | None) -> None:
    found = ask(stack(Q=QUEUE, P=policy(**statement)), "public_statements")
    assert len(found) == (1 if public else 0)
    assert bool(found.open) is (public is None)


@pytest.mark.parametrize(
    ("condition", "bound"),
    [
        ({}, False),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"ArnLike": {"AWS:SourceArn": "arn:aws:sns:*:*:t"}}, True),
        ({"StringEquals": {"aws:sourceAccount": "111122223333"}}, True),
        ({"StringEquals": {"aws:SourceOrgID": "o-1"}}, True),
    ],
)
def test_a_service_is_bound_by_its_source(condition: dict[str, Any], bound: bool) -> None:
    service = policy(Principal={"Service": "sns.amazonaws.com"}, Condition=condition)
    assert bool(ask(stack(Q=QUEUE, P=service), "unbound_service_statements")) is not bound


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        (None, []),
        ({"redrivePermission": "allowAll"}, []),
        ({"redrivePermission": "denyAll"}, ["S"]),
        ('{"redrivePermission": "denyAll"}', ["S"]),
        ({"redrivePermission": "byQueue", "sourceQueueArns": [arn("S")]}, []),
        ({"redrivePermission": "byQueue", "sourceQueueArns": [arn("Other")]}, ["S"]),
        ({"redrivePermission": "byQueue", "sourceQueueArns": []}, ["S"]),
        ({"redrivePermission": "byQueue", "sourceQueueArns": [Unknown("Parameters.Source")]}, None),
        ({"redrivePermission": Unknown("Parameters.Permission")}, None),
        (Unknown("Parameters.Policy"), None),
    ],
)
def test_whose_dead_letters_a_queue_takes(allowed: Any, refused: list[str] | None) -> None:
    source: Any = ("AWS::SQS::Queue", {"RedrivePolicy": {"deadLetterTargetArn": arn("Q"), "maxReceiveCount": 3}})
    queue: Any = ("AWS::SQS::Queue", {"RedriveAllowPolicy": allowed} if allowed is not None else {})
    found = ask(stack(S=source, Other=QUEUE, Q=queue), "refused_sources")
    assert [n.address for n in found] == (refused or [])
    assert bool(found.open) is (refused is None)


def test_each_resource_that_sets_a_policy_writes_the_whole() -> None:
    assert len(ask(stack(Q=QUEUE, P=policy(), S=policy()), "writers")) == 2
    assert len(ask(stack(Q=QUEUE, P=policy()), "writers")) == 1
    notified = {
        "QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": arn("Q")}, {"Event": "s3:ObjectRemoved:*", "Queue": arn("Q")}]
    }
    bucket: Any = ("AWS::S3::Bucket", {"NotificationConfiguration": notified})
    assert len(ask(stack(Q=QUEUE, B=bucket), "writers", "B")) == 1


@pytest.mark.parametrize(
    ("type", "properties", "answer"),
    [
        ("AWS::SQS::Queue", {}, True),
        ("AWS::SQS::Queue", {"SqsManagedSseEnabled": "false"}, False),
        ("AWS::SQS::Queue", {"SqsManagedSseEnabled": False, "KmsMasterKeyId": "alias/k"}, True),
        ("AWS::SNS::Topic", {}, False),
        ("AWS::SNS::Topic", {"KmsMasterKeyId": Unknown("Parameters.Key")}, None),
        ("AWS::Kinesis::Stream", {"StreamEncryption": {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}}, True),
        ("AWS::Kinesis::Stream", {}, False),
        ("AWS::MSK::Cluster", {}, True),
    ],
)
def test_what_is_encrypted_at_rest(type: str, properties: dict[str, Any], answer: bool | None) -> None:
    got = ask(stack(Q=(type, properties)), "encrypted")
    assert isinstance(got, Unknown) if answer is None else got is answer
