"""How a pattern is written: objects down to arrays of tests, `$or`, and what the engine refuses.

The same syntax serves rules of EventBridge, filter policies of SNS and filters of event source mappings and pipes; a `Dialect`
says what differs. What is refused follows AWS's engine, https://github.com/aws/event-ruler, and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edalint.hints import Any
from edalint.model.graph import Place
from edalint.model.records import NamedTuple
from edalint.model.values import Map, OneOf, Ref, Text, Unknown, Value, settled
from edalint.patterns.leaves import EXISTS, MISSING, Range, Test, unknown

MAX_BRANCHES = 1000
"""Most combinations of `$or` branches that AWS takes: eb-create-pattern-operators, "or matching"."""
MAX_DEPTH = 50

Decide = Callable[[Value], Value]
Key = tuple[str, ...]


class Problem(NamedTuple):
    """Why a pattern is refused, or can never match, and where."""

    message: str
    place: Place


class Leaf(NamedTuple):
    """The tests of one field: it passes if one of them does."""

    path: Key
    tests: tuple[Test, ...]
    place: Place
    whole: bool = False
    """An object that is not known stood here: any field below may be tested."""


Branch = dict[Key, Leaf]


class Pattern:
    """A pattern as alternatives of fields that must all pass."""

    __slots__ = ("branches", "doubt", "problems")

    def __init__(self) -> None:
        self.branches: list[Branch] = [{}]
        self.problems: list[Problem] = []
        """Why AWS refuses it; empty where it is valid as far as it is known."""
        self.doubt: Unknown | None = None
        """Why the pattern as a whole is not known."""

    def leaves(self) -> Iterator[Leaf]:
        """Every leaf, of every branch."""
        for branch in self.branches:
            yield from branch.values()


class Dialect(NamedTuple):
    """What a service's patterns allow."""

    operators: frozenset[str]
    nested_exclusions: frozenset[str]
    """Operators that may stand inside `anything-but`."""
    nesting: bool = True
    """Whether fields may stand inside fields."""


ALL_OPERATORS = frozenset({"exactly", "prefix", "suffix", "anything-but", "numeric", "exists", "cidr", "equals-ignore-case", "wildcard"})
"""`exactly` is the engine's own long form of a plain string."""
RESERVED_IN_OR = ALL_OPERATORS | {
    "=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case", "date-after", "date-on-or-after", "date-before",
    "date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range",
}  # fmt: skip
"""Names that a field inside `$or` may not have, at any depth: with one of them, `$or` is itself the name of a field."""


def parse(pattern: Value, dialect: Dialect, decide: Decide = settled) -> Pattern:
    """A pattern (a Map; text is for the caller to parse) with what is wrong with it. Never fails."""
    result = Pattern()
    pattern = decide(pattern)
    if isinstance(pattern, Unknown):
        result.doubt = pattern
    elif not isinstance(pattern, dict):
        result.problems.append(Problem("the pattern is not an object", Place(None)))
    else:
        _Reader(result, dialect, decide).read_object(_as_map(pattern), (), Place(_as_map(pattern)), result.branches, 0)
    return result


class _Reader:
    def __init__(self, pattern: Pattern, dialect: Dialect, decide: Decide) -> None:
        self.pattern = pattern
        self.dialect = dialect
        self.decide = decide

    def refuse(self, message: str, place: Place) -> None:
        self.pattern.problems.append(Problem(message, place))

    def read_object(self, value: Map, path: Key, place: Place, branches: list[Branch], depth: int) -> None:
        if not value:
            self.refuse(f"{_label(path)} is an empty object", place)
        if depth > MAX_DEPTH:
            self.pattern.doubt = Unknown("", f"nested deeper than {MAX_DEPTH} levels")
            return
        for key, raw in value.items():
            item = self.decide(raw)
            here = Place(value, key)
            where = (*path, *str(key).split("."))
            if item is None and isinstance(raw, OneOf):
                continue
            if key == "$or" and self._is_or(item):
                self._read_or(item, path, here, branches, depth)
            elif isinstance(item, dict):
                if not self.dialect.nesting:
                    self.refuse(f"{_label(where)} is an object, but attributes of a message are not nested", here)
                self.read_object(_as_map(item), where, here, branches, depth + 1)
            elif isinstance(item, list):
                tests = tuple(self._tests(item, where, here))
                if not item:
                    self.refuse(f"{_label(where)} is an empty array", here)
                self._write(branches, Leaf(where, tests, here))
            elif isinstance(item, (Unknown, Ref)):
                reason = item if isinstance(item, Unknown) else Unknown("", "a reference")
                self._write(branches, Leaf(where, (unknown(reason),), here, whole=True))
            else:
                self.refuse(f"{_label(where)} is {_kind(item)}, not an array of values", here)

    def _write(self, branches: list[Branch], leaf: Leaf) -> None:
        for branch in branches:
            branch[leaf.path] = leaf

    def _is_or(self, item: Value) -> bool:
        if not isinstance(item, list) or len(item) < 2:
            return False
        return all(isinstance(o, Unknown) or (isinstance(o, dict) and not self._has_reserved(o, 0)) for o in map(self.decide, item))

    def _has_reserved(self, branch: dict[str, Value], depth: int) -> bool:
        """Whether a branch of `$or` has a field whose name is reserved there."""
        if not RESERVED_IN_OR.isdisjoint(branch):
            return True
        inside = (self.decide(value) for value in branch.values()) if depth < MAX_DEPTH else ()
        return any(isinstance(value, dict) and self._has_reserved(value, depth + 1) for value in inside)

    def _read_or(self, options: list[Value], path: Key, place: Place, branches: list[Branch], depth: int) -> None:
        before = [dict(branch) for branch in branches]
        branches.clear()
        for raw in options:
            option = self.decide(raw)
            inner = [dict(branch) for branch in before]
            if isinstance(option, dict):
                self.read_object(_as_map(option), path, Place(_as_map(option)), inner, depth + 1)
            else:
                self.pattern.doubt = option if isinstance(option, Unknown) else Unknown("", "a branch of $or")
            branches.extend(inner)
            if len(branches) > MAX_BRANCHES:
                self.refuse(f"$or gives more than {MAX_BRANCHES} combinations", place)
                del branches[MAX_BRANCHES:]
                return

    def _tests(self, values: list[Value], path: Key, place: Place) -> Iterator[Test]:
        for raw in values:
            value = self.decide(raw)
            if value is None and isinstance(raw, OneOf):
                continue
            if isinstance(value, dict):
                yield self._test(_as_map(value), path, place)
            elif isinstance(value, list):
                self.refuse(f"{_label(path)} holds an array inside its array", place)
            else:
                yield Test("equals", value)

    def _test(self, value: Map, path: Key, place: Place) -> Test:
        doubt = unknown(Unknown("", "the pattern is refused"))
        if len(value) != 1:
            message = (
                "an empty match expression" if not value else "more than one operator in a match expression: " + ", ".join(map(str, value))
            )
            self.refuse(f"{_label(path)} has {message}", place)
            return doubt
        (op,) = value
        here = Place(value, op)
        operand = self.decide(value[op])
        if op not in self.dialect.operators:
            self.refuse(f"{_label(path)} has the unknown operator {op!r}", here)
            return doubt
        if isinstance(operand, Unknown) and op != "exists":
            return unknown(operand)
        problem, test = self._operator(str(op), operand)
        if problem:
            self.refuse(f"{_label(path)}: {problem}", here)
            return doubt
        return test

    def _operator(self, op: str, operand: Value) -> tuple[str, Test]:
        """What is wrong with an operator's operand (empty: nothing), and the test."""
        if op == "exists":
            if isinstance(operand, bool):
                return "", EXISTS if operand else MISSING
            if isinstance(operand, (Unknown, Text, Ref)):
                return "", unknown(operand if isinstance(operand, Unknown) else Unknown("", "a reference"))
            return f"exists takes true or false, not {_kind(operand)}", MISSING
        if op in ("prefix", "suffix"):
            if isinstance(operand, dict) and list(operand) == ["equals-ignore-case"]:
                inner = self.decide(operand["equals-ignore-case"])
                return _not_text(op, inner), Test(f"{op}-ignore-case", inner)
            return _not_text(op, operand), Test(op, operand)
        if op == "exactly":
            return _not_text(op, operand), Test("equals", operand)
        if op in ("equals-ignore-case", "wildcard"):
            problem = _not_text(op, operand)
            return problem or (_bad_wildcard(operand) if op == "wildcard" else ""), Test(op, operand)
        if op == "cidr":
            return _cidr(operand)
        if op == "numeric":
            return self._numeric(operand)
        return self._anything_but(operand)

    def _numeric(self, operand: Value) -> tuple[str, Test]:
        if not isinstance(operand, list):
            return f"numeric takes an array, not {_kind(operand)}", MISSING
        parts = [self.decide(part) for part in operand]
        if any(isinstance(part, (Unknown, Text, Ref)) for part in parts):
            return "", unknown(Unknown("", "a bound of numeric is not known"))
        return _range(parts)

    def _anything_but(self, operand: Value) -> tuple[str, Test]:
        op = "equals"
        if isinstance(operand, dict):
            if len(operand) != 1:
                return "anything-but takes one operator", MISSING
            (op,) = operand
            if op not in self.dialect.nested_exclusions:
                return f"anything-but does not take the operator {op!r}", MISSING
            operand = self.decide(operand[op])
        listed = operand if isinstance(operand, list) else [operand]
        values = [self.decide(value) for value in listed]
        if not values:
            return "anything-but has nothing to exclude", MISSING
        doubts = [v for v in values if isinstance(v, Unknown)]
        if doubts:
            return "", unknown(doubts[0])
        texts, numbers = [isinstance(v, (str, Text, Ref)) for v in values], [_number(v) is not None for v in values]
        if op == "equals":
            if not (all(texts) or all(numbers)):
                return "anything-but takes strings only or numbers only", MISSING
        else:
            if not all(texts):
                return f"anything-but {op} takes strings only", MISSING
            if op in ("prefix", "suffix") and "" in values:
                return f"anything-but takes no empty {op}", MISSING
            wrong = next(filter(None, map(_bad_wildcard, values)), "") if op == "wildcard" else ""
            if wrong:
                return wrong, MISSING
        return "", Test("anything-but", tuple(Test(op, value) for value in values))


def _range(parts: list[Any]) -> tuple[str, Test]:
    infinite = float("inf")
    op = parts[0] if parts else None
    number = _number(parts[1]) if len(parts) > 1 else None
    if op not in ("=", "<", "<=", ">", ">="):
        return f"numeric begins with one of = < <= > >=, not {op!r}", MISSING
    if number is None:
        return f"numeric {op} needs a number", MISSING
    if op == "=":
        found = Range(number, False, number, False)
    elif op in ("<", "<="):
        found = Range(-infinite, False, number, op == "<")
    else:
        found = Range(number, op == ">", infinite, False)
    if len(parts) == 2:
        return "", Test("numeric", found)
    top = _number(parts[3]) if len(parts) == 4 else None
    if op not in (">", ">=") or parts[2] not in ("<", "<=") or top is None:
        return "numeric takes one comparison, or a lower bound followed by an upper bound", MISSING
    if top <= number:
        return f"numeric range from {parts[1]} to {parts[3]} is empty", MISSING
    return "", Test("numeric", Range(number, op == ">", top, parts[2] == "<"))


def _cidr(operand: Value) -> tuple[str, Test]:
    if not isinstance(operand, str):
        return (_not_text("cidr", operand), unknown(Unknown("", "the address block is not known")))
    from ipaddress import ip_network

    try:
        network = ip_network(operand, strict=False)
    except ValueError:
        return f"{operand!r} is no block of addresses", MISSING
    if not operand.partition("/")[2].isdecimal():
        return f"{operand!r} has no number of mask bits", MISSING
    if network.num_addresses == 1:
        return f"{operand!r} is one address, and cidr takes blocks of two and more", MISSING
    return "", Test("cidr", network)


def _bad_wildcard(operand: Value) -> str:
    """What is wrong with a wildcard: the engine takes neither `**` nor a backslash before anything but `*` and `\\`."""
    text = operand if isinstance(operand, str) else ""
    index = 0
    while index < len(text):
        if text[index] == "\\":
            if text[index + 1 : index + 2] not in ("*", "\\"):
                return f"wildcard {text!r} has a backslash before something else than * or \\"
            index += 1
        elif text[index : index + 2] == "**":
            return f"wildcard {text!r} has ** in it"
        index += 1
    return ""


def _not_text(op: str, operand: Value) -> str:
    return "" if isinstance(operand, (str, Text, Ref, Unknown)) else f"{op} takes a string, not {_kind(operand)}"


def _number(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _label(path: Key) -> str:
    return "`" + ".".join(path) + "`" if path else "the pattern"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, dict):
        return "an object"
    return "an array" if isinstance(value, list) else "a string"


def _as_map(value: dict[str, Any]) -> Map:
    return value if isinstance(value, Map) else Map(value)
