"""Run edalint over every template that PyPI's source distributions of other tools carry, and count what goes wrong.

    python benchmarks/wild.py [FOLDER]     FOLDER keeps the distributions [default: a temporary one]

Those distributions hold thousands of templates made to be odd. Wanted: no traceback, no file that takes longer than ten
seconds. Their content is read from the downloaded archives only and never kept in this repository.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PACKAGES = ("moto", "cfn-lint", "checkov", "aws-sam-translator")
SUFFIXES = {".yaml", ".yml", ".json", ".template", ".tf", ".tfstate"}
SECONDS = 10


def fetch(folder: Path) -> None:
    """Download and unpack the source distributions."""
    for package in PACKAGES:
        if any(folder.glob(f"{package}*")) or any(folder.glob(f"{package.replace('-', '_')}*")):
            continue
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", package, "-d", str(folder)]
        subprocess.run(command, check=False)
    for archive in folder.glob("*.tar.gz"):
        target = folder / archive.name.removesuffix(".tar.gz")
        if not target.exists():
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")


class TooLong(Exception):
    """A file took longer than it may."""


def _alarm(*_: object) -> None:
    raise TooLong


def main() -> int:
    """Analyse each file on its own, with all rules and reports."""
    from edalint.analysis import analyze
    from edalint.config import Settings
    from edalint.reports import render

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    fetch(folder)
    signal.signal(signal.SIGALRM, _alarm)
    counts: Counter[str] = Counter()
    slowest: list[tuple[float, str]] = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
        counts["files"] += 1
        started = time.perf_counter()
        signal.alarm(SECONDS)
        try:
            analysis = analyze([path], Settings(select=("all",), show_unknown=True))
            for format in ("text", "json", "sarif", "junit", "markdown"):
                render(format, analysis)
            counts[f"status {analysis.status()}"] += 1
            counts["resources"] += sum(len(u.resources) for u in analysis.units)
            counts["findings"] += len(analysis.findings)
        except TooLong:
            counts["too long"] += 1
            print("too long:", path)
        except Exception:
            counts["tracebacks"] += 1
            print("traceback:", path)
            traceback.print_exc()
        finally:
            signal.alarm(0)
        slowest.append((time.perf_counter() - started, str(path)))
    print(dict(counts))
    for seconds, name in sorted(slowest, reverse=True)[:5]:
        print(f"{seconds:6.2f} s  {name}")
    return int(bool(counts["tracebacks"] or counts["too long"]))


if __name__ == "__main__":
    sys.exit(main())
