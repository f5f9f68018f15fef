"""What APIs call, however their integrations are written."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.model.graph import EventGraph
from edalint.model.values import Unknown
from edalint.services._gateway import capture
from tests.building import arn, edges, ref, stack, text

REGION = Unknown("AWS::Region")
FUNCTION = ("AWS::Lambda::Function", {"Role": "arn:aws:iam::123456789012:role/r"})
API: tuple[str, dict[str, object]] = ("AWS::ApiGateway::RestApi", {})
HTTP = ("AWS::ApiGatewayV2::Api", {"ProtocolType": "HTTP"})


def invocation(function: Any) -> Any:
    """The URI by which API Gateway calls a function."""
    return text("arn:aws:apigateway:", REGION, ":lambda:path/2015-03-31/functions/", function, "/invocations")


def service(rest: str) -> Any:
    """The URI of a service integration."""
    return text("arn:aws:apigateway:", REGION, f":{rest}")


def rest(uri: Any, **integration: Any) -> EventGraph:
    """The graph of a REST API with one method."""
    method = {
        "RestApiId": ref("A"),
        "ResourceId": ref("P"),
        "HttpMethod": "POST",
        "Integration": {"Type": "AWS", "Uri": uri, **integration},
    }
    return stack(
        A=API,
        P=("AWS::ApiGateway::Resource", {"RestApiId": ref("A"), "ParentId": ref("A", "RootResourceId"), "PathPart": "orders"}),
        M=("AWS::ApiGateway::Method", method),
        F=FUNCTION,
        Q=("AWS::SQS::Queue", {"QueueName": "orders"}),
        T=("AWS::SNS::Topic", {}),
        B=("AWS::Events::EventBus", {"Name": "shop"}),
        K=("AWS::Kinesis::Stream", {}),
        S=("AWS::StepFunctions::StateMachine", {"Definition": {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}}),
    )


def body(*parts: Any) -> dict[str, Any]:
    """Request templates with one mapping template."""
    return {"application/json": text(*parts) if len(parts) > 1 else parts[0]}


@pytest.mark.parametrize(
    ("uri", "integration", "expected"),
    [
        (invocation(arn("F")), {}, "A -> F: invoke"),
        (service("sqs:path/123456789012/orders"), {}, "A -> Q: publish"),
        (text("arn:aws:apigateway:", REGION, ":sqs:path/", Unknown("AWS::AccountId"), "/", ref("Q", "QueueName")), {}, "A -> Q: publish"),
        (
            service("sqs:action/SendMessage"),
            {"RequestTemplates": body("Action=SendMessage&QueueUrl=", ref("Q"), "&MessageBody=$input.body")},
            "A -> Q: publish",
        ),
        (
            service("sns:path//"),
            {"RequestTemplates": body("Action=Publish&TopicArn=$util.urlEncode('", ref("T"), "')&Message=x")},
            "A -> T: publish",
        ),
        (
            service("sns:action/Publish"),
            {"RequestParameters": {"integration.request.querystring.TopicArn": text("'", ref("T"), "'")}},
            "A -> T: publish",
        ),
        (
            service("events:action/PutEvents"),
            {"RequestTemplates": body('{"Entries": [{"Source": "shop", "EventBusName": "', ref("B"), '"}]}')},
            "A -> B: publish",
        ),
        (service("events:action/PutEvents"), {"RequestTemplates": body('{"Entries": [{"Source": "shop"}]}')}, "A -> default: publish"),
        (
            service("kinesis:action/PutRecord"),
            {"RequestTemplates": body('{"StreamName": "', ref("K"), '", "Data": "x"}')},
            "A -> K: publish",
        ),
        (
            service("states:action/StartExecution"),
            {"RequestTemplates": body('{"stateMachineArn": "', ref("S"), '", "input": "x"}')},
            "A -> S: invoke",
        ),
    ],
)
def test_integrations_of_a_rest_api(uri: Any, integration: dict[str, Any], expected: str) -> None:
    """The target stands in the URI, in request parameters or in a mapping template."""
    graph = rest(uri, **integration)
    assert edges(graph) == {expected}
    (part,) = [p for p in graph.parts if p.kind == "integration"]
    assert part.element == "POST /orders"


@pytest.mark.parametrize(
    ("uri", "integration"),
    [
        (service("sqs:action/ReceiveMessage"), {"RequestParameters": {"x.QueueUrl": text("'", ref("Q"), "'")}}),
        (service("dynamodb:action/GetItem"), {}),
        (service("sqs:action/SendMessage"), {"RequestTemplates": body("QueueUrl=$input.params('queue')")}),
        (None, {"Type": "MOCK"}),
        (Unknown("", "not known"), {"Type": "HTTP"}),
    ],
)
def test_what_sends_nothing_gives_no_edge(uri: Any, integration: dict[str, Any]) -> None:
    """Reading, other services, a target that the request names."""
    assert edges(rest(uri, **integration)) == set()


def test_starting_an_execution_says_whether_it_is_waited_for() -> None:
    """`StartSyncExecution` answers with the result."""
    for action, expected in (("StartExecution", "request-response"), ("StartSyncExecution", "sync")):
        graph = rest(service(f"states:action/{action}"), RequestTemplates=body('{"stateMachineArn": "', ref("S"), '"}'))
        assert graph.edges[0].attributes["integration"] == expected


def test_subtypes_of_an_http_api() -> None:
    """The parameters of the subtype name the target."""
    integration = {"ApiId": ref("A"), "IntegrationType": "AWS_PROXY"}
    queue = {**integration, "IntegrationSubtype": "SQS-SendMessage", "RequestParameters": {"QueueUrl": ref("Q"), "MessageBody": "x"}}
    bus = {**integration, "IntegrationSubtype": "EventBridge-PutEvents", "RequestParameters": {"Source": "shop"}}
    reading = {**integration, "IntegrationSubtype": "SQS-ReceiveMessage", "RequestParameters": {"QueueUrl": ref("Q")}}
    kind = "AWS::ApiGatewayV2::Integration"
    assert edges(stack(A=HTTP, Q=("AWS::SQS::Queue", {}), I=(kind, queue), J=(kind, bus), L=(kind, reading))) == {
        "A -> Q: publish",
        "A -> default: publish",
    }


def test_a_function_behind_an_http_api() -> None:
    """By its ARN, by the invocation URI, by the API's own target."""
    for uri in (arn("F"), invocation(arn("F"))):
        integration = {"ApiId": ref("A"), "IntegrationType": "AWS_PROXY", "IntegrationUri": uri}
        assert edges(stack(A=HTTP, F=FUNCTION, I=("AWS::ApiGatewayV2::Integration", integration))) == {"A -> F: invoke"}
    assert edges(stack(A=(HTTP[0], {"Target": arn("F")}), F=FUNCTION)) == {"A -> F: invoke"}


def test_an_openapi_body_is_read() -> None:
    """Integrations of its paths, and its authorizers, whom the API waits for as well."""
    operation = {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": invocation(arn("F"))}}
    scheme = {"x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": invocation(arn("G"))}}
    document = {"paths": {"/orders": {"get": operation}}, "components": {"securitySchemes": {"auth": scheme}}}
    graph = stack(A=(API[0], {"Body": document}), F=FUNCTION, G=FUNCTION)
    assert edges(graph) == {"A -> F: invoke", "A -> G: invoke"}
    assert [p.element for p in graph.parts if p.kind == "integration"] == ["GET /orders"]


def test_a_private_integration_reaches_the_balancer_of_its_listener() -> None:
    """A listener, and a VPC link, stand for their load balancer."""
    balancer: tuple[str, dict[str, object]] = ("AWS::ElasticLoadBalancingV2::LoadBalancer", {})
    listener = ("AWS::ElasticLoadBalancingV2::Listener", {"LoadBalancerArn": ref("L")})
    integration = {"ApiId": ref("A"), "IntegrationType": "HTTP_PROXY", "IntegrationUri": ref("N")}
    graph = stack(A=HTTP, L=balancer, N=listener, I=("AWS::ApiGatewayV2::Integration", integration))
    assert edges(graph) == {"A -> L: invoke"}


def test_data_sources_of_appsync() -> None:
    """A function is waited for, a bus is sent to."""
    graph = stack(
        A=("AWS::AppSync::GraphQLApi", {}),
        F=FUNCTION,
        B=("AWS::Events::EventBus", {"Name": "shop"}),
        D=("AWS::AppSync::DataSource", {"ApiId": ref("A", "ApiId"), "LambdaConfig": {"LambdaFunctionArn": arn("F")}}),
        E=("AWS::AppSync::DataSource", {"ApiId": ref("A", "ApiId"), "EventBridgeConfig": {"EventBusArn": arn("B")}}),
    )
    assert edges(graph) == {"A -> F: invoke", "A -> B: publish"}


def test_captures_keep_their_holes() -> None:
    """A group of a regular expression over a text with holes is a text with those holes."""
    value = text("a=", ref("Q"), "/x&b=1")
    assert capture(value, "a=([^&]+)") == text(ref("Q"), "/x")
    assert capture(value, "c=(.)") is None
