"""JSON text of a value that is known in part: `Fn::ToJsonString`."""

from __future__ import annotations

from edalint.frontends.cloudformation.texts import text
from edalint.hints import Any
from edalint.model.values import OneOf, Ref, Text, Unknown, Value, map_value, settled, text_of


def json_text(value: Value) -> Value:
    """The value as JSON text; its holes are inside strings, a bare one is taken to be a string."""
    return map_value(value, lambda plain: text(_parts(plain)))


def _parts(value: Value) -> list[Any]:
    from json import dumps

    value = settled(value)
    if isinstance(value, dict):
        parts: list[Any] = ["{"]
        for index, (key, inner) in enumerate(value.items()):
            parts.append(("," if index else "") + dumps(key) + ":")
            parts.extend(_parts(inner))
        return [*parts, "}"]
    if isinstance(value, list):
        parts = ["["]
        for index, inner in enumerate(value):
            if index:
                parts.append(",")
            parts.extend(_parts(inner))
        return [*parts, "]"]
    if isinstance(value, Text):
        return ['"', *(dumps(p)[1:-1] if isinstance(p, str) else p for p in value.parts), '"']
    if isinstance(value, (Ref, Unknown)):
        return ['"', value, '"']
    if isinstance(value, OneOf):
        return [map_value(value, lambda plain: text_of(_parts(plain)))]
    return [dumps(value)]
