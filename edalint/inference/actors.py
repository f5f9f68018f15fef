"""Who acts by a role, and what its environment says: functions, standalone tasks, services, state machines of unknown definition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from edalint.inference import ACTING_KINDS
from edalint.linking import resolve
from edalint.linking.arns import is_arn, is_url
from edalint.model.conditions import Condition, both
from edalint.model.graph import End, EventGraph, Node, Target
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Text, Unknown, Value, alternatives, refs_in

NAMED_KINDS = ("queue", "topic", "bus", "stream", "state-machine")
"""Nodes that an environment variable may name by name, ARN or URL."""


class Acts(NamedTuple):
    """A node that acts by a role, in some alternatives."""

    when: Condition
    node: Node
    role: Resource


class Mention(NamedTuple):
    """An environment variable that refers to a node."""

    when: Condition
    node: Node


class Roles:
    """By which roles nodes act, each node asked once."""

    def __init__(self, graph: EventGraph) -> None:
        self.graph = graph
        self._of: dict[str, list[tuple[Condition, Target]]] = {}

    def of(self, node: Node) -> list[tuple[Condition, Target]]:
        """What the role of a node is, with the condition under which the node names it."""
        found = self._of.get(node.id)
        if found is None:
            graph = self.graph
            found = self._of[node.id] = [(when, t) for when, end in _roles(graph, node) for t in resolve(graph, end)]
        return found


def actors(roles: Roles) -> list[Acts]:
    """Everyone whose role may show edges, in the order declared."""
    found: list[Acts] = []
    for node in roles.graph.of_kind(*ACTING_KINDS):
        for when, target in roles.of(node):
            if target.resource is not None and target.resource.type == "AWS::IAM::Role":
                joined = both(node.when, when, target.when)
                if joined is not False:
                    found.append(Acts(joined, node, target.resource))
    return found


def of_unknown_role(roles: Roles) -> list[Node]:
    """Functions, tasks and services that act by a role which the run does not show: what they may is not known."""
    found: list[Node] = []
    for node in roles.graph.of_kind(*ACTING_KINDS):
        of_unknown_doing = _runs_unknown_task(roles.graph, node) if node.kind == "service" else _is_unreadable(node)
        if of_unknown_doing or any(target.resource is None for _, target in roles.of(node)):
            found.append(node)
    return found


def _runs_unknown_task(graph: EventGraph, service: Node) -> bool:
    end = service.data.get("task_definition")
    return isinstance(end, End) and end.value is not None and any(t.resource is None for t in resolve(graph, end))


def _roles(graph: EventGraph, node: Node) -> Iterator[tuple[Condition, End]]:
    if node.kind == "state-machine" and (_is_known(node) or _is_unreadable(node)):
        return
    for when, holder in definitions(graph, node):
        role = holder.data.get("role")
        if isinstance(role, End) and role.value is not None:
            yield when, role


def machine_roles(graph: EventGraph) -> set[str]:
    """Ids of the roles of state machines whose definition is known: it says what they are used for, and that nobody else uses them."""
    ends = [m.data.get("role") for m in graph.of_kind("state-machine") if _is_known(m)]
    return {t.resource.id for end in ends if isinstance(end, End) for t in resolve(graph, end) if t.resource is not None}


def _is_known(machine: Node) -> bool:
    """Whether the definition of a state machine is known in some alternative: it says then what the role is for."""
    return any(parsed.states for _, parsed in machine.data.get("machines", ()))


def _is_unreadable(node: Node) -> bool:
    """Whether a state machine's definition stands in the templates and can't be read: what its role may, is then no hint, only doubt."""
    if node.kind != "state-machine":
        return False
    return any(
        isinstance(value, Unknown) and not value.outside
        for _, plain in alternatives(node.data.get("definition"))
        for value in (plain, *(v for _, states in alternatives(get(plain, "States")) for v in (states, *_values(states))))
    )


def _values(states: Value) -> Iterable[Value]:
    return states.values() if isinstance(states, Map) else ()


def definitions(graph: EventGraph, node: Node) -> Iterator[tuple[Condition, Node]]:
    """The nodes that hold role, containers and environment of a node: a service's are its task definition's."""
    if node.kind != "service":
        yield True, node
        return
    end = node.data.get("task_definition")
    if isinstance(end, End) and end.value is not None:
        for target in resolve(graph, end):
            if target.node is not None and target.node.kind == "task":
                yield target.when, target.node


def mentions(graph: EventGraph, node: Node) -> list[Mention]:
    """The nodes that the environment of a node refers to: by reference, or by a literal equal to their name, ARN or URL."""
    found: list[Mention] = []
    for when, holder in definitions(graph, node):
        for variable_when, _, value, _ in holder.data.get("environment", ()):
            for plain_when, plain in alternatives(value):
                joined = both(when, variable_when, plain_when)
                if joined is not False:
                    found += [Mention(both(joined, m.when), m.node) for m in _mentioned(graph, plain, holder.resource)]
    return found


def _mentioned(graph: EventGraph, value: Value, resource: Resource | None) -> Iterator[Mention]:
    for end in _named_by(graph, value, resource):
        for target in resolve(graph, end):
            if target.node is not None and target.when is not False and (not end.kinds or target.node.kind in end.kinds):
                yield Mention(target.when, target.node)


def _named_by(graph: EventGraph, value: Value, resource: Resource | None) -> list[End]:
    """What a variable's value may name: nearly all of them are settings, which name nothing."""
    if isinstance(value, Ref):
        return [End(value, (), "any", resource)]
    if type(value) is str and not is_arn(value) and not is_url(value) and not graph.resolver.is_name(value):
        return []
    if not isinstance(value, (str, Text, list, Map)):
        return []
    refs: list[Value] = list(refs_in(value))
    itself = [NAMED_KINDS] if is_arn(value) or is_url(value) else [(kind,) for kind in NAMED_KINDS]  # those say of which kind they are
    return [*(End(ref, (), "any", resource) for ref in refs), *(End(value, kinds, "any", resource) for kinds in itself)]
