"""`Globals`: properties that every resource of a type takes over (maps merge, lists join, other values are overridden).

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

from edalint.frontends.cloudformation.sam.shapes import Composed, is_intrinsic, plain
from edalint.hints import Any
from edalint.model.values import Map

PREFIX = "AWS::Serverless::"
NEVER = {"Function": frozenset({"Role", "Policies", "FunctionName", "Events"}), "Api": frozenset({"DefinitionBody", "StageName"})}
"""What Globals may not hold for a type; SAM refuses it."""
REPLACED = frozenset({"Architectures"})
"""Lists that are overridden, not joined."""


def applied(template: Map, written: Map) -> dict[str, Any]:
    """The template's resources, each Serverless one with what Globals says for its type."""
    sections = plain(template.get("Globals"))
    resources: dict[str, Any] = dict(written)
    if not sections:
        return resources
    for id, resource in written.items():
        kind = resource.get("Type") if isinstance(resource, Map) else None
        if isinstance(kind, str) and kind.startswith(PREFIX):
            resources[id] = with_globals(sections, kind[len(PREFIX) :], resource)
    return resources


def with_globals(sections: Map, kind: str, resource: Map) -> Map:
    """A resource of a type (without prefix) with what Globals says for it."""
    shared = plain(sections.get(kind))
    ignored = resource.get("IgnoreGlobals")
    if not shared or ignored == "*":
        return resource
    left_out = NEVER.get(kind, frozenset()) | frozenset(i for i in (ignored if isinstance(ignored, list) else ()) if isinstance(i, str))
    if left_out & shared.keys():
        shared = shared.like({key: value for key, value in shared.items() if key not in left_out})
    own = resource.get("Properties")
    if own is None:
        return resource.like({**resource, "Properties": shared})
    return resource.like({**resource, "Properties": _merged(shared, own)})


def _merged(shared: Any, own: Any) -> Any:
    if isinstance(shared, list) and isinstance(own, list):
        return [*shared, *own]
    if not (isinstance(shared, Map) and isinstance(own, Map)) or is_intrinsic(shared) or is_intrinsic(own):
        return own
    items = dict(own)
    origins: dict[str, tuple[Map, str | None]] = {}
    for key, value in shared.items():
        if key not in own:
            items[key] = value
            origins[key] = (shared, key)
        elif key not in REPLACED:
            items[key] = _merged(value, own[key])
    return Composed(items, own, origins)
