"""Units made by hand, without a frontend: `unit("a.yaml", Queue=("AWS::SQS::Queue", {...}))`, and the graph of some."""

from __future__ import annotations

from typing import Any

from edalint import services
from edalint.linking import complete, link
from edalint.model.graph import EventGraph
from edalint.model.resources import Resource, Unit
from edalint.model.values import Map, Ref, Text, text_of


def value(plain: Any) -> Any:
    """Python literals as values: dicts become Maps."""
    if isinstance(plain, dict):
        return Map({k: value(v) for k, v in plain.items()})
    return [value(v) for v in plain] if isinstance(plain, list) else plain


def unit(path: str, scopes: tuple[str, ...] = (), **resources: Any) -> Unit:
    """A stack with resources: (type, properties), or (type, properties, condition)."""
    made = Unit(path, "cloudformation", scopes or (path,))
    for address, (type, properties, *when) in resources.items():
        made.resources[address] = Resource(made, address, type, value(properties), when=when[0] if when else True)
    return made


def ref(address: str, attribute: str = "Ref", path: str = "t.yaml") -> Ref:
    """A reference to a resource of the template `t.yaml`."""
    return Ref(f"{path}#{address}", attribute)


def arn(address: str, path: str = "t.yaml") -> Ref:
    """`!GetAtt address.Arn`."""
    return ref(address, "Arn", path)


def text(*parts: Any) -> Text:
    """A text with holes."""
    made = text_of(parts)
    assert isinstance(made, Text)
    return made


def graph_of(*units: Unit) -> EventGraph:
    """The linked graph of units."""
    order = 0
    for each in units:
        for resource in each.resources.values():
            resource.order = order
            order += 1
    complete(units)
    return link(units, services.declare(units))


def stack(**resources: Any) -> EventGraph:
    """The linked graph of one template `t.yaml`."""
    return graph_of(unit("t.yaml", **resources))


def edges(graph: EventGraph) -> set[str]:
    """Edges as the labels write them: `Orders -> Failed: dead-letter`."""
    return {f"{e.source.address} -> {e.target.address}: {e.kind}" for e in graph.edges}
