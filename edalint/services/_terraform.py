"""Terraform's arguments under CloudFormation's names: the rules that service files write, and how they are applied.

A block that Terraform repeats is a list of maps whatever its number; a rule says whether CloudFormation has a map there
(`one`) or a list (`many`). Every key keeps the place of the argument that it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from edalint.hints import Any, Union
from edalint.model.graph import Place
from edalint.model.locations import Location, Mark
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, Unit
from edalint.model.values import Lookup, Map, OneOf, Ref, Text, Unknown, Value, map_value, one_of, settled, text_of
from edalint.services import registry
from edalint.services.registry import Translation


class Rule(NamedTuple):
    """What becomes of one argument."""

    name: str
    """Property; `A.B` is B in a map A."""
    turn: Callable[[Value, Place], Value]
    """Makes the property's value of the argument's; None leaves it out."""
    blocks: str = ""
    """`one` or `many`, for nested blocks."""
    inner: Mapping[str, Any] = {}
    """The rules of the blocks' own arguments."""


Rules = Mapping[str, Union[str, Rule, None]]


class Renamed(Map):
    """A map under other names than it was written: it knows where its keys stand by the names that they had."""

    __slots__ = ("names", "origin")

    def __init__(self, items: Iterable[tuple[str, Any]] | Mapping[str, Any], origin: Map, names: dict[str, str]) -> None:
        super().__init__(items, origin.document, origin.begins, None)
        self.origin = origin
        self.names = names
        """Key -> the key of the map as written."""

    def mark(self, key: str) -> Mark | None:
        return self.origin.mark(self.names.get(key, key))

    def location(self, key: str | None = None) -> Location | None:
        return self.origin.location(self.names.get(key, key) if key is not None else None)

    def like(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Map:
        return Renamed(items, self.origin, self.names)


# the rules that service files write


def one(name: str, inner: Rules | None = None) -> Rule:
    """A block that occurs once: a map."""

    def turn(value: Value, place: Place) -> Value:
        return map_value(single(value), lambda plain: rename(plain, inner or {}) if isinstance(plain, Map) else plain)

    return Rule(name, turn, "one", inner or {})


def many(name: str, inner: Rules | None = None, finish: Callable[[Map, Map], None] | None = None) -> Rule:
    """A block that occurs any number of times: a list of maps."""

    def renamed(block: Value) -> Value:
        if not isinstance(block, Map):
            return block
        made = rename(block, inner or {})
        if finish is not None:
            finish(block, made)
        return made

    def each(element: Value) -> Value:
        return map_value(element, renamed)

    def turn(value: Value, place: Place) -> Value:
        return map_value(
            value, lambda plain: [each(e) for e in plain] if isinstance(plain, list) else [each(plain)] if isinstance(plain, Map) else plain
        )

    return Rule(name, turn, "many", inner or {})


def document(name: str) -> Rule:
    """JSON, written as text or by jsonencode: a map."""

    def turn(value: Value, place: Place) -> Value:
        from edalint.services._shared import structured

        return structured(value, place)

    return Rule(name, turn)


def raw(name: str) -> Rule:
    """A value whose keys are the user's own (environment variables, tags); before 0.12 such a map was written as a block."""

    def turn(value: Value, place: Place) -> Value:
        return value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Map) else value

    return Rule(name, turn)


def pairs(name: str, key: str = "Name", value: str = "Value") -> Rule:
    """A map of the user's own keys: CloudFormation's list of key and value."""

    def listed(plain: Value) -> Value:
        if not isinstance(plain, Map):
            return plain
        return [Renamed([(key, k), (value, v)], plain, {key: k, value: k}) for k, v in plain.items()]

    return Rule(name, lambda given, place: map_value(given, listed))


def turned(name: str, function: Callable[[Value], Value]) -> Rule:
    """A value that is written otherwise."""
    return Rule(name, lambda value, place: map_value(value, function))


def listed(name: str) -> Rule:
    """One value where CloudFormation has a list."""
    return Rule(name, lambda value, place: value if isinstance(value, list) else [value])


def switch(name: str, on: Value, off: Value) -> Rule:
    """A bool that CloudFormation writes as one of two words."""

    def turn(plain: Value) -> Value:
        if plain in (True, "true"):
            return on
        return off if plain in (False, "false") else plain

    return turned(name, turn)


def unless(name: str, meaningless: Value) -> Rule:
    """A value with which the provider says that nothing is set (`-1`)."""
    return turned(name, lambda plain: None if plain in (meaningless, str(meaningless)) else plain)


def translation(
    type: str,
    properties: Rules | None = None,
    attributes: dict[str, str] | None = None,
    *,
    defaults: dict[str, Any] | None = None,
    finish: Callable[[Map, Map], None] | None = None,
) -> Translation:
    """The translation of one Terraform type."""
    return Translation(type, dict(properties or {}), attributes or {}, defaults or {}, finish)


# applying them


def single(value: Value) -> Value:
    """The element of a block that occurs once; None where there is none."""
    if isinstance(value, list):
        present = [e for e in value if e is not None]
        if len(present) > 1 and all(isinstance(e, OneOf) for e in present):
            return one_of((c, v) for e in present for c, v in e.options if v is not None)
        return present[0] if present else None
    return map_value(value, lambda plain: single(plain) if isinstance(plain, list) else plain) if isinstance(value, OneOf) else value


def rename(written: Map, rules: Rules) -> Renamed:
    """A map under CloudFormation's names."""
    made = Renamed((), written, {})
    for argument, given in written.items():
        rule = rules[argument] if argument in rules else camel(argument)
        value = filled(given)
        if rule is None or value is None:
            continue
        if isinstance(rule, str):
            name, turned_value = rule, value if argument in rules else _camelized(value)
        else:
            name, turned_value = rule.name, rule.turn(value, Place(written, argument))
        if turned_value is not None:
            put(made, name, turned_value, argument, written)
    return made


def filled(value: Value) -> Value:
    """An argument's value; None, as if nothing was written, for the empty text that modules give an argument that they leave out."""
    if isinstance(value, OneOf):
        return map_value(value, filled)
    return None if isinstance(value, str) and value == "" else value


def put(made: Renamed, name: str, value: Value, argument: str, written: Map) -> None:
    """Set a property, perhaps inside maps that other arguments fill as well."""
    *outer, last = name.split(".")
    current = made
    for step in outer:
        inner = current.get(step)
        if not isinstance(inner, Renamed):
            inner = current[step] = Renamed((), written, {})
            current.names[step] = argument
        current = inner
    current[last] = value
    current.names[last] = argument


def _camelized(value: Value) -> Value:
    """Blocks without a rule, their keys in CloudFormation's spelling: one of them is a map. Other maps hold the user's own keys."""
    if isinstance(value, list) and any(isinstance(e, Map) for e in value):
        renamed = [rename(e, {}) if isinstance(e, Map) else e for e in value]
        return renamed[0] if len(renamed) == 1 else renamed
    return value


def camel(name: str) -> str:
    """`visibility_timeout` as `VisibilityTimeout`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def pascal_keys(value: Value, own: frozenset[str] = frozenset()) -> Value:
    """JSON in the API's spelling (`containerPort`) in CloudFormation's; below the keys in `own` stand the user's own."""
    if isinstance(value, Map):
        names = {k[:1].upper() + k[1:]: k for k in value}
        items = [(n, value[k] if k in own else pascal_keys(value[k], own)) for n, k in names.items()]
        return Renamed(items, value, names)
    if isinstance(value, list):
        return [pascal_keys(v, own) for v in value]
    return map_value(value, lambda plain: pascal_keys(plain, own)) if isinstance(value, OneOf) else value


def translate(unit: Unit) -> None:
    """Give the resources of a Terraform unit CloudFormation's types, properties and attributes, once."""
    registry.load(dict.fromkeys(r.type for r in unit.resources.values()))
    attributes: dict[str, dict[str, str]] = {}
    for resource in unit.resources.values():
        found = translation_of(resource.type)
        if found is not None:
            _translate(resource, found)
            attributes[resource.id] = found.attributes
    registry.load(dict.fromkeys(r.type for r in unit.resources.values()))
    for resource in unit.resources.values():
        properties = _referring(resource.properties, attributes)
        if isinstance(properties, Map):
            resource.properties = properties
    unit.outputs = {name: _referring(value, attributes) for name, value in unit.outputs.items()}
    for lookup in unit.lookups:
        lookup.key = _referring(lookup.key, attributes)


def translation_of(type: str) -> Translation | None:
    """How a Terraform type is translated; None for one that nobody here knows."""
    found: Translation | None = registry.TERRAFORM.get(type)
    if found is None and type.startswith("awscc_"):
        name = _awscc().get(type)
        found = Translation(name, {}, _Camel()) if name is not None else None
    return found


class _Camel(dict[str, str]):
    """The attributes of an `awscc_` resource: CloudFormation's in snake_case; its `id` is what Ref gives."""

    def get(self, key: str, default: Any = None) -> Any:
        return "Ref" if key == "id" else camel(key)


def _awscc() -> dict[str, str]:
    """Terraform's Cloud Control name of every CloudFormation type that a service knows."""
    names: dict[str, str] = {}
    for type in registry.index():
        parts = type.split("::")
        if len(parts) == 3 and parts[0] == "AWS":
            names[f"awscc_{parts[1].lower()}_{snake(parts[2])}"] = type
    return names


def snake(name: str) -> str:
    """`EventBus` as `event_bus`."""
    made = ""
    for index, character in enumerate(name):
        if character.isupper() and index and (not name[index - 1].isupper() or name[index + 1 : index + 2].islower()):
            made += "_"
        made += character.lower()
    return made


def _translate(resource: Resource, translation: Translation) -> None:
    written = resource.properties
    awscc = resource.type.startswith("awscc_")
    made = _deep(written) if awscc else rename(written, translation.properties)
    _generated_name(resource, written, made, translation.properties)
    if translation.finish is not None:
        translation.finish(written, made)
    for name, value in translation.defaults.items():
        made.setdefault(name, value)
    for name in resource.metadata.get("ignore_changes", ()):
        _forget(made, name)
    resource.written = written
    resource.properties = made
    resource.type = translation.type


PREFIXES = {"name_prefix": "name", "bucket_prefix": "bucket"}
"""Argument with the beginning of a name -> the argument that would give all of it."""


def _generated_name(resource: Resource, written: Map, made: Renamed, rules: Rules) -> None:
    """A name of which the provider makes up all, or what follows a prefix; it knows that FIFO names end in `.fifo`."""
    flag = next((f for f in ("fifo_queue", "fifo_topic") if written.get(f) in (True, "true")), None)
    for prefix, argument in PREFIXES.items():
        beginning = filled(written.get(prefix))
        if filled(written.get(argument)) is not None or (beginning is None and (flag is None or argument != "name")):
            continue
        rule = rules.get(argument, camel(argument))
        name = rule.name if isinstance(rule, Rule) else rule
        if name is not None:
            parts = [beginning, made_up(resource, name), ".fifo" if flag else None]
            put(made, name, text_of(parts), prefix if beginning is not None else str(flag), written)


def made_up(resource: Resource, name: str) -> Unknown:
    """The part of a name that the provider makes up."""
    return Unknown(f"{resource.id}.{name}", f"the name of {resource.name}, which Terraform makes", excludes=":/*?", unique=True)


def _forget(made: Map, argument: str) -> None:
    """A number whose changes are ignored is somebody else's to set."""
    if not isinstance(made, Renamed):
        return
    for key, origin in made.names.items():
        value = made.get(key)
        if argument in (origin, "*") and isinstance(value, (int, float)) and not isinstance(value, bool):
            made[key] = Unknown("", f"changes of {origin} are ignored, so somebody else sets it")


def _deep(written: Map) -> Renamed:
    """Every key of every map in CloudFormation's spelling (nested attributes of `awscc_` types are typed objects)."""
    names = {camel(k): k for k in written}
    return Renamed([(n, _deep_value(written[k])) for n, k in names.items()], written, names)


def _deep_value(value: Value) -> Value:
    if isinstance(value, Map):
        return _deep(value) if all(k == k.lower() for k in value) else value
    if isinstance(value, list):
        return [_deep_value(v) for v in value]
    return map_value(value, _deep_value) if isinstance(value, OneOf) else value


def _referring(value: Value, attributes: Mapping[str, Mapping[str, str]]) -> Value:
    """A value with the attributes of its references in CloudFormation's names; the same object where there are none."""
    if isinstance(value, Ref):
        known = attributes.get(value.id)
        name = known.get(value.attribute, value.attribute) if known is not None else value.attribute
        return value if name == value.attribute else Ref(value.id, name)
    if isinstance(value, Text):
        return text_of(_referring(p, attributes) for p in value.parts) if any(isinstance(p, Ref) for p in value.parts) else value
    if isinstance(value, dict):
        made = [(k, _referring(v, attributes)) for k, v in value.items()]
        if all(new is value[k] for k, new in made):
            return value
        return value.like(made) if isinstance(value, Map) else Map(made)
    if isinstance(value, list):
        elements = [_referring(v, attributes) for v in value]
        return value if all(a is b for a, b in zip(elements, value, strict=True)) else elements
    if isinstance(value, OneOf):
        return one_of((c, _referring(v, attributes)) for c, v in value.options)
    return value


__all__ = [
    "Lookup",
    "document",
    "listed",
    "many",
    "one",
    "pairs",
    "pascal_keys",
    "raw",
    "settled",
    "switch",
    "translate",
    "translation",
    "turned",
    "unless",
]
