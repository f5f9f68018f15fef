"""AWS Step Functions: state machines with all their states, activities, and the aliases and versions of machines.

A machine's definition says whom it runs and where it sends; its role gives edges only where the definition is not known
(`edalint.inference`).
"""

from __future__ import annotations

from edalint.model.conditions import Condition, both
from edalint.model.graph import Declarations, End, Node, Place
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Ref, Text, Unknown, Value, alternatives, items, map_value, parts_of, text_of
from edalint.services._shared import named, structured
from edalint.services._terraform import document, many, one, translation
from edalint.services.registry import Identity, declares, identities, terraform
from edalint.states.machine import Machine, State, parse

ROLE = ("AWS::IAM::Role",)
DIRECT_KINDS = ("function", "activity")
"""What a Task's `Resource` can be where it is no service integration."""
MAX_SUBSTITUTED = 20_000
"""Values of a definition object that are looked at for placeholders; a definition that AWS takes (1 MB) has fewer."""

_MACHINE = "arn:{P}:states:{R}:{A}:stateMachine:{name}"
identities(
    {
        "AWS::StepFunctions::StateMachine": Identity(
            "state-machine", "StateMachineName", "arn", arn=_MACHINE, attributes={"Arn": "arn", "Name": "name"}
        ),
        "AWS::StepFunctions::Activity": Identity(
            "activity", "Name", "arn", arn="arn:{P}:states:{R}:{A}:activity:{name}", attributes={"Arn": "arn", "Name": "name"}
        ),
        "AWS::StepFunctions::StateMachineAlias": Identity(
            "AWS::StepFunctions::StateMachineAlias", "Name", "arn", attributes={"Arn": "arn"}
        ),
        "AWS::StepFunctions::StateMachineVersion": Identity(
            "AWS::StepFunctions::StateMachineVersion", None, "arn", attributes={"Arn": "arn"}
        ),
    }
)

terraform(
    {
        "aws_sfn_state_machine": translation(
            "AWS::StepFunctions::StateMachine",
            {
                "name": "StateMachineName",
                "type": "StateMachineType",
                "definition": document("DefinitionString"),
                "logging_configuration": one("LoggingConfiguration"),
                "tracing_configuration": one("TracingConfiguration"),
            },
            {"arn": "Ref", "id": "Ref", "name": "Name"},
        ),
        "aws_sfn_activity": translation("AWS::StepFunctions::Activity", {}, {"id": "Ref", "name": "Name"}),
        "aws_sfn_alias": translation(
            "AWS::StepFunctions::StateMachineAlias", {"routing_configuration": many("RoutingConfiguration")}, {"arn": "Ref"}
        ),
    }
)


@declares("AWS::StepFunctions::StateMachine")
def state_machine(resource: Resource, declare: Declarations) -> None:
    """A state machine: a part for each state, an edge for each Task that runs or sends to something."""
    definition, place = definition_of(resource)
    machines: list[tuple[Condition, Machine]] = []
    node = declare.node(
        resource,
        "state-machine",
        role=End(resource.get("RoleArn"), ROLE, "any", resource),
        definition=definition,
        machines=machines,
        place=place,
    )

    def type_of(ref: Ref) -> str:
        meant = declare.resource(ref.id)
        return meant.type if meant is not None else ""

    for when, plain in alternatives(definition):
        machine = parse(plain, type_of)
        machines.append((when, machine))
        for state in machine.states:
            _state(resource, declare, node, state, when)


def definition_of(resource: Resource) -> tuple[Value, Place]:
    """The definition as a map (or Unknown), its placeholders filled, and where it is written."""
    for key in ("DefinitionString", "Definition", "DefinitionS3Location", "DefinitionUri"):
        value = resource.get(key)
        if value is not None:
            place = Place(resource.properties, key)
            if key in ("DefinitionS3Location", "DefinitionUri"):
                value = map_value(value, _uploaded)
            return structured(_filled(value, resource.get("DefinitionSubstitutions")), place), place
    return Unknown("", "the state machine has no definition"), Place(resource.properties)


def _uploaded(value: Value) -> Value:
    """A definition in a bucket, which nobody here can read."""
    is_location = not isinstance(value, dict) or "States" not in value
    return Unknown("", "the definition is not in the template", outside=True) if is_location else value


def _filled(definition: Value, substitutions: Value) -> Value:
    """A definition with `${Name}` replaced by what the substitutions say (AWS does so in text and object alike)."""
    values = {str(name): value for _, plain in alternatives(substitutions) if isinstance(plain, dict) for name, value in plain.items()}
    return _replaced(definition, values, [MAX_SUBSTITUTED]) if values else definition


def _replaced(value: Value, values: dict[str, Value], budget: list[int]) -> Value:
    budget[0] -= 1
    if budget[0] < 0:
        return Unknown("", "the definition is larger than Step Functions takes")
    if isinstance(value, str):
        return _replaced_text(value, values) if "${" in value else value
    if isinstance(value, Text):
        return text_of([_replaced_text(part, values) if isinstance(part, str) else part for part in value.parts])
    if isinstance(value, dict):
        replaced = {key: _replaced(inner, values, budget) for key, inner in value.items()}
        return value.like(replaced) if isinstance(value, Map) else Map(replaced)
    if isinstance(value, list):
        return [_replaced(inner, values, budget) for inner in value]
    return map_value(value, lambda plain: plain if plain is value else _replaced(plain, values, budget))


def _replaced_text(text: str, values: dict[str, Value]) -> Value:
    parts: list[Value] = []
    before, *rest = text.split("${")
    parts.append(before)
    for piece in rest:
        name, closed, after = piece.partition("}")
        parts += [values[name], after] if closed and name in values else ["${" + piece]
    return text_of(parts)


def _state(resource: Resource, declare: Declarations, node: Node, state: State, when: Condition) -> None:
    kinds, edge_kind = _meaning(state)
    targets = [(condition, End(_named(state, value), kinds, form, resource)) for condition, value, form in _distinct(state)]
    ends = {"target": targets[0][1]} if targets else {}
    other_account = get(state.body, "Credentials", "RoleArn")
    if other_account is not None:
        ends["secret_role"] = End(other_account, ROLE, "arn", resource)
    part = declare.part(
        "state",
        resource,
        node,
        element=state.name,
        properties=state.body,
        place=state.place,
        when=both(when, state.when),
        ends=ends,
        state=state,
    )
    if not edge_kind:
        return
    for condition, end in targets:
        edge = declare.edge(edge_kind, node, end, resource, part=part, when=condition)
        if isinstance(state.integration, str):
            edge.attributes["integration"] = state.integration


def _named(state: State, value: Value) -> Value:
    """A target as linking reads it: no bus is the default one, and API Gateway's endpoint is a host without its scheme."""
    if value is None:
        return "default"
    if state.call is not None and state.call.service == "apigateway" and not _beginning(value).startswith("http"):
        return text_of(["https://", value])
    return value


def _meaning(state: State) -> tuple[tuple[str, ...], str]:
    """What a state's target can be, and the edge that leads there; no edge where the target is no node."""
    known = state.known_call
    if known is not None:
        return known.kinds, known.edge
    if state.call is None or ("arn:" in _beginning(state.call.resource) and not state.call.direct):
        return (), ""
    return (DIRECT_KINDS, "run") if state.targets() else ((), "")


def _beginning(value: Value) -> str:
    """The literal text that a string begins with."""
    parts = parts_of(value)
    return parts[0] if parts and isinstance(parts[0], str) else ""


def _distinct(state: State) -> list[tuple[Condition, Value, str]]:
    """The targets of a state, each once: ten entries for one bus are one way there."""
    found: list[tuple[Condition, Value, str]] = []
    for condition, value, form in state.targets():
        if not any(condition == c and _same(value, v) for c, v, _ in found):
            found.append((condition, value, form))
    return found


def _same(left: Value, right: Value) -> bool:
    return type(left) is type(right) and bool(left == right)


@declares("AWS::StepFunctions::Activity")
def activity(resource: Resource, declare: Declarations) -> None:
    """An activity: workers poll it."""
    declare.node(resource, "activity")


@declares("AWS::StepFunctions::StateMachineVersion")
def version(resource: Resource, declare: Declarations) -> None:
    """A version stands for its machine."""
    declare.stands_for(resource, End(resource.get("StateMachineArn"), ("state-machine",), "any", resource), resource.address)


@declares("AWS::StepFunctions::StateMachineAlias")
def alias(resource: Resource, declare: Declarations) -> None:
    """An alias stands for the machine whose versions it routes to."""
    preferred = resource.get("DeploymentPreference", "StateMachineVersionArn")
    routed = [get(route, "StateMachineVersionArn") for _, route in items(resource.get("RoutingConfiguration"))]
    for value in [preferred, *routed]:
        if value is not None:
            end = End(value, ("state-machine",), "any", resource)
            declare.stands_for(resource, end, named(resource.get("Name")) if resource.get("Name") is not None else "")
            return
