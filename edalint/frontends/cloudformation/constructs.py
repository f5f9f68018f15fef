"""What the CDK knows of its resources: their construct paths, the lines of the user's program, and its own helpers.

Newer assemblies note a stack trace per construct (`aws:cdk:creationStack`) and, with `CDK_DEBUG=1`, per property
(`aws:cdk:propertyAssignment`); older ones a raw trace beside `aws:cdk:logicalId`. A file of the program counts only where it
is there below the run's root: a finding must point at a file that the user can open.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from edalint.frontends.context import Context
from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.locations import Location
from edalint.model.resources import Resource, Unit
from edalint.model.values import Ref, alternatives
from edalint.sources import files

PATH = "aws:cdk:path"
ACKNOWLEDGED = "aws:cdk:acknowledged-rules"
"""The CDK's own entry for findings that are accepted at a construct: rule (`tool::rule`) -> reason."""
ENDS = ("/Resource", "/Default")
"""What the CDK calls the one resource of a construct; names leave it out."""
FOREIGN = ("/node_modules/", "/site-packages/", "/dist-packages/", "/.venv/", "/jsii-kernel-", "/jsii-runtime")
"""Parts of paths that are no code of the user."""
_SINGLETON = pattern(r"[0-9A-Fa-f]{32}$|CustomResourceProvider$")
"""How the CDK names its singletons: a purpose and a UUID without dashes, or `Custom::...CustomResourceProvider`."""
_FRAMEWORK = ("framework-onEvent", "framework-isComplete", "framework-onTimeout", "waiter-state-machine")


def describe(unit: Unit, metadata: Mapping[str, Any], folder: Path, context: Context) -> None:
    """Give the resources of a stack their names, the user's lines, and mark what the CDK made for its own ends."""
    lines = _Lines(metadata, folder, context)
    for resource in unit.resources.values():
        path = construct_path(resource, lines)
        if path is not None:
            resource.name = name_of(path)
            lines.place(resource, path)
            acknowledged = lines.acknowledged(path)
            if acknowledged:
                resource.metadata = resource.metadata.like({**resource.metadata, ACKNOWLEDGED: acknowledged})
    mark_helpers(unit)


def construct_path(resource: Resource, lines: _Lines) -> str | None:
    """Where a resource stands in the app's tree of constructs: its metadata says, or else the assembly's."""
    path = resource.metadata.get(PATH)
    if isinstance(path, str) and path:
        return path
    return lines.by_id.get(resource.address)


def name_of(path: str) -> str:
    """The path as messages print it: `OrdersStack/Queue`."""
    for end in ENDS:
        if path.endswith(end) and path.count("/") > 1:
            return path[: -len(end)]
    return path


# lines of the user's program


class _Lines:
    """The places in the user's program that the metadata of a stack names."""

    def __init__(self, metadata: Mapping[str, Any], folder: Path, context: Context) -> None:
        self.entries: dict[str, list[Any]] = {
            key.strip("/"): entries for key, entries in metadata.items() if isinstance(key, str) and isinstance(entries, list)
        }
        self.by_id: dict[str, str] = {}
        """Logical id -> construct path."""
        for path, entries in self.entries.items():
            for entry in entries:
                if isinstance(entry, dict) and entry.get("type") == "aws:cdk:logicalId" and isinstance(entry.get("data"), str):
                    self.by_id.setdefault(entry["data"], path)
        self.context = context
        self.app = _app_folder(folder)
        """The folder of the app: that of `cdk.json`, else the one that holds the assembly."""
        self._files: dict[str, Path | None] = {}
        self._lengths: dict[Path, int] = {}
        self._found: dict[str, Location | None] = {}

    def place(self, resource: Resource, path: str) -> None:
        """Set the lines that made a resource and its properties."""
        if not self.entries:
            return
        resource.source = self.near(path)
        for entry in self.entries.get(path, ()):
            data = entry.get("data") if isinstance(entry, dict) and entry.get("type") == "aws:cdk:propertyAssignment" else None
            name = data.get("propertyName") if isinstance(data, dict) else None
            location = self.first(data.get("stackTrace")) if isinstance(data, dict) and isinstance(name, str) and name else None
            if location is not None and isinstance(name, str):
                resource.property_sources[name[0].upper() + name[1:]] = location

    def acknowledged(self, path: str) -> dict[str, str]:
        """Rules that the app acknowledges at a construct or one around it, and why: `Validations.of(scope).acknowledge(...)`."""
        found: dict[str, str] = {}
        while path:
            for entry in self.entries.get(path, ()):
                data = entry.get("data") if isinstance(entry, dict) and entry.get("type") == ACKNOWLEDGED else None
                for rule, reason in data.items() if isinstance(data, dict) else ():
                    if isinstance(rule, str) and isinstance(reason, str):
                        found.setdefault(rule, reason)
            path = path.rpartition("/")[0]
        return found

    def near(self, path: str) -> Location | None:
        """The line that made a construct, or else the nearest construct around it that has one."""
        if path not in self._found:
            location = self.made(path)
            parent, _, last = path.rpartition("/")
            if location is None and parent:
                own = next((f"{parent}{end}" for end in ENDS if f"/{last}" != end and f"{parent}{end}" in self.entries), None)
                location = (self.made(own) if own else None) or self.near(parent)
            self._found[path] = location
        return self._found[path]

    def made(self, path: str) -> Location | None:
        """The line that made exactly this construct."""
        for entry in self.entries.get(path, ()):
            kind = entry.get("type") if isinstance(entry, dict) else None
            trace = entry.get("data") if kind == "aws:cdk:creationStack" else entry.get("trace") if kind == "aws:cdk:logicalId" else None
            location = self.first(trace)
            if location is not None:
                return location
        return None

    def first(self, trace: Any) -> Location | None:
        """The innermost frame of a trace that is code of the user."""
        for frame in trace if isinstance(trace, list) else ():
            found = parsed(frame) if isinstance(frame, str) else None
            path = self.file(found[0]) if found else None
            if found is not None and path is not None and 0 < found[1] <= self.length(path):
                column = max(found[2], 1)
                return Location(self.context.display(path), found[1], column, found[1], column + 1)
        return None

    def file(self, written: str) -> Path | None:
        """The file of a frame, if it is the user's and below the root; None otherwise."""
        if written not in self._files:
            self._files[written] = self._file(written)
        return self._files[written]

    def _file(self, written: str) -> Path | None:
        plain = written.replace("\\", "/")
        if plain.startswith("node:") or "\0" in plain or any(part in f"/{plain}" for part in FOREIGN):
            return None
        for candidate in self._candidates(plain):
            path = Path(os.path.normpath(candidate))
            if self._is_users(path):
                return path
        return None

    def _candidates(self, plain: str) -> Iterator[Path]:
        """Where a file of a frame may lie: where it says, or, for an app synthesized elsewhere, by the end of its path."""
        pieces = [piece for piece in plain.split("/") if piece not in ("", ".")]
        if ".." in pieces:
            return
        if not plain.startswith("/") and not re.match(r"[A-Za-z]:/", plain):
            yield self.app / plain
            return
        yield Path(plain)
        for start in range(1, min(len(pieces), 30)):
            rest = pieces[start:]
            if len(rest) > 1 or files.is_file(self.app / "cdk.json"):
                yield self.app.joinpath(*rest)

    def _is_users(self, path: Path) -> bool:
        try:
            return files.is_file(path) and self.context.root in path.parents and self.context.inside(path)
        except OSError:
            return False

    def length(self, path: Path) -> int:
        """How many lines a file has: a trace of an older version of it may go beyond its end."""
        if path not in self._lengths:
            try:
                self._lengths[path] = files.content(path).count(b"\n") + 1
            except OSError:
                self._lengths[path] = 0
        return self._lengths[path]


def parsed(frame: str) -> tuple[str, int, int] | None:
    """File, line and column of a frame such as `new Stack (/app/lib/stack.ts:29:22)` or `__init__ (/app/stack.py:18)`."""
    text = frame.strip()
    text = text[text.rfind("(") + 1 : -1] if text.endswith(")") else text.removeprefix("at ")
    head, _, last = text.rpartition(":")
    file, _, line = head.rpartition(":")
    if not _is_number(last):
        return None
    if file and _is_number(line):
        return file.removeprefix("file://"), int(line), int(last)
    return head.removeprefix("file://"), int(last), 1


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def _app_folder(folder: Path) -> Path:
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100 - links stay links
    for parent in list(absolute.parents)[:4]:
        if files.is_file(parent / "cdk.json"):
            return parent
    return absolute.parent


# the CDK's own helpers


def mark_helpers(unit: Unit) -> None:
    """Mark functions that only CloudFormation calls (custom resources), and what belongs to them, as made by the CDK."""
    prefixes: set[str] = set()
    for resource in unit.resources.values():
        if resource.type.startswith("Custom::") or resource.type == "AWS::CloudFormation::CustomResource":
            found = {prefix for handler in _handlers(unit, resource) for prefix in _helper_paths(handler)}
            resource.generated = resource.generated or bool(found)
            prefixes |= found
        elif resource.type == "AWS::CDK::Metadata":
            resource.generated = True
    if prefixes:
        for resource in unit.resources.values():
            path = resource.metadata.get(PATH)
            if isinstance(path, str) and any(path == p or path.startswith(f"{p}/") for p in prefixes):
                resource.generated = True


def _handlers(unit: Unit, resource: Resource) -> Iterator[Resource]:
    for _, token in alternatives(resource.get("ServiceToken")):
        if isinstance(token, Ref) and token.id.startswith(f"{unit.path}#"):
            handler = unit.resources.get(token.id[len(unit.path) + 1 :])
            if handler is not None:
                yield handler


def _helper_paths(handler: Resource) -> Iterator[str]:
    """The paths of the helper constructs that a handler is part of; none for a handler that the user wrote."""
    path = handler.metadata.get(PATH)
    pieces = path.split("/") if isinstance(path, str) else []
    for index, piece in enumerate(pieces):
        if _SINGLETON.search(piece):
            yield "/".join(pieces[: index + 1])
            return
        if piece in _FRAMEWORK:
            yield from ("/".join([*pieces[:index], part]) for part in _FRAMEWORK)
            return
