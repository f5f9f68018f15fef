"""Patterns and events made from a seed, the same on every Python, so that an oracle's answers can be kept beside them."""

from __future__ import annotations

import random
from typing import Any

FIELDS = ("a", "b", "c")
STRINGS = ("x", "xy", "xyz", "yx", "X", "Xy", "", "10.0.0.7", "10.1.0.7", "5", "true")
NUMBERS = (-3, 0, 1, 5, 7, 12)
COUNT = 6000


def cases(seed: int = 20, count: int = COUNT) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(pattern, event) pairs."""
    rng = random.Random(seed)
    return [(_pattern(rng, 2), _event(rng, 2)) for _ in range(count)]


def _pick(rng: random.Random, options: Any) -> Any:
    return options[int(rng.random() * len(options))]


def _pattern(rng: random.Random, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in FIELDS:
        if rng.random() < 0.45:
            found[name] = _pattern(rng, depth - 1) if depth and rng.random() < 0.35 else _leaf(rng)
    if depth == 2 and rng.random() < 0.15:
        found["$or"] = [_pattern(rng, 0) or {"a": ["x"]} for _ in range(1 + int(rng.random() * 3))]
    if not found and rng.random() < 0.9:
        found["a"] = _leaf(rng)
    return found


def _leaf(rng: random.Random) -> Any:
    if rng.random() < 0.04:
        return _pick(rng, ("x", 5, True, None, [], [["x"]], [{}]))
    return [_test(rng) for _ in range(1 + int(rng.random() * 2))]


def _test(rng: random.Random) -> Any:
    text, other, number = _pick(rng, STRINGS), _pick(rng, STRINGS), _pick(rng, NUMBERS)
    low, high = _pick(rng, NUMBERS), _pick(rng, NUMBERS)
    return _pick(
        rng,
        (
            text,
            other,
            number,
            True,
            None,
            {"prefix": text},
            {"suffix": text},
            {"prefix": {"equals-ignore-case": text}},
            {"suffix": {"equals-ignore-case": text}},
            {"equals-ignore-case": text},
            {"wildcard": text + "*" + other},
            {"anything-but": text},
            {"anything-but": [text, other]},
            {"anything-but": number},
            {"anything-but": [number, low]},
            {"anything-but": {"prefix": text}},
            {"anything-but": {"suffix": [text, other]}},
            {"anything-but": {"equals-ignore-case": [text, other]}},
            {"anything-but": {"wildcard": text + "*"}},
            {"exists": True},
            {"exists": False},
            {"numeric": [_pick(rng, ("=", "<", "<=", ">", ">=")), number]},
            {"numeric": [_pick(rng, (">", ">=")), low, _pick(rng, ("<", "<=")), high]},
            {"cidr": "10.0.0.0/24"},
            _pick(
                rng,
                (
                    {"prefix": 1},
                    {"exists": "true"},
                    {"numeric": []},
                    {"numeric": ["<=", 5, ">", 1]},
                    {"anything-but": []},
                    {"anything-but": [text, number]},
                    {"foo": text},
                    {"prefix": text, "suffix": other},
                    {"wildcard": "a**b"},
                    {"cidr": "x"},
                    {"numeric": ["=", "5"]},
                    {"anything-but": {"numeric": ["=", 1]}},
                ),
            ),
        ),
    )


def _event(rng: random.Random, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in FIELDS:
        if rng.random() < 0.75:
            found[name] = _event(rng, depth - 1) if depth and rng.random() < 0.35 else _value(rng, depth)
    return found


def _value(rng: random.Random, depth: int) -> Any:
    roll = rng.random()
    if roll < 0.12:
        return [_value(rng, 0) for _ in range(int(rng.random() * 3))]
    if roll < 0.18 and depth:
        return [_event(rng, 0) for _ in range(1 + int(rng.random() * 2))]
    return _pick(rng, (_pick(rng, STRINGS), _pick(rng, STRINGS), _pick(rng, NUMBERS), True, False, None))
