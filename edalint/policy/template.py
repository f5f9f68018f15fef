"""Texts with expressions in braces: `"{node} keeps a message for {node.retention} s"`; `{{` and `}}` are braces."""

from __future__ import annotations

from collections.abc import Iterator

from edalint.model.records import NamedTuple
from edalint.policy.language.syntax import ExpressionError


class Piece(NamedTuple):
    """A stretch of a template."""

    text: str
    at: int
    """Index of its first character."""
    expression: bool


def pieces(template: str) -> Iterator[Piece]:
    """The plain stretches and the expressions of a template. Raises `ExpressionError`."""
    at = 0
    plain: list[str] = []
    begin = 0
    while at < len(template):
        brace = _brace(template, at)
        if brace > at:
            plain.append(template[at:brace])
            at = brace
            continue
        character = template[at]
        if template[at : at + 2] in ("{{", "}}"):
            plain.append(character)
            at += 2
        elif character == "}":
            raise ExpressionError("'}' without '{'; a brace itself is written '}}'", at)
        else:
            if plain:
                yield Piece("".join(plain), begin, False)
                plain = []
            end = _end(template, at)
            yield Piece(template[at + 1 : end], at + 1, True)
            at = begin = end + 1
    if plain:
        yield Piece("".join(plain), begin, False)


def _brace(template: str, start: int) -> int:
    """Where the next brace stands; the template's length where there is none."""
    opening, closing = template.find("{", start), template.find("}", start)
    return min((at for at in (opening, closing) if at >= 0), default=len(template))


def _end(template: str, start: int) -> int:
    """Where the brace that opens an expression is closed; braces in its strings and maps don't count."""
    depth = 0
    quote = ""
    at = start
    while at < len(template):
        character = template[at]
        if quote:
            if character == "\\":
                at += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        elif character == "{":
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    raise ExpressionError("'{' is not closed; a brace itself is written '{{'", start)
