"""Where something is written: documents, marks in them, and the locations that findings carry.

Lines and columns count from 1, an end column is exclusive; SARIF, text and JSON reports all use them as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

from edalint.hints import Any, Union
from edalint.model.lazy import pattern
from edalint.model.records import NamedTuple

_QUOTED = pattern(r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*')""")


class Mark(NamedTuple):
    """A stretch of one line in a document."""

    line: int
    column: int
    end_column: int


Position = Union[Mark, int]
"""A mark, or where in the text it will be found once somebody asks: of a thousand keys hardly one stands in a finding."""


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
    the first position is asked for. `lines` gives the lines of the text with their ends.
    """

    __slots__ = ("_starts", "duplicates", "lines", "locate", "path", "root", "text")

    def __init__(
        self,
        path: str,
        text: str,
        root: Any = None,
        locate: Callable[[Document], None] | None = None,
        lines: Callable[[str], list[str]] | None = None,
    ) -> None:
        self.path = path
        """Relative to the repository's root, with `/`."""
        self.text = text
        self.root = root
        """The value of the whole document: Map, list or scalar."""
        self.locate = locate
        self.lines = lines or _lines
        self._starts: list[int] = []
        """Where each line begins, once that is asked for."""
        self.duplicates: list[tuple[Any, str]] = []
        """(Map, key) for every key that a mapping writes twice; the last one counts."""

    def ensure_located(self) -> None:
        """Make sure that the maps of this document have marks."""
        if self.locate is not None:
            locate, self.locate = self.locate, None
            locate(self)

    def mark(self, offset: int, written: str) -> Mark:
        """The mark of what stands at an offset of the text: a text in quotes, or `written` as it is."""
        if not self._starts:
            self._starts = [0, *accumulate(map(len, self.lines(self.text)))]
        line = bisect_right(self._starts, offset)
        column = offset - self._starts[line - 1] + 1
        quoted = _QUOTED.match(self.text, offset) if self.text[offset : offset + 1] in ('"', "'") else None
        length = len(quoted.group()) if quoted else len(written) if self.text.startswith(written, offset) else 1
        return Mark(line, column, column + length)

    def location(self, mark: Mark | None) -> Location:
        """The location of a mark; the first character of the file where there is none."""
        line, column, end_column = mark or Mark(1, 1, 2)
        return Location(self.path, line, column, line, max(end_column, column + 1))

    def __repr__(self) -> str:
        return f"Document({self.path!r})"


def _lines(text: str) -> list[str]:
    """The lines of a text, as editors count them."""
    return [line + "\n" for line in text.split("\n")]
