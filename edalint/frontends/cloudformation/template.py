"""A template becomes a unit: its resources with every intrinsic function resolved, its outputs and exports."""

from __future__ import annotations

from collections.abc import Mapping

from edalint.frontends.cloudformation.attachments import ATTACHMENTS, complete
from edalint.frontends.cloudformation.conditions import Conditions
from edalint.frontends.cloudformation.intrinsics import STACKS, Resolver
from edalint.frontends.cloudformation.parameters import MISSING, Given, Parameters
from edalint.frontends.cloudformation.scope import Opaque, Scope
from edalint.frontends.context import Context
from edalint.hints import Any
from edalint.model.conditions import Condition, both, negation, satisfiable
from edalint.model.graph import Place
from edalint.model.locations import Document
from edalint.model.resources import Resource, Unit
from edalint.model.values import Map, one_of

SAM_TRANSFORM = "AWS::Serverless-2016-10-31"
SAM_PREFIX = "AWS::Serverless::"
MARK = "__sam__"
"""Key that expanded resources carry; see `sam.expand`."""


def load_template(
    document: Document,
    unit_path: str,
    scopes: tuple[str, ...],
    context: Context,
    parameters: Mapping[str, Any] | None = None,
    *,
    region: str | None = None,
    account: str | None = None,
) -> Unit:
    """The unit of a root template. Parameters, region and account are those given here, else those of the run."""
    unit = Unit(unit_path, "cloudformation", scopes)
    unit.region = region or context.region or unit.region
    unit.account = account or context.account or unit.account
    values = {**context.parameters, **(parameters or {})}
    scope = Scope(unit, document, context)
    try:
        enter(scope, lambda name: values.get(name, MISSING))
        add_resources(scope)
        add_outputs(scope)
        for name in scope.parameters.declared:
            unit.parameters[name] = scope.parameters.value(name)
    except RecursionError:  # templates in templates, each as deep as one may be
        context.diagnose(None, f"{document.path} is nested too deep to be read", "too-deep", "error", document.path)
    return unit


def enter(scope: Scope, given: Given) -> None:
    """Make a scope ready to resolve: parameters, loops and includes, SAM, conditions."""
    scope.unit.documents.append(scope.document)
    _report_duplicates(scope)
    scope.parameters = Parameters(scope, given)
    scope.conditions = Conditions(scope)
    scope.resolve = Resolver(scope)
    written = scope.template
    if "Fn::ForEach" in scope.document.text or "AWS::Include" in scope.document.text:
        from edalint.frontends.cloudformation import loops

        loops.expand(scope)
    if _is_sam(scope.template):
        from edalint.frontends.cloudformation import sam

        def diagnose(message: str, place: Place | None = None) -> None:
            scope.diagnose(message, "sam", place.map if place else None, place.key if place else None)

        scope.template = sam.expand(scope.template, diagnose)
    if scope.template is not written:
        scope.parameters.declared = scope.section("Parameters")
        scope.conditions = Conditions(scope)
        scope.resolve = Resolver(scope)
    if "Fn::Transform" in scope.resolve.resources and not isinstance(scope.resolve.resources, Opaque):
        scope.resolve.resources = Opaque(scope.resolve.resources, scope.resolve.resources)


def _is_sam(template: Map) -> bool:
    transform = template.get("Transform")
    if SAM_TRANSFORM in (transform if isinstance(transform, list) else [transform]):
        return True
    resources = template.get("Resources")
    for resource in resources.values() if isinstance(resources, dict) else ():
        type = resource.get("Type") if isinstance(resource, dict) else None
        if isinstance(type, str) and type.startswith(SAM_PREFIX):
            return True
    return False


def _report_duplicates(scope: Scope) -> None:
    for at, key in scope.document.duplicates:
        scope.diagnose(f"{key} is written twice here; the last one counts", "duplicate-key", at, key)


def add_resources(scope: Scope) -> None:
    """Add every resource that can exist to the unit."""
    for name, raw in scope.resolve.resources.items():
        if not isinstance(raw, Map):
            scope.diagnose(f"resource {name} must be a mapping", "wrong-shape", scope.resolve.resources, name)
        elif not isinstance(raw.get("Type"), str):
            if name == "Fn::Transform":
                scope.resolve.transform(raw, scope.resolve.resources)
            else:
                scope.diagnose(f"resource {name} has no Type", "wrong-shape", scope.resolve.resources, name)
        else:
            _add_resource(scope, name, raw)


def _add_resource(scope: Scope, name: str, raw: Map) -> None:
    when = both(scope.when, existence(scope, raw))
    if not satisfiable(when):
        return
    written = raw.get("Properties")
    properties = scope.resolve(written) if isinstance(written, Map) else None
    if not isinstance(properties, Map):
        if written is not None:
            scope.diagnose(f"the properties of {name} are no mapping that can be read", "wrong-shape", raw, "Properties")
        properties = raw.like(()) if written is None else Opaque((), raw)
    elif raw["Type"] in ATTACHMENTS:
        properties = complete(raw["Type"], properties, scope)
    made_of = raw.get(MARK)
    made_of = made_of if isinstance(made_of, dict) else {}
    metadata = raw.get("Metadata")
    resource = Resource(
        scope.unit,
        scope.prefix + name,
        raw["Type"],
        properties,
        when=when,
        written=_as_written(raw, made_of.get("place")),
        key_map=scope.resolve.resources,
        source_type=str(made_of.get("source_type") or ""),
        metadata=metadata if isinstance(metadata, Map) else None,
        generated=made_of.get("generated") is True,
    )
    depends = raw.get("DependsOn")
    if depends is not None:
        names = depends if isinstance(depends, list) else [depends]
        resource.depends_on = tuple(scope.prefix + n for n in names if isinstance(n, str))
    resource.document = scope.document
    scope.unit.resources[resource.address] = resource
    if resource.type == "AWS::SSM::Parameter":
        scope.unit.ssm.append((when, properties.get("Name"), properties.get("Value")))
    elif resource.type in STACKS:
        scope.nested.add_resources(name, when)


def _as_written(raw: Map, place: Any) -> Map:
    """The resource before SAM's expansion, where the text has it."""
    if isinstance(place, Place) and place.map is not None and place.key is not None:
        found = place.map.get(place.key)
        if isinstance(found, Map):
            return found
    return raw


def existence(scope: Scope, raw: Map) -> Condition:
    """In which alternatives what carries a `Condition` exists."""
    if "Condition" not in raw:
        return True
    return scope.conditions.named(raw["Condition"], raw, "Condition")


def add_outputs(scope: Scope) -> None:
    """Outputs of the unit, where this is its root template, and exports of either."""
    for name, raw in scope.section("Outputs").items():
        if not isinstance(raw, Map):
            scope.diagnose(f"output {name} must be a mapping", "wrong-shape", scope.section("Outputs"), name)
            continue
        when = both(scope.when, existence(scope, raw))
        if not satisfiable(when):
            continue
        value = scope.resolve(raw.get("Value"))
        if scope.parent is None:
            scope.unit.outputs[name] = one_of([(when, value), (negation(when), None)])
        export = raw.get("Export")
        if isinstance(export, Map) and "Name" in export:
            scope.unit.exports.append((when, scope.resolve(export["Name"]), value))
