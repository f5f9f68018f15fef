"""`AWS::Serverless::StateMachine`: the state machine, its role, alias and events."""

from __future__ import annotations

from collections.abc import Callable

from edalint.frontends.cloudformation.sam.expansion import Event, Expansion, Owner, Role, condition_of, later, trust_in
from edalint.frontends.cloudformation.sam.functions import add_role, attach_policies, tag_list
from edalint.frontends.cloudformation.sam.shapes import get_att, is_absent, plain, ref, renamed, text
from edalint.hints import Any
from edalint.model.graph import Place
from edalint.model.values import Map

TYPE = "AWS::Serverless::StateMachine"
RENAMED = {
    "Name": "StateMachineName",
    "Type": "StateMachineType",
    "Logging": "LoggingConfiguration",
    "Tracing": "TracingConfiguration",
    "Role": "RoleArn",
}
PASSED = ("Definition", "DefinitionSubstitutions", "DefinitionUri")

EVENTS: dict[str, Callable[[Expansion, Event], None]] = {
    **dict.fromkeys(("Schedule", "CloudWatchEvent", "EventBridgeRule"), later("schedules", "machine_rule")),
    "ScheduleV2": later("schedules", "schedule"),
    "Api": later("apis", "machine_rest"),
}


def expand(expansion: Expansion, id: str, resource: Map, properties: Map) -> None:
    """Put a state machine and everything that SAM generates for it into the expansion.

    `Definition` stays a map (SAM writes it as text with substitutions, which says the same), `DefinitionUri` as written.
    """
    owner = Owner(id, TYPE, condition_of(resource), Place(expansion.written, id))
    owner.arn = owner.name = ref(id)
    owner.permissions_boundary = properties.get("PermissionsBoundary")
    items: dict[str, Any] = {k: properties[k] for k in PASSED if not is_absent(properties.get(k))}
    items.update({new: properties[old] for old, new in RENAMED.items() if not is_absent(properties.get(old))})
    if not is_absent(properties.get("Tags")):
        items["Tags"] = tag_list(properties["Tags"])
    if "RoleArn" not in items:
        items["RoleArn"] = _role(expansion, owner, properties)
    body = renamed(properties, items, {new: old for old, new in RENAMED.items()})
    expansion.keep(id, resource, "AWS::StepFunctions::StateMachine", body)
    _alias(expansion, owner, properties)
    for event in expansion.events(owner, properties):
        maker = EVENTS.get(event.type)
        if maker is None:
            message = f"SAM has no event type {event.type} for state machines (event {event.key} of {id})"
            expansion.diagnose(message, event.place)
        else:
            maker(expansion, event)


def _role(expansion: Expansion, owner: Owner, properties: Map) -> Map:
    role = Role(f"{owner.id}Role")
    attach_policies(expansion, role, properties.get("Policies"), Place(properties, "Policies"))
    if plain(properties.get("Tracing")).get("Enabled") is True:
        role.attach("AWSXrayWriteOnlyAccess")
    place = Place(properties, "Policies") if "Policies" in properties else owner.place
    add_role(expansion, owner, role, trust_in("states.amazonaws.com"), place, owner.condition, properties)
    return get_att(role.id)


def _alias(expansion: Expansion, owner: Owner, properties: Map) -> None:
    name = text(properties.get("AutoPublishAlias"))
    if name is None:
        return
    place = Place(properties, "AutoPublishAlias")
    version, alias = f"{owner.id}Version", f"{owner.id}Alias{name}"
    items = {"StateMachineArn": ref(owner.id), "StateMachineRevisionId": get_att(owner.id, "StateMachineRevisionId")}
    expansion.add(version, "AWS::StepFunctions::StateMachineVersion", properties.like(items), place, TYPE, owner.condition)
    given = properties.get("DeploymentPreference")
    preference = plain(given).like({"Type": "ALL_AT_ONCE", **plain(given), "StateMachineVersionArn": ref(version)})
    body = renamed(properties, {"Name": name, "DeploymentPreference": preference}, {"Name": "AutoPublishAlias"})
    expansion.add(alias, "AWS::StepFunctions::StateMachineAlias", body, place, TYPE, owner.condition)
    if properties.get("UseAliasAsEventTarget") is True:
        owner.arn = owner.name = ref(alias)
