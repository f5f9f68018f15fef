"""What a Task state calls: per service and action, where the target stands, what edge it makes and what its role must allow.

Facts about Step Functions' service integrations, from https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
(patterns), https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html (permissions).
"""

from __future__ import annotations

from edalint.model.records import NamedTuple
from edalint.states import CALLBACK, REQUEST_RESPONSE, SYNC

EXPRESS_PATTERNS = frozenset({REQUEST_RESPONSE})
"""What an Express workflow may use: https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html"""


class Where(NamedTuple):
    """An argument that names a target: the way to it (`[]` goes through a list) and what a plain string there is."""

    path: tuple[str, ...]
    form: str
    """`arn`, `name`, `url` or `any`."""


class Need(NamedTuple):
    """An IAM action that the machine's role needs, and on what."""

    action: str
    on: str
    """`target`: the thing called; `roles`: the roles that a task definition names; `*`: anything; else the name of a resource:
    `rule/NAME` for an EventBridge rule that Step Functions manages."""
    kind: str = "call"
    """`call`: without it the state fails; `follow`: without it the end of the job is seen late or never (`.sync` only)."""


class Integration(NamedTuple):
    """One service's action."""

    targets: tuple[Where, ...]
    """Arguments that may name the target; the first that is there counts."""
    edge: str
    """`run`, `publish`, or empty where the called thing is no node."""
    kinds: tuple[str, ...]
    """Node kinds, or a resource type where the target is no node."""
    patterns: frozenset[str]
    needs: tuple[Need, ...]
    sync_needs: tuple[Need, ...] = ()
    """In addition, for `.sync`."""
    default_bus: bool = False
    """No target named means the account's default event bus."""


def _any(*names: str) -> tuple[Where, ...]:
    return tuple(Where((name,), "any") for name in names)


def _managed_rule(name: str) -> tuple[Need, ...]:
    return tuple(Need(f"events:{action}", f"rule/{name}", "follow") for action in ("PutTargets", "PutRule", "DescribeRule"))


_ANSWER = frozenset({REQUEST_RESPONSE})
_SYNC = frozenset({REQUEST_RESPONSE, SYNC})
_TOKEN = frozenset({REQUEST_RESPONSE, CALLBACK})
_ALL = frozenset({REQUEST_RESPONSE, SYNC, CALLBACK})

OPTIMIZED: dict[tuple[str, str], Integration] = {
    ("lambda", "invoke"): Integration(_any("FunctionName"), "run", ("function",), _TOKEN, (Need("lambda:InvokeFunction", "target"),)),
    ("sqs", "sendMessage"): Integration(
        (Where(("QueueUrl",), "url"),), "publish", ("queue",), _TOKEN, (Need("sqs:SendMessage", "target"),)
    ),
    ("sns", "publish"): Integration(
        (Where(("TopicArn",), "arn"), Where(("TargetArn",), "arn")), "publish", ("topic",), _TOKEN, (Need("sns:Publish", "target"),)
    ),
    ("events", "putEvents"): Integration(
        (Where(("Entries", "[]", "EventBusName"), "any"),), "publish", ("bus",), _TOKEN, (Need("events:PutEvents", "target"),), (), True
    ),
    ("ecs", "runTask"): Integration(
        _any("TaskDefinition"),
        "run",
        ("task",),
        _ALL,
        (Need("ecs:RunTask", "target"), Need("iam:PassRole", "roles")),
        (
            Need("ecs:StopTask", "*", "follow"),
            Need("ecs:DescribeTasks", "*", "follow"),
            *_managed_rule("StepFunctionsGetEventsForECSTaskRule"),
        ),
    ),
    ("states", "startExecution"): Integration(
        (Where(("StateMachineArn",), "arn"),),
        "run",
        ("state-machine",),
        _ALL,
        (Need("states:StartExecution", "target"),),
        (
            Need("states:DescribeExecution", "*", "follow"),
            Need("states:StopExecution", "*", "follow"),
            *_managed_rule("StepFunctionsGetEventsForStepFunctionsExecutionRule"),
        ),
    ),
    ("batch", "submitJob"): Integration(
        _any("JobDefinition"),
        "run",
        ("job",),
        _SYNC,
        (Need("batch:SubmitJob", "target"),),
        (
            Need("batch:DescribeJobs", "*", "follow"),
            Need("batch:TerminateJob", "*", "follow"),
            *_managed_rule("StepFunctionsGetEventsForBatchJobsRule"),
        ),
    ),
    ("glue", "startJobRun"): Integration(
        _any("JobName"),
        "run",
        ("job",),
        _SYNC,
        (Need("glue:StartJobRun", "target"),),
        (Need("glue:GetJobRun", "*", "follow"), Need("glue:GetJobRuns", "*", "follow"), Need("glue:BatchStopJobRun", "*", "follow")),
    ),
    ("codebuild", "startBuild"): Integration(
        _any("ProjectName"),
        "run",
        ("job",),
        _SYNC,
        (Need("codebuild:StartBuild", "target"),),
        (
            Need("codebuild:StopBuild", "*", "follow"),
            Need("codebuild:BatchGetBuilds", "*", "follow"),
            *_managed_rule("StepFunctionsGetEventForCodeBuildStartBuildRule"),
        ),
    ),
    ("codebuild", "startBuildBatch"): Integration(
        _any("ProjectName"),
        "run",
        ("job",),
        _SYNC,
        (Need("codebuild:StartBuildBatch", "target"),),
        (
            Need("codebuild:StopBuildBatch", "*", "follow"),
            Need("codebuild:BatchGetBuildBatches", "*", "follow"),
            *_managed_rule("StepFunctionsGetEventForCodeBuildStartBuildBatchRule"),
        ),
    ),
    ("apigateway", "invoke"): Integration(
        (Where(("ApiEndpoint",), "url"),), "run", ("api",), _TOKEN, (Need("execute-api:Invoke", "target"),)
    ),
    ("http", "invoke"): Integration((Where(("ApiEndpoint",), "url"),), "run", ("api",), _ANSWER, (Need("states:InvokeHTTPEndpoint", "*"),)),
    ("dynamodb", "getItem"): Integration(_any("TableName"), "", ("table",), _ANSWER, (Need("dynamodb:GetItem", "target"),)),
    ("dynamodb", "putItem"): Integration(_any("TableName"), "", ("table",), _ANSWER, (Need("dynamodb:PutItem", "target"),)),
    ("dynamodb", "updateItem"): Integration(_any("TableName"), "", ("table",), _ANSWER, (Need("dynamodb:UpdateItem", "target"),)),
    ("dynamodb", "deleteItem"): Integration(_any("TableName"), "", ("table",), _ANSWER, (Need("dynamodb:DeleteItem", "target"),)),
}
"""Optimized integrations (`arn:aws:states:::SERVICE:ACTION`) whose target can be a resource of the run."""

SDK_PREFIXES = {
    "sfn": "states",
    "eventbridge": "events",
    "cloudwatchevents": "events",
    "cloudwatch": "cloudwatch",
    "cloudwatchlogs": "logs",
    "elasticloadbalancingv2": "elasticloadbalancing",
    "elasticloadbalancing": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "ses": "ses",
    "sesv2": "ses",
    "applicationautoscaling": "application-autoscaling",
    "apigateway": "apigateway",
    "apigatewayv2": "apigateway",
    "cognitoidentityprovider": "cognito-idp",
    "efs": "elasticfilesystem",
    "wafv2": "wafv2",
    "resourcegroupstaggingapi": "tag",
    "costexplorer": "ce",
    "lexmodelsv2": "lex",
}
"""The SDK's name of a service -> IAM's prefix, where they differ (or end in a version)."""

SDK_ACTIONS = {
    ("lambda", "invoke"): "lambda:InvokeFunction",
    ("lambda", "invokeAsync"): "lambda:InvokeAsync",
    ("s3", "listObjectsV2"): "s3:ListBucket",
    ("s3", "listObjects"): "s3:ListBucket",
    ("s3", "headObject"): "s3:GetObject",
    ("s3", "headBucket"): "s3:ListBucket",
    ("s3", "copyObject"): "s3:PutObject",
    ("s3", "deleteObjects"): "s3:DeleteObject",
    ("sqs", "sendMessageBatch"): "sqs:SendMessage",
    ("sqs", "deleteMessageBatch"): "sqs:DeleteMessage",
    ("sns", "publishBatch"): "sns:Publish",
}
"""Calls whose IAM action is not the service's prefix and the call's own name."""

_SDK_TARGETS: dict[tuple[str, str], tuple[tuple[Where, ...], str, tuple[str, ...], bool]] = {
    ("lambda", "invoke"): (_any("FunctionName"), "run", ("function",), False),
    ("lambda", "invokeAsync"): (_any("FunctionName"), "run", ("function",), False),
    ("sqs", "sendMessage"): ((Where(("QueueUrl",), "url"),), "publish", ("queue",), False),
    ("sqs", "sendMessageBatch"): ((Where(("QueueUrl",), "url"),), "publish", ("queue",), False),
    ("sns", "publish"): ((Where(("TopicArn",), "arn"), Where(("TargetArn",), "arn")), "publish", ("topic",), False),
    ("sns", "publishBatch"): ((Where(("TopicArn",), "arn"),), "publish", ("topic",), False),
    ("eventbridge", "putEvents"): ((Where(("Entries", "[]", "EventBusName"), "any"),), "publish", ("bus",), True),
    ("cloudwatchevents", "putEvents"): ((Where(("Entries", "[]", "EventBusName"), "any"),), "publish", ("bus",), True),
    ("kinesis", "putRecord"): (_any("StreamName", "StreamARN"), "publish", ("stream",), False),
    ("kinesis", "putRecords"): (_any("StreamName", "StreamARN"), "publish", ("stream",), False),
    ("firehose", "putRecord"): (_any("DeliveryStreamName"), "publish", ("stream",), False),
    ("firehose", "putRecordBatch"): (_any("DeliveryStreamName"), "publish", ("stream",), False),
    ("sfn", "startExecution"): ((Where(("StateMachineArn",), "arn"),), "run", ("state-machine",), False),
    ("sfn", "startSyncExecution"): ((Where(("StateMachineArn",), "arn"),), "run", ("state-machine",), False),
    ("ecs", "runTask"): (_any("TaskDefinition"), "run", ("task",), False),
    ("ecs", "startTask"): (_any("TaskDefinition"), "run", ("task",), False),
    ("batch", "submitJob"): (_any("JobDefinition"), "run", ("job",), False),
    ("codebuild", "startBuild"): (_any("ProjectName"), "run", ("job",), False),
    ("codebuild", "startBuildBatch"): (_any("ProjectName"), "run", ("job",), False),
    ("glue", "startJobRun"): (_any("JobName"), "run", ("job",), False),
}
"""Calls through the SDK (`arn:aws:states:::aws-sdk:SERVICE:ACTION`) whose target can be a node."""

SYNC_SERVICES = frozenset(
    {
        "athena",
        "batch",
        "bedrock",
        "codebuild",
        "databrew",
        "ecs",
        "eks",
        "elasticmapreduce",
        "emr-containers",
        "emr-serverless",
        "glue",
        "mediaconvert",
        "sagemaker",
        "states",
    }
)
"""Services of which some optimized call can be awaited with `.sync`."""

CAN_SYNC = frozenset(
    {
        ("ecs", "runTask"),
        ("batch", "submitJob"),
        ("states", "startExecution"),
        ("glue", "startJobRun"),
        ("codebuild", "startBuild"),
        ("codebuild", "startBuildBatch"),
        ("athena", "startQueryExecution"),
        ("databrew", "startJobRun"),
        ("mediaconvert", "createJob"),
        ("sagemaker", "createTrainingJob"),
        ("sagemaker", "createTransformJob"),
        ("sagemaker", "createProcessingJob"),
        ("sagemaker", "createHyperParameterTuningJob"),
        ("sagemaker", "createLabelingJob"),
        ("elasticmapreduce", "addStep"),
        ("elasticmapreduce", "createCluster"),
        ("elasticmapreduce", "terminateCluster"),
        ("emr-containers", "startJobRun"),
        ("emr-serverless", "startJobRun"),
        ("eks", "runJob"),
        ("bedrock", "createModelCustomizationJob"),
    }
)
"""Calls that start something with an end of its own and have a `.sync` form (also as SDK calls, which have not)."""

STATUS_CALLS = {
    ("ecs", "describeTasks"): ("ecs", "runTask"),
    ("batch", "describeJobs"): ("batch", "submitJob"),
    ("sfn", "describeExecution"): ("states", "startExecution"),
    ("glue", "getJobRun"): ("glue", "startJobRun"),
    ("codebuild", "batchGetBuilds"): ("codebuild", "startBuild"),
    ("codebuild", "batchGetBuildBatches"): ("codebuild", "startBuildBatch"),
    ("athena", "getQueryExecution"): ("athena", "startQueryExecution"),
    ("databrew", "describeJobRun"): ("databrew", "startJobRun"),
    ("mediaconvert", "getJob"): ("mediaconvert", "createJob"),
    ("sagemaker", "describeTrainingJob"): ("sagemaker", "createTrainingJob"),
    ("sagemaker", "describeTransformJob"): ("sagemaker", "createTransformJob"),
    ("sagemaker", "describeProcessingJob"): ("sagemaker", "createProcessingJob"),
    ("emr", "describeStep"): ("elasticmapreduce", "addStep"),
    ("emr", "describeCluster"): ("elasticmapreduce", "createCluster"),
    ("emrserverless", "getJobRun"): ("emr-serverless", "startJobRun"),
    ("emrcontainers", "describeJobRun"): ("emr-containers", "startJobRun"),
}
"""SDK calls that ask how far something is -> the call that has a `.sync` form and makes asking needless."""


def find(service: str, action: str, *, sdk: bool) -> Integration | None:
    """The integration of a call, or None where its target is never a resource that we know."""
    if not sdk:
        return OPTIMIZED.get((service, action))
    known = _SDK_TARGETS.get((service, action))
    if known is None:
        return None
    targets, edge, kinds, default_bus = known
    needs = sdk_needs(service, action)
    if (service, action) in (("ecs", "runTask"), ("ecs", "startTask")):
        needs += (Need("iam:PassRole", "roles"),)
    return Integration(targets, edge, kinds, _TOKEN, needs, (), default_bus)


def sdk_needs(service: str, action: str) -> tuple[Need, ...]:
    """The IAM action of a call through the SDK; on the target where the call has one that we know, else on anything."""
    on = "target" if (service, action) in _SDK_TARGETS else "*"
    return (Need(SDK_ACTIONS.get((service, action)) or f"{SDK_PREFIXES.get(service, service)}:{action[:1].upper()}{action[1:]}", on),)
