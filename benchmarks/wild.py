"""Run edalint over every template that PyPI's source distributions of other tools carry, and count what goes wrong.

    python benchmarks/wild.py [FOLDER]     FOLDER keeps the distributions [default: a temporary one]

Those distributions hold hundreds of templates made to be odd (most of their test data is not in them), so older versions and
other tools are read too; files with one content count once. Wanted: no traceback, no exit status above 2, no file that takes longer
than ten seconds. Their content is read from the downloaded archives only and never kept in this repository.
"""

from __future__ import annotations

import hashlib
import io
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
NEWEST = ""
PACKAGES: dict[str, tuple[str, ...]] = {
    "moto": (NEWEST,),
    "checkov": (NEWEST, "2.0.287", "1.0.317"),
    "aws-sam-translator": (NEWEST, "1.58.1", "1.5.1"),
    "cfn-lint": (NEWEST, "1.43.1", "1.22.0", "1.3.4", "0.84.0", "0.78.1", "0.72.4", "0.48.2", "0.33.2", "0.25.7", "0.21.2", "0.8.3"),
    "cfripper": (NEWEST, "1.0.0"),
    **dict.fromkeys(
        ("prowler", "awscli", "aws-sam-cli", "localstack-core", "localstack-ext", "runway", "rdk", "taskcat", "seed-farmer", "cfn-guard-rs",
         "cloudformation-cli", "cfn-policy-validator", "tf-policy-validator", "Terrascan"),
        (NEWEST,),
    ),
}  # fmt: skip
"""Distribution -> the versions to read."""
SUFFIXES = {".yaml", ".yml", ".json", ".template", ".tf", ".tfstate"}
SECONDS = 10


def fetch(folder: Path) -> None:
    """Download the source distributions and unpack them; nothing of them is run."""
    for package, versions in PACKAGES.items():
        missing = [v for v in versions if not (folder / f"{package}-{v or 'newest'}").exists()]
        if not missing:
            continue
        request = urllib.request.Request(f"{INDEX}/{package}/", headers={"Accept": "application/vnd.pypi.simple.v1+json"})
        with urllib.request.urlopen(request) as answer:
            files = [f for f in json.load(answer)["files"] if f["filename"].endswith(".tar.gz") and not f.get("yanked")]
        for version in missing:
            found = [f for f in files if f["filename"].endswith(f"-{version}.tar.gz")] if version else files
            if not found:
                print(f"no source distribution of {package} {version}", file=sys.stderr)
                continue
            newest = max(found, key=lambda f: f.get("upload-time") or "")
            with urllib.request.urlopen(urljoin(f"{INDEX}/{package}/", newest["url"])) as answer:
                archive = io.BytesIO(answer.read())
            with tarfile.open(fileobj=archive) as tar:
                tar.extractall(folder / f"{package}-{version or 'newest'}", filter="data")


def distinct(folder: Path) -> list[Path]:
    """The files that may be templates, one of each content."""
    found: dict[bytes, Path] = {}
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
        found.setdefault(hashlib.sha256(path.read_bytes()).digest(), path)
    return list(found.values())


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
    for path in distinct(folder):
        counts["files"] += 1
        started = time.perf_counter()
        signal.alarm(SECONDS)
        try:
            analysis = analyze([path], Settings(select=("all",), show_unknown=True))
            for format in ("text", "json", "sarif", "junit", "markdown"):
                render(format, analysis)
            counts[f"status {analysis.status()}"] += 1
            counts["templates"] += any(u.resources for u in analysis.units)
            counts["status above 2"] += analysis.status() > 2
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
    return int(bool(counts["tracebacks"] or counts["too long"] or counts["status above 2"]))


if __name__ == "__main__":
    sys.exit(main())
