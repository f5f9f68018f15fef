"""Git revisions: their files in a folder of their own, and what is new against one."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

from edalint.cli.inputs import fail
from edalint.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edalint.analysis import Analysis
    from edalint.config import Settings


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
    return Path(git("rev-parse", "--show-toplevel").decode().strip()).resolve()


def extract(revision: str, folder: Path) -> None:
    """The files of a git revision, in a folder of their own; links are left out."""
    if revision.startswith("-"):
        fail(f"{revision!r} is neither a path nor a git revision")
    data = git("archive", "--format=tar", revision, cwd=top())
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        for member in archive:
            target = folder / member.name
            if member.isfile() and folder in target.resolve().parents:
                target.parent.mkdir(parents=True, exist_ok=True)
                content = archive.extractfile(member)
                target.write_bytes(content.read() if content else b"")


def git(*arguments: str, cwd: Path | None = None) -> bytes:
    """The output of git; what it says is wrong ends the run with status 2."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False, cwd=cwd)
    except FileNotFoundError:
        fail("git is not installed; name two folders or files instead")
    if done.returncode:
        fail(done.stderr.decode("utf-8", "replace").strip().split("\n")[0])
    return done.stdout
