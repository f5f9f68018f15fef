"""State machines in the graph: a part for each state, an edge for each call."""

from __future__ import annotations

import json
from typing import Any

from edalint.model.graph import EventGraph
from tests.building import arn, edges, ref, stack, text

MACHINE = "AWS::StepFunctions::StateMachine"


def task(resource: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "End": True, **more}


def machine(**states: Any) -> dict[str, Any]:
    return {"Definition": {"StartAt": next(iter(states)), "States": states}}


def graph_of(properties: dict[str, Any], **resources: Any) -> EventGraph:
    return stack(
        M=(MACHINE, properties),
        F=("AWS::Lambda::Function", {"Role": "arn:aws:iam::123456789012:role/r"}),
        Q=("AWS::SQS::Queue", {}),
        A=("AWS::StepFunctions::Activity", {"Name": "approve"}),
        **resources,
    )


def test_every_state_is_a_part_and_every_call_an_edge() -> None:
    """States inside Map and Parallel too; each edge says how it waits."""
    send = task("arn:aws:states:::sqs:sendMessage.waitForTaskToken", Parameters={"QueueUrl": ref("Q")})
    inner = {"StartAt": "Send", "States": {"Send": send}}
    graph = graph_of(
        machine(
            Call=task(arn("F")), Each={"Type": "Map", "ItemProcessor": inner, "End": True}, Approve=task(ref("A")), Done={"Type": "Succeed"}
        )
    )
    assert [p.element for p in graph.parts if p.kind == "state"] == ["Call", "Each", "Send", "Approve", "Done"]
    assert {(e.target.address, e.kind, e.attributes["integration"]) for e in graph.edges} == {
        ("F", "run", "request-response"),
        ("Q", "publish", "callback"),
        ("A", "run", "activity"),
    }


def test_placeholders_are_filled_in_text_and_in_objects() -> None:
    """`DefinitionSubstitutions` reaches JSON text and objects alike."""
    called = machine(Call=task("${Function}"))
    substitutions = {"DefinitionSubstitutions": {"Function": arn("F")}}
    assert edges(graph_of({**called, **substitutions})) == {"M -> F: run"}
    assert edges(graph_of({"DefinitionString": json.dumps(called["Definition"]), **substitutions})) == {"M -> F: run"}


def test_a_definition_text_with_references_in_it() -> None:
    """`Fn::Sub` in a `DefinitionString` leaves holes, which are the targets."""
    definition = text('{"StartAt": "A", "States": {"A": {"Type": "Task", "End": true, "Resource": "', arn("F"), '"}}}')
    assert edges(graph_of({"DefinitionString": definition})) == {"M -> F: run"}


def test_a_bus_is_the_default_one_unless_named_and_each_bus_is_one_edge() -> None:
    """Ten entries for one bus are one way there."""
    entries = [{"Source": "a"}, {"Source": "b"}, {"Source": "c", "EventBusName": ref("B")}]
    put = task("arn:aws:states:::events:putEvents", Parameters={"Entries": entries})
    graph = graph_of(machine(Put=put), B=("AWS::Events::EventBus", {"Name": "shop"}))
    assert sorted(f"{e.source.address} -> {e.target.address}" for e in graph.edges) == ["M -> B", "M -> default"]


def test_machines_run_machines_by_alias_too() -> None:
    """An alias stands for the machine behind its version, and is the edge's qualifier."""
    graph = graph_of(
        machine(Child=task("arn:aws:states:::states:startExecution.sync:2", Parameters={"StateMachineArn": ref("Live")})),
        C=(MACHINE, machine(Done={"Type": "Succeed"})),
        V=("AWS::StepFunctions::StateMachineVersion", {"StateMachineArn": ref("C")}),
        Live=(
            "AWS::StepFunctions::StateMachineAlias",
            {"Name": "live", "RoutingConfiguration": [{"StateMachineVersionArn": ref("V"), "Weight": 100}]},
        ),
    )
    assert edges(graph) == {"M -> C: run"}
    assert graph.edges[0].attributes["integration"] == "sync"


def test_what_is_no_definition_has_no_states() -> None:
    """JSON that is none, a definition in a bucket, nothing at all."""
    for properties in ({"DefinitionString": "{"}, {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}}, {}, {"Definition": [1]}):
        graph = graph_of(properties)
        assert [p for p in graph.parts if p.kind == "state"] == []
        assert graph.edges == []
