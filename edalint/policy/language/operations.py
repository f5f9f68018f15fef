"""What operators and functions of the language do with values: known, absent (`None`), unknown, mismatched.

- Unknown is contagious, save where an operator is decided without it.
- Absent equals null and what is absent too; every other operator gives False on it (`!=` beside a written null excepted),
  calculating with it gives absent.
- Values whose types don't go together give a `Mismatch`, an Unknown that is somebody's mistake and becomes a diagnostic.
- Property values are untyped: `"30"` is 30 beside a number and `"true"` is true beside a truth value, as for CloudFormation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import ge, gt, le, lt

from edalint.facts.view import SETTLED, Group, Members, Path, View
from edalint.hints import Any
from edalint.model.graph import Edge, EventGraph, Node, Part
from edalint.model.values import Kleene, Ref, Text, Unknown, Value

LARGEST = 2**63 - 1
_INFINITE = float("inf")
SUBJECTS = (Node, Edge, Part, Path, Group, EventGraph)
PLAIN = frozenset((str, int, bool))
"""Types whose values compare among themselves as Python's do."""
_DOUBT = Unknown("", "some elements are not decided")


class Mismatch(Unknown):
    """Types that don't go together, a division by zero, an overflow: a mistake in the policy or the template."""

    __slots__ = ()


class Outcome(Unknown):
    """The unknown result of an operation on something unknown: not the same value as that, nor as another result."""

    __slots__ = ("cause",)

    def __init__(self, cause: Unknown) -> None:
        super().__init__("", cause.reason or cause.symbol)
        self.cause: Unknown = cause.cause if isinstance(cause, Outcome) else cause


def outcome(cause: Value) -> Unknown:
    """What an operation on an unknown value gives; a mistake stays what it is."""
    return cause if type(cause) is Mismatch else Outcome(cause)


def cause_of(unknown: Unknown) -> Unknown:
    """The unknown value that an unknown result comes from."""
    return unknown.cause if isinstance(unknown, Outcome) else unknown


class Between(Unknown):
    """A whole number that is known to be at least `low` and, where it is not None, at most `high`: a size."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int | None, reason: str) -> None:
        super().__init__("", reason)
        self.low, self.high = low, high


class Doubtful(Members[Any]):
    """A set some of whose elements may not belong to it: what a filter with unknown answers leaves."""

    __slots__ = ("doubts",)

    def __init__(self, members: Iterable[Any], doubts: Sequence[Unknown | None], open: str = "") -> None:
        super().__init__(members, open)
        self.doubts = tuple(doubts)
        """Per element: None where it belongs, else why that is not known."""


def truth(value: Value) -> Kleene | None:
    """A value as a condition: `"true"` of a template is True; None where absent."""
    if value is True or value is False or value is None:
        return value
    if isinstance(value, Unknown):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, (Text, Ref)):
        return Unknown("", "a text whose value is not known")
    return Mismatch("", f"{describe(value)} where a truth value belongs")


def both(answers: Iterable[Kleene]) -> Kleene:
    """Kleene's conjunction of many."""
    doubt: Unknown | None = None
    for answer in answers:
        if answer is False:
            return False
        if answer is not True:
            doubt = answer if doubt is None else doubt
    return True if doubt is None else outcome(doubt)


def negation(answer: Kleene) -> Kleene:
    """Kleene's negation."""
    return outcome(answer) if isinstance(answer, Unknown) else not answer


def describe(value: Value) -> str:
    """What sort of value it is, for messages of mismatches."""
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, (str, Text, Ref)):
        return "a string"
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    return getattr(value, "kind", "null" if value is None else "a value")


# equality


def equal(left: Value, right: Value, view: View, spend: Callable[[int], None]) -> Kleene:
    """`==`: null equals absent alone; texts and sets answer from what is known of them."""
    if type(left) is type(right) and type(left) in PLAIN:
        return bool(left == right)
    if left is None or right is None:
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return outcome(left if isinstance(left, Unknown) else right)
        return left is right
    if isinstance(left, Between) or isinstance(right, Between):
        return _ranges("==", left, right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _equal_unknown(left, right)
    if isinstance(left, SUBJECTS) or isinstance(right, SUBJECTS):
        return left is right or (isinstance(left, (Path, Group)) and type(left) is type(right) and bool(left.id == right.id))
    if isinstance(left, (dict, list)) or isinstance(right, (dict, list)):
        return _equal_collections(left, right, view, spend)
    return _equal_scalars(left, right)


def unequal(left: Value, right: Value, view: View, spend: Callable[[int], None]) -> Kleene:
    """`!=` of two values: what is absent differs from nothing, save from a written null."""
    if left is None or right is None:
        return False
    answer = negation(equal(left, right, view, spend))
    doubt = next((side for side in (left, right) if isinstance(side, Unknown) and not isinstance(side, Between)), None)
    return outcome(doubt) if answer is True and doubt is not None else answer


def _equal_unknown(left: Value, right: Value) -> Kleene:
    if type(left) is Mismatch or type(right) is Mismatch:
        return left if type(left) is Mismatch else right
    if isinstance(left, Unknown) and isinstance(right, Unknown) and left == right:
        return True
    if isinstance(left, (str, Text)) or isinstance(right, (str, Text)):
        from edalint.model import texts

        if isinstance(left, (str, Text, Ref, Unknown)) and isinstance(right, (str, Text, Ref, Unknown)):
            answer = texts.equal(left, right)
            if not isinstance(answer, Unknown):
                return answer
    return outcome(left if isinstance(left, Unknown) else right)


def _equal_scalars(left: Value, right: Value) -> Kleene:
    if isinstance(left, bool) or isinstance(right, bool):
        other = right if isinstance(left, bool) else left
        known = left if isinstance(left, bool) else right
        if isinstance(other, (Text, Ref)):
            return _equal_texts("true" if known else "false", other)
        return (other.lower() == ("true" if known else "false")) if isinstance(other, str) else (isinstance(other, bool) and known is other)
    if isinstance(left, (int, float)) or isinstance(right, (int, float)):
        a, b = number(left), number(right)
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            texts_involved = isinstance(left, (Text, Ref)) or isinstance(right, (Text, Ref))
            return _equal_texts(left, right) if texts_involved else False
        return bool(a == b)
    return _equal_texts(left, right)


def _equal_texts(left: Value, right: Value) -> Kleene:
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    from edalint.model import texts

    return texts.equal(left, right)


def _equal_collections(left: Value, right: Value, view: View, spend: Callable[[int], None]) -> Kleene:
    if isinstance(left, list) and isinstance(right, list):
        first, second = elements(left, view), elements(right, view)
        doubt = _unsure(left, first)
        doubt = _unsure(right, second) if doubt is None else doubt
        if doubt is not None:
            return outcome(doubt)
        spend(len(first))
        return len(first) == len(second) and both(equal(a, b, view, spend) for a, b in zip(first, second, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        one = {k: view.value(v) for k, v in left.items()}
        two = {k: view.value(v) for k, v in right.items()}
        spend(len(one))
        keys = {*one, *two}
        return both(equal(one.get(k), two.get(k), view, spend) for k in sorted(keys, key=str))
    return False


def _unsure(members: list[Any], inside: list[Any]) -> Unknown | None:
    """Why a set is not known as a whole."""
    if isinstance(members, Members) and members.open:
        return Unknown("", members.open)
    return next((d for d in doubts_of(members, inside) if d is not None), None)


def elements(members: list[Any], view: View) -> list[Any]:
    """The elements of a list under a view; those that are absent in it are left out."""
    if isinstance(members, Doubtful):
        return list(members)
    decided = [e if type(e) in SETTLED else view.value(e) for e in members]
    return [e for e in decided if e is not None]


def doubts_of(members: list[Any], inside: list[Any]) -> Sequence[Unknown | None]:
    """Per element of a list None where it belongs to it, else why that is not known: what is unknown may be absent."""
    return members.doubts if isinstance(members, Doubtful) else [e if isinstance(e, Unknown) else None for e in inside]


# order and numbers


def number(value: Value) -> Any:
    """A number, from a template's text as well; Unknown or Mismatch where it is none."""
    if isinstance(value, bool):
        return Mismatch("", "a truth value where a number belongs")
    if isinstance(value, (int, float, Unknown)):
        return value
    if isinstance(value, str):
        try:
            return int(value) if len(value) < 20 else Mismatch("", "a text where a number belongs")
        except ValueError:
            pass
        try:
            found = float(value)
            return found if abs(found) < _INFINITE else Mismatch("", f"{value[:40]!r} where a number belongs")
        except ValueError:
            return Mismatch("", f"{value[:40]!r} where a number belongs")
    if isinstance(value, (Text, Ref)):
        return Unknown("", "a text whose value is not known")
    return Mismatch("", f"{describe(value)} where a number belongs")


_ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def compare(operator: str, left: Value, right: Value) -> Kleene:
    """`<`, `<=`, `>`, `>=`: numbers with numbers, strings with strings, truth values with truth values."""
    if type(left) is type(right) and type(left) in PLAIN:
        return _ORDER[operator](left, right)
    if left is None or right is None:
        return False
    if isinstance(left, Between) or isinstance(right, Between):
        return _ranges(operator, left, right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return outcome(left if isinstance(left, Mismatch) or not isinstance(right, Unknown) else right)
    if isinstance(left, str) and isinstance(right, str):
        return _ORDER[operator](left, right)
    a, b = number(left), number(right)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return outcome(a if isinstance(a, Mismatch) or not isinstance(b, Unknown) else b)
    return _ORDER[operator](a, b)


def _ranges(operator: str, left: Value, right: Value) -> Kleene:
    """A comparison of which one side at least is a size that is known within bounds."""
    one, two = _range(left), _range(right)
    if isinstance(one, Unknown):
        return one
    if isinstance(two, Unknown):
        return two
    doubt = left if isinstance(left, Between) else right
    if operator in (">", ">="):
        return _below(two, one, strict=operator == ">") or doubt_or_false(_below(one, two, strict=operator == ">="), doubt)
    if operator in ("<", "<="):
        return _below(one, two, strict=operator == "<") or doubt_or_false(_below(two, one, strict=operator == "<="), doubt)
    apart = _below(one, two, strict=True) or _below(two, one, strict=True)
    return apart if operator == "!=" and apart else doubt_or_false(apart, doubt)


def doubt_or_false(decided: bool, doubt: Unknown) -> Kleene:
    """False where that is decided, else the doubt."""
    return False if decided else doubt


def _range(value: Value) -> tuple[float, float] | Unknown:
    if isinstance(value, Between):
        return (value.low, _INFINITE if value.high is None else value.high)
    plain = number(value)
    return plain if isinstance(plain, Unknown) else (plain, plain)


def _below(left: tuple[float, float], right: tuple[float, float], *, strict: bool) -> bool:
    """Whether everything in the left range is below everything in the right one."""
    return left[1] < right[0] if strict else left[1] <= right[0]


def calculate(operator: str, left: Value, right: Value, view: View) -> Value:
    """`+`, `-`, `*`, `/`, `%`; whole numbers divide as CEL's do, towards zero; `+` joins strings and lists as well."""
    for side in (left, right):
        if isinstance(side, Mismatch):
            return side
    if left is None or right is None:
        return None
    if operator == "+" and isinstance(left, list) and isinstance(right, list):
        return _joined(left, right, view)
    if operator == "+" and isinstance(left, (str, Text, Ref)) and isinstance(right, (str, Text, Ref)):
        return _text(left, right)
    a, b = number(left), number(right)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return outcome(a if isinstance(a, Mismatch) or not isinstance(b, Unknown) else b)
    return _arithmetic(operator, a, b)


def _text(left: Value, right: Value) -> Value:
    from edalint.model.values import text_of

    return text_of([left, right])


def _joined(left: list[Any], right: list[Any], view: View) -> Value:
    open = (left.open if isinstance(left, Members) else "") or (right.open if isinstance(right, Members) else "")
    one, two = elements(left, view), elements(right, view)
    return collected([*one, *two], [*doubts_of(left, one), *doubts_of(right, two)], open)


def collected(members: list[Any], doubts: Sequence[Unknown | None], open: str) -> list[Any]:
    """A list that says what is not known of it."""
    return Doubtful(members, doubts, open) if any(d is not None for d in doubts) else Members(members, open)


def _arithmetic(operator: str, left: Any, right: Any) -> Value:
    try:
        if operator == "+":
            result = left + right
        elif operator == "-":
            result = left - right
        elif operator == "*":
            result = left * right
        elif right == 0 and operator == "/" and (isinstance(left, float) or isinstance(right, float)):
            import math

            return math.nan if left == 0 or math.isnan(left) else math.copysign(math.inf, left) * math.copysign(1.0, right)
        elif right == 0:
            return Mismatch("", "a division by zero")
        elif operator == "/":
            whole = isinstance(left, int) and isinstance(right, int)
            result = (abs(left) // abs(right)) * (1 if (left < 0) == (right < 0) else -1) if whole else left / right
        else:
            whole = isinstance(left, int) and isinstance(right, int)
            result = abs(left) % abs(right) * (-1 if left < 0 else 1) if whole else Mismatch("", "% of a number that is not whole")
    except OverflowError:
        return Mismatch("", "a number too large")
    if isinstance(result, int) and not -LARGEST - 1 <= result <= LARGEST:
        return Mismatch("", "a whole number too large")
    return result


# membership and size


def contained(value: Value, members: Value, view: View, spend: Callable[[int], None]) -> Kleene:
    """`in`: True or unknown over an open set."""
    if isinstance(members, Unknown):
        return outcome(members)
    if type(value) is Mismatch:
        return value
    if members is None:
        return False
    if isinstance(members, dict):
        if isinstance(value, (Unknown, Text, Ref)):
            return outcome(value) if isinstance(value, Unknown) else Unknown("", "a text whose value is not known")
        found = view.get(members, value) if isinstance(value, str) else None
        return outcome(found) if isinstance(found, Unknown) else found is not None
    if not isinstance(members, list):
        return Mismatch("", f"{describe(members)} where a list or map belongs")
    inside = elements(members, view)
    spend(len(inside))
    doubt: Unknown | None = None
    for element, unsure in zip(inside, doubts_of(members, inside), strict=True):
        answer = equal(value, element, view, spend)
        if answer is True and unsure is None:
            return True
        if answer is not False:
            doubt = answer if isinstance(answer, Unknown) else unsure
    if doubt is not None:
        return outcome(doubt)
    if isinstance(members, Members) and members.open:
        return Unknown("", members.open)
    return False


def size(value: Value, view: View) -> Value:
    """How many elements, entries or characters; within bounds where a set is open or doubtful."""
    if value is None:
        return None
    if isinstance(value, list):
        return _length(value, view)
    if isinstance(value, Unknown):
        return outcome(value) if not isinstance(value, Between) else Mismatch("", "a number has no size")
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (Text, Ref)):
        return Unknown("", "the length of a text that is known in part")
    if isinstance(value, dict):
        return _length([v for v in map(view.value, value.values()) if v is not None], view)
    return Mismatch("", f"{describe(value)} has no size")


def _length(value: list[Any], view: View) -> Value:
    inside = elements(value, view)
    unsure = [d for d in doubts_of(value, inside) if d is not None]
    open = value.open if isinstance(value, Members) else ""
    if not open and not unsure:
        return len(inside)
    return Between(len(inside) - len(unsure), None if open else len(inside), open or unsure[0].reason or _DOUBT.reason)


# strings


def string_test(name: str, value: Value, argument: Value) -> Kleene:
    """`matches`, `startsWith`, `endsWith`, `contains` over what is known of a text."""
    for side in (value, argument):
        if isinstance(side, Mismatch):
            return side
    if value is None or argument is None:
        return False
    answer = _string_test(name, value, argument)
    if isinstance(answer, Unknown):
        return outcome(answer)
    if answer:  # what is unknown may be absent, of which no test is true
        doubt = next((side for side in (value, argument) if isinstance(side, Unknown)), None)
        return outcome(doubt) if doubt is not None else True
    return False


def _string_test(name: str, value: Value, argument: Value) -> Kleene:
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, (int, float)):
        value = string(value)
    if isinstance(value, (dict, list, *SUBJECTS)) or not isinstance(argument, (str, Text, Ref, Unknown)):
        return Mismatch("", f"{name} over {describe(value)}")
    if name == "matches":
        return _matches(value, argument)
    if isinstance(value, str) and isinstance(argument, str):
        return {"startsWith": value.startswith, "endsWith": value.endswith, "contains": value.__contains__}[name](argument)
    from edalint.model import texts

    if name == "startsWith":
        return texts.starts_with(value, argument)
    return texts.ends_with(value, argument) if name == "endsWith" else texts.contains(value, argument)


def _matches(value: Value, pattern: Value) -> Kleene:
    from edalint.policy.language import regexes

    if not isinstance(pattern, str):
        return pattern if isinstance(pattern, Unknown) else Unknown("", "a regular expression that is known in part")
    try:
        if isinstance(value, str):
            return regexes.search(pattern, value)
        regexes.check(pattern)
    except regexes.RegexError as error:
        return Mismatch("", str(error))
    from edalint.model import texts

    return texts.regex(pattern, value)


# conversions


def integer(value: Value) -> Value:
    """`int(x)`: of a number towards zero, of a string that writes one."""
    plain = number(value) if value is not None else None
    if isinstance(plain, Unknown):
        return outcome(plain)
    if isinstance(plain, float):
        return int(plain) if abs(plain) <= LARGEST else Mismatch("", "a number too large")
    return plain


def double(value: Value) -> Value:
    """`double(x)`."""
    plain = number(value) if value is not None else None
    if isinstance(plain, Unknown):
        return outcome(plain)
    return float(plain) if isinstance(plain, int) else plain


def string(value: Value) -> Value:
    """`string(x)`."""
    if value is None or isinstance(value, (str, Text, Ref)):
        return value
    if isinstance(value, Unknown):
        return outcome(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value)
    return Mismatch("", f"{describe(value)} is no string")
