"""What tests share: the command as a user runs it, and the repository's folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"


class Ran(NamedTuple):
    status: int
    output: str
    errors: str


class Command:
    """`edalint` in a process of its own, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: object, stdin: str | None = None, **environment: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "edalint", *map(str, arguments)],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "100", **environment},
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def edalint(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.fixture
def fixtures() -> Path:
    return FIXTURES
