"""Elastic Load Balancing: load balancers, and the listeners and target groups through which they reach services and functions.

A target group belongs to one load balancer, so it stands for it: whoever is registered in the group is called by that balancer.
"""

from __future__ import annotations

from collections.abc import Iterator

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Ref, Value, alternatives
from edalint.services._shared import maps
from edalint.services._terraform import Rules, many, one, translation
from edalint.services.registry import Identity, declares, identities, terraform

identities(
    {
        "AWS::ElasticLoadBalancingV2::LoadBalancer": Identity(
            "api",
            "Name",
            "arn",
            arn="arn:{P}:elasticloadbalancing:{R}:{A}:loadbalancer/app/{name}/{id}",
            url="http://{id}.{R}.elb.{U}",
            attributes={"LoadBalancerArn": "arn", "LoadBalancerName": "name"},
        ),
        "AWS::ElasticLoadBalancingV2::Listener": Identity(
            "AWS::ElasticLoadBalancingV2::Listener", None, "arn", attributes={"ListenerArn": "arn"}
        ),
        "AWS::ElasticLoadBalancingV2::TargetGroup": Identity(
            "AWS::ElasticLoadBalancingV2::TargetGroup", "Name", "arn", attributes={"TargetGroupArn": "arn"}
        ),
    }
)

_FORWARD = one("ForwardConfig", {"target_group": many("TargetGroups", {"arn": "TargetGroupArn"})})
_ACTION: Rules = {"forward": _FORWARD}
_ARN = {"arn": "Ref", "id": "Ref"}
_BALANCER = translation("AWS::ElasticLoadBalancingV2::LoadBalancer", {}, {**_ARN, "dns_name": "DNSName", "name": "LoadBalancerName"})
_LISTENER = translation("AWS::ElasticLoadBalancingV2::Listener", {"default_action": many("DefaultActions", _ACTION)}, _ARN)
_LISTENER_RULE = translation("AWS::ElasticLoadBalancingV2::ListenerRule", {"action": many("Actions", _ACTION)}, _ARN)
_GROUP = translation("AWS::ElasticLoadBalancingV2::TargetGroup", {"health_check": one("HealthCheck")}, {**_ARN, "name": "TargetGroupName"})
_ATTACHMENT = translation("aws_lb_target_group_attachment")
terraform(
    {
        f"{prefix}{name}": translation
        for prefix in ("aws_lb", "aws_alb")
        for name, translation in (
            ("", _BALANCER),
            ("_listener", _LISTENER),
            ("_listener_rule", _LISTENER_RULE),
            ("_target_group", _GROUP),
            ("_target_group_attachment", _ATTACHMENT),
        )
    }
)


@declares("AWS::ElasticLoadBalancingV2::LoadBalancer")
def load_balancer(resource: Resource, declare: Declarations) -> None:
    """A load balancer."""
    declare.node(resource, "api")


@declares("AWS::ElasticLoadBalancingV2::Listener")
def listener(resource: Resource, declare: Declarations) -> None:
    """A listener: it stands for its balancer, and so do the target groups that it forwards to."""
    balancer = End(resource.get("LoadBalancerArn"), ("api",), "arn", resource)
    declare.stands_for(resource, balancer)
    _groups_stand_for(resource.get("DefaultActions"), balancer, declare)


@declares("AWS::ElasticLoadBalancingV2::ListenerRule")
def listener_rule(resource: Resource, declare: Declarations) -> None:
    """A rule of a listener: the target groups that it forwards to stand for the listener's balancer."""
    owner = End(resource.get("ListenerArn"), ("api",), "arn", resource)
    _groups_stand_for(resource.get("Actions"), owner, declare)


def _groups_stand_for(actions: Value, end: End, declare: Declarations) -> None:
    for group in _forwards(actions):
        for _, plain in alternatives(group):
            if isinstance(plain, Ref) and plain.id not in declare.stand_ins:
                found = declare.resource(plain.id)
                if found is not None and found.type.endswith("::TargetGroup"):
                    declare.stands_for(found, end)


def _forwards(actions: Value) -> Iterator[Value]:
    """The target groups that actions forward to."""
    for _, action in maps(actions):
        yield get(action, "TargetGroupArn")
        for _, group in maps(get(action, "ForwardConfig", "TargetGroups")):
            yield get(group, "TargetGroupArn")


@declares("AWS::ElasticLoadBalancingV2::TargetGroup")
def target_group(resource: Resource, declare: Declarations) -> None:
    """A target group of a function, or of another balancer: its members are called by the group's balancer."""
    group = End(Ref(resource.id), ("api",), "arn", resource)
    for when, target in maps(resource.get("Targets")):
        called = get(target, "Id")
        if resource.get("TargetType") in ("lambda", "alb") and called is not None:
            declare.edge("invoke", group, End(called, ("function", "api"), "arn", resource), resource, when=when, place=Place(target, "Id"))


@declares("aws_lb_target_group_attachment")
def attachment(resource: Resource, declare: Declarations) -> None:
    """A member of a target group as a resource of its own: a function or another balancer is called."""
    group = End(resource.get("TargetGroupArn"), ("api",), "arn", resource)
    called = resource.get("TargetId")
    for _, plain in alternatives(called):
        if isinstance(plain, Ref) or (isinstance(plain, str) and plain.startswith("arn:")):
            end = End(called, ("function", "api"), "arn", resource)
            declare.edge("invoke", group, end, resource, place=Place(resource.properties, "TargetId"))
            return
