"""What the row of a rule is, told of one that comes out of the cache: a file there may be old, cut off or somebody else's."""

from __future__ import annotations

from collections.abc import Callable

from edalint.hints import Any
from edalint.model.findings import CONFIDENCES, SEVERITIES

Check = Callable[[Any], bool]


def is_row(row: Any) -> bool:
    """Whether a value is the row of a rule, whole and of the shape that `rulefile.read` gives."""
    return isinstance(row, dict) and set(row) == set(_KEYS) and all(check(row[key]) for key, check in _KEYS.items())


def is_texts(value: Any) -> bool:
    """Whether a value is what `compiled.rule_texts` gives of a rule."""
    return (
        isinstance(value, dict)
        and set(value) == {"why", "fix", "references"}
        and _texts([value["why"], value["fix"]])
        and _texts(value["references"])
    )


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _expression(value: Any) -> bool:
    """A text with its line and column."""
    return isinstance(value, tuple) and [type(part) for part in value] == [str, int, int]


def _optional(value: Any) -> bool:
    return value is None or _expression(value)


def _map(value: Any) -> bool:
    return isinstance(value, dict)


def _pairs(first: Check, second: Check) -> Check:
    """A list of pairs."""
    return lambda value: (
        isinstance(value, list) and all(isinstance(pair, tuple) and len(pair) == 2 and first(pair[0]) and second(pair[1]) for pair in value)
    )


def _cases(words: tuple[str, ...]) -> Check:
    pairs = _pairs(_optional, lambda word: word in words)
    return lambda value: pairs(value) and bool(value) and value[-1][0] is None


def _selector(value: Any) -> bool:
    return isinstance(value, dict) and (_text(value.get("kind")) or _expression(value.get("where")))


def _match(value: Any) -> bool:
    form = value.get("form") if isinstance(value, dict) else None
    if form in ("node", "edge", "part"):
        return _texts(value.get("kinds"))
    if form == "group":
        return value.get("of") in ("node", "edge", "part") and _texts(value.get("kinds")) and _expression(value.get("by"))
    if form == "path":
        ends = _selector(value.get("from")) and _selector(value.get("to"))
        without = value.get("without")
        return (
            ends and isinstance(without, list) and all(map(_selector, without)) and _truth(value.get("many")) and _texts(value.get("over"))
        )
    if form == "cycle":
        return _texts(value.get("over")) and _optional(value.get("ends_loop"))
    return form == "graph"


def _addition(value: Any) -> bool:
    return isinstance(value, dict) and _text(value.get("name")) and _text(value.get("type")) and _map(value.get("values"))


def _change(value: Any) -> bool:
    if not isinstance(value, dict) or not _map(value.get("set")):
        return False
    added = value.get("add")
    return isinstance(added, list) and all(map(_addition, added))


def _edits(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(edit, dict)
        and _optional(edit.get("when"))
        and _expression(edit.get("of"))
        and _truth(edit.get("safe"))
        and all(_change(edit[language]) for language in ("cloudformation", "terraform") if language in edit)
        for edit in value
    )


_KEYS: dict[str, Check] = {
    **dict.fromkeys(("file", "id", "name", "summary", "since", "message", "annotation"), _text),
    **dict.fromkeys(("opt_in", "preview"), _truth),
    **dict.fromkeys(("supersedes", "aliases", "tags"), _texts),
    **dict.fromkeys(("when", "subject", "element", "at", "group", "path", "failed"), _optional),
    "parameters": _map,
    "match": _match,
    "let": _pairs(_text, _expression),
    "severity": _cases(SEVERITIES),
    "confidence": _cases(CONFIDENCES),
    "related": _pairs(_expression, _text),
    "edit": _edits,
}
