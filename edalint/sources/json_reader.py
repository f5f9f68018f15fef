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
from edalint.model.locations import Document, Mark
from edalint.model.values import Map
from edalint.sources.problem import MAX_DEPTH, SyntaxProblem, too_deep

_TOKEN = pattern(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,\n]', re.DOTALL)


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
        root = json.loads(text, object_pairs_hook=make, parse_float=_number, parse_constant=str, strict=False)
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
    level = [root]
    depth = 0
    while level:
        inside: list[Any] = []
        for value in level:
            inside.extend(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        level = [v for v in inside if isinstance(v, (dict, list))]
        depth += 1
        if depth > MAX_DEPTH:
            raise too_deep(path, 1, 1)


class _Open:
    __slots__ = ("key", "marks", "start")

    def __init__(self, start: Mark) -> None:
        self.start = start
        self.marks: dict[str, Mark] = {}
        self.key: tuple[str, Mark] | None = None


def _locate_in(maps: list[Map], document: Document) -> None:
    _locate(document.text, maps)


def _locate(text: str, maps: list[Map]) -> None:
    line, line_start, ended = 1, 0, 0
    stack: list[_Open | None] = []
    for found in _TOKEN.finditer(text):
        token, at = found.group(), found.start()
        first = token[0]
        if first == "\n":
            line, line_start = line + 1, at + 1
        elif first == '"':
            top = stack[-1] if stack else None
            column = at - line_start + 1
            if top is not None:
                top.key = (token, Mark(line, column, column + len(token)))
            breaks = token.count("\n")
            if breaks:
                line, line_start = line + breaks, at + token.rindex("\n") + 1
        elif first == ":":
            top = stack[-1] if stack else None
            if top is not None and top.key is not None:
                written, mark = top.key
                key = json.loads(written, strict=False) if "\\" in written else written[1:-1]
                top.marks[key] = mark
                top.key = None
        elif first == "{":
            column = at - line_start + 1
            stack.append(_Open(Mark(line, column, column + 1)))
        elif first == "[":
            stack.append(None)
        elif first in "}]":
            top = stack.pop() if stack else None
            if top is not None and ended < len(maps):
                maps[ended].marks, maps[ended].start = top.marks, top.start
                ended += 1
