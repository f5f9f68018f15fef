"""Alternatives: choices that the template leaves open, and conditions over them.

A *choice* is an open parameter, variable or condition with a finite domain. A *condition* says in which
alternatives something exists. `True` and `False` are conditions; so are `Is`, `Both` and `Either`, which are only
made by the functions below, never directly: they keep conditions small and in a normal order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edalint.hints import Union
from edalint.model.records import NamedTuple

SOMETHING_ELSE = "(something else)"
"""The value of a choice that equals none of the literals it is compared with."""


class Choice(NamedTuple):
    """Something that the template leaves open, with every value it can take."""

    name: str
    """As a user knows it, made unique by its template: `template.yaml#Stage`."""
    label: str
    """How reports call it: `Stage`, `var.stage`, `Condition IsProd`."""
    domain: tuple[str, ...]


class Is(NamedTuple):
    """The choice has one of the values (never all of its domain, never none)."""

    choice: Choice
    values: frozenset[str]


class Both(NamedTuple):
    """All of the conditions hold."""

    conditions: tuple[Condition, ...]


class Either(NamedTuple):
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


Condition = Union[bool, Is, Both, Either]
Assignment = Mapping[str, str]
"""Choice name -> the value decided."""


class Undecided(Exception):
    """Something was read that hangs on a choice that this view has not decided."""

    def __init__(self, choice: Choice) -> None:
        super().__init__(choice.name)
        self.choice = choice


def is_one_of(choice: Choice, values: Iterable[str]) -> Condition:
    """The condition that the choice has one of these values."""
    chosen = frozenset(values) & frozenset(choice.domain)
    if not chosen:
        return False
    return True if len(chosen) == len(choice.domain) else Is(choice, chosen)


def negation(condition: Condition) -> Condition:
    """The condition that holds where this one does not."""
    if isinstance(condition, bool):
        return not condition
    if isinstance(condition, Is):
        return is_one_of(condition.choice, frozenset(condition.choice.domain) - condition.values)
    if isinstance(condition, Both):
        return either(*(negation(c) for c in condition.conditions))
    return both(*(negation(c) for c in condition.conditions))


def both(*conditions: Condition) -> Condition:
    """The conjunction; constants and repetitions are folded, tests of one choice are intersected."""
    if len(conditions) == 2 and (conditions[0] is True or conditions[1] is True):  # most are, and long ones are dear to take apart
        return conditions[1] if conditions[0] is True else conditions[0]
    tests: dict[str, Is] = {}
    rest: list[Condition] = []
    for condition in _flatten(conditions, Both):
        if condition is True:
            continue
        if condition is False:
            return False
        if isinstance(condition, Is):
            seen = tests.get(condition.choice.name)
            values = condition.values & seen.values if seen else condition.values
            if not values:
                return False
            tests[condition.choice.name] = Is(condition.choice, values)
        elif condition not in rest:
            rest.append(condition)
    parts = [*(tests[name] for name in sorted(tests)), *rest]
    return True if not parts else parts[0] if len(parts) == 1 else Both(tuple(parts))


def either(*conditions: Condition) -> Condition:
    """The disjunction; constants and repetitions are folded, tests of one choice are united."""
    tests: dict[str, Condition] = {}
    rest: list[Condition] = []
    for condition in _flatten(conditions, Either):
        if condition is False:
            continue
        if condition is True:
            return True
        if isinstance(condition, Is):
            seen = tests.get(condition.choice.name)
            values = condition.values | seen.values if isinstance(seen, Is) else condition.values
            merged = is_one_of(condition.choice, values)
            if merged is True:
                return True
            tests[condition.choice.name] = merged
        elif condition not in rest:
            rest.append(condition)
    parts = [*(tests[name] for name in sorted(tests)), *rest]
    return False if not parts else parts[0] if len(parts) == 1 else Either(tuple(parts))


def holds(condition: Condition, assignment: Assignment) -> bool:
    """Whether the condition holds under the choices decided.

    Raises `Undecided` where the answer hangs on a choice that is not decided.
    """
    if condition is True or condition is False:
        return condition
    if isinstance(condition, Is):
        value = assignment.get(condition.choice.name)
        if value is None:
            raise Undecided(condition.choice)
        return value in condition.values
    stop = isinstance(condition, Either)
    open_choice: Undecided | None = None
    for part in condition.conditions:
        try:
            if holds(part, assignment) is stop:
                return stop
        except Undecided as undecided:
            open_choice = open_choice or undecided
    if open_choice is not None:
        raise open_choice
    return not stop


def satisfiable(condition: Condition, limit: int = 4096) -> bool:
    """Whether some assignment makes the condition true; after `limit` branches the answer is yes."""
    if isinstance(condition, bool):
        return condition
    budget = [limit]

    def search(assignment: dict[str, str]) -> bool:
        budget[0] -= 1
        if budget[0] < 0:
            return True
        try:
            return holds(condition, assignment)
        except Undecided as undecided:
            choice = undecided.choice
            return any(search({**assignment, choice.name: value}) for value in choice.domain)

    return search({})


def describe(condition: Condition) -> str:
    """The condition as reports print it: `Stage=production`, `Stage=dev|test and Condition IsEu=true`."""
    if isinstance(condition, bool):
        return "always" if condition else "never"
    if isinstance(condition, Is):
        return f"{condition.choice.label}={'|'.join(v for v in condition.choice.domain if v in condition.values)}"
    word = " and " if isinstance(condition, Both) else " or "
    return word.join(f"({describe(c)})" if isinstance(c, (Both, Either)) else describe(c) for c in condition.conditions)


def _flatten(conditions: Iterable[Condition], sort: type[Both] | type[Either]) -> Iterable[Condition]:
    for condition in conditions:
        if isinstance(condition, sort):
            yield from _flatten(condition.conditions, sort)
        else:
            yield condition
