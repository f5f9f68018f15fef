"""What the resources of a run are called, and which resource a name means from where.

Names are compared symbolically: `${Stage}-orders` is equal to itself inside one template, a generated name is equal to no
other. A name that several resources have means the nearest one: same template, same assembly or stage, same folder, run.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from edalint.linking.arns import Called
from edalint.linking.likeness import given_alike
from edalint.model.conditions import Condition, both
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, Unit
from edalint.model.values import Ref, Text, Unknown, Value, alternatives, settled, text_of
from edalint.services.identity import expand
from edalint.services.registry import IDENTITIES


class Candidate(NamedTuple):
    """A resource that has a name, in some alternatives."""

    when: Condition
    resource: Resource


class Namesakes:
    """The resources that have one name, found by how near they are to who asks."""

    __slots__ = ("_by_scope", "_by_unit", "all")

    def __init__(self) -> None:
        self.all: list[Candidate] = []
        self._by_unit: dict[int, list[Candidate]] = {}
        self._by_scope: dict[str, list[Candidate]] = {}

    def nearest(self, called: Called, asker: Unit | None, *, elsewhere: bool = False) -> list[Candidate]:
        """Those that what is called so can be, of the nearest scope that has one; `elsewhere`: none of the asker's own unit."""
        if asker is None:
            return [c for c in self.all if fits(c.resource, called)]
        if len(self.all) == 1:
            only = self.all[0].resource
            return self.all if fits(only, called) and not (elsewhere and only.unit is asker) else []
        for group in self._from(asker):
            found = [c for c in group if fits(c.resource, called) and not (elsewhere and c.resource.unit is asker)]
            if found:
                return found
        return []

    def _from(self, asker: Unit) -> Iterator[list[Candidate]]:
        """The candidates of the unit, then of each of its scopes, nearest first, then all of the run."""
        if not self._by_unit:
            for candidate in self.all:
                unit = candidate.resource.unit
                self._by_unit.setdefault(id(unit), []).append(candidate)
                for scope in dict.fromkeys(unit.scopes):
                    self._by_scope.setdefault(scope, []).append(candidate)
        yield self._by_unit.get(id(asker), [])
        for scope in asker.scopes:
            yield self._by_scope.get(scope, [])
        yield self.all


class Names:
    """The identity index of a run: (kind, name) -> the resources that are called so."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._resources = resources
        self._index: dict[tuple[str, Hashable], Namesakes] = {}
        self._alike: dict[tuple[str, Hashable], Namesakes] | None = None
        """The same by names that are given alike (`edalint.linking.likeness`), made when the first name is not found."""
        self.known: set[str] = set()
        """Every name without holes."""
        self._texts: list[tuple[str, Text, Candidate]] = []
        """Kind, name and resource of every name that has holes."""
        for resource in resources.values():
            identity = IDENTITIES.get(resource.type)
            if identity is not None and identity.name is not None:
                given = resource.properties.get(identity.name)
                if given is not None:
                    for when, value in alternatives(given):
                        self._enter(identity.kind, resource, when, value)

    def _enter(self, kind: str, resource: Resource, when: Condition, value: Value) -> None:
        joined = both(resource.when, when)
        name = self.plain(value)
        if name is None or joined is False:
            return
        candidate = Candidate(joined, resource)
        _add(self._index, (kind, name), candidate)
        if type(name) is str:
            self.known.add(name)
        elif isinstance(name, Text):
            self._texts.append((kind, name, candidate))

    def _given_alike(self, kind: str, name: Value) -> Namesakes | None:
        """The resources whose names are given like this one."""
        alike = given_alike(name)
        if alike is None:
            return None
        if self._alike is None:
            self._alike = {}
            for its_kind, text, candidate in self._texts:
                key = given_alike(text)
                if key is not None:
                    _add(self._alike, (its_kind, key), candidate)
        return self._alike.get((kind, alike))

    def plain(self, value: Value) -> Value:
        """A name as it can be compared: str, Text or a symbol, the names of referenced resources put in; None if it is no string."""
        if type(value) is str:
            return value
        value = settled(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return text_of([value])
        if isinstance(value, (Ref, Text)):
            value = expand(value, self._resources)
        if isinstance(value, Unknown):
            return value if value.symbol else None
        return value if isinstance(value, (str, Text)) else None

    def find(self, called: Called, asker: Unit | None) -> list[Candidate]:
        """The nearest resources that are called so (several where none is nearer)."""
        name = self.plain(called.name)
        if name is None:
            return []
        namesakes = self._index.get((called.kind, name))
        found = namesakes.nearest(called, asker) if namesakes is not None else []
        if not found and asker is not None:
            namesakes = self._given_alike(called.kind, name)
            found = namesakes.nearest(called, asker, elsewhere=True) if namesakes is not None else []
        return found


def _add(index: dict[tuple[str, Hashable], Namesakes], key: tuple[str, Hashable], candidate: Candidate) -> None:
    namesakes = index.get(key)
    if namesakes is None:
        namesakes = index[key] = Namesakes()
    namesakes.all.append(candidate)


def fits(resource: Resource, called: Called) -> bool:
    """Whether service, region and account of an ARN or URL can be those of a resource."""
    identity = IDENTITIES.get(resource.type)
    if called.service and identity is not None and identity.arn:
        service = identity.arn.split(":")[2] if identity.arn.count(":") > 2 else ""
        if service and service != called.service:
            return False
    return _may_equal(called.region, resource.unit.region) and _may_equal(called.account, resource.unit.account)


def unit_distance(asker: Unit, found: Unit) -> int:
    """The place of the nearest scope of one unit that another unit is in too; the run is the farthest."""
    if asker is found:
        return -1
    theirs = set(found.scopes)
    return next((i for i, scope in enumerate(asker.scopes) if scope in theirs), len(asker.scopes))


def _may_equal(written: Value, own: Value) -> bool:
    written, own = settled(written), settled(own)
    return not (isinstance(written, str) and isinstance(own, str)) or written in ("", own)
