"""The Terraform frontend: root modules as HCL, plans and states as JSON."""

from __future__ import annotations

from edalint.frontends.context import Context
from edalint.model.resources import Unit
from edalint.sources.discovery import Source


def load(source: Source, context: Context) -> list[Unit]:
    """The units of a Terraform source: one, or none where it can't be read (a diagnostic says so)."""
    if source.kind == "terraform":
        from edalint.frontends.terraform.root import load_root

        unit = load_root(source, context)
    else:
        from edalint.frontends.terraform.plan import load_json

        unit = load_json(source, context)
    return [unit] if unit is not None else []
