"""`--parameters <(...)`: what a person pipes in is read, within bounds; a pipe that anything else names is not opened."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edalint import storage
from edalint.cli import memory
from edalint.cli.commands import cli
from edalint.sources import files, pipes
from tests.hostile.test_outside import opened

TEMPLATE = (
    "Parameters: {Seconds: {Type: Number}}\nResources:\n  Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: !Ref Seconds}}\n"
)
WORK = """
  Work: {Type: AWS::Lambda::Function, Properties: {Timeout: 60, Handler: a.b, Runtime: python3.13, Role: 'arn:aws:iam::123456789012:role/r', Code: {ZipFile: x}}}
  Poll: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !GetAtt Jobs.Arn, FunctionName: !Ref Work}}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A queue whose visibility timeout hangs on a parameter, and is too short (EDA201) where that says so."""
    made = tmp_path / "project"
    (made / ".git").mkdir(parents=True)
    (made / "t.yaml").write_text(TEMPLATE + WORK.lstrip("\n"), "utf-8")
    monkeypatch.chdir(made)
    return made


def check(*words: str) -> Result:
    done = CliRunner().invoke(cli, ["check", "t.yaml", "--jobs=1", "--only=EDA201", "--format=concise", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@contextlib.contextmanager
def piped(write: Callable[[int], object]) -> Iterator[str]:
    """The name of a pipe as a shell gives it, to which somebody writes."""
    reading, writing = os.pipe()

    def run() -> None:
        with contextlib.suppress(BrokenPipeError):
            write(writing)
        os.close(writing)

    writer = threading.Thread(target=run)
    writer.start()
    try:
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)
        writer.join()


def text(seconds: int, padding: int = 0) -> bytes:
    return json.dumps({"Parameters": {"Padding": "x" * padding, "Seconds": seconds}}).encode()


@pytest.mark.parametrize("seconds", [30, 600])
def test_a_pipe_gives_parameters(seconds: int, project: Path) -> None:
    """The values count: one is a finding, the other none."""
    with piped(lambda to: os.write(to, text(seconds))) as name:
        done = check(f"--parameters={name}")

    assert done.exit_code == int(seconds == 30), done.output
    assert ("EDA201" in done.output) is (seconds == 30)


def test_a_pipe_gives_an_environment_its_parameters(project: Path) -> None:
    """`--parameters live=<(...)` names the environment."""
    with piped(lambda to: os.write(to, text(30))) as live, piped(lambda to: os.write(to, text(600))) as test:
        done = check(f"--parameters=live={live}", f"--parameters=test={test}", "--format=text")

    assert done.exit_code == 1
    assert "live" in done.output
    assert "test" not in done.output


def test_a_pipe_is_read_to_its_end(project: Path) -> None:
    """More than a pipe holds at once, with pauses between: nothing is cut off."""
    data = text(30, padding=300_000)

    def slowly(to: int) -> None:
        for start in range(0, len(data), 100_000):
            time.sleep(0.02)
            view = memoryview(data)[start : start + 100_000]
            while view:
                view = view[os.write(to, view) :]

    with piped(slowly) as name:
        assert "EDA201" in check(f"--parameters={name}").output


def test_a_named_pipe_waits_for_who_writes_to_it(project: Path) -> None:
    """Shells without /dev/fd make one; it may be opened for writing after us."""
    os.mkfifo(project / "p")

    def late() -> None:
        time.sleep(0.2)
        (project / "p").write_bytes(text(30))

    writer = threading.Thread(target=late)
    writer.start()
    done = check("--parameters=p")
    writer.join()

    assert "EDA201" in done.output


@pytest.mark.skipif(not shutil.which("bash"), reason="no shell with process substitution")
def test_process_substitution(project: Path) -> None:
    """As people write it."""
    (project / "p.json").write_bytes(text(30))
    command = f"'{sys.executable}' -m edalint check t.yaml --only EDA201 --format concise --parameters <(cat p.json)"

    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1, done.stderr
    assert "EDA201" in done.stdout


# bounds


@pytest.mark.parametrize("says", [b"", text(30)], ids=["nothing", "all"])
def test_a_pipe_without_end_is_refused(says: bytes, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who writes and never closes, or never writes: the run ends with 2 and says what it has waited for."""
    monkeypatch.setattr(pipes, "PATIENCE", 0.2)
    over = threading.Event()

    def stay(to: int) -> None:
        os.write(to, says)
        over.wait(20)

    with opened(), piped(stay) as name:
        done = check(f"--parameters={name}")
        over.set()

    assert done.exit_code == 2
    assert f"{name}:1:1: can't be read: is a pipe that has not ended within 0.2 seconds" in done.output


def test_drops_without_end_are_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is on the whole: who writes a little each time gets no more of it."""
    monkeypatch.setattr(pipes, "PATIENCE", 0.3)
    over = threading.Event()

    def drip(to: int) -> None:
        while not over.wait(0.01):
            os.write(to, b" ")

    with opened(), piped(drip) as name:
        done = check(f"--parameters={name}")
        over.set()

    assert done.exit_code == 2
    assert "has not ended within" in done.output


def test_a_named_pipe_without_a_writer_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To open it waits for nobody, to read it only so long."""
    monkeypatch.setattr(pipes, "PATIENCE", 0.2)
    os.mkfifo(project / "p")

    with opened():
        done = check("--parameters=p")

    assert done.exit_code == 2
    assert "p:1:1: can't be read: is a pipe that has not ended" in done.output


def test_a_pipe_that_gives_too_much_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more is read than a file may have: `yes` never stops."""
    monkeypatch.setattr(files, "LARGEST", 1_000_000)
    given = 0

    def pour(to: int) -> None:
        nonlocal given
        while True:
            given += os.write(to, b"y\n" * 10_000)

    with opened(), piped(pour) as name:
        done = check(f"--parameters={name}")

    assert done.exit_code == 2
    assert "is larger than 1 MB" in done.output
    assert given < 2_000_000


@pytest.mark.parametrize("says", [b"\xff\xfe", b"", b"- 1", b"{", b"[" * 100_000, b"a: &a [*a]\n"])
def test_a_pipe_that_gives_no_parameters_is_refused(says: bytes, project: Path) -> None:
    """As a file with that text is."""
    with piped(lambda to: os.write(to, says)) as name:
        done = check(f"--parameters={name}")

    assert done.exit_code == 2
    assert f"{name}:1:" in done.output


# who may name one


@pytest.mark.parametrize("key", ["parameters: p", "var-files: [p]"])
def test_a_configuration_names_no_pipe(key: str, project: Path) -> None:
    """Found or given by name: its author is not the person who pipes, and nobody waits for him."""
    os.mkfifo(project / "p")
    (project / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n', "utf-8")
    (project / "edalint.yaml").write_text(f"environments: {{dev: {{{key}}}}}\n", "utf-8")

    for words in ((), ("--config=edalint.yaml",)):
        with opened() as seen:
            done = CliRunner().invoke(cli, ["check", ".", "--jobs=1", *words])

        assert done.exit_code == 2
        assert "parameters" not in key or "is no regular file" in done.output
        assert not [file for file in seen if file.endswith("/p")]


@pytest.mark.parametrize("option", ["--var-file", "--baseline", "--policies", "--config"])
def test_no_other_option_reads_a_pipe(option: str, project: Path) -> None:
    """They are read more than once, or by their ending."""
    os.mkfifo(project / "p")
    (project / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n', "utf-8")

    with opened() as seen:
        done = CliRunner().invoke(cli, ["check", ".", "--jobs=1", f"{option}=p"])

    assert done.exit_code == 2
    assert not [file for file in seen if file.endswith("/p")]


# a pipe's text is gone with the run


def test_a_run_with_a_pipe_is_never_recalled(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next pipe has the same name and says something else."""
    monkeypatch.setenv("EDALINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(memory, "WORTH", 0.0)
    os.mkfifo(project / "p")
    for seconds in (30, 600, 30):
        writer = threading.Thread(target=(project / "p").write_bytes, args=(text(seconds),))
        writer.start()
        done = check("--parameters=p")
        writer.join()

        assert done.exit_code == int(seconds == 30)
    assert not list((storage.cache_folder() / memory.KIND).rglob("*.run"))

    (project / "p").unlink()
    (project / "p").write_bytes(text(30))
    check("--parameters=p")
    assert list((storage.cache_folder() / memory.KIND).rglob("*.run")), "of a file it is kept"
