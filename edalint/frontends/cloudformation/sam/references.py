"""References to what SAM generates: `!Ref Function.Alias`, `!GetAtt Function.DestinationQueue.Arn`, `${Api.Stage}`."""

from __future__ import annotations

import re

from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.values import Map

HOLE = pattern(r"\$\{([A-Za-z0-9]+\.[A-Za-z]+)(\.[A-Za-z0-9.]+)?\}")


def renamed(template: Map, names: dict[str, str]) -> Map:
    """The template with every reference to such a name replaced by the id of the resource that it means."""
    document = template.document
    if document is not None and not any(f".{name.partition('.')[2]}" in document.text or name in document.text for name in names):
        return template
    result: Map = _renamed(template, names, 0)
    return result


def _renamed(value: Any, names: dict[str, str], depth: int) -> Any:
    """The same object where nothing in it changes."""
    if depth > 200:
        return value
    if isinstance(value, list):
        elements = [_renamed(element, names, depth + 1) for element in value]
        return elements if any(a is not b for a, b in zip(elements, value, strict=True)) else value
    if not isinstance(value, Map):
        return value
    if len(value) == 1:
        key, argument = next(iter(value.items()))
        if key == "Ref":
            return value.like({"Ref": names[argument]}) if isinstance(argument, str) and argument in names else value
        if key == "Fn::GetAtt":
            return _attribute(value, argument, names)
        if key == "Fn::Sub":
            return _substitution(value, argument, names, depth)
    changed = {key: _renamed(inside, names, depth + 1) for key, inside in value.items() if key != "__sam__"}
    if all(changed[key] is value[key] for key in changed):
        return value
    return value.like({key: changed.get(key, inside) for key, inside in value.items()})


def _attribute(value: Map, argument: Any, names: dict[str, str]) -> Map:
    parts = argument if isinstance(argument, list) else [argument]
    if not all(isinstance(part, str) for part in parts):
        return value
    first, second, *rest = [*".".join(parts).split("."), "", ""][:3]
    name = f"{first}.{second}"
    if name not in names:
        return value
    attribute = ".".join(part for part in rest if part)
    return value.like({"Fn::GetAtt": [names[name], attribute or "Arn"]})


def _substitution(value: Map, argument: Any, names: dict[str, str], depth: int) -> Map:
    text, variables = (argument[0], argument[1:]) if isinstance(argument, list) and argument else (argument, [])
    if not isinstance(text, str):
        return value
    own = variables[0] if variables and isinstance(variables[0], dict) else {}

    def replace(found: re.Match[str]) -> str:
        if found[1] not in names or found[1] in own:
            return found[0]
        return f"${{{names[found[1]]}{found[2] or ''}}}"

    new = HOLE.sub(replace, text)
    inside = _renamed(variables, names, depth + 1)
    if new == text and inside is variables:
        return value
    return value.like({"Fn::Sub": [new, *inside] if isinstance(argument, list) else new})
