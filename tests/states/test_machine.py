"""Laws of reading Amazon States Language."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.model.conditions import Choice, is_one_of, negation
from edalint.model.values import Map, OneOf, Ref, Text, Unknown
from edalint.states.calls import read_resource
from edalint.states.machine import State, parse

PARTITION = Unknown("AWS::Partition", excludes=":/")
REGION = Unknown("AWS::Region", excludes=":/")


def machine(**states: Any) -> Any:
    return parse(Map({"StartAt": next(iter(states)), "States": Map(states)}))


def task(resource: Any = "arn:aws:states:::ecs:runTask.sync", **rest: Any) -> Map:
    return Map({"Type": "Task", "Resource": resource, **(rest or {"End": True})})


def only(found: Any) -> State:
    (state,) = found.states
    assert isinstance(state, State)
    return state


@pytest.mark.parametrize(
    ("resource", "integration", "service", "action", "sdk"),
    [
        ("arn:aws:states:::ecs:runTask.sync", "sync", "ecs", "runTask", False),
        ("arn:aws-cn:states:::states:startExecution.sync:2", "sync", "states", "startExecution", False),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", "callback", "sqs", "sendMessage", False),
        ("arn:aws:states:::aws-sdk:ecs:describeTasks", "request-response", "ecs", "describeTasks", True),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f:live", "request-response", "lambda", "", False),
        ("arn:aws:states:eu-west-1:123456789012:activity:pack", "activity", "", "", False),
        (Text(("arn:", PARTITION, ":states:::sns:publish")), "request-response", "sns", "publish", False),
        (Text(("arn:", PARTITION, ":states:", REGION, ":123456789012:activity:a")), "activity", "", "", False),
    ],
)
def test_resource_says_service_action_and_pattern(resource: Any, integration: str, service: str, action: str, sdk: bool) -> None:
    call = read_resource(resource)
    assert (call.integration, call.service, call.action, call.sdk) == (integration, service, action, sdk)


@pytest.mark.parametrize("resource", [Unknown(), "nonsense", 7, None, ["x"], Text(("arn:aws:states:::ecs:run", Unknown("p")))])
def test_resource_that_is_not_understood_is_unknown(resource: Any) -> None:
    assert isinstance(read_resource(resource).integration, Unknown)


def test_reference_is_what_its_type_says() -> None:
    ref = Ref("t#Thing", "Arn")
    assert read_resource(ref, lambda r: "AWS::StepFunctions::Activity").integration == "activity"
    assert read_resource(ref, lambda r: "AWS::Lambda::Function").direct
    assert isinstance(read_resource(ref).integration, Unknown)


def test_every_nested_state_is_found_with_its_place_and_ancestors() -> None:
    inner = Map({"StartAt": "I", "States": Map({"I": task()})})
    found = machine(
        P=Map({"Type": "Parallel", "Branches": [inner, Map({"StartAt": "M", "States": Map({"M": Map({"Type": "Map", "Iterator": Map(
            {"StartAt": "Deep", "States": Map({"Deep": task()})}), "End": True})})})], "Next": "Last"}),
        Last=Map({"Type": "Succeed"}),
    )  # fmt: skip
    assert [s.name for s in found.states] == ["P", "I", "M", "Deep", "Last"]
    deep = found.named("Deep")[0]
    assert [a.name for a in deep.ancestors] == ["M", "P"]
    assert deep.place.key == "Deep"
    assert deep.place.map is not None
    assert deep.place.map["Deep"] is deep.body


def test_later_states_include_those_after_the_enclosing_map() -> None:
    body = Map({"StartAt": "I", "States": Map({"I": task()})})
    found = machine(M=Map({"Type": "Map", "ItemProcessor": body, "Next": "After"}), After=Map({"Type": "Succeed"}))
    assert [s.name for s in found.named("I")[0].later()] == ["After"]
    assert [s.name for s in found.named("M")[0].later()] == ["After"]
    assert found.named("After")[0].later() == []


def test_catch_is_a_way_on_that_can_be_left_out() -> None:
    found = machine(A=task(End=True, Catch=[Map({"ErrorEquals": ["States.ALL"], "Next": "F"})]), F=Map({"Type": "Fail"}))
    assert [s.name for s in found.named("A")[0].later()] == ["F"]
    assert found.named("A")[0].later(through_catch=False) == []


def test_a_loop_comes_back() -> None:
    found = machine(
        W=Map({"Type": "Wait", "Next": "Ask"}),
        Ask=task(Next="C"),
        C=Map({"Type": "Choice", "Choices": [Map({"Next": "Done"})], "Default": "W"}),
        Done=Map({"Type": "Succeed"}),
    )
    assert found.named("Ask")[0].starts_loop
    assert not found.named("Done")[0].starts_loop


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ({"Payload": {"token.$": "$$.Task.Token"}}, True),
        ({"Payload": {"all.$": "$$"}}, True),
        ({"Payload": {"all.$": "$$.Task"}}, True),
        ({"MessageBody": {"a": [{"t.$": "States.Format('{}', $$.Task.Token)"}]}}, True),
        ({"Payload": {"token": "$$.Task.Token"}}, False),
        ({"Payload.$": "$"}, False),
        ({"Payload": {"id.$": "$$.Execution.Id"}}, False),
        ({"Payload": {"id.$": "$$.Task.TokenX"}}, False),
        ({"Payload": {"token": "{% $states.context.Task.Token %}"}}, False),
        ({}, False),
    ],
)
def test_token_is_passed_only_by_an_expression(arguments: dict[str, Any], passed: bool) -> None:
    assert only(machine(A=task(Parameters=Map(arguments), End=True))).passes_token() is passed


@pytest.mark.parametrize(
    ("arguments", "passed"),
    [
        ({"Payload": {"token": "{% $states.context.Task.Token %}"}}, True),
        ({"Payload": "{% {'t': $states.context.Task.Token, 'x': 1} %}"}, True),
        ({"Payload": {"token": "$states.context.Task.Token"}}, False),
        ({"Payload": {"token": "{% $states.input.token %}"}}, False),
    ],
)
def test_token_in_jsonata(arguments: dict[str, Any], passed: bool) -> None:
    state = only(machine(A=task(QueryLanguage="JSONata", Arguments=Map(arguments), End=True)))
    assert state.passes_token() is passed


def test_unknown_payload_leaves_the_token_unknown_unless_it_is_seen_elsewhere() -> None:
    assert isinstance(only(machine(A=task(Parameters=Unknown(), End=True))).passes_token(), Unknown)
    payload = Map({"Payload": Unknown(), "x": Map({"t.$": "$$.Task.Token"})})
    assert only(machine(A=task(Parameters=payload, End=True))).passes_token() is True


def test_token_under_one_argument() -> None:
    arguments = Map({"Tags": [Map({"v.$": "$$.Task.Token"})], "Overrides": Map({"ContainerOverrides": []})})
    state = only(machine(A=task(Parameters=arguments, End=True)))
    assert state.passes_token() is True
    assert state.passes_token("Overrides") is False
    whole = only(machine(A=task(Parameters=Map({"Overrides.$": "$.overrides"}), End=True)))
    assert whole.passes_token("Overrides") is False


def test_limits_given_by_paths_are_there_but_unknown() -> None:
    assert only(machine(A=task(TimeoutSeconds=30, End=True))).timeout == 30
    assert isinstance(only(machine(A=task(TimeoutSecondsPath="$.t", End=True))).timeout, Unknown)
    assert isinstance(only(machine(A=task(TimeoutSeconds="{% $t %}", QueryLanguage="JSONata", End=True))).timeout, Unknown)
    assert only(machine(A=task(End=True))).timeout is None


def test_targets_of_each_entry_and_the_default_bus() -> None:
    entries = [Map({"EventBusName": "orders"}), Map({"Source": "x"}), Map({"EventBusName.$": "$.bus"})]
    state = only(machine(A=task("arn:aws:states:::events:putEvents", Parameters=Map({"Entries": entries}), End=True)))
    values = [value for _, value, _ in state.targets()]
    assert values[:2] == ["orders", None]
    assert isinstance(values[2], Unknown)


def test_target_of_a_call_is_its_argument_or_the_resource_itself() -> None:
    ref = Ref("t#Q", "Ref")
    state = only(machine(A=task("arn:aws:states:::aws-sdk:sqs:sendMessage", Parameters=Map({"QueueUrl": ref}), End=True)))
    assert state.targets() == [(True, ref, "url")]
    assert state.known_call is not None
    assert state.known_call.edge == "publish"
    legacy = only(machine(A=task("arn:aws:lambda:eu-west-1:123456789012:function:f")))
    assert legacy.targets() == [(True, "arn:aws:lambda:eu-west-1:123456789012:function:f", "arn")]
    assert only(machine(A=task("arn:aws:states:::aws-sdk:s3:getObject", End=True))).targets() == []


def test_alternatives_of_a_state_become_states_under_conditions() -> None:
    prod = is_one_of(Choice("t#Stage", "Stage", ("dev", "prod")), ["prod"])
    resource = OneOf(((prod, "arn:aws:states:::ecs:runTask.sync"), (negation(prod), "arn:aws:states:::ecs:runTask")))
    found = machine(A=task(resource))
    assert [(s.when, s.integration) for s in found.states] == [(prod, "sync"), (negation(prod), "request-response")]


JSONISH = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=5),
        st.builds(Unknown),
        st.just(Ref("t#X", "Arn")),
        st.just(Text(("a", Unknown("b")))),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                [
                    "States",
                    "StartAt",
                    "Type",
                    "Resource",
                    "Next",
                    "End",
                    "Branches",
                    "ItemProcessor",
                    "Iterator",
                    "Choices",
                    "Catch",
                    "Retry",
                    "Parameters",
                    "Arguments",
                    "QueryLanguage",
                    "TimeoutSeconds",
                    "InputPath",
                    "Entries",
                    "A",
                ]
            ),
            st.one_of(
                inner, st.sampled_from(["Task", "Map", "Parallel", "Choice", "A", "arn:aws:states:::events:putEvents.waitForTaskToken"])
            ),
            max_size=5,
        ).map(Map),
    ),
    max_leaves=30,
)


@settings(max_examples=200, deadline=None)
@given(JSONISH)
def test_whatever_shape_a_definition_has_reading_it_does_not_fail(definition: Any) -> None:
    for found in (parse(definition), parse(Map({"States": Map({"A": definition, "States": definition})}))):
        for state in found.states:
            state.targets()
            state.passes_token()
            state.passes_token("Overrides", "A")
            state.later()
            assert state.timeout is None or state.timeout is not state
            state.distributed  # noqa: B018


def test_deep_nesting_and_many_states_are_bounded() -> None:
    body: Any = Map({"StartAt": "X", "States": Map({"X": Map({"Type": "Pass", "End": True})})})
    for level in range(200):
        body = Map({"StartAt": "M", "States": Map({"M": Map({"Type": "Map", "Iterator": body, "Comment": str(level)})})})
    found = parse(body)
    assert found.problem is not None
    assert len(found.states) < 200


def test_plain_json_is_read_like_maps() -> None:
    definition = json.loads('{"StartAt": "A", "TimeoutSeconds": 5, "States": {"A": {"Type": "Wait", "End": true}}}')
    found = parse(definition)
    assert found.timeout == 5
    assert found.states[0].ends
    assert [s.name for s in found.scope.start] == ["A"]


@pytest.mark.parametrize("definition", [None, 3, "text", [], Unknown("p", "a parameter")])
def test_no_object_is_a_problem_and_no_state(definition: Any) -> None:
    found = parse(definition)
    assert found.states == []
    assert found.problem is not None
