"""Laws that hold for every template: what says the same is judged the same, and what is not known adds nothing."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edalint.analysis import analyze
from edalint.policy.evaluate import judge
from edalint.policy.examples import Example
from edalint.sources import reader
from tests.properties.changing import EXAMPLES, RULES

PROJECT = Path(__file__).parents[2]
FIXTURES = PROJECT / "fixtures"
SINGLE = [e for e in EXAMPLES if e.language == "cloudformation" and len(e.files) == 1]
TERRAFORM = [e for e in EXAMPLES if e.language == "terraform" and len(e.files) == 1]
TRIES = 2
"""Changes tried on each example, chosen by the example's own seed."""
OPEN = "OnlySometimes"
"""The name of a condition that is open."""
UNRELATED = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}


def judged(folder: Path, name: str, text: str) -> list[tuple[str, str, str, int]]:
    """What is found in one template: rule, subject, message, line."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    analysis = analyze([folder], judge=False, root=folder)
    return [(f.rule, f.subject.address, f.message, f.location.line) for f in judge(analysis.graph, RULES).findings]


def said(found: list[tuple[str, str, str, int]]) -> Counter[tuple[str, str, str]]:
    """Findings wherever they stand."""
    return Counter(f[:3] for f in found)


def named(found: list[tuple[str, str, str, int]]) -> Counter[tuple[str, str]]:
    """Findings whatever their words are."""
    return Counter(f[:2] for f in found)


def template(example: Example) -> dict[str, Any]:
    """An example's template as plain JSON, its short forms written out."""
    ((name, text),) = example.files.items()
    plain: dict[str, Any] = json.loads(json.dumps(reader.read(name, text).root))
    return plain


def each(examples: list[Example]) -> Any:
    """A test for each example."""
    return pytest.mark.parametrize("example", examples, ids=lambda e: f"{e.rule} {e.language} {e.name}")


# what says the same


@each(SINGLE)
def test_yaml_and_json_say_the_same(example: Example, tmp_path: Path) -> None:
    """A template in JSON has the findings that it has in YAML."""
    ((name, text),) = example.files.items()

    assert said(judged(tmp_path / "yaml", name, text)) == said(judged(tmp_path / "json", "template.json", json.dumps(template(example))))


def _joined(value: Any) -> Any:
    """Every plain `Fn::Sub` as the `Fn::Join` that it is short for."""
    if isinstance(value, dict):
        written = value.get("Fn::Sub")
        if len(value) == 1 and isinstance(written, str) and "${!" not in written:
            return {"Fn::Join": ["", [_piece(p) for p in re.split(r"(\$\{[^}]*\})", written) if p]]}
        return {key: _joined(inner) for key, inner in value.items()}
    return [_joined(inner) for inner in value] if isinstance(value, list) else value


def _piece(text: str) -> Any:
    if not text.startswith("${"):
        return text
    name, dot, attribute = text[2:-1].partition(".")
    return {"Fn::GetAtt": [name, attribute]} if dot else {"Ref": name}


@each([e for e in SINGLE if "!Sub" in str(e.files) or "Fn::Sub" in str(e.files)])
def test_a_sub_says_what_its_join_says(example: Example, tmp_path: Path) -> None:
    """`Fn::Sub` written out by hand changes nothing."""
    written = template(example)
    before = judged(tmp_path / "sub", "template.json", json.dumps(written))

    assert said(before) == said(judged(tmp_path / "join", "template.json", json.dumps(_joined(written))))


def _with_condition(written: dict[str, Any]) -> dict[str, Any]:
    """The template with a condition over a parameter that has no value."""
    parameters = {**(written.get("Parameters") or {}), "Sort": {"Type": "String", "AllowedValues": ["one", "other"]}}
    conditions = {**(written.get("Conditions") or {}), OPEN: {"Fn::Equals": [{"Ref": "Sort"}, "one"]}}
    return {**written, "Parameters": parameters, "Conditions": conditions}


@each(SINGLE)
def test_an_alternative_of_two_equal_values_is_none(example: Example, tmp_path: Path) -> None:
    """A property under `Fn::If` with one value in both branches is that value."""
    written = _with_condition(template(example))
    before = judged(tmp_path / "before", "template.json", json.dumps(written))
    places = [(r, key) for r, body in written["Resources"].items() for key in _properties(body)]
    for index, (resource, key) in enumerate(random.Random(example.name).sample(places, min(TRIES, len(places)))):
        changed = json.loads(json.dumps(written))
        properties = changed["Resources"][resource]["Properties"]
        properties[key] = {"Fn::If": [OPEN, properties[key], properties[key]]}

        assert named(before) == named(judged(tmp_path / str(index), "template.json", json.dumps(changed))), f"{resource}.{key}"


def _properties(body: Any) -> dict[str, Any]:
    found = body.get("Properties") if isinstance(body, dict) and not str(body.get("Type")).startswith("AWS::Serverless") else None
    return found if isinstance(found, dict) else {}


# what does not matter


@each(SINGLE)
def test_an_unrelated_resource_changes_nothing(example: Example, tmp_path: Path) -> None:
    """A resource that has nothing to do with the others leaves every finding as it is."""
    written = template(example)
    before = judged(tmp_path / "before", "template.json", json.dumps(written))
    for index, more in enumerate(({"Net": UNRELATED, **written["Resources"]}, {**written["Resources"], "Net": UNRELATED})):
        changed = {**written, "Resources": more}

        assert said(before) == said(judged(tmp_path / str(index), "template.json", json.dumps(changed)))


@each(TERRAFORM)
def test_an_unrelated_block_changes_nothing(example: Example, tmp_path: Path) -> None:
    """The same in Terraform."""
    ((name, text),) = example.files.items()
    more = 'resource "aws_vpc" "net" {\n  cidr_block = "10.0.0.0/16"\n}\n'

    assert said(judged(tmp_path / "before", name, text)) == said(judged(tmp_path / "after", name, f"{text}\n{more}"))


USES = r"(?:(?:!Ref |!GetAtt |DependsOn: |\$\{|Ref: |Fn::GetAtt: \[)%s\b|^ *%s:(?= |$))"


def _renamed(text: str, name: str, new: str) -> str | None:
    """The text with another logical id; None where the word stands for other things too."""
    uses = re.findall(USES % (name, name), text, re.MULTILINE)
    if len(uses) != len(re.findall(rf"\b{name}\b", text)):
        return None
    return re.sub(rf"\b{name}\b", new, text)


@each([e for e in SINGLE if not next(iter(e.files)).endswith(".json")])
def test_a_renamed_resource_is_judged_the_same(example: Example, tmp_path: Path) -> None:
    """Another logical id (with the words of the old one in it, which rules may read) changes names alone."""
    ((name, text),) = example.files.items()
    before = judged(tmp_path / "before", name, text)
    for id in template(example)["Resources"]:
        renamed = _renamed(text, id, f"{id}Zz")
        if renamed is not None:
            after = judged(tmp_path / id, name, renamed)

            assert Counter((f[0], f[3]) for f in before) == Counter((f[0], f[3]) for f in after), id


# what is not known


@each(SINGLE)
def test_a_condition_that_is_open_adds_nothing(example: Example, tmp_path: Path) -> None:
    """A resource that exists only sometimes: nothing is found that is not found where it always exists."""
    written = _with_condition(template(example))
    before = named(judged(tmp_path / "before", "template.json", json.dumps(written)))
    always = [name for name, body in written["Resources"].items() if isinstance(body, dict) and "Condition" not in body]
    for name in random.Random(example.name).sample(always, min(TRIES, len(always))):
        changed = json.loads(json.dumps(written))
        changed["Resources"][name]["Condition"] = OPEN
        added = named(judged(tmp_path / name, "template.json", json.dumps(changed))) - before

        assert not added, name


# bytes


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    """Reports are the same to the byte under another seed of Python's hashes, and whatever order the files are given in."""
    folders = sorted(p for p in FIXTURES.iterdir() if p.is_dir())
    assert len({_report(seed, paths) for seed, paths in (("1", folders), ("2", folders), ("1", folders[::-1]))}) == 1


def _report(seed: str, paths: list[Path]) -> bytes:
    command: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run
    arguments = [sys.executable, "-m", "edalint", "check", *map(str, paths), "--format", "json", "--fail-on", "never"]
    done = command(arguments, cwd=PROJECT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=False)
    assert done.returncode in (0, 2), done.stderr
    assert done.stdout
    return done.stdout
