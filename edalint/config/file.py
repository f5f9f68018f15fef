"""Reading `edalint.yaml` and `[tool.edalint]`: every key is known, or an error with the nearest one.

`schemas/config-1.json` describes the same for editors; a test holds both equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from edalint.config.errors import ConfigError
from edalint.config.profiles import PROFILES
from edalint.config.settings import CONFIDENCES, FAIL_ON, SEVERITIES, Environment, RuleSettings, Settings
from edalint.hints import Any
from edalint.model.nearest import hint
from edalint.model.values import Map
from edalint.sources import files

RULE_KEYS = ("severity",)
"""Keys of one rule's settings besides the parameters that the rule itself declares."""
PATH_KEYS = ("path", "ignore")
ENVIRONMENT_KEYS = ("parameters", "var-files")


class _Reader:
    def __init__(self, folder: Path, display: str, root: Map, only: tuple[str, ...] = (), within: Path | None = None) -> None:
        self.folder = folder
        self.within = within
        """Where the files lie that it may name; anywhere for None."""
        self.display = display
        self.root = root
        self.only = only or tuple(KEYS)
        self.settings = Settings()

    def fail(self, where: Map | None, key: str | None, message: str) -> ConfigError:
        place = where.location(key) if where is not None else None
        return ConfigError(self.display, place.line if place else 1, place.column if place else 1, message)

    def read(self, over: Settings | None = None) -> Settings:
        """All settings, over those given."""
        self.settings = over or self.settings
        for key, value in self.root.items():
            if key not in self.only:
                raise self.fail(self.root, key, f"'{key}' is not a setting{_meant(key, self.only)}")
            KEYS[key](self, key, value)
        return self.settings

    # kinds of values

    def words(self, key: str, value: Any) -> None:
        """A list of strings, besides those of the profile."""
        setattr(self.settings, _field(key), (*getattr(self.settings, _field(key)), *self.strings(self.root, key, value)))

    def paths(self, key: str, value: Any) -> None:
        """A list of paths, relative to the configuration's folder."""
        setattr(self.settings, _field(key), tuple(self.file(self.root, key, text) for text in self.strings(self.root, key, value)))

    def path(self, key: str, value: Any) -> None:
        """One path, relative to the configuration's folder."""
        setattr(self.settings, _field(key), self.file(self.root, key, self.string(self.root, key, value)))

    def word(self, key: str, value: Any) -> None:
        """One string (an account id without quotes is a number to YAML)."""
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else self.string(self.root, key, value)
        setattr(self.settings, _field(key), text)

    def flag(self, key: str, value: Any) -> None:
        """true or false."""
        if not isinstance(value, bool):
            raise self.fail(self.root, key, f"'{key}' is {value!r}; true or false is expected")
        setattr(self.settings, _field(key), value)

    def severity_limit(self, key: str, value: Any) -> None:
        """What `--fail-on` takes."""
        self.settings.fail_on = self.one_of(self.root, key, value, FAIL_ON)

    def confidence(self, key: str, value: Any) -> None:
        """What `--min-confidence` takes."""
        self.settings.min_confidence = self.one_of(self.root, key, value, CONFIDENCES)

    def rules(self, key: str, value: Any) -> None:
        """Id or name -> a severity, or severity and parameters."""
        for name, said in self.table(self.root, key, value).items():
            said = _off(said)
            if isinstance(said, str):
                self.settings.rules[name] = RuleSettings(self.one_of(value, name, said, SEVERITIES))
                continue
            inside = self.table(value, name, said)
            severity = _off(inside.get("severity"))
            if severity is not None:
                self.one_of(inside, "severity", severity, SEVERITIES)
            parameters = {k: v for k, v in inside.items() if k not in RULE_KEYS}
            self.settings.rules[name] = RuleSettings(severity, parameters)

    def per_path(self, key: str, value: Any) -> None:
        """A list of `{path: GLOB, ignore: [RULE]}`."""
        if not isinstance(value, list):
            raise self.fail(self.root, key, f"'{key}' is a list of {{path, ignore}}")
        for entry in value:
            inside = self.table(self.root, key, entry)
            self.known(inside, PATH_KEYS, f"'{key}'")
            if "path" not in inside:
                raise self.fail(inside, None, f"an entry of '{key}' has no path")
            ignored = tuple(self.strings(inside, "ignore", inside.get("ignore", [])))
            self.settings.per_path.append((self.string(inside, "path", inside["path"]), ignored))

    def environments(self, key: str, value: Any) -> None:
        """Name -> parameters (a map, or a file) and var-files."""
        from edalint.config.parameters import read_parameters

        for name, said in self.table(self.root, key, value).items():
            inside = self.table(value, name, said)
            self.known(inside, ENVIRONMENT_KEYS, f"environment '{name}'")
            given = inside.get("parameters", Map())
            if isinstance(given, str):
                parameters = read_parameters(self.file(inside, "parameters", given))
            else:
                parameters = self.table(inside, "parameters", given)
            variables = tuple(self.file(inside, "var-files", f) for f in self.strings(inside, "var-files", inside.get("var-files", [])))
            self.settings.environments.append(Environment(name, parameters, variables))

    def names(self, key: str, value: Any) -> None:
        """A map of strings to strings."""
        table = self.table(self.root, key, value)
        setattr(self.settings, _field(key), {name: self.string(table, name, text) for name, text in table.items()})

    def contexts(self, key: str, value: Any) -> None:
        """Bounded context -> patterns."""
        table = self.table(self.root, key, value)
        self.settings.contexts = {name: tuple(self.strings(table, name, patterns)) for name, patterns in table.items()}

    # checks

    def file(self, where: Map, key: str, text: str) -> Path:
        """A path, counted from the configuration's folder."""
        path = self.folder / text
        if self.within is not None and not files.below(path, self.within):
            said = f"'{key}' names {text}, which is outside of the repository; --config {self.display} would allow it"
            raise self.fail(where, key, said)
        return path

    def table(self, where: Map, key: str, value: Any) -> Map:
        if not isinstance(value, Map):
            raise self.fail(where, key, f"'{key}' is {_sort(value)}; a map is expected")
        return value

    def strings(self, where: Map, key: str, value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.fail(where, key, f"'{key}' is {_sort(value)}; a list of strings is expected")
        return value

    def string(self, where: Map, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self.fail(where, key, f"'{key}' is {_sort(value)}; a string is expected")
        return value

    def one_of(self, where: Map, key: str, value: Any, words: tuple[str, ...]) -> str:
        if value not in words:
            raise self.fail(where, key, f"'{key}' is {value!r}; {', '.join(words[:-1])} or {words[-1]} is expected")
        return str(value)

    def known(self, where: Map, keys: tuple[str, ...], what: str) -> None:
        for key in where:
            if key not in keys:
                raise self.fail(where, key, f"'{key}' is not a setting of {what}{_meant(key, keys)}")


Take = Callable[[_Reader, str, Any], None]
KEYS: Mapping[str, Take] = {
    "select": _Reader.words,
    "only": _Reader.words,
    "ignore": _Reader.words,
    "exclude": _Reader.words,
    "policies": _Reader.paths,
    "policy-packages": _Reader.words,
    "profile": _Reader.word,
    "rules": _Reader.rules,
    "per-path": _Reader.per_path,
    "fail-on": _Reader.severity_limit,
    "min-confidence": _Reader.confidence,
    "baseline": _Reader.path,
    "region": _Reader.word,
    "account": _Reader.word,
    "environments": _Reader.environments,
    "external": _Reader.names,
    "contexts": _Reader.contexts,
    "strict": _Reader.flag,
    "show-unknown": _Reader.flag,
    "schema": _Reader.flag,
    "locked": _Reader.words,
}
"""Key of the configuration -> how it is read."""


def read(path: Path, display: str, *, only: tuple[str, ...] = (), profile: str = "", within: Path | None = None) -> Settings:
    """The settings of a configuration file. Raises `ConfigError` with line and column.

    `only`: the keys that it may have (all unless given). `profile`: the one that the command line names, instead of the file's.
    `within`: the folder that it and the files that it names lie in: nobody has named this one, and it may come from anybody.
    """
    if within is not None and not files.below(path, within):
        raise ConfigError(display, 1, 1, f"leads outside of the repository; --config {display} would allow it")
    try:
        text = files.text(path, "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(display, 1, 1, f"can't be read: {getattr(error, 'strerror', None) or error}") from error
    root = _toml(text, display) if path.suffix == ".toml" else _yaml(text, display)
    reader = _Reader(path.parent, display, root, only, within)
    chosen = profile or (reader.one_of(root, "profile", root["profile"], tuple(PROFILES)) if "profile" in root else "")
    settings = reader.read(of_profile(chosen) if chosen else None)
    settings.file, settings.profile = display, chosen
    return settings


def of_profile(name: str) -> Settings:
    """The settings of a profile."""
    settings = _Reader(Path(), f"profile {name}", Map(PROFILES[name])).read()
    settings.profile = name
    return settings


def _yaml(text: str, display: str) -> Map:
    from edalint.sources import reader

    try:
        root = reader.read(display, text).root
    except reader.SyntaxProblem as problem:
        raise ConfigError(display, problem.line, problem.column, problem.message) from problem
    if root is None:
        return Map()
    if not isinstance(root, Map):
        raise ConfigError(display, 1, 1, f"is {_sort(root)}; a map of settings is expected")
    return root


def _toml(text: str, display: str) -> Map:
    """`[tool.edalint]`, with the line of each of its keys found in the text."""
    import re
    import sys

    from edalint.model.locations import Document, Mark

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        data = tomllib.loads(text).get("tool", {}).get("edalint", {})
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no mistake of TOML's
        raise ConfigError(display, 1, 1, f"is not TOML: {error}") from error
    document = Document(display, text)
    lines = text.split("\n")

    def mark(key: str) -> Mark:
        pattern = re.compile(rf"""^\s*(?:\[[^\]]*\b)?["']?{re.escape(key)}["']?\s*(?:=|\]|\.)""")
        number = next((n for n, line in enumerate(lines, 1) if pattern.match(line)), 1)
        column = lines[number - 1].find(key) + 1
        return Mark(number, max(column, 1), max(column, 1) + len(key))

    def located(value: Any) -> Any:
        if isinstance(value, dict):
            return Map({k: located(v) for k, v in value.items()}, document, Mark(1, 1, 2), {k: mark(k) for k in value})
        return [located(v) for v in value] if isinstance(value, list) else value

    root = located(data)
    if not isinstance(root, Map):
        raise ConfigError(display, 1, 1, "[tool.edalint] is not a table")
    return root


def _meant(key: str, keys: tuple[str, ...]) -> str:
    """Which key somebody meant, or which there are."""
    return hint(key.lower().replace("_", "-"), keys, listed=True)


def _off(value: Any) -> Any:
    """`off` without quotes is false to YAML."""
    return "off" if value is False else value


def _field(key: str) -> str:
    return key.replace("-", "_")


def _sort(value: Any) -> str:
    names = {type(None): "empty", bool: "true or false", str: "a string", int: "a number", float: "a number", list: "a list"}
    return names.get(type(value), "a map" if isinstance(value, dict) else type(value).__name__)
