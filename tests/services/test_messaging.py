"""What queues, topics, buses, rules, schedules and pipes declare."""

from __future__ import annotations

import pytest

from edalint.model.conditions import Choice, is_one_of, negation
from edalint.model.graph import EventGraph, Part
from edalint.model.values import Unknown, one_of
from tests.building import arn, edges, ref, stack, text, value

QUEUE, TOPIC, FUNCTION, BUS = "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Lambda::Function", "AWS::Events::EventBus"
RULE, SCHEDULE, PIPE = "AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::Pipes::Pipe"


def parts(graph: EventGraph, kind: str) -> list[Part]:
    return [p for p in graph.parts if p.kind == kind]


def test_a_redrive_policy_may_be_json_text() -> None:
    """JSON text with the queue's ARN as a hole gives the same edge as a map."""
    policy = text('{"deadLetterTargetArn": "', arn("Failed"), '", "maxReceiveCount": 5}')
    graph = stack(Orders=(QUEUE, {"RedrivePolicy": policy}), Failed=(QUEUE, {}))

    assert edges(graph) == {"Orders -> Failed: dead-letter"}


@pytest.mark.parametrize("policy", ["not json", [], 5, True, {"deadLetterTargetArn": []}, {"maxReceiveCount": 3}, Unknown("", "a macro")])
def test_a_redrive_policy_of_any_shape_is_survived(policy: object) -> None:
    """Whatever stands where a redrive policy belongs, there is a queue and no edge to another one."""
    graph = stack(Orders=(QUEUE, {"RedrivePolicy": policy}), Failed=(QUEUE, {}))

    assert "Orders -> Failed: dead-letter" not in edges(graph)
    assert {n.address for n in graph.of_kind("queue")} == {"Orders", "Failed"}


def test_inline_subscriptions_are_parts_of_their_topic() -> None:
    """An inline subscription is called by protocol and endpoint, and has no redrive policy."""
    graph = stack(
        News=(TOPIC, {"Subscription": [{"Protocol": "sqs", "Endpoint": arn("Inbox")}, {"Protocol": "email", "Endpoint": "a@example.com"}]}),
        Inbox=(QUEUE, {}),
    )

    assert edges(graph) == {"News -> Inbox: deliver", "News -> a@example.com: deliver"}
    assert [p.element for p in parts(graph, "subscription")] == ["sqs:${Inbox}", "email:a@example.com"]
    assert all(p.owner is graph.by_address("News") for p in parts(graph, "subscription"))


def test_a_subscription_with_its_dead_letters() -> None:
    """A subscription's dead letters start at its topic."""
    graph = stack(
        News=(TOPIC, {}),
        Inbox=(QUEUE, {}),
        Lost=(QUEUE, {}),
        Sub=(
            "AWS::SNS::Subscription",
            {"TopicArn": ref("News"), "Protocol": "sqs", "Endpoint": arn("Inbox"), "RedrivePolicy": {"deadLetterTargetArn": arn("Lost")}},
        ),
    )

    assert edges(graph) == {"News -> Inbox: deliver", "News -> Lost: dead-letter"}


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ({"EventPattern": {"source": ["a"]}}, "rule"),
        ({"ScheduleExpression": "rate(1 day)"}, "schedule"),
        ({"EventPattern": {"source": ["a"]}, "ScheduleExpression": "rate(1 day)"}, "rule"),
    ],
)
def test_a_rule_with_a_schedule_alone_is_a_schedule(properties: dict[str, object], kind: str) -> None:
    """Only a rule with a pattern listens on a bus."""
    graph = stack(R=(RULE, properties))

    assert graph.nodes["t.yaml#R"].kind == kind
    assert ("default -> R: match" in edges(graph)) is (kind == "rule")


def test_an_ecs_target_is_its_task_definition() -> None:
    """The ARN of an ECS target is the cluster; what is started is the task definition, which is a node then."""
    graph = stack(
        Nightly=(
            RULE,
            {
                "ScheduleExpression": "rate(1 day)",
                "Targets": [{"Id": "t", "Arn": arn("C"), "EcsParameters": {"TaskDefinitionArn": ref("Report")}}],
            },
        ),
        C=("AWS::ECS::Cluster", {}),
        Report=("AWS::ECS::TaskDefinition", {}),
        Unused=("AWS::ECS::TaskDefinition", {}),
    )

    assert edges(graph) == {"Nightly -> Report: deliver"}
    assert [n.address for n in graph.of_kind("task")] == ["Report"]
    assert [p.data["kind"] for p in parts(graph, "target")] == ["ecs"]


@pytest.mark.parametrize(
    ("target", "sort"),
    [
        ({"Arn": arn("Q")}, "sqs"),
        ({"Arn": ref("T")}, "sns"),
        ({"Arn": "arn:aws:lambda:eu-west-1:111122223333:function:f"}, "lambda"),
        ({"Arn": text("arn:aws:events:", Unknown("AWS::Region"), ":111122223333:event-bus/other")}, "bus"),
        ({"Arn": "arn:aws:events:eu-west-1:111122223333:api-destination/d/1"}, "api-destination"),
        ({"Arn": arn("J"), "BatchParameters": {"JobDefinition": "d"}}, "batch"),
        ({"Arn": "arn:aws:logs:eu-west-1:111122223333:log-group:/x"}, "logs"),
        ({"Arn": Unknown("t.yaml#P", outside=True)}, "other"),
    ],
)
def test_the_sort_of_a_target(target: dict[str, object], sort: str) -> None:
    """What a target is, is known from its resource, its parameters or its ARN; from nothing else."""
    graph = stack(
        R=(RULE, {"EventPattern": {"source": ["a"]}, "Targets": [{"Id": "t", **target}]}),
        Q=(QUEUE, {}),
        T=(TOPIC, {}),
        J=("AWS::Batch::JobQueue", {}),
    )

    assert [p.data["kind"] for p in parts(graph, "target")] == [sort]


def test_a_universal_target_is_what_its_input_names() -> None:
    """Scheduler can call any API: the queue stands in the input's JSON."""
    graph = stack(
        Nightly=(
            SCHEDULE,
            {
                "Target": {
                    "Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage",
                    "Input": text('{"QueueUrl": "', ref("Q"), '", "MessageBody": "x"}'),
                }
            },
        ),
        Cleanup=(
            SCHEDULE,
            {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:eventbridge:putEvents", "Input": '{"Entries": [{"Source": "x"}]}'}},
        ),
        Other=(SCHEDULE, {"Target": {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:stopInstances", "Input": "{}"}}),
        Q=(QUEUE, {}),
    )

    assert edges(graph) == {"Nightly -> Q: deliver", "Cleanup -> default: deliver"}


@pytest.mark.parametrize(
    ("call", "sort"),
    [
        ("ecs:runTask", "ecs"),
        ("ecs:updateService", "other"),
        ("sqs:sendMessage", "sqs"),
        ("sqs:purgeQueue", "other"),
        ("lambda:updateFunctionConfiguration", "other"),
        ("codepipeline:startPipelineExecution", "codepipeline"),
        ("codepipeline:disableStageTransition", "other"),
    ],
)
def test_only_a_call_that_starts_or_sends_is_of_its_service_s_sort(call: str, sort: str) -> None:
    """A schedule that changes a service, or purges a queue, starts no task and sends no message."""
    graph = stack(S=(SCHEDULE, {"Target": {"Arn": f"arn:aws:scheduler:::aws-sdk:{call}", "Input": "{}"}}))
    assert [p.data["kind"] for p in parts(graph, "target")] == [sort]


def test_a_pipe_from_end_to_end() -> None:
    """A pipe polls its source, waits for its enrichment, delivers to its target and keeps a stream's dead letters."""
    graph = stack(
        P=(
            PIPE,
            {
                "Source": arn("Clicks"),
                "SourceParameters": {"KinesisStreamParameters": {"DeadLetterConfig": {"Arn": arn("Lost")}}},
                "Enrichment": arn("F"),
                "Target": arn("Bus"),
            },
        ),
        Clicks=("AWS::Kinesis::Stream", {}),
        Lost=(QUEUE, {}),
        F=(FUNCTION, {}),
        Bus=(BUS, {"Name": "b"}),
    )

    assert edges(graph) == {"Clicks -> P: poll", "P -> F: enrich", "P -> Bus: deliver", "P -> Lost: dead-letter"}


def test_a_subscriber_of_the_second_bus() -> None:
    """A subscriber is filter, target and dead letters in one resource."""
    graph = stack(
        Bus=("AWS::EventsV2::EventBus", {"Name": "b"}),
        S=(
            "AWS::EventsV2::Subscriber",
            {"EventBusArn": arn("Bus"), "InvokeConfiguration": {"TargetArn": arn("Q")}, "OnFailureConfiguration": {"Arn": arn("Lost")}},
        ),
        Q=(QUEUE, {}),
        Lost=(QUEUE, {}),
    )

    assert edges(graph) == {"Bus -> S: match", "S -> Q: deliver", "S -> Lost: dead-letter"}


def test_a_target_in_one_alternative_only() -> None:
    """A target that hangs on a choice gives its edge and part under that choice."""
    prod = is_one_of(Choice("t.yaml#Stage", "Stage", ("dev", "prod")), ["prod"])
    targets = [one_of([(prod, value({"Id": "q", "Arn": arn("Q")})), (negation(prod), None)])]
    graph = stack(R=(RULE, {"EventPattern": {"source": ["a"]}, "Targets": targets}), Q=(QUEUE, {}))

    assert [e.when for e in graph.edges if e.kind == "deliver"] == [prod]
    assert [p.when for p in parts(graph, "target")] == [prod]


def test_a_pipe_that_starts_a_task_in_one_alternative_only() -> None:
    """Its target is the task under that choice; in the other it is a cluster of which nobody says what runs there, and no task to allow."""
    prod = is_one_of(Choice("t.yaml#Stage", "Stage", ("dev", "prod")), ["prod"])
    runs = value({"EcsTaskParameters": {"TaskDefinitionArn": ref("Task")}})
    graph = stack(
        P=(PIPE, {"Source": arn("Q"), "Target": arn("C"), "TargetParameters": one_of([(prod, runs), (negation(prod), Unknown("Open"))])}),
        Q=(QUEUE, {}),
        C=("AWS::ECS::Cluster", {}),
        Task=("AWS::ECS::TaskDefinition", {}),
    )

    (part,) = parts(graph, "target")
    assert part.when is True
    assert [(t.when, t.node) for t in part.targets["target"]] == [(prod, graph.nodes["t.yaml#Task"]), (negation(prod), None)]


def test_a_global_endpoint_is_its_primary_bus() -> None:
    """What is sent to a global endpoint arrives on the first of its buses."""
    graph = stack(
        E=(
            "AWS::Events::Endpoint",
            {"EventBuses": [{"EventBusArn": arn("Bus")}, {"EventBusArn": "arn:aws:events:us-west-2:1:event-bus/b"}]},
        ),
        Bus=(BUS, {"Name": "b"}),
        R=(RULE, {"EventBusName": arn("E"), "EventPattern": {"source": ["a"]}}),
    )

    assert edges(graph) == {"Bus -> R: match"}
