"""Where a finding points: the place that an `at` expression names, not the value that stands there.

`node.properties.RedrivePolicy` is the key where the property is written, else the nearest key above it. An expression
that gives a node, edge, part or list of these is their own place. Findings on CDK resources point at the user's
program first, and name the template's line beside it.
"""

from __future__ import annotations

from edalint.facts.view import LASTING, UNASKED, Group, Members, Path, View
from edalint.hints import Any
from edalint.model.graph import Edge, Node, Part, Place
from edalint.model.locations import Location
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource
from edalint.model.values import Map, Unknown
from edalint.policy.language import Bindings, Expression, compile, holds  # noqa: A004
from edalint.policy.language.compiler import item, member
from edalint.policy.language.syntax import Index, Literal, Member, Syntax, Ternary, opened, parse


class Spot(NamedTuple):
    """A place, with the resource that it is in."""

    location: Location | None
    resource: Resource | None
    property: str = ""
    """The top-level property that the place is in."""


class Pointer:
    """An `at` expression, ready to find its place."""

    __slots__ = ("_choice", "_names", "_value")

    def __init__(self, text: str | Syntax, definitions: dict[str, Expression]) -> None:
        tree = opened(parse(text) if isinstance(text, str) else text)
        self._choice: tuple[Expression, Pointer, Pointer] | None = None
        if isinstance(tree, Ternary):  # either place, by the condition
            self._choice = (compile(tree.condition, None, definitions), Pointer(tree.yes, definitions), Pointer(tree.no, definitions))
        names: list[Any] = []
        while isinstance(tree, Member) or (isinstance(tree, Index) and isinstance(opened(tree.index), Literal)):
            names.append(tree.name if isinstance(tree, Member) else opened(tree.index).value)
            tree = opened(tree.target)
        self._names: list[Any] = names[::-1]
        self._value = compile(tree, None, definitions)

    def spots(self, view: View, bindings: Bindings) -> list[Spot]:
        """The places in a view; none where the expression gives nothing that is anywhere."""
        if self._choice is not None:
            condition, yes, no = self._choice
            return (yes if holds(condition, view, bindings) is True else no).spots(view, bindings)
        value = self._value(view, bindings)
        spot = spot_of(value, view)
        for name in self._names:
            nearer = _inside(value, name, spot)
            value = item(value, name, view) if isinstance(name, int) else member(value, name, view)
            own = spot_of(value, view)
            if own is not None and not isinstance(value, dict):
                spot = own
            elif nearer is not None:
                spot = nearer
        if isinstance(value, Members) and not value:
            return []
        if isinstance(value, list) and not self._is_property(value):
            found = [s for s in (spot_of(element, view) for element in value) if s is not None]
            if found:
                return found
        return [spot] if spot is not None else []

    def _is_property(self, value: list[Any]) -> bool:
        return not any(isinstance(v, (Node, Edge, Part, Resource, Place)) for v in value)


def _inside(value: Any, name: Any, spot: Spot | None) -> Spot | None:
    """The place of a key of a map, or of an element of a list; None where it stands nowhere."""
    resource = spot.resource if spot is not None else None
    first = spot.property if spot is not None else ""
    if isinstance(value, Map) and name in value:
        location = value.location(str(name))
        if location is not None:
            at_top = resource is not None and value is resource.properties
            return Spot(location, resource, str(name) if at_top else first)
    if isinstance(value, list) and isinstance(name, int) and 0 <= name < len(value):
        element = value[name]
        if isinstance(element, Map) and element.location() is not None:
            return Spot(element.location(), resource, first)
    return None


def spot_of(value: Any, view: View) -> Spot | None:
    """Where a node, edge, part, path, group, resource or place is written."""
    if type(value) not in LASTING:
        return _spot_of(value)
    spots = view.spots
    found = spots.get(value, UNASKED)
    if found is UNASKED:
        found = spots[value] = _spot_of(value)
    return found  # type: ignore[no-any-return]


def _spot_of(value: Any) -> Spot | None:
    if isinstance(value, Node):
        return Spot(value.location, value.resource)
    if isinstance(value, (Edge, Part)):
        return Spot(value.location, value.resource, _property_of(value))
    if isinstance(value, Resource):
        return Spot(value.location, value)
    if isinstance(value, Place):
        return Spot(value.location, None)
    if isinstance(value, Path) and value.edges:
        return _spot_of(value.edges[0])
    if isinstance(value, Group) and value.members:
        return _spot_of(value.members[0])
    if isinstance(value, Map) and not isinstance(value, Unknown) and value.document is not None:
        return Spot(value.location(), None)
    return None


def _property_of(thing: Edge | Part) -> str:
    place = thing.place
    return place.key if place.map is thing.resource.properties and place.key else ""


def own_program(spot: Spot) -> Location | None:
    """The line of the user's own program that made the resource or set the property (CDK)."""
    resource = spot.resource
    if resource is None:
        return None
    return resource.property_sources.get(spot.property) or resource.source
