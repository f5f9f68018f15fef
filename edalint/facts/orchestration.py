"""State machines and their states: what waits for what, for how long, and what happens when it fails."""

from __future__ import annotations

from edalint.facts.registry import fact
from edalint.facts.view import Members, View
from edalint.hints import Any
from edalint.model.graph import Node, Part
from edalint.model.values import Unknown
from edalint.states import ACTIVITY, REQUEST_RESPONSE
from edalint.states.integrations import CAN_SYNC, STATUS_CALLS
from edalint.states.machine import Machine, State

NEVER = 99_999_999
"""Seconds that a state or an execution may take by default (more than three years; an execution ends after one year at most):
https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-task-state.html"""
RETRY_ATTEMPTS = 3
"""`MaxAttempts` of a retrier by default: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"""
STANDARD = "STANDARD"
"""`Type` by default: https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html"""
NO_LOG = "OFF"
"""Log level by default: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html"""
ALL_ERRORS = "States.ALL"
MAX_LISTED = 100
MAX_STATES = 400
"""Larger machines are not searched for loops, which takes time that grows with the square of their size."""


# state machines


@fact("state-machine", gives="string")
def workflow(node: Node, view: View) -> Any:
    """The type of workflow: `STANDARD` (the default) or `EXPRESS`."""
    return view.string(node.properties, "StateMachineType", default=STANDARD)


@fact("state-machine", gives="int")
def execution_timeout(node: Node, view: View) -> Any:
    """Seconds that an execution may take (`TimeoutSeconds` of the definition); 99999999 by default."""
    found = machine_of(node, view)
    if found is None or isinstance(found, Unknown):
        return found
    return _seconds(found.timeout, view)


@fact("state-machine", gives="string")
def log_level(node: Node, view: View) -> Any:
    """What is logged: `ALL`, `ERROR`, `FATAL`; `OFF` by default."""
    written = view.get(node.properties, "LoggingConfiguration")
    if written is None or isinstance(written, Unknown):
        return NO_LOG if written is None else written
    level = view.string(written, "Level")
    if level is not None:
        return level
    destinations = view.elements(written, "Destinations")
    return NO_LOG if destinations == [] else Unknown("", "there is a log group, but no level")


@fact("state-machine", gives="list<part>")
def states(node: Node, view: View) -> Any:
    """Its states, nested ones too; unknown where the definition cannot be read."""
    found = machine_of(node, view)
    if isinstance(found, Unknown):
        return found
    if found is not None and found.problem is not None:
        return found.problem
    return view.parts(node, "state")


def machine_of(node: Node, view: View) -> Machine | Unknown | None:
    """The definition of a state machine in this view."""
    machines: list[tuple[Any, Machine]] = node.data.get("machines", [])
    for when, found in machines:
        if view.holds(when):
            return found if found.problem is None or found.states else found.problem
    return None


# states: what they are


@fact("part:state", gives="node:state-machine", plain=True)
def machine(part: Part, view: View) -> Node | None:
    """The state machine that it is in."""
    return part.owner if isinstance(part.owner, Node) else None


@fact("part:state", gives="string", plain=True)
def state_type(part: Part, view: View) -> Any:
    """`Task`, `Pass`, `Choice`, `Wait`, `Succeed`, `Fail`, `Parallel`, `Map`."""
    return state_of(part).type


@fact("part:state", gives="string")
def comment(part: Part, view: View) -> Any:
    """Its `Comment`; absent where there is none."""
    return view.string(state_of(part).body, "Comment")


@fact("part:state", gives="string", name="integration")
def integration_of_state(part: Part, view: View) -> Any:
    """How a Task calls: `request-response`, `sync`, `callback`, `activity`; absent for other states."""
    found = state_of(part).integration
    if isinstance(found, Unknown):
        target = target_of(part, view)
        if target is not None:
            return ACTIVITY if target.kind == "activity" else REQUEST_RESPONSE
    return found


@fact("part:state", gives="string", plain=True)
def call(part: Part, view: View) -> Any:
    """The service and action that a Task calls: `ecs:runTask`, `lambda:invoke`, `aws-sdk:sfn:startExecution`; absent for other states and
    for activities.
    """
    found = state_of(part).call
    if found is None or found.integration == ACTIVITY:
        return None
    if not found.service:
        return found.integration if isinstance(found.integration, Unknown) else None
    return f"{'aws-sdk:' if found.sdk else ''}{found.service}:{found.action or 'invoke'}"


@fact("part:state", gives="node", name="target")
def target_of(part: Part, view: View) -> Node | None:
    """What a Task runs or sends to; absent where it is nothing that the run knows."""
    found = view.target(part, "target")
    return found.node if found is not None else None


@fact("part:state", gives="any")
def arguments(part: Part, view: View) -> Any:
    """What a Task hands to what it calls (`Parameters` or `Arguments`); untyped."""
    return view.value(state_of(part).arguments)


@fact("part:state", gives="string")
def invocation_type(part: Part, view: View) -> Any:
    """How a Task that calls `lambda:invoke` does: `RequestResponse` (the default), `Event`, `DryRun`; absent for other states."""
    state = state_of(part)
    if state.call is None or state.call.service != "lambda" or state.call.action not in ("", "invoke"):
        return None
    if not state.call.action:
        return "RequestResponse"
    return view.string(state.argument("InvocationType"), default="RequestResponse")


# how long they take


@fact("part:state", gives="int", name="timeout")
def timeout_of_state(part: Part, view: View) -> Any:
    """Seconds that a Task may take (`TimeoutSeconds`); 99999999 by default, unknown where a path gives them, absent for other states."""
    state = state_of(part)
    return _seconds(state.timeout, view) if state.type == "Task" else None


@fact("part:state", gives="int")
def heartbeat(part: Part, view: View) -> Any:
    """Seconds between two heartbeats after which a Task fails (`HeartbeatSeconds`); 99999999 by default, unknown where a path gives them."""
    state = state_of(part)
    return _seconds(state.heartbeat, view) if state.type == "Task" else None


@fact("part:state", gives="bool")
def passes_token(part: Part, view: View) -> Any:
    """Whether a Task's arguments hand over the task token (`$$.Task.Token`, `$states.context.Task.Token`)."""
    return state_of(part).passes_token(decide=view.value)


@fact("part:state", gives="bool")
def passes_token_to_container(part: Part, view: View) -> Any:
    """Whether a Task that starts an ECS task hands the token to a container (in `Overrides`); absent for other states."""
    state = state_of(part)
    if state.call is None or (state.call.service, state.call.action) != ("ecs", "runTask"):
        return None
    return state.passes_token("Overrides", decide=view.value)


# how they fail


@fact("part:state", gives="int")
def retries(part: Part, view: View) -> Any:
    """How often a state is tried again at most by one of its retriers; 0 where it has none."""
    return _retries(state_of(part), view)


@fact("part:state", gives="bool")
def catches(part: Part, view: View) -> Any:
    """Whether a state catches errors."""
    return _catches(state_of(part), view)


@fact("part:state", gives="bool")
def enclosing_handles_errors(part: Part, view: View) -> Any:
    """Whether a Map or Parallel that it is in retries or catches."""
    doubt: Unknown | None = None
    for around in state_of(part).ancestors:
        for answer in (_catches(around, view), _retries(around, view)):
            if isinstance(answer, Unknown):
                doubt = answer
            elif answer:
                return True
    return doubt if doubt is not None else False


@fact("part:state", gives="list<part>")
def hiding_states(part: Part, view: View) -> Any:
    """The states that end an execution as if nothing had happened (a Succeed, a Pass that ends) and that it goes to on any error."""
    state = state_of(part)
    catchers = view.elements(state.body, "Catch")
    if isinstance(catchers, Unknown):
        return catchers
    names = []
    for catcher in catchers:
        errors = view.elements(catcher, "ErrorEquals") if isinstance(catcher, dict) else []
        if not isinstance(errors, Unknown) and ALL_ERRORS in errors:
            names += [s.name for s in _named(state, view.get(catcher, "Next")) if _ends_well(s)]
    return [p for p in _siblings(part, view) if p.element in names] if names else []


# what follows them


@fact("part:state", gives="list<part>")
def later_states(part: Part, view: View) -> Members[Part]:
    """The states that run after it where it succeeds, those after the Map or Parallel that it is in too; not those that only end the
    execution (Succeed, Fail). Nearest first, the nearest hundred at most.
    """
    own = _parts_by_state(part, view)
    later = state_of(part).later(through_catch=False, limit=MAX_LISTED)
    going_on = [s for s in later if isinstance(s.type, str) and s.type not in ("Succeed", "Fail")]
    doubt = state_of(part).machine.doubt
    return Members((own[id(s)] for s in going_on if id(s) in own), doubt.reason or "a way on is not known" if doubt is not None else "")


@fact("part:state", gives="bool", plain=True)
def polled_later(part: Part, view: View) -> bool | Unknown:
    """Whether a loop follows that waits and asks (a Task and a Choice, and not the state itself)."""
    state = state_of(part)
    if len(state.machine.states) > MAX_STATES:
        return Unknown("", f"a machine of more than {MAX_STATES} states is not searched for loops")
    found = any(_asks_in_loop(later, without=state) for later in state.later(through_catch=False) if later.type == "Task")
    return state.machine.doubt if not found and state.machine.doubt is not None else found


@fact("part:state", gives="string", plain=True)
def polls_for(part: Part, view: View) -> str | Unknown | None:
    """The call that a Task asks about again and again in a loop with a Wait, though it could be awaited (`.sync`); absent for other states."""
    state = state_of(part)
    if state.call is None or not state.call.sdk:
        return None
    started = STATUS_CALLS.get((state.call.service, state.call.action))
    if started is None or started not in CAN_SYNC:
        return None
    if len(state.machine.states) > MAX_STATES:
        return Unknown("", f"a machine of more than {MAX_STATES} states is not searched for loops")
    looping = [s for s in state.later() if any(x is state for x in s.later())]
    return ":".join(started) if any(s.type == "Wait" for s in looping) else None


@fact("part:state", gives="bool", plain=True)
def nested(part: Part, view: View) -> bool:
    """Whether it is inside a Map or Parallel: what ends after it is an item or a branch, not the execution."""
    return state_of(part).parent is not None


@fact("part:state", gives="bool", plain=True)
def in_map(part: Part, view: View) -> bool:
    """Whether it is inside a Map, and so may run many times at once."""
    return any(around.type == "Map" for around in state_of(part).ancestors)


# helpers


def state_of(part: Part) -> State:
    """The state of a `state` part."""
    return part.data["state"]  # type: ignore[no-any-return]


def _seconds(value: Any, view: View) -> Any:
    return view.integer(value, default=NEVER)


def _retries(state: State, view: View) -> Any:
    retriers = view.elements(state.body, "Retry")
    if isinstance(retriers, Unknown):
        return retriers
    attempts = [view.integer(r, "MaxAttempts", default=RETRY_ATTEMPTS) if isinstance(r, dict) else r for r in retriers]
    unknown = next((a for a in attempts if isinstance(a, Unknown)), None)
    known = [a for a in attempts if isinstance(a, int)]
    if unknown is not None and not any(known):
        return unknown
    return max(known, default=0)


def _catches(state: State, view: View) -> Any:
    catchers = view.elements(state.body, "Catch")
    return catchers if isinstance(catchers, Unknown) else bool(catchers)


def _named(state: State, name: Any) -> list[State]:
    return state.scope.named(name) if isinstance(name, str) else []


def _ends_well(state: State) -> bool:
    return state.type == "Succeed" or (state.type == "Pass" and state.ends)


def _parts_by_state(part: Part, view: View) -> dict[int, Part]:
    """`id` of a state -> its part, of the states of one machine here."""
    if not isinstance(part.owner, Node):
        return {}
    parts: dict[int, Part] = view.once(
        ("parts by state", part.owner.id), lambda view: {id(p.data["state"]): p for p in _siblings(part, view)}
    )
    return parts


def _siblings(part: Part, view: View) -> list[Part]:
    """The states of the same machine."""
    return view.parts(part.owner, "state") if isinstance(part.owner, Node) else []


def _asks_in_loop(task: State, without: State) -> bool:
    """Whether a Task is on a loop with a Choice that does not go through another state."""
    seen: set[int] = set()
    stack = [s for s, way in task.successors() if way != "catch"]
    chooses = False
    while stack:
        here = stack.pop()
        if here is without or id(here) in seen:
            continue
        seen.add(id(here))
        chooses = chooses or here.type == "Choice"
        stack += [s for s, way in here.successors() if way != "catch"]
    return id(task) in seen and chooses


__all__ = ["machine_of", "state_of"]
