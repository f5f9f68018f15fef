"""Type constraints of variables, and conversion of values to them, as far as values are known."""

from __future__ import annotations

from collections.abc import Callable

from edalint.frontends.terraform.hidden import Encoded, Failed, HclSet, Lazy, set_of
from edalint.frontends.terraform.nodes import Call, Expression, Literal, Name, Object, Parenthesised, Tuple, literal_text
from edalint.model.records import NamedTuple
from edalint.model.values import Map, OneOf, Ref, Text, Unknown, Value, map_value


class Type(NamedTuple):
    """A type constraint: `string`, `list` of something, an `object` with attributes ..."""

    kind: str
    element: Type | None = None
    attributes: dict[str, tuple[Type, bool, Expression | None]] = {}  # noqa: RUF012
    """Of an object: name -> type, whether it is optional, its default."""
    elements: tuple[Type, ...] = ()
    """Of a tuple."""


ANY = Type("any")
STRING, NUMBER, BOOL = Type("string"), Type("number"), Type("bool")
_SIMPLE = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": ANY}


def read_type(expression: Expression | None) -> Type:
    """The constraint that `type = ...` writes; `any` where it is absent or in no form that we know."""
    if isinstance(expression, Parenthesised):
        expression = expression.inner
    if isinstance(expression, Name):
        if expression.name in ("list", "set", "map"):
            return Type(expression.name, ANY)
        return _SIMPLE.get(expression.name, ANY)
    old = literal_text(expression)
    if old is not None:  # `type = "list"`, as Terraform 0.11 wrote it
        return Type(old, ANY) if old in ("list", "map") else _SIMPLE.get(old, ANY)
    if not isinstance(expression, Call) or not expression.arguments:
        return ANY
    argument = expression.arguments[0]
    if expression.name in ("list", "set", "map"):
        return Type(expression.name, read_type(argument))
    if expression.name == "tuple" and isinstance(argument, Tuple):
        return Type("tuple", elements=tuple(read_type(e) for e in argument.elements))
    if expression.name == "object" and isinstance(argument, Object):
        attributes: dict[str, tuple[Type, bool, Expression | None]] = {}
        for key, value, _ in argument.items:
            name = key.name if isinstance(key, Name) else literal_text(key)
            if name is None:
                continue
            if isinstance(value, Call) and value.name == "optional" and value.arguments:
                default = value.arguments[1] if len(value.arguments) > 1 else None
                attributes[name] = (read_type(value.arguments[0]), True, default)
            else:
                attributes[name] = (read_type(value), False, None)
        return Type("object", attributes=attributes)
    return ANY


def convert(
    value: Value, type: Type, default_of: Callable[[Expression], Value] = lambda e: e.value if isinstance(e, Literal) else None
) -> Value:
    """The value as a type has it; Failed where Terraform would refuse it. What is not known stays as it is."""
    if isinstance(value, OneOf):
        return map_value(value, lambda plain: convert(plain, type, default_of))
    if value is None or type.kind == "any" or isinstance(value, (Unknown, Lazy)):
        return value
    if type.kind in ("string", "number", "bool"):
        return _primitive(value, type.kind)
    if isinstance(value, (Ref, Text)):
        return value  # an attribute of a resource that may be a list or a map
    element = type.element or ANY
    if type.kind in ("list", "set"):
        if not isinstance(value, list):
            return Failed(f"a {type.kind} is needed")
        converted = [convert(v, element, default_of) for v in value]
        return set_of(converted) if type.kind == "set" else converted
    if type.kind == "tuple":
        if not isinstance(value, list) or len(value) != len(type.elements):
            return Failed("a tuple of another length is needed")
        return [convert(v, t, default_of) for v, t in zip(value, type.elements, strict=True)]
    if not isinstance(value, dict):
        return Failed(f"a {type.kind} is needed")
    source = value if isinstance(value, Map) else Map(value)
    if type.kind == "map":
        return source.like((k, convert(v, element, default_of)) for k, v in source.items())
    return _object(source, type, default_of)


def _object(source: Map, type: Type, default_of: Callable[[Expression], Value]) -> Value:
    result: list[tuple[str, Value]] = []
    for name, (inner, optional, default) in type.attributes.items():
        given = source.get(name)
        if given is None and name not in source and not optional:
            return Failed(f"attribute {name!r} is required")
        if given is None and default is not None:
            given = default_of(default)
        result.append((name, convert(given, inner, default_of)))
    return source.like(result)


def _primitive(value: Value, kind: str) -> Value:
    if isinstance(value, Encoded):
        return value if kind == "string" else Failed(f"a {kind} is needed")
    if isinstance(value, (list, dict)):
        return Failed(f"a {kind} is needed")
    if isinstance(value, (Text, Ref)):
        return value
    if kind == "string":
        return string_of(value)
    if kind == "number":
        if isinstance(value, bool):
            return Failed("a number is needed")
        return value if isinstance(value, (int, float)) else number_of(value)
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value, Failed("a bool is needed")) if isinstance(value, str) else Failed("a bool is needed")


def string_of(value: Value) -> str:
    """A plain value as Terraform writes it into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def number_of(text: str) -> Value:
    """The number that a text writes, or Failed."""
    from edalint.frontends.terraform.syntax import number

    try:
        return number(text.strip())
    except (ValueError, OverflowError):
        return Failed(f"{text[:40]!r} is no number")


def is_set(value: Value) -> bool:
    """Whether a value is a set."""
    return isinstance(value, HclSet)
