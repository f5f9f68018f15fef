"""What the policies of queues, topics and buses let in: everyone, any source of a service, the sources of a dead-letter queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from edalint.facts._documents import arn_of, reader, resource_policies, statements_in, text
from edalint.facts.registry import fact
from edalint.facts.view import Members, View
from edalint.iam.decision import covers
from edalint.iam.document import Statement
from edalint.model import texts
from edalint.model.graph import Edge, Node, Part, Place, unique
from edalint.model.values import Kleene, Ref, Unknown, settled

SENDING = {"queue": "sqs:SendMessage", "topic": "sns:Publish", "bus": "events:PutEvents"}
SOURCE_KEYS = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
"""What says on whose behalf a service acts: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"""


@fact("queue", "topic", "bus", gives="list<any>")
def public_statements(node: Node, view: View) -> Members[Place]:
    """The statements of its policy that let everyone (`Principal: "*"`, no Condition) send: where they stand."""
    return _statements(node, view, _lets_everyone)


@fact("queue", "topic", gives="list<any>")
def unbound_service_statements(node: Node, view: View) -> Members[Place]:
    """The statements of its policy that let a service send without asking on whose behalf it acts: where they stand."""
    return _statements(node, view, _lets_any_source)


def _statements(node: Node, view: View, test: Callable[[Statement], Kleene]) -> Members[Place]:
    found: list[Place] = []
    open_because = ""
    for part in resource_policies(view, node.resource) if node.resource is not None else ():
        known = statements_in(view, part)
        if isinstance(known, Unknown):
            open_because = open_because or known.reason or "a policy that is not known"
            continue
        for statement in known:
            answer = _sends(statement, node.kind)
            if answer is True:
                answer = test(statement)
            if answer is True:
                found.append(statement.place)
            elif isinstance(answer, Unknown):
                open_because = open_because or answer.reason or "a statement that is not known"
    return Members(found, open_because)


def _sends(statement: Statement, kind: str) -> Kleene:
    """Whether a statement allows to send."""
    if statement.unknown:
        return Unknown("", statement.unknown)
    if isinstance(statement.effect, Unknown):
        return statement.effect
    return covers(statement, SENDING[kind]) if statement.effect == "Allow" else False


def _lets_everyone(statement: Statement) -> Kleene:
    if isinstance(statement.conditions, Unknown):
        return statement.conditions
    if statement.conditions:
        return False
    answer: Kleene = False
    for entry in statement.principals or ():
        if entry.kind in ("*", "AWS") and entry.value == "*":
            return True
        if isinstance(entry.value, Unknown):
            answer = Unknown("", entry.value.reason or "a principal that is not known")
    return answer


def _lets_any_source(statement: Statement) -> Kleene:
    if isinstance(statement.conditions, Unknown):
        return statement.conditions
    if any(test.key in SOURCE_KEYS for test in statement.conditions):
        return False
    return any(entry.kind == "Service" and not isinstance(entry.value, Unknown) for entry in statement.principals or ())


@fact("queue", gives="list<node>")
def refused_sources(node: Node, view: View) -> Members[Node]:
    """The queues whose redrive policy names this one and that its RedriveAllowPolicy does not let in."""
    sources = unique(e.source for e in view.into(node, "dead-letter") if e.source.kind == "queue")
    refused: list[Node] = []
    open_because = ""
    for part in _redrive_allow_policies(node, view):
        for source in sources:
            allowed = _takes(view, part, source)
            if allowed is False and source not in refused:
                refused.append(source)
            elif isinstance(allowed, Unknown):
                open_because = open_because or allowed.reason or "a RedriveAllowPolicy that is not known"
    return Members(refused, open_because)


@fact("queue", gives="any")
def redrive_allow_policy(node: Node, view: View) -> Place | None:
    """Where it is written whose dead letters it takes; absent where it takes everyone's."""
    return next((p.place for p in _redrive_allow_policies(node, view)), None)


def _redrive_allow_policies(node: Node, view: View) -> list[Part]:
    return [p for p in view.policies(node.id) if p.data.get("policy") == "redrive-allow"]


def _takes(view: View, part: Part, source: Node) -> Kleene:
    """Whether a RedriveAllowPolicy lets a queue's dead letters in."""
    policy = view.value(part.data["document"])
    permission = view.string(policy, "redrivePermission", default="allowAll")
    if isinstance(permission, Unknown):
        return permission
    if permission != "byQueue":
        return bool(permission != "denyAll")
    named = view.elements(policy, "sourceQueueArns")
    return named if isinstance(named, Unknown) else _is_named(source, named, view)


def _is_named(source: Node, named: list[object], view: View) -> Kleene:
    if source.resource is None:
        return Unknown("", f"'{source.name}' is not declared in this run")
    arn = arn_of(view, source)
    answer: Kleene = False
    for value in named:
        if isinstance(settled(value), Ref) and settled(value).id == source.resource.id:
            return True
        same = texts.equal(text(view, value), arn)
        if same is True:
            return True
        answer = same if isinstance(same, Unknown) else answer
    return answer


@fact("queue", "topic", "bucket", gives="list<any>")
def writers(node: Node, view: View) -> list[Part | Edge]:
    """What sets the policy of a queue or topic, or a bucket's notifications: the first of each resource, in the order declared.

    Each replaces the whole of the one before.
    """
    if node.resource is None:
        return []
    if node.kind != "bucket":
        return _one_each(resource_policies(view, node.resource))
    return _one_each([*view.parts(node, "notification"), *view.out(node, "publish")])


def _one_each(things: Sequence[Part | Edge]) -> list[Part | Edge]:
    by_resource: dict[str, Part | Edge] = {}
    for thing in sorted(things, key=lambda t: t.order):
        by_resource.setdefault(thing.resource.id, thing)
    return list(by_resource.values())


@fact("queue", "topic", "stream", gives="bool")
def encrypted(node: Node, view: View) -> Kleene:
    """Whether it is encrypted at rest: by a key, or by the service itself (a queue is unless SqsManagedSseEnabled is false)."""
    for name in ("KmsMasterKeyId", "StreamEncryption", "DeliveryStreamEncryptionConfigurationInput", "EncryptionInfo"):
        written = reader(view)(node.properties.get(name))
        if isinstance(written, Unknown):
            return written
        if written is not None and written != "":
            return True
    if node.kind == "queue":
        return view.boolean(node.properties, "SqsManagedSseEnabled", default=True)  # type: ignore[no-any-return]
    return node.type.startswith(("AWS::MSK::", "aws_msk_"))
