"""Forget every single value of every example, or of the templates given, and list the findings that come of it: there should be none.

    python -m benchmarks.forgetting [--each N] [PATH ...]

`--each N`: at most N values of each template, chosen by the template's own seed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from edalint.analysis import Analysis, analyze
from tests.properties.changing import EXAMPLES, Found, added_by_forgetting, loaded, places, spelled


def main() -> int:
    """Print what forgetting adds; 1 where it adds anything."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--each", type=int, default=sys.maxsize)
    options.add_argument("paths", nargs="*", type=Path)
    given = options.parse_args()
    forgotten = added = 0
    for name, analysis in _examples() if not given.paths else ((str(p), analyze([p], judge=False)) for p in given.paths):
        if not analysis.units:
            continue
        before, everything = Found(analysis), places(analysis)
        for resource, path in random.Random(name).sample(everything, min(given.each, len(everything))):
            forgotten += 1
            new = added_by_forgetting(analysis, resource, path, before)
            added += len(new)
            for finding in sorted(new):
                print(f"{finding} without {spelled(resource, path)} ({name})")
    print(f"{forgotten} values forgotten, {added} findings added")
    return int(added > 0)


def _examples() -> Iterator[tuple[str, Analysis]]:
    for example in EXAMPLES:
        with tempfile.TemporaryDirectory() as folder:
            yield f"{example.rule} {example.name}", loaded(example, Path(folder).resolve())


if __name__ == "__main__":
    sys.exit(main())
