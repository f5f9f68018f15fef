"""What connectors grant, by the types on their two sides.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
"""

from __future__ import annotations

from edalint.hints import Any

PROFILES: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
    ("AWS::DynamoDB::Table", "AWS::Lambda::Function"): (
        "destination-role",
        {
            "Read": [("dynamodb", "DescribeStream GetRecords GetShardIterator ListStreams", "{S}/stream/*")],
        },
    ),
    ("AWS::Events::Rule", "AWS::SNS::Topic"): (
        "topic-policy events.amazonaws.com",
        {
            "Write": [("sns", "Publish", "{D}")],
        },
    ),
    ("AWS::Events::Rule", "AWS::Events::EventBus"): (
        "source-role",
        {
            "Write": [("events", "PutEvents", "{D}")],
        },
    ),
    ("AWS::Events::Rule", "AWS::StepFunctions::StateMachine"): (
        "source-role",
        {
            "Write": [("states", "StartExecution", "{D}")],
        },
    ),
    ("AWS::Events::Rule", "AWS::Lambda::Function"): (
        "permission events.amazonaws.com {S}",
        {
            "Write": [],
        },
    ),
    ("AWS::Events::Rule", "AWS::SQS::Queue"): (
        "queue-policy events.amazonaws.com",
        {
            "Write": [("sqs", "SendMessage", "{D}")],
        },
    ),
    ("AWS::Lambda::Function", "AWS::Lambda::Function"): (
        "source-role",
        {
            "Write": [("lambda", "InvokeAsync InvokeFunction", "{D}")],
        },
    ),
    ("AWS::Lambda::Function", "AWS::S3::Bucket"): (
        "source-role",
        {
            "Read": [
                (
                    "s3",
                    "GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTorrent ListBucket ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts",
                    "{D} {D}/*",
                )
            ],
            "Write": [
                (
                    "s3",
                    "AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectLegalHold PutObjectRetention RestoreObject",
                    "{D} {D}/*",
                )
            ],
        },
    ),
    ("AWS::Lambda::Function", "AWS::DynamoDB::Table"): (
        "source-role",
        {
            "Read": [("dynamodb", "GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect", "{D} {D}/index/*")],
            "Write": [
                ("dynamodb", "PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate", "{D} {D}/index/*")
            ],
        },
    ),
    ("AWS::Lambda::Function", "AWS::SQS::Queue"): (
        "source-role",
        {
            "Read": [("sqs", "ReceiveMessage GetQueueAttributes", "{D}")],
            "Write": [("sqs", "DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue", "{D}")],
        },
    ),
    ("AWS::Lambda::Function", "AWS::SNS::Topic"): (
        "source-role",
        {
            "Write": [("sns", "Publish", "{D}")],
        },
    ),
    ("AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"): (
        "source-role",
        {
            "Write": [
                ("states", "StartExecution StartSyncExecution", "{D}"),
                ("states", "StopExecution", "arn:states:@:execution:{name}:*"),
            ],
            "Read": [
                ("states", "DescribeStateMachine ListExecutions", "{D}"),
                ("states", "DescribeExecution DescribeStateMachineForExecution GetExecutionHistory", "arn:states:@:execution:{name}:*"),
            ],
        },
    ),
    ("AWS::Lambda::Function", "AWS::Events::EventBus"): (
        "source-role",
        {
            "Write": [("events", "PutEvents", "{D}")],
        },
    ),
    ("AWS::Lambda::Function", "AWS::Location::PlaceIndex"): (
        "source-role",
        {
            "Read": [
                (
                    "geo",
                    "DescribePlaceIndex GetPlace SearchPlaceIndexForPosition SearchPlaceIndexForSuggestions SearchPlaceIndexForText",
                    "{D}",
                )
            ],
        },
    ),
    ("AWS::ApiGatewayV2::Api", "AWS::Lambda::Function"): (
        "permission apigateway.amazonaws.com arn:execute-api:@:{id}/{qualifier}",
        {
            "Write": [],
        },
    ),
    ("AWS::ApiGateway::RestApi", "AWS::Lambda::Function"): (
        "permission apigateway.amazonaws.com arn:execute-api:@:{id}/{qualifier}",
        {
            "Write": [],
        },
    ),
    ("AWS::SNS::Topic", "AWS::SQS::Queue"): (
        "queue-policy sns.amazonaws.com",
        {
            "Write": [("sqs", "SendMessage", "{D}")],
        },
    ),
    ("AWS::SNS::Topic", "AWS::Lambda::Function"): (
        "permission sns.amazonaws.com {S}",
        {
            "Write": [],
        },
    ),
    ("AWS::SQS::Queue", "AWS::Lambda::Function"): (
        "destination-role",
        {
            "Write": [("sqs", "DeleteMessage", "{S}")],
            "Read": [("sqs", "ReceiveMessage GetQueueAttributes", "{S}")],
        },
    ),
    ("AWS::S3::Bucket", "AWS::Lambda::Function"): (
        "permission s3.amazonaws.com {S}",
        {
            "Write": [],
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::Lambda::Function"): (
        "source-role",
        {
            "Write": [("lambda", "InvokeAsync InvokeFunction", "{D}")],
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::SNS::Topic"): (
        "source-role",
        {
            "Write": [("sns", "Publish", "{D}")],
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::SQS::Queue"): (
        "source-role",
        {
            "Write": [("sqs", "SendMessage", "{D}")],
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::S3::Bucket"): (
        "source-role",
        {
            "Read": [
                (
                    "s3",
                    "GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTorrent GetObjectVersion GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTorrent ListBucket ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts",
                    "{D} {D}/*",
                )
            ],
            "Write": [
                (
                    "s3",
                    "AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectLegalHold PutObjectRetention RestoreObject",
                    "{D} {D}/*",
                )
            ],
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::DynamoDB::Table"): (
        "source-role",
        {
            "Read": [("dynamodb", "GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect", "{D} {D}/index/*")],
            "Write": [
                ("dynamodb", "PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate", "{D} {D}/index/*")
            ],
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::StepFunctions::StateMachine"): (
        "source-role",
        {
            "Read": [
                ("states", "DescribeExecution", "arn:states:@:execution:{name}:*"),
                ("events", "DescribeRule", "arn:events:@:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"),
            ],
            "Write": [
                ("states", "StartExecution", "{D}"),
                ("states", "StopExecution", "arn:states:@:execution:{name}:*"),
                ("events", "PutTargets PutRule", "arn:events:@:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"),
            ],
        },
    ),
    ("AWS::StepFunctions::StateMachine", "AWS::Events::EventBus"): (
        "source-role",
        {
            "Write": [("events", "PutEvents", "{D}")],
        },
    ),
    ("AWS::AppSync::DataSource", "AWS::DynamoDB::Table"): (
        "source-role",
        {
            "Read": [("dynamodb", "GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect", "{D} {D}/index/*")],
            "Write": [
                ("dynamodb", "PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate", "{D} {D}/index/*")
            ],
        },
    ),
    ("AWS::AppSync::DataSource", "AWS::Lambda::Function"): (
        "source-role",
        {
            "Write": [("lambda", "InvokeAsync InvokeFunction", "{D} {D}:*")],
        },
    ),
    ("AWS::AppSync::DataSource", "AWS::Events::EventBus"): (
        "source-role",
        {
            "Write": [("events", "PutEvents", "{D}")],
        },
    ),
    ("AWS::AppSync::GraphQLApi", "AWS::Lambda::Function"): (
        "permission appsync.amazonaws.com arn:appsync:@:apis/{id}",
        {
            "Write": [],
        },
    ),
}
"""(source, destination) -> who holds the grant, and its statements by access category: (service, actions, resources).

The holder: `source-role`, `destination-role`, `permission PRINCIPAL SOURCE_ARN`, `queue-policy PRINCIPAL`, `topic-policy PRINCIPAL`.
"""
