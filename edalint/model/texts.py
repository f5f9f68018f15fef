"""String tests over texts that are known in part: True, False, or an Unknown where the holes decide.

A text is a str, a number, a `Text`, a `Ref` or an `Unknown`; its *holes* are its Refs and Unknowns. The law of every
test: fill the holes with strings in every way (holes with one symbol, and equal Refs, alike; characters that
`Unknown.excludes` names never); the test is True only if it is for every filling, False only if it is for none.
A hole that excludes any character is a name, an id, a region: it holds no `*` and no `?` either. Unique holes are filled with
strings that have nothing in common.

Patterns are run as automata whose states are the bits of one integer, so a test takes one step per character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from edalint.hints import Union
from edalint.model.lazy import pattern
from edalint.model.values import Kleene, OneOf, Ref, Text, Unknown, Value, alternatives, parts_of, settled, text_of

MAX_LENGTH = 8192
"""Longer than this many characters and holes, and a text is not looked into."""
_WILDCARDS = "*?"
_HOLED = frozenset((Text, Ref, Unknown))
"""Types of texts with holes."""
_WILDCARD = pattern(r"[*?]")


class Hole:
    """A stretch of a text that is not known."""

    __slots__ = ("excludes", "key", "unique")

    def __init__(self, key: object, excludes: str, unique: bool = False) -> None:
        self.key = key
        """Equal for holes that are filled alike."""
        self.excludes = excludes
        self.unique = unique

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hole) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


Token = Union[str, Hole]
"""One known character, or a hole."""
_ANYTHING = Hole(object(), "")


RANDOM_ENDING = 12


def equal(left: Value, right: Value) -> Kleene:
    """Whether two texts are the same string."""
    if type(left) is str and type(right) is str:
        return left == right
    if _apart(left, right) or _never_made(left, right) or _never_made(right, left):
        return False
    return _over(left, right, _equal)


def _apart(left: Value, right: Value, wildcards: bool = False) -> bool:
    """Whether what is known at the beginning or the end of two texts differs, so that they can't be equal (or match); cheap to tell."""
    first, second = parts_of(left), parts_of(right)
    if not first or not second:
        return False
    for place in (0, -1):
        one, other = first[place], second[place]
        if isinstance(one, str) and isinstance(other, str):
            if wildcards:
                one = _WILDCARD.split(one)[place] if "*" in one or "?" in one else one
            size = min(len(one), len(other))
            if size and (one[:size] != other[:size] if place == 0 else one[-size:] != other[-size:]):
                return True
    return False


def identity(value: Value) -> tuple[object, ...]:
    """A key that two texts have in common where they are certainly the same string, and only there; empty for what is no text."""
    if type(value) is str:
        return (value,)
    parts = parts_of(value)
    return tuple(p if isinstance(p, str) else (p.id, p.attribute) if isinstance(p, Ref) else (p.symbol or id(p),) for p in parts)


def _never_made(literal: Value, made: Value) -> bool:
    """Whether a literal cannot be a name that AWS makes: those end in at least twelve characters chosen at random.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-resource-name.html
    """
    if not isinstance(literal, str) or not isinstance(made, Unknown) or not made.unique or made.symbol.endswith(".id"):
        return False
    last = re.split(r"[^A-Za-z0-9]", literal.removesuffix(".fifo"))[-1]
    return len(last) < RANDOM_ENDING


def starts_with(text: Value, prefix: Value) -> Kleene:
    """Whether a text begins with another."""
    if type(text) is str and type(prefix) is str:
        return text.startswith(prefix)
    return _over(text, prefix, _starts_with)


def ends_with(text: Value, suffix: Value) -> Kleene:
    """Whether a text ends with another."""
    return _over(text, suffix, lambda text, suffix: _starts_with(text[::-1], suffix[::-1]))


def contains(text: Value, needle: Value) -> Kleene:
    """Whether a text occurs in another."""
    return _over(text, needle, _contains)


def wildcard(pattern: Value, text: Value) -> Kleene:
    """Whether the whole text matches a pattern in which `*` is any string and `?` any character."""
    if type(pattern) is str and type(text) is str:
        if "*" not in pattern and "?" not in pattern:
            return pattern == text
        beginning = _WILDCARD.split(pattern, maxsplit=1)[0]
        if not text.startswith(beginning):
            return False
        if pattern == f"{beginning}*":
            return True
    elif type(text) in _HOLED and (pattern == "*" or (type(pattern) is Text and pattern == text)):
        return True
    return False if _apart(pattern, text, wildcards=True) else _over(pattern, text, _wildcard)


def regex(pattern: str, text: Value) -> Kleene:
    """Whether a regular expression (of RE2's language) occurs in the text."""
    from edalint.model import regexes  # most runs ask no text with holes

    return regexes.search(pattern, text)


def lower(value: Value) -> Value:
    """The text in lower case; its holes become the lower case of what they stand for."""
    if isinstance(value, str):
        return value.lower()
    parts: list[str | Unknown] = []
    for part in parts_of(value):
        if isinstance(part, str):
            parts.append(part.lower())
        elif isinstance(part, Ref):
            parts.append(Unknown(f"lower({part.id}.{part.attribute})", "a reference"))
        else:
            parts.append(_lower_case_of(part))
    return text_of(parts) if parts else value


def _lower_case_of(hole: Unknown) -> Unknown:
    symbol = f"lower({hole.symbol})" if hole.symbol else ""
    return Unknown(symbol, hole.reason, excludes=hole.excludes.lower(), unique=hole.unique)


def tokens_of(value: Value) -> list[Token] | None:
    """A text as characters and holes; None for what is no text."""
    if isinstance(value, bool):
        return list("true" if value else "false")
    parts = parts_of(value)
    if not parts:
        return None
    tokens: list[Token] = []
    for part in parts:
        if isinstance(part, str):
            tokens.extend(part)
        elif isinstance(part, Ref):
            tokens.append(Hole((part.id, part.attribute), ""))
        else:
            tokens.append(Hole(part.symbol or id(part), part.excludes + _WILDCARDS if part.excludes else "", part.unique))
    return tokens


def agreed(answers: Iterable[Kleene]) -> Kleene:
    """The answer that all of them give, else unknown; no more are asked for than decide that."""
    rest = iter(answers)
    first = next(rest, None)
    if first is None:
        return Unknown("", "no alternative applies")
    for answer in rest:
        if isinstance(answer, Unknown) or answer is not first:
            return answer if isinstance(answer, Unknown) else Unknown("", "it differs between alternatives")
    return first


def _over(left: Value, right: Value, test: Callable[[list[Token], list[Token]], Kleene]) -> Kleene:
    left, right = settled(left), settled(right)
    if isinstance(left, OneOf) or isinstance(right, OneOf):
        return agreed(_over(a, b, test) for _, a in alternatives(left) for _, b in alternatives(right))
    first, second = tokens_of(left), tokens_of(right)
    if first is None or second is None:
        return Unknown("", "not a string that the template says")
    if len(first) > MAX_LENGTH or len(second) > MAX_LENGTH:
        return Unknown("", "too long a text to look into")
    return test(first, second)


def open_answer(*texts: Sequence[Token]) -> Unknown:
    """The answer where the holes decide, naming one of them."""
    for text in texts:
        for token in text:
            if isinstance(token, Hole) and isinstance(token.key, str) and token.key:
                return Unknown("", f"it depends on {token.key}")
    return Unknown("", "it depends on a value that is not known")


def _shared(left: Sequence[Token], right: Sequence[Token]) -> int:
    """How many tokens at the beginning are the same."""
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count


def _same_letters(pattern: Sequence[Token], text: Sequence[Token]) -> int:
    """How many characters at the beginning are the same, up to the first hole or wildcard."""
    count = 0
    for letter, other in zip(pattern, text, strict=False):
        if letter is not other or letter in ("*", "?"):
            break
        count += 1
    return count


def _equal(left: list[Token], right: list[Token]) -> Kleene:
    ahead = _shared(left, right)
    left, right = left[ahead:], right[ahead:]
    behind = _shared(left[::-1], right[::-1])
    left, right = left[: len(left) - behind], right[: len(right) - behind]
    if not left and not right:
        return True
    return open_answer(left, right) if _may_match(left, right) else False


def _starts_with(text: list[Token], prefix: list[Token]) -> Kleene:
    shared = _shared(text, prefix)
    text, prefix = text[shared:], prefix[shared:]
    if not prefix:
        return True
    return open_answer(text, prefix) if _may_match([*prefix, _ANYTHING], text) else False


def _contains(text: list[Token], needle: list[Token]) -> Kleene:
    if not any(isinstance(t, Hole) for t in text) and not any(isinstance(t, Hole) for t in needle):
        return "".join(map(str, needle)) in "".join(map(str, text))
    automaton = _Automaton([_ANYTHING, *needle, _ANYTHING])
    if not automaton.may(text):
        return False
    size = len(needle)
    first = needle[0] if needle else None
    if not needle or any(t == first and text[i : i + size] == needle for i, t in enumerate(text)):
        return True
    return open_answer(text, needle)


def _wildcard(pattern: list[Token], text: list[Token]) -> Kleene:
    ahead = _same_letters(pattern, text)
    pattern, text = pattern[ahead:], text[ahead:]
    behind = _same_letters(pattern[::-1], text[::-1])
    pattern, text = pattern[: len(pattern) - behind], text[: len(text) - behind]
    automaton = _Automaton(pattern, wildcards=True)
    if automaton.must(text):
        return True
    return open_answer(pattern, text) if automaton.may(text) else False


def _may_match(pattern: list[Token], text: list[Token]) -> bool:
    return _Automaton(pattern).may(text)


class _Automaton:
    """A pattern of characters, holes and wildcards as states; a unique hole takes two, since something has to stand in it."""

    __slots__ = ("any", "chars", "end", "first", "holes", "rest", "same", "stars")

    def __init__(self, pattern: Sequence[Token], wildcards: bool = False) -> None:
        self.chars: dict[str, int] = {}
        """Character -> states that it takes one further."""
        self.any = 0
        """States that every character takes one further."""
        self.stars = 0
        """States in which any string may be used up."""
        self.holes: list[tuple[int, str]] = []
        """States in which a hole stands, and what it excludes."""
        self.first = 0
        """States in which a unique hole stands of which nothing is used up."""
        self.rest = 0
        """States in which more of a unique hole may be used up."""
        self.same: dict[object, tuple[int, int]] = {}
        """A hole's key -> the states in which it stands, and how far the same hole takes them."""
        bit = 1
        for token in pattern:
            if isinstance(token, Hole):
                standing, width = self.same.get(token.key, (0, 2 if token.unique else 1))
                self.same[token.key] = (standing | bit, width)
                self.holes.append((bit, token.excludes))
                if token.unique:
                    self.first |= bit
                    bit <<= 1
                    self.rest |= bit
                    self.holes.append((bit, token.excludes))
            elif wildcards and token == "*":
                self.stars |= bit
            elif wildcards and token == "?":
                self.any |= bit
            else:
                self.chars[token] = self.chars.get(token, 0) | bit
            bit <<= 1
        self.end = bit

    def may(self, text: Sequence[Token]) -> bool:
        """Whether some filling makes the whole text match (holes taken apart: equal ones may be filled differently)."""
        empty = self.stars
        for bit, _ in self.holes:
            empty |= bit & ~self.first
        states = _flood(1, empty)
        for token in text:
            if not isinstance(token, Hole):
                states = _flood(self._by_character(states, token), empty)
            elif token.unique:
                states = _flood(self._by_unique(states, token, empty & ~self.rest), empty)
            else:
                states = _flood(states, (self.end - 1) & ~self._barred(token.excludes))
            if not states:
                return False
        return bool(states & self.end)

    def must(self, text: Sequence[Token]) -> bool:
        """Whether it is certain that the whole text matches, whatever its holes hold."""
        stars = self.stars
        states = _flood(1, stars)
        for token in text:
            if isinstance(token, Hole):
                standing, width = self.same.get(token.key, (0, 1))
                further = (states & standing) << width
            else:
                further = (states & (self.chars.get(token, 0) | self.any)) << 1
            states = _flood(further | (states & stars), stars)
            if not states:
                return False
        return bool(states & self.end)

    def _by_character(self, states: int, character: str) -> int:
        kept = states & self.stars
        further = states & (self.chars.get(character, 0) | self.any)
        for bit, excludes in self.holes:
            if states & bit and character not in excludes:
                if bit & self.first:
                    further |= bit
                else:
                    kept |= bit
        return (further << 1) | kept

    def _by_unique(self, states: int, hole: Hole, loops: int) -> int:
        """At least one character that is in no other unique hole, then any number of them; or the same hole."""
        passed = (self.end - 1) & ~self._barred(hole.excludes) & ~self.first & ~self.rest
        begun = ((states & passed & ~loops) << 1) | (states & loops)
        standing, width = self.same.get(hole.key, (0, 1))
        return _flood(begun, passed) | ((states & standing) << width)

    def _barred(self, excludes: str) -> int:
        """States in which a character stands that a hole excludes."""
        barred = 0
        for character in excludes:
            barred |= self.chars.get(character, 0)
        return barred


def _flood(states: int, through: int) -> int:
    """The states, and all that are reached from them over consecutive states of `through`."""
    while True:
        further = states | ((states & through) << 1)
        if further == states:
            return states
        states = further


__all__ = [
    "Hole",
    "Text",
    "Token",
    "agreed",
    "contains",
    "ends_with",
    "equal",
    "lower",
    "open_answer",
    "regex",
    "starts_with",
    "tokens_of",
    "wildcard",
]
