"""YAML as CloudFormation reads it, straight from the parser's events in one pass.

Every mapping becomes a `Map` that knows where its keys stand; short forms (`!Ref x`) become long forms at once. Scalars
follow YAML 1.1 without its dates, sets and binaries (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html).
"""

from __future__ import annotations

from collections.abc import Callable

from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.locations import Document, Mark, Position
from edalint.model.values import Map
from edalint.sources import libyaml
from edalint.sources.libyaml import AliasEvent, DocumentStartEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent
from edalint.sources.problem import MAX_DEPTH, MAX_NODES, SyntaxProblem, too_deep

LONG_FORMS = {"Ref": "Ref", "Condition": "Condition"} | {
    name: f"Fn::{name}"
    for name in (
        "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "GetAZs", "GetAtt",
        "GetStackOutput", "If", "Implies", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub",
        "ToJsonString", "Transform", "ValueOf", "ValueOfAll",
    )
}  # fmt: skip
"""Tag without `!` -> the key of its long form."""
CORE = "tag:yaml.org,2002:"
_CONSTANTS: dict[str, Any] = {"": None, "~": None}
for _words, _value in (("null", None), ("true yes on", True), ("false no off", False)):
    for _word in _words.split():
        _CONSTANTS.update({_word: _value, _word.capitalize(): _value, _word.upper(): _value})
_NUMBER_STARTS = frozenset("+-.0123456789")
_INTEGER = pattern(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]+|0|[1-9][0-9_]*(?::[0-5]?[0-9])*)\Z")
_FLOAT = pattern(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)\Z")
_LONGEST_NUMBER = 40
_HINTS = (
    ("mapping values are not allowed", "a value that has ': ' in it needs quotes, or the indentation is off"),
    ("could not find expected ':'", "a key without ':', or a text that runs over its line and needs quotes or '|'"),
    ("did not find expected key", "the indentation does not match, or quotes are not closed"),
    ("expected <block end>", "the indentation does not match the lines before"),
    ("did not find expected '-' indicator", "the indentation does not match the list before"),
    ("found unexpected end of stream", "a quote or bracket is never closed"),
    ("control characters are not allowed", "a control character; is this a text file?"),
    ("special characters are not allowed", "a control character; is this a text file?"),
)


def read(path: str, text: str) -> Document:
    """The document of a YAML text; of several in one file the first that looks like a template, else the first.

    Raises `SyntaxProblem`.
    """
    text = text[1:] if text.startswith("\ufeff") else text
    document = Document(path, text, lines=_lines)
    try:
        roots = _Composer(document).documents()
    except libyaml.YAMLError as error:
        raise _problem(path, text, error) from None
    document.root = next((r for r in roots if isinstance(r, Map) and "Resources" in r), roots[0] if roots else None)
    return document


def scalar(value: str) -> Any:
    """A plain (unquoted) scalar as YAML 1.1 reads it; dates, infinities and numbers of no sane length stay strings."""
    if value[:1] not in _NUMBER_STARTS:
        return _CONSTANTS.get(value, value)
    if len(value) > _LONGEST_NUMBER:
        return value
    if value.isdigit() and value.isascii() and value[0] != "0":  # as most are
        return int(value)
    if _INTEGER.match(value):
        return _integer(value)
    if _FLOAT.match(value):
        return float(value.replace("_", "")) if value.strip("+-._") else value
    return _CONSTANTS.get(value, value)


def _integer(value: str) -> Any:
    digits = value.replace("_", "")
    sign, digits = (-1 if digits[0] == "-" else 1), digits.lstrip("+-")
    if ":" in digits:  # base 60: YAML 1.1 has it, so `22:30` is 1350
        total = 0
        for part in digits.split(":"):
            total = total * 60 + int(part)
        return sign * total
    if len(digits) > 1 and digits[0] == "0":
        base = {"b": 2, "x": 16}.get(digits[1], 8)
        digits = digits[2:] if base != 8 else digits
        return sign * int(digits, base) if digits else value
    return sign * int(digits)


def events(text: str) -> Callable[[], Any]:
    """A function that gives the next event of a text, None after the last: libyaml's where it is there, else Python's."""
    try:
        text.encode()
    except UnicodeEncodeError:  # halves of surrogate pairs, which no file holds
        text = text.encode("utf-8", "replace").decode("utf-8")
    get: Callable[[], Any] = libyaml.Parser(text).get_event
    return get


class _Composer:
    """Makes values from events."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.next = events(document.text)
        self.anchors: dict[str, Any] = {}
        self.open: set[str] = set()
        self.aliased = False
        self.merged = 0

    def documents(self) -> list[Any]:
        roots: list[Any] = []
        while (event := self.next()) is not None:
            if isinstance(event, DocumentStartEvent):
                self.anchors.clear()
                self.aliased = False
                root = self.compose(self.next(), 0)
                if self.aliased:
                    _check_size(self.document.path, root)
                roots.append(root)
        return roots

    def fail(self, event: Any, message: str) -> SyntaxProblem:
        mark = event.start_mark
        return SyntaxProblem(self.document.path, mark.line + 1, mark.column + 1, message)

    def compose(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            value = event.value
            tag = event.tag
            if tag is not None and tag != "!":
                value = self.tagged(event, tag, value) if not tag.startswith(CORE) else _core(tag[len(CORE) :], value)
            elif event.implicit[0]:
                value = scalar(value)
            if event.anchor is not None:
                self.anchors[event.anchor] = value
            return value
        if kind is AliasEvent:
            return self.alias(event)
        if depth >= MAX_DEPTH:
            raise too_deep(self.document.path, event.start_mark.line + 1, event.start_mark.column + 1)
        anchor = event.anchor
        if anchor is not None:
            self.open.add(anchor)
            self.anchors.pop(anchor, None)
        value = self.mapping(event, depth + 1) if kind is MappingStartEvent else self.sequence(depth + 1)
        tag = event.tag
        if tag is not None and tag != "!" and not tag.startswith(CORE):
            value = self.tagged(event, tag, value)
        if anchor is not None:
            self.open.discard(anchor)
            self.anchors[anchor] = value
        return value

    def alias(self, event: Any) -> Any:
        name = event.anchor
        if name not in self.anchors:
            if name in self.open:
                raise self.fail(event, f"*{name} stands inside the value that it names (&{name})")
            raise self.fail(event, f"*{name} names nothing: there is no &{name} before it")
        self.aliased = True
        return self.anchors[name]

    def sequence(self, depth: int) -> list[Any]:
        values = []
        while type(event := self.next()) is not SequenceEndEvent:
            values.append(self.compose(event, depth))
        return values

    def mapping(self, opening: Any, depth: int) -> Map:
        marks: dict[str, Position] = {}
        begins: Mark | tuple[int, str] | None = None
        result = Map((), self.document, None, marks)
        merges: list[tuple[Any, Any]] = []
        following, compose = self.next, self.compose
        while (kind := type(event := following())) is not MappingEndEvent:
            at: Position
            if kind is ScalarEvent and event.anchor is None and event.tag is None:
                key, at = event.value, event.start_mark.index
            else:
                key, at = self.key(event), _mark(event)
            value = compose(following(), depth)
            if key == "<<" and event.implicit[0]:
                merges.append((event, value))
                continue
            if key in marks:
                self.document.duplicates.append((result, key))
            result[key] = value
            marks[key] = at
            if begins is None:
                begins = (at, key) if isinstance(at, int) else at
        result.begins = begins or (opening.start_mark.index, "{")
        for event, value in merges:
            self.merge(event, result, value)
        return result

    def key(self, event: Any) -> str:
        if type(event) is ScalarEvent:
            if event.anchor is not None:
                self.anchors[event.anchor] = event.value
            return str(event.value)
        if type(event) is AliasEvent:
            value = self.alias(event)
            if isinstance(value, str):
                return value
        raise self.fail(event, "a key must be a text, not a list or mapping (a value that begins with '{' or '[' needs quotes)")

    def merge(self, event: Any, into: Map, value: Any) -> None:
        for source in value if isinstance(value, list) else [value]:
            if not isinstance(source, Map):
                raise self.fail(event, "'<<' merges a mapping, or a list of mappings, and this is none")
            self.merged += len(source)
            if self.merged > MAX_NODES:
                raise self.fail(event, "merge keys unfold to too many values")
            for key, item in source.items():
                if key not in into:
                    into[key] = item
                    if source.marks and into.marks is not None and key in source.marks:
                        into.marks[key] = source.marks[key]

    def tagged(self, event: Any, tag: str, value: Any) -> Any:
        name = tag[1:]
        key = LONG_FORMS.get(name)
        if key is None:
            key = tag if not name.startswith("Fn::") else name
        elif name == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        mark = _mark(event)
        return Map({key: value}, self.document, mark, {key: mark})


def _mark(event: Any) -> Mark:
    start, end = event.start_mark, event.end_mark
    column = start.column + 1
    return Mark(start.line + 1, column, end.column + 1 if end.line == start.line and end.column > start.column else column + 1)


def _lines(text: str) -> list[str]:
    """The lines of a text, by every break that YAML has."""
    return text.splitlines(keepends=True)


def _core(tag: str, value: str) -> Any:
    if tag in ("int", "float", "bool", "null"):
        return scalar(value)
    return value


def _check_size(path: str, root: Any) -> None:
    """Refuse a document whose aliases unfold to too much or too deep; shared parts are counted once and multiplied."""
    measures: dict[int, tuple[int, int]] = {}
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        value, ready = stack.pop()
        if not isinstance(value, (dict, list)) or id(value) in measures:
            continue
        children = list(value.values()) if isinstance(value, dict) else value
        if not ready:
            stack.append((value, True))
            stack.extend((c, False) for c in children)
            continue
        size = depth = 1
        for child in children:
            child_size, child_depth = measures.get(id(child), (1, 0)) if isinstance(child, (dict, list)) else (1, 0)
            size += child_size
            depth = max(depth, child_depth + 1)
        if size > MAX_NODES:
            raise SyntaxProblem(path, 1, 1, f"its aliases unfold to more than {MAX_NODES} values")
        if depth > MAX_DEPTH:
            raise too_deep(path, 1, 1)
        measures[id(value)] = (size, depth)


def _problem(path: str, text: str, error: libyaml.YAMLError) -> SyntaxProblem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        position = getattr(error, "position", None)
        before = text[:position] if isinstance(position, int) else ""
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        said = str(getattr(error, "reason", "") or error).split("\n")[0]
    else:
        line, column = mark.line + 1, mark.column + 1
        said = str(getattr(error, "problem", "") or getattr(error, "context", "") or "not YAML")
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())] or written[column - 1 : column] == "\t":
        tab = written.index("\t")
        return SyntaxProblem(path, line, tab + 1, "a tab where YAML wants spaces")
    hint = next((hint for words, hint in _HINTS if words in said), "")
    return SyntaxProblem(path, line, column, f"not YAML: {said}" + (f" ({hint})" if hint else ""))
