"""Expressions as Python closures: `(view, bindings) -> value`, about a microsecond each.

A closure raises `Undecided` where it reads what hangs on a choice that the view has not decided, and `Exhausted` where
the evaluation takes more steps than it may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edalint.facts.view import Members, View
from edalint.hints import Any
from edalint.model.conditions import Choice, Undecided
from edalint.model.values import Kleene, Ref, Text, Unknown, Value
from edalint.policy.language import operations as op
from edalint.policy.language import shapes
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
    opened,
    parse,
)

MAX_STEPS = 1_000_000
"""Elements that one evaluation may look at."""

STEPS_OF_A_NAME = 10

Expression = Callable[[View, "Bindings"], Value]


class Exhausted(Exception):
    """An evaluation took more steps than it may."""


class Bindings(dict[str, Any]):
    """What the names of an expression stand for, and how many steps are left."""

    left: int = MAX_STEPS
    made: dict[Expression, tuple[View, Value, int]] | None = None
    """What names that stand for expressions gave in a view, and in how many steps; None where what they are made of changes."""

    def spend(self, steps: int) -> None:
        """Count steps. Raises `Exhausted`."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted


def compile(
    expression: str | Syntax, names: frozenset[str] | set[str] | None = None, definitions: Mapping[str, Expression] | None = None
) -> Expression:
    """The closure of an expression. Raises `ExpressionError` for what cannot be parsed, an unknown name, a refused regex.

    `definitions` are names that stand for other expressions. Without `names` the expression is one that was looked through
    before: what it may never ask for (behind `&&`, in a macro over nothing) is made when it is asked for.
    """
    tree = parse(expression) if isinstance(expression, str) else expression  # or what `syntax.plain` gave
    return _Compiler(names, definitions or {}).make(tree)


def holds(expression: Expression, view: View, bindings: Bindings) -> Kleene:
    """An expression as a condition."""
    return as_condition(expression(view, bindings))


def as_condition(answer: Value) -> Kleene:
    """The value of an expression as a condition: what is absent does not hold."""
    if answer is True or answer is False:
        return answer
    answer = op.truth(answer)
    return False if answer is None else answer


class _Compiler:
    def __init__(self, names: frozenset[str] | set[str] | None, definitions: Mapping[str, Expression]) -> None:
        self.names = set(names) if names is not None else None
        self.definitions = definitions

    def make(self, tree: Syntax) -> Expression:
        tree = opened(tree)
        return _MAKERS[type(tree)](self, tree)

    def later(self, tree: Syntax) -> Callable[[], Expression]:
        """Gives the closure of what may never be asked for, made when it is; at once where names are to be looked up."""
        made = self.make(tree) if self.names is not None else None

        def give() -> Expression:
            nonlocal made
            if made is None:
                made = self.make(tree)
            return made

        return give

    def _literal(self, tree: Literal) -> Expression:
        value = tree.value
        return lambda view, bindings: value

    def _name(self, tree: Name) -> Expression:
        name = tree.name
        if name in self.definitions:
            return _defined(self.definitions[name])
        if self.names is not None and name not in self.names:
            raise ExpressionError(f"there is no '{name}'; there are {', '.join(sorted(self.names))}", tree.at)
        return lambda view, bindings: bindings[name]

    def _member(self, tree: Member) -> Expression:
        target, inner = self.make(tree.target), opened(tree.target)
        if isinstance(inner, Name) and inner.name not in self.definitions:
            return shapes.fact_of_name(inner.name, tree.name, member)
        return shapes.fact_of(target, tree.name, member)

    def _index(self, tree: Index) -> Expression:
        target, index = self.make(tree.target), self.make(tree.index)
        return lambda view, bindings: item(target(view, bindings), index(view, bindings), view)

    def _has(self, tree: Has) -> Expression:
        inner = self._member(opened(tree.member))

        def has(view: View, bindings: Bindings) -> Value:
            value = inner(view, bindings)
            if value is None:
                return False
            return op.outcome(value) if isinstance(value, Unknown) and not isinstance(value, op.Between) else True

        return has

    def _call(self, tree: Call) -> Expression:
        name = tree.name
        arguments = [self.make(a) for a in tree.arguments]
        first = arguments[0]
        if name == "size":
            return shapes.size(first)
        if name in ("int", "double", "string"):
            convert = {"int": op.integer, "double": op.double, "string": op.string}[name]
            return lambda view, bindings: convert(first(view, bindings))
        if name == "matches" and self.names is not None and isinstance(pattern := opened(tree.arguments[1]), Literal):
            self._check_pattern(pattern)
        second = arguments[1]
        return lambda view, bindings: op.string_test(name, first(view, bindings), second(view, bindings))

    def _check_pattern(self, literal: Literal) -> None:
        from edalint.policy.language import regexes

        try:
            regexes.check(str(literal.value))
        except regexes.RegexError as error:
            raise ExpressionError(str(error), literal.at) from None

    def _unary(self, tree: Unary) -> Expression:
        operand = self.make(tree.operand)
        if tree.operator == "-":
            return lambda view, bindings: op.calculate("-", 0, operand(view, bindings), view)

        def invert(view: View, bindings: Bindings) -> Value:
            answer = operand(view, bindings)
            if answer is True or answer is False:
                return not answer
            answer = op.truth(answer)
            return False if answer is None else op.negation(answer)

        return invert

    def _binary(self, tree: Binary) -> Expression:
        operator = tree.operator
        if operator in ("&&", "||"):
            return _decided_by(self._chain(tree), stop=operator == "||")
        left, right = self.make(tree.left), self.make(tree.right)
        if operator in ("==", "!=", "in"):
            return _beside_literal(operator, left, opened(tree.right)) or self._compared(tree, left, right)
        if operator in ("<", "<=", ">", ">="):
            return shapes.compared(operator, left, right)
        if operator == "+":
            return lambda view, bindings: _spent(op.calculate("+", left(view, bindings), right(view, bindings), view), bindings)
        return lambda view, bindings: op.calculate(operator, left(view, bindings), right(view, bindings), view)

    def _compared(self, tree: Binary, left: Expression, right: Expression) -> Expression:
        """`==`, `!=` and `in` of any two values."""
        if tree.operator == "==":
            return lambda view, bindings: op.equal(left(view, bindings), right(view, bindings), view, bindings.spend)
        if tree.operator == "in":
            return lambda view, bindings: op.contained(left(view, bindings), right(view, bindings), view, bindings.spend)
        if any(isinstance(side, Literal) and side.value is None for side in map(opened, (tree.left, tree.right))):
            return lambda view, bindings: op.negation(op.equal(left(view, bindings), right(view, bindings), view, bindings.spend))
        return lambda view, bindings: op.unequal(left(view, bindings), right(view, bindings), view, bindings.spend)

    def _chain(self, tree: Binary) -> list[Expression]:
        """The sides of `a && b && c`; all but the first are made when they are asked for."""
        sides: list[Syntax] = []
        left: Syntax = tree
        while isinstance(left, Binary) and left.operator == tree.operator:
            sides.append(left.right)
            left = opened(left.left)
        parts = [self.make(left)]
        parts.extend(self._lazy(side, parts, place) for place, side in enumerate(reversed(sides), 1))
        return parts

    def _lazy(self, tree: Syntax, parts: list[Expression], place: int) -> Expression:
        """What stands at a place of a list until it is asked for, and then makes the closure that stands there."""
        make = self.later(tree)

        def first(view: View, bindings: Bindings) -> Value:
            parts[place] = made = make()
            return made(view, bindings)

        return first

    def _ternary(self, tree: Ternary) -> Expression:
        condition, yes, no = self.make(tree.condition), self.later(tree.yes), self.later(tree.no)

        def choose(view: View, bindings: Bindings) -> Value:
            answer = op.truth(condition(view, bindings))
            if answer is True:
                return yes()(view, bindings)
            if not isinstance(answer, Unknown):
                return no()(view, bindings)
            if isinstance(answer, op.Mismatch):
                return answer
            one, two = yes()(view, bindings), no()(view, bindings)
            return one if op.equal(one, two, view, bindings.spend) is True else op.outcome(answer)

        return choose

    def _listof(self, tree: ListOf) -> Expression:
        elements = [self.make(e) for e in tree.elements]

        def build(view: View, bindings: Bindings) -> Value:
            values = [e(view, bindings) for e in elements]
            return next((v for v in values if type(v) is op.Mismatch), values)

        return build

    def _mapof(self, tree: MapOf) -> Expression:
        entries = [(self.make(k), self.make(v)) for k, v in tree.entries]

        def build(view: View, bindings: Bindings) -> Value:
            result: dict[Any, Any] = {}
            for key, value in entries:
                name = key(view, bindings)
                if isinstance(name, Unknown) or not isinstance(name, (str, int, bool)):
                    return name if isinstance(name, Unknown) else op.Mismatch("", f"{op.describe(name)} as the key of a map")
                result[name] = value(view, bindings)
            return next((v for v in result.values() if type(v) is op.Mismatch), result)

        return build

    def _macro(self, tree: Macro) -> Expression:
        target = self.make(tree.target)
        outer = self.names
        if outer is not None:
            if tree.name in outer:
                raise ExpressionError(f"'{tree.name}' already stands for another thing", tree.at)
            self.names = outer | {tree.name}
        body = self.later(tree.body)
        condition = self.make(tree.condition) if tree.condition is not None else None
        self.names = outer
        of_none = {"exists": False, "all": True, "exists_one": False}.get(tree.kind)
        run = {"exists": _exists, "all": _all, "exists_one": _exists_one, "filter": _filter}.get(tree.kind)
        name = tree.name

        def macro(view: View, bindings: Bindings) -> Value:
            members = target(view, bindings)
            if of_none is not None and shapes.is_empty(members):  # most are
                bindings.spend(1)
                return of_none
            if isinstance(members, Unknown):
                return op.outcome(members)
            if members is None:
                return None if tree.kind in ("filter", "map") else False
            if isinstance(members, dict):
                members = _keys(members, view)
            if not isinstance(members, list):
                return op.Mismatch("", f"{tree.kind} over {op.describe(members)}")
            elements = op.elements(members, view)
            bindings.spend(len(elements) + 1)
            shadowed = bindings.get(name)
            try:
                asked = body() if elements else target
                if run is None:
                    return _map(elements, members, name, asked, condition, view, bindings)
                return run(elements, members, name, asked, view, bindings)
            finally:
                bindings[name] = shadowed

        return macro


_MAKERS: dict[type[Any], Callable[[Any, Any], Expression]] = {
    Literal: _Compiler._literal,
    Name: _Compiler._name,
    Member: _Compiler._member,
    Index: _Compiler._index,
    Has: _Compiler._has,
    Call: _Compiler._call,
    Unary: _Compiler._unary,
    Binary: _Compiler._binary,
    Ternary: _Compiler._ternary,
    ListOf: _Compiler._listof,
    MapOf: _Compiler._mapof,
    Macro: _Compiler._macro,
}


def _beside_literal(operator: str, left: Expression, right: Syntax) -> Expression | None:
    """`==` or `!=` of a literal, `in` of a list of words; None where the right side is something else."""
    if operator == "in":
        words = _words(operator, right)
        return shapes.one_of(left, words) if words else None
    if not isinstance(right, Literal) or type(right.value) not in op.PLAIN:
        return None
    return shapes.beside_literal(operator, left, right.value)


def _words(operator: str, right: Syntax) -> list[str]:
    """The words of which `== "a"` or `in ["a", "b"]` asks for one; none where the right side is something else."""
    written = [right] if operator == "==" else right.elements if operator == "in" and isinstance(right, ListOf) else ()
    words = [word.value for word in map(opened, written) if isinstance(word, Literal) and type(word.value) is str]
    return words if len(words) == len(written) else []


def first_asked(tree: Syntax, name: str) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """What a condition asks first, where that is whether something of `name` is one of some words: the members that lead to it, the words.

    Where it is known to be another word, the condition is false.
    """
    first = opened(tree)
    while isinstance(first, Binary) and first.operator == "&&":
        first = opened(first.left)
    words = _words(first.operator, opened(first.right)) if isinstance(first, Binary) else []
    if not isinstance(first, Binary) or not words:
        return None
    members: list[str] = []
    inner = opened(first.left)
    while isinstance(inner, Member):
        members.insert(0, inner.name)
        inner = opened(inner.target)
    return (tuple(members), frozenset(words)) if members and isinstance(inner, Name) and inner.name == name else None


def _defined(definition: Expression) -> Expression:
    """What a name stands for; it counts as a step, since names made of names can be asked exponentially often."""

    def evaluate(view: View, bindings: Bindings) -> Value:
        bindings.spend(STEPS_OF_A_NAME)
        made = bindings.made
        if made is None:
            return definition(view, bindings)
        known = made.get(definition)
        if known is not None and known[0] is view:
            bindings.spend(known[2])  # as many as without
            return known[1]
        left = bindings.left
        value = definition(view, bindings)
        made[definition] = (view, value, left - bindings.left)
        return value

    return evaluate


def _spent(value: Value, bindings: Bindings) -> Value:
    """A sum; texts and lists take as many steps as they are long."""
    if isinstance(value, (str, list)):
        bindings.spend(len(value))
    elif isinstance(value, Text):
        bindings.spend(sum(len(part) if isinstance(part, str) else 1 for part in value.parts))
    return value


def _decided_by(parts: list[Expression], *, stop: bool) -> Expression:
    """`&&` (stops at False) and `||` (stops at True); a part that decides saves deciding the others' choices."""
    goes_on = not stop

    def evaluate(view: View, bindings: Bindings) -> Value:
        doubt: Unknown | None = None
        choice: Choice | None = None
        for part in parts:
            try:
                answer = part(view, bindings)
            except Undecided as undecided:
                choice = undecided.choice
                continue
            if answer is goes_on:
                continue
            if answer is not stop:
                answer = op.truth(answer)
            if answer is stop or (answer is None and goes_on):
                return stop
            if isinstance(answer, Unknown) and (doubt is None or (type(doubt) is op.Mismatch and type(answer) is not op.Mismatch)):
                doubt = answer
        if choice is not None:
            raise Undecided(choice)
        return goes_on if doubt is None else op.outcome(doubt)

    return evaluate


def _keys(entries: dict[Any, Any], view: View) -> list[Any]:
    """The keys of a map whose values are there."""
    present = {k: v for k, v in ((k, view.value(v)) for k, v in entries.items()) if v is not None}
    return op.collected(list(present), [v if isinstance(v, Unknown) else None for v in present.values()], "")


Run = Callable[[list[Any], list[Any], str, Expression, View, Bindings], Value]


def _open(members: list[Any]) -> Unknown | None:
    return Unknown("", members.open) if isinstance(members, Members) and members.open else None


def _answers(elements: list[Any], name: str, body: Expression, view: View, bindings: Bindings) -> Any:
    for element in elements:
        bindings[name] = element
        answer = op.truth(body(view, bindings))
        yield False if answer is None else answer


def _decide(stop: bool) -> Run:
    """`exists` (stops at True) and `all` (stops at False). A choice that is not decided is raised only if no other element decides."""
    goes_on = not stop

    def run(elements: list[Any], members: list[Any], name: str, body: Expression, view: View, bindings: Bindings) -> Value:
        doubt: Unknown | None = None
        undecided: Undecided | None = None
        doubts = members.doubts if isinstance(members, op.Doubtful) else None
        for place, element in enumerate(elements):
            bindings[name] = element
            try:
                answer = body(view, bindings)
            except Undecided as raised:
                undecided = undecided or raised
                continue
            if answer is goes_on:
                continue
            if answer is not stop:
                answer = op.truth(answer)
                if answer is goes_on or (answer is None and stop):
                    continue
            unsure = doubts[place] if doubts is not None else element if isinstance(element, Unknown) else None
            if isinstance(answer, Unknown):
                unsure = answer
            elif unsure is None:
                return stop
            doubt = unsure if doubt is None or isinstance(doubt, op.Mismatch) else doubt
        if undecided is not None:
            raise undecided
        doubt = _open(members) if doubt is None else doubt
        return goes_on if doubt is None else op.outcome(doubt)

    return run


_exists = _decide(stop=True)
_all = _decide(stop=False)


def _exists_one(elements: list[Any], members: list[Any], name: str, body: Expression, view: View, bindings: Bindings) -> Value:
    certain, doubt = 0, _open(members)
    for answer, unsure in zip(_answers(elements, name, body, view, bindings), op.doubts_of(members, elements), strict=True):
        if isinstance(answer, op.Mismatch):
            return answer
        if answer is True and unsure is None:
            certain += 1
        elif answer is not False:
            doubt = answer if isinstance(answer, Unknown) else unsure
    if certain > 1:
        return False
    return op.outcome(doubt) if doubt is not None else certain == 1


def _filter(elements: list[Any], members: list[Any], name: str, body: Expression, view: View, bindings: Bindings) -> Value:
    kept: list[Any] = []
    doubts: list[Unknown | None] = []
    for element, unsure in zip(elements, op.doubts_of(members, elements), strict=True):
        bindings[name] = element
        answer = body(view, bindings)
        if answer is False:
            continue
        answer = op.truth(answer)
        if isinstance(answer, op.Mismatch):
            return answer
        if answer is True or isinstance(answer, Unknown):
            kept.append(element)
            doubts.append(op.outcome(answer) if isinstance(answer, Unknown) else unsure)
    return op.collected(kept, doubts, members.open if isinstance(members, Members) else "")


def _map(
    elements: list[Any], members: list[Any], name: str, body: Expression, condition: Expression | None, view: View, bindings: Bindings
) -> Value:
    if condition is not None:
        kept = _filter(elements, members, name, condition, view, bindings)
        if isinstance(kept, Unknown):
            return kept
        elements = members = kept
    results: list[Any] = []
    doubts: list[Unknown | None] = []
    for element, unsure in zip(elements, op.doubts_of(members, elements), strict=True):
        bindings[name] = element
        value = body(view, bindings)
        if isinstance(value, op.Mismatch):
            return value
        if value is not None:
            results.append(value)
            doubts.append(value if isinstance(value, Unknown) and not isinstance(value, op.Between) else unsure)
    return op.collected(results, doubts, members.open if isinstance(members, Members) else "")


# members


def member(target: Value, name: str, view: View) -> Value:
    """`target.name`: a fact of a node, edge, part ...; an entry of a map; absent of what is absent."""
    if target is None:
        return None
    if isinstance(target, Unknown):
        return op.outcome(target)
    if isinstance(target, op.SUBJECTS):
        return shapes.asked(target, name, view)
    if isinstance(target, dict):
        return view.get(target, name)
    if isinstance(target, (Text, Ref)):
        return Unknown("", "inside a text that is known in part")
    if isinstance(target, tuple) and hasattr(target, "_fields"):
        return view.value(getattr(target, name, None))
    return None if isinstance(target, (str, int, float)) else op.Mismatch("", f"{op.describe(target)} has no '{name}'")


def item(target: Value, index: Value, view: View) -> Value:
    """`target[index]`: an element, an entry; absent where there is none."""
    if target is None or index is None:
        return None
    if isinstance(target, Unknown) or isinstance(index, Unknown):
        return op.outcome(target if isinstance(target, Unknown) else index)
    if isinstance(target, dict):
        if isinstance(index, (Text, Ref)):
            return Unknown("", "a key that is known in part")
        return view.value(target.get(index)) if isinstance(index, (str, int)) else op.Mismatch("", f"{op.describe(index)} as a key")
    if isinstance(target, list):
        place = op.number(index)
        if isinstance(place, Unknown):
            return place
        elements = op.elements(target, view)
        doubt = next((d for d in op.doubts_of(target, elements)[: max(int(place) + 1, 0)] if d is not None), None)
        if doubt is not None:
            return op.outcome(doubt)
        if 0 <= place < len(elements) and place == int(place):
            return elements[int(place)]
        return _open(target)
    return op.Mismatch("", f"{op.describe(target)} has no elements") if not isinstance(target, (Text, Ref)) else Unknown("", "a text")
