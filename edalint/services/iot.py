"""AWS IoT: topic rules. Each action is a delivery; the error action takes what an action could not deliver."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Value, alternatives
from edalint.services._shared import maps
from edalint.services._terraform import Renamed, one, rename, single, translation
from edalint.services.registry import Identity, declares, identities, terraform

ACTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "Lambda": (("FunctionArn",), ("function",), "any"),
    "Sqs": (("QueueUrl",), ("queue",), "url"),
    "Sns": (("TargetArn",), ("topic",), "arn"),
    "Kinesis": (("StreamName",), ("stream",), "name"),
    "Firehose": (("DeliveryStreamName",), ("stream",), "name"),
    "S3": (("BucketName",), ("bucket",), "name"),
    "DynamoDB": (("TableName",), ("table",), "name"),
    "DynamoDBv2": (("PutItem", "TableName"), ("table",), "name"),
    "StepFunctions": (("StateMachineName",), ("state-machine",), "name"),
}
"""Action -> the way to what names its target, the kinds that stand there, the form of the name. Other actions leave the run."""

identities({"AWS::IoT::TopicRule": Identity("rule", "RuleName", "name", arn="arn:{P}:iot:{R}:{A}:rule/{name}", attributes={"Arn": "arn"})})

BLOCKS = {
    "lambda": "Lambda", "sqs": "Sqs", "sns": "Sns", "kinesis": "Kinesis", "firehose": "Firehose", "s3": "S3", "dynamodb": "DynamoDB",
    "dynamodbv2": "DynamoDBv2", "step_functions": "StepFunctions", "republish": "Republish", "http": "Http", "kafka": "Kafka",
    "cloudwatch_logs": "CloudwatchLogs", "cloudwatch_metric": "CloudwatchMetric", "cloudwatch_alarm": "CloudwatchAlarm",
    "iot_events": "IotEvents", "iot_analytics": "IotAnalytics", "elasticsearch": "Elasticsearch", "timestream": "Timestream",
}  # fmt: skip
"""Terraform's block -> the action."""


def _actions(written: Map) -> list[Value]:
    """The blocks of a rule (or of its error action) as actions, in the order written."""
    found: list[Value] = []
    for argument, blocks in written.items():
        if argument in BLOCKS:
            for block in blocks if isinstance(blocks, list) else [blocks]:
                found += [_action(plain, written, argument) for _, plain in alternatives(block) if plain is not None]
    return found


def _action(block: Value, written: Map, argument: str) -> Value:
    if not isinstance(block, Map):
        return block
    return Renamed([(BLOCKS[argument], rename(block, {"put_item": one("PutItem")}))], written, {BLOCKS[argument]: argument})


def _payload(written: Map, made: Map) -> None:
    """The rule's statement and actions as CloudFormation nests them."""
    payload = Renamed((), written, {"Sql": "sql", "RuleDisabled": "enabled", "Actions": "sql", "ErrorAction": "error_action"})
    payload["Sql"] = written.get("sql")
    payload["Actions"] = _actions(written)
    payload["RuleDisabled"] = written.get("enabled") in (False, "false")
    errors = single(written.get("error_action"))
    if isinstance(errors, Map):
        payload["ErrorAction"] = next(iter(_actions(errors)), None)
    made["TopicRulePayload"] = payload


_LEFT_OUT = dict.fromkeys(("sql", "sql_version", "enabled", "error_action", *BLOCKS))
terraform(
    {
        "aws_iot_topic_rule": translation(
            "AWS::IoT::TopicRule", {**_LEFT_OUT, "name": "RuleName"}, {"arn": "Arn", "name": "Ref", "id": "Ref"}, finish=_payload
        )
    }
)


@declares("AWS::IoT::TopicRule")
def topic_rule(resource: Resource, declare: Declarations) -> None:
    """A topic rule with its actions and its error action."""
    node = declare.node(resource, "rule", product="iot")
    for when, action in maps(resource.get("TopicRulePayload", "Actions")):
        for _, end, place in _ends(action, resource):
            declare.edge("deliver", node, end, resource, when=when, place=place)
    for when, action in maps(resource.get("TopicRulePayload", "ErrorAction")):
        for name, end, place in _ends(action, resource):
            # A queue or topic keeps what failed; a function or a table does something else with it.
            kind = "dead-letter" if name in ("Sqs", "Sns") else "deliver"
            declare.edge(kind, node, end, resource, when=when, place=place, error_action=True)


def _ends(action: Map, resource: Resource) -> list[tuple[str, End, Place]]:
    found = []
    for name, (path, kinds, form) in ACTIONS.items():
        value = get(action, name, *path)
        if value is not None:
            found.append((name, End(value, kinds, form, resource), Place(action, name)))
    return found
