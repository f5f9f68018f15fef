"""Ends become nodes: by reference, by name, ARN and URL, from near to far."""

from __future__ import annotations

from edalint.linking import resolve
from edalint.model.conditions import Choice, is_one_of, negation
from edalint.model.graph import End
from edalint.model.values import Lookup, Ref, Unknown, one_of
from edalint.policy.compiled import every
from edalint.policy.evaluate import judge
from tests.building import arn, edges, graph_of, ref, stack, text, unit

QUEUE = "AWS::SQS::Queue"
TOPIC = "AWS::SNS::Topic"
SUBSCRIPTION = "AWS::SNS::Subscription"
REGION = Unknown("AWS::Region", outside=True, excludes=":/")
ACCOUNT = Unknown("AWS::AccountId", outside=True, excludes=":/")


def redrive(target: object) -> dict[str, object]:
    return {"RedrivePolicy": {"deadLetterTargetArn": target, "maxReceiveCount": 3}}


def test_a_reference_is_its_resource() -> None:
    """A redrive policy that refers to a queue gives the dead-letter edge to it."""
    graph = stack(Orders=(QUEUE, redrive(arn("Failed"))), Failed=(QUEUE, {}))

    assert edges(graph) == {"Orders -> Failed: dead-letter"}


def test_an_arn_with_holes_names_the_queue_of_that_name() -> None:
    """`arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:failed` is the queue that is called so; a longer name is not."""
    named = text("arn:aws:sqs:", REGION, ":", ACCOUNT, ":failed")
    graph = stack(Orders=(QUEUE, redrive(named)), Failed=(QUEUE, {"QueueName": "failed"}), Other=(QUEUE, {"QueueName": "failed-2"}))

    assert edges(graph) == {"Orders -> Failed: dead-letter"}


def test_a_reference_inside_an_arn_is_the_resource() -> None:
    """`arn:...:${Failed.QueueName}` is the queue itself, `${Failed.QueueName}-2` is another."""
    prefix = ["arn:aws:sqs:", REGION, ":", ACCOUNT, ":"]
    graph = stack(
        Orders=(QUEUE, redrive(text(*prefix, ref("Failed", "QueueName")))),
        Refunds=(QUEUE, redrive(text(*prefix, ref("Failed", "QueueName"), "-2"))),
        Failed=(QUEUE, {}),
        Second=(QUEUE, {"QueueName": text(ref("Failed", "QueueName"), "-2")}),
    )

    assert edges(graph) == {"Orders -> Failed: dead-letter", "Refunds -> Second: dead-letter"}


def test_equal_symbols_are_equal_names() -> None:
    """`${Stage}-failed` in a name and in an ARN is one text; a parameter of another template is another symbol."""
    here, there = Unknown("t.yaml#Parameters.Stage", outside=True), Unknown("u.yaml#Parameters.Stage", outside=True)
    target = text("arn:aws:sqs:", REGION, ":", ACCOUNT, ":", here, "-failed")
    graph = graph_of(
        unit("t.yaml", Orders=(QUEUE, redrive(target))),
        unit("u.yaml", Failed=(QUEUE, {"QueueName": text(there, "-failed")}), Mine=(QUEUE, {"QueueName": text(here, "-failed")})),
    )

    assert edges(graph) == {"Orders -> Mine: dead-letter"}


def test_the_nearest_of_one_name_is_meant() -> None:
    """A name that two stacks have means the one in the same stage; two equally near are linked to neither, and said."""
    target = "arn:aws:sqs:eu-west-1:111122223333:failed"
    dev = unit("dev/a.yaml", ("dev/a.yaml", "dev"), Orders=(QUEUE, redrive(target)))
    dev2 = unit("dev/b.yaml", ("dev/b.yaml", "dev"), DevFailed=(QUEUE, {"QueueName": "failed"}))
    prod = unit("prod/b.yaml", ("prod/b.yaml", "prod"), ProdFailed=(QUEUE, {"QueueName": "failed"}))
    other = unit("other/a.yaml", ("other/a.yaml", "other"), Far=(QUEUE, redrive(target)))
    graph = graph_of(dev, dev2, prod, other)

    assert edges(graph) == {"Orders -> DevFailed: dead-letter", f"Far -> {target}: dead-letter"}
    assert [[c.resource.address for names in several for c in names] for *_, several in graph.ambiguous] == [["DevFailed", "ProdFailed"]]


def test_another_region_or_account_is_another_queue() -> None:
    """Region and account of an ARN must be unknown or equal."""
    unit_here = unit(
        "t.yaml", Orders=(QUEUE, redrive("arn:aws:sqs:us-east-1:111122223333:failed")), Failed=(QUEUE, {"QueueName": "failed"})
    )
    unit_here.region = "eu-west-1"
    graph = graph_of(unit_here)

    assert edges(graph) == {"Orders -> arn:aws:sqs:us-east-1:111122223333:failed: dead-letter"}
    assert graph.nodes["external#arn:aws:sqs:us-east-1:111122223333:failed"].kind == "external"


def test_the_default_bus_is_made_when_used() -> None:
    """A rule without a bus listens on `default`, which nobody declares."""
    graph = stack(
        Placed=("AWS::Events::Rule", {"EventPattern": {"source": ["orders"]}, "Targets": [{"Id": "q", "Arn": arn("Orders")}]}),
        Orders=(QUEUE, {}),
    )

    assert edges(graph) == {"default -> Placed: match", "Placed -> Orders: deliver"}
    assert graph.nodes["default"].kind == "bus"
    assert list(graph.nodes) == ["t.yaml#Placed", "t.yaml#Orders", "default"]


def test_alternatives_give_edges_under_their_conditions() -> None:
    """A dead-letter queue that hangs on a choice gives one edge for each queue, under that choice."""
    stage = Choice("t.yaml#Stage", "Stage", ("dev", "prod"))
    prod = is_one_of(stage, ["prod"])
    target = one_of([(prod, arn("Kept")), (negation(prod), arn("Failed"))])
    graph = stack(Orders=(QUEUE, redrive(target)), Failed=(QUEUE, {}), Kept=(QUEUE, {}, prod))

    assert {(e.target.address, e.when) for e in graph.edges} == {("Kept", prod), ("Failed", negation(prod))}


def test_an_export_of_another_template_is_found() -> None:
    """An import is the resource that another template of the run exports; without it, something outside."""
    imported = Lookup("export", "orders-topic", "import:orders-topic", "not exported by any template of this run")
    consumer = unit(
        "c.yaml", Sub=(SUBSCRIPTION, {"TopicArn": imported, "Protocol": "sqs", "Endpoint": Ref("c.yaml#Q", "Arn")}), Q=(QUEUE, {})
    )
    consumer.lookups.append(imported)
    producer = unit("p.yaml", Orders=(TOPIC, {}))
    producer.exports.append((True, "orders-topic", Ref("p.yaml#Orders")))

    assert edges(graph_of(consumer, producer)) == {"Orders -> Q: deliver"}


def test_what_is_exported_may_have_more_neighbours() -> None:
    """Consumers, senders, subscribers, rules and callers of a resource are open where it leaves the run, of others not."""
    made = unit("t.yaml", Orders=(TOPIC, {}), Private=(TOPIC, {}))
    made.outputs["Topic"] = ref("Orders")
    graph = graph_of(made)

    assert ("t.yaml#Orders", "subscribers") in graph.open_sets
    assert ("t.yaml#Private", "subscribers") not in graph.open_sets


def test_an_unknown_that_may_be_inside_opens_its_kinds_and_one_outside_does_not() -> None:
    """A topic that can't be read may be every topic of the run; a parameter without value names one outside."""
    unreadable, parameter = Unknown("", "Fn::Transform"), Unknown("t.yaml#Parameters.Topic", outside=True)

    def subscribed(to: Unknown) -> dict[str, object]:
        return {"TopicArn": to, "Protocol": "sqs", "Endpoint": arn("Orders")}

    assert ("topic", "subscribers") in stack(Sub=(SUBSCRIPTION, subscribed(unreadable)), Orders=(QUEUE, {})).open_kinds
    assert not stack(Sub=(SUBSCRIPTION, subscribed(parameter)), Orders=(QUEUE, {})).open_kinds


def test_one_external_node_for_one_thing_outside() -> None:
    """Two rules that name one imported bus share its node."""
    bus = Unknown("t.yaml#Parameters.BusName", outside=True)
    rule = ("AWS::Events::Rule", {"EventBusName": bus, "EventPattern": {"source": ["x"]}})
    graph = stack(First=rule, Second=rule)

    assert edges(graph) == {"BusName -> First: match", "BusName -> Second: match"}


def test_policies_are_found_by_what_they_apply_to() -> None:
    """A queue policy over two queues is in the policies of both."""
    graph = stack(
        Policy=("AWS::SQS::QueuePolicy", {"Queues": [ref("A"), ref("B")], "PolicyDocument": {"Statement": []}}),
        A=(QUEUE, {}),
        B=(QUEUE, {}),
    )

    assert {id: [p.resource.address for p in parts] for id, parts in graph.policies.items()} == {
        "t.yaml#A": ["Policy"],
        "t.yaml#B": ["Policy"],
    }


def test_resolve_answers_for_ends_made_later() -> None:
    """Inference asks with ends of its own: a name that an environment variable holds."""
    graph = stack(Orders=(QUEUE, {"QueueName": "orders"}))
    url = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"

    found = resolve(graph, End(url, ("queue",), "any"))

    assert [t.node.address for t in found if t.node] == ["Orders"]


def test_stacks_given_alike_share_their_names() -> None:
    """`${Stage}-failed` of two templates is one name where no text is equal; a stack's own name is not given."""
    prefix = ["arn:aws:sqs:", REGION, ":", ACCOUNT, ":"]
    here, there = Unknown("t.yaml#Parameters.Stage", outside=True), Unknown("infra#var.stage", outside=True)
    own, other = Unknown("t.yaml#AWS::StackName", outside=True), Unknown("u.yaml#AWS::StackName", outside=True)
    graph = graph_of(
        unit("t.yaml", Orders=(QUEUE, redrive(text(*prefix, here, "-failed"))), Refunds=(QUEUE, redrive(text(*prefix, own, "-failed")))),
        unit("u.yaml", Failed=(QUEUE, {"QueueName": text(there, "-failed")}), Named=(QUEUE, {"QueueName": text(other, "-failed")})),
    )

    assert "Orders -> Failed: dead-letter" in edges(graph)
    assert not any(e.startswith("Refunds -> ") and ("Failed" in e or "Named" in e) for e in edges(graph))


def test_a_bus_of_another_account_is_not_the_own_one() -> None:
    """A default bus in an account that a parameter gives, and the bus of a rule's own name elsewhere, are outside."""
    account = Unknown("t.yaml#Parameters.Central", outside=True)
    central = text("arn:aws:events:", REGION, ":", account, ":event-bus/default")
    elsewhere = "arn:aws:events:us-west-2:444455556666:event-bus/orders"

    def rule(bus: object, target: object) -> object:
        return ("AWS::Events::Rule", {"EventBusName": bus, "EventPattern": {"source": ["x"]}, "Targets": [{"Id": "t", "Arn": target}]})

    graph = stack(
        Bus=("AWS::Events::EventBus", {"Name": "orders"}),
        Up=rule("default", central),
        Over=rule(ref("Bus"), elsewhere),
        Down=rule(ref("Bus"), text("arn:aws:events:", REGION, ":", ACCOUNT, ":event-bus/default")),
    )

    assert {e for e in edges(graph) if e.endswith("deliver")} == {
        "Up -> arn:aws:events:${AWS::Region}:${Central}:event-bus/default: deliver",
        f"Over -> {elsewhere}: deliver",
        "Down -> default: deliver",
    }


def test_a_part_whose_only_known_owner_never_exists_with_it_has_none() -> None:
    """A mapping of `prod` whose function is one of `dev`, or else one that is not known: its edges are there, without an owner."""
    stage, own = Choice("t.yaml#Stage", "Stage", ("dev", "prod")), Choice("t.yaml#Own", "Own", ("yes", "no"))
    function = one_of([(is_one_of(own, ["yes"]), ref("Work")), (is_one_of(own, ["no"]), Unknown("Open"))])
    given = {"FunctionName": function, "Qualifier": "$LATEST", "DestinationConfig": {"OnFailure": {"Destination": arn("Failed")}}}
    graph = stack(
        Work=("AWS::Lambda::Function", {}, is_one_of(stage, ["dev"])),
        Failed=(QUEUE, {}),
        Config=("AWS::Lambda::EventInvokeConfig", given, is_one_of(stage, ["prod"])),
    )

    (part,) = [p for p in graph.parts if p.kind == "invoke-config"]
    assert part.owner is None
    assert part.when == is_one_of(stage, ["prod"])
    assert [edge.part for edge in graph.edges] == [part]


def test_two_things_outside_without_a_name_are_not_known_to_be_one() -> None:
    """A rule on one imported bus that sends to another imported thing: what comes out there need not go in here."""
    bus, target = Unknown("", "an export of another run", outside=True), Unknown("", "another export", outside=True)
    graph = stack(
        R=("AWS::Events::Rule", {"EventBusName": bus, "EventPattern": {"source": ["a"]}, "Targets": [{"Id": "t", "Arn": target}]})
    )

    assert all(node.attributes.get("unknown") for node in graph.of_kind("external"))
    assert not [f for f in judge(graph, every()).findings if f.rule == "EDA802"]
