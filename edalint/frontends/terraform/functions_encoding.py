"""Terraform's functions that encode, decode and hash."""

from __future__ import annotations

from edalint.frontends.terraform.functions import LONGEST, Function, NotKnown, Refused, function, pieces, text
from edalint.frontends.terraform.hidden import Encoded
from edalint.model.locations import Document
from edalint.model.values import Map, Ref, Text, Unknown, Value, text_of


@function()
def jsonencode(value: Value) -> Value:
    """`jsonencode(value)`: kept as the value."""
    return Encoded(value)


@function()
def yamlencode(value: Value) -> Value:
    """`yamlencode(value)`: kept as the value, JSON being YAML."""
    return Encoded(value)


@function()
def jsondecode(value: Value) -> Value:
    """`jsondecode(string)`; a text known in part is decoded around its holes."""
    if isinstance(value, Encoded):
        return value.value
    if isinstance(value, Text):
        from edalint.model.graph import Place
        from edalint.sources import embedded
        from edalint.sources.problem import SyntaxProblem

        try:
            parsed: Value = embedded.parse(value, Place(None))
        except SyntaxProblem:
            raise NotKnown from None
        if isinstance(parsed, SyntaxProblem):
            raise NotKnown
        return parsed
    source = text(value)
    if len(source) > LONGEST:
        raise NotKnown
    import json

    from edalint.sources.json_reader import whole

    return json.loads(whole(source), object_pairs_hook=Map)


@function()
def yamldecode(value: Value) -> Value:
    """`yamldecode(string)`."""
    if isinstance(value, Encoded):
        return value.value
    from edalint.sources import yaml_reader
    from edalint.sources.problem import SyntaxProblem

    try:
        document: Document = yaml_reader.read("", text(value))
    except SyntaxProblem as problem:
        raise Refused(problem.message) from None
    root: Value = document.root
    return _placeless(root)


def _placeless(value: Value) -> Value:
    if isinstance(value, dict):
        return Map((str(k), _placeless(v)) for k, v in value.items())
    return [_placeless(v) for v in value] if isinstance(value, list) else value


@function()
def base64encode(value: Value) -> Value:
    """`base64encode(string)`."""
    from base64 import b64encode

    return b64encode(text(value).encode()).decode()


@function()
def base64decode(value: Value) -> Value:
    """`base64decode(string)`."""
    from base64 import b64decode

    return b64decode(text(value), validate=True).decode()


@function()
def urlencode(value: Value) -> Value:
    """`urlencode(string)`."""
    from urllib.parse import quote

    return text_of(quote(p, safe="").replace("%20", "+") if isinstance(p, str) else _encoded_hole(p) for p in pieces(value))


def _encoded_hole(part: Ref | Unknown) -> Value:
    return Unknown("", "urlencode() of a value that is not known") if isinstance(part, Unknown) else part


@function()
def csvdecode(value: Value) -> Value:
    """`csvdecode(string)`."""
    import csv
    import io

    return [Map(row) for row in csv.DictReader(io.StringIO(text(value)))]


def _digest(name: str, encode: str) -> Function:
    def digest(value: Value) -> Value:
        import hashlib
        from base64 import b64encode

        raw = hashlib.new(name, text(value).encode(), usedforsecurity=False)
        return raw.hexdigest() if encode == "hex" else b64encode(raw.digest()).decode()

    return digest


for _name in ("md5", "sha1", "sha256", "sha512"):
    function(_name)(_digest(_name, "hex"))
for _name in ("sha256", "sha512"):
    function(f"base64{_name}")(_digest(_name, "base64"))
