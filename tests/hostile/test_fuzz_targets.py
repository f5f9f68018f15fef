"""What the fuzzer feeds, for a moment and the same each time: mutations of seeds raise nothing that a room does not promise.

`python fuzz/run.py TARGET` goes on from here, guided by coverage. `found/TARGET/` holds what it once found.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fuzz.mutations import mutator
from fuzz.run import seeds
from fuzz.targets import TARGETS

FOUND = Path(__file__).parent / "found"
ROUNDS = 12
"""Inputs of a target; the slowest take 30 ms each."""


@pytest.mark.parametrize("target", TARGETS)
def test_mutations_raise_nothing(target: str) -> None:
    """Seeds changed in a few places each."""
    random.seed(7)
    known = seeds(target, [])[:60]
    assert known
    mutate = mutator(target, lambda data, most: data[: most // 2])
    for number in range(ROUNDS):
        TARGETS[target](mutate(known[number * 7 % len(known)], 20_000, number))


@pytest.mark.parametrize("file", sorted(p for p in FOUND.rglob("*") if p.is_file()), ids=lambda p: p.name)
def test_what_was_found_stays_mended(file: Path) -> None:
    """Every input that once raised."""
    TARGETS[file.parent.name](file.read_bytes())
