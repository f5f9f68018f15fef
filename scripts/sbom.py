"""Write a software bill of materials (CycloneDX 1.6, JSON) of edalint and all that it is installed with.

    python scripts/sbom.py [FILE]     [default: standard output]

It is made from the metadata of this environment's packages, following the dependencies of edalint alone; run it in the
environment that the wheel was installed into. Bytes are the same for the same environment.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

NAME = re.compile(r"[A-Za-z0-9._-]+")
IDENTIFIERS = {"MIT License": "MIT", "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "ISC License (ISCL)": "ISC"}
"""Classifiers of licences that mean one SPDX licence; the others (`BSD License`) are given by name."""
MARKER_OF_EXTRA = re.compile(r";.*\bextra\s*==")


def normal(name: str) -> str:
    """A package's name as indexes have it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(root: str) -> dict[str, tuple[Distribution, list[str]]]:
    """Package -> its metadata and what it needs, of a package and all below it that is installed; extras are left out."""
    found: dict[str, tuple[Distribution, list[str]]] = {}
    waiting = [root]
    while waiting:
        name = normal(waiting.pop())
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:  # of another platform or Python
            continue
        names = [normal(m.group()) for r in package.requires or () if not MARKER_OF_EXTRA.search(r) and (m := NAME.match(r))]
        found[name] = (package, names)
        waiting += names
    return found


def component(name: str, package: Distribution) -> dict[str, Any]:
    """A package as CycloneDX has it."""
    made: dict[str, Any] = {"type": "library", "bom-ref": f"pkg:pypi/{name}@{package.version}", "name": name, "version": package.version}
    made["purl"] = made["bom-ref"]
    if said := licenses(package):
        made["licenses"] = said
    return made


def licenses(package: Distribution) -> list[dict[str, Any]]:
    """What a package says of its licence: an expression, else classifiers, else a word of its own."""
    metadata: Any = package.metadata  # a message, of which typing knows half
    if expression := metadata.get("License-Expression"):
        return [{"expression": expression}]
    classifiers = [c.rpartition(" :: ")[2] for c in metadata.get_all("Classifier") or () if c.startswith("License :: ")]
    names = sorted(set(classifiers) - {"OSI Approved"}) or [line for line in (metadata.get("License") or "").split("\n")[:1] if line]
    return [{"license": {"id": IDENTIFIERS[name]} if name in IDENTIFIERS else {"name": name}} for name in names]


def document() -> dict[str, Any]:
    """The bill."""
    packages = needed("edalint")
    parts = {name: component(name, package) for name, (package, _) in packages.items()}
    own = {**parts.pop("edalint"), "type": "application"}
    graph = [
        {
            "ref": f"pkg:pypi/{name}@{package.version}",
            "dependsOn": sorted(f"pkg:pypi/{n}@{packages[n][0].version}" for n in set(names) if n in packages),
        }
        for name, (package, names) in sorted(packages.items())
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": [parts[name] for name in sorted(parts)],
        "dependencies": graph,
    }


def main() -> int:
    """Write the bill."""
    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
