"""Policy documents as a view reads them: references as text, alternatives decided, each parsed once where it hangs on no choice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import is_

from edalint.facts.view import View
from edalint.iam.decision import covers
from edalint.iam.document import Statement, read_once, statements
from edalint.model.graph import Node, Part
from edalint.model.lazy import pattern
from edalint.model.resources import Resource
from edalint.model.values import Ref, Text, Unknown, Value, refs_in, text_of, walk
from edalint.services import registry
from edalint.services.identity import expand, shape_of

NO_PATTERN = Unknown("", "an ARN of which nothing is known", excludes="*?")
_ELSEWHERE = pattern(r"^arn:aws-[a-z-]+:")
_HERE = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}


def reader(view: View) -> Callable[[Value], Value]:
    """How documents are read in a view: alternatives decided, references as text, partitions as one."""

    resources = view.graph.resources

    def read(value: Value) -> Value:
        if type(value) is str:
            return one_partition(value) if value.startswith("arn:aws-") else value
        value = view.value(value)
        if isinstance(value, (Ref, Text)):
            value = view.value(expand(value, resources))
        return one_partition(value) if isinstance(value, (str, Text)) else value

    return read


def one_partition(value: Value) -> Value:
    """A text as it is in the partition `aws`: who is let in does not hang on the partition that a stack is deployed in."""
    if isinstance(value, str):
        return _ELSEWHERE.sub("arn:aws:", value) if value.startswith("arn:aws-") else value
    if not isinstance(value, Text):
        return value
    parts = [one_partition(p) if isinstance(p, str) else _HERE.get(p.symbol, p) if isinstance(p, Unknown) else p for p in value.parts]
    return value if all(map(is_, parts, value.parts)) else text_of(parts)


def text(view: View, value: Value) -> Value:
    """A value as text in a view: alternatives decided, references as what they give."""
    return reader(view)(value)


def arn_of(view: View, node: Node | Resource) -> Value:
    """The ARN of a resource of the run."""
    resource = node.resource if isinstance(node, Node) else node
    if resource is None:
        return Unknown("", "it is not declared in this run")
    found: Value = view.once(("arn", resource.id), lambda view: one_partition(view.value(shape_of(resource, "arn", view.graph.resources))))
    return found


def resource_policies(view: View, resource: Resource) -> list[Part]:
    """The policies that are set on a queue, topic, bus, key or stream itself."""
    return [p for p in view.policies(resource.id) if p.kind == "policy" and p.data.get("policy") == "resource"]


_CODE = ("Custom::", "AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Stack", "AWS::Serverless::Application")
"""Types whose content the run may not see: what they are handed, they may set a policy of."""
_HARMLESS = ("Custom::LogRetention", "Custom::S3AutoDeleteObjects", "Custom::CDKBucketDeployment", "Custom::VpcRestrictDefaultSG")
"""Custom resources of the CDK whose code sets no policies."""
ANYTHING = ""
"""What is handed on where that is not known."""


def handed_on(view: View, resource: Resource) -> str:
    """Why code or a stack that the run can't see may let others in to a resource; empty where none is handed it."""
    handed: dict[str, list[Resource]] = view.once(("handed on",), _handed)
    for other in (*handed.get(resource.id, ()), *handed.get(ANYTHING, ())):
        if view.holds(other.when):
            return f"'{other.name}' is handed '{resource.name}' and may let others in"
    return ""


def _handed(view: View) -> dict[str, list[Resource]]:
    """Id of a resource -> what code and stacks that the run can't see are handed it."""
    from bisect import bisect_left

    handed: dict[str, list[Resource]] = {}
    resources = view.graph.resources
    ids = sorted(resources)
    for other in resources.values():
        if other.type.startswith(_CODE) and other.type not in _HARMLESS and not registry.DECLARES.get(other.type):
            following = bisect_left(ids, f"{other.id}/")
            if following < len(ids) and ids[following].startswith(f"{other.id}/"):
                continue  # what is inside it is in this run
            given = [value for name, value in other.properties.items() if name != "ServiceToken"]
            for ref in refs_in(given):
                handed.setdefault(ref.id, []).append(other)
            if any(isinstance(value, Unknown) and not value.outside for value in walk(given)):
                handed.setdefault(ANYTHING, []).append(other)
    return handed


def stray_policies(view: View, kind: str, resource: Resource | None = None) -> str:
    """Why a resource (or any of its kind) may have a policy that the run can't see; empty where it can't."""
    strays: dict[str, list[tuple[Part, Value]]] = view.once(("stray policies",), _strays)
    for asker, value in strays.get(kind, ()):
        if view.holds(asker.when):
            return f"'{asker.resource.name}' is a policy of something that is not known ({_reason(value)})"
    return handed_on(view, resource) if resource is not None else ""


def _strays(view: View) -> dict[str, list[tuple[Part, Value]]]:
    """Kind -> the policies whose holder is not known and may be of that kind."""
    found: dict[str, list[tuple[Part, Value]]] = {}
    for asker, end, value in view.graph.unresolved:
        if isinstance(asker, Part) and asker.kind in ("policy", "permission") and end in ("holder", "function"):
            for kind in asker.ends[end].kinds:
                found.setdefault(kind, []).append((asker, value))
    return found


def _reason(value: Value) -> str:
    return value.reason or value.symbol if isinstance(value, Unknown) else "a name that is not known"


def statements_in(view: View, part: Part) -> list[Statement] | Unknown:
    """The statements of a policy part's own document, read in a view."""
    found: list[Statement] | Unknown = view.once(
        ("statements", id(part)), lambda view: statements(part.data.get("document"), reader(view), part.place)
    )
    return found


def may_be_about(view: View, document: Value, action: str) -> bool:
    """Whether a document of the run says something of an action in any alternative: told from what is written, so that nothing is decided
    and one that says nothing of it is not read.
    """
    written = read_once(document, view.graph.documents)
    return isinstance(written, Unknown) or any(s.unknown or covers(s, action) is not False for s in written)


def by_writer(view: View, parts: Iterable[Part]) -> list[list[Statement] | Unknown]:
    """The statements that each resource writes; a bus's policy is made of many resources, each with a statement of its own."""
    found: dict[str, list[Statement] | Unknown] = {}
    for part in parts:
        added = statements_in(view, part)
        writer = "" if part.resource.type == "AWS::Events::EventBusPolicy" else part.resource.id
        before = found.get(writer, [])
        found[writer] = added if isinstance(added, Unknown) else before if isinstance(before, Unknown) else [*before, *added]
    return list(found.values())
