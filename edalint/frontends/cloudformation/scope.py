"""One template being read: its sections, its place among nested templates, and who answers names in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from edalint.frontends.context import Context
from edalint.hints import TYPE_CHECKING, Any
from edalint.model.conditions import Condition
from edalint.model.locations import Document, Location, Mark
from edalint.model.resources import Unit
from edalint.model.values import Lookup, Map, Unknown

if TYPE_CHECKING:
    from edalint.frontends.cloudformation.conditions import Conditions
    from edalint.frontends.cloudformation.intrinsics import Resolver
    from edalint.frontends.cloudformation.nested import NestedStacks
    from edalint.frontends.cloudformation.parameters import Parameters


class Opaque(Map):
    """A map that also holds keys which nobody can name: what it does not have may be there, and is unknown."""

    __slots__ = ("base",)

    def __init__(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]], base: Map) -> None:
        super().__init__(items, base.document)
        self.base = base
        """The map whose positions it has."""

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key; Unknown for one that is not written."""
        return self[key]

    def __missing__(self, key: str) -> Any:
        return Unknown("", "what a loop, a macro or a missing file puts here is not known")

    def mark(self, key: str) -> Mark | None:
        return self.base.mark(key)

    def location(self, key: str | None = None) -> Location | None:
        return self.base.location(key)

    def like(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Map:
        return Opaque(items, self.base)


class Scope:
    """A template within its unit: the root template, or one that a stack resource nests."""

    def __init__(self, unit: Unit, document: Document, context: Context, *, prefix: str = "", parent: Scope | None = None) -> None:
        self.unit = unit
        self.document = document
        self.context = context
        self.prefix = prefix
        """What addresses of its resources begin with: empty, or `Parent/`."""
        self.parent = parent
        self.when: Condition = True
        """When the nested stack itself exists."""
        self.template: Map = document.root if isinstance(document.root, Map) else Map()
        self.excluded: dict[str, frozenset[str]] = parent.excluded if parent else {}
        """Symbol of an open parameter's other values -> the literals that these are not."""
        self.parameters: Parameters
        self.conditions: Conditions
        self.resolve: Resolver
        self._nested: NestedStacks | None = None

    @property
    def nested(self) -> NestedStacks:
        """The stacks that the template nests."""
        if self._nested is None:
            from edalint.frontends.cloudformation.nested import NestedStacks

            self._nested = NestedStacks(self)
        return self._nested

    @property
    def folder(self) -> Path:
        """The folder that paths in this template are relative to."""
        return (self.context.root / self.document.path).parent

    def section(self, name: str) -> Map:
        """A section of the template; an empty one where it is absent or no mapping."""
        section = self.template.get(name)
        if isinstance(section, Map):
            return section
        if section is not None:
            self.diagnose(f"{name} must be a mapping", "wrong-shape", self.template, name)
            self.template = self.template.like((k, v) for k, v in self.template.items() if k != name)
        return Map()

    def id(self, name: str) -> str:
        """The id of a thing of this template."""
        return f"{self.unit.path}#{self.prefix}{name}"

    def file(self, written: Any) -> Path | None:
        """The local file that a property names, None where it is no local path."""
        if not isinstance(written, str) or not written or "://" in written or "\0" in written or "${" in written or len(written) > 1000:
            return None
        return Path(os.path.normpath(self.folder / written))

    def diagnose(self, message: str, code: str, at: Map | None = None, key: str | None = None) -> None:
        """Note that something could not be decided here."""
        location = at.location(key) if isinstance(at, Map) else None
        self.context.diagnose(location, message, code, path=self.document.path)

    def lookup(self, kind: str, key: Any, symbol: str, reason: str) -> Lookup:
        """A value that another input may provide."""
        made = Lookup(kind, key, symbol, reason)
        self.unit.lookups.append(made)
        return made
