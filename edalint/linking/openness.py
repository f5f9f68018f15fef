"""Which sets of neighbours may have members that the run does not show.

A resource that leaves the run (an output, an export, an SSM parameter) can be used by anyone; an end that is unknown and
not known to be outside can be every resource of a fitting kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from edalint.model.graph import End, EventGraph
from edalint.model.resources import Resource, Unit
from edalint.model.values import Value, refs_in

if TYPE_CHECKING:
    from edalint.linking.ends import Ends

LEAVING = ("consumers", "senders", "subscribers", "rules", "async_callers")
"""The sets that are open where a resource leaves the run."""

OPENED: dict[tuple[str, str], tuple[str, ...]] = {
    ("poll", "source"): ("consumers",),
    ("match", "source"): ("rules",),
    ("deliver", "source"): ("subscribers",),
    ("deliver", "target"): ("senders", "async_callers"),
    ("publish", "target"): ("senders",),
    ("on-failure", "target"): ("senders", "async_callers", "dead_letter_sources"),
    ("on-success", "target"): ("senders", "async_callers"),
    ("dead-letter", "target"): ("dead_letter_sources",),
    ("run", "target"): ("callers", "async_callers"),
    ("invoke", "target"): ("callers",),
    ("enrich", "target"): ("callers",),
    ("scale", "source"): ("scaled",),
}
"""(kind of edge, which end is unknown) -> the sets of the nodes at that end that may have one member more."""


def open_kinds(graph: EventGraph, kind: str, which: str, end: End, resource: Resource) -> None:
    """Open the sets that an edge with an unknown end may belong to, on every kind that the end can be."""
    for name in OPENED.get((kind, which), ()):
        for node_kind in end.kinds:
            graph.open_kinds.setdefault((node_kind, name), f"'{resource.name}' may refer to it: what it names is not known")


def open_sets_that_leave(graph: EventGraph, units: Sequence[Unit], ends: Ends) -> None:
    """Open the sets of every node that an output, an export or an SSM parameter hands to somebody outside."""
    for unit in units:
        for name, value in unit.outputs.items():
            _leaves(graph, ends, value, f"output '{name}' hands it out")
        for _, _, value in unit.exports:
            _leaves(graph, ends, value, "an export hands it out")
        for _, _, value in unit.ssm:
            _leaves(graph, ends, value, "an SSM parameter hands it out")
        for resource in unit.resources.values():
            if resource.type == "AWS::SSM::Parameter":
                _leaves(graph, ends, resource.properties.get("Value"), f"SSM parameter '{resource.name}' hands it out")


def _leaves(graph: EventGraph, ends: Ends, value: Value, why: str) -> None:
    for ref in refs_in(value):
        for target in ends.resolve(End(ref, ())).targets:
            if target.node is not None:
                for name in LEAVING:
                    graph.open_sets.setdefault((target.node.id, name), why)
