"""Mending findings: the edits of rules written into templates, so that every other byte stays as it is.

Only files that people write are touched: YAML and JSON templates and HCL. What a program made (a CDK assembly, a plan, a state, a
template with construct paths) is never written.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from edalint.fixes.splice import Editor, Unfit, spliced
from edalint.hints import TYPE_CHECKING, Any
from edalint.model.records import NamedTuple

if TYPE_CHECKING:
    from edalint.model.findings import Finding
    from edalint.policy.edits import Change

MADE_BY_CDK = "aws:cdk:path"


class Fixed(NamedTuple):
    """A file before and after."""

    path: str
    """As reports show it."""
    before: str
    after: str


class Fixes(NamedTuple):
    """What would be written, and which findings that mends."""

    files: list[Fixed]
    mended: list[Finding]
    unsafe: list[Finding]
    """Findings with an edit that is not safe, left alone unless asked for."""


def fixes(findings: Iterable[Finding], root: Path, *, unsafe: bool = False, generated: Sequence[str] = ()) -> Fixes:
    """The changes of files that mend findings. `generated`: files, and folders whose files, are never written."""
    work = _Work(root, generated)
    mended: list[Finding] = []
    left: list[Finding] = []
    for finding in findings:
        changes: list[Change] = finding.data.changes() if finding.data is not None else []
        if not changes:
            continue
        if not unsafe and not all(change.safe for change in changes):
            left.append(finding)
        elif work.take(changes):
            mended.append(finding)
    return Fixes(work.files(), mended, left)


class _Work:
    """Changes of all files, put together: one resource that several findings want is written once."""

    def __init__(self, root: Path, generated: Sequence[str]) -> None:
        self.root, self.generated = root, tuple(f"{g.rstrip('/')}/" for g in generated)
        self.texts: dict[str, str | None] = {}
        self.sets: dict[tuple[str, int, int], dict[str, Any]] = {}
        self.adds: dict[tuple[str, str, str], tuple[int, int, dict[str, Any]]] = {}

    def take(self, changes: Sequence[Change]) -> bool:
        """Whether all changes of a finding can be made; then they are kept."""
        sets, adds = dict(self.sets), dict(self.adds)
        try:
            for change in changes:
                self._put(change, sets, adds)
            self._render(_paths(sets, adds) & {c.resource.location.path for c in changes} | _map_paths(changes), sets, adds)
        except Unfit:
            return False
        self.sets, self.adds = sets, adds
        return True

    def _put(self, change: Change, sets: dict[Any, Any], adds: dict[Any, Any]) -> None:
        if change.map is None:
            place = change.resource.location
            key = (place.path, change.name, change.type)
            line, column, values = adds.get(key, (place.line, place.column, {}))
            adds[key] = (line, column, _merged(values, change.values))
            return
        where = _place(change)
        at = (where.path, where.line, where.column)
        sets[at] = _merged(sets.get(at, {}), change.values)

    def _text(self, path: str) -> str:
        if path not in self.texts:
            self.texts[path] = self._read(path)
        text = self.texts[path]
        if text is None:
            raise Unfit("the file is not one that people write")
        return text

    def _read(self, path: str) -> str | None:
        if f"{path}/".startswith(self.generated) or "cdk.out/" in f"/{path}" or path.endswith(".tf.json"):
            return None
        try:
            text = (self.root / path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        return None if MADE_BY_CDK in text else text

    def _render(self, paths: Iterable[str], sets: dict[Any, Any], adds: dict[Any, Any]) -> dict[str, str]:
        made: dict[str, str] = {}
        for path in paths:
            text = self._text(path)
            bom = "\ufeff" if text.startswith("\ufeff") else ""
            editor = _editor(path, text[len(bom) :])
            for (file, line, column), values in sets.items():
                if file == path:
                    editor.set(line, column, values)
            taken = editor.names()
            for (file, name, type), (line, column, values) in adds.items():
                if file == path:
                    if name in taken or f"{type}.{name}" in taken:
                        raise Unfit(f"{name} is there already")
                    editor.add(line, column, name, type, values)
            made[path] = bom + spliced(text[len(bom) :], editor.splices)
        return made

    def files(self) -> list[Fixed]:
        """Every file that changes."""
        made = self._render(sorted(_paths(self.sets, self.adds)), self.sets, self.adds)
        return [Fixed(path, self._text(path), after) for path, after in made.items() if after != self._text(path)]


def _place(change: Change) -> Any:
    found = change.map.location() if change.map is not None else None
    if found is None:
        raise Unfit("it is written nowhere")
    return found


def _paths(sets: dict[Any, Any], adds: dict[Any, Any]) -> set[str]:
    return {key[0] for key in (*sets, *adds)}


def _map_paths(changes: Sequence[Change]) -> set[str]:
    return {_place(c).path for c in changes if c.map is not None}


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Both; lists joined, of two numbers the larger. Raises `Unfit` where they contradict each other."""
    result = dict(old)
    for key, value in new.items():
        present = result.get(key)
        if present is None or present == value:
            result[key] = value
        elif isinstance(present, dict) and isinstance(value, dict):
            result[key] = _merged(present, value)
        elif isinstance(present, list) and isinstance(value, list) and not key.startswith("Fn::"):
            result[key] = [*present, *(v for v in value if v not in present)]
        elif isinstance(present, int) and isinstance(value, int) and not isinstance(present, bool):
            result[key] = max(present, value)
        else:
            raise Unfit("two findings want different values")
    return result


def _editor(path: str, text: str) -> Editor:
    if path.endswith((".tf", ".tofu")):
        from edalint.fixes.hcl_text import HclEditor

        return HclEditor(text)
    if text.lstrip()[:1] == "{":
        from edalint.fixes.json_text import JsonEditor

        return JsonEditor(text)
    from edalint.fixes.yaml_text import YamlEditor

    return YamlEditor(text)


def unified(fixed: Iterable[Fixed]) -> str:
    """All changes as one patch that `git apply` takes."""
    from difflib import unified_diff

    parts: list[str] = []
    for path, before, after in fixed:
        for line in unified_diff(_lines(before), _lines(after), _quoted(f"a/{path}"), _quoted(f"b/{path}")):
            parts.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(parts)


def _lines(text: str) -> list[str]:
    """Lines as a patch has them: nothing but a line feed ends one."""
    *lines, last = text.split("\n")
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]


def _quoted(path: str) -> str:
    """A path as git writes it: a name with a line break in it would be read as the header of another file.

    https://git-scm.com/docs/git-config#Documentation/git-config.txt-corequotePath
    """
    if path.isprintable() and '"' not in path and "\\" not in path:
        return path
    return f'"{"".join(map(_character, path))}"'


def _character(character: str) -> str:
    if character.isprintable():
        return f"\\{character}" if character in '"\\' else character
    return "".join(f"\\{byte:03o}" for byte in os.fsencode(character))
