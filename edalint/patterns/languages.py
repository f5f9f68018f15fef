"""The strings that an operator admits, as a sequence of character choices and gaps, and whether two such sets meet."""

from __future__ import annotations

from edalint.hints import Union
from edalint.model.records import NamedTuple
from edalint.model.texts import Hole, tokens_of
from edalint.model.values import Kleene, Unknown, Value

MAX_STEPS = 100_000
"""More combinations of positions than this, and whether two languages meet is unknown."""

GAP = None
"""Any string, the empty one included."""
Token = Union[frozenset, None]  # type: ignore[type-arg]


class Language(NamedTuple):
    """Strings that consist of one character of each choice in turn, with anything in the gaps."""

    tokens: tuple[Token, ...]
    exact: bool
    """Whether nothing is unknown in it; a hole of a Text counts as a gap."""


def literal(value: Value, *, ignore_case: bool = False) -> Language | None:
    """The one string that a value is; None where it is no string."""
    found = tokens_of(value)
    if found is None:
        return None
    exact = not any(isinstance(token, Hole) for token in found)
    return Language(tuple(GAP if isinstance(token, Hole) else _choice(token, ignore_case) for token in found), exact)


def prefixed(value: Value, *, ignore_case: bool = False) -> Language | None:
    """Every string that begins so."""
    inner = literal(value, ignore_case=ignore_case)
    return None if inner is None else Language((*inner.tokens, GAP), inner.exact)


def suffixed(value: Value, *, ignore_case: bool = False) -> Language | None:
    """Every string that ends so."""
    inner = literal(value, ignore_case=ignore_case)
    return None if inner is None else Language((GAP, *inner.tokens), inner.exact)


def wildcard(value: Value) -> Language | None:
    r"""Every string that a pattern with `*` matches; `\*` and `\\` are the characters themselves."""
    found = tokens_of(value)
    if found is None:
        return None
    tokens: list[Token] = []
    exact = True
    escaped = False
    for token in found:
        if isinstance(token, Hole):
            exact = False
            tokens.append(GAP)
        elif escaped:
            tokens.append(frozenset(token))
            escaped = False
        elif token == "\\":
            escaped = True
        else:
            tokens.append(GAP if token == "*" else frozenset(token))
    return Language(tuple(tokens), exact)


def of_choices(choices: str, count: int) -> Language:
    """Every string of so many of these characters."""
    return Language((frozenset(choices),) * count, True)


def meet(left: Language, right: Language) -> Kleene:
    """Whether some string is in both; unknown where that hangs on a hole."""
    if len(left.tokens) * len(right.tokens) > MAX_STEPS:
        return Unknown("", "too long a pattern to look into")
    if not _reach(left.tokens, right.tokens):
        return False
    return True if left.exact and right.exact else Unknown("", "it depends on a value that is not known")


def examples(language: Language) -> list[str]:
    """A few strings of a language without holes, with the gaps filled in different ways."""
    fillings = ("", "\x01", "zq\x7f")
    return ["".join(filling if token is GAP else min(token) for token in language.tokens) for filling in fillings]


def _reach(left: tuple[Token, ...], right: tuple[Token, ...]) -> bool:
    end = (len(left), len(right))
    seen = {(0, 0)}
    stack = [(0, 0)]
    while stack:
        i, j = stack.pop()
        if (i, j) == end:
            return True
        a = left[i] if i < len(left) else False
        b = right[j] if j < len(right) else False
        steps = []
        if a is GAP:
            steps.append((i + 1, j))
            if b is not GAP and b is not False:
                steps.append((i, j + 1))
        if b is GAP:
            steps.append((i, j + 1))
            if a is not GAP and a is not False:
                steps.append((i + 1, j))
        if isinstance(a, frozenset) and isinstance(b, frozenset) and a & b:
            steps.append((i + 1, j + 1))
        for step in steps:
            if step not in seen:
                seen.add(step)
                stack.append(step)
    return False


def _choice(character: str, ignore_case: bool) -> frozenset[str]:
    return frozenset({character.lower(), character.upper(), character}) if ignore_case else frozenset(character)
