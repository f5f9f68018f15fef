"""APIs, written or implicit, and the events that put paths into them.

The definition of an API that SAM manages is built here (`Body`, OpenAPI with Amazon's integrations), so that whoever reads
the API sees which path calls what; a definition that the template gives is kept.
"""

from __future__ import annotations

import re

from edalint.frontends.cloudformation.attachments import ASKED
from edalint.frontends.cloudformation.sam import globals as sam_globals
from edalint.frontends.cloudformation.sam.expansion import APIS, Event, Expansion, allow, condition_of
from edalint.frontends.cloudformation.sam.push import permission, suffixed
from edalint.frontends.cloudformation.sam.schedules import delivery_role
from edalint.frontends.cloudformation.sam.shapes import (
    NO_VALUE,
    Composed,
    get_att,
    is_absent,
    is_intrinsic,
    plain,
    ref,
    referred,
    renamed,
    sub,
    text,
)
from edalint.hints import Any
from edalint.model.graph import Place
from edalint.model.values import Map

REST, HTTP = "AWS::Serverless::Api", "AWS::Serverless::HttpApi"
IMPLICIT = {REST: "ServerlessRestApi", HTTP: "ServerlessHttpApi"}
ANY = "x-amazon-apigateway-any-method"
INTEGRATION = "x-amazon-apigateway-integration"
DEFAULT_PATH = "$default"
REST_PASSED = (
    "ApiKeySourceType", "BinaryMediaTypes", "DefinitionUri", "Description", "DisableExecuteApiEndpoint", "EndpointConfiguration", "FailOnWarnings",
    "MinimumCompressionSize", "Mode", "Name", "SecurityPolicy",
)  # fmt: skip
HTTP_PASSED = ("DefinitionUri", "Description", "DisableExecuteApiEndpoint", "FailOnWarnings", "Name")
STAGE_PASSED = (
    "AccessLogSetting", "AccessLogSettings", "CanarySetting", "DefaultRouteSettings", "MethodSettings", "RouteSettings", "StageVariables",
    "TracingEnabled", "Variables",
)  # fmt: skip


class Api:
    """An API on its way through SAM."""

    __slots__ = ("conditions", "id", "paths", "place", "properties", "resource", "type", "written")

    def __init__(self, type: str, id: str, resource: Map, properties: Map, place: Place, written: bool) -> None:
        self.type = type
        self.id = id
        self.resource = resource
        self.properties = properties
        self.place = place
        self.written = written
        self.paths: dict[str, dict[str, tuple[Event, Any]]] = {}
        """Path -> method -> the event that asks for it, and the operation."""
        self.conditions: list[str | None] = []
        """The conditions of the events."""


def _building(expansion: Expansion) -> dict[str, Api]:
    """The APIs that are being built: first those that the template writes."""
    apis: dict[str, Api] | None = expansion.settings.get("apis")
    if apis is None:
        apis = expansion.settings["apis"] = {}
        for id, resource in expansion.resources.items():
            if isinstance(resource, Map) and resource.get("Type") in APIS:
                place = Place(expansion.written, id)
                apis[id] = Api(str(resource["Type"]), id, resource, _properties(resource), place, True)
    return apis


def _properties(resource: Map) -> Map:
    properties = resource.get("Properties")
    return properties if isinstance(properties, Map) and not is_intrinsic(properties) else resource.like({})


# events


def function_rest(expansion: Expansion, event: Event) -> None:
    """A path of a REST API that calls the function."""
    api, id, suffix = _rest_api(expansion, event)
    method, path = _method(event), _path(event)
    asked = "*" if method == "any" else method.upper()
    arn = _source_arn(id, f"{asked}{_permitted(path)}")
    permission(expansion, event, "apigateway.amazonaws.com", id=suffixed(f"{event.id}Permission", suffix), source_arn=arn, source="Path")
    integration = {"httpMethod": "POST", "type": "aws_proxy", "uri": integration_uri(event.owner.arn)}
    _put(api, event, path, ANY if method == "any" else method, integration)


def machine_rest(expansion: Expansion, event: Event) -> None:
    """A path of a REST API that starts the state machine."""
    api, _, _ = _rest_api(expansion, event)
    start = ("StartExecutionPolicy", allow("states:StartExecution", event.owner.arn))
    role = delivery_role(expansion, event, "apigateway.amazonaws.com", start)
    target = event.owner.arn.get("Ref") or event.owner.id
    template = sub(f'{{"input": "$util.escapeJavaScript($input.json(\'$\'))", "stateMachineArn": "${{{target}}}"}}')
    integration = {
        "httpMethod": "POST",
        "type": "aws",
        "uri": sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution"),
        "credentials": get_att(role),
        "requestTemplates": Map({"application/json": template}),
    }
    method = _method(event)
    _put(api, event, _path(event), ANY if method == "any" else method, integration)


def comes_later(event: Event) -> bool:
    """Whether an event has to wait: the default route of an HTTP API covers its others, so it is expanded first."""
    return event.type != "HttpApi" or (event.get("Path") or event.get("Method")) not in (None, DEFAULT_PATH)


def function_http(expansion: Expansion, event: Event) -> None:
    """A route of an HTTP API that calls the function."""
    given = event.get("ApiId")
    id = referred(given) if given is not None else IMPLICIT[HTTP]
    api = _api(expansion, HTTP, id, given is None)
    bare = event.get("Path") is None and event.get("Method") is None
    path, method = (DEFAULT_PATH, ANY) if bare else (_path(event), _method(event))
    method = ANY if method == "any" else method
    covered = api is not None and path != DEFAULT_PATH and _calls(api, DEFAULT_PATH, ANY, event)
    if not covered:
        asked = "*" if method == ANY else method.upper()
        route = (
            DEFAULT_PATH if path == f"/{DEFAULT_PATH}" and method == ANY else f"{asked}{'' if path == DEFAULT_PATH else _permitted(path)}"
        )
        arn = _source_arn(ref(IMPLICIT[HTTP]) if given is None else given, route)
        permission(expansion, event, "apigateway.amazonaws.com", source_arn=arn, source="Path")
    integration: dict[str, Any] = {"httpMethod": "POST", "type": "aws_proxy", "uri": integration_uri(event.owner.arn)}
    version = event.get("PayloadFormatVersion")
    integration["payloadFormatVersion"] = "2.0" if version is None else version
    if event.get("TimeoutInMillis") is not None:
        integration["timeoutInMillis"] = event.get("TimeoutInMillis")
    _put(api, event, path, method, integration)


def _rest_api(expansion: Expansion, event: Event) -> tuple[Api | None, Any, str]:
    """The API that an event names, what stands for its id, and the suffix of its permission."""
    given = event.get("RestApiId")
    if given is None:
        return _api(expansion, REST, IMPLICIT[REST], True), ref(IMPLICIT[REST]), "Prod"
    id = given.get("Ref") if isinstance(given, Map) else given
    if not isinstance(id, str):
        return None, given, "AllStages"
    resource = expansion.resources.get(id)
    stage = plain(resource.get("Properties")).get("StageName") if isinstance(resource, Map) else None
    return _api(expansion, REST, id, False), given, stage if isinstance(stage, str) and stage else "Stage"


def _api(expansion: Expansion, type: str, id: str | None, create: bool) -> Api | None:
    apis = _building(expansion)
    if id is not None and id not in apis and create:
        shared = sam_globals.with_globals(plain(expansion.template.get("Globals")), type.rsplit(":", 1)[-1], Map({"Type": type}))
        apis[id] = Api(type, id, shared, plain(shared.get("Properties")), Place(None), False)
    return apis.get(id) if id is not None else None


def _put(api: Api | None, event: Event, path: str, method: str, integration: dict[str, Any]) -> None:
    if api is None:
        return
    if not api.conditions and not api.written:
        api.place = event.place
    api.conditions.append(event.condition)
    items: dict[str, Any] = {INTEGRATION: event.properties.like(integration), "responses": Map()}
    authorizer = plain(event.get("Auth")).get("Authorizer") or plain(api.properties.get("Auth")).get("DefaultAuthorizer")
    if isinstance(authorizer, str) and authorizer != "NONE":
        items["security"] = [Map({authorizer: []})]
    operation: Map = renamed(event.properties, items, {INTEGRATION: "Method", "responses": "Method"})
    if event.condition is not None:
        operation = Map({"Fn::If": [event.condition, operation, NO_VALUE]})
    api.paths.setdefault(path, {}).setdefault(method, (event, operation))


def _calls(api: Api, path: str, method: str, event: Event) -> bool:
    found = api.paths.get(path, {}).get(method)
    return found is not None and found[0].owner is event.owner and "Fn::GetAtt" in event.owner.arn  # never an alias


def _method(event: Event) -> str:
    method = event.get("Method")
    return method.lower() if isinstance(method, str) else "any"


def _path(event: Event) -> str:
    path = event.get("Path")
    return path if isinstance(path, str) else "/{proxy+}"


def _permitted(path: str) -> str:
    """A path as a permission names it: parameters are wildcards, no slash at its end."""
    path = re.sub(r"^(.+)/$", r"\1", path)
    return re.sub(r"\{[A-Za-z0-9._-]+\+?\}", "*", path)


def _source_arn(api: Any, route: str) -> Map:
    return sub(
        f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{__ApiId__}}/${{__Stage__}}/{route}",
        __ApiId__=api,
        __Stage__="*",
    )


def integration_uri(arn: Any) -> Map:
    """The URI by which API Gateway calls a function."""
    path = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
    id = arn.get("Ref") if isinstance(arn, Map) else None
    attribute = arn.get("Fn::GetAtt") if isinstance(arn, Map) else None
    if isinstance(attribute, list) and all(isinstance(part, str) for part in attribute):
        id = ".".join(attribute)
    if isinstance(id, str):
        return sub(f"{path}${{{id}}}/invocations")
    return sub(f"{path}${{FunctionArn}}/invocations", FunctionArn=arn)


# the APIs themselves


def finish(expansion: Expansion) -> None:
    """Put every API, its stage and what its authorizers need into the expansion."""
    for api in _building(expansion).values():
        condition = condition_of(api.resource) if api.written else _implicit_condition(expansion, api)
        items = {k: api.properties[k] for k in (REST_PASSED if api.type == REST else HTTP_PASSED) if k in api.properties}
        body = _body(api)
        if body is not None:
            items["Body"] = body
        if api.paths and (body is None or is_intrinsic(body)):
            items[ASKED] = _managed(api)
        properties = renamed(api.properties, items, {"Body": "DefinitionBody"})
        type = "AWS::ApiGateway::RestApi" if api.type == REST else "AWS::ApiGatewayV2::Api"
        if api.written:
            expansion.keep(api.id, api.resource, type, properties)
        else:
            expansion.add(api.id, type, properties, api.place, api.type, condition)
        _stage(expansion, api, condition)
        _authorizer_permissions(expansion, api, condition)


def _implicit_condition(expansion: Expansion, api: Api) -> str | None:
    named = [c for c in api.conditions if c is not None]
    if not named or len(named) < len(api.conditions):
        return None
    return expansion.any_of(f"{api.id}Condition", named)


def _body(api: Api) -> Any:
    given = api.properties.get("DefinitionBody")
    if is_absent(given):
        if not is_absent(api.properties.get("DefinitionUri")):
            return None
        return _managed(api)
    if not isinstance(given, Map) or is_intrinsic(given):
        return given
    given = _with_authorizers(api, given)
    merges = api.type == HTTP or api.properties.get("MergeDefinitions") is True
    if not merges or not api.paths:
        return given
    return given.like({**given, "paths": _paths(api, plain(given.get("paths")))})


def _managed(api: Api) -> Map:
    """The definition that SAM makes of the events."""
    version = {"swagger": "2.0"} if api.type == REST else {"openapi": "3.0.1"}
    return api.properties.like({**version, "paths": _paths(api, Map()), **_security(api)})


def _with_authorizers(api: Api, given: Map) -> Map:
    """A written definition with the authorizers of `Auth` among its own."""
    added = _security(api)
    if not added:
        return given
    both = {key: Map({**plain(given.get(key)), **value}) for key, value in added.items()}
    return given.like({**given, **both})


def _paths(api: Api, given: Map) -> Map:
    """The given paths with those of the events; an integration that is written stays."""
    paths: dict[str, Any] = dict(given)
    origins: dict[str, tuple[Map, str | None]] = {}
    for path, methods in api.paths.items():
        written = paths.get(path)
        if written is not None and (not isinstance(written, Map) or is_intrinsic(written)):
            continue
        event = next(iter(methods.values()))[0]
        operations: dict[str, Any] = dict(written or {})
        inside: dict[str, tuple[Map, str | None]] = {}
        for method, (asking, operation) in methods.items():
            had = operations.get(method)
            if isinstance(had, Map) and (INTEGRATION in had or is_intrinsic(had) or is_intrinsic(operation)):
                continue
            operations[method] = had.like({**operation, **had}) if isinstance(had, Map) else operation
            inside[method] = (asking.properties, "Method")
        paths[path] = Composed(operations, written if isinstance(written, Map) else event.properties, inside)
        if path not in given:
            origins[path] = (event.properties, "Path")
    return Composed(paths, given, origins)


def _security(api: Api) -> dict[str, Any]:
    """The definitions of the authorizers that call functions."""
    definitions: dict[str, Any] = {}
    authorizers = plain(plain(api.properties.get("Auth")).get("Authorizers"))
    for name, authorizer in authorizers.items():
        function = plain(authorizer).get("FunctionArn")
        if is_absent(function):
            continue
        kind = plain(authorizer).get("FunctionPayloadType", "REQUEST" if api.type == HTTP else "TOKEN")
        detail: dict[str, Any] = {"type": str(kind).lower(), "authorizerUri": integration_uri(function)}
        role = plain(authorizer).get("FunctionInvokeRole")
        if not is_absent(role) and role != "NONE":
            detail["authorizerCredentials"] = role
        definitions[name] = renamed(
            authorizer,
            {"type": "apiKey", "in": "header", "x-amazon-apigateway-authorizer": authorizer.like(detail)},
            {"x-amazon-apigateway-authorizer": "FunctionArn"},
        )
    if not definitions:
        return {}
    if api.type == REST:
        return {"securityDefinitions": authorizers.like(definitions)}
    return {"components": Map({"securitySchemes": authorizers.like(definitions)})}


def _authorizer_permissions(expansion: Expansion, api: Api, condition: str | None) -> None:
    """API Gateway may call an authorizer's function: a REST API unless told not to, an HTTP API if told to."""
    authorizers = plain(plain(api.properties.get("Auth")).get("Authorizers"))
    for name, written in authorizers.items():
        authorizer = plain(written)
        function = authorizer.get("FunctionArn")
        switch = "EnableFunctionDefaultPermissions" if api.type == HTTP else "DisableFunctionDefaultPermissions"
        if is_absent(function) or (authorizer.get(switch) is True) is not (api.type == HTTP):
            continue
        arn = sub("arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*", __ApiId__=ref(api.id))
        items = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": function,
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": arn,
        }
        body = renamed(authorizer, items, {"FunctionName": "FunctionArn"})
        id = suffixed(f"{api.id}", str(name)) + "AuthorizerPermission"
        expansion.add(id, "AWS::Lambda::Permission", body, Place(authorizers, name), api.type, condition)


def _stage(expansion: Expansion, api: Api, condition: str | None) -> None:
    name = api.properties.get("StageName")
    if not api.written and api.type == REST:
        name = "Prod"
    items: dict[str, Any] = {k: api.properties[k] for k in STAGE_PASSED if k in api.properties}
    if api.type == HTTP:
        absent = is_absent(name) or name == DEFAULT_PATH
        items.update({"ApiId": ref(api.id), "StageName": DEFAULT_PATH if absent else name, "AutoDeploy": True})
        id = f"{api.id}ApiGatewayDefaultStage" if absent else _stage_id(api.id, name)
        type = "AWS::ApiGatewayV2::Stage"
    else:
        items.update({"RestApiId": ref(api.id), "StageName": name})
        id = _stage_id(api.id, name)
        type = "AWS::ApiGateway::Stage"
    place = Place(api.properties, "StageName") if "StageName" in api.properties else api.place
    expansion.add(id, type, api.properties.like(items), place, api.type, condition)
    expansion.renames[f"{api.id}.Stage"] = id


def _stage_id(api: str, name: Any) -> str:
    stage = text(name) or ""
    if stage.isalnum():
        return f"{api}{stage}Stage"
    return suffixed(f"{api}Stage", stage) if stage else f"{api}Stage"
