"""Where something is written: documents, marks in them, and the locations that findings carry.

Lines and columns count from 1, an end column is exclusive; SARIF, text and JSON reports all use them as they are.
"""

from __future__ import annotations

from collections.abc import Callable

from edalint.hints import Any
from edalint.model.records import NamedTuple


class Mark(NamedTuple):
    """A stretch of one line in a document."""

    line: int
    column: int
    end_column: int


class Location(NamedTuple):
    """A stretch of one line in a file, as findings and graph elements carry it."""

    path: str
    """Relative to the repository's root, with `/`."""
    line: int
    column: int
    end_line: int
    end_column: int


class Document:
    """The text of one file, parsed.

    `locate` fills the marks of every `Map` of a document that was read without positions (JSON); it runs once, when
    the first position is asked for.
    """

    __slots__ = ("duplicates", "locate", "path", "root", "text")

    def __init__(self, path: str, text: str, root: Any = None, locate: Callable[[Document], None] | None = None) -> None:
        self.path = path
        """Relative to the repository's root, with `/`."""
        self.text = text
        self.root = root
        """The value of the whole document: Map, list or scalar."""
        self.locate = locate
        self.duplicates: list[tuple[Any, str]] = []
        """(Map, key) for every key that a mapping writes twice; the last one counts."""

    def ensure_located(self) -> None:
        """Make sure that the maps of this document have marks."""
        if self.locate is not None:
            locate, self.locate = self.locate, None
            locate(self)

    def location(self, mark: Mark | None) -> Location:
        """The location of a mark; the first character of the file where there is none."""
        line, column, end_column = mark or Mark(1, 1, 2)
        return Location(self.path, line, column, line, max(end_column, column + 1))

    def __repr__(self) -> str:
        return f"Document({self.path!r})"
