"""SAM templates made from a seed: every sort of event with its properties, on functions and state machines of many shapes."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

COUNT = 1000
ARN = "arn:aws:sqs:eu-west-1:111122223333:"
RESOURCES: dict[str, Any] = {
    "Queue": {"Type": "AWS::SQS::Queue"},
    "Lost": {"Type": "AWS::SQS::Queue"},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}},
    "Bucket": {"Type": "AWS::S3::Bucket"},
    "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "bus"}},
    "Users": {"Type": "AWS::Cognito::UserPool"},
    "Http": {"Type": "AWS::Serverless::HttpApi"},
    "Rest": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "live"}},
}
CONDITIONS = {"Busy": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}, "Idle": {"Fn::Not": [{"Condition": "Busy"}]}}


def get(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def ref(name: str) -> dict[str, Any]:
    return {"Ref": name}


def templates(seed: int = 40, count: int = COUNT) -> list[dict[str, Any]]:
    """The first templates of a fixed sequence."""
    return [Maker(random.Random(seed * 10_000 + number)).template() for number in range(count)]


def digest(summary: Any) -> str:
    """Of a summary of resources (sam_comparison.summary), so that equal ones are told apart from others in few letters."""
    return hashlib.sha256(json.dumps(summary, sort_keys=True).encode()).hexdigest()[:10]


class Maker:
    """Makes one template."""

    def __init__(self, rng: random.Random) -> None:
        self.random = rng

    def pick(self, *options: Any) -> Any:
        return options[int(self.random.random() * len(options))]

    def some(self, share: float = 0.3, **properties: Any) -> dict[str, Any]:
        """A few of the properties; values that can be called are made when they are needed."""
        return {name: value() if callable(value) else value for name, value in properties.items() if self.random.random() < share}

    def template(self) -> dict[str, Any]:
        resources = json.loads(json.dumps(RESOURCES))
        for name in ("Worker", "Other")[: 1 + int(self.random.random() * 2)]:
            resources[name] = self.function()
        if self.random.random() < 0.4:
            resources["Flow"] = self.machine()
        found: dict[str, Any] = {"Transform": "AWS::Serverless-2016-10-31", "Conditions": CONDITIONS, "Resources": resources}
        if self.random.random() < 0.4:
            given = self.some(
                Timeout=9, MemorySize=256, Environment={"Variables": {"A": "b"}}, AutoPublishAlias="live", Layers=["l"], Tracing="Active"
            )
            found["Globals"] = {"Function": {"Runtime": "python3.12", "Handler": "a.b", **given}}
        return found

    def function(self) -> dict[str, Any]:
        properties: dict[str, Any] = {"Handler": "a.b", "Runtime": "python3.12", "CodeUri": "s3://b/k"}
        properties |= self.some(
            0.2,
            AutoPublishAlias=lambda: self.pick("live", "v_1"),
            DeadLetterQueue=lambda: {"Type": self.pick("SQS", "SNS"), "TargetArn": get("Lost")},
            EventInvokeConfig=self.invoke_config,
            Role=lambda: self.pick("arn:aws:iam::111122223333:role/r", {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/r"}),
            Policies=self.policies,
            Tracing="Active",
            PermissionsBoundary="arn:aws:iam::111122223333:policy/p",
            RolePath="/p/",
            VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            Environment={"Variables": {"QUEUE": ref("Queue")}},
            FunctionUrlConfig=lambda: {"AuthType": self.pick("NONE", "AWS_IAM")},
            ReservedConcurrentExecutions=5,
            FunctionName=lambda: self.pick("worker", {"Fn::Sub": "${AWS::StackName}-worker"}),
        )
        if "AutoPublishAlias" in properties and self.random.random() < 0.2:
            properties["ProvisionedConcurrencyConfig"] = {"ProvisionedConcurrentExecutions": 2}
        events = {f"Event{n}": self.event(FUNCTION_EVENTS) for n in range(int(self.random.random() * 4))}
        return self.conditional(
            {"Type": "AWS::Serverless::Function", "Properties": {**properties, **({"Events": events} if events else {})}}
        )

    def machine(self) -> dict[str, Any]:
        definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
        properties: dict[str, Any] = {"Definition": definition}
        properties |= self.some(
            Type=lambda: self.pick("STANDARD", "EXPRESS"),
            Policies=self.policies,
            Role="arn:aws:iam::111122223333:role/r",
            Name="flow",
            Tracing={"Enabled": True},
            PermissionsBoundary="arn:aws:iam::111122223333:policy/p",
        )
        events = {f"Event{n}": self.event(MACHINE_EVENTS) for n in range(int(self.random.random() * 4))}
        made = {"Type": "AWS::Serverless::StateMachine", "Properties": {**properties, **({"Events": events} if events else {})}}
        return self.conditional(made)

    def conditional(self, resource: dict[str, Any]) -> dict[str, Any]:
        return {**resource, **self.some(0.2, Condition=lambda: self.pick("Busy", "Idle"), DependsOn="Queue")}

    def policies(self) -> Any:
        one = (
            "AWSLambdaBasicExecutionRole",
            {"SQSSendMessagePolicy": {"QueueName": {"Fn::GetAtt": ["Queue", "QueueName"]}}},
            {"SNSPublishMessagePolicy": {"TopicName": {"Fn::GetAtt": ["Topic", "TopicName"]}}},
            {"EventBridgePutEventsPolicy": {"EventBusName": ref("Bus")}},
            {"LambdaInvokePolicy": {"FunctionName": ref("Worker")}},
            {"S3ReadPolicy": {"BucketName": "name"}},
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": get("Queue")}]},
            {"Statement": {"Effect": "Allow", "Action": ["sns:Publish"], "Resource": "*"}},
            "arn:aws:iam::aws:policy/AmazonSQSFullAccess",
        )
        if self.random.random() < 0.3:
            return self.pick(*one)
        return [self.pick(*one) for _ in range(1 + int(self.random.random() * 3))]

    def invoke_config(self) -> dict[str, Any]:
        made = self.some(
            0.5,
            MaximumRetryAttempts=lambda: self.pick(0, 1),
            MaximumEventAgeInSeconds=60,
            DestinationConfig=lambda: self.destinations("OnSuccess"),
        )
        return made or {"MaximumRetryAttempts": 2}

    def destinations(self, *more: str) -> dict[str, Any]:
        kind = self.pick("SQS", "SNS", "EventBridge", "Lambda")
        written = {"SQS": get("Lost"), "SNS": ref("Topic"), "EventBridge": get("Bus"), "Lambda": get("Worker")}[kind]
        given = {"Type": kind, "Destination": written}
        if kind in ("SQS", "SNS") and self.random.random() < 0.3:
            del given["Destination"]
        return {self.pick("OnFailure", *more): given}

    def event(self, kinds: dict[str, Callable[[Maker], dict[str, Any]]]) -> dict[str, Any]:
        kind = self.pick(*kinds)
        return {"Type": kind, "Properties": kinds[kind](self)}

    # the properties of each sort of event

    def filters(self) -> dict[str, Any]:
        return {"Filters": [{"Pattern": '{"body":{"a":[1]}}'}]}

    def sqs(self) -> dict[str, Any]:
        return {"Queue": self.pick(get("Queue"), ARN + "orders")} | self.some(
            BatchSize=5,
            Enabled=lambda: self.pick(True, False),
            MaximumBatchingWindowInSeconds=20,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": 4},
            FilterCriteria=self.filters,
            KmsKeyArn="arn:aws:kms:eu-west-1:111122223333:key/k",
            MetricsConfig={"Metrics": ["EventCount"]},
        )

    def stream(self) -> dict[str, Any]:
        made = {"Stream": self.pick(get("Stream"), {"Fn::Sub": "arn:aws:kinesis:${AWS::Region}:1:stream/s"}), "StartingPosition": "LATEST"}
        return made | self.some(
            BatchSize=50,
            BisectBatchOnFunctionError=True,
            MaximumRetryAttempts=3,
            MaximumRecordAgeInSeconds=60,
            ParallelizationFactor=2,
            TumblingWindowInSeconds=10,
            DestinationConfig=lambda: {"OnFailure": self.pick({"Type": "SQS", "Destination": get("Lost")}, {"Destination": ref("Topic")})},
            Enabled=False,
            FilterCriteria=self.filters,
        )

    def table(self) -> dict[str, Any]:
        return {**self.stream(), "Stream": "arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/x"}

    def kafka(self) -> dict[str, Any]:
        made = {"Stream": "arn:aws:kafka:eu-west-1:111122223333:cluster/c/1", "Topics": ["orders"], "StartingPosition": "TRIM_HORIZON"}
        return made | self.some(ConsumerGroupId="mine", BatchSize=9, FilterCriteria=self.filters, Enabled=True)

    def broker(self) -> dict[str, Any]:
        secret = {"Type": "BASIC_AUTH", "URI": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:s"}
        made = {"Broker": "arn:aws:mq:eu-west-1:111122223333:broker:b", "Queues": ["orders"], "SourceAccessConfigurations": [secret]}
        return made | self.some(BatchSize=9, FilterCriteria=self.filters, DynamicPolicyName=True)

    def topic(self) -> dict[str, Any]:
        own = {"QueueArn": get("Queue"), "QueueUrl": ref("Queue"), "BatchSize": 7}
        return {"Topic": self.pick(ref("Topic"), "arn:aws:sns:eu-west-1:111122223333:t")} | self.some(
            FilterPolicy={"kind": ["new"]},
            FilterPolicyScope="MessageBody",
            RedrivePolicy=lambda: {"deadLetterTargetArn": get("Lost")},
            SqsSubscription=lambda: self.pick(True, False, own),
            Region="us-east-1",
        )

    def bucket(self) -> dict[str, Any]:
        made = {"Bucket": ref("Bucket"), "Events": self.pick("s3:ObjectCreated:*", ["s3:ObjectCreated:Put", "s3:ObjectRemoved:*"])}
        return made | self.some(Filter={"S3Key": {"Rules": [{"Name": "suffix", "Value": ".jpg"}]}})

    def route(self) -> dict[str, Any]:
        made = {"Path": self.pick("/orders", "/orders/{id}", "/"), "Method": self.pick("get", "POST", "any")}
        return made | self.some(RestApiId=ref("Rest"), Auth=lambda: {"Authorizer": "AWS_IAM"})

    def http_route(self) -> dict[str, Any]:
        if self.random.random() < 0.15:
            return self.some(ApiId=ref("Http"))
        made = {"Path": self.pick("/orders", "/orders/{id}", "$default"), "Method": self.pick("get", "POST", "any")}
        return made | self.some(ApiId=ref("Http"), PayloadFormatVersion="1.0", TimeoutInMillis=5000)

    def dead_letters(self) -> dict[str, Any]:
        return dict(
            self.pick({"Type": "SQS"}, {"Arn": get("Lost")}, {"Type": "SQS", "QueueLogicalId": f"Lost{int(self.random.random() * 1000)}"})
        )

    def schedule(self) -> dict[str, Any]:
        return {"Schedule": self.pick("rate(1 hour)", "cron(0 1 * * ? *)")} | self.some(
            Name="nightly",
            Description="d",
            Input='{"a":1}',
            DeadLetterConfig=self.dead_letters,
            RetryPolicy={"MaximumRetryAttempts": 2},
            **self.pick({"Enabled": False}, {"Enabled": True}, {"State": "DISABLED"}),
        )

    def schedule2(self) -> dict[str, Any]:
        return {"ScheduleExpression": "rate(1 hour)"} | self.some(
            ScheduleExpressionTimezone="Europe/Vienna",
            GroupName="g",
            State="DISABLED",
            Input="{}",
            DeadLetterConfig=self.dead_letters,
            RetryPolicy={"MaximumRetryAttempts": 1},
            FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
            OmitName=True,
            RoleArn="arn:aws:iam::111122223333:role/r",
            PermissionsBoundary="arn:aws:iam::111122223333:policy/p",
            KmsKeyArn="arn:aws:kms:eu-west-1:111122223333:key/k",
            StartDate="2030-01-01T00:00:00Z",
        )

    def rule(self) -> dict[str, Any]:
        return {"Pattern": self.pick({"source": ["orders"]}, {"source": ["aws.s3"], "detail": {"a": [1]}})} | self.some(
            EventBusName=lambda: self.pick(ref("Bus"), "bus", "default"),
            InputPath="$.detail",
            DeadLetterConfig=self.dead_letters,
            RetryPolicy={"MaximumEventAgeInSeconds": 300},
            State=lambda: self.pick("ENABLED", "DISABLED"),
            Target={"Id": "mine"},
            RuleName="ordered",
        )

    def machine_route(self) -> dict[str, Any]:
        made = {"Path": self.pick("/run", "/run/{id}"), "Method": self.pick("post", "put")}
        return made | self.some(RestApiId=ref("Rest"), UnescapeMappingTemplate=True)


FUNCTION_EVENTS: dict[str, Callable[[Maker], dict[str, Any]]] = {
    "SQS": Maker.sqs, "Kinesis": Maker.stream, "DynamoDB": Maker.table, "MSK": Maker.kafka, "MQ": Maker.broker, "SNS": Maker.topic,
    "S3": Maker.bucket, "Api": Maker.route, "HttpApi": Maker.http_route, "Schedule": Maker.schedule, "ScheduleV2": Maker.schedule2,
    "EventBridgeRule": Maker.rule, "CloudWatchEvent": Maker.rule,
    "CloudWatchLogs": lambda _: {"LogGroupName": "/a/b", "FilterPattern": "ERROR"},
    "IoTRule": lambda m: {"Sql": "SELECT * FROM 'a'", **m.some(AwsIotSqlVersion="2016-03-23")},
    "Cognito": lambda m: {"UserPool": ref("Users"), "Trigger": m.pick("PreSignUp", ["PostConfirmation", "PreAuthentication"])},
    "AlexaSkill": lambda m: m.some(SkillId="skill"),
}  # fmt: skip
MACHINE_EVENTS: dict[str, Callable[[Maker], dict[str, Any]]] = {
    "Schedule": Maker.schedule, "ScheduleV2": Maker.schedule2, "EventBridgeRule": Maker.rule, "CloudWatchEvent": Maker.rule, "Api": Maker.machine_route,
}  # fmt: skip
