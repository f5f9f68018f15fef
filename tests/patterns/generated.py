"""Patterns and events made from a seed, the same on every Python, so that an oracle's answers can be kept beside them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

FIELDS = ("a", "b", "c")
STRINGS = ("x", "xy", "xyz", "yx", "X", "Xy", "", "10.0.0.7", "10.1.0.7", "5", "true", "x*y", "2001:db8::7")
NUMBERS = (-3, 0, 1, 5, 7, 12, 0.5)
BLOCKS = ("10.0.0.0/24", "10.0.0.9/8", "0.0.0.0/0", "2001:db8::/32", "10.0.0.7/32", "10.0.0.7", "10.0.0.0/255.0.0.0", "2001:db8::7/128")
COUNT = 12000


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
    if depth and rng.random() < 0.08:
        found[_pick(rng, FIELDS) + "." + _pick(rng, FIELDS)] = _leaf(rng)
    if depth and rng.random() < 0.15:
        found["$or"] = [_pattern(rng, 0) or {"a": ["x"]} for _ in range(1 + int(rng.random() * 3))]
        if rng.random() < 0.05:
            found["$or"][0]["prefix"] = _leaf(rng)
    if not found and rng.random() < 0.9:
        found["a"] = _leaf(rng)
    return found


def _leaf(rng: random.Random) -> Any:
    if rng.random() < 0.04:
        return _pick(rng, ("x", 5, True, None, [], [["x"]], [{}]))
    return [_test(rng) for _ in range(1 + int(rng.random() * 2))]


def _test(rng: random.Random, *, wrong: bool = True) -> Any:
    """A test of a field; `wrong`: now and then one that is refused."""
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
            {"wildcard": "*" + text.replace("*", "\\*") + "*"},
            {"exactly": text},
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
            {"cidr": _pick(rng, BLOCKS[:4])},
            text
            if not wrong
            else _pick(
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
                    {"cidr": _pick(rng, BLOCKS)},
                    {"exactly": number},
                    {"anything-but": {"wildcard": [text, "a**b"]}},
                    {"anything-but": {"prefix": [text, number]}},
                    {"wildcard": "a\\b"},
                    [text],
                    {"exactly": {"prefix": text}},
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
    if roll < 0.13 and depth:
        return [[_value(rng, 0), _event(rng, 0)], _value(rng, 0)]
    if roll < 0.18 and depth:
        return [_event(rng, 0) for _ in range(1 + int(rng.random() * 2))]
    return _pick(rng, (_pick(rng, STRINGS), _pick(rng, STRINGS), _pick(rng, NUMBERS), True, False, None))


CASES_OF_PAIRS = 3000
CASES_OF_WHOLE_EVENTS = 3000


def pairs(seed: int = 21, events: int = 150) -> Iterator[tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]]:
    """(pattern, pattern, events): events whose values are made of what both patterns ask, none of them an array."""
    rng = random.Random(seed)
    for number in range(CASES_OF_PAIRS):
        left, right = _narrow(rng), _narrow(rng)
        likely = random.Random(number)
        yield left, right, [_likely(likely, left, right) for _ in range(events)]


def _narrow(rng: random.Random) -> dict[str, Any]:
    """A valid pattern over two fields, and sometimes alternatives of them."""
    found = {name: [_valid(rng) for _ in range(1 + int(rng.random() * 2))] for name in ("a", "b") if rng.random() < 0.75}
    if rng.random() < 0.2:
        found["$or"] = [{_pick(rng, ("c", "d")): [_valid(rng)]} for _ in range(2)]
    return found or {"a": [_valid(rng)]}


def _valid(rng: random.Random) -> Any:
    while True:
        test = _test(rng, wrong=False)
        if not isinstance(test, list) and not ('""' in json.dumps(test) and "anything-but" in test):
            return test


def _likely(rng: random.Random, *patterns: dict[str, Any]) -> dict[str, Any]:
    """An event with values that the patterns' own operands suggest."""
    found: dict[str, Any] = {}
    for name in ("a", "b", "c", "d"):
        tests = [p.get(name, [o.get(name) for o in p.get("$or", ())]) for p in patterns]
        texts = [[t.replace("\\*", "\0").split("*") for t in _texts(test)] or [[""]] for test in tests]
        left, right = _pick(rng, texts[0]), _pick(rng, texts[-1])
        joined = [*left, *right] if rng.random() < 0.5 else [*right, *left]
        text = _pick(rng, ("", "", "o")).join(joined if rng.random() < 0.7 else left).replace("\0", "*")
        text = text.swapcase() if rng.random() < 0.1 else text
        number = _pick(rng, (*_numbers(tests), *NUMBERS, 3, 100))
        value = _pick(rng, (text, text, text, _pick(rng, STRINGS), "other", number, number, number + 1, number - 1, True, None))
        if rng.random() < 0.85:
            found[name] = value
    return found


def _numbers(value: Any) -> Iterator[Any]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value
    for inner in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
        yield from _numbers(inner)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)


def whole_cases(seed: int = 22, events: int = 25) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """(pattern over the fields of an event, events)."""
    rng = random.Random(seed)
    for number in range(CASES_OF_WHOLE_EVENTS):
        fields: dict[str, Callable[[], Any]] = {
            "source": lambda: [
                _pick(rng, ("aws.s3", "my.app", {"prefix": ""}, {"prefix": "aws."}, {"wildcard": "*"}, {"exists": True}, 5))
            ],
            "account": lambda: [
                _pick(rng, ("123456789012", "12", {"prefix": "1"}, {"exists": False}, {"wildcard": "1*2"}, {"numeric": ["=", 1]}))
            ],
            "region": lambda: [_pick(rng, ("eu-west-1", {"prefix": "eu-"}, {"anything-but": "us-east-1"}, None))],
            "detail-type": lambda: [_pick(rng, ("Object Created", "order", {"suffix": "r"}, {"exists": True}, {"exists": False}, True))],
            "detail": lambda: _pick(
                rng, ({"a": [_test(rng, wrong=False)]}, {"a": [{"exists": False}]}, [{"exists": True}], [{"exists": False}])
            ),
            "resources": lambda: [_pick(rng, ("arn:aws:s3:::b", {"prefix": "arn:"}, {"exists": False}, {"exists": True}))],
            _pick(rng, ("key", "source.x", "id")): lambda: [_pick(rng, ("v", {"exists": False}, {"exists": True}))],
        }
        pattern = {name: make() for name, make in fields.items() if rng.random() < 0.25} or {"source": [{"prefix": ""}]}
        likely = random.Random(number)
        yield pattern, [_whole_event(likely, pattern) for _ in range(events)]


def _whole_event(rng: random.Random, pattern: dict[str, Any]) -> dict[str, Any]:
    detail = _likely(rng, pattern)
    return {
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": _pick(rng, ("Object Created", "order", "payment")),
        "source": _pick(rng, ("aws.s3", "my.app", "x")),
        "account": "123456789012",
        "time": "2026-01-01T00:00:00Z",
        "region": "eu-west-1",
        "resources": _pick(rng, ([], ["arn:aws:s3:::b"], ["arn:aws:s3:::c", "x"])),
        "detail": detail or {"a": 1},
    }
