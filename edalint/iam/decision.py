"""Whether statements allow a request: True, False, or an Unknown that says what it hangs on.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html: a statement that denies wins, one that
allows is needed. A request is a principal, an action, a resource, and the keys that conditions may ask about; a key that
the request is known not to carry is `ABSENT`, one that is not listed is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from edalint.iam.conditions import ABSENT, all_hold
from edalint.iam.document import Entry, Statement
from edalint.model import texts
from edalint.model.records import NamedTuple
from edalint.model.values import Kleene, Unknown, Value, parts_of, text_of


class Principal(NamedTuple):
    """Who asks."""

    service: str = ""
    """`events.amazonaws.com` for a service that acts by itself; empty for a role."""
    arn: Value = None
    """The role's ARN."""
    account: Value = None
    """The role's account."""


class Request(NamedTuple):
    """What is asked for."""

    action: str
    """`sqs:SendMessage`."""
    resource: Value
    """The ARN of what is acted upon."""
    principal: Principal | None = None
    """None where statements of an identity are asked, whose principal is the identity itself."""
    context: Mapping[str, Value] = {}
    """Keys in lower case -> value, or `ABSENT`."""
    through_account: bool = False
    """Whether a statement for the role's whole account counts as one for the role (key policies leave it to IAM then)."""


def allows(statements: Iterable[Statement] | Unknown, request: Request) -> Kleene:
    """Whether the statements, taken together, allow the request."""
    if isinstance(statements, Unknown):
        return statements
    allowed: Kleene = False
    denied: Kleene = False
    for statement in statements:
        applies = applies_to(statement, request)
        if applies is False:
            continue
        effect = _effect(statement)
        if effect is not False:  # it allows, or may
            allowed = either(allowed, both(effect, applies))
        if effect is not True:
            denied = either(denied, both(negation(effect), applies))
            if denied is True:
                return False
    return both(allowed, negation(denied))


def applies_to(statement: Statement, request: Request, *, conditions: bool = True) -> Kleene:
    """Whether a statement is about the request, whatever its effect; without `conditions`, whatever its Condition asks."""
    if statement.unknown or statement.when is not True:
        return Unknown("", statement.unknown or "a statement that is there in some alternatives only")
    answer: Kleene = True
    for test in _TESTS if conditions else _TESTS[:-1]:
        found = test(statement, request)
        if found is False:
            return False
        if found is not True:
            answer = both(answer, found)
    return answer


def covers(statement: Statement, action: str) -> Kleene:
    """Whether a statement is about an action."""
    if statement.actions is not None:
        return _speaks_of(statement.actions, action.lower())
    if statement.not_actions is not None:
        return negation(_speaks_of(statement.not_actions, action.lower()))
    return False


def _speaks_of(entries: Iterable[Entry], action: str) -> Kleene:
    """Whether one of the words of a statement is, or covers, an action in lower case."""
    answer: Kleene = False
    for entry in entries:
        written = entry.value
        if type(written) is not str or "*" in written or "?" in written:
            found = texts.wildcard(texts.lower(written), action)
        else:  # most are
            found = written.lower() == action
        if found is not False:
            answer = either(answer, _there(entry, found))
            if answer is True:
                return True
    return answer


def may_cover(statements: Iterable[Statement], action: str) -> list[Statement]:
    """The statements that are, or may be, about an action."""
    return [s for s in statements if s.unknown or s.when is not True or covers(s, action) is not False]


def concerns(statement: Statement, resource: Value) -> Kleene:
    """Whether a statement is about a resource."""
    if statement.resources is not None:
        return _any(statement.resources, lambda entry: texts.wildcard(entry.value, resource))
    if statement.not_resources is not None:
        return negation(_any(statement.not_resources, lambda entry: texts.wildcard(entry.value, resource)))
    return True  # trust policies and some resource policies name none: it is the one that they are attached to


def _about_action(statement: Statement, request: Request) -> Kleene:
    return covers(statement, request.action)


def _about_resource(statement: Statement, request: Request) -> Kleene:
    return concerns(statement, request.resource)


def _about_context(statement: Statement, request: Request) -> Kleene:
    if isinstance(statement.conditions, Unknown):
        return statement.conditions
    return all_hold(statement.conditions, request.context)


def _about_principal(statement: Statement, request: Request) -> Kleene:
    asked = request.principal
    if asked is None:
        return True
    if statement.principals is not None:
        itself = _any(statement.principals, lambda entry: _is(entry, asked, request.through_account))
        if itself is not False or _effect(statement) is True:
            return itself
        inside = _any(statement.principals, lambda entry: _is(entry, asked, True))  # who denies an account denies all that is in it
        return both(negation(_effect(statement)), inside)
    if statement.not_principals is not None:
        return negation(_any(statement.not_principals, lambda entry: _is(entry, asked, True)))
    return False


_TESTS = (_about_action, _about_principal, _about_resource, _about_context)


def _is(entry: Entry, principal: Principal, through_account: bool) -> Kleene:
    """Whether a principal of a statement is the one that asks."""
    if isinstance(entry.value, Unknown) and entry.kind in ("*", "AWS") and not entry.value.excludes:
        return Unknown("", entry.value.reason or "a principal that is not known")
    if entry.kind in ("*", "AWS") and entry.value == "*":
        return True
    if principal.service:
        return service_is(entry.value, principal.service) if entry.kind == "Service" else False
    if entry.kind != "AWS":
        return False
    if _is_account(entry.value):
        return both(through_account, texts.contains(entry.value, principal.account)) if through_account else False
    return texts.equal(entry.value, principal.arn)


def _is_account(value: Value) -> bool:
    """Whether a principal is an account: its number, or the ARN of its root."""
    parts = parts_of(value)
    if len(parts) == 1:
        return (isinstance(parts[0], str) and (parts[0].isdigit() or parts[0].endswith(":root"))) or (
            isinstance(parts[0], Unknown) and parts[0].symbol == "AWS::AccountId"
        )
    return bool(parts) and isinstance(parts[-1], str) and parts[-1].endswith(":root")


def service_is(value: Value, service: str) -> Kleene:
    """Whether a service principal is this one: `sns.us-east-1.amazonaws.com` is SNS, and so is `sns.${AWS::URLSuffix}`."""
    if value == service:
        return True
    name, _, suffix = service.partition(".")
    filled = text_of([suffix if isinstance(p, Unknown) and p.symbol == "AWS::URLSuffix" else p for p in parts_of(value)])
    if isinstance(filled, str):
        return re.fullmatch(rf"{name}(\.[a-z]+(-[a-z]+)+-\d+)?\.{re.escape(suffix)}(\.cn)?", filled.lower()) is not None
    if texts.starts_with(filled, f"{name}.") is True and texts.ends_with(filled, suffix) is True:
        return True  # a region stands between
    return texts.equal(filled, service)


def _effect(statement: Statement) -> Kleene:
    """True for Allow, False for Deny."""
    if statement.unknown and statement.effect is None:
        return Unknown("", statement.unknown)
    if isinstance(statement.effect, Unknown):
        return statement.effect
    return True if statement.effect == "Allow" else False if statement.effect == "Deny" else Unknown("", "an effect that is no effect")


def _any(entries: Iterable[Entry], test: Callable[[Entry], Kleene]) -> Kleene:
    answer: Kleene = False
    for entry in entries:
        found = test(entry)
        if found is not False:
            answer = either(answer, _there(entry, found))
            if answer is True:
                return True
    return answer


def _there(entry: Entry, found: Kleene) -> Kleene:
    """What was found of an entry, where the entry is there for certain."""
    return found if entry.when is True or found is not True else Unknown("", "it is there in some alternatives only")


def negation(value: Kleene) -> Kleene:
    """Kleene's `not`."""
    return value if isinstance(value, Unknown) else not value


def both(left: Kleene, right: Kleene) -> Kleene:
    """Kleene's `and`."""
    if left is False or right is False:
        return False
    return left if isinstance(left, Unknown) else right


def either(left: Kleene, right: Kleene) -> Kleene:
    """Kleene's `or`."""
    if left is True or right is True:
        return True
    return left if isinstance(left, Unknown) else right


__all__ = [
    "ABSENT",
    "Principal",
    "Request",
    "allows",
    "applies_to",
    "both",
    "concerns",
    "covers",
    "either",
    "may_cover",
    "negation",
    "service_is",
]
