"""Run edalint over every template that PyPI's source distributions of other tools carry, and count what goes wrong.

    python benchmarks/wild.py [FOLDER]     FOLDER keeps the distributions [default: a temporary one]

Those distributions hold thousands of templates made to be odd. Wanted: no traceback, no file that takes longer than ten
seconds. Their content is read from the downloaded archives only and never kept in this repository.
"""

from __future__ import annotations

import json
import signal
import sys
import tarfile
import tempfile
import time
import traceback
import urllib.request
from collections import Counter
from pathlib import Path
from urllib.parse import urljoin

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
INDEX = "https://pypi.org/simple"
PACKAGES = ("moto", "cfn-lint", "checkov", "aws-sam-translator")
SUFFIXES = {".yaml", ".yml", ".json", ".template", ".tf", ".tfstate"}
SECONDS = 10


def fetch(folder: Path) -> None:
    """Download the newest source distributions and unpack them; nothing of them is run."""
    for package in PACKAGES:
        archive = folder / f"{package}.tar.gz"
        if not archive.exists():
            request = urllib.request.Request(f"{INDEX}/{package}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
            with urllib.request.urlopen(request) as answer:
                files = [f for f in json.load(answer)["files"] if f["filename"].endswith(".tar.gz") and not f.get("yanked")]
            newest = max(files, key=lambda f: f.get("upload-time") or "")
            with urllib.request.urlopen(urljoin(f"{INDEX}/{package}/", newest["url"])) as answer:
                archive.write_bytes(answer.read())
        target = folder / package
        if not target.exists():
            with tarfile.open(archive) as tar:
                tar.extractall(target, filter="data")


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
