"""Strings known in part, as intrinsic functions take them apart and compare them."""

from __future__ import annotations

from collections.abc import Iterable

from edalint.model.values import Map, OneOf, Ref, Text, Unknown, Value, combinations, one_of, parts_of, settled, text_of

LONGEST = 1_000_000
"""Characters of a text that is put together; templates themselves have at most 1 MB."""
_LONGEST_SYMBOL = 300


def spell(value: Value) -> str:
    """A spelling that equal values share; empty where the value has something without a symbol in it."""
    value = settled(value)
    if isinstance(value, Unknown):
        return f"<{value.symbol}>" if value.symbol else ""
    if isinstance(value, Ref):
        return f"<{value.id}.{value.attribute}>"
    if isinstance(value, Text):
        return _all(value.parts, "")
    if isinstance(value, list):
        inner = _all(value, ",")
        return f"[{inner}]" if inner or not value else ""
    if isinstance(value, (Map, OneOf)) or value is None:
        return ""
    return str(text_of([value]))


def _all(values: Iterable[Value], glue: str) -> str:
    spelled = [v if isinstance(v, str) and v else spell(v) for v in values]
    return glue.join(spelled) if all(spelled) else ""


def derived(function: str, reason: str, *inputs: Value) -> Unknown:
    """What a function makes of inputs that are not known: equal for equal inputs, outside where all of them are."""
    spelled = [spell(v) for v in inputs]
    symbol = f"{function}({','.join(spelled)})" if all(spelled) and sum(map(len, spelled)) < _LONGEST_SYMBOL else ""
    return Unknown(symbol, reason, outside=all(is_outside(v) for v in inputs))


def is_outside(value: Value) -> bool:
    """Whether everything in a value that is not written in the template names something outside of the run."""
    value = settled(value)
    if isinstance(value, Unknown):
        return value.outside
    if isinstance(value, Text):
        return all(is_outside(p) for p in value.parts)
    if isinstance(value, list):
        return all(is_outside(v) for v in value)
    return not isinstance(value, (Ref, Map, OneOf))


def same(left: Value, right: Value) -> bool | None:
    """Whether two values are the same string; None where that is not known."""
    left, right = settled(left), settled(right)
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)) or left is None or right is None:
        return None
    if isinstance(left, (str, bool, int, float)) and isinstance(right, (str, bool, int, float)):
        return bool(text_of([left]) == text_of([right]))
    if (left == "" and _is_written(right)) or (right == "" and _is_written(left)):
        return False
    from edalint.model.texts import equal

    answer = equal(left, right)
    return answer if isinstance(answer, bool) else None


def _is_written(value: Value) -> bool:
    """Whether a value is an identifier or an ARN of a resource: these are never empty, as other attributes may be."""
    return isinstance(value, Ref) and value.attribute in ("Ref", "Arn")


def text(parts: list[Value]) -> Value:
    """`text_of`, for parts that come from a template: texts in texts can double in length at every level."""
    length = 0
    for part in parts:
        for option in part.options if isinstance(part, OneOf) else ((True, part),):
            length += _length(option[1])
    return Unknown("", f"a text of more than {LONGEST} characters") if length > LONGEST else text_of(parts)


def _length(value: Value) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Text):
        return sum(len(p) if isinstance(p, str) else 1 for p in value.parts)
    return 1


def split(delimiter: str, value: Value) -> Value:
    """The pieces of a string between delimiters; Unknown where a hole may hide one."""
    pieces, certain = leading_pieces(delimiter, value)
    if certain:
        return pieces
    return derived("Split", "a text that is not known is split", delimiter, value)


def leading_pieces(delimiter: str, value: Value) -> tuple[list[Value], bool]:
    """The pieces of a string that are certain, from its beginning, and whether these are all of them."""
    pieces: list[Value] = []
    current: list[Value] = []
    for part in parts_of(value):
        if isinstance(part, str):
            head, *rest = part.split(delimiter)
            current.append(head)
            for piece in rest:
                pieces.append(text_of(current))
                current = [piece]
        elif isinstance(part, Unknown) and delimiter and all(c in part.excludes for c in delimiter):
            current.append(part)
        else:
            return pieces, False
    return [*pieces, text_of(current)], True


def join(delimiter: str, elements: list[Value]) -> Value:
    """The elements with a delimiter between them; an element that is absent in some alternative takes its delimiter along."""
    if any(isinstance(settled(e), OneOf) for e in elements):
        together = combinations(elements)
        if together is None:
            return Unknown("", "too many alternatives are joined")
        return one_of((condition, join(delimiter, option)) for condition, option in together)
    parts: list[Value] = []
    for element in elements:
        if element is not None:
            if parts and delimiter:
                parts.append(delimiter)
            parts.append(element)
    return text(parts)
