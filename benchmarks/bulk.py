#!/usr/bin/env python3
"""A folder of many templates, read for the first time and again: CPU beside the floor, and beside peers on fewer files.

    bulk.py [--edalint CMD] [--files N] [--from FOLDER] [--runs N] [--jobs N] [--peers DIR] [--peer-files N]

The templates are written by `systems.py` and the fixtures of this repository, or taken from a folder of your own (`--from`);
each stands in a numbered folder of its own, as the services of one repository do. `floor` is Python starting up and reading
every file through PyYAML's C event parser or `json`: what any Python reader of the same files pays at the least. The second
run of edalint reads what the first has kept, in a cache folder made for the occasion. Each run is one cold process; CPU is
user + system as the operating system counts it, workers included; medians of `--runs`, with the commands taking turns.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from systems import SYSTEMS

ROOT = Path(__file__).parent.parent
SUFFIXES = (".yaml", ".yml", ".json", ".template")
FLOOR = """
import json, sys, yaml
from pathlib import Path
from yaml.cyaml import CParser
for path in sorted(Path(sys.argv[1]).rglob("*")):
    if not path.is_file():
        continue
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        json.loads(text)
        continue
    parser = CParser(text)
    while parser.check_event():
        parser.get_event()
"""
GENERATED = {"stacks": 40, "bus": 20, "machine": 20, "fan-out": 20, "wildcards": 20, "conditional": 20}
"""Systems of `systems.py` that stand among the fixtures, and how large."""


def templates(folder: Path | None) -> Iterator[tuple[str, str]]:
    """Name and text of the templates that the folder is made of."""
    for path in sorted((folder or ROOT / "fixtures").rglob("*")):
        if path.suffix in SUFFIXES and path.is_file():
            text = path.read_text("utf-8", "replace")
            if "AWS::" in text and any(word in text for word in ("AWSTemplateFormatVersion", "AWS::Serverless-2016-10-31")):
                yield path.name, text
    if folder is None:
        for name, size in GENERATED.items():
            for file, text in SYSTEMS[name][0](size).items():
                yield Path(file).name, text


def fill(folder: Path, count: int, source: Path | None) -> int:
    """Write so many templates, each into a folder of its own, and say how many bytes they have."""
    known = list(templates(source))
    if not known:
        raise SystemExit(f"{source}: holds no CloudFormation template")
    size = 0
    for number, (name, text) in enumerate(itertools.islice(itertools.cycle(known), count)):
        path = folder / f"{number:05}" / name
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
        size += len(text.encode())
    return size


class Run:
    """One cold process, measured."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment})
        _, status, usage = os.wait4(process.pid, 0)
        self.status = process.returncode = os.waitstatus_to_exitcode(status)
        self.wall = time.perf_counter() - started
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024


def table(title: str, commands: dict[str, list[str]], runs: int, cache: Path) -> None:
    """Run the commands in turn and print their medians."""
    samples: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            samples[name].append(Run(command, {"EDALINT_CACHE_DIR": str(cache)}))
    floor = statistics.median(run.cpu for run in samples["floor"])
    print(f"\n{title}\n\n| | CPU s | of floor | wall s | MiB | exit |\n|---|---:|---:|---:|---:|---:|")
    for name, found in samples.items():
        cpu, wall = statistics.median(r.cpu for r in found), statistics.median(r.wall for r in found)
        memory = statistics.median(r.memory for r in found)
        print(f"| {name} | {cpu:.3f} | {cpu / floor:.2f} | {wall:.3f} | {memory:.0f} | {found[-1].status} |")


def edalint_commands(edalint: list[str], folder: Path) -> dict[str, list[str]]:
    """The floor and edalint, first without and then with what it has kept."""
    return {
        "floor": [sys.executable, "-c", FLOOR, str(folder)],
        "edalint, first run": [*edalint, "--no-cache", str(folder)],
        "edalint, again": [*edalint, str(folder)],
    }


def peer_commands(peers: Path | None, folder: Path) -> dict[str, list[str]]:
    """cfn-lint and checkov where they are installed."""
    files = sorted(str(p) for p in folder.rglob("*") if p.is_file())
    found = {}
    for name, options in (
        ("cfn-lint", ["--", *files]),
        ("checkov", ["--quiet", "--compact", "--skip-download", "--framework", "cloudformation", "-d", str(folder)]),
    ):
        program = str(peers / name) if peers else shutil.which(name)
        if program and os.access(program, os.X_OK):
            found[name] = [program, *options]
    return found


def main() -> int:
    """Make the folders, run, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edalint", default=f"{sys.executable} -m edalint check", help="the command; a wheel's is what users run")
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--from", dest="source", type=Path, help="take the templates from this folder")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1, help="processes for the first run; 1 compares with the floor")
    parser.add_argument("--peers", type=Path, help="the folder of cfn-lint's and checkov's programs")
    parser.add_argument("--peer-files", type=int, default=0, help="also time the peers, on so many files")
    options = parser.parse_args()
    edalint = [*shlex.split(options.edalint), "--jobs", str(options.jobs)]
    with tempfile.TemporaryDirectory() as made:
        cache = Path(made) / "cache"
        for title, count, peers in (("all files", options.files, False), ("with peers", options.peer_files, True)):
            if not count:
                continue
            folder = Path(made) / f"{count}-{title.replace(' ', '-')}"
            size = fill(folder, count, options.source)
            Run([*edalint, str(folder)], {"EDALINT_CACHE_DIR": str(cache)})  # what "again" reads, and Python's own bytecode
            commands = edalint_commands(edalint, folder) | (peer_commands(options.peers, folder) if peers else {})
            table(f"{count} templates, {size / 1e6:.1f} MB, {options.runs} runs", commands, options.runs, cache)
    return 0


if __name__ == "__main__":
    sys.exit(main())
