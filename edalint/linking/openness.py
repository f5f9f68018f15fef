"""Which sets of neighbours may have members that the run does not show.

A resource that leaves the run (an output, an export, an SSM parameter) can be used by anyone; an end that is unknown and
not known to be outside can be every resource of a fitting kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from edalint.hints import TYPE_CHECKING
from edalint.linking import arns
from edalint.model import texts
from edalint.model.graph import NODE_KINDS, End, EventGraph, Part, Target
from edalint.model.resources import Resource, Unit
from edalint.model.values import Ref, Unknown, Value, parts_of, refs_in, settled, text_of, walk

if TYPE_CHECKING:
    from edalint.iam.document import Entry, Statement
    from edalint.linking.ends import Ends
    from edalint.linking.names import Candidate

LEAVING = ("consumers", "senders", "subscribers", "rules", "async_callers")
"""The sets that are open where a resource leaves the run."""

MAKERS = ("Custom::", "AWS::CloudFormation::", "AWS::Serverless::Application")
"""Types that make anything of what they are given."""

OPENED: dict[tuple[str, str], tuple[str, ...]] = {
    ("poll", "source"): ("consumers",),
    ("match", "source"): ("rules",),
    ("deliver", "source"): ("subscribers",),
    ("deliver", "target"): ("senders", "async_callers"),
    ("publish", "source"): ("published_to",),
    ("publish", "target"): ("senders",),
    ("on-failure", "source"): ("on_failure",),
    ("on-failure", "target"): ("senders", "async_callers", "dead_letter_sources"),
    ("on-success", "target"): ("senders", "async_callers"),
    ("dead-letter", "source"): ("dead_letter",),
    ("dead-letter", "target"): ("dead_letter_sources",),
    ("run", "target"): ("callers", "async_callers"),
    ("invoke", "target"): ("callers",),
    ("enrich", "target"): ("callers",),
    ("scale", "source"): ("scaled",),
}
"""(kind of edge, which end is unknown) -> the sets of the nodes at that end that may have one member more."""


def open_kinds(graph: EventGraph, kind: str, which: str, end: End, resource: Resource) -> None:
    """Open the sets that an edge with an unknown end may belong to, on every kind that the end can be."""
    for name in OPENED.get((kind, which), ()):
        for node_kind in end.kinds:
            graph.open_kinds.setdefault((node_kind, name), f"'{resource.name}' may refer to it: what it names is not known")


def open_parts(graph: EventGraph, kind: str, owner: End, resource: Resource) -> None:
    """Open the set of parts (`archives`, `permissions` ...) of every node that a part of unknown owner may belong to."""
    for node_kind in owner.kinds:
        graph.open_kinds.setdefault((node_kind, f"{kind}s"), f"'{resource.name}' may belong to it: whose it is, is not known")


def open_sets_that_leave(graph: EventGraph, units: Sequence[Unit], ends: Ends) -> None:
    """Open the sets of every node that an output, an export or an SSM parameter hands to somebody outside."""
    for unit in units:
        for name, value in unit.outputs.items():
            _leaves(graph, ends, value, f"output '{name}' hands it out")
        for _, _, value in unit.exports:
            _leaves(graph, ends, value, "an export hands it out")
        for _, _, value in unit.ssm:
            _leaves(graph, ends, value, "an SSM parameter hands it out")
        for resource in unit.resources.values():
            if resource.type == "AWS::SSM::Parameter":
                _leaves(graph, ends, resource.properties.get("Value"), f"SSM parameter '{resource.name}' hands it out")


def open_sets_handed_over(graph: EventGraph, strangers: Sequence[Resource], ends: Ends) -> None:
    """Open the sets of every node that is handed to something of which we don't know what it does: code that makes resources, a machine's
    user data, a nested stack whose template is not in the run.
    """
    known_stacks = {id.rsplit("/", 1)[0] for id in graph.resources if "/" in id.rsplit("#", 1)[-1]}
    for resource in strangers:
        if resource.id not in known_stacks:
            _leaves(graph, ends, resource.properties, f"'{resource.name}' is given it")
            if resource.type.startswith(MAKERS) and any(isinstance(v, Unknown) and not v.outside for v in walk(resource.properties)):
                for kind, name in ((kind, name) for kind in NODE_KINDS for name in LEAVING):
                    graph.open_kinds.setdefault((kind, name), f"'{resource.name}' may be given it: what it is given is not known")


def _leaves(graph: EventGraph, ends: Ends, value: Value, why: str) -> None:
    if type(value) is str:
        return
    for ref in refs_in(value):
        direct = ends.direct(ref)
        for target in direct if direct is not None else ends.resolve(End(ref, ())).targets:
            if target.node is not None:
                for name in LEAVING:
                    graph.open_sets.setdefault((target.node.id, name), why)


def open_for_ambiguous(graph: EventGraph, kind: str, which: str, candidates: Sequence[Candidate], resource: Resource) -> None:
    """Open the sets of resources that have one name: the edge belongs to one of them, nobody knows to which."""
    why = f"'{resource.name}' names it or another resource of that name"
    for name in OPENED.get((kind, which), ()):
        for candidate in candidates:
            graph.open_sets.setdefault((candidate.resource.id, name), why)


ADMITTED: dict[str, tuple[str, str]] = {
    "sqs:sendmessage": ("queue", "senders"),
    "sqs:receivemessage": ("queue", "consumers"),
    "sns:publish": ("topic", "senders"),
    "sns:subscribe": ("topic", "subscribers"),
    "events:putevents": ("bus", "senders"),
    "events:putrule": ("bus", "rules"),
    "kinesis:putrecord": ("stream", "senders"),
    "kinesis:putrecords": ("stream", "senders"),
    "kinesis:getrecords": ("stream", "consumers"),
    "lambda:invokefunction": ("function", "async_callers"),
}
"""Action that a resource policy allows -> the kind that it is about, and the set that whoever is let in may belong to."""
RECEIVERS = frozenset({"consumers", "subscribers"})
"""Sets that a policy opens too where it names the account itself for them: other stacks have members."""
OWN_SOURCES = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceowner", "aws:principalaccount", "aws:principalarn"})
"""Condition keys that say who may: with them a `*` is not everybody. (An organisation is: other accounts are in it.)"""


def open_sets_by_policy(graph: EventGraph) -> None:
    """Open the sets of nodes whose resource policies let in another account, an organisation, or everybody, or may do so."""
    for part in graph.parts:
        if part.kind != "policy" or part.data.get("policy") != "resource":
            continue
        why = f"its policy '{part.resource.name}' lets others in"
        holders = part.targets.get("holder", [])
        nodes = [t.node for t in holders if t.node is not None]
        if nodes:
            for name in sorted(_admitted(graph, part, {n.kind for n in nodes})):
                for node in nodes:
                    graph.open_sets.setdefault((node.id, name), why)
        if any(_may_be_any(t) for t in holders):
            kinds = part.ends["holder"].kinds
            for name in sorted(_admitted(graph, part, set(kinds), anybody=True)):
                for kind in kinds:
                    graph.open_kinds.setdefault((kind, name), f"policy '{part.resource.name}' may be its policy")


def _may_be_any(target: Target) -> bool:
    """Whether what a policy is set on is not known, and may be every resource of the run."""
    from edalint.linking.ends import outside

    return target.node is None and target.resource is None and not outside(target.value)


def _admitted(graph: EventGraph, part: Part, kinds: set[str], *, anybody: bool = False) -> set[str]:
    """The sets that a policy opens: for others, or (with `anybody`) for whoever it names."""
    from edalint.iam.document import read_once

    found = read_once(part.data.get("document"), graph.documents)
    if isinstance(found, Unknown):
        return {name for kind, name in ADMITTED.values() if kind in kinds}
    opened: set[str] = set()
    for statement in found:
        if statement.unknown or isinstance(statement.effect, Unknown):
            return {name for kind, name in ADMITTED.values() if kind in kinds}
        if statement.effect != "Allow" or statement.principals is None:
            continue
        others = anybody or _lets_others_in(statement, part.resource.unit)
        invited = not others and _invites_account(statement, part.resource.unit)
        for entry in statement.actions or ():
            if others or isinstance(settled(entry.value), Unknown):
                allowed = [v for action, v in ADMITTED.items() if texts.wildcard(_lower(entry.value), action) is not False]
                opened.update(name for kind, name in allowed if kind in kinds)
            elif invited:
                kind, name = ADMITTED.get(_lower(entry.value) if isinstance(entry.value, str) else "", ("", ""))
                opened.update({name} if kind in kinds and name in RECEIVERS else ())
    return opened


def _lets_others_in(statement: Statement, unit: Unit) -> bool:
    if isinstance(statement.conditions, Unknown):
        return True
    narrowed = any(test.key in OWN_SOURCES for test in statement.conditions)
    return any(_is_other(entry, unit, narrowed=narrowed) for entry in statement.principals or ())


def _invites_account(statement: Statement, unit: Unit) -> bool:
    """Whether it names the whole account: what an action of it allows anyway, it says because somebody in another stack is to do it."""
    return any(_is_account(entry, unit) for entry in statement.principals or ())


def _is_account(principal: Entry, unit: Unit) -> bool:
    value = settled(principal.value)
    if principal.kind == "AWS" and arns.is_arn(value):
        return bool(arns.fields(value, ":")[-1] == "root")
    return principal.kind == "AWS" and bool(value == "*" or value == settled(unit.account))


def _is_other(principal: Entry, unit: Unit, *, narrowed: bool) -> bool:
    """Whether a principal is somebody outside the account."""
    value = settled(principal.value)
    if principal.kind not in ("*", "AWS"):
        return False
    if value == "*":
        return not narrowed
    if isinstance(value, Ref):
        return False
    if isinstance(value, Unknown):
        return value.symbol != OWN_ACCOUNT
    account: Value = value
    if arns.is_arn(value):
        fields = arns.fields(value, ":")
        account = fields[4] if len(fields) > 4 else value
    account = settled(account)
    if isinstance(account, Unknown):
        return account.symbol != OWN_ACCOUNT
    return not (isinstance(account, str) and account == settled(unit.account))


OWN_ACCOUNT = "AWS::AccountId"


def _lower(value: Value) -> Value:
    if type(value) is str:
        return value.lower()
    return text_of(p.lower() if isinstance(p, str) else p for p in parts_of(value))
