"""Terraform's functions of lists, sets and maps. Elements may be unknown; what an answer hangs on may not."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from edalint.frontends.terraform.functions import LONGEST, NotKnown, Refused, elements, function, known, mapping, pieces, text, whole_number
from edalint.frontends.terraform.hidden import Encoded, HclSet, Lazy, encoded_text, is_whole, same, set_of
from edalint.model import texts
from edalint.model.conditions import Condition, negation
from edalint.model.values import Map, OneOf, Ref, Text, Unknown, Value, one_of, text_of

NEVER_EMPTY = ("arn", "id", "url", "name")
"""Endings of attributes that AWS gives every resource."""


def maybe_same(left: Value, right: Value) -> bool | None:
    """Whether two values are the same; None where that is not known."""
    if isinstance(left, Lazy) or isinstance(right, Lazy):
        return True if left is right else False if left is None or right is None else None
    if same(left, right):
        return True
    if isinstance(left, OneOf) or isinstance(right, OneOf):
        return None
    if isinstance(left, Encoded) or isinstance(right, Encoded):
        return _same_as_encoded(left, right)
    if left is None or right is None:
        other = right if left is None else left
        return None if isinstance(other, Unknown) else False
    if isinstance(left, Unknown) and isinstance(right, Unknown):
        return None
    if isinstance(left, (Unknown, Ref, Text)) or isinstance(right, (Unknown, Ref, Text)):
        if isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
            return None
        if "" in (left, right) and any(isinstance(v, Ref) and v.attribute.endswith(NEVER_EMPTY) for v in (left, right)):
            return False
        answer = texts.equal(text_of([left]), text_of([right]))
        return answer if isinstance(answer, bool) else None
    if isinstance(left, (list, dict)) and type(left) is type(right) and not (is_whole(left) and is_whole(right)):
        return None
    return False


def _same_as_encoded(left: Value, right: Value) -> bool | None:
    """JSON is never null and never empty; else its text decides."""
    if left is None or right is None:
        return False
    one, other = (encoded_text(v) if isinstance(v, Encoded) else v for v in (left, right))
    if isinstance(one, (list, dict)) or isinstance(other, (list, dict)):
        return None
    answer = texts.equal(text_of([one]), text_of([other]))
    return answer if isinstance(answer, bool) else None


def _all_whole(values: Iterable[Value]) -> None:
    if not all(is_whole(v) for v in values):
        raise NotKnown


def _like(source: Value, items: Iterable[tuple[str, Value]]) -> Map:
    return source.like(items) if isinstance(source, Map) else Map(items)


@function()
def length(value: Value) -> Value:
    """`length(list, map or string)`."""
    if isinstance(value, (list, dict)):
        return len(value)
    return len(text(value))


@function()
def concat(*lists: Value) -> Value:
    """`concat(lists...)`."""
    return [e for given in lists for e in elements(given)]


@function()
def contains(values: Value, wanted: Value) -> Value:
    """`contains(list, value)`."""
    answers = [maybe_same(e, wanted) for e in elements(values)]
    if any(a is True for a in answers):
        return True
    if any(a is None for a in answers):
        raise NotKnown
    return False


@function()
def compact(values: Value) -> Value:
    """`compact(list)`: without empty strings and nulls."""
    result: list[Value] = []
    for element in elements(values):
        if isinstance(element, OneOf):
            result.append(element)  # an alternative that is null or empty is absent there
        elif element not in (None, ""):
            if isinstance(element, Unknown):
                raise NotKnown
            result.append(element)
    return result


@function()
def distinct(values: Value) -> Value:
    """`distinct(list)`."""
    result: list[Value] = []
    for element in elements(values):
        if not any(same(element, e) for e in result):
            result.append(element)
    return result


@function()
def element(values: Value, index: Value) -> Value:
    """`element(list, index)`: the index wraps around."""
    given = elements(values)
    if not given:
        raise Refused("an empty list")
    return given[whole_number(index) % len(given)]


@function()
def index(values: Value, wanted: Value) -> Value:
    """`index(list, value)`."""
    for position, element in enumerate(elements(values)):
        answer = maybe_same(element, wanted)
        if answer is None:
            raise NotKnown
        if answer:
            return position
    raise Refused("not found")


@function()
def flatten(values: Value) -> Value:
    """`flatten(list)`."""
    result: list[Value] = []
    stack = list(reversed(elements(values)))
    while stack:
        if len(result) > LONGEST:
            raise NotKnown
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, OneOf) and any(isinstance(v, list) for _, v in value.options):
            stack.extend(reversed(_spread(value)))
        else:
            result.append(value)
    return result


def _spread(value: OneOf) -> list[Value]:
    """The elements of a list that has alternatives, each with the condition under which it is there; null where not."""
    result: list[Value] = []
    for when, option in value.options:
        for item in option if isinstance(option, list) else [option]:
            result.append(optional(when, item))
    return result


def optional(when: Condition, value: Value) -> Value:
    """The value under a condition, absent elsewhere."""
    return value if when is True else one_of([(when, value), (negation(when), None)])


@function()
def keys(value: Value) -> Value:
    """`keys(map)`, in order."""
    return sorted(mapping(value))


@function()
def values(value: Value) -> Value:
    """`values(map)`, in the order of the keys."""
    given = mapping(value)
    return [given[k] for k in sorted(given)]


@function()
def lookup(value: Value, key: Value, *fallback: Value) -> Value:
    """`lookup(map, key, default)`."""
    given = mapping(value)
    key = text(key)
    if key in given:
        return given[key]
    if fallback:
        return fallback[0]
    raise Refused(f"no key {key!r}")


@function()
def merge(*maps: Value) -> Value:
    """`merge(maps...)`: later ones win; every key keeps its place where all stand in one file."""
    given = [mapping(m) for m in maps if m is not None]
    result = Map(items for m in given for items in m.items())
    placed = [m for m in given if isinstance(m, Map) and m.document is not None and m]
    if placed:
        result.document, result.begins = (
            placed[-1].document,
            placed[0].begins if placed[0].document is placed[-1].document else placed[-1].begins,
        )
        result.marks = {k: mark for m in placed if m.document is result.document for k, mark in (m.marks or {}).items()}
    return result


@function()
def zipmap(names: Value, given: Value) -> Value:
    """`zipmap(keys, values)`."""
    names, given = elements(names), elements(given)
    if len(names) != len(given):
        raise Refused("lists of different lengths")
    return Map(zip((text(n) for n in names), given, strict=True))


@function()
def coalesce(*arguments: Value) -> Value:
    """`coalesce(values...)`: the first that is neither null nor empty."""
    for argument in arguments:
        if isinstance(argument, Unknown):
            raise NotKnown
        if isinstance(argument, (Ref, Text, Lazy, Encoded)) or argument not in (None, ""):
            return argument
    raise Refused("all are null or empty")


@function()
def coalescelist(*lists: Value) -> Value:
    """`coalescelist(lists...)`: the first that is not empty."""
    for given in lists:
        if elements(given):
            return given
    raise Refused("all are empty")


@function()
def one(values: Value) -> Value:
    """`one(list)`: its only element, or null."""
    given = elements(values)
    if len(given) > 1:
        raise Refused("more than one element")
    return given[0] if given else None


@function("range")
def range_(*arguments: Value) -> Value:
    """`range(start, limit, step)`."""
    numbers = [whole_number(a) for a in arguments]
    if len(numbers) == 2 and numbers[0] > numbers[1]:
        numbers.append(-1)
    result = range(*numbers)
    if len(result) > 1024:  # Terraform's own limit
        raise Refused("more than 1024 elements")
    return list(result)


@function("reverse")
def reverse(values: Value) -> Value:
    """`reverse(list)`."""
    return list(reversed(elements(values)))


@function("slice")
def slice_(values: Value, start: Value, end: Value) -> Value:
    """`slice(list, start, end)`."""
    given, start, end = elements(values), whole_number(start), whole_number(end)
    if not 0 <= start <= end <= len(given):
        raise Refused("index out of range")
    return list(given[start:end])


@function("sort")
def sort(values: Value) -> Value:
    """`sort(list of strings)`."""
    return sorted((text(v) for v in elements(values)), key=lambda s: s.encode("utf-8", "surrogatepass"))


@function()
def chunklist(values: Value, size: Value) -> Value:
    """`chunklist(list, size)`."""
    given, size = elements(values), whole_number(size)
    if size <= 0:
        return [list(given)]
    return [list(given[i : i + size]) for i in range(0, len(given), size)]


@function()
def alltrue(values: Value) -> Value:
    """`alltrue(list)`."""
    given = elements(values)
    if any(v is False or v == "false" for v in given):
        return False
    _all_whole(given)
    return all(v is True or v == "true" for v in given)


@function()
def anytrue(values: Value) -> Value:
    """`anytrue(list)`."""
    given = elements(values)
    if any(v is True or v == "true" for v in given):
        return True
    _all_whole(given)
    return False


@function()
def matchkeys(values: Value, keys: Value, wanted: Value) -> Value:
    """`matchkeys(values, keys, wanted keys)`."""
    values, keys, wanted = elements(values), elements(keys), elements(wanted)
    _all_whole([*keys, *wanted])
    return [v for v, k in zip(values, keys, strict=True) if any(same(k, w) for w in wanted)]


@function()
def transpose(value: Value) -> Value:
    """`transpose(map of lists)`."""
    result: dict[str, list[str]] = {}
    for key, names in sorted(mapping(value).items()):
        for name in elements(names):
            result.setdefault(text(name), []).append(key)
    return Map(sorted(result.items()))


@function()
def setproduct(*sets: Value) -> Value:
    """`setproduct(sets...)`."""
    given = [elements(s) for s in sets]
    total = 1
    for part in given:
        total *= len(part)
    if total > 20_000:
        raise NotKnown
    product = [list(p) for p in itertools.product(*given)]
    return HclSet(product) if all(isinstance(s, HclSet) for s in sets) else product


@function()
def setunion(*sets: Value) -> Value:
    """`setunion(sets...)`."""
    return set_of(e for s in sets for e in elements(s))


@function()
def setintersection(*sets: Value) -> Value:
    """`setintersection(sets...)`."""
    given = [elements(s) for s in sets]
    _all_whole(given)
    return set_of(e for e in given[0] if all(any(same(e, o) for o in s) for s in given[1:]))


@function()
def setsubtract(left: Value, right: Value) -> Value:
    """`setsubtract(set, set)`."""
    left, right = elements(left), elements(right)
    _all_whole([left, right])
    return set_of(e for e in left if not any(same(e, o) for o in right))


@function("list")
def list_(*values: Value) -> Value:
    """`list(values...)`, of Terraform 0.11."""
    return list(values)


@function("map")
def map_(*values: Value) -> Value:
    """`map(key, value, ...)`, of Terraform 0.11."""
    return Map((text(k), v) for k, v in zip(values[::2], values[1::2], strict=True))


__all__ = ["known", "maybe_same", "optional", "pieces"]
