"""Roots written on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edalint.frontends import terraform
from edalint.frontends.context import Context
from edalint.model.resources import Unit
from edalint.model.values import Value
from edalint.sources.discovery import Source


def load(folder: Path, files: dict[str, str] | str, root: str = ".", **given: Any) -> tuple[list[Unit], Context]:
    """The units of a root whose files are these, and what was said about it."""
    for name, text in ({"main.tf": files} if isinstance(files, str) else files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    context = Context(folder, **given)
    path = folder / root
    return terraform.load(Source("terraform", path, context.display(path), True), context), context


def unit_of(folder: Path, files: dict[str, str] | str, **given: Any) -> Unit:
    """The unit of a root that is read without a word."""
    units, context = load(folder, files, **given)
    assert context.diagnostics == []
    return units[0]


def value_of(folder: Path, expression: str, before: str = "", **given: Any) -> Value:
    """The value of an expression, as an output of a root."""
    return unit_of(folder, f'{before}\noutput "x" {{\n  value = {expression}\n}}\n', **given).outputs["x"]
