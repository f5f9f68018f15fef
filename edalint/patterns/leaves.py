"""The tests that stand in a pattern's arrays: what each admits, and whether two of them can be met by one value.

Values are those of JSON: strings (also Text and Ref), numbers, booleans, null (`None`), and `ABSENT`.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

from collections.abc import Callable

from edalint.hints import Any
from edalint.model import texts
from edalint.model.records import NamedTuple
from edalint.model.values import Kleene, Ref, Text, Unknown, Value
from edalint.patterns import languages
from edalint.patterns.kleene import any_of, negation
from edalint.patterns.languages import Language


class _Absent:
    """The field is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()
"""The value of a field that an event does not have."""

_STRING_LANGUAGES: dict[str, Callable[[Value], Language | None]] = {
    "prefix": languages.prefixed,
    "suffix": languages.suffixed,
    "equals-ignore-case": lambda value: languages.literal(value, ignore_case=True),
    "prefix-ignore-case": lambda value: languages.prefixed(value, ignore_case=True),
    "suffix-ignore-case": lambda value: languages.suffixed(value, ignore_case=True),
    "wildcard": languages.wildcard,
}


class Range(NamedTuple):
    """The operand of `numeric`."""

    low: float
    low_open: bool
    high: float
    high_open: bool

    def holds(self, number: float) -> bool:
        """Whether a number is in it."""
        above = number > self.low or (number == self.low and not self.low_open)
        below = number < self.high or (number == self.high and not self.high_open)
        return above and below


class Test(NamedTuple):
    """One alternative of a leaf."""

    op: str
    """`equals`, `prefix`, `suffix`, `equals-ignore-case`, `prefix-ignore-case`, `suffix-ignore-case`, `wildcard`, `numeric`, `cidr`,
    `exists`, `absent`, `anything-but`; `unknown` where the template does not say."""
    operand: Any = None
    """A value; a `Range`; an ip network; for `anything-but` the list of tests of which none may hold."""


EXISTS = Test("exists")
MISSING = Test("absent")


def unknown(reason: Unknown) -> Test:
    """A test that the template does not say."""
    return Test("unknown", reason)


def accepts(test: Test, value: Any) -> Kleene:
    """Whether a value passes a test."""
    op, operand = test
    if op == "unknown":
        return Unknown(operand.symbol, operand.reason)
    if value is ABSENT:
        return op == "absent"
    if op in ("exists", "absent"):
        return op == "exists"
    if op == "anything-but":
        return negation(any_of(accepts(inner, value) for inner in operand))
    if op == "equals":
        return _equal(operand, value)
    if isinstance(value, Unknown) and op in ("numeric", "cidr"):
        return value
    if op == "numeric":
        return _is_number(value) and operand.holds(value)
    if op == "cidr":
        return _in_network(operand, value)
    if not _is_string(value):
        return False
    return _string_test(op, operand, value)


def compatible(left: Test, right: Test) -> Kleene:
    """Whether one value (of a field that is no array) can pass both tests."""
    if left.op == "unknown" or right.op == "unknown":
        reason = (left if left.op == "unknown" else right).operand
        return Unknown(reason.symbol, reason.reason)
    if "absent" in (left.op, right.op):
        return left.op == right.op
    if "exists" in (left.op, right.op):
        return True
    if left.op == "equals":
        return accepts(right, left.operand)
    if right.op == "equals":
        return accepts(left, right.operand)
    if left.op == "anything-but" or right.op == "anything-but":
        return _compatible_with_exclusion(left, right) if right.op == "anything-but" else _compatible_with_exclusion(right, left)
    if left.op == "numeric" or right.op == "numeric":
        return left.op == right.op and _ranges_meet(left.operand, right.operand)
    if left.op == "cidr" or right.op == "cidr":
        if left.op == right.op:
            return left.operand.version == right.operand.version and bool(left.operand.overlaps(right.operand))
        return Unknown("", "whether an address can have such a text is not worked out")
    first, second = language_of(left), language_of(right)
    if first is None or second is None:
        return Unknown("", "the operand is not known")
    return languages.meet(first, second)


def admits_everything(test: Test) -> bool:
    """Whether every value that is there passes (an empty prefix, `*`, exists)."""
    return (
        test.op == "exists" or (test.op in ("prefix", "suffix") and test.operand == "") or (test.op == "wildcard" and test.operand == "*")
    )


def language_of(test: Test) -> Language | None:
    """The strings that a test on strings admits; None for the others."""
    if test.op == "equals" and _is_string(test.operand):
        return languages.literal(test.operand)
    make = _STRING_LANGUAGES.get(test.op)
    return make(test.operand) if make else None


def _compatible_with_exclusion(test: Test, exclusion: Test) -> Kleene:
    """Whether something passes `test` that `exclusion` (anything-but) leaves in."""
    if test.op == "anything-but":
        return True  # both leave nearly everything in
    if test.op == "numeric":
        excluded = [inner.operand for inner in exclusion.operand if _is_number(inner.operand)]
        only = test.operand.low if test.operand.low == test.operand.high else None
        return only is None or only not in excluded
    language = language_of(test)
    if language is None:
        return True  # a network of addresses against a list of texts: some address is left
    if any(_covers(inner, test) for inner in exclusion.operand):
        return False
    if not language.exact:
        return Unknown("", "it depends on a value that is not known")
    if any(accepts(exclusion, example) is True for example in languages.examples(language)):
        return True
    return Unknown("", "whether anything is left is not worked out")


def _covers(wide: Test, narrow: Test) -> bool:
    """Whether everything that passes `narrow` is sure to pass `wide` (the simple cases)."""
    if wide == narrow:
        return True
    if wide.op == narrow.op == "prefix":
        return texts.starts_with(narrow.operand, wide.operand) is True
    if wide.op == narrow.op == "suffix":
        return texts.ends_with(narrow.operand, wide.operand) is True
    return False


def _string_test(op: str, operand: Value, value: Value) -> Kleene:
    if op == "prefix":
        return texts.starts_with(value, operand)
    if op == "suffix":
        return texts.ends_with(value, operand)
    language, text = language_of(Test(op, operand)), languages.literal(value)
    if language is None or text is None:
        return Unknown("", "the operand is not known")
    return languages.meet(language, text)


def _equal(operand: Value, value: Value) -> Kleene:
    if isinstance(operand, str) and isinstance(value, str):
        return operand == value
    if _is_string(operand) and _is_string(value):
        return texts.equal(operand, value)
    if isinstance(operand, Unknown) or isinstance(value, Unknown):
        return operand if isinstance(operand, Unknown) else value
    if _is_number(operand) and _is_number(value):
        if operand != value:
            return False
        # 300 and 300.0: the service's documentation says different, its engine says equal
        return True if repr(operand) == repr(value) else Unknown("", "equal numbers written in different ways")
    return type(operand) is type(value) and bool(operand == value)


def _in_network(network: Any, value: Value) -> Kleene:
    if isinstance(value, (Text, Ref)):
        return Unknown("", "an address that is not known")
    if not isinstance(value, str):
        return False
    from ipaddress import ip_address

    try:
        address = ip_address(value)
    except ValueError:
        return False
    return address.version == network.version and address in network


def _ranges_meet(left: Range, right: Range) -> bool:
    low, low_open = max((left.low, left.low_open), (right.low, right.low_open))
    high = min(left.high, right.high)
    high_open = any(r.high_open for r in (left, right) if r.high == high)
    return low < high or (low == high and not low_open and not high_open)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_string(value: Any) -> bool:
    return isinstance(value, (str, Text, Ref, Unknown))
