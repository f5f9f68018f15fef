"""The events that AWS's own services send: source -> detail-type, as the services spell them.

From the EventBridge events reference, https://docs.aws.amazon.com/eventbridge/latest/ref/events.html, one page for each source.
"""

from __future__ import annotations

from edalint.model.nearest import nearest

CLOUDTRAIL = frozenset(
    {
        "AWS API Call via CloudTrail",
        "AWS Service Event via CloudTrail",
        "AWS Console Action via CloudTrail",
        "AWS Console Sign In via CloudTrail",
        "AWS Console Signin via CloudTrail",
        "AWS Insight via CloudTrail",
    }
)
"""What any source may have: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html"""

COMPLETE: dict[str, frozenset[str]] = {
    "aws.s3": frozenset(
        {
            "Async Copy Completion", "Object Created", "Object Deleted", "Object Restore Initiated", "Object Restore Completed",
            "Object Restore Expired", "Object Tags Added", "Object Tags Deleted", "Object ACL Updated", "Object Storage Class Changed",
            "Object Access Tier Changed",
        }
    ),
    "aws.ecs": frozenset(
        {"ECS Container Instance State Change", "ECS Task State Change", "ECS Service Action", "ECS Deployment State Change"}
    ),
    "aws.states": frozenset({"Step Functions Execution Status Change"}),
    "aws.batch": frozenset({"Batch Job State Change", "Batch Job Queue Blocked", "Batch Service Job Queue Blocked", "Batch Service Job State Change"}),
    "aws.codepipeline": frozenset(
        {
            "CodePipeline Pipeline Execution State Change", "CodePipeline Stage Execution State Change",
            "CodePipeline Action Execution State Change",
        }
    ),
    "aws.codebuild": frozenset({"CodeBuild Build State Change", "CodeBuild Build Phase Change", "CodeBuild Fleet State Change"}),
    "aws.codedeploy": frozenset({"CodeDeploy Deployment State-change Notification", "CodeDeploy Instance State-change Notification"}),
    "aws.codecommit": frozenset(
        {
            "CodeCommit Repository State Change", "CodeCommit Comment on Commit", "CodeCommit Comment on Pull Request",
            "CodeCommit Comment Reaction Change", "CodeCommit Pull Request State Change", "CodeCommit Approval Rule Template Change",
        }
    ),
    "aws.ecr": frozenset(
        {
            "ECR Image Action", "ECR Image Scan", "ECR Replication Action", "ECR Artifact Action", "ECR Referrer Action",
            "ECR Scan Resource Change", "ECR Pull Through Cache Action",
        }
    ),
    "aws.glue": frozenset(
        {
            "Glue Job State Change", "Glue Catalog State Change", "Glue Crawler State Change", "Glue Scheduled Crawler Invocation Failure",
            "Glue Job Run Status", "Glue Crawler Table Change", "Glue Data Catalog Database State Change",
            "Glue Data Catalog Table State Change", "Glue Statistics Task Started", "Glue Statistics Task Succeeded",
            "Glue Statistics Task Failed", "Glue Auto Statistics Invocation Failure", "Glue Scheduled Statistics Invocation Failure",
            "Data Quality Task State Change", "Data Quality Evaluation Results Available", "Entity Metering Event",
            "Auto debug metadata key shared from Orca",
        }
    ),
    "aws.cloudformation": frozenset(
        {
            "CloudFormation Drift Detection Status Change", "CloudFormation Resource Status Change", "CloudFormation Stack Status Change",
            "CloudFormation Stack State Change", "CloudFormation StackSet Status Change",
            "CloudFormation StackSet StackInstance Status Change", "CloudFormation StackSet Operation Status Change",
            "CloudFormation Hook Invocation Progress",
        }
    ),
    "aws.cloudwatch": frozenset(
        {"CloudWatch Alarm State Change", "CloudWatch Alarm Configuration Change", "CloudWatch Alarm Contributor State Change"}
    ),
}  # fmt: skip
"""Sources of which every detail-type is listed."""

SOME: dict[str, frozenset[str]] = {
    "aws.ec2": frozenset(
        {
            "EC2 Instance State-change Notification", "EC2 Spot Instance Interruption Warning", "EC2 Instance Rebalance Recommendation",
            "EC2 Spot Instance Request Fulfillment", "EC2 AMI State Change", "EC2 Fast Launch State-change Notification",
            "EBS Volume Notification", "EBS Snapshot Notification", "EBS Multi-Volume Snapshots Completion Status",
            "EBS Fast Snapshot Restore State-change Notification",
        }
    ),
    "aws.autoscaling": frozenset(
        {
            "EC2 Instance Launch Successful", "EC2 Instance Launch Unsuccessful", "EC2 Instance Terminate Successful",
            "EC2 Instance Terminate Unsuccessful", "EC2 Instance-launch Lifecycle Action", "EC2 Instance-terminate Lifecycle Action",
        }
    ),
    "aws.rds": frozenset(
        {"RDS DB Instance Event", "RDS DB Cluster Event", "RDS DB Snapshot Event", "RDS DB Cluster Snapshot Event", "RDS DB Parameter Group Event"}
    ),
    "aws.health": frozenset({"AWS Health Event", "AWS Health Abuse Event"}),
    "aws.guardduty": frozenset({"GuardDuty Finding"}),
    "aws.securityhub": frozenset({"Security Hub Findings - Imported", "Security Hub Findings - Custom Action", "Security Hub Insight Results"}),
    "aws.inspector2": frozenset({"Inspector2 Finding", "Inspector2 Scan", "Inspector2 Coverage"}),
    "aws.events": frozenset({"Scheduled Event"}),
    "aws.ssm": frozenset({"Parameter Store Change", "Parameter Store Policy Action", "EC2 Automation Execution Status-change Notification"}),
    "aws.tag": frozenset({"Tag Change on Resource"}),
    "aws.transcribe": frozenset({"Transcribe Job State Change"}),
    "aws.mediaconvert": frozenset({"MediaConvert Job State Change"}),
    "aws.sagemaker": frozenset({"SageMaker Training Job State Change", "SageMaker Processing Job State Change", "SageMaker Transform Job State Change"}),
}  # fmt: skip
"""Sources of which only some detail-types are listed: others may exist, but one that is nearly the same does not."""

NEARLY = 2
"""So many letters apart, two detail-types are taken for the same one, misspelt."""


def meant(source: str, detail_type: str) -> str | None:
    """The detail-type that was meant by one that the source never sends (empty where none is near); None for one that it may send."""
    if detail_type in CLOUDTRAIL:
        return None
    known = COMPLETE.get(source)
    if known is not None:
        return None if detail_type in known else nearest(detail_type, sorted(known | CLOUDTRAIL))
    some = SOME.get(source)
    if some is None or detail_type in some:
        return None
    return next((name for name in sorted(some | CLOUDTRAIL) if _nearly(detail_type, name)), None)


def _nearly(name: str, known: str) -> bool:
    """Whether two names are the same but for case, blanks, hyphens and a letter or two."""
    left, right = (_letters(text) for text in (name, known))
    return abs(len(left) - len(right)) <= NEARLY and _distance(left, right) <= NEARLY


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _distance(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        row, above = [i], row
        for j, b in enumerate(right, 1):
            row.append(min(row[-1] + 1, above[j] + 1, above[j - 1] + (a != b)))
    return row[-1]
