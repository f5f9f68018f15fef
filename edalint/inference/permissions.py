"""Edges that only permissions show: who may send, receive, start and call, and which environment variables say that they do.

A role that may do something to one named resource shows an edge, unless what is declared already explains why the role may.
A wildcard shows one only together with an environment variable that names the resource; by itself it opens the sets of
neighbours that it may add to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edalint.iam.grants import reach
from edalint.inference.actors import Acts, Mention, Roles, actors, machine_roles, mentions, of_unknown_role
from edalint.inference.grants import RECEIVING, SENDING, SETTING, Action, Grant, Grants, Reading, Wide, covers, grants_of, unread
from edalint.inference.heads import Heads, heads_of
from edalint.inference.others import allowed_to_others
from edalint.linking import resolve
from edalint.linking.ends import outside
from edalint.model.conditions import Condition, both, either
from edalint.model.graph import Edge, End, EventGraph, Node, Part, Place
from edalint.model.values import Unknown, alternatives

Act = tuple[Action, Condition, Part, Place]
"""What a statement lets a role do, where, and where that is written."""
SETS: dict[str, tuple[str, ...]] = {
    "publish": ("senders",),
    "poll": ("consumers",),
    "invoke": ("callers", "async_callers"),
    "run": ("callers", "async_callers"),
    "scale": ("scalable_targets",),
}
"""Kind of edge -> the sets of the node at its end that grow by one member."""
LEAVES_OPEN = ("senders", "async_callers", "dead_letter_sources")
"""The sets that somebody may belong to whose destination is not known."""
FEW = 30
"""So many nodes are compared one by one sooner than found by how their names begin."""


def infer_edges(graph: EventGraph) -> None:
    """Add the edges that permissions and environment show, and open the sets that wildcards may add to."""
    _Inference(graph).run()


class _Inference:
    def __init__(self, graph: EventGraph) -> None:
        self.graph = graph
        self.reading = Reading(graph)
        self.roles = Roles(graph)
        self.acts = actors(self.roles)
        self.grants: dict[str, Grants] = {}
        self.env: dict[str, dict[str, Mention]] = {}
        """Node id -> id of a node that its environment refers to -> when it does."""
        self.added: dict[tuple[str, str, str], Edge] = {}
        self._left: dict[tuple[tuple[str, ...], str], list[Node]] = {}
        """Kinds and edge of an action -> the nodes whose sets are not open."""
        self._heads: dict[tuple[tuple[str, ...], str], Heads] = {}
        self._wide: dict[tuple[str, str], tuple[list[Act], list[Act]]] = {}
        """Ids of a role and a node -> how the one may send to the other, and receive from it, by wildcards."""
        self.explained = self._explained_polls()

    def run(self) -> None:
        for acts in self.acts:
            if acts.role.id not in self.grants:
                self.grants[acts.role.id] = grants_of(self.reading, acts.role)
            if acts.node.id not in self.env:
                self.env[acts.node.id] = self._mentions(acts.node)
        for acts in self.acts:
            self._by_name(acts)
            self._by_environment(acts)
        self._by_queue_policies()
        for edge in self.added.values():
            self.graph.add_node(edge.source)
            self.graph.add_node(edge.target)
            self.graph.add_edge(edge)
        self._open()

    def _mentions(self, node: Node) -> dict[str, Mention]:
        found: dict[str, Mention] = {}
        for mention in mentions(self.graph, node):
            known = found.get(mention.node.id)
            found[mention.node.id] = mention if known is None else Mention(either(known.when, mention.when), mention.node)
        return found

    # named resources

    def _by_name(self, acts: Acts) -> None:
        for grant in self.grants[acts.role.id].grants:
            if grant.explicit and grant.action is not SETTING:
                self._add(acts, grant.action, grant.node, grant.when, "iam", grant.part, grant.statement.place)

    # wildcards with environment variables

    def _by_environment(self, acts: Acts) -> None:
        env = self.env[acts.node.id]
        held = self.grants[acts.role.id]
        if not env:
            return
        for when, node in env.values():
            sending, receiving = self._wide_acts(acts.role.id, held, node)
            if sending and receiving:
                if acts.node.kind == "function":
                    receiving = []
                else:
                    sending = []
            for action, condition, part, place in (*sending, *receiving):
                self._add(acts, action, node, both(condition, when), "env", part, place)

    def _wide_acts(self, role: str, held: Grants, node: Node) -> tuple[list[Act], list[Act]]:
        """How a role may send to a node and receive from it, asked once: many functions may have the role, and many variables the node."""
        if (role, node.id) not in self._wide:
            self._wide[role, node.id] = (self._widely(held, SENDING, node), self._widely(held, RECEIVING, node))
        return self._wide[role, node.id]

    def _widely(self, held: Grants, actions: Iterable[Action], node: Node) -> list[Act]:
        """How a role may do one of these actions to a node by a wildcard of action or resource."""
        wanted = [a for a in actions if node.kind in a.kinds]
        found = [
            (g.action, g.when, g.part, g.statement.place) for g in held.grants if not g.explicit and g.action in wanted and g.node is node
        ]
        for wide in held.wide:
            if wide.action in wanted and not wide.managed and covers(self.reading, wide, node) is True:
                found.append((wide.action, wide.when, wide.part, wide.statement.place))
        return found

    # policies of queues

    def _by_queue_policies(self) -> None:
        receive = RECEIVING[0]
        holders: dict[str, list[Acts]] = {}
        for acts in self.acts:
            holders.setdefault(acts.role.id, []).append(acts)
        for queue in self.graph.of_kind("queue"):
            for part in self.graph.policies.get(queue.id, ()):
                found = self.reading.statements(part.data.get("document"))
                for statement in found if isinstance(found, list) else ():
                    if statement.effect != "Allow" or reach(statement, receive.names[0]) != "named":
                        continue
                    for entry in statement.principals or ():
                        if entry.kind != "AWS":
                            continue
                        for role, when in self._roles(entry.value, part):
                            for acts in holders.get(role, ()):
                                self._add(acts, receive, queue, both(part.when, entry.when, when), "iam", part, statement.place)

    def _roles(self, value: object, part: Part) -> list[tuple[str, Condition]]:
        return [
            (target.resource.id, both(when, target.when))
            for when, plain in alternatives(value)
            for target in resolve(self.graph, End(plain, ("AWS::IAM::Role",), "arn", part.resource))
            if target.resource is not None
        ]

    # edges

    def _add(self, acts: Acts, action: Action, node: Node, when: Condition, how: str, part: Part, place: Place) -> None:
        actor, kind = acts.node, action.edge
        if kind == "invoke":
            if actor.kind == "state-machine":
                kind = "run"
            elif actor.kind != "function" or node is actor:
                return
        if action.reverse and (actor.kind == "state-machine" or (actor.kind == "function" and (node.id, acts.role.id) in self.explained)):
            return
        if not action.reverse and self._needs_it_otherwise(actor, node):
            return
        joined = both(acts.when, when, node.when)
        if joined is False or (node is actor and kind == "run"):
            return
        source, target = (node, actor) if action.reverse else (actor, node)
        key = (source.id, target.id, kind)
        known = self.added.get(key)
        if known is not None:
            known.when = either(known.when, joined)
            return
        edge = Edge(kind, source, target, part.resource, place=place, when=joined, attributes={"inferred": how})
        self.added[key] = edge

    def _needs_it_otherwise(self, actor: Node, node: Node) -> bool:
        """Whether the actor's role needs the permission for a dead-letter queue or destination, and nothing says that its code sends."""
        if node.id in self.env[actor.id]:
            return False
        own = self.graph.out(actor, "dead-letter", "on-failure", "on-success")
        if any(edge.target.attributes.get("unknown") for edge in own):  # what it names may be this very node
            for name in LEAVES_OPEN:
                self.graph.open_sets.setdefault((node.id, name), f"what '{actor.name}' names as its destination is not known")
            return True
        mapped = [
            edge
            for edge in self.graph.into(node, "dead-letter")
            if edge.part is not None and edge.part.kind == "mapping" and edge.part.owner is actor
        ]
        return bool(mapped) or any(edge.target is node for edge in own)

    def _explained_polls(self) -> set[tuple[str, str]]:
        """(source, role): an event source mapping of a function with this role, or a pipe with it, reads the source."""
        roles: dict[str, list[str]] = {}
        for acts in self.acts:
            roles.setdefault(acts.node.id, []).append(acts.role.id)
        found: set[tuple[str, str]] = set()
        for edge in self.graph.edges:
            if edge.kind != "poll":
                continue
            held = roles.get(edge.target.id, [])
            if edge.target.kind == "pipe" and isinstance(edge.target.data.get("role"), End):
                held = [t.resource.id for t in resolve(self.graph, edge.target.data["role"]) if t.resource is not None]
            found.update((edge.source.id, role) for role in held)
        return found

    # open sets

    def _open(self) -> None:
        for part in self.graph.parts:
            if part.kind == "state":
                self._open_updated(part)
        unread_of: dict[str, list[tuple[str, tuple[Action, ...]]]] = {}
        for acts in self.acts:
            held = self.grants[acts.role.id]
            for grant in held.grants:
                if not grant.explicit or grant.action is SETTING:
                    self._open_for(acts, grant, [grant.node])
            for wide in held.wide:
                self._open_for(acts, wide, self._near(wide))
            if acts.role.id not in unread_of:
                unread_of[acts.role.id] = unread(self.reading, acts.role)
            for policy, actions in unread_of[acts.role.id]:
                for action in (a for a in actions if not (a.reverse and acts.node.kind == "state-machine")):
                    for node in self._closed(action):
                        for name in SETS[action.edge]:
                            self.graph.open_sets.setdefault((node.id, name), f"what policy '{policy}' allows is not known")
        acting = {acts.role.id for acts in self.acts} | machine_roles(self.graph)
        for node, action, by in allowed_to_others(self.reading, acting, self._closed, self._near):
            for name in SETS[action.edge]:
                self.graph.open_sets.setdefault((node.id, name), f"'{by}' lets somebody use it whom the run does not show")
        self._open_for_unknown_roles()
        self._open_for_unknown_holders()

    def _closed(self, action: Action) -> list[Node]:
        """The nodes that an action is about and whose sets are not open yet: what is open already stays as it is."""
        key = (action.kinds, action.edge)
        left = self._left.get(key)
        is_closed = self._is_closed(action)
        nodes = self._left[key] = [node for node in (self.graph.of_kind(*action.kinds) if left is None else left) if is_closed(node)]
        return nodes

    def _is_closed(self, action: Action) -> Callable[[Node], bool]:
        """Whether a set of a node that an action may add to is not open."""
        first, *more = SETS[action.edge]
        opened = self.graph.open_sets
        return lambda node: (node.id, first) not in opened or any((node.id, name) not in opened for name in more)

    def _near(self, wide: Wide) -> list[Node]:
        """The nodes that a wide statement may be about and whose sets are not open yet."""
        key = (wide.action.kinds, wide.action.edge)
        left = self._left.get(key)
        heads = heads_of(self.reading, wide) if left is None or len(left) > FEW else None
        if heads is None:
            return self._closed(wide.action)
        known = self._heads.get(key)
        if known is None:
            known = self._heads[key] = Heads(self.reading, self._closed(wide.action), self._is_closed(wide.action))
        return known.near(heads)

    def _open_for_unknown_roles(self) -> None:
        """Open what somebody may add to whose role is not in the run."""
        for actor in of_unknown_role(self.roles):
            actions = SENDING if actor.kind == "state-machine" else (*SENDING, *RECEIVING)
            for action in actions:
                for node in self._closed(action):
                    if node is not actor:
                        for name in SETS[action.edge]:
                            self.graph.open_sets.setdefault(
                                (node.id, name), f"what '{actor.name}' may do is not known: its role is not in this run"
                            )

    def _open_for_unknown_holders(self) -> None:
        """Open what a policy may add to that is attached to a role which is not known, and may be any."""
        for part in self.graph.parts:
            if part.kind != "policy" or part.data.get("policy") not in ("identity", "managed"):
                continue
            if any(t.resource is None and not outside(t.value) for t in part.targets.get("holder", ())):
                why = f"whom policy '{part.resource.name}' is for is not known"
                for action in (*SENDING, *RECEIVING):
                    for node in self._closed(action):
                        for name in SETS[action.edge]:
                            self.graph.open_sets.setdefault((node.id, name), why)

    def _open_for(self, acts: Acts, grant: Grant | Wide, nodes: Iterable[Node]) -> None:
        action = grant.action
        if action.reverse and acts.node.kind == "state-machine":
            return
        sets = SETS[action.edge]
        for node in nodes:
            if all((node.id, name) in self.graph.open_sets for name in sets):
                continue
            ends = (node.id, acts.node.id) if action.reverse else (acts.node.id, node.id)
            if node is acts.node or (*ends, action.edge) in self.added:
                continue
            if isinstance(grant, Wide) and covers(self.reading, grant, node) is False:
                continue
            does = "set its task count" if action is SETTING else f"{'receive from' if action.reverse else 'use'} it by a wildcard"
            why = f"the role of '{acts.node.name}' lets it {does}"
            for name in sets:
                self.graph.open_sets.setdefault((node.id, name), why)

    def _open_updated(self, part: Part) -> None:
        """A state that updates a service may set its task count."""
        state = part.data["state"]
        call = state.call
        if call is None or (call.service, call.action) != ("ecs", "updateService"):
            return
        name = state.argument("Service")
        found = [t.node for t in resolve(self.graph, End(name, ("service",), "any", part.resource))]
        services = [n for n in found if n is not None and n.kind == "service"] or (
            self.graph.of_kind("service") if isinstance(name, Unknown) else []
        )
        for node in services:
            self.graph.open_sets.setdefault((node.id, "scalable_targets"), f"state '{part.element}' may set its task count")
