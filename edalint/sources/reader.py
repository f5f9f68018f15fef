"""Which reader a text is for: JSON where it begins like an object or list, else YAML (which also reads lenient JSON)."""

from __future__ import annotations

from edalint.model.locations import Document
from edalint.sources.problem import SyntaxProblem

__all__ = ["SyntaxProblem", "decode", "read"]


def read(path: str, text: str) -> Document:
    """The document of a YAML or JSON text. Raises `SyntaxProblem`, JSON's own for a text that begins like JSON."""
    try:
        return _read(path, text)
    except MemoryError:
        problem = SyntaxProblem(path, 1, 1, "it takes more memory than there is")
    raise problem  # here what was read so far is free again


def _read(path: str, text: str) -> Document:
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        try:
            return _read_json(path, text)
        except SyntaxProblem as problem:
            try:
                return _read_yaml(path, text)
            except SyntaxProblem as other:
                raise (other if "property name enclosed" in problem.message else problem) from None  # `{a: 1}` was meant as YAML
    return _read_yaml(path, text)


def decode(content: bytes) -> str:
    """The text of a file: UTF-8 or what its byte order mark says; a stray byte of another encoding is no reason to stop."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _read_json(path: str, text: str) -> Document:
    from edalint.sources import json_reader  # nor one over YAML alone json

    return json_reader.read(path, text)


def _read_yaml(path: str, text: str) -> Document:
    from edalint.sources import yaml_reader  # a run over JSON alone never imports yaml

    return yaml_reader.read(path, text)
