"""Laws that hold for every template: what says the same is judged the same, what does not matter changes nothing, and what is not
known adds nothing. Each law is tried on every example of every rule.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from edalint.policy.examples import Example
from tests.properties import laws
from tests.properties.changing import EXAMPLES

PROJECT = Path(__file__).parents[2]
FIXTURES = PROJECT / "fixtures"
TEMPLATES = [e for e in EXAMPLES if e.language == "cloudformation" and len(e.files) == 1]
ROOTS = [e for e in EXAMPLES if e.language == "terraform" and all(name.endswith(".tf") for name in e.files)]


def each(examples: list[Example]) -> Any:
    """A test for each example."""
    return pytest.mark.parametrize("example", examples, ids=lambda e: f"{e.rule} {e.language} {e.name}")


@each(TEMPLATES)
def test_laws_of_templates(example: Example) -> None:
    """`laws.CLOUDFORMATION`, and that YAML and JSON say the same."""
    ((name, text),) = example.files.items()
    tried = list(laws.broken(text, Path(name), Random(example.name)))

    assert {law for law, _, _ in tried} >= {"another_form", "something_unrelated", "only_sometimes"}
    assert [t for t in tried if t[2]] == []


@each(ROOTS)
def test_laws_of_terraform(example: Example, tmp_path: Path) -> None:
    """`laws.TERRAFORM`."""
    tried = list(laws.broken_files(example.files, tmp_path, Random(example.name)))

    assert {law for law, _, _ in tried} >= {"an_unrelated_block", "in_json"}
    assert [t for t in tried if t[2]] == []


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
