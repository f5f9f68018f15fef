"""Edges that only permissions and environment variables show."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.inference import infer
from edalint.model.graph import EventGraph
from edalint.model.values import Unknown
from tests.building import arn, ref, stack, text

QUEUE: tuple[str, dict[str, object]] = ("AWS::SQS::Queue", {})
TRUST: dict[str, Any] = {}


def role(*statements: dict[str, Any], **more: Any) -> tuple[str, dict[str, Any]]:
    """A role with one inline policy."""
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [{"Effect": "Allow", **s} for s in statements]}}
    return ("AWS::IAM::Role", {"Policies": [policy], **more})


def function(**more: Any) -> tuple[str, dict[str, Any]]:
    """A function with the role R."""
    return ("AWS::Lambda::Function", {"Role": arn("R"), **more})


def variables(**values: Any) -> dict[str, Any]:
    """An environment."""
    return {"Environment": {"Variables": values}}


def service(**environment: Any) -> dict[str, Any]:
    """A service `S` whose tasks have the role R."""
    entries = [{"Name": n, "Value": v} for n, v in environment.items()]
    definition = {"TaskRoleArn": arn("R"), "ContainerDefinitions": [{"Name": "app", "Environment": entries}]}
    return {"D": ("AWS::ECS::TaskDefinition", definition), "S": ("AWS::ECS::Service", {"TaskDefinition": ref("D")})}


def inferred(**resources: Any) -> set[str]:
    """The inferred edges of a stack, with how they were."""
    graph = graph_of(**resources)
    return {
        f"{e.source.address} -> {e.target.address}: {e.kind} ({e.attributes['inferred']})"
        for e in graph.edges
        if "inferred" in e.attributes
    }


def graph_of(**resources: Any) -> EventGraph:
    """The graph of a stack with its inferred edges."""
    graph = stack(**resources)
    infer(graph)
    return graph


def test_a_permission_to_send_to_one_queue_is_an_edge() -> None:
    """Code sends, the template only says that it may."""
    assert inferred(Q=QUEUE, R=role({"Action": "sqs:SendMessage", "Resource": arn("Q")}), F=function()) == {"F -> Q: publish (iam)"}


@pytest.mark.parametrize(
    "resource",
    [
        text(
            "arn:", Unknown("AWS::Partition"), ":sqs:", Unknown("AWS::Region"), ":", Unknown("AWS::AccountId"), ":", ref("Q", "QueueName")
        ),
        "arn:aws:sqs:*:*:orders",
        text(arn("Q"), "*"),
        ["arn:aws:sqs:eu-west-1:123456789012:other", arn("Q")],
    ],
    ids=["written out", "region and account open", "with what follows", "one of several"],
)
def test_however_the_resource_is_written(resource: Any) -> None:
    """By reference, by its name in an ARN, with a wildcard after it."""
    queue = ("AWS::SQS::Queue", {"QueueName": "orders"})
    found = inferred(Q=queue, R=role({"Action": ["sqs:SendMessage*"], "Resource": resource}), F=function())
    assert "F -> Q: publish (iam)" in found


def test_a_wildcard_alone_gives_no_edge_and_leaves_the_senders_open() -> None:
    """Who may send to every queue sends to some; which is not known."""
    graph = graph_of(Q=QUEUE, R=role({"Action": "sqs:SendMessage", "Resource": "*"}), F=function())
    assert graph.edges == []
    assert "'F'" in graph.open_sets["t.yaml#Q", "senders"]


def test_a_wildcard_with_an_environment_variable_gives_one() -> None:
    """By reference or by a literal that is the name; a function that may send and receive sends, a service receives."""
    queue = ("AWS::SQS::Queue", {"QueueName": "orders"})
    anything = role({"Action": "sqs:*", "Resource": "*"})
    assert inferred(Q=queue, R=anything, F=function(**variables(QUEUE=ref("Q")))) == {"F -> Q: publish (env)"}
    assert inferred(Q=queue, R=anything, F=function(**variables(QUEUE="orders"))) == {"F -> Q: publish (env)"}
    assert inferred(Q=queue, R=anything, **service(QUEUE=ref("Q"))) == {"Q -> S: poll (env)"}
    assert inferred(Q=queue, R=anything, F=function(**variables(QUEUE="other"))) == set()


@pytest.mark.parametrize(
    ("resource", "covered"),
    [
        ("arn:aws:sqs:*:*:shop-*", True),
        (text("arn:", Unknown("AWS::Partition"), ":sqs:eu-west-1:123456789012:shop-*"), True),
        ("arn:aws:sqs:*:*:other-*", False),
        ("arn:aws:sns:*:*:*", False),
        (["arn:aws:sns:*:*:*", "*"], True),
        (Unknown("t.yaml#Parameters.Queue", outside=True), False),
    ],
)
def test_a_wildcard_in_the_name_with_a_variable(resource: Any, covered: bool) -> None:
    """The name must match; Partition, Region and account are those of the stack."""
    queue = ("AWS::SQS::Queue", {"QueueName": "shop-orders"})
    found = inferred(Q=queue, R=role({"Action": "sqs:SendMessage", "Resource": resource}), F=function(**variables(Q=ref("Q"))))
    assert found == ({"F -> Q: publish (env)"} if covered else set())


def test_a_service_wildcard_on_one_queue_needs_the_variable_too() -> None:
    """`sqs:*` on the queue itself may be for looking at it."""
    own = role({"Action": "sqs:*", "Resource": arn("Q")})
    assert inferred(Q=QUEUE, R=own, F=function()) == set()
    assert inferred(Q=QUEUE, R=own, F=function(**variables(QUEUE=ref("Q")))) == {"F -> Q: publish (env)"}


def test_what_a_declared_route_needs_is_no_edge_of_its_own() -> None:
    """A role may send to the function's own dead-letter queue; with a variable that names it, its code does."""
    allowed = role({"Action": "sqs:SendMessage", "Resource": arn("Q")})
    dead_letter = {"DeadLetterConfig": {"TargetArn": arn("Q")}}
    assert inferred(Q=QUEUE, R=allowed, F=function(**dead_letter)) == set()
    assert inferred(Q=QUEUE, R=allowed, F=function(**dead_letter, **variables(Q=ref("Q")))) == {"F -> Q: publish (iam)"}
    mapping = {"EventSourceArn": arn("K"), "FunctionName": ref("F"), "DestinationConfig": {"OnFailure": {"Destination": arn("Q")}}}
    stream = {"K": ("AWS::Kinesis::Stream", {}), "M": ("AWS::Lambda::EventSourceMapping", mapping)}
    assert inferred(Q=QUEUE, R=allowed, F=function(), **stream) == set()


def test_what_a_mapping_reads_its_role_may_read() -> None:
    """The mapping explains the permission, for every function of that role."""
    allowed = role({"Action": "sqs:ReceiveMessage", "Resource": arn("Q")})
    mapping = ("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Q"), "FunctionName": ref("F")})
    assert inferred(Q=QUEUE, R=allowed, F=function(), G=function(), M=mapping) == set()
    assert inferred(Q=QUEUE, R=allowed, F=function()) == {"Q -> F: poll (iam)"}


def test_a_service_acts_by_the_role_of_its_task_definition() -> None:
    """The task definition is no node, its role and variables are the service's."""
    assert inferred(Q=QUEUE, R=role({"Action": "sqs:ReceiveMessage", "Resource": arn("Q")}), **service()) == {"Q -> S: poll (iam)"}


def test_the_queue_may_let_the_role_receive() -> None:
    """A receive permission may stand in the queue's own policy."""
    statement = {"Effect": "Allow", "Principal": {"AWS": arn("R")}, "Action": "sqs:ReceiveMessage", "Resource": "*"}
    policy = ("AWS::SQS::QueuePolicy", {"Queues": [ref("Q")], "PolicyDocument": {"Statement": statement}})
    assert inferred(Q=QUEUE, P=policy, R=role(), **service()) == {"Q -> S: poll (iam)"}


def test_a_function_that_may_invoke_another_waits_for_it() -> None:
    """On itself it means nothing; where a destination goes there, the role needs it for that."""
    other = ("AWS::Lambda::Function", {"Role": "arn:aws:iam::123456789012:role/r"})
    invoke = {"Action": "lambda:InvokeFunction", "Resource": [arn("G"), arn("F"), text(arn("G"), ":*")]}
    assert inferred(G=other, R=role(invoke), F=function()) == {"F -> G: invoke (iam)"}
    destination = {"FunctionName": ref("F"), "Qualifier": "$LATEST", "DestinationConfig": {"OnSuccess": {"Destination": arn("G")}}}
    assert inferred(G=other, R=role(invoke), F=function(), C=("AWS::Lambda::EventInvokeConfig", destination)) == set()


def test_running_a_task_definition() -> None:
    """A task definition that a function may run is a node."""
    definition = ("AWS::ECS::TaskDefinition", {"Family": "report"})
    graph = graph_of(D=definition, R=role({"Action": "ecs:RunTask", "Resource": "arn:aws:ecs:*:*:task-definition/report:*"}), F=function())
    assert [(e.kind, e.source.address, e.target.address) for e in graph.edges] == [("run", "F", "D")]
    assert graph.nodes["t.yaml#D"].kind == "task"


@pytest.mark.parametrize(
    ("definition", "speaks"),
    [
        ({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}, False),
        (Unknown("", "can't be read"), False),
        (Unknown("", "in a bucket", outside=True), True),
        (None, True),
    ],
)
def test_the_role_of_a_state_machine_speaks_only_where_its_definition_does_not(definition: Any, speaks: bool) -> None:
    """The definition says what it runs; one that is elsewhere says nothing."""
    written = {"Definition": definition} if definition is not None else {"DefinitionS3Location": {"Key": "k"}}
    machine = ("AWS::StepFunctions::StateMachine", {"RoleArn": arn("R"), **written})
    found = inferred(Q=QUEUE, R=role({"Action": "sqs:SendMessage", "Resource": arn("Q")}), M=machine)
    assert found == ({"M -> Q: publish (iam)"} if speaks else set())


def test_the_role_of_a_known_state_machine_is_used_by_nobody_else() -> None:
    """What such a role may, the definition explains; a role that nobody in the run acts by is somebody's outside."""
    sends = role({"Action": "sqs:SendMessage", "Resource": arn("Q")})
    definition = {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}
    machine = ("AWS::StepFunctions::StateMachine", {"RoleArn": arn("R"), "Definition": definition})
    assert ("t.yaml#Q", "senders") not in graph_of(Q=QUEUE, R=sends, M=machine).open_sets
    assert ("t.yaml#Q", "senders") in graph_of(Q=QUEUE, R=sends).open_sets


def test_managed_policies_of_the_run_count_and_those_of_aws_only_open() -> None:
    """What AWS wrote is for all queues: it shows nothing, and excludes nothing."""
    document = {"Statement": {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn("Q")}}
    own = ("AWS::IAM::ManagedPolicy", {"PolicyDocument": document})
    assert inferred(Q=QUEUE, P=own, R=role(ManagedPolicyArns=[ref("P")]), F=function()) == {"F -> Q: publish (iam)"}
    graph = graph_of(Q=QUEUE, R=role(ManagedPolicyArns=["arn:aws:iam::aws:policy/AmazonSQSFullAccess"]), F=function())
    assert graph.edges == []
    assert ("t.yaml#Q", "senders") in graph.open_sets
    assert ("t.yaml#Q", "consumers") in graph.open_sets


def test_a_policy_that_is_not_known_opens_what_it_may_be_about() -> None:
    """It may name any queue of the run."""
    policies = [{"PolicyName": "p", "PolicyDocument": Unknown("", "an intrinsic that is not understood")}]
    graph = graph_of(Q=QUEUE, R=("AWS::IAM::Role", {"Policies": policies}), F=function())
    assert ("t.yaml#Q", "senders") in graph.open_sets


def test_denied_is_no_edge() -> None:
    """Only a statement that allows shows anything."""
    denied = {"Effect": "Deny", "Action": "sqs:SendMessage", "Resource": arn("Q")}
    graph = graph_of(Q=QUEUE, R=("AWS::IAM::Role", {"Policies": [{"PolicyDocument": {"Statement": denied}}]}), F=function())
    assert graph.edges == []


def test_code_that_may_set_a_task_count_leaves_the_scaling_open() -> None:
    """A service without scalable target may still be scaled by a function."""
    graph = graph_of(R=role({"Action": "ecs:UpdateService", "Resource": "*"}), F=function(), S=("AWS::ECS::Service", {}))
    assert "task count" in graph.open_sets["t.yaml#S", "scalable_targets"]


def hands_on(template: str) -> Any:
    """A method of the API `A` that puts records by the role R."""
    uri = "arn:aws:apigateway:eu-west-1:kinesis:action/PutRecord"
    integration = {"Type": "AWS", "Uri": uri, "Credentials": arn("R"), "RequestTemplates": {"application/json": template}}
    return ("AWS::ApiGateway::Method", {"RestApiId": ref("A"), "HttpMethod": "POST", "Integration": integration})


STREAM: Any = ("AWS::Kinesis::Stream", {})
API: Any = ("AWS::ApiGateway::RestApi", {})
FROM_REQUEST = """{"StreamName": "$input.params('stream')", "Data": "$data"}"""


def test_a_target_that_comes_with_the_request_is_the_one_that_the_role_names() -> None:
    """The integration says that the API puts records, its role says into which stream."""
    puts = role({"Action": ["kinesis:PutRecord", "kinesis:GetRecords"], "Resource": text(arn("K"), "*")})
    assert inferred(A=API, M=hands_on(FROM_REQUEST), K=STREAM, R=puts) == {"A -> K: publish (iam)"}


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "kinesis:PutRecord", "Resource": "*"},
        {"Action": "kinesis:*", "Resource": arn("K")},
        {"Action": "kinesis:GetRecords", "Resource": arn("K")},
        {"Action": "firehose:PutRecord", "Resource": arn("K")},
    ],
)
def test_a_role_that_names_no_target_shows_none(statement: dict[str, Any]) -> None:
    """A wildcard, or a permission for something else, says nothing of where requests go."""
    assert inferred(A=API, M=hands_on(FROM_REQUEST), K=STREAM, R=role(statement)) == set()


def test_a_role_adds_nothing_to_an_integration_that_names_its_target() -> None:
    """What is written says where requests go; what else the role may, some other integration may need."""
    puts = role({"Action": "kinesis:PutRecord", "Resource": [arn("K"), arn("L")]})
    method = hands_on('{"StreamName": "first"}')
    assert inferred(A=API, M=method, K=("AWS::Kinesis::Stream", {"Name": "first"}), L=STREAM, R=puts) == set()


def test_a_graphql_api_calls_a_service_by_its_own_api() -> None:
    """An HTTP data source signs for a service, its resolvers name the state machine where no template shows it."""
    source = {
        "ApiId": ref("A", "ApiId"),
        "ServiceRoleArn": arn("R"),
        "HttpConfig": {
            "Endpoint": "https://sync-states.eu-west-1.amazonaws.com/",
            "AuthorizationConfig": {"AwsIamConfig": {"SigningServiceName": "states"}},
        },
    }
    starts = role({"Action": "states:StartSyncExecution", "Resource": ref("M")})
    machine = ("AWS::StepFunctions::StateMachine", {"Definition": {"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}})
    found = inferred(A=("AWS::AppSync::GraphQLApi", {}), D=("AWS::AppSync::DataSource", source), M=machine, R=starts)
    assert found == {"A -> M: invoke (iam)"}
