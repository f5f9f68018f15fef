"""How far events get: everything behind a node, and the tables that a role may write to."""

from __future__ import annotations

from edalint.facts._permissions import arn_of, named_role, role_allows
from edalint.facts.loops import passes
from edalint.facts.registry import fact
from edalint.facts.view import Members, View
from edalint.iam.decision import Request
from edalint.inference.actors import definitions
from edalint.model.graph import Edge, End, Node, Target
from edalint.model.values import Unknown

WRITES = ("PutItem", "UpdateItem", "BatchWriteItem", "DeleteItem", "PartiQLInsert", "PartiQLUpdate")
"""What changes items of a table: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html"""
FAILED = frozenset({"dead-letter", "on-failure", "scale"})
"""Edges that are not the way on: failed events, and metrics."""
MAX_STEPS = 20_000
"""More steps than this from one node, and what is behind it is not known."""


@fact("node", gives="list<node>")
def downstream(node: Node, view: View) -> Members[Node]:
    """Everything that events which come here, or begin here, may get to over patterns and filters that don't keep them out.

    Dead letters are not followed. Open where somebody on the way may send to, or be listened to by, what the run does not show.
    """
    return _behind(None, node, view)


@fact("edge", gives="list<node>")
def reaches(edge: Edge, view: View) -> Members[Node]:
    """Everything that the events which go over it may get to from its target, which counts too; open like `node.downstream`."""
    behind = _behind(edge, edge.target, view)
    return Members([edge.target, *behind], behind.open)


def _behind(edge: Edge | None, node: Node, view: View) -> Members[Node]:
    found: dict[str, Node] = {}
    seen: set[int] = set()
    why = _open(node, view)
    ahead: list[tuple[Edge | None, Node]] = [(edge, node)]
    for _ in range(MAX_STEPS):
        if not ahead:
            return Members(found.values(), why)
        before, here = ahead.pop()
        for onward in view.out(here):
            if id(onward) in seen or onward.kind in FAILED or (before is not None and passes(before, onward, view) is False):
                continue
            seen.add(id(onward))
            found[onward.target.id] = onward.target
            why = why or _open(onward.target, view)
            ahead.append((onward, onward.target))
    return Members(found.values(), "more lies behind it than is looked at")


def _open(node: Node, view: View) -> str:
    if node.kind == "external":
        return f"what '{node.name}' does is not in this run"
    return str(view.fact(node, "out_edges").open)


@fact("function", "service", "task", "state-machine", gives="list<node:table>")
def writes_tables(node: Node, view: View) -> Members[Node]:
    """The tables of the run to which its role may write. Open where its role, or a policy of it, is not known."""
    tables = [t for t in view.graph.of_kind("table") if view.exists(t)]
    if not tables:
        return Members()
    role = _role(node, view)
    if role is None or role.resource is None:
        return Members((), "its role is not known")
    found: list[Node] = []
    why = ""
    for table in tables:
        answer = role_allows(view, role, *(Request(f"dynamodb:{action}", arn_of(view, table)) for action in WRITES))
        if answer is True:
            found.append(table)
        elif isinstance(answer, Unknown):
            why = why or f"whether it may write to '{table.name}' is not known"
    return Members(found, why)


def _role(node: Node, view: View) -> Target | None:
    holder = next((holder for when, holder in definitions(view.graph, node) if view.holds(when)), None)
    end = holder.data.get("role") if holder is not None else None
    return named_role(view, end) if isinstance(end, End) and end.value is not None else None
