"""Try the laws of `tests/properties/laws.py` on every template and Terraform root of folders, and count.

    python fuzz/laws.py FOLDER ... [--seed N] [--only LAW]

Prints what each law was tried on and what broke it, with the place and the difference.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def _files(folder: Path) -> dict[str, str]:
    """The texts of a root and of what lies below it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size < 200_000 and ".terraform" not in path.parts:
            with suppress(UnicodeDecodeError):
                found[str(path.relative_to(folder))] = path.read_text("utf-8")
    return found


def main() -> int:
    """Status 1 where a law is broken."""
    from edalint.sources.discovery import discover
    from tests.properties import laws

    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    with TemporaryDirectory() as place:
        for source in discover(given.folders).sources:
            chance = Random(f"{given.seed}{source.display}")
            if source.kind == "cloudformation":
                chosen = {name: law for name, law in laws.CLOUDFORMATION.items() if given.only in ("", name)}
                found = laws.broken(source.path.read_text("utf-8", "replace"), source.path, chance, chosen)
            elif source.kind == "terraform":
                chosen = {name: law for name, law in laws.TERRAFORM.items() if given.only in ("", name)}
                found = laws.broken_files(_files(source.path), Path(place), chance, chosen)
            else:
                continue
            for law, what, differences in found:
                tried[law] += 1
                if differences:
                    wrong[law] += 1
                    print(f"{source.display}: {law} {what}:", *differences[:4], sep="\n    ", flush=True)
    for law in sorted(tried):
        print(f"{law}: {tried[law]} tried, {wrong[law]} broken")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
