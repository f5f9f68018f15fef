"""Every oracle says how it records anew, and has a test that replays it without the package that it asks."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "oracles"
ROWS = re.findall(r"^\| [^|]+ \| `python tests/oracles/(\w+\.py)[^`]*` \| `([\w/.]+)`", (FOLDER / "README.md").read_text(), re.MULTILINE)
SHARED = {"engines.py", "telling.py"}


def test_every_script_is_in_the_table_with_its_command() -> None:
    assert {script for script, _ in ROWS} == {path.name for path in FOLDER.glob("*.py")} - SHARED
    for script, _ in ROWS:
        assert f"python tests/oracles/{script}" in (FOLDER / script).read_text().split('"""')[1]


def test_every_row_names_a_test_that_needs_no_oracle() -> None:
    """No test imports a package of an oracle, but behind importorskip; cfn-lint is a dependency."""
    packages = re.compile(r"^\s*(?:from|import) (samtranslator|celpy|ministack|moto|localstack|event_ruler|cel_expr_python)", re.MULTILINE)
    for _, test in ROWS:
        text = (FOLDER.parent.parent / test).read_text()
        assert "def test_" in text
        assert not packages.search(text) or "importorskip" in text
