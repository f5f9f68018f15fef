"""Random well-typed expressions of the language, the same for the same seed, and values for their variables."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

VARIABLES = {"a": "int", "b": "int", "x": "double", "s": "string", "t": "string", "p": "bool", "q": "bool", "l": "list", "m": "map"}
KEYS = ("k", "n")


class Generator:
    """Makes expressions of a type up to a depth."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.bound: list[tuple[str, str]] = []

    def make(self, type: str, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.1:
            return self.leaf(type)
        return str(getattr(self, f"make_{type}")(depth - 1))

    def leaf(self, type: str) -> str:
        names = [n for n, of in (*VARIABLES.items(), *self.bound) if of == type]
        literals = {
            "int": ["0", "1", "2", "-1", "7"],
            "double": ["0.5", "1.0", "2.25"],
            "string": ['""', '"a"', '"ab"', "'b'", 'r"a"'],
            "bool": ["true", "false"],
            "list": ["[]", "[1, 2]", "[0]"],
            "map": ['{"k": 1}', "m"],
        }[type]
        return self.random.choice(names * 2 + literals)

    def pick(self, *options: str) -> str:
        return self.random.choice(options)

    def one(self, options: list[Callable[[], str]]) -> str:
        return self.random.choice(options)()

    def make_int(self, depth: int) -> str:
        m = self.make
        return self.one(
            [
                lambda: f"({m('int', depth)} {self.pick('+', '-', '*', '/', '%')} {m('int', depth)})",
                lambda: f"size({m(self.pick('string', 'list', 'map'), depth)})",
                lambda: f"({m('bool', depth)} ? {m('int', depth)} : {m('int', depth)})",
                lambda: f"-({m('int', depth)})",
                lambda: f"int({m('double', depth)})",
                lambda: f"m.{self.pick(*KEYS)}",
                lambda: f"[{m('int', depth)}, {m('int', depth)}][{self.pick('0', '1')}]",
                lambda: "m[" + self.pick('"k"', '"n"') + "]",
            ]
        )

    def make_double(self, depth: int) -> str:
        m = self.make
        return self.one(
            [
                lambda: f"({m('double', depth)} {self.pick('+', '-', '*')} {m('double', depth)})",
                lambda: f"double({m('int', depth)})",
                lambda: f"({m('bool', depth)} ? {m('double', depth)} : {m('double', depth)})",
            ]
        )

    def make_string(self, depth: int) -> str:
        m = self.make
        return self.one(
            [
                lambda: f"({m('string', depth)} + {m('string', depth)})",
                lambda: f"string({m(self.pick('int', 'bool', 'string'), depth)})",
                lambda: f"({m('bool', depth)} ? {m('string', depth)} : {m('string', depth)})",
            ]
        )

    def make_list(self, depth: int) -> str:
        m = self.make
        return self.one(
            [
                lambda: f"[{m('int', depth)}, {m('int', depth)}]",
                lambda: f"({m('list', depth)} + {m('list', depth)})",
                lambda: self.macro("filter", "bool", depth),
                lambda: self.macro("map", "int", depth),
                lambda: f"({m('bool', depth)} ? {m('list', depth)} : {m('list', depth)})",
            ]
        )

    def make_map(self, depth: int) -> str:
        return self.pick("m", f'{{"k": {self.make("int", depth)}, "n": {self.make("int", depth)}}}')

    def macro(self, kind: str, of: str, depth: int) -> str:
        target = self.make("list", depth)
        name = f"e{len(self.bound)}"
        self.bound.append((name, "int"))
        body = self.make(of, depth)
        self.bound.pop()
        return f"{target}.{kind}({name}, {body})"

    def make_bool(self, depth: int) -> str:
        m = self.make
        number = self.pick("int", "double")
        return self.one(
            [
                lambda: f"({m('bool', depth)} {self.pick('&&', '||')} {m('bool', depth)})",
                lambda: f"({m('bool', depth)} {self.pick('&&', '||')} {m('bool', depth)})",
                lambda: f"!({m('bool', depth)})",
                lambda: f"({m(number, depth)} {self.pick('<', '<=', '>', '>=', '==', '!=')} {m(self.pick('int', number), depth)})",
                lambda: f"({m('string', depth)} {self.pick('<', '>', '==', '!=')} {m('string', depth)})",
                lambda: f"({m('list', depth)} {self.pick('==', '!=')} {m('list', depth)})",
                lambda: f"({m('map', depth)} == {m('map', depth)})",
                lambda: f"({m('int', depth)} in {m('list', depth)})",
                lambda: f"({m('string', depth)} in {m('map', depth)})",
                lambda: self.macro(self.pick("exists", "all", "exists_one"), "bool", depth),
                lambda: f"({m('bool', depth)} ? {m('bool', depth)} : {m('bool', depth)})",
                lambda: f"{m('string', depth)}.{self.pick('startsWith', 'endsWith', 'contains')}({m('string', depth)})",
                lambda: m("string", depth) + ".matches(" + self.pick('"a|b"', '"^a.?$"', '"b+$"', '"(?i)A"', 'r"[^a]"') + ")",
                lambda: f"has(m.{self.pick('k', 'z')})",
            ]
        )


def expressions(count: int, depth: int = 4) -> Iterator[str]:
    """The first expressions of a fixed sequence, all conditions."""
    for seed in range(count):
        yield Generator(seed).make("bool", depth)


def values(seed: int) -> dict[str, Any]:
    """Known values for every variable."""
    r = random.Random(seed)
    return {
        "a": r.choice([0, 1, 2, 5]),
        "b": r.choice([0, 1, -3]),
        "x": r.choice([0.0, 1.0, 1.5]),
        "s": r.choice(["", "a", "ab", "B"]),
        "t": r.choice(["b", "ba"]),
        "p": r.random() < 0.5,
        "q": r.random() < 0.5,
        "l": r.choice([[], [0], [1, 2], [2, 0, 1]]),
        "m": r.choice([{"k": 1, "n": 2}, {"k": 0, "n": 0}]),
    }
