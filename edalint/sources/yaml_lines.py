"""YAML as nearly every template is written, read line by line: nobody has to make events of it first.

That is block mappings and lists, texts (plain, quoted, and those of `|` and `>`), brackets (`yaml_brackets`) and CloudFormation's
short forms. What is rarer (anchors, aliases, merge keys, tabs, keys written twice, several documents) and all that is wrong
raises `Unusual` and is libyaml's to read or to refuse. What is read here is exactly what libyaml's events make of it.
"""

from __future__ import annotations

from itertools import accumulate

from edalint.hints import Any
from edalint.model.locations import Document
from edalint.model.values import Map
from edalint.sources.yaml_brackets import LONGEST_KEY, collection, quoted
from edalint.sources.yaml_scalars import LONG_FORMS, Unusual, scalar, short_form

_DEEPEST = 60
"""Collections inside each other; hardly a template has 20."""
_KEY_STARTS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/$")
_INDICATORS = frozenset(" -?:,[]{}#&*!|>'\"%@`")
"""Characters that a plain text does not begin with (`-`, `?` and `:` where a space or nothing follows)."""
_ASCII = bytes(range(32, 127)) + b"\n"
_BLANK = ("", " ")
_QUOTES = ('"', "'")
_HEADERS = ("|", "|-", ">", ">-")
"""How texts of several lines begin: lines kept or folded, with or without an end of line at the end."""


def read(document: Document) -> Any:
    """The value of a document's text. Raises `Unusual`."""
    text = document.text
    if text.encode().translate(None, _ASCII) if text.isascii() else not text.replace("\n", "").isprintable():
        raise Unusual  # tabs, other ends of lines, control characters
    return _Reader(document).read()


class _Reader:
    """The lines of one document on their way to a value."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines = document.text.split("\n")
        self.starts = [0, *accumulate(map(len, self.lines), initial=-1)]
        """Together with its own number: where in the text the line before that number begins."""
        self.tag = ""
        """A short form that has no value yet, and where it stands."""
        self.tagged_at = 0
        self.plain = ""
        """The plain text before, where it may go on in the next line, and its short form."""
        self.plain_tag = ""

    def read(self) -> Any:
        """The value: one loop that calls nobody for what most lines hold, a key, a dash, a plain text."""
        document, lines, starts = self.document, self.lines, self.starts
        long = max(map(len, lines)) > LONGEST_KEY
        # what is read: a collection, where its keys stand (None for a list), its column; those around it wait
        current: Any = [None]
        marks: Any = None
        indent = -1
        around: list[tuple[Any, Any, int]] = []
        # where the value of what is read next has its place: a key or an index; None where only an entry may come
        root = hole = current
        name: Any = 0
        number, count = _first(lines), len(lines)
        while number < count:
            line = lines[number]
            number += 1
            rest = line.lstrip(" ")
            if not rest or rest[0] == "#":
                continue
            column = len(line) - len(rest)
            if column < indent:
                hole, self.plain = None, ""
                while column < indent:
                    current, marks, indent = around.pop()
            entry = False
            while rest[0] == "-" and rest[1:2] in _BLANK:
                if column != indent or marks is not None:
                    if hole is None or column < indent or len(around) > _DEEPEST:
                        break
                    around.append((current, marks, indent))
                    current, marks, indent = [], None, column
                    hole[name] = self.tagged(current) if self.tag else current
                hole, name = current, len(current)
                current.append(None)
                entry = True
                rest = rest[1:].lstrip(" ") or "#"
                column = len(line) - len(rest)
            key: Any = None
            value = rest
            if rest[0] in _KEY_STARTS:
                key, colon, value = rest.partition(": ")
                if not colon:
                    key, value = (rest[:-1], "") if rest[-1] == ":" else (None, rest)
                if key is not None and " " in key:
                    key, value = (key.rstrip(" "), value) if " #" not in key else (None, rest)
            elif rest[0] in _QUOTES:
                key, value = _quoted_key(rest)
            if key is not None:
                if column != indent:
                    if hole is None or column < indent or len(around) > _DEEPEST:
                        raise Unusual
                    around.append((current, marks, indent))
                    marks, indent = {}, column
                    current = Map((), document, (starts[number] + number + column, key), marks)
                    hole[name] = self.tagged(current) if self.tag else current
                elif marks is None:  # a list that is no deeper than the key that it belongs to ends
                    current, marks, indent = around.pop()
                    if column != indent or marks is None:
                        raise Unusual
                if key in marks or (long and len(key) > LONGEST_KEY):
                    raise Unusual
                marks[key] = starts[number] + number + column
                hole, name = current, key
            elif not entry:
                if hole is None:
                    number, current[name] = self.continued(number - 1, indent)
                    continue
                if column <= indent or not around:
                    raise Unusual
            if not value:
                hole[name] = None
                continue
            if value[0] in _INDICATORS or self.tag:
                number, hole[name], complete = self.value(number, value, indent, in_mapping=marks is not None)
                if complete:
                    hole = None
                continue
            self.plain, self.plain_tag = value, ""
            if " " in value:
                if ": " in value or " #" in value or value[-1] in ": ":
                    value = self.bare(value)
            elif value[-1] == ":":
                raise Unusual
            hole[name] = scalar(value)
            hole = None
        if not around:
            raise Unusual
        return root[0]

    def tagged(self, value: Any, end: int = 0) -> Map:
        """The long form of the short form that waits for its value; `end`: where that ends, if in the same line."""
        tag, self.tag = self.tag, ""
        written = self.document.text[self.tagged_at : end] if end else "!"
        return short_form(self.document, tag, value, (self.tagged_at, written))

    def value(self, number: int, value: str, indent: int, *, in_mapping: bool) -> tuple[int, Any, bool]:
        """The line that comes next, what a line ends with where that is more than a plain text, and whether that is all of the value."""
        end = self.starts[number] + number + len(self.lines[number - 1])
        value = value.lstrip(" ")
        here = value[:1] == "!"
        if here:
            self.tagged_at = end - len(value)
            tag, _, value = value.partition(" ")
            if self.tag or tag[1:] not in LONG_FORMS:
                raise Unusual
            self.tag = tag
            value = value.lstrip(" ")
        if not value or value[0] == "#":
            if self.tag and not self.goes_deeper(number, indent, in_mapping):
                raise Unusual
            return number, None, False
        first = value[0]
        at = end - len(value)
        self.plain = ""
        found: Any
        if first in _QUOTES:
            if value.find(first, 1) == len(value) - 1 and "\\" not in value:
                found = value[1:-1]
            else:
                found, size = quoted(value)
                _nothing(value[size:])
                end = at + size
        elif first in "[{":
            found, behind = collection(self.document, self.document.text, at)
            if self.tag and not found:
                raise Unusual  # it begins where its tag does
            while behind > end:
                number += 1
                end = self.starts[number] + number + len(self.lines[number - 1])
            _nothing(self.document.text[behind:end])
            end = at + 1
        elif first in "|>":
            number, found = self.block(number, value, indent)
            here = False
        elif first in _INDICATORS and (first not in "-?:" or value[1:2] in _BLANK):
            raise Unusual
        else:
            found = self.bare(value)
            end = at + len(found)
            self.plain_tag = self.tag
            found = found if self.tag else scalar(found)
        return number, self.tagged(found, end if here else 0) if self.tag else found, True

    def goes_deeper(self, number: int, indent: int, in_mapping: bool) -> bool:
        """Whether the next line belongs to the value of this one: it is indented more, or a dash below a key."""
        while number < len(self.lines):
            line = self.lines[number]
            rest = line.lstrip(" ")
            if rest and rest[0] != "#":
                column = len(line) - len(rest)
                return column > indent or (column == indent and in_mapping and rest[0] == "-" and rest[1:2] in _BLANK)
            number += 1
        return False

    def bare(self, value: str) -> str:
        """A plain text without the comment behind it."""
        found, comment, _ = value.partition(" #")
        found = found.rstrip(" ")
        if ": " in found or found[-1] == ":":
            raise Unusual
        self.plain = "" if comment else found
        return found

    def continued(self, number: int, indent: int) -> tuple[int, Any]:
        """The line that comes next, and the plain text before with all lines over which it goes on: their ends are spaces."""
        lines, start = self.lines, number
        while not lines[number - 1].strip(" "):
            number -= 1
        if not self.plain or lines[number - 1].lstrip(" ")[0] == "#":
            raise Unusual
        pieces, empty = [self.plain], 0
        while number < len(lines):
            line = lines[number]
            piece = line.strip(" ")
            if piece:
                if not line.startswith(" " * (indent + 1)):
                    break
                if piece[0] == "#" or ": " in piece or " #" in piece or piece[-1] == ":":
                    raise Unusual
                pieces += ("\n" * empty or " ", piece)
                empty = -1
            empty += 1
            number += 1
        if number <= start:
            raise Unusual
        value = "".join(pieces)
        self.plain, self.tag = "", self.plain_tag
        return number, self.tagged(value) if self.tag else scalar(value)

    def block(self, number: int, header: str, indent: int) -> tuple[int, str]:
        """The line that comes next, and a text of `|` or `>`."""
        header = header.partition(" #")[0].rstrip(" ")
        lines, start = self.lines, number
        while number < len(lines) and not lines[number].strip(" "):
            number += 1
        if header not in _HEADERS or number == len(lines):
            raise Unusual
        width = len(lines[number]) - len(lines[number].lstrip(" "))
        if width <= indent or any(len(line) > width for line in lines[start:number]):
            raise Unusual
        margin = " " * width
        while number < len(lines) and (lines[number].startswith(margin) or not lines[number].strip(" ")):
            number += 1
        found = [line[width:] for line in lines[start:number]]
        while not found[-1]:
            found.pop()
        ended = len(header) == 1 and start + len(found) < len(lines)
        return number, ("\n".join(found) if header[0] == "|" else _folded(found)) + "\n" * ended


def _first(lines: list[str]) -> int:
    """The line that a document begins with, behind comments and `---`."""
    for number, line in enumerate(lines):
        if line.startswith("---"):
            _nothing(line[3:])
            return number + 1
        if line.lstrip(" ")[:1] not in ("", "#"):
            break
    return 0


def _quoted_key(rest: str) -> tuple[str | None, str]:
    """A key in quotes and what is behind its colon; no key and everything, where it is none."""
    quote = rest[0]
    end = rest.find(quote, 1)
    if rest[end + 1 : end + 3] in (":", ": ") and not (quote == '"' and "\\" in rest[:end]):
        return rest[1:end], rest[end + 2 :]
    return None, rest


def _nothing(rest: str) -> None:
    """Makes sure that nothing but a comment stands behind a value."""
    if rest and not (rest[0] == " " and rest.lstrip(" ")[:1] in ("", "#")):
        raise Unusual


def _folded(lines: list[str]) -> str:
    """The lines of a `>` as one text: their ends are spaces, but beside empty and indented lines."""
    pieces: list[str] = []
    empty, kept = 0, False
    for line in lines:
        if not line:
            empty += 1
            continue
        indented = line[0] == " "
        if not pieces:
            pieces.append("\n" * empty)
        elif kept or indented:
            pieces.append("\n" * (empty + 1))
        else:
            pieces.append("\n" * empty or " ")
        pieces.append(line)
        empty, kept = 0, indented
    return "".join(pieces)
