"""What the resources of a run are called, and which resource a name means from where.

Names are compared symbolically: `${Stage}-orders` is equal to itself inside one template, a generated name is equal to no
other. A name that several resources have means the nearest one: same template, same assembly or stage, same folder, run.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from edalint.linking.arns import Called
from edalint.linking.likeness import given_alike
from edalint.model.conditions import Condition, both
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, Unit
from edalint.model.values import Ref, Text, Unknown, Value, alternatives, settled, text_of
from edalint.services.identity import expand
from edalint.services.registry import IDENTITIES, Identity


class Candidate(NamedTuple):
    """A resource that has a name, in some alternatives."""

    when: Condition
    resource: Resource


class Names:
    """The identity index of a run: (kind, name) -> the resources that are called so."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._resources: dict[str, Resource] = {r.id: r for u in units for r in u.resources.values()}
        self._index: dict[tuple[str, Hashable], list[Candidate]] = {}
        self._alike: dict[tuple[str, Hashable], list[Candidate]] = {}
        """The same by names that are given alike (`edalint.linking.likeness`)."""
        for resource in self._resources.values():
            identity = IDENTITIES.get(resource.type)
            if identity is not None and identity.name is not None:
                for when, value in alternatives(resource.properties.get(identity.name)):
                    self._enter(identity, resource, when, value)

    def _enter(self, identity: Identity, resource: Resource, when: Condition, value: Value) -> None:
        joined = both(resource.when, when)
        name = self.plain(value)
        if name is None or joined is False:
            return
        self._index.setdefault((identity.kind, name), []).append(Candidate(joined, resource))
        alike = given_alike(name)
        if alike is not None:
            self._alike.setdefault((identity.kind, alike), []).append(Candidate(joined, resource))

    def plain(self, value: Value) -> Value:
        """A name as it can be compared: str, Text or a symbol, the names of referenced resources put in; None if it is no string."""
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
        found = [c for c in self._index.get((called.kind, name), ()) if fits(c.resource, called)]
        if not found and asker is not None:
            alike = self._alike.get((called.kind, given_alike(name)), ())
            found = [c for c in alike if c.resource.unit is not asker and fits(c.resource, called)]
        if len(found) < 2:
            return found
        distances = [unit_distance(asker, c.resource.unit) if asker is not None else 0 for c in found]
        nearest = min(distances)
        return [c for c, d in zip(found, distances, strict=True) if d == nearest]


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
