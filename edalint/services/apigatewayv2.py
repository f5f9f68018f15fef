"""Amazon API Gateway HTTP and WebSocket APIs: integrations, routes, authorizers, OpenAPI bodies."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource
from edalint.services._gateway import Call, authorizer, body, integration
from edalint.services._terraform import document, one, raw, translation
from edalint.services.registry import Default, Identity, declares, identities, terraform

TIMEOUT = Default(30_000, "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html")
"""Milliseconds for which an HTTP API's integration is waited for."""
WEBSOCKET_TIMEOUT = Default(
    29_000, "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html"
)

identities(
    {
        "AWS::ApiGatewayV2::Api": Identity(
            "api",
            None,
            "id",
            arn="arn:{P}:execute-api:{R}:{A}:{id}",
            url="https://{id}.execute-api.{R}.{U}",
            attributes={"ApiEndpoint": "url", "ApiId": "id", "ExecutionArn": "arn"},
        ),
        "AWS::ApiGatewayV2::Stage": Identity("AWS::ApiGatewayV2::Stage", "StageName", "name"),
        "AWS::ApiGatewayV2::Integration": Identity("AWS::ApiGatewayV2::Integration", None, "id"),
        "AWS::ApiGatewayV2::Route": Identity("AWS::ApiGatewayV2::Route", None, "id"),
    }
)

terraform(
    {
        "aws_apigatewayv2_api": translation(
            "AWS::ApiGatewayV2::Api",
            {"body": document("Body"), "cors_configuration": one("CorsConfiguration")},
            {"id": "Ref", "api_endpoint": "ApiEndpoint", "execution_arn": "ExecutionArn"},
        ),
        "aws_apigatewayv2_integration": translation(
            "AWS::ApiGatewayV2::Integration",
            {
                "request_parameters": raw("RequestParameters"),
                "request_templates": raw("RequestTemplates"),
                "timeout_milliseconds": "TimeoutInMillis",
            },
            {"id": "Ref"},
        ),
        "aws_apigatewayv2_route": translation("AWS::ApiGatewayV2::Route", {}, {"id": "Ref"}),
        "aws_apigatewayv2_stage": translation(
            "AWS::ApiGatewayV2::Stage", {"name": "StageName"}, {"id": "Ref", "execution_arn": "ExecutionArn"}
        ),
        "aws_apigatewayv2_authorizer": translation("AWS::ApiGatewayV2::Authorizer", {}, {"id": "Ref"}),
        "aws_apigatewayv2_deployment": translation("AWS::ApiGatewayV2::Deployment", {}, {"id": "Ref"}),
        "aws_apigatewayv2_vpc_link": translation("AWS::ApiGatewayV2::VpcLink", {}, {"id": "Ref"}),
    }
)


@declares("AWS::ApiGatewayV2::Api")
def api(resource: Resource, declare: Declarations) -> None:
    """An HTTP or WebSocket API: its OpenAPI body, or the one target of a quickly made one."""
    node = declare.node(resource, "api")
    body(resource, declare, node, resource.get("Body"), Place(resource.properties, "Body"))
    target = resource.get("Target")
    if target is not None:
        place = Place(resource.properties, "Target")
        call = Call("AWS_PROXY", target, resource.get("CredentialsArn"), None, None, None, None, place)
        integration(resource, declare, node, call)


@declares("AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Deployment")
def stage(resource: Resource, declare: Declarations) -> None:
    """A stage stands for its API."""
    declare.stands_for(resource, End(resource.get("ApiId"), ("api",), "any", resource))


@declares("AWS::ApiGatewayV2::Integration")
def integration_resource(resource: Resource, declare: Declarations) -> None:
    """An integration: which routes lead to it does not matter, the API calls it."""
    call = Call(
        resource.get("IntegrationType"),
        resource.get("IntegrationUri"),
        resource.get("CredentialsArn"),
        resource.get("RequestParameters"),
        resource.get("RequestTemplates"),
        resource.get("IntegrationSubtype"),
        resource.get("ConnectionId"),
        Place(resource.properties, "IntegrationUri" if resource.get("IntegrationSubtype") is None else "IntegrationSubtype"),
    )
    integration(resource, declare, End(resource.get("ApiId"), ("api",), "any", resource), call)


@declares("AWS::ApiGatewayV2::Authorizer")
def http_authorizer(resource: Resource, declare: Declarations) -> None:
    """A Lambda authorizer is called before each request."""
    if resource.get("AuthorizerUri") is not None:
        owner = End(resource.get("ApiId"), ("api",), "any", resource)
        authorizer(resource, declare, owner, resource.get("AuthorizerUri"), Place(resource.properties, "AuthorizerUri"))
