"""A module's folder as it is written: its variables, locals, outputs, resources, data sources and module calls."""

from __future__ import annotations

import os
from pathlib import Path

from edalint.frontends.context import Context, Unreadable
from edalint.frontends.terraform.nodes import Binary, Block, Body, Call, Expression, Parenthesised, Tuple, Unary, traversal
from edalint.frontends.terraform.syntax import HclProblem, read_hcl
from edalint.frontends.terraform.types import Type, read_type
from edalint.model.locations import Document, Location, Mark
from edalint.model.records import NamedTuple
from edalint.sources import files

SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")


class Variable(NamedTuple):
    """A `variable` block."""

    name: str
    type: Type
    default: Expression | None
    nullable: bool
    allowed: Expression | None
    """The list of its `validation { condition = contains([...], var.x) }`."""
    block: Block


class ModuleConfig:
    """What the files of a folder declare together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables: dict[str, Variable] = {}
        self.locals: dict[str, tuple[Expression, Mark, Document]] = {}
        self.outputs: dict[str, Block] = {}
        self.resources: dict[tuple[str, str], Block] = {}
        self.data: dict[tuple[str, str], Block] = {}
        self.calls: dict[str, Block] = {}
        self.providers: list[Block] = []
        self.backend: Block | None = None
        """Where the state is kept, as `terraform { backend ... }` says."""
        self.documents: list[Document] = []

    def add(self, body: Body) -> None:
        """Take in the blocks of one file."""
        for block in body.blocks:
            match (block.type, block.labels):
                case ("variable", (name,)):
                    self.variables[name] = _variable(name, block)
                case ("locals", _):
                    for name, (expression, mark) in block.body.arguments.items():
                        self.locals[name] = (expression, mark, block.body.document)
                case ("output", (name,)):
                    self.outputs[name] = block
                case ("resource", (type, name)):
                    self.resources[type, name] = block
                case ("data", (type, name)):
                    self.data[type, name] = block
                case ("module", (name,)):
                    self.calls[name] = block
                case ("provider", _):
                    self.providers.append(block)
                case ("terraform", _):
                    self.backend = next(iter(block.body.of("backend")), self.backend)
                case _:
                    pass

    def override(self, body: Body) -> None:
        """Take in the blocks of an override file: their arguments and nested blocks replace those of the same block."""
        for block in body.blocks:
            original = self._block(block.type, block.labels)
            if original is not None:
                block = Block(block.type, block.labels, _overridden(original.body, block.body), original.mark)
            merged = Body(block.body.document)
            merged.blocks.append(block)
            self.add(merged)

    def _block(self, type: str, labels: tuple[str, ...]) -> Block | None:
        if type in ("resource", "data") and len(labels) == 2:
            return (self.resources if type == "resource" else self.data).get((labels[0], labels[1]))
        name = labels[0] if labels else ""
        if type == "variable":
            return self.variables[name].block if name in self.variables else None
        return {"module": self.calls, "output": self.outputs}.get(type, {}).get(name)


def _overridden(body: Body, over: Body) -> Body:
    result = Body(body.document)
    result.arguments = {**body.arguments, **over.arguments}
    replaced = {b.type for b in over.blocks}
    result.blocks = [b for b in body.blocks if b.type not in replaced] + over.blocks
    return result


def _variable(name: str, block: Block) -> Variable:
    nullable = block.body.expression("nullable")
    allowed = None
    for validation in block.body.of("validation"):
        condition = validation.body.expression("condition")
        allowed = allowed or (_allowed(condition, name) if condition is not None else None)
    return Variable(
        name,
        read_type(block.body.expression("type")),
        block.body.expression("default"),
        getattr(nullable, "value", True) is not False,
        allowed,
        block,
    )


def _allowed(condition: Expression, name: str) -> Expression | None:
    """The list in `contains([...], var.NAME)`, alone or with `&&`."""
    if isinstance(condition, Parenthesised):
        return _allowed(condition.inner, name)
    if isinstance(condition, Binary) and condition.operator == "&&":
        return _allowed(condition.left, name) or _allowed(condition.right, name)
    if isinstance(condition, Unary) or not isinstance(condition, Call) or condition.name != "contains" or len(condition.arguments) != 2:
        return None
    values, wanted = condition.arguments
    return values if isinstance(values, Tuple) and traversal(wanted) == ["var", name] else None


class Loader:
    """Reads module folders, each once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._loaded: dict[str, ModuleConfig | None] = {}

    def load(self, folder: Path) -> ModuleConfig | None:
        """The configuration of a folder; None where it can't be read (a diagnostic says so)."""
        key = os.path.normpath(folder)
        if key not in self._loaded:
            self._loaded[key] = self._read(Path(key))
        return self._loaded[key]

    def _read(self, folder: Path) -> ModuleConfig | None:
        if not self.context.holds_module(folder):
            return None
        try:
            names = [n for n in files.names(folder) if n.endswith(SUFFIXES) and not n.startswith(".")]
        except OSError:
            return None
        config = ModuleConfig(folder)
        overrides: list[Body] = []
        complete = True
        tofu = {n.replace(".tofu", ".tf") for n in names if ".tofu" in n}
        for name in names:
            if name in tofu:
                continue  # OpenTofu reads x.tofu in place of x.tf
            body = self.file(folder / name)
            if body is None:
                complete = False
                continue
            config.documents.append(body.document)
            stem = name.split(".")[0]
            if stem == "override" or stem.endswith("_override"):
                overrides.append(body)
            else:
                config.add(body)
        for body in overrides:
            config.override(body)
        return config if complete and names else None

    def file(self, path: Path) -> Body | None:
        """The body of one file; None where it is not what it should be (a diagnostic says so)."""
        display = self.context.display(path)
        try:
            text = self.context.text(path)
            if path.name.endswith(".json"):
                from edalint.frontends.terraform.json_syntax import read_json

                return read_json(display, text)
            return read_hcl(display, text)
        except HclProblem as problem:
            place = Location(problem.path, problem.line, problem.column, problem.line, problem.column + 1)
            self.context.diagnose(place, f"not Terraform: {problem.message}", "syntax", "error")
        except Unreadable as problem:
            self.context.diagnose(None, problem.message, problem.code, "error", path=display)
        return None
