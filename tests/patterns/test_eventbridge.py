"""Laws of event patterns."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest

from edalint.model.values import Map, Ref, Text, Unknown
from edalint.patterns import eventbridge
from edalint.patterns.eventbridge import is_catch_all, matches, never, overlap, parse, satisfiable, values_of

sys.path.insert(0, str(Path(__file__).parent))
from generated import STRINGS, cases  # type: ignore[import-not-found]

STACK = Unknown("AWS::StackName")


def maps(value: Any) -> Any:
    if isinstance(value, dict):
        return Map((k, maps(v)) for k, v in value.items())
    return [maps(v) for v in value] if isinstance(value, list) else value


def event(**detail: Any) -> dict[str, Any]:
    return {"source": "shop", "detail-type": "Order", "detail": detail}


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ({}, "empty object"),
        ({"source": "shop"}, "`source` is a string, not an array"),
        ({"detail": {"state": 5}}, "`detail.state` is a number, not an array"),
        ({"source": []}, "empty array"),
        ({"detail": {}}, "`detail` is an empty object"),
        ({"source": [{"prefx": "a"}]}, "unknown operator 'prefx'"),
        ({"source": [{"prefix": "a", "suffix": "b"}]}, "more than one operator"),
        ({"source": [{}]}, "empty match expression"),
        ({"source": [["a"]]}, "array inside its array"),
        ({"source": [{"prefix": 5}]}, "prefix takes a string, not a number"),
        ({"source": [{"suffix": ["a"]}]}, "suffix takes a string, not an array"),
        ({"source": [{"exists": "true"}]}, "exists takes true or false"),
        ({"detail": {"n": [{"numeric": [">", 5, "<", 3]}]}}, "is empty"),
        ({"detail": {"n": [{"numeric": ["<", 5, ">", 3]}]}}, "lower bound followed by an upper bound"),
        ({"detail": {"n": [{"numeric": ["~", 5]}]}}, "numeric begins with"),
        ({"detail": {"n": [{"numeric": ">5"}]}}, "numeric takes an array"),
        ({"detail": {"n": [{"anything-but": ["a", 5]}]}}, "strings only or numbers only"),
        ({"detail": {"n": [{"anything-but": {"prefix": 1}}]}}, "strings only"),
        ({"detail": {"n": [{"anything-but": {"numeric": ["=", 1]}}]}}, "does not take the operator"),
        ({"detail": {"n": [{"anything-but": []}]}}, "nothing to exclude"),
        ({"detail": {"n": [{"wildcard": "a**b"}]}}, "has ** in it"),
        ({"detail": {"n": [{"wildcard": "a\\b"}]}}, "backslash"),
        ({"detail": {"n": [{"cidr": "10.0.0.0/40"}]}}, "no block of addresses"),
        ({"$or": [{"source": ["a"]}]}, "unknown operator 'source'"),
    ],
)
def test_what_aws_refuses_is_a_problem_at_its_place(pattern: Any, says: str) -> None:
    parsed = parse(maps(pattern))
    assert [says in p.message for p in parsed.problems] == [True], parsed.problems
    assert satisfiable(parsed) is False


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ({"source": ["shop"], "status": ["open"]}, "no event has a field `status` beside `detail`"),
        ({"account": ["*"]}, "no account id"),
        ({"account": ["12345"]}, "no account id"),
        ({"region": ["*"]}, "no Region's name"),
        ({"detail": ["open"]}, "`detail` is an object"),
        ({"source": [{"exists": False}]}, "`source` is a string"),
        ({"source": [5]}, "`source` is a string"),
        ({"source": ["aws.S3"]}, "in small letters"),
        ({"source": {"name": ["x"]}}, "`source` is no object"),
        ({"$or": [{"status": ["a"]}, {"account": ["*"]}]}, "no event has a field `status`"),
    ],
)
def test_what_no_event_has_never_matches(pattern: Any, says: str) -> None:
    parsed = parse(maps(pattern))
    problem = never(parsed)
    assert parsed.problems == []
    assert problem is not None
    assert says in problem.message
    assert satisfiable(parsed) is False


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": ["shop"]},
        {"source": ["aws.S3", "aws.s3"]},
        {"source": ["aws.partner/Example.com/x"]},
        {"source": ["AWS.shop"]},
        {"detail": {"a": [{"exists": False}]}},
        {"status": [{"exists": False}]},
        {"replay-name": [{"exists": False}]},
        {"resources": [{"exists": False}]},
        {"account": ["123456789012"]},
        {"account": [{"prefix": "12"}]},
        {"region": ["us-gov-east-1", "eu-central-1"]},
        {"$or": [{"status": ["a"]}, {"source": ["a"]}]},
        {"detail.state": ["a"]},
        {"detail": {"$or": [{"a": [1]}, {"b": [2]}], "c": [None, True]}},
    ],
)
def test_what_some_event_has_may_match(pattern: Any) -> None:
    assert satisfiable(parse(maps(pattern))) is True


@pytest.mark.parametrize("pattern", [Unknown(), {"source": Unknown()}, {"source": [{"prefix": Unknown()}]},
                                     {"detail": Unknown(), "source": ["a"]}])  # fmt: skip
def test_what_is_not_known_is_neither_refused_nor_sure_to_match(pattern: Any) -> None:
    parsed = parse(maps(pattern))
    assert parsed.problems == []
    assert isinstance(satisfiable(parsed), Unknown)
    assert isinstance(overlap(parsed, parse(Map({"source": ["a"]}))), Unknown)


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        ({"source": ["a"]}, {"source": ["a", "b"]}, True),
        ({"source": ["a"]}, {"source": ["b"]}, False),
        ({"source": ["a"]}, {"detail-type": ["x"]}, True),
        ({"source": [{"prefix": "ab"}]}, {"source": [{"prefix": "abc"}]}, True),
        ({"source": [{"prefix": "ab"}]}, {"source": [{"prefix": "ac"}]}, False),
        ({"source": [{"prefix": "ab"}]}, {"source": [{"suffix": "z"}]}, True),
        ({"source": [{"wildcard": "a*b"}]}, {"source": [{"wildcard": "*c"}]}, False),
        ({"source": [{"equals-ignore-case": "AB"}]}, {"source": [{"prefix": "aB"}]}, True),
        ({"source": [{"anything-but": ["a"]}]}, {"source": ["a"]}, False),
        ({"source": [{"anything-but": ["a"]}]}, {"source": ["b"]}, True),
        ({"source": [{"anything-but": {"prefix": "a"}}]}, {"source": [{"prefix": "ab"}]}, False),
        ({"source": [{"anything-but": {"prefix": "ab"}}]}, {"source": [{"prefix": "a"}]}, True),
        ({"detail": {"n": [{"numeric": [">", 5]}]}}, {"detail": {"n": [{"numeric": ["<=", 5]}]}}, False),
        ({"detail": {"n": [{"numeric": [">=", 5]}]}}, {"detail": {"n": [{"numeric": ["<=", 5]}]}}, True),
        ({"detail": {"n": [{"numeric": [">", 5]}]}}, {"detail": {"n": [7]}}, True),
        ({"detail": {"n": [{"numeric": [">", 5]}]}}, {"detail": {"n": ["7"]}}, False),
        ({"detail": {"n": [{"exists": False}]}}, {"detail": {"n": [7]}}, False),
        ({"detail": {"n": [{"exists": True}]}}, {"detail": {"n": [7]}}, True),
        ({"detail": {"n": [7]}}, {"detail": {"n": {"m": [7]}}}, False),
        ({"detail": {"n": [{"cidr": "10.0.0.0/8"}]}}, {"detail": {"n": [{"cidr": "10.2.0.0/16"}]}}, True),
        ({"detail": {"n": [{"cidr": "10.0.0.0/8"}]}}, {"detail": {"n": [{"cidr": "11.0.0.0/8"}]}}, False),
        ({"$or": [{"source": ["a"]}, {"source": ["b"]}]}, {"source": ["b"]}, True),
        ({"$or": [{"source": ["a"]}, {"source": ["b"]}]}, {"source": ["c"]}, False),
        ({"detail.state": ["x"]}, {"detail": {"state": ["x"]}}, True),
    ],
)
def test_two_patterns_overlap_where_one_event_can_match_both(left: Any, right: Any, answer: bool) -> None:
    assert overlap(parse(maps(left)), parse(maps(right))) is answer
    assert overlap(parse(maps(right)), parse(maps(left))) is answer


def test_texts_with_holes_are_compared_by_their_known_parts() -> None:
    def of(*values: Any) -> Any:
        return parse(Map({"source": list(values)}))

    assert overlap(of(Text((STACK, "-orders"))), of(Text((STACK, "-orders")))) is True
    assert overlap(of(Text((STACK, "-orders"))), of(Text((STACK, "-billing")))) is False
    assert isinstance(overlap(of(Text((STACK, "-orders"))), of("shop-orders")), Unknown)
    assert overlap(of(Ref("t#Bucket")), of(Ref("t#Bucket"))) is True
    assert isinstance(overlap(of(Ref("t#Bucket")), of(Ref("t#Other"))), Unknown)


def test_pairs_that_an_event_matches_are_never_called_disjoint() -> None:
    """Over generated patterns and events: whoever has a witness overlaps; whoever overlaps with itself is satisfiable."""
    made = cases(seed=3, count=700)
    rng = random.Random(4)
    patterns = [p for p, _ in made if not parse(p).problems]
    witnesses = 0
    for _ in range(3000):
        left, right = (parse(patterns[int(rng.random() * len(patterns))]) for _ in "ab")
        found = made[int(rng.random() * len(made))][1]
        if "[" in str(found):
            continue  # arrays: fields are compared as single values
        if matches(left, found) is True and matches(right, found) is True:
            witnesses += 1
            assert overlap(left, right) is not False
    assert witnesses > 20


def test_forgetting_a_value_never_turns_a_yes_into_a_no() -> None:
    """What is answered with a value forgotten is the answer whatever the value is."""
    rng = random.Random(5)
    checked = 0
    for pattern, found in cases(seed=6, count=1500):
        if parse(pattern).problems or not isinstance(pattern.get("a"), list):
            continue
        holed = dict(pattern, a=[*pattern["a"][:-1], Unknown()])
        with_hole = matches(parse(holed), found)
        if isinstance(with_hole, Unknown):
            continue
        for _ in range(3):
            filled = dict(pattern, a=[*pattern["a"][:-1], STRINGS[int(rng.random() * len(STRINGS))]])
            assert matches(parse(filled), found) is with_hole
            checked += 1
    assert checked > 200


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ({"account": ["123456789012"]}, True),
        ({"account": [Ref("t#X")], "region": ["eu-west-1"]}, True),
        ({"source": [{"prefix": ""}]}, True),
        ({"source": [{"wildcard": "*"}]}, True),
        ({"source": [{"exists": True}]}, True),
        ({"$or": [{"source": [{"prefix": ""}]}, {"source": ["x"]}]}, True),
        ({"source": [{"prefix": "aws."}]}, False),
        ({"account": ["123456789012"], "source": ["x"]}, False),
        ({"detail": {"x": [{"exists": False}]}}, False),
        ({"source": [{"anything-but": ["x"]}]}, False),
    ],
)
def test_catch_all(pattern: Any, answer: bool) -> None:
    assert is_catch_all(parse(maps(pattern))) is answer


def test_fields_of_one_element_of_an_array() -> None:
    pattern = parse(maps({"detail": {"items": {"sku": ["a"], "n": [2]}}}))
    assert matches(pattern, event(items=[{"sku": "a", "n": 2}, {"sku": "b", "n": 1}])) is True
    assert matches(pattern, event(items=[{"sku": "a", "n": 1}, {"sku": "b", "n": 2}])) is False


def test_an_event_known_in_part() -> None:
    pattern = parse(maps({"source": ["shop"], "region": ["eu-west-1"], "detail": {"state": ["open"]}}))
    assert isinstance(matches(pattern, event(state="open")), Unknown)
    assert matches(pattern, event(state="closed")) is False
    assert matches(pattern, {"source": "billing", "detail-type": Unknown(), "detail": Unknown()}) is False
    assert isinstance(matches(pattern, {"source": "shop", "detail-type": Unknown(), "detail": Unknown()}), Unknown)
    assert matches(parse(maps({"source": ["shop"]})), {"source": "shop", "detail": Unknown()}) is True


def test_values_that_a_field_must_have() -> None:
    assert values_of(parse(maps({"source": ["a", "b"]})), "source") == ["a", "b"]
    assert values_of(parse(maps({"source": [{"prefix": "a"}]})), "source") is None
    assert values_of(parse(maps({"$or": [{"source": ["a"]}, {"detail-type": ["b"]}]})), "source") is None
    assert values_of(parse(maps({"detail": {"bucket": {"name": ["x"]}}})), "detail", "bucket", "name") == ["x"]
    assert isinstance(values_of(parse(maps({"detail": Unknown()})), "detail", "bucket", "name"), Unknown)


@pytest.mark.parametrize("garbage", [None, 5, "text", [], [1], {"a": {"b": {"c": None}}}, {"$or": 5}, {"$or": [None, 5]}, {5: [1]},
                                     {"source": [Text(("a", Unknown()))], "detail": {"x": [{"numeric": [None]}]}}])  # fmt: skip
def test_garbage_never_fails(garbage: Any) -> None:
    parsed = parse(maps(garbage))
    for answer in (satisfiable(parsed), is_catch_all(parsed), overlap(parsed, parsed), matches(parsed, {"source": "x"})):
        assert isinstance(answer, (bool, Unknown))
    assert eventbridge.excludes(parsed, parsed) in (True, False)


def test_many_or_branches_are_bounded() -> None:
    branches = {"$or": [{f"k{i}": ["x"]} for i in range(40)]}
    pattern = maps({"detail": {"a": branches, "b": branches, "c": branches}})
    parsed = parse(pattern)
    assert any("more than 1000" in p.message for p in parsed.problems)
    assert len(parsed.branches) <= 1000 * 40


def test_the_engines_own_long_form_of_a_string_is_known() -> None:
    """`exactly` is the engine's own operator: https://github.com/aws/event-ruler."""
    assert matches(parse({"detail": {"a": [{"exactly": "x"}]}}), {"detail": {"a": "x"}}) is True
    assert matches(parse({"detail": {"a": [{"exactly": "x"}]}}), {"detail": {"a": "y"}}) is False
    assert parse({"detail": {"a": [{"exactly": 5}]}}).problems


def test_a_block_of_addresses_has_mask_bits_and_two_addresses() -> None:
    """As the engine reads cidr: host bits may be set, one address and a bare address are refused."""
    assert matches(parse({"a": [{"cidr": "10.0.0.9/8"}]}), {"a": "10.1.2.3"}) is True
    for wrong in ("10.0.0.1", "10.0.0.1/32", "10.0.0.0/255.0.0.0", "::1/128"):
        assert parse({"a": [{"cidr": wrong}]}).problems


def test_a_rule_for_other_regions_is_no_catch_all() -> None:
    """What leaves a Region out may leave the rule's own out."""
    assert isinstance(is_catch_all(parse({"region": [{"anything-but": "eu-west-1"}]})), Unknown)
    assert is_catch_all(parse({"account": [None]})) is False


def test_absence_beside_another_element_is_not_known() -> None:
    """The engine looks for fields in the order of their names: which element of an array counts hangs on it."""
    event = {"a": [{"b": 1}, {"c": 2}]}
    assert isinstance(matches(parse({"a": {"b": [1], "c": [{"exists": False}]}}), event), Unknown)
    assert matches(parse({"a": {"b": [2], "c": [{"exists": False}]}}), event) is False
    assert matches(parse({"a": {"b": [1], "d": [{"exists": False}]}}), event) is True
