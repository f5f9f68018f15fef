"""The schema that editors read and the program that reads a configuration accept the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from edalint.config import ConfigError, schema
from edalint.config import file as reading
from edalint.config.profiles import PROFILES
from tests.conftest import ROOT

GOOD: dict[str, list[str]] = {
    "select": ["all", "[EDA9, dlq-cycle]"],
    "only": ["[EDA9]"],
    "ignore": ["EDA9"],
    "exclude": ["['a/**']"],
    "policies": ["policies"],
    "policy-packages": ["[acme, acme==1.2]"],
    "profile": ["ci", "strict", "architect"],
    "rules": ["{EDA101: off}", "{EDA101: error, EDA202: {severity: note, factor: 3}}", "{EDA202: {severity: off}}"],
    "per-path": ["[{path: a, ignore: [EDA1]}]", "[]"],
    "fail-on": ["error", "never"],
    "min-confidence": ["high"],
    "baseline": ["b.json"],
    "region": ["eu-west-1"],
    "account": ["'111122223333'", "111122223333"],
    "environments": ["{dev: {parameters: {A: b}, var-files: [a.tfvars]}}", "{dev: {}}"],
    "external": ["{'arn:*': bus}"],
    "contexts": ["{orders: ['orders/*', 'tag:a=b'], audit: audit}"],
    "strict": ["true"],
    "show-unknown": ["false"],
    "schema": ["true"],
    "locked": ["[EDA904]"],
}
BAD: dict[str, list[str]] = {
    "select": ["3", "{a: b}", "[1]"],
    "profile": ["loud", "3"],
    "rules": ["[]", "{EDA101: loud}", "{EDA101: 3}", "{EDA101: {severity: loud}}"],
    "per-path": ["{path: a}", "[{ignore: [EDA1]}]", "[{path: a, severity: note}]", "[3]"],
    "fail-on": ["high", "false"],
    "min-confidence": ["error"],
    "baseline": ["[a]"],
    "region": ["[a]"],
    "account": ["true"],
    "environments": ["[]", "{dev: {region: a}}", "{dev: 3}"],
    "external": ["{a: [b]}", "x"],
    "contexts": ["{orders: 3}"],
    "strict": ["'yes'", "1"],
    "locked": ["{a: b}"],
}


def read(folder: Path, text: str) -> None:
    path = folder / "edalint.yaml"
    path.write_text(text)
    reading.read(path, "edalint.yaml")


def valid(value: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema.schema()).is_valid(value))


def test_the_same_keys_everywhere() -> None:
    """The reader, the schema, its file, the page and the examples here have the same keys."""
    assert list(reading.KEYS) == list(schema.KEYS) == list(GOOD)
    assert schema.FILE.read_text("utf-8") == schema.text(), "python -m edalint.config.schema writes it"
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    assert sorted(line[5:-1] for line in page.splitlines() if line.startswith("### `")) == sorted(reading.KEYS)
    for name, said in PROFILES.items():
        assert set(said) <= set(reading.KEYS)
        assert f"| `{name}` |" in page


@pytest.mark.parametrize(("key", "value"), [(k, v) for k, values in GOOD.items() for v in values])
def test_what_is_right_is_right_to_both(key: str, value: str, tmp_path: Path) -> None:
    """The program reads it and the schema accepts it."""
    text = f"{key}: {value}\n"

    read(tmp_path, text)

    assert valid(yaml.safe_load(text))


@pytest.mark.parametrize(("key", "value"), [(k, v) for k, values in BAD.items() for v in values])
def test_what_is_wrong_is_wrong_to_both(key: str, value: str, tmp_path: Path) -> None:
    """The program says where, the schema refuses it."""
    text = f"# a comment\n{key}: {value}\n"

    with pytest.raises(ConfigError, match=r"^edalint\.yaml:2:\d+: ") as error:
        read(tmp_path, text)

    assert error.value.line == 2
    assert not valid(yaml.safe_load(text))


def test_a_key_that_does_not_exist(tmp_path: Path) -> None:
    """The nearest one is named; in TOML as well."""
    with pytest.raises(ConfigError, match=r"edalint\.yaml:1:1: 'failon' is not a setting; did you mean 'fail-on'"):
        read(tmp_path, "failon: error\n")
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.edalint]\nselct = ['all']\n")
    with pytest.raises(ConfigError, match=r"pyproject\.toml:2:1: 'selct' is not a setting; did you mean 'select'"):
        reading.read(path, "pyproject.toml")
