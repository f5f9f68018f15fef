"""Event patterns of EventBridge rules: valid or not, whether any event can match, whether one event can match two of them.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
"""

from __future__ import annotations

from collections.abc import Iterator

from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.values import Kleene, Ref, Text, Unknown, Value, settled
from edalint.patterns import languages, syntax
from edalint.patterns.kleene import all_of, any_of, negation
from edalint.patterns.leaves import Test, accepts, admits_everything, compatible, language_of
from edalint.patterns.syntax import ALL_OPERATORS, Branch, Decide, Dialect, Key, Leaf, Pattern, Problem

DIALECT = Dialect(ALL_OPERATORS, frozenset({"prefix", "suffix", "equals-ignore-case", "wildcard"}))

ENVELOPE = frozenset({"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", "replay-name"})
"""The fields of every event: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html"""
_STRINGS = ENVELOPE - {"resources", "detail"}
_SELDOM = frozenset({"replay-name", "resources"})
"""Fields that an event may lack (or have empty)."""
_ACCOUNT = languages.of_choices("0123456789", 12)
_REGION = pattern(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}$")
MAX_PAIRS = 20_000
"""More pairs of `$or` branches, or of tests, than this are not compared."""


def parse(pattern: Value, decide: Decide = settled) -> Pattern:
    """A rule's pattern. `decide` picks one alternative where a value has several."""
    return syntax.parse(pattern, DIALECT, decide)


def satisfiable(pattern: Pattern) -> Kleene:
    """Whether some event can match: False for a pattern that AWS refuses and for one that asks what no event has."""
    if pattern.problems:
        return False
    if never(pattern) is not None:
        return False
    if pattern.doubt is not None:
        return pattern.doubt
    return any_of(all_of(any_of(_possible(leaf, test) for test in leaf.tests) for leaf in branch.values()) for branch in pattern.branches)


def never(pattern: Pattern) -> Problem | None:
    """What no event can have, of a valid pattern that can never match; None where one may."""
    if pattern.doubt is not None or not pattern.branches:
        return None
    first: Problem | None = None
    for branch in pattern.branches:
        wrong = next((p for p in map(_impossible, branch.values()) if p is not None), None)
        if wrong is None:
            return None
        first = first or wrong
    return first


def overlap(left: Pattern, right: Pattern) -> Kleene:
    """Whether one event can match both.

    Fields are taken as single values (an event whose field is an array could pass two tests with two elements).
    """
    if left.problems or right.problems:
        return False
    if len(left.branches) * len(right.branches) > MAX_PAIRS:
        return Unknown("", "too many combinations of $or")
    answer = any_of(_branches_overlap(a, b) for a in left.branches for b in right.branches)
    return _with_doubt(answer, left, right)


def excludes(left: Pattern, right: Pattern) -> bool:
    """Whether it is sure that no event matches both."""
    return overlap(left, right) is False


def matches(pattern: Pattern, event: Value) -> Kleene:
    """Whether an event matches that is known in part: values may be unknown.

    Fields of the envelope that are missing (`id`, `time` ...) are unknown; others that are missing are absent.
    """
    if pattern.problems:
        return False
    answer = any_of(_branch_matches(branch, event) for branch in pattern.branches)
    return _with_doubt(answer, pattern)


def is_catch_all(pattern: Pattern) -> Kleene:
    """Whether every event (of the account and Region) matches."""
    if pattern.problems:
        return False
    answer = any_of(all_of(_takes_all(leaf) for leaf in branch.values()) for branch in pattern.branches)
    return _with_doubt(answer, pattern)


def values_of(pattern: Pattern, *path: str) -> list[Value] | Unknown | None:
    """The values that a field must equal one of, over all branches; None where it may be something else.

    For `source`, `detail-type` and the like: a prefix, or a branch that does not ask, gives None.
    """
    found: list[Value] = []
    for branch in pattern.branches:
        leaf = branch.get(path)
        if leaf is None:
            whole = next((branch[path[:n]] for n in range(1, len(path)) if path[:n] in branch), None)
            return whole.tests[0].operand if whole is not None and whole.whole else pattern.doubt
        for test in leaf.tests:
            if test.op == "unknown":
                return test.operand if isinstance(test.operand, Unknown) else Unknown("", "not known")
            if test.op != "equals":
                return None
            if test.operand not in found:
                found.append(test.operand)
    return pattern.doubt if pattern.doubt is not None else found


def tests_of(pattern: Pattern, *path: str) -> list[Test]:
    """Every test of a field, in all branches."""
    return [test for branch in pattern.branches if path in branch for test in branch[path].tests]


def asks(pattern: Pattern, *path: str) -> bool:
    """Whether every branch tests a field (or one below it)."""
    return bool(pattern.branches) and all(any(key[: len(path)] == path for key in branch) for branch in pattern.branches)


def _with_doubt(answer: Kleene, *patterns: Pattern) -> Kleene:
    """An answer over patterns of which a part may not be known: a conjunct that is missing can only take matches away."""
    doubt = next((p.doubt for p in patterns if p.doubt is not None), None)
    return doubt if doubt is not None and answer is not False else answer


def _impossible(leaf: Leaf) -> Problem | None:
    if leaf.whole or not leaf.tests:
        return None
    answer = any_of(_possible(leaf, test) for test in leaf.tests)
    if answer is not False:
        return None
    name = ".".join(leaf.path)
    top = leaf.path[0]
    if top not in ENVELOPE:
        message = f"no event has a field `{name}` beside `detail`"
    elif top == "detail":
        message = "`detail` is an object in every event, never a value"
    elif len(leaf.path) > 1:
        message = f"`{top}` is no object in any event, so `{name}` is never there"
    elif top == "account":
        message = "`account` asks for what is no account id of 12 digits"
    elif top == "source" and any(test.op == "equals" and isinstance(test.operand, str) for test in leaf.tests):
        message = "the `source` of an AWS service is all in small letters, and nobody else's begins with `aws.`"
    elif top == "region":
        message = "`region` asks for what is no Region's name"
    else:
        message = f"`{name}` is a string in every event"
    return Problem(message, leaf.place)


def _possible(leaf: Leaf, test: Test) -> Kleene:
    """Whether some event's field can pass a test, from what is known of the envelope."""
    if test.op == "unknown":
        return test.operand if isinstance(test.operand, Unknown) else Unknown("", "not known")
    top = leaf.path[0]
    if test.op == "absent":
        return top not in ENVELOPE or len(leaf.path) > 1 or top in _SELDOM or top == "detail"
    if top not in ENVELOPE:
        return False
    if top == "detail":
        return len(leaf.path) > 1
    if len(leaf.path) > 1:
        return False
    if test.op == "equals" and not isinstance(test.operand, (str, Text, Ref, Unknown)):
        return False
    if test.op == "numeric":
        return False
    if top == "account":
        language = language_of(test)
        return True if language is None else languages.meet(language, _ACCOUNT)
    if top == "source" and test.op == "equals" and isinstance(test.operand, str):
        return not _is_misspelt_service(test.operand)
    if top == "region" and test.op == "equals" and isinstance(test.operand, str):
        return bool(_REGION.match(test.operand))
    return True


def _is_misspelt_service(source: str) -> bool:
    """Whether a source begins as only AWS's own do, and is none: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html"""
    return source.startswith("aws.") and not source.startswith("aws.partner/") and source != source.lower()


def _branches_overlap(left: Branch, right: Branch) -> Kleene:
    return all_of(_conjuncts(left, right))


def _conjuncts(left: Branch, right: Branch) -> Iterator[Kleene]:
    for path, leaf in left.items():
        other = right.get(path)
        if other is not None:
            yield _leaves_meet(leaf, other)
    for one, two in ((left, right), (right, left)):
        for path, leaf in one.items():
            for length in range(1, len(path)):
                above = two.get(path[:length])
                if above is not None:
                    yield _above_and_below(above, leaf)
            if leaf.whole and path not in two:
                yield Unknown(leaf.tests[0].operand.symbol, leaf.tests[0].operand.reason)


def _leaves_meet(left: Leaf, right: Leaf) -> Kleene:
    """Whether one value can pass two leaves; lists of plain strings are compared as sets."""
    listed = [{test.operand for test in leaf.tests if test.op == "equals" and isinstance(test.operand, str)} for leaf in (left, right)]
    if listed[0] & listed[1]:
        return True
    if len(listed[0]) == len(left.tests) and len(listed[1]) == len(right.tests):
        return False
    if len(left.tests) * len(right.tests) > MAX_PAIRS:
        return Unknown("", "too many values to compare")
    return any_of(compatible(a, b) for a in left.tests for b in right.tests)


def _above_and_below(above: Leaf, below: Leaf) -> Kleene:
    """Whether a field can pass its own tests while one inside it passes others."""
    if above.whole or below.whole:
        return Unknown("", "a part of a pattern is not known")
    if any(test.op == "absent" for test in (*above.tests, *below.tests)):
        return True
    return any_of(Unknown("", "not known") if test.op == "unknown" else False for test in above.tests)


def _takes_all(leaf: Leaf) -> Kleene:
    if len(leaf.path) == 1 and leaf.path[0] in ("account", "region", "version"):
        return any_of(_takes_own(leaf, test) for test in leaf.tests)
    if leaf.path[0] in _SELDOM or leaf.path[0] not in _STRINGS:
        return any_of(Unknown("", "not known") if test.op == "unknown" else False for test in leaf.tests)
    return any_of(Unknown("", "not known") if test.op == "unknown" else admits_everything(test) for test in leaf.tests)


def _takes_own(leaf: Leaf, test: Test) -> Kleene:
    """Whether a test of the account or Region is passed in the one where the rule stands: what it names is taken for that one."""
    if test.op == "anything-but":
        return Unknown("", "the account or Region that is left out may be the rule's own")
    return test.op != "absent" and (test.op == "unknown" or _possible(leaf, test) is not False)


# matching one event


def _branch_matches(branch: Branch, event: Value) -> Kleene:
    if isinstance(event, dict) and any(_is_plainly_out(leaf, event.get(path[0])) for path, leaf in branch.items() if len(path) == 1):
        return False
    present: list[tuple[Key, Leaf]] = []
    absences: list[Kleene] = []
    for path, leaf in branch.items():
        if _takes_absence(leaf):
            others = leaf._replace(tests=tuple(test for test in leaf.tests if test.op != "absent"))
            absences.append(any_of([negation(_has_value(event, path)), _tree([(path, others)], event, top=True)]))
        else:
            present.append((path, leaf))
    answer = all_of([*absences, _tree(present, event, top=True)])
    if answer is False and absences and _tree(list(branch.items()), event, top=True) is not False:
        return Unknown("", "whether a field may be there in another element of an array hangs on the order of the names")
    return answer


def _is_plainly_out(leaf: Leaf, value: Value) -> bool:
    """Whether a top-level string is none of the strings that a leaf lists: most rules are told apart by this."""
    return isinstance(value, str) and all(
        test.op == "equals" and isinstance(test.operand, str) and test.operand != value for test in leaf.tests
    )


def _has_value(event: Value, path: Key) -> Kleene:
    """Whether an event has a value (that is no object) at a path, in any element of arrays on the way."""
    return any_of(True if not isinstance(v, Unknown) else v for v in _values_at(event, path, top=True))


def _values_at(value: Value, path: Key, *, top: bool = False) -> Iterator[Any]:
    value = settled(value)
    if isinstance(value, list):
        for element in value:
            yield from _values_at(element, path)
    elif isinstance(value, Unknown):
        yield value
    elif not path:
        if not isinstance(value, dict):
            yield value
    elif isinstance(value, dict):
        for rest, inner in _steps(value, path):
            yield from _values_at(inner, rest)
        if top and path[0] in ENVELOPE and path[0] not in value:
            yield Unknown("", f"the event's {path[0]} is not known")


def _steps(value: dict[str, Any], path: Key) -> Iterator[tuple[Key, Value]]:
    """What stands under a path's next step; a key with dots is the same as nested keys."""
    for length in range(1, len(path) + 1):
        key = ".".join(path[:length])
        if key in value:
            yield path[length:], value[key]


def _tree(leaves: list[tuple[Key, Leaf]], value: Value, *, top: bool = False) -> Kleene:
    """Whether all leaves pass in one element of each array on the way."""
    if not leaves:
        return True
    value = settled(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, list):
        return any_of(_tree(leaves, element) for element in value)
    here = [leaf for path, leaf in leaves if not path]
    below = [(path, leaf) for path, leaf in leaves if path]
    answers: list[Kleene] = []
    if here:
        answers += [_leaf_matches(leaf, value) for leaf in here]
    groups: dict[str, list[tuple[Key, Leaf]]] = {}
    for path, leaf in below:
        groups.setdefault(path[0], []).append((path, leaf))
    for key, group in groups.items():
        answers.append(_group_matches(key, group, value, top))
    return all_of(answers)


def _group_matches(key: str, group: list[tuple[Key, Leaf]], value: Value, top: bool) -> Kleene:
    if isinstance(value, dict):
        if key in value:
            return _tree([(path[1:], leaf) for path, leaf in group], value[key])
        if any(str(k).startswith(key + ".") for k in value):
            return all_of(any_of(_tree([(rest, leaf)], inner) for rest, inner in _steps(value, path)) for path, leaf in group)
        if top and key in ENVELOPE:
            return Unknown("", f"the event's {key} is not known")
    return all(_takes_absence(leaf) for _, leaf in group)


def _takes_absence(leaf: Leaf) -> bool:
    return any(test.op == "absent" for test in leaf.tests)


def _leaf_matches(leaf: Leaf, value: Value) -> Kleene:
    if isinstance(value, dict):
        return False
    return any_of(accepts(test, value) for test in leaf.tests)


__all__ = ["asks", "excludes", "is_catch_all", "matches", "never", "overlap", "parse", "satisfiable", "tests_of", "values_of"]
