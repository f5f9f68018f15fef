"""What roles, users and policies allow that nobody in the graph acts by: somebody outside does, a machine, a person, another stack."""

from __future__ import annotations

from collections.abc import Iterator

from edalint.inference.grants import Grant, grants_in, grants_of
from edalint.model.graph import EventGraph
from edalint.model.resources import Resource

ROLE, MANAGED = "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"


def granted_to_others(graph: EventGraph, acting: set[str]) -> Iterator[tuple[Resource, Grant]]:
    """Every action on a node of the run that is named for somebody who is not in the graph, and who lets them.

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
            found = grants_of(graph, resource)
        elif resource.type == MANAGED and resource.id not in attached:
            found = grants_in(graph, resource)
        else:
            continue
        yield from ((resource, grant) for grant in found.grants if grant.explicit)
