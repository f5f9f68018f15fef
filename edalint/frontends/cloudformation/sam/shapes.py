"""Small shapes at source level: intrinsic functions made and recognised, and maps whose keys keep their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from edalint.hints import Any
from edalint.model.locations import Location, Mark
from edalint.model.values import Map

NO_VALUE = Map({"Ref": "AWS::NoValue"})


class Composed(Map):
    """A map put together from others: a key stands where its origin says, or else where the base has it."""

    __slots__ = ("base", "origins")

    def __init__(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]], base: Map, origins: dict[str, tuple[Map, str | None]]) -> None:
        super().__init__(items, base.document)
        self.base = base
        self.origins = origins
        """Key -> the map and the key that it was made from."""

    def mark(self, key: str) -> Mark | None:
        origin = self.origins.get(key)
        if origin is None:
            return self.base.mark(key)
        return origin[0].mark(origin[1]) if origin[1] is not None else origin[0].start

    def location(self, key: str | None = None) -> Location | None:
        origin = self.origins.get(key) if key is not None else None
        return self.base.location(key) if origin is None else origin[0].location(origin[1])

    def like(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Map:
        return Composed(items, self.base, self.origins)


def renamed(base: Map, items: dict[str, Any], names: dict[str, str]) -> Map:
    """A map with other items at the positions of `base`; `names`: new key -> the key of `base` that it comes from."""
    origins: dict[str, tuple[Map, str | None]] = {new: (base, old) for new, old in names.items() if old in base}
    return Composed(items, base, origins) if origins else base.like(items)


def ref(id: str) -> Map:
    """`!Ref id`."""
    return Map({"Ref": id})


def get_att(id: str, attribute: str = "Arn") -> Map:
    """`!GetAtt id.attribute`."""
    return Map({"Fn::GetAtt": [id, attribute]})


def sub(text: str, **variables: Any) -> Map:
    """`!Sub text`, with variables of its own where given."""
    return Map({"Fn::Sub": [text, Map(variables)] if variables else text})


def is_intrinsic(value: Any) -> bool:
    """Whether a value is an intrinsic function, as far as its shape says."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    key = next(iter(value))
    return key in ("Ref", "Condition") or (isinstance(key, str) and key.startswith("Fn::"))


def is_absent(value: Any) -> bool:
    """Whether a value says that there is none: null or `AWS::NoValue`."""
    return value is None or (isinstance(value, dict) and len(value) == 1 and value.get("Ref") == "AWS::NoValue")


def plain(value: Any) -> Map:
    """A map that is one, and an empty one for everything else (intrinsic functions, lists, text)."""
    return value if isinstance(value, Map) and not is_intrinsic(value) else _EMPTY


def text(value: Any) -> str | None:
    """A non-empty string that is one."""
    return value if isinstance(value, str) and value else None


def listed(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty list, anything else as a list of one."""
    return value if isinstance(value, list) else [] if is_absent(value) else [value]


def referred(value: Any) -> str | None:
    """The logical id that `Ref`, `Fn::GetAtt` or a plain string names."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, dict) and len(value) == 1:
        target = value.get("Ref")
        if target is None:
            target = value.get("Fn::GetAtt")
            if isinstance(target, list) and target:
                target = target[0]
            elif isinstance(target, str):
                target = target.partition(".")[0]
        return target if isinstance(target, str) and target else None
    return None


_EMPTY = Map()
