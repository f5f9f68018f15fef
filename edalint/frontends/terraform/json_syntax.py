"""Terraform's JSON syntax (`*.tf.json`) to the same tree as HCL: strings are templates, objects are blocks or values."""

from __future__ import annotations

from edalint.frontends.terraform.nodes import Block, Body, Expression, Literal, Object, Template, TemplateFor, TemplateIf, Tuple
from edalint.frontends.terraform.syntax import HclProblem, read_hcl, read_template
from edalint.hints import Any
from edalint.model.locations import Document, Mark
from edalint.model.values import Map
from edalint.sources import json_reader
from edalint.sources.problem import SyntaxProblem

_LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "locals": 0,
    "terraform": 0,
    "check": 1,
}
_NESTED = frozenset({"lifecycle", "validation", "dynamic", "connection", "provisioner", "required_providers", "backend"})


def read_json(path: str, text: str) -> Body:
    """The body of a JSON configuration file. Raises `HclProblem`."""
    try:
        document = json_reader.read(path, text)
    except SyntaxProblem as problem:
        raise HclProblem(problem.path, problem.line, problem.column, problem.message) from None
    body = Body(document)
    root = document.root
    for top in root if isinstance(root, list) else [root]:
        if not isinstance(top, Map):
            raise HclProblem(path, 1, 1, "a JSON configuration is an object")
        for type, value in top.items():
            if type in _LABELS:
                _blocks(body, type, (), value, _LABELS[type], top.mark(type) or Mark(1, 1, 2), document)
    return body


def _blocks(body: Body, type: str, labels: tuple[str, ...], value: Any, missing: int, mark: Mark, document: Document) -> None:
    for inner in value if isinstance(value, list) else [value]:
        if not isinstance(inner, Map):
            continue
        if missing:
            for label, content in inner.items():
                _blocks(body, type, (*labels, label), content, missing - 1, inner.mark(label) or mark, document)
        else:
            body.blocks.append(Block(type, labels, _body(type, inner, document), mark))


def _body(type: str, source: Map, document: Document) -> Body:
    body = Body(document)
    for name, value in source.items():
        mark = source.mark(name) or Mark(1, 1, 2)
        if name == "//":
            continue
        if name == "dynamic" and isinstance(value, (Map, list)):
            _blocks_of_content(body, value, document, mark)
        elif name in _NESTED and isinstance(value, (Map, list)):
            _blocks(body, name, (), value, 0, mark, document)
        elif type == "variable" and name == "type" and isinstance(value, str):
            body.arguments[name] = (_expression_of(document.path, value), mark)
        else:
            body.arguments[name] = (expression(value, document), mark)
    return body


def _blocks_of_content(body: Body, value: Any, document: Document, mark: Mark) -> None:
    """`dynamic`: label -> {for_each, iterator, content}."""
    for labelled in value if isinstance(value, list) else [value]:
        for label, inner in labelled.items() if isinstance(labelled, Map) else ():
            for source in inner if isinstance(inner, list) else [inner]:
                if not isinstance(source, Map):
                    continue
                content = source.get("content")
                outer = _body("dynamic", source.like((k, v) for k, v in source.items() if k != "content"), document)
                for one in content if isinstance(content, list) else [content]:
                    if isinstance(one, Map):
                        outer.blocks.append(Block("content", (), _body("content", one, document), mark))
                body.blocks.append(Block("dynamic", (label,), outer, labelled.mark(label) or mark))


def expression(value: Any, document: Document) -> Expression:
    """A JSON value as an expression."""
    if isinstance(value, str):
        return _unwrapped(read_template(document.path, value))
    if isinstance(value, list):
        return Tuple(tuple(expression(v, document) for v in value))
    if isinstance(value, Map):
        start = value.start or Mark(1, 1, 2)
        items = tuple((_key(k, document), expression(v, document), value.mark(k) or start) for k, v in value.items() if k != "//")
        return Object(items, start, document)
    return Literal(value)


def _unwrapped(read: Expression) -> Expression:
    """A string that is nothing but one interpolation is the value itself, a list for example, as in HCL."""
    if isinstance(read, Template) and len(read.parts) == 1 and not isinstance(read.parts[0], (Literal, TemplateIf, TemplateFor)):
        return read.parts[0]
    return read


def _key(key: str, document: Document) -> Expression:
    read = read_template(document.path, key)
    return read if isinstance(read, (Literal, Template)) else Template((read,))


def _expression_of(path: str, text: str) -> Expression:
    found = read_hcl(path, f"x = {text}\n").expression("x")
    if found is None:
        raise HclProblem(path, 1, 1, f"{text!r} is no type")
    return found
