"""Words and grammar of expressions: text in, a small syntax tree out.

The grammar is CEL's (operators, precedence, literals, the macros `has`, `exists`, `all`, `exists_one`, `filter`, `map`)
without bytes, unsigned numbers, messages and time. The tree is plain NamedTuples that know where they begin.
"""

from __future__ import annotations

import re

from edalint.hints import Any, NoReturn, Union
from edalint.model.lazy import pattern
from edalint.model.nearest import hint
from edalint.model.records import NamedTuple

MAX_LENGTH = 20_000
MAX_DEPTH = 60
MAX_LEVELS = 200
"""Of a tree; a chain of operators has as many as it has operators."""
LONGEST_NUMBER = 400
"""Characters; a double has no more than that."""
MACROS = frozenset({"exists", "all", "exists_one", "filter", "map"})
METHODS = {"matches": 1, "startsWith": 1, "endsWith": 1, "contains": 1, "size": 0}
"""Name of a method that is no macro -> how many arguments it takes."""
FUNCTIONS = {"size": 1, "int": 1, "double": 1, "string": 1}
RESERVED = frozenset(
    (
        *("as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop"),
        *("package", "namespace", "return", "var", "void", "while"),
    )
)


class ExpressionError(ValueError):
    """What is wrong with an expression, and where in it."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        """Index of the character in the expression's text."""


class Literal(NamedTuple):
    """A number, string, truth value or null."""

    at: int
    value: Any


class Name(NamedTuple):
    """A variable: a match's subject, `parameters`, or what a macro binds."""

    at: int
    name: str


class Member(NamedTuple):
    """`target.name`; `at` is where the name stands."""

    at: int
    target: Syntax
    name: str


class Index(NamedTuple):
    """`target[index]`."""

    at: int
    target: Syntax
    index: Syntax  # type: ignore[assignment]


class Call(NamedTuple):
    """A function or method; the target of a method is its first argument."""

    at: int
    name: str
    arguments: tuple[Syntax, ...]


class Has(NamedTuple):
    """`has(target.name)`."""

    at: int
    member: Member


class Macro(NamedTuple):
    """`target.exists(name, body)` and its likes; `condition` is the filter of the map macro with three arguments."""

    at: int
    kind: str
    target: Syntax
    name: str
    body: Syntax
    condition: Syntax | None = None


class Unary(NamedTuple):
    """`!x` or `-x`."""

    at: int
    operator: str
    operand: Syntax


class Binary(NamedTuple):
    """Two operands and what stands between them."""

    at: int
    operator: str
    left: Syntax
    right: Syntax


class Ternary(NamedTuple):
    """`condition ? yes : no`."""

    at: int
    condition: Syntax
    yes: Syntax
    no: Syntax


class ListOf(NamedTuple):
    """`[a, b]`."""

    at: int
    elements: tuple[Syntax, ...]


class MapOf(NamedTuple):
    """`{"a": 1}`."""

    at: int
    entries: tuple[tuple[Syntax, Syntax], ...]


Syntax = Union[Literal, Name, Member, Index, Call, Has, Macro, Unary, Binary, Ternary, ListOf, MapOf]


_NODES = (Literal, Name, Member, Index, Call, Has, Macro, Unary, Binary, Ternary, ListOf, MapOf)
_NUMBERS = {node: number for number, node in enumerate(_NODES)}


def plain(tree: Any) -> Any:
    """A tree as tuples, lists and values that can be marshalled; `opened` makes a node of each when it is looked at."""
    number = _NUMBERS.get(type(tree))
    if number is not None:
        return (number, *map(plain, tree))
    return [plain(part) for part in tree] if isinstance(tree, tuple) else tree


def opened(made: Any) -> Any:
    """The outermost node of what `plain` gave, what is in it as it stands there; of a tree the tree."""
    return _NODES[made[0]](*made[1:]) if type(made) is tuple else made


class Token(NamedTuple):
    """A word of an expression."""

    kind: str
    """`number`, `string`, `name`, `sign` or `end`."""
    value: Any
    at: int


_TOKEN = pattern(
    r"""(?P<space>\s+|//[^\n]*)
      |(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.\d+|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?|\d+)
      |(?P<string>[rR]?(?:\"{3}(?s:.*?)(?<!\\)\"{3}|'{3}(?s:.*?)(?<!\\)'{3}))
      |(?P<quoted>[rR]?["'])
      |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
      |(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]{}])""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?"}
_CODES = {"x": 2, "X": 2, "u": 4, "U": 8}


def tokens(text: str) -> list[Token]:
    """The words of an expression, with an `end` after the last."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionError(f"{text[at]!r} is not part of the language", at)
        kind, word = str(match.lastgroup), match.group()
        end = match.end()
        if kind == "quoted":
            value, end = _string(text, at, match.end(), word)
            found.append(Token("string", value, at))
        elif kind == "string":
            raw = word[0] in "rR"
            body = word[4:-3] if raw else word[3:-3]
            found.append(Token("string", body if raw else _unescape(body, at), at))
        elif kind == "number":
            found.append(Token("number", _number(word, at), at))
        elif kind != "space":
            found.append(Token(kind, word, at))
        at = end
    found.append(Token("end", "", len(text)))
    return found


def _number(word: str, at: int) -> int | float:
    value: int | float
    if len(word) > LONGEST_NUMBER:
        raise ExpressionError(f"{word[:LONGEST_NUMBER]}... is longer than a number can be", at)
    if word[:2].lower() == "0x":
        value = int(word, 16)
    elif any(c in word for c in ".eE"):
        return float(word)
    else:
        value = int(word)
    if value > 2**63 - 1:
        raise ExpressionError(f"{word} is larger than a whole number can be", at)
    return value


def _string(text: str, start: int, at: int, opening: str) -> tuple[str, int]:
    raw, quote = len(opening) == 2, opening[-1]
    begin = at
    while at < len(text) and text[at] != quote:
        if text[at] == "\n":
            break
        at += 2 if text[at] == "\\" and not raw else 1
    if at >= len(text) or text[at] != quote:
        raise ExpressionError("the string has no end", start)
    body = text[begin:at]
    return (body if raw else _unescape(body, start)), at + 1


def _unescape(body: str, at: int) -> str:
    if "\\" not in body:
        return body
    result: list[str] = []
    index = 0
    while index < len(body):
        character = body[index]
        if character != "\\":
            result.append(character)
            index += 1
            continue
        code = body[index + 1 : index + 2]
        if code in _ESCAPES:
            result.append(_ESCAPES[code])
            index += 2
            continue
        digits = body[index + 2 : index + 2 + _CODES.get(code, 0)]
        if code in _CODES and re.fullmatch(r"[0-9a-fA-F]+", digits) and len(digits) == _CODES[code] and _is_character(int(digits, 16)):
            result.append(chr(int(digits, 16)))
            index += 2 + len(digits)
        else:
            raise ExpressionError(f"a string cannot hold '\\{code}'; a backslash itself is written '\\\\' or in a raw string r\"...\"", at)
    return "".join(result)


def _is_character(code: int) -> bool:
    """Whether a code point is one, and not half of a surrogate pair."""
    return code < 0xD800 or 0xDFFF < code < 0x110000


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.position = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def fail(self, expected: str) -> NoReturn:
        token = self.token
        there = "the end" if token.kind == "end" else f"'{token.value}'"
        raise ExpressionError(f"expected {expected}, found {there}", token.at)

    def sign(self, *signs: str) -> Token | None:
        """The next word if it is one of these signs."""
        token = self.token
        if token.kind == "sign" and token.value in signs:
            self.position += 1
            return token
        return None

    def need(self, sign: str) -> Token:
        return self.sign(sign) or self.fail(f"'{sign}'")

    def expression(self) -> Syntax:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("the expression is nested too deeply", self.token.at)
        condition = self.binary(0)
        question = self.sign("?")
        if question is not None:
            yes = self.expression()
            self.need(":")
            condition = Ternary(question.at, condition, yes, self.expression())
        self.depth -= 1
        return condition

    LEVELS = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%"))

    def binary(self, level: int) -> Syntax:
        if level == len(self.LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while True:
            operator = self.sign(*self.LEVELS[level])
            if operator is None and level == 2 and self.token[:2] == ("name", "in"):
                operator = self.token
                self.position += 1
            if operator is None:
                return left
            left = Binary(operator.at, str(operator.value), left, self.binary(level + 1))

    def unary(self) -> Syntax:
        operators: list[Token] = []
        while (operator := self.sign("!", "-")) is not None:
            if operators and operators[-1].value != operator.value:
                self.position -= 1
                self.fail("a value")
            operators.append(operator)
        operand = self.member()
        for operator in reversed(operators):
            if operator.value == "-" and isinstance(operand, Literal) and type(operand.value) in (int, float):
                operand = Literal(operator.at, -operand.value)
            else:
                operand = Unary(operator.at, str(operator.value), operand)
        return operand

    def member(self) -> Syntax:
        target = self.primary()
        for _ in range(MAX_LENGTH):
            dot = self.sign(".")
            if dot is not None:
                name = self.token
                if name.kind != "name":
                    self.fail("a name")
                self.position += 1
                target = self.method(target, name) if self.sign("(") else Member(name.at, target, str(name.value))
                continue
            bracket = self.sign("[")
            if bracket is None:
                return target
            index = self.expression()
            self.need("]")
            target = Index(bracket.at, target, index)
        return target

    def method(self, target: Syntax, name: Token) -> Syntax:
        if name.value in MACROS:
            return self.macro(target, name)
        arguments = self.arguments(")")
        count = METHODS.get(str(name.value))
        if count is None:
            raise ExpressionError(
                f"there is no method '{name.value}'{hint(str(name.value), sorted([*METHODS, *MACROS]), listed=True)}", name.at
            )
        if len(arguments) != count:
            raise ExpressionError(f"'{name.value}' takes {count} argument{'s' * (count != 1)}, not {len(arguments)}", name.at)
        return Call(name.at, str(name.value), (target, *arguments))

    def macro(self, target: Syntax, name: Token) -> Syntax:
        variable = self.token
        if variable.kind != "name" or variable.value in ("true", "false", "null", "in"):
            self.fail("the name of the element")
        self.position += 1
        self.need(",")
        body = self.expression()
        condition = None
        if name.value == "map" and self.sign(","):
            condition, body = body, self.expression()
        self.need(")")
        return Macro(name.at, str(name.value), target, str(variable.value), body, condition)

    def arguments(self, end: str) -> tuple[Syntax, ...]:
        found: list[Syntax] = []
        while not self.sign(end):
            found.append(self.expression())
            if not self.sign(","):
                self.need(end)
                break
        return tuple(found)

    def primary(self) -> Syntax:
        token = self.token
        if token.kind in ("number", "string"):
            self.position += 1
            return Literal(token.at, token.value)
        if token.kind == "name":
            self.position += 1
            return self.word(token)
        if self.sign("("):
            inner = self.expression()
            self.need(")")
            return inner
        if self.sign("["):
            return ListOf(token.at, self.arguments("]"))
        if self.sign("{"):
            return self.map_literal(token)
        return self.fail("a value")

    def word(self, token: Token) -> Syntax:
        name = str(token.value)
        if name in ("true", "false"):
            return Literal(token.at, name == "true")
        if name == "null":
            return Literal(token.at, None)
        if name == "in" or name in RESERVED:
            raise ExpressionError(f"'{name}' is a word of the language and no name", token.at)
        if not self.sign("("):
            return Name(token.at, name)
        arguments = self.arguments(")")
        if name == "has":
            if len(arguments) != 1 or not isinstance(arguments[0], Member):
                raise ExpressionError("has(...) takes one attribute, as in has(node.dead_letter)", token.at)
            return Has(token.at, arguments[0])
        count = FUNCTIONS.get(name)
        if count is None:
            known = (
                f"; write it as a method: x.{name}(...)"
                if name in METHODS or name in MACROS
                else hint(name, sorted([*FUNCTIONS, "has"]), listed=True)
            )
            raise ExpressionError(f"there is no function '{name}'{known}", token.at)
        if len(arguments) != count:
            raise ExpressionError(f"'{name}' takes {count} argument{'s' * (count != 1)}, not {len(arguments)}", token.at)
        return Call(token.at, name, arguments)

    def map_literal(self, token: Token) -> Syntax:
        entries: list[tuple[Syntax, Syntax]] = []
        while not self.sign("}"):
            key = self.expression()
            self.need(":")
            entries.append((key, self.expression()))
            if not self.sign(","):
                self.need("}")
                break
        return MapOf(token.at, tuple(entries))


def parse(text: str) -> Syntax:
    """The syntax tree of an expression. Raises `ExpressionError`."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters")
    parser = _Parser(text)
    tree = parser.expression()
    if parser.token.kind != "end":
        parser.fail("an operator or the end")
    if len(text) > MAX_LEVELS:
        _measure(tree)
    return tree


def _measure(tree: Syntax) -> None:
    """Raise `ExpressionError` for a tree of more than `MAX_LEVELS` levels: chains of operators grow to the left."""
    level: list[Any] = [tree]
    for _ in range(MAX_LEVELS):
        level = [inner for outer in level for inner in (outer if isinstance(outer, tuple) else ()) if isinstance(inner, tuple)]
        if not level:
            return
    raise ExpressionError("the expression is nested too deeply", 0)
