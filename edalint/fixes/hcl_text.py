"""Changes of a Terraform file: arguments aligned as `terraform fmt` aligns them, blocks and comments left as they are."""

from __future__ import annotations

import json

from edalint.fixes.splice import Lines, Splice, Unfit
from edalint.hints import Any

RAW = "= "
"""A string that begins so is an expression of Terraform's, not a text."""


class HclEditor:
    """Changes of one HCL text."""

    def __init__(self, text: str) -> None:
        import tree_sitter
        import tree_sitter_hcl

        self.text = text
        self.lines = Lines(text)
        self.splices: list[Splice] = []
        self.data = text.encode("utf-8")
        self.ascii = len(self.data) == len(text)
        tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language())).parse(self.data)
        if tree.root_node.has_error:
            raise Unfit("the text is not HCL")
        self.blocks: dict[int, Any] = {}
        """Where a block or an object begins -> its node."""
        stack = [tree.root_node]
        while stack:
            node = stack.pop()
            if node.type in ("block", "object"):
                self.blocks[self._index(node.start_byte)] = node
            stack += node.children

    def _index(self, byte: int) -> int:
        return byte if self.ascii else len(self.data[:byte].decode("utf-8", "replace"))

    def _said(self, node: Any) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def names(self) -> frozenset[str]:
        """`type.label` of every resource of the file."""
        found: set[str] = set()
        for node in self.blocks.values():
            words = (
                [self._said(c).strip('"') for c in node.children if c.type in ("identifier", "string_lit")] if node.type == "block" else []
            )
            if words[:1] == ["resource"]:
                found.add(".".join(words[1:]))
        return frozenset(found)

    # changes

    def set(self, line: int, column: int, values: dict[str, Any]) -> None:
        """Set arguments of the block, or keys of the object, that begins at a place. Raises `Unfit`."""
        node = self.blocks.get(self.lines.index(line, column))
        if node is None:
            raise Unfit("no block begins there")
        present = self._arguments(node)
        for name in [n for n in values if n in present]:
            self._replace(present[name], values[name])
        left = {name: value for name, value in values.items() if name not in present}
        if left:
            (self._into_block if node.type == "block" else self._into_object)(node, left)

    def _body(self, node: Any) -> Any:
        return next((c for c in node.children if c.type == "body"), None)

    def _arguments(self, node: Any) -> dict[str, Any]:
        """Name -> expression."""
        if node.type == "object":
            pairs = [(e.child_by_field_name("key"), e.child_by_field_name("val")) for e in node.children if e.type == "object_elem"]
            return {self._said(key).strip('"'): value for key, value in pairs if key is not None and value is not None}
        body = self._body(node)
        found: dict[str, Any] = {}
        for child in body.children if body is not None else ():
            if child.type == "attribute":
                found[self._said(child.children[0])] = child.children[-1]
            elif child.type == "block":
                found[self._said(child.children[0])] = None
        return found

    def _replace(self, expression: Any, value: Any) -> None:
        if expression is None or not self._is_literal(expression):
            raise Unfit("what stands there is computed")
        self.splices.append(Splice(self._index(expression.start_byte), self._index(expression.end_byte), _expression(value, 0), 0))

    def _is_literal(self, expression: Any) -> bool:
        text = self._said(expression)
        kinds = {
            "variable_expr",
            "function_call",
            "comment",
            "template_interpolation",
            "for_expr",
            "conditional",
            "operation",
            "object",
            "heredoc_template",
        }
        stack = [expression]
        while stack:
            node = stack.pop()
            if node.type in kinds:
                return False
            stack += node.children
        return "\n" not in text

    def _into_block(self, node: Any, values: dict[str, Any]) -> None:
        indent = self._indent(node) + 2
        opening = next(c for c in node.children if c.type == "block_start")
        closing = next(c for c in node.children if c.type == "block_end")
        body = self._body(node)
        said = _arguments(values, indent)
        if body is None or opening.start_point[0] == closing.start_point[0]:
            inside = self.text[self._index(opening.end_byte) : self._index(closing.start_byte)].strip()
            text = "".join(f"\n{line}" for line in ([" " * indent + inside] if inside else []) + said)
            begin, end = self._index(opening.end_byte), self._index(closing.start_byte)
            if "#" in inside or "//" in inside:
                raise Unfit("a comment would be lost")
            self.splices.append(Splice(begin, end, f"{text}\n{' ' * (indent - 2)}", 1_000))
            return
        last = next((c for c in reversed(body.children) if c.type in ("attribute", "block")), None)
        at = self.lines.end_of_line(self._index(last.end_byte) if last is not None else self._index(opening.end_byte))
        if last is not None and last.type == "attribute" and last.start_point[0] == last.end_point[0]:
            said = [_aligned(line, self._equals(last)) for line in said]
        elif last is not None:
            said = ["", *said]
        self.splices.append(Splice(at, at, "".join(f"\n{line}" for line in said), indent))

    def _equals(self, attribute: Any) -> int:
        """The column of an argument's equals sign."""
        return self.lines.column(self._index(attribute.children[1].start_byte))

    def _into_object(self, node: Any, values: dict[str, Any]) -> None:
        elements = [e for e in node.children if e.type == "object_elem"]
        if not elements:
            at = self._index(node.start_byte) + 1
            self.splices.append(Splice(at, at, " " + ", ".join(_pairs(values)) + " ", 1_000))
            return
        last = self._index(elements[-1].end_byte)
        column = self.lines.column(self._index(elements[-1].start_byte))
        on_own_line = not self.text[self._index(elements[-1].start_byte) - column : self._index(elements[-1].start_byte)].strip()
        if on_own_line:
            after = self.text[last : self.lines.end_of_line(last)].lstrip()
            at = self.lines.end_of_line(last) if not after.startswith("}") else last
            comma = "," if after.startswith(",") else ""
            self.splices.append(Splice(at, at, "".join(f"\n{' ' * column}{pair}{comma}" for pair in _pairs(values)), column))
        else:
            self.splices.append(Splice(last, last, ", " + ", ".join(_pairs(values)), 1_000))

    def _indent(self, node: Any) -> int:
        return self.lines.column(self._index(node.start_byte))

    def add(self, line: int, column: int, name: str, type: str, values: dict[str, Any]) -> None:
        """Put a new resource behind the block that begins at a place. Raises `Unfit`."""
        node = self.blocks.get(self.lines.index(line, column))
        if node is None or node.type != "block":
            raise Unfit("no resource is declared there")
        at = self.lines.end_of_line(self._index(node.end_byte))
        body = "\n".join(_arguments(values, 2))
        self.splices.append(Splice(at, at, f'\n\nresource "{type}" "{name}" {{\n{body}\n}}', 0))


def _arguments(values: dict[str, Any], indent: int) -> list[str]:
    """Arguments, one under the other, their equals signs aligned."""
    wide = max(map(len, values))
    return [f"{' ' * indent}{name:<{wide}} = {_expression(value, indent)}" for name, value in values.items()]


def _aligned(line: str, column: int) -> str:
    """An argument with its equals sign at a column, where its name leaves room."""
    name, _, value = line.partition(" = ")
    return f"{name.rstrip():<{column}}= {value}" if len(name.rstrip()) < column else line


def _pairs(values: dict[str, Any]) -> list[str]:
    return [f"{_name(name)} = {_expression(value, 0)}" for name, value in values.items()]


def _name(text: str) -> str:
    return text if text.replace("_", "a").isalnum() and not text[0].isdigit() else json.dumps(text)


def _expression(value: Any, indent: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value[len(RAW) :] if value.startswith(RAW) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        if any(isinstance(v, dict) for v in value):
            pad = " " * (indent + 2)
            return "[\n" + "".join(f"{pad}{_expression(v, indent + 2)},\n" for v in value) + " " * indent + "]"
        return "[" + ", ".join(_expression(v, indent) for v in value) + "]"
    if isinstance(value, dict):
        if list(value) == ["jsonencode"]:
            return f"jsonencode({_expression(value['jsonencode'], indent)})"
        names = {_name(key): v for key, v in value.items()}
        wide = max((len(n) for n in names), default=0)
        pad = " " * (indent + 2)
        return "{\n" + "".join(f"{pad}{name:<{wide}} = {_expression(v, indent + 2)}\n" for name, v in names.items()) + " " * indent + "}"
    return json.dumps(value)
