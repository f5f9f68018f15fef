"""How far the words of a statement reach, and whether it writes a resource down."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.iam.document import Statement, statements
from edalint.iam.grants import is_open, reach
from edalint.model.values import Ref, Unknown, text_of
from tests.building import value


def statement(**elements: Any) -> Statement:
    found = statements(value({"Statement": {"Effect": "Allow", **elements}}))
    assert not isinstance(found, Unknown)
    return found[0]


@pytest.mark.parametrize(
    ("action", "word"),
    [
        ("sqs:SendMessage", "named"),
        ("SQS:sendmessage", "named"),
        ("sqs:SendMessage*", "named"),
        ("sqs:Send*", "named"),
        ("sqs:*", "service"),
        ("*", "all"),
        ("*:*", "all"),
        ("sqs:ReceiveMessage", ""),
        (["sns:Publish", "sqs:*", "sqs:SendMessage"], "named"),
        (Unknown("", "imported"), "unknown"),
        ([], ""),
    ],
)
def test_the_narrowest_word_counts(action: Any, word: str) -> None:
    assert reach(statement(Action=action, Resource="*"), "sqs:SendMessage") == word


def test_all_but_some_is_all() -> None:
    assert reach(statement(NotAction="iam:*", Resource="*"), "sqs:SendMessage") == "all"
    assert reach(statement(NotAction="sqs:*", Resource="*"), "sqs:SendMessage") == ""


@pytest.mark.parametrize(
    ("resource", "named"),
    [
        ("*", False),
        ("arn:aws:sqs:*:*:*", False),
        ("arn:aws:sqs:eu-west-1:1:*", False),
        (text_of(["arn:aws:states:", Unknown("AWS::Region"), ":1:stateMachine:*"]), False),
        (text_of(["arn:aws:sqs:", Unknown("AWS::Region"), ":1:*"]), False),
        ("arn:aws:sqs:*:*:orders", True),
        ("arn:aws:sqs:*:*:orders-*", True),
        (Ref("t#Queue", "Arn"), True),
        (text_of([Ref("t#Bucket", "Arn"), "/*"]), True),
        (text_of(["arn:aws:sqs:*:*:", Ref("t#Queue", "QueueName")]), True),
        (text_of(["arn:aws:lambda:*:*:function:", Ref("t#F"), ":*"]), True),
    ],
)
def test_a_wildcard_names_no_resource(resource: Any, named: bool) -> None:
    assert is_open(resource) is not named
