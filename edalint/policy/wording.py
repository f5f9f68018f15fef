"""The words of findings: what a rule says of a thing, and values as messages print them."""

from __future__ import annotations

from edalint.facts.view import Group, Path, View
from edalint.hints import Any
from edalint.model.graph import Edge, Node, Part
from edalint.model.values import Ref, Text, Unknown, parts_of
from edalint.policy.language import Bindings, Expression
from edalint.policy.places import Pointer
from edalint.policy.rules import Rule
from edalint.policy.template import pieces

MAX_LISTED = 12
"""More names than this in one message are counted instead."""


class Template:
    """A text with expressions in braces, compiled when it is first filled in."""

    __slots__ = ("_parts", "_rule", "_text")

    def __init__(self, rule: Rule, text: str) -> None:
        self._rule, self._text = rule, text
        self._parts: list[str | Expression] | None = None

    def filled(self, view: View, bindings: Bindings) -> str:
        """The text with the values that its expressions have. Raises `Undecided`."""
        parts = self._parts
        if parts is None:
            parts = self._parts = [self._rule.expression(p.text) if p.expression else p.text for p in pieces(self._text)]
        return "".join([part if isinstance(part, str) else worded(part(view, bindings), view) for part in parts])


class Wording:
    """What the findings of a rule are made with, ready for each of them."""

    __slots__ = ("annotation", "at", "element", "failed", "group", "message", "path", "related", "subject")

    def __init__(self, rule: Rule) -> None:
        at = rule.said("at")
        self.at = Pointer(rule.tree(at[0]), rule.definitions) if at is not None else None
        self.subject = _expression(rule, "subject")
        self.element = _expression(rule, "element")
        self.group = _expression(rule, "group")
        self.path = _expression(rule, "path")
        self.failed = _expression(rule, "failed")
        self.message = Template(rule, rule.row["message"])
        self.annotation = Template(rule, rule.row["annotation"])
        self.related = [
            (Pointer(rule.tree(text), rule.definitions), Template(rule, says)) for (text, _, _), says in rule.row["related"]
        ]  # fmt: skip


def wording(rule: Rule) -> Wording:
    """The wording of a rule, made when it has its first finding."""
    made: Wording | None = rule.kept("wording")
    return made if made is not None else rule.keep("wording", Wording(rule))


def _expression(rule: Rule, key: str) -> Expression | None:
    said = rule.said(key)
    return rule.expression(said[0]) if said is not None else None


def text_of(expression: Expression | None, view: View, bindings: Bindings) -> str:
    """The value of an expression in words; empty where there is none."""
    value = expression(view, bindings) if expression is not None else None
    return "" if value is None or isinstance(value, Unknown) else worded(value, view)


def worded(value: Any, view: View) -> str:
    """A value as messages print it: names of nodes, texts with their holes named, lists joined."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.2f}".rstrip("0")
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, Node):
        return value.name
    if isinstance(value, Part):
        return value.element or value.resource.name
    if isinstance(value, Edge):
        return f"{value.source.name} -> {value.target.name}"
    if isinstance(value, Path):
        return " -> ".join(n.name for n in value.nodes)
    if isinstance(value, Group):
        return worded(value.key, view)
    if isinstance(value, list):
        names = list(dict.fromkeys(worded(v, view) for v in value if v is not None))
        rest = len(names) - MAX_LISTED
        return ", ".join(names) if rest <= 0 else f"{', '.join(names[:MAX_LISTED])} and {rest} more"
    if isinstance(value, (Text, Ref)):
        return "".join(_hole(p, view) for p in parts_of(value))
    if isinstance(value, Unknown):
        return f"${{{value.symbol.rsplit('#', 1)[-1]}}}" if value.symbol else "(unknown)"
    return "a map" if isinstance(value, dict) else str(value)


def _hole(part: str | Ref | Unknown, view: View) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Ref):
        resource = view.graph.resources.get(part.id)
        name = resource.name if resource is not None else part.id.rsplit("#", 1)[-1]
        return f"${{{name}}}" if part.attribute == "Ref" else f"${{{name}.{part.attribute}}}"
    return f"${{{part.symbol.rsplit('#', 1)[-1] or '?'}}}"
