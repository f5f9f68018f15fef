"""What is kept between runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edalint import storage


def test_a_table_that_is_not_sound_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was wrong with it may lie outside the files that it is made from: it must not outlive its cause."""
    monkeypatch.setenv("EDALINT_CACHE_DIR", str(tmp_path))
    source = tmp_path / "source"
    source.write_text("x", "utf-8")
    answers: list[Any] = [{"problems": ["p"]}, {"problems": []}, {"problems": ["never asked"]}]

    def table() -> Any:
        return storage.table("t", lambda: [source], lambda: answers.pop(0), sound=lambda found: not found["problems"])

    assert [table()["problems"] for _ in range(3)] == [["p"], [], []]
    assert answers == [{"problems": ["never asked"]}]
