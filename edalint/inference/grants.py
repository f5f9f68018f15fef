"""What the statements of a role say about sending, receiving, starting: on which nodes, and how exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from edalint.iam.document import Entry, Statement, read_once
from edalint.iam.grants import is_open, reach, services
from edalint.iam.managed import statements_of
from edalint.linking import resolve
from edalint.model import texts
from edalint.model.conditions import Condition, both
from edalint.model.graph import End, EventGraph, Node, Part, Place, Target
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource
from edalint.model.values import Ref, Unknown, Value, alternatives, parts_of, text_of
from edalint.services.identity import expand, identity_of, shape_of


class Action(NamedTuple):
    """An IAM action that moves events, and the edge that it shows."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    """What it acts upon."""
    edge: str
    reverse: bool = False
    """Whether the event comes from what is acted upon (receiving)."""


SENDING: tuple[Action, ...] = (
    Action(("sqs:SendMessage",), ("queue",), "publish"),
    Action(("sns:Publish",), ("topic",), "publish"),
    Action(("events:PutEvents",), ("bus",), "publish"),
    Action(("kinesis:PutRecord", "kinesis:PutRecords"), ("stream",), "publish"),
    Action(("firehose:PutRecord", "firehose:PutRecordBatch"), ("stream",), "publish"),
    Action(("states:StartExecution", "states:StartSyncExecution"), ("state-machine",), "run"),
)
RECEIVING: tuple[Action, ...] = (
    Action(("sqs:ReceiveMessage",), ("queue",), "poll", reverse=True),
    Action(("kinesis:GetRecords",), ("stream",), "poll", reverse=True),
    Action(("states:GetActivityTask",), ("activity",), "poll", reverse=True),
)
CALLING: tuple[Action, ...] = (
    Action(("lambda:InvokeFunction",), ("function",), "invoke"),
    Action(("ecs:RunTask",), ("task",), "run"),
)
SETTING = Action(("ecs:UpdateService",), ("service",), "scale")
"""Setting a service's task count: no event, but code that does so scales the service."""
ACTIONS = (*SENDING, *RECEIVING, *CALLING, SETTING)
_SERVICES = tuple((action.names[0].partition(":")[0], action) for action in ACTIONS)


class Grant(NamedTuple):
    """A statement that lets a role do something to a node."""

    when: Condition
    action: Action
    node: Node
    explicit: bool
    """Whether the action is named (no service wildcard) and the resource is that very one."""
    part: Part
    statement: Statement


class Wide(NamedTuple):
    """A statement that covers an action for resources that it does not name one by one."""

    when: Condition
    action: Action
    part: Part
    statement: Statement
    managed: bool
    """Whether it stands in one of AWS's managed policies."""
    reach: str
    """How its words cover the action (`edalint.iam.grants.reach`)."""


class Grants(NamedTuple):
    """What a role, or a resource's own policy, allows."""

    grants: list[Grant]
    wide: list[Wide]


class Arn(NamedTuple):
    """What is compared of an ARN: a statement speaks of this account, and partition, region and account are rarely known."""

    service: Value
    resource: Value
    """The last field, with what colons it has."""


class Reading:
    """What was read of a graph's policies, each document and ARN once."""

    def __init__(self, graph: EventGraph) -> None:
        self.graph = graph
        self._arns: dict[str, Arn | None] = {}
        self._patterns: dict[int, tuple[Entry, Arn | None]] = {}
        """Id of an entry (kept, so that no other takes its id) -> what it names."""
        self._spoken_of: dict[int, tuple[Statement, Sequence[Action]]] = {}
        """Id of a statement (kept likewise) -> the actions that it may speak of."""
        self._covered: dict[int, list[tuple[Action, str]]] = {}
        """The same -> the actions that it allows, and how."""

    def statements(self, document: Value) -> list[Statement] | Unknown:
        """The statements of a document that some part or resource of the graph holds."""
        return read_once(document, self.graph.documents)

    def arn(self, resource: Resource) -> Arn | None:
        """The ARN of a resource; None where its type has none that is known."""
        if resource.id not in self._arns:
            self._arns[resource.id] = _arn_of(resource, self.graph.resources)
        return self._arns[resource.id]

    def pattern(self, entry: Entry) -> Arn | None:
        """What a statement names as a resource; None where that is not written as an ARN."""
        known = self._patterns.get(id(entry))
        if known is None:
            known = self._patterns[id(entry)] = (entry, _arn(expand(entry.value, self.graph.resources)))
        return known[1]

    def spoken_of(self, statement: Statement) -> Sequence[Action]:
        """The actions of the services that a statement may be about: most are about none of these."""
        known = self._spoken_of.get(id(statement))
        if known is None:
            found = services(statement)
            actions = ACTIONS if found is None else [action for service, action in _SERVICES if service in found]
            known = self._spoken_of[id(statement)] = (statement, actions)
        return known[1]

    def covered(self, statement: Statement) -> list[tuple[Action, str]]:
        """The actions that a statement may allow, and how its words reach them."""
        spoken_of = self.spoken_of(statement)
        if not spoken_of:
            return []
        known = self._covered.get(id(statement))
        if known is None:
            known = self._covered[id(statement)] = _covered(statement, spoken_of)
        return known


ALL = "all"
"""The reach of a statement over every action."""


def grants_of(reading: Reading, role: Resource) -> Grants:
    """What the policies of a role allow."""
    found = Grants([], [])
    for part in reading.graph.policies.get(role.id, ()):
        for when, statement, managed in _statements(reading, part):
            for action, word in reading.covered(statement):
                _read(reading.graph, found, both(part.when, when), part, statement, action, word, managed)
    return found


def grants_in(reading: Reading, policy: Resource) -> Grants:
    """What a managed policy of the run allows whoever it is attached to."""
    found = Grants([], [])
    part = Part("policy", policy, data={"policy": "managed"})
    part.targets["managed"] = [Target(policy.when, None, policy, Ref(policy.id))]
    for when, statement, managed in _statements(reading, part):
        for action, word in reading.covered(statement) if not statement.unknown else ():
            _read(reading.graph, found, both(part.when, when), part, statement, action, word, managed)
    return found


def _covered(statement: Statement, spoken_of: Iterable[Action]) -> list[tuple[Action, str]]:
    if statement.unknown:
        return [(action, "unknown") for action in spoken_of]
    if statement.effect != "Allow":
        return []
    return [(action, word) for action in spoken_of if (word := reach_of(statement, action))]


def unread(reading: Reading, role: Resource) -> list[tuple[str, tuple[Action, ...]]]:
    """The policies written for a role of which something is not known: which, and the actions that they may allow all the same."""
    found: list[tuple[str, tuple[Action, ...]]] = []
    for part in reading.graph.policies.get(role.id, ()):
        if part.data.get("policy") == "managed" and any(
            target.resource is None and statements_of(target.value) is None for target in part.targets.get("managed", ())
        ):
            found.append((part.resource.name, ACTIONS))
        if part.data.get("policy") != "identity":
            continue
        read = reading.statements(part.data.get("document"))
        if not isinstance(read, list):
            found.append((part.resource.name, ACTIONS))
            continue
        open_ones = [s for s in read if reading.spoken_of(s) and (isinstance(s.effect, Unknown) or s.unknown or _may_concern(s))]
        actions = tuple(a for a in ACTIONS if any(_may_reach(s, a) for s in open_ones)) if open_ones else ()
        if actions:
            found.append((part.resource.name, actions))
    return found


def unread_documents(reading: Reading, role: Resource) -> list[Action]:
    """The actions that the policies of a role may allow of which the documents are not known as a whole."""
    documents = [p.data.get("document") for p in reading.graph.policies.get(role.id, ()) if p.data.get("policy") == "identity"]
    read = [found for found in map(reading.statements, documents) if not (isinstance(found, Unknown) and found.outside)]
    return (
        list(ACTIONS)
        if any(not isinstance(found, list) or any(s.unknown or isinstance(s.effect, Unknown) for s in found) for found in read)
        else []
    )


def _may_concern(statement: Statement) -> bool:
    """Whether what a statement allows, or on what, is not known in part."""
    entries = (*(statement.actions or ()), *(statement.resources or ()))
    return any(isinstance(entry.value, Unknown) and not entry.value.outside for entry in entries) or any(
        isinstance(entry.value, Unknown) for entry in statement.actions or ()
    )


def _may_reach(statement: Statement, action: Action) -> bool:
    return bool(statement.unknown) or any(reach(statement, name) for name in action.names)


def _statements(reading: Reading, part: Part) -> Iterator[tuple[Condition, Statement, bool]]:
    """The statements of a policy of a role, also of a managed policy that the run declares; whether AWS wrote them."""
    sort = part.data.get("policy")
    if sort == "identity":
        for statement in _known(reading, part.data.get("document")):
            yield statement.when, statement, False
    elif sort == "managed":
        for target in part.targets.get("managed", ()):
            if target.resource is not None:
                for statement in _known(reading, target.resource.properties.get("PolicyDocument")):
                    yield both(target.when, statement.when), statement, False
            else:
                for statement in statements_of(target.value) or ():
                    yield target.when, statement, True


def _known(reading: Reading, document: Value) -> list[Statement]:
    """The statements of a document; one that may say anything where it is not known and may name what is in the run."""
    found = reading.statements(document)
    if isinstance(found, list):
        return found
    return [] if found.outside else [Statement(Place(None), unknown=found.reason or "a policy that is not known")]


def reach_of(statement: Statement, action: Action) -> str:
    """How widely a statement covers one of the action's names: `named`, `service`, `all`, `unknown`, or empty."""
    words = [reach(statement, name) for name in action.names]
    return next((w for w in ("named", "service", "all", "unknown") if w in words), "")


def _read(
    graph: EventGraph, found: Grants, when: Condition, part: Part, statement: Statement, action: Action, word: str, managed: bool
) -> None:
    if managed or statement.resources is None or word == "unknown":
        found.wide.append(Wide(when, action, part, statement, managed, word))
        return
    for entry in statement.resources:
        joined = both(when, entry.when)
        if joined is False:
            continue
        targets = [] if is_open(entry.value) else list(_named(graph, entry, action, part.resource))
        if not targets:
            found.wide.append(Wide(joined, action, part, statement, managed, word))
        for condition, node in targets:
            found.grants.append(Grant(both(joined, condition), action, node, word == "named", part, statement))


def _named(graph: EventGraph, entry: Entry, action: Action, resource: Resource) -> Iterator[tuple[Condition, Node]]:
    """The nodes that a resource of a statement names: by reference or by name, whatever the region and account."""
    for when, value in alternatives(entry.value):
        end = End(_that_very(value), action.kinds, "arn", resource)
        for target in resolve(graph, end):
            if target.node is not None and target.node.kind in action.kinds:
                yield both(when, target.when), target.node


def _that_very(value: Value) -> Value:
    """A resource without what may follow its ARN (`/*`, `:*`), and with region and account open where they are `*`."""
    if type(value) is Ref:
        return value
    parts = list(parts_of(value))
    if not parts:
        return value
    last = parts[-1]
    if isinstance(last, str) and isinstance(parts[0], Ref):
        for tail in (":*", "/*", "*"):
            if last == tail:
                return text_of(parts[:-1])
    if isinstance(parts[0], str) and parts[0].startswith("arn:"):
        return _without_wildcards(parts)
    return value


def _without_wildcards(parts: list[str | Ref | Value]) -> Value:
    """An ARN whose region and account fields are left empty where they are wildcards, and without the wildcard at its end."""
    colons, out = 0, []
    for part in parts:
        if not isinstance(part, str):
            out.append(part)
            continue
        pieces = part.split(":")
        for index, piece in enumerate(pieces):
            place = colons + index
            if place in (3, 4) and piece == "*":
                pieces[index] = ""
        colons += len(pieces) - 1
        out.append(":".join(pieces))
    last = out[-1]
    if isinstance(last, str):
        out[-1] = last.removesuffix("*").removesuffix(":")
    return text_of(out)


def covers(reading: Reading, wide: Wide, node: Node) -> bool | None:
    """Whether a wide statement is about a node: True, False, or None where that is not known.

    A statement speaks of this account: Partition, Region and account of an ARN are not compared, they are rarely known.
    """
    if wide.reach == "unknown":
        return None
    if wide.managed or node.resource is None:
        return True
    statement = wide.statement
    if statement.resources is not None:
        return _any(_covers(reading, e, node.resource) for e in statement.resources)
    if statement.not_resources is not None:
        excluded = _any(_covers(reading, e, node.resource) for e in statement.not_resources)
        return None if excluded is None else not excluded
    return True


def _covers(reading: Reading, entry: Entry, resource: Resource) -> bool | None:
    if entry.value == "*":
        return True
    pattern, arn = reading.pattern(entry), reading.arn(resource)
    if pattern is None or arn is None:
        return None
    answers = [texts.wildcard(written, called) for written, called in zip(pattern, arn, strict=True)]
    return False if False in [a for a in answers if isinstance(a, bool)] else True if all(a is True for a in answers) else None


def _any(answers: Iterable[bool | None]) -> bool | None:
    found = list(answers)
    return True if True in found else None if None in found else False


ARN_FIELDS, SERVICE, RESOURCE = 6, 2, 5
"""`arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`."""


def _arn_of(resource: Resource, resources: Mapping[str, Resource]) -> Arn | None:
    """A resource's ARN by the shape of its type: only its last field says anything of the resource."""
    identity = identity_of(resource.type)
    shape = identity.arn.split(":", ARN_FIELDS - 1) if identity is not None else []
    if len(shape) < ARN_FIELDS:
        return None
    called = shape_of(resource, shape[RESOURCE], resources)
    return Arn(shape[SERVICE], called) if parts_of(called) else None


def _arn(value: Value) -> Arn | None:
    """An ARN taken apart, holes kept whole."""
    found: list[list[Value]] = [[]]
    for part in parts_of(value):
        if not isinstance(part, str):
            found[-1].append(part)
            continue
        first, *rest = part.split(":", ARN_FIELDS - len(found))
        found[-1].append(first)
        found.extend([piece] for piece in rest)
    return Arn(text_of(found[SERVICE]), text_of(found[RESOURCE])) if len(found) == ARN_FIELDS else None
