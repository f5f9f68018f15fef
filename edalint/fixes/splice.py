"""Stretches of a text that are replaced by others; everything between them stays as it is, to the byte."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, Protocol

from edalint.model.records import NamedTuple


class Splice(NamedTuple):
    """One replacement: of the characters from `start` to `end`."""

    start: int
    end: int
    text: str
    depth: int
    """Where several are inserted at one place, the deeper one comes first: it belongs to what ends there."""


class Unfit(Exception):
    """A place that can't be edited without risk: it is not where it was, or is shared, or holds comments that would be lost."""


class Editor(Protocol):
    """Changes of one text, collected."""

    splices: list[Splice]

    def names(self) -> frozenset[str]:
        """Names of the resources that the text declares."""

    def set(self, line: int, column: int, values: dict[str, Any]) -> None:
        """Set keys of the mapping (or block) that begins at a place. Raises `Unfit`."""

    def add(self, line: int, column: int, name: str, type: str, values: dict[str, Any]) -> None:
        """Put a new resource behind the one whose key (or block) stands at a place. Raises `Unfit`."""


class Lines:
    """Where the lines of a text begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.begins = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]

    def index(self, line: int, column: int) -> int:
        """The index of a character; lines and columns count from 1."""
        return self.begins[min(line, len(self.begins)) - 1] + column - 1

    def column(self, index: int) -> int:
        """How many characters stand before one on its line."""
        return index - self.begins[bisect_right(self.begins, index) - 1]

    def end_of_line(self, index: int) -> int:
        """Where the line of a character ends, before its line break."""
        end = self.text.find("\n", index)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > index and self.text[end - 1] == "\r" else end


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """The text with all replacements. Raises `Unfit` where two of them overlap."""
    newline = "\r\n" if "\r\n" in text else "\n"
    parts: list[str] = []
    at = 0
    for splice in sorted(dict.fromkeys(splices), key=lambda s: (s.start, s.end, -s.depth)):
        if splice.start < at:
            raise Unfit("two changes overlap")
        parts += [text[at : splice.start], splice.text if newline == "\n" else splice.text.replace("\n", newline)]
        at = splice.end
    return "".join([*parts, text[at:]])
