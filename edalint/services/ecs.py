"""Amazon ECS: task definitions, the services that keep tasks running, clusters.

A task definition is a node only where somebody runs it standalone; a service reads its own one's role, containers and
environment through `containers_of` and the ends kept in its data.
"""

from __future__ import annotations

from collections.abc import Iterator

from edalint.model.conditions import Condition, both
from edalint.model.graph import Declarations, End, Place
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Value, map_value
from edalint.services._shared import maps, structured
from edalint.services._terraform import Rule, Rules, many, one, pascal_keys, translation
from edalint.services.registry import Default, Identity, declares, identities, terraform

STOP_TIMEOUT = Default(30, "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html")
"""Seconds between SIGTERM and SIGKILL."""
DESIRED_COUNT = Default(1, "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html")
ROLE = ("AWS::IAM::Role",)

identities(
    {
        "AWS::ECS::TaskDefinition": Identity(
            "task",
            "Family",
            "arn",
            arn="arn:{P}:ecs:{R}:{A}:task-definition/{name}:{id}",
            attributes={
                "TaskDefinitionArn": "arn",
                "Family": "name",
                "ArnWithoutRevision": "arn:{P}:ecs:{R}:{A}:task-definition/{name}",
            },
        ),
        "AWS::ECS::Service": Identity(
            "service",
            "ServiceName",
            "arn",
            arn="arn:{P}:ecs:{R}:{A}:service/[{Cluster}/]{name}",
            attributes={"Name": "name", "ServiceArn": "arn"},
        ),
        "AWS::ECS::Cluster": Identity(
            "AWS::ECS::Cluster", "ClusterName", "name", arn="arn:{P}:ecs:{R}:{A}:cluster/{name}", attributes={"Arn": "arn"}
        ),
        "AWS::ECS::CapacityProvider": Identity("AWS::ECS::CapacityProvider", "Name", "name"),
    }
)


class Container(NamedTuple):
    """One container of a task definition, and when it is there."""

    when: Condition
    properties: Map


class Variable(NamedTuple):
    """An environment variable."""

    when: Condition
    name: str
    value: Value
    place: Place


_OWN_KEYS = frozenset({"dockerLabels", "options", "systemControls"})
"""Keys of container definitions whose maps hold the user's own keys."""


def _containers(value: Value, place: Place) -> Value:
    """The JSON of container definitions, in the API's spelling, as CloudFormation's."""
    return map_value(structured(value, place), lambda plain: pascal_keys(plain, _OWN_KEYS))


def _desired(written: Map, made: Map) -> None:
    """The provider starts no task unless it is told how many; a daemon's number is not its to say."""
    if made.get("SchedulingStrategy") != "DAEMON":
        made.setdefault("DesiredCount", 0)


_VPC: Rules = {
    "subnets": "AwsvpcConfiguration.Subnets",
    "security_groups": "AwsvpcConfiguration.SecurityGroups",
    "assign_public_ip": "AwsvpcConfiguration.AssignPublicIp",
}
terraform(
    {
        "aws_ecs_task_definition": translation(
            "AWS::ECS::TaskDefinition",
            {"container_definitions": Rule("ContainerDefinitions", _containers), "volume": many("Volumes")},
            {"arn": "Ref", "id": "Ref", "family": "Family", "arn_without_revision": "ArnWithoutRevision"},
        ),
        "aws_ecs_service": translation(
            "AWS::ECS::Service",
            {
                "name": "ServiceName",
                "load_balancer": many("LoadBalancers"),
                "service_registries": many("ServiceRegistries"),
                "network_configuration": one("NetworkConfiguration", _VPC),
                "capacity_provider_strategy": many("CapacityProviderStrategy"),
                "deployment_circuit_breaker": one("DeploymentConfiguration.DeploymentCircuitBreaker"),
                "deployment_maximum_percent": "DeploymentConfiguration.MaximumPercent",
                "deployment_minimum_healthy_percent": "DeploymentConfiguration.MinimumHealthyPercent",
                "deployment_controller": one("DeploymentController"),
            },
            {"id": "Ref", "arn": "Ref", "name": "Name"},
            finish=_desired,
        ),
        "aws_ecs_cluster": translation("AWS::ECS::Cluster", {"name": "ClusterName"}, {"arn": "Arn", "id": "Arn", "name": "Ref"}),
        "aws_ecs_capacity_provider": translation("AWS::ECS::CapacityProvider", {}, {"arn": "Ref", "id": "Ref", "name": "Ref"}),
        "aws_ecs_task_set": translation("AWS::ECS::TaskSet", {"load_balancer": many("LoadBalancers")}),
    }
)


@declares("AWS::ECS::TaskDefinition")
def task_definition(resource: Resource, declare: Declarations) -> None:
    """A task definition."""
    containers = list(containers_of(resource))
    declare.node(
        resource,
        "task",
        if_referenced=True,
        role=End(resource.get("TaskRoleArn"), ROLE, "any", resource),
        execution_role=End(resource.get("ExecutionRoleArn"), ROLE, "any", resource),
        containers=containers,
        environment=[v for c in containers for v in variables_of(c)],
    )


def containers_of(resource: Resource) -> Iterator[Container]:
    """The containers of a task definition, as far as they are known."""
    definitions = structured(resource.get("ContainerDefinitions"), Place(resource.properties, "ContainerDefinitions"))
    for when, container in maps(definitions):
        yield Container(when, container)


def variables_of(container: Container) -> Iterator[Variable]:
    """The environment variables of a container, those whose value is a secret's or parameter's included."""
    for key, value_key in (("Environment", "Value"), ("Secrets", "ValueFrom")):
        for when, entry in maps(get(container.properties, key)):
            name = get(entry, "Name")
            if isinstance(name, str):
                yield Variable(both(container.when, when), name, get(entry, value_key), Place(entry, value_key))


@declares("AWS::ECS::Service")
def service(resource: Resource, declare: Declarations) -> None:
    """A service: its task definition says as whom it acts, its target groups who calls it."""
    node = declare.node(resource, "service", task_definition=End(resource.get("TaskDefinition"), ("task",), "any", resource))
    for when, balancer in maps(resource.get("LoadBalancers")):
        group = get(balancer, "TargetGroupArn")
        if group is not None:
            end = End(group, ("api",), "arn", resource)
            declare.edge("invoke", end, node, resource, when=when, place=Place(balancer, "TargetGroupArn"))
    for _, registry in maps(resource.get("ServiceRegistries")):
        _stand_for(resource, get(registry, "RegistryArn"), declare)


def _stand_for(resource: Resource, registry: Value, declare: Declarations) -> None:
    """A Cloud Map service stands for the service whose tasks register there."""
    if isinstance(registry, Ref) and registry.id in declare.resources and registry.id not in declare.stand_ins:
        declare.stands_for(declare.resources[registry.id], End(Ref(resource.id), ("service",), "arn", resource))


@declares("AWS::ECS::TaskSet")
def task_set(resource: Resource, declare: Declarations) -> None:
    """A task set of an externally deployed service: its target groups call the service."""
    owner = End(resource.get("Service"), ("service",), "any", resource)
    for when, balancer in maps(resource.get("LoadBalancers")):
        group = get(balancer, "TargetGroupArn")
        if group is not None:
            end = End(group, ("api",), "arn", resource)
            declare.edge("invoke", end, owner, resource, when=when, place=Place(balancer, "TargetGroupArn"))
