"""Conditions mean what every assignment of their choices says, however they were put together."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest

from edalint.model.conditions import Choice, Condition, answer, both, choices_of, either, forced, is_one_of, negation, satisfiable

CHOICES = [Choice(name, name, tuple(f"{name}{i}" for i in range(size))) for name, size in (("a", 2), ("b", 3), ("c", 2), ("d", 2))]
NAMES = [choice.name for choice in CHOICES]
ASSIGNMENTS = [dict(zip(NAMES, values, strict=True)) for values in itertools.product(*(c.domain for c in CHOICES))]


def _some(generator: random.Random, depth: int) -> tuple[Condition, set[int]]:
    """A condition, and the assignments in which it holds, worked out beside it."""
    sort = generator.choice(("test", "and", "or", "not")) if depth else "test"
    if sort == "test":
        choice = generator.choice(CHOICES)
        values = generator.sample(choice.domain, generator.randint(0, len(choice.domain)))
        return is_one_of(choice, values), {i for i, a in enumerate(ASSIGNMENTS) if a[choice.name] in values}
    if sort == "not":
        inner, where = _some(generator, depth - 1)
        return negation(inner), set(range(len(ASSIGNMENTS))) - where
    parts = [_some(generator, depth - 1) for _ in range(generator.randint(1, 4))]
    join, meet = (both, set.intersection) if sort == "and" else (either, set.union)
    return join(*(c for c, _ in parts)), meet(*(w for _, w in parts))


def _conditions() -> Iterator[tuple[Condition, set[int]]]:
    generator = random.Random(11)
    for _ in range(1500):
        yield _some(generator, 5)


def test_conditions_hold_where_they_say() -> None:
    """Of a complete assignment the answer is true or false; of a part of one it is the same, or a choice that is open."""
    generator = random.Random(5)
    for condition, where in _conditions():
        for number in generator.sample(range(len(ASSIGNMENTS)), 6):
            assignment = ASSIGNMENTS[number]
            assert answer(condition, assignment) is (number in where)
            part = {name: value for name, value in assignment.items() if generator.random() < 0.5}
            found = answer(condition, part)
            if isinstance(found, Choice):
                assert found.name not in part
                assert found.name in choices_of(condition)
            else:
                assert found is (number in where)


def test_satisfiable_agrees_with_trying_everything() -> None:
    """A condition is satisfiable if some assignment makes it true."""
    answers = {True: 0, False: 0}
    for condition, where in _conditions():
        assert satisfiable(condition) is bool(where), condition
        answers[bool(where)] += 1
    assert min(answers.values()) > 50


def test_what_is_forced_holds_wherever_the_condition_does() -> None:
    """A test that is forced is true in every assignment that makes the condition true."""
    for condition, where in _conditions():
        for test in forced(condition).values():
            assert all(ASSIGNMENTS[i][test.choice.name] in test.values for i in where)


def test_what_is_too_long_to_be_searched_is_taken_as_possible() -> None:
    """A pigeonhole problem: nobody can say quickly that it has no solution."""
    holes = tuple(str(i) for i in range(11))
    pigeons = [Choice(f"p{i}", f"p{i}", holes) for i in range(12)]
    apart = [
        either(negation(is_one_of(one, hole)), negation(is_one_of(other, hole)))
        for one, other in itertools.combinations(pigeons, 2)
        for hole in ((h,) for h in holes)
    ]
    assert satisfiable(both(*apart)) is True


@pytest.mark.parametrize("count", [40, 120])
def test_chains_of_implications_are_decided(count: int) -> None:
    """Every test forces the next one, so a chain that ends against its beginning is impossible; it takes no search to see that."""
    choices = [Choice(f"x{i:03}", f"x{i}", ("true", "false")) for i in range(count)]
    true = [is_one_of(choice, ("true",)) for choice in choices]
    chain = [either(negation(one), other) for one, other in itertools.pairwise(true)]

    assert satisfiable(both(true[0], *chain)) is True
    assert satisfiable(both(true[0], *chain, negation(true[-1])), limit=count * count) is False
