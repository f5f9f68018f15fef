"""Names that are not the same text and still mean the same: written once for each stack, with parameters that are given alike.

Stacks of one system are deployed with the same values: `${Stage}-orders` in one template is `${Stage}-orders` in the other,
and what one exports as `${AWS::StackName}-Queue` another imports as `${OrdersStack}-Queue`. Such names are asked for only
where no text is equal, and never within one template, whose own symbols are told apart.
"""

from __future__ import annotations

from collections.abc import Hashable

from edalint.model.values import Ref, Text, Unknown, Value

GIVEN = ("#Parameters.", "#var.")
"""In the symbol of a value that whoever deploys the stack gives."""
STACK_NAME = "AWS::StackName"
LEAST = 3
"""A name with fewer written letters and digits than this says too little."""


def given_alike(name: Value) -> Hashable | None:
    """A key for a name with holes that only parameters fill: equal where texts and the parameters' names are; None for any other."""
    if not isinstance(name, Text):
        return None
    key: list[tuple[str, str]] = []
    for part in name.parts:
        if isinstance(part, str):
            key.append(("text", part))
        elif isinstance(part, Unknown) and any(mark in part.symbol for mark in GIVEN):
            key.append(("given", part.symbol.rsplit(".", 1)[-1].lower().replace("_", "").replace("-", "")))
        elif not isinstance(part, Ref) and isinstance(part, Unknown) and part.symbol in ("AWS::Region", "AWS::AccountId"):
            key.append(("given", part.symbol))
        else:
            return None
    return tuple(key) if _says_enough("".join(text for kind, text in key if kind == "text")) else None


def after_stack_name(name: Value) -> str | None:
    """What an export's name says after its stack's name: `-Queue` of `${AWS::StackName}-Queue`; None for any other name."""
    if isinstance(name, Text) and len(name.parts) == 2:
        first, rest = name.parts
        if isinstance(first, Unknown) and first.symbol.endswith(STACK_NAME) and isinstance(rest, str) and _says_enough(rest):
            return rest
    return None


def after_given_name(name: Value) -> list[str]:
    """What an import's name may say after a stack's name: `-Queue` of `${OrdersStack}-Queue`, every such ending of `orders-Queue`."""
    if isinstance(name, Text) and len(name.parts) == 2:
        first, rest = name.parts
        given = isinstance(first, Unknown) and any(mark in first.symbol for mark in GIVEN)
        return [rest] if given and isinstance(rest, str) and _says_enough(rest) else []
    if isinstance(name, str):
        cuts = [i for i, c in enumerate(name) if c in "-:" and i > 0]
        return [name[i:] for i in cuts if _says_enough(name[i:])]
    return []


def _says_enough(text: str) -> bool:
    return sum(c.isalnum() for c in text) >= LEAST
