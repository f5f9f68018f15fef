"""Whether those who read and send by their own roles may: mappings and pipes, states, destinations of functions, Scheduler."""

from __future__ import annotations

from collections.abc import Iterator

from edalint.facts._documents import NO_PATTERN, arn_of, text
from edalint.facts._permissions import named_role, role_may_use_key
from edalint.facts.registry import fact
from edalint.facts.roles import Need, arns_of, lacking
from edalint.facts.view import Members, View
from edalint.iam.decision import Request
from edalint.model.graph import Edge, End, Node, Part, Target
from edalint.model.values import Ref, Unknown, Value, parts_of, text_of

READING: dict[str, tuple[tuple[str, ...], ...]] = {
    "AWS::SQS::Queue": (("sqs:ReceiveMessage",), ("sqs:DeleteMessage",), ("sqs:GetQueueAttributes",)),
    "AWS::Kinesis::Stream": (
        ("kinesis:GetRecords",),
        ("kinesis:GetShardIterator",),
        ("kinesis:DescribeStream", "kinesis:DescribeStreamSummary"),
    ),
    "AWS::DynamoDB::Table": (("dynamodb:GetRecords",), ("dynamodb:GetShardIterator",), ("dynamodb:DescribeStream",)),
    "AWS::MSK::Cluster": (("kafka:GetBootstrapBrokers",), ("kafka:DescribeCluster", "kafka:DescribeClusterV2")),
    "AWS::AmazonMQ::Broker": (("mq:DescribeBroker",),),
}
"""Type of a source -> the actions that reading it takes, one of each group: https://docs.aws.amazon.com/lambda/latest/dg/lambda-invocation.html"""
READING["AWS::DynamoDB::GlobalTable"] = READING["AWS::DynamoDB::Table"]
READING["AWS::MSK::ServerlessCluster"] = READING["AWS::MSK::Cluster"]

WRITING: dict[str, tuple[str, ...]] = {
    "queue": ("sqs:SendMessage",),
    "topic": ("sns:Publish",),
    "bus": ("events:PutEvents",),
    "function": ("lambda:InvokeFunction",),
    "bucket": ("s3:PutObject",),
}
"""Kind of a node -> the actions of which putting an event there takes one."""
DECRYPT = "kms:Decrypt"


@fact("part:mapping", "part:target", gives="list<string>")
def source_lacks(part: Part, view: View) -> Members[str]:
    """What reading the source takes (kms:Decrypt on its key included) and the role of the function or pipe lacks.

    Empty of targets that are not a pipe's.
    """
    caller = _reader(part, view)
    source = view.target(part, "source")
    if caller is None or source is None or source.node is None or source.node.resource is None:
        return Members([], "" if source is None else "the role or the source is not declared in this run")
    lacks = lacking(view, caller, _reading(view, part, source), source)
    key = role_may_use_key(view, source.node, caller, (DECRYPT,))
    if key is False:
        lacks.append(DECRYPT)
    elif isinstance(key, Unknown):
        lacks.open = lacks.open or key.reason or "a key that is not known"
    return lacks


def _reader(part: Part, view: View) -> Target | None:
    if part.kind == "mapping":
        end = part.owner.data.get("role") if isinstance(part.owner, Node) else None
        return named_role(view, end) if isinstance(end, End) else None
    return view.target(part, "role") if part.data.get("product") == "pipes" else None


def _reading(view: View, part: Part, source: Target) -> Iterator[Need]:
    assert source.node is not None
    if _is_consumer(view, part):
        return
    arn = _source_arn(view, part, source.node)
    for actions in READING.get(source.node.resource.type if source.node.resource else "", ()):
        yield Need(actions[0], tuple(Request(action, arn) for action in actions))


def _is_consumer(view: View, part: Part) -> bool:
    """Whether an enhanced fan-out consumer is read, which takes other actions."""
    value = view.value(part.ends["source"].value)
    named = view.graph.resources.get(value.id) if isinstance(value, Ref) else None
    return named is not None and named.type == "AWS::Kinesis::StreamConsumer"


def _source_arn(view: View, part: Part, source: Node) -> Value:
    if source.kind != "table":
        return arn_of(view, source)
    written = text(view, part.ends["source"].value)
    if len(parts_of(written)) > 1 or isinstance(written, str):
        return written
    return text_of([arn_of(view, source), "/stream/", Unknown("", "the stream's label", excludes=":/")])


@fact("edge:publish", "edge:dead-letter", "edge:on-failure", "edge:on-success", gives="list<string>")
def sender_lacks(edge: Edge, view: View) -> Members[str]:
    """What putting the event there takes and the role of the state machine, function or schedule lacks.

    Empty where the sender has no role, or code sends.
    """
    caller = _sender(edge, view)
    actions = WRITING.get(edge.target.kind)
    if caller is None or actions is None:
        return Members([])
    target = Target(True, edge.target, edge.target.resource, None, str(edge.attributes.get("qualifier") or ""))
    resources = arns_of(view, target) if edge.target.resource is not None else [NO_PATTERN]
    if edge.target.kind == "bucket":
        resources = [text_of([r, "/", Unknown("", "the object's key")]) for r in resources]
    need = Need(actions[0], tuple(Request(action, resource) for action in actions for resource in resources))
    return lacking(view, caller, [need], target)


def _sender(edge: Edge, view: View) -> Target | None:
    source, part = edge.source, edge.part
    if "inferred" in edge.attributes:
        return None
    if (source.kind == "state-machine" and part is not None and part.kind == "state" and "secret_role" not in part.ends) or (
        source.kind == "function" and edge.kind != "publish" and (part is None or part.kind == "invoke-config")
    ):
        end = source.data.get("role")
    elif part is not None and part.kind == "target" and part.data.get("product") == "scheduler" and edge.kind == "dead-letter":
        return view.target(part, "role")
    else:
        return None
    return named_role(view, end) if isinstance(end, End) else None
