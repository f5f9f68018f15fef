"""Judging a graph by rules: a finding only where a rule is true in every alternative in which its subject exists.

The evaluator starts with no choice decided. What the subject's existence needs is decided first; whenever the rule reads
something that hangs on an undecided choice, it splits on it. True in all branches is a finding, false in all is
none, and everything else is told apart as undecided, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from edalint.facts.view import View
from edalint.hints import TYPE_CHECKING, Any
from edalint.model.conditions import Condition, Undecided
from edalint.model.findings import Diagnostic, Finding, Subject
from edalint.model.graph import EventGraph
from edalint.model.records import NamedTuple
from edalint.model.values import Unknown
from edalint.policy import match
from edalint.policy.language import MAX_STEPS, Exhausted, Expression, as_condition, holds
from edalint.policy.language.operations import Mismatch, cause_of
from edalint.policy.rules import Rule

if TYPE_CHECKING:
    from edalint.policy.edits import Change
    from edalint.policy.findings import Maker

MAX_CHOICES = 6
MAX_BRANCHES = 64


class Doubt(NamedTuple):
    """A judgement that could not be made, and why."""

    rule: str
    name: str
    subject: Subject
    reason: str
    symbol: str = ""
    """What is not known, where it has a name: a parameter, a pseudo parameter."""
    choice: str = ""
    """The choice on which it hangs, where the rule is true in some alternatives only."""
    when: str = ""
    """The alternatives in which the rule is true."""


class Judgement(NamedTuple):
    """What the rules say of a graph."""

    findings: list[Finding]
    undecided: list[Doubt]
    diagnostics: list[Diagnostic]


class Branch(NamedTuple):
    """One alternative in which the subject exists, and what the rule says there."""

    view: View
    answer: Any
    """True, False or an Unknown."""
    names: dict[str, Any]


class Saying(NamedTuple):
    """What a rule says of one of its candidates."""

    rule: int
    """The rule's place among those that are asked."""
    candidate: int
    finding: Finding | None
    doubt: Doubt | None = None
    mistake: Diagnostic | None = None
    """A mistake of the rule that this candidate brought to light."""
    exhausted: bool = False
    """Whether the rule took too many steps here: it is asked no further."""


def judge(graph: EventGraph, rules: Sequence[Rule], *, off: Callable[[Rule, str], bool] | None = None, jobs: int = 1) -> Judgement:
    """Every finding and every doubt of the rules about a graph, in order.

    `off` says of a rule and a path whether the rule is switched off there; such a finding is not made, so it supersedes
    nothing. `jobs`: how many processes share the work; what they find is the same.
    """
    from edalint.policy.findings import finish

    kinds = match.present(graph)
    asked = [rule for rule in rules if match.may_match(rule, kinds)]
    if jobs > 1:
        from edalint.policy.shares import ask_together

        sayings = ask_together(graph, asked, jobs)
    else:
        sayings = list(ask(graph, asked))
    findings: list[tuple[Rule, Finding]] = []
    doubts: list[Doubt] = []
    diagnostics: list[Diagnostic] = []
    for saying in sayings:
        rule = asked[saying.rule]
        if saying.finding is not None and (off is None or not off(rule, saying.finding.location.path)):
            findings.append((rule, saying.finding))
        if saying.doubt is not None:
            doubts.append(saying.doubt)
        if saying.mistake is not None:
            diagnostics.append(saying.mistake)
    final = finish(findings)
    said = {(f.rule, f.subject.id, f.subject.element) for f in final}
    remaining = [d for d in dict.fromkeys(doubts) if (d.rule, d.subject.id, d.subject.element) not in said]
    return Judgement(final, remaining, list(dict.fromkeys(diagnostics)))


def ask(graph: EventGraph, rules: Sequence[Rule], mine: Callable[[Any], bool] | None = None) -> Iterator[Saying]:
    """What rules say of a graph, in order; with `mine` only of the candidates of whose subjects it is true."""
    from edalint.policy.findings import Maker

    root = View(graph)
    maker = Maker(graph)
    for number, rule in enumerate(rules):
        asked = _Asked(rule, root, mine)
        try:
            for thing, branches in asked:
                yield _saying(number, rule, asked.place, thing, branches, maker)
        except Exhausted:
            trouble = _trouble(rule, "the rule takes more steps than a rule may on this graph")
            yield Saying(number, asked.place, None, None, trouble, True)


def changes_of(graph: EventGraph, rule: Rule, place: int) -> list[Change]:
    """What mends the finding of a rule about one of its candidates."""
    from edalint.policy.findings import Maker

    root = View(graph)
    candidate = next(islice(match.candidates(rule, root), place, None))
    finding = _worded(rule, Maker(graph), _branches(rule, candidate, _when(rule), root))
    return finding.data.changes() if finding.data is not None else []


def _trouble(rule: Rule, message: str) -> Diagnostic:
    said = rule.said("when") or ("", 1, 1)
    return Diagnostic(rule.file, said[1], said[2], "warning", f"{rule.id}: {message}", "policy")


class _Asked:
    """A rule on its way through its candidates: what each that it is not false of is, with its branches."""

    def __init__(self, rule: Rule, root: View, mine: Callable[[Any], bool] | None) -> None:
        self.rule, self.root, self.mine = rule, root, mine
        self.place = 0
        """Of the candidate that is asked about."""

    def __iter__(self) -> Iterator[tuple[Any, list[Branch]]]:
        condition = _when(self.rule)
        if condition is None or self.rule.match["form"] not in match.THINGS:
            return self._candidates(condition)
        return self._things(condition)

    def _candidates(self, condition: Expression | None) -> Iterator[tuple[Any, list[Branch]]]:
        for place, candidate in enumerate(match.candidates(self.rule, self.root)):
            self.place = place
            if self.mine is None or self.mine(candidate.subject):
                branches = _branches(self.rule, candidate, condition, self.root)
                if branches:
                    yield candidate.subject, branches

    def _things(self, condition: Expression) -> Iterator[tuple[Any, list[Branch]]]:
        """The same of nodes, edges or parts. Of nearly all the rule is false, without anything that has to be decided."""
        rule, root, mine = self.rule, self.root, self.mine
        form = rule.match["form"]
        names = match.names_of(rule, root, {})
        for self.place, thing in match.suspects(rule, root):
            if mine is not None and not mine(thing):
                continue
            exists = thing.when
            view = root if exists is True else root.within(exists)
            names[form] = thing
            names.left = MAX_STEPS
            try:
                answer = (exists is True or view.holds(exists)) and condition(view, names)
                if answer is False or (answer := as_condition(answer)) is False:
                    continue
                branches = [Branch(view, answer, {form: thing})]
            except (Undecided, RecursionError):
                branches = _branches(rule, match.of_thing(form, thing), condition, root)
            if branches:
                yield thing, branches


def _branches(rule: Rule, candidate: match.Candidate, condition: Expression | None, root: View) -> list[Branch]:
    """What the rule says of a candidate in every alternative in which it exists; none where it is false in all."""
    branches = list(split(root, candidate.when, lambda view: _ask(rule, candidate, condition, view)))
    return [] if all(b.answer is False for b in branches) else branches


def _saying(number: int, rule: Rule, place: int, about: Any, branches: list[Branch], maker: Maker) -> Saying:
    """A finding where the rule is true in all branches, else a doubt."""
    if all(b.answer is True for b in branches):
        return Saying(number, place, _worded(rule, maker, branches))
    from edalint.policy.findings import subject_of

    subject = subject_of(about)
    wrong = next((b.answer for b in branches if type(b.answer) is Mismatch), None)
    mistake = _trouble(rule, f"{subject.name}: {wrong.reason}") if wrong is not None else None
    return Saying(number, place, None, _doubt(rule, subject, branches), mistake)


def _worded(rule: Rule, maker: Maker, branches: list[Branch]) -> Finding:
    """The finding of branches in all of which the rule is true; what only its words hang on is decided for one alternative."""
    first, *others = branches
    while True:
        try:
            return maker.finding(rule, [first, *others])
        except Undecided as undecided:
            choice = undecided.choice
            first = first._replace(view=first.view.decide(choice, choice.domain[0]))


def _when(rule: Rule) -> Expression | None:
    said = rule.said("when")
    return rule.expression(said[0]) if said is not None else None


def _ask(rule: Rule, candidate: match.Candidate, condition: Expression | None, view: View) -> Branch:
    bound = candidate.bind(view)
    if not isinstance(bound, dict):
        return Branch(view, bound, {})
    if condition is None:
        return Branch(view, True, bound)
    try:
        answer = holds(condition, view, match.names_of(rule, view, bound))
    except RecursionError:
        answer = Unknown("", "a value nested too deeply")
    return Branch(view, answer, bound)


def split(root: View, exists: Condition, ask: Callable[[View], Branch]) -> Iterator[Branch]:
    """What `ask` answers in every alternative in which the subject exists, with only the choices decided that are read.

    Beyond six choices in a row or 64 branches the answer is unknown, and no further branch is asked: none could make a
    finding of it. Choices that the subject's existence decides by itself are no alternatives and do not count.
    """
    budget = [MAX_BRANCHES]

    def search(view: View, depth: int) -> Iterator[Branch]:
        try:
            if not view.holds(exists):
                return
            branch = ask(view)
        except Undecided as undecided:
            choice = undecided.choice
            if depth >= MAX_CHOICES:
                budget[0] = -1
                yield Branch(view, Unknown(choice.label, f"it hangs on more than {MAX_CHOICES} choices"), {})
                return
            for value in choice.domain:
                if budget[0] == 0:
                    budget[0] = -1
                    yield Branch(view, Unknown(choice.label, f"it hangs on more than {MAX_BRANCHES} alternatives"), {})
                if budget[0] < 0:
                    return
                budget[0] -= 1
                yield from search(view.decide(choice, value), depth + 1)
            return
        yield branch

    yield from search(root.within(exists), 0)


def _doubt(rule: Rule, subject: Subject, branches: list[Branch]) -> Doubt:
    unknown = next((cause_of(b.answer) for b in branches if isinstance(b.answer, Unknown)), None)
    true_in = [b for b in branches if b.answer is True]
    when = _assignments(true_in) if true_in else ""
    choice = ", ".join(sorted({name.rsplit("#", 1)[-1] for b in branches for name in b.view.assignment})) if true_in else ""
    if unknown is None:
        return Doubt(rule.id, rule.name, subject, f"true only where {when}", "", choice, when)
    reason = unknown.reason or unknown.symbol or "a value is not known"
    if unknown.symbol and unknown.symbol not in reason:
        reason = f"{unknown.symbol}: {reason}"
    return Doubt(rule.id, rule.name, subject, reason, unknown.symbol, choice, when)


def _assignments(branches: Iterable[Branch]) -> str:
    rows = []
    for branch in branches:
        rows.append(" and ".join(f"{name.rsplit('#', 1)[-1]}={value}" for name, value in sorted(branch.view.assignment.items())))
    return " or ".join(dict.fromkeys(r for r in rows if r))
