"""What a state machine's executions need to be allowed, who answers task tokens, and who notices that an execution failed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from edalint.facts._patterns import named, rule_pattern
from edalint.facts._permissions import NO_PATTERN, arn_of, ever_about, named_role, resources_named, role_allows
from edalint.facts.registry import fact
from edalint.facts.roles import Need, arns_of, lacking, passed_roles
from edalint.facts.view import Members, View, ever
from edalint.hints import TYPE_CHECKING, Any
from edalint.iam.decision import Request
from edalint.inference.actors import definitions
from edalint.linking import resolve
from edalint.model.graph import Edge, End, EventGraph, Node, Part, Target
from edalint.model.values import Kleene, Map, Ref, Unknown, Value, refs_in, settled, text_of
from edalint.patterns import eventbridge
from edalint.patterns.syntax import Pattern
from edalint.states import CALLBACK, REQUEST_RESPONSE, SYNC

if TYPE_CHECKING:
    from edalint.states.integrations import Need as Asked
    from edalint.states.machine import State

SUCCESS = "states:SendTaskSuccess"
START_SYNC = frozenset({"states:StartSyncExecution", "aws-sdk:sfn:startSyncExecution"})
PRECISE = frozenset({"function", "queue", "topic", "bus", "state-machine", "task", "table"})
"""Node kinds whose ARN is what a policy for the call names."""
JUDGED_SDK = frozenset(
    {"batch", "comprehend", "ecs", "glue", "lambda", "rekognition", "secretsmanager", "sfn", "sns", "sqs", "ssm", "textract", "translate"}
)
"""Services (by the SDK's name) whose IAM actions are named as their calls are."""
STATUS_EVENT = "Step Functions Execution Status Change"
FAILED = ["FAILED", "TIMED_OUT", "ABORTED"]


# what the role has to be allowed


@fact("state-machine", gives="list<string>")
def role_lacks(node: Node, view: View) -> Members[str]:
    """The actions that its states need to call something and that its role's policies do not allow (`ecs:RunTask for Render`); not those
    for sending. Open where a policy is not known.
    """
    role = _role(node, view)
    if role is None or role.resource is None:
        return Members([], "" if role is None else "the role is not declared in this run")
    found: list[str] = []
    opened = ""
    for part in view.parts(node, "state"):
        missing = lacking(view, role, _needs(part, view), view.target(part, "target"))
        found += [f"{name} for '{part.element}'" for name in missing]
        opened = opened or missing.open
    return Members(found, opened)


def _role(node: Node, view: View) -> Target | None:
    holder = next((holder for when, holder in definitions(view.graph, node) if view.holds(when)), None)
    end = holder.data.get("role") if holder is not None else None
    return named_role(view, end) if isinstance(end, End) and end.value is not None else None


def _needs(part: Part, view: View) -> Iterator[Need]:
    from edalint.states.integrations import sdk_needs

    state = _state(part)
    call = state.call
    if call is None or not call.service:
        return
    known = state.known_call
    if known is None:
        asked = sdk_needs(call.service, call.action) if call.sdk and call.service in JUDGED_SDK else ()
    elif known.edge == "publish":
        return
    else:
        asked = known.needs + (known.sync_needs if call.integration == SYNC else ())
    for need in asked:
        yield from _requests(need, part, view)


def _state(part: Part) -> State:
    return part.data["state"]  # type: ignore[no-any-return]


def _requests(need: Asked, part: Part, view: View) -> Iterator[Need]:
    if need.on == "roles":
        yield from passed_roles(view, view.target(part, "target"))
        return
    resources: list[Value] = [NO_PATTERN]
    target = view.target(part, "target")
    if need.on == "target" and target is not None and target.node is not None and target.node.kind in PRECISE:
        resources = arns_of(view, target)
    elif need.on.startswith("rule/"):
        unit = part.resource.unit
        resources = [text_of(["arn:aws:events:", unit.region, ":", unit.account, ":", need.on])]
    yield Need(need.action, tuple(Request(need.action, resource) for resource in resources))


# task tokens


@fact("function", "task", gives="list<part>")
def tokens_from(node: Node, view: View) -> list[Part]:
    """The states that run it and hand it a task token."""
    edges = [
        e for e in view.into(node, "run") if e.part is not None and e.part.kind == "state" and e.attributes.get("integration") == CALLBACK
    ]
    return [e.part for e in edges if e.part is not None and _hands_token(_state(e.part), node, view) is True]


def _hands_token(state: State, node: Node, view: View) -> bool | Unknown:
    return state.passes_token("Overrides", decide=view.value) if node.kind == "task" else state.passes_token(decide=view.value)


@fact("function", "task", gives="bool")
def may_answer(node: Node, view: View) -> Kleene | None:
    """Whether its role may report success with a task token; unknown where a policy is not known, absent where it has no role."""
    role = _role(node, view)
    if role is None:
        return None
    if role.resource is None:
        return Unknown("", "the role is not declared in this run")
    machines = [p.owner for p in tokens_from(node, view) if isinstance(p.owner, Node)]
    resources = [arn_of(view, machine) for machine in machines] or [NO_PATTERN]
    return role_allows(view, role, *(Request(SUCCESS, resource) for resource in resources))


@fact("graph", gives="list<node>")
def answerers(graph: Any, view: View) -> Members[Node]:
    """Who may report success with a task token that somebody else was handed: functions, tasks and services that get none themselves, and
    that others than state machines call. Open where a policy is not known.
    """
    found = Members[Node]()
    candidates: list[Node] = view.once(("candidates for answers",), _may_ever_answer)
    if not candidates:
        return found
    for node in candidates:
        if not view.exists(node) or (node.kind != "service" and tokens_from(node, view)) or _runs_in_machines_only(node, view):
            continue
        role = _role(node, view)
        if role is None:
            continue
        allowed = _allows_answers(view, role)
        if allowed is True:
            found.append(node)
        elif isinstance(allowed, Unknown):
            found.open = found.open or f"whether '{node.name}' may answer is not known"
    return found


def _allows_answers(view: View, role: Target) -> Kleene:
    """Whether a role may report success for some machine of the run."""
    if role.resource is None:
        return Unknown("", "a role outside")
    resource = role.resource

    def ask(view: View) -> Kleene:
        machines, requests = view.once(("answers",), _answers)
        named = [request for arn in resources_named(view, resource, SUCCESS) for request in machines.get(arn, ())]
        return role_allows(view, role, *named, *requests)  # one that is named is likely to be it, and the first that is allowed decides

    allowed: Kleene = view.once(("answers", resource.id), ask)
    return allowed


def _answers(view: View) -> tuple[dict[Value, list[Request]], list[Request]]:
    """The requests of which one is to be allowed: those for machines of the run by their ARNs, and all of them."""
    requests = [Request(SUCCESS, arn_of(view, machine)) for machine in view.graph.of_kind("state-machine")]
    by_arn: dict[Value, list[Request]] = {}
    for request in requests:
        by_arn.setdefault(request.resource, []).append(request)
    return by_arn, [*requests, Request(SUCCESS, NO_PATTERN)]


def _may_ever_answer(view: View) -> list[Node]:
    """The nodes one of whose roles says something of the permission, whatever is decided: few, and only their choices matter."""
    nodes = view.graph.of_kind("function", "service", "task")
    return [node for node in nodes if any(ever_about(view, role, SUCCESS) for role in _roles(node, view))]


def _roles(node: Node, view: View) -> Iterator[Target]:
    """The roles that it may have, whatever is decided."""
    for _, holder in definitions(view.graph, node):
        end = holder.data.get("role")
        if isinstance(end, End) and end.value is not None:
            yield from resolve(view.graph, end)


def _runs_in_machines_only(node: Node, view: View) -> bool:
    """Whether nothing but state machines calls it, so that no answer from outside can reach it."""
    callers = view.into(node)
    return bool(callers) and all(edge.source.kind == "state-machine" for edge in callers)


# who starts it, and who notices


@fact("part:state", "part:integration", gives="bool")
def starts_sync(part: Part, view: View) -> bool:
    """Whether it starts an execution and waits for its outcome in one call (StartSyncExecution)."""
    if part.kind == "integration":
        return part.data.get("service_action") in START_SYNC
    return view.fact(part, "call") in START_SYNC


@fact("part:integration", gives="node", name="target")
def target_of_integration(part: Part, view: View) -> Node | None:
    """What it calls; absent where it is nothing that the run knows."""
    found = view.target(part, "target")
    return found.node if found is not None else None


@fact("state-machine", gives="bool")
def started_asynchronously(node: Node, view: View) -> bool:
    """Whether somebody starts it and does not wait: a rule, schedule, topic, function, an API or a state that only starts it.

    A pipe waits for EXPRESS machines alone, and only where it is not told to fire and forget:
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-target.html
    """
    for edge in view.into(node, "deliver", "invoke", "run"):
        waits = edge.attributes.get("integration")
        if edge.kind == "deliver" and (edge.source.kind != "pipe" or _pipe_lets_go(node, edge, view)):
            return True
        if edge.kind in ("invoke", "run") and waits in (None, REQUEST_RESPONSE) and edge.source.kind != "state-machine":
            return True
        if edge.source.kind == "state-machine" and waits == REQUEST_RESPONSE:
            return True
    return False


def _pipe_lets_go(machine: Node, edge: Edge, view: View) -> bool:
    parameters = edge.part.properties if edge.part is not None else None
    invocation = view.string(parameters, "StepFunctionStateMachineParameters", "InvocationType")
    standard = view.string(machine.properties, "StateMachineType", default="STANDARD") == "STANDARD"
    return bool(invocation == "FIRE_AND_FORGET" or (standard and invocation != "REQUEST_RESPONSE"))


@fact("state-machine", gives="list<node:rule>")
def failure_rules(node: Node, view: View) -> Members[Node]:
    """The rules of this run that can match the event of a failed execution of it. Open where a pattern is not known."""
    wanted = _failure(named(view, Ref(node.id, "Arn")))
    found: list[Node] = []
    opened = ""
    by_machine, others = view.once(("failure rules",), _rules_of_machines)
    for rule in (*by_machine.get(node.id, ()), *others):
        answer: Kleene | None = view.once(("failure of any", rule.id), partial(_matches_any_failure, rule=rule))
        if answer is None:
            pattern = rule_pattern(rule, view)
            answer = eventbridge.overlap(pattern, wanted) if pattern is not None else False
        if answer is False or not view.exists(rule):  # asked last: it decides choices of other templates
            continue
        if answer is True:
            found.append(rule)
        else:
            opened = opened or f"whether '{rule.name}' matches its events is not known"
    return Members(found, opened)


def _failure(*machine: Value) -> Pattern:
    """The event of a failed execution, of a machine or of any, as a pattern."""
    event = Map({"source": ["aws.states"], "detail-type": [STATUS_EVENT]})
    event["detail"] = Map({"status": FAILED, "stateMachineArn": list(machine)} if machine else {"status": FAILED})
    return eventbridge.parse(event)


def _matches_any_failure(view: View, rule: Node) -> Kleene | None:
    """Whether a rule can match the event of a failed execution, whose ever it is; None where it asks whose."""
    pattern = rule_pattern(rule, view)
    if pattern is None:
        return False
    if any(path[:2] == ("detail", "stateMachineArn") for branch in pattern.branches for path in branch):
        return None
    return eventbridge.overlap(pattern, _failure())


def _rules_of_machines(view: View) -> tuple[dict[str, list[Node]], list[Node]]:
    """The rules that may match the event of a failed execution: those of the machines that they refer to, by id, and the others."""
    wanted = _failure()

    def may_match(view: View, rule: Node) -> bool:
        pattern = rule_pattern(rule, view) if view.exists(rule) else None
        return pattern is not None and eventbridge.overlap(pattern, wanted) is not False

    by_machine: dict[str, list[Node]] = {}
    others: list[Node] = []
    for rule in view.graph.of_kind("rule"):
        if ever(view.root, partial(may_match, rule=rule)):
            named = _machines_named(rule, view.graph)
            for id in named or ():
                by_machine.setdefault(id, []).append(rule)
            if named is None:
                others.append(rule)
    return by_machine, others


def _machines_named(rule: Node, graph: EventGraph) -> list[str] | None:
    """The ids of the machines of the run that a pattern refers to; None where it may mean others, or all."""
    value: Value = rule.properties.get("EventPattern")
    for key in ("detail", "stateMachineArn"):
        value = settled(value)
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    value = settled(value)
    refs = [settled(element) for element in value] if isinstance(value, list) else [value]
    if not all(isinstance(ref, Ref) and ref.attribute in ("Ref", "Arn") and ref.id in graph.resources for ref in refs):
        return None
    return list(dict.fromkeys(ref.id for ref in refs))


@fact("state-machine", gives="list<node:alarm>")
def watching_alarms(node: Node, view: View) -> list[Node]:
    """The alarms of this run that name it."""
    naming = view.once(("naming alarms", 0), _naming_alarms)
    return [alarm for alarm in naming.get(node.id, ()) if view.exists(alarm)]


def _naming_alarms(view: View) -> dict[str, list[Node]]:
    """Id of a resource -> the alarms that refer to it."""
    found: dict[str, list[Node]] = {}
    for alarm in view.graph.of_kind("alarm"):
        for id in dict.fromkeys(ref.id for ref in refs_in(alarm.properties)):
            found.setdefault(id, []).append(alarm)
    return found


@fact("state-machine", gives="list<part>")
def tasks_after_errors(node: Node, view: View) -> Members[Part]:
    """The Task states that a caught error leads to."""
    from edalint.states.machine import reachable

    parts = view.parts(node, "state")
    caught = [s for part in parts for s, way in _state(part).successors() if way == "catch"]
    reached = {id(state) for state in reachable(caught)}
    doubt = parts[0].data["state"].machine.doubt if parts else None
    found = [p for p in parts if id(p.data["state"]) in reached and _state(p).type == "Task"]
    return Members(found, doubt.reason or "a way on is not known" if doubt is not None else "")
