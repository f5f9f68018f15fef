"""Amazon States Language: the states of a machine, what each calls and how, what follows it and how it fails.

`parse` takes a definition whose values may be unknown anywhere and never fails: what cannot be read is simply not there,
and the machine says why. The language: https://states-language.net and
https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from edalint.hints import Any
from edalint.model.conditions import Condition, both
from edalint.model.graph import Place
from edalint.model.resources import get
from edalint.model.values import Map, Unknown, Value, alternatives, items, settled
from edalint.states.calls import Call, TypeOf, read_resource
from edalint.states.integrations import Integration, find
from edalint.states.tokens import Decide, is_expression, passes_token, selects_token

MAX_DEPTH = 40
"""Machines nested deeper than this are not followed."""
MAX_STATES = 5000
"""AWS refuses definitions above 1 MB; no readable machine has more states than this."""


class State:
    """One state, in one alternative of its machine."""

    __slots__ = ("body", "call", "children", "jsonata", "language_doubt", "machine", "name", "place", "scope", "type", "when")

    def __init__(
        self, machine: Machine, scope: Scope, name: str, type: str | Unknown, body: Map, place: Place, when: Condition, *, jsonata: bool
    ) -> None:
        self.machine = machine
        self.scope = scope
        """The states that it stands among: its `Next` is one of them."""
        self.name = name
        self.type = type
        """`Task`, `Pass`, `Choice`, `Wait`, `Succeed`, `Fail`, `Parallel`, `Map`; Unknown where not known."""
        self.body = body
        self.place = place
        self.when = when
        self.jsonata = jsonata
        """Whether it is written in JSONata; else JSONPath."""
        self.language_doubt: Unknown | None = None
        """Why it is not known which of the two languages it is written in; None where it is."""
        self.call: Call | None = None
        """What it calls; None unless it is a Task."""
        self.children: list[Scope] = []
        """The branches of a Parallel, the processor of a Map."""

    @property
    def parent(self) -> State | None:
        """The Parallel or Map state that it is in."""
        return self.scope.parent

    @property
    def ancestors(self) -> Iterator[State]:
        """The states that it is in, innermost first."""
        state = self.parent
        while state is not None:
            yield state
            state = state.parent

    @property
    def arguments(self) -> Value:
        """What it hands to what it calls: `Parameters` (JSONPath) or `Arguments` (JSONata); None where absent."""
        if self.language_doubt is not None:
            return settled(self.body.get("Arguments" if "Arguments" in self.body else "Parameters"))
        return settled(self.body.get("Arguments" if self.jsonata else "Parameters"))

    def argument(self, *path: str) -> Value:
        """One argument: None where absent, Unknown where it is worked out at run time; `[]` in the path stands for every element."""
        return _argument(self.arguments, path)

    @property
    def integration(self) -> str | Unknown | None:
        """How it calls: see `Call.integration`; None unless it is a Task."""
        return self.call.integration if self.call else None

    @property
    def known_call(self) -> Integration | None:
        """What is known of the call, where its target can be a resource."""
        if self.call is None or not self.call.service:
            return None
        return find(self.call.service, self.call.action or "invoke", sdk=self.call.sdk)

    def targets(self) -> list[tuple[Condition, Value, str]]:
        """What it calls: (when, value, form of a plain string), one for each alternative and, for putEvents, each entry.

        A value of None means the default event bus. Empty where it calls nothing that can be a resource.
        """
        call = self.call
        if call is None:
            return []
        if call.direct or (isinstance(call.integration, Unknown) and not call.service):
            return [(True, call.resource, "arn")]
        known = self.known_call
        if known is None:
            return []
        found: list[tuple[Condition, Value, str]] = []
        for where in known.targets:
            for condition, value in self._values(where.path):
                if value is not None or known.default_bus:
                    found.append((condition, value, where.form))
            if found:
                break
        return found

    def _values(self, path: tuple[str, ...]) -> Iterator[tuple[Condition, Value]]:
        if "[]" not in path:
            yield from alternatives(self.argument(*path))
            return
        cut = path.index("[]")
        holder = self.argument(*path[:cut])
        for condition, element in items(holder):
            for inner, value in alternatives(_argument(element, path[cut + 1 :])):
                yield both(condition, inner), value

    # limits

    @property
    def timeout(self) -> Value:
        """`TimeoutSeconds`; Unknown where a path or expression gives it; None where absent."""
        return self._limit("TimeoutSeconds")

    @property
    def heartbeat(self) -> Value:
        """`HeartbeatSeconds`, likewise."""
        return self._limit("HeartbeatSeconds")

    @property
    def max_concurrency(self) -> Value:
        """`MaxConcurrency` of a Map, likewise."""
        return self._limit("MaxConcurrency")

    def _limit(self, name: str) -> Value:
        value = settled(self.body.get(name))
        if value is None and settled(self.body.get(f"{name}Path")) is not None:
            return Unknown("", f"{name}Path gives it at run time")
        if isinstance(value, str) and is_expression(value):
            return Unknown("", f"{name} is worked out at run time")
        return value

    @property
    def distributed(self) -> bool | Unknown:
        """Whether it is a Map in distributed mode."""
        processor = get(self.body, "ItemProcessor")
        mode = get(processor, "ProcessorConfig", "Mode")
        if isinstance(mode, Unknown):
            return mode
        modes = {plain for _, plain in alternatives(mode) if isinstance(plain, str)}
        return "DISTRIBUTED" in modes

    # ways on

    def successors(self) -> list[tuple[State, str]]:
        """The states that may follow it in its own scope: (state, `next`, `choice`, `default` or `catch`)."""
        body = self.body
        names: list[tuple[Value, str]] = [(body.get("Next"), "next")]
        if self.type == "Choice":
            names += [(get(choice, "Next"), "choice") for _, choice in items(body.get("Choices"))]
            names.append((body.get("Default"), "default"))
        names += [(get(catcher, "Next"), "catch") for _, catcher in items(body.get("Catch"))]
        found = []
        for value, way in names:
            for _, name in alternatives(value):
                if isinstance(name, str):
                    found += [(state, way) for state in self.scope.named(name)]
        return found

    @property
    def doubt(self) -> Unknown | None:
        """Why its type or the ways on from it are not known; None where they are."""
        body = self.body
        ways = [self.type, body.get("Next"), body.get("Default"), body.get("Choices"), body.get("Catch"), body.get("End")]
        for key in ("Choices", "Catch"):
            for _, entry in items(body.get(key)):
                ways += [entry, get(entry, "Next")]
        return next((plain for way in ways for _, plain in alternatives(way) if isinstance(plain, Unknown)), None)

    @property
    def ends(self) -> bool:
        """Whether its scope ends after it."""
        return self.type in ("Succeed", "Fail") or any(plain in (True, "true") for _, plain in alternatives(self.body.get("End")))

    def later(self, *, through_catch: bool = True, limit: int = MAX_STATES) -> list[State]:
        """Every state that may run after it, in its own scope and those around it, nearest first (so many at most); itself only if it is
        on a loop.
        """
        return reachable(_next_of(self, through_catch=through_catch), through_catch=through_catch, limit=limit)

    @property
    def starts_loop(self) -> bool:
        """Whether the way on from it can come back to it."""
        return any(state is self for state in self.later())

    # the task token

    def passes_token(self, *path: str, decide: Decide = settled) -> bool | Unknown:
        """Whether its arguments (or what is under a path in them) hand over the task token. Unknown where they are not known.

        `decide` picks one alternative where a value has several.
        """
        found = self._passes_token(path, decide)
        return self.language_doubt if found is False and self.language_doubt is not None else found

    def _passes_token(self, path: tuple[str, ...], decide: Decide) -> bool | Unknown:
        value = decide(self.arguments)
        if value is None and not path:
            selected = decide(self.body.get("InputPath"))
            return selected if isinstance(selected, Unknown) else isinstance(selected, str) and selects_token(selected)
        for key in path:
            if not isinstance(value, dict):
                break
            dynamic = f"{key}.$"
            value = Map({dynamic: value[dynamic]}) if dynamic in value else decide(value.get(key))
        return passes_token(value, jsonata=self.jsonata, decide=decide)

    def __repr__(self) -> str:
        return f"State({self.type} {self.name!r})"


class Scope:
    """States that stand among each other: the machine itself, a branch of a Parallel, the processor of a Map."""

    __slots__ = ("_by_name", "body", "machine", "parent", "states")

    def __init__(self, machine: Machine, body: Map, parent: State | None) -> None:
        self.machine = machine
        self.body = body
        self.parent = parent
        self.states: list[State] = []
        self._by_name: dict[str, list[State]] | None = None

    def named(self, name: str) -> list[State]:
        """The states of a name: several where the template has alternatives."""
        if self._by_name is None:
            self._by_name = {}
            for state in self.states:
                self._by_name.setdefault(state.name, []).append(state)
        return self._by_name.get(name, [])

    @property
    def start(self) -> list[State]:
        """Where it starts; empty where that is not known."""
        return [s for _, name in alternatives(self.body.get("StartAt")) if isinstance(name, str) for s in self.named(name)]


class Machine:
    """A state machine's definition."""

    __slots__ = ("_doubt", "body", "jsonata", "problem", "scope", "states")

    def __init__(self, body: Map) -> None:
        self.body = body
        self.problem: Unknown | None = None
        """Why the states are not known, or not all of them; None where they are."""
        self.states: list[State] = []
        """Every state, nested ones after the state that they are in."""
        self.jsonata = False
        self.scope = Scope(self, body, None)
        self._doubt: list[Unknown | None] = []

    @property
    def doubt(self) -> Unknown | None:
        """Why not all states and the ways between them are known; None where they are."""
        if not self._doubt:
            self._doubt.append(
                self.problem
                if self.problem is not None
                else next((d for d in (state.doubt for state in self.states) if d is not None), None)
            )
        return self._doubt[0]

    @property
    def timeout(self) -> Value:
        """`TimeoutSeconds` of the whole execution; None where absent."""
        return settled(self.body.get("TimeoutSeconds"))

    def named(self, name: str) -> list[State]:
        """The states of a name, wherever they are nested (names are unique in a machine)."""
        return [state for state in self.states if state.name == name]


def parse(definition: Value, type_of: TypeOf | None = None) -> Machine:
    """The machine that a definition (a Map, holes and alternatives inside) describes.

    The caller decides alternatives at the top. `type_of` tells what a reference that stands as a Task's whole resource is: a
    function and an activity are called in different ways.
    """
    definition = settled(definition)
    if not isinstance(definition, dict):
        machine = Machine(Map())
        machine.problem = definition if isinstance(definition, Unknown) else Unknown("", "the definition is no object")
        return machine
    machine = Machine(_as_map(definition))
    machine.jsonata = _is_query_language(machine.body, default=False)
    _read_states(machine, machine.scope, type_of or (lambda ref: ""), jsonata=machine.jsonata, when=True, depth=0)
    return machine


def _read_states(machine: Machine, scope: Scope, type_of: TypeOf, *, jsonata: bool, when: Condition, depth: int) -> None:
    for condition, states in alternatives(scope.body.get("States")):
        if isinstance(states, Unknown):
            machine.problem = states
            continue
        if not isinstance(states, dict):
            machine.problem = machine.problem if machine.problem is not None else Unknown("", "States is missing or no object")
            continue
        holder = _as_map(states)
        for name, value in holder.items():
            for inner, body in alternatives(value):
                joined = both(when, condition, inner)
                if joined is False or body is None:
                    continue
                if not isinstance(body, dict) or len(machine.states) >= MAX_STATES:
                    machine.problem = body if isinstance(body, Unknown) else Unknown("", f"state {name!r} is no object")
                    continue
                for state in _states(machine, scope, str(name), _as_map(body), Place(holder, name), joined, type_of, jsonata):
                    scope.states.append(state)
                    machine.states.append(state)
                    _descend(machine, state, type_of, depth)


def _states(
    machine: Machine, scope: Scope, name: str, body: Map, place: Place, when: Condition, type_of: TypeOf, jsonata: bool
) -> Iterator[State]:
    """The state in every alternative of its type and resource."""
    jsonata = _is_query_language(body, default=jsonata)
    for condition, kind in alternatives(body.get("Type")):
        type = kind if isinstance(kind, str) else kind if isinstance(kind, Unknown) else Unknown("", "the state has no type")
        resources = alternatives(body.get("Resource")) if type == "Task" else iter([(True, None)])
        for inner, resource in resources:
            joined = both(when, condition, inner)
            if joined is False:
                continue
            state = State(machine, scope, name, type, body, place, joined, jsonata=jsonata)
            state.language_doubt = _language_doubt(body, machine.body)
            if type == "Task":
                state.call = read_resource(resource, type_of)
            yield state


def _descend(machine: Machine, state: State, type_of: TypeOf, depth: int) -> None:
    if state.type == "Parallel":
        inner: list[tuple[Condition, Value]] = list(items(state.body.get("Branches")))
    elif state.type == "Map":
        inner = [pair for key in ("ItemProcessor", "Iterator") for pair in items(state.body.get(key))]
    else:
        return
    if depth >= MAX_DEPTH:
        machine.problem = Unknown("", f"nested deeper than {MAX_DEPTH} levels")
        return
    for condition, branch in inner:
        if isinstance(branch, dict):
            scope = Scope(machine, _as_map(branch), state)
            state.children.append(scope)
            jsonata = _is_query_language(scope.body, default=state.jsonata)
            _read_states(machine, scope, type_of, jsonata=jsonata, when=both(state.when, condition), depth=depth + 1)
        else:
            machine.problem = branch if isinstance(branch, Unknown) else Unknown("", f"a branch of {state.name!r} is no object")


def _argument(value: Value, path: tuple[str, ...]) -> Value:
    for index, key in enumerate(path):
        value = settled(value)
        if isinstance(value, str) and is_expression(value):
            return Unknown("", "worked out at run time")
        if isinstance(value, dict) and key not in value and f"{key}.$" in value:
            return Unknown("", f"{'.'.join(path[: index + 1])} is taken from the input at run time")
        value = get(value, key)
    value = settled(value)
    return Unknown("", "worked out at run time") if isinstance(value, str) and is_expression(value) else value


def _is_query_language(body: Map, *, default: bool) -> bool:
    names = [plain for _, plain in alternatives(body.get("QueryLanguage")) if isinstance(plain, str)]
    return names[0] == "JSONata" if names else default


def _language_doubt(*bodies: Map) -> Unknown | None:
    """Why the query language is not known: the nearest of these that says one does not say which."""
    for body in bodies:
        values = [plain for _, plain in alternatives(body.get("QueryLanguage")) if plain is not None]
        if values:
            return next((v for v in values if isinstance(v, Unknown)), None)
    return None


def _as_map(value: dict[str, Any]) -> Map:
    return value if isinstance(value, Map) else Map(value)


def reachable(starts: Iterable[State], *, through_catch: bool = True, limit: int = MAX_STATES) -> list[State]:
    """These states, and every state that may run after one of them, nearest first."""
    found: list[State] = []
    seen: set[int] = set()
    queue = deque(starts)
    while queue and len(found) < limit:
        here = queue.popleft()
        if id(here) in seen:
            continue
        seen.add(id(here))
        found.append(here)
        queue.extend(start for scope in here.children for start in scope.start)
        queue.extend(_next_of(here, through_catch=through_catch))
    return found


def _next_of(state: State, *, through_catch: bool) -> list[State]:
    found = [s for s, way in state.successors() if through_catch or way != "catch"]
    if state.ends and state.parent is not None:
        found += [s for s, way in state.parent.successors() if through_catch or way != "catch"]
    return found
