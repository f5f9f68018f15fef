"""The remaining Serverless types: tables, layers, WebSocket and GraphQL APIs; applications are left for the loader."""

from __future__ import annotations

from edalint.frontends.cloudformation.sam.apis import STAGE_PASSED, integration_uri
from edalint.frontends.cloudformation.sam.expansion import Expansion, condition_of
from edalint.frontends.cloudformation.sam.functions import tag_list
from edalint.frontends.cloudformation.sam.shapes import is_absent, plain, ref, renamed, sub
from edalint.hints import Any
from edalint.model.graph import Place
from edalint.model.values import Map

LETTERS = {"String": "S", "Number": "N", "Binary": "B"}


def simple_table(expansion: Expansion, id: str, resource: Map, properties: Map) -> None:
    """A table with one key (`id`, a string, unless the template says otherwise)."""
    key = plain(properties.get("PrimaryKey"))
    name, kind = key.get("Name", "id"), key.get("Type", "String")
    items: dict[str, Any] = {
        "AttributeDefinitions": [Map({"AttributeName": name, "AttributeType": LETTERS.get(str(kind), kind)})],
        "KeySchema": [Map({"AttributeName": name, "KeyType": "HASH"})],
    }
    items.update({k: properties[k] for k in ("TableName", "ProvisionedThroughput", "SSESpecification") if k in properties})
    items.setdefault("BillingMode", "PAY_PER_REQUEST")
    if "ProvisionedThroughput" in items:
        del items["BillingMode"]
    if not is_absent(properties.get("Tags")):
        items["Tags"] = tag_list(properties["Tags"])
    names = {"AttributeDefinitions": "PrimaryKey", "KeySchema": "PrimaryKey"}
    expansion.keep(id, resource, "AWS::DynamoDB::Table", renamed(properties, items, names))


def layer(expansion: Expansion, id: str, resource: Map, properties: Map) -> None:
    """A layer; SAM also adds a digest to its id, which nothing can name."""
    items = {k: v for k, v in properties.items() if k not in ("ContentUri", "RetentionPolicy", "PublishLambdaVersion")}
    if "ContentUri" in properties:
        items["Content"] = properties["ContentUri"]
    expansion.keep(id, resource, "AWS::Lambda::LayerVersion", renamed(properties, items, {"Content": "ContentUri"}))


def web_socket(expansion: Expansion, id: str, resource: Map, properties: Map) -> None:
    """A WebSocket API, with a route, an integration and a permission for each of its routes."""
    condition = condition_of(resource)
    own = ("Name", "Description", "ApiKeySelectionExpression", "DisableExecuteApiEndpoint", "DisableSchemaValidation", "IpAddressType")
    items: dict[str, Any] = {k: properties[k] for k in own if k in properties}
    items["ProtocolType"] = "WEBSOCKET"
    items["RouteSelectionExpression"] = properties.get("RouteSelectionExpression", "$request.body.action")
    kind = str(resource.get("Type"))
    expansion.keep(id, resource, "AWS::ApiGatewayV2::Api", properties.like(items))
    stage = properties.get("StageName", "default")
    name = stage if isinstance(stage, str) else ""
    routes = plain(properties.get("Routes"))
    for key, written in routes.items():
        route, place = plain(written), Place(routes, key)
        base = f"{id}{key.replace('$', '').capitalize()}"
        function = route.get("FunctionArn")
        target = Map({"Fn::Join": ["/", ["integrations", ref(f"{base}Integration")]]})
        body = {"ApiId": ref(id), "RouteKey": key, "Target": target}
        expansion.add(f"{base}Route", "AWS::ApiGatewayV2::Route", route.like(body), place, kind, condition)
        integration = {"ApiId": ref(id), "IntegrationType": "AWS_PROXY", "IntegrationUri": integration_uri(function)}
        properties_of = renamed(route, integration, {"IntegrationUri": "FunctionArn"})
        expansion.add(f"{base}Integration", "AWS::ApiGatewayV2::Integration", properties_of, place, kind, condition)
        arn = f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{id}.ApiId}}/"
        source = sub(f"{arn}{stage}/{key}") if isinstance(stage, str) else sub(f"{arn}${{__StageName__}}/{key}", __StageName__=stage)
        allowed = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": function,
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": source,
        }
        granted = renamed(route, allowed, {"FunctionName": "FunctionArn"})
        expansion.add(f"{base}Permission", "AWS::Lambda::Permission", granted, place, kind, condition)
    settings = {k: properties[k] for k in STAGE_PASSED if k in properties}
    staged: dict[str, Any] = {"ApiId": ref(id), "StageName": stage, "AutoDeploy": True, **settings}
    stage_id = f"{id}DefaultStage" if name == "default" else f"{id}{name}Stage"
    expansion.add(stage_id, "AWS::ApiGatewayV2::Stage", properties.like(staged), Place(expansion.written, id), kind, condition)


def graph_ql(expansion: Expansion, id: str, resource: Map, properties: Map) -> None:
    """A GraphQL API and its data sources that are functions or tables."""
    condition = condition_of(resource)
    kind = str(resource.get("Type"))
    own = {k: v for k, v in properties.items() if k in ("Name", "XrayEnabled", "LogConfig", "Visibility")}
    expansion.keep(id, resource, "AWS::AppSync::GraphQLApi", properties.like(own))
    sources = plain(properties.get("DataSources"))
    for written, type, config in (("Lambda", "AWS_LAMBDA", "LambdaConfig"), ("DynamoDb", "AMAZON_DYNAMODB", "DynamoDBConfig")):
        group = plain(sources.get(written))
        for key, value in group.items():
            source = plain(value)
            detail: dict[str, Any] = {}
            if written == "Lambda":
                detail["LambdaFunctionArn"] = source.get("FunctionArn")
            else:
                detail["TableName"] = source.get("TableName")
            items = {"ApiId": Map({"Fn::GetAtt": [id, "ApiId"]}), "Name": source.get("Name", key), "Type": type}
            if "ServiceRoleArn" in source:
                items["ServiceRoleArn"] = source["ServiceRoleArn"]
            items[config] = renamed(source, detail, {"LambdaFunctionArn": "FunctionArn"})
            expansion.add(f"{id}{key}DataSource", "AWS::AppSync::DataSource", source.like(items), Place(group, key), kind, condition)
