"""What states wait for, for how long, and what happens when they fail."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.view import View
from edalint.model.conditions import Choice, Undecided, is_one_of, negation
from edalint.model.graph import EventGraph
from edalint.model.values import OneOf, Unknown
from tests.building import arn, ref, stack

ROLE = "arn:aws:iam::1:role/r"
WAIT = {"Type": "Wait", "Seconds": 1, "End": True}


def machine(first: str = "A", body: Any = None, properties: Any = None, **states: Any) -> Any:
    definition = {"StartAt": first, **(body or {}), "States": states}
    return ("AWS::StepFunctions::StateMachine", {"RoleArn": ROLE, "Definition": definition, **(properties or {})})


def task(resource: Any = "arn:aws:states:::ecs:runTask", **rest: Any) -> Any:
    return {"Type": "Task", "Resource": resource, **({} if "Next" in rest else {"End": True}), **rest}


def ask(graph: EventGraph, state: str, fact: str) -> Any:
    part = next(p for p in graph.parts if p.kind == "state" and p.element == state)
    return View(graph).fact(part, fact)


def of_machine(graph: EventGraph, fact: str, address: str = "M") -> Any:
    node = graph.by_address(address)
    assert node is not None
    return View(graph).fact(node, fact)


def names(parts: Any) -> list[str]:
    return [p.element for p in parts]


def test_limits_have_the_services_own_default() -> None:
    graph = stack(M=machine(A=task(), body={"TimeoutSeconds": 60}), N=machine(A=WAIT))
    assert ask(graph, "A", "timeout") == 99999999
    assert ask(graph, "A", "heartbeat") == 99999999
    assert of_machine(graph, "execution_timeout") == 60
    assert of_machine(graph, "execution_timeout", "N") == 99999999


def test_limits_that_a_path_gives_are_unknown() -> None:
    assert isinstance(ask(stack(M=machine(A=task(TimeoutSecondsPath="$.t"))), "A", "timeout"), Unknown)


def test_a_state_that_only_ends_the_execution_does_not_follow() -> None:
    graph = stack(M=machine(A=task(Next="B"), B={"Type": "Choice", "Choices": [{"Next": "C"}], "Default": "D"}, C=WAIT, D={"Type": "Fail"}))
    assert names(ask(graph, "A", "later_states")) == ["B", "C"]
    assert names(ask(stack(M=machine(A=task(Next="D"), D={"Type": "Succeed"})), "A", "later_states")) == []


def test_what_a_catch_leads_to_does_not_follow_a_success() -> None:
    graph = stack(M=machine(A=task(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "B"}]), B=WAIT))
    assert names(ask(graph, "A", "later_states")) == []


def test_a_loop_that_starts_it_again_is_no_polling() -> None:
    choice = {"Type": "Choice", "Choices": [{"Next": "Done"}], "Default": "A"}
    graph = stack(M=machine(A=task(Next="C"), C=choice, Done={"Type": "Succeed"}))
    assert ask(graph, "A", "polled_later") is False
    asks = {"Type": "Choice", "Choices": [{"Next": "Done"}], "Default": "W"}
    waits = {"Type": "Wait", "Seconds": 1, "Next": "Ask"}
    polled = stack(
        M=machine(A=task(Next="W"), W=waits, Ask=task("arn:aws:states:::lambda:invoke", Next="C"), C=asks, Done={"Type": "Succeed"})
    )
    assert ask(polled, "A", "polled_later") is True


@pytest.mark.parametrize(
    ("retry", "times"),
    [
        (None, 0),
        ([], 0),
        ([{"ErrorEquals": ["X"]}], 3),
        ([{"ErrorEquals": ["X"], "MaxAttempts": 0}], 0),
        ([{"ErrorEquals": ["X"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 5}], 5),
        ([{"ErrorEquals": ["X"], "MaxAttempts": Unknown("P")}], None),
        (Unknown("P"), None),
    ],
)
def test_how_often_a_state_is_tried_again(retry: Any, times: int | None) -> None:
    found = ask(stack(M=machine(A=task(**({} if retry is None else {"Retry": retry})))), "A", "retries")
    assert isinstance(found, Unknown) if times is None else found == times


def test_what_is_around_a_state_may_handle_its_errors() -> None:
    def handled(**around: Any) -> Any:
        inner = {"StartAt": "A", "States": {"A": task()}}
        return ask(
            stack(M=machine("P", P={"Type": "Parallel", "Branches": [inner], "End": True, **around})), "A", "enclosing_handles_errors"
        )

    assert handled() is False
    assert handled(Catch=[{"ErrorEquals": ["States.ALL"], "Next": "P"}]) is True
    assert handled(Retry=[{"ErrorEquals": ["States.ALL"]}]) is True
    assert isinstance(handled(Retry=Unknown("P")), Unknown)


def test_an_alternative_that_is_not_decided_is_asked_for() -> None:
    prod = is_one_of(Choice("t#Stage", "Stage", ("dev", "prod")), ["prod"])
    retry = OneOf(((prod, [{"ErrorEquals": ["X"]}]), (negation(prod), [])))
    with pytest.raises(Undecided):
        ask(stack(M=machine(A=task(Retry=retry))), "A", "retries")


def test_what_a_reference_means_says_how_it_is_called() -> None:
    graph = stack(
        M=machine(A=task(ref("Act")), B=task(arn("F"))),
        Act=("AWS::StepFunctions::Activity", {"Name": "a"}),
        F=("AWS::Lambda::Function", {}),
    )
    assert ask(graph, "A", "integration") == "activity"
    assert ask(graph, "A", "call") is None
    assert ask(graph, "B", "integration") == "request-response"
    assert ask(graph, "B", "call") == "lambda:invoke"
    assert ask(graph, "B", "target") is graph.by_address("F")


@pytest.mark.parametrize(
    ("logging", "level"),
    [(None, "OFF"), ({"Level": "ERROR"}, "ERROR"), ({"Destinations": []}, "OFF"), ({"Destinations": [{}]}, None), (Unknown("P"), None)],
)
def test_log_level(logging: Any, level: str | None) -> None:
    found = of_machine(stack(M=machine(A=WAIT, properties={} if logging is None else {"LoggingConfiguration": logging})), "log_level")
    assert isinstance(found, Unknown) if level is None else found == level


def test_a_definition_that_is_not_here_leaves_its_states_unknown() -> None:
    graph = stack(M=("AWS::StepFunctions::StateMachine", {"RoleArn": ROLE, "DefinitionS3Location": {"Bucket": "b", "Key": "k"}}))
    assert isinstance(of_machine(graph, "states"), Unknown)
    assert isinstance(of_machine(graph, "execution_timeout"), Unknown)


def test_who_starts_a_machine_without_waiting() -> None:
    def started(resource: str) -> Any:
        outer = machine(A=task(resource, Parameters={"StateMachineArn": ref("M")}))
        return of_machine(stack(M=machine(A=WAIT), O=outer), "started_asynchronously")

    assert started("arn:aws:states:::states:startExecution") is True
    assert started("arn:aws:states:::states:startExecution.sync:2") is False
    assert of_machine(stack(M=machine(A=WAIT)), "started_asynchronously") is False


@pytest.mark.parametrize(
    ("type", "invocation", "started"),
    [
        (None, None, True),
        (None, "FIRE_AND_FORGET", True),
        ("STANDARD", Unknown("P"), True),
        ("EXPRESS", None, False),
        ("EXPRESS", "FIRE_AND_FORGET", True),
        ("STANDARD", "REQUEST_RESPONSE", False),
    ],
)
def test_a_pipe_waits_for_express_machines_alone(type: str | None, invocation: Any, started: bool) -> None:
    """Only an EXPRESS machine can be waited for, and only where the pipe is not told to fire and forget."""
    parameters = {} if invocation is None else {"StepFunctionStateMachineParameters": {"InvocationType": invocation}}
    source = "arn:aws:sqs:eu-west-1:111122223333:q"
    pipe = ("AWS::Pipes::Pipe", {"RoleArn": ROLE, "Source": source, "Target": ref("M"), "TargetParameters": parameters})
    graph = stack(M=machine(A=WAIT, properties={} if type is None else {"StateMachineType": type}), P=pipe)
    assert of_machine(graph, "started_asynchronously") is started


def test_rules_for_failed_executions() -> None:
    def watched(pattern: Any) -> Any:
        rule = ("AWS::Events::Rule", {"EventPattern": pattern, "Targets": [{"Id": "q", "Arn": "arn:aws:sqs:r:1:q"}]})
        return of_machine(stack(M=machine(A=WAIT), N=machine(A=WAIT), R=rule), "failure_rules")

    assert [r.address for r in watched({"source": ["aws.states"]})] == ["R"]
    assert [r.address for r in watched({"source": ["aws.states"], "detail": {"stateMachineArn": [ref("M")]}})] == ["R"]
    assert watched({"source": ["aws.states"], "detail": {"status": ["SUCCEEDED"]}}) == []
    assert watched({"source": ["aws.ecs"]}) == []
    assert watched({"source": [Unknown("P")]}).open
