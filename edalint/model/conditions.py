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
    if len(conditions) > 2:
        conditions = tuple([c for c in conditions if c is not True])
        if len(conditions) < 2:
            return conditions[0] if conditions else True
    if len(conditions) == 2:  # most are, and long ones are dear to take apart
        one, other = conditions
        if one is True or other is True:
            return other if one is True else one
        if isinstance(one, Is) and isinstance(other, Both):
            return _with_test(one, other)
        if isinstance(one, Both) and isinstance(other, Is):
            return _with_test(other, one)
    tests: dict[str, Is] = {}
    rest: list[Condition] = []
    for condition in _flatten(conditions, Both):
        if condition is True:
            continue
        if condition is False:
            return False
        if isinstance(condition, Is):
            name = condition.choice.name
            seen = tests.get(name)
            if seen is None:
                tests[name] = condition
            elif seen.values != condition.values:
                values = condition.values & seen.values
                if not values:
                    return False
                tests[name] = Is(condition.choice, values)
        elif condition not in rest:
            rest.append(condition)
    parts = [*(tests[name] for name in sorted(tests)), *rest]
    return True if not parts else parts[0] if len(parts) == 1 else Both(tuple(parts))


def _with_test(test: Is, condition: Both) -> Condition:
    """The conjunction of a test and one that is in normal order: tests by the name of their choice, then the rest."""
    name, parts = test.choice.name, condition.conditions
    for at, part in enumerate(parts):
        if not isinstance(part, Is) or part.choice.name > name:
            return Both((*parts[:at], test, *parts[at:]))
        if part.choice.name == name:
            values = part.values & test.values
            return Both((*parts[:at], Is(test.choice, values), *parts[at + 1 :])) if values else False
    return Both((*parts, test))


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
    found = answer(condition, assignment)
    if isinstance(found, Choice):
        raise Undecided(found)
    return found


def answer(condition: Condition, assignment: Assignment) -> bool | Choice:
    """Whether the condition holds under the choices decided, or the first choice on which that hangs."""
    if condition is True or condition is False:
        return condition
    if isinstance(condition, Is):
        value = assignment.get(condition.choice.name)
        return condition.choice if value is None else value in condition.values
    stop = isinstance(condition, Either)
    open_choice: Choice | None = None
    for part in condition.conditions:
        found = answer(part, assignment)
        if found is stop:
            return stop
        if open_choice is None and isinstance(found, Choice):
            open_choice = found
    return not stop if open_choice is None else open_choice


def choices_of(condition: Condition) -> frozenset[str]:
    """The names of the choices that a condition tests."""
    if isinstance(condition, bool):
        return frozenset()
    if isinstance(condition, Is):
        return frozenset((condition.choice.name,))
    return frozenset().union(*map(choices_of, condition.conditions))


def forced(condition: Condition) -> dict[str, Is]:
    """The tests that hold wherever the condition does, by name of their choice."""
    parts = condition.conditions if isinstance(condition, Both) else (condition,)
    return {part.choice.name: part for part in parts if isinstance(part, Is)}


def satisfiable(condition: Condition, limit: int = 10_000) -> bool:
    """Whether some assignment makes the condition true; after `limit` tests looked at the answer is yes."""
    return isinstance(condition, Is) or _possible(condition, [limit])


def _possible(condition: Condition, work: list[int]) -> bool:
    """What is forced is put into the rest until nothing new is; then the shortest disjunction is tried part by part."""
    known: dict[str, Is] = {}
    while isinstance(condition, Both):
        tests = forced(condition)
        if tests == known:
            break
        known = tests
        condition = both(*known.values(), *(_given(c, known, work) for c in condition.conditions if not isinstance(c, Is)))
    if isinstance(condition, bool):
        return condition
    if isinstance(condition, Is) or work[0] < 0:
        return True
    if isinstance(condition, Either):
        return any(_possible(part, work) for part in condition.conditions)
    disjunctions = [c for c in condition.conditions if isinstance(c, Either)]
    if not disjunctions:
        return True
    shortest = min(disjunctions, key=lambda c: len(c.conditions))
    others = [c for c in condition.conditions if c is not shortest]
    return any(_possible(both(part, *others), work) for part in shortest.conditions)


def _given(condition: Condition, known: Mapping[str, Is], work: list[int]) -> Condition:
    """What is left of a condition where these tests hold."""
    work[0] -= 1
    if isinstance(condition, bool):
        return condition
    if isinstance(condition, Is):
        test = known.get(condition.choice.name)
        if test is None:
            return condition
        left = condition.values & test.values
        return left == test.values or (bool(left) and Is(condition.choice, left))
    join = both if isinstance(condition, Both) else either
    return join(*(_given(part, known, work) for part in condition.conditions))


def describe(condition: Condition) -> str:
    """The condition as reports print it: `Stage=production`, `Stage=dev|test and Condition IsEu=true`."""
    if isinstance(condition, bool):
        return "always" if condition else "never"
    if isinstance(condition, Is):
        return f"{condition.choice.label}={'|'.join(v for v in condition.choice.domain if v in condition.values)}"
    word = " and " if isinstance(condition, Both) else " or "
    return word.join(f"({describe(c)})" if isinstance(c, (Both, Either)) else describe(c) for c in condition.conditions)


def _flatten(conditions: Iterable[Condition], sort: type[Both] | type[Either]) -> list[Condition]:
    """The conditions, with their parts in place of those of one sort: what `both` and `either` make holds none of its own sort."""
    flat: list[Condition] = []
    for condition in conditions:
        flat += condition.conditions if isinstance(condition, sort) else (condition,)
    return flat
