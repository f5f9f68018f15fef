"""Values that another input of the run provides, found by their names: CloudFormation exports, SSM parameters, the outputs of
another Terraform root, and the resources that Terraform's data sources look up.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from edalint.linking.likeness import after_given_name, after_stack_name, given_alike
from edalint.linking.names import Namesakes
from edalint.model.conditions import Condition, both
from edalint.model.resources import Unit
from edalint.model.values import Lookup, OneOf, Ref, Text, Unknown, Value, alternatives, one_of, settled

PARAMETER = "AWS::SSM::Parameter"

Provided = dict[Hashable, Namesakes]
"""Name (or a key of likeness, see `_enter`) -> who provides what under it: (when, value)."""
Fill = Callable[[Lookup, Unit], bool]


def complete(units: Sequence[Unit]) -> list[Lookup]:
    """Set `found` of every lookup that a unit of the run provides, nearest first.

    Returns the lookups that several equally near units provide: they stay unknown.
    """
    kinds = {lookup.kind for unit in units for lookup in unit.lookups}
    ambiguous: list[Lookup] = []
    for kind in ("export", "ssm", "remote-state", "data"):
        if kind in kinds:
            fill = _FILLERS[kind](units)
            for unit in units:
                ambiguous += [lookup for lookup in unit.lookups if lookup.kind == kind and not fill(lookup, unit)]
    return ambiguous


def _by_name(provided: Callable[[Iterable[Unit]], Provided]) -> Callable[[Sequence[Unit]], Fill]:
    def filler(units: Sequence[Unit]) -> Fill:
        table = provided(units)
        return lambda lookup, asker: _fill(lookup, asker, table)

    return filler


def _remote_state(units: Sequence[Unit]) -> Fill:
    from edalint.linking.roots import Roots

    roots = Roots(units)

    def fill(lookup: Lookup, asker: Unit) -> bool:
        found = roots.output(lookup.key, asker)
        if found is not None and not _mentions(found, lookup):
            lookup.found = found
        return True

    return fill


def _data_sources(units: Sequence[Unit]) -> Fill:
    from edalint.linking.data_sources import DataSources

    return DataSources(units).fill


_SEVERAL = object()


def _exports(units: Iterable[Unit]) -> Provided:
    table: Provided = {}
    for unit in units:
        for when, name, value in unit.exports:
            _enter(table, unit, when, name, value)
    return table


def _parameters(units: Iterable[Unit]) -> Provided:
    table: Provided = {}
    for unit in units:
        for when, name, value in unit.ssm:
            _enter(table, unit, when, name, value)
        for resource in unit.resources.values():
            if resource.type == PARAMETER:
                value = resource.properties.get("Value")
                _enter(table, unit, resource.when, resource.properties.get("Name"), value)
                _enter(table, unit, resource.when, Ref(resource.id), value)
    return table


_FILLERS: dict[str, Callable[[Sequence[Unit]], Fill]] = {
    "export": _by_name(_exports),
    "ssm": _by_name(_parameters),
    "remote-state": _remote_state,
    "data": _data_sources,
}


def _enter(table: Provided, unit: Unit, when: Condition, name: Value, value: Value) -> None:
    for condition, plain in alternatives(name):
        key = _key(plain)
        joined = both(when, condition)
        if key is None or value is None or joined is False:
            continue
        alike, ending = given_alike(key), after_stack_name(key)
        for under in (key, ("alike", alike) if alike is not None else None, ("stack", ending) if ending is not None else None):
            if under is not None:
                table.setdefault(under, Namesakes()).all.append((unit, (joined, value)))


def _key(name: Value) -> Hashable | None:
    name = settled(name)
    if isinstance(name, (str, Text, Ref)):
        return name
    return name if isinstance(name, Unknown) and name.symbol else None


def _fill(lookup: Lookup, asker: Unit, table: Provided) -> bool:
    """Complete one lookup; False where several equally near units provide it."""
    key = settled(lookup.key)
    if isinstance(key, OneOf):
        options = [(when, _nearest(_key(option), asker, table)) for when, option in key.options]
        if any(found is _SEVERAL for _, found in options):
            return False
        if any(found is not None for _, found in options):
            outside = Unknown("", lookup.reason, outside=True)
            lookup.found = one_of((when, found if found is not None else outside) for when, found in options)
        return True
    found = _nearest(_key(key), asker, table)
    if found is _SEVERAL:
        return False
    if found is not None and not _mentions(found, lookup):
        lookup.found = found
    return True


def _nearest(key: Hashable | None, asker: Unit, table: Provided) -> Value:
    """What the nearest unit provides under a name; where none has the very name, under one that is given alike."""
    if key is None:
        return None
    itself = table.get(key)
    if itself is not None:
        near = next(filter(None, itself.near(asker)))
    else:
        keys = [("alike", given_alike(key)), *(("stack", ending) for ending in after_given_name(key))]
        groups = (group for k in keys if k in table for group in table[k].near(asker))
        others = ([entry for entry in group if entry[0] is not asker] for group in groups)
        near = next(filter(None, others), [])
    if not near:
        return None
    first = near[0][0]
    if any(unit is not first for unit, _ in near):
        return _SEVERAL
    return near[0][1][1] if len(near) == 1 else one_of(provided for _, provided in near)


def _mentions(value: Value, lookup: Lookup) -> bool:
    """Whether following a value would come back to the lookup itself (an export made from its own import)."""
    seen: set[int] = set()
    stack = [value]
    while stack:
        value = stack.pop()
        if value is lookup:
            return True
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Lookup):
            stack += [value.found] if value.found is not None else []
        elif isinstance(value, Text):
            stack.extend(value.parts)
        elif isinstance(value, OneOf):
            stack.extend(option for _, option in value.options)
        elif isinstance(value, list):
            stack.extend(value)
    return False
