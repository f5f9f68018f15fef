"""Fully known input is judged as a CEL library judges it: 4000 random expressions and the corners of the language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from edalint.facts.view import View
from edalint.model.graph import EventGraph
from edalint.model.values import Unknown
from edalint.policy.language import Bindings, compile  # noqa: A004
from edalint.policy.language.syntax import ExpressionError
from tests.policy.expressions import VARIABLES, expressions, values

RECORDED = Path(__file__).parent / "cel.json"
"""What the library answered: `[true, false, "error"]` for each expression in order. Made by tests/oracles/cel.py."""
COUNT = 4000
CORNERS = (
    "1 / 0 > 0 || p || !p", "p && !p && 1 / 0 > 0", "[0, 1].exists(i, 1 / i > 0)", "[1, 0].exists(i, 1 / i > 0)", "[0, 1].all(i, 1 / i > 5)",
    "[0].exists(i, 1 / i > 0)", "-7 / 2 == -3", "-7 % 2 == -1", "7 / -2 == -3", "7 % -2 == 1", "1 < 2 == true", "!!p == p", "--a == a",
    "a - -1 == a + 1", "9223372036854775807 + 1 > 0", "-9223372036854775807 - 2 < 0", "0x1F == 31", "1.5e2 == 150.0", "'é'.size() == 1",
    r"r'\d' == '\\d'", r"'\x41\u0042' == 'AB'", "'''a'b''' == \"a'b\"", "2 in [2.0]", "1 == 1.0", "{'a': 1} == {'a': 1.0}", "[1] == [1.0]",
    "false < true", "'a' < 'B'", "string(1.5) == '1.5'", "string(2.0) == '2'", "string(-3) == '-3'", "int('30') == 30", "int('x') == 1",
    "int(-2.7) == -2", "double('1.5') == 1.5", "1.0 / 0.0 > 1.0", "0.0 / 0.0 == 0.0", "p ? true : 1 / 0 > 0", "(1 / 0 > 0) ? true : true",
    "[1, 2, 3].map(i, i > 1, i * 2) == [4, 6]", "[1, 2].exists_one(i, i > 1)", "[0, 1].exists_one(i, 1 / i > 0)", "m.exists(key, m[key] > 0)",
    "size(m) == 2", "'k' in m && !('z' in m)", "null == null", "[1, 2] + [3] == [1, 2, 3]", "'a' + 'b' == 'ab'", "a // b\n == a", "[] == []",
    "true || 1", "'abc'.matches('b')", "'abc'.matches('^b')", "'ab'.contains('')", "[[1], [2]].exists(i, 1 in i)", "size('') == 0",
    "a > 1 && b < 0 || x >= 1.0 && !q ? s + t == 'ab' : t.endsWith('a')",
)  # fmt: skip
ALL = [*CORNERS, *expressions(COUNT)]
GRAPH = View(EventGraph())


def ours(text: str, number: int) -> Any:
    answer = compile(text, set(VARIABLES))(GRAPH, Bindings(values(number)))
    return "error" if isinstance(answer, Unknown) else answer


def theirs(texts: Sequence[str] = ALL) -> list[Any]:
    """The library's answers."""
    from cel_expr_python import cel

    types = {"int": cel.Type.INT, "double": cel.Type.DOUBLE, "string": cel.Type.STRING, "bool": cel.Type.BOOL}
    types |= {"list": cel.Type.List(cel.Type.INT), "map": cel.Type.Map(cel.Type.STRING, cel.Type.INT)}
    environment = cel.NewEnv(variables={name: types[of] for name, of in VARIABLES.items()})
    answers: list[Any] = []
    for number, text in enumerate(texts):
        result = environment.compile(text, disable_check=True).eval(data=values(number))
        answers.append("error" if result.type() == cel.Type.ERROR else result.plain_value())
    return answers


def test_answers_are_those_of_a_cel_library() -> None:
    """Every expression is true, false or a mistake where CEL says so; a list names those that are not."""
    recorded = json.loads(RECORDED.read_text())

    assert len(recorded) == len(ALL)
    assert [(t, e, o) for i, (t, e) in enumerate(zip(ALL, recorded, strict=True)) if (o := ours(t, i)) != e] == []
    assert min(recorded.count(answer) for answer in (True, False, "error")) > 50


def test_recorded_answers_are_the_librarys() -> None:
    """The recorded answers are what the library says today."""
    pytest.importorskip("cel_expr_python")

    assert theirs() == json.loads(RECORDED.read_text())


@pytest.mark.parametrize("written", [r"'\ud800'", r"'\U0000dfff'", r"'\U00110000'"])
def test_what_is_no_character_is_no_part_of_a_string(written: str) -> None:
    """Half of a surrogate pair is none, as in CEL: no report could hold it."""
    with pytest.raises(ExpressionError, match="cannot hold"):
        compile(f"{written} == 'a'", frozenset(), {})
