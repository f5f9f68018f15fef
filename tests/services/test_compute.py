"""What Lambda's, ECS's and load balancers' resources declare, seen in the linked graph."""

from __future__ import annotations

from tests.building import arn, edges, ref, stack, text

FUNCTION = ("AWS::Lambda::Function", {"Role": "arn:aws:iam::123456789012:role/r"})
QUEUE: tuple[str, dict[str, object]] = ("AWS::SQS::Queue", {})


def test_a_mapping_is_a_poll_edge_and_no_node() -> None:
    """The consumer polls: the edge goes from the source to the function, the mapping is a part of the function."""
    graph = stack(Q=QUEUE, F=FUNCTION, M=("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Q"), "FunctionName": ref("F")}))
    assert edges(graph) == {"Q -> F: poll"}
    assert [n.kind for n in graph.nodes.values()] == ["queue", "function"]
    (mapping,) = graph.parts
    assert mapping.owner is graph.by_address("F")
    assert mapping.targets["source"][0].node is graph.by_address("Q")
    assert mapping.edges == graph.edges


def test_the_dead_letters_of_a_mapping_start_at_a_stream_and_never_at_a_queue() -> None:
    """OnFailure takes a stream's records; a queue has a redrive policy for that."""
    failed = {"OnFailure": {"Destination": arn("D")}}
    for source, expected in ((("AWS::Kinesis::Stream", {}), {"S -> F: poll", "S -> D: dead-letter"}), (QUEUE, {"S -> F: poll"})):
        mapping = {"EventSourceArn": arn("S"), "FunctionName": ref("F"), "DestinationConfig": failed}
        assert edges(stack(S=source, D=QUEUE, F=FUNCTION, M=("AWS::Lambda::EventSourceMapping", mapping))) == expected


def test_an_alias_is_its_function_and_the_qualifier_of_the_edge() -> None:
    """Calling an alias calls the function; the edge says which one."""
    graph = stack(
        Q=QUEUE,
        F=FUNCTION,
        Live=("AWS::Lambda::Alias", {"FunctionName": ref("F"), "Name": "live", "FunctionVersion": "1"}),
        M=("AWS::Lambda::EventSourceMapping", {"EventSourceArn": arn("Q"), "FunctionName": ref("Live")}),
    )
    assert edges(graph) == {"Q -> F: poll"}
    assert graph.edges[0].attributes == {"qualifier": "live"}


def test_destinations_and_dead_letters_of_a_function() -> None:
    """Both start at the function; an invoke configuration is a part of it."""
    graph = stack(
        Q=QUEUE,
        T=("AWS::SNS::Topic", {}),
        F=(FUNCTION[0], {**FUNCTION[1], "DeadLetterConfig": {"TargetArn": ref("T")}}),
        C=(
            "AWS::Lambda::EventInvokeConfig",
            {
                "FunctionName": ref("F"),
                "Qualifier": "$LATEST",
                "DestinationConfig": {"OnFailure": {"Destination": arn("Q")}, "OnSuccess": {"Destination": ref("T")}},
            },
        ),
    )
    assert edges(graph) == {"F -> T: dead-letter", "F -> Q: on-failure", "F -> T: on-success"}


def test_a_function_url_is_an_api() -> None:
    """A URL is a node of its own, which waits for the function."""
    graph = stack(F=FUNCTION, U=("AWS::Lambda::Url", {"TargetFunctionArn": arn("F"), "AuthType": "NONE"}))
    assert edges(graph) == {"U -> F: invoke"}
    assert graph.nodes["t.yaml#U"].kind == "api"


def test_permissions_are_found_by_their_function() -> None:
    """A permission is a policy of the function that it is set on."""
    permission = {"FunctionName": arn("F"), "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com", "SourceArn": ref("T")}
    graph = stack(F=FUNCTION, T=("AWS::SNS::Topic", {}), P=("AWS::Lambda::Permission", permission))
    (part,) = graph.policies["t.yaml#F"]
    assert part.targets["source"][0].node is graph.by_address("T")
    assert part.data["principal"] == "sns.amazonaws.com"


def test_a_task_definition_is_a_node_only_where_something_runs_it() -> None:
    """The task definition of a service is not a node of its own."""
    definition = ("AWS::ECS::TaskDefinition", {"ContainerDefinitions": [{"Name": "app", "Environment": [{"Name": "Q", "Value": "x"}]}]})
    service = ("AWS::ECS::Service", {"TaskDefinition": ref("D"), "Cluster": "c"})
    graph = stack(D=definition, S=service)
    assert [n.address for n in graph.nodes.values()] == ["S"]
    rule = {
        "ScheduleExpression": "rate(1 hour)",
        "Targets": [{"Id": "t", "Arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/c", "EcsParameters": {"TaskDefinitionArn": ref("D")}}],
    }
    graph = stack(D=definition, S=service, R=("AWS::Events::Rule", rule))
    assert edges(graph) == {"R -> D: deliver"}
    (variable,) = graph.nodes["t.yaml#D"].data["environment"]
    assert (variable.name, variable.value) == ("Q", "x")


def test_a_service_is_called_by_the_balancer_of_its_target_group() -> None:
    """Listener, rule and target group only lead from the load balancer to the service."""
    group: tuple[str, dict[str, object]] = ("AWS::ElasticLoadBalancingV2::TargetGroup", {})
    service = ("AWS::ECS::Service", {"LoadBalancers": [{"TargetGroupArn": ref("G")}]})
    balancer: tuple[str, dict[str, object]] = ("AWS::ElasticLoadBalancingV2::LoadBalancer", {})
    listener = {"LoadBalancerArn": ref("B"), "DefaultActions": [{"Type": "forward", "TargetGroupArn": ref("G")}]}
    graph = stack(S=service, G=group, B=balancer, L=("AWS::ElasticLoadBalancingV2::Listener", listener))
    assert edges(graph) == {"B -> S: invoke"}
    listener["DefaultActions"] = [{"Type": "fixed-response"}]
    rule = {"ListenerArn": ref("L"), "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": ref("G")}]}}]}
    graph = stack(
        S=service,
        G=group,
        B=balancer,
        L=("AWS::ElasticLoadBalancingV2::Listener", listener),
        R=("AWS::ElasticLoadBalancingV2::ListenerRule", rule),
    )
    assert edges(graph) == {"B -> S: invoke"}


def test_a_scalable_target_belongs_to_the_service_in_its_resource_id() -> None:
    """By reference, by name, whole or in part; a policy finds the service through its target or by itself."""
    service = ("AWS::ECS::Service", {"ServiceName": "orders"})
    for resource_id in (text("service/", ref("C"), "/", ref("S", "Name")), "service/main/orders"):
        graph = stack(
            C=("AWS::ECS::Cluster", {}),
            S=service,
            T=("AWS::ApplicationAutoScaling::ScalableTarget", {"ServiceNamespace": "ecs", "ResourceId": resource_id}),
            P=("AWS::ApplicationAutoScaling::ScalingPolicy", {"ScalingTargetId": ref("T")}),
            O=("AWS::ApplicationAutoScaling::ScalingPolicy", {"ServiceNamespace": "ecs", "ResourceId": resource_id}),
        )
        assert [(p.kind, p.owner and p.owner.address) for p in graph.parts] == [
            ("scalable-target", "S"), ("scaling-policy", "S"), ("scaling-policy", "S"),
        ]  # fmt: skip


def test_a_scalable_target_of_something_else_is_nothing() -> None:
    """DynamoDB tables are scaled by the same resource type."""
    target = {"ServiceNamespace": "dynamodb", "ResourceId": "table/orders", "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}
    assert stack(T=("AWS::ApplicationAutoScaling::ScalableTarget", target)).parts == []
