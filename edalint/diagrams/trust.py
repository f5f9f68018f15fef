"""Who may send to what, as resource policies and permissions say: principals that no arrow of the graph stands for."""

from __future__ import annotations

from collections.abc import Iterator

from edalint.iam.document import statements
from edalint.model.graph import EventGraph, Node, Part
from edalint.model.records import NamedTuple
from edalint.model.values import Unknown, alternatives

SENDS = {
    "queue": ("sqs:sendmessage",), "topic": ("sns:publish",), "bus": ("events:putevents",), "function": ("lambda:invokefunction",),
    "stream": ("kinesis:putrecord", "kinesis:putrecords"), "bucket": ("s3:putobject",), "state-machine": ("states:startexecution",),
}  # fmt: skip
"""Kind -> the actions by which events get in."""
KINDS = {
    "events.amazonaws.com": ("rule", "schedule", "bus"), "sns.amazonaws.com": ("topic",), "s3.amazonaws.com": ("bucket",), "sqs.amazonaws.com": ("queue",),
    "scheduler.amazonaws.com": ("schedule",), "pipes.amazonaws.com": ("pipe",), "apigateway.amazonaws.com": ("api",), "lambda.amazonaws.com": ("function",),
    "iot.amazonaws.com": ("rule",), "cloudwatch.amazonaws.com": ("alarm",), "elasticloadbalancing.amazonaws.com": ("api",),
}  # fmt: skip
"""Service principal -> the kinds of nodes whose arrows stand for it."""


class Grant(NamedTuple):
    """Somebody who may send to a node."""

    who: str
    """A service principal, an account, an ARN, or `anyone`."""
    node: Node
    conditions: bool
    """Only under conditions."""


def grants(graph: EventGraph) -> list[Grant]:
    """Every grant that is known and that no edge of the graph stands for, once."""
    found: dict[tuple[str, str], Grant] = {}
    for node in graph.nodes.values():
        parts = graph.policies.get(node.resource.id, ()) if node.resource is not None and node.kind in SENDS else ()
        senders = {e.source.kind for e in graph.into(node)}
        for part in parts:
            for who, conditions in _granted(node, part):
                if not senders & set(KINDS.get(who, ())):
                    found.setdefault((who, node.id), Grant(who, node, conditions))
    return list(found.values())


def _granted(node: Node, part: Part) -> Iterator[tuple[str, bool]]:
    if part.kind == "permission":
        for _, principal in alternatives(part.data.get("principal")):
            if isinstance(principal, str):
                yield _named(principal), part.data.get("source_arn") is not None or part.data.get("source_account") is not None
        return
    if part.data.get("policy") != "resource":
        return
    known = statements(part.data.get("document"))
    for statement in known if isinstance(known, list) else ():
        actions = [a.value for a in statement.actions or ()]
        if statement.effect == "Allow" and any(isinstance(a, str) and _sends(a, node.kind) for a in actions):
            for entry in statement.principals or ():
                if isinstance(entry.value, str):
                    yield _named(entry.value), isinstance(statement.conditions, Unknown) or bool(statement.conditions)


def _sends(action: str, kind: str) -> bool:
    from edalint.model.texts import wildcard

    return any(wildcard(action.lower(), sends) is True for sends in SENDS[kind])


def _named(principal: str) -> str:
    if principal == "*":
        return "anyone"
    if principal.startswith("arn:") and principal.endswith(":root"):
        return f"account {principal.split(':')[4]}"
    return f"account {principal}" if principal.isdigit() else principal
