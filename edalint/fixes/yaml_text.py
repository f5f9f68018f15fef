"""Changes of a YAML template, written the way the file is: its indentation, its short forms, block or flow, comments kept."""

from __future__ import annotations

import json
import re

import yaml

from edalint.fixes.splice import Lines, Splice, Unfit
from edalint.hints import Any
from edalint.model.lazy import pattern

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = pattern(r"[A-Za-z/][A-Za-z0-9_./:-]*\Z")
_COLON = pattern(r"(?:\s|#.*\n)*:")
_OTHER_BREAKS = pattern(r"\r(?!\n)|[\x85\u2028\u2029]")
"""What ends a line for YAML 1.1, and in no editor."""
_ASKED = pattern(r"(?m)^ *(?:- +)*\?(?:\s|\Z)|[{,\[]\s*\?\s")
"""What stands before a key that is written as a question; or what looks so in a text."""
_NOT_PLAIN = pattern(r"(?i)(?:true|false|yes|no|on|off|null|y|n)\Z|.*:\Z")


class YamlEditor:
    """Changes of one YAML text."""

    def __init__(self, text: str) -> None:
        if _OTHER_BREAKS.search(text):
            raise Unfit("YAML counts other lines in it than we do")
        if _ASKED.search(text):
            raise Unfit("keys stand further in than their mapping begins")
        self.text = text
        self.lines = Lines(text)
        self.splices: list[Splice] = []
        try:
            self.root = yaml.compose(text, Loader=LOADER)
        except yaml.YAMLError as error:
            raise Unfit("the text is not YAML") from error
        self.mappings: dict[int, Any] = {}
        self.uses: dict[int, int] = {}
        """How often each node is used: more than once where an alias repeats it."""
        self.keys: dict[int, tuple[Any, Any, Any]] = {}
        """Index of a key -> key, value, and the mapping they are in."""
        if self.root is not None:
            self._visit(self.root)
        resources = self._value(self.root, "Resources") if isinstance(self.root, yaml.MappingNode) else None
        self.resources = resources if isinstance(resources, yaml.MappingNode) else None
        self.step = self._step()

    def _visit(self, root: Any) -> None:
        stack = [root]
        while stack:
            node = stack.pop()
            self.uses[id(node)] = self.uses.get(id(node), 0) + 1
            if self.uses[id(node)] > 1:
                continue
            if isinstance(node, yaml.MappingNode):
                for place in (node, *(key for key, _ in node.value[:1])):  # in braces or not, it is found by its first key
                    self.mappings.setdefault(self._begin(place), node)
                for key, value in node.value:
                    self.keys[self._begin(key)] = (key, value, node)
                    stack += [value]
            elif isinstance(node, yaml.SequenceNode):
                stack += node.value

    def _begin(self, node: Any) -> int:
        return self.lines.index(int(node.start_mark.line) + 1, int(node.start_mark.column) + 1)

    def _end(self, node: Any, otherwise: int) -> int:
        """Where the content of a node ends; a block's own mark is after the comments and empty lines that follow it."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style:
            if not node.value:
                return otherwise
            last = node.value[-1]
            if isinstance(last, tuple):
                return self._end(last[1], self._after_colon(last[0]))
            return self._end(last, self._begin(last))
        begin, end = self._begin(node), self.lines.index(node.end_mark.line + 1, node.end_mark.column + 1)
        if begin == end:
            return otherwise
        return int(begin + len(self.text[begin:end].rstrip()))

    def _after_colon(self, key: Any) -> int:
        end = self.lines.index(key.end_mark.line + 1, key.end_mark.column + 1)
        found = _COLON.match(self.text, end)
        if found is None:  # `{a, b: c}`: a key without a value needs none
            raise Unfit("a key has no colon")
        return int(found.end())

    def _value(self, mapping: Any, name: str) -> Any:
        return next((value for key, value in mapping.value if key.value == name), None)

    def _step(self) -> int:
        """How far the file indents one level."""
        if self.resources is None or self.resources.flow_style or not self.resources.value:
            return 2
        for key, value in self.resources.value:
            if isinstance(value, yaml.MappingNode) and not value.flow_style:
                return max(1, int(value.start_mark.column) - int(key.start_mark.column))
        return 2

    def names(self) -> frozenset[str]:
        """The logical ids of the template."""
        return frozenset(key.value for key, _ in self.resources.value) if self.resources is not None else frozenset()

    # changes

    def set(self, line: int, column: int, values: dict[str, Any]) -> None:
        """Set keys of the mapping that begins at a place; a resource's own mapping stands for its properties. Raises `Unfit`."""
        mapping = self.mappings.get(self.lines.index(line, column))
        if mapping is None or self.uses[id(mapping)] > 1:
            raise Unfit("no mapping begins there, or several places share it")
        if any(key.value == "<<" for key, _ in mapping.value):
            raise Unfit("the mapping merges another one")
        type = self._value(mapping, "Type")
        if type is not None and str(type.value).startswith("AWS::"):
            present = self._value(mapping, "Properties")
            if present is not None and not isinstance(present, yaml.MappingNode):
                raise Unfit("the resource's properties are no mapping")
            self._insert(mapping, {"Properties": values}) if present is None else self._set(present, values)
        else:
            self._set(mapping, values)

    def _set(self, mapping: Any, values: dict[str, Any]) -> None:
        present = {key.value: (key, value) for key, value in mapping.value}
        for name in [n for n in values if n in present]:
            key, value = present[name]
            if isinstance(values[name], dict) and isinstance(value, yaml.MappingNode) and self.uses[id(value)] == 1:
                self._set(value, values[name])
            else:
                self._replace(key, value, values[name])
        self._insert(mapping, {name: value for name, value in values.items() if name not in present})

    def _replace(self, key: Any, value: Any, new: Any) -> None:
        """Replace a plain value, or a list of plain values."""
        elements = value.value if isinstance(value, yaml.SequenceNode) else [value]
        if value.tag.startswith("!") or self.uses[id(value)] > 1 or not all(isinstance(e, yaml.ScalarNode) for e in elements):
            raise Unfit("what stands there is computed")
        begin = self._after_colon(key)
        end = self._end(value, begin)
        if "#" in self.text[begin:end] or isinstance(new, dict):
            raise Unfit("a comment would be lost")
        self.splices.append(Splice(begin, end, f" {_inline(new)}", 0))

    def _insert(self, mapping: Any, values: dict[str, Any]) -> None:
        if not values:
            return
        if mapping.flow_style:
            last = mapping.value[-1] if mapping.value else None
            at = self._end(last[1], self._after_colon(last[0])) if last else self._begin(mapping) + 1
            said = ", ".join(f"{_key(k)}: {_inline(v)}" for k, v in values.items())
            self.splices.append(Splice(at, at, f", {said}" if last else said, 1_000))
            return
        indent = mapping.value[0][0].start_mark.column
        self._after(mapping, "".join(f"\n{line}" for line in self._block(values, indent)), indent)

    def _after(self, node: Any, text: str, depth: int) -> None:
        at = self.lines.end_of_line(self._end(node, self._begin(node)))
        self.splices.append(Splice(at, at, text, depth))

    def add(self, line: int, column: int, name: str, type: str, values: dict[str, Any]) -> None:
        """Put a new resource behind the one whose key stands at a place. Raises `Unfit`."""
        found = self.keys.get(self.lines.index(line, column))
        if found is None or self.resources is None or found[2] is not self.resources or self.resources.flow_style:
            raise Unfit("no resource is declared there")
        key, value, _ = found
        indent = key.start_mark.column
        gap = "\n" if self._has_gaps() else ""
        lines = self._block({name: {"Type": type, "Properties": values}}, indent)
        end = self._end(value, self._after_colon(key))
        at = self.lines.end_of_line(end)
        self.splices.append(Splice(at, at, gap + "".join(f"\n{line}" for line in lines), indent))

    def _has_gaps(self) -> bool:
        """Whether an empty line stands behind a resource that is not the last."""
        assert self.resources is not None
        for key, value in self.resources.value[:-1]:
            end = self.lines.end_of_line(self._end(value, self._after_colon(key)))
            if re.match(r"\r?\n[ \t]*\r?\n", self.text[end:]):
                return True
        return False

    def _block(self, values: dict[str, Any], indent: int) -> list[str]:
        pad = " " * indent
        lines: list[str] = []
        for key, value in values.items():
            if isinstance(value, dict) and value and _short(value) is None:
                lines += [f"{pad}{_key(key)}:", *self._block(value, indent + self.step)]
            elif isinstance(value, list) and any(isinstance(v, dict) and _short(v) is None for v in value):
                lines.append(f"{pad}{_key(key)}:")
                for element in value:
                    inner = self._block(element, indent + self.step + 2)
                    lines += [f"{pad}{' ' * self.step}- {inner[0].lstrip()}", *inner[1:]]
            else:
                lines.append(f"{pad}{_key(key)}: {_inline(value)}")
        return lines


def _key(text: str) -> str:
    return text if _PLAIN.match(text) and not _NOT_PLAIN.match(text) else json.dumps(text, ensure_ascii=False)


def _short(value: dict[str, Any]) -> str | None:
    """The short form of an intrinsic function; None where it is none."""
    if len(value) != 1:
        return None
    [(name, argument)] = value.items()
    if name == "Ref":
        return f"!Ref {_key(argument)}"
    if name == "Fn::GetAtt":
        return f"!GetAtt {_key('.'.join(argument))}"
    return f"!Sub {json.dumps(argument)}" if name == "Fn::Sub" and isinstance(argument, str) else None


def _inline(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return _short(value) or "{" + ", ".join(f"{_key(k)}: {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, str):
        return _key(value)
    return json.dumps(value)
