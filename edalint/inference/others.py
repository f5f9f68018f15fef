"""What roles, users and policies allow that nobody in the graph acts by: somebody outside does, a machine, a person, another stack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from edalint.iam.document import Statement
from edalint.inference.grants import ALL, Action, Grants, covers, grants_in, grants_of, reach_of, unread_documents
from edalint.model.graph import EventGraph, Node
from edalint.model.resources import Resource
from edalint.model.values import Unknown

ROLE, MANAGED = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"


class Allowed(NamedTuple):
    """An action on a node of the run that somebody may do who is not in the graph."""

    node: Node
    action: Action
    by: str
    """The name of the role or policy that lets them."""


def allowed_to_others(graph: EventGraph, acting: set[str]) -> Iterator[Allowed]:
    """What roles and policies allow that nobody in the graph acts by; what one allows for everything (`*`) is no hint.

    `acting`: ids of the roles of nodes. A role that a target, pipe or integration names is used there and by nobody else.
    """
    used, attached = set(acting), set[str]()
    for part in graph.parts:
        for name in ("role", "secret_role"):
            used.update(t.resource.id for t in part.targets.get(name, ()) if t.resource is not None)
        attached.update(t.resource.id for t in part.targets.get("managed", ()) if t.resource is not None)
        if part.kind == "policy" and part.resource.type == MANAGED:
            attached.add(part.resource.id)
    for resource in graph.resources.values():
        if resource.type == ROLE and resource.id not in used:
            yield from _allowed(graph, resource, grants_of(graph, resource))
            for action in unread_documents(graph, resource):
                yield from (Allowed(node, action, resource.name) for node in graph.of_kind(*action.kinds))
        elif resource.type == MANAGED and resource.id not in attached:
            yield from _allowed(graph, resource, grants_in(graph, resource))


def _allowed(graph: EventGraph, resource: Resource, found: Grants) -> Iterator[Allowed]:
    for grant in found.grants:
        yield Allowed(grant.node, grant.action, resource.name)
    for wide in found.wide:
        if not wide.managed and reach_of(wide.statement, wide.action) != ALL and not _is_outside(wide.statement):
            for node in graph.of_kind(*wide.action.kinds):
                if covers(graph, wide, node) is not False:
                    yield Allowed(node, wide.action, resource.name)


def _is_outside(statement: Statement) -> bool:
    """Whether what it allows something for is named by parameters and imports alone."""
    entries = statement.resources or ()
    return bool(entries) and all(isinstance(e.value, Unknown) and e.value.outside for e in entries)
