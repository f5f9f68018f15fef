"""Templates written to a folder and loaded, for tests of the CloudFormation frontend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edalint.frontends.cloudformation import load
from edalint.frontends.context import Context
from edalint.model.resources import Unit
from edalint.model.values import Value
from edalint.sources.discovery import Source


class Loaded:
    """A template, loaded: `loaded["Queue"]` is a resource, `loaded.value` the property V of resource R."""

    def __init__(self, units: list[Unit], context: Context) -> None:
        self.units = units
        self.context = context
        self.messages = [d.message for d in context.diagnostics]
        self.codes = [d.code for d in context.diagnostics]

    @property
    def unit(self) -> Unit:
        (unit,) = self.units
        return unit

    def __getitem__(self, address: str) -> Any:
        return self.unit.resources[address]

    @property
    def value(self) -> Value:
        return self["R"].properties.get("V")


def load_text(folder: Path, text: str, name: str = "t.yaml", **surroundings: Any) -> Loaded:
    """Load a template from its text; other files of the folder are there already."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    context = Context(folder, **surroundings)
    return Loaded(load(Source("cloudformation", path, name, named=True), context), context)


def value_of(folder: Path, expression: str, sections: str = "", **surroundings: Any) -> Loaded:
    """Load a template whose resource R has one property V, with other sections before."""
    return load_text(
        folder,
        f"{sections}\nResources:\n  Q: {{Type: 'AWS::SQS::Queue'}}\n  R:\n    Type: X::Y::Z\n    Properties:\n      V: {expression}\n",
        **surroundings,
    )
