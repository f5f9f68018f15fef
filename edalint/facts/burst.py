"""Bursts: what one event starts, how many at once, and what holds it back."""

from __future__ import annotations

from collections.abc import Iterable

from edalint.facts.delivery import end_of
from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.hints import TYPE_CHECKING, Any
from edalint.model.graph import Edge, EventGraph, Node, Part, unique
from edalint.model.values import Kleene, Map, Unknown

if TYPE_CHECKING:
    from edalint.states.machine import Scope, State

DEFAULT_BUS = "default"
TASK_EXITS = Map({"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"]})
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html"""
INLINE_CONCURRENCY, DISTRIBUTED_CONCURRENCY = 40, 10_000
"""Iterations that a Map without limit runs at once:
https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html, state-map-distributed.html
"""
MAX_CHAIN = 8
"""State machines that start state machines are followed for this many steps."""
SPOT = "FARGATE_SPOT"
UNRESERVED = -1
"""How Terraform writes that nothing is reserved."""


# tasks


@fact("edge:deliver", gives="list<node>")
def starts_tasks(edge: Edge, view: View) -> Any:
    """The standalone tasks that each event delivered starts: the target itself (where its definition is outside the run too), or what the
    state machine runs in every execution.
    """
    if edge.part is not None and edge.part.data.get("kind") == "ecs":
        return [edge.target]
    return _started(edge.target, view, MAX_CHAIN)


@fact("state-machine", gives="list<node:task>")
def tasks_in_each_execution(node: Node, view: View) -> Any:
    """The standalone tasks that it starts in every execution, whatever way through its states that takes."""
    return _started(node, view, MAX_CHAIN)


def _started(node: Node, view: View, depth: int) -> list[Node] | Unknown:
    if node.kind == "task":
        return [node]
    if node.kind != "state-machine" or depth == 0:
        return []
    from edalint.facts.orchestration import machine_of

    machine = machine_of(node, view)
    if machine is None or isinstance(machine, Unknown):
        return machine if machine is not None else []
    targets: dict[int, list[Node]] = {}
    for part in view.parts(node, "state"):
        run = [e.target for e in part.edges if e.kind == "run" and view.exists(e)]
        if run:
            targets[id(_state(part))] = run
    found: list[Node] = []
    for state in _unavoidable(machine.scope, view):
        for target in targets.get(id(state), ()):
            inner = _started(target, view, depth - 1)
            found += inner if isinstance(inner, list) else []
    if not found and machine.problem is not None:
        return machine.problem
    return unique(found)


def _unavoidable(scope: Scope, view: View) -> list[State]:
    """The states that every way through a scope passes, errors aside; inside Map and Parallel too."""
    starts = [s for s in scope.start if view.holds(s.when)]
    if len(starts) != 1:
        return []
    found: list[State] = []
    for state in scope.states:
        if view.holds(state.when) and not _reaches_end(starts[0], without=state, view=view):
            found.append(state)
            for inner in state.children:
                found += _unavoidable(inner, view)
    return found


def _reaches_end(start: State, *, without: State, view: View) -> bool:
    """Whether the end of the scope can be reached without a state; a failed execution is no end."""
    seen: set[int] = set()
    stack = [start]
    while stack:
        state = stack.pop()
        if state is without or id(state) in seen or not view.holds(state.when):
            continue
        seen.add(id(state))
        if (state.ends and state.type != "Fail") or _goes_anywhere(state, view):
            return True
        stack.extend(after for after, way in state.successors() if way != "catch")
    return False


def _goes_anywhere(state: State, view: View) -> bool:
    """Whether what follows a state is not known."""
    choices = view.elements(state.body, "Choices")
    if isinstance(choices, Unknown) or isinstance(state.type, Unknown):
        return True
    if isinstance(view.get(state.body, "End"), Unknown):
        return True
    ways = [view.get(state.body, "Next"), view.get(state.body, "Default"), *(view.get(choice, "Next") for choice in choices)]
    return any(isinstance(w, Unknown) or (isinstance(w, str) and not state.scope.named(w)) for w in ways)


@fact("edge:deliver", gives="list<string>")
def event_sources(edge: Edge, view: View) -> Any:
    """The values that the sending rule's pattern takes as `source`; absent where it takes others too, and where the sender is no rule."""
    return view.fact(edge.source, "sources") if edge.source.kind == "rule" else None


@fact("rule", gives="bool")
def sees_task_exits(node: Node, view: View) -> Kleene:
    """Whether it gets the events by which ECS tells that a task has stopped (ECS Task State Change, on the default bus)."""
    if not any(e.source.id == DEFAULT_BUS for e in view.into(node, "match")):
        return False
    from edalint.facts._patterns import rule_pattern
    from edalint.patterns import eventbridge

    pattern = rule_pattern(node, view)
    return eventbridge.overlap(pattern, eventbridge.parse(TASK_EXITS)) if pattern is not None else False


@fact("graph", gives="bool")
def watches_task_exits(graph: EventGraph, view: View) -> Kleene:
    """Whether some rule of the run gets ECS's events about tasks that have stopped."""
    from edalint.patterns.kleene import any_of

    return any_of([view.fact(n, "sees_task_exits") for n in graph.of_kind("rule") if view.exists(n)])


@fact("edge:deliver", "edge:run", gives="bool")
def uses_spot(edge: Edge, view: View) -> Any:
    """Whether the task may run on Fargate Spot, which AWS takes back with two minutes' notice; false for what is no task."""
    part = edge.part
    if edge.target.kind != "task" or part is None:
        return False
    if part.kind == "state":
        state = _state(part)
        providers = view.elements(state.argument("CapacityProviderStrategy"))
    else:
        providers = []
        for name in ("EcsParameters", "EcsTaskParameters"):
            written = view.elements(part.properties, name, "CapacityProviderStrategy")
            if isinstance(written, Unknown):
                return written
            providers += written
    if isinstance(providers, Unknown):
        return providers
    names = [view.string(p, "CapacityProvider") for p in providers]
    if SPOT in [n for n in names if isinstance(n, str)]:
        return True
    return next((n for n in names if isinstance(n, Unknown)), False)


@fact("edge:deliver", "edge:run", gives="bool")
def tried_again(edge: Edge, view: View) -> Any:
    """Whether what was started is started again where it fails: by a retrier of the state or of one that it is in."""
    part = edge.part
    if part is None or part.kind != "state":
        return False
    if edge.attributes.get("integration") == "request-response":
        return False  # nobody sees how it ends
    own = view.fact(part, "retries")
    return own if isinstance(own, Unknown) else own > 0 or view.fact(part, "enclosing_handles_errors")


# maps


@fact("part:state", gives="int")
def max_concurrency(part: Part, view: View) -> Any:
    """How many iterations a Map runs at once: 0, no limit of its own, unless set; unknown where a path gives it; absent for other states."""
    state = _state(part)
    return view.integer(state.max_concurrency, default=0) if state.type == "Map" else None


@fact("part:state", gives="bool")
def distributed(part: Part, view: View) -> Any:
    """Whether it is a Map in distributed mode: every iteration is an execution of its own."""
    state = _state(part)
    if state.type != "Map":
        return False
    mode = view.get(state.body, "ItemProcessor", "ProcessorConfig", "Mode")
    return mode if isinstance(mode, Unknown) else mode == "DISTRIBUTED"


@fact("part:state", gives="list<string>")
def inner_calls(part: Part, view: View) -> list[str]:
    """The service and action of every Task inside a Map or Parallel: `ecs:runTask`, `lambda:invoke`, `aws-sdk:...`; nested ones too."""
    found: list[str] = []
    for state in _inside(_state(part), view):
        call = state.call
        if call is not None and call.service:
            found.append(f"{'aws-sdk:' if call.sdk else ''}{call.service}:{call.action or 'invoke'}")
    return list(dict.fromkeys(found))


def _state(part: Part) -> State:
    return part.data["state"]  # type: ignore[no-any-return]


def _inside(state: State, view: View) -> list[State]:
    found: list[State] = []
    stack = list(state.children)
    while stack:
        for inner in stack.pop().states:
            if view.holds(inner.when):
                found.append(inner)
                stack.extend(inner.children)
    return found


# functions behind queues


@fact("function", gives="int")
def reserved_concurrency(node: Node, view: View) -> Any:
    """How many invocations of the function may run at once (`ReservedConcurrentExecutions`); absent where nothing is reserved."""
    written = view.integer(node.properties, "ReservedConcurrentExecutions")
    return None if written == UNRESERVED and not isinstance(written, Unknown) else written


@fact("part:mapping", gives="int")
def maximum_concurrency(part: Part, view: View) -> Any:
    """How many invocations a queue's mapping makes at once (`MaximumConcurrency`); absent where it has no limit of its own."""
    return view.integer(part.properties, "ScalingConfig", "MaximumConcurrency")


@fact("part:mapping", gives="bool")
def has_own_pollers(part: Part, view: View) -> Any:
    """Whether it reads with provisioned pollers, whose number is limited (`ProvisionedPollerConfig`)."""
    written = view.get(part.properties, "ProvisionedPollerConfig")
    return written if isinstance(written, Unknown) else written is not None


# schedules


@fact("schedule", gives="string")
def schedule_expression(node: Node, view: View) -> Any:
    """When it fires: `rate(5 minutes)`, `cron(0 2 * * ? *)`, `at(...)`."""
    return view.string(node.properties, "ScheduleExpression")


@fact("schedule", gives="string")
def timezone(node: Node, view: View) -> Any:
    """The time zone of its expression (UTC unless set)."""
    return view.string(node.properties, "ScheduleExpressionTimezone", default="UTC")


@fact("schedule", gives="int")
def flexible_window(node: Node, view: View) -> Any:
    """Within how many minutes it may fire: 0, at once, unless EventBridge Scheduler is given a flexible time window."""
    mode = view.string(node.properties, "FlexibleTimeWindow", "Mode", default="OFF")
    if isinstance(mode, Unknown):
        return mode
    return view.integer(node.properties, "FlexibleTimeWindow", "MaximumWindowInMinutes", default=0) if mode == "FLEXIBLE" else 0


@fact("rule", "schedule", gives="list<node>")
def targets(node: Node, view: View) -> list[Node]:
    """What it delivers to."""
    return unique(e.target for e in view.out(node, "deliver"))


# what many ways lead to


@fact("topic", "bus", "state-machine", gives="int")
def fan_in(node: Node, view: View) -> Any:
    """How many functions that one event starts here at once call one and the same other function, with nothing between that holds
    them back: of a topic or bus its functions, of a state machine the iterations of a Map.
    """
    return _fan_in(node, view)[0]


@fact("topic", "bus", "state-machine", gives="node:function")
def fan_in_target(node: Node, view: View) -> Any:
    """The function that they all call; absent where there is none."""
    return _fan_in(node, view)[1]


def _fan_in(node: Node, view: View) -> tuple[int, Node | None]:
    found = [_called_by(times, view) for times in _started_at_once(node, view)]
    return max(found, key=lambda pair: pair[0], default=(0, None))


def _called_by(times: list[tuple[Node, int]], view: View) -> tuple[int, Node | None]:
    """The function that most of these call, and how many do."""
    counts: dict[str, int] = {}
    called: dict[str, Node] = {}
    for function, count in times:
        for target in unique(e.target for e in view.out(function, "invoke", "on-success")):
            if target.kind == "function" and target is not function:
                called[target.id] = target
                counts[target.id] = counts.get(target.id, 0) + count
    if not counts:
        return 0, None
    most = max(counts, key=lambda one: counts[one])
    return counts[most], called[most]


def _started_at_once(node: Node, view: View) -> list[list[tuple[Node, int]]]:
    """The functions that one event starts, and how many times each: by a topic, by each rule of a bus, by each Map of a state machine."""
    if node.kind == "topic":
        return [_functions(e for e in view.out(node, "deliver") if _takes_all(e, view))]
    if node.kind == "bus":
        return [_functions(view.out(rule, "deliver")) for rule in unique(e.target for e in view.out(node, "match"))]
    return [_iterations(part, node, view) for part in view.parts(node, "state") if _state(part).type == "Map"]


def _functions(edges: Iterable[Edge]) -> list[tuple[Node, int]]:
    return [(n, 1) for n in unique(e.target for e in edges) if n.kind == "function"]


def _takes_all(edge: Edge, view: View) -> bool:
    """Whether a subscription surely has no filter."""
    return edge.part is not None and view.get(edge.part.properties, "FilterPolicy") is None


def _iterations(part: Part, machine: Node, view: View) -> list[tuple[Node, int]]:
    """The functions that the iterations of a Map run at once."""
    limit, spread = view.fact(part, "max_concurrency"), view.fact(part, "distributed")
    if isinstance(limit, Unknown) or isinstance(spread, Unknown):
        return []
    inside = {id(s) for s in _inside(_state(part), view)}
    found = [end_of(other, view, "target") for other in view.parts(machine, "state") if id(_state(other)) in inside]
    times = limit or (DISTRIBUTED_CONCURRENCY if spread else INLINE_CONCURRENCY)
    return [(n, times) for n in unique(found) if isinstance(n, Node) and n.kind == "function"]
