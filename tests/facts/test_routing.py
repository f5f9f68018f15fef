"""Who gets which events, and what reaches a place twice."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.view import Group, View
from edalint.model.graph import Edge, EventGraph
from edalint.model.values import Unknown
from tests.building import arn, ref, stack

BUS: Any = ("AWS::Events::EventBus", {"Name": "shop"})
QUEUE: Any = ("AWS::SQS::Queue", {})


def rule(pattern: Any, *targets: Any, **rest: Any) -> Any:
    listed = [{"Id": f"t{i}", **(t if isinstance(t, dict) else {"Arn": t})} for i, t in enumerate(targets or ["arn:aws:sqs:r:1:q"])]
    return ("AWS::Events::Rule", {"EventPattern": pattern, "Targets": listed, **rest})


def ask(graph: EventGraph, address: str, fact: str) -> Any:
    node = graph.by_address(address)
    assert node is not None
    return View(graph).fact(node, fact)


def twice(graph: EventGraph) -> Any:
    """The first pair of deliveries to one place, over all groups."""
    view = View(graph)
    groups: dict[str, list[Edge]] = {}
    for edge in graph.edges:
        if edge.kind == "deliver" and view.fact(edge, "origin") is not None:
            groups.setdefault(str((view.fact(edge, "origin").id, view.fact(edge, "destination"))), []).append(edge)
    found = [view.fact(Group(key, members), "twice") for key, members in groups.items()]
    return next((f for f in found if isinstance(f, Unknown) or f), [])


def test_two_targets_of_one_rule() -> None:
    assert len(twice(stack(Q=QUEUE, R=rule({"source": ["a"]}, arn("Q"), arn("Q"))))) == 2


@pytest.mark.parametrize(
    ("left", "right", "pair"),
    [
        ({"source": ["a"]}, {"source": ["a"]}, True),
        ({"source": ["a"]}, {"source": ["b"]}, False),
        ({"source": ["a"]}, {"source": [Unknown("P")]}, None),
        ({"source": ["a"]}, "no JSON", False),
    ],
)
def test_two_rules_of_one_bus(left: Any, right: Any, pair: bool | None) -> None:
    found = twice(stack(Q=QUEUE, R=rule(left, arn("Q")), S=rule(right, arn("Q"))))
    assert isinstance(found, Unknown) if pair is None else bool(found) is pair


def test_two_buses_are_two_events() -> None:
    assert (
        twice(stack(B=BUS, Q=QUEUE, R=rule({"source": ["a"]}, arn("Q")), S=rule({"source": ["a"]}, arn("Q"), EventBusName=ref("B")))) == []
    )


def test_targets_with_input_of_their_own_are_told_apart() -> None:
    same = [{"Arn": arn("Q"), "Input": "1"}, {"Arn": arn("Q"), "Input": "1"}]
    other = [{"Arn": arn("Q"), "Input": "1"}, {"Arn": arn("Q"), "Input": "2"}]
    assert twice(stack(Q=QUEUE, R=rule({"source": ["a"]}, *same)))
    assert twice(stack(Q=QUEUE, R=rule({"source": ["a"]}, *other))) == []


@pytest.mark.parametrize(
    ("left", "right", "pair"), [(None, {"k": ["x"]}, True), ({"k": ["x"]}, {"k": ["y"]}, False), ({"k": ["x"]}, Unknown("P"), None)]
)
def test_one_endpoint_subscribed_twice(left: Any, right: Any, pair: bool | None) -> None:
    def subscribed(policy: Any) -> Any:
        properties = {"TopicArn": ref("T"), "Protocol": "sqs", "Endpoint": arn("Q"), **({} if policy is None else {"FilterPolicy": policy})}
        return ("AWS::SNS::Subscription", properties)

    found = twice(stack(T=("AWS::SNS::Topic", {}), Q=QUEUE, A=subscribed(left), B=subscribed(right)))
    assert isinstance(found, Unknown) if pair is None else bool(found) is pair


@pytest.mark.parametrize(
    ("sources", "only"),
    [
        (["aws.ecs"], True),
        (["aws.ecs", "aws.s3"], True),
        (["aws.ecs", "shop"], False),
        (["aws.partner/x"], False),
        ([{"prefix": "aws."}], False),
        (["aws.ecs", Unknown("P")], None),
    ],
)
def test_rules_that_take_only_what_aws_sends(sources: Any, only: bool | None) -> None:
    found = ask(stack(R=rule({"source": sources})), "R", "only_aws_events")
    assert isinstance(found, Unknown) if only is None else found is only


@pytest.mark.parametrize(
    ("pattern", "never"),
    [
        ({"source": ["aws.s3"], "detail-type": ["object created"]}, ["object created"]),
        ({"source": ["aws.s3"], "detail-type": ["Object Created", "Object Gone"]}, ["Object Gone"]),
        ({"source": ["aws.s3", "shop"], "detail-type": ["Object Gone"]}, []),
        ({"source": [{"prefix": "aws."}], "detail-type": ["Object Gone"]}, []),
        ({"detail-type": ["Object Gone"]}, []),
    ],
)
def test_detail_types_that_no_source_sends(pattern: Any, never: list[str]) -> None:
    assert ask(stack(R=rule(pattern)), "R", "never_sent") == never


@pytest.mark.parametrize(
    ("pattern", "named"),
    [
        ({"source": ["aws.s3"], "detail": {"bucket": {"name": [ref("S")]}}}, ["S"]),
        ({"source": ["aws.s3"], "resources": [arn("S")]}, ["S"]),
        ({"source": ["aws.s3"], "detail": {"bucket": {"name": ["other"]}}}, []),
        ({"source": ["shop"], "detail": {"bucket": {"name": [ref("S")]}}}, []),
        ({"source": ["aws.s3"], "detail-type": ["AWS API Call via CloudTrail"], "detail": {"bucket": {"name": [ref("S")]}}}, []),
    ],
)
def test_buckets_that_a_pattern_names(pattern: Any, named: list[str]) -> None:
    graph = stack(S=("AWS::S3::Bucket", {}), R=rule(pattern))
    assert [b.address for b in ask(graph, "R", "buckets")] == named


@pytest.mark.parametrize(
    ("bridge", "sends"), [(None, False), ({"EventBridgeEnabled": True}, True), ({"EventBridgeEnabled": False}, False), ({}, True)]
)
def test_buckets_that_send_to_eventbridge(bridge: Any, sends: bool) -> None:
    properties = {} if bridge is None else {"NotificationConfiguration": {"EventBridgeConfiguration": bridge}}
    assert ask(stack(S=("AWS::S3::Bucket", properties)), "S", "sends_to_eventbridge") is sends


def mapping(*patterns: Any) -> Any:
    criteria = {"FilterCriteria": {"Filters": [{"Pattern": p} for p in patterns]}} if patterns else {}
    return ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Q"), "FunctionName": "arn:aws:lambda:r:1:function:f", **criteria})


OPEN, CLOSED = '{"body": {"s": ["open"]}}', '{"body": {"s": ["closed"]}}'


@pytest.mark.parametrize(
    ("mappings", "count"),
    [
        ([mapping(OPEN), mapping(CLOSED)], 2),
        ([mapping(OPEN), mapping()], 2),
        ([mapping(OPEN, CLOSED), mapping(CLOSED, OPEN)], 0),
        ([mapping(OPEN), mapping('{ "body" : {"s":["open"]} }')], 0),
        ([mapping(), mapping("{}")], 0),
        ([mapping(OPEN)], 0),
        ([mapping(Unknown("P")), mapping(OPEN)], None),
    ],
)
def test_filters_on_one_queue_that_differ(mappings: Any, count: int | None) -> None:
    found = ask(stack(Q=QUEUE, **{f"M{i}": m for i, m in enumerate(mappings)}), "Q", "stealing_edges")
    assert isinstance(found, Unknown) if count is None else len(found) == count


def test_a_chain_of_functions_does_not_go_round() -> None:
    graph = EventGraph()
    from edalint.model.graph import Node
    from edalint.model.resources import Resource, Unit
    from edalint.model.values import Map

    resource = Resource(Unit("t", "cloudformation"), "X", "AWS::X", Map())
    nodes = {name: graph.add_node(Node("api" if name == "a" else "function", name, name)) for name in "afgh"}
    for one, two in ("af", "fg", "gh", "hf", "ag"):
        graph.add_edge(Edge("invoke", nodes[one], nodes[two], resource))
    assert [n.id for n in View(graph).fact(nodes["a"], "synchronous_chain")] in (["f", "g", "h"], ["g", "h", "f"])


def test_targets_of_unknown_sort_are_unknown() -> None:
    found = ask(stack(R=rule({"source": ["a"]}, Unknown("P"))), "R", "target_sorts")
    assert isinstance(found[0], Unknown)


@pytest.mark.parametrize(("policy", "problem"), [({"k": ["x"]}, True), ({"k": [{"exists": False}]}, False), ({}, False)])
def test_a_filter_on_attributes_that_no_sender_gives(policy: Any, problem: bool) -> None:
    subscription = ("AWS::SNS::Subscription", {"TopicArn": ref("T"), "Protocol": "sqs", "Endpoint": arn("Q"), "FilterPolicy": policy})
    graph = stack(T=("AWS::SNS::Topic", {}), Q=QUEUE, R=rule({"source": ["a"]}, ref("T")), S=subscription)
    part = next(p for p in graph.parts if p.kind == "subscription")
    assert (View(graph).fact(part, "filter_problem") is not None) is problem


@pytest.mark.parametrize(
    ("patterns", "unmatched"),
    [
        ([{"source": ["a"]}], []),
        ([{"source": ["b"]}], ["a / X"]),
        ([{"source": ["b"]}, {"source": "a"}], ["a / X"]),
        ([{"source": ["b"]}, {"source": [Unknown("P")]}], None),
        ([], []),
    ],
)
def test_entries_that_no_rule_takes(patterns: Any, unmatched: list[str] | None) -> None:
    """A rule whose pattern is refused takes nothing; a bus without rules is another finding."""
    entry = {"EventBusName": ref("B"), "Source": "a", "DetailType": "X", "Detail": {}}
    state = {"Type": "Task", "Resource": "arn:aws:states:::events:putEvents", "Parameters": {"Entries": [entry]}, "End": True}
    machine = ("AWS::StepFunctions::StateMachine", {"Definition": {"StartAt": "S", "States": {"S": state}}})
    rules = {f"R{i}": rule(pattern, EventBusName=ref("B")) for i, pattern in enumerate(patterns)}
    graph = stack(B=BUS, M=machine, **rules)
    found = View(graph).fact(next(p for p in graph.parts if p.kind == "state"), "unmatched_entries")
    assert isinstance(found, Unknown) if unmatched is None else found == unmatched
