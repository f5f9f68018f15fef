"""YAML of rule files with the place of every value, down to the character of an expression inside a scalar."""

from __future__ import annotations

import yaml

from edalint.hints import Any
from edalint.sources.problem import MAX_DEPTH

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_NODES = 50_000


class Item:
    """A value of a rule file: a plain scalar, a list of items or a map of items, and where it begins."""

    __slots__ = ("column", "keys", "line", "node", "source", "value")

    def __init__(self, value: Any, node: Any, source: str) -> None:
        self.value = value
        self.node = node
        self.source = source
        self.line = node.start_mark.line + 1
        self.column = node.start_mark.column + 1
        self.keys: dict[str, tuple[int, int]] = {}
        """Of a map: key -> where it stands."""

    def get(self, key: str) -> Item | None:
        """The item under a key of a map."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character of a string, through folding, indentation and escapes.

        Folding changes white space only, so the n-th other character of the string is the n-th other of the source.
        """
        text = str(self.value)
        style = self.node.style
        at = self.node.start_mark.index
        if style in ("|", ">"):
            at = self.source.index("\n", at) + 1
        elif style in ("'", '"'):
            at += 1
        wanted = sum(1 for c in text[:offset] if not c.isspace())
        end = self.node.end_mark.index
        while at < end:
            character = self.source[at]
            if character.isspace():
                at += 1
                continue
            if wanted == 0:
                break
            at += 2 if (style == '"' and character == "\\") or (style == "'" and self.source[at : at + 2] == "''") else 1
            wanted -= 1
        before = self.source[: min(at, end)]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


class MarkedError(ValueError):
    """A text that is no YAML of ours."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


def read(text: str) -> Item:
    """The root of a YAML text. Raises `MarkedError`."""
    try:
        _check_depth(text)
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise MarkedError(str(error.problem or error.context or "not YAML"), line, column) from None
    except yaml.YAMLError as error:
        raise MarkedError(str(error).split("\n", maxsplit=1)[0], 1, 1) from None
    if node is None:
        raise MarkedError("the file is empty", 1, 1)
    constructor = yaml.constructor.SafeConstructor()
    return _item(node, text, constructor, [MAX_NODES], 0)


def _check_depth(text: str) -> None:
    """Refuse what stands too deep inside each other: PyYAML composes it by calls of C, whose stack ends with the process."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _too_deep(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _too_deep(at: Any) -> MarkedError:
    return MarkedError(f"nested more than {MAX_DEPTH} levels deep", at.start_mark.line + 1, at.start_mark.column + 1)


def _item(node: Any, source: str, constructor: Any, budget: list[int], depth: int) -> Item:
    budget[0] -= 1
    if depth > MAX_DEPTH:  # by aliases, of a value that stands in itself among others
        raise _too_deep(node)
    if budget[0] < 0:
        raise MarkedError("too many values (aliases that multiply?)", node.start_mark.line + 1, 1)
    if isinstance(node, yaml.MappingNode):
        item = Item({}, node, source)
        for key, value in node.value:
            name = str(getattr(key, "value", ""))
            if name in item.value:
                raise MarkedError(f"'{name}' stands twice", key.start_mark.line + 1, key.start_mark.column + 1)
            item.keys[name] = (key.start_mark.line + 1, key.start_mark.column + 1)
            item.value[name] = _item(value, source, constructor, budget, depth + 1)
        return item
    if isinstance(node, yaml.SequenceNode):
        return Item([_item(value, source, constructor, budget, depth + 1) for value in node.value], node, source)
    if node.tag in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary") or not node.tag.startswith("tag:yaml.org,2002:"):
        return Item(node.value, node, source)
    try:
        return Item(constructor.construct_object(node, deep=True), node, source)
    except (yaml.YAMLError, ValueError, KeyError):
        return Item(node.value, node, source)
