"""Findings made of judgements: subject, place, message, path, fingerprint; who supersedes whom, and the order."""

from __future__ import annotations

from collections.abc import Sequence

from edalint.facts.view import Group, Path, View
from edalint.hints import Any
from edalint.model import digests
from edalint.model.conditions import Undecided, describe
from edalint.model.findings import CONFIDENCES, SEVERITIES, Finding, Related, Step, Subject
from edalint.model.graph import Edge, EventGraph, Node, Part
from edalint.model.locations import Location
from edalint.model.resources import Resource
from edalint.model.values import Unknown
from edalint.policy.compiled import rule_texts
from edalint.policy.language import Bindings, holds
from edalint.policy.match import names_of
from edalint.policy.places import Spot, own_program, spot_of
from edalint.policy.rules import Rule
from edalint.policy.wording import Wording, text_of, worded, wording


class Maker:
    """Makes findings of a graph's judgements."""

    def __init__(self, graph: EventGraph) -> None:
        self.graph = graph
        self._fixes: dict[str, str] = {}

    def _fix(self, rule: Rule) -> str:
        """What to write instead; read from the rule's texts once it has a finding."""
        if rule.id not in self._fixes:
            self._fixes[rule.id] = str(rule_texts(rule)["fix"])
        return self._fixes[rule.id]

    def finding(self, rule: Rule, branches: Sequence[Any]) -> Finding:
        """The finding of a rule that is true in all branches, worded as the first one has it. Raises `Undecided`."""
        view, names = branches[0].view, branches[0].names
        bindings = names_of(rule, view, names)
        bindings.made = {}
        thing = next(iter(names.values()), None)
        words = wording(rule)
        about = _subject(words, view, bindings, thing)
        primary, beside = _primary(_spots(words, view, bindings, thing), self.graph, about)
        confidence = _mildest(rule, "confidence", CONFIDENCES, branches)
        if confidence == "high" and _is_inferred(thing):
            confidence = "medium"
        steps = _steps(words, view, bindings, thing)
        when = getattr(about[1], "when", True)
        return Finding(
            rule=rule.id,
            name=rule.name,
            severity=rule.severity or _mildest(rule, "severity", SEVERITIES, branches),
            confidence=confidence,
            message=words.message.filled(view, bindings),
            subject=about[0],
            location=primary,
            related=(*beside, *_related(words, view, bindings)),
            path=steps,
            fingerprint=fingerprint(rule.id, about[0], steps),
            summary=rule.summary,
            fix=self._fix(rule),
            annotation=words.annotation.filled(view, bindings),
            when="" if when is True else describe(when),
            group=text_of(words.group, view, bindings),
            data=_fixable(rule, branches) if rule.row["edit"] else None,
        )


def _fixable(rule: Rule, branches: Sequence[Any]) -> Any:
    """What mends a finding that is one and the same in all alternatives."""
    from edalint.policy.edits import Fixable

    return Fixable(rule, branches[0].view, branches[0].names) if len(branches) == 1 else None


# subjects


def subject_of(thing: Any, element: str | None = None) -> Subject:
    """The resource that a finding about a thing belongs to, and which part of it.

    A part's subject is its own resource, unless it is a target or written inside its owner: then it is its owner's.
    """
    if isinstance(thing, Node):
        return Subject(thing.id, thing.address, thing.kind, element or "", thing.name)
    if isinstance(thing, Edge):
        return subject_of(thing.source, thing.element if element is None else element)
    if isinstance(thing, Part):
        inside = thing.element if element is None else element
        owner = thing.owner
        if isinstance(owner, Node) and (thing.kind == "target" or thing.resource is owner.resource):
            return Subject(owner.id, owner.address, owner.kind, inside, owner.name)
        return Subject(thing.resource.id, thing.resource.address, thing.kind, inside, thing.resource.name)
    if isinstance(thing, Resource):
        return Subject(thing.id, thing.address, thing.type, element or "", thing.name)
    if isinstance(thing, Path) and thing.edges:
        return subject_of(thing.edges[0].source, element or "")
    if isinstance(thing, Group) and thing.members:
        return subject_of(thing.members[0], element)
    return Subject("graph", "", "graph", element or "", "graph")


def _subject(words: Wording, view: View, bindings: Bindings, thing: Any) -> tuple[Subject, Any]:
    about = words.subject(view, bindings) if words.subject is not None else thing
    if isinstance(about, list):
        about = about[0] if about else None
    if about is None or isinstance(about, Unknown):
        about = thing
    element: str | None = None
    if words.element is not None:
        element = text_of(words.element, view, bindings)
    elif isinstance(about, Node) and isinstance(thing, (Edge, Part)):
        element = thing.element
    return subject_of(about, element), about


# places


def _spots(words: Wording, view: View, bindings: Bindings, thing: Any) -> list[Spot]:
    if words.at is not None:
        found = [s for s in words.at.spots(view, bindings) if s.location is not None]
        if found:
            return found
    spot = spot_of(thing, view)
    return [spot] if spot is not None and spot.location is not None else []


def _primary(spots: list[Spot], graph: EventGraph, about: tuple[Subject, Any]) -> tuple[Location, list[Related]]:
    if not spots:
        resource = graph.resources.get(about[0].id) or next(iter(graph.resources.values()), None)
        spots = [Spot(resource.location if resource else Location("", 1, 1, 1, 2), resource)]
    location = spots[0].location
    assert location is not None
    program = own_program(spots[0])
    beside = [Related(s.location, "also here") for s in spots[1:] if s.location is not None]
    if program is not None and program != location:
        return program, [Related(location, "in the template"), *beside]
    return location, beside


def _related(words: Wording, view: View, bindings: Bindings) -> list[Related]:
    found: list[Related] = []
    for pointer, says in words.related:
        for spot in pointer.spots(view, bindings):
            location = own_program(spot) or spot.location
            if location is not None:
                found.append(Related(location, says.filled(view, bindings)))
    return list(dict.fromkeys(found)) if len(found) > 1 else found


# severity, confidence


def _mildest(rule: Rule, key: str, order: tuple[str, ...], branches: Sequence[Any]) -> str:
    """The word of the first case that holds; where that is not known, the mildest of those still possible."""
    cases = rule.row[key]
    if len(cases) == 1:
        return str(cases[0][1])
    possible = [word for branch in branches for word in _possible(rule, cases, branch)]
    return min(possible, key=order.index)


def _possible(rule: Rule, cases: list[Any], branch: Any) -> list[str]:
    words: list[str] = []
    for when, word in cases:
        if when is None:
            return [*words, word]
        try:
            answer = holds(rule.expression(when[0]), branch.view, names_of(rule, branch.view, branch.names))
        except Undecided as undecided:
            answer = Unknown(undecided.choice.label, "it hangs on a choice")
        if answer is True:
            return [*words, word]
        if answer is not False:
            words.append(word)
    return words


def _is_inferred(thing: Any) -> bool:
    if isinstance(thing, Edge):
        return "inferred" in thing.attributes
    return isinstance(thing, Path) and any("inferred" in e.attributes for e in thing.edges)


# paths


def _steps(words: Wording, view: View, bindings: Bindings, thing: Any) -> tuple[Step, ...]:
    if words.path is not None:
        over = words.path(view, bindings)
    else:
        over = thing.edges if isinstance(thing, Path) else [thing] if isinstance(thing, Edge) else []
    if isinstance(over, Path):
        over = over.edges
    if isinstance(over, (Edge, Node)):
        over = [over]
    if not isinstance(over, list):
        return ()
    lost = words.failed(view, bindings) if words.failed is not None else None
    steps: list[Step] = []
    passed: list[Node] = []
    for hop in over:
        if isinstance(hop, Edge):
            if hop.source not in passed:
                passed.append(hop.source)
                steps.append(_stand(hop.source, view))
            steps.append(_hop(hop, view, failed=lost is hop or lost is hop.target or (lost is True and hop is over[-1])))
            passed.append(hop.target)
        elif isinstance(hop, Node):
            steps.append(_stand(hop, view, failed=lost is hop))
            passed.append(hop)
    return tuple(steps)


def _stand(node: Node, view: View, *, failed: bool = False) -> Step:
    return Step(node.name, node.address, "", "", _location(node, view), failed)


def _hop(edge: Edge, view: View, *, failed: bool) -> Step:
    try:
        contract = view.fact(edge, "contract")
    except (LookupError, Undecided):
        contract = None
    said = "" if contract is None or isinstance(contract, Unknown) else worded(contract, view)
    return Step(edge.target.name, edge.target.address, edge.kind, said, _location(edge, view), failed)


def _location(thing: Node | Edge, view: View) -> Location | None:
    spot = spot_of(thing, view)
    return spot.location if spot is not None else None


# identity, supersession, order


def fingerprint(rule: str, subject: Subject, path: Sequence[Step], *, place: str | None = None, repeat: int = 0) -> str:
    """What stays the same when a file is reformatted or reordered: rule, template, address, element, addresses on the path."""
    where = subject.id.rsplit("#", 1)[0] if place is None else place
    words = [rule, where, subject.address, subject.element, *(step.address for step in path)]
    if repeat:
        words.append(f"#{repeat}")
    return digests.sha256("\0".join(words).encode())


def moved_fingerprint(finding: Finding) -> str:
    """The fingerprint without the template's path: a finding in a file that was moved."""
    return fingerprint(finding.rule, finding.subject, finding.path, place="")


def finish(found: Sequence[tuple[Rule, Finding]]) -> list[Finding]:
    """Findings without those that others supersede, without repetitions, in order, each with a fingerprint of its own."""
    ordered = sorted(_not_superseded(found), key=lambda f: f.sort_key)
    seen: dict[tuple[Any, ...], Finding] = {}
    for finding in ordered:
        key = (finding.rule, finding.subject.id, finding.subject.element, finding.location, finding.message)
        seen.setdefault(key, finding)
    counts: dict[str, int] = {}
    result: list[Finding] = []
    for finding in seen.values():
        count = counts[finding.fingerprint] = counts.get(finding.fingerprint, -1) + 1
        if count:
            finding = finding._replace(fingerprint=fingerprint(finding.rule, finding.subject, finding.path, repeat=count))
        result.append(finding)
    return result


def _not_superseded(found: Sequence[tuple[Rule, Finding]]) -> list[Finding]:
    silenced: set[tuple[str, str, str | None]] = set()
    for rule, finding in found:
        for other in rule.supersedes:
            silenced.add((other, finding.subject.id, finding.subject.element or None))
    if not silenced:
        return [f for _, f in found]
    return [
        f
        for _, f in found
        if (f.rule, f.subject.id, f.subject.element or None) not in silenced and (f.rule, f.subject.id, None) not in silenced
    ]
