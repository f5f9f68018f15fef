"""What the resources of a run are called, and which resource a name means from where.

Names are compared symbolically: `${Stage}-orders` is equal to itself inside one template, a generated name is equal to no
other. A name that several resources have means the nearest one: same template, same assembly or stage, same folder, run.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from edalint.hints import Any
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
    """What the units of a run have under one name, found by how near it is to who asks."""

    __slots__ = ("_by_scope", "_by_unit", "_fitting", "all")

    def __init__(self) -> None:
        self.all: list[tuple[Unit, Any]] = []
        self._by_unit: dict[int, list[tuple[Unit, Any]]] = {}
        self._by_scope: dict[str, list[tuple[Unit, Any]]] = {}
        self._fitting: dict[tuple[int, Value, Value, Value], list[Candidate]] = {}
        """Id of a group; service, region and account of what is asked for -> who of the group can be that."""

    def near(self, asker: Unit) -> Iterator[list[tuple[Unit, Any]]]:
        """What the unit has, then what each of its scopes has, nearest first, then all of the run."""
        if len(self.all) > 1:
            if not self._by_unit:
                for entry in self.all:
                    self._by_unit.setdefault(id(entry[0]), []).append(entry)
                    for scope in dict.fromkeys(entry[0].scopes):
                        self._by_scope.setdefault(scope, []).append(entry)
            yield self._by_unit.get(id(asker), [])
            for scope in asker.scopes:
                yield self._by_scope.get(scope, [])
        yield self.all

    def fitting(self, group: list[tuple[Unit, Candidate]], called: Called) -> list[Candidate]:
        """Who of a group of resources can be what is called so: thousands may be, and be asked for as often."""
        key = (id(group), called.service, called.region, called.account)
        found = self._fitting.get(key)
        if found is None:
            found = self._fitting[key] = [candidate for _, candidate in group if fits(candidate.resource, called)]
        return found


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
        found = _nearest(namesakes, called, asker) if namesakes is not None else []
        if not found and asker is not None:
            namesakes = self._given_alike(called.kind, name)
            found = _nearest(namesakes, called, asker, elsewhere=True) if namesakes is not None else []
        return found


def _nearest(namesakes: Namesakes, called: Called, asker: Unit | None, *, elsewhere: bool = False) -> list[Candidate]:
    """The nearest resources of a name that what is called so can be; `elsewhere`: none of the asker's own unit. To be read only."""
    for group in namesakes.near(asker) if asker is not None else (namesakes.all,):
        found = namesakes.fitting(group, called) if group else []
        if elsewhere and any(candidate.resource.unit is asker for candidate in found):
            found = [candidate for candidate in found if candidate.resource.unit is not asker]
        if found:
            return found
    return []


def _add(index: dict[tuple[str, Hashable], Namesakes], key: tuple[str, Hashable], candidate: Candidate) -> None:
    namesakes = index.get(key)
    if namesakes is None:
        namesakes = index[key] = Namesakes()
    namesakes.all.append((candidate.resource.unit, candidate))


def fits(resource: Resource, called: Called) -> bool:
    """Whether service, region and account of an ARN or URL can be those of a resource."""
    if called.service == called.region == called.account == "":  # a plain name
        return True
    identity = IDENTITIES.get(resource.type)
    if called.service and identity is not None and identity.arn:
        service = identity.arn.split(":")[2] if identity.arn.count(":") > 2 else ""
        if service and service != called.service:
            return False
    return _may_equal(called.region, resource.unit.region) and _may_equal(called.account, resource.unit.account)


def _may_equal(written: Value, own: Value) -> bool:
    written, own = settled(written), settled(own)
    return not (isinstance(written, str) and isinstance(own, str)) or written in ("", own)
