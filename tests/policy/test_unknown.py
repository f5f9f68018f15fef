"""Partly unknown input is judged by the definition: true (false) only if it is so however the unknowns are filled.

Fillings that make a mistake of the expression (a division by zero) say nothing.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest

from edalint.facts.view import Members, View
from edalint.model.graph import EventGraph
from edalint.model.values import Map, OneOf, Unknown, text_of
from edalint.policy.language import Bindings, compile  # noqa: A004
from edalint.policy.language.operations import Mismatch
from tests.policy.expressions import VARIABLES, expressions, values

VIEW = View(EventGraph())
HOLES: dict[str, list[Any]] = {
    "number": [None, 0, 1, 7],
    "other number": [None, -1, 2],
    "text": ["", "a", "b", "ab"],
    "truth": [None, True, False],
    "more": [[], [1], [0, 7]],
}
"""Symbol -> what it may stand for."""


def hole(symbol: str) -> Unknown:
    return Unknown(symbol, f"{symbol} is not known")


def partly(seed: int) -> dict[str, Any]:
    """Values of which some have holes."""
    r = random.Random(seed * 7 + 1)
    known = values(seed)
    known["m"] = Map(known["m"])
    options: dict[str, list[Any]] = {
        "a": [hole("number")],
        "b": [hole("number"), hole("other number")],
        "s": [hole("text"), text_of(["a", hole("text")])],
        "t": [text_of([hole("text"), "b"]), text_of(["b", hole("text"), "b"])],
        "p": [hole("truth")],
        "l": [Members([1, 2], "more"), Members([], "more"), [hole("number"), 2]],
        "m": [Map({"k": hole("number"), "n": 1})],
    }
    for name in r.sample(sorted(options), r.choice([1, 2, 2, 3])):
        known[name] = r.choice(options[name])
    return known


def symbols(value: Any) -> set[str]:
    if isinstance(value, Unknown):
        return {value.symbol}
    if isinstance(value, Members):
        return {value.open} if value.open else set()
    if isinstance(value, dict):
        return set().union(*map(symbols, value.values()))
    if isinstance(value, list):
        return set().union(*map(symbols, value)) if value else set()
    return {p.symbol for p in getattr(value, "parts", ()) if isinstance(p, Unknown)}


def fill(value: Any, chosen: dict[str, Any]) -> Any:
    if isinstance(value, Unknown):
        return chosen[value.symbol]
    if isinstance(value, Members) and value.open:
        return [*value, *chosen[value.open]]
    if isinstance(value, dict):
        return Map({k: fill(v, chosen) for k, v in value.items()})
    if isinstance(value, list):
        return [fill(v, chosen) for v in value]
    parts = getattr(value, "parts", None)
    return text_of([fill(p, chosen) for p in parts]) if parts is not None else value


def fillings(names: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The values with their holes filled, in every way."""
    found = sorted(set().union(*map(symbols, names.values())))
    for chosen in itertools.product(*(HOLES[s] for s in found)):
        by_symbol = dict(zip(found, chosen, strict=True))
        yield {name: fill(value, by_symbol) for name, value in names.items()}


def test_an_answer_holds_for_every_filling() -> None:
    """No expression is true or false with holes where some filling of them makes it anything else."""
    wrong: list[Any] = []
    decided = unknown = 0
    for seed, text in enumerate(expressions(5000, 3)):
        expression = compile(text, set(VARIABLES))
        names = partly(seed)
        answer = expression(VIEW, Bindings(dict(names)))
        if isinstance(answer, Unknown):
            unknown += 1
            continue
        decided += 1
        for filled in fillings(names):
            found = expression(VIEW, Bindings(dict(filled)))
            if found is not answer and not isinstance(found, Mismatch):
                wrong.append((text, names, answer, filled, found))
                break

    assert wrong == []
    assert decided > 1000
    assert unknown > 500


def answer(text: str, **names: Any) -> Any:
    found = compile(text)(VIEW, Bindings(names))
    return "mistake" if isinstance(found, Mismatch) else "unknown" if isinstance(found, Unknown) else found


UNKNOWN = hole("number")
OPEN = Members([1, 2], "somebody else may read it")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("u && false", False),
        ("false && u", False),
        ("u || true", True),
        ("u && true", "unknown"),
        ("!u", "unknown"),
        ("u ? 1 : 1", 1),
        ("u ? 1 : 2", "unknown"),
        ("has(m.u)", "unknown"),
        ("has(m.k)", True),
        ("has(m.nothing)", False),
        ("has(m.u.deeper)", "unknown"),
        ("m.nothing == null", True),
        ("m.nothing != null", False),
        ("m.nothing < 1", False),
        ("m.nothing == 1", False),
        ("m.nothing != 1", False),
        ("1 != m.nothing", False),
        ("m.nothing != m.nothing", False),
        ("m.nothing == m.nothing", True),
        ("m.k != null", True),
        ("m.nothing > 1", False),
        ("m.nothing + 1 > 0", False),
        ("m.nothing.deeper == null", True),
        ("m.nothing.matches('a')", False),
        ("size(m.nothing) == 0", False),
        ("m.nothing.exists(e, true)", False),
        ("m.nothing.all(e, true)", False),
        ("1 in m.nothing", False),
        ("u == u", True),
        ("u == v", "unknown"),
        ("m.text == 30", True),
        ("m.text > 29", True),
        ("m.text + 1 == 31", True),
        ("m.yes == true", True),
        ("m.yes && true", True),
        ("m.yes ? true : false", True),
        ("m.word > 1", "mistake"),
        ("m.word > 1 && false", False),
        ("m.k.matches('1')", True),
        ("open.exists(e, e == 1)", True),
        ("open.exists(e, e == 3)", "unknown"),
        ("open.all(e, e == 1)", False),
        ("open.all(e, e > 0)", "unknown"),
        ("size(open) == 0", False),
        ("size(open) == 2", "unknown"),
        ("size(open) > 1", True),
        ("size(open) > 2", "unknown"),
        ("size(open) >= 2", True),
        ("size(open) < 2", False),
        ("size(open) <= 1", False),
        ("1 <= size(open)", True),
        ("3 > size(open)", "unknown"),
        ("size(open) != 1", True),
        ("1 in open", True),
        ("3 in open", "unknown"),
        ("size(open.filter(e, e > 1)) > 0", True),
        ("size(open.filter(e, e > 5)) == 0", "unknown"),
        ("open.map(e, e * 2).exists(e, e == 4)", True),
        ("open.map(e, e * 2).all(e, e < 9)", "unknown"),
        ("size([1, 2].filter(e, e == u)) < 3", True),
        ("size([1, 2].filter(e, e == u)) > 1", "unknown"),
        ("[1, 2].filter(e, e == u).exists(e, e == 3)", False),
        ("[1, 2].filter(e, e == u).all(e, e < 3)", True),
        ("open[0]", 1),
        ("open[9]", "unknown"),
        ("[1][9] == null", True),
        ("stage == 'x-dlq'", "unknown"),
        ("stage.endsWith('-dlq')", True),
        ("stage.contains('q')", True),
        ("stage.startsWith('a:')", "unknown"),
        ("stage.matches('-dlq$')", True),
        ("stage.matches('fifo$')", False),
        ("stage + '.fifo' == stage", False),
    ],
)
def test_law(text: str, expected: Any) -> None:
    """The logic of the language, law by law."""
    names = Map({"k": 1, "u": UNKNOWN, "text": "30", "yes": "true", "word": "ten"})

    assert answer(text, u=UNKNOWN, v=hole("text"), m=names, open=OPEN, stage=text_of([hole("text"), "-dlq"])) == expected


def test_alternatives_inside_raw_values_are_decided_by_the_view() -> None:
    """A property that is a OneOf is never seen by an expression: reading it asks for the choice."""
    from edalint.model.conditions import Choice, Undecided, is_one_of, negation

    choice = Choice("t.yaml#Stage", "Stage", ("dev", "prod"))
    prod = is_one_of(choice, ["prod"])
    names = {"m": Map({"Size": OneOf(((prod, 10), (negation(prod), None)))})}
    text = compile("has(m.Size) && m.Size > 5")

    with pytest.raises(Undecided):
        text(VIEW, Bindings(names))
    assert text(VIEW.decide(choice, "prod"), Bindings(names)) is True
    assert text(VIEW.decide(choice, "dev"), Bindings(names)) is False
    assert compile("has(m.Size) && false")(VIEW, Bindings(names)) is False
