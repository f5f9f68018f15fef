"""A Terraform file in Terraform's JSON syntax: what the language's documentation says is the same configuration."""

from __future__ import annotations

import json
import re
from typing import Any

import tree_sitter
import tree_sitter_hcl

RAW = {
    ("variable", "type"), ("", "depends_on"), ("", "provider"), ("", "providers"), ("lifecycle", "ignore_changes"), ("lifecycle", "replace_triggered_by"),
}  # fmt: skip
"""Arguments whose text names something and is no template: (block, argument), or of every block."""
TOP = frozenset({"resource", "data", "module", "variable", "output", "provider", "locals", "terraform"})


class NoSuchForm(Exception):
    """The file has something that is not written in JSON, or not as it stands."""


def as_json(text: str) -> str:
    """The file in JSON. Raises `NoSuchForm`."""
    tree = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language())).parse(text.encode())
    if tree.root_node.has_error:
        raise NoSuchForm("a syntax error")
    return json.dumps(_Writer(text.encode()).file(tree.root_node), indent=1)


class _Writer:
    def __init__(self, source: bytes) -> None:
        self.source = source

    def text(self, node: Any) -> str:
        return self.source[node.start_byte : node.end_byte].decode()

    def file(self, root: Any) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for body in (c for c in root.named_children if c.type == "body"):
            for block in (c for c in body.named_children if c.type == "block"):
                type, labels, inner = self.block(block)
                if type not in TOP:
                    raise NoSuchForm(type)
                for label in reversed(labels):
                    inner = {label: inner}
                found.setdefault(type, []).append(inner)
        return found

    def block(self, node: Any) -> tuple[str, list[str], dict[str, Any]]:
        head = [self.text(c).strip('"') for c in node.named_children if c.type in ("identifier", "string_lit")]
        body = next((c for c in node.named_children if c.type == "body"), None)
        return head[0], head[1:], self.body(head[0], body)

    def body(self, type: str, node: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for child in node.named_children if node is not None else ():
            if child.type == "attribute":
                name, *_, value = (c for c in child.named_children if c.type != "comment")
                key = self.text(name)
                raw = (type, key) in RAW or ("", key) in RAW
                found[key] = self.names(value) if raw else self.expression(value)
            elif child.type == "block":
                inner_type, labels, inner = self.block(child)
                for label in reversed(labels):
                    inner = {label: inner}
                found.setdefault(inner_type, []).append(inner)
        return found

    def names(self, node: Any) -> Any:
        """What names something: its text, or a list or map of such."""
        text = self.text(node).strip()
        if text.startswith("["):
            return [part.strip() for part in text[1:-1].split(",") if part.strip()]
        if text.startswith("{"):
            return dict(re.findall(r"([\w.-]+)\s*=\s*([\w.-]+)", text))
        return text

    def expression(self, node: Any) -> Any:
        inner = [c for c in node.children if c.type != "comment"]
        if len(inner) == 1:
            one = inner[0]
            if one.type == "expression":
                return self.expression(one)
            if one.type == "literal_value":
                return self.literal(one)
            if one.type == "template_expr":
                return self.template(one.named_children[0])
            if one.type == "collection_value":
                collected = self.collection(one)
                if collected is not None:
                    return collected
        if "<<" in self.text(node):
            raise NoSuchForm("a heredoc inside an expression")
        return "${" + self.text(node) + "}"

    def literal(self, node: Any) -> Any:
        inner = node.named_children[0] if node.named_children else node
        if inner.type == "string_lit":
            return self.quoted(self.text(inner)[1:-1])
        return json.loads(self.text(inner))

    def quoted(self, text: str) -> str:
        return str(json.loads(f'"{text}"'))

    def template(self, node: Any) -> str:
        if node.type == "quoted_template":
            parts = node.named_children[1:-1]
            return "".join(self.quoted(self.text(p)) if p.type == "template_literal" else self.text(p) for p in parts)
        lines = self.text(node).split("\n")
        content = lines[1:-1]
        if lines[0].startswith("<<-"):
            indent = min((len(line) - len(line.lstrip()) for line in content if line.strip()), default=0)
            content = [line[indent:] for line in content]
        return "".join(line + "\n" for line in content)

    def collection(self, node: Any) -> Any:
        inner = next(c for c in node.named_children if c.type != "comment")
        if inner.type == "tuple":
            return [self.expression(c) for c in inner.named_children if c.type == "expression"]
        found: dict[str, Any] = {}
        for element in (c for c in inner.named_children if c.type == "object_elem"):
            key, value = (c for c in element.named_children if c.type == "expression")
            text = self.text(key).strip()
            if not re.fullmatch(r'"?[\w:./*-]+"?', text):
                return None
            found[text.strip('"')] = self.expression(value)
        return found
