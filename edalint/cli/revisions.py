"""Git revisions: their files in a folder of their own, and what is new against one."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE

from edalint.cli.inputs import fail
from edalint.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import IO

    from edalint.analysis import Analysis
    from edalint.config import Settings

FILES = (b"100644 ", b"100755 ", b"100664 ")
"""Modes of tree entries that are files."""
SETTINGS = ("core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.askPass=")
"""What a repository must not choose."""
KEPT = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH",
    "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_CONFIG_",
)  # fmt: skip
FIXED = {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
"""An object that a partial clone lacks is not fetched: the remote's settings name programs, and there is no network."""
PATIENCE = 120
"""Seconds: a tree of a million files is listed in a few."""


def only_new(analysis: Analysis, revision: str, arguments: dict[str, Any], settings: Settings) -> None:
    """Leave only the findings that the revision has not; by fingerprint, so that moved and reformatted files add none."""
    from edalint.analysis import analyze
    from edalint.policy import baseline
    from edalint.policy.suppressions import Suppressed

    root = top()
    if analysis.root.resolve() != root:
        fail(f"--since: {analysis.root} is not the top of a git work tree")
    with tempfile.TemporaryDirectory(prefix="edalint-") as name:
        folder = Path(name).resolve()
        extract(revision, folder)
        paths = [path.resolve() for path in arguments["paths"] or (Path(),) if str(path) != "-"]
        inside = [folder / path.relative_to(root) for path in paths if path.is_relative_to(root)]
        before = analyze([p for p in inside if p.exists()], settings, root=folder).findings if any(p.exists() for p in inside) else []
    compared = baseline.compare(analysis.findings, baseline.entries(before), [u.path for u in analysis.units])
    analysis.findings = compared.new
    analysis.suppressed = [*analysis.suppressed, *(Suppressed(f, "external", f"in {revision} already") for f in compared.known)]


def top() -> Path:
    """The top of the work tree around the working folder."""
    found = Path(os.fsdecode(git("rev-parse", "--show-toplevel")).removesuffix("\n")).resolve()
    if not (found / ".git").exists() and "GIT_WORK_TREE" not in os.environ:  # the repository's own settings may name any folder
        fail(f"{found} is not the top of a git repository")
    return found


def extract(revision: str, folder: Path) -> None:
    """The files of a git revision, in a folder of their own, as they were committed; links and submodules are left out.

    They are read object by object: `git archive` and `git checkout` run what a repository's settings and attributes name as filters.
    """
    if revision.startswith("-"):
        fail(f"{revision!r} is neither a path nor a git revision")
    here = top()
    entries = [entry.partition(b"\t") for entry in git("ls-tree", "-r", "-z", "--full-tree", revision, cwd=here).split(b"\0") if entry]
    files = [(os.fsdecode(name), about.split(b" ")[2]) for about, _, name in entries if about.startswith(FILES)]
    with subprocess.Popen(
        _command("cat-file", "--batch"), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=here, env=_environment()
    ) as objects:
        assert objects.stdin is not None
        assert objects.stdout is not None
        for name, identity in files:
            objects.stdin.write(identity + b"\n")
            objects.stdin.flush()
            _, _, size = objects.stdout.readline().rpartition(b" ")
            if not size.strip().isdigit():
                fail(f"{name} of {revision} is not in this repository: is it a partial clone?")
            _write(folder, name, objects.stdout, int(size))
            if objects.stdout.read(1) != b"\n":
                fail(f"{name} of {revision} cannot be read: git ended")


def _write(folder: Path, name: str, content: IO[bytes], size: int) -> None:
    """Copy so many bytes to a file below a folder; a name that leads out of it, or that no file can have, is passed over."""
    target = folder / name
    with ExitStack() as stack:
        file = None
        if folder in target.resolve().parents:
            with suppress(OSError):
                target.parent.mkdir(parents=True, exist_ok=True)
                file = stack.enter_context(target.open("xb"))
        while size and (piece := content.read(min(size, 1 << 20))):
            size -= len(piece)
            if file is not None:
                file.write(piece)


def git(*arguments: str, cwd: Path | None = None) -> bytes:
    """The output of git; what it says is wrong ends the run with status 2."""
    try:
        done = subprocess.run(_command(*arguments), capture_output=True, check=False, cwd=cwd, env=_environment(), timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        fail(f"git has not answered within {PATIENCE} seconds")
    if done.returncode:
        fail(done.stderr.decode("utf-8", "replace").strip().split("\n")[0])
    return done.stdout


def _command(*arguments: str) -> list[str]:
    """A command line of git on which nothing that a repository's settings name is run."""
    return [_program(), "--no-pager", *(word for said in SETTINGS for word in ("-c", said)), *arguments]


def _program() -> str:
    """Git, from a folder that `PATH` names in full: the working folder, where Windows looks first, holds what others wrote."""
    folders = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)]
    programs = [folder / ("git.exe" if os.name == "nt" else "git") for folder in folders if folder.is_absolute()]
    found = next((str(program) for program in programs if program.is_file() and os.access(program, os.X_OK)), "")
    return found or fail("git is not installed; name two folders or files instead")


def _environment() -> dict[str, str]:
    """Our environment; of git's own variables those that say where the repository is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(KEPT)}
    return {**kept, **FIXED}
