"""What a reference is as text: a name, an ARN, a URL, by the identity of its resource's type.

A part that the templates don't say is a symbol: the generated name of a queue is `template.yaml#Queue.QueueName`
wherever it is asked for, so two texts that both hold it agree on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.resources import Resource
from edalint.model.values import Ref, Text, Unknown, Value, map_value, parts_of, settled, text_of
from edalint.services import registry
from edalint.services.registry import Identity

NAME_EXCLUDES = ":/*?"
"""What no name that AWS makes, region or account id contains."""
_SLASHED = ("AWS::Logs::", "AWS::SSM::", "AWS::Events::EventBus", "AWS::SecretsManager::", "AWS::IAM::")
"""Types (by prefix) whose given names may hold a slash."""
_MAX_DEPTH = 8
"""Names made of references to resources whose names are made of references ... further than this."""

Resources = Mapping[str, Resource]
_PIECE = pattern(r"\[([^\]]*)\]|\{(\w+)\}|([^\[{]+)")
_PIECES: dict[str, list[Any]] = {}
"""Form of an identity -> its pieces; there are a hundred or so."""
_PLACEHOLDER = pattern(r"\{(\w+)\}")


def identity_of(type: str) -> Identity | None:
    """The identity of a resource type; its service is loaded if need be."""
    if type not in registry.IDENTITIES:
        registry.load([type])
    return registry.IDENTITIES.get(type)


def form_of(ref: Ref, type: str) -> str:
    """What a reference to a resource of this type gives: `name`, `arn`, `url`, `id`, a shape of its own; empty where that is not known."""
    identity = identity_of(type)
    if identity is None:
        return ""
    if ref.attribute == "Ref":
        return identity.ref
    return identity.attributes.get(ref.attribute, "arn" if ref.attribute == "Arn" and identity.arn else "")


def shape(ref: Ref, resources: Resources, form: str | None = None) -> Value:
    """A reference as text: what it gives itself, or (with `form`) the resource's name, ARN or URL."""
    return _shape(ref, resources, form, 0)


def expand(value: Value, resources: Resources) -> Value:
    """A text with every reference in it replaced by what it gives; what is no text is left as it is."""
    return _expand(value, resources, 0)


def shape_of(resource: Resource, form: str, resources: Resources) -> Value:
    """The name, ARN, URL or id of a resource."""
    return _shape(Ref(resource.id), resources, form, 0, resource)


def _expand(value: Value, resources: Resources, depth: int) -> Value:
    value = settled(value)
    if isinstance(value, Ref):
        return _shape(value, resources, None, depth)
    if isinstance(value, Text) and Ref in map(type, value.parts):
        return text_of([_shape(p, resources, None, depth) if isinstance(p, Ref) else p for p in value.parts])
    return map_value(value, lambda plain: _expand(plain, resources, depth)) if not _plain(value) else value


def _plain(value: Value) -> bool:
    return isinstance(value, (str, int, float, bool, list, dict, Text, Unknown)) or value is None


def _shape(ref: Ref, resources: Resources, form: str | None, depth: int, resource: Resource | None = None) -> Value:
    resource = resource or resources.get(ref.id)
    identity = identity_of(resource.type) if resource is not None else None
    if resource is None or identity is None or depth > _MAX_DEPTH:
        return _unsaid(ref)
    form = form or form_of(ref, resource.type)
    if form == "name":
        return _name(resource, identity, resources, depth)
    if form == "id":
        return _id(resource)
    pattern = identity.arn if form == "arn" else identity.url if form == "url" else form if "{" in form else ""
    return text_of(_filled(pattern, resource, identity, resources, depth)) if pattern else _unsaid(ref)


def _unsaid(ref: Ref) -> Unknown:
    return Unknown(f"{ref.id}.{ref.attribute}", f"what {ref.attribute} of {ref.id.rpartition('#')[2]} is, only AWS knows")


def _id(resource: Resource) -> Unknown:
    return Unknown(f"{resource.id}.id", f"the id of {resource.name}, which AWS makes", excludes=NAME_EXCLUDES, unique=True)


def _generated(resource: Resource, property: str) -> Unknown:
    return Unknown(f"{resource.id}.{property}", f"the name of {resource.name}, which AWS makes", excludes=NAME_EXCLUDES, unique=True)


def _name(resource: Resource, identity: Identity, resources: Resources, depth: int) -> Value:
    property = identity.name
    if property is None:
        return _id(resource)
    given = resource.properties.get(property)
    if type(given) is str:
        return given
    if given is None:
        return _generated(resource, property)
    slashed = resource.type.startswith(_SLASHED)

    def plain(value: Value) -> Value:
        if value is None or not parts_of(value):
            return _generated(resource, property)
        value = _expand(value, resources, depth + 1)
        return text_of([_narrow(p, slashed) for p in parts_of(value)])

    return map_value(given, plain)


def _narrow(part: str | Ref | Unknown, slashed: bool) -> Value:
    """A hole of a name as one: it holds no colon, whatever else may fill the parameter."""
    if not isinstance(part, Unknown) or part.excludes or not part.symbol:
        return part
    return Unknown(part.symbol, part.reason, outside=part.outside, excludes=":*?" if slashed else NAME_EXCLUDES)


def _filled(pattern: str, resource: Resource, identity: Identity, resources: Resources, depth: int) -> Iterator[Value]:
    pieces = _PIECES.get(pattern)
    if pieces is None:
        pieces = _PIECES[pattern] = [match.groups() for match in _PIECE.finditer(pattern)]
    for group, placeholder, literal in pieces:
        if literal is not None:
            yield literal
        elif placeholder is not None:
            yield _placeholder(placeholder, resource, identity, resources, depth)
        else:
            yield _optional(group, resource, identity, resources, depth)


def _placeholder(name: str, resource: Resource, identity: Identity, resources: Resources, depth: int) -> Value:
    unit = resource.unit
    if name == "name":
        return _name(resource, identity, resources, depth)
    if name == "id":
        return _id(resource)
    if name == "R":
        return unit.region
    if name == "A":
        return unit.account
    if name in ("P", "U"):
        return _partition(unit.region, suffix=name == "U")
    value = _property(name, resource, resources, depth)
    return Unknown(f"{resource.id}.{name}", f"{name} of {resource.name} is not given", excludes=NAME_EXCLUDES) if value is None else value


def _optional(group: str, resource: Resource, identity: Identity, resources: Resources, depth: int) -> Value:
    """A `[...]` group: there if its property says something other than its default."""
    names = [n for n in _PLACEHOLDER.findall(group) if n not in ("P", "R", "A", "U", "name", "id")]
    name = names[0] if names else ""

    def plain(value: Value) -> Value:
        if value is None or value == identity.defaults.get(name, ""):
            return ""
        if isinstance(value, Unknown):  # whether it is the default decides whether the group is there
            return Unknown(f"{resource.id}.[{name}]", value.reason, excludes=":*?")
        return text_of(
            piece if index % 2 == 0 else value if piece == name else _placeholder(piece, resource, identity, resources, depth)
            for index, piece in enumerate(_PLACEHOLDER.split(group))
        )

    return map_value(_property(name, resource, resources, depth), plain)


def _property(name: str, resource: Resource, resources: Resources, depth: int) -> Value:
    """A property as it stands in an ARN: the name of the resource that it refers to by reference, name or ARN."""

    def plain(value: Value) -> Value:
        if isinstance(value, Ref):
            return _shape(value, resources, "name", depth + 1)
        if value is None or not parts_of(value):
            return None
        if name == "Path" and isinstance(value, str):  # of a role: `/` or `/service-role/`, between the ARN's own slashes
            return value.lstrip("/") or "/"
        return last_segment(_expand(value, resources, depth + 1))

    return map_value(resource.get(name), plain)


def last_segment(value: Value) -> Value:
    """The last part of an ARN, after its last slash or colon; a name as it is."""
    parts = list(parts_of(value))
    first = parts[0] if parts else ""
    if not (isinstance(first, str) and first.startswith("arn:")):
        return value
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if isinstance(part, str):
            cut = max(part.rfind("/"), part.rfind(":"))
            if cut >= 0:
                return text_of([part[cut + 1 :], *parts[index + 1 :]])
    return value


def _partition(region: Value, *, suffix: bool) -> Value:
    """The partition of a region, or its URL suffix.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
    """
    if not isinstance(region, str):
        symbol = "AWS::URLSuffix" if suffix else "AWS::Partition"
        return Unknown(symbol, "the region is not given (--region)", outside=True, excludes=NAME_EXCLUDES)
    china, government = region.startswith("cn-"), region.startswith("us-gov-")
    if suffix:
        return "amazonaws.com.cn" if china else "amazonaws.com"
    return "aws-cn" if china else "aws-us-gov" if government else "aws"
