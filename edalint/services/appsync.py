"""AWS AppSync: GraphQL APIs and the data sources that their resolvers call or send to."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Ref, alternatives, parts_of
from edalint.services._gateway import unnamed_target
from edalint.services._shared import maps
from edalint.services._terraform import many, one, translation
from edalint.services.registry import Identity, declares, identities, terraform

identities(
    {
        "AWS::AppSync::GraphQLApi": Identity(
            "api",
            None,
            "arn",
            arn="arn:{P}:appsync:{R}:{A}:apis/{id}",
            url="https://{id}.appsync-api.{R}.{U}/graphql",
            attributes={"ApiId": "id", "Arn": "arn", "GraphQLUrl": "url", "GraphQLEndpointArn": "arn"},
        ),
        "AWS::AppSync::DataSource": Identity("AWS::AppSync::DataSource", "Name", "arn", attributes={"Name": "name"}),
    }
)

terraform(
    {
        "aws_appsync_graphql_api": translation(
            "AWS::AppSync::GraphQLApi",
            {
                "lambda_authorizer_config": one("LambdaAuthorizerConfig"),
                "additional_authentication_provider": many(
                    "AdditionalAuthenticationProviders", {"lambda_authorizer_config": one("LambdaAuthorizerConfig")}
                ),
            },
            {"arn": "Arn", "id": "ApiId"},
        ),
        "aws_appsync_datasource": translation(
            "AWS::AppSync::DataSource",
            {
                "lambda_config": one("LambdaConfig", {"function_arn": "LambdaFunctionArn"}),
                "event_bridge_config": one("EventBridgeConfig"),
                "http_config": one("HttpConfig"),
            },
            {"arn": "Ref", "name": "Name"},
        ),
    }
)


@declares("AWS::AppSync::GraphQLApi")
def graphql_api(resource: Resource, declare: Declarations) -> None:
    """A GraphQL API and the functions that decide who may call it."""
    node = declare.node(resource, "api")
    configurations = [(True, resource.properties), *maps(resource.get("AdditionalAuthenticationProviders"))]
    for when, configuration in configurations:
        for inner, lambda_ in maps(configuration.get("LambdaAuthorizerConfig")):
            uri = lambda_.get("AuthorizerUri")
            if uri is not None:
                end = End(uri, ("function",), "any", resource)
                declare.edge(
                    "invoke",
                    node,
                    end,
                    resource,
                    when=inner if when is True else when,
                    place=Place(lambda_, "AuthorizerUri"),
                    authorizer=True,
                )


@declares("AWS::AppSync::DataSource")
def data_source(resource: Resource, declare: Declarations) -> None:
    """A data source: a function that is waited for, a bus that is sent to, an API that is called, or an AWS service by its own API."""
    api = End(resource.get("ApiId"), ("api",), "any", resource)
    found = (
        ("invoke", resource.get("LambdaConfig", "LambdaFunctionArn"), ("function",), "LambdaConfig"),
        ("publish", resource.get("EventBridgeConfig", "EventBusArn"), ("bus",), "EventBridgeConfig"),
        ("invoke", resource.get("HttpConfig", "Endpoint"), ("api",), "HttpConfig"),
    )
    for kind, value, kinds, key in found:
        if value is None or (key == "HttpConfig" and not any(isinstance(part, Ref) for part in parts_of(value))):
            continue
        end = End(value, kinds, "url" if key == "HttpConfig" else "arn", resource)
        place = Place(resource.properties, key)
        role = End(resource.get("ServiceRoleArn"), ("AWS::IAM::Role",), "arn", resource)
        part = declare.part(
            "integration", resource, api, place=place, ends={"target": end, "role": role}, service_action="", kind="appsync"
        )
        declare.edge(kind, api, end, resource, part=part)
    for when, configuration in alternatives(resource.get("HttpConfig")):
        service = get(configuration, "AuthorizationConfig", "AwsIamConfig", "SigningServiceName")
        unnamed = unnamed_target(service) if isinstance(service, str) else {}
        if unnamed:
            role = End(resource.get("ServiceRoleArn"), ("AWS::IAM::Role",), "arn", resource)
            place = Place(resource.properties, "HttpConfig")
            action = f"{service}:"
            declare.part(
                "integration", resource, api, when=when, place=place, ends={"role": role}, service_action=action, kind="appsync", **unnamed
            )
