"""What roles, users and policies allow that nobody in the graph acts by: somebody outside does, a machine, a person, another stack."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from edalint.iam.document import Statement
from edalint.inference.grants import ALL, Action, Grants, Reading, Wide, covers, grants_in, grants_of, unread_documents
from edalint.model.graph import Node
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource
from edalint.model.values import Unknown

USED = ("role", "secret_role")
"""Ends of parts that name a role by which AWS itself acts."""
ROLE, MANAGED = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"


class Allowed(NamedTuple):
    """An action on a node of the run that somebody may do who is not in the graph."""

    node: Node
    action: Action
    by: str
    """The name of the role or policy that lets them."""


def allowed_to_others(
    reading: Reading, acting: set[str], of: Callable[[Action], Iterable[Node]], near: Callable[[Wide], Iterable[Node]]
) -> Iterator[Allowed]:
    """What roles and policies allow that nobody in the graph acts by; what one allows for everything (`*`) is no hint.

    `of`, `near`: the nodes to ask about for an action, and for a wide statement. `acting`: ids of the roles of nodes. A role that a target, pipe or integration names is used there and by nobody else.
    """
    graph = reading.graph
    used, attached = set(acting), set[str]()
    for part in graph.parts:
        for name, targets in part.targets.items():
            known = used if name in USED else attached if name == "managed" else None
            if known is not None:
                known.update(t.resource.id for t in targets if t.resource is not None)
        if part.kind == "policy" and part.resource.type == MANAGED:
            attached.add(part.resource.id)
    for resource in graph.resources.values():
        if resource.type == ROLE and resource.id not in used:
            yield from _allowed(reading, resource, grants_of(reading, resource), near)
            for action in unread_documents(reading, resource):
                yield from (Allowed(node, action, resource.name) for node in of(action))
        elif resource.type == MANAGED and resource.id not in attached:
            yield from _allowed(reading, resource, grants_in(reading, resource), near)


def _allowed(reading: Reading, resource: Resource, found: Grants, near: Callable[[Wide], Iterable[Node]]) -> Iterator[Allowed]:
    for grant in found.grants:
        yield Allowed(grant.node, grant.action, resource.name)
    for wide in found.wide:
        if not wide.managed and wide.reach != ALL and not _is_outside(wide.statement):
            for node in near(wide):
                if covers(reading, wide, node) is not False:
                    yield Allowed(node, wide.action, resource.name)


def _is_outside(statement: Statement) -> bool:
    """Whether what it allows something for is named by parameters and imports alone."""
    entries = statement.resources or ()
    return bool(entries) and all(isinstance(e.value, Unknown) and e.value.outside for e in entries)
