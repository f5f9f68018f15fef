"""What an end means: a reference, a name, an ARN or a URL becomes the nodes and resources that it can be."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice

from edalint.linking import arns
from edalint.linking.arns import Called
from edalint.linking.names import Candidate, Names
from edalint.model.conditions import Condition, both, satisfiable
from edalint.model.graph import End, Node, Target
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, Unit
from edalint.model.values import Ref, Text, Unknown, Value, alternatives, items, parts_of, settled

MAX_STAND_INS = 8
"""Resources that stand for one another in a longer chain than this are a circle."""
DEFAULT_BUS = "default"
CUSTOM = ("Custom::", "AWS::CloudFormation::CustomResource")
"""Types whose attributes are made by code: they may name any resource of the run."""


class Meaning(NamedTuple):
    """What an end turned out to be."""

    targets: list[Target]
    ambiguous: list[list[Candidate]]
    """Resources that are equally near and have one name: linked to none of them."""


class Ends:
    """Resolves ends against the nodes and names of a run."""

    def __init__(self, names: Names, resources: dict[str, Resource], nodes: dict[str, Node], stand_ins: dict[str, tuple[End, str]]) -> None:
        self._names = names
        self._resources = resources
        self._nodes = nodes
        self._stand_ins = stand_ins
        self._direct: dict[tuple[str, str], list[Target]] = {}
        """Id and attribute of a reference -> what it means, where that is the same at every end."""
        self._arns: dict[str | Text, Called | None] = {}
        """What ARNs say: many roles name the same policies of AWS."""
        self.default_bus = Node("bus", DEFAULT_BUS, DEFAULT_BUS)
        """The account's own bus, which nobody declares."""

    def resolve(self, end: End) -> Meaning:
        """Everything that an end can be, each with its condition; absent alternatives give no target."""
        direct = self.direct(end.value)
        if direct is not None:
            return Meaning(direct, [])
        targets: list[Target] = []
        ambiguous: list[list[Candidate]] = []
        for when, value in _plain(end.value):
            if value is None:
                continue
            for target in self._value(value, end, ambiguous, 0):
                joined = both(when, target.when)
                if joined is not False:
                    targets.append(target if joined is target.when else target._replace(when=joined))
        return Meaning(targets, ambiguous)

    def direct(self, value: Value) -> list[Target] | None:
        """What a reference means at whatever end, or nothing written; None of any other value, and of a resource that stands for another."""
        if value is None:
            return []
        if type(value) is not Ref or value.id in self._stand_ins:
            return None
        key = (value.id, value.attribute)
        found = self._direct.get(key)
        if found is None:
            found = self._direct[key] = self._resource(value, "")
        return found

    def is_name(self, text: str) -> bool:
        """Whether a plain string is what a resource of the run, of whatever kind, is called."""
        return text == DEFAULT_BUS or text in self._names.known

    def _value(self, value: Value, end: End, ambiguous: list[list[Candidate]], depth: int) -> list[Target]:
        if isinstance(value, Ref):
            return self._reference(value, end, ambiguous, depth)
        if isinstance(value, (str, Text)):
            return self._text(value, end, ambiguous, depth)
        return [Target(True, None, None, value)]

    def _reference(self, ref: Ref, end: End, ambiguous: list[list[Candidate]], depth: int, qualifier: str = "") -> list[Target]:
        stand_in = self._stand_ins.get(ref.id)
        if stand_in is None or depth >= MAX_STAND_INS:
            return self._resource(ref, qualifier)
        resource = self._resources.get(ref.id)
        if resource is None or resource.type in end.kinds:
            return self._resource(ref, qualifier)
        meant, adds = stand_in
        targets = []
        for when, value in _plain(meant.value):
            if value is None:
                continue
            for target in self._value(value, meant, ambiguous, depth + 1):
                joined = both(resource.when, when, target.when)
                if joined is not False:
                    targets.append(target._replace(when=joined, value=ref, qualifier=target.qualifier or adds or qualifier))
        return targets

    def _resource(self, ref: Ref, qualifier: str) -> list[Target]:
        """The resource that a reference names, and its node."""
        resource = self._resources.get(ref.id)
        if resource is None:  # it exists in no alternative, so what refers to it can't be deployed as written
            return []
        node = self._nodes.get(ref.id)
        when = both(resource.when, node.when) if node is not None else resource.when
        return [Target(when, node, resource, ref, qualifier)] if when is not False else []

    def _text(self, value: str | Text, end: End, ambiguous: list[list[Candidate]], depth: int) -> list[Target]:
        if arns.is_arn(value):
            called = self._arn(value)
            if called is None:
                return [Target(True, None, None, value)]
            return self._called(called, value, end, ambiguous, depth)
        if arns.is_url(value):
            called = arns.queue_url(value) if "queue" in end.kinds else None
            if called is not None:
                return self._called(called, value, end, ambiguous, depth)
            return self._within(value, end, ambiguous, depth)
        if isinstance(value, Text):
            found = self._leading(value, end, ambiguous, depth)
            if found is not None:
                return found
        return self._name(value, end, ambiguous, depth)

    def _arn(self, value: str | Text) -> Called | None:
        if value not in self._arns:
            self._arns[value] = arns.arn(value)
        return self._arns[value]

    def _name(self, value: str | Text, end: End, ambiguous: list[list[Candidate]], depth: int) -> list[Target]:
        """A plain name: of any of the kinds that fit."""
        if "bus" in end.kinds and value == DEFAULT_BUS:
            return [Target(True, self.default_bus, None, value)]
        if end.form not in ("name", "any"):
            return [Target(True, None, None, value)]
        qualifier: Value = ""
        called = [Called("", kind, value, "", "", "") for kind in end.kinds]
        if "function" in end.kinds:
            partial = arns.partial_function(value)
            if partial is not None:
                called, qualifier = [partial], partial.qualifier
                if isinstance(partial.name, Ref):
                    return self._reference(partial.name, end, ambiguous, depth, _text(qualifier))
        elif "task" in end.kinds or "job" in end.kinds:
            # `FAMILY:REVISION`, `JOB-DEFINITION:REVISION`.
            called += [c._replace(name=arns.fields(value, ":")[0]) for c in called if len(arns.fields(value, ":")) == 2]
        elif "rule" in end.kinds:
            # `Ref` of a rule on a custom bus gives `BUS|RULE`.
            last = arns.fields(value, "|")[-1]
            called += [c._replace(name=last) for c in called if last != value]
        found = [names for each in called if (names := self._names.find(each, _unit(end)))]
        return self._chosen(found, value, ambiguous, _text(qualifier))

    def _called(self, called: Called, value: Value, end: End, ambiguous: list[list[Candidate]], depth: int) -> list[Target]:
        """A whole ARN or URL."""
        if isinstance(called.name, Ref):
            return self._reference(called.name, end, ambiguous, depth, _text(called.qualifier))
        if called.kind == "bus" and called.name == DEFAULT_BUS:
            return [Target(True, self.default_bus if _is_own(called, _unit(end)) else None, None, value)]
        if not called.kind:
            return self._within(value, end, ambiguous, depth)
        return self._chosen([self._names.find(called, _unit(end))], value, ambiguous, _text(called.qualifier))

    def _chosen(self, found: list[list[Candidate]], value: Value, ambiguous: list[list[Candidate]], qualifier: str) -> list[Target]:
        if _exclusive([*islice(chain.from_iterable(found), 2)]):  # else it is not worth to put thousands together
            every = [*chain.from_iterable(found)]
            if _exclusive(every):
                return [Target(c.when, self._nodes.get(c.resource.id), c.resource, value, qualifier) for c in every] or [
                    Target(True, None, None, value)
                ]
        ambiguous.extend(found)
        return [Target(True, None, None, value)]

    def _leading(self, value: Text, end: End, ambiguous: list[list[Candidate]], depth: int) -> list[Target] | None:
        """A text that begins with a reference: `${Function.Arn}:live`, `${Api.Arn}/*`, `${Queue}/x`."""
        first, rest = value.parts[0], value.parts[1]
        if not isinstance(first, Ref) or not isinstance(rest, str) or rest[0] not in ":/":
            return None
        qualifier = rest[1:] if rest[0] == ":" and len(value.parts) == 2 else ""
        return self._reference(first, end, ambiguous, depth, qualifier)

    def _within(self, value: Value, end: End, ambiguous: list[list[Candidate]], depth: int) -> list[Target]:
        """A text that holds a reference as a whole field: the host of a URL, the id in an API's ARN."""
        fields = [label for piece in arns.fields(value, "/") for part in arns.fields(piece, ":") for label in arns.fields(part, ".")]
        for ref in (f for f in fields if isinstance(f, Ref)):
            found = self._reference(ref, end, ambiguous, depth)
            if any(t.node is not None and t.node.kind in end.kinds for t in found):
                return found
        return [Target(True, None, None, value)]


def _is_own(called: Called, asker: Unit | None) -> bool:
    """Whether region and account of an ARN are those of who writes it: a parameter that has no value names another account."""
    for written, own, symbol in (
        (called.region, asker.region if asker else None, "AWS::Region"),
        (called.account, asker.account if asker else None, "AWS::AccountId"),
    ):
        written, own = settled(written), settled(own)
        if isinstance(written, Unknown) and written.symbol != symbol:
            return False
        if isinstance(written, str) and isinstance(own, str) and written not in ("", own):
            return False
    return True


def outside(value: Value) -> bool:
    """Whether a value that nothing in the run answers to names something outside, and not perhaps a resource of the run."""
    if isinstance(value, Unknown):
        return value.outside
    if isinstance(value, Text):
        return all(p.outside for p in value.parts if isinstance(p, Unknown))
    return isinstance(value, (str, Ref))


NO_SYMBOL = "${?}"
"""How a part that is not known and has no name is written: two of them are not the same."""


def written(value: Value) -> str:
    """A value as reports name the thing outside that it stands for: its literal, with `${...}` for what is not known."""
    parts = parts_of(value)
    if len(parts) == 1 and isinstance(parts[0], Unknown):
        return _symbol(parts[0]) or "unknown"
    out = []
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, Ref):
            out.append("${" + part.id.rsplit("#", 1)[-1] + "}")
        else:
            out.append("${" + _symbol(part) + "}" if _symbol(part) else NO_SYMBOL)
    return "".join(out) or "unknown"


def _symbol(unknown: Unknown) -> str:
    name = unknown.symbol.rsplit("#", 1)[-1]
    for prefix in ("Parameters.", "Ref.", "export:", "ssm:"):
        name = name.removeprefix(prefix)
    return name


def _plain(value: Value) -> Iterable[tuple[Condition, Value]]:
    """Everything that a value, or one element of a list, can be; None where it is absent."""
    return items(value) if isinstance(value, list) else alternatives(value)


def _unit(end: End) -> Unit | None:
    return end.resource.unit if end.resource is not None else None


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _exclusive(found: list[Candidate]) -> bool:
    """Whether no two of the candidates exist together (or are one)."""
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            if one.resource is not other.resource and satisfiable(both(one.when, other.when)):
                return False
    return True
