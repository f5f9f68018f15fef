"""Tables of rules: made from rule files once, read by every run.

A wheel carries the tables of the built-in rules; the row of a user's policy is kept under a key of its content and of the
program that made it. A normal start reads one marshalled file and parses no YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import edalint
from edalint import storage
from edalint.hints import TYPE_CHECKING, Any
from edalint.model import digests
from edalint.policy.rules import Row, Rule
from edalint.sources import files

if TYPE_CHECKING:
    from edalint.policy.rulefile import Problem

RULES = "rules"
TEXTS = "rule-texts"
STAMP = "stamp"
VERSION = 3
"""Of the rows' shape: a cache of another shape is made again."""


def rules_folder() -> Path:
    """Where the built-in rule files are: inside the package in a wheel, beside it in a checkout."""
    inside = Path(edalint.__file__).parent / "rules"
    return inside if inside.is_dir() else Path(edalint.__file__).parent.parent / "rules"


def files_in(folder: Path) -> list[Path]:
    """The rule files of a folder, in order."""
    return [folder] if files.is_file(folder) else files.files_below(folder, (".yaml", ".yml"))


def _rows(folder: Path, made: Callable[[Path, bytes], Row] | None = None) -> dict[str, Row]:
    """Id -> row of every rule file of a folder. Raises `PolicyError` with the mistakes of all files."""
    rows, problems = _read(folder, made or _kept)
    if problems:
        from edalint.policy.rulefile import PolicyError

        raise PolicyError(problems)
    return rows


def _read(folder: Path, made: Callable[[Path, bytes], Row]) -> tuple[dict[str, Row], list[Problem]]:
    rows: dict[str, Row] = {}
    problems: list[Problem] = []
    for path in files_in(folder):
        try:
            row = made(path, files.content(path))
        except (OSError, ValueError) as error:
            problems.extend(_mistakes(path, error))
            continue
        row["file"] = path.as_posix()
        row["display"] = path.relative_to(folder).as_posix() if path != folder else path.name
        if row["id"] in rows:
            problems.extend(_mistakes(path, f"{row['id']} is already {rows[row['id']]['display']}"))
        rows[row["id"]] = row
    return dict(sorted(rows.items())), problems


def _mistakes(path: Path, error: Exception | str) -> list[Problem]:
    from edalint.policy.rulefile import PolicyError, Problem

    if isinstance(error, PolicyError):
        return error.problems
    message = error if isinstance(error, str) else f"the file can't be read: {getattr(error, 'strerror', None) or error}"
    return [Problem(path.as_posix(), 1, 1, message)]


def _made(path: Path, source: bytes) -> Row:
    """The row of a rule file, with its syntax trees. Raises `PolicyError`."""
    from edalint.policy.rulefile import read

    return read(path, source.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n"), display=path.as_posix())


def _kept(path: Path, source: bytes) -> Row:
    """The row of a rule file as it was made when its content was first seen; its expressions are parsed when they are asked for."""
    key = _key(source)
    row = storage.kept("policies", key)
    from edalint.policy.rows import is_row

    if is_row(row):
        return row  # type: ignore[no-any-return]
    row = _made(path, source)
    del row["trees"]
    storage.keep("policies", key, {**row, "file": ""})
    return row


def _key(source: bytes) -> str:
    """What is kept of a rule file goes by its content, and by the program that made it."""
    return digests.sha256(b"\0".join((str(VERSION).encode(), _program().encode(), source)))


@cache
def _program() -> str:
    """A key for what rows depend on besides their files."""
    return str(storage.ready(STAMP) or storage.stamp(_code()))


def _built_in(folder: Path) -> dict[str, Any]:
    """The rules of a checkout that can be read, and what is wrong with the others: one broken file does not end all runs."""
    rows, problems = _read(folder, _kept)
    return {"rows": rows, "problems": [tuple(p) for p in problems]}


def _texts(folder: Path) -> dict[str, dict[str, Any]]:
    """Id -> why, fix, references of every rule file of a folder."""
    from edalint.policy.rulefile import texts
    from edalint.policy.yaml_marks import read as read_yaml

    found: dict[str, dict[str, Any]] = {}
    for path in files_in(folder):
        source = path.read_text("utf-8")
        row = texts(path, source)
        row.pop("examples")
        found[str(read_yaml(source).plain()["id"])] = row
    return dict(sorted(found.items()))


def tables() -> dict[str, Any]:
    """The tables that a wheel carries: built-in rules and their texts, the indexes of services and facts."""
    from edalint.facts import registry as facts
    from edalint.services import registry as services

    folder = rules_folder()
    rows = _rows(folder, _made)
    for row in rows.values():
        row["file"] = row["display"]
    return {
        RULES: {"rows": rows, "problems": []},
        TEXTS: _texts(folder),
        STAMP: digests.sha256(b"\0".join(path.read_bytes() for path in _code())),
        "services": services._build_index(),
        "facts": facts._build_index(),
    }


def _code() -> list[Path]:
    """What expressions are read by and checked against."""
    from edalint.facts import registry as facts

    language = Path(__file__).parent
    return [*facts.modules(), *sorted(language.glob("*.py")), *sorted((language / "language").glob("*.py"))]


def _built_in_table() -> dict[str, Any]:
    folder = rules_folder()
    return storage.table(  # type: ignore[no-any-return]
        RULES, lambda: [*files_in(folder), *_code()], lambda: _built_in(folder), sound=lambda found: not found["problems"]
    )


def problems() -> list[Problem]:
    """What is wrong with the built-in rule files of a checkout; a wheel has none."""
    from edalint.policy.rulefile import Problem

    return [Problem(*p) for p in _built_in_table()["problems"]]


def rows(folder: Path | None = None) -> dict[str, Row]:
    """Id -> row of the built-in rules, or of a folder of a user's policies. Raises `PolicyError`."""
    if folder is None:
        return _built_in_table()["rows"]  # type: ignore[no-any-return]
    return _rows(folder)


def rule_texts(rule: Rule) -> dict[str, Any]:
    """`why`, `fix`, `references` of a rule; read when they are printed."""
    folder = rules_folder()
    if not Path(rule.file).is_absolute() or folder in Path(rule.file).parents:
        return _built_in_texts(folder)[rule.id]
    path = Path(rule.file)
    key = _key(files.content(path))
    kept = storage.kept(TEXTS, key)
    from edalint.policy.rows import is_texts

    if is_texts(kept):
        return kept  # type: ignore[no-any-return]
    from edalint.policy.rulefile import texts

    read = texts(path)
    del read["examples"]
    storage.keep(TEXTS, key, read)
    return read


@cache
def _built_in_texts(folder: Path) -> dict[str, dict[str, Any]]:
    return storage.table(TEXTS, lambda: files_in(folder), lambda: _texts(folder))  # type: ignore[no-any-return]


def rule_path(rule: Rule) -> Path:
    """The file of a rule."""
    path = Path(rule.file)
    return path if path.is_absolute() else rules_folder() / path


class UnknownRule(ValueError):
    """A word that means no rule."""


def load(
    *,
    policies: Iterable[Path] = (),
    select: Sequence[str] = (),
    only: Sequence[str] = (),
    ignore: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    locked: Sequence[str] = (),
    held: Sequence[str] = (),
) -> list[Rule]:
    """The rules that are on, in the order of their ids.

    `select` adds to those on by default, `only` replaces them, `ignore` takes away; words are ids, names, aliases,
    prefixes (`EDA9`) and `all`. `settings` has by id or name an object with `severity` and `parameters`. `locked` rules are
    always on; of those `held` too, only settings that are `held` count. Raises `PolicyError` for broken policies, `UnknownRule` for a word that means no rule.
    """
    rules = every(policies, settings, held)
    for word in (*select, *only, *ignore, *locked):
        if not any(rule.called(word) for rule in rules):
            raise UnknownRule(_unknown(word, rules))
    return [rule for rule in rules if _on(rule, select, only, ignore, locked)]


def _on(rule: Rule, select: Sequence[str], only: Sequence[str], ignore: Sequence[str], locked: Sequence[str]) -> bool:
    if any(rule.called(word) for word in locked):
        return True
    if any(rule.called(word) for word in ignore):
        return False
    if only:
        return any(rule.called(word) for word in only)
    return not (rule.opt_in or rule.preview) or any(rule.called(word) for word in select)


def every(policies: Iterable[Path] = (), settings: Mapping[str, Any] | None = None, held: Sequence[str] = ()) -> list[Rule]:
    """All rules, on or not: the built-in ones and those of users' folders, which may replace a built-in one by its id."""
    found = dict(rows())
    for folder in policies:
        found.update(rows(Path(folder).resolve()))
    said = dict(settings or {})
    rules = []
    for _, row in sorted(found.items()):
        names = (row["id"], row["name"], *row["aliases"])
        fixed = bool(held) and any(Rule(row).called(word) for word in held)
        choice = next((said[word] for word in names if word in said and (not fixed or said[word].held)), None)
        rules.append(Rule(row, severity=getattr(choice, "severity", None), parameters=_parameters(row, choice)))
    for word in said:
        if not any(word in (rule.id, rule.name, *rule.aliases) for rule in rules):
            raise UnknownRule(_unknown(word, rules))
    return rules


def _parameters(row: Row, choice: Any) -> dict[str, Any]:
    given = dict(getattr(choice, "parameters", None) or {})
    for name, value in given.items():
        if name not in row["parameters"]:
            from edalint.model.nearest import hint

            raise UnknownRule(f"'{name}' is not a parameter of {row['id']}{hint(name, row['parameters'])}")
        default = row["parameters"][name]
        kinds = (int, float) if isinstance(default, (int, float)) and not isinstance(default, bool) else (type(default),)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise UnknownRule(f"{row['id']}.{name} is {value!r}; a value like {default!r} is expected")
    return given


def _unknown(word: str, rules: list[Rule]) -> str:
    from edalint.model.nearest import hint

    return f"there is no rule '{word}'{hint(word, [w for r in rules for w in (r.id, r.name)])}"
