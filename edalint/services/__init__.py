"""One file per AWS service: what its resources are called and what they declare."""

from __future__ import annotations

from collections.abc import Iterable

from edalint.model.graph import Declarations
from edalint.model.resources import Resource, Unit
from edalint.model.values import refs_in
from edalint.services import registry

_EVENT_NAMESPACES = (
    "AWS::Events::", "AWS::EventsV2::", "AWS::EventSchemas::Discoverer", "AWS::Scheduler::", "AWS::Pipes::", "AWS::SNS::", "AWS::SQS::",
    "AWS::StepFunctions::", "AWS::Kinesis::", "AWS::KinesisFirehose::", "AWS::KinesisAnalytics", "AWS::MSK::", "AWS::KafkaConnect::",
    "AWS::AmazonMQ::", "aws_sqs_", "aws_sns_", "aws_cloudwatch_event_", "aws_scheduler_", "aws_pipes_", "aws_sfn_", "aws_kinesis_",
    "aws_msk_", "aws_mq_",
)  # fmt: skip
"""Types that are about events by their name."""
_NO_EVENTS = (
    "AWS::IAM::", "AWS::Logs::", "AWS::EC2::", "AWS::SSM::", "AWS::Route53", "AWS::CertificateManager", "AWS::CloudFront::",
    "AWS::CloudFormation::", "AWS::CDK::", "AWS::CodeDeploy::", "AWS::WAF", "AWS::SecretsManager::", "AWS::S3::BucketPolicy",
    "AWS::CloudWatch::Dashboard", "AWS::Backup::", "AWS::Config::", "AWS::ResourceGroups", "AWS::ServiceDiscovery::",
    "AWS::EventSchemas::", "AWS::Cognito::", "AWS::XRay::", "AWS::Budgets::", "AWS::ApplicationInsights::",
    "aws_iam_", "aws_cloudwatch_log_", "aws_ssm_", "aws_security_", "aws_vpc", "aws_route", "aws_subnet", "aws_acm_", "aws_secretsmanager_",
    "aws_cloudwatch_dashboard", "aws_s3_bucket_", "aws_service_discovery_", "aws_lambda_layer", "aws_wafv2_", "aws_ecr_",
)  # fmt: skip
"""Types that refer to event resources without handling their events: permissions, logs, networks, names."""
_ONLOOKERS = ("AWS::CloudWatch::", "AWS::ApplicationInsights::", "AWS::Logs::", "AWS::Backup::", "AWS::ResourceGroups", "aws_cloudwatch_")
"""Types that look at event resources and use none of them."""
_CARRIERS = frozenset(
    {"bus", "rule", "pipe", "topic", "queue", "stream", "broker", "function", "state-machine", "task", "service", "activity"}
)
"""Kinds of nodes to which an unknown resource's reference is worth a word."""


def declare(units: Iterable[Unit]) -> Declarations:
    """What all resources of a run are: their nodes, edges and parts, ends still values."""
    resources = [resource for unit in units for resource in unit.resources.values()]
    registry.load(dict.fromkeys(r.type for r in resources))
    declarations = Declarations()
    declarations.resources = {r.id: r for r in resources}
    unknown: list[Resource] = []
    for resource in resources:
        functions = registry.DECLARES.get(resource.type)
        for function in functions or ():
            function(resource, declarations)
        if functions is None and resource.type not in registry.IDENTITIES:
            unknown.append(resource)
    carriers = {node.id for node in declarations.nodes if node.kind in _CARRIERS}
    declarations.strangers = [r for r in unknown if not r.type.startswith(_ONLOOKERS)]
    for resource in unknown:
        if _matters(resource, carriers):
            declarations.unknown_types.setdefault(resource.type, []).append(resource)
    return declarations


def translate(unit: Unit) -> None:
    """Give the resources of a Terraform unit CloudFormation's types, properties and attributes, once."""
    from edalint.services import _terraform

    _terraform.translate(unit)


def _matters(resource: Resource, carriers: set[str]) -> bool:
    """Whether not understanding a resource may mean not seeing an event."""
    if resource.type.startswith(_EVENT_NAMESPACES):
        return True
    if resource.type.startswith(_NO_EVENTS):
        return False
    return any(ref.id in carriers for ref in refs_in(resource.properties))
