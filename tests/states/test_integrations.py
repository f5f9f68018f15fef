"""What is written down about calls agrees with itself and with what AWS's calls are named."""

from __future__ import annotations

import re

import pytest

from edalint.model.graph import NODE_KINDS
from edalint.states import SYNC
from edalint.states.integrations import CAN_SYNC, OPTIMIZED, STATUS_CALLS, find, sdk_needs


@pytest.mark.parametrize("call", OPTIMIZED, ids=":".join)
def test_a_call_has_a_target_an_edge_and_what_it_needs(call: tuple[str, str]) -> None:
    known = OPTIMIZED[call]
    assert known.targets
    assert known.edge in ("run", "publish", "")
    assert set(known.kinds) <= set(NODE_KINDS)
    assert "request-response" in known.patterns
    assert known.needs
    assert all(re.fullmatch(r"[a-z-]+:[A-Z][A-Za-z]+", need.action) for need in (*known.needs, *known.sync_needs))
    assert bool(known.sync_needs) == (SYNC in known.patterns)


def test_what_can_be_awaited_says_so_in_both_tables() -> None:
    assert {call for call, known in OPTIMIZED.items() if SYNC in known.patterns} <= CAN_SYNC
    assert set(STATUS_CALLS.values()) <= CAN_SYNC


@pytest.mark.parametrize(
    ("service", "action", "needed"),
    [
        ("sfn", "startExecution", "states:StartExecution"),
        ("eventbridge", "putEvents", "events:PutEvents"),
        ("lambda", "invoke", "lambda:InvokeFunction"),
        ("sqs", "sendMessageBatch", "sqs:SendMessage"),
        ("ecs", "describeTasks", "ecs:DescribeTasks"),
        ("s3", "listObjectsV2", "s3:ListBucket"),
    ],
)
def test_the_permission_that_a_call_through_the_sdk_needs(service: str, action: str, needed: str) -> None:
    assert sdk_needs(service, action)[0].action == needed


def test_calls_through_the_sdk_are_never_awaited() -> None:
    for service, action in (("ecs", "runTask"), ("sfn", "startExecution"), ("batch", "submitJob")):
        known = find(service, action, sdk=True)
        assert known is not None
        assert SYNC not in known.patterns
        assert known.sync_needs == ()


def test_a_call_without_a_target_that_we_know_is_not_made_up() -> None:
    assert find("s3", "getObject", sdk=True) is None
    assert find("athena", "startQueryExecution", sdk=False) is None
