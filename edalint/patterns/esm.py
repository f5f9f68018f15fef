"""Filter criteria of event source mappings and pipes: which keys a record has, so which filters can ever match.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html,
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html
"""

from __future__ import annotations

from edalint.model.values import Kleene, Value, settled
from edalint.patterns import syntax
from edalint.patterns.eventbridge import ENVELOPE, matches
from edalint.patterns.eventbridge import overlap as _overlap
from edalint.patterns.syntax import ALL_OPERATORS, Decide, Dialect, Leaf, Pattern, Problem

_DIALECT = Dialect(ALL_OPERATORS, frozenset({"prefix", "suffix", "wildcard", "equals-ignore-case"}))

PAYLOADS = {
    "sqs": frozenset({"body"}),
    "kinesis": frozenset({"data"}),
    "dynamodb": frozenset({"dynamodb"}),
    "mq": frozenset({"data"}),
    "kafka": frozenset({"key", "value"}),
}
"""Sort of source -> the keys under which a record carries what the sender wrote."""
_ALL_PAYLOADS = frozenset().union(*PAYLOADS.values())

SQS_RECORD = frozenset(
    {"messageId", "receiptHandle", "body", "attributes", "messageAttributes", "md5OfBody", "md5OfMessageAttributes", "eventSource",
     "eventSourceARN", "awsRegion"}
)  # fmt: skip
SNS_ENVELOPE = frozenset(
    {"Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature", "SigningCertURL",
     "UnsubscribeURL", "MessageAttributes", "Token", "SubscribeURL"}
)  # fmt: skip
"""The body of a message that a topic puts into a queue without raw delivery; what was published is the string `Message`.
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html"""
S3_ENVELOPE = frozenset({"Records", "Service", "Event", "Time", "Bucket", "RequestId", "HostId"})
"""The body of a bucket's notification, and of its test message.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html"""
BODIES = {"topic": SNS_ENVELOPE, "bucket": S3_ENVELOPE, "rule": ENVELOPE}
"""Node kind of the sender -> the keys of what it puts into a queue by itself."""
_SAID = {"topic": "without raw delivery a topic puts an envelope into a queue", "bucket": "a bucket's notification", "rule": "an event"}
PIPE_UNFILTERABLE = frozenset(
    {"awsRegion", "eventSource", "eventSourceARN", "eventVersion", "eventID", "eventName", "invokeIdentityArn", "eventSourceKey"}
)
"""Fields of a record on which pipes cannot filter: eb-pipes-event-filtering (`eventName` works for DynamoDB in event source mappings)."""
_DYNAMODB_TYPES = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL"})
_IMAGES = frozenset({"NewImage", "OldImage", "Keys"})


def parse(pattern: Value, decide: Decide = settled) -> Pattern:
    """One filter's pattern (a Map; its text is for the caller to parse). An empty one lets everything pass."""
    decided = decide(pattern)
    if isinstance(decided, dict) and not decided:
        return Pattern()
    return syntax.parse(decided, _DIALECT, decide)


def never(pattern: Pattern, source: str, *, mapping: bool = True) -> Problem | None:
    """What no record of this sort of source (`sqs`, `kinesis`, `dynamodb`, `mq`, `kafka`) has; None where one may match.

    `mapping`: of an event source mapping; else of a pipe.
    """
    if pattern.problems or pattern.doubt is not None or source not in PAYLOADS:
        return None
    first: Problem | None = None
    for branch in pattern.branches:
        wrong = next((p for p in (_impossible(leaf, source, mapping) for leaf in branch.values()) if p is not None), None)
        if wrong is None:
            return None
        first = first or wrong
    return first


def foreign(pattern: Pattern, sender: str) -> Problem | None:
    """What the body of a message that comes from a sender (`topic`, `bucket`, `rule`) never has; None where it may match."""
    keys = BODIES.get(sender)
    if keys is None or pattern.problems or pattern.doubt is not None:
        return None
    first: Problem | None = None
    for branch in pattern.branches:
        wrong = next((p for p in (_not_in_body(leaf, sender, keys) for leaf in branch.values()) if p is not None), None)
        if wrong is None:
            return None
        first = first or wrong
    return first


def _not_in_body(leaf: Leaf, sender: str, keys: frozenset[str]) -> Problem | None:
    if len(leaf.path) < 2 or leaf.path[0] != "body" or leaf.whole or any(test.op in ("absent", "unknown") for test in leaf.tests):
        return None
    key = leaf.path[1]
    name = ".".join(leaf.path)
    if key not in keys:
        return Problem(f"{_SAID[sender]}, which has no key `{key}`, so `{name}` is never there", leaf.place)
    if sender == "topic" and key == "Message" and len(leaf.path) > 2:
        return Problem(f"{_SAID[sender]}, in which `Message` is a string, so `{name}` is never there", leaf.place)
    return None


def satisfiable(pattern: Pattern, source: str, *, mapping: bool = True) -> Kleene:
    """Whether some record can match."""
    if pattern.problems or never(pattern, source, mapping=mapping) is not None:
        return False
    return pattern.doubt if pattern.doubt is not None else True


def overlap(left: Pattern, right: Pattern) -> Kleene:
    """Whether one record can match both."""
    return _overlap(left, right)


def _impossible(leaf: Leaf, source: str, mapping: bool) -> Problem | None:
    if leaf.whole or any(test.op in ("absent", "unknown") for test in leaf.tests):
        return None
    key = leaf.path[0]
    own = " or ".join(f"`{name}`" for name in sorted(PAYLOADS[source]))
    if source == "sqs" and mapping and key != "body":
        return Problem(f"a queue's messages are filtered on `body`, never on `{key}`", leaf.place)
    if source == "sqs" and key not in SQS_RECORD:
        return Problem(f"a queue's message has no key `{key}`; what was sent is under {own}", leaf.place)
    if key in _ALL_PAYLOADS - PAYLOADS[source]:
        return Problem(f"a record of this source has no key `{key}`; what was sent is under {own}", leaf.place)
    return _dynamodb_problem(leaf) if source == "dynamodb" else None


def _dynamodb_problem(leaf: Leaf) -> Problem | None:
    path = leaf.path
    if len(path) < 3 or path[0] != "dynamodb" or path[1] not in _IMAGES:
        return None
    name = ".".join(path)
    if len(path) == 3:
        return Problem(f"`{name}` is an object by type in every record (`{path[2]}: {{S: [...]}}`), never a value", leaf.place)
    if path[3] not in _DYNAMODB_TYPES:
        return Problem(f"`{name}` has no type (S, N, B ...) under the attribute", leaf.place)
    if path[3] == "N" and all(_needs_number(test.op, test.operand) for test in leaf.tests):
        return Problem(f"`{name}` holds a number as a string, which no number or numeric test matches", leaf.place)
    return None


def _needs_number(op: str, operand: object) -> bool:
    if op == "numeric":
        return True
    return op == "equals" and isinstance(operand, (int, float)) and not isinstance(operand, bool)


__all__ = ["PIPE_UNFILTERABLE", "foreign", "matches", "never", "overlap", "parse", "satisfiable"]
