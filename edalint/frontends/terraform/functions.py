"""How Terraform's functions are called on values that may be known in part.

A function sees no alternatives (they are taken apart before), no failed argument and no reference whose text the
configuration says. It raises `NotKnown` where an unknown argument decides, `Refused` where Terraform would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edalint.frontends.terraform.hidden import Encoded, Failed, Lazy, MayFail, encoded_text
from edalint.frontends.terraform.types import string_of
from edalint.hints import Any, TypeVar
from edalint.model.conditions import Condition, both
from edalint.model.values import MAX_ALTERNATIVES, OneOf, Ref, Text, Unknown, Value, alternatives, one_of, parts_of, settled

LONGEST = 1_000_000
"""Characters or elements; what would become longer is not computed."""
NEVER_KNOWN = frozenset(
    {
        "timestamp", "plantimestamp", "uuid", "uuidv5", "bcrypt", "rsadecrypt", "base64gzip", "timeadd", "timecmp", "formatdate", "pathexpand",
        "abspath", "cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets", "type",
    }
)  # fmt: skip
"""Functions whose answer changes with time or place, or that nothing about events hangs on."""
MAY_FAIL = frozenset({"regex", "parseint", "jsondecode", "yamldecode", "index", "one"})
"""Functions of which the argument's value, not its type, decides whether Terraform stops there."""


class NotKnown(Exception):
    """The answer hangs on what is not known."""


class Refused(Exception):
    """Terraform refuses these arguments."""


Function = Callable[..., Value]
FUNCTIONS: dict[str, Function] = {}
F = TypeVar("F", bound=Function)


def function(*names: str) -> Callable[[F], F]:
    """Register a function of Terraform's."""

    def register(f: F) -> F:
        FUNCTIONS.update(dict.fromkeys(names or (f.__name__.rstrip("_"),), f))
        return f

    return register


def call(name: str, arguments: list[Value], place: str) -> Value:
    """The value of a function call; `place` makes two calls of functions like `uuid` different."""
    name = name.removeprefix("core::")
    options: list[tuple[Condition, list[Value]]] = [(True, [])]
    for argument in arguments:
        options = [
            (joined, [*given, plain])
            for when, given in options
            for inner, plain in alternatives(argument)
            if (joined := both(when, inner)) is not False
        ]
        if len(options) > MAX_ALTERNATIVES:
            return Unknown("", f"{name} of more than {MAX_ALTERNATIVES} alternatives")
    if len(options) == 1 and options[0][0] is True:
        return _apply(name, options[0][1], place)
    return one_of((when, _apply(name, given, place)) for when, given in options)


def _apply(name: str, arguments: list[Value], place: str) -> Value:
    for argument in arguments:
        if isinstance(argument, Failed):
            return argument
    f = FUNCTIONS.get(name)
    if f is None:
        if name in NEVER_KNOWN or "::" in name:
            return Unknown(f"{name} at {place}", f"{name}() is not evaluated")
        return Failed(f"there is no function {name}")
    try:
        return f(*arguments)
    except NotKnown:
        symbol = symbol_of(arguments)
        made = MayFail if name in MAY_FAIL else Unknown
        return made(f"{name}({symbol})" if symbol is not None else "", f"{name}() of a value that is not known")
    except Refused as refused:
        return Failed(f"{name}(): {refused}")
    except (TypeError, ValueError, KeyError, IndexError, OverflowError, AttributeError, ZeroDivisionError, RecursionError) as error:
        return Failed(f"{name}(): {error}")


def symbol_of(values: Iterable[Value]) -> str | None:
    """A name for these values that is equal only where they are; None where something in them has none."""
    words: list[str] = []
    for value in values:
        word = _word(value)
        if word is None:
            return None
        words.append(word)
    return ",".join(words)


def _word(value: Value) -> str | None:
    if isinstance(value, Unknown):
        return value.symbol or None
    if isinstance(value, Ref):
        return f"{value.id}.{value.attribute}"
    if isinstance(value, Text):
        inner = [repr(p) if isinstance(p, str) else _word(p) for p in value.parts]
        return None if None in inner else "+".join(str(w) for w in inner)
    if value is None or isinstance(value, (str, int, float, bool)):
        return repr(value)
    if isinstance(value, list):
        inner = [_word(v) for v in value]
        return None if None in inner else "[" + ",".join(str(w) for w in inner) + "]"
    return None


# what the functions use to read their arguments


def text(value: Value) -> str:
    """A whole string, or a number or bool as one."""
    value = settled(value)
    if isinstance(value, Encoded):
        value = encoded_text(value)
    if value is None:
        raise Refused("null where a string is needed")
    if isinstance(value, (str, int, float)):
        return value if isinstance(value, str) else string_of(value)
    if isinstance(value, (list, dict)):
        raise Refused("a string is needed")
    raise NotKnown


def pieces(value: Value) -> tuple[Any, ...]:
    """A string known in part, as its parts."""
    if isinstance(value, Encoded):
        value = encoded_text(value)
    if value is None:
        raise Refused("null where a string is needed")
    if isinstance(value, bool):
        return (string_of(value),)
    if isinstance(value, (list, dict)):
        raise Refused("a string is needed")
    if isinstance(value, Lazy):
        raise NotKnown
    return parts_of(value)


def whole_number(value: Value) -> int:
    """A whole number."""
    n = any_number(value)
    if isinstance(n, float):
        raise Refused("a whole number is needed")
    return n


def any_number(value: Value) -> int | float:
    """A number, or a string that writes one."""
    value = settled(value)
    if isinstance(value, bool) or value is None or isinstance(value, (list, dict)):
        raise Refused("a number is needed")
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, str):
        from edalint.frontends.terraform.types import number_of

        n = number_of(value)
        if isinstance(n, Failed):
            raise Refused(n.reason)
        return n  # type: ignore[no-any-return]
    raise NotKnown


def elements(value: Value) -> list[Value]:
    """The elements of a list, set or tuple."""
    if isinstance(value, list):
        return value
    if value is None or isinstance(value, (dict, str, int, float, Encoded)):
        raise Refused("a list is needed")
    raise NotKnown


def mapping(value: Value) -> dict[str, Value]:
    """The items of a map or object."""
    if isinstance(value, dict):
        return value
    if value is None or isinstance(value, (list, str, int, float, Encoded)):
        raise Refused("a map is needed")
    raise NotKnown


def known(value: Value) -> Value:
    """The value, which must be known at its top."""
    value = settled(value)
    if isinstance(value, (Unknown, Ref, Text, OneOf)):
        raise NotKnown
    return value
