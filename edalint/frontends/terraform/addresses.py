"""Terraform's addresses taken apart: modules, type, name, instance keys, attribute path."""

from __future__ import annotations

from edalint.model.lazy import pattern
from edalint.model.records import NamedTuple

_STEP = pattern(r'\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')


class Reference(NamedTuple):
    """`module.a["x"].aws_sqs_queue.q[0].arn` in its parts."""

    module: str
    """`module.a["x"]`; empty in the root."""
    block: str
    """`aws_sqs_queue.q`, `data.aws_region.current`, `var.name`, `local.name`, `each.value`, `module.m` (with an output as attribute)."""
    key: str
    """`[0]`, `["key"]`, or empty."""
    attribute: str
    """What is read of it, dots between the steps; empty for the whole."""

    @property
    def address(self) -> str:
        """Module, block and key."""
        return f"{self.module}.{self.block}{self.key}" if self.module else f"{self.block}{self.key}"


def steps_of(text: str) -> list[str]:
    """The steps of an address: names, and keys in their brackets."""
    return [m.group(1) or m.group(0) for m in _STEP.finditer(text)]


def split_module(address: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The module calls that an address goes through, as (name, key), and the steps that are left."""
    steps = steps_of(address)
    modules: list[tuple[str, str]] = []
    while len(steps) > 1 and steps[0] == "module":
        name, steps = steps[1], steps[2:]
        key = steps.pop(0) if steps and steps[0].startswith("[") else ""
        modules.append((name, key))
    return modules, steps


def module_address(modules: list[tuple[str, str]]) -> str:
    """The address of nested module calls."""
    return ".".join(f"module.{name}{key}" for name, key in modules)


def read_reference(text: str, module: str = "") -> Reference:
    """A reference as a plan's configuration lists it, read inside a module."""
    steps = steps_of(text)
    head = 3 if steps[:1] == ["data"] else 2
    block, rest = ".".join(steps[:head]), steps[head:]
    key = rest.pop(0) if rest and rest[0].startswith("[") and not block.startswith(("var.", "local.", "each.")) else ""
    return Reference(module, block, key, ".".join(s.strip('[]"') for s in rest))


def without_keys(address: str) -> str:
    """An address with the instance keys taken out: the block."""
    modules, steps = split_module(address)
    block = ".".join(s for s in steps if not s.startswith("["))
    prefix = module_address([(name, "") for name, _ in modules])
    return f"{prefix}.{block}" if prefix else block
