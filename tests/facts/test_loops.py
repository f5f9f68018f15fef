"""Which ways back are loops: what a pattern, filter, prefix or redrive limit keeps out is none."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.loops import passes
from edalint.facts.view import View
from edalint.model.graph import Edge, EventGraph
from edalint.model.values import Kleene, Unknown
from tests.building import arn, graph_of, ref, stack, text, unit

BUS: Any = ("AWS::Events::EventBus", {"Name": "shop"})
QUEUE: Any = ("AWS::SQS::Queue", {})
TOPIC: Any = ("AWS::SNS::Topic", {})


def rule(pattern: Any, target: Any, **rest: Any) -> Any:
    return ("AWS::Events::Rule", {"EventBusName": ref("B"), "EventPattern": pattern, "Targets": [{"Id": "t", "Arn": target}], **rest})


def sends(*entries: Any) -> Any:
    state = {"Type": "Task", "Resource": "arn:aws:states:::events:putEvents", "Parameters": {"Entries": list(entries)}, "End": True}
    return (
        "AWS::StepFunctions::StateMachine",
        {"Definition": {"StartAt": "S", "States": {"S": state}}, "RoleArn": "arn:aws:iam::1:role/r"},
    )


def asked(graph: EventGraph, first: str, second: str) -> Kleene:
    """Whether an event passes, by the ends of two edges: `M>B`, `B>R`."""
    return passes(edge(graph, first), edge(graph, second), View(graph))


def edge(graph: EventGraph, ends: str) -> Edge:
    source, target = ends.split(">")
    return next(e for e in graph.edges if e.source.address == source and e.target.address == target)


@pytest.mark.parametrize(
    ("entry", "passed"),
    [
        ({"Source": "a", "DetailType": "X", "Detail": {"state": "open"}}, True),
        ({"Source": "a", "DetailType": "X", "Detail": {"state": "closed"}}, False),
        ({"Source": "a", "DetailType": "Y", "Detail": {"state": "open"}}, False),
        ({"Source": "a", "DetailType": "X", "Detail": {}}, False),
        ({"Source": "a", "DetailType": "X", "Detail.$": "$"}, None),
        ({"Source": "a", "DetailType": "X", "Detail": {"state.$": "$.s"}}, None),
        ({"Source": "b", "DetailType": "X", "Detail.$": "$"}, False),
    ],
)
def test_what_a_state_sends_is_held_against_the_pattern(entry: dict[str, Any], passed: bool | None) -> None:
    pattern = {"source": ["a"], "detail-type": ["X"], "detail": {"state": ["open"]}}
    graph = stack(B=BUS, R=rule(pattern, ref("M")), M=sends({"EventBusName": ref("B"), **entry}))
    answer = asked(graph, "M>B", "B>R")
    assert isinstance(answer, Unknown) if passed is None else answer is passed


def test_only_the_entries_for_that_bus_count() -> None:
    mine, other = ({"EventBusName": ref(name), "Source": name, "DetailType": "X"} for name in ("B", "C"))
    graph = stack(B=BUS, C=("AWS::Events::EventBus", {"Name": "c"}), R=rule({"source": ["C"]}, ref("M")), M=sends(mine, other))
    assert asked(graph, "M>B", "B>R") is False


def test_what_passed_one_rule_may_be_kept_out_by_the_next() -> None:
    def forwarded(second: Any) -> Kleene:
        first = ("AWS::Events::Rule", {"EventPattern": {"source": ["a", "b"]}, "Targets": [{"Id": "t", "Arn": arn("B")}]})
        return asked(stack(B=BUS, F=first, R=rule(second, arn("Q")), Q=QUEUE), "F>B", "B>R")

    assert forwarded({"source": ["b"]}) is True
    assert forwarded({"source": ["c"]}) is False
    assert isinstance(forwarded({"source": [Unknown("P")]}), Unknown)


def test_events_of_a_bucket_are_its_own() -> None:
    def asks(name: Any) -> Kleene:
        bucket = ("AWS::S3::Bucket", {"BucketName": "mine", "NotificationConfiguration": {"EventBridgeConfiguration": {}}})
        pattern = {"source": ["aws.s3"], "detail": {"bucket": {"name": [name]}}}
        taken = ("AWS::Events::Rule", {"EventPattern": pattern, "Targets": [{"Id": "t", "Arn": arn("Q")}]})
        graph = stack(S=bucket, R=taken, Q=QUEUE)
        return passes(edge(graph, "S>default"), edge(graph, "default>R"), View(graph))

    assert asks(ref("S")) is True
    assert asks("mine") is True
    assert asks("other") is False


@pytest.mark.parametrize(("redrive", "passed"), [({"deadLetterTargetArn": "arn:aws:sqs:r:1:d", "maxReceiveCount": 5}, False), (None, True)])
def test_a_redrive_limit_ends_a_retry(redrive: Any, passed: bool) -> None:
    """A pipe that delivers what it read to the queue that it reads."""
    queue = ("AWS::SQS::Queue", {"RedrivePolicy": redrive} if redrive else {})
    pipe = ("AWS::Pipes::Pipe", {"Source": arn("Q"), "Target": arn("Q"), "RoleArn": "arn:aws:iam::1:role/r"})
    graph = stack(Q=queue, P=pipe)
    assert asked(graph, "Q>P", "P>Q") is passed


@pytest.mark.parametrize(
    ("policy", "passed"), [(None, True), ({}, True), ({"kind": ["x"]}, False), ({"kind": [{"exists": False}]}, True), (Unknown("P"), None)]
)
def test_what_a_rule_publishes_has_no_attributes(policy: Any, passed: bool | None) -> None:
    properties = {"TopicArn": ref("T"), "Protocol": "sqs", "Endpoint": arn("Q"), **({} if policy is None else {"FilterPolicy": policy})}
    graph = stack(B=BUS, T=TOPIC, Q=QUEUE, R=rule({"source": ["a"]}, ref("T")), S=("AWS::SNS::Subscription", properties))
    answer = asked(graph, "R>T", "T>Q")
    assert isinstance(answer, Unknown) if passed is None else answer is passed


@pytest.mark.parametrize(
    ("written", "asked_for", "passed"),
    [("raw/", "raw/", True), ("raw/", "raw/2026/", True), ("raw/", "out/", False), (Unknown("P"), "out/", None)],
)
def test_prefixes_that_exclude_each_other_end_a_loop(written: Any, asked_for: str, passed: bool | None) -> None:
    rules = [{"Name": "prefix", "Value": asked_for}]
    notification = {"Event": "s3:ObjectCreated:*", "Queue": arn("Q"), "Filter": {"S3Key": {"Rules": rules}}}
    bucket = ("AWS::S3::Bucket", {"NotificationConfiguration": {"QueueConfigurations": [notification]}})
    stream = ("AWS::KinesisFirehose::DeliveryStream", {"ExtendedS3DestinationConfiguration": {"BucketARN": arn("S"), "Prefix": written}})
    graph = stack(S=bucket, Q=QUEUE, F=stream)
    answer = asked(graph, "F>S", "S>Q")
    assert isinstance(answer, Unknown) if passed is None else answer is passed


def test_names_are_compared_by_their_known_parts() -> None:
    pattern = {"source": [text(Unknown("AWS::StackName"), ".orders")]}
    entry = {"EventBusName": ref("B"), "Source": text(Unknown("AWS::StackName"), ".billing"), "DetailType": "X"}
    graph = stack(B=BUS, R=rule(pattern, ref("M")), M=sends(entry))
    assert asked(graph, "M>B", "B>R") is False


def test_a_bus_named_by_its_arn_is_that_bus() -> None:
    """A state of one stack that sends to the bus of another."""
    entry = {"EventBusName": "arn:aws:events:eu-west-1:111122223333:event-bus/shop", "Source": "a", "DetailType": "X"}
    taken = ("AWS::Events::Rule", {"EventBusName": ref("B"), "EventPattern": {"source": ["a"]}, "Targets": [{"Id": "t", "Arn": arn("Q")}]})
    graph = graph_of(unit("t.yaml", B=BUS, Q=QUEUE, R=taken), unit("u.yaml", M=sends(entry)))
    assert asked(graph, "M>B", "B>R") is True


def asks(**request: Any) -> Any:
    """A state machine that makes a request of the API `A`."""
    request["ApiEndpoint"] = text(ref("A"), ".execute-api.eu-west-1.amazonaws.com")
    state = {"Type": "Task", "Resource": "arn:aws:states:::apigateway:invoke", "Parameters": request, "End": True}
    return (
        "AWS::StepFunctions::StateMachine",
        {"Definition": {"StartAt": "S", "States": {"S": state}}, "RoleArn": "arn:aws:iam::1:role/r"},
    )


def starts(path: str, method: str) -> dict[str, Any]:
    """An OpenAPI body whose one operation starts the state machine `M`."""
    integration = {
        "type": "aws",
        "uri": "arn:aws:apigateway:eu-west-1:states:action/StartExecution",
        "requestTemplates": {"application/json": text('{"stateMachineArn": "', ref("M"), '"}')},
    }
    return {"paths": {path: {method: {"x-amazon-apigateway-integration": integration}}}}


@pytest.mark.parametrize(
    ("path", "method", "request_made", "passed"),
    [
        ("/orders", "post", {"Method": "POST", "Path": "/orders", "Stage": "v1"}, True),
        ("/orders", "post", {"Method": "POST", "Path": "/v1/orders"}, True),
        ("/orders/{id}", "post", {"Method": "POST", "Path": "/orders/7"}, True),
        ("/{proxy+}", "x-amazon-apigateway-any-method", {"Method": "PUT", "Path": "/orders/7/lines"}, True),
        ("/orders", "post", {"Method": "GET", "Path": "/orders"}, False),
        ("/orders", "post", {"Method": "POST", "Path": "/payments"}, False),
        ("/orders", "post", {"Method": "POST"}, False),
        ("/orders", "post", {"Method": "POST", "Path.$": "$.path"}, None),
    ],
)
def test_a_request_goes_on_where_its_path_leads(path: str, method: str, request_made: dict[str, Any], passed: bool | None) -> None:
    graph = stack(A=("AWS::ApiGateway::RestApi", {"Body": starts(path, method)}), M=asks(**request_made))
    answer = asked(graph, "M>A", "A>M")
    assert isinstance(answer, Unknown) if passed is None else answer is passed


@pytest.mark.parametrize(("protocol", "passed"), [("WEBSOCKET", False), ("HTTP", True), (Unknown("p"), None)])
def test_a_request_to_a_websocket_api_reaches_its_clients_not_its_routes(protocol: Any, passed: bool | None) -> None:
    integration = {
        "ApiId": ref("A"),
        "IntegrationType": "AWS",
        "IntegrationUri": "arn:aws:apigateway:eu-west-1:states:action/StartExecution",
        "RequestTemplates": {"$default": text('{"stateMachineArn": "', ref("M"), '"}')},
    }
    graph = stack(
        A=("AWS::ApiGatewayV2::Api", {"ProtocolType": protocol}),
        I=("AWS::ApiGatewayV2::Integration", integration),
        M=asks(Method="POST", Path="/@connections/1"),
    )
    answer = asked(graph, "M>A", "A>M")
    assert isinstance(answer, Unknown) if passed is None else answer is passed
