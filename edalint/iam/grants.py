"""What a statement speaks of by name: how far its words reach over an action, and whether it writes a resource down."""

from __future__ import annotations

from edalint.iam.document import Entry, Statement
from edalint.model import texts
from edalint.model.values import Unknown, Value, parts_of


def reach(statement: Statement, action: str) -> str:
    """How a statement covers an action: the narrowest of its words that do.

    `named`: the action itself, or a beginning of its name (`sqs:SendMessage*`); `service`: all of the service's actions (`sqs:*`);
    `all`: every action (`*`, or all but some by NotAction); `unknown`: it may; empty: it does not.
    """
    if statement.unknown:
        return "unknown"
    action = action.lower()
    if statement.actions is None:
        if statement.not_actions is None:
            return ""
        excluded = {_reach(entry, action) for entry in statement.not_actions}
        return "" if excluded & {"named", "service", "all"} else "unknown" if "unknown" in excluded else "all"
    found = {_reach(entry, action) for entry in statement.actions}
    return next((word for word in ("named", "service", "all", "unknown") if word in found), "")


def services(statement: Statement) -> frozenset[str] | None:
    """The services about whose actions a statement may speak; None where that may be any."""
    if statement.unknown or statement.actions is None:
        return None
    found: set[str] = set()
    for entry in statement.actions:
        service = entry.value.partition(":")[0] if isinstance(entry.value, str) else "*"
        if "*" in service or "?" in service:
            return None
        found.add(service.lower())
    return frozenset(found)


def _reach(entry: Entry, action: str) -> str:
    """The same of one of its words, for an action in lower case."""
    value = entry.value
    if type(value) is str and "*" not in value and "?" not in value:  # most are
        return "named" if value.lower() == action else ""
    pattern = texts.lower(value)
    covered = texts.wildcard(pattern, action)
    if isinstance(covered, Unknown):
        return "unknown"
    if not covered:
        return ""
    written = "".join(p if isinstance(p, str) else "?" for p in parts_of(pattern))
    service, _, name = written.partition(":")
    if not name:
        return "all"
    if not service.strip("*"):
        return "all"
    return "named" if name.strip("*") else "service"


def is_open(resource: Value) -> bool:
    """Whether a resource as a statement writes it stands for every resource of a service or of a kind.

    `*`, `arn:aws:sqs:*:*:*`, `arn:aws:states:eu-west-1:1:stateMachine:*`; not a reference, a parameter, nor an ARN whose name is written in
    part (`arn:aws:sqs:*:*:orders-*`).
    """
    parts = parts_of(resource)
    if not parts:
        return True
    last = parts[-1]
    if not isinstance(last, str):
        return False
    if len(parts) == 1 and last == "*":
        return True
    if not (isinstance(parts[0], str) and parts[0].startswith("arn:")):
        return False
    name = last.replace("/", ":").rsplit(":", 1)
    if len(name) == 1:  # the name begins in a hole before
        return False
    return name[1].strip("*") == "" and _shallow(parts)


def _shallow(parts: tuple[object, ...]) -> bool:
    """Whether nothing is written after the kind of the resource (`arn:aws:states:R:A:stateMachine:*`)."""
    fields = "".join(p if isinstance(p, str) else "\0" for p in parts).split(":", 5)
    rest = fields[5] if len(fields) > 5 else ""
    words = [w for w in rest.replace("/", ":").split(":") if w.strip("*")]
    return len(words) == 0 or (len(words) == 1 and words[0] in KINDS)


KINDS = frozenset(
    {
        "stateMachine", "express", "execution", "activity", "function", "stream", "deliverystream", "event-bus", "rule",
        "task-definition", "cluster", "service", "table", "topic", "key", "role", "secret", "log-group",
    }
)  # fmt: skip
"""What stands between account and name in the ARNs of some services."""
