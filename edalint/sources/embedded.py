"""JSON text inside a property: a state machine's definition, a dashboard, a policy, known in part or whole.

Holes are put into the text as marks, the text is parsed as JSON, and the marks become holes again: inside strings a
`Text`, alone the hole itself, also where it stands without quotes. Where its keys stand in the file is found when
somebody asks, by looking for them in order from the property on, whatever way of writing the file has for quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edalint.hints import Any
from edalint.model.graph import Place
from edalint.model.lazy import pattern
from edalint.model.locations import Document, Mark
from edalint.model.values import Map, Ref, Text, Unknown, Value, settled, text_of
from edalint.sources.problem import SyntaxProblem

LONGEST = 5_000_000
"""Characters of a text that is looked into."""
_HOLE = pattern("\ue000([0-9]+)\ue001")
_BARE = pattern("[0-9A-Za-z_.+\\-]*(?:\ue000[0-9]+\ue001[0-9A-Za-z_.+\\-]*)+")
_STRING = pattern(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BETWEEN = r"(?:\s|\\+[nrt])*"
_FEWEST_FOUND = 0.5
"""Less than this share of the keys found, and the text is not written here (a parameter's default, a mapping)."""


def parse(value: Value, origin: Place) -> Value | SyntaxProblem:
    """The value of JSON text, a str or a Text with holes; of YAML where the text is whole and no JSON.

    A value that is no text comes back as it is. A text of which holes leave open what it is gives an Unknown.
    """
    value = settled(value)
    if isinstance(value, str):
        parts: tuple[str | Ref | Unknown, ...] = (value,)
    elif isinstance(value, Text):
        parts = value.parts
    else:
        return value
    text, holes, bare = _marked(parts)
    document = _document(text, origin)
    if len(text) > LONGEST:
        return _at(origin, "the text is too long to be read")
    maps: list[Map] = []
    try:
        from edalint.sources import json_reader

        root = json_reader.parse(document.path, text, document, maps)
    except SyntaxProblem as problem:
        if bare:
            return Unknown("", "holes outside of strings leave open what this text says")
        whole = _yaml(text, origin) if not holes else None
        return whole if whole is not None else _at(origin, f"{problem.message} (line {problem.line} of the text)")
    result = _filled(root, holes) if holes else root
    document.root = result
    document.locate = lambda located: _locate(located, origin, maps_of(result), len(text), text.count("\n"), len(holes))
    return result


def _document(text: str, origin: Place) -> Document:
    """A document of its own on the origin's file: its maps are located by `_locate`."""
    home = origin.map.document if origin.map is not None else None
    return Document(home.path, home.text) if home is not None else Document("", text)


def _at(origin: Place, message: str) -> SyntaxProblem:
    location = origin.location
    return SyntaxProblem(location.path if location else "", location.line if location else 1, location.column if location else 1, message)


def _marked(parts: tuple[str | Ref | Unknown, ...]) -> tuple[str, list[Ref | Unknown], bool]:
    """The text with marks for holes, the holes, and whether one stands outside of a string."""
    pieces: list[str] = []
    holes: list[Ref | Unknown] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part.replace("\ue000", "\ufffd") if "\ue000" in part else part)
        else:
            pieces.append(f"\ue000{len(holes)}\ue001")
            holes.append(part)
    text = "".join(pieces)
    if not holes or _are_inside(parts):
        return text, holes, False
    bare = False
    result: list[str] = []
    end = 0
    for found in _STRING.finditer(text):
        outside = text[end : found.start()]
        bare = bare or "\ue000" in outside
        result += (_BARE.sub(_quoted, outside), found.group())
        end = found.end()
    bare = bare or "\ue000" in text[end:]
    result.append(_BARE.sub(_quoted, text[end:]))
    return "".join(result), holes, bare


def _are_inside(parts: tuple[str | Ref | Unknown, ...]) -> bool:
    """Whether every hole stands in a string, after an odd number of quotes, as nearly all do; no where quotes may be escaped."""
    inside = False
    for part in parts:
        if isinstance(part, str):
            if "\\" in part:
                return False
            inside ^= part.count('"') % 2 == 1
        elif not inside:
            return False
    return not inside


def _quoted(found: re.Match[str]) -> str:
    return f'"{found.group()}"'


def _filled(value: Any, holes: list[Ref | Unknown]) -> Value:
    """The value with holes where the marks are."""
    if isinstance(value, str):
        if "\ue000" not in value:
            return value
        pieces: list[Value] = []
        end = 0
        for found in _HOLE.finditer(value):
            pieces += (value[end : found.start()], holes[int(found.group(1))])
            end = found.end()
        return text_of([*pieces, value[end:]])
    if isinstance(value, Map):
        for key, inner in list(value.items()):
            if isinstance(inner, (str, dict, list)):
                value[key] = _filled(inner, holes)
        if any("\ue000" in key for key in value):
            renamed = {_spelled(key, holes): inner for key, inner in value.items()}
            value.clear()
            value.update(renamed)
        return value
    if isinstance(value, list):
        return [_filled(inner, holes) for inner in value]
    return value


def _spelled(key: str, holes: list[Ref | Unknown]) -> str:
    """A key with holes, as a text that shows them: `${AWS::Region}`."""

    def shown(found: re.Match[str]) -> str:
        hole = holes[int(found.group(1))]
        name = hole.id.rsplit("#", 1)[-1] if isinstance(hole, Ref) else hole.symbol.rsplit("#", 1)[-1]
        return "${" + name + "}"

    return _HOLE.sub(shown, key)


def _yaml(text: str, origin: Place) -> Value | None:
    """The value of YAML text; None where it is none or says nothing but a text."""
    from edalint.sources import yaml_reader

    home = _document(text, origin)
    try:
        read = yaml_reader.read(home.path, text)
    except SyntaxProblem:
        return None
    if not isinstance(read.root, (Map, list)):
        return None
    for found in maps_of(read.root):
        found.document, found.marks, found.begins = home, None, None
    home.root = read.root
    home.locate = lambda located: _locate(located, origin, maps_of(read.root), len(text), text.count("\n"), 0)
    return read.root


def maps_of(value: Value) -> Iterator[Map]:
    """The maps inside a value, in the order in which their text begins."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, Map):
            yield value
            stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def _keys(value: Value) -> Iterator[tuple[Map, str]]:
    """Every key with its map, in the order written."""
    stack: list[tuple[Any, Iterator[Any]]] = [(value, iter(_entries(value)))]
    while stack:
        here, entries = stack[-1]
        for entry in entries:
            if isinstance(here, Map):
                yield here, entry
                inner = here[entry]
            else:
                inner = entry
            if isinstance(inner, (Map, list)):
                stack.append((inner, iter(_entries(inner))))
                break
        else:
            stack.pop()


def _entries(value: Value) -> list[Any]:
    return list(value) if isinstance(value, (Map, list)) else []


def _locate(document: Document, origin: Place, maps: Iterator[Map], length: int, lines: int, holes: int) -> None:
    """Find the keys of the maps in the file, one after the other from the origin on."""
    home = origin.location
    start = Mark(home.line, home.column, home.end_column) if home is not None else Mark(1, 1, 2)
    for found in maps:
        found.marks, found.begins = {}, start
    text = document.text
    begin = _offset(text, start)
    end = begin + 2 * length + 80 * lines + 400 * holes + 200  # escapes, indentation, what the holes are written as
    at, hits = begin, []
    total = 0
    for owner, key in _keys(document.root):
        total += 1
        pattern = re.escape(key)
        match = re.compile(rf"\\*[\"']{pattern}\\*[\"']{_BETWEEN}:|(?m:^|[\s{{,-]){pattern}[ \t]*:(?=\s|$)").search(text, at, end)
        if match is not None:
            at = match.end()
            hits.append((owner, key, match.start() + match.group().index(key[:1]) if key else match.start()))
    if total and len(hits) < _FEWEST_FOUND * total:
        return
    line, column_base = start.line, text.rfind("\n", 0, begin) + 1
    last = begin
    seen: set[int] = set()
    for owner, key, position in hits:
        line += text.count("\n", last, position)
        column_base = max(column_base, text.rfind("\n", last, position) + 1)
        last = position
        column = position - column_base + 1
        mark = Mark(line, column, column + len(key))
        if owner.marks is not None:
            owner.marks[key] = mark
        if id(owner) not in seen:
            seen.add(id(owner))
            owner.begins = mark


def _offset(text: str, mark: Mark) -> int:
    """Where a mark is in a text, in characters."""
    at = 0
    for _ in range(mark.line - 1):
        following = text.find("\n", at)
        if following < 0:
            break
        at = following + 1
    return at + mark.column - 1


__all__ = ["parse"]
