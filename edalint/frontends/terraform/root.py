"""A root module's folder to a unit: variables given, providers, every resource of every module that is there."""

from __future__ import annotations

from pathlib import Path

from edalint.frontends.context import Context
from edalint.frontends.terraform.blocks import ignored_changes
from edalint.frontends.terraform.config import Loader, ModuleConfig
from edalint.frontends.terraform.expressions import MAX_STEPS, Scope, evaluate
from edalint.frontends.terraform.hidden import Finisher, Lazy
from edalint.frontends.terraform.module import Module, ResourceInstance, Run
from edalint.frontends.terraform.nodes import Expression
from edalint.hints import Any
from edalint.model.resources import Resource, Unit
from edalint.model.values import Map, Unknown, Value, settled
from edalint.sources import files
from edalint.sources.discovery import Source

PASSES = 3
"""A variable's literals are known after one pass; what hangs on them may compare it with more."""


def load_root(source: Source, context: Context) -> Unit | None:
    """The unit of a root module; None where it can't be read (a diagnostic says so)."""
    context.admit(source.path)
    loader = Loader(context)
    config = loader.load(source.path)
    if config is None:
        return None
    given = given_values(config, source.path, context, loader)
    compared: dict[str, dict[Any, None]] = {}
    for _ in range(PASSES):
        before = {k: len(v) for k, v in compared.items()}
        run = Run(context, _unit(source), source.path, loader)
        run.compared = compared
        unit = evaluate_root(run, config, given)
        if {k: len(v) for k, v in compared.items()} == before:
            break
    return unit


def _unit(source: Source) -> Unit:
    folder = source.display
    return Unit(folder, "terraform", (folder, str(Path(folder).parent.as_posix())))


def evaluate_root(run: Run, config: ModuleConfig, given: dict[str, Value]) -> Unit:
    """The run's unit, filled with every resource of the root and its modules."""
    unit, context = run.unit, run.context
    root = Module(run, config)
    root._memo["given",] = given
    if context.account:
        unit.account = context.account
    if context.region:
        unit.region = context.region
    elif not isinstance(unit.region, str):
        unit.region = _region(root)
    unit.backend = _backend(root)
    groups: dict[int, list[str]] = {}
    for module in _modules(root):
        unit.documents += [d for d in module.config.documents if all(d is not known for known in unit.documents)]
        for (type, name), block in module.config.resources.items():
            for instance in module.instances(type, name):
                unit.resources[instance.address] = _resource(unit, instance)
                groups.setdefault(id(block), []).append(instance.address)
    for addresses in groups.values():
        if len(addresses) > 1 or "[" in addresses[0]:
            for address in addresses:
                unit.resources[address].instances = tuple(addresses)
    finisher = Finisher(True, unit.lookups)
    for name in config.outputs:
        value = root.attribute(name)
        unit.outputs[name] = finisher.finish(whole(value) if isinstance(value, Lazy) else value)
    unit.outputs.update(run.unread)
    if run.steps > MAX_STEPS:
        context.diagnose(None, "the configuration is too large to evaluate, so some of its values are unknown", "too-large", path=unit.path)
    unit.parameters = Map((name, finisher.finish(root.variable(name))) for name in config.variables)
    return unit


def whole(value: Lazy) -> Value:
    """What an output that is a whole object hands out: all that a module gives, or the resource."""
    if isinstance(value, Module):
        return [whole(v) if isinstance(v, Lazy) else v for v in (value.attribute(name) for name in value.config.outputs)]
    return value.plain()


def _modules(module: Module) -> list[Module]:
    """The module and all that it calls, outermost first."""
    found = [module]
    for name in module.config.calls:
        for called in module.modules(name):
            found += _modules(called)
    return found


def _resource(unit: Unit, instance: ResourceInstance) -> Resource:
    properties = instance.properties()
    resource = Resource(unit, instance.address, instance.type, properties, when=instance.when)
    ignored = ignored_changes(instance.block)
    if ignored:
        resource.metadata = Map({"ignore_changes": ignored})
    return resource


def _region(root: Module) -> Value:
    """The region of the provider without alias."""
    for block in root.config.providers:
        if block.labels == ("aws",) and "alias" not in block.body.arguments:
            expression = block.body.expression("region")
            value = settled(evaluate(expression, root.scope)) if expression is not None else None
            if isinstance(value, str):
                return value
    return Unknown("AWS::Region", "the region is not given (--region)", outside=True, excludes=":/")


def _backend(root: Module) -> Map | None:
    """Where the root keeps its state; the arguments may be given at init instead, then they are not here."""
    block = root.config.backend
    if block is None:
        return None
    arguments = {name: settled(evaluate(expression, root.scope)) for name, (expression, _) in block.body.arguments.items()}
    return Map({"backend": block.labels[0] if block.labels else "", **arguments})


def _names(folder: Path) -> list[str]:
    try:
        return files.names(folder)
    except OSError:
        return []


def given_values(config: ModuleConfig, folder: Path, context: Context, loader: Loader) -> dict[str, Value]:
    """The values that variable files and the command line give, later ones winning, as Terraform reads them."""
    named = [folder / "terraform.tfvars", folder / "terraform.tfvars.json"]
    automatic = [folder / name for name in _names(folder) if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    given: dict[str, Value] = {}
    for path in [*(f for f in (*named, *automatic) if files.is_file(f)), *context.var_files]:
        if path in context.var_files:
            context.admit(path.parent)
        given.update(_file_values(path, config, loader))
    for name, text in context.parameters.items():
        if name in config.variables:
            given[name] = _from_command_line(text, config.variables[name].type.kind)
    return given


def _file_values(path: Path, config: ModuleConfig, loader: Loader) -> dict[str, Value]:
    if path.name.endswith(".json"):
        import json

        try:
            found = json.loads(loader.context.text(path), object_pairs_hook=Map)
        except Exception as error:
            loader.context.diagnose(None, f"not a variable file: {error}", "syntax", "error", path=loader.context.display(path))
            return {}
        return dict(found) if isinstance(found, dict) else {}
    body = loader.file(path)
    if body is None:
        return {}
    run = Run(loader.context, Unit(loader.context.display(path), "terraform"), path.parent, loader)
    scope = Scope(Module(run, ModuleConfig(path.parent)))
    return {name: evaluate(expression, scope) for name, (expression, _) in body.arguments.items()}


def _from_command_line(value: Any, kind: str) -> Value:
    """A value given as text: as it is for a string, else as HCL."""
    if not isinstance(value, str) or kind in ("string", "number", "bool"):
        return value
    from edalint.frontends.terraform.syntax import HclProblem, read_hcl

    try:
        expression: Expression | None = read_hcl("", f"x = {value}\n").expression("x")
    except HclProblem:
        return value
    literal = getattr(expression, "value", None)
    if expression is None or kind == "any":
        return literal if isinstance(literal, (int, float, bool)) else value
    run = Run(Context(Path()), Unit("", "terraform"), Path(), Loader(Context(Path())))
    return evaluate(expression, Scope(Module(run, ModuleConfig(Path()))))
