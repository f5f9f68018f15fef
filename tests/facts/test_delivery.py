"""Dead letters, consumers and contracts: what is known, what is absent, what is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.contracts import describe, duration
from edalint.facts.view import View
from edalint.model.graph import EventGraph, Node
from edalint.model.values import Unknown
from tests.building import arn, graph_of, ref, stack, unit

QUEUE, TOPIC, FUNCTION, MAPPING = "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"
OUTSIDE = Unknown("t.yaml#Parameters.Arn", outside=True)
UNREADABLE = Unknown("", "Fn::Transform")


def ask(graph: EventGraph, address: str, fact: str) -> Any:
    """A fact about the node of an address."""
    node = graph.by_address(address)
    assert node is not None
    return View(graph).fact(node, fact)


def redrive(target: Any, count: Any = 3) -> dict[str, Any]:
    return {"RedrivePolicy": {"deadLetterTargetArn": target, "maxReceiveCount": count}}


def test_a_dead_letter_queue_is_known_absent_or_unknown() -> None:
    """A queue of the run is known, none is absent, one outside or one that can't be is unknown: it is never taken for none."""
    graph = stack(
        A=(QUEUE, redrive(arn("Lost"))), B=(QUEUE, {}), C=(QUEUE, redrive(OUTSIDE)), D=(QUEUE, {"RedrivePolicy": UNREADABLE}),
        E=(QUEUE, redrive(ref("T"))), Lost=(QUEUE, {}), T=(TOPIC, {}),
    )  # fmt: skip

    assert ask(graph, "A", "dead_letter") is graph.by_address("Lost")
    assert ask(graph, "B", "dead_letter") is None
    assert all(isinstance(ask(graph, x, "dead_letter"), Unknown) for x in "CDE")
    assert [e.target.address for e in ask(graph, "E", "unfit_dead_letters")] == ["T"]


def test_being_a_dead_letter_queue_follows_from_an_edge() -> None:
    """Only who is sent dead letters is a dead-letter queue; an unreadable redrive policy leaves it open for all queues."""
    known = stack(A=(QUEUE, redrive(arn("Lost"))), Lost=(QUEUE, {}), Dlq=(QUEUE, {}))
    doubtful = stack(A=(QUEUE, {"RedrivePolicy": UNREADABLE}), B=(QUEUE, redrive(arn("Lost"))), Lost=(QUEUE, {}), Dlq=(QUEUE, {}))

    assert [ask(known, x, "is_dead_letter_queue") for x in ("Lost", "Dlq", "A")] == [True, False, False]
    assert ask(doubtful, "Lost", "is_dead_letter_queue") is True
    assert isinstance(ask(doubtful, "Dlq", "is_dead_letter_queue"), Unknown)


def test_a_redrive_circle_begins_with_who_is_declared_first() -> None:
    """Every queue of a circle gives the same circle; a chain with an end gives none."""
    graph = stack(
        Hot=(QUEUE, redrive(arn("Warm"))), Warm=(QUEUE, redrive(arn("Hot"))), A=(QUEUE, redrive(arn("B"))), B=(QUEUE, redrive(arn("C"))),
        C=(QUEUE, {}),
    )  # fmt: skip

    def circle(address: str) -> list[str]:
        return [n.address for n in ask(graph, address, "redrive_cycle")]

    assert circle("Hot") == circle("Warm") == ["Hot", "Warm"]
    assert circle("A") == circle("B") == circle("C") == []


@pytest.mark.parametrize("turned", [False, True])
def test_a_circle_that_a_pipe_closes_begins_where_the_pipe_puts_them_back(turned: bool) -> None:
    """Whichever queue is declared first: the dead-letter queue by itself gives none."""
    pipe = ("AWS::Pipes::Pipe", {"Source": arn("Dlq"), "Target": arn("Orders")})
    resources: dict[str, Any] = {"Orders": (QUEUE, redrive(arn("Dlq"))), "Dlq": (QUEUE, {}), "Again": pipe}
    graph = stack(**(dict(reversed(resources.items())) if turned else resources))

    assert [n.address for n in ask(graph, "Orders", "redrive_cycle")] == ["Orders", "Dlq"]
    assert ask(graph, "Dlq", "redrive_cycle") == []


def subscribed(**more: Any) -> EventGraph:
    return stack(T=(TOPIC, {"Subscription": [{"Protocol": "lambda", "Endpoint": arn("F")}]}), F=(FUNCTION, {}), **more)


def test_who_calls_a_function_and_waits() -> None:
    """A mapping waits, a topic does not; a permission for a service that is not in the run leaves it open."""
    polled: dict[str, Any] = {"Q": (QUEUE, {}), "F": (FUNCTION, {}), "M": (MAPPING, {"FunctionName": ref("F"), "EventSourceArn": arn("Q")})}
    permission = (
        "AWS::Lambda::Permission",
        {"FunctionName": ref("F"), "Principal": "sns.amazonaws.com", "Action": "lambda:InvokeFunction"},
    )
    only = "called_synchronously_only"

    assert ask(stack(**polled), "F", only) is True
    assert ask(subscribed(), "F", only) is False
    assert ask(stack(F=(FUNCTION, {})), "F", only) is False
    assert isinstance(ask(stack(**polled, P=permission), "F", only), Unknown)
    assert [n.address for n in ask(subscribed(), "F", "async_callers")] == ["T"]


def test_a_pipe_waits_for_its_function() -> None:
    """What a pipe delivers to is not called asynchronously."""
    graph = stack(P=("AWS::Pipes::Pipe", {"Source": arn("Q"), "Target": arn("F")}), Q=(QUEUE, {}), F=(FUNCTION, {}))

    assert list(ask(graph, "F", "async_callers")) == []


def test_sets_are_open_where_a_resource_leaves_the_run() -> None:
    """The consumers of an exported queue are open, of another they are all there."""
    made = unit("t.yaml", A=(QUEUE, {}), B=(QUEUE, {}))
    made.outputs["Queue"] = arn("A")
    graph = graph_of(made)

    assert ask(graph, "A", "consumers").open
    assert not ask(graph, "B", "consumers").open


@pytest.mark.parametrize(
    ("principal", "condition", "is_open"),
    [
        ({"AWS": "arn:aws:iam::444455556666:root"}, None, True),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ("*", {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:t"}}, False),
        ({"Service": "sns.amazonaws.com"}, None, False),
        ({"AWS": "arn:aws:iam::111122223333:role/r"}, None, False),
    ],
)
def test_a_policy_that_lets_others_in_opens_the_senders(principal: Any, condition: Any, is_open: bool) -> None:
    """Another account, an organisation or everybody may send; a service or a role of the account may not be a stranger."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": "*"}
    if condition:
        statement["Condition"] = condition
    policy = ("AWS::SQS::QueuePolicy", {"Queues": [ref("Q")], "PolicyDocument": {"Statement": [statement]}})
    made = unit("t.yaml", Q=(QUEUE, {}), P=policy)
    made.account = "111122223333"

    assert bool(ask(graph_of(made), "Q", "senders").open) is is_open
    assert not ask(graph_of(made), "Q", "consumers").open


# contracts


def contract(graph: EventGraph, source: str, target: str, kind: str) -> str:
    describe(graph)
    [edge] = [e for e in graph.edges if (e.source.address, e.target.address, e.kind) == (source, target, kind)]
    return str(edge.attributes.get("contract", ""))


def ruled(**target: Any) -> EventGraph:
    rule = {"EventPattern": {"source": ["a"], "detail-type": ["B"]}, "Targets": [{"Id": "t", "Arn": arn("Q"), **target}]}
    return stack(R=("AWS::Events::Rule", rule), Q=(QUEUE, {}), Lost=(QUEUE, {}))


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({}, "185 retries over 24 h, then dropped"),
        ({"DeadLetterConfig": {"Arn": arn("Lost")}}, "185 retries over 24 h, then dead-lettered"),
        ({"RetryPolicy": {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60}}, "1 retry over 1 min, then dropped"),
        ({"DeadLetterConfig": {"Arn": OUTSIDE}}, "185 retries over 24 h"),
        ({"RetryPolicy": {"MaximumRetryAttempts": OUTSIDE}}, "retried for 24 h, then dropped"),
    ],
)
def test_the_contract_of_a_rules_target(target: dict[str, Any], said: str) -> None:
    """Defaults are AWS's, what is written counts, what is not known is left out."""
    assert contract(ruled(**target), "R", "Q", "deliver") == said


def test_what_a_rule_listens_for_is_its_edges_filter() -> None:
    """The edge from bus to rule says source and detail-type."""
    graph = ruled()
    describe(graph)

    assert [e.attributes["filter"] for e in graph.edges if e.kind == "match"] == ["a / B"]


@pytest.mark.parametrize(
    ("queue", "said"),
    [
        ({}, "batch 10, retried for 4 d, then deleted"),
        (redrive(arn("Lost"), 5), "batch 10, 4 retries, then dead-lettered"),
        ({**redrive(arn("Lost"), 1), "FifoQueue": True}, "batch 10, 0 retries, then dead-lettered, in order by message group"),
        (redrive(OUTSIDE, 2), "batch 10, 1 retry over 4 d"),
    ],
)
def test_the_contract_of_a_queues_consumer(queue: dict[str, Any], said: str) -> None:
    """A queue's message is tried until it is dead-lettered, or until it expires."""
    mapping = (MAPPING, {"FunctionName": ref("F"), "EventSourceArn": arn("Q")})

    assert contract(stack(Q=(QUEUE, queue), Lost=(QUEUE, {}), F=(FUNCTION, {}), M=mapping), "Q", "F", "poll") == said


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({}, "batch 100, retried for 24 h, its shard waits, in order by shard"),
        ({"MaximumRetryAttempts": 3}, "batch 100, 3 retries over 24 h, then dropped, in order by shard"),
        (
            {"MaximumRecordAgeInSeconds": 3600, "DestinationConfig": {"OnFailure": {"Destination": arn("Lost")}}},
            "batch 100, retried for 1 h, then dead-lettered, in order by shard",
        ),
    ],
)
def test_the_contract_of_a_streams_consumer(limits: dict[str, Any], said: str) -> None:
    """Without limits a stream's batch blocks its shard; with limits it is skipped, or kept where there is a destination."""
    mapping = (MAPPING, {"FunctionName": ref("F"), "EventSourceArn": arn("S"), **limits})
    graph = stack(S=("AWS::Kinesis::Stream", {}), Lost=(QUEUE, {}), F=(FUNCTION, {}), M=mapping)

    assert contract(graph, "S", "F", "poll") == said


def test_the_contract_of_a_subscription_hangs_on_its_protocol() -> None:
    """SNS tries a queue for 23 days, a web server for a minute, mail for six hours."""
    kinds = [("sqs", arn("Q")), ("https", "https://example.com/x"), ("email", "a@example.com")]
    graph = stack(T=(TOPIC, {"Subscription": [{"Protocol": p, "Endpoint": e} for p, e in kinds]}), Q=(QUEUE, {}))
    describe(graph)

    assert [e.attributes["contract"] for e in graph.edges if e.kind == "deliver"] == [
        "100015 retries over 23 d, then dropped",
        "3 retries over 1 min, then dropped",
        "50 retries over 6 h, then dropped",
    ]


def test_nodes_say_what_matters_of_them() -> None:
    """The attributes of a queue are its timeouts and limits; `details` has them in one line."""
    graph = stack(Q=(QUEUE, {**redrive(arn("Lost"), 5), "VisibilityTimeout": "120"}), Lost=(QUEUE, {"MessageRetentionPeriod": OUTSIDE}))
    describe(graph)
    node: Node | None = graph.by_address("Q")
    assert node is not None

    assert node.attributes["visibility_timeout"] == 120
    assert node.attributes["details"] == "2 min hidden, 5 receives, 4 d kept"
    assert "retention" not in graph.nodes["t.yaml#Lost"].attributes


@pytest.mark.parametrize(("seconds", "said"), [(30, "30 s"), (90, "90 s"), (3600, "1 h"), (86_400, "24 h"), (345_600, "4 d"), (0, "0 s")])
def test_a_time_is_said_in_its_largest_whole_unit(seconds: int, said: str) -> None:
    """Nobody reads 345600 s."""
    assert duration(seconds) == said
