"""Files that a resource names beside its template: state machine definitions and API descriptions.

A definition gets its substitutions, wherever it is written. What is read becomes a property like any other
(`Definition`, `Body`), with positions in its own file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from edalint.frontends.cloudformation.scope import Scope
from edalint.frontends.context import Unreadable
from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.locations import Document
from edalint.model.records import NamedTuple
from edalint.model.values import Map, Text, Unknown, Value, map_value, settled, text_of
from edalint.sources import files
from edalint.sources.reader import SyntaxProblem, read

_PLACEHOLDER = pattern(r"\$\{([^{}$]+)\}")
_QUOTED_OR_PLACEHOLDER = pattern(r'"(?:[^"\\]|\\.)*"|\$\{[^{}"$]+\}', re.DOTALL)


ASKED = "\0asked"
"""A key that no template can write: the API that events ask for, where its definition may be one that nobody can read here."""


class Attachment(NamedTuple):
    """How a type names a file and where its content belongs."""

    content: str
    """The property that holds the content itself."""
    sources: tuple[str, ...]
    """Properties that name a file, the more local first."""
    substitutions: str = ""
    """The property with values for placeholders in the content."""
    texts: tuple[str, ...] = ()
    """Properties that hold the content as text."""


ATTACHMENTS = {
    "AWS::StepFunctions::StateMachine": Attachment(
        "Definition", ("DefinitionUri", "DefinitionS3Location"), "DefinitionSubstitutions", ("DefinitionString",)
    ),
    "AWS::ApiGateway::RestApi": Attachment("Body", ("BodyS3Location", "DefinitionUri")),
    "AWS::ApiGatewayV2::Api": Attachment("Body", ("BodyS3Location", "DefinitionUri")),
}


def complete(type: str, properties: Map, scope: Scope) -> Map:
    """The properties of a resource with the content of the file that it names, and with substitutions made."""
    attachment = ATTACHMENTS.get(type)
    if attachment is None:
        return properties
    changes: dict[str, Value] = {}
    names: dict[str, str] = {}
    asked = properties.get(ASKED)
    if asked is not None:
        properties = properties.like({key: value for key, value in properties.items() if key != ASKED})
    written = next((t for t in (attachment.content, *attachment.texts) if properties.get(t) is not None), None)
    if written is None:
        source = next((s for s in attachment.sources if properties.get(s) is not None), None)
        if source is not None:
            changes[attachment.content] = map_value(properties[source], lambda v: _content(v, scope, properties, source))
            names[attachment.content] = source
    table = properties.get(attachment.substitutions) if attachment.substitutions else None
    if table is not None:
        for name in (attachment.content, *attachment.texts):
            content = changes.get(name, properties.get(name))
            if content is not None:
                changes[name] = map_value(table, _substituting(content))
    if asked is not None and isinstance(settled(changes.get(attachment.content, properties.get(attachment.content))), Unknown):
        changes[attachment.content] = asked
    if not changes:
        return properties
    from edalint.frontends.cloudformation.sam.shapes import renamed

    return renamed(properties, {**properties, **changes}, names)


def _substituting(content: Value) -> Callable[[Value], Value]:
    return lambda table: map_value(content, lambda plain: substitute(plain, table))


def _content(location: Value, scope: Scope, properties: Map, source: str) -> Value:
    """What is in a file; Unknown where it can't be read, and outside of the run where it is in a bucket or not there."""
    unknown = Unknown("", f"the file of {source} is not known")
    elsewhere = Unknown("", f"the file of {source} is not known", outside=True)
    path = _path(location, scope)
    if path is None:
        return elsewhere
    try:
        document = _document(path, scope)
    except Unreadable as problem:
        scope.diagnose(f"{problem.message} ({source})", problem.code, properties, source)
        return elsewhere
    except SyntaxProblem as problem:
        scope.context.diagnose_syntax(problem, "warning")
        return unknown
    if document not in scope.unit.documents:
        scope.unit.documents.append(document)
    if not isinstance(document.root, Map):
        scope.diagnose(f"{document.path} holds no mapping ({source})", "wrong-shape", properties, source)
        return unknown
    return document.root


def _path(location: Value, scope: Scope) -> Path | None:
    location = settled(location)
    if isinstance(location, str):
        return scope.file(location)
    if isinstance(location, dict):  # an asset of a cloud assembly lies next to the template
        key = settled(location.get("Key"))
        path = scope.file(f"asset.{key}") if isinstance(key, str) and "/" not in key and "\\" not in key else None
        if path is not None and files.is_file(path):
            return path
    return None


def _document(path: Path, scope: Scope) -> Document:
    """The document of a file; placeholders outside of quotes, which are no JSON, are read as strings."""
    try:
        return scope.context.read(path)
    except SyntaxProblem as problem:
        text = scope.context.text(path)
        quoted = _QUOTED_OR_PLACEHOLDER.sub(lambda m: m.group() if m.group()[0] == '"' else f'"{m.group()}"', text)
        if quoted == text:
            raise
        try:
            return read(problem.path, quoted)
        except SyntaxProblem:
            raise problem from None


def substitute(value: Value, table: Value) -> Value:
    """A definition in which `${name}` is replaced by what the table has for the name.

    Placeholders that the table does not have stay as they are; all are unknown where the table itself is.
    """
    if not isinstance(table, (Map, Unknown)):
        return value
    names: Any = table if isinstance(table, Map) else None
    return _substituted(value, names)


def _substituted(value: Value, table: Map | None) -> Value:
    value = settled(value)
    if isinstance(value, str):
        return _text((value,), table) if "${" in value else value
    if isinstance(value, Text):
        return _text(value.parts, table) if any(isinstance(p, str) and "${" in p for p in value.parts) else value
    if isinstance(value, Map):
        return value.like([(_key(key, table), _substituted(inner, table)) for key, inner in value.items()])
    if isinstance(value, list):
        return [_substituted(inner, table) for inner in value]
    return map_value(value, lambda plain: _substituted(plain, table)) if not isinstance(value, Unknown) and _has_options(value) else value


def _has_options(value: Value) -> bool:
    return hasattr(value, "options")


def _key(key: str, table: Map | None) -> str:
    if "${" not in key:
        return key
    replaced = _text((key,), table)
    return replaced if isinstance(replaced, str) else key


def _text(parts: tuple[Any, ...], table: Map | None) -> Value:
    result: list[Value] = []
    for part in parts:
        if not isinstance(part, str):
            result.append(part)
            continue
        end = 0
        for found in _PLACEHOLDER.finditer(part):
            name = found.group(1)
            if table is None:
                value: Value = Unknown("", f"the substitutions are not known, {name} among them")
            elif name in table:
                value = table[name]
            else:
                continue
            result += (part[end : found.start()], value)
            end = found.end()
        result.append(part[end:])
    pieces = [p for p in result if not (isinstance(p, str) and p == "")]
    if len(pieces) == 1 and not isinstance(pieces[0], str):
        return text_of(pieces) if isinstance(pieces[0], (bool, int, float)) else pieces[0]
    return text_of(result)
