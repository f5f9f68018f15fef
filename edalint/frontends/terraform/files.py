"""Functions that read files of the configuration: inside the roots only, each at most once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from edalint.frontends.context import Unreadable
from edalint.frontends.terraform.expressions import Scope, evaluate
from edalint.frontends.terraform.functions import symbol_of
from edalint.frontends.terraform.hidden import Encoded, Failed, FileText, HclSet, encoded_text
from edalint.frontends.terraform.operations import over
from edalint.frontends.terraform.syntax import HclProblem, read_template
from edalint.model.locations import Document
from edalint.model.values import Map, Ref, Text, Unknown, Value
from edalint.sources import files

MOST_FILES = 5_000
"""Files that `fileset` looks at."""
Reader = Callable[[Value, list[Value], Scope], Value]


def _path(value: Value, scope: Scope) -> Path | Unknown:
    if isinstance(value, Failed):
        return value
    if isinstance(value, (Unknown, Ref, Text)):
        return Unknown("", "a file whose name is not known")
    if not isinstance(value, str):
        return Failed("a file name is needed")
    return scope.module.run.folder / value


def _text(value: Value, scope: Scope, *, quiet: bool = False) -> str | Unknown:
    path = _path(value, scope)
    if isinstance(path, Unknown):
        return path
    try:
        return scope.module.run.context.text(path)
    except Unreadable as problem:
        if not quiet:
            scope.module.run.context.diagnose(None, problem.message, problem.code, path=scope.module.run.unit.path)
        return Unknown(f"file({value})", problem.message)


def _file(value: Value, rest: list[Value], scope: Scope) -> Value:
    text = _text(value, scope)
    return _placed(text, text, str(value), scope)


def _placed(made: Value, source: Value, name: str, scope: Scope) -> Value:
    """What was made of a file; JSON keeps the file as its place."""
    if not isinstance(source, str) or source.lstrip()[:1] not in ("{", "["):
        return made
    run = scope.module.run
    document = run.files.get(name)
    if document is None:
        document = run.files[name] = Document(run.context.display(run.folder / name), source)
        run.unit.documents.append(document)
    return over(made, lambda text: FileText(text, document) if isinstance(text, (str, Text)) else text)


def _file_exists(value: Value, rest: list[Value], scope: Scope) -> Value:
    path = _path(value, scope)
    if isinstance(path, Unknown):
        return path
    if not scope.module.run.context.inside(path):
        return Unknown(f"fileexists({value})", "a file outside of the root")
    return files.is_file(path)


def _template_file(value: Value, rest: list[Value], scope: Scope) -> Value:
    text = _text(value, scope)
    if isinstance(text, Unknown):
        return text
    made = rendered(text, rest[0] if rest else Map(), scope, name=str(value))
    return _placed(made, text, str(value), scope)


def _template_string(value: Value, rest: list[Value], scope: Scope) -> Value:
    return rendered(value, rest[0] if rest else Map(), scope)


def rendered(template: Value, names: Value, scope: Scope, name: str = "template") -> Value:
    """A template's text with its names filled in."""
    if isinstance(template, FileText):
        template = template.text
    if not isinstance(template, str):
        return template if isinstance(template, Unknown) else Unknown("", "a template that is not known")

    def with_names(given: Value) -> Value:
        if given is not None and not isinstance(given, dict):
            return Unknown("", "a template whose names are not known")
        try:
            expression = read_template(name, template)
        except HclProblem as problem:
            return Failed(f"{name}: {problem.message}")
        return evaluate(expression, Scope(scope.module, dict(given or {})))

    return over(names, with_names)


def _fileset(value: Value, rest: list[Value], scope: Scope) -> Value:
    path = _path(value, scope)
    pattern = rest[0] if rest else None
    if isinstance(path, Unknown) or not isinstance(pattern, str):
        return Unknown("", "files that are not known")
    if not scope.module.run.context.inside(path):
        return Unknown(f"fileset({value},{pattern})", "files outside of the root")
    found: list[str] = []
    looked_at = 0
    for folder, folders, found_here in files.walk(path):
        folders.sort()
        for name in found_here:
            looked_at += 1
            if looked_at > MOST_FILES:
                return Unknown("", f"more than {MOST_FILES} files")
            relative = (Path(folder) / name).relative_to(path).as_posix()
            if _glob(pattern, relative):
                found.append(relative)
        if "**" not in pattern and folder.count(os.sep) - str(path).count(os.sep) >= pattern.count("/"):
            folders.clear()
    return HclSet(sorted(found))


def _glob(pattern: str, name: str) -> bool:
    """Whether a file's name fits a pattern in which `**` also goes through folders."""
    import fnmatch

    if pattern.startswith("**/") and _glob(pattern[3:], name):
        return True
    parts, names = pattern.split("/"), name.split("/")
    if "**" in parts:
        at = parts.index("**")
        head, tail = parts[:at], parts[at + 1 :]
        if len(names) < len(head) + max(len(tail), 1):
            return False
        fits_head = all(fnmatch.fnmatchcase(n, p) for n, p in zip(names, head, strict=False))
        return fits_head and (not tail or all(fnmatch.fnmatchcase(n, p) for n, p in zip(names[-len(tail) :], tail, strict=True)))
    return len(parts) == len(names) and all(fnmatch.fnmatchcase(n, p) for n, p in zip(names, parts, strict=True))


def _content(hashed: Callable[[bytes], str]) -> Reader:
    def read(value: Value, rest: list[Value], scope: Scope) -> Value:
        path = _path(value, scope)
        if isinstance(path, Unknown):
            return path
        try:
            if scope.module.run.context.inside(path) and files.regular(path):
                return hashed(files.content(path))
        except OSError:
            pass
        return Unknown(f"content({value})", f"{value} is not there (it may be built)")

    return read


def _base64(content: bytes) -> str:
    from base64 import b64encode

    return b64encode(content).decode()


def _hashing(name: str, encoded: bool) -> Reader:
    def hashed(content: bytes) -> str:
        import hashlib

        digest = hashlib.new(name, content, usedforsecurity=False)
        return _base64(digest.digest()) if encoded else digest.hexdigest()

    return _content(hashed)


def _name(name: str, function: Callable[[str], str]) -> Reader:
    def named(value: Value, rest: list[Value], scope: Scope) -> Value:
        if isinstance(value, Encoded):
            value = encoded_text(value)
        if isinstance(value, str):
            return function(value)
        symbol = symbol_of([value])
        return Unknown(f"{name}({symbol})" if symbol else "", "a file name that is not known")

    return named


FILE_FUNCTIONS: dict[str, Reader] = {
    "file": _file,
    "fileexists": _file_exists,
    "fileset": _fileset,
    "templatefile": _template_file,
    "templatestring": _template_string,
    "dirname": _name("dirname", lambda p: os.path.dirname(p) or "."),  # noqa: PTH120
    "filebase64": _content(_base64),
    "filemd5": _hashing("md5", False),
    "filesha1": _hashing("sha1", False),
    "filesha256": _hashing("sha256", False),
    "filesha512": _hashing("sha512", False),
    "filebase64sha256": _hashing("sha256", True),
    "filebase64sha512": _hashing("sha512", True),
}
"""Function -> what reads; the first argument is a value without alternatives."""
