"""Terraform's functions of numbers, and its conversions."""

from __future__ import annotations

import math

from edalint.frontends.terraform.functions import NotKnown, Refused, any_number, elements, function, text, whole_number
from edalint.frontends.terraform.hidden import Encoded, Failed, set_of
from edalint.frontends.terraform.types import BOOL, NUMBER, STRING, convert, string_of
from edalint.model.values import Map, Ref, Text, Unknown, Value


def _exact(value: float) -> int | float:
    return int(value) if isinstance(value, float) and value.is_integer() else value


@function("abs")
def absolute(value: Value) -> Value:
    """`abs(number)`."""
    return abs(any_number(value))


@function()
def ceil(value: Value) -> Value:
    """`ceil(number)`."""
    return math.ceil(any_number(value))


@function()
def floor(value: Value) -> Value:
    """`floor(number)`."""
    return math.floor(any_number(value))


@function("max")
def largest(*values: Value) -> Value:
    """`max(numbers...)`."""
    return max(any_number(v) for v in values)


@function("min")
def smallest(*values: Value) -> Value:
    """`min(numbers...)`."""
    return min(any_number(v) for v in values)


@function("pow")
def power(base: Value, exponent: Value) -> Value:
    """`pow(number, power)`."""
    return _exact(float(any_number(base)) ** float(any_number(exponent)))


@function()
def log(value: Value, base: Value) -> Value:
    """`log(number, base)`."""
    return _exact(math.log(any_number(value)) / math.log(any_number(base)))


@function()
def signum(value: Value) -> Value:
    """`signum(number)`."""
    n = any_number(value)
    return (n > 0) - (n < 0)


@function("sum")
def total(values: Value) -> Value:
    """`sum(list)`."""
    numbers = [any_number(v) for v in elements(values)]
    if not numbers:
        raise Refused("an empty list")
    return _exact(sum(numbers))


@function()
def parseint(value: Value, base: Value) -> Value:
    """`parseint(string, base)`."""
    return int(text(value), whole_number(base))


@function()
def tostring(value: Value) -> Value:
    """`tostring(value)`."""
    return _converted(convert(value, STRING))


@function()
def tonumber(value: Value) -> Value:
    """`tonumber(value)`."""
    return _converted(convert(value, NUMBER))


@function()
def tobool(value: Value) -> Value:
    """`tobool(value)`."""
    return _converted(convert(value, BOOL))


def _converted(value: Value) -> Value:
    if isinstance(value, Failed):
        raise Refused(value.reason)
    return value


def unified(values: list[Value]) -> list[Value]:
    """Elements of one type: where some are strings, numbers and bools become strings too."""
    if not any(isinstance(v, (str, Text)) for v in values):
        return list(values)
    return [string_of(v) if isinstance(v, (int, float)) else v for v in values]


@function("tolist")
def to_list(value: Value) -> Value:
    """`tolist(value)`."""
    return unified(elements(value)) if value is not None else None


@function("toset")
def to_set(value: Value) -> Value:
    """`toset(value)`."""
    return set_of(unified(elements(value))) if value is not None else None


@function("tomap")
def to_map(value: Value) -> Value:
    """`tomap(value)`."""
    if isinstance(value, dict):
        items = zip(value, unified(list(value.values())), strict=True)
        return value.like(items) if isinstance(value, Map) else Map(items)
    if value is None:
        return None
    if isinstance(value, (list, str, int, float, Encoded)):
        raise Refused("a map is needed")
    raise NotKnown


@function("sensitive", "nonsensitive", "ephemeralasnull")
def unchanged(value: Value) -> Value:
    """`sensitive(value)` and the like: the value."""
    return value


@function()
def issensitive(value: Value) -> Value:
    """`issensitive(value)`: nobody marks a value that this evaluator reads."""
    raise NotKnown


@function()
def defaults(value: Value, fallback: Value) -> Value:
    """`defaults(object, object)`, an experiment of Terraform 0.15."""
    if not isinstance(value, dict) or not isinstance(fallback, dict):
        raise NotKnown if isinstance(value, (Unknown, Ref)) else Refused("objects are needed")
    merged = {**fallback, **{k: v for k, v in value.items() if v is not None}}
    return value.like(merged) if isinstance(value, Map) else Map(merged)
