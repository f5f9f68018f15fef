"""Modules while they are evaluated: variables, locals, resources, data sources and calls, each found when it is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from edalint.frontends.context import Context
from edalint.frontends.terraform.blocks import META_RESOURCE, Expansion, Instance, body_value, expand, quoted_key
from edalint.frontends.terraform.config import Loader, ModuleConfig, Variable
from edalint.frontends.terraform.expressions import Scope, evaluate
from edalint.frontends.terraform.functions_collections import maybe_same
from edalint.frontends.terraform.hidden import Failed, Finisher, Lazy, Namespace, SomeInstances, is_whole
from edalint.frontends.terraform.nodes import Block, Expression, Literal
from edalint.frontends.terraform.types import convert
from edalint.hints import Any
from edalint.model.conditions import Choice, Condition, both, is_one_of, negation
from edalint.model.locations import Document, Location
from edalint.model.resources import Unit
from edalint.model.values import Map, Ref, Unknown, Value, alternatives, one_of, refs_in, settled
from edalint.sources import files

DEEPEST = 16
"""Modules inside each other."""
IDENTIFYING = frozenset({"name", "family", "function_name", "bucket", "domain_name", "identifier", "display_name"})
"""Arguments that name the resource: reading one is a reference to it, whatever it says."""


class Run:
    """What all modules of one root share."""

    def __init__(self, context: Context, unit: Unit, folder: Path, loader: Loader) -> None:
        self.context = context
        self.unit = unit
        self.folder = folder
        """The root module's folder: relative file names count from here."""
        self.loader = loader
        self.steps = 0
        self.instances: dict[str, ResourceInstance] = {}
        self.open: set[str] = set()
        """Symbols of variables (and the workspace) without value."""
        self.compared: dict[str, dict[Any, None]] = {}
        """Such a symbol -> the literals that it is compared with, in the order met."""
        self.others: dict[str, frozenset[Any]] = {}
        """Symbol of "something else" -> the literals that it is not."""
        self.files: dict[str, Document] = {}
        """JSON files that were read, by the names that the configuration gives them."""
        self.unread: list[tuple[str, Value]] = []
        """What is handed to modules that are not there."""
        self._manifest: dict[str, str] | None = None

    def configured(self, ref: Ref) -> Value:
        """The text that the configuration gives an attribute; the reference itself where it gives none."""
        instance = self.instances.get(ref.id)
        value = instance.argument(ref.attribute) if instance is not None else None
        return value if isinstance(value, (str, int, float)) else ref

    def compare(self, value: Value, literals: Iterable[Any]) -> None:
        """Note what a variable without value is compared with: these are the values that matter."""
        for _, plain in alternatives(value):
            if isinstance(plain, Unknown) and plain.symbol in self.open:
                self.compared.setdefault(plain.symbol, {}).update(dict.fromkeys(literals))

    def same(self, left: Value, right: Value) -> bool | None:
        """Whether two values are the same; None where that is not known."""
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Unknown) and one.symbol in self.others and (other is None or isinstance(other, (str, int, float))):
                if other in self.others[one.symbol]:
                    return False
        return maybe_same(left, right)

    def unknown_condition(self, value: Unknown, scope: Scope, place: Any) -> Condition:
        """The choice that a condition is which is not known; the same condition is the same choice."""
        symbol = value.symbol or f"condition at {scope.place(place.mark if hasattr(place, 'mark') else place)}"
        if symbol.startswith("!"):
            return negation(self.unknown_condition(Unknown(symbol[1:], value.reason), scope, place))
        label = symbol.replace(f"{self.unit.path}#", "")
        choice = Choice(f"{self.unit.path}#{symbol}", label if len(label) <= 80 else label[:77] + "...", ("true", "false"))
        return is_one_of(choice, ["true"])

    def module_folder(self, source: str, parent: Module, path: str) -> Path | None:
        """The folder of a module call: beside the caller, or where `terraform init` put it."""
        if source.startswith(("./", "../", ".\\", "..\\")) or source in (".", ".."):
            return parent.config.folder / source
        if self._manifest is None:
            self._manifest = self._read_manifest()
        where = self._manifest.get(path)
        return self.folder / where if where is not None else None

    def _read_manifest(self) -> dict[str, str]:
        import json

        try:
            entries = json.loads(self.context.text(self.folder / ".terraform" / "modules" / "modules.json"))["Modules"]
            return {str(e["Key"]): str(e["Dir"]) for e in entries}
        except Exception as error:
            if type(error).__name__ not in ("Unreadable", "ValueError", "JSONDecodeError", "RecursionError", "KeyError", "TypeError"):
                raise
            return {}


class Module(Lazy):
    """One instance of a module."""

    __slots__ = ("_memo", "address", "arguments", "caller", "config", "path", "run", "when")

    def __init__(
        self,
        run: Run,
        config: ModuleConfig,
        address: str = "",
        path: str = "",
        when: Condition = True,
        caller: Scope | None = None,
        arguments: dict[str, Expression] | None = None,
    ) -> None:
        self.run = run
        self.config = config
        self.address = address
        """`module.a["x"].module.b`; empty for the root."""
        self.path = path
        """`a.b`: the names of the calls alone."""
        self.when = when
        self.caller = caller
        self.arguments = arguments or {}
        self._memo: dict[tuple[str, ...], Any] = {}

    @property
    def scope(self) -> Scope:
        """The scope of the module's own expressions."""
        return Scope(self)

    def within(self, address: str) -> str:
        """An address inside this module, from the root."""
        return f"{self.address}.{address}" if self.address else address

    def _once(self, key: tuple[str, ...], compute: Callable[[], Any]) -> Any:
        if key not in self._memo:
            self._memo[key] = Failed(f"{'.'.join(key)} refers to itself")
            self._memo[key] = compute()
        return self._memo[key]

    # names

    def namespace(self, name: str) -> Value:
        """What a traversal's first word means."""
        if name == "var":
            return Namespace(self.variable)
        if name == "local":
            return Namespace(self.local)
        if name == "module":
            return Namespace(self.module)
        if name == "data":
            return Namespace(lambda kind: Namespace(lambda name: self.data(kind, name)))
        if name == "path":
            return Namespace(self.path_of)
        if name in ("terraform", "tofu"):
            return Namespace(self.workspace)
        return Namespace(lambda block: self.resource(name, block))

    def variable(self, name: str) -> Value:
        """The value of an input variable."""
        return self._once(("var", name), lambda: self._variable(name))

    def _variable(self, name: str) -> Value:
        variable = self.config.variables.get(name)
        if variable is None:
            return Failed(f"there is no variable {name!r}")
        default = evaluate(variable.default, self.scope) if variable.default is not None else None
        if self.caller is None:
            return root_variable(self, variable, default)
        if name not in self.arguments:
            return convert(default, variable.type, self._default)
        given = evaluate(self.arguments[name], self.caller)
        if not variable.nullable and default is not None:
            given = one_of((c, default if v is None else v) for c, v in alternatives(given))
        return convert(given, variable.type, self._default)

    def _default(self, expression: Expression) -> Value:
        return evaluate(expression, self.scope)

    def local(self, name: str) -> Value:
        """The value of a local."""
        found = self.config.locals.get(name)
        if found is None:
            return Failed(f"there is no local {name!r}")
        return self._once(("local", name), lambda: evaluate(found[0], self.scope))

    def path_of(self, name: str) -> Value:
        """`path.module`, `path.root`; the working folder is not known."""
        if name == "module":
            return Path(os.path.relpath(self.config.folder, self.run.folder)).as_posix()
        return "." if name == "root" else Unknown("path.cwd", "the working folder")

    def workspace(self, name: str) -> Value:
        """`terraform.workspace`."""
        if name != "workspace":
            return Unknown(f"terraform.{name}", "known when Terraform runs")
        symbol = f"{self.run.unit.path}#terraform.workspace"
        return self._once(("workspace",), lambda: open_value(self.run, symbol, "terraform.workspace", "the workspace is not given"))

    # blocks

    def resource(self, type: str, name: str) -> Value:
        """A resource: its instance, or the list or map of its instances."""
        block = self.config.resources.get((type, name))
        if block is None:
            return Failed(f"there is no {type}.{name}")
        return self._once(("resource", type, name), lambda: self._resource(type, name, block)[0])

    def instances(self, type: str, name: str) -> list[ResourceInstance]:
        """The instances of a resource, in order."""
        self.resource(type, name)
        found: list[ResourceInstance] = self._memo.get(("instances", type, name), [])
        return found

    def _resource(self, type: str, name: str, block: Block) -> tuple[Value, list[ResourceInstance]]:
        address = self.within(f"{type}.{name}")
        expansion = expand(block, self.scope, address)
        made: dict[str | int | None, ResourceInstance] = {}
        for instance in expansion.instances:
            when = both(self.when, instance.when)
            if when is not False:
                made[instance.key] = ResourceInstance(self, type, block, f"{address}{quoted_key(instance.key)}", instance, when)
        self._memo["instances", type, name] = list(made.values())
        self.run.instances.update({i.id: i for i in made.values()})
        return arranged(expansion, made), list(made.values())

    def data(self, type: str, name: str) -> Value:
        """A data source, or the list or map of its instances."""
        block = self.config.data.get((type, name))
        if block is None:
            return Failed(f"there is no data.{type}.{name}")
        return self._once(("data", type, name), lambda: self._data(type, name, block))

    def _data(self, type: str, name: str, block: Block) -> Value:
        from edalint.frontends.terraform.data_sources import DataInstance

        address = self.within(f"data.{type}.{name}")
        expansion = expand(block, self.scope, address)
        made = {i.key: DataInstance(self, type, block, f"{address}{quoted_key(i.key)}", i) for i in expansion.instances}
        return arranged(expansion, made)

    def module(self, name: str) -> Value:
        """A module call, or the list or map of its instances."""
        block = self.config.calls.get(name)
        if block is None:
            return Failed(f"there is no module {name!r}")
        return self._once(("module", name), lambda: self._module(name, block)[0])

    def modules(self, name: str) -> list[Module]:
        """The instances of a module call that could be read."""
        self.module(name)
        found: list[Module] = self._memo.get(("modules", name), [])
        return found

    def _module(self, name: str, block: Block) -> tuple[Value, list[Module]]:
        address = self.within(f"module.{name}")
        path = f"{self.path}.{name}" if self.path else name
        config = self._config_of(name, block, path)
        if config is None:
            self._hand_out(name, block)
            return MissingModule(f"{self.run.unit.path}#{address}", name), []
        expansion = expand(block, self.scope, address)
        arguments = {k: e for k, (e, _) in block.body.arguments.items()}
        made: dict[str | int | None, Module] = {}
        for instance in expansion.instances:
            when = both(self.when, instance.when)
            if when is not False:
                scope = Scope(self, instance.names)
                made[instance.key] = Module(self.run, config, f"{address}{quoted_key(instance.key)}", path, when, scope, arguments)
        self._memo["modules", name] = list(made.values())
        return arranged(expansion, made), list(made.values())

    def _config_of(self, name: str, block: Block, path: str) -> ModuleConfig | None:
        run = self.run
        expression = block.body.expression("source")
        source = evaluate(expression, self.scope) if expression is not None else None
        place = _location(block)
        if not isinstance(source, str) or "\0" in source:
            run.context.diagnose(place, f"module {name} has no source that is known", "module-source")
            return None
        if path.count(".") >= DEEPEST:
            run.context.diagnose(place, f"module {name}: modules are nested more than {DEEPEST} deep", "module-source")
            return None
        folder = run.module_folder(source, self, path)
        if folder is None:
            where = run.context.display(run.folder)
            run.context.diagnose(
                place,
                f"module {name} comes from {source} and is not here, so what it makes is unknown: run `terraform init` "
                f"(or `terraform get`) in {where}",
                "module-missing",
            )
            return None
        if has_configuration(folder):
            run.context.admit_module(folder)
        config = run.loader.load(folder)
        if config is None:
            run.context.diagnose(place, f"module {name}: {source} holds no configuration that can be read", "module-missing")
        return config

    def _hand_out(self, name: str, block: Block) -> None:
        """What goes into a module that is not there may be read, sent to or published there."""
        for argument, (expression, _) in block.body.arguments.items():
            if argument in META_RESOURCE or argument in ("source", "version"):
                continue
            value = Finisher(self.when, self.run.unit.lookups).finish(evaluate(expression, self.scope))
            if any(True for _ in refs_in(value)):
                self.run.unread.append((f"{self.within(f'module.{name}')}({argument})", value))

    # outputs

    def attribute(self, name: str) -> Value:
        """The value of an output."""
        block = self.config.outputs.get(name)
        expression = block.body.expression("value") if block is not None else None
        if expression is None:
            return Failed(f"module {self.path} has no output {name!r}")
        return self._once(("output", name), lambda: evaluate(expression, self.scope))

    def plain(self) -> Value:
        return Unknown("", "a whole module")


class MissingModule(Lazy):
    """A module that is not there: its outputs are not known."""

    __slots__ = ("name", "symbol")

    def __init__(self, symbol: str, name: str) -> None:
        self.symbol, self.name = symbol, name

    def attribute(self, name: str) -> Value:
        """An output that nobody can know."""
        return Unknown(f"{self.symbol}.{name}", f"module {self.name} is not here")

    def plain(self) -> Value:
        return Unknown(self.symbol, f"module {self.name} is not here")


class ResourceInstance(Lazy):
    """One instance of a resource block; its arguments are evaluated when they are read."""

    __slots__ = ("_arguments", "_reading", "address", "block", "id", "instance", "module", "type", "when")

    def __init__(self, module: Module, type: str, block: Block, address: str, instance: Instance, when: Condition) -> None:
        self.module = module
        self.type = type
        self.block = block
        self.address = address
        self.id = f"{module.run.unit.path}#{address}"
        self.instance = instance
        self.when = when
        self._arguments: dict[str, Value] = {}
        self._reading: set[str] = set()

    @property
    def scope(self) -> Scope:
        """The scope of the block's expressions."""
        return Scope(self.module, {**self.instance.names, "self": self})

    def argument(self, name: str) -> Value:
        """The value of an argument (or of the nested blocks of a type); None where the block does not write it."""
        if name in self._arguments:
            return self._arguments[name]
        if name in self._reading:
            return Failed(f"{self.address}.{name} refers to itself")
        self._reading.add(name)
        expression = self.block.body.expression(name)
        if expression is not None:
            value = evaluate(expression, self.scope)
        elif any(b.type == name or (b.type == "dynamic" and name in b.labels) for b in self.block.body.blocks):
            value = body_value(self.block.body, self.scope, META_RESOURCE).get(name)
        else:
            value = None
        self._reading.discard(name)
        self._arguments[name] = value
        return value

    def attribute(self, name: str) -> Value:
        """An attribute as others read it: what the block writes, a reference for what names it or is computed."""
        if name in META_RESOURCE:
            return Ref(self.id, name)
        value = self.argument(name)
        if isinstance(value, (Failed, type(None))):
            return Ref(self.id, name)
        if name in IDENTIFYING and not any(True for _ in refs_in(value)) and not isinstance(settled(value), (list, dict)):
            return Ref(self.id, name)
        return value

    def properties(self) -> Map:
        """The block's arguments and nested blocks; a null argument is absent."""
        made = body_value(self.block.body, self.scope, META_RESOURCE, self.block)
        finisher = Finisher(self.when, self.module.run.unit.lookups)
        return made.like((k, finished) for k, v in made.items() if (finished := finisher.finish(v)) is not None)

    def plain(self) -> Value:
        return Ref(self.id, "id")


def arranged(expansion: Expansion, made: dict[Any, Any]) -> Value:
    """The value of a block with instances: one of them, a list, or a map."""
    if expansion.kind == "single":
        return made.get(None, Failed("it never exists"))
    if expansion.kind == "some":
        if None not in made:
            return Map()
        each = next(i.names.get("each") for i in expansion.instances if i.key is None)
        return SomeInstances(made[None], getattr(made[None], "id", ""), each.get("key") if isinstance(each, Map) else None)
    options: list[tuple[Condition, Value]] = []
    for when, keys in expansion.layouts:
        present = [k for k in keys if k in made]
        options.append((when, [made[k] for k in present] if expansion.kind == "count" else Map((str(k), made[k]) for k in present)))
    if not options:
        return [] if expansion.kind == "count" else Map()
    return one_of(options)


def root_variable(module: Module, variable: Variable, default: Value) -> Value:
    """A variable of the root: the value given, any of those allowed, the default, or unknown."""
    run, name = module.run, variable.name
    values = run.context.parameters
    given = module._memo.get(("given",), {})
    if name in given:
        return convert(given[name], variable.type, module._default)
    del values
    symbol = f"{run.unit.path}#var.{name}"
    if variable.allowed is not None:
        allowed = evaluate(variable.allowed, module.scope)
        if isinstance(allowed, list) and is_whole(allowed) and len(allowed) > 1 and not any(isinstance(v, (list, dict)) for v in allowed):
            return _one_of_these(symbol, f"var.{name}", [convert(v, variable.type) for v in allowed])
    if variable.default is not None:
        return convert(default, variable.type, module._default)
    if variable.type.kind == "bool":
        return _one_of_these(symbol, f"var.{name}", [True, False])
    return open_value(run, symbol, f"var.{name}", f"variable {name} has no value", variable)


def open_value(run: Run, symbol: str, label: str, reason: str, variable: Variable | None = None) -> Value:
    """A variable without value: one of the literals that it is compared with, or something else."""
    run.open.add(symbol)
    literals = [v if variable is None else convert(v, variable.type) for v in run.compared.get(symbol, ())]
    literals = [v for i, v in enumerate(literals) if not isinstance(v, Failed) and v not in literals[:i]]
    if not literals or len(literals) > 24:
        return Unknown(symbol, reason, outside=True)
    other = Unknown(f"{symbol} (something else)", reason, outside=True)
    run.others[other.symbol] = frozenset(literals)
    return _one_of_these(symbol, label, literals, other)


def _one_of_these(symbol: str, label: str, values: list[Any], other: Unknown | None = None) -> Value:
    from edalint.frontends.terraform.types import string_of
    from edalint.model.conditions import SOMETHING_ELSE

    names = ["null" if v is None else string_of(v) for v in values]
    choice = Choice(symbol, label, (*dict.fromkeys(names), *((SOMETHING_ELSE,) if other is not None else ())))
    options: list[tuple[Condition, Value]] = [(is_one_of(choice, [n]), v) for n, v in zip(names, values, strict=True)]
    if other is not None:
        options.append((is_one_of(choice, [SOMETHING_ELSE]), other))
    return one_of(options)


def has_configuration(folder: Path) -> bool:
    """Whether a folder is a module: HCL files stand directly in it."""
    from edalint.frontends.terraform.config import SUFFIXES

    try:
        return any(name.endswith(SUFFIXES) for name in files.names(folder))
    except OSError:
        return False


def _location(block: Block) -> Location:
    return block.body.document.location(block.mark)


__all__ = ["Literal", "Module", "ResourceInstance", "Run"]
