"""Whether a payload hands over the task token, in either query language.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
"""

from __future__ import annotations

from collections.abc import Callable

from edalint.model.lazy import pattern
from edalint.model.values import Ref, Text, Unknown, Value, alternatives, settled
from edalint.states.calls import HOLE, outline

Decide = Callable[[Value], Value]
"""Follows lookups and may pick one alternative (`View.value`)."""

_TOKEN = pattern(r"\$\$(?:\.Task(?:\.Token)?)?(?![A-Za-z0-9_.\[])")
_JSONATA_TOKEN = pattern(r"\$states\.context(?:\.Task(?:\.Token)?)?(?![A-Za-z0-9_.])")


def passes_token(value: Value, *, jsonata: bool, decide: Decide = settled) -> bool | Unknown:
    """Whether arguments hand over the task token: as an expression (`{% ... %}`), or under a key that ends in `.$`.

    What is taken from the state's own input cannot hold it: the token is made when the state is entered.
    """
    doubt: Unknown | None = None
    stack: list[tuple[Value, bool]] = [(value, False)]
    while stack:
        part, dynamic = stack.pop()
        part = decide(part)
        if isinstance(part, dict):
            stack.extend((inner, isinstance(key, str) and key.endswith(".$")) for key, inner in part.items())
        elif isinstance(part, list):
            stack.extend((inner, False) for inner in part)
        elif isinstance(part, (str, Text)):
            text = outline(part) or ""
            if _expression_has_token(text, jsonata=jsonata, dynamic=dynamic):
                return True
            if HOLE in text and (jsonata or dynamic):
                doubt = Unknown("", "an expression is not known as a whole")
        elif isinstance(part, Unknown):
            doubt = part
        else:
            for _, option in alternatives(part):
                if not isinstance(option, (Ref, bool, int, float)) and option is not None:
                    stack.append((option, dynamic))
    return doubt if doubt is not None else False


def _expression_has_token(text: str, *, jsonata: bool, dynamic: bool) -> bool:
    if jsonata:
        return is_expression(text) and bool(_JSONATA_TOKEN.search(text))
    return dynamic and bool(_TOKEN.search(text))


def is_expression(text: str) -> bool:
    """Whether a string is a JSONata expression (`{% ... %}`), worked out at run time."""
    return text.startswith("{%") and text.endswith("%}")


def selects_token(path: str) -> bool:
    """Whether a JSONPath (`InputPath`) selects the task token, or more of the context object."""
    return bool(_TOKEN.search(path))
