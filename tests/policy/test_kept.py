"""Users' policies are read once: what the cache holds of them is JSON, named by content, and looked through when it is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edalint import storage
from edalint.policy import compiled, rulefile
from edalint.policy.rows import is_row
from edalint.policy.rules import Rule
from tests.conftest import Command

POLICY = """
id: ORG1
name: queues-are-long
severity: {cases: [{when: node.fifo, is: error}, {is: note}]}
confidence: high
summary: s
match: {node: queue}
let: {kept: node.retention}
when: kept < parameters.least
at: node.properties.MessageRetentionPeriod
message: "{node} keeps {kept} s"
related: [{at: node.properties.DelaySeconds, says: "{node.delay}"}]
parameters: {least: 5}
edit: {of: node, cloudformation: {set: {MessageRetentionPeriod: "{parameters.least}"}}}
why: w
fix: f
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EDALINT_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "one.yaml").write_text(POLICY, "utf-8")
    return folder


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were read as YAML."""
    names: list[str] = []
    read = rulefile.read

    def noted(path: Path, *arguments: Any, **named: Any) -> Any:
        names.append(Path(path).name)
        return read(path, *arguments, **named)

    monkeypatch.setattr(rulefile, "read", noted)
    return names


def _entry(folder: Path) -> Path:
    [file] = (folder.parent / "cache" / "policies").iterdir()
    return file


def test_a_policy_is_read_once(folder: Path, reads: list[str]) -> None:
    """The second time its row comes from the cache and is the same, wherever the file lies by then; a changed one is read again."""
    first = compiled.rows(folder)
    assert compiled.rows(folder) == first
    moved = folder.rename(folder.with_name("moved"))
    assert compiled.rows(moved)["ORG1"] == {**first["ORG1"], "file": (moved / "one.yaml").as_posix()}
    assert reads == ["one.yaml"]

    (moved / "one.yaml").write_text(POLICY.replace("least: 5", "least: 6"), "utf-8")
    assert compiled.rows(moved)["ORG1"]["parameters"] == {"least": 6}
    assert reads == ["one.yaml"] * 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: row[: len(row) // 2],
        lambda row: "\x80binary" * 9,
        lambda row: "[" * 100_000,
        lambda row: "null",
        lambda row: "{}",
        lambda row: row.replace('"when"', '"where"'),
        lambda row: row.replace('"message":"', '"message":1,"_":"'),
        lambda row: row.replace('{"":["kept < parameters.least"', '{"":[7'),
        lambda row: row.replace('"form":"node"', '"form":"everything"'),
        lambda row: row.replace('"error"', '"fatal"'),
        lambda row: row.replace('"set":{', '"set":7,"_":{'),
    ],
)
def test_what_the_cache_holds_is_looked_through(spoil: Callable[[str], str], folder: Path, reads: list[str]) -> None:
    """A file in it that is cut off, of another shape or no JSON at all is made again."""
    first = compiled.rows(folder)
    file = _entry(folder)
    sound = file.read_text("utf-8")
    spoiled = spoil(sound)
    assert spoiled != sound
    file.write_text(spoiled, "utf-8")

    assert compiled.rows(folder) == first
    assert reads == ["one.yaml"] * 2
    assert file.read_text("utf-8") == sound


def test_the_texts_of_a_policy_are_kept_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finding quotes its policy's fix: the second time without reading YAML; what is spoiled is read again."""
    rule = Rule(compiled.rows(folder)["ORG1"])
    first = compiled.rule_texts(rule)
    assert first == {"why": "w", "fix": "f", "references": []}
    [file] = (folder.parent / "cache" / "rule-texts").iterdir()

    with monkeypatch.context() as patch:
        patch.setattr(rulefile, "texts", None)
        assert compiled.rule_texts(rule) == first
    file.write_text('{"why": 1}', "utf-8")
    assert compiled.rule_texts(rule) == first


def test_the_cache_can_be_left_alone(folder: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Switched off, nothing is written and nothing is read."""
    monkeypatch.setattr(storage, "enabled", False)
    assert compiled.rows(folder) == compiled.rows(folder)

    assert reads == ["one.yaml"] * 2
    assert not (folder.parent / "cache").exists()


def test_no_cache_is_for_policies_too(folder: Path, edalint: Command) -> None:
    """`check --no-cache` keeps no policy; without it they are kept."""
    (folder.parent / "t.yaml").write_text("Resources: {Orders: {Type: AWS::SQS::Queue}}", "utf-8")
    words = ("check", "t.yaml", "--policies", "policies", "--only", "ORG1")
    kept = folder.parent / "cache" / "policies"

    assert edalint(*words, "--no-cache").status == 0
    assert not kept.exists()
    assert edalint(*words).status == 0
    assert kept.exists()


def test_a_policy_with_mistakes_is_not_kept(folder: Path) -> None:
    """Its mistakes are told every time."""
    (folder / "one.yaml").write_text(POLICY.replace("node.fifo", "node.fifi"), "utf-8")
    for _ in range(2):
        with pytest.raises(rulefile.PolicyError, match="fifo"):
            compiled.rows(folder)


def test_every_built_in_rule_survives_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON and back gives the row itself, tuples and all, and such rows are rows."""
    monkeypatch.setenv("EDALINT_CACHE_DIR", str(tmp_path))
    for id, row in compiled.rows().items():
        plain = {key: value for key, value in row.items() if key not in ("display", "trees")}
        storage.keep("rows", id, plain)
        again = storage.kept("rows", id)
        assert again == plain
        assert repr(again) == repr(plain)  # a list is no tuple
        assert is_row(again)
        json.loads((tmp_path / "rows" / f"{id}.json").read_bytes())
