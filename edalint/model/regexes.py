"""Regular expressions over texts that are known in part, searched as RE2 searches: no lookaround, no back references.

An expression becomes a nondeterministic automaton. To know that a text *may* match, a hole lets it go on with any
characters at all; to know that it *must*, a hole takes nothing further but what a loop over every character absorbs.
A hole holds no line break. What the automaton can't express (lookaround, back references) is not decided.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib import import_module

from edalint.hints import Any
from edalint.model.records import NamedTuple
from edalint.model.texts import Hole, Token, open_answer, tokens_of
from edalint.model.values import Kleene, OneOf, Unknown, Value, alternatives, settled

_parser: Any = import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

MAX_STATES = 2000
"""An expression with more states (counted repeats are written out) is run on whole strings only."""
MAX_STEPS = 500_000
"""Characters times states that a string is searched with."""
MAX_TOKENS = 2000
"""A text with holes that is longer than this is not looked into."""

Test = Callable[[str], bool]


class State(NamedTuple):
    """A state of an automaton: one of a character test, a zero-width test, a branch, or the end."""

    test: Test | None = None
    """The character that leads on."""
    literal: str = ""
    """The only character that does, where there is only one."""
    at: str = ""
    """The zero-width test that leads on: `begin`, `end`, `boundary`, `inside`."""
    next: tuple[int, ...] = ()


class Unsupported(Exception):
    """The expression holds something that no automaton can do, or too much of it."""


def search(pattern: str, text: Value) -> Kleene:
    """Whether an expression occurs in a text."""
    text = settled(text)
    if isinstance(text, str):
        try:
            return re.search(pattern, text) is not None
        except (re.error, OverflowError, RecursionError):
            return Unknown("", f"{pattern!r} is no regular expression")
    if isinstance(text, OneOf):
        from edalint.model.texts import agreed

        return agreed(search(pattern, option) for _, option in alternatives(text))
    tokens = tokens_of(text)
    if tokens is None:
        return Unknown("", "not a string that the template says")
    if not any(isinstance(t, Hole) for t in tokens):
        return search(pattern, "".join(map(str, tokens)))
    automaton = _automaton(pattern)
    if automaton is None or len(tokens) > MAX_TOKENS:
        return open_answer(tokens)
    if automaton.must(tokens):
        return True
    return open_answer(tokens) if automaton.may(tokens) else False


def stepwise(pattern: str, text: str) -> Kleene:
    """The same of a string, in a time that the expression's size and the string's length bound."""
    automaton = _automaton(pattern)
    if automaton is None or len(automaton.states) * len(text) > MAX_STEPS:
        return Unknown("", "a regular expression that takes too long")
    return automaton.must(list(text))


@lru_cache(maxsize=256)
def _automaton(pattern: str) -> Automaton | None:
    try:
        return Automaton(pattern)
    except (Unsupported, re.error, OverflowError, RecursionError):
        return None


class Automaton:
    """An expression as states; state 0 is the end."""

    def __init__(self, pattern: str) -> None:
        parsed = _parser.parse(pattern)
        self.states: list[State] = [State()]
        self.start = self._sequence(parsed, parsed.state.flags, 0)
        self.loops = frozenset(s for s in range(len(self.states)) if self._absorbs(s))

    def may(self, tokens: Sequence[Token]) -> bool:
        """Whether some filling of the holes makes the expression occur."""
        return self._run(tokens, certain=False)

    def must(self, tokens: Sequence[Token]) -> bool:
        """Whether the expression occurs whatever the holes hold."""
        return self._run(tokens, certain=True)

    def _run(self, tokens: Sequence[Token], *, certain: bool) -> bool:
        states: set[int] = set()
        for position in range(len(tokens) + 1):
            states = self._closure(states | {self.start}, _Surroundings(tokens, position, certain))
            if 0 in states:
                return True
            if position == len(tokens):
                return False
            token = tokens[position]
            if not isinstance(token, Hole):
                states = {n for s in states for n in self._step(s, token)}
            elif certain:
                states &= self.loops
            else:
                states = self._flood(states, token, _Surroundings(tokens, position, certain))
                if 0 in states:
                    return True
        return False

    def _step(self, state: int, character: str) -> Iterable[int]:
        test = self.states[state].test
        return self.states[state].next if test is not None and test(character) else ()

    def _flood(self, states: set[int], hole: Hole, around: _Surroundings) -> set[int]:
        """Every state that some filling of a hole leads to."""
        while True:
            further = set(states)
            for state in states:
                here = self.states[state]
                if here.test is not None and not (here.literal and here.literal in hole.excludes):
                    further.update(here.next)
            further = self._closure(further | {self.start}, around)
            if further == states:
                return states
            states = further

    def _closure(self, states: Iterable[int], around: _Surroundings) -> set[int]:
        reached = set(states)
        stack = list(reached)
        while stack:
            state = self.states[stack.pop()]
            if state.test is None and (not state.at or around.holds(state.at)):
                for following in state.next:
                    if following not in reached:
                        reached.add(following)
                        stack.append(following)
        return reached

    def _absorbs(self, state: int) -> bool:
        """Whether any string at all leads from the state back to itself."""
        around = self._plainly(state)
        return any(self.states[s].test is _anything and state in self._plainly(self.states[s].next[0]) for s in around)

    def _plainly(self, state: int) -> set[int]:
        """The states reached without a character or a test."""
        reached, stack = {state}, [state]
        while stack:
            here = self.states[stack.pop()]
            if here.test is None and not here.at:
                for following in here.next:
                    if following not in reached:
                        reached.add(following)
                        stack.append(following)
        return reached

    # from the parsed expression to states, from its end to its beginning

    def _add(self, state: State) -> int:
        if len(self.states) >= MAX_STATES:
            raise Unsupported
        self.states.append(state)
        return len(self.states) - 1

    def _sequence(self, parsed: Any, flags: int, end: int) -> int:
        for operation, argument in reversed(list(parsed)):
            end = self._operation(str(operation), argument, flags, end)
        return end

    def _operation(self, name: str, argument: Any, flags: int, end: int) -> int:
        if name == "AT":
            return self._add(State(at=_zero_width(str(argument), flags), next=(end,)))
        if name == "BRANCH":
            return self._add(State(next=tuple(self._sequence(branch, flags, end) for branch in argument[1])))
        if name == "SUBPATTERN":
            _, added, removed, inner = argument
            return self._sequence(inner, (flags | added) & ~removed, end)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            return self._repeat(argument[0], argument[1], argument[2], flags, end)
        test, literal = _character(name, argument, flags)
        return self._add(State(test=test, literal=literal, next=(end,)))

    def _repeat(self, least: int, most: Any, inner: Any, flags: int, end: int) -> int:
        if most == _parser.MAXREPEAT:
            loop = self._add(State())
            self.states[loop] = State(next=(self._sequence(inner, flags, loop), end))
            end = loop
        else:
            last = end
            for _ in range(int(most) - least):
                end = self._add(State(next=(self._sequence(inner, flags, end), last)))
        for _ in range(least):
            end = self._sequence(inner, flags, end)
        return end


class _Surroundings:
    """What is known of both sides of a position, for zero-width tests."""

    __slots__ = ("certain", "position", "tokens")

    def __init__(self, tokens: Sequence[Token], position: int, certain: bool) -> None:
        self.tokens = tokens
        self.position = position
        self.certain = certain

    def holds(self, at: str) -> bool:
        """Whether the test certainly (or, where that is asked, possibly) holds here."""
        if at == "begin":
            return self.position == 0 or self._none(self.tokens[: self.position])
        if at == "end":
            return self._none(self.tokens[self.position :])
        before = self.tokens[self.position - 1] if self.position else ""
        after = self.tokens[self.position] if self.position < len(self.tokens) else ""
        if isinstance(before, Hole) or isinstance(after, Hole):
            return not self.certain
        return (_is_word(before) != _is_word(after)) is (at == "boundary")

    def _none(self, tokens: Sequence[Token]) -> bool:
        return not tokens if self.certain else all(isinstance(t, Hole) for t in tokens)


def _zero_width(name: str, flags: int) -> str:
    if flags & re.MULTILINE and name in ("AT_BEGINNING", "AT_END"):
        raise Unsupported
    try:
        return {
            "AT_BEGINNING": "begin", "AT_BEGINNING_STRING": "begin", "AT_END": "end", "AT_END_STRING": "end",
            "AT_BOUNDARY": "boundary", "AT_NON_BOUNDARY": "inside",
        }[name]  # fmt: skip
    except KeyError:
        raise Unsupported from None


def _character(name: str, argument: Any, flags: int) -> tuple[Test, str]:
    """The test of one character, and the character where only one passes."""
    fold = bool(flags & re.IGNORECASE)
    if name == "ANY":
        return _anything, ""
    if name == "LITERAL":
        character = chr(argument)
        return _either_case(lambda c: c == character, fold), "" if fold else character
    if name == "NOT_LITERAL":
        excluded = _either_case(lambda c: c == chr(argument), fold)
        return (lambda c: not excluded(c)), ""
    if name == "IN":
        negated = bool(argument) and str(argument[0][0]) == "NEGATE"
        tests = [_member(str(kind), value) for kind, value in argument[1 if negated else 0 :]]
        within = _either_case(lambda c: any(test(c) for test in tests), fold)
        return ((lambda c: not within(c)) if negated else within), ""
    raise Unsupported


def _member(kind: str, value: Any) -> Test:
    if kind == "LITERAL":
        return lambda c: ord(c) == value
    if kind == "RANGE":
        return lambda c: value[0] <= ord(c) <= value[1]
    if kind == "CATEGORY":
        return _CATEGORIES[str(value)]
    raise Unsupported


def _either_case(test: Test, fold: bool) -> Test:
    return (lambda c: test(c) or test(c.lower()) or test(c.upper())) if fold else test


def _anything(character: str) -> bool:
    return character != "\n"


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


_CATEGORIES: dict[str, Test] = {
    "CATEGORY_DIGIT": str.isdigit,
    "CATEGORY_NOT_DIGIT": lambda c: not c.isdigit(),
    "CATEGORY_SPACE": str.isspace,
    "CATEGORY_NOT_SPACE": lambda c: not c.isspace(),
    "CATEGORY_WORD": _is_word,
    "CATEGORY_NOT_WORD": lambda c: not _is_word(c),
}
