"""Closures for the shapes that conditions are made of: a fact of a subject, a fact beside a literal, the size of a set.

Each answers at once where the values are the plain ones that nearly all are, and otherwise what the general operation answers.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne

from edalint.facts.view import LASTING, UNASKED, Members, View
from edalint.hints import TYPE_CHECKING, Any
from edalint.model.graph import Node
from edalint.model.values import Unknown, Value
from edalint.policy.language import operations as op

if TYPE_CHECKING:
    from edalint.policy.language.compiler import Bindings, Expression

_SETS = frozenset((list, Members))
_EQUALITY = {"==": (eq, op.equal), "!=": (ne, op.unequal)}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def fact_of_name(name: str, fact: str, otherwise: Callable[[Value, str, View], Value]) -> Expression:
    """`name.fact`; `otherwise` answers where that is something else than a fact of the graph."""

    def evaluate(view: View, bindings: Bindings) -> Value:
        subject = bindings[name]
        if type(subject) in LASTING:
            value = view.known[fact].get(subject, UNASKED)
            return asked(subject, fact, view) if value is UNASKED else value
        return otherwise(subject, fact, view)

    return evaluate


def fact_of(target: Expression, fact: str, otherwise: Callable[[Value, str, View], Value]) -> Expression:
    """`target.fact`; `otherwise` answers where that is something else than a fact of the graph."""

    def evaluate(view: View, bindings: Bindings) -> Value:
        subject = target(view, bindings)
        if type(subject) in LASTING:
            value = view.known[fact].get(subject, UNASKED)
            return asked(subject, fact, view) if value is UNASKED else value
        return otherwise(subject, fact, view)

    return evaluate


def asked(subject: Any, fact: str, view: View) -> Value:
    """A fact that not every view knows. One that only another kind of subject has is absent, and unknown of what is not in the run."""
    try:
        return view.ask(subject, fact)
    except LookupError:
        if type(subject) is Node and subject.kind == "external":
            return Unknown("", f"'{subject.name}' is not in this run")
        return None


def beside_literal(operator: str, left: Expression, value: Value) -> Expression:
    """`left == literal` or `left != literal`, a plain one."""
    kind = type(value)
    decide, otherwise = _EQUALITY[operator]

    def evaluate(view: View, bindings: Bindings) -> Value:
        found = left(view, bindings)
        return decide(found, value) if type(found) is kind else otherwise(found, value, view, bindings.spend)

    return evaluate


def one_of(left: Expression, words: list[str]) -> Expression:
    """`left in [literal, ...]`."""
    known, count = frozenset(words), len(words)

    def evaluate(view: View, bindings: Bindings) -> Value:
        found = left(view, bindings)
        if type(found) is str:
            bindings.spend(count)
            return found in known
        return op.contained(found, words, view, bindings.spend)

    return evaluate


def compared(operator: str, left: Expression, right: Expression) -> Expression:
    """`<`, `<=`, `>`, `>=`."""
    decide = _ORDER[operator]

    def evaluate(view: View, bindings: Bindings) -> Value:
        one, two = left(view, bindings), right(view, bindings)
        if type(one) is int and type(two) is int:
            return decide(one, two)
        return op.compare(operator, one, two)

    return evaluate


def size(of: Expression) -> Expression:
    """`size(of)`: most sets are empty."""

    def evaluate(view: View, bindings: Bindings) -> Value:
        value = of(view, bindings)
        return 0 if is_empty(value) else op.size(value, view)

    return evaluate


def is_empty(value: Value) -> bool:
    """Whether a value is a set that is known to have no members."""
    kind = type(value)
    return kind in _SETS and not value and (kind is list or not value.open)
