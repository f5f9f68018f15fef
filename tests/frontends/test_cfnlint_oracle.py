"""cfn-lint's resolver as an oracle: what an expression can be, over parameters that have values.

Left out is where cfn-lint does less: `Fn::Length` and what stands inside `Fn::ToJsonString` are not resolved, a default beside a key of a
map that is there is listed too, and `${!Literal}` stays as written, which CloudFormation turns into `${Literal}`
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html).
"""

from __future__ import annotations

import json
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.frontends.cloudformation import load
from edalint.frontends.context import Context
from edalint.model.conditions import holds
from edalint.model.values import alternatives, text_of
from edalint.sources.discovery import Source

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "S": {"Type": "String", "AllowedValues": ["a", "b"], "Default": "a"},
        "T": {"Type": "String", "AllowedValues": ["x", "y", "z"], "Default": "x"},
        "D": {"Type": "String", "Default": "dee"},
        "L": {"Type": "CommaDelimitedList", "Default": "p,q,r"},
        "N": {"Type": "Number", "Default": 7},
    },
    "Mappings": {"M": {"a": {"k": "one", "l": ["u", "v"]}, "b": {"k": "two", "l": ["w", "v"]}}},
    "Transform": "AWS::LanguageExtensions",
    "Conditions": {
        "IsA": {"Fn::Equals": [{"Ref": "S"}, "a"]},
        "IsX": {"Fn::Equals": [{"Ref": "T"}, "x"]},
        "NotX": {"Fn::Not": [{"Condition": "IsX"}]},
        "Both": {"Fn::And": [{"Condition": "IsA"}, {"Condition": "IsX"}]},
    },
}
words = st.sampled_from(["", "a", "b-c", "q:r", "x/y"])
lists = st.one_of(
    st.just({"Ref": "L"}),
    st.builds(lambda key: {"Fn::FindInMap": ["M", key, "l"]}, st.sampled_from(["a", "b", {"Ref": "S"}])),
    st.builds(
        lambda d, t: {"Fn::Split": [d, t]},
        st.sampled_from("-:/"),
        st.sampled_from(["a-b:c/d", "xyz", {"Fn::Sub": "${S}-${T}:${D}"}, {"Fn::Join": ["/", ["a", {"Ref": "T"}]]}, {"Ref": "D"}]),
    ),
)
texts: st.SearchStrategy[Any] = st.recursive(
    words
    | st.sampled_from(
        [
            {"Ref": "S"},
            {"Ref": "T"},
            {"Ref": "D"},
            {"Fn::Sub": "${S}-${T}"},
            {"Fn::Sub": "${S}${S}"},
            {"Fn::Sub": "-${D}"},
            {"Fn::Sub": "$${S}$"},
        ]
    )
    | st.sampled_from(
        [{"Fn::Sub": "${AWS::Region}/${S}"}, {"Ref": "AWS::Region"}, {"Ref": "N"}, {"Fn::Sub": "${N}"}, {"Ref": "AWS::Partition"}]
    )
    | st.builds(lambda key: {"Fn::FindInMap": ["M", key, "k"]}, st.sampled_from(["a", {"Ref": "S"}, {"Fn::Sub": "${S}"}])),
    lambda inner: st.one_of(
        st.builds(
            lambda key, other: {"Fn::FindInMap": ["M", key, "k", {"DefaultValue": other}]},
            st.sampled_from(["z", {"Ref": "T"}, {"Ref": "D"}]),
            inner,
        ),
        st.builds(lambda d, parts: {"Fn::Join": [d, parts]}, st.sampled_from(["", "-", ","]), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda d, of: {"Fn::Join": [d, of]}, st.sampled_from(["", "-"]), lists),
        st.builds(lambda v: {"Fn::Sub": ["<${v}-${D}>", {"v": v}]}, inner),
        st.builds(lambda c, a, b: {"Fn::If": [c, a, b]}, st.sampled_from(["IsA", "IsX", "NotX", "Both"]), inner, inner),
        st.builds(lambda i, of: {"Fn::Select": [i, of]}, st.just(0), lists),
        st.builds(lambda a, b: {"Fn::Sub": ["${S}${a}${b}", {"a": a, "b": b}]}, inner, inner),
        st.builds(lambda i, of: {"Fn::Select": [i, of]}, st.sampled_from([0, "1"]), st.lists(inner, min_size=2, max_size=2)),
    ),
    max_leaves=5,
)


@cache
def oracle(first: str, second: str) -> Any:
    """cfn-lint's view of the template with both open parameters fixed (cached: Hypothesis can't print it as an argument)."""
    from cfnlint.context.context import create_context_for_template
    from cfnlint.decode import decode_str
    from cfnlint.jsonschema import CfnTemplateValidator
    from cfnlint.template import Template

    fixed = {"S": {"Type": "String", "Default": first}, "T": {"Type": "String", "Default": second}}
    decoded, _ = decode_str(json.dumps({**TEMPLATE, "Parameters": {**TEMPLATE["Parameters"], **fixed}, "Resources": {}}))
    template = Template("t.json", decoded, ["us-east-1"])
    return CfnTemplateValidator({}, context=create_context_for_template(template), cfn=template)


def theirs(expression: Any, first: str, second: str) -> set[str]:
    """What cfn-lint makes of an expression. Its conditions are asked here: it takes fixed parameters for open ones."""
    conditions = {"IsA": first == "a", "IsX": second == "x", "NotX": second != "x", "Both": first == "a" and second == "x"}

    def decided(value: Any) -> Any:
        if isinstance(value, dict) and "Fn::If" in value:
            condition, yes, no = value["Fn::If"]
            return decided(yes if conditions[condition] else no)
        if isinstance(value, dict):
            return {key: decided(inner) for key, inner in value.items()}
        return [decided(inner) for inner in value] if isinstance(value, list) else value

    plain = decided(expression)
    if isinstance(plain, str):
        return {plain}
    return {str(text_of([value])) for value, _, _ in oracle(first, second).resolve_value(plain)}


EXAMPLES = 200
"""How many expressions the test suite makes; tests/oracles/intrinsics.py makes thousands."""


@given(texts)
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_an_expression_is_in_every_alternative(expression: Any) -> None:
    """In each alternative of the choices, our value is the one that cfn-lint finds with those parameters."""
    check(expression)


def check(expression: Any) -> None:
    """Compare one expression in every alternative."""
    text = json.dumps({**TEMPLATE, "Resources": {"R": {"Type": "X::Y::Z", "Properties": {"V": expression}}}})
    (unit,) = load(Source("cloudformation", Path("t.json"), "t.json", True, text), Context(Path(), region="us-east-1"))
    value = unit.resources["R"].properties["V"]

    for first, second in product("ab", "xyz"):
        assignment = {"t.json#S": first, "t.json#T": second}
        ours = {option for condition, option in alternatives(value) if holds(condition, assignment)}
        assert ours == theirs(expression, first, second)
