"""The type check of expressions: every attribute must exist and every operator must fit, when a policy is loaded.

Types are the words of `edalint.facts.registry.fact`: `int`, `double`, `bool`, `string`, `list<T>`, `map`, `node`,
`node:queue`, `edge:poll`, `part:target`, `path` ... and `any` (untyped: raw properties), `null`. What a node of any kind
may be asked is what some kind can be asked; where its kind has no such attribute, it is absent.
"""

from __future__ import annotations

from collections.abc import Mapping

from edalint.facts import registry
from edalint.model.graph import EDGE_KINDS, NODE_KINDS, PART_KINDS
from edalint.model.nearest import hint
from edalint.policy.language.syntax import (
    Binary,
    Call,
    ExpressionError,
    Has,
    Index,
    ListOf,
    Literal,
    Macro,
    MapOf,
    Member,
    Name,
    Syntax,
    Ternary,
    Unary,
)

Scope = Mapping[str, str]
"""Name -> its type."""
NUMBERS = frozenset({"int", "double"})
SUBJECTS = frozenset({"node", "edge", "part", "path", "cycle", "group", "graph"})
_KINDS = {"node": NODE_KINDS, "edge": EDGE_KINDS, "part": PART_KINDS}


def check(tree: Syntax, scope: Scope) -> str:
    """The type of an expression. Raises `ExpressionError` where an attribute or operator does not fit."""
    return _Checker(dict(scope)).type(tree)


def check_condition(tree: Syntax, scope: Scope) -> None:
    """Raise `ExpressionError` where an expression is not a condition."""
    found = check(tree, scope)
    if found not in ("bool", "any"):
        raise ExpressionError(f"expected a condition, found {said(found)}", _begin(tree))


def said(type: str) -> str:
    """A type in words."""
    if type.startswith("map{"):
        return "a map"
    if type.startswith("list<"):
        return f"a list of {said(type[5:-1]).removeprefix('a ').removeprefix('an ')}"
    words = {"int": "a whole number", "double": "a number", "bool": "a truth value", "any": "an untyped value", "null": "null"}
    base, _, kind = type.partition(":")
    name = kind.replace("|", " or ") + (" edge" if base == "edge" else "") if kind and base != "group" else base
    return words.get(type) or f"{'an' if name[:1] in 'aeiou' else 'a'} {name}"


def attributes(type: str) -> dict[str, str]:
    """Attribute -> its type, of a node, edge, part, path, cycle, group or the graph."""
    base, _, kinds = type.partition(":")
    index = registry.index()
    found: dict[str, str] = {}
    wanted = kinds.split("|") if kinds else list(_KINDS.get(base, ()))
    for kind in wanted:
        for name, entry in index.get(kind if base == "node" else f"{base}:{kind}", {}).items():
            found[name] = _joined(found.get(name), entry[1])
    for name, entry in index.get(base, {}).items():
        found[name] = entry[1] if name not in found else _joined(found[name], entry[1])
    return found


def _joined(one: str | None, two: str) -> str:
    """The type of what may be of either type."""
    if one is None or one == two:
        return two
    if {one, two} <= NUMBERS:
        return "double"
    if one.partition(":")[0] == two.partition(":")[0] and one.partition(":")[0] in SUBJECTS:
        return one.partition(":")[0]
    if one == "null" or two == "null":
        return two if one == "null" else one
    if one.startswith("list<") and two.startswith("list<"):
        return f"list<{_joined(one[5:-1], two[5:-1])}>"
    return "any"


def _begin(tree: Syntax) -> int:
    if isinstance(tree, (Member, Macro)):
        return _begin(tree.target)
    if isinstance(tree, Binary):
        return _begin(tree.left)
    return tree.at


class _Checker:
    def __init__(self, scope: dict[str, str]) -> None:
        self.scope = scope

    def type(self, tree: Syntax) -> str:
        return str(getattr(self, f"_{type(tree).__name__.lower()}")(tree))

    def _literal(self, tree: Literal) -> str:
        names = {bool: "bool", int: "int", float: "double", str: "string"}
        return names.get(type(tree.value), "null")

    def _name(self, tree: Name) -> str:
        found = self.scope.get(tree.name)
        if found is None:
            raise ExpressionError(f"there is no '{tree.name}'{hint(tree.name, self.scope)}", tree.at)
        return found

    def _member(self, tree: Member) -> str:
        target = self.type(tree.target)
        base = target.partition(":")[0]
        if base in SUBJECTS:
            known = attributes(target)
            if base == "group" and tree.name == "members":
                return f"list<{target[6:] or 'any'}>"
            if tree.name not in known:
                raise ExpressionError(f"{said(target)} has no attribute '{tree.name}'{hint(tree.name, known)}", tree.at)
            return known[tree.name]
        if target.startswith("map{"):
            entries = dict(pair.split("=", 1) for pair in target[4:-1].split(",") if pair)
            if tree.name not in entries:
                raise ExpressionError(f"there is no '{tree.name}'{hint(tree.name, entries)}", tree.at)
            return entries[tree.name]
        if target in ("any", "map"):
            return "any"
        if target.startswith("list<"):
            raise ExpressionError(f"{said(target)} has no attribute '{tree.name}'; ask its elements with exists or all", tree.at)
        raise ExpressionError(f"{said(target)} has no attributes", tree.at)

    def _index(self, tree: Index) -> str:
        target, index = self.type(tree.target), self.type(tree.index)
        if target.startswith("list<"):
            if index not in ("int", "any"):
                raise ExpressionError(f"the index of a list is a whole number, not {said(index)}", tree.at)
            return target[5:-1]
        if target in ("map", "any") or target.startswith("map{"):
            return "any"
        raise ExpressionError(f"{said(target)} has no elements", tree.at)

    def _has(self, tree: Has) -> str:
        self.type(tree.member)
        return "bool"

    def _call(self, tree: Call) -> str:
        types = [self.type(a) for a in tree.arguments]
        first = types[0]
        if tree.name == "size":
            if first not in ("string", "map", "any") and not first.startswith(("list<", "map{")):
                raise ExpressionError(f"{said(first)} has no size", tree.at)
            return "int"
        if tree.name in ("int", "double", "string"):
            if first not in ("int", "double", "string", "any") and not (tree.name == "string" and first == "bool"):
                raise ExpressionError(f"{said(first)} cannot become {said(tree.name)}", tree.at)
            return tree.name
        for argument, found in zip(tree.arguments, types, strict=True):
            if found not in ("string", "any"):
                hint = "; is it in a list? write x in list" if tree.name == "contains" and found.startswith("list<") else ""
                raise ExpressionError(f"'{tree.name}' takes strings, not {said(found)}{hint}", _begin(argument))
        return "bool"

    def _unary(self, tree: Unary) -> str:
        found = self.type(tree.operand)
        if tree.operator == "!":
            self._condition(tree.operand, found)
            return "bool"
        if found not in (*NUMBERS, "any"):
            raise ExpressionError(f"'-' takes a number, not {said(found)}", tree.at)
        return found

    def _condition(self, tree: Syntax, found: str) -> None:
        if found not in ("bool", "any"):
            hint = "; has(...) asks whether it is there" if isinstance(tree, Member) else ""
            raise ExpressionError(f"expected a truth value, found {said(found)}{hint}", _begin(tree))

    def _binary(self, tree: Binary) -> str:
        left, right = self.type(tree.left), self.type(tree.right)
        operator = tree.operator
        if operator in ("&&", "||"):
            self._condition(tree.left, left)
            self._condition(tree.right, right)
            return "bool"
        if operator in ("==", "!="):
            if not _comparable(left, right):
                raise ExpressionError(f"{said(left)} never equals {said(right)}", tree.at)
            self._kind_literal(tree)
            return "bool"
        if operator == "in":
            return self._in(tree, left, right)
        if operator in ("<", "<=", ">", ">="):
            ordered = ("int", "double", "string", "bool", "any")
            if left not in ordered or right not in ordered or not _comparable(left, right):
                raise ExpressionError(f"'{operator}' cannot compare {said(left)} with {said(right)}", tree.at)
            return "bool"
        return self._arithmetic(tree, left, right)

    def _in(self, tree: Binary, left: str, right: str) -> str:
        if right.startswith("list<"):
            if not _comparable(left, right[5:-1]):
                raise ExpressionError(f"{said(left)} is never in {said(right)}", tree.at)
            if isinstance(tree.right, ListOf):
                for element in tree.right.elements:
                    self._kind_literal(Binary(tree.at, "==", tree.left, element))
        elif right not in ("map", "any") and not right.startswith("map{"):
            raise ExpressionError(f"'in' takes a list or a map, not {said(right)}", tree.at)
        return "bool"

    def _kind_literal(self, tree: Binary) -> None:
        """A kind that does not exist makes a rule that is silent for ever."""
        for asked, literal in ((tree.left, tree.right), (tree.right, tree.left)):
            if isinstance(asked, Member) and asked.name == "kind" and isinstance(literal, Literal) and isinstance(literal.value, str):
                kinds = _KINDS.get(self.type(asked.target).partition(":")[0])
                if kinds and literal.value not in kinds:
                    raise ExpressionError(f"there is no kind '{literal.value}'{hint(literal.value, kinds)}", literal.at)

    def _arithmetic(self, tree: Binary, left: str, right: str) -> str:
        numeric = (*NUMBERS, "any")
        if left in numeric and right in numeric:
            if "any" in (left, right) and tree.operator == "+":
                return "any"
            return "any" if "any" in (left, right) else "double" if "double" in (left, right) else "int"
        if tree.operator == "+":
            if left in ("string", "any") and right in ("string", "any"):
                return "string"
            if left.startswith("list<") and right.startswith("list<"):
                return _joined(left, right)
        raise ExpressionError(f"'{tree.operator}' cannot calculate with {said(left)} and {said(right)}", tree.at)

    def _ternary(self, tree: Ternary) -> str:
        self._condition(tree.condition, self.type(tree.condition))
        return _joined(self.type(tree.yes), self.type(tree.no))

    def _listof(self, tree: ListOf) -> str:
        found: str | None = None
        for element in tree.elements:
            found = _joined(found, self.type(element))
        return f"list<{found or 'any'}>"

    def _mapof(self, tree: MapOf) -> str:
        for key, value in tree.entries:
            found = self.type(key)
            if found not in ("string", "int", "bool", "any"):
                raise ExpressionError(f"the key of a map is a string, not {said(found)}", key.at)
            self.type(value)
        return "map"

    def _macro(self, tree: Macro) -> str:
        target = self.type(tree.target)
        if target.startswith("list<"):
            element = target[5:-1]
        elif target == "any":
            element = "any"
        elif target == "map" or target.startswith("map{"):
            element = "string"
        else:
            raise ExpressionError(f"'{tree.kind}' takes a list, not {said(target)}", tree.at)
        if tree.name in self.scope:
            raise ExpressionError(f"'{tree.name}' already stands for another thing", tree.at)
        self.scope[tree.name] = element
        if tree.condition is not None:
            self._condition(tree.condition, self.type(tree.condition))
        body = self.type(tree.body)
        del self.scope[tree.name]
        if tree.kind == "map":
            return f"list<{body}>"
        self._condition(tree.body, body)
        return f"list<{element}>" if tree.kind == "filter" else "bool"


def _comparable(left: str, right: str) -> bool:
    if "any" in (left, right) or "null" in (left, right) or {left, right} <= NUMBERS:
        return True
    one, two = left.partition(":")[0], right.partition(":")[0]
    if left.startswith("list<") and right.startswith("list<"):
        return _comparable(left[5:-1], right[5:-1])
    return one == two or {one[:3], two[:3]} == {"map"}
