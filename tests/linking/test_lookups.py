"""Values that another input of the run provides: exports, SSM parameters, other roots' outputs, data sources."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from edalint.analysis import analyze
from edalint.linking import complete
from edalint.model.resources import Unit
from edalint.model.values import Lookup, Ref, Unknown, Value, one_of
from tests.building import arn, edges, graph_of, ref, text, unit

QUEUE, TOPIC, SUBSCRIPTION, PARAMETER = "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::SNS::Subscription", "AWS::SSM::Parameter"


def flows(folder: Path, files: dict[str, str]) -> set[str]:
    """The edges of everything in a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(content))
    return edges(analyze([folder], judge=False).graph)


CONSUMER = """
    resource "aws_sns_topic_subscription" "orders" {
      topic_arn = %s
      protocol  = "sqs"
      endpoint  = aws_sqs_queue.billing.arn
    }
    resource "aws_sqs_queue" "billing" {}
"""


def consumer(topic: str, head: str = "") -> str:
    """A root whose queue subscribes to a topic of another root."""
    return dedent(head) + dedent(CONSUMER) % topic


PRODUCER = """
    resource "aws_sns_topic" "orders" { name = "orders" }
    output "topic" { value = aws_sns_topic.orders.arn }
"""


@pytest.mark.parametrize(
    ("backend", "config", "linked"),
    [
        ('s3 { bucket = "state" key = "orders/terraform.tfstate" }', '"s3", { bucket = "state", key = "orders/terraform.tfstate" }', True),
        ('s3 { bucket = "state" key = "stock/terraform.tfstate" }', '"s3", { bucket = "state", key = "orders/terraform.tfstate" }', False),
        ("s3 {}", '"s3", { bucket = "state", key = "prod/producer/terraform.tfstate" }', True),
        ("", '"local", { path = "../producer/terraform.tfstate" }', True),
        ("", '"local", { path = "../elsewhere/terraform.tfstate" }', False),
    ],
)
def test_a_remote_state_is_the_root_that_keeps_it(tmp_path: Path, backend: str, config: str, linked: bool) -> None:
    """`terraform_remote_state` reads the outputs of the root whose backend is the same state; of any other, nothing."""
    type, arguments = config.split(", ", 1)
    name = backend.partition(" ")[0]
    block = f'terraform {{\n backend "{name}" {backend.partition(" ")[2]}\n}}\n'.replace('" key', '"\n key').replace(
        "{ bucket", "{\n bucket"
    )
    head = f'data "terraform_remote_state" "orders" {{\n  backend = {type}\n  config = {arguments}\n}}\n'
    found = flows(
        tmp_path,
        {
            "producer/main.tf": (block.replace('tfstate" }', 'tfstate"\n }') if backend else "") + dedent(PRODUCER),
            "consumer/main.tf": consumer("data.terraform_remote_state.orders.outputs.topic", head),
        },
    )

    assert ("aws_sns_topic.orders -> aws_sqs_queue.billing: deliver" in found) is linked


def test_a_data_source_is_the_resource_of_that_name(tmp_path: Path) -> None:
    """A topic looked up by name is the topic of that name in another root."""
    head = 'data "aws_sns_topic" "orders" {\n  name = "orders"\n}\n'
    found = flows(tmp_path, {"producer/main.tf": PRODUCER, "consumer/main.tf": consumer("data.aws_sns_topic.orders.arn", head)})

    assert "aws_sns_topic.orders -> aws_sqs_queue.billing: deliver" in found


def test_a_parameter_joins_both_languages(tmp_path: Path) -> None:
    """What Terraform writes to SSM is what CloudFormation reads from it."""
    found = flows(
        tmp_path,
        {
            "producer/main.tf": PRODUCER
            + 'resource "aws_ssm_parameter" "t" {\n name = "/orders/topic"\n value = aws_sns_topic.orders.arn\n}\n',
            "consumer/template.yaml": """
                Resources:
                  Billing: {Type: AWS::SQS::Queue}
                  Orders:
                    Type: AWS::SNS::Subscription
                    Properties:
                      TopicArn: "{{resolve:ssm:/orders/topic}}"
                      Protocol: sqs
                      Endpoint: !GetAtt Billing.Arn
            """,
        },
    )

    assert "aws_sns_topic.orders -> Billing: deliver" in found


def subscribed(lookup: Lookup, path: str = "c.yaml") -> Unit:
    made = unit(path, Sub=(SUBSCRIPTION, {"TopicArn": lookup, "Protocol": "sqs", "Endpoint": Ref(f"{path}#Q", "Arn")}), Q=(QUEUE, {}))
    made.lookups.append(lookup)
    return made


def test_two_equally_near_exports_are_not_chosen_from() -> None:
    """An export that two stacks of the run have is found in neither, and said."""
    lookup = Lookup("export", "topic", "import:topic", "not exported in this run")
    producers = [unit(path, Orders=(TOPIC, {})) for path in ("a.yaml", "b.yaml")]
    for producer in producers:
        producer.exports.append((True, "topic", Ref(f"{producer.path}#Orders")))

    assert complete([subscribed(lookup), *producers]) == [lookup]
    assert lookup.found is None


def test_the_nearer_export_is_chosen() -> None:
    """The stack of the same stage provides the import, not the one of another stage."""
    lookup = Lookup("export", "topic", "import:topic", "not exported in this run")
    consumer = subscribed(lookup, "dev/c.yaml")
    consumer.scopes = ("dev/c.yaml", "dev")
    producers = [unit(f"{stage}/p.yaml", (f"{stage}/p.yaml", stage), Orders=(TOPIC, {})) for stage in ("prod", "dev")]
    for producer in producers:
        producer.exports.append((True, "topic", Ref(f"{producer.path}#Orders")))

    assert complete([consumer, *producers]) == []
    assert lookup.found == Ref("dev/p.yaml#Orders")


def test_an_export_made_from_its_own_import_is_not_followed() -> None:
    """A circle of imports ends as a value that is not known."""
    lookup = Lookup("export", "topic", "import:topic", "not exported in this run")
    made = subscribed(lookup)
    made.exports.append((True, "topic", lookup))

    assert complete([made]) == []
    assert lookup.found is None
    assert [e.source.kind for e in graph_of(made).edges] == ["external"]


def test_a_parameter_by_reference() -> None:
    """A parameter that is named by reference is found too, and its value may be a reference."""
    name = ref("Name")
    lookup = Lookup("ssm", name, "ssm(Name)", "an SSM parameter")
    made = unit(
        "t.yaml",
        Name=(PARAMETER, {"Name": "/x", "Value": arn("Failed")}),
        Orders=(QUEUE, {"RedrivePolicy": {"deadLetterTargetArn": lookup, "maxReceiveCount": 3}}),
        Failed=(QUEUE, {}),
    )
    made.lookups.append(lookup)

    assert edges(graph_of(made)) == {"Orders -> Failed: dead-letter"}


def test_one_alternative_may_be_found_and_the_other_not() -> None:
    """A name that hangs on a choice is looked up in each alternative."""
    from edalint.model.conditions import Choice, is_one_of, negation

    stage = Choice("t.yaml#Stage", "Stage", ("dev", "prod"))
    prod = is_one_of(stage, ["prod"])
    lookup = Lookup("export", one_of([(prod, "prod-topic"), (negation(prod), "dev-topic")]), "import", "not exported")
    producer = unit("p.yaml", Orders=(TOPIC, {}))
    producer.exports.append((True, "prod-topic", Ref("p.yaml#Orders")))
    graph = graph_of(subscribed(lookup), producer)

    assert {(e.source.address, e.when) for e in graph.edges if e.source.kind == "topic"} == {("Orders", prod)}
    assert {e.when for e in graph.edges if e.source.kind == "external"} == {negation(prod)}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (text(Unknown("c.yaml#Parameters.OrdersStack", outside=True), "-TopicArn"), True),
        ("orders-prod-TopicArn", True),
        (text(Unknown("c.yaml#Parameters.OrdersStack", outside=True), "-QueueArn"), False),
        (text(Unknown("c.yaml#AWS::StackName", outside=True), "-TopicArn"), False),
    ],
)
def test_an_export_under_a_stacks_name(asked: Value, found: bool) -> None:
    """What one stack exports under its own name, another imports under the name that it is given for it."""
    lookup = Lookup("export", asked, "import", "not exported")
    producer = unit("p.yaml", Orders=(TOPIC, {}))
    producer.exports.append((True, text(Unknown("p.yaml#AWS::StackName", outside=True), "-TopicArn"), Ref("p.yaml#Orders")))

    assert complete([subscribed(lookup), producer]) == []
    assert (lookup.found == Ref("p.yaml#Orders")) is found


def test_what_is_linked_to_neither_is_said(tmp_path: Path) -> None:
    """A queue's name that two stacks have gives a warning where it is named, and the names of both."""
    queue = "Resources: {Failed: {Type: AWS::SQS::Queue, Properties: {QueueName: failed}}}\n"
    orders = """
        Resources:
          Orders:
            Type: AWS::SQS::Queue
            Properties:
              RedrivePolicy: {deadLetterTargetArn: "arn:aws:sqs:eu-west-1:111122223333:failed", maxReceiveCount: 3}
    """
    for name, content in {"a/t.yaml": queue, "b/t.yaml": queue, "c/t.yaml": orders}.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(dedent(content))
    [said] = [d for d in analyze([tmp_path], judge=False).diagnostics if d.code == "ambiguous-name"]

    assert (said.path, said.line) == ("c/t.yaml", 6)
    assert "'Failed' of a/t.yaml, 'Failed' of b/t.yaml" in said.message
