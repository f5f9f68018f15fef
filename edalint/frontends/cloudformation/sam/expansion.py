"""The expansion of one template: what all resource types and events share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

from edalint.frontends.cloudformation.sam import globals as sam_globals
from edalint.frontends.cloudformation.sam.shapes import Composed, is_absent, plain, text
from edalint.hints import Any
from edalint.model.graph import Place
from edalint.model.values import Map

MARK = "__sam__"
PREFIX = "AWS::Serverless::"
APIS = ("AWS::Serverless::Api", "AWS::Serverless::HttpApi")
CONNECTOR = "AWS::Serverless::Connector"
MAX_BRANCHES = 32
"""More alternatives of one value than this are left out; a template that has them is not one that SAM takes."""


def later(module: str, name: str) -> Callable[..., None]:
    """A function of another module of the expansion, which is imported when it is called: most templates use a few."""

    def call(*arguments: Any) -> None:
        getattr(import_module(f"{__package__}.{module}"), name)(*arguments)

    return call


class Event:
    """One entry of `Events`."""

    __slots__ = ("condition", "entry", "id", "key", "owner", "place", "properties", "type")

    def __init__(self, owner: Owner, key: str, id: str, entry: Map, place: Place, condition: str | None, properties: Map) -> None:
        self.owner = owner
        self.key = key
        self.id = id
        """What SAM calls it: the owner's logical id and the key."""
        self.entry = entry
        self.type = str(entry.get("Type", ""))
        self.place = place
        self.condition = condition
        self.properties = properties
        """Its `Properties`; the entry's own map (without items) where it has none, so that positions are there."""

    def get(self, name: str) -> Any:
        """A property; None where it is absent."""
        value = self.properties.get(name)
        return None if is_absent(value) else value

    def passed(self, *names: str) -> dict[str, Any]:
        """Those of the named properties that are there."""
        return {name: value for name in names if (value := self.get(name)) is not None}


class Role:
    """An execution role that SAM generates, while it is being put together."""

    __slots__ = ("id", "managed", "policies")

    def __init__(self, id: str) -> None:
        self.id = id
        self.managed: list[Any] = []
        self.policies: list[Any] = []

    def attach(self, managed: str) -> None:
        """Attach a policy that AWS manages, by its path and name, once."""
        arn = f"arn:aws:iam::aws:policy/{managed}"
        if arn not in self.managed:
            self.managed.append(arn)

    def allow(self, name: str, *statements: Map) -> None:
        """Add an inline policy, unless one with the same statements is there."""
        document = Map({"Version": "2012-10-17", "Statement": list(statements)})
        if all(p.get("PolicyDocument") != document for p in self.policies if isinstance(p, dict)):
            self.policies.append(Map({"PolicyName": name, "PolicyDocument": document}))


class Owner:
    """A function or state machine whose events are expanded."""

    __slots__ = ("arn", "condition", "id", "name", "permissions_boundary", "place", "role", "source_type")

    def __init__(self, id: str, source_type: str, condition: str | None, place: Place) -> None:
        self.id = id
        self.source_type = source_type
        self.condition = condition
        self.place = place
        self.arn: Map = Map()
        """What events deliver to: the function, or its alias."""
        self.name: Map = Map()
        """The same by name where SAM uses names."""
        self.role: Role | None = None
        """The generated role; None where the template names one."""
        self.permissions_boundary: Any = None


def allow(actions: str | list[str], resource: Any) -> Map:
    """A statement of an identity policy."""
    return Map({"Effect": "Allow", "Action": actions, "Resource": resource})


def trust_in(service: str) -> Map:
    """The trust policy that lets a service take a role."""
    principal = Map({"Service": [service]})
    statement = Map({"Effect": "Allow", "Action": ["sts:AssumeRole"], "Principal": principal})
    return Map({"Version": "2012-10-17", "Statement": [statement]})


class Expansion:
    """A template on its way through SAM."""

    def __init__(self, template: Map, diagnose: Callable[..., None]) -> None:
        self.template = template
        self.diagnose = diagnose
        written = template.get("Resources")
        self.written: Map = written if isinstance(written, Map) else Map()
        self.resources: dict[str, Any] = sam_globals.applied(template, self.written)
        """The template's own resources, with what Globals adds."""
        self.out: dict[str, Any] = {}
        self.origins: dict[str, tuple[Map, str | None]] = {}
        """Generated id -> where it comes from."""
        self.conditions: dict[str, Any] = {}
        """Conditions that the expansion adds."""
        self.renames: dict[str, str] = {}
        """`Function.Alias` and the like -> the id of the generated resource that they mean."""
        self.settings: dict[str, Any] = {}
        """What one part of the expansion keeps for another (APIs under construction)."""

    def expand(self) -> Map:
        """The expanded template."""
        for id, resource in self.resources.items():
            kind = resource.get("Type") if isinstance(resource, Map) else None
            if isinstance(kind, str) and kind.startswith(PREFIX):
                maker = MAKERS.get(kind[len(PREFIX) :])
                if maker is not None:
                    maker(self, id, resource, plain(resource.get("Properties")))
                else:
                    self.out.setdefault(id, resource)
            else:
                self.out.setdefault(id, resource)
        resources = [resource for resource in self.resources.values() if isinstance(resource, Map)]
        if "apis" in self.settings or any(resource.get("Type") in APIS for resource in resources):
            later("apis", "finish")(self)
        if any(resource.get("Type") == CONNECTOR or "Connectors" in resource for resource in resources):
            later("connectors", "expand")(self)
        items = {key: value for key, value in self.template.items() if key != "Globals"}
        items["Resources"] = Composed(self.out, self.written, self.origins)
        if self.conditions:
            conditions = self.template.get("Conditions")
            base = conditions if isinstance(conditions, Map) else Map()
            items["Conditions"] = base.like({**self.conditions, **base})
        expanded = self.template.like(items)
        if self.renames:
            from edalint.frontends.cloudformation.sam import references

            expanded = references.renamed(expanded, self.renames)
        return expanded

    # resources

    def keep(self, id: str, resource: Map, type: str, properties: Map) -> Map:
        """Put an original resource under its own id, as what it becomes."""
        items = {
            **{key: value for key, value in resource.items() if key not in ("Connectors", "IgnoreGlobals")},
            "Type": type,
            "Properties": properties,
            MARK: {"source_type": resource.get("Type"), "generated": False, "place": Place(self.written, id)},
        }
        made = self.out[id] = resource.like(items)
        return made

    def add(
        self,
        id: str,
        type: str,
        properties: Map,
        place: Place,
        source_type: str,
        condition: str | None = None,
        depends_on: str | None = None,
    ) -> Map:
        """Put a generated resource beside the others."""
        items: dict[str, Any] = {"Type": type, "Properties": properties}
        if condition is not None:
            items["Condition"] = condition
        if depends_on is not None:
            items["DependsOn"] = depends_on
        items[MARK] = {"source_type": source_type, "generated": True, "place": place}
        base = place.map if place.map is not None else Map()
        made = self.out[id] = Composed(items, base, dict.fromkeys(("Type", "Properties"), (base, place.key)))
        self.origins[id] = (base, place.key)
        return made

    def generate(self, event: Event, id: str, type: str, properties: Map, depends_on: str | None = None) -> Map:
        """Put a resource that an event makes."""
        return self.add(id, type, properties, event.place, event.owner.source_type, event.condition, depends_on)

    def editable(self, id: str) -> Map | None:
        """A resource of the template that an event adds to, as a copy whose `Properties` may be changed; None if there is none."""
        resource = self.out.get(id, self.resources.get(id))
        if not isinstance(resource, Map):
            return None
        properties = resource.get("Properties")
        base = properties if isinstance(properties, Map) else resource
        made = self.out[id] = resource.like({**resource, "Properties": base.like(properties if isinstance(properties, Map) else {})})
        return made

    # values

    def literal(self, value: Any) -> Any:
        """A value with a reference to a parameter replaced by the parameter's default, as SAM reads ids."""
        if isinstance(value, dict) and len(value) == 1 and isinstance(value.get("Ref"), str):
            parameter = plain(plain(self.template.get("Parameters")).get(value["Ref"]))
            return parameter.get("Default", value)
        return value

    def branches(self, value: Any, condition: str | None, budget: int = MAX_BRANCHES) -> Iterator[tuple[str | None, Any]]:
        """What a value can be under its `Fn::If`s, each with the condition under which it is that; absent ones are left out."""
        pending: list[tuple[str | None, Any]] = [(condition, value)]
        while pending and budget:
            when, current = pending.pop()
            choice = current.get("Fn::If") if isinstance(current, dict) and len(current) == 1 else None
            if isinstance(choice, list) and len(choice) == 3 and isinstance(choice[0], str):
                pending.append((self.both(when, self.negation(choice[0])), choice[2]))
                pending.append((self.both(when, choice[0]), choice[1]))
            elif not is_absent(current):
                budget -= 1
                yield when, current

    def negation(self, condition: str) -> str:
        """A condition that holds where another does not."""
        name = f"NOT{condition}"
        self.conditions[name] = Map({"Fn::Not": [Map({"Condition": condition})]})
        return name

    def both(self, left: str | None, right: str | None) -> str | None:
        """A condition that holds where both do; None is always."""
        if left is None or right is None or left == right:
            return left or right
        name = f"{left}AND{right}"
        self.conditions[name] = Map({"Fn::And": [Map({"Condition": left}), Map({"Condition": right})]})
        return name

    def any_of(self, name: str, conditions: list[str]) -> str:
        """A condition that holds where one of several does."""
        parts = [Map({"Condition": condition}) for condition in dict.fromkeys(conditions)]
        while len(parts) > 10:  # Fn::Or takes two to ten conditions
            parts = [Map({"Fn::Or": parts[:10]}), *parts[10:]]
        if len(parts) == 1:
            return conditions[0]
        self.conditions[name] = Map({"Fn::Or": parts})
        return name

    # events

    def events(self, owner: Owner, properties: Map) -> Iterator[Event]:
        """The entries of `Events`, in order; entries under an `Fn::If` come once per branch."""
        taken: set[str] = set()
        for outer, events in self.branches(properties.get("Events"), owner.condition):
            if not isinstance(events, Map):
                continue
            for key, value in events.items():
                for condition, entry in self.branches(value, outer):
                    if not isinstance(entry, Map) or text(entry.get("Type")) is None:
                        self.diagnose(f"event {key} of {owner.id} has no Type", Place(events, key))
                        continue
                    inside = list(self.branches(entry.get("Properties"), condition)) or [(condition, entry.like({}))]
                    for when, body in inside:
                        id = f"{owner.id}{key}"
                        while id in taken:
                            id += "Otherwise"
                        taken.add(id)
                        yield Event(owner, key, id, entry, Place(events, key), when, body if isinstance(body, Map) else entry.like({}))


def condition_of(resource: Map) -> str | None:
    """The name of a resource's condition."""
    return text(resource.get("Condition"))


MAKERS: dict[str, Callable[[Expansion, str, Map, Map], None]] = {
    "Function": later("functions", "expand"),
    "StateMachine": later("machines", "expand"),
    "SimpleTable": later("others", "simple_table"),
    "LayerVersion": later("others", "layer"),
    "WebSocketApi": later("others", "web_socket"),
    "GraphQLApi": later("others", "graph_ql"),
}
"""Type (without `AWS::Serverless::`) -> what puts it and all that SAM makes for it into an expansion."""
