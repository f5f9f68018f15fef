"""Whether senders are let in: policies, permissions and keys of graphs made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.view import View
from edalint.model.graph import Edge, EventGraph
from edalint.model.values import OneOf, Unknown
from tests.building import arn, graph_of, ref, stack, text, unit

REGION, ACCOUNT = Unknown("AWS::Region", excludes=":/"), Unknown("AWS::AccountId", excludes=":/")
PARTITION = Unknown("AWS::Partition", excludes=":/")


def edge(graph: EventGraph, kind: str, source: str, target: str) -> Edge:
    return next(e for e in graph.edges if e.kind == kind and e.source.address == source and e.target.address == target)


def ask(graph: EventGraph, fact: str, kind: str = "deliver", source: str = "R", target: str = "Q") -> Any:
    return View(graph).fact(edge(graph, kind, source, target), fact)


RULE = ("AWS::Events::Rule", {"EventPattern": {"source": ["x"]}, "EventBusName": ref("B"), "Targets": [{"Id": "q", "Arn": arn("Q")}]})
BUS = ("AWS::Events::EventBus", {"Name": "shop"})
QUEUE: Any = ("AWS::SQS::Queue", {})


def policy(*queues: Any, **statement: Any) -> Any:
    body = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*", **statement}
    return ("AWS::SQS::QueuePolicy", {"Queues": list(queues or [ref("Q")]), "PolicyDocument": {"Statement": [body]}})


def source(value: Any, operator: str = "ArnEquals") -> Any:
    return {operator: {"aws:SourceArn": value}}


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        ({}, True),
        ({"Condition": source(arn("R"))}, True),
        ({"Condition": source(text("arn:", PARTITION, ":events:", REGION, ":", ACCOUNT, ":rule/", ref("B"), "/*"))}, True),
        ({"Condition": source(text("arn:aws:events:", REGION, ":", ACCOUNT, ":rule/", ref("R")))}, False),
        ({"Condition": source(text("arn:aws:events:", REGION, ":", ACCOUNT, ":rule/other-bus/*"), "ArnLike")}, False),
        ({"Condition": source("arn:aws:events:*:*:rule/*", "ArnLike")}, True),
        ({"Condition": source("arn:aws:events:*:*:rule/*", "StringEquals")}, False),
        ({"Condition": source(Unknown("Parameters.Source"))}, None),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}, None),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceOwner": ACCOUNT}}}, False),
        ({"Resource": arn("Other")}, False),
        ({"Resource": arn("Q")}, True),
        ({"Effect": "Deny"}, False),
    ],
)
def test_a_queue_lets_a_rule_of_a_custom_bus_in(statement: dict[str, Any], answer: bool | None) -> None:
    """Principal, resource and source have to fit; the rule's ARN holds its bus."""
    graph = stack(B=BUS, R=RULE, Q=QUEUE, Other=QUEUE, P=policy(**statement))
    got = ask(graph, "policy_admits")
    assert isinstance(got, Unknown) if answer is None else got is answer
    assert (ask(graph, "refusal") is not None) is (answer is False)


def test_without_a_policy_nobody_comes_in() -> None:
    graph = stack(B=BUS, R=RULE, Q=QUEUE)
    assert ask(graph, "policy_admits") is False
    assert ask(graph, "refusal") == "it has no queue policy"
    assert ask(graph, "sending_service") == "events.amazonaws.com"


def test_what_may_have_a_policy_that_is_not_seen_is_not_refused() -> None:
    """A policy for a queue that is not known, and code that is handed the queue, may let the rule in."""
    strays = [
        policy(Unknown("", "known after apply")),
        ("Custom::Policy", {"ServiceToken": "arn:aws:lambda:eu-west-1:1:function:f", "Queue": ref("Q")}),
        ("AWS::CloudFormation::Stack", {"TemplateURL": "https://example.com/t.yaml", "Parameters": {"Queue": ref("Q")}}),
    ]
    for stray in strays:
        assert isinstance(ask(stack(B=BUS, R=RULE, Q=QUEUE, P=stray), "policy_admits"), Unknown)
    harmless = ("Custom::LogRetention", {"ServiceToken": arn("Q"), "LogGroupName": ref("Q")})
    assert ask(stack(B=BUS, R=RULE, Q=QUEUE, P=harmless), "policy_admits") is False
    outside = policy(Unknown("Parameters.Queue", outside=True))
    assert ask(stack(B=BUS, R=RULE, Q=QUEUE, P=outside), "policy_admits") is False


def test_of_two_policies_the_last_wins_so_they_have_to_agree() -> None:
    two = stack(B=BUS, R=RULE, Q=QUEUE, P=policy(), S=policy(Principal={"Service": "sns.amazonaws.com"}))
    assert isinstance(ask(two, "policy_admits"), Unknown)
    assert ask(stack(B=BUS, R=RULE, Q=QUEUE, P=policy(), S=policy()), "policy_admits") is True


def test_a_policy_in_another_template_counts() -> None:
    """Names join the templates of a run."""
    own = unit("t.yaml", B=BUS, R=RULE, Q=("AWS::SQS::Queue", {"QueueName": "orders"}))
    other = unit("p.yaml", P=policy(text("https://sqs.", REGION, ".amazonaws.com/", ACCOUNT, "/orders")))
    assert ask(graph_of(own, other), "policy_admits") is True


def test_a_role_asks_no_policy() -> None:
    """A target with a role, Scheduler, and an IoT rule come as a role of the account."""
    with_role = ("AWS::Events::Rule", {"Targets": [{"Id": "q", "Arn": arn("Q"), "RoleArn": Unknown("Parameters.Role", outside=True)}]})
    schedule = ("AWS::Scheduler::Schedule", {"Target": {"Arn": arn("Q"), "RoleArn": "arn:aws:iam::1:role/r"}})
    iot = ("AWS::IoT::TopicRule", {"TopicRulePayload": {"Actions": [{"Sqs": {"QueueUrl": ref("Q"), "RoleArn": "arn:aws:iam::1:role/r"}}]}})
    for sender in (with_role, schedule, iot):
        graph = stack(R=sender, Q=("AWS::SQS::Queue", {"KmsMasterKeyId": "alias/aws/sqs"}))
        assert ask(graph, "policy_admits") is None
        assert ask(graph, "key_admits") is None


FUNCTION: Any = ("AWS::Lambda::Function", {})
BUCKET = (
    "AWS::S3::Bucket",
    {"NotificationConfiguration": {"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": arn("F")}]}},
)


@pytest.mark.parametrize(
    ("permission", "answer"),
    [
        ({"Principal": "s3.amazonaws.com"}, True),
        ({"Principal": "s3.amazonaws.com", "SourceAccount": ACCOUNT}, True),
        ({"Principal": "s3.amazonaws.com", "SourceArn": arn("Bucket")}, True),
        ({"Principal": "s3.amazonaws.com", "SourceArn": text("arn:aws:s3:::", ref("Other"))}, False),
        ({"Principal": "s3.amazonaws.com", "Action": "lambda:GetFunction"}, False),
        ({"Principal": "s3.amazonaws.com", "Action": "lambda:*"}, True),
        ({"Principal": "events.amazonaws.com"}, False),
        ({"Principal": "*"}, True),
        ({"Principal": "*", "InvokedViaFunctionUrl": True}, False),
        ({"Principal": "*", "InvokedViaFunctionUrl": "true"}, False),
        ({"Principal": "*", "InvokedViaFunctionUrl": Unknown("Parameters.Url")}, None),
        ({"Principal": "*", "Action": "lambda:InvokeFunctionUrl"}, False),
        ({"Principal": "*", "PrincipalOrgID": "o-1234"}, False),
        ({"Principal": Unknown("Parameters.Service")}, None),
        ({"Principal": "s3.amazonaws.com", "SourceArn": Unknown("Parameters.Bucket")}, None),
        ({"Principal": "s3.amazonaws.com", "Qualifier": "live"}, False),
        ({"Principal": "s3.amazonaws.com", "Qualifier": "$LATEST"}, True),
    ],
)
def test_a_function_lets_a_bucket_in(permission: dict[str, Any], answer: bool | None) -> None:
    """Principal, action, source and qualifier of one permission have to fit together."""
    made = {"FunctionName": ref("F"), "Action": "lambda:InvokeFunction", **permission}
    graph = stack(Bucket=BUCKET, Other=("AWS::S3::Bucket", {}), F=FUNCTION, P=("AWS::Lambda::Permission", made))
    got = ask(graph, "policy_admits", "deliver", "Bucket", "F")
    assert isinstance(got, Unknown) if answer is None else got is answer


def test_an_alias_needs_a_permission_of_its_own() -> None:
    alias = ("AWS::Lambda::Alias", {"FunctionName": ref("F"), "Name": "live"})
    topic = ("AWS::SNS::Topic", {"Subscription": [{"Protocol": "lambda", "Endpoint": ref("Live")}]})
    for named, answer in ((ref("F"), False), (ref("Live"), True), (text(arn("F"), ":live"), True)):
        permission = (
            "AWS::Lambda::Permission",
            {"FunctionName": named, "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com"},
        )
        graph = stack(T=topic, F=FUNCTION, Live=alias, P=permission)
        assert ask(graph, "policy_admits", "deliver", "T", "F") is answer


def test_an_alias_that_a_stage_variable_names_may_be_any() -> None:
    """A permission on one alias may be the right one."""
    called = text(arn("F"), ":${stageVariables.alias}")
    topic = ("AWS::SNS::Topic", {"Subscription": [{"Protocol": "lambda", "Endpoint": called}]})
    permission = {"FunctionName": ref("F"), "Qualifier": "live", "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com"}
    assert isinstance(
        ask(stack(T=topic, F=FUNCTION, P=("AWS::Lambda::Permission", permission)), "policy_admits", "deliver", "T", "F"), Unknown
    )


def key(*statements: Any) -> Any:
    return ("AWS::KMS::Key", {"KeyPolicy": {"Statement": list(statements)}})


ROOT = {"Effect": "Allow", "Principal": {"AWS": text("arn:aws:iam::", ACCOUNT, ":root")}, "Action": "kms:*", "Resource": "*"}
SERVICE = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
    "Resource": "*",
}


@pytest.mark.parametrize(
    ("properties", "resources", "answer"),
    [
        ({}, {}, None),
        ({"SqsManagedSseEnabled": True}, {}, None),
        ({"KmsMasterKeyId": ""}, {}, None),
        ({"KmsMasterKeyId": "alias/aws/sqs"}, {}, False),
        ({"KmsMasterKeyId": text("arn:aws:kms:", REGION, ":", ACCOUNT, ":alias/aws/sqs")}, {}, False),
        ({"KmsMasterKeyId": ref("K")}, {"K": key(ROOT)}, False),
        ({"KmsMasterKeyId": arn("K")}, {"K": key(ROOT, SERVICE)}, True),
        ({"KmsMasterKeyId": ref("K")}, {"K": key({**SERVICE, "Action": "kms:Decrypt"})}, False),
        ({"KmsMasterKeyId": ref("K")}, {"K": ("AWS::KMS::Key", {})}, False),
        ({"KmsMasterKeyId": ref("K")}, {"K": ("AWS::KMS::Key", {"KeyPolicy": Unknown("", "imported")})}, Unknown),
        (
            {"KmsMasterKeyId": "alias/k"},
            {"K": key(ROOT), "A": ("AWS::KMS::Alias", {"AliasName": "alias/k", "TargetKeyId": ref("K")})},
            False,
        ),
        (
            {"KmsMasterKeyId": ref("A")},
            {"K": key(SERVICE), "A": ("AWS::KMS::Alias", {"AliasName": "alias/k", "TargetKeyId": ref("K")})},
            True,
        ),
        ({"KmsMasterKeyId": Unknown("Parameters.Key", outside=True)}, {}, Unknown),
    ],
)
def test_a_key_lets_a_service_use_it(properties: dict[str, Any], resources: dict[str, Any], answer: Any) -> None:
    """AWS's own keys let no service in, keys of the run what their policies say, no key asks nobody."""
    subscription = ("AWS::SNS::Subscription", {"TopicArn": ref("T"), "Protocol": "sqs", "Endpoint": arn("Q")})
    graph = stack(T=("AWS::SNS::Topic", {}), S=subscription, Q=("AWS::SQS::Queue", properties), **resources)
    got = ask(graph, "key_admits", "deliver", "T", "Q")
    assert isinstance(got, Unknown) if answer is Unknown else got is answer


def test_alternatives_are_decided_one_by_one() -> None:
    """A principal that hangs on a choice is asked in each alternative."""
    from edalint.model.conditions import Choice, Undecided, is_one_of, negation

    choice = Choice("t#Stage", "Stage", ("dev", "production"))
    production = is_one_of(choice, ["production"])
    principal = OneOf(((production, "events.amazonaws.com"), (negation(production), "sns.amazonaws.com")))
    graph = stack(B=BUS, R=RULE, Q=QUEUE, P=policy(Principal={"Service": principal}))
    asked = edge(graph, "deliver", "R", "Q")
    with pytest.raises(Undecided):
        View(graph).fact(asked, "policy_admits")
    assert View(graph).decide(choice, "production").fact(asked, "policy_admits") is True
    assert View(graph).decide(choice, "dev").fact(asked, "policy_admits") is False


@pytest.mark.parametrize(
    ("source_arn", "answer"),
    [
        (("/*/*/*",), True),
        (("/*/GET/orders/*",), True),
        (("/prod/GET/orders/*",), None),
        (("/*/POST/payments",), None),
        (("/*",), True),
    ],
)
@pytest.mark.parametrize("account", [ACCOUNT, "111122223333"])
def test_a_function_lets_a_method_of_an_api_in(source_arn: tuple[str, ...], answer: bool | None, account: Any) -> None:
    """The stage is not known, the method and path are; another API is refused, another path of this one is not judged."""
    uri = text("arn:aws:apigateway:", REGION, ":lambda:path/2015-03-31/functions/", arn("F"), "/invocations")
    method = {"RestApiId": ref("Api"), "ResourceId": ref("Item"), "HttpMethod": "GET", "Integration": {"Type": "AWS_PROXY", "Uri": uri}}
    for api, expected in (("Api", answer), ("Other", False)):
        permission = {
            "FunctionName": ref("F"),
            "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": text("arn:aws:execute-api:", REGION, ":", account, ":", ref(api), *source_arn),
        }
        made = unit(
            "t.yaml",
            Api=("AWS::ApiGateway::RestApi", {}),
            Other=("AWS::ApiGateway::RestApi", {}),
            Orders=("AWS::ApiGateway::Resource", {"RestApiId": ref("Api"), "ParentId": ref("Api", "RootResourceId"), "PathPart": "orders"}),
            Item=("AWS::ApiGateway::Resource", {"RestApiId": ref("Api"), "ParentId": ref("Orders"), "PathPart": "{id}"}),
            M=("AWS::ApiGateway::Method", method),
            F=FUNCTION,
            P=("AWS::Lambda::Permission", permission),
        )
        made.account = account
        got = ask(graph_of(made), "policy_admits", "invoke", "Api", "F")
        assert isinstance(got, Unknown) if expected is None else got is expected
