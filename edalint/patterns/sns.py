"""Filter policies of SNS subscriptions.

https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html and, for what is refused,
https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
"""

from __future__ import annotations

from edalint.model.values import Kleene, Value, settled
from edalint.patterns import syntax
from edalint.patterns.eventbridge import overlap as _overlap
from edalint.patterns.kleene import all_of, any_of
from edalint.patterns.leaves import admits_everything
from edalint.patterns.syntax import ALL_OPERATORS, Decide, Dialect, Pattern

ATTRIBUTES = "MessageAttributes"
BODY = "MessageBody"
MAX_KEYS = 5
MAX_COMBINATIONS = 150
"""Both from subscription-filter-policy-constraints."""

_NESTED = frozenset({"prefix", "suffix", "wildcard", "equals-ignore-case"})
_DIALECTS = {
    ATTRIBUTES: Dialect(ALL_OPERATORS, _NESTED, nesting=False),
    BODY: Dialect(ALL_OPERATORS, _NESTED),
}


def parse(policy: Value, scope: str = ATTRIBUTES, decide: Decide = settled) -> Pattern:
    """A filter policy; `scope` is `FilterPolicyScope`. An empty policy filters nothing."""
    decided = decide(policy)
    if isinstance(decided, dict) and not decided:
        return Pattern()
    return syntax.parse(decided, _DIALECTS.get(scope, _DIALECTS[BODY]), decide)


def satisfiable(policy: Pattern) -> Kleene:
    """Whether some message can pass: False only for a policy that SNS refuses."""
    if policy.problems:
        return False
    return policy.doubt if policy.doubt is not None else True


def overlap(left: Pattern, right: Pattern) -> Kleene:
    """Whether one message can pass both (attributes and fields taken as single values)."""
    return _overlap(left, right)


def admits_all(policy: Pattern) -> Kleene:
    """Whether every message passes that has the fields: no policy at all, or only tests that admit everything."""
    return any_of(all_of(any(admits_everything(t) for t in leaf.tests) for leaf in branch.values()) for branch in policy.branches)


def needs_nothing(policy: Pattern) -> bool:
    """Whether a message without any attribute or field passes."""
    return any(all(any(t.op == "absent" for t in leaf.tests) for leaf in branch.values()) for branch in policy.branches)
