"""What an API calls: integrations of REST, HTTP and WebSocket APIs, as resources or inside an OpenAPI body.

A REST API names an AWS service by an integration URI (`arn:P:apigateway:R:SERVICE:action/ACTION` or `.../path/...`), the
target stands in the path, in request parameters or in a mapping template; an HTTP API names it by a subtype.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edalint.hints import Any
from edalint.model.conditions import Condition, both
from edalint.model.graph import Declarations, End, Node, Place
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Unknown, Value, alternatives, parts_of, text_of
from edalint.services._shared import structured

ROLE = ("AWS::IAM::Role",)
INTEGRATION = "x-amazon-apigateway-integration"
AUTHORIZER = "x-amazon-apigateway-authorizer"
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method"})
_HOLE_BASE = 0xE000
"""Holes of a text are looked through as characters of a private plane, one for each."""
_MAX_HOLES = 4096


class Service(NamedTuple):
    """A service that an API can hand a request to."""

    actions: tuple[str, ...]
    """The actions that move an event; the first is what a bare path means."""
    argument: tuple[str, ...]
    """What names the target among parameters and in templates."""
    kinds: tuple[str, ...]
    edge: str
    form: str


SERVICES: dict[str, Service] = {
    "sqs": Service(("SendMessage", "SendMessageBatch"), ("QueueUrl",), ("queue",), "publish", "any"),
    "sns": Service(("Publish", "PublishBatch"), ("TopicArn", "TargetArn"), ("topic",), "publish", "any"),
    "events": Service(("PutEvents",), ("EventBusName",), ("bus",), "publish", "any"),
    "kinesis": Service(("PutRecord", "PutRecords"), ("StreamName", "StreamARN"), ("stream",), "publish", "any"),
    "firehose": Service(("PutRecord", "PutRecordBatch"), ("DeliveryStreamName",), ("stream",), "publish", "any"),
    "states": Service(("StartExecution", "StartSyncExecution"), ("stateMachineArn",), ("state-machine",), "invoke", "any"),
}
"""Service in an integration URI -> what it takes."""
SUBTYPES = {
    "SQS": "sqs",
    "EventBridge": "events",
    "Kinesis": "kinesis",
    "StepFunctions": "states",
}
"""Beginning of an HTTP API's `IntegrationSubtype` -> service."""
SYNC_ACTIONS = frozenset({"StartSyncExecution"})


class Call(NamedTuple):
    """What an integration does, whichever sort of API and way of writing it."""

    type: Value
    uri: Value
    credentials: Value
    parameters: Value
    templates: Value
    subtype: Value
    connection: Value
    place: Place


def integration(
    resource: Resource, declare: Declarations, api: Node | End, call: Call, *, element: str = "", when: Condition = True
) -> None:
    """Declare an integration: a part of the API, and the edge to what it calls."""
    for condition, uri in alternatives(call.uri if call.subtype is None else call.subtype):
        joined = both(when, condition)
        found = _subtype(call, uri) if call.subtype is not None else _target(call, uri, declare)
        kind, end, action = found if found is not None else ("", None, "")
        unnamed = unnamed_target(action) if end is None else {}
        ends = {"role": End(call.credentials, ROLE, "arn", resource)} if call.credentials is not None else {}
        if end is not None:
            end = end._replace(resource=resource)
            ends["target"] = end
        part = declare.part(
            "integration",
            resource,
            api,
            element=element,
            when=joined,
            place=call.place,
            ends=ends,
            service_action=action,
            kind=call.type if call.type is not None else "",
            **unnamed,
        )
        if end is not None:
            edge = declare.edge(kind, api, end, resource, part=part)
            if action.startswith("states:"):
                edge.attributes["integration"] = "sync" if action.partition(":")[2] in SYNC_ACTIONS else "request-response"
            if kind == "invoke" and _is_asynchronous(call.parameters):
                edge.attributes["invocation"] = "event"


def unnamed_target(action: str) -> dict[str, Any]:
    """What to say of an integration whose target comes with the request: the edge that it is, and to what, if its role names one."""
    about = SERVICES.get(action.partition(":")[0])
    return {"edge": about.edge, "kinds": about.kinds} if about is not None else {}


def authorizer(resource: Resource, declare: Declarations, api: Node | End, uri: Value, place: Place, when: Condition = True) -> None:
    """Declare the call of a Lambda authorizer: the API waits for its answer."""
    for condition, plain in alternatives(uri):
        function = function_in(plain)
        if function is not None:
            end = End(function, ("function",), "any", resource)
            declare.edge("invoke", api, end, resource, when=both(when, condition), place=place, authorizer=True)


def function_in(uri: Value) -> Value:
    """The function in `arn:P:apigateway:R:lambda:path/DATE/functions/ARN/invocations`, or the ARN itself; None for anything else."""
    found = capture(uri, r"/functions/(.+?)(?:/invocations)?$")
    if found is not None:
        return found
    parts = parts_of(uri)
    if parts and isinstance(parts[0], str):
        return uri if re.match(r"arn:[^:]*:lambda:", parts[0]) or capture(uri, r"^arn:[^:]*:lambda:(.)") is not None else None
    return uri if parts and isinstance(parts[0], Ref) else None


def _target(call: Call, uri: Value, declare: Declarations) -> tuple[str, End | None, str] | None:
    """(kind of edge, target, service:action) of an integration URI."""
    kind = call.type if isinstance(call.type, str) else ""
    if kind.upper() in ("MOCK",) or uri is None:
        return None
    service, action = _service(uri)
    if service == "lambda" or (service == "" and _is_function(uri, declare)):
        function = function_in(uri)
        return ("invoke", End(function, ("function",), "any"), "lambda:InvokeFunction") if function is not None else None
    if service in SERVICES:
        return _service_target(call, uri, service, action)
    if service or kind.upper() in ("AWS", "AWS_PROXY"):
        return None
    return _proxied(call, uri, declare)


def _service(uri: Value) -> tuple[str, str]:
    """Service and action in an integration URI: `action/PutEvents`; a path has no action."""
    service = capture(uri, r"^arn:[^:]*:apigateway:[^:]*:(?:[^:./]+\.)?([a-z0-9-]+):")
    if not isinstance(service, str):
        return "", ""
    action = capture(uri, r":action/([A-Za-z]+)")
    return service, action if isinstance(action, str) else ""


def _is_function(uri: Value, declare: Declarations) -> bool:
    """Whether an HTTP API's integration URI is a function's ARN."""
    parts = parts_of(uri)
    if parts and isinstance(parts[0], Ref):
        meant = declare.resource(parts[0].id)
        return meant is not None and meant.type.startswith("AWS::Lambda::") and not meant.type.endswith("::Url")
    return capture(uri, r"^arn:[^:]*:lambda:(.)") is not None


def _service_target(call: Call, uri: Value, service: str, action: str) -> tuple[str, End | None, str] | None:
    about = SERVICES[service]
    written = _arguments(call)
    asked = action
    if not asked:
        said = next((a for text in written if (a := capture(text, r"(?:^|[?&'\"\s.])Action['\"]?\s*[:=]\s*['\"]?([A-Za-z]+)"))), None)
        asked = said if isinstance(said, str) else about.actions[0]
    if asked not in about.actions:
        return None
    target = _argument(written, about)
    if target is None and service == "sqs":
        target = capture(uri, r":path/(?:.+?)/([^/]+)$")
    if target is None and service == "events" and not any(isinstance(t, Unknown) for t in written):
        target = "default"
    if target is None or isinstance(target, Unknown):
        return about.edge, None, f"{service}:{asked}"
    return about.edge, End(target, about.kinds, about.form), f"{service}:{asked}"


def _subtype(call: Call, subtype: Value) -> tuple[str, End | None, str] | None:
    """The same of an HTTP API's `SQS-SendMessage`, `EventBridge-PutEvents` ..., whose parameters name the target."""
    if not isinstance(subtype, str):
        return None
    name, _, action = subtype.partition("-")
    service = SUBTYPES.get(name, "")
    about = SERVICES.get(service)
    if about is None or action not in about.actions:
        return None
    for argument in about.argument:
        key = argument[:1].upper() + argument[1:]
        target = get(call.parameters, key)
        if isinstance(target, str) and target.startswith("$"):
            return about.edge, None, f"{service}:{action}"
        if target is not None:
            return about.edge, End(target, about.kinds, about.form), f"{service}:{action}"
    return (about.edge, End("default", about.kinds, about.form), f"{service}:{action}") if service == "events" else None


def _arguments(call: Call) -> list[Value]:
    """Everything in which a target can be named: request parameters (`NAME=VALUE`) and mapping templates."""
    found: list[Value] = []
    for _, parameters in alternatives(call.parameters):
        if isinstance(parameters, dict):
            for key, value in parameters.items():
                name = str(key).rpartition(".")[2]
                found += [text_of([f"{name}=", plain]) for _, plain in alternatives(value)]
        elif parameters is not None:
            found.append(parameters)
    for _, templates in alternatives(call.templates):
        if isinstance(templates, dict):
            found += [plain for value in templates.values() for _, plain in alternatives(value)]
        elif templates is not None:
            found.append(templates)
    return found


def _argument(written: list[Value], about: Service) -> Value:
    """The target that parameters or templates name; Unknown where they take it from the request."""
    for name in about.argument:
        pattern = rf"(?i){name}[\"']?\s*[:=]\s*(?:\$util\.urlEncode\()?\s*\\?[\"']?([^\"'&\s\\),}}]+)"
        for text in written:
            found = capture(text, pattern)
            if found is not None:
                first = parts_of(found)[0]
                return Unknown("", "taken from the request") if isinstance(first, str) and first.startswith("$") else found
    return None


def _proxied(call: Call, uri: Value, declare: Declarations) -> tuple[str, End | None, str] | None:
    """An HTTP proxy: to a load balancer or API of the run, named by its URL, by a listener, or by a VPC link."""
    kinds = ("api", "service")
    if any(isinstance(part, Ref) for part in parts_of(uri)):
        return "invoke", End(uri, kinds, "any"), "http"
    for _, connection in alternatives(call.connection):
        parts = parts_of(connection)
        if len(parts) == 1 and isinstance(parts[0], Ref) and parts[0].id in declare.resources:
            return "invoke", End(connection, kinds, "any"), "http"
    return None


def _is_asynchronous(parameters: Value) -> bool:
    """Whether a REST integration asks Lambda not to be waited for (`X-Amz-Invocation-Type: 'Event'`)."""
    if not isinstance(parameters, dict):
        return False
    return any(str(k).lower().endswith(".x-amz-invocation-type") and str(v).strip("'") == "Event" for k, v in parameters.items())


# OpenAPI


def body(resource: Resource, declare: Declarations, api: Node, document: Value, place: Place) -> None:
    """Declare what the OpenAPI definition of an API says: its integrations and its Lambda authorizers."""
    for when, definition in alternatives(structured(document, place)):
        if not isinstance(definition, Map):
            continue
        components = get(definition, "components", "x-amazon-apigateway-integrations")
        for condition, path, method, operation in _operations(definition):
            for inner, written in alternatives(operation.get(INTEGRATION)):
                named = _component(written, components)
                if isinstance(named, Map):
                    call = _from_openapi(named, Place(operation, INTEGRATION))
                    element = (
                        f"{method.upper()} {path}" if method.lower() in METHODS - {"x-amazon-apigateway-any-method"} else f"ANY {path}"
                    )
                    integration(resource, declare, api, call, element=element, when=both(when, condition, inner))
        for schemes in (get(definition, "securityDefinitions"), get(definition, "components", "securitySchemes")):
            for condition, scheme in _children(schemes):
                uri = get(scheme, AUTHORIZER, "authorizerUri")
                if uri is not None:
                    authorizer(resource, declare, api, uri, Place(scheme, AUTHORIZER), both(when, condition))


def _operations(definition: Map) -> Iterator[tuple[Condition, str, str, Map]]:
    for path_when, paths in alternatives(definition.get("paths")):
        if not isinstance(paths, dict):
            continue
        for path, value in paths.items():
            for when, methods in alternatives(value):
                if isinstance(methods, dict):
                    for method, operation in methods.items():
                        for inner, plain in alternatives(operation):
                            if isinstance(plain, Map):
                                yield both(path_when, when, inner), str(path), str(method), plain


def _children(value: Value) -> Iterator[tuple[Condition, Map]]:
    for when, plain in alternatives(value):
        if isinstance(plain, dict):
            for child in plain.values():
                for inner, found in alternatives(child):
                    if isinstance(found, Map):
                        yield both(when, inner), found


def _component(written: Value, components: Value) -> Value:
    """An integration, or the one in `components` that `$ref` names."""
    reference = written.get("$ref") if isinstance(written, dict) else None
    return get(components, reference.rpartition("/")[2]) if isinstance(reference, str) else written


def _from_openapi(written: Map, place: Place) -> Call:
    return Call(
        written.get("type"),
        written.get("uri"),
        written.get("credentials"),
        written.get("requestParameters"),
        written.get("requestTemplates"),
        written.get("integrationSubtype"),
        written.get("connectionId"),
        place,
    )


# texts with holes


def capture(value: Value, pattern: str) -> Value:
    """What a group of a regular expression finds in a text, holes kept; None where it finds nothing, Unknown for an unknown text."""
    parts = parts_of(value)
    if not parts or len(parts) > _MAX_HOLES:
        return None
    if len(parts) == 1 and isinstance(parts[0], Unknown):
        return None
    line = "".join(part if isinstance(part, str) else chr(_HOLE_BASE + index) for index, part in enumerate(parts))
    match = re.search(pattern, line)
    if match is None:
        return None
    pieces: list[Value] = []
    for character in match.group(1):
        index = ord(character) - _HOLE_BASE
        pieces.append(parts[index] if 0 <= index < len(parts) and not isinstance(parts[index], str) else character)
    return text_of(pieces)
