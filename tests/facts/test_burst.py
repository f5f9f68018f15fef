"""What one event starts, how many at once, and how often a bad one is tried."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from edalint.facts.view import View
from edalint.inference import infer
from edalint.model.graph import Edge
from edalint.model.values import Unknown
from tests.building import arn, ref, stack

MACHINE = "AWS::StepFunctions::StateMachine"
FUNCTION = ("AWS::Lambda::Function", {"Role": "arn:aws:iam::123456789012:role/r"})
RUN = {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "Parameters": {"TaskDefinition": ref("D")}}


def view_of(**resources: Any) -> View:
    graph = stack(**resources)
    infer(graph)
    return View(graph)


def machine(states: dict[str, Any], start: str = "A", **properties: Any) -> tuple[str, dict[str, Any]]:
    return (MACHINE, {"Definition": {"StartAt": start, "States": states}, **properties})


CHOICE = {"Type": "Choice", "Choices": [{"Variable": "$.x", "BooleanEquals": True, "Next": "Run"}], "Default": "Done"}


@pytest.mark.parametrize(
    ("states", "each"),
    [
        ({"A": {**RUN, "End": True}}, True),
        ({"A": {"Type": "Pass", "Next": "B"}, "B": {**RUN, "End": True}}, True),
        ({"A": CHOICE, "Run": {**RUN, "End": True}, "Done": {"Type": "Succeed"}}, False),
        ({"A": CHOICE, "Run": {**RUN, "End": True}, "Done": {"Type": "Fail"}}, True),
        ({"A": {**CHOICE, "Default": Unknown("", "not known")}, "Run": {**RUN, "End": True}}, False),
        ({"A": {"Type": "Parallel", "End": True, "Branches": [{"StartAt": "B", "States": {"B": {**RUN, "End": True}}}]}}, True),
        ({"A": {**RUN, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}], "End": True}, "Done": {"Type": "Succeed"}}, True),
        ({"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}}, False),
    ],
)
def test_a_task_in_each_execution(states: dict[str, Any], each: bool) -> None:
    """Whatever way an execution takes that does not fail, it passes the state."""
    view = view_of(M=machine(states), D=("AWS::ECS::TaskDefinition", {}))
    found = view.fact(view.graph.nodes["t.yaml#M"], "tasks_in_each_execution")
    assert [n.address for n in found] == (["D"] if each else [])


def test_machines_that_start_machines_in_a_circle_end() -> None:
    """Two machines that run each other start no task, soon."""
    start = {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution", "End": True}
    view = view_of(
        M=machine({"A": {**start, "Parameters": {"StateMachineArn": ref("N")}}}),
        N=machine({"A": {**start, "Parameters": {"StateMachineArn": ref("M")}}}),
    )
    assert view.fact(view.graph.nodes["t.yaml#M"], "tasks_in_each_execution") == []


@pytest.mark.parametrize(
    ("pattern", "bus", "sees"),
    [
        ({"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"], "detail": {"lastStatus": ["STOPPED"]}}, None, True),
        ({"source": ["aws.ecs"]}, None, True),
        ({"source": ["aws.ecs"], "detail-type": ["ECS Deployment State Change"]}, None, False),
        ({"source": ["shop"]}, None, False),
        ({"source": ["aws.ecs"]}, "shop", False),
    ],
)
def test_who_hears_of_a_task_that_stopped(pattern: dict[str, Any], bus: str | None, sees: bool) -> None:
    """ECS tells on the default bus only."""
    named = {"EventBusName": bus} if bus else {}
    view = view_of(R=("AWS::Events::Rule", {"EventPattern": pattern, "Targets": [], **named}))
    assert view.fact(view.graph, "watches_task_exits") is sees


def test_what_is_in_a_map() -> None:
    """The calls of nested states, the limit, the mode."""
    inner = {"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": True, "Branches": [{"StartAt": "B", "States": {"B": RUN}}]}}}
    processor = {**inner, "ProcessorConfig": {"Mode": "DISTRIBUTED"}}
    view = view_of(M=machine({"A": {"Type": "Map", "ItemProcessor": processor, "End": True}}), D=("AWS::ECS::TaskDefinition", {}))
    part = next(p for p in view.graph.parts if p.element == "A")
    assert view.fact(part, "inner_calls") == ["ecs:runTask"]
    assert view.fact(part, "max_concurrency") == 0
    assert view.fact(part, "distributed") is True


def worst(view: View, address: str) -> tuple[int, int]:
    node = view.graph.nodes[f"t.yaml#{address}"]
    return view.fact(node, "worst_calls"), view.fact(node, "nested_retriers")


def queue(receives: Any) -> tuple[str, dict[str, Any]]:
    return ("AWS::SQS::Queue", {"RedrivePolicy": {"deadLetterTargetArn": arn("L"), "maxReceiveCount": receives}})


def test_calls_multiply_where_a_failure_travels_back() -> None:
    """Receives of a queue, times the tries of a state in an express machine that its pipe waits for."""
    call = {"Type": "Task", "Resource": arn("F"), "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}], "End": True}
    resources = {
        "L": ("AWS::SQS::Queue", {}),
        "Q": queue(5),
        "F": FUNCTION,
        "P": ("AWS::Pipes::Pipe", {"Source": arn("Q"), "Target": ref("M")}),
    }
    assert worst(view_of(**resources, M=machine({"A": call}, StateMachineType="EXPRESS")), "F") == (20, 2)
    assert worst(view_of(**resources, M=machine({"A": call})), "F") == (4, 1)


def test_asynchronous_invocations_are_tried_three_times() -> None:
    """Two retries unless an invoke configuration says otherwise."""
    topic = {"F": FUNCTION, "T": ("AWS::SNS::Topic", {"Subscription": [{"Protocol": "lambda", "Endpoint": arn("F")}]})}
    assert worst(view_of(**topic), "F") == (3, 1)
    none = ("AWS::Lambda::EventInvokeConfig", {"FunctionName": ref("F"), "Qualifier": "$LATEST", "MaximumRetryAttempts": 0})
    assert worst(view_of(**topic, C=none), "F") == (1, 0)


def test_what_is_not_known_counts_once() -> None:
    """A queue without redrive policy, one whose count is a parameter, functions that call each other."""
    mapping = ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Q"), "FunctionName": ref("F")})
    dead: tuple[str, dict[str, object]] = ("AWS::SQS::Queue", {})
    assert worst(view_of(L=dead, Q=dead, F=FUNCTION, M=mapping), "F") == (1, 0)
    assert worst(view_of(L=dead, Q=queue(Unknown("", "a parameter")), F=FUNCTION, M=mapping), "F") == (1, 0)


def test_long_chains_end() -> None:
    """A thousand functions, each calling the next."""
    view = view_of(**{f"F{i}": FUNCTION for i in range(1000)})
    nodes = list(view.graph.nodes.values())
    for one, other in pairwise(nodes):
        assert one.resource is not None
        view.graph.add_edge(Edge("invoke", one, other, one.resource))
    assert worst(view, "F999") == (1, 0)


def test_many_ways_to_one_function() -> None:
    """Subscribers of a topic that all call one function; one with a filter may not get the event."""
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn("G")}
    subscriptions = {
        f"S{i}": ("AWS::SNS::Subscription", {"TopicArn": ref("T"), "Protocol": "lambda", "Endpoint": arn(f"F{i}")}) for i in range(3)
    }
    subscriptions["S0"][1]["FilterPolicy"] = {"kind": ["a"]}
    view = view_of(
        T=("AWS::SNS::Topic", {}),
        G=FUNCTION,
        R=("AWS::IAM::Role", {"Policies": [{"PolicyDocument": {"Statement": [statement]}}]}),
        **{f"F{i}": ("AWS::Lambda::Function", {"Role": arn("R")}) for i in range(3)},
        **subscriptions,
    )
    topic = view.graph.nodes["t.yaml#T"]
    assert view.fact(topic, "fan_in") == 2
    assert view.fact(topic, "fan_in_target").address == "G"
