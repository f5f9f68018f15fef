"""The syntax tree of Terraform's language, whether it was written as HCL or as JSON."""

from __future__ import annotations

from edalint.hints import Any, Union
from edalint.model.locations import Document, Mark
from edalint.model.records import NamedTuple


class Literal(NamedTuple):
    """A number, a boolean, null or a string without holes."""

    value: Any


class Template(NamedTuple):
    """A string with holes: texts, expressions and directives in order."""

    parts: tuple[Expression, ...]


class TemplateIf(NamedTuple):
    """`%{ if c }...%{ else }...%{ endif }`."""

    condition: Expression
    then: Template
    otherwise: Template
    mark: Mark


class TemplateFor(NamedTuple):
    """`%{ for k, v in c }...%{ endfor }`."""

    key: str
    value: str
    collection: Expression
    body: Template


class Name(NamedTuple):
    """The first word of a traversal: `var`, `local`, `aws_sqs_queue`, a loop's variable."""

    name: str


class Attribute(NamedTuple):
    """`of.name`."""

    of: Expression
    name: str


class Index(NamedTuple):
    """`of[key]`."""

    of: Expression
    key: Expression


class Splat(NamedTuple):
    """`of[*]` or `of.*` with what is read of every element."""

    of: Expression
    steps: tuple[Expression, ...]
    """Constant names (`Literal` str) for attributes, any other expression for an index."""
    attributes: tuple[bool, ...]
    """Which of the steps are attributes."""


class For(NamedTuple):
    """`[for k, v in c : value if condition]` or `{for k, v in c : key => value... if condition}`."""

    key_name: str
    value_name: str
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    grouped: bool
    mark: Mark


class Conditional(NamedTuple):
    """`condition ? then : otherwise`."""

    condition: Expression
    then: Expression
    otherwise: Expression
    mark: Mark


class Binary(NamedTuple):
    """`left operator right`."""

    operator: str
    left: Expression
    right: Expression


class Unary(NamedTuple):
    """`-operand` or `!operand`."""

    operator: str
    operand: Expression


class Call(NamedTuple):
    """`name(arguments...)`; `spread`: the last argument is a list of arguments."""

    name: str
    arguments: tuple[Expression, ...]
    spread: bool
    mark: Mark


class Object(NamedTuple):
    """`{ key = value }`, every key with its place."""

    items: tuple[tuple[Expression, Expression, Mark], ...]
    mark: Mark
    document: Document


class Tuple(NamedTuple):
    """`[a, b]`."""

    elements: tuple[Expression, ...]


class Parenthesised(NamedTuple):
    """`(inner)`: as an object's key, a name in parentheses is an expression."""

    inner: Expression


Expression = Union[
    Literal, Template, TemplateIf, TemplateFor, Name, Attribute, Index, Splat, For, Conditional, Binary, Unary, Call, Object, Tuple,
    Parenthesised,
]  # fmt: skip


class Body:
    """What stands between a block's braces (or in a file): arguments and nested blocks."""

    __slots__ = ("arguments", "blocks", "document")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.arguments: dict[str, tuple[Expression, Mark]] = {}
        """Name -> expression and where the name stands."""
        self.blocks: list[Block] = []

    def of(self, type: str) -> list[Block]:
        """The nested blocks of a type, in the order written."""
        return [b for b in self.blocks if b.type == type]

    def expression(self, name: str) -> Expression | None:
        """The expression of an argument; None where it is absent."""
        argument = self.arguments.get(name)
        return argument[0] if argument else None


class Block:
    """`type "label" "label" { body }`."""

    __slots__ = ("body", "labels", "mark", "type")

    def __init__(self, type: str, labels: tuple[str, ...], body: Body, mark: Mark) -> None:
        self.type = type
        self.labels = labels
        self.body = body
        self.mark = mark
        """Its first line, from the type to the last label."""


def literal_text(expression: Expression | None) -> str | None:
    """The text of a string without holes; None for anything else."""
    if isinstance(expression, Literal) and isinstance(expression.value, str):
        return expression.value
    return None


def traversal(expression: Expression) -> list[str] | None:
    """The names of `a.b.c`; None for anything else."""
    names: list[str] = []
    while isinstance(expression, Attribute):
        names.append(expression.name)
        expression = expression.of
    if not isinstance(expression, Name):
        return None
    names.append(expression.name)
    return names[::-1]
