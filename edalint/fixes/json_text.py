"""Changes of a JSON template, in the indentation that the file has."""

from __future__ import annotations

import json

from edalint.fixes.splice import Lines, Splice, Unfit
from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.records import NamedTuple

_TOKEN = pattern(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+')
MAX_DEPTH = 200


class Found(NamedTuple):
    """A value of the text, and where it stands."""

    start: int
    end: int
    kind: str
    """`{`, `[` or empty for a scalar."""
    entries: list[tuple[str, int, Found]]
    """Of an object: key, where it begins, value; of a list the elements without key."""


def _key(written: str) -> str:
    """A key; control characters in it are read as they stand, as the reader of templates does."""
    try:
        key = json.loads(written, strict=False)
    except ValueError:
        key = None
    if not isinstance(key, str):  # `{a: 1}`, which is YAML
        raise Unfit("the text is not JSON")
    return key


class JsonEditor:
    """Changes of one JSON text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = Lines(text)
        self.splices: list[Splice] = []
        self.objects: dict[int, Found] = {}
        self.tokens = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
        self.at = 0
        try:
            self.root = self._read(0)
        except IndexError:
            raise Unfit("the text is not JSON") from None
        found = self._entry(self.root, "Resources") if self.root.kind == "{" else None
        self.resources = found[2] if found is not None and found[2].kind == "{" else None

    def _read(self, depth: int) -> Found:
        token, start, end = self.tokens[self.at]
        self.at += 1
        if token not in ("{", "["):
            return Found(start, end, "", [])
        if depth > MAX_DEPTH:
            raise Unfit("the text is nested too deep")
        entries: list[tuple[str, int, Found]] = []
        while self.tokens[self.at][0] not in ("}", "]"):
            if self.tokens[self.at][0] == ",":
                self.at += 1
                continue
            key, key_start, _ = self.tokens[self.at]
            if token == "{":
                self.at += 2  # the key and its colon
                entries.append((_key(key), key_start, self._read(depth + 1)))
            else:
                entries.append(("", key_start, self._read(depth + 1)))
        found = Found(start, self.tokens[self.at][2], token, entries)
        self.at += 1
        if token == "{":
            self.objects[start] = found
        return found

    def _entry(self, inside: Found, name: str) -> tuple[str, int, Found] | None:
        return next((e for e in reversed(inside.entries) if e[0] == name), None)  # of keys that are repeated the last one counts

    def names(self) -> frozenset[str]:
        """The logical ids of the template."""
        return frozenset(key for key, _, _ in self.resources.entries) if self.resources is not None else frozenset()

    # changes

    def set(self, line: int, column: int, values: dict[str, Any]) -> None:
        """Set keys of the object that begins at a place; a resource's own object stands for its properties. Raises `Unfit`."""
        found = self.objects.get(self.lines.index(line, column))
        if found is None:
            raise Unfit("no object begins there")
        type = self._entry(found, "Type")
        if type is not None and self.text[type[2].start :].startswith('"AWS::'):
            properties = self._entry(found, "Properties")
            if properties is None:
                self._insert(found, {"Properties": values})
                return
            found = properties[2]
            if found.kind != "{":
                raise Unfit("the resource's properties are no object")
        self._set(found, values)

    def _set(self, found: Found, values: dict[str, Any]) -> None:
        left: dict[str, Any] = {}
        for name, value in values.items():
            entry = self._entry(found, name)
            if entry is None:
                left[name] = value
            elif isinstance(value, dict) and entry[2].kind == "{" and not self._is_function(entry[2]):
                self._set(entry[2], value)
            elif entry[2].kind == "{" or any(element.kind for _, _, element in entry[2].entries):
                raise Unfit("what stands there is computed")
            else:
                self.splices.append(Splice(entry[2].start, entry[2].end, json.dumps(value, ensure_ascii=False), 0))
        self._insert(found, left)

    def _is_function(self, found: Found) -> bool:
        return any(key == "Ref" or key.startswith("Fn::") for key, _, _ in found.entries)

    def _insert(self, found: Found, values: dict[str, Any], depth: int | None = None) -> None:
        if not values:
            return
        if not found.entries:
            if self.text[found.start + 1 : found.end - 1].strip():
                raise Unfit("the object is not empty")
            self.splices.append(Splice(found.start + 1, found.end - 1, ", ".join(self._pairs(values, None)), 0))
            return
        last = found.entries[-1][2].end
        indent = self._indent(found)
        said = [f"\n{' ' * indent}{p}" if indent is not None else f" {p}" for p in self._pairs(values, indent)]
        self.splices.append(Splice(last, last, "," + ",".join(said), self.lines.column(found.start) if depth is None else depth))

    def _indent(self, found: Found) -> int | None:
        """How far an object's keys stand in; None where they stand on its own line."""
        key = found.entries[-1][1]
        column = self.lines.column(key)
        return column if not self.text[key - column : key].strip() and "\t" not in self.text[key - column : key] else None

    def _pairs(self, values: dict[str, Any], indent: int | None) -> list[str]:
        step = None if indent is None else self._step()
        made = []
        for key, value in values.items():
            text = json.dumps(value, indent=step, ensure_ascii=False)
            made.append(f"{json.dumps(key)}: " + text.replace("\n", f"\n{' ' * (indent or 0)}"))
        return made

    def _step(self) -> int:
        return (self._indent(self.root) if self.root.entries else None) or 2

    def add(self, line: int, column: int, name: str, type: str, values: dict[str, Any]) -> None:
        """Put a new resource behind the last one. Raises `Unfit`."""
        if self.resources is None or not any(at == self.lines.index(line, column) for _, at, _ in self.resources.entries):
            raise Unfit("no resource is declared there")
        self._insert(self.resources, {name: {"Type": type, "Properties": values}}, -1)
