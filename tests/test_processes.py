"""Processes that share work: what they make arrives, and what goes wrong in one of them is seen."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from edalint import processes
from edalint.sources import files

FORK = hasattr(os, "fork")


@pytest.mark.skipif(not FORK, reason="processes are forked")
def test_what_the_others_make_comes_in_their_order() -> None:
    """However long each takes, and however much it is."""
    here = os.getpid()
    made, others = processes.together(os.getpid, [lambda: (os.getpid(), "x" * 1_000_000), lambda: (os.getpid(), "")])
    assert made == here
    assert [len(text) for _, text in others] == [1_000_000, 0]
    assert len({here, *(process for process, _ in others)}) == 3


def _raises() -> None:
    raise MemoryError


def _killed() -> None:
    os.kill(os.getpid(), 9)


def _unpicklable() -> Callable[[], None]:
    return lambda: None


@pytest.mark.skipif(not FORK, reason="processes are forked")
@pytest.mark.parametrize("work", [_raises, _killed, _unpicklable])
def test_a_process_that_does_not_end_well_makes_nothing(work: Callable[[], object], capfd: pytest.CaptureFixture[str]) -> None:
    """The others go on."""
    assert processes.together(lambda: "here", [work, lambda: "there"]) == ("here", [None, "there"])


@pytest.mark.skipif(not FORK, reason="processes are forked")
def test_what_another_process_looked_at_is_noted_here(tmp_path: Path) -> None:
    """The cache has to know it; a file that two processes saw differently will never be seen so again."""
    file, other = tmp_path / "a", tmp_path / "b"
    file.write_text("first")
    other.write_text("first")

    def look() -> str:
        other.write_text("second")
        return files.text(file) + files.text(other)

    files.watch()
    try:
        files.text(other)
        assert processes.together(lambda: "", [look]) == ("", ["firstsecond"])
        seen = files.seen()
        assert all(files.again(place) == what for place, what in seen.items() if place[1] == str(file))
        assert {what for place, what in seen.items() if place[1] == str(other)} == {files.CHANGED}
        assert any(place[1] == str(file) for place in seen)
    finally:
        files.unwatch()


def test_where_there_is_no_fork_nothing_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows: whoever shares does all of the work."""
    monkeypatch.delattr(os, "fork", raising=False)
    assert processes.useful(4, 100) == 1
    assert processes.together(lambda: "here", [lambda: "there"]) == ("here", [None])


@pytest.mark.skipif(not FORK, reason="processes are forked")
def test_processes_are_started_where_they_pay() -> None:
    """By default for large inputs only; as many as the user says."""
    assert processes.useful(0, 0) == processes.useful(0, 1) == 1
    assert 1 <= processes.useful(0, 1000) <= processes.MOST
    assert processes.useful(5, 0) == 5
