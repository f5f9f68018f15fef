"""A template's texts, holes and directives in order, put together: indentation, strip markers, nesting."""

from __future__ import annotations

from edalint.frontends.terraform.nodes import Expression, Literal, Template, TemplateFor, TemplateIf
from edalint.model.locations import Mark
from edalint.model.records import NamedTuple


class Token(NamedTuple):
    """A stretch of a template: `text`, `hole`, or a directive (`if`, `else`, `endif`, `for`, `endfor`)."""

    kind: str
    text: str = ""
    expression: Expression | None = None
    names: tuple[str, ...] = ()
    left: bool = False
    """A strip marker at its beginning: white space before it goes."""
    right: bool = False
    mark: Mark = Mark(1, 1, 2)


def assemble(tokens: list[Token], *, lines: bool, flush: bool = False) -> Expression:
    """The expression of a template. A lone hole is its expression, whatever its type; text alone is a literal.

    `lines`: it is no quoted string, so that strip markers act on one line; `flush`: the indentation goes (`<<-`).
    """
    pieces = _stripped(_lines(tokens) if lines else tokens)
    if flush:
        pieces = _flushed(pieces)
    template = _nest(_joined(pieces), 0, frozenset())[0]
    if not template.parts:
        return Literal("")
    if len(template.parts) == 1 and (len(tokens) == 1 or isinstance(template.parts[0], Literal)):
        return template.parts[0]
    return template


def _lines(tokens: list[Token]) -> list[Token]:
    """The tokens with every text taken apart into lines: strip markers and indentation work on lines."""
    pieces: list[Token] = []
    for token in tokens:
        if token.kind == "text":
            pieces.extend(Token("text", text=line) for line in token.text.splitlines(keepends=True))
        else:
            pieces.append(token)
    return pieces


def _stripped(pieces: list[Token]) -> list[Token]:
    """`${~ x ~}`: the white space of the line's text before and after it goes."""
    result: list[Token] = []
    for index, piece in enumerate(pieces):
        if piece.kind == "text":
            text = piece.text.lstrip() if index and pieces[index - 1].right else piece.text
            if index + 1 < len(pieces) and pieces[index + 1].left:
                text = text.rstrip()
            piece = piece._replace(text=text)
        result.append(piece)
    return result


def _flushed(pieces: list[Token]) -> list[Token]:
    """`<<-`: the smallest indentation of all lines is taken from every line; blank lines don't count."""
    smallest: int | None = None
    starts: set[int] = set()
    at_start = True
    for index, piece in enumerate(pieces):
        if at_start:
            indent = _indentation(piece)
            if indent is not None:
                smallest = indent if smallest is None else min(smallest, indent)
                starts.add(index)
        at_start = piece.kind == "text" and piece.text.endswith("\n")
    if not smallest:
        return pieces
    return [p._replace(text=p.text[smallest:]) if i in starts and p.kind == "text" else p for i, p in enumerate(pieces)]


def _indentation(piece: Token) -> int | None:
    if piece.kind != "text":
        return 0
    rest = piece.text.lstrip()
    return None if not rest and piece.text.endswith("\n") else len(piece.text) - len(rest)


def _joined(pieces: list[Token]) -> list[Token]:
    """The texts in a row as one, empty ones left out."""
    result: list[Token] = []
    for piece in pieces:
        if piece.kind == "text" and result and result[-1].kind == "text":
            result[-1] = result[-1]._replace(text=result[-1].text + piece.text)
        elif piece.kind != "text" or piece.text:
            result.append(piece)
    return result


def _nest(tokens: list[Token], at: int, ends: frozenset[str]) -> tuple[Template, int]:
    parts: list[Expression] = []
    while at < len(tokens) and tokens[at].kind not in ends:
        token = tokens[at]
        at += 1
        if token.kind == "text":
            parts.append(Literal(token.text))
        elif token.expression is None:
            continue
        elif token.kind == "if":
            then, at = _nest(tokens, at, frozenset({"else", "endif"}))
            otherwise = Template(())
            if at < len(tokens) and tokens[at].kind == "else":
                otherwise, at = _nest(tokens, at + 1, frozenset({"endif"}))
            at += 1
            parts.append(TemplateIf(token.expression, then, otherwise, token.mark))
        elif token.kind == "for":
            body, at = _nest(tokens, at, frozenset({"endfor"}))
            at += 1
            key = token.names[0] if len(token.names) > 1 else ""
            parts.append(TemplateFor(key, token.names[-1] if token.names else "", token.expression, body))
        else:
            parts.append(token.expression)
    return Template(tuple(parts)), at
