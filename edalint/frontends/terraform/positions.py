"""A plan's resources at their lines in the HCL beside it: addresses to blocks, arguments to where they are written."""

from __future__ import annotations

import os
from pathlib import Path

from edalint.frontends.context import Context
from edalint.frontends.terraform.addresses import split_module
from edalint.frontends.terraform.config import Loader, ModuleConfig
from edalint.frontends.terraform.module import Module, Run, has_configuration
from edalint.frontends.terraform.nodes import Block, Body, literal_text
from edalint.model.resources import Unit
from edalint.model.values import Map, Value


class Positions:
    """Where each block of a root and its modules is written."""

    def __init__(self, run: Run, config: ModuleConfig) -> None:
        self.run = run
        self.config = config
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
                    self.run.context.admit(folder)
                    config = self.run.loader.load(folder)
            if config is not None:
                self.run.unit.documents += [d for d in config.documents if all(d is not k for k in self.run.unit.documents)]
            self._modules[path] = config
        return self._modules[path]

    def placed(self, address: str, properties: Map) -> Map:
        """The properties with the positions of the HCL; as they are where it has no such block."""
        block = self.block(address)
        return _placed(properties, block.body, block) if block is not None else properties


def _placed(values: Map, body: Body, block: Block) -> Map:
    marks = {name: mark for name, (_, mark) in body.arguments.items()}
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


def beside(plan: Path, context: Context, unit: Unit, addresses: list[str]) -> Positions | None:
    """The HCL in the plan's folder, where it declares what the plan plans."""
    folder = plan.parent
    if not has_configuration(folder):
        return None
    before = len(context.diagnostics)
    context.admit(folder)
    loader = Loader(context)
    config = loader.load(Path(os.path.normpath(folder)))
    del context.diagnostics[before:]
    if config is None:
        return None
    found = Positions(Run(context, unit, folder, loader), config)
    roots = [a for a in addresses if not split_module(a)[0]]
    if not any(found.block(a) is not None for a in roots or addresses):
        return None
    unit.documents += config.documents
    return found
