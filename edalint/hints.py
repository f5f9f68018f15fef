"""Names of `typing` without `typing`, whose import takes as long as reading a template: no run looks at an annotation.

To type checkers they are `typing`'s own. This is imported before `__main__` runs and so imports nothing, `__future__` included.
"""

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any, AnyStr, Final, NoReturn, TypeVar, Union, cast
else:

    class _Types:
        """Stands for what is made of types."""

        def __getitem__(self, types):
            return object

    Any = AnyStr = Final = NoReturn = object
    Union = _Types()

    def TypeVar(name, *types, **bound):  # noqa: N802
        """Stands for `typing.TypeVar`."""
        return object

    def cast(type, value):
        """The value."""
        return value


__all__ = ["TYPE_CHECKING", "Any", "AnyStr", "Final", "NoReturn", "TypeVar", "Union", "cast"]
