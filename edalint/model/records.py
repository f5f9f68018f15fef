"""`NamedTuple`, made in a tenth of the time that `typing` takes: every run makes more than a hundred of these classes.

To type checkers it is `typing.NamedTuple`. The difference is that annotations are not looked at, and that the function
which makes an instance is written when the first instance is made.
"""

from __future__ import annotations

from edalint.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections.abc import Iterable

    try:
        from _collections import _tuplegetter as _field
    except ImportError:  # another Python than CPython
        from operator import itemgetter

        def _field(index: int, doc: str) -> property:
            return property(itemgetter(index), doc=doc)

    class _Maker(type):
        """Makes of a class that derives from `NamedTuple` a tuple whose elements have names."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            with_default = [field for field in fields if field in body]
            if with_default != list(fields[len(fields) - len(with_default) :]):
                raise TypeError(f"{name}: a field without a default follows one that has a default")
            members = {**_BASE, **body, "__new__": _first, "__slots__": (), "__match_args__": fields, "_fields": fields}
            members["_field_defaults"] = {field: body[field] for field in with_default}
            for index, field in enumerate(fields):
                members[field] = _field(index, field)
            return type(name, (tuple,), members)

    _TEMPLATES: dict[int, Any] = {}

    def _first(cls: type, *values: Any, **named: Any) -> Any:
        """The first instance of a class: make its `__new__`, and call that."""
        owner = next(c for c in cls.__mro__ if "_fields" in vars(c))
        fields = owner._fields
        template = _TEMPLATES.get(len(fields))
        if template is None:
            template = _TEMPLATES[len(fields)] = _written(len(fields))
        code = template.__code__.replace(co_varnames=("_cls", *fields), co_name="__new__")  # a tenth of what writing it anew takes
        owner.__new__ = make = type(template)(code, template.__globals__, "__new__", tuple(owner._field_defaults.values()) or None)
        make.__qualname__ = f"{owner.__name__}.__new__"
        return make(cls, *values, **named)

    def _written(fields: int) -> Any:
        """A function that makes a tuple of so many values for a class."""
        names = "".join(f"_{number}, " for number in range(fields))
        return eval(f"lambda _cls, {names}: _new(_cls, ({names}))", {"_new": tuple.__new__})  # noqa: S307

    def _make(cls: type, values: Iterable[Any]) -> Any:
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {len(made)}")
        return made

    def _replace(self: Any, /, **changed: Any) -> Any:
        made = self._make(map(changed.pop, self._fields, self))
        if changed:
            raise ValueError(f"{type(self).__name__} has no field {sorted(changed)}")
        return made

    def _asdict(self: Any) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def _repr(self: Any) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._asdict().items())})"

    def _values(self: Any) -> tuple[Any, ...]:
        return tuple(self)

    _BASE = {
        "_make": classmethod(_make),
        "_replace": _replace,
        "_asdict": _asdict,
        "__repr__": _repr,
        "__getnewargs__": _values,
    }

    class NamedTuple(metaclass=_Maker):
        """What classes derive from; they become plain tuples."""


__all__ = ["NamedTuple"]
