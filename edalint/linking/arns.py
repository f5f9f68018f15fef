"""The parts of an ARN or a URL that may be known in part only: which service, which sort of thing, what it is called.

A hole (a reference or an unknown) between two separators is a whole field; a separator inside a hole is not looked for,
as CloudFormation's ARNs are written field by field.
"""

from __future__ import annotations

from edalint.model.records import NamedTuple
from edalint.model.values import Value, parts_of, text_of

KINDS: dict[tuple[str, str], str] = {
    ("sqs", ""): "queue",
    ("sns", ""): "topic",
    ("lambda", "function"): "function",
    ("states", "stateMachine"): "state-machine",
    ("states", "activity"): "activity",
    ("events", "event-bus"): "bus",
    ("events", "rule"): "rule",
    ("events", "api-destination"): "api-destination",
    ("events", "connection"): "AWS::Events::Connection",
    ("events", "archive"): "AWS::Events::Archive",
    ("scheduler", "schedule"): "schedule",
    ("pipes", "pipe"): "pipe",
    ("kinesis", "stream"): "stream",
    ("firehose", "deliverystream"): "stream",
    ("kafka", "cluster"): "stream",
    ("kafka", "topic"): "stream",
    ("mq", "broker"): "broker",
    ("s3", ""): "bucket",
    ("dynamodb", "table"): "table",
    ("ecs", "task-definition"): "task",
    ("ecs", "service"): "service",
    ("ecs", "cluster"): "AWS::ECS::Cluster",
    ("batch", "job-definition"): "job",
    ("batch", "job-queue"): "AWS::Batch::JobQueue",
    ("codebuild", "project"): "job",
    ("glue", "job"): "job",
    ("codepipeline", ""): "AWS::CodePipeline::Pipeline",
    ("cloudwatch", "alarm"): "alarm",
    ("iot", "rule"): "rule",
    ("iam", "role"): "AWS::IAM::Role",
    ("iam", "policy"): "AWS::IAM::ManagedPolicy",
    ("iam", "user"): "AWS::IAM::User",
    ("kms", "key"): "AWS::KMS::Key",
    ("kms", "alias"): "AWS::KMS::Alias",
    ("logs", "log-group"): "AWS::Logs::LogGroup",
    ("execute-api", ""): "api",
    ("apigateway", ""): "api",
    ("appsync", "apis"): "api",
    ("elasticloadbalancing", "loadbalancer"): "api",
    ("elasticloadbalancing", "targetgroup"): "AWS::ElasticLoadBalancingV2::TargetGroup",
    ("secretsmanager", "secret"): "AWS::SecretsManager::Secret",
    ("ssm", "parameter"): "AWS::SSM::Parameter",
}
"""(service, sort) of an ARN -> node kind, or CloudFormation type where the thing is no node."""

PATHS = frozenset({"role", "policy", "user"})
"""Sorts whose names may have a path before them: the name is the last part."""
QUALIFIED = frozenset({"function", "stateMachine"})
"""Sorts whose names may be followed by a qualifier."""


class Called(NamedTuple):
    """What an ARN or URL says of the thing that it names."""

    service: str
    kind: str
    """Node kind or CloudFormation type; empty where the table does not know it."""
    name: Value
    qualifier: Value
    region: Value
    account: Value


def fields(value: Value, separator: str) -> list[Value]:
    """A string split at a separator, holes kept whole: str, Ref, Unknown or Text each; an empty field is ``""``."""
    if type(value) is str:
        return [*value.split(separator)]
    found: list[list[Value]] = [[]]
    for part in parts_of(value):
        if isinstance(part, str):
            first, *rest = part.split(separator)
            found[-1].append(first)
            found.extend([piece] for piece in rest)
        else:
            found[-1].append(part)
    return [field[0] if len(field) == 1 and type(field[0]) is str else text_of(field) for field in found]


def arn(value: Value) -> Called | None:
    """What an ARN says; None where the value is not one."""
    pieces = fields(value, ":")
    if pieces[0] != "arn" or len(pieces) < 6 or not isinstance(pieces[2], str):
        return None
    _, _, service, region, account, *rest = pieces
    head = fields(rest[0], "/")
    sort = head[0] if isinstance(head[0], str) else ""
    kind = KINDS.get((service, sort), "") if sort else ""
    qualifier: Value = ""
    if kind:
        # `function:NAME:QUALIFIER` and `stream/NAME/...` are written with either separator.
        tail = [*head[1:], *rest[1:]]
        if not tail:
            return None
        if sort in PATHS:
            name = tail[-1]
        elif (service, sort) == ("events", "rule"):
            name = _joined(tail, "/")
        elif (service, sort) == ("ecs", "service") or (service, sort) == ("scheduler", "schedule"):
            name = tail[-1]
        elif (service, sort) == ("elasticloadbalancing", "loadbalancer") and len(tail) > 1:
            name = tail[1]
        elif service in {"secretsmanager", "ssm"} or sort == "alias":
            name = _joined(tail, "/")
        else:
            name = tail[0]
        if sort in QUALIFIED and len(tail) > 1:
            qualifier = tail[1]
    else:
        kind = KINDS.get((service, ""), "")
        name = head[0]
        if service == "apigateway" and head[0] == "" and len(head) > 2:  # /restapis/ID/stages/...
            name = head[2]
    return Called(service, kind, name, qualifier, region, account)


def partial_function(value: Value) -> Called | None:
    """What Lambda's partial ARN (`ACCOUNT:function:NAME[:QUALIFIER]`, `function:NAME`) or `NAME:QUALIFIER` says."""
    pieces = fields(value, ":")
    if "function" in pieces:
        at = pieces.index("function")
        tail = pieces[at + 1 :]
        if tail:
            account = pieces[at - 1] if at else ""
            return Called("lambda", "function", tail[0], tail[1] if len(tail) > 1 else "", "", account)
    if len(pieces) == 2:
        return Called("lambda", "function", pieces[0], pieces[1], "", "")
    return None


def queue_url(value: Value) -> Called | None:
    """What the URL of a queue says; None where the value is not one (nothing of its host needs to be known)."""
    pieces = fields(value, "/")
    if len(pieces) != 5 or pieces[0] not in ("https:", "http:"):
        return None
    host = fields(pieces[2], ".")
    first = host[0]
    if isinstance(first, str) and first not in ("sqs", "sqs-fips", "queue") and "queue" not in host:
        return None
    region: Value = host[1] if len(host) > 3 and first in ("sqs", "sqs-fips") else ""
    return Called("sqs", "queue", pieces[4], "", region, pieces[3])


def is_arn(value: Value) -> bool:
    """Whether a string begins like an ARN."""
    if type(value) is str:
        return value.startswith("arn:")
    parts = parts_of(value)
    return bool(parts) and isinstance(parts[0], str) and parts[0].startswith("arn:")


def is_url(value: Value) -> bool:
    """Whether a string begins like a URL."""
    if type(value) is str:
        return value.startswith(_URLS)
    parts = parts_of(value)
    return bool(parts) and isinstance(parts[0], str) and parts[0].startswith(_URLS)


_URLS = ("https://", "http://")


def _joined(pieces: list[Value], separator: str) -> Value:
    out: list[Value] = []
    for piece in pieces:
        if out:
            out.append(separator)
        out.append(piece)
    return text_of(out)
