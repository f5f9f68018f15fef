"""Policies and requests made from a seed, the same on every Python, so that an oracle's answers can be kept beside them."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from edalint.iam.conditions import ABSENT
from edalint.iam.decision import Principal, Request, allows
from edalint.iam.document import statements
from edalint.model.values import Unknown

COUNT = 8000
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
ACTIONS = ("sqs:SendMessage", "sqs:ReceiveMessage", "sns:Publish")
RESOURCES = (
    f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders",
    f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders-dlq",
    f"arn:aws:sns:eu-west-1:{ACCOUNT}:news",
)
SERVICES = ("events.amazonaws.com", "sns.amazonaws.com")
RULE = f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/shop/new"
KEYS: dict[str, tuple[str, ...]] = {
    "aws:SourceArn": (RULE, f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/other", f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/shop/New"),
    "aws:SourceAccount": (ACCOUNT, "444455556666"),
    "aws:SecureTransport": ("true", "false"),
    "aws:PrincipalOrgID": ("o-abc", "o-ABC"),
    "aws:PrincipalTag/team": ("shop", "Shop", "shop*", ""),
}
PATTERNS = (
    "*", "a*", "arn:aws:events:*:*:rule/*", f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/shop/*", f"arn:aws:events:*:{ACCOUNT}:*", "arn:aws:s3:::*",
    "arn:*", "shop?", "sh*", "o-a??", "SHOP", "TRUE", "True", "1111*", "${aws:PrincipalTag/team}", "shop${*}",
)  # fmt: skip
NAMES = ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike", "ArnEquals",
         "ArnLike", "ArnNotEquals", "ArnNotLike", "Bool", "Null")  # fmt: skip


class Case(NamedTuple):
    """A policy, and what is asked of it."""

    policy: dict[str, Any]
    attached: str
    """`identity` or `resource`."""
    principal: str
    """A service, or the role's ARN."""
    action: str
    resource: str
    context: dict[str, str]
    """The keys that the request carries; it carries no other."""


def cases(seed: int = 30, count: int = COUNT) -> list[Case]:
    """The first cases of a fixed sequence."""
    rng = random.Random(seed)
    return [_case(rng) for _ in range(count)]


def our_answer(case: Case) -> str:
    """`1` allowed, `0` not, `?` not known."""
    keys = {key.lower(): ABSENT for key in KEYS} | {key.lower(): value for key, value in case.context.items()}
    principal = Principal(arn=ROLE, account=ACCOUNT) if case.principal == ROLE else Principal(service=case.principal)
    asked = Request(case.action, case.resource, None if case.attached == "identity" else principal, keys)
    answer = allows(statements(case.policy), asked)
    return "?" if isinstance(answer, Unknown) else str(int(answer))


def _pick(rng: random.Random, options: Any) -> Any:
    return options[int(rng.random() * len(options))]


def _case(rng: random.Random) -> Case:
    attached = _pick(rng, ("identity", "resource", "resource"))
    statements = [_statement(rng, attached) for _ in range(1 + int(rng.random() * 3))]
    principal = ROLE if attached == "identity" or rng.random() < 0.4 else _pick(rng, SERVICES)
    context = {key: _pick(rng, values) for key, values in KEYS.items() if rng.random() < 0.6}
    one = statements[0] if len(statements) == 1 and rng.random() < 0.5 else statements
    policy = {"Version": "2012-10-17", "Statement": one}
    return Case(policy, attached, principal, _pick(rng, ACTIONS), _pick(rng, RESOURCES), context)


def _statement(rng: random.Random, attached: str) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": "Allow" if rng.random() < 0.75 else "Deny"}
    if attached == "resource":
        found["NotPrincipal" if found["Effect"] == "Deny" and rng.random() < 0.2 else "Principal"] = _principal(rng)
    found["NotAction" if rng.random() < 0.12 else "Action"] = _some(
        rng, (*ACTIONS, "sqs:*", "*", "SQS:sendmessage", "sqs:Send*", "sqs:?e*Message", "sns:*")
    )
    found["NotResource" if rng.random() < 0.12 else "Resource"] = _some(
        rng,
        (
            *RESOURCES,
            "*",
            "arn:aws:sqs:*:*:*",
            f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders*",
            "arn:aws:sqs:*:*:o?ders",
            *(("arn:*:news", "arn:aws:sqs:*") if rng.random() < 0.1 else ()),
        ),
    )
    if rng.random() < 0.5:
        condition: dict[str, Any] = {}
        for _ in range(1 + int(rng.random() * 2)):
            name = _operator(rng)
            condition.setdefault(name, {}).update(_test(rng, name) for _ in range(1 + int(rng.random() * 1.3)))
        found["Condition"] = {
            name: {key: _some(rng, ("true", "false", True, False)) for key in block} if "Null" in name else block
            for name, block in condition.items()
        }
    return found


def _some(rng: random.Random, options: Any) -> Any:
    """One, alone or in a list, or two."""
    roll = rng.random()
    if roll < 0.4:
        return _pick(rng, options)
    return [_pick(rng, options) for _ in range(1 if roll < 0.6 else 2)]


def _principal(rng: random.Random) -> Any:
    named = (ROLE, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT, "444455556666", f"arn:aws:iam::{ACCOUNT}:role/other", "*")
    return _pick(rng, ("*", {"Service": _some(rng, SERVICES)}, {"Service": _some(rng, SERVICES)}, {"AWS": _some(rng, named)},
                       {"AWS": _some(rng, named), "Service": _some(rng, SERVICES)}))  # fmt: skip


def _operator(rng: random.Random) -> str:
    name = str(_pick(rng, NAMES))
    if name != "Null" and rng.random() < 0.25:
        name += "IfExists"
    if name != "Null" and rng.random() < 0.1:
        name = _pick(rng, ("ForAllValues:", "ForAnyValue:")) + name
    return name


def _test(rng: random.Random, operator: str) -> tuple[str, Any]:
    if "Bool" in operator:
        return "aws:SecureTransport", _some(rng, ("true", "false", "True", True, False))
    key = "aws:SourceArn" if "Arn" in operator else _pick(rng, tuple(KEYS))
    if "Arn" in operator:
        return key, _some(rng, (*KEYS[key], *(pattern for pattern in PATTERNS if pattern.startswith("arn:"))))
    written = key.lower() if rng.random() < 0.2 else key
    return written, _some(rng, (*KEYS[key], *KEYS[key], *KEYS[key], *PATTERNS))
