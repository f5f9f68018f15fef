"""HCL text to the syntax tree, by tree-sitter's grammar.

What the grammar reads differently from Terraform is put right here: conditionals associate to the right, an attribute
splat ends at an index, a heredoc's text is taken from the source (the grammar drops its white space).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from edalint.frontends.terraform.nodes import (
    Attribute,
    Binary,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Literal,
    Name,
    Object,
    Parenthesised,
    Splat,
    Template,
    Tuple,
    Unary,
)
from edalint.frontends.terraform.templates import Token, assemble
from edalint.hints import TYPE_CHECKING, Any
from edalint.model.lazy import pattern
from edalint.model.locations import Document, Mark

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

DEEPEST = 120
"""Expressions nested deeper than this are not read."""
_BINARY = frozenset({"+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_ESCAPE = pattern(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|(\$\$(?=\{))|(%%(?=\{))", re.DOTALL)
_DOUBLED = pattern(r"([$%])\1(?=\{)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class HclProblem(Exception):
    """The text is not HCL, and where."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")
        self.path, self.line, self.column, self.message = path, line, column, message


@lru_cache(maxsize=1)
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_hcl

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))


def read_hcl(path: str, text: str) -> Body:
    """The body of an HCL file. Raises `HclProblem`."""
    return _Reader(path, text).file()


def read_template(path: str, text: str) -> Expression:
    """The text of a template file (`templatefile`), or a string of Terraform's JSON syntax. Raises `HclProblem`."""
    if "${" not in text and "%{" not in text:
        return Literal(text)
    marker = "EDALINT_TEMPLATE"
    while marker in text:
        marker += "_"
    body = _Reader(path, f"x = <<{marker}\n{text}\n{marker}\n", shift=1).file()
    expression = body.expression("x")
    if isinstance(expression, Literal) and isinstance(expression.value, str):
        return Literal(expression.value[:-1])
    if isinstance(expression, Template) and isinstance(expression.parts[-1], Literal):  # the line break before the marker
        last = expression.parts[-1].value[:-1]
        parts = (*expression.parts[:-1], Literal(last)) if last else expression.parts[:-1]
        return Template(parts)
    raise HclProblem(path, 1, 1, "not a template")


class _Reader:
    def __init__(self, path: str, text: str, shift: int = 0) -> None:
        self.path = path
        self.source = text.encode("utf-8", "replace")
        self.document = Document(path, text)
        self.shift = shift
        self.ascii = text.isascii()
        self.lines: list[bytes] = []
        self.depth = 0

    def file(self) -> Body:
        tree = _parser().parse(self.source)
        if tree.root_node.has_error:
            line, column, message = self.first_error(tree.root_node)
            raise HclProblem(self.path, line, column, message)
        bodies = [n for n in tree.root_node.named_children if n.type in ("body", "object")]
        try:
            body = self.body(bodies[0] if bodies else None)
        except RecursionError:
            raise HclProblem(self.path, 1, 1, "nested too deeply") from None
        self.document.root = body
        return body

    # places

    def mark(self, node: Node, end: Node | None = None) -> Mark:
        line, column = self.point(node.start_point)
        end_line, end_column = self.point((end or node).end_point)
        return Mark(line, column, end_column if end_line == line else column + 1)

    def point(self, point: Any) -> tuple[int, int]:
        row, column = point[0], point[1]
        if not self.ascii:
            self.lines = self.lines or self.source.split(b"\n")
            column = len(self.lines[row][:column].decode("utf-8", "replace"))
        return max(row + 1 - self.shift, 1), column + 1

    def text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def first_error(self, root: Node) -> tuple[int, int, str]:
        node = root
        while True:
            wrong = next((c for c in node.children if c.type == "ERROR" or c.is_missing or c.has_error), None)
            if wrong is None:
                break
            node = wrong
            if node.type == "ERROR" or node.is_missing:
                break
        line, column = self.point(node.start_point)
        if node.is_missing:
            return line, column, f"{node.type!r} is missing"
        found = " ".join(self.text(node).split())[:40]
        return line, column, f"unexpected {found!r}" if found else "unexpected end"

    # bodies

    def body(self, node: Node | None) -> Body:
        body = Body(self.document)
        for child in node.named_children if node is not None else ():
            if child.type == "attribute":
                name, *_, expression = (c for c in child.named_children if c.type != "comment")
                body.arguments[self.text(name)] = (self.expression(expression), self.mark(name))
            elif child.type == "block":
                body.blocks.append(self.block(child))
        return body

    def block(self, node: Node) -> Block:
        self.enter(node)
        head = [c for c in node.named_children if c.type in ("identifier", "string_lit")]
        inner = next((c for c in node.named_children if c.type == "body"), None)
        labels = tuple(self.text(c).strip('"') for c in head[1:])
        block = Block(self.text(head[0]), labels, self.body(inner), self.mark(head[0], head[-1]))
        self.depth -= 1
        return block

    def enter(self, node: Node) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            line, column = self.point(node.start_point)
            raise HclProblem(self.path, line, column, f"nested more than {DEEPEST} deep")

    # expressions

    def expression(self, node: Node) -> Expression:
        self.enter(node)
        result = self.run([c for c in node.children if c.type != "comment"])
        self.depth -= 1
        return result

    def run(self, nodes: list[Node]) -> Expression:
        """An operand with what follows it: attributes, indexes, splats."""
        first = nodes[0]
        if first.type == "(":
            result: Expression = Parenthesised(self.expression(nodes[1]))
            rest = nodes[3:]
        else:
            result = self.operand(first)
            rest = nodes[1:]
        return self.postfixes(result, rest)

    def postfixes(self, result: Expression, nodes: list[Node]) -> Expression:
        for node in nodes:
            if node.type == "get_attr":
                result = Attribute(result, self.text(node.named_children[-1]))
            elif node.type == "index":
                result = Index(result, self.index(node))
            elif node.type == "splat":
                result = self.splat(result, node.named_children[0])
        return result

    def index(self, node: Node) -> Expression:
        inner = node.named_children[0]
        if inner.type == "legacy_index":
            return Literal(int(self.text(inner).lstrip(". ") or 0))
        return self.expression(next(c for c in inner.named_children if c.type != "comment"))

    def splat(self, of: Expression, node: Node) -> Expression:
        steps: list[Expression] = []
        attributes: list[bool] = []
        nodes = [c for c in node.named_children if c.type in ("get_attr", "index", "splat")]
        for position, child in enumerate(nodes):
            new_index = child.type == "index" and child.named_children[0].type == "new_index"
            if child.type == "splat" or (node.type == "attr_splat" and new_index):
                return self.postfixes(Splat(of, tuple(steps), tuple(attributes)), nodes[position:])
            attributes.append(child.type == "get_attr")
            steps.append(Literal(self.text(child.named_children[-1])) if attributes[-1] else self.index(child))
        return Splat(of, tuple(steps), tuple(attributes))

    def operand(self, node: Node) -> Expression:
        reader = _OPERANDS.get(node.type)
        if reader is None:
            line, column = self.point(node.start_point)
            raise HclProblem(self.path, line, column, f"unexpected {self.text(node)[:40]!r}")
        return reader(self, node)

    def literal(self, node: Node) -> Expression:
        inner = node.named_children[0] if node.named_children else node
        if inner.type == "numeric_lit":
            return Literal(number(self.text(inner)))
        if inner.type == "bool_lit":
            return Literal(self.text(inner) == "true")
        if inner.type == "null_lit":
            return Literal(None)
        return Literal(unescaped(self.text(inner)[1:-1]))

    def name(self, node: Node) -> Expression:
        return Name(self.text(node))

    def collection(self, node: Node) -> Expression:
        inner = next(c for c in node.named_children if c.type != "comment")
        if inner.type == "tuple":
            return Tuple(tuple(self.expression(c) for c in inner.named_children if c.type == "expression"))
        items: list[tuple[Expression, Expression, Mark]] = []
        for element in inner.named_children:
            if element.type == "object_elem":
                key, value = (c for c in element.named_children if c.type == "expression")
                items.append((self.expression(key), self.expression(value), self.mark(key)))
        return Object(tuple(items), self.mark(inner), self.document)

    def for_expression(self, node: Node) -> Expression:
        inner = node.named_children[0]
        intro = next(c for c in inner.named_children if c.type == "for_intro")
        names = [self.text(c) for c in intro.named_children if c.type == "identifier"]
        collection = self.expression(next(c for c in intro.named_children if c.type == "expression"))
        values = [self.expression(c) for c in inner.named_children if c.type == "expression"]
        guard = next((c for c in inner.named_children if c.type == "for_cond"), None)
        condition = self.expression(next(c for c in guard.named_children if c.type == "expression")) if guard is not None else None
        grouped = any(c.type == "ellipsis" for c in inner.named_children)
        key = values[0] if inner.type == "for_object_expr" else None
        return For(names[0] if len(names) > 1 else "", names[-1], collection, key, values[-1], condition, grouped, self.mark(node))

    def call(self, node: Node) -> Expression:
        arguments = next((c for c in node.named_children if c.type == "function_arguments"), None)
        children = arguments.named_children if arguments is not None else []
        values = tuple(self.expression(c) for c in children if c.type == "expression")
        return Call(self.text(node.named_children[0]), values, any(c.type == "ellipsis" for c in children), self.mark(node))

    def conditional(self, node: Node) -> Expression:
        condition, then, otherwise = (self.expression(c) for c in node.named_children if c.type == "expression")
        return right_associated(condition, then, otherwise, self.mark(node))

    def operation(self, node: Node) -> Expression:
        inner = node.named_children[0]
        children = [c for c in inner.children if c.type != "comment"]
        self.enter(node)
        result: Expression
        if inner.type == "unary_operation":
            result = Unary(children[0].type, self.run(children[1:]))
        else:
            at = next(i for i, c in enumerate(children) if i and c.type in _BINARY and not c.is_named)
            result = Binary(children[at].type, self.run(children[:at]), self.run(children[at + 1 :]))
        self.depth -= 1
        return result

    # templates

    def template(self, node: Node) -> Expression:
        inner = node.named_children[0]
        if inner.type == "quoted_template":
            children = inner.named_children
            tokens = self.tokens(children[1:-1], children[0].end_byte, children[-1].start_byte, unescaped)
            return assemble(tokens, lines=False)
        children = inner.named_children
        names = [c for c in children if c.type == "heredoc_identifier"]
        start = self.source.index(b"\n", names[0].end_byte - 1) + 1
        end = max(self.source.rfind(b"\n", 0, names[-1].start_byte) + 1, start)
        inside = [c for c in children if c.type in ("template_interpolation", "template_directive")]
        tokens = self.tokens(inside, start, end, undoubled)
        return assemble(tokens, lines=True, flush=self.text(children[0]).startswith("<<-"))

    def tokens(self, nodes: list[Node], start: int, end: int, decode: Callable[[str], str]) -> list[Token]:
        """The template's texts, holes and directives in order; texts are what stands between the others."""
        result: list[Token] = []
        for node in self.flat(nodes):
            if node.start_byte > start:
                result.append(Token("text", text=decode(self.source[start : node.start_byte].decode("utf-8", "replace"))))
            result.append(self.token(node))
            start = node.end_byte
        if end > start:
            result.append(Token("text", text=decode(self.source[start:end].decode("utf-8", "replace"))))
        return result

    def flat(self, nodes: list[Node]) -> Iterator[Node]:
        for node in nodes:
            if node.type in ("template_directive", "template_if", "template_for"):
                yield from self.flat(node.named_children)
            elif node.type != "template_literal":
                yield node

    def token(self, node: Node) -> Token:
        strips = [c for c in node.named_children if c.type == "strip_marker"]
        left = bool(strips) and strips[0].start_byte <= node.start_byte + 2
        right = bool(strips) and strips[-1].end_byte >= node.end_byte - 1
        inner = next((c for c in node.named_children if c.type == "expression"), None)
        return Token(
            _DIRECTIVES.get(node.type, "hole"),
            expression=self.expression(inner) if inner is not None else None,
            names=tuple(self.text(c) for c in node.named_children if c.type == "identifier"),
            left=left,
            right=right,
            mark=self.mark(node),
        )


_DIRECTIVES = {
    "template_if_intro": "if",
    "template_else_intro": "else",
    "template_if_end": "endif",
    "template_for_start": "for",
    "template_for_end": "endfor",
}
_OPERANDS: dict[str, Callable[[_Reader, Any], Expression]] = {
    "literal_value": _Reader.literal,
    "string_lit": _Reader.literal,
    "template_expr": _Reader.template,
    "variable_expr": _Reader.name,
    "collection_value": _Reader.collection,
    "for_expr": _Reader.for_expression,
    "function_call": _Reader.call,
    "conditional": _Reader.conditional,
    "operation": _Reader.operation,
    "expression": _Reader.expression,
}


def right_associated(condition: Expression, then: Expression, otherwise: Expression, mark: Mark) -> Conditional:
    """`a ? b : c ? d : e` as `a ? b : (c ? d : e)`."""
    if isinstance(condition, Conditional):
        return Conditional(condition.condition, condition.then, right_associated(condition.otherwise, then, otherwise, mark), mark)
    return Conditional(condition, then, otherwise, mark)


def number(text: str) -> int | float:
    """A number as Terraform counts: whole where it is whole."""
    try:
        return int(text)
    except ValueError:
        value = float(text)
        return int(value) if value.is_integer() and abs(value) < 1e18 else value


def unescaped(text: str) -> str:
    """The text of a quoted string, its escapes replaced."""
    if "\\" not in text and "$${" not in text and "%%{" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        short, long, single, dollar, _ = match.groups()
        if short or long:
            code = int(short or long, 16)
            return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"
        if single:
            return _ESCAPED.get(single, single)
        return "$" if dollar else "%"

    return _ESCAPE.sub(replace, text)


def undoubled(text: str) -> str:
    """The text of a heredoc or template file: `$${` is a literal `${`, nothing else is an escape."""
    return _DOUBLED.sub(r"\1", text)
