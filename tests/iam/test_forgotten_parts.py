"""Forgetting a part of a document never turns an answer round: it stays what it was, or becomes unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.iam.decision import ABSENT, Principal, Request, allows
from edalint.iam.document import statements
from edalint.model.values import Unknown
from tests.building import value

QUEUE = "arn:aws:sqs:eu-west-1:1:orders"
TOPIC = "arn:aws:sns:eu-west-1:1:placed"
REQUEST = Request(
    "sqs:SendMessage",
    QUEUE,
    Principal(service="sns.amazonaws.com"),
    {"aws:sourcearn": TOPIC, "aws:sourceaccount": "1", "aws:principalorgid": ABSENT, "aws:securetransport": "true"},
)

some = st.sampled_from
principal = some(
    ["*", {"AWS": "*"}, {"Service": "sns.amazonaws.com"}, {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]}, {"AWS": ["1", "2"]}]
)
condition = st.dictionaries(
    some(["ArnEquals", "ArnLike", "StringEquals", "StringNotEquals", "StringEqualsIfExists", "Null", "Bool", "ForAnyValue:StringLike"]),
    st.dictionaries(
        some(["aws:SourceArn", "AWS:SourceAccount", "aws:PrincipalOrgID", "aws:SecureTransport"]),
        some([TOPIC, "arn:aws:sns:*:*:p*", ["1", "2"], "1", "o-1", "true", "false", True]),
        min_size=1,
        max_size=2,
    ),
    max_size=2,
)
statement = st.fixed_dictionaries(
    {
        "Effect": some(["Allow", "Allow", "Deny"]),
        "Principal": principal,
        "Action": some(["sqs:SendMessage", "SQS:*", ["sqs:Receive*", "sqs:Send*"], "*", "sns:Publish"]),
        "Resource": some(["*", QUEUE, [QUEUE, TOPIC], "arn:aws:sqs:*:*:o*", TOPIC]),
    },
    optional={"Condition": condition},
)


def paths(node: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    yield here
    for key, inner in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from paths(inner, (*here, key))


def forget(node: Any, path: tuple[Any, ...]) -> Any:
    """A document in which the template does not say what stands in one place."""
    if not path:
        return Unknown("", "forgotten")
    key, *rest = path
    if isinstance(node, dict):
        return {k: forget(v, tuple(rest)) if k == key else v for k, v in node.items()}
    return [forget(v, tuple(rest)) if i == key else v for i, v in enumerate(node)]


@settings(deadline=None, max_examples=300)
@given(body=st.lists(statement, min_size=1, max_size=3), data=st.data())
def test_forgetting_never_turns_an_answer_round(body: list[Any], data: st.DataObject) -> None:
    document = {"Version": "2012-10-17", "Statement": body}
    known = allows(statements(value(document)), REQUEST)
    assert isinstance(known, bool)
    path = data.draw(some(list(paths(document))))
    assert allows(statements(value(forget(document, path))), REQUEST) is known or isinstance(
        allows(statements(value(forget(document, path))), REQUEST), Unknown
    )
