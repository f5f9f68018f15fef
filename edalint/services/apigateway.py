"""Amazon API Gateway REST APIs: methods, their integrations, authorizers, VPC links, and OpenAPI bodies."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, alternatives, items
from edalint.services._gateway import Call, authorizer, body, integration
from edalint.services._terraform import document, raw, translation
from edalint.services.registry import Default, Identity, declares, identities, terraform

TIMEOUT = Default(29_000, "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html")
"""Milliseconds for which an integration is waited for."""
MAX_PATH = 32
"""Resources that stand one under the other; more are a circle."""

identities(
    {
        "AWS::ApiGateway::RestApi": Identity(
            "api",
            None,
            "id",
            arn="arn:{P}:execute-api:{R}:{A}:{id}",
            url="https://{id}.execute-api.{R}.{U}",
            attributes={"RestApiId": "id", "ExecutionArn": "arn"},
        ),
        "AWS::ApiGateway::Stage": Identity("AWS::ApiGateway::Stage", "StageName", "name"),
        "AWS::ApiGateway::Deployment": Identity("AWS::ApiGateway::Deployment", None, "id"),
        "AWS::ApiGateway::Resource": Identity("AWS::ApiGateway::Resource", None, "id", attributes={"ResourceId": "id"}),
        "AWS::ApiGateway::VpcLink": Identity("AWS::ApiGateway::VpcLink", None, "id"),
    }
)

terraform(
    {
        "aws_api_gateway_rest_api": translation(
            "AWS::ApiGateway::RestApi",
            {"body": document("Body"), "policy": document("Policy")},
            {"id": "Ref", "root_resource_id": "RootResourceId", "execution_arn": "ExecutionArn", "arn": "Arn"},
        ),
        "aws_api_gateway_resource": translation("AWS::ApiGateway::Resource", {}, {"id": "Ref"}),
        "aws_api_gateway_method": translation("AWS::ApiGateway::Method", {"authorization": "AuthorizationType"}),
        "aws_api_gateway_integration": translation(
            "aws_api_gateway_integration",
            {
                "type": "Integration.Type",
                "uri": "Integration.Uri",
                "credentials": "Integration.Credentials",
                "request_parameters": raw("Integration.RequestParameters"),
                "request_templates": raw("Integration.RequestTemplates"),
                "connection_id": "Integration.ConnectionId",
                "integration_http_method": "Integration.IntegrationHttpMethod",
                "timeout_milliseconds": "Integration.TimeoutInMillis",
            },
        ),
        "aws_api_gateway_deployment": translation("AWS::ApiGateway::Deployment", {}, {"id": "Ref", "execution_arn": "ExecutionArn"}),
        "aws_api_gateway_stage": translation(
            "AWS::ApiGateway::Stage", {}, {"id": "Ref", "stage_name": "Ref", "execution_arn": "ExecutionArn"}
        ),
        "aws_api_gateway_authorizer": translation("AWS::ApiGateway::Authorizer", {}, {"id": "Ref"}),
        "aws_api_gateway_vpc_link": translation("AWS::ApiGateway::VpcLink", {"target_arns": "TargetArns"}, {"id": "Ref"}),
    }
)


@declares("AWS::ApiGateway::RestApi")
def rest_api(resource: Resource, declare: Declarations) -> None:
    """A REST API, with the integrations of its OpenAPI body."""
    node = declare.node(resource, "api")
    body(resource, declare, node, resource.get("Body"), Place(resource.properties, "Body"))


@declares("AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Resource")
def stage(resource: Resource, declare: Declarations) -> None:
    """A stage, a deployment, a resource: each stands for its API."""
    declare.stands_for(resource, End(resource.get("RestApiId"), ("api",), "any", resource))


@declares("AWS::ApiGateway::VpcLink")
def vpc_link(resource: Resource, declare: Declarations) -> None:
    """A VPC link stands for the load balancer that it leads to."""
    for _, balancer in items(resource.get("TargetArns")):
        declare.stands_for(resource, End(balancer, ("api",), "arn", resource))
        return


@declares("AWS::ApiGateway::Method", "aws_api_gateway_integration")
def method(resource: Resource, declare: Declarations) -> None:
    """A method and what it calls."""
    api = End(resource.get("RestApiId"), ("api",), "any", resource)
    element = f"{_verb(resource)} {path_of(resource, declare)}"
    for when, written in alternatives(resource.get("Integration")):
        if isinstance(written, Map):
            call = Call(
                written.get("Type"),
                written.get("Uri"),
                written.get("Credentials"),
                written.get("RequestParameters"),
                written.get("RequestTemplates"),
                None,
                written.get("ConnectionId"),
                Place(resource.properties, "Integration"),
            )
            integration(resource, declare, api, call, element=element, when=when)


@declares("AWS::ApiGateway::Authorizer")
def rest_authorizer(resource: Resource, declare: Declarations) -> None:
    """A Lambda authorizer is called before each request."""
    api = End(resource.get("RestApiId"), ("api",), "any", resource)
    if resource.get("AuthorizerUri") is not None:
        authorizer(resource, declare, api, resource.get("AuthorizerUri"), Place(resource.properties, "AuthorizerUri"))


def path_of(resource: Resource, declare: Declarations) -> str:
    """The path of a method: the path parts of the resources that it is under; `?` for what is not known."""
    names: list[str] = []
    above = resource.get("ResourceId")
    for _ in range(MAX_PATH):
        if not isinstance(above, Ref):
            break
        holder = declare.resource(above.id)
        if holder is None or not holder.type.endswith("::Resource"):  # the API itself: its root
            break
        part = get(holder.properties, "PathPart")
        names.append(part if isinstance(part, str) else "?")
        above = holder.get("ParentId")
    return "/" + "/".join(reversed(names))


def _verb(resource: Resource) -> str:
    verb = resource.get("HttpMethod")
    return verb if isinstance(verb, str) else "?"
