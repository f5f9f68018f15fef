"""How a service file says what its resource types are: identities, Terraform's names, and what resources declare.

A service file is found by itself: every module of `edalint.services` whose name does not begin with `_` and that is not
this one is read once to make an index (resource type -> module), and imported only when one of its types occurs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path

from edalint import storage
from edalint.hints import Any
from edalint.model.graph import Declarations
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource

HERE = Path(__file__).parent
INFRASTRUCTURE = frozenset({"__init__", "registry"})

Declare = Callable[[Resource, Declarations], None]


class Identity(NamedTuple):
    """What a resource of a type is called: its physical name, what Ref gives, and the shapes of its ARN and URL.

    Shapes are format strings over `{P}` partition, `{R}` region, `{A}` account, `{U}` URL suffix, `{name}`, and `{X}` for the
    value of a property X of the resource (through its identity where it refers to another resource:
    `arn:{P}:events:{R}:{A}:rule/{EventBusName}/{name}`); `[...]` is left out where a property inside is absent or is its
    default, so the rule's shape is `arn:{P}:events:{R}:{A}:rule/[{EventBusName}/]{name}`.
    """

    kind: str
    """Node kind; the CloudFormation type where resources of the type are no nodes."""
    name: str | None
    """The property that holds the physical name; None where there is none (AWS makes it)."""
    ref: str
    """What `!Ref` gives: `name`, `arn`, `url` or `id`."""
    arn: str = ""
    url: str = ""
    attributes: dict[str, str] = {}  # noqa: RUF012
    """Attribute of Fn::GetAtt -> `name`, `arn`, `url`, `id`, or a shape of its own (`arn:{P}:dynamodb:...`); others denote the
    resource, but have no known shape."""
    defaults: dict[str, str] = {}  # noqa: RUF012
    """Property in a shape -> the value with which its `[...]` is left out (`EventBusName`: `default`)."""


class Default(NamedTuple):
    """A value that AWS takes where a property is absent, with the page that says so."""

    value: Any
    source: str


DECLARES: dict[str, list[Declare]] = {}
"""CloudFormation type (or Terraform type without one) -> functions that declare, of the modules imported so far."""
IDENTITIES: dict[str, Identity] = {}
TERRAFORM: dict[str, Any] = {}
"""Terraform type -> its translation (`edalint.services.registry.Translation`), of the modules imported so far."""


class Translation(NamedTuple):
    """How a Terraform resource becomes a CloudFormation one. See docs/internals.md."""

    type: str
    """CloudFormation's type, or the Terraform type itself where CloudFormation has no resource of its own for it."""
    properties: dict[str, Any]
    """Argument -> property name (`A.B`: inside a map A), a rule made by the helpers of `edalint.services._terraform`, or None:
    left out. Arguments that are CloudFormation's name in snake_case need no entry."""
    attributes: dict[str, str] = {}  # noqa: RUF012
    """Exported attribute -> attribute of Fn::GetAtt, or `Ref` (`arn`: `Arn`, `url`: `QueueUrl`, `id`: `Ref`)."""
    defaults: dict[str, Any] = {}  # noqa: RUF012
    """Property -> what the provider sends where it is absent, where CloudFormation's default is another."""
    finish: Callable[[Any, Any], None] | None = None
    """Called with the arguments as written and the properties made of them, for what no rule of one argument can say."""


_OWNERS: dict[str, set[str]] = {}
"""Type -> names of the modules that said something of it."""


def declares(*types: str) -> Callable[[Declare], Declare]:
    """Register a function that declares what resources of these types are."""

    def register(function: Declare) -> Declare:
        for type in types:
            DECLARES.setdefault(type, []).append(function)
            _own(type, function.__module__)
        return function

    return register


def identities(table: dict[str, Identity]) -> None:
    """Register the identities of resource types."""
    IDENTITIES.update(table)
    for type in table:
        _own(type, sys._getframe(1).f_globals["__name__"])


def terraform(table: dict[str, Translation]) -> None:
    """Register how Terraform's types become CloudFormation's."""
    TERRAFORM.update(table)
    for type in table:
        _own(type, sys._getframe(1).f_globals["__name__"])


def _own(type: str, module: str) -> None:
    _OWNERS.setdefault(type, set()).add(module.rsplit(".", 1)[-1])


def modules() -> list[Path]:
    """The service files."""
    return sorted(p for p in HERE.glob("*.py") if p.stem not in INFRASTRUCTURE and not p.stem.startswith("_"))


def _build_index() -> dict[str, list[str]]:
    for path in modules():
        import_module(f"edalint.services.{path.stem}")
    return {type: sorted(names) for type, names in sorted(_OWNERS.items())}


_index: dict[str, list[str]] | None = None


def index() -> dict[str, list[str]]:
    """Resource type (both languages) -> names of the service files that know it."""
    global _index
    if _index is None:
        _index = storage.table("services", modules, _build_index)
    return _index


def load(types: Iterable[str]) -> None:
    """Import the service files of these resource types."""
    known = index()
    for name in sorted({n for t in types for n in known.get(t, ())}):
        import_module(f"edalint.services.{name}")
