"""The JSON Schema of rule files, for editors: what `rulefile` accepts, without what expressions must be."""

from __future__ import annotations

from edalint.hints import Any
from edalint.model.findings import CONFIDENCES, SEVERITIES
from edalint.model.graph import EDGE_KINDS, NODE_KINDS, PART_KINDS
from edalint.policy.rulefile import REQUIRED

TEXT = {"type": "string"}
EXPRESSION = {"type": ["string", "boolean"]}
TEXTS = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _kinds(kinds: tuple[str, ...]) -> dict[str, Any]:
    one = {"enum": [*kinds, "any"]}
    return {"anyOf": [one, {"type": "array", "items": {"enum": list(kinds)}, "minItems": 1}]}


def _cases(words: tuple[str, ...]) -> dict[str, Any]:
    word = {"enum": list(words)}
    cases = {"type": "array", "minItems": 1, "items": _object({"when": EXPRESSION, "is": word}, "is")}
    return {"anyOf": [word, cases, _object({"cases": cases}, "cases")]}


def _match() -> dict[str, Any]:
    things = {"node": _kinds(NODE_KINDS), "edge": _kinds(EDGE_KINDS), "part": _kinds(PART_KINDS)}
    alone = [_object({name: kinds}, name) for name, kinds in things.items()]
    of = {"anyOf": [_kinds(NODE_KINDS), *alone]}
    without = {"anyOf": [EXPRESSION, {"type": "array", "items": EXPRESSION}]}
    path = _object(
        {"from": EXPRESSION, "to": EXPRESSION, "without": without, "hops": {"enum": ["one", "many"]}, "over": _kinds(EDGE_KINDS)},
        "from",
        "to",
    )
    forms = [
        *alone,
        _object({"group": _object({"of": of, "by": EXPRESSION}, "of", "by")}, "group"),
        _object({"path": {"anyOf": [{"type": "string", "pattern": r"^\s*[\w-]+\s*->\+?\s*[\w-]+\s*$"}, path]}}, "path"),
        _object({"cycle": _object({"over": _kinds(EDGE_KINDS), "ends_loop": EXPRESSION})}, "cycle"),
        _object({"graph": {}}, "graph"),
        {"const": "graph"},
    ]
    return {"anyOf": forms}


def _examples() -> dict[str, Any]:
    content = {"anyOf": [TEXT, {"type": "object", "additionalProperties": TEXT}]}
    files = {"type": "object", "additionalProperties": TEXT}
    languages = {"cloudformation": content, "terraform": content, "files": files}
    one = {**_object({"name": TEXT, **languages}), "oneOf": [{"required": [name]} for name in languages]}
    many = {"type": "array", "items": one}
    return _object({"bad": many, "good": many, "missed": {"type": "array", "items": {"type": "object"}}})


def _edits() -> dict[str, Any]:
    new = _object({"name": TEXT, "type": TEXT, "values": {"type": "object"}}, "name", "type", "values")
    change = _object({"set": {"type": "object"}, "add": {"anyOf": [new, {"type": "array", "items": new}]}})
    one = _object({"when": EXPRESSION, "of": EXPRESSION, "safe": {"type": "boolean"}, "cloudformation": change, "terraform": change}, "of")
    return {"anyOf": [one, {"type": "array", "items": one}]}


def schema() -> dict[str, Any]:
    """The JSON Schema of a rule file."""
    properties: dict[str, Any] = {
        "id": {"type": "string", "pattern": r"^[A-Z][A-Z0-9]*[0-9]$"},
        "name": {"type": "string", "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*$"},
        "severity": _cases(SEVERITIES),
        "confidence": _cases(CONFIDENCES),
        "opt_in": {"type": "boolean"},
        "preview": {"type": "boolean"},
        "since": {"type": ["string", "number"]},
        **dict.fromkeys(("supersedes", "aliases", "tags", "references"), TEXTS),
        **dict.fromkeys(("summary", "message", "annotation", "why", "fix"), TEXT),
        **dict.fromkeys(("when", "subject", "element", "at", "group"), EXPRESSION),
        "match": _match(),
        "let": {"type": "object", "additionalProperties": EXPRESSION},
        "related": {"anyOf": [(entry := _object({"at": EXPRESSION, "says": TEXT}, "at", "says")), {"type": "array", "items": entry}]},
        "path": {"anyOf": [EXPRESSION, _object({"over": EXPRESSION, "failed": EXPRESSION}, "over")]},
        "parameters": {"type": "object"},
        "examples": _examples(),
        "edit": _edits(),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An edalint policy",
        **_object(properties, *REQUIRED),
    }
