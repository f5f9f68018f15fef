"""Who lets whom do what: resource policies, Lambda permissions, key policies and roles, asked for one request at a time.

Every answer is True, False or an Unknown. False is only said where every document that could allow the request is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from edalint.facts.view import View
from edalint.iam.decision import ABSENT, Principal, Request, allows, both, either, service_is
from edalint.iam.document import Statement, statements
from edalint.iam.managed import statements_of
from edalint.linking import resolve
from edalint.model import texts
from edalint.model.conditions import Undecided
from edalint.model.graph import End, EventGraph, Node, Part, Place, Target
from edalint.model.resources import Resource
from edalint.model.values import Kleene, Ref, Text, Unknown, Value, refs_in, text_of
from edalint.services import registry
from edalint.services.identity import expand, shape_of

T = TypeVar("T")
KEY = "AWS::KMS::Key"
NO_PATTERN = Unknown("", "an ARN of which nothing is known", excludes="*?")
USE_KEY = ("kms:GenerateDataKey", "kms:Decrypt")
"""What a service needs to put encrypted messages somewhere: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"""


_READ: WeakKeyDictionary[EventGraph, dict[tuple[str, int | str], Any]] = WeakKeyDictionary()
_HANGS_ON_A_CHOICE = object()
_ELSEWHERE = re.compile(r"^arn:aws-[a-z-]+:")
_HERE = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}


class Sender(NamedTuple):
    """A service that brings an event by itself, on behalf of a resource."""

    service: str
    """`events.amazonaws.com`."""
    arn: Value
    """The resource on whose behalf: what `aws:SourceArn` holds."""
    account: Value


def reader(view: View) -> Callable[[Value], Value]:
    """How documents are read in a view: alternatives decided, references as text, partitions as one."""

    def read(value: Value) -> Value:
        value = view.value(value)
        if isinstance(value, (Ref, Text)):
            value = view.value(expand(value, view.graph.resources))
        return one_partition(value)

    return read


def one_partition(value: Value) -> Value:
    """A text as it is in the partition `aws`: who is let in does not hang on the partition that a stack is deployed in."""
    if isinstance(value, str):
        return _ELSEWHERE.sub("arn:aws:", value)
    if not isinstance(value, Text):
        return value
    return text_of(
        _ELSEWHERE.sub("arn:aws:", p) if isinstance(p, str) else _HERE.get(p.symbol, p) if isinstance(p, Unknown) else p
        for p in value.parts
    )


def text(view: View, value: Value) -> Value:
    """A value as text in a view: alternatives decided, references as what they give."""
    return reader(view)(value)


def arn_of(view: View, node: Node | Resource) -> Value:
    """The ARN of a resource of the run."""
    resource = node.resource if isinstance(node, Node) else node
    if resource is None:
        return Unknown("", "it is not declared in this run")
    return one_partition(view.value(shape_of(resource, "arn", view.graph.resources)))


def service_context(sender: Sender) -> dict[str, Value]:
    """The keys of a request that a service makes by itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    present = {"aws:sourceorgid", "aws:sourceorgpaths"}
    absent = (
        "aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:sourceowner", "aws:sourcevpce",
        "aws:sourcevpc", "aws:vpcsourceip", "aws:userid", "aws:username", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast",
    )  # fmt: skip
    return {
        "aws:sourcearn": sender.arn,
        "aws:sourceaccount": sender.account,
        "aws:principalisawsservice": "true",
        "aws:principalservicename": sender.service,
        "aws:securetransport": "true",
        **{key: Unknown(f"request:{key}", f"the value of {key}") for key in present},
        **dict.fromkeys(absent, ABSENT),
    }


# resource policies


def resource_policies(view: View, resource: Resource) -> list[Part]:
    """The policies that are set on a queue, topic, bus, key or stream itself."""
    return [p for p in view.policies(resource.id) if p.kind == "policy" and p.data.get("policy") == "resource"]


_CODE = ("Custom::", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Stack", "AWS::Serverless::Application")
"""Types whose content the run may not see: what they are handed, they may set a policy of."""
_HARMLESS = ("Custom::LogRetention", "Custom::S3AutoDeleteObjects", "Custom::CDKBucketDeployment", "Custom::VpcRestrictDefaultSG")
"""Custom resources of the CDK whose code sets no policies."""
_HANDED: WeakKeyDictionary[EventGraph, dict[str, list[Resource]]] = WeakKeyDictionary()


def handed_on(view: View, resource: Resource) -> str:
    """Why code or a stack that the run can't see may let others in to a resource; empty where none is handed it."""
    handed = _HANDED.get(view.graph)
    if handed is None:
        handed = _HANDED[view.graph] = {}
        for other in view.graph.resources.values():
            if other.type.startswith(_CODE) and other.type not in _HARMLESS and not registry.DECLARES.get(other.type):
                for ref in refs_in([value for name, value in other.properties.items() if name != "ServiceToken"]):
                    handed.setdefault(ref.id, []).append(other)
    for other in handed.get(resource.id, ()):
        inside = any(r.startswith(f"{other.id}/") for r in view.graph.resources)
        if not inside and view.holds(other.when):
            return f"'{other.name}' is handed '{resource.name}' and may let others in"
    return ""


def stray_policies(view: View, kind: str, resource: Resource | None = None) -> str:
    """Why a resource (or any of its kind) may have a policy that the run can't see; empty where it can't."""
    for asker, end, value in view.graph.unresolved:
        if not isinstance(asker, Part) or asker.kind not in ("policy", "permission"):
            continue
        if end in ("holder", "function") and kind in asker.ends[end].kinds and view.holds(asker.when):
            return f"'{asker.resource.name}' is a policy of something that is not known ({_reason(value)})"
    return handed_on(view, resource) if resource is not None else ""


def _reason(value: Value) -> str:
    return value.reason or value.symbol if isinstance(value, Unknown) else "a name that is not known"


def _once(view: View, key: tuple[str, int | str], make: Callable[[View], T]) -> T:
    """Something read from documents: once for a run, where it hangs on no choice."""
    kept = _READ.setdefault(view.graph, {})
    if key not in kept:
        try:
            kept[key] = make(view.root)
        except Undecided:
            kept[key] = _HANGS_ON_A_CHOICE
    found = kept[key]
    return make(view) if found is _HANGS_ON_A_CHOICE else found


def statements_in(view: View, part: Part) -> list[Statement] | Unknown:
    """The statements of a policy part's own document, read in a view."""
    return _once(view, ("statements", id(part)), lambda view: statements(part.data.get("document"), reader(view), part.place))


def admits(view: View, node: Node, sender: Sender, action: str) -> Kleene:
    """Whether the policy of a queue or topic lets a service act on it. Of several, the one written last is in force."""
    if node.resource is None:
        return Unknown("", f"'{node.name}' is not declared in this run")
    parts = resource_policies(view, node.resource)
    if not parts:
        stray = stray_policies(view, node.kind, node.resource)
        return Unknown("", stray) if stray else False
    request = Request(action, arn_of(view, node), Principal(service=sender.service), service_context(sender))
    return texts.agreed([allows(group, request) for group in _by_writer(view, parts)])


def _by_writer(view: View, parts: Iterable[Part]) -> list[list[Statement] | Unknown]:
    """The statements that each resource writes; a bus's policy is made of many resources, each with a statement of its own."""
    found: dict[str, list[Statement] | Unknown] = {}
    for part in parts:
        added = statements_in(view, part)
        writer = "" if part.resource.type == "AWS::Events::EventBusPolicy" else part.resource.id
        before = found.get(writer, [])
        found[writer] = added if isinstance(added, Unknown) else before if isinstance(before, Unknown) else [*before, *added]
    return list(found.values())


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
    return both(answer, _same_qualifier(view, part, qualifier))


def _same_qualifier(view: View, part: Part, called: str) -> Kleene:
    written = text(view, part.data.get("qualifier"))
    if written is None:
        target = view.target(part, "function")
        written = target.qualifier if target is not None else ""
    if isinstance(written, str):
        return _latest(written) == _latest(called)
    return texts.equal(written, called) if called else Unknown("", "the permission's qualifier is not known")


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
    groups = _by_writer(view, resource_policies(view, key))
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
    groups = _by_writer(view, resource_policies(view, key))
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
    granted, bounded = _once(view, ("role", resource.id), lambda view: _documents(view, resource))
    answer: Kleene = False
    for request in requests:
        allowed = allows(granted, request)
        if allowed is not False and bounded is not None:
            allowed = both(allowed, allows(bounded, request))
        answer = either(answer, allowed)
        if answer is True:
            return True
    return answer


def _documents(view: View, role: Resource) -> tuple[list[Statement], list[Statement] | Unknown | None]:
    """All statements of a role's policies, and those of its permissions boundary (None without one)."""
    granted: list[Statement] = []
    bounded: list[Statement] | Unknown | None = None
    for part in view.policies(role.id):
        sort = part.data.get("policy")
        if part.kind != "policy" or sort not in ("identity", "managed", "boundary"):
            continue
        added = statements_in(view, part) if sort == "identity" else _managed(view, part)
        if sort == "boundary":
            bounded = added
        else:
            granted += [_not_known(part, added.reason)] if isinstance(added, Unknown) else added
    stray = stray_policies(view, role.type, role)
    if stray:
        granted.append(Statement(Place(role.properties), unknown=stray))
    return granted, bounded


def _not_known(part: Part, reason: str) -> Statement:
    """A policy of a role that is not known: it may allow anything, and is taken to deny nothing that others allow."""
    statement = Statement(part.place, unknown=reason or "a policy that is not known")
    statement.effect = "Allow"
    return statement


def _managed(view: View, part: Part) -> list[Statement] | Unknown:
    """The statements of a managed policy: one of the run, or one of AWS's that is known."""
    target = view.target(part, "managed")
    if target is not None and target.resource is not None:
        return statements(target.resource.get("PolicyDocument"), reader(view), part.place)
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
        answer = either(answer, texts.agreed([allows(group, asked) for group in _by_writer(view, parts)]))
    return answer


__all__ = [
    "NO_PATTERN", "USE_KEY", "Sender", "admits", "admits_role", "arn_of", "invocable", "key_admits", "key_of", "named_role", "reader", "resource_policies",
    "role_allows", "role_may_use_key", "service_context", "statements_in", "text",
]  # fmt: skip
