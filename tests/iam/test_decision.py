"""What statements allow: the law of IAM, wildcards held against another implementation, holes against every filling."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.iam.decision import ABSENT, Principal, Request, allows
from edalint.iam.document import statements
from edalint.model.values import Kleene, Ref, Unknown, Value, text_of
from tests.building import value

QUEUE = "arn:aws:sqs:eu-west-1:1:orders"
RULE = "arn:aws:events:eu-west-1:1:rule/bus/r"
EVENTS = Principal(service="events.amazonaws.com")


def decide(document: Any, request: Request) -> Kleene:
    return allows(statements(value(document)), request)


def send(principal: Principal | None = EVENTS, **context: Value) -> Request:
    keys: dict[str, Value] = {"aws:sourcearn": RULE, "aws:sourceaccount": "1", "aws:principalorgid": ABSENT, "aws:sourcevpce": ABSENT}
    keys.update({"aws:securetransport": "true", **{k.replace("_", ":"): v for k, v in context.items()}})
    return Request("sqs:SendMessage", QUEUE, principal, keys)


def allow(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": QUEUE, **elements}


def deny(**elements: Any) -> dict[str, Any]:
    return {**allow(**elements), "Effect": "Deny"}


def policy(*body: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(body)}


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, True),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": ["1", "arn:aws:iam::1:root"]}}, False),
        ({"Principal": {"Service": ["s3.amazonaws.com", "events.amazonaws.com"]}}, True),
        ({"Principal": {"Service": "sns.amazonaws.com"}}, False),
        ({"Principal": {"Service": "events.eu-west-1.amazonaws.com"}}, True),
        ({"Principal": {"Service": "apidestinations.events.amazonaws.com"}}, False),
        ({"Action": "SQS:sendmessage"}, True),
        ({"Action": ["sqs:Receive*", "sqs:Send*"]}, True),
        ({"Action": "sqs:ReceiveMessage"}, False),
        ({"Resource": "*"}, True),
        ({"Resource": "arn:aws:sqs:*:*:order?"}, True),
        ({"Resource": "arn:aws:sqs:*:*:other"}, False),
        ({"Condition": {"ArnEquals": {"aws:SourceArn": RULE}}}, True),
        ({"Condition": {"ArnLike": {"AWS:sourceARN": "arn:aws:events:*:*:rule/bus/*"}}}, True),
        ({"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:events:*:*:rule/r"}}}, False),
        ({"Condition": {"StringEquals": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}}}, False),
        ({"Condition": {"StringLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}}}, True),
        ({"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}, "StringEquals": {"aws:SourceAccount": "2"}}}, False),
        ({"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, True),
        ({"Condition": {"Null": {"aws:PrincipalOrgID": "true"}}}, True),
        ({"Condition": {"Null": {"aws:SourceArn": True}}}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": True}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": "false"}}}, False),
        ({"Condition": {"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": ["o-1"]}}}, False),
        ({"Condition": {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": ["o-1"]}}}, True),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, None),
        ({"Condition": {"StringEquals": {"aws:SourceArn": "${aws:PrincipalArn}"}}}, None),
        ({"Condition": {"StringSounds": {"aws:SourceArn": RULE}}}, None),
        ({"Condition": Unknown("", "imported")}, None),
        ({"Principal": Unknown("", "imported")}, None),
        ({"Effect": Unknown("", "imported")}, None),
        ({"Action": Unknown("", "imported")}, None),
    ],
)
def test_one_statement_lets_a_rule_in_or_not(changes: dict[str, Any], answer: bool | None) -> None:
    """Principal, action, resource and every condition have to go together; what is not known leaves it open."""
    got = decide(policy(allow(**changes)), send())
    assert isinstance(got, Unknown) if answer is None else got is answer


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ({"Bool": {"aws:SecureTransport": "false"}}, True),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, False),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"IpAddress": {"aws:SourceIp": "1.2.3.4"}}, None),
    ],
)
def test_a_denial_wins_where_it_applies(condition: dict[str, Any], answer: bool | None) -> None:
    """A denial without TLS is harmless; one for everybody outside an endpoint or organisation shuts services out."""
    got = decide(policy(allow(), deny(Principal="*", Action="*", Condition=condition)), send())
    assert isinstance(got, Unknown) if answer is None else got is answer


def test_no_document_allows_nothing_and_an_unknown_one_may() -> None:
    assert decide({}, send()) is False
    assert decide([], send()) is False
    assert decide(None, send()) is False
    assert isinstance(decide(Unknown("", "imported"), send()), Unknown)
    assert isinstance(decide(policy(allow(), Unknown("", "imported")), send()), Unknown)
    assert decide(policy(deny(), Unknown("", "imported")), send()) is False


def test_a_policy_may_be_json_text() -> None:
    assert decide(json.dumps(policy(allow())), send()) is True


def test_an_account_is_no_role_unless_the_policy_leaves_it_to_iam() -> None:
    """Key policies name the account and mean: whoever IAM lets."""
    role = Principal(arn="arn:aws:iam::1:role/r", account="1")
    document = policy(allow(Principal={"AWS": "arn:aws:iam::1:root"}))
    assert decide(document, send(role)) is False
    assert decide(document, send(role)._replace(through_account=True)) is True
    assert decide(policy(allow(Principal={"AWS": "arn:aws:iam::1:role/r"})), send(role)) is True


def test_everyone_but_is_the_rest() -> None:
    role = Principal(arn="arn:aws:iam::1:role/r", account="1")
    other = {"AWS": "arn:aws:iam::1:role/other"}
    document = {"Statement": {"Effect": "Deny", "NotPrincipal": other, "Action": "*", "Resource": "*"}}
    assert decide(policy(allow(Principal="*"), document["Statement"]), send(role)) is False
    body = {"Effect": "Allow", "Principal": "*", "NotAction": "sqs:Receive*", "NotResource": "arn:aws:sqs:*:*:x*"}
    assert decide({"Statement": body}, send(role)) is True


@pytest.mark.parametrize("junk", [[], {}, "", 5, True, None, ["x"], {"a": ["b"]}, [[[]]], Ref("t#x"), Unknown("", "?")])
@pytest.mark.parametrize("element", ["Effect", "Principal", "Action", "Resource", "Condition", "NotAction", "Sid", "NotPrincipal"])
def test_no_shape_of_an_element_breaks_it(element: str, junk: Value) -> None:
    """Whatever stands where it does not belong, an answer comes back."""
    assert isinstance(decide(policy(allow(**{element: junk})), send()), (bool, Unknown))
    assert isinstance(decide(policy(allow(Condition={"StringEquals": junk, element: {"aws:SourceArn": junk}})), send()), (bool, Unknown))
    assert isinstance(decide({"Statement": junk}, send()), (bool, Unknown))


actions = st.sampled_from(["sqs:SendMessage", "sqs:*", "*", "sqs:Receive*", "sns:Publish", "sqs:Send*"])
resources = st.sampled_from(
    ["*", QUEUE, "arn:aws:sqs:*", "arn:aws:sqs:eu-west-1:1:o*", "arn:aws:sns:*:*:*", "arn:aws:sqs:eu-west-1:1:other"]
)
identity_statement = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Allow", "Deny"]), "Action": st.lists(actions, min_size=1, max_size=2), "Resource": resources}
)


@settings(deadline=None)
@given(body=st.lists(identity_statement, min_size=1, max_size=4))
def test_known_documents_are_judged_as_another_implementation_judges_them(body: list[dict[str, Any]]) -> None:
    """Effects, actions and resources with wildcards: the answer of moto's evaluator, where it is installed."""
    moto = pytest.importorskip("moto.iam.access_control")
    theirs = moto.IAMPolicy({"policy_document": json.dumps(policy(*body))}).is_action_permitted("sqs:SendMessage", QUEUE)
    assert decide(policy(*body), send(None)) is (theirs is moto.PermissionResult.PERMITTED)


HOLES = [Unknown("x"), Unknown("y")]
FILLINGS = ["a", "b", "*", "sqs:a", "sqs:*", ""]


def fill(node: Any, table: dict[Unknown, str]) -> Any:
    """A document with strings in place of its holes."""
    if isinstance(node, dict):
        return {k: fill(v, table) for k, v in node.items()}
    if isinstance(node, list):
        return [fill(v, table) for v in node]
    if isinstance(node, Unknown):
        return table[node]
    return "".join(p if isinstance(p, str) else table[p] for p in node.parts) if hasattr(node, "parts") else node


word = st.lists(st.one_of(st.sampled_from(["a", "b", "*", "sqs:"]), st.sampled_from(HOLES)), min_size=1, max_size=3).map(text_of)
uncertain = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": word, "Resource": word},
    optional={
        "Condition": st.fixed_dictionaries(
            {}, optional={o: st.fixed_dictionaries({"k": word}) for o in ("StringEquals", "StringLike", "StringNotEquals", "ArnNotLike")}
        )
    },
)


@settings(deadline=None, max_examples=200)
@given(body=st.lists(uncertain, max_size=3), carried=st.sampled_from(["a", "b", ABSENT]))
def test_an_answer_holds_for_every_filling(body: list[dict[str, Any]], carried: Value) -> None:
    """True (False) is only said of a document with holes where every (no) filling of them allows the request."""
    request = Request("sqs:a", "a", None, {"k": carried})
    answer = decide(policy(*body), request)
    if isinstance(answer, Unknown):
        return
    for choice in product(FILLINGS, repeat=len(HOLES)):
        filled = fill(policy(*body), dict(zip(HOLES, choice, strict=True)))
        assert decide(filled, request) is answer
        assert by_definition(filled["Statement"], "sqs:a", "a", carried) is answer


def by_definition(body: list[dict[str, Any]], action: str, resource: str, carried: Value) -> bool:
    """IAM in a few lines, for documents without holes."""

    def like(pattern: str, text: str) -> bool:
        return re.fullmatch(".*".join(re.escape(p) for p in pattern.split("*")), text) is not None

    def condition(operator: str, wanted: str) -> bool:
        negates = "Not" in operator
        if carried is ABSENT:
            return negates
        return (wanted == carried if "Equals" in operator else like(wanted, carried)) is not negates

    def applies(statement: dict[str, Any]) -> bool:
        conditions = statement.get("Condition", {})
        return (
            like(statement["Action"].lower(), action)
            and like(statement["Resource"], resource)
            and all(condition(operator, block["k"]) for operator, block in conditions.items())
        )

    effects = {s["Effect"] for s in body if applies(s)}
    return effects == {"Allow"}


def test_who_denies_an_account_denies_its_roles() -> None:
    """An account as principal lets its roles in only through IAM, but shuts all of them out by itself."""
    role = Principal(arn="arn:aws:iam::111122223333:role/worker", account="111122223333")
    request = Request("sqs:SendMessage", QUEUE, role)
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    for account in ("111122223333", "arn:aws:iam::111122223333:root"):
        named = {**everyone, "Principal": {"AWS": account}}
        assert allows(statements({"Statement": [named]}), request) is False
        assert allows(statements({"Statement": [everyone, {**named, "Effect": "Deny"}]}), request) is False
        assert isinstance(allows(statements({"Statement": [everyone, {**named, "Effect": Unknown()}]}), request), Unknown)
    other = {**everyone, "Effect": "Deny", "Principal": {"AWS": "444455556666"}}
    assert allows(statements({"Statement": [everyone, other]}), request) is True


def test_a_wildcard_over_several_parts_of_an_arn_is_not_known_in_a_condition() -> None:
    """ARN operators compare part by part: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html."""
    request = Request("sqs:SendMessage", QUEUE, Principal(service="sns.amazonaws.com"), {"aws:sourcearn": "arn:aws:sns:eu-west-1:1:t"})
    statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}
    for wanted, answer in (("arn:aws:sns:*:*:t", True), ("arn:aws:sns:*:*:*", True), ("arn:aws:s3:::*", False), ("arn:aws:sqs:*", False)):
        document = {"Statement": {**statement, "Condition": {"ArnLike": {"aws:SourceArn": wanted}}}}
        assert allows(statements(document), request) is answer
    for wanted in ("arn:aws:sns:*", "*", "arn:*:1:t"):
        document = {"Statement": {**statement, "Condition": {"ArnLike": {"aws:SourceArn": wanted}}}}
        assert isinstance(allows(statements(document), request), Unknown)
