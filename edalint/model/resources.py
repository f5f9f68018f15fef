"""Units (a stack, a root module) and the resources they declare, frontend-neutral."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edalint.hints import Any
from edalint.model.conditions import Condition, both
from edalint.model.locations import Document, Location
from edalint.model.values import Lookup, Map, Unknown, Value, alternatives, items, map_value, settled


class Unit:
    """One stack (a template, nested templates included) or one Terraform root (its modules included).

    Names are looked up from near to far: `scopes` lists what this unit is in, nearest first.
    """

    __slots__ = (
        "account",
        "backend",
        "conditional",
        "documents",
        "exports",
        "kind",
        "lookups",
        "outputs",
        "parameters",
        "path",
        "region",
        "resources",
        "scopes",
        "ssm",
    )

    def __init__(self, path: str, kind: str, scopes: tuple[str, ...] = ()) -> None:
        self.path = path
        """What ids begin with: the template's file or the root's folder, relative to the repository's root."""
        self.kind = kind
        """`cloudformation`, `terraform`, `terraform-plan` or `terraform-state`."""
        self.scopes = scopes or (path,)
        """Nearest first: the template, its (nested) assembly or stage, the folder; the whole run is implied."""
        self.resources: dict[str, Resource] = {}
        """Address -> resource, in the order declared; only those whose condition can be true."""
        self.exports: list[tuple[Condition, Value, Value]] = []
        """What other stacks may import: (when, name, value)."""
        self.outputs: dict[str, Value] = {}
        """Outputs of the root stack or root module: what they refer to leaves the run."""
        self.ssm: list[tuple[Condition, Value, Value]] = []
        """SSM parameters that the unit writes: (when, name, value). Filled by frontends or services."""
        self.backend: Map | None = None
        """Terraform: where the root keeps its state: `backend` (the type) and its arguments; None where it does not say."""
        self.lookups: list[Lookup] = []
        """Every lookup that values of this unit hold, for linking to complete."""
        self.documents: list[Document] = []
        """Every file that was read for it, main file first."""
        self.parameters: Map = Map()
        """Parameter or variable name -> its value in this run (for `--show-unknown`)."""
        self.region: Value = Unknown("AWS::Region", "the region is not given (--region)", outside=True, excludes=":/")
        self.account: Value = Unknown("AWS::AccountId", "the account is not given (--account)", outside=True, excludes=":/")

    def __repr__(self) -> str:
        return f"Unit({self.path!r})"


class Resource:
    """One declared AWS thing. Property leaves are plain values, `Ref`, `Text`, `OneOf` or `Unknown`."""

    __slots__ = (
        "address",
        "depends_on",
        "document",
        "generated",
        "id",
        "instances",
        "key_map",
        "metadata",
        "name",
        "order",
        "properties",
        "property_sources",
        "source",
        "source_type",
        "type",
        "unit",
        "when",
        "written",
    )

    def __init__(
        self,
        unit: Unit,
        address: str,
        type: str,
        properties: Map,
        *,
        when: Condition = True,
        written: Map | None = None,
        key_map: Map | None = None,
        name: str = "",
        source_type: str = "",
        metadata: Map | None = None,
        generated: bool = False,
    ) -> None:
        self.unit = unit
        self.address = address
        """The logical id (`Parent/Child` in nested stacks) or the Terraform address."""
        self.id = f"{unit.path}#{address}"
        self.type = type
        """CloudFormation's name of the type, whichever language declared it; Terraform's own where there is none."""
        self.source_type = source_type or type
        """The type as written (`aws_sqs_queue`, `AWS::Serverless::Function`)."""
        self.properties = properties
        """By CloudFormation's names."""
        self.when = when
        """In which alternatives it exists; never False."""
        self.written = written if written is not None else properties
        """The resource as written, before expansion and renaming."""
        self.key_map = key_map
        """The map in which the resource's own key stands (`Resources`), for its own line; the key is the last part of the address."""
        self.name = name or address
        """What messages call it: the logical id, the construct path, the Terraform address."""
        self.metadata = metadata if metadata is not None else Map()
        self.depends_on: tuple[str, ...] = ()
        self.generated = generated
        """Made by SAM or by the CDK for its own ends; the rules judge it like any other."""
        self.source: Location | None = None
        """The line of the user's own program that made it (CDK); findings point there first."""
        self.property_sources: dict[str, Location] = {}
        """Property -> the line of the user's own program that set it (CDK with debug)."""
        self.instances: tuple[str, ...] = ()
        """Terraform: the addresses of all instances of the block, where it or its module has count or for_each."""
        self.order = 0
        """Place among all resources of the run, in the order declared; set when the run is put together."""
        self.document: Document | None = properties.document

    @property
    def location(self) -> Location:
        """The resource's own line in its template."""
        if self.key_map is not None:
            found = self.key_map.location(self.address.rsplit("/", 1)[-1])
            if found is not None:
                return found
        return self.properties.location() or Location(self.unit.path, 1, 1, 1, 2)

    def get(self, name: str, *path: str) -> Value:
        """A property, or one deeper inside; absent gives None. Alternatives on the way come out as one `OneOf`."""
        return get(self.properties, name, *path) if path else settled(self.properties.get(name))

    def alternatives(self, name: str, *path: str) -> Iterator[tuple[Condition, Value]]:
        """Every value that a property can have, each under its condition joined with the resource's own."""
        for condition, value in alternatives(self.get(name, *path)):
            joined = both(self.when, condition)
            if joined is not False:
                yield joined, value

    def items(self, name: str, *path: str) -> Iterator[tuple[Condition, Any]]:
        """The elements of a list property, each under its condition joined with the resource's own."""
        for condition, value in items(self.get(name, *path)):
            joined = both(self.when, condition)
            if joined is not False:
                yield joined, value

    def __repr__(self) -> str:
        return f"Resource({self.id!r}, {self.type!r})"


def get(value: Value, *path: str) -> Value:
    """What stands under a path of keys: None where absent, Unknown inside an unknown, `OneOf` where ways part.

    A Text or a plain value where a map is needed counts as absent; JSON text is to be parsed by whoever knows that it is one.
    """
    if type(value) is Map and len(path) == 1:  # most are asked so
        return settled(value.get(path[0]))
    value = settled(value)
    for index, key in enumerate(path):
        if isinstance(value, dict):
            value = settled(value.get(key))
        elif isinstance(value, Unknown):
            return value
        elif value is None:
            return None
        else:
            return map_value(value, _getter(path[index:]))
    return value


def _getter(path: tuple[str, ...]) -> Callable[[Value], Value]:
    return lambda plain: get(plain, *path) if isinstance(plain, (dict, Unknown)) else None
