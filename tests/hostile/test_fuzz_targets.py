"""What the fuzzer feeds, for a moment and the same each time: mutations of seeds raise nothing that a room does not promise.

`python fuzz/run.py TARGET` goes on from here, guided by coverage. `found/TARGET/` holds what it once found, `fuzz/corpus/TARGET/` the
inputs of its last long run that together cover most.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fuzz.mutations import mutator
from fuzz.run import CORPUS, seeds
from fuzz.targets import TARGETS

FOUND = Path(__file__).parent / "found"
MOST_BYTES = 200_000
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


@pytest.mark.parametrize("target", ["template", "sam", "plan", "terraform", "policies", "configuration"])
def test_what_is_fed_is_read(target: str) -> None:
    """Half of a target's seeds and more are what it reads, not what it refuses: a run that refuses everything finds nothing."""
    random.seed(7)
    fed = [bool(TARGETS[target](data)) for data in seeds(target, [])]

    assert sum(fed) * 2 > len(fed) > 0


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_raises_nothing(target: str) -> None:
    """Every input that a long run kept, once more."""
    kept = sorted((CORPUS / target).iterdir())

    assert kept
    for file in kept:
        TARGETS[target](file.read_bytes())


def test_the_corpus_is_small() -> None:
    """It is read in every checkout, and replayed in every run of the tests."""
    assert sum(file.stat().st_size for file in CORPUS.rglob("*") if file.is_file()) < MOST_BYTES


@pytest.mark.parametrize("file", sorted(p for p in FOUND.rglob("*") if p.is_file()), ids=lambda p: p.name)
def test_what_was_found_stays_mended(file: Path) -> None:
    """Every input that once raised."""
    TARGETS[file.parent.name](file.read_bytes())
