"""Who lets whom do what: resource policies, Lambda permissions, key policies and roles, asked for one request at a time.

Every answer is True, False or an Unknown. False is only said where every document that could allow the request is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from edalint.facts._documents import (
    NO_PATTERN,
    arn_of,
    by_writer,
    may_be_about,
    reader,
    resource_policies,
    statements_in,
    stray_policies,
    text,
)
from edalint.facts.view import View, ever
from edalint.iam.decision import ABSENT, Principal, Request, allows, both, either, may_cover, negation, service_is
from edalint.iam.document import Statement, statements
from edalint.iam.managed import statements_of
from edalint.linking import resolve
from edalint.model import texts
from edalint.model.graph import End, Node, Part, Place, Target
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource
from edalint.model.values import Kleene, Text, Unknown, Value

KEY = "AWS::KMS::Key"
USE_KEY = ("kms:GenerateDataKey", "kms:Decrypt")
"""What a service needs to put encrypted messages somewhere: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"""


class Sender(NamedTuple):
    """A service that brings an event by itself, on behalf of a resource."""

    service: str
    """`events.amazonaws.com`."""
    arn: Value
    """The resource on whose behalf: what `aws:SourceArn` holds."""
    account: Value


def service_context(sender: Sender) -> dict[str, Value]:
    """The keys of a request that a service makes by itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    return {
        "aws:sourcearn": sender.arn,
        "aws:sourceaccount": sender.account,
        "aws:principalisawsservice": "true",
        "aws:principalservicename": sender.service,
        "aws:securetransport": "true",
        **_OF_A_SERVICE,
    }


_OF_A_SERVICE: dict[str, Value] = {
    **{key: Unknown(f"request:{key}", f"the value of {key}") for key in ("aws:sourceorgid", "aws:sourceorgpaths")},
    **dict.fromkeys(
        (
            "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:sourceowner", "aws:sourcevpce",
            "aws:sourcevpc", "aws:vpcsourceip", "aws:userid", "aws:username", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast",
        ),
        ABSENT,
    ),
}  # fmt: skip
"""The keys that every request of a service carries with a value that is not known, or does not carry."""


# resource policies


def admits(view: View, node: Node, sender: Sender, action: str) -> Kleene:
    """Whether the policy of a queue or topic lets a service act on it. Of several, the one written last is in force."""
    if node.resource is None:
        return Unknown("", f"'{node.name}' is not declared in this run")
    parts = resource_policies(view, node.resource)
    if not parts:
        stray = stray_policies(view, node.kind, node.resource)
        return Unknown("", stray) if stray else False
    request = Request(action, arn_of(view, node), Principal(service=sender.service), service_context(sender))
    return texts.agreed([allows(group, request) for group in by_writer(view, parts)])


# Lambda permissions


def invocable(view: View, function: Node, sender: Sender, qualifier: str) -> Kleene:
    """Whether a function's permissions let a service invoke it, under the alias or version that it calls."""
    if function.resource is None:
        return Unknown("", f"'{function.name}' is not declared in this run")
    answer: Kleene = False
    for part in view.policies(function.resource.id):
        if part.kind == "permission":
            answer = either(answer, _permits(view, part, sender, qualifier))
        if answer is True:
            return True
    stray = stray_policies(view, "function", function.resource)
    return Unknown("", stray) if answer is False and stray else answer


def _permits(view: View, part: Part, sender: Sender, qualifier: str) -> Kleene:
    read = reader(view)
    principal = read(part.data.get("principal"))
    answer = True if principal == "*" else principal if isinstance(principal, Unknown) else service_is(principal, sender.service)
    action = read(part.data.get("action"))
    answer = both(answer, texts.wildcard(texts.lower(action), "lambda:invokefunction") if action is not None else True)
    for wanted, carried in ((read(part.data.get("source_arn")), sender.arn), (read(part.data.get("source_account")), sender.account)):
        if wanted is not None:
            answer = both(answer, texts.wildcard(wanted, carried))
    if view.get(part.properties, "PrincipalOrgID") is not None:  # a service belongs to no organization
        answer = both(answer, False)
    return both(both(answer, negation(through_url(view, part))), _same_qualifier(view, part, qualifier))


def through_url(view: View, part: Part) -> Kleene:
    """Whether a permission is for callers of the function's URL alone: they wait for the answer."""
    action = text(view, part.data.get("action"))
    if isinstance(action, str) and action.lower() == "lambda:invokefunctionurl":
        return True
    written = view.boolean(part.properties, "InvokedViaFunctionUrl", default=False)
    return written if isinstance(written, Unknown) else bool(written)


def _same_qualifier(view: View, part: Part, called: str) -> Kleene:
    written = text(view, part.data.get("qualifier"))
    if written is None:
        target = view.target(part, "function")
        written = target.qualifier if target is not None else ""
    if isinstance(written, str):
        same = _latest(written) == _latest(called)
        known = not any(mark in word for mark in _HOLES for word in (written, called))
        return same if same or known else Unknown("", "which alias or version is called is not known")
    return texts.equal(written, called) if called else Unknown("", "the permission's qualifier is not known")


_HOLES = ("?", "${")
"""How a qualifier is written that is known in part: `?`, a reference, a stage variable of an API."""


def _latest(qualifier: str) -> str:
    return "" if qualifier == "$LATEST" else qualifier


# keys


def key_of(view: View, node: Node) -> Resource | Unknown | str | None:
    """What encrypts a queue or topic: a key of the run, `aws` for the service's own key, unknown, or None for nothing of the kind."""
    if node.resource is None:
        return Unknown("", f"'{node.name}' is not declared in this run")
    for name in ("KmsMasterKeyId", "KmsKeyIdentifier"):
        value = view.get(node.properties, name)
        if value is not None and value != "":
            return _key(view, value, node.resource)
    value = view.get(node.properties, "StreamEncryption", "KeyId")
    return None if value is None else _key(view, value, node.resource)


def _key(view: View, value: Value, asker: Resource) -> Resource | Unknown | str:
    if texts.contains(value, "alias/aws/") is True:
        return "aws"
    for _ in range(4):  # an alias by its name, and the key that it stands for
        target = next((t for t in resolve(view.graph, End(value, (KEY,), "any", asker)) if view.holds(t.when)), None)
        if target is None or target.resource is None:
            break
        if target.resource.type in (KEY, "AWS::KMS::ReplicaKey"):
            return target.resource
        asker, value = target.resource, view.value(target.resource.get("TargetKeyId"))
    return Unknown("", "a key that is not declared in this run")


def key_admits(view: View, node: Node, sender: Sender) -> Kleene | None:
    """Whether the key of a queue or topic lets a service use it; None where no key is asked."""
    key = key_of(view, node)
    if key is None or isinstance(key, Unknown):
        return key
    if isinstance(key, str):
        return False  # its policy, which nobody can change, is for the account's principals alone
    groups = by_writer(view, resource_policies(view, key))
    stray = stray_policies(view, KEY, key)
    if not groups and stray:
        return Unknown("", stray)
    context = service_context(sender)
    answer: Kleene = True
    for action in USE_KEY:
        request = Request(action, arn_of(view, key), Principal(service=sender.service), context)
        answer = both(answer, texts.agreed([allows(group, request) for group in groups]) if groups else False)
    return answer


def role_may_use_key(view: View, node: Node, role: Target, actions: Iterable[str]) -> Kleene | None:
    """Whether a role may use the key of a queue, topic or stream; None where no key is asked."""
    key = key_of(view, node)
    if key is None or isinstance(key, Unknown):
        return key
    if isinstance(key, str) or role.resource is None:
        return True if isinstance(key, str) else Unknown("", "the role is not declared in this run")
    principal = Principal(arn=arn_of(view, role.resource), account=role.resource.unit.account)
    groups = by_writer(view, resource_policies(view, key))
    arn = arn_of(view, key)
    answer: Kleene = True
    for action in actions:
        direct: Kleene = False
        delegated: Kleene = not groups  # a key without policy leaves everything to IAM
        if groups:
            direct = texts.agreed([allows(g, Request(action, arn, principal)) for g in groups])
            delegated = texts.agreed([allows(g, Request(action, arn, principal, through_account=True)) for g in groups])
        granted = both(delegated, role_allows(view, role, Request(action, arn)))
        answer = both(answer, either(direct, granted))
    return answer


# roles


def role_allows(view: View, role: Target | None, *requests: Request) -> Kleene:
    """Whether a role's policies allow one of several requests (the forms that one permission can take)."""
    if role is None or role.resource is None:
        return Unknown("", "the role is not declared in this run")
    resource = role.resource
    answer: Kleene = False
    action: str | None = None
    granted: list[Statement] = []
    bounded: list[Statement] | Unknown | None = None
    for request in requests:
        if request.action != action:
            action = request.action
            granted, bounded = _about(view, resource, action)
        allowed = allows(granted, request) if granted else False
        if allowed is not False and bounded is not None:
            allowed = both(allowed, allows(bounded, request))
        answer = either(answer, allowed)
        if answer is True:
            return True
    return answer


def ever_about(view: View, role: Target, action: str) -> bool:
    """Whether a statement of a role may be about an action under any choices; where none is, the role never allows it."""
    resource = role.resource
    if resource is None:
        return True
    found: bool = view.once(("ever", resource.id, action), lambda view: _ever_about(view.root, resource, action))
    return found


def _ever_about(root: View, role: Resource, action: str) -> bool:
    def says(view: View, part: Part) -> bool:
        added = _statements(view, part, action)
        return isinstance(added, Unknown) or bool(may_cover(added, action))

    parts = [p for p in root.graph.policies.get(role.id, ()) if p.kind == "policy" and p.data.get("policy") in ("identity", "managed")]
    if any(ever(root, partial(says, part=part)) for part in parts):
        return True
    return ever(root, lambda view: bool(stray_policies(view, role.type, role)))


def _about(view: View, role: Resource, action: str) -> tuple[list[Statement], list[Statement] | Unknown | None]:
    """The statements of a role's policies that may be about an action, and those of its permissions boundary (None without one)."""
    found: tuple[list[Statement], list[Statement] | Unknown | None] = view.once(
        ("role", role.id, action), lambda view: _selected(view, role, action)
    )
    return found


def resources_named(view: View, role: Resource, action: str) -> list[str | Text]:
    """The texts that a role's statements about an action name as resources."""
    granted, _ = _about(view, role, action)
    return [entry.value for statement in granted for entry in statement.resources or () if isinstance(entry.value, (str, Text))]


def _selected(view: View, role: Resource, action: str) -> tuple[list[Statement], list[Statement] | Unknown | None]:
    granted: list[Statement] = []
    bounded: list[Statement] | Unknown | None = None
    for part in view.policies(role.id):
        sort = part.data.get("policy")
        if part.kind != "policy" or sort not in ("identity", "managed", "boundary"):
            continue
        added = _statements(view, part, action)
        if not isinstance(added, Unknown):
            added = may_cover(added, action)
        if sort == "boundary":
            bounded = added
        else:
            granted += [_not_known(part, added.reason)] if isinstance(added, Unknown) else added
    stray = stray_policies(view, role.type, role)
    if stray:
        granted.append(Statement(Place(role.properties), unknown=stray))
    return granted, bounded


def _statements(view: View, part: Part, action: str) -> list[Statement] | Unknown:
    """The statements of a role's policy; none where it says nothing of the action, whatever is decided."""
    if part.data.get("policy") != "identity":
        return _managed(view, part, action)
    return statements_in(view, part) if may_be_about(view, part.data.get("document"), action) else []


def _not_known(part: Part, reason: str) -> Statement:
    """A policy of a role that is not known: it may allow anything, and is taken to deny nothing that others allow."""
    statement = Statement(part.place, unknown=reason or "a policy that is not known")
    statement.effect = "Allow"
    return statement


def _managed(view: View, part: Part, action: str) -> list[Statement] | Unknown:
    """The same of a managed policy: one of the run, or one of AWS's that is known."""
    target = view.target(part, "managed")
    if target is not None and target.resource is not None:
        document = target.resource.properties.get("PolicyDocument")
        return statements(document, reader(view), part.place) if may_be_about(view, document, action) else []
    arn = view.value(part.data.get("arn"))
    if arn is None:
        return []
    known = statements_of(text(view, arn))
    return known if known is not None else Unknown("", f"the managed policy {_written(arn)} is not in this run")


def _written(arn: Value) -> str:
    return arn if isinstance(arn, str) else "that is attached"


def named_role(view: View, end: End | None) -> Target | None:
    """The role that an end names here; None where it is absent."""
    if end is None or end.value is None:
        return None
    return next((t for t in resolve(view.graph, end) if view.holds(t.when)), None)


def admits_role(view: View, node: Node, role: Target, requests: Iterable[Request]) -> Kleene:
    """Whether a resource's own policy lets a role of its account act on it (a function's permissions are not asked)."""
    if node.resource is None or role.resource is None:
        return False
    parts = resource_policies(view, node.resource)
    if not parts:
        stray = stray_policies(view, node.kind, node.resource)
        return Unknown("", stray) if stray else False
    principal = Principal(arn=arn_of(view, role.resource), account=role.resource.unit.account)
    answer: Kleene = False
    for request in requests:
        asked = request._replace(principal=principal)
        answer = either(answer, texts.agreed([allows(group, asked) for group in by_writer(view, parts)]))
    return answer


__all__ = [
    "NO_PATTERN",
    "Sender",
    "admits",
    "admits_role",
    "arn_of",
    "ever_about",
    "invocable",
    "key_admits",
    "key_of",
    "named_role",
    "resources_named",
    "role_allows",
    "role_may_use_key",
    "service_context",
]  # fmt: skip
