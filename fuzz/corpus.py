"""Choose the few inputs that cover what all inputs of a run cover: `fuzz/corpus/TARGET/`. Needs Python 3.12 (`sys.monitoring`).

    python fuzz/corpus.py STATE [STATE ...] [--target TARGET ...] [--most BYTES]

An input that is chosen covers steps of our code (a jump from one line to another) that no shorter one covers. Of these,
those with most to add come first, until the target's share of bytes is full.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from pathlib import Path
from random import Random
from types import CodeType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
CORPUS = ROOT / "fuzz" / "corpus"
PACKAGE = str(ROOT / "edalint")
MOST = 16_000
"""Bytes of a target."""
LONGEST = 4_500
"""Bytes of one input: longer ones are no quick tests."""
LOOKED_AT = 150
"""Inputs of a target that are run at most: watching makes one that goes through every room take a quarter of a second."""
TOOL = 3
"""Our number among those who watch."""
Step = tuple[int, int, int]
"""A code object, and a line of it or a jump in it."""


class Coverage:
    """The jumps and lines of our package that a run takes, each asked for once a run."""

    def __init__(self) -> None:
        self.seen: set[Step] = set()
        events = sys.monitoring.events
        self._events = events.LINE | events.BRANCH
        sys.monitoring.use_tool_id(TOOL, "corpus")
        sys.monitoring.register_callback(TOOL, events.LINE, self._line)
        sys.monitoring.register_callback(TOOL, events.BRANCH, self._branch)

    def of(self, target: str, data: bytes) -> frozenset[Step]:
        """What one input covers."""
        from fuzz.targets import TARGETS

        self.seen = set()
        sys.monitoring.set_events(TOOL, self._events)
        sys.monitoring.restart_events()
        try:
            TARGETS[target](data)
        finally:
            sys.monitoring.set_events(TOOL, 0)
        return frozenset(self.seen)

    def _line(self, code: CodeType, line: int) -> object:
        if code.co_filename.startswith(PACKAGE):
            self.seen.add((id(code), line, -1))
        return sys.monitoring.DISABLE

    def _branch(self, code: CodeType, start: int, end: int) -> object:
        if not code.co_filename.startswith(PACKAGE):
            return sys.monitoring.DISABLE
        self.seen.add((id(code), start, end))
        return None


def chosen(target: str, measured: Coverage, inputs: list[bytes], most: int) -> list[bytes]:
    """The inputs to keep: each adds something to those before it, the most for its length first."""
    everything: set[Step] = set()
    coverage: dict[bytes, frozenset[Step]] = {}
    for data in inputs:  # the shortest first: what adds nothing to shorter ones is not looked at again
        here = measured.of(target, data)
        if here - everything:
            coverage[data] = here
            everything |= here
    kept: list[bytes] = []
    seen: set[Step] = set()
    left = most
    while coverage:
        best = max(coverage, key=lambda data: (len(coverage[data] - seen) / (len(data) + 50), -len(data), data))
        added = coverage.pop(best) - seen
        if not added:
            break
        if len(best) <= left:
            kept.append(best)
            seen |= added
            left -= len(best)
        coverage = {data: here for data, here in coverage.items() if here - seen}
    return kept


def main() -> int:
    """Write the folders anew."""
    parser = argparse.ArgumentParser()
    parser.add_argument("states", type=Path, nargs="+")
    parser.add_argument("--target", nargs="*", default=[])
    parser.add_argument("--most", type=int, default=MOST)
    given = parser.parse_args()
    from fuzz.targets import TARGETS

    measured = Coverage()
    for target in given.target or TARGETS:
        files = [*(CORPUS / target).glob("*"), *(f for state in given.states for f in (state / target / "corpus").glob("*"))]
        inputs = sorted({f.read_bytes() for f in files if f.stat().st_size <= LONGEST}, key=lambda data: (len(data), data))
        inputs = sorted(Random(target).sample(inputs, min(len(inputs), LOOKED_AT)), key=lambda data: (len(data), data))
        kept = chosen(target, measured, inputs, given.most)
        shutil.rmtree(CORPUS / target, ignore_errors=True)
        (CORPUS / target).mkdir(parents=True)
        for data in kept:
            (CORPUS / target / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
        print(f"{target}: {len(kept)} of {len(inputs)} inputs, {sum(map(len, kept))} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
