"""Laws of the table of AWS's own events."""

from __future__ import annotations

import pytest

from edalint.patterns.aws_events import COMPLETE, SOME, meant


@pytest.mark.parametrize(
    ("source", "detail_type", "says"),
    [
        ("aws.s3", "Object Restore Complete", "Object Restore Completed"),
        ("aws.s3", "object created", "Object Created"),
        ("aws.ecs", "ECS Task Changed State", "ECS Task State Change"),
        ("aws.states", "Something Else Entirely", ""),
        ("aws.ec2", "EC2 Instance State Change Notification", "EC2 Instance State-change Notification"),
        ("aws.health", "AWS Health event", "AWS Health Event"),
    ],
)
def test_what_a_source_never_sends_has_what_was_meant(source: str, detail_type: str, says: str) -> None:
    assert meant(source, detail_type) == says


@pytest.mark.parametrize(
    ("source", "detail_type"),
    [
        ("aws.s3", "Object Created"),
        ("aws.s3", "AWS API Call via CloudTrail"),
        ("aws.ec2", "EC2 Capacity Reservation Cancelled"),
        ("aws.newservice", "Anything"),
        ("shop", "object created"),
    ],
)
def test_what_a_source_may_send(source: str, detail_type: str) -> None:
    assert meant(source, detail_type) is None


def test_no_source_is_in_both_tables_and_every_listed_type_is_sent() -> None:
    assert not COMPLETE.keys() & SOME.keys()
    for source, types in (*COMPLETE.items(), *SOME.items()):
        assert source.startswith("aws.")
        assert all(meant(source, name) is None for name in types)
