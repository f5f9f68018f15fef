"""Parameter files: CloudFormation's JSON and YAML forms, and samconfig.toml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from edalint.config.errors import ConfigError
from edalint.hints import Any
from edalint.sources import files


def read_parameters(path: Path, *, piped: bool = False) -> dict[str, Any]:
    """Parameter name -> value. Raises `ConfigError` where the file is none of the known forms.

    Known: a list of `{ParameterKey, ParameterValue}`, `{"Parameters": {...}}` (CodePipeline), a plain map, samconfig.toml.
    `piped`: the path may be a pipe; so it is where a person has named it.
    """
    try:
        text = _text(path, piped)
    except OSError as error:
        raise ConfigError(str(path), 1, 1, f"can't be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), 1, 1, "is not UTF-8 text") from error
    except ValueError as error:  # a null character in the name
        raise ConfigError(str(path), 1, 1, f"can't be read: {error}") from error
    if path.suffix == ".toml":
        return _samconfig(path, text)
    from edalint.sources import reader

    try:
        data = reader.read(str(path), text).root
    except reader.SyntaxProblem as problem:
        raise ConfigError(str(path), problem.line, problem.column, problem.message) from problem
    if isinstance(data, list) and all(isinstance(row, dict) and "ParameterKey" in row for row in data):
        return {str(row["ParameterKey"]): row.get("ParameterValue") for row in data if "ParameterValue" in row}
    if isinstance(data, dict):
        inner = data.get("Parameters")
        return {str(k): v for k, v in (inner if isinstance(inner, dict) else data).items()}
    raise ConfigError(str(path), 1, 1, "holds no parameters: expected a list of {ParameterKey, ParameterValue} or a map of names to values")


def _text(path: Path, piped: bool) -> str:
    if piped:
        from edalint.sources import pipes

        if pipes.is_pipe(path):
            return pipes.content(path).decode("utf-8-sig")
    return files.text(path, "utf-8-sig")


def beside(path: Path, template: str) -> dict[str, Any]:
    """The overrides of the samconfig.toml beside a template; none where it is of another one. Raises `ConfigError`."""
    try:
        text = files.text(path, "utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigError(str(path), 1, 1, "can't be read") from error
    section = _table(_toml(path, text).get("default"))
    for command in ("deploy", "global", "build"):
        parameters = _table(_table(section.get(command)).get("parameters"))
        for key in ("template_file", "template"):
            named = parameters.get(key)
            if isinstance(named, str) and Path(named).name not in (template, "packaged.yaml") and ".aws-sam" not in named:
                return {}
    return _samconfig(path, text)


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _samconfig(path: Path, text: str, environment: str = "default") -> dict[str, Any]:
    section = _table(_toml(path, text).get(environment))
    values: Any = ""
    for command in ("global", "deploy"):
        values = _table(_table(section.get(command)).get("parameters")).get("parameter_overrides", values)
    return parse_overrides(values)


def _toml(path: Path, text: str) -> dict[str, Any]:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is no mistake of TOML's
        raise ConfigError(str(path), 1, 1, f"is not TOML: {error}") from error
    return dict(data)


def parse_overrides(values: Any) -> dict[str, Any]:
    """`Key=Value Key2="two words"` (or a list of such) as SAM reads them."""
    if isinstance(values, Mapping):
        return dict(values)
    import shlex

    try:
        words = values if isinstance(values, list) else shlex.split(str(values))
    except ValueError:  # a quote that is never closed
        return {}
    return {k: v for k, separator, v in (str(w).partition("=") for w in words) if separator}
