"""The bill of materials names what edalint is installed with, and is the same each time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def bill(folder: Path, seed: int) -> bytes:
    """The bill of this environment, made by a process with hashes of its own."""
    words = [sys.executable, str(ROOT / "scripts" / "sbom.py")]
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": str(seed)}).stdout


def test_every_dependency_with_version_and_licence(tmp_path: Path) -> None:
    """What pyproject.toml asks of this Python, and what that asks for; each reference leads to a component."""
    made = json.loads(bill(tmp_path, 1))
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    wanted = re.findall(r'^  "([a-z-]+)>=[^;"]*"', text[text.index("\ndependencies = [") :].split("\n]")[0], re.MULTILINE)

    components = {component["name"]: component for component in made["components"]}
    assert len(wanted) >= 8
    assert set(wanted) <= set(components)
    assert all(component["version"] and component["licenses"] for component in components.values())
    known = {made["metadata"]["component"]["bom-ref"], *(component["bom-ref"] for component in components.values())}
    assert {entry["ref"] for entry in made["dependencies"]} == known
    assert {ref for entry in made["dependencies"] for ref in entry["dependsOn"]} <= known


def test_the_same_each_time(tmp_path: Path) -> None:
    """No time, no random number, no order of a set."""
    assert bill(tmp_path, 1) == bill(tmp_path, 2)
