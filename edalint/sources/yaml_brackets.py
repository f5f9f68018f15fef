"""Lists and mappings in brackets (`[a, !Ref b]`, `{"Ref": b}`) and texts in quotes, as they stand between YAML's lines."""

from __future__ import annotations

import re

from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.locations import Document, Position
from edalint.model.values import Map
from edalint.sources.yaml_scalars import Unusual, scalar, short_form

LONGEST_KEY = 900
"""Characters; YAML takes 1,024."""
_DEEPEST = 30
"""Brackets inside each other."""
_PLAIN = r"(?:[\w/.$]|-(?=\w))[\w/.$*@+%=;()&!~^<>|-]*(?:(?::(?=[\w/:])|[ ]+(?=[\w/.$]))[\w/.$*@+%=;()&!~^<>|-]*)*"
_DOUBLE = r'[^"\\\n]*(?:\\.[^"\\\n]*)*'
_SINGLE = r"[^'\n]*(?:''[^'\n]*)*"
_VALUE = rf"""[ \n]*
    (?:(?P<tag>![A-Za-z][A-Za-z0-9:]*)[ ]+)?
    (?:(?P<plain>{_PLAIN})|"(?P<double>{_DOUBLE})"|'(?P<single>{_SINGLE})'|(?P<opening>[\[{{]))(?P<end>)
    [ \n]*(?P<behind>[,\]}}])?"""
_ELEMENT = pattern(_VALUE, re.VERBOSE)
"""A value, or the bracket that it begins with, and what stands behind it: a comma or a bracket that closes."""
_ENTRY = pattern(rf"""[ \n]*(?:({_PLAIN}):(?=[ \n])|"({_DOUBLE})":|'({_SINGLE})':){_VALUE}""", re.VERBOSE)
"""A key, and the same."""
_BEHIND = pattern(r"[ \n]*([,\]}])?")
_QUOTED = pattern(rf"""(?:"({_DOUBLE})"|'({_SINGLE})')""")
_ESCAPES = {'"': '"', "/": "/", "n": "\n", "r": "\r", "t": "\t"}


def collection(document: Document, text: str, start: int, depth: int = 1) -> tuple[Any, int]:
    """The list or mapping whose bracket stands at a place of a text, and where it ends. Raises `Unusual`."""
    if depth > _DEEPEST:
        raise Unusual
    following = text[start + 1 : start + 2]
    if text[start] == "[":
        return _list(document, text, start + 1, depth) if following != "]" else ([], start + 2)
    marks: dict[str, Position] = {}
    made = Map((), document, (start, "{"), marks)
    if following == "}":
        return made, start + 2
    position = start + 1
    while True:
        position, behind = _entry(document, made, marks, text, position, depth)
        if behind == "}":
            return made, position
        if behind != ",":
            raise Unusual


def _list(document: Document, text: str, position: int, depth: int) -> tuple[list[Any], int]:
    values: list[Any] = []
    while True:
        element = _ELEMENT.match(text, position)
        if element is None:
            raise Unusual
        value, end, behind = _value(document, text, element, element.groups(), depth)
        if not behind and text[end : end + 1] == ":":  # `[a: b]` holds a mapping
            marks: dict[str, Position] = {}
            value = Map((), document, None, marks)
            end, behind = _entry(document, value, marks, text, position, depth)
        values.append(value)
        if behind == "]":
            return values, end
        if behind != ",":
            raise Unusual
        position = end


def _entry(document: Document, into: Map, marks: dict[str, Position], text: str, position: int, depth: int) -> tuple[int, str]:
    """Reads a key and its value into a map; where they end, and what stands behind them."""
    entry = _ENTRY.match(text, position)
    if entry is None:
        raise Unusual
    groups = entry.groups()
    key, quote = groups[0], 0
    if key is None:
        key, quote = (unescaped(groups[1]), 1) if groups[1] is not None else (groups[2].replace("''", "'"), 2)
    at = entry.start(quote + 1) - (quote > 0)
    if not marks:
        into.begins = (at, key)
    if key in marks or len(groups[quote]) > LONGEST_KEY:
        raise Unusual
    into[key], end, behind = _value(document, text, entry, groups[3:], depth)
    marks[key] = at
    return end, behind


def _value(document: Document, text: str, found: re.Match[str], groups: tuple[Any, ...], depth: int) -> tuple[Any, int, str]:
    """A value, where it and what stands behind it end, and what that is: a comma, a bracket, or nothing that belongs there."""
    tag, plain, double, single, _, _, behind = groups
    end = found.end()
    if plain is not None:
        value: Any = scalar(plain) if tag is None else plain
    elif double is not None:
        value = unescaped(double)
    elif single is not None:
        value = single.replace("''", "'")
    else:
        value, end = collection(document, text, found.start("opening"), depth + 1)
        if tag is not None and not value:
            raise Unusual  # it begins where its tag does
        behind = text[end : end + 1]
        if behind in ",]}":
            end += 1
        else:
            after = _BEHIND.match(text, end)
            if after is None:
                raise Unusual
            behind, end = after[1], after.end()
    if tag is not None:
        value = short_form(document, tag, value, (found.start("tag"), text[found.start("tag") : found.start("end")]))
    return value, end, behind


def quoted(text: str) -> tuple[str, int]:
    """The text in quotes that a text begins with, and how many characters it takes. Raises `Unusual`."""
    found = _QUOTED.match(text)
    if found is None:
        raise Unusual
    return unescaped(found[1]) if found[1] is not None else found[2].replace("''", "'"), found.end()


def unescaped(text: str) -> str:
    """What is meant between double quotes; of the escapes those that JSON has too. Raises `Unusual`."""
    if "\\" not in text:
        return text
    pieces: list[str] = []
    for index, piece in enumerate(text.split("\\\\")):
        first, *others = piece.split("\\")
        pieces += ("\\" * (index > 0), first)
        for other in others:
            if other[:1] not in _ESCAPES:
                raise Unusual
            pieces += (_ESCAPES[other[:1]], other[1:])
    return "".join(pieces)
