"""`data.aws_iam_policy_document` as the policy document that it writes."""

from __future__ import annotations

from collections.abc import Iterator

from edalint.frontends.terraform.hidden import Encoded, Failed
from edalint.model.values import Map, OneOf, Text, Unknown, Value, alternatives, map_value

VERSION = "2012-10-17"
"""The provider's default (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document)."""
_LISTS = (("actions", "Action"), ("not_actions", "NotAction"), ("resources", "Resource"), ("not_resources", "NotResource"))
_PRINCIPALS = (("principals", "Principal"), ("not_principals", "NotPrincipal"))


def document(arguments: Map) -> Value:
    """The document that a data source's arguments and blocks write, as `jsonencode` would give it."""
    statements = [_statement(block) for block in _elements(arguments.get("statement"))]
    sources = [*_elements(arguments.get("source_policy_documents")), *_elements(arguments.get("source_json"))]
    overrides = [*_elements(arguments.get("override_policy_documents")), *_elements(arguments.get("override_json"))]
    merged: list[Value] = []
    for source in sources:
        _merge(merged, _statements_of(source))
    _merge(merged, statements)
    for override in overrides:
        _merge(merged, _statements_of(override))
    made = arguments.like({})
    version = arguments.get("version")
    made["Version"] = version if version is not None else VERSION
    if arguments.get("policy_id") is not None:
        made["Id"] = arguments["policy_id"]
    made["Statement"] = merged
    if made.marks is not None and "statement" in made.marks:
        made.marks = {**made.marks, "Statement": made.marks["statement"]}
    return Encoded(made)


def _elements(value: Value) -> Iterator[Value]:
    if value is None or isinstance(value, Failed):
        return
    yield from value if isinstance(value, list) else [value]


def _merge(into: list[Value], statements: list[Value]) -> None:
    """Statements with a Sid that is there already replace it, others follow."""
    for statement in statements:
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        at = (
            next((i for i, s in enumerate(into) if isinstance(s, dict) and sid and s.get("Sid") == sid), None)
            if isinstance(sid, str)
            else None
        )
        if at is None:
            into.append(statement)
        else:
            into[at] = statement


def _statements_of(source: Value) -> list[Value]:
    """The statements of a document that another one is based on."""
    if isinstance(source, OneOf):
        whole: list[Value] = []
        for when, plain in alternatives(source):
            from edalint.frontends.terraform.functions_collections import optional

            whole.extend(optional(when, s) for s in _statements_of(plain))
        return whole
    if source is None or source == "":
        return []
    if isinstance(source, Encoded):
        source = source.value
    elif isinstance(source, (str, Text)):
        from edalint.frontends.terraform.functions_encoding import jsondecode

        try:
            source = jsondecode(source)
        except Exception as error:
            return [Unknown("", f"a document that can't be read: {error}")]
    if isinstance(source, dict):
        return list(_elements(source.get("Statement")))
    return [source if isinstance(source, Unknown) else Unknown("", "a document that is not known")]


def _statement(block: Value) -> Value:
    return map_value(block, lambda plain: _written(plain) if isinstance(plain, Map) else plain)


def _written(block: Map) -> Map:
    made = block.like({})
    marks = dict(block.marks or {})

    def put(name: str, written: str, value: Value) -> None:
        made[name] = value
        if written in marks:
            marks[name] = marks[written]

    if block.get("sid") not in (None, ""):
        put("Sid", "sid", block["sid"])
    put("Effect", "effect", block["effect"] if block.get("effect") is not None else "Allow")
    for argument, name in _LISTS:
        if block.get(argument) is not None and block[argument] != []:
            put(name, argument, _one_or_many(block[argument]))
    for argument, name in _PRINCIPALS:
        if block.get(argument):
            put(name, argument, _principals(block[argument]))
    if block.get("condition"):
        put("Condition", "condition", _conditions(block["condition"]))
    made.marks = marks
    return made


def _one_or_many(value: Value) -> Value:
    return map_value(value, lambda v: v[0] if isinstance(v, list) and len(v) == 1 else list(v) if isinstance(v, list) else v)


def _principals(blocks: Value) -> Value:
    made = Map()
    for block in _elements(blocks):
        for _, plain in alternatives(block):
            if plain is None:
                continue
            if not isinstance(plain, Map) or not isinstance(plain.get("type"), str):
                return Unknown("", "principals that are not known")
            identifiers = plain.get("identifiers")
            if plain["type"] == "*" and identifiers == ["*"]:
                return "*"
            present = made.get(plain["type"], [])
            made[plain["type"]] = [*present, *_elements(identifiers)]
            made.document, made.begins = plain.document, plain.begins
    return made.like((k, v[0] if len(v) == 1 else v) for k, v in made.items())


def _conditions(blocks: Value) -> Value:
    made = Map()
    for block in _elements(blocks):
        for _, plain in alternatives(block):
            if plain is None:
                continue
            if not isinstance(plain, Map) or not isinstance(plain.get("test"), str):
                return Unknown("", "conditions that are not known")
            variable = plain.get("variable")
            if not isinstance(variable, str):
                return Unknown("", "conditions that are not known")
            inner = made.setdefault(plain["test"], Map((), plain.document, plain.begins, {}))
            inner[variable] = _one_or_many([*_elements(inner.get(variable)), *_elements(plain.get("values"))])
            if inner.marks is not None and plain.mark("variable") is not None:
                inner.marks[variable] = plain.mark("variable")
            made.document, made.begins = plain.document, plain.begins
    return made
