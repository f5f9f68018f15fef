"""What a rule would write to mend what it finds: its `edit` section, filled in for one finding.

An edit says *what* changes (properties of a resource, a new resource), in the terms of the template's language; how that is written into
a file is known to `edalint.fixes` alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.conditions import Undecided
from edalint.model.graph import Edge, Node, Part
from edalint.model.lazy import pattern
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource
from edalint.model.values import Map, Text, Unknown
from edalint.policy.language import Bindings, holds
from edalint.policy.match import names_of
from edalint.policy.rules import Rule
from edalint.policy.template import pieces

LANGUAGES = ("cloudformation", "terraform")
_LABEL = pattern(r"[^\W\d][\w-]*\Z")
"""A name of Terraform's: what is none would be written as code. https://developer.hashicorp.com/terraform/language/syntax/configuration#identifiers"""


class Change(NamedTuple):
    """One edit of one finding."""

    resource: Resource
    """The resource that is changed, or behind which the new one stands."""
    map: Map | None
    """The mapping whose keys are set; None for a new resource."""
    values: dict[str, Any]
    """Key -> value; of a new resource its properties or arguments."""
    name: str
    """Logical id or label of the new resource; empty for a change."""
    type: str
    safe: bool
    """Whether what works goes on working; False where the edit chooses a number that only the owner can know."""


class Impossible(Exception):
    """An edit that can't be said for this finding: a value is not known, or a name of another template is needed."""


class Fixable:
    """A finding's edits, made when somebody asks for them."""

    __slots__ = ("_names", "_rule", "_view")

    def __init__(self, rule: Rule, view: View, names: dict[str, Any]) -> None:
        self._rule, self._view, self._names = rule, view, names

    def changes(self) -> list[Change]:
        """All changes that mend the finding; none where one of them is impossible."""
        bindings = names_of(self._rule, self._view, self._names)
        try:
            return [change for row in self._rule.row["edit"] if self._applies(row, bindings) for change in self._filled(row, bindings)]
        except (Impossible, Undecided, LookupError):
            return []

    def _applies(self, row: dict[str, Any], bindings: Bindings) -> bool:
        when = row["when"]
        return when is None or holds(self._rule.expression(when[0]), self._view, bindings) is True

    def _filled(self, row: dict[str, Any], bindings: Bindings) -> Iterator[Change]:
        thing = self._rule.expression(row["of"][0])(self._view, bindings)
        resource = _resource(thing)
        language = "cloudformation" if resource.unit.kind == "cloudformation" else "terraform"
        if resource.unit.kind not in LANGUAGES:
            raise Impossible
        said = row.get(language)
        if said is None:
            return
        filling = _Filling(self._rule, self._view, bindings, resource)
        if said["set"]:
            yield Change(resource, _map(thing), filling.value(said["set"]), "", "", row["safe"])
        for new in said["add"]:
            name = str(filling.value(new["name"])).rpartition(".")[2]  # a label, where the name of a Terraform resource is part of it
            yield Change(resource, None, filling.value(new["values"]), name, new["type"], row["safe"])


def _resource(thing: Any) -> Resource:
    found = thing if isinstance(thing, Resource) else thing.resource if isinstance(thing, (Node, Edge, Part)) else None
    if found is None or found.when is not True:
        raise Impossible
    return found


def _map(thing: Any) -> Map:
    return thing.properties if isinstance(thing, (Part, Resource)) else thing.resource.properties


class _Filling:
    """Fills the templates of an edit; a node in braces is its name as its own template would write it."""

    def __init__(self, rule: Rule, view: View, bindings: Bindings, beside: Resource) -> None:
        self.rule, self.view, self.bindings, self.beside = rule, view, bindings, beside

    def value(self, written: Any) -> Any:
        if isinstance(written, dict):
            return {str(self.value(key)): self.value(value) for key, value in written.items()}
        if isinstance(written, list):
            return [self.value(element) for element in written]
        return self._text(written) if isinstance(written, str) else written

    def _text(self, written: str) -> Any:
        parts = [self._said(p.text) if p.expression else p.text for p in pieces(written)]
        return parts[0] if len(parts) == 1 else "".join(map(str, parts))

    def _said(self, expression: str) -> Any:
        value = self.rule.expression(expression)(self.view, self.bindings)
        if isinstance(value, (Node, Resource)):
            return local_name(value, self.beside)
        if value is None or isinstance(value, (Unknown, Text)) or not isinstance(value, (str, int, float, bool)):
            raise Impossible
        return int(value) if isinstance(value, float) and value.is_integer() else value


def local_name(thing: Node | Resource, beside: Resource) -> str:
    """What a template calls a resource that it declares itself. Raises `Impossible` for one of another template, module or of many instances."""
    resource = thing.resource if isinstance(thing, Node) else thing
    if resource is None or resource.unit is not beside.unit or resource.when is not True or resource.generated:
        raise Impossible
    separator = "/" if resource.unit.kind == "cloudformation" else "."
    own, other = resource.address, beside.address
    if separator == "/":
        if own.rpartition("/")[0] != other.rpartition("/")[0]:
            raise Impossible
        return own.rpartition("/")[2]
    words, others = own.split("."), other.split(".")
    if "[" in own or words[:-2] != others[:-2] or len(words) % 2 or not all(map(_LABEL.match, words[-2:])):
        raise Impossible
    return ".".join(words[-2:])
