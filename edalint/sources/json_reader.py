"""JSON by the standard library's parser; positions come later, and only for documents that somebody asks for one.

The parser hands over objects as they end, so objects are numbered in that order; a scan of the text that counts closing
braces finds the same numbers and, on the way, where each object's keys stand.
"""

from __future__ import annotations

import json
import re
from functools import partial

from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.locations import Document, Position
from edalint.model.values import Map
from edalint.sources.problem import MAX_DEPTH, SyntaxProblem, too_deep

_STRING = r'[^"\\]*(?:\\.[^"\\]*)*'
_KEY_OR_BRACE = pattern(rf'"({_STRING})"(?:\s*(:)(?:\s*"{_STRING}")?)?|[{{}}]', re.DOTALL)
"""A brace or a string of a text that is JSON; a string with a colon is a key, and the string after it is passed over."""
_OF_KEY = 2
"""Groups in the match of a key; a string that is none has one, a brace none."""
_ESCAPE = pattern(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)
"""An escape; one with a group is half of a surrogate pair without the other half."""


def whole(text: str) -> str:
    """A JSON text in which halves of surrogate pairs, which no file and no name can hold, are replacement characters."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(lambda found: "\\ufffd" if found[1] else found[0], text)


def read(path: str, text: str) -> Document:
    """The document of a JSON text. Raises `SyntaxProblem`."""
    text = text[1:] if text.startswith("\ufeff") else text
    document = Document(path, text)
    maps: list[Map] = []
    document.root = parse(path, text, document, maps)
    document.locate = partial(_locate_in, maps)
    return document


def parse(path: str, text: str, document: Document | None, maps: list[Map]) -> Any:
    """The value of a JSON text; its objects, in the order in which they end, are added to `maps`. Raises `SyntaxProblem`."""

    def make(pairs: list[tuple[str, Any]]) -> Map:
        made = Map(pairs, document)
        if len(made) != len(pairs) and document is not None:
            keys = [key for key, _ in pairs]
            document.duplicates.extend((made, key) for key in made if keys.count(key) > 1)
        maps.append(made)
        return made

    try:
        root = json.loads(whole(text), object_pairs_hook=make, parse_float=_number, parse_constant=str, strict=False)
    except json.JSONDecodeError as error:
        raise SyntaxProblem(path, error.lineno, error.colno, f"not JSON: {_said(error)}") from None
    except RecursionError:
        raise too_deep(path, 1, 1) from None
    except ValueError as error:  # a number of thousands of digits
        raise SyntaxProblem(path, 1, 1, f"not JSON: {error}") from None
    _check_depth(path, root)
    return root


def _number(text: str) -> Any:
    value = float(text)
    return value if abs(value) < float("inf") else text


def _said(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc.rstrip()):
        return "the text ends before everything is closed"
    if error.msg.startswith("Expecting property name") and error.doc[error.pos : error.pos + 1] == "}":
        return "a comma before the closing brace"
    said = error.msg[0].lower() + error.msg[1:]
    if said.startswith("expecting ',' delimiter"):
        return "a comma is missing before this, or a quote inside a string is not escaped"
    if said.startswith("extra data"):
        return "something follows after the end of the document"
    return said


def _check_depth(path: str, root: Any) -> None:
    level: list[Any] = [[root]]
    for _ in range(MAX_DEPTH + 1):
        level = [v for around in level for v in (around.values() if type(around) is Map else around) if type(v) in (Map, list)]
        if not level:
            return
    raise too_deep(path, 1, 1)


def _locate_in(maps: list[Map], document: Document) -> None:
    """Give every map its positions: the scan meets objects in the order in which they end, as the parser did."""
    text = document.text
    ended = iter(maps)
    around: list[tuple[int, dict[str, Position]]] = []
    marks: dict[str, Position] = {}
    for found in _KEY_OR_BRACE.finditer(text):
        groups = found.lastindex
        if groups == _OF_KEY:
            key = found[1]
            marks[json.loads(whole(f'"{key}"'), strict=False) if "\\" in key else key] = found.start()
        elif groups is None:
            if found[0] == "{":
                around.append((found.start(), marks))
                marks = {}
            else:
                located = next(ended)
                located.marks = marks
                begin, marks = around.pop()
                located.begins = (begin, "{")
