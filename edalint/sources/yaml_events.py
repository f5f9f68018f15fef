"""YAML from libyaml's events, in one pass: all that YAML has, and what is said of a text that is none."""

from __future__ import annotations

from collections.abc import Callable

from edalint.hints import Any
from edalint.model.locations import Document, Mark, Position
from edalint.model.values import Map
from edalint.sources import libyaml
from edalint.sources.libyaml import AliasEvent, DocumentStartEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent
from edalint.sources.problem import MAX_DEPTH, MAX_NODES, SyntaxProblem, too_deep
from edalint.sources.yaml_scalars import scalar, short_form

CORE = "tag:yaml.org,2002:"
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


def read(document: Document) -> list[Any]:
    """The values of all documents of a document's text. Raises `SyntaxProblem`."""
    try:
        return _Composer(document).documents()
    except libyaml.YAMLError as error:
        raise _problem(document.path, document.text, error) from None


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
                value = short_form(self.document, tag, value, _mark(event)) if not tag.startswith(CORE) else _core(tag[len(CORE) :], value)
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
            value = short_form(self.document, tag, value, _mark(event))
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


def _mark(event: Any) -> Mark:
    start, end = event.start_mark, event.end_mark
    column = start.column + 1
    return Mark(start.line + 1, column, end.column + 1 if end.line == start.line and end.column > start.column else column + 1)


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
