"""Dynamic references: `{{resolve:ssm:/path}}` inside a string
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html).
"""

from __future__ import annotations

from edalint.frontends.cloudformation.scope import Scope
from edalint.model.values import OneOf, Ref, Text, Unknown, Value, map_value, settled, text_of

_OPEN = "{{resolve:"
_CLOSE = "}}"


def references(value: Value, scope: Scope) -> Value:
    """A string with its dynamic references as lookups and unknowns; other values as they are."""
    if isinstance(value, OneOf):
        return map_value(value, lambda plain: references(plain, scope))
    if isinstance(value, str):
        return _replace((value,), scope) if _OPEN in value else value
    if isinstance(value, Text) and any(isinstance(p, str) and _OPEN in p for p in value.parts):
        return _replace(value.parts, scope)
    return value


def _replace(parts: tuple[str | Ref | Unknown, ...], scope: Scope) -> Value:
    result: list[Value] = []
    inside: list[Value] | None = None
    for part in parts:
        if not isinstance(part, str):
            (result if inside is None else inside).append(part)
            continue
        rest = part
        while rest:
            mark = _OPEN if inside is None else _CLOSE
            before, found, rest = rest.partition(mark)
            (result if inside is None else inside).append(before)
            if found and inside is None:
                inside = []
            elif found:
                result.append(_reference(text_of(inside or ()), scope))
                inside = None
    if inside is not None:  # never closed: a text like any other
        result.extend([_OPEN, *inside])
    return text_of(result)


def _reference(written: Value, scope: Scope) -> Value:
    first = written.parts[0] if isinstance(settled(written), Text) else written
    service, _, rest = first.partition(":") if isinstance(first, str) else ("", "", "")
    if service == "ssm":
        key = text_of([rest, *written.parts[1:]]) if isinstance(written, Text) else rest
        if isinstance(key, str):
            key = _without_version(key)
        return scope.lookup("ssm", key, f"ssm:{key}" if isinstance(key, str) else "", "an SSM parameter that no input of this run writes")
    symbol = "{{resolve:" + written + "}}" if isinstance(written, str) else ""
    return Unknown(symbol, f"what {service or 'a dynamic reference'} holds is known when it is deployed", outside=True)


def _without_version(key: str) -> str:
    name, _, version = key.rpartition(":")
    return name if name and version.isdigit() else key
