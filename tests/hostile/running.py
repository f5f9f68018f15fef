"""The command in a process of its own, with little memory and little time."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, NamedTuple

MEMORY = 1 << 30
"""Bytes of address space that a run may take."""
CPU = 20
"""Seconds of processor time: far more than any case needs on a slow machine, far less than an explosion takes."""
NEIGHBOUR = json.dumps(
    {
        "Resources": {
            "Good": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": "T"}, "Protocol": "sqs", "Endpoint": {"Fn::GetAtt": ["Q", "Arn"]}}},
            "T": {"Type": "AWS::SNS::Topic"},
            "Q": {"Type": "AWS::SQS::Queue"},
        }
    }
)  # fmt: skip
"""A template with a finding (nobody lets the topic send to the queue) that must be there whatever lies beside it."""


class Ended(NamedTuple):
    """How a run ended."""

    status: int
    report: dict[str, Any]
    out: str
    err: str

    @property
    def diagnostics(self) -> dict[str, list[str]]:
        """File -> the codes of what is said of it."""
        found: dict[str, list[str]] = {}
        for diagnostic in self.report.get("diagnostics", ()):
            found.setdefault(diagnostic["path"], []).append(diagnostic["code"])
        return found

    @property
    def places(self) -> set[str]:
        """The files with findings."""
        return {finding["location"]["path"] for finding in self.report.get("findings", ())}


def _limits(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(folder: Path, *arguments: str, format: str = "json", stdin: IO[bytes] | None = None, memory: int = MEMORY) -> Ended:
    """`edalint check` in a folder, within the limits; nothing may be raised and the exit status must be one that we promise."""
    words = [sys.executable, "-m", "edalint", "check", *(arguments or (".",)), f"--format={format}", "--show-unknown"]
    done = subprocess.run(
        words,
        cwd=folder,
        stdin=stdin or subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
        preexec_fn=lambda: _limits(memory),
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in err, err[-3000:]
    assert done.returncode in (0, 1, 2), (done.returncode, err[-1000:])
    return Ended(done.returncode, json.loads(out) if format == "json" and out else {}, out, err)


def beside(folder: Path, name: str, content: bytes | str, *more: str) -> Ended:
    """A run over a file and a good template, whose finding must be there."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    (folder / "good.json").write_text(NEIGHBOUR, "utf-8")
    ended = run(folder, "good.json", *(more or (name,)))
    assert "good.json" in ended.places, ended.report.get("diagnostics")
    return ended
