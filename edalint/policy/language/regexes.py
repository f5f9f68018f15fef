"""Regular expressions of policies: RE2's language, as far as Python's `re` runs it without blowing up.

Refused when a policy is loaded: what RE2 does not have (lookaround, references back, atomic groups, possessive repeats,
conditions) and repeats inside an unlimited repeat that leave the matcher a choice of where to split, which `re` tries
in exponentially many ways.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache

from edalint.hints import Any
from edalint.model.values import Kleene, Unknown

if sys.version_info >= (3, 11):
    from re import _constants as codes  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
else:  # pragma: no cover
    import sre_constants as codes
    import sre_parse as parser

MAX_TEXT = 4096
"""Longer texts are not matched: the answer is unknown."""
MAX_PATTERN = 1000
MAX_OPEN_REPEATS = 3
"""Unlimited repeats of overlapping characters in one sequence: the work is that power of the text's length."""
_SAMPLE = tuple(chr(c) for c in range(0x250))
_REFUSED = {
    "ASSERT": "looking ahead or behind",
    "ASSERT_NOT": "looking ahead or behind",
    "GROUPREF": "a reference back to a group",
    "GROUPREF_EXISTS": "a condition on a group",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "a possessive repeat",
}


MAX_WORK = 2_000_000
"""Ways in which `re` may try a text; what may take more is searched as RE2 searches, state by state."""


class RegexError(ValueError):
    """Why a regular expression is refused."""


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to search with. Raises `RegexError`."""
    if len(pattern) > MAX_PATTERN:
        raise RegexError(f"a regular expression of more than {MAX_PATTERN} characters")
    try:
        tree: Any = parser.parse(pattern)
        flags = tree.state.flags
        _check(list(tree), flags)
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise RegexError(f"not a regular expression: {error}") from None


def search(pattern: str, text: str) -> Kleene:
    """Whether a pattern occurs in a text. Raises `RegexError`."""
    regex = compiled(pattern)
    if len(text) > MAX_TEXT:
        return Unknown("", "a text too long to match")
    if (len(text) + 1) * _ways(pattern, len(text)) <= MAX_WORK:
        return regex.search(text) is not None
    from edalint.model import regexes

    return regexes.stepwise(pattern, text)


@lru_cache(maxsize=512)
def _ways(pattern: str, length: int) -> float:
    """In how many ways `re` may try a pattern from one place of a text before it gives up."""
    tree: Any = parser.parse(pattern)
    return _tries(list(tree), length, tree.state.flags)


def _tries(tree: list[Any], length: int, flags: int) -> float:
    ways = 1.0
    for operator, argument in tree:
        name = str(operator)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, body = argument
            most = min(int(high), length)
            once = _tries(list(body), length, flags)
            ways *= max(most - low, 0) + 1
            ways *= min(once, 2 * MAX_WORK) ** min(most, 64) if once > 1 else 1
        elif name == "BRANCH":
            options = [list(option) for option in argument[1]]
            tries = [_tries(option, length, flags) for option in options]
            ways *= max(tries) if _apart([_first(option, flags) for option in options]) else sum(tries)
        elif name == "SUBPATTERN":
            ways *= _tries(list(argument[3]), length, flags)
        ways = min(ways, 1e30)
    return ways


def _apart(firsts: list[frozenset[str]]) -> bool:
    """Whether the first character decides between alternatives."""
    return all(firsts) and sum(map(len, firsts)) == len(frozenset().union(*firsts))


def check(pattern: str) -> None:
    """Raise `RegexError` where a pattern is none that we run."""
    compiled(pattern)


def _check(tree: list[Any], flags: int) -> None:
    for operator, argument in _walk(tree):
        name = str(operator)
        if name in _REFUSED:
            raise RegexError(f"{_REFUSED[name]} is not part of RE2's language")
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            _, high, body = argument
            if high is codes.MAXREPEAT or high > 20:
                _check_repeated(list(body), flags)
            if high is not codes.MAXREPEAT and high > 1000:
                raise RegexError("a repeat of more than 1000")
    _check_sequence(tree, flags)


def _walk(tree: list[Any]) -> Any:
    for operator, argument in tree:
        yield operator, argument
        for inner in _bodies(operator, argument):
            yield from _walk(inner)


def _bodies(operator: Any, argument: Any) -> list[list[Any]]:
    name = str(operator)
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        return [list(argument[2])]
    if name == "SUBPATTERN":
        return [list(argument[3])]
    if name == "BRANCH":
        return [list(option) for option in argument[1]]
    if name in ("ASSERT", "ASSERT_NOT"):
        return [list(argument[1])]
    if name == "ATOMIC_GROUP":
        return [list(argument)]
    return []


def _check_repeated(body: list[Any], flags: int) -> None:
    """Inside an unlimited repeat there must be one way to read every text."""
    for operator, argument in _walk(body):
        name = str(operator)
        if name == "BRANCH":
            options = [_first(list(option), flags) for option in argument[1]]
            if not _apart(options):
                raise RegexError("alternatives that begin alike inside a repeat can take exponential time")
        if name in ("MAX_REPEAT", "MIN_REPEAT") and argument[0] != argument[1] and not _separated(body, flags):
            raise RegexError("a repeat inside a repeat can take exponential time")


def _separated(body: list[Any], flags: int) -> bool:
    """Whether every round begins with one character that nothing after it in the round can be: `(-[a-z]+)*`."""
    flat = _flat(body)
    if not flat or str(flat[0][0]) not in ("LITERAL", "IN"):
        return False
    first = _characters(flat[0][0], flat[0][1], flags)
    rest: frozenset[str] = frozenset()
    for operator, argument in _walk(flat[1:]):
        rest |= _characters(operator, argument, flags)
    repeats = sum(1 for o, a in _walk(flat[1:]) if str(o) in ("MAX_REPEAT", "MIN_REPEAT") and a[0] != a[1])
    return bool(first) and not first & rest and repeats <= 1


def _flat(body: list[Any]) -> list[Any]:
    result: list[Any] = []
    for operator, argument in body:
        if str(operator) == "SUBPATTERN":
            result.extend(_flat(list(argument[3])))
        else:
            result.append((operator, argument))
    return result


def _check_sequence(tree: list[Any], flags: int) -> None:
    """Bound the number of unlimited repeats that can take each other's characters."""
    open_repeats = [
        _all(list(argument[2]), flags)
        for operator, argument in _walk(tree)
        if str(operator) in ("MAX_REPEAT", "MIN_REPEAT") and argument[1] is codes.MAXREPEAT
    ]
    for characters in open_repeats:
        if sum(1 for other in open_repeats if characters & other) > MAX_OPEN_REPEATS:
            raise RegexError(f"more than {MAX_OPEN_REPEATS} unlimited repeats of the same characters can take very long")


def _all(body: list[Any], flags: int) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for operator, argument in _walk(body):
        found |= _characters(operator, argument, flags)
    return found


def _first(body: list[Any], flags: int) -> frozenset[str]:
    """The characters that a body can begin with; empty where it may be empty or we don't know."""
    flat = _flat(body)
    if not flat:
        return frozenset()
    operator, argument = flat[0]
    if str(operator) in ("MAX_REPEAT", "MIN_REPEAT"):
        return _first(list(argument[2]), flags) if argument[0] > 0 else frozenset()
    if str(operator) == "BRANCH":
        options = [_first(list(option), flags) for option in argument[1]]
        return frozenset().union(*options) if all(options) else frozenset()
    return _characters(operator, argument, flags)


def _characters(operator: Any, argument: Any, flags: int) -> frozenset[str]:
    """The sampled characters that one item of a pattern can be; other characters count as `\\u024f`."""
    name = str(operator)
    if name == "ANY":
        return frozenset(_SAMPLE)
    if name not in ("LITERAL", "NOT_LITERAL", "IN", "CATEGORY"):
        return frozenset()
    ignore = bool(flags & re.IGNORECASE)
    source = [(operator, argument)] if name != "IN" else list(argument)
    negated = name == "NOT_LITERAL" or (bool(source) and str(source[0][0]) == "NEGATE")
    found: set[str] = set()
    for kind, value in source:
        found.update(_item(str(kind), value))
    if ignore:
        found |= {c.lower() for c in found} | {c.upper() for c in found}
    return frozenset(set(_SAMPLE) - found) if negated else frozenset(found)


def _item(kind: str, value: Any) -> set[str]:
    other = _SAMPLE[-1]
    if kind in ("LITERAL", "NOT_LITERAL"):
        return {chr(value) if value < len(_SAMPLE) else other}
    if kind == "RANGE":
        found = {chr(c) for c in range(value[0], min(value[1], len(_SAMPLE) - 1) + 1)}
        return found | ({other} if value[1] >= len(_SAMPLE) else set())
    if kind == "CATEGORY":
        escape = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
        word = str(value).removeprefix("CATEGORY_").removeprefix("UNI_")
        positive = word.replace("NOT_", "")
        shorthand = escape.get(positive)
        if shorthand is None:
            return set(_SAMPLE)
        tester = re.compile(shorthand.upper() if word.startswith("NOT_") else shorthand)
        return {c for c in _SAMPLE if tester.match(c)} | {other}
    return set()
