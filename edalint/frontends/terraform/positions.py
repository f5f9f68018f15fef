"""The HCL beside a plan: where its resources and arguments are written, and what is known of values that the plan leaves open."""

from __future__ import annotations

import os
from pathlib import Path

from edalint.frontends.context import Context
from edalint.frontends.terraform.addresses import split_module
from edalint.frontends.terraform.config import Loader, ModuleConfig
from edalint.frontends.terraform.module import Module, Run, has_configuration
from edalint.frontends.terraform.nodes import Block, Body, literal_text
from edalint.frontends.terraform.root import evaluate_root
from edalint.hints import Any
from edalint.model.locations import Position
from edalint.model.resources import Unit
from edalint.model.values import Map, Unknown, Value


class Beside:
    """The root and the modules that a plan was made of."""

    def __init__(self, run: Run, config: ModuleConfig, evaluated: Unit) -> None:
        self.run = run
        self.config = config
        self.evaluated = evaluated
        """The same root evaluated with the plan's variables; ids are the plan's."""
        self._modules: dict[str, ModuleConfig | None] = {"": config}

    def block(self, address: str) -> Block | None:
        """The block of a resource's address."""
        modules, steps = split_module(address)
        config = self._module([name for name, _ in modules])
        names = [s for s in steps if not s.startswith("[")]
        return config.resources.get((names[0], names[1])) if config is not None and len(names) == 2 else None

    def _module(self, names: list[str]) -> ModuleConfig | None:
        path = ".".join(names)
        if path not in self._modules:
            parent = self._module(names[:-1])
            call = parent.calls.get(names[-1]) if parent is not None else None
            source = literal_text(call.body.expression("source")) if call is not None else None
            config = None
            if parent is not None and source is not None:
                folder = self.run.module_folder(source, Module(self.run, parent), path)
                if folder is not None and has_configuration(folder):
                    self.run.context.admit_module(folder)
                    config = self.run.loader.load(folder)
            self._modules[path] = config
        return self._modules[path]

    def placed(self, address: str, properties: Map) -> Map:
        """The properties with the positions of the HCL, and its values where the plan has none; as they are where it has no such block."""
        block = self.block(address)
        if block is None:
            return properties
        read = self.evaluated.resources.get(address)
        return _placed(_completed(properties, read.properties) if read is not None else properties, block.body, block)


def _completed(planned: Value, read: Value) -> Any:
    """What the plan knows; where it does not, what the HCL says of it."""
    if isinstance(planned, Unknown):
        return read if read is not None else planned
    if isinstance(planned, Map) and isinstance(read, Map):
        return planned.like((k, _completed(v, read.get(k))) for k, v in planned.items())
    if isinstance(planned, list) and isinstance(read, list) and len(planned) == len(read):
        return [_completed(a, b) for a, b in zip(planned, read, strict=True)]
    return planned


def _placed(values: Map, body: Body, block: Block) -> Map:
    marks: dict[str, Position] = {name: mark for name, (_, mark) in body.arguments.items()}
    nested: dict[str, list[Block]] = {}
    for inner in body.blocks:
        dynamic = inner.type == "dynamic" and inner.labels
        type = inner.labels[0] if dynamic else inner.type
        nested.setdefault(type, []).extend(inner.body.of("content") if dynamic else [inner])
        marks.setdefault(type, inner.mark)
    items: list[tuple[str, Value]] = []
    for name, value in values.items():
        blocks = nested.get(name)
        if blocks and isinstance(value, list):
            value = [
                _placed(v, blocks[min(i, len(blocks) - 1)].body, blocks[min(i, len(blocks) - 1)]) if isinstance(v, Map) else v
                for i, v in enumerate(value)
            ]
        items.append((name, value))
    return Map(items, body.document, block.mark, marks)


def beside(plan: Path, context: Context, unit: Unit, addresses: list[str], variables: dict[str, Value]) -> Beside | None:
    """The HCL in the plan's folder, where it declares what the plan plans."""
    folder = plan.parent
    if not has_configuration(folder):
        return None
    before = len(context.diagnostics)
    context.admit(folder)
    loader = Loader(context)
    config = loader.load(Path(os.path.normpath(folder)))
    if config is None:
        return None
    evaluated = Unit(unit.path, "terraform")
    evaluated.region, evaluated.account = unit.region, unit.account
    run = Run(context, evaluated, folder, loader)
    found = Beside(run, config, evaluated)
    roots = [a for a in addresses if not split_module(a)[0]]
    if not any(found.block(a) is not None for a in roots or addresses):
        del context.diagnostics[before:]
        return None
    evaluate_root(run, config, variables)
    del context.diagnostics[before:]  # the plan has seen what the HCL alone lacks
    context.named.add(context.display(folder))
    unit.documents += evaluated.documents
    unit.lookups += evaluated.lookups
    return found
