"""What buckets, tables, streams, IoT rules, alarms, log filters and mail rules declare."""

from __future__ import annotations

import pytest

from tests.building import arn, edges, ref, stack

QUEUE, TOPIC, FUNCTION, BUCKET = "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Lambda::Function", "AWS::S3::Bucket"


def test_a_bucket_notifies_and_sends_to_eventbridge() -> None:
    """Each notification is a delivery; with EventBridge on, the bucket publishes to the default bus."""
    graph = stack(
        Scans=(
            BUCKET,
            {
                "NotificationConfiguration": {
                    "QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": arn("Q")}],
                    "LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": arn("F")}],
                    "TopicConfigurations": [{"Event": "s3:ObjectRemoved:*", "Topic": ref("T")}],
                    "EventBridgeConfiguration": {},
                }
            },
        ),
        Q=(QUEUE, {}),
        F=(FUNCTION, {}),
        T=(TOPIC, {}),
    )

    assert edges(graph) == {"Scans -> Q: deliver", "Scans -> F: deliver", "Scans -> T: deliver", "Scans -> default: publish"}


@pytest.mark.parametrize(
    ("configuration", "on"),
    [({}, True), ({"EventBridgeEnabled": True}, True), ({"EventBridgeEnabled": "false"}, False), ({"EventBridgeEnabled": False}, False)],
)
def test_eventbridge_is_on_unless_it_says_off(configuration: dict[str, object], on: bool) -> None:
    """An empty EventBridge configuration is on."""
    graph = stack(Scans=(BUCKET, {"NotificationConfiguration": {"EventBridgeConfiguration": configuration}}))

    assert ("Scans -> default: publish" in edges(graph)) is on


def test_the_cdks_notifications() -> None:
    """The CDK's custom resource speaks the language of S3's API."""
    graph = stack(
        Scans=(BUCKET, {}),
        N=(
            "Custom::S3BucketNotifications",
            {
                "BucketName": ref("Scans"),
                "NotificationConfiguration": {
                    "LambdaFunctionConfigurations": [{"Events": ["s3:ObjectCreated:*"], "LambdaFunctionArn": arn("F")}]
                },
            },
        ),
        F=(FUNCTION, {}),
    )

    assert edges(graph) == {"Scans -> F: deliver"}


def test_delivery_streams_read_write_and_transform() -> None:
    """A delivery stream polls its source, writes to its bucket and waits for its function."""
    graph = stack(
        Archive=(
            "AWS::KinesisFirehose::DeliveryStream",
            {
                "KinesisStreamSourceConfiguration": {"KinesisStreamARN": arn("Clicks")},
                "ExtendedS3DestinationConfiguration": {
                    "BucketARN": arn("Kept"),
                    "ProcessingConfiguration": {
                        "Processors": [{"Type": "Lambda", "Parameters": [{"ParameterName": "LambdaArn", "ParameterValue": arn("F")}]}]
                    },
                },
            },
        ),
        Clicks=("AWS::Kinesis::Stream", {}),
        Kept=(BUCKET, {}),
        F=(FUNCTION, {}),
    )

    assert edges(graph) == {"Clicks -> Archive: poll", "Archive -> Kept: deliver", "Archive -> F: invoke"}


def test_iot_rules_deliver_and_keep_what_failed() -> None:
    """Each action is a delivery; an error action to a queue is a dead-letter route."""
    graph = stack(
        R=(
            "AWS::IoT::TopicRule",
            {
                "TopicRulePayload": {
                    "Sql": "SELECT * FROM 'x'",
                    "Actions": [{"Sns": {"TargetArn": ref("T")}}, {"Sqs": {"QueueUrl": ref("Q")}}, {"Kinesis": {"StreamName": ref("S")}}],
                    "ErrorAction": {"Sqs": {"QueueUrl": ref("Lost")}},
                }
            },
        ),
        T=(TOPIC, {}),
        Q=(QUEUE, {}),
        S=("AWS::Kinesis::Stream", {}),
        Lost=(QUEUE, {}),
    )

    assert edges(graph) == {"R -> T: deliver", "R -> Q: deliver", "R -> S: deliver", "R -> Lost: dead-letter"}


def test_alarms_tell_topics_and_not_scaling_policies() -> None:
    """An alarm publishes to the topics of all its actions; a scaling policy is no event's place."""
    graph = stack(
        Behind=("AWS::CloudWatch::Alarm", {"AlarmActions": [ref("T"), ref("P")], "OKActions": [ref("T")]}),
        T=(TOPIC, {}),
        P=("AWS::ApplicationAutoScaling::ScalingPolicy", {}),
    )

    assert edges(graph) == {"Behind -> T: publish"}
    assert len([e for e in graph.edges if e.kind == "publish"]) == 2


def test_log_filters_push_from_something_outside() -> None:
    """A log group is no node: what its filter lets through comes from something outside."""
    graph = stack(
        Errors=("AWS::Logs::SubscriptionFilter", {"LogGroupName": ref("G"), "DestinationArn": arn("F"), "FilterPattern": "ERROR"}),
        G=("AWS::Logs::LogGroup", {}),
        F=(FUNCTION, {}),
    )

    assert edges(graph) == {"G -> F: deliver"}
    assert {n.kind for n in graph.nodes.values()} == {"function", "external"}


def test_mail_rules_call_functions_and_topics() -> None:
    """SES calls a function without waiting unless it asks for the answer."""
    graph = stack(
        Mail=(
            "AWS::SES::ReceiptRule",
            {
                "Rule": {
                    "Actions": [
                        {"LambdaAction": {"FunctionArn": arn("F")}},
                        {"LambdaAction": {"FunctionArn": arn("G"), "InvocationType": "RequestResponse"}},
                        {"SNSAction": {"TopicArn": ref("T")}},
                    ]
                }
            },
        ),
        F=(FUNCTION, {}),
        G=(FUNCTION, {}),
        T=(TOPIC, {}),
    )

    assert edges(graph) == {"aws.ses -> F: deliver", "aws.ses -> G: invoke", "aws.ses -> T: publish"}


@pytest.mark.parametrize(
    ("type", "properties", "edge"),
    [
        ("AWS::RDS::EventSubscription", {"SnsTopicArn": ref("T")}, "aws.rds -> T: publish"),
        ("AWS::AutoScaling::AutoScalingGroup", {"NotificationConfigurations": [{"TopicARN": ref("T")}]}, "aws.autoscaling -> T: publish"),
        ("AWS::AutoScaling::LifecycleHook", {"NotificationTargetARN": arn("Q")}, "aws.autoscaling -> Q: publish"),
        ("AWS::CloudTrail::Trail", {"SnsTopicName": "told"}, "aws.cloudtrail -> T: publish"),
        (
            "AWS::Budgets::Budget",
            {"NotificationsWithSubscribers": [{"Subscribers": [{"SubscriptionType": "SNS", "Address": ref("T")}]}]},
            "aws.budgets -> T: publish",
        ),
        ("AWS::Config::ConfigRule", {"Source": {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": arn("F")}}, "aws.config -> F: deliver"),
        ("AWS::Chatbot::SlackChannelConfiguration", {"SnsTopicArns": [ref("T")]}, "T -> chat channel X: deliver"),
        (
            "AWS::KinesisAnalytics::Application",
            {"Inputs": [{"KinesisStreamsInput": {"ResourceARN": arn("S")}}]},
            "S -> application X: poll",
        ),
        ("AWS::Glue::Crawler", {"Targets": {"S3Targets": [{"Path": "s3://b", "EventQueueArn": arn("Q")}]}}, "Q -> crawler X: poll"),
    ],
)
def test_services_that_only_tell_or_read(type: str, properties: dict[str, object], edge: str) -> None:
    """A resource that is no node may still publish to a topic or read a queue: it stands outside."""
    told = (TOPIC, {"TopicName": "told"})

    assert edge in edges(stack(X=(type, properties), T=told, Q=(QUEUE, {}), F=(FUNCTION, {}), S=("AWS::Kinesis::Stream", {})))


@pytest.mark.parametrize(
    ("type", "properties"),
    [
        ("AWS::CodeStarNotifications::NotificationRule", {"Targets": [{"TargetAddress": []}, "x"]}),
        ("AWS::Config::ConfigRule", {"Source": {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING"}}),
        (BUCKET, {"NotificationConfiguration": ["x"]}),
        (BUCKET, {"NotificationConfiguration": {"QueueConfigurations": "x", "LambdaConfigurations": [1, None, {}]}}),
        ("AWS::IoT::TopicRule", {"TopicRulePayload": {"Actions": {"Sns": []}, "ErrorAction": "x"}}),
        ("AWS::CloudWatch::Alarm", {"AlarmActions": {"a": 1}, "Metrics": "x"}),
        (
            "AWS::KinesisFirehose::DeliveryStream",
            {"S3DestinationConfiguration": "x", "ExtendedS3DestinationConfiguration": [{"BucketARN": {}}]},
        ),
        ("AWS::Events::Rule", {"EventPattern": [], "Targets": {"Id": []}}),
        ("AWS::Events::EventBusPolicy", {"Condition": "x", "Statement": 3}),
        ("AWS::SNS::Topic", {"Subscription": [{"Protocol": {}, "Endpoint": []}, "x"]}),
        ("AWS::SNS::Subscription", {"TopicArn": ["x"], "Protocol": 5, "Endpoint": {}}),
        ("AWS::Pipes::Pipe", {"Source": {}, "SourceParameters": "x", "TargetParameters": [], "Target": 7}),
        ("AWS::Scheduler::Schedule", {"Target": [{"Arn": {}, "Input": 5}]}),
        ("AWS::DynamoDB::Table", {"KinesisStreamSpecification": []}),
        ("AWS::SES::ReceiptRule", {"Rule": {"Actions": {"LambdaAction": "x"}}}),
        ("AWS::SQS::QueuePolicy", {"Queues": {"a": 1}, "PolicyDocument": "x"}),
        ("AWS::SNS::TopicPolicy", {"Topics": 5, "PolicyDocument": []}),
        ("AWS::Logs::SubscriptionFilter", {"LogGroupName": {}, "DestinationArn": []}),
        ("AWS::EventsV2::Subscriber", {"InvokeConfiguration": "x", "EventBusArn": {}}),
    ],
)
def test_any_shape_is_survived(type: str, properties: dict[str, object]) -> None:
    """Whatever stands where a map, list or text belongs, there is a graph."""
    assert stack(X=(type, properties)) is not None
