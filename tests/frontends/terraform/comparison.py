"""What a plan of Terraform's says against what is read from the HCL: every address, and every value that the plan knows."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from edalint.frontends import terraform
from edalint.frontends.context import Context
from edalint.model.resources import Unit
from edalint.model.values import OneOf, Ref, Text, Unknown, alternatives, text_of
from edalint.sources.discovery import Source


class Comparison(NamedTuple):
    """What came out of comparing one root."""

    equal: int
    unread: list[str]
    """Values that the plan knows and the HCL frontend leaves unknown."""
    different: list[str]
    """Values and addresses that the two have otherwise: each one is a fault."""


def read_root(folder: Path, root: Path, variables: Mapping[str, Any], account: str | None = None) -> tuple[Unit, Context]:
    """The unit of a root module with these values of its variables."""
    context = Context(root, parameters=dict(variables), account=account)
    (unit,) = terraform.load(Source("terraform", folder, context.display(folder), True), context)
    return unit, context


def planned_resources(plan: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Address -> values, of every managed resource that will be."""
    found: dict[str, dict[str, Any]] = {}
    stack = [plan["planned_values"].get("root_module", {})]
    while stack:
        module = stack.pop()
        found.update({r["address"]: r.get("values", {}) for r in module.get("resources", []) if r["mode"] == "managed"})
        stack.extend(module.get("child_modules", []))
    return found


def unknown_parts(plan: dict[str, Any]) -> dict[str, Any]:
    """Address -> what of it is known only after apply."""
    return {c["address"]: c["change"].get("after_unknown") for c in plan.get("resource_changes", [])}


def compare(plan: dict[str, Any], unit: Unit) -> Comparison:
    """Compare a plan with the unit read from the same root with the same variables."""
    planned, unknown = planned_resources(plan), unknown_parts(plan)
    read = {address: r for address, r in unit.resources.items() if not address.startswith("data.")}
    different = [f"{a}: planned, not read" for a in planned if a not in read]
    different += [f"{a}: read, not planned" for a, r in read.items() if a not in planned and r.when is True]
    checker = _Checker(planned)
    for address, values in planned.items():
        if address in read:
            properties = read[address].properties
            for name, value in properties.items():
                if name in values or name in (unknown.get(address) or {}):
                    hidden = (unknown.get(address) or {}).get(name)
                    checker.check(f"{address}.{name}", value, values.get(name), hidden)
            for name in ("count", "for_each"):
                assert name not in properties
    for name, output in (plan["planned_values"].get("outputs") or {}).items():
        if "value" in output and name in unit.outputs:
            checker.check(f"output.{name}", unit.outputs[name], output["value"], None)
    return Comparison(checker.equal, checker.unread, different + checker.different)


class _Checker:
    def __init__(self, planned: dict[str, dict[str, Any]]) -> None:
        self.planned = planned
        self.equal = 0
        self.unread: list[str] = []
        self.different: list[str] = []

    def check(self, where: str, ours: Any, theirs: Any, hidden: Any) -> None:
        verdict = self.verdict(ours, theirs, hidden)
        if verdict is True:
            self.equal += 1
        elif verdict is None:
            self.unread.append(where)
        elif verdict is False:
            self.different.append(f"{where}: read {ours!r}, planned {theirs!r}")

    def verdict(self, ours: Any, theirs: Any, hidden: Any) -> bool | str | None:
        """True where equal, False where not, None where ours is not known, "" where theirs is not."""
        if hidden is True:
            return ""
        ours = self.resolved(ours)
        if isinstance(ours, OneOf):
            verdicts = [self.verdict(v, theirs, hidden) for _, v in alternatives(ours)]
            return None if any(v is True or v is None or v == "" for v in verdicts) else False
        if isinstance(ours, (Unknown, Ref)):
            return None
        if isinstance(ours, Text):
            pattern = "".join(re.escape(p) if isinstance(p, str) else ".*" for p in ours.parts)
            return None if isinstance(theirs, str) and re.fullmatch(pattern, theirs, re.DOTALL) else False
        if isinstance(theirs, str) and isinstance(ours, (dict, list)):
            try:
                return self.verdict(ours, json.loads(theirs), None)
            except ValueError:
                return False
        if isinstance(theirs, str) and isinstance(ours, str) and theirs[:1] in "{[" and ours.strip()[:1] in ("{", "["):
            try:
                return self.verdict(json.loads(ours), json.loads(theirs), None)
            except ValueError:
                return ours == theirs
        if theirs in (None, "", [], {}, 0, False) and ours in (None, "", [], {}, 0, False):
            return True
        if isinstance(theirs, list) and len(theirs) == 1 and not isinstance(ours, list):
            return self.verdict(ours, theirs[0], hidden[0] if isinstance(hidden, list) and hidden else None)
        if isinstance(ours, list) and len(ours) == 1 and not isinstance(theirs, list):
            return self.verdict(ours[0], theirs, hidden)
        if isinstance(ours, dict):
            return self.maps(ours, theirs, hidden)
        if isinstance(ours, list):
            return self.lists(ours, theirs, hidden)
        return bool(_scalar(ours) == _scalar(theirs))

    def maps(self, ours: dict[str, Any], theirs: Any, hidden: Any) -> bool | str | None:
        if not isinstance(theirs, dict):
            return False
        hidden = hidden if isinstance(hidden, dict) else {}
        verdicts = [self.verdict(v, theirs.get(k), hidden.get(k)) for k, v in ours.items() if k in theirs or k in hidden or v is not None]
        return _all(verdicts)

    def lists(self, ours: list[Any], theirs: Any, hidden: Any) -> bool | str | None:
        if not isinstance(theirs, list):
            return False
        elements = [self.resolved(e) for e in ours]
        if any(isinstance(e, (OneOf, Unknown)) for e in elements):
            return None
        if len(elements) != len(theirs):
            return False
        hiding = hidden if isinstance(hidden, list) and len(hidden) == len(theirs) else [None] * len(theirs)
        given = list(zip(theirs, hiding, strict=True))
        in_order = _all([self.verdict(a, b, h) for a, (b, h) in zip(elements, given, strict=True)])
        return in_order if in_order is not False else self.in_any_order(elements, given)

    def in_any_order(self, ours: list[Any], theirs: list[tuple[Any, Any]]) -> bool | str | None:
        """Sets have no order: whether the elements can be paired."""
        if len(ours) <= 6:
            for order in itertools.permutations(theirs):
                verdict = _all([self.verdict(a, b, h) for a, (b, h) in zip(ours, order, strict=True)])
                if verdict is not False:
                    return verdict
            return False
        left = list(theirs)
        for element in ours:
            match = next((i for i, (other, h) in enumerate(left) if self.verdict(element, other, h) is not False), None)
            if match is None:
                return False
            left.pop(match)
        return True

    def resolved(self, value: Any) -> Any:
        """References replaced by what the plan knows of them."""
        if isinstance(value, Ref):
            known = self.planned.get(value.id.split("#", 1)[1], {}).get(value.attribute)
            return value if known is None else known
        if isinstance(value, Text):
            parts = [self.resolved(p) if isinstance(p, Ref) else p for p in value.parts]
            return text_of(parts)
        return value


def _all(verdicts: list[Any]) -> bool | str | None:
    if any(v is False for v in verdicts):
        return False
    return None if any(v is None for v in verdicts) else True


def _scalar(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(int(value)) if float(value).is_integer() else str(value)
    return value.rstrip("\n") if isinstance(value, str) else value
