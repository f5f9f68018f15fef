"""Plans and states as JSON: `terraform show -json`, and state files of version 4. OpenTofu writes the same.

A plan says what will be; what is known only after apply is looked up in `configuration`, which lists what each
expression refers to, though not how. A state is all values: a text that is another resource's ARN or URL is that resource.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from edalint.frontends.context import Context, Unreadable
from edalint.frontends.terraform.addresses import without_keys
from edalint.frontends.terraform.blocks import quoted_key
from edalint.frontends.terraform.configuration import Configuration
from edalint.frontends.terraform.module import has_configuration
from edalint.hints import Any
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, Unit
from edalint.model.values import Map, Ref, Unknown, Value, refs_in
from edalint.sources.discovery import Source
from edalint.sources.problem import SyntaxProblem
from edalint.sources.reader import read

FORMATS = ("0", "1")
"""Major versions of `format_version` that are read (https://developer.hashicorp.com/terraform/internals/json-format)."""
STATE_VERSION = 4
IDENTITIES = ("arn", "url", "stream_arn", "invoke_arn", "qualified_arn", "id")
"""Attributes whose text means their resource wherever it stands."""
POINTERS = frozenset({"aws_cloudwatch_event_target"})
"""Types whose `arn` is an argument that names something else."""
ECHOES: tuple[tuple[str, str, str], ...] = (
    ("aws_sqs_queue", "policy", "aws_sqs_queue_policy"),
    ("aws_sqs_queue", "redrive_policy", "aws_sqs_queue_redrive_policy"),
    ("aws_sqs_queue", "redrive_allow_policy", "aws_sqs_queue_redrive_allow_policy"),
    ("aws_sns_topic", "policy", "aws_sns_topic_policy"),
    ("aws_s3_bucket", "policy", "aws_s3_bucket_policy"),
    ("aws_kms_key", "policy", "aws_kms_key_policy"),
)
"""Attributes in which the provider reads back what a resource of its own has written: type, attribute, type of that resource."""


class Planned(NamedTuple):
    """One resource of a plan or state."""

    address: str
    type: str
    values: Map
    unknown: Any
    """What of it is known only after apply: True, or the same structure with True at the leaves."""
    holder: Map
    """Where it is written."""


def load_json(source: Source, context: Context) -> Unit | None:
    """The unit of a plan or state; None where it can't be read (a diagnostic says so)."""
    context.admit(source.path.parent)
    try:
        document = read(source.display, source.text) if source.text is not None else context.read(source.path)
    except SyntaxProblem as problem:
        context.diagnose_syntax(problem)
        return None
    except Unreadable as problem:
        context.diagnose(None, problem.message, problem.code, "error", path=source.display)
        return None
    root = document.root
    if not isinstance(root, Map):
        context.diagnose(None, "neither a plan nor a state of Terraform", "not-a-plan", "error", path=source.display)
        return None
    refused = _refused(root, source)
    if refused:
        context.diagnose(None, refused, "format-version", "error", path=source.display)
        return None
    is_plan = root.get("planned_values") is not None or root.get("resource_changes") is not None
    if not is_plan and not source.named and has_configuration(source.path.parent):
        return None  # what is deployed; the HCL beside it says what is meant to be
    unit = Unit(source.display, source.kind, (source.display, PurePosixPath(source.display).parent.as_posix()))
    unit.documents = [document]
    if context.account:
        unit.account = context.account
    if is_plan:
        _Plan(unit, root, context).fill()
    else:
        _State(unit, root, context).fill()
    return unit


def _refused(root: Map, source: Source) -> str:
    """Why a file's version is not read; empty where it is."""
    version = root.get("format_version")
    if isinstance(version, str):
        if version.split(".")[0] not in FORMATS:
            return f"format version {version} is not known to this edalint (it reads 0.x and 1.x); an older Terraform's `show -json`, or a newer edalint, goes on"
        return ""
    state = root.get("version")
    if state == STATE_VERSION:
        return ""
    if isinstance(state, int):
        return f"a state file of version {state}; run `terraform show -json > state.json` with Terraform 0.12 or later and name state.json"
    return f"no format_version: write it with `terraform show -json`, not by hand ({source.path.name})"


class _Reader:
    def __init__(self, unit: Unit, root: Map, context: Context) -> None:
        self.unit = unit
        self.root = root
        self.context = context
        self.planned: list[Planned] = []
        self.owners: dict[str, Ref] = {}
        """Text of an ARN or URL -> the resource whose it is."""

    def id(self, address: str) -> str:
        return f"{self.unit.path}#{address}"

    def add_owners(self) -> None:
        for planned in self.planned:
            for name in IDENTITIES if planned.type not in POINTERS else ():
                value = planned.values.get(name)
                if isinstance(value, str) and value.startswith(("arn:", "http:", "https:")):
                    self.owners.setdefault(value, Ref(self.id(planned.address), name))

    def without_echoes(self, is_written: Callable[[str, str], bool]) -> None:
        """Take out what only repeats another resource; what is written once must not look written twice."""
        writers = {(p.type, ref.id) for p in self.planned for ref in refs_in(self.unit.resources[p.address].properties)}
        for resource in self.unit.resources.values():
            for type, attribute, writer in ECHOES:
                if (
                    resource.type == type
                    and attribute in resource.properties
                    and (writer, resource.id) in writers
                    and not is_written(resource.address, attribute)
                ):
                    properties = resource.properties
                    resource.properties = properties.like((k, v) for k, v in properties.items() if k != attribute)

    def add(self, planned: Planned, properties: Map, siblings: tuple[str, ...]) -> None:
        resource = Resource(self.unit, planned.address, planned.type, properties)
        resource.instances = siblings
        self.unit.resources[planned.address] = resource

    def siblings(self) -> dict[str, tuple[str, ...]]:
        """Address -> the addresses of all instances of its block (in every instance of its module), where there are several or keys."""
        groups: dict[str, list[str]] = {}
        for planned in self.planned:
            groups.setdefault(without_keys(planned.address), []).append(planned.address)
        return {a: tuple(group) for block, group in groups.items() for a in group if group != [block]}

    def known(self, value: Value, address: str) -> Value:
        """A value of the file, with the texts that mean other resources as references to them."""
        if isinstance(value, str):
            owner = self.owners.get(value)
            return owner if owner is not None and owner.id != self.id(address) else value
        if isinstance(value, Map):
            return value.like((k, self.known(v, address)) for k, v in value.items())
        return [self.known(v, address) for v in value] if isinstance(value, list) else value


def _module_resources(module: Any) -> Iterator[Map]:
    """The resources of a module of `planned_values` or `values`, and of those inside it."""
    stack = [module]
    while stack:
        current = stack.pop()
        if not isinstance(current, Map):
            continue
        resources = current.get("resources")
        for resource in resources if isinstance(resources, list) else ():
            if isinstance(resource, Map) and isinstance(resource.get("address"), str) and isinstance(resource.get("type"), str):
                yield resource
        children = current.get("child_modules")
        stack.extend(reversed(children) if isinstance(children, list) else ())


def _get(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, Map) else None
    return value


def empty(value: Value) -> bool:
    """Whether a value is what the provider writes for an argument that is not set."""
    return value is None or value in ("", [], {})


class _Plan(_Reader):
    blanked = False
    """Whether somebody took texts out of the plan by hand: no resource has an empty ARN."""

    def fill(self) -> None:
        changes = self.root.get("resource_changes")
        unknown: dict[str, Any] = {}
        for change in changes if isinstance(changes, list) else ():
            if isinstance(change, Map) and isinstance(change.get("address"), str):
                unknown[change["address"]] = _get(change, "change", "after_unknown")
        for resource in _module_resources(_get(self.root, "planned_values", "root_module")):
            if resource.get("mode") == "managed":
                values = resource.get("values")
                address = resource["address"]
                self.planned.append(
                    Planned(
                        address, resource["type"], values if isinstance(values, Map) else resource.like(()), unknown.get(address), resource
                    )
                )
        self.add_owners()
        self.blanked = any(p.values.get(name) == "" for p in self.planned for name in ("arn", "id"))
        configuration = Configuration(self.root.get("configuration"), [p.address for p in self.planned], self.unit.path)
        configuration.values = {p.address: p.values for p in self.planned}
        region = configuration.region()
        self.unit.region = self.context.region or region or self.unit.region
        siblings = self.siblings()
        given = self.root.get("variables")
        if isinstance(given, Map):
            self.unit.parameters = given.like((k, v.get("value") if isinstance(v, Map) else v) for k, v in given.items())
        written = _beside(self)
        for planned in self.planned:
            properties = self.properties(planned, configuration)
            if written is not None:
                properties = written.placed(planned.address, properties)
            self.add(planned, properties, siblings.get(planned.address, ()))
        self.without_echoes(lambda address, attribute: attribute in configuration.expressions(address))
        self.outputs(configuration)

    def properties(self, planned: Planned, configuration: Configuration) -> Map:
        """What the resource will be: known values, references where only those are known, unknown otherwise."""
        expressions = configuration.expressions(planned.address)
        made = self.block(planned.values, planned.unknown, expressions, planned.address, configuration)
        return made if made.document is not None else planned.holder.like(made)

    def block(self, values: Map, unknown: Any, expressions: Any, address: str, configuration: Configuration) -> Map:
        written = expressions if isinstance(expressions, Map) else Map()
        names = [*values, *(k for k in written if k not in values)]
        made: list[tuple[str, Value]] = []
        for name in names:
            value = self.value(
                name,
                values.get(name),
                unknown.get(name) if isinstance(unknown, Map) else None if name in values else True,
                written.get(name),
                address,
                configuration,
            )
            if value is not None and not (isinstance(value, (str, list, dict)) and empty(value)):
                made.append((name, value))
        return values.like(made)

    def value(self, name: str, value: Value, unknown: Any, expression: Any, address: str, configuration: Configuration) -> Value:
        if isinstance(value, list) and value and all(isinstance(v, Map) for v in value):
            hidden = unknown if isinstance(unknown, list) else []
            inner = expression if isinstance(expression, list) else [expression]
            return [
                self.block(
                    v, hidden[i] if i < len(hidden) else None, inner[min(i, len(inner) - 1)] if inner else None, address, configuration
                )
                for i, v in enumerate(value)
            ]
        if isinstance(expression, list) and empty(value):  # nested blocks whose values nobody knows
            return [self.block(Map(), True, e, address, configuration) for e in expression if isinstance(e, Map)]
        if empty(value):
            if not isinstance(expression, Map):
                return value  # computed, and nobody sets it
            if "constant_value" in expression:
                return expression["constant_value"]
            if unknown is not True and not (value == "" and self.blanked and expression.get("references")):
                return None  # known to be unset
            return configuration.resolve(name, expression, address)
        if isinstance(value, str) and isinstance(expression, Map):
            referred = configuration.same_text(value, expression, address)
            if referred is not None:
                return referred
        return self.known(value, address)

    def outputs(self, configuration: Configuration) -> None:
        declared = _get(self.root, "planned_values", "outputs")
        expressions = _get(self.root, "configuration", "root_module", "outputs")
        for name, output in declared.items() if isinstance(declared, Map) else ():
            expression = _get(expressions, name, "expression")
            value = output.get("value") if isinstance(output, Map) else None
            refs: list[Value] = [Ref(r.id, r.attribute or "id") for r in configuration.refs(expression, "")]
            self.unit.outputs[name] = refs or self.known(value, "")


class _State(_Reader):
    def fill(self) -> None:
        if self.root.get("version") == STATE_VERSION and not isinstance(self.root.get("values"), Map):
            self.planned = list(self.raw())
            outputs = self.root.get("outputs")
        else:
            for resource in _module_resources(_get(self.root, "values", "root_module")):
                values = resource.get("values")
                if resource.get("mode") == "managed" and isinstance(values, Map):
                    self.planned.append(Planned(resource["address"], resource["type"], values, None, resource))
            outputs = _get(self.root, "values", "outputs")
        self.unit.kind = "terraform-state"
        self.add_owners()
        siblings = self.siblings()
        for planned in self.planned:
            values = planned.values.like(
                (k, self.known(v, planned.address))
                for k, v in planned.values.items()
                if not empty(v) and not (k in IDENTITIES and self.is_own(v, planned.address))
            )
            self.add(planned, values, siblings.get(planned.address, ()))
        self.without_echoes(lambda address, attribute: False)
        if isinstance(outputs, Map):
            for name, output in outputs.items():
                self.unit.outputs[name] = self.known(_get(output, "value"), "")
        if self.context.region:
            self.unit.region = self.context.region

    def is_own(self, value: Value, address: str) -> bool:
        owner = self.owners.get(value) if isinstance(value, str) else None
        return owner is not None and owner.id == self.id(address)

    def raw(self) -> Iterator[Planned]:
        """The resources of a state file of version 4."""
        resources = self.root.get("resources")
        for resource in resources if isinstance(resources, list) else ():
            if not isinstance(resource, Map) or resource.get("mode") != "managed":
                continue
            block = f"{resource.get('type')}.{resource.get('name')}"
            module = resource.get("module")
            prefix = f"{module}." if isinstance(module, str) and module else ""
            instances = resource.get("instances")
            for instance in instances if isinstance(instances, list) else ():
                attributes = instance.get("attributes") if isinstance(instance, Map) else None
                if isinstance(attributes, Map):
                    key = instance.get("index_key")
                    shown = quoted_key(key) if isinstance(key, (int, str)) else ""
                    yield Planned(f"{prefix}{block}{shown}", str(resource.get("type")), attributes, None, resource)


def _beside(reader: _Reader) -> Any:
    """The HCL in the plan's folder; None where there is none."""
    from edalint.frontends.terraform.positions import beside

    path = reader.context.root / reader.unit.documents[0].path
    return beside(path, reader.context, reader.unit, [p.address for p in reader.planned], dict(reader.unit.parameters))


__all__ = ["Unknown", "load_json"]
