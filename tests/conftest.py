"""What tests share: the command as a user runs it, and the repository's folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

from edalint.cli import memory

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"

_cache: str | None = None


def pytest_configure() -> None:
    """Nothing is read from or written to the user's own cache, and no test is answered by what another one has left there."""
    global _cache
    memory.WORTH = float("inf")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["EDALINT_CACHE_DIR"] = _cache = tempfile.mkdtemp(prefix="edalint-cache-")


def pytest_unconfigure() -> None:
    """The cache of the session goes with it."""
    if _cache is not None:
        shutil.rmtree(_cache, ignore_errors=True)


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
