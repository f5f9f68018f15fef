#!/usr/bin/env python3
"""Time and memory of generated systems as they grow, and the exponent of the growth: 1 is linear.

    scale.py [--edalint CMD] [--only NAME,...] [--most N] [--runs N] [--timeout S]

Each size is one cold process; CPU (user + system) and peak memory come from the operating system. The exponent is the
slope of a least-squares line through the logarithms, with what an empty run costs taken off the time.
"""

from __future__ import annotations

import argparse
import math
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from systems import SYSTEMS


class Sample:
    """One cold run, measured."""

    def __init__(self, command: list[str], timeout: float) -> None:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        timer = threading.Timer(timeout, process.kill)
        timer.start()
        assert process.stderr is not None
        self.errors = process.stderr.read().decode("utf-8", "replace")
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        self.status = process.returncode = os.waitstatus_to_exitcode(status)
        self.wall = time.perf_counter() - started
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024


def exponent(points: list[tuple[float, float]]) -> float:
    """The slope of log y over log x."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edalint", default="edalint check --no-cache --jobs 1")
    parser.add_argument("--only", default="")
    parser.add_argument("--most", type=int, default=0, help="leave out larger sizes")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=300)
    options = parser.parse_args()
    failed = False
    print(f"{'system':<10}{'size':>8}{'cpu s':>9}{'wall s':>9}{'MiB':>7}{'exit':>6}  exponent of cpu, of memory")
    for name, (_, sizes) in SYSTEMS.items():
        if options.only and name not in options.only.split(","):
            continue
        points = []
        with tempfile.TemporaryDirectory(prefix="edalint-scale-") as place:
            empty = _measure(name, 1, Path(place) / "empty", options)
            for size in (s for s in sizes if not options.most or s <= options.most):
                best = _measure(name, size, Path(place) / str(size), options)
                failed = failed or best.status not in (0, 1)
                points.append((size, max(best.cpu - empty.cpu, 1e-3), max(best.memory - empty.memory, 1)))
                print(f"{name:<10}{size:>8}{best.cpu:9.2f}{best.wall:9.2f}{best.memory:7.0f}{best.status:6}", end="", flush=True)
                if best.status not in (0, 1):
                    print("  " + (best.errors.strip().splitlines() or ["no message"])[-1][:100])
                    break
                print()
        if len(points) > 1:
            print(f"{'':<49}  {exponent([p[:2] for p in points]):.2f}, {exponent([(p[0], p[2]) for p in points]):.2f}")
    return int(failed)


def _measure(name: str, size: int, folder: Path, options: argparse.Namespace) -> Sample:
    # in a process of its own: a child's peak memory counts what its parent had when it was made
    subprocess.run([sys.executable, str(Path(__file__).parent / "systems.py"), name, str(size), str(folder)], check=True)
    samples = [Sample([*shlex.split(options.edalint), str(folder)], options.timeout) for _ in range(options.runs)]
    return sorted(samples, key=lambda s: s.cpu)[len(samples) // 2]


if __name__ == "__main__":
    sys.exit(main())
