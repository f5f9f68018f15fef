"""What AWS's own managed policies allow, for those that event-driven stacks attach and that are known completely.

https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html. Every one of these is for
all resources (`*`). A policy that is not listed may allow anything.
"""

from __future__ import annotations

from edalint.iam.document import Entry, Statement
from edalint.model.graph import Place
from edalint.model.values import Value, parts_of

_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_TRACES = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
_SAMPLING = ("xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:GetSamplingStatisticSummaries")

ACTIONS: dict[str, tuple[str, ...]] = {
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaSQSQueueExecutionRole": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", *_LOGS),
    "AWSLambdaKinesisExecutionRole": (
        "kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator",
        "kinesis:ListShards", "kinesis:ListStreams", "kinesis:SubscribeToShard", *_LOGS,
    ),
    "AWSLambdaDynamoDBExecutionRole": (
        "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", *_LOGS,
    ),
    "AWSLambdaMSKExecutionRole": (
        "kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers", "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface", "ec2:DescribeSubnets",
        "ec2:DescribeSecurityGroups", *_LOGS,
    ),
    "AWSLambdaVPCAccessExecutionRole": (
        "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", *_LOGS,
    ),
    "AWSLambdaRole": ("lambda:InvokeFunction",),
    "AWSXRayDaemonWriteAccess": (*_TRACES, *_SAMPLING),
    "AWSXrayWriteOnlyAccess": (*_TRACES, *_SAMPLING),
    "AmazonECSTaskExecutionRolePolicy": (
        "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
        "logs:CreateLogStream", "logs:PutLogEvents",
    ),
    "AmazonEC2ContainerServiceEventsRole": ("ecs:RunTask", "iam:PassRole", "ecs:TagResource"),
    "AmazonSQSFullAccess": ("sqs:*",),
    "AmazonSQSReadOnlyAccess": (
        "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListDeadLetterSourceQueues", "sqs:ListQueues", "sqs:ListMessageMoveTasks",
        "sqs:ListQueueTags",
    ),
    "AWSStepFunctionsFullAccess": ("states:*",),
    "AmazonKinesisFullAccess": ("kinesis:*",),
    "AmazonKinesisFirehoseFullAccess": ("firehose:*",),
    "AdministratorAccess": ("*",),
}  # fmt: skip
"""Name -> everything that the policy allows."""


_STATEMENTS: dict[str, list[Statement]] = {}
"""Name -> the statements of the policy, made when somebody asks: half of all roles have the same two or three."""


def name_of(arn: Value) -> str:
    """The name of AWS's managed policy that an ARN names; empty where it names none of AWS's."""
    parts = parts_of(arn)
    last = parts[-1] if parts else ""
    if not isinstance(last, str):
        return ""
    before, found, name = last.rpartition(":iam::aws:policy/")
    return name.rsplit("/", 1)[-1] if found and (before.startswith("arn:") or len(parts) > 1) else ""


def statements_of(arn: Value) -> list[Statement] | None:
    """The statements of AWS's managed policy with this ARN, to be read only; None where it is not one that is known completely."""
    name = name_of(arn)
    found = _STATEMENTS.get(name)
    if found is None and name in ACTIONS:
        statement = Statement(Place(None))
        statement.effect = "Allow"
        statement.actions = [Entry(True, action) for action in ACTIONS[name]]
        statement.resources = [Entry(True, "*")]
        found = _STATEMENTS[name] = [statement]
    return found
