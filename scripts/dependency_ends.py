"""Run the tests with the oldest dependencies that pyproject.toml allows, and with the newest.

    python scripts/dependency_ends.py lowest --python python3.10 [-- PYTEST ARGUMENTS]
    python scripts/dependency_ends.py newest --python python3.13

An environment is made in `build/ends-*` each time. The oldest are the lower bounds themselves, as pip takes them.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTING = ("pytest>=8.2", "pytest-xdist>=3.6", "hypothesis>=6.100", "jsonschema>=4.21", "syrupy>=4.7")


def dependencies() -> list[str]:
    """What pyproject.toml says under `dependencies`."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = text[text.index("\ndependencies = [") :].split("]", 1)[0]
    return [d.split(";")[0].strip() for d in re.findall(r'"([^"]+)"', listed)]


def lowest(requirement: str) -> str:
    """A requirement with its lower bound as the only version."""
    found = re.match(r"([A-Za-z0-9-]+)>=([0-9.]+)", requirement)
    if found is None:
        raise SystemExit(f"{requirement} has no lower bound")
    return f"{found[1]}=={found[2]}"


def main() -> int:
    """Make the environment, print what is in it, run the tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("end", choices=("lowest", "newest"))
    parser.add_argument("--python", default=sys.executable)
    given, arguments = parser.parse_known_args()
    home = ROOT / "build" / f"ends-{given.end}"
    subprocess.run([given.python, "-m", "venv", "--clear", str(home)], check=True)
    python = str(home / "bin" / "python")
    wanted = [lowest(d) for d in dependencies()] if given.end == "lowest" else dependencies()
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--editable", str(ROOT), *wanted, *TESTING], check=True)
    subprocess.run([python, "--version"], check=True)
    subprocess.run([python, "-m", "pip", "list", "--format=freeze"], check=True)
    return subprocess.run([python, "-m", "pytest", "-q", *(a for a in arguments if a != "--")], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
