"""Regular expressions that are compiled when they are first used: compiling takes longer than importing the module around it."""

from __future__ import annotations

import re

from edalint.hints import TYPE_CHECKING, Any, AnyStr


class _Pattern:
    """Stands for a compiled pattern; its methods are kept here once they are asked for."""

    def __init__(self, text: Any, flags: int) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> object:
        value = getattr(re.compile(*self._given), name)
        setattr(self, name, value)
        return value


def _pattern(text: Any, flags: int = 0) -> _Pattern:
    return _Pattern(text, flags)


if TYPE_CHECKING:

    def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
        """What `re.compile` gives, made when it is first used."""
        raise NotImplementedError

else:
    pattern = _pattern
