"""What `--fix` writes for each rule: the finding is gone, nothing worse comes, cfn-lint has nothing new to say, comments stay."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from edalint.analysis import Analysis, analyze
from edalint.config import Settings
from edalint.fixes import Fixes, fixes
from edalint.policy import compiled
from edalint.policy.examples import Example, examples
from edalint.policy.rules import Rule
from edalint.sources import yaml_reader

RULES = [rule for rule in compiled.every() if rule.row["edit"]]


def cases() -> list[Any]:
    return [pytest.param(rule, example, id=f"{rule.id}-{example.name}") for rule in RULES for example in _bad(rule)]


@lru_cache
def _bad(rule: Rule) -> tuple[Example, ...]:
    found = []
    for example in examples(rule):
        if example.group == "bad":
            found.append(example)
            if set(example.files) == {"template.yaml"}:
                root = yaml_reader.read("template.yaml", example.files["template.yaml"]).root
                text = json.dumps(root, indent=4)
                found.append(example._replace(name=f"{example.name} as JSON", files={"template.json": text}))
    return tuple(found)


def check(folder: Path) -> Analysis:
    return analyze([folder], Settings(select=("all",)), root=folder)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def mend(folder: Path, rule: str) -> tuple[Analysis, Fixes]:
    before = check(folder)
    mine = [f for f in before.findings if f.rule == rule]
    made = fixes(mine, before.root, unsafe=True)
    write(folder, {f.path: f.after for f in made.files})
    return before, made


@pytest.mark.parametrize(("rule", "example"), cases())
def test_the_finding_is_gone(rule: Rule, example: Example, tmp_path: Path) -> None:
    """What is called mended is not found again; no error is found that was none before; what stood there still stands there."""
    write(tmp_path, example.files)

    before, made = mend(tmp_path, rule.id)

    after = check(tmp_path)
    left = {f.fingerprint for f in after.findings}
    assert not [f.fingerprint for f in made.mended if f.fingerprint in left]
    known = {(f.rule, f.subject.address) for f in before.findings}
    assert not [f for f in after.findings if f.severity == "error" and (f.rule, f.subject.address) not in known]
    assert not [d for d in after.diagnostics if d not in before.diagnostics]
    assert set(before.graph.nodes) <= set(after.graph.nodes)
    again = fixes([f for f in after.findings if f.rule == rule.id], after.root, unsafe=True)
    assert not again.files


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_language_of_an_edit_is_tried(rule: Rule, tmp_path: Path) -> None:
    """Every language that a rule's edit writes is written for one of its examples at least."""
    tried = set()
    for number, example in enumerate(_bad(rule)):
        folder = tmp_path / str(number)
        write(folder, example.files)
        _, made = mend(folder, rule.id)
        tried |= {Path(f.path).suffix for f in made.files}
    wanted = {
        suffix for row in rule.row["edit"] for language, suffix in (("cloudformation", ".yaml"), ("terraform", ".tf")) if language in row
    }
    assert wanted <= tried


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_cfn_lint_has_nothing_new_to_say(rule: Rule, tmp_path: Path) -> None:
    """A template that cfn-lint had no error for has none after the fix."""
    from cfnlint.api import lint

    for number, example in enumerate(_bad(rule)):
        if example.language != "cloudformation" or number > 2:
            continue
        folder = tmp_path / str(number)
        write(folder, example.files)
        errors = {f.path: {e.rule.id for e in lint(f.before) if e.rule.id[0] == "E"} for f in mend(folder, rule.id)[1].files}
        for path, known in errors.items():
            found = {e.rule.id: str(e.message) for e in lint((folder / path).read_text()) if e.rule.id[0] == "E"}
            assert not set(found) - known, found
