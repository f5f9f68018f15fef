"""Push to HTTP endpoints: API destinations, connections and their secrets, HTTP subscriptions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.hints import Any
from edalint.linking import resolve
from edalint.model import texts
from edalint.model.graph import End, Node, Part, Place, unique
from edalint.model.lazy import pattern
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Text, Unknown, Value, parts_of, text_of

SECRETS: tuple[tuple[str, ...], ...] = (
    ("ApiKeyAuthParameters", "ApiKeyValue"),
    ("BasicAuthParameters", "Password"),
    ("OAuthParameters", "ClientParameters", "ClientSecret"),
)
"""Where a connection holds a secret: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-connection.html"""
HTTP_PARAMETERS: tuple[tuple[str, ...], ...] = (("InvocationHttpParameters",), ("OAuthParameters", "OAuthHttpParameters"))
HTTP_LISTS = ("HeaderParameters", "QueryStringParameters", "BodyParameters")
WILDCARD = "*"
DYNAMIC = "{{resolve:"
"""How a reference to a secret begins: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"""
SOURCE_LANGUAGES = ("cloudformation", "terraform")
"""Inputs whose values are what somebody wrote; a plan's and a state's may come from anywhere."""


# endpoints


@fact("part:endpoint", gives="string")
def url(part: Part, view: View) -> Any:
    """The URL that events are pushed to."""
    return view.string(part.data.get("url"))


@fact("part:endpoint", gives="string")
def scheme(part: Part, view: View) -> Any:
    """`http` or `https`: by the URL, or by the protocol of a subscription."""
    written = part.data.get("protocol")
    if isinstance(written, str):
        return written
    plain = texts.starts_with(texts.lower(view.string(part.data.get("url"))), "http://")
    return plain if isinstance(plain, Unknown) else "http" if plain else "https"


@fact("api-destination", gives="int")
def rate_limit(node: Node, view: View) -> Any:
    """How many calls a second it makes at most (300 unless set)."""
    from edalint.services import events

    return view.integer(node.properties, "InvocationRateLimitPerSecond", default=events.INVOCATION_RATE.value)


@fact("api-destination", gives="int")
def path_wildcards(node: Node, view: View) -> Any:
    """How many `*` its URL has: places for path parameters."""
    parts = parts_of(view.value(node.data.get("endpoint")))
    for part in parts:
        if isinstance(part, Unknown) and WILDCARD not in part.excludes:
            return Unknown("", "the URL is not known as a whole")
    return sum(p.count(WILDCARD) for p in parts if isinstance(p, str)) if parts else Unknown("", "the URL is not known")


@fact("part:target", gives="int")
def path_values(part: Part, view: View) -> Any:
    """How many path parameters the target gives (`PathParameterValues`)."""
    values = view.elements(part.properties, "HttpParameters", "PathParameterValues")
    return values if isinstance(values, Unknown) else len(values)


@fact("api-destination", gives="list<node:function>")
def functions_behind(node: Node, view: View) -> list[Node]:
    """The functions that answer at its URL, where that is an API or a function URL of this run; those of the path that it names, where
    that can be told.
    """
    endpoint = node.data.get("endpoint")
    found: list[Node] = []
    for target in resolve(view.graph, End(endpoint, ("api",), "url", node.resource)):
        if target.node is not None and target.node.kind == "api" and view.holds(target.when):
            edges = [e for e in view.out(target.node, "invoke") if e.target.kind == "function" and not e.attributes.get("authorizer")]
            path = _path(view.value(endpoint))
            named = [e for e in edges if path and path.endswith(_plain_path(e.element))]
            found += [e.target for e in named or edges]
    return unique(found)


def _path(url: Value) -> str:
    """The path of a URL as far as it is written, `*` for what is not."""
    text = "".join(p if isinstance(p, str) else WILDCARD for p in parts_of(url))
    return "/" + re.sub(r"^[a-z]+://", "", text).partition("/")[2].partition("?")[0].rstrip("/")


def _plain_path(element: str) -> str:
    """The path in an integration's name (`POST /orders`); a blank, which no path ends with, where it has none or a variable one."""
    path = element.partition(" ")[2]
    return path if path and path != "/" and "{" not in path and "?" not in path else " "


@fact("api-destination", gives="double")
def arrival_rate(node: Node, view: View) -> Any:
    """How many events a second arrive: from schedules one each time they fire, from rules what their metadata says
    (`edalint: {events_per_second: ...}`). At least this many where a sender says nothing; absent where none says anything.
    """
    total: float | None = None
    doubt: Unknown | None = None
    for edge in view.into(node, "deliver"):
        rate = _stated(edge.source, view)
        if rate is None and edge.source.kind == "schedule":
            rate = _rate(view.fact(edge.source, "schedule_expression"))
        if isinstance(rate, (int, float)):
            total = (total or 0.0) + rate
        elif rate is not None:
            doubt = rate
    return total if total is not None else doubt


def _stated(node: Node, view: View) -> Any:
    """The rate that the metadata of a rule or schedule states."""
    written = view.get(node.resource.metadata, "edalint", "events_per_second") if node.resource is not None else None
    return written if isinstance(written, (int, float)) and not isinstance(written, bool) else None


_RATE = pattern(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}


def _rate(expression: Any) -> float | Unknown:
    match = _RATE.fullmatch(expression.strip()) if isinstance(expression, str) else None
    if match is None or int(match[1]) == 0:
        return Unknown("", "how often a schedule fires is not known")
    return 1 / (int(match[1]) * _SECONDS[match[2]])


# subscriptions


@fact("part:subscription", gives="bool")
def has_delivery_policy(part: Part, view: View) -> Any:
    """Whether the subscription or its topic says how HTTP deliveries are retried (`DeliveryPolicy`)."""
    found = [view.get(part.properties, "DeliveryPolicy")]
    if isinstance(part.owner, Node):
        found.append(view.get(part.owner.properties, "DeliveryPolicy"))
    else:
        found.append(Unknown("", f"the topic of '{part.resource.name}' is not in this run"))
    if any(f is not None and not isinstance(f, Unknown) for f in found):
        return True
    unknown = next((f for f in found if isinstance(f, Unknown)), None)
    return unknown if unknown is not None else False


# secrets


@fact("part:connection", gives="list<string>")
def literal_secrets(part: Part, view: View) -> list[str]:
    """The properties whose secret stands in the template: as a literal, or as the default of a parameter or variable."""
    return [".".join(path) for path, _ in _literals(part, view)]


@fact("part:connection", gives="any")
def secret_place(part: Part, view: View) -> Any:
    """Where the first of these secrets is written. Untyped."""
    return next((place for _, place in _literals(part, view)), None)


def _literals(part: Part, view: View) -> Iterator[tuple[tuple[str, ...], Any]]:
    auth = view.get(part.properties, "AuthParameters")
    for path in SECRETS:
        holder = view.get(auth, *path[:-1])
        if isinstance(holder, dict) and _is_literal(view.get(holder, path[-1]), part.resource, ("AuthParameters", *path), view):
            yield path, Place(holder if isinstance(holder, Map) else None, path[-1])
    for path in HTTP_PARAMETERS:
        for name in HTTP_LISTS:
            entries = view.elements(auth, *path, name)
            for index, entry in enumerate([] if isinstance(entries, Unknown) else entries):
                if view.boolean(entry, "IsValueSecret", default=False) is True and isinstance(entry, Map):
                    written = ("AuthParameters", *path, name, str(index), "Value")
                    if _is_literal(view.get(entry, "Value"), part.resource, written, view):
                        yield (*path, name), Place(entry, "Value")


def _is_literal(value: Value, resource: Resource, path: tuple[str, ...], view: View) -> bool:
    """Whether a value stands in the templates alone: no parameter that is given at deployment has a share in it.

    A parameter with NoEcho is never read, so its default is looked up here.
    """
    if resource.unit.kind not in SOURCE_LANGUAGES:
        return False
    written = _written(resource, path)
    names = list(_parameters_in(written))
    if not names:
        return isinstance(value, str) and bool(value) and DYNAMIC not in value
    return (isinstance(value, str) or isinstance(written, dict)) and all(_has_default(name, resource) for name in names)


def _written(resource: Resource, path: tuple[str, ...]) -> Value:
    """What is written at a property, before references are followed."""
    here: Value = resource.written.get("Properties", resource.written)
    for key in path:
        here = _either_way(here)
        if isinstance(here, list) and key.isdigit():
            here = here[int(key)] if int(key) < len(here) else None
        else:
            here = get(here, key) if isinstance(here, dict) else None
    return _either_way(here)


def _either_way(written: Value) -> Value:
    """What a property is where both branches of its `Fn::If` say the same."""
    branches = written.get("Fn::If") if isinstance(written, dict) else None
    same = isinstance(branches, list) and len(branches) == 3 and branches[1] == branches[2]
    return branches[1] if same else written  # type: ignore[index]


def _parameters_in(written: Value) -> Iterator[str]:
    """The names that `Ref` and `Fn::Sub` mention."""
    stack = [written]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            name = value.get("Ref")
            if isinstance(name, str):
                yield name
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, (str, Text)):
            text = text_of(parts_of(value))
            yield from re.findall(r"\$\{(\w+)\}", text) if isinstance(text, str) else ()


def _has_default(name: str, resource: Resource) -> bool:
    """Whether a parameter of the template has a default that is the secret itself."""
    root = resource.document.root if resource.document is not None else None
    parameter = get(root, "Parameters", name) if isinstance(root, dict) else None
    if not isinstance(parameter, dict) or str(parameter.get("Type")).startswith("AWS::SSM::"):
        return False
    default = parameter.get("Default")
    return default not in (None, "") and DYNAMIC not in str(default)
