"""The Condition of a statement: whether a request's keys satisfy it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html. Values of one test are
alternatives, tests are joined by "and". A key that the request does not carry fails a test, except one that negates, one
with IfExists, and ForAllValues. ArnEquals and ArnLike are one operator, and both take wildcards, each within its part of the ARN.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from edalint.hints import Final
from edalint.iam.document import Test
from edalint.model import texts
from edalint.model.values import Kleene, Unknown, Value


class Absent:
    """The value of a key that the request is known not to carry."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()

Compare = Callable[[Value, Value], Kleene]
"""(wanted, carried) -> whether they go together."""


def _same_but_for_case(wanted: Value, carried: Value) -> Kleene:
    return texts.equal(texts.lower(wanted), texts.lower(carried))


ARN_PARTS = 6
"""Parts of an ARN, of which the last may hold colons itself."""


def _arn_like(wanted: Value, carried: Value) -> Kleene:
    """Part by part; where only a wildcard over colons would match, IAM's documentation does not say."""
    found = texts.wildcard(wanted, carried)
    if found is not True or wanted == carried or not isinstance(wanted, str):
        return found
    parts = wanted.split(":", ARN_PARTS - 1)
    ours = carried.split(":", ARN_PARTS - 1) if isinstance(carried, str) else []
    if len(parts) < ARN_PARTS or (ours and not all(texts.wildcard(*pair) for pair in zip(parts, ours, strict=False))):
        return Unknown("", "a wildcard over several parts of an ARN")
    return True


OPERATORS: dict[str, tuple[Compare, bool]] = {
    "stringequals": (texts.equal, False),
    "stringnotequals": (texts.equal, True),
    "stringequalsignorecase": (_same_but_for_case, False),
    "stringnotequalsignorecase": (_same_but_for_case, True),
    "stringlike": (texts.wildcard, False),
    "stringnotlike": (texts.wildcard, True),
    "arnequals": (_arn_like, False),
    "arnlike": (_arn_like, False),
    "arnnotequals": (_arn_like, True),
    "arnnotlike": (_arn_like, True),
    "bool": (_same_but_for_case, False),
}
"""Operator -> how one value is compared, and whether the operator negates."""
UNREAD: dict[str, bool] = {
    "numericequals": False, "numericnotequals": True, "numericlessthan": False, "numericlessthanequals": False,
    "numericgreaterthan": False, "numericgreaterthanequals": False, "dateequals": False, "datenotequals": True,
    "datelessthan": False, "datelessthanequals": False, "dategreaterthan": False, "dategreaterthanequals": False,
    "binaryequals": False, "ipaddress": False, "notipaddress": True,
}  # fmt: skip
"""Operators whose values are not compared here: only whether the key is there decides. Each with whether it negates."""


def all_hold(tests: Sequence[Test], context: Mapping[str, Value]) -> Kleene:
    """Whether a request with these keys satisfies every test."""
    answer: Kleene = True
    for test in tests:
        held = holds(test, context.get(test.key, Unknown("", f"{test.key} of the request is not known")))
        if held is False:
            return False
        if isinstance(held, Unknown) and answer is True:
            answer = held
    return answer


def holds(test: Test, carried: Value) -> Kleene:
    """Whether the value that a request carries (or `ABSENT`) satisfies one test."""
    if test.operator == "null":
        return _null(test, carried)
    if test.operator in OPERATORS:
        compare, negates = OPERATORS[test.operator]
    elif test.operator in UNREAD:
        compare, negates = _unread, UNREAD[test.operator]
    else:
        return Unknown("", f"a condition with an operator that is not known: {test.operator}")
    if carried is ABSENT:
        if test.quantifier == "forallvalues":
            return True
        if test.quantifier == "foranyvalue" and test.if_exists:
            return Unknown("", "ForAnyValue with IfExists, of a key that is not there")
        return test.if_exists or (negates and test.quantifier != "foranyvalue")
    answer: Kleene = False
    for wanted in test.values:
        found = compare(wanted, carried)
        if found is True:
            answer = True
            break
        if isinstance(found, Unknown):
            answer = found
    if isinstance(answer, Unknown):
        return answer
    return not answer if negates else answer


def _null(test: Test, carried: Value) -> Kleene:
    """`Null` with `true` asks that the key is absent, with `false` that it is there."""
    if isinstance(carried, Unknown) and not carried.symbol:
        return carried
    answers = [texts.equal(texts.lower(wanted), "true" if carried is ABSENT else "false") for wanted in test.values]
    return (
        True if True in [a for a in answers if not isinstance(a, Unknown)] else next((a for a in answers if isinstance(a, Unknown)), False)
    )


def _unread(wanted: Value, carried: Value) -> Kleene:
    return Unknown("", "a comparison of numbers, dates or addresses")
