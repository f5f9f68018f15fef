"""Scaling of workers: what a service reads, between which bounds it is scaled, and by which metrics."""

from __future__ import annotations

from collections.abc import Iterator

from edalint.facts._permissions import named_role, role_allows
from edalint.facts.registry import fact
from edalint.facts.view import Members, View
from edalint.hints import Any
from edalint.iam.decision import Request
from edalint.inference.metrics import DIMENSIONS, Metric
from edalint.linking import resolve
from edalint.linking.ends import CUSTOM, outside
from edalint.model.graph import Edge, End, Node, Part, unique
from edalint.model.values import Kleene, Ref, Unknown, refs_in
from edalint.patterns.kleene import any_of

READ_KINDS = ("queue", "stream")
TARGET_TRACKING, STEP = "TargetTrackingScaling", "StepScaling"
AWS_NAMESPACE = "AWS/"
CONTAINER_INSIGHTS = "ECS/ContainerInsights"
EXACT = "ExactCapacity"
PROTECT = "ecs:UpdateTaskProtection"
DAEMON, REPLICA = "DAEMON", "REPLICA"


# what a service reads and runs


@fact("service", "task", "function", gives="list<node>")
def polls(node: Node, view: View) -> list[Node]:
    """What it reads: queues, streams, tables, activities."""
    return unique(e.source for e in view.into(node, "poll"))


@fact("service", gives="list<node>")
def work(node: Node, view: View) -> list[Node]:
    """The queues and streams that it reads."""
    return [n for n in polls(node, view) if n.kind in READ_KINDS]


@fact("service", gives="list<edge>")
def work_edges(node: Node, view: View) -> list[Edge]:
    """The edges over which it reads queues and streams."""
    return [e for e in view.into(node, "poll") if e.source.kind in READ_KINDS]


@fact("service", gives="int")
def desired_count(node: Node, view: View) -> Any:
    """How many tasks it keeps running (1 unless set)."""
    from edalint.services import ecs

    return view.integer(node.properties, "DesiredCount", default=ecs.DESIRED_COUNT.value)


@fact("service", gives="string")
def scheduling_strategy(node: Node, view: View) -> Any:
    """`REPLICA` (unless set) or `DAEMON`: one task on every instance."""
    return view.string(node.properties, "SchedulingStrategy", default=REPLICA)


@fact("service", gives="int")
def stop_timeout(node: Node, view: View) -> Any:
    """The longest time in seconds that a container of its tasks has between SIGTERM and SIGKILL, where the template sets one; absent
    where it sets none (30 s then); unknown where the task definition is not in this run.
    """
    definition = _task_definition(node, view)
    if definition is None:
        return Unknown("", f"the task definition of '{node.name}' is not in this run")
    containers = [c for c in definition.data.get("containers", ()) if view.holds(c.when)]
    if not containers:
        return Unknown("", "the containers are not known")
    found = [view.integer(c.properties, "StopTimeout") for c in containers]
    known = [f for f in found if isinstance(f, int)]
    return next((f for f in found if isinstance(f, Unknown)), None) if not known else max(known)


@fact("service", gives="bool")
def may_protect_tasks(node: Node, view: View) -> Any:
    """Whether its role may protect a task from being stopped while it works (ecs:UpdateTaskProtection)."""
    definition = _task_definition(node, view)
    role = named_role(view, definition.data.get("role")) if definition is not None else None
    if definition is not None and role is None:
        return False
    return role_allows(view, role, Request(PROTECT, Unknown("", "the ARN of a task")))


def _task_definition(node: Node, view: View) -> Node | None:
    end = node.data.get("task_definition")
    if not isinstance(end, End):
        return None
    return next((t.node for t in resolve(view.graph, end) if view.holds(t.when) and t.node is not None and t.node.kind == "task"), None)


# how it is scaled


@fact("service", gives="list<part:scalable-target>")
def scalable_targets(node: Node, view: View) -> Members[Part]:
    """The bounds between which it is scaled. Open where a scalable target may be its own, or where somebody may set its task count."""
    return Members(view.parts(node, "scalable-target"), view.opened(node, "scalable_targets") or _stray(view, "scalable-target"))


@fact("service", "part:scalable-target", gives="list<part:scaling-policy>")
def scaling_policies(subject: Node | Part, view: View) -> Members[Part]:
    """The policies by which the service is scaled. Open where a policy may be of any service."""
    if isinstance(subject, Part):
        owner = subject.owner
        return scaling_policies(owner, view) if isinstance(owner, Node) else Members([], "the service is not in this run")
    return Members(view.parts(subject, "scaling-policy"), _stray(view, "scaling-policy"))


def _stray(view: View, kind: str) -> str:
    """Why a part of this kind may belong to any service: the run has one whose service is not known, and not known to be outside."""
    why: str = view.once(("stray", kind), lambda view: _find_stray(view, kind))
    return why


def _find_stray(view: View, kind: str) -> str:
    for part in view.graph.parts:
        if part.kind == kind and part.owner is None and view.exists(part):
            value = view.value(part.ends["service"].value)
            if value is not None and (not outside(value) or any(_made_by_code(view, ref) for ref in refs_in(value))):
                return f"which service '{part.resource.name}' scales is not known"
    return ""


def _made_by_code(view: View, ref: Ref) -> bool:
    """Whether a reference is to a custom resource, whose attributes may name anything."""
    named = view.graph.resources.get(ref.id)
    return named is not None and named.type.startswith(CUSTOM)


@fact("part:scalable-target", "part:scaling-policy", gives="node:service", plain=True)
def service(part: Part, view: View) -> Any:
    """The service that is scaled; unknown where it is outside the run."""
    return part.owner if isinstance(part.owner, Node) else Unknown("", f"the service of '{part.resource.name}' is not in this run")


@fact("part:scalable-target", gives="int")
def min_capacity(part: Part, view: View) -> Any:
    """The fewest tasks."""
    return view.integer(part.properties, "MinCapacity")


@fact("part:scalable-target", gives="int")
def max_capacity(part: Part, view: View) -> Any:
    """The most tasks."""
    return view.integer(part.properties, "MaxCapacity")


@fact("service", "part:scalable-target", gives="bool")
def scales_by_time(subject: Node | Part, view: View) -> Any:
    """Whether scheduled actions change the bounds."""
    targets = view.parts(subject, "scalable-target") if isinstance(subject, Node) else [subject]
    return any_of([_has(view.get(t.properties, "ScheduledActions")) for t in targets])


def _has(value: Any) -> Kleene:
    return value if isinstance(value, Unknown) else bool(value)


# policies


@fact("part:scaling-policy", gives="string")
def policy_type(part: Part, view: View) -> Any:
    """`TargetTrackingScaling`, `StepScaling`, `PredictiveScaling`; step scaling unless set or told by its configuration."""
    written = view.string(part.properties, "PolicyType")
    if written is not None:
        return written
    return TARGET_TRACKING if view.get(part.properties, "TargetTrackingScalingPolicyConfiguration") is not None else STEP


@fact("part:scaling-policy", gives="list<string>")
def metrics(part: Part, view: View) -> list[Any]:
    """The names of the metrics that it follows, by itself or through alarms."""
    return [view.string(m.properties, "MetricName") for m in _metrics(part, view)]


@fact("part:scaling-policy", gives="list<node>")
def measures(part: Part, view: View) -> list[Node]:
    """The queues, streams and topics that its metrics measure."""
    return unique(node for m in _metrics(part, view) for when, node in m.measures if view.holds(when))


@fact("part:scaling-policy", gives="list<node:alarm>")
def alarms(part: Part, view: View) -> list[Node]:
    """The alarms that call it."""
    return [node for when, node in part.data.get("alarms", ()) if view.holds(when)]


@fact("part:scaling-policy", gives="list<string>")
def expressions(part: Part, view: View) -> Any:
    """The metric math that it follows, by itself or through alarms."""
    found: list[Any] = []
    holders = [
        view.get(part.properties, "TargetTrackingScalingPolicyConfiguration", "CustomizedMetricSpecification"),
        *(a.properties for a in alarms(part, view)),
    ]
    for holder in holders:
        queries = view.elements(holder, "Metrics")
        if isinstance(queries, Unknown):
            return queries
        written = [view.string(query, "Expression") for query in queries]
        found += [expression for expression in written if expression is not None]
    return found


@fact("part:scaling-policy", gives="bool")
def follows_unknown(part: Part, view: View) -> bool:
    """Whether what it follows is not known: a custom metric that may be anything, a metric that the template does not say, or an alarm
    that is not in this run.
    """
    if part.data.get("metrics") is None:
        return True
    own = _metrics(part, view)
    if _hides_metrics(part, view):
        return True
    if view.fact(part, "policy_type") != TARGET_TRACKING:
        return not own or any(not _is_aws(m, view) for m in own)
    tracking = view.get(part.properties, "TargetTrackingScalingPolicyConfiguration")
    if isinstance(tracking, Unknown) or tracking is None:
        return True
    if isinstance(view.get(tracking, "PredefinedMetricSpecification", "PredefinedMetricType"), str):
        return False
    return not own or any(not _is_aws(m, view) for m in own)


def _hides_metrics(part: Part, view: View) -> bool:
    """Whether some query of its metric math, or of its alarms', is not known."""
    specification = view.get(part.properties, "TargetTrackingScalingPolicyConfiguration", "CustomizedMetricSpecification")
    for holder in (specification, *(a.properties for a in alarms(part, view))):
        queries = view.elements(holder, "Metrics")
        if isinstance(queries, Unknown) or any(isinstance(view.get(q, "MetricStat", "Metric"), Unknown) for q in queries):
            return True
    return False


def _is_aws(metric: Metric, view: View) -> bool:
    """Whether it is a metric of AWS's own, or one that measures a queue of this run by its name."""
    namespace = view.get(metric.properties, "Namespace")
    if isinstance(namespace, str) and namespace.startswith((AWS_NAMESPACE, CONTAINER_INSIGHTS)):
        return bool(metric.measures) or not _unresolved(metric, view)
    return bool(metric.measures)


def _unresolved(metric: Metric, view: View) -> bool:
    """Whether what a metric measures may be a queue, stream or topic that is not known."""
    entries = view.elements(metric.properties, "Dimensions")
    if isinstance(entries, Unknown):
        return True
    for entry in entries:
        name = view.get(entry, "Name")
        if not isinstance(name, str) or (name in DIMENSIONS and not isinstance(view.get(entry, "Value"), str)):
            return True
    return False


def _metrics(part: Part, view: View) -> list[Metric]:
    return [m for m in part.data.get("metrics") or () if view.holds(m.when)]


@fact("service", gives="bool")
def scales_on_work(node: Node, view: View) -> Kleene:
    """Whether a policy follows a metric of a queue or stream that it reads. Unknown where a policy follows a custom metric."""
    policies = scaling_policies(node, view)
    read = work(node, view)
    if any(n in read for p in policies for n in measures(p, view)):
        return True
    why = next((o for p in policies for n in measures(p, view) if (o := view.opened(n, "consumers"))), "")
    if why:
        return Unknown("", why)
    doubtful = next((p for p in policies if follows_unknown(p, view)), None)
    if doubtful is not None:
        return Unknown("", f"what '{doubtful.resource.name}' follows is not known")
    return Unknown("", policies.open) if policies.open else False


@fact("service", gives="list<node>")
def scales_on_others(node: Node, view: View) -> Members[Node]:
    """The queues and streams that its policies follow and that it does not read, as far as the run shows."""
    read = work(node, view)
    found = unique(n for p in scaling_policies(node, view) for n in measures(p, view) if n.kind in READ_KINDS and n not in read)
    return Members(
        [n for n in found if not view.opened(n, "consumers")], next((o for n in found if (o := view.opened(n, "consumers"))), "")
    )


@fact("part:scaling-policy", gives="bool")
def only_adds(part: Part, view: View) -> Any:
    """Whether it is a step scaling policy all of whose steps add tasks."""
    if view.fact(part, "policy_type") != STEP:
        return False
    configuration = view.get(part.properties, "StepScalingPolicyConfiguration")
    kind = view.string(configuration, "AdjustmentType")
    if isinstance(kind, Unknown) or kind == EXACT:
        return kind if isinstance(kind, Unknown) else False
    steps = view.elements(configuration, "StepAdjustments")
    if isinstance(steps, Unknown) or not steps:
        return steps if isinstance(steps, Unknown) else False
    amounts = list(_amounts(steps, view))
    if any(isinstance(a, int) and a <= 0 for a in amounts):
        return False
    return next((a for a in amounts if not isinstance(a, int)), True)


def _amounts(steps: list[Any], view: View) -> Iterator[Any]:
    for step in steps:
        amount = view.integer(step, "ScalingAdjustment")
        yield Unknown("", "a step without adjustment") if amount is None else amount


@fact("part:scaling-policy", gives="bool")
def scales_in(part: Part, view: View) -> Any:
    """Whether it removes tasks too: target tracking unless that is switched off (`DisableScaleIn`), step scaling with a step that does."""
    if view.fact(part, "policy_type") == STEP:
        adds = only_adds(part, view)
        return adds if isinstance(adds, Unknown) else not adds
    off = view.boolean(part.properties, "TargetTrackingScalingPolicyConfiguration", "DisableScaleIn", default=False)
    return off if isinstance(off, Unknown) else not off


# one group, one worker


@fact("queue", gives="bool")
def one_message_group(node: Node, view: View) -> Any:
    """Whether it is a FIFO queue all of whose senders give one and the same constant message group: one message at a time, then."""
    fifo = view.fact(node, "fifo")
    if fifo is not True:
        return fifo
    groups = []
    for edge in view.into(node, "publish", "deliver"):
        group = _group(edge, view)
        if not isinstance(group, str):
            return Unknown("", f"the message group that '{edge.source.name}' gives is not known")
        groups.append(group)
    why = view.opened(node, "senders")
    return Unknown("", why) if why and len(set(groups)) < 2 else len(set(groups)) == 1


def _group(edge: Edge, view: View) -> Any:
    part = edge.part
    if part is None or "inferred" in edge.attributes:
        return None
    if part.kind == "target":
        found = view.fact(part, "message_group")
        return None if isinstance(found, str) and found.startswith("$") else found
    if part.kind == "state":
        return view.value(part.data["state"].argument("MessageGroupId"))
    return None
