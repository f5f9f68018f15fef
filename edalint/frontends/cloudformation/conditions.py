"""Conditions as functions of choices.

`Fn::Equals` of known texts is true or false. Where it hangs on an open parameter, the parameter is the choice; where
nothing decides it, the comparison itself is a choice of true and false, the same one wherever it is written.
"""

from __future__ import annotations

from collections.abc import Callable

from edalint.frontends.cloudformation.scope import Scope
from edalint.frontends.cloudformation.texts import same, spell
from edalint.hints import Any
from edalint.model.conditions import SOMETHING_ELSE, Both, Choice, Condition, Either, both, either, is_one_of, negation
from edalint.model.nearest import hint
from edalint.model.values import Map, Unknown, Value, alternatives, settled, text_of

MAX_PARTS = 300
"""Tests in one condition; a longer one is taken as a choice of its own, so that conditions made of conditions stay small."""
MAX_CHAIN = 60
"""Conditions that are made of conditions, one inside the other."""
_BOOLEAN = ("true", "false")


class Conditions:
    """The conditions of one template, each worked out when it is first asked for."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.declared = scope.section("Conditions")
        self.known: dict[str, Condition] = {}
        self._running: list[str] = []
        self._negated = False
        """Whether what is read stands inside an odd number of `Fn::Not` of the condition that is being worked out."""
        self._atoms: dict[str, Condition] = {}
        self._names: set[str] = set()

    def named(self, name: Any, at: Map | None = None, key: str | None = None) -> Condition:
        """What a condition of this name says."""
        if not isinstance(name, str):
            self.scope.diagnose("a condition is named by a text", "wrong-shape", at, key)
            return self._own("", "?")
        if name in self.known:
            return self.known[name]
        if name not in self.declared:
            self.scope.diagnose(f"there is no condition {name}{hint(name, self.declared)}", "missing-condition", at, key)
            return self._keep(name, self._own(name, name))
        if name in self._running or len(self._running) > MAX_CHAIN:
            what = "depends on itself" if name in self._running else "depends on too many others"
            self.scope.diagnose(f"condition {name} {what}", "circular-reference", self.declared, name)
            return self._own(name, name)
        self._running.append(name)
        outer, self._negated = self._negated, False
        try:
            condition = self._evaluate(self.declared[name], self.declared, name)
        finally:
            self._running.pop()
            self._negated = outer
        return self._keep(name, condition)

    def _keep(self, name: str, condition: Condition) -> Condition:
        if _parts(condition) > MAX_PARTS:
            condition = self._own(name, name)
        return self.known.setdefault(name, condition)

    def _evaluate(self, written: Any, at: Map, key: str) -> Condition:
        if isinstance(written, bool):
            return written
        if isinstance(written, str) and written.lower() in _BOOLEAN:
            return written.lower() == "true"
        if isinstance(written, dict) and len(written) == 1:
            ((function, argument),) = written.items()
            inner = written if isinstance(written, Map) else at
            evaluate = _FUNCTIONS.get(function)
            if evaluate is not None:
                found = evaluate(self, argument, inner, function)
                if found is not None:
                    return found
                self.scope.diagnose(f"{function} can't be read", "wrong-shape", inner, function)
            else:
                value = settled(self.scope.resolve(written))
                if isinstance(value, (bool, str)):
                    return self._evaluate(value, at, key)
                self.scope.diagnose(f"{function} is no condition", "unknown-intrinsic", inner, function)
        else:
            self.scope.diagnose("a condition is one of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition", "wrong-shape", at, key)
        return self._own("", self._running[-1] if self._running else "?")

    def _several(self, argument: Any, at: Map, function: str) -> Condition | None:
        if not isinstance(argument, list) or not argument:
            return None
        join = both if function == "Fn::And" else either
        return join(*(self._evaluate(part, at, function) for part in argument))

    def _not(self, argument: Any, at: Map, function: str) -> Condition | None:
        if isinstance(argument, list):
            if len(argument) != 1:
                return None
            argument = argument[0]
        self._negated = not self._negated
        try:
            return negation(self._evaluate(argument, at, function))
        finally:
            self._negated = not self._negated

    def _reference(self, argument: Any, at: Map, function: str) -> Condition | None:
        return self.named(argument, at, function)

    def _equals(self, argument: Any, at: Map, function: str) -> Condition | None:
        if not isinstance(argument, list) or len(argument) != 2:
            return None
        left, right = self.scope.resolve(argument[0]), self.scope.resolve(argument[1])
        holds: list[Condition] = []
        for when, one in alternatives(left):
            for inner, other in alternatives(right):
                joined = both(when, inner)
                if joined is False:
                    continue
                answer = same(one, other)
                if answer is None:
                    holds.append(both(joined, self._open(one, other)))
                elif answer:
                    holds.append(joined)
        return either(*holds)

    def _open(self, one: Value, other: Value) -> Condition:
        """The condition that two values are equal which are not both known."""
        for unknown, literal in ((one, other), (other, one)):
            if isinstance(unknown, Unknown) and unknown.symbol and isinstance(literal, (str, bool, int, float)):
                text = str(text_of([literal]))
                if text in self.scope.excluded.get(unknown.symbol, ()):
                    return False
                literals = self.scope.parameters.literals.get(unknown.symbol.rsplit("#", 1)[-1], [])
                if text in literals and unknown.symbol.endswith(("AWS::Region", "AWS::AccountId", "AWS::Partition", "AWS::StackName")):
                    name = unknown.symbol.rsplit("#", 1)[-1]
                    return is_one_of(Choice(self.scope.id(name), name, (*literals, SOMETHING_ELSE)), (text,))
        spelled = sorted((spell(one), spell(other)))
        return self._own("=".join(spelled) if all(spelled) else "", self._running[-1] if self._running else "?")

    def _own(self, key: str, name: str) -> Condition:
        """A choice of true and false for what nothing decides; the same key gives the same choice.

        The choice has the name of the condition that it stands in, and is true where that condition is.
        """
        found = self._atoms.get(key) if key else None
        if found is None:
            unique, number = name, 1
            while unique in self._names:
                number += 1
                unique = f"{name}.{number}"
            self._names.add(unique)
            choice = Choice(self.scope.id(f"Conditions.{unique}"), f"Condition {unique}", _BOOLEAN)
            found = is_one_of(choice, ("false" if self._negated else "true",))
            if key:
                self._atoms[key] = found
        return found


_FUNCTIONS: dict[str, Callable[[Conditions, Any, Map, str], Condition | None]] = {
    "Fn::And": Conditions._several,
    "Fn::Or": Conditions._several,
    "Fn::Not": Conditions._not,
    "Fn::Equals": Conditions._equals,
    "Condition": Conditions._reference,
}


def _parts(condition: Condition) -> int:
    count = 0
    stack = [condition]
    while stack and count <= MAX_PARTS:
        here = stack.pop()
        count += 1
        if isinstance(here, (Both, Either)):
            stack.extend(here.conditions)
    return count
