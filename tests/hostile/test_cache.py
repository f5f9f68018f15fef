"""One cache folder and many processes, some of them killed while they write; a disk that is full, read-only or taken away.

Whatever becomes of it, a run says what it would say without a cache, and what lies in the folder stays whole and small.
"""

from __future__ import annotations

import errno
import json
import os
import pwd
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edalint import analysis, storage
from edalint.cli import memory
from tests import running
from tests.conftest import ROOT
from tests.hostile.test_outside import opened

QUEUE = "Resources:\n  Q{}: {{Type: AWS::SQS::Queue}}\n"
POLICY = """
id: OWN00{0}
name: own-{0}
summary: A queue has no name.
severity: note
confidence: high
match: {{node: queue}}
when: "true"
message: "'{{node}}' is a queue"
why: It is ours to know.
fix: Nothing.
references: [https://docs.aws.amazon.com/]
"""
CHILD = """
import os, signal, sys
from pathlib import Path
from edalint import analysis
from edalint.cli import main, memory

memory.WORTH = 0.0
how, _, count = os.environ.get("DIES", "").partition(" ")
left = int(count or 0)

def killed():
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

class Half:
    def __init__(self, file):
        self.file = file
    def __enter__(self):
        return self
    def __exit__(self, *_):
        self.file.close()
    def write(self, data):
        if left == 0:
            self.file.write(data[: len(data) // 2])
            self.file.flush()
        killed()
        self.file.write(data)

opens, replaces = Path.open, Path.replace
def half(self, mode="r", *more, **named):
    file = opens(self, mode, *more, **named)
    return Half(file) if mode == "xb" else file
def late(self, target):
    killed()
    return replaces(self, target)
if how == "half":
    Path.open = half
elif how == "late":
    Path.replace = late
elif how == "recalls":
    analysis.analyze = lambda *_, **__: sys.exit("it was analysed")
sys.argv[0] = "edalint"
main()
"""
"""`edalint` that keeps every run, and kills itself at a write (`half`: when half of it is written, `late`: before it has its name)."""


DEATHS = ("half 0", "late 0", "half 2", "late 1")
"""How, and how many writes go well before."""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two projects with policies of their own, and an empty cache."""
    for name in ("a", "b"):
        (tmp_path / name / "policies").mkdir(parents=True)
        (tmp_path / name / ".git").mkdir()
        (tmp_path / name / "t.yaml").write_text(QUEUE.format(name), "utf-8")
        (tmp_path / name / "edalint.yaml").write_text("policies: [policies]\n", "utf-8")
        for number in range(2):
            (tmp_path / name / "policies" / f"p{number}.yaml").write_text(POLICY.format(number), "utf-8")
    monkeypatch.setenv("EDALINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(memory, "WORTH", 0.0)
    monkeypatch.setattr(storage, "_swept", set())
    monkeypatch.chdir(tmp_path / "a")
    return tmp_path


def start(folder: Path, *words: str, dies: str = "") -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, "check", ".", "--format=json", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DIES": dies},
    )


def end(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    out, err = process.communicate(timeout=120)
    assert b"Traceback" not in err, err.decode()
    return process.returncode, out


def entries(cache: Path, ending: str) -> list[Path]:
    return [p for p in cache.rglob(f"*{ending}") if p.is_file()]


def test_processes_share_a_cache_though_some_are_killed(world: Path) -> None:
    """At once, in the same and in different projects: each says what it says alone, and what the killed leave does no harm."""
    cache = world / "cache"
    alone = {name: end(start(world / name, "--no-cache")) for name in ("a", "b")}
    assert {status for status, _ in alone.values()} == {1}
    killed = 0
    for number in range(2):
        running = [(name, start(world / name)) for name in ("a", "b", "a", "b")]
        dying = [start(world / "ab"[n % 2], f"--region=r{number}{n}", dies=how) for n, how in enumerate(DEATHS)]
        other = start(world / "a", "--select=all")
        time.sleep(0.1 * number)
        other.kill()
        other.communicate()
        for name, process in running:
            assert end(process) == alone[name]
        killed += sum(end(process)[0] < 0 for process in dying)
        for name in ("a", "b"):  # another state for the next round
            template = world / name / "t.yaml"
            template.write_text(template.read_text("utf-8") + f"# {number}\n", "utf-8")
    assert killed >= 4, "a write that is not the first may be one that another process has made needless"

    for path in entries(cache, ".json"):
        json.loads(path.read_bytes())
    for path in entries(cache, ".run"):
        assert memory._unpacked(str(path)) is not None, path
    assert len(entries(cache, ".run")) >= 4
    assert 0 < len(entries(cache, ".tmp")) <= killed + 2

    for name in ("a", "b"):
        assert end(start(world / name)) == alone[name]
        assert end(start(world / name, dies="recalls")) == alone[name]


def test_what_killed_writers_have_left_goes(world: Path) -> None:
    """After an hour, when somebody writes to the same folder; what is being written stays."""
    check()
    folders = {path.parent for path in entries(world / "cache", "") if path.suffix in (".json", ".run")}
    assert len(folders) >= 2
    for folder in folders:
        for age in (10, storage.ABANDONED + 10):
            left = folder / f"x.{age}.tmp"
            left.write_bytes(b"{")
            os.utime(left, (time.time() - age, time.time() - age))
        for path in folder.glob("*.json"):
            path.unlink()
    (world / "a" / "t.yaml").write_text(QUEUE.format("other"), "utf-8")
    storage._swept.clear()
    check()

    assert {path.name for path in entries(world / "cache", ".tmp")} == {"x.10.tmp"}
    assert len(entries(world / "cache", ".tmp")) == len(folders)


# in this process


def check(*words: str) -> tuple[int, str, str]:
    """`edalint check .`, as a process that has just begun."""
    from edalint.policy import compiled

    for held in (v for v in vars(compiled).values() if hasattr(v, "cache_clear")):
        held.cache_clear()
    return running.check(".", "--format=concise", *words)


class _Full:
    """A file on a disk that is full after a few bytes."""

    def __init__(self, file: Any, number: int) -> None:
        self.file, self.number = file, number

    def __enter__(self) -> _Full:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, data: bytes) -> int:
        self.file.write(data[:7])
        self.file.flush()
        raise OSError(self.number, os.strerror(self.number))


def _fails(of: str, number: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make one operation on the cache fail; gives the list of its calls."""
    calls: list[str] = []
    cache = str(storage.cache_folder())

    def wrapped(act: Callable[..., Any]) -> Callable[..., Any]:
        def failing(path: Any, *more: Any, **named: Any) -> Any:
            if not str(path).startswith(cache) or (of in ("open", "write") and more[:1] != ("xb",)):
                return act(path, *more, **named)
            calls.append(str(path))
            if of == "write":
                return _Full(act(path, *more, **named), number)
            raise OSError(number, os.strerror(number), str(path))

        return failing

    at, name = {
        "open": (Path, "open"),
        "write": (Path, "open"),
        "replace": (Path, "replace"),
        "mkdir": (Path, "mkdir"),
        "scandir": (os, "scandir"),
        "lstat": (os, "lstat"),
        "utime": (os, "utime"),
    }[of]
    monkeypatch.setattr(at, name, wrapped(getattr(at, name)))
    return calls


FAILURES = [
    ("open", errno.ENOSPC), ("open", errno.EROFS), ("open", errno.EMFILE), ("write", errno.ENOSPC), ("write", errno.EDQUOT), ("write", errno.EIO),
    ("replace", errno.EACCES), ("replace", errno.ENOSPC), ("mkdir", errno.EROFS), ("mkdir", errno.EACCES), ("scandir", errno.EACCES), ("lstat", errno.EIO),
    ("utime", errno.EROFS),
]  # fmt: skip


@pytest.mark.parametrize(("of", "number"), FAILURES, ids=lambda v: errno.errorcode[v] if isinstance(v, int) else v)
def test_a_disk_that_refuses_is_no_error(of: str, number: int, world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full, read-only, broken: the run says what it says without a cache, leaves nothing half written, and nothing of it is said."""
    expected = check("--no-cache")
    if of == "utime":
        check()
    with monkeypatch.context() as patch:
        calls = _fails(of, number, patch)
        assert check() == expected
        assert check() == expected
    assert calls, "it was tried"
    assert entries(world / "cache", ".tmp") == []
    assert check() == expected
    assert entries(world / "cache", ".run"), "and is kept once there is room again"


def test_a_cache_that_is_taken_away_all_the_time(world: Path) -> None:
    """Another process deletes the folder again and again, between any two steps of ours."""
    expected = {}
    for number in range(2):
        (world / "a" / "t.yaml").write_text(QUEUE.format(number), "utf-8")
        expected[number] = check("--no-cache")
    assert len(set(expected.values())) == 2
    over = threading.Event()

    def delete() -> None:
        while not over.is_set():
            shutil.rmtree(world / "cache", ignore_errors=True)

    deleter = threading.Thread(target=delete)
    deleter.start()
    try:
        for number in (0, 1, 0, 1):
            (world / "a" / "t.yaml").write_text(QUEUE.format(number), "utf-8")
            assert check() == expected[number]
    finally:
        over.set()
        deleter.join()


def test_a_cache_that_goes_while_a_run_runs(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made again."""
    expected = check("--no-cache")
    status = analysis.Analysis.status

    def late(self: analysis.Analysis) -> int:
        shutil.rmtree(world / "cache")
        return status(self)

    monkeypatch.setattr(analysis.Analysis, "status", late)
    assert check() == expected
    assert entries(world / "cache", ".run")


def test_who_has_no_home_keeps_nothing(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user without HOME that the system does not know, as in a container: no cache, no traceback."""
    expected = check("--no-cache")

    def nobody(_: int) -> Any:
        raise KeyError

    for name in ("HOME", "XDG_CACHE_HOME", "EDALINT_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert check() == expected
    assert storage.kept("tables", "x") is None
    storage.keep("tables", "x", 1)
    with pytest.raises(OSError, match="home"):
        storage.cache_folder()


def test_a_cache_folder_that_is_not_absolute_is_none_of_xdg(monkeypatch: pytest.MonkeyPatch) -> None:
    """The specification says so: it would lie in whatever is analysed."""
    monkeypatch.delenv("EDALINT_CACHE_DIR")
    monkeypatch.setenv("HOME", "/home/somebody")
    for said, folder in (("cache", "/home/somebody/.cache"), ("", "/home/somebody/.cache"), ("/var/cache", "/var/cache")):
        monkeypatch.setenv("XDG_CACHE_HOME", said)
        assert storage.cache_folder() == Path(folder) / "edalint"


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "large", "nothing", "half", "binary", "deep"])
def test_an_entry_that_is_none_is_made_again(kind: str, world: Path) -> None:
    """Nobody waits for a pipe in the place of a table, and nothing is read without end."""
    expected = check("--no-cache")
    check()
    for path in entries(world / "cache", ".json"):
        content = path.read_bytes()
        path.unlink()
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "device":
            path.symlink_to("/dev/zero")
        elif kind == "folder":
            path.mkdir()
        elif kind == "large":
            with path.open("wb") as file:
                file.truncate(storage.LARGEST + 1)
        else:
            texts = {
                "nothing": b"",
                "half": content[: len(content) // 2],
                "binary": bytes(range(256)),
                "deep": b"[" * 100_000 + b"]" * 100_000,
            }
            path.write_bytes(texts[kind])
    for path in entries(world / "cache", ".run"):
        path.unlink()

    with opened():
        assert check() == expected
