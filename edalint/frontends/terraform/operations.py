"""What operators, attributes, indexes and templates make of values that are worked out already."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edalint.frontends.terraform.functions import LONGEST, symbol_of
from edalint.frontends.terraform.hidden import Encoded, Failed, HclSet, Lazy, SomeInstances, encoded_text
from edalint.frontends.terraform.types import number_of, string_of
from edalint.hints import Any
from edalint.model.values import Lookup, Map, OneOf, Ref, Text, Unknown, Value, one_of, settled, text_of


def over(value: Value, function: Callable[[Value], Value]) -> Value:
    """`function` of every alternative; failures are handed on."""
    value = settled(value)
    if isinstance(value, OneOf):
        return one_of((c, over(v, function)) for c, v in value.options)
    return value if isinstance(value, Failed) else function(value)


def attribute_of(value: Value, name: str) -> Value:
    """`value.name`."""
    return over(value, lambda plain: _attribute(plain, name))


def _attribute(value: Value, name: str) -> Value:
    if isinstance(value, Lazy):
        return value.attribute(name)
    if isinstance(value, dict):
        return value[name] if name in value else Failed(f"no attribute {name!r}")
    if isinstance(value, Ref):
        return Ref(value.id, f"{value.attribute}.{name}")
    if isinstance(value, Unknown):
        return inside(value, f".{name}")
    if isinstance(value, list) and name.isdigit():
        return element_of(value, int(name))
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], (dict, Lazy)):
        return attribute_of(value[0], name)  # before 0.12, a block that occurs once was read so
    return Failed(f"no attribute {name!r}")


def inside(value: Unknown, path: str) -> Unknown:
    """A part of something that is not known; of another root's output, the lookup of that part."""
    if isinstance(value, Lookup) and value.kind == "remote-state" and isinstance(value.key, Map):
        key = value.key.like({**value.key, "path": f"{value.key.get('path', '')}{path}"})
        return Lookup(value.kind, key, f"{value.symbol}{path}", value.reason)
    return Unknown(f"{value.symbol}{path}" if value.symbol else "", value.reason, outside=value.outside)


def element_of(value: Value, key: Value) -> Value:
    """`value[key]`, the texts of references in the key put in."""
    if isinstance(value, Lazy):
        return value.attribute(key) if isinstance(key, str) else Failed("an object has no elements")
    if isinstance(value, Ref):
        return Ref(value.id, f"{value.attribute}.{key}") if isinstance(key, (str, int)) else _hidden_element(value, key)
    if isinstance(value, SomeInstances):
        return value.instance
    if isinstance(value, Unknown):
        symbol = symbol_of([key])
        return inside(value, f"[{symbol}]") if symbol is not None else Unknown("", value.reason, outside=value.outside)
    if isinstance(key, (Unknown, Ref, Text)):
        return _hidden_element(value, key)
    if isinstance(value, dict):
        name = key if isinstance(key, str) else string_of(key)
        return value[name] if name in value else Failed(f"no key {name!r}")
    if isinstance(value, list):
        position = number_of(key) if isinstance(key, str) else key
        if isinstance(position, int) and not isinstance(position, bool) and 0 <= position < len(value):
            return value[position]
        return Failed(f"no element {key!r}")
    return Failed("nothing that has elements")


def _hidden_element(value: Value, key: Value) -> Value:
    candidates = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if len(candidates) == 1:
        return candidates[0]
    symbol = symbol_of([value, key])
    return Unknown(f"[{symbol}]" if symbol else "", "an element whose key is not known")


def entries(value: Value) -> list[tuple[Value, Value]] | None:
    """The keys and elements of a collection, in Terraform's order; None for what is no collection."""
    if isinstance(value, HclSet):
        return [(v, v) for v in value]
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, dict):
        return [(k, value[k]) for k in sorted(value)]
    if isinstance(value, SomeInstances):
        return [(value.key, value.instance)]
    return None


def text_value(parts: Iterable[Value]) -> Value:
    """The string made of these values, as a template makes it."""
    flat: list[Value] = []
    length = 0
    for part in parts:
        made = over(part, _printable)
        if isinstance(made, Failed):
            return made
        length += len(made) if isinstance(made, str) else len(made.parts) if isinstance(made, Text) else 1
        if length > LONGEST:
            return Unknown("", "a text that is too long")
        flat.append(made)
    failing = [p for p in flat if isinstance(p, OneOf) and any(isinstance(o, Failed) for _, o in p.options)]
    if failing:
        return over(failing[0], lambda plain: text_value([plain if p is failing[0] else p for p in flat]))
    return text_of(flat)


def _printable(value: Value) -> Value:
    if isinstance(value, Encoded):
        return encoded_text(value)
    if value is None or isinstance(value, (list, dict)):
        return Failed("a string is needed in a template")
    if isinstance(value, Lazy):
        return Failed("an object where a string is needed")
    return string_of(value) if isinstance(value, (int, float)) else value


def compared_as(operator: str, left: Value, right: Value) -> Unknown:
    """A comparison whose answer is not known; two alike have one symbol."""
    symbols = [symbol_of([v]) for v in (left, right)]
    if operator == "!=" and None not in symbols:
        return Unknown(f"!({symbols[0]} == {symbols[1]})", "a comparison with a value that is not known")
    return Unknown(f"({symbols[0]} {operator} {symbols[1]})" if None not in symbols else "", "a comparison with a value that is not known")


def arithmetic(operator: str, left: Value, right: Value) -> Value:
    """`left operator right` of numbers, of every alternative."""
    return over(left, lambda a: over(right, lambda b: _calculated(operator, a, b)))


def _calculated(operator: str, left: Value, right: Value) -> Value:
    numbers: list[int | float] = []
    for value in (left, right):
        if isinstance(value, (Unknown, Ref, Text)):
            symbols = symbol_of([left, right])
            return Unknown(f"{operator}({symbols})" if symbols is not None else "", "calculated from a value that is not known")
        number = number_of(value) if isinstance(value, str) else value
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return Failed("a number is needed")
        numbers.append(number)
    a, b = numbers
    try:
        result = _ARITHMETIC[operator](a, b)
    except (ZeroDivisionError, OverflowError):
        return Failed("division by zero, or a number too large")
    return int(result) if isinstance(result, float) and result.is_integer() and abs(result) < 1e15 else result


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a - b * int(a / b),
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}
