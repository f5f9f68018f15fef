"""References as text: the shapes of names, ARNs and URLs, given, generated, and through other resources."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.model import texts
from edalint.model.resources import Resource, Unit
from edalint.model.values import Map, OneOf, Ref, Unknown, Value, text_of
from edalint.services import identity, registry
from edalint.services.registry import Identity

TABLE = {
    "T::Queue": Identity(
        "queue", "QueueName", "url", "arn:{P}:sqs:{R}:{A}:{name}", "https://sqs.{R}.{U}/{A}/{name}", {"Arn": "arn", "QueueName": "name"}
    ),
    "T::Bus": Identity("bus", "Name", "name", "arn:{P}:events:{R}:{A}:event-bus/{name}", "", {"Arn": "arn"}),
    "T::Rule": Identity(
        "rule", "Name", "name", "arn:{P}:events:{R}:{A}:rule/[{EventBusName}/]{name}", "", {"Arn": "arn"}, {"EventBusName": "default"}
    ),
    "T::TaskDefinition": Identity("task", "Family", "arn", "arn:{P}:ecs:{R}:{A}:task-definition/{name}:{Revision}"),
    "T::Api": Identity("api", None, "id", "arn:{P}:execute-api:{R}:{A}:{name}"),
    "T::Bucket": Identity("bucket", "BucketName", "name", "arn:{P}:s3:::{name}", "", {"Arn": "arn"}),
}


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    for type, entry in TABLE.items():
        monkeypatch.setitem(registry.IDENTITIES, type, entry)


def run(region: Value = None, account: Value = None, **resources: tuple[str, dict[str, Any]]) -> dict[str, Resource]:
    unit = Unit("t", "cloudformation")
    unit.region = region or unit.region
    unit.account = account or unit.account
    made = [Resource(unit, address, type, Map(properties)) for address, (type, properties) in resources.items()]
    return {r.id: r for r in made}


def test_everything_known_gives_plain_strings() -> None:
    """With region, account and name the ARN and the URL are what AWS makes."""
    resources = run("us-east-1", "123456789012", Q=("T::Queue", {"QueueName": "orders"}))
    assert identity.shape(Ref("t#Q", "Arn"), resources) == "arn:aws:sqs:us-east-1:123456789012:orders"
    assert identity.shape(Ref("t#Q"), resources) == "https://sqs.us-east-1.amazonaws.com/123456789012/orders"
    assert identity.shape(Ref("t#Q"), resources, "name") == "orders"


def test_partitions_follow_the_region() -> None:
    resources = run("cn-north-1", "1", B=("T::Bucket", {"BucketName": "b"}))
    assert identity.shape(Ref("t#B", "Arn"), resources) == "arn:aws-cn:s3:::b"


def test_a_generated_name_is_one_symbol_everywhere() -> None:
    """The name inside the ARN and the name by itself are the same value."""
    resources = run(Q=("T::Queue", {}))
    written = text_of(
        ["arn:", Unknown("AWS::Partition"), ":sqs:", Unknown("AWS::Region"), ":", Unknown("AWS::AccountId"), ":", Ref("t#Q", "QueueName")]
    )
    assert texts.equal(identity.expand(written, resources), identity.shape(Ref("t#Q", "Arn"), resources)) is True


@pytest.mark.parametrize("bus", ["orders", "arn:aws:events:us-east-1:1:event-bus/orders", Ref("t#B"), Ref("t#B", "Arn")])
def test_a_rule_of_a_custom_bus_has_the_bus_in_its_arn(bus: Value) -> None:
    """By name, by ARN or by reference: what stands in the rule's ARN is the bus's name."""
    resources = run("eu-west-1", "1", B=("T::Bus", {"Name": "orders"}), R=("T::Rule", {"Name": "r", "EventBusName": bus}))
    assert identity.shape(Ref("t#R", "Arn"), resources) == "arn:aws:events:eu-west-1:1:rule/orders/r"


@pytest.mark.parametrize("properties", [{}, {"EventBusName": "default"}])
def test_a_rule_of_the_default_bus_has_not(properties: dict[str, Any]) -> None:
    resources = run("eu-west-1", "1", R=("T::Rule", {"Name": "r", **properties}))
    assert identity.shape(Ref("t#R", "Arn"), resources) == "arn:aws:events:eu-west-1:1:rule/r"


def test_a_bus_that_may_be_the_default_leaves_both_forms_possible() -> None:
    """A parameter can be `default`, which leaves the group out, so neither form is refused."""
    resources = run("eu-west-1", "1", R=("T::Rule", {"Name": "r", "EventBusName": Unknown("Parameters.Bus")}))
    arn = identity.shape(Ref("t#R", "Arn"), resources)
    assert isinstance(texts.equal(arn, "arn:aws:events:eu-west-1:1:rule/r"), Unknown)
    assert isinstance(texts.equal(arn, "arn:aws:events:eu-west-1:1:rule/b/r"), Unknown)
    assert texts.equal(arn, "arn:aws:events:eu-west-1:1:rule/x") is False


def test_a_part_that_no_property_gives_is_a_symbol() -> None:
    """The revision of a task definition is known by nobody, the family is."""
    resources = run("eu-west-1", "1", T=("T::TaskDefinition", {"Family": "f"}))
    arn = identity.shape(Ref("t#T"), resources)
    assert texts.wildcard("arn:aws:ecs:eu-west-1:1:task-definition/f:*", arn) is True
    assert texts.wildcard("arn:aws:ecs:eu-west-1:1:task-definition/g:*", arn) is False


def test_an_id_is_the_same_alone_and_in_the_arn() -> None:
    resources = run("eu-west-1", "1", A=("T::Api", {"Name": "shop"}))
    written = identity.expand(text_of(["arn:aws:execute-api:eu-west-1:1:", Ref("t#A"), "/*/POST/orders"]), resources)
    arn = identity.shape(Ref("t#A"), resources, "arn")
    assert texts.starts_with(written, arn) is True


def test_alternatives_of_a_name_stay_alternatives() -> None:
    resources = run("eu-west-1", "1", Q=("T::Queue", {"QueueName": OneOf(((True, "a"), (True, None)))}))
    name = identity.shape(Ref("t#Q"), resources, "name")
    assert isinstance(name, OneOf)
    assert next(v for _, v in name.options) == "a"
    assert isinstance(name.options[1][1], Unknown)


@pytest.mark.parametrize("ref", [Ref("t#Nobody", "Arn"), Ref("t#Q", "StreamArn")])
def test_what_is_not_known_is_a_symbol_of_its_own(ref: Ref) -> None:
    """A resource or an attribute without identity equals itself alone."""
    resources = run(Q=("T::Queue", {}))
    assert texts.equal(identity.shape(ref, resources), identity.shape(ref, resources)) is True
    assert isinstance(texts.equal(identity.shape(ref, resources), "arn:aws:sqs:x"), Unknown)


def test_names_that_refer_to_each_other_in_a_circle_end() -> None:
    resources = run(A=("T::Bucket", {"BucketName": Ref("t#B")}), B=("T::Bucket", {"BucketName": Ref("t#A")}))
    assert isinstance(identity.shape(Ref("t#A"), resources), Unknown)


@pytest.mark.parametrize("name", [["a"], {"a": "b"}, 5, Unknown("", "known after apply")])
def test_no_shape_of_a_name_breaks_it(name: Value) -> None:
    resources = run(Q=("T::Queue", {"QueueName": name}), R=("T::Rule", {"EventBusName": name}))
    for form in ("name", "arn", "url", "id"):
        identity.shape(Ref("t#Q"), resources, form)
        identity.shape(Ref("t#R"), resources, form)
