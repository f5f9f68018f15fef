"""A view that keeps nothing, and what rules say through it: what the kept facts are held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from edalint.facts import view as views
from edalint.facts.view import Group, Path, Subject, View
from edalint.model.conditions import Choice, Condition, holds
from edalint.model.findings import Finding
from edalint.model.graph import EventGraph
from edalint.model.values import Unknown
from edalint.policy import evaluate
from edalint.policy.evaluate import Doubt, Judgement
from edalint.policy.rules import Rule


class _Nothing(defaultdict[str, Any]):
    """Facts that are known: none, whatever is put in."""

    def __missing__(self, name: str) -> dict[Subject, Any]:
        return {}


class Naive(View):
    """A view whose every fact is computed each time, under its own choices and no others."""

    def __init__(self, graph: EventGraph, assignment: dict[str, str] | None = None, root: View | None = None) -> None:
        super().__init__(graph, assignment, root)
        self.known = _Nothing()
        self._under_way: set[Hashable] = set()

    def decide(self, choice: Choice, value: str) -> View:
        """Another view, made each time."""
        return Naive(self.graph, {**self.assignment, choice.name: value}, self.root)

    def holds(self, condition: Condition) -> bool:
        """Whether a condition holds here, with no note of what was read."""
        return holds(condition, self.assignment)

    def ask(self, subject: Subject, name: str) -> Any:
        """A fact, computed here."""
        function = views._function(subject, name)
        if function is None:
            raise LookupError(name)
        if isinstance(subject, (Path, Group)):
            return function(subject, self)
        value = self.once((id(subject), name), partial(function, subject))
        return Unknown("", f"{name} depends on itself") if value is views._RUNNING else value

    def once(self, key: Hashable, compute: Callable[[View], Any]) -> Any:
        """What is asked, computed here; only what asks for itself is told so."""
        if key in self._under_way:
            return views._RUNNING
        self._under_way.add(key)
        try:
            return compute(self)
        finally:
            self._under_way.discard(key)


@contextmanager
def keeping_nothing() -> Iterator[None]:
    """Within, the evaluator asks `Naive` views."""
    with patch.object(evaluate, "View", Naive):
        yield


Said = tuple[list[Finding], list[Doubt]]


def said(judgement: Judgement) -> Said:
    """Findings and doubts, whole; of edits, whether there are any."""
    return [f._replace(data=f.data is not None) for f in judgement.findings], judgement.undecided


def both_ways(graph: EventGraph, rules: Sequence[Rule]) -> tuple[Said, Said]:
    """What rules say with what is kept, and without."""
    kept = said(evaluate.judge(graph, rules))
    with keeping_nothing():
        return kept, said(evaluate.judge(graph, rules))
