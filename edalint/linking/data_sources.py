"""What Terraform's data sources look up by name, where the run itself declares it."""

from __future__ import annotations

from collections.abc import Sequence

from edalint.hints import Any
from edalint.linking.arns import Called, arn
from edalint.linking.names import Names
from edalint.model.resources import Unit
from edalint.model.values import Lookup, Ref, Value, settled
from edalint.services import registry
from edalint.services._terraform import Rule, translation_of

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "aws_ecs_task_definition": ("task_definition",),
    "aws_ecs_cluster": ("cluster_name",),
    "aws_ecs_service": ("service_name",),
    "aws_batch_job_definition": ("name", "arn"),
    "aws_lambda_alias": ("name",),
}
"""Data source -> its own argument for the name, where it is not the resource's."""


class DataSources:
    """Answers data sources by the names of the run's resources."""

    def __init__(self, units: Sequence[Unit]) -> None:
        resources = {r.id: r for u in units for r in u.resources.values()}
        registry.load(dict.fromkeys(r.type for r in resources.values()))
        self._names = Names(resources)

    def fill(self, lookup: Lookup, asker: Unit) -> bool:
        """Complete one lookup; False where several equally near resources have the name."""
        key = settled(lookup.key)
        type, attribute = key.get("type"), key.get("attribute")
        by = settled(key.get("by"))
        translation = translation_of(type) if isinstance(type, str) else None
        if translation is None or not isinstance(by, dict) or not isinstance(attribute, str):
            return True
        registry.load([type, translation.type])
        identity = registry.IDENTITIES.get(translation.type)
        called = _called(type, translation.properties, identity, by) if identity is not None else None
        if called is None:
            return True
        found = [c.resource for c in self._names.find(called, asker) if c.resource.type == translation.type]
        if len({r.id for r in found}) > 1:
            return False
        if found:
            lookup.found = Ref(found[0].id, translation.attributes.get(attribute, attribute))
        return True


def _called(type: str, rules: Any, identity: registry.Identity, by: dict[str, Value]) -> Called | None:
    """What a data source's arguments say of the name."""
    for argument in (*OTHER_NAMES.get(type, ()), *_arguments(rules, identity), "name"):
        value = settled(by.get(argument))
        if value is not None:
            return Called("", identity.kind, value, "", "", "")
    given = settled(by.get("arn"))
    return arn(given) if given is not None else None


def _arguments(rules: Any, identity: registry.Identity) -> list[str]:
    """The resource's arguments that hold the physical name."""
    return [a for a, rule in rules.items() if (rule.name if isinstance(rule, Rule) else rule) == identity.name]
