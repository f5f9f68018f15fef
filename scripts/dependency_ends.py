"""Run the tests at both ends of what pyproject.toml allows: the oldest Python with the oldest dependencies, the newest with the newest.

    python scripts/dependency_ends.py                       both ends
    python scripts/dependency_ends.py lowest [-- PYTEST ARGUMENTS]
    python scripts/dependency_ends.py newest --python python3.13

The tests are those of the last commit, in a clone outside of this checkout, each end in a fresh environment. The oldest dependencies
are the lower bounds themselves, as pip takes them (`tomli` only where its marker asks for it); the Pythons are the lowest that
`requires-python` allows and the highest of the classifiers, found on `PATH`, in pyenv or by uv.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
TESTING = ("pytest", "pytest-xdist", "hypothesis", "jsonschema", "pre-commit", "syrupy")
"""Of the `dev` extra, what tests import; the linters there would take versions of dependencies from the lower end."""
ENDS = ("lowest", "newest")


def listed(name: str) -> list[str]:
    """A list of requirements in pyproject.toml, with their markers."""
    text = PROJECT[PROJECT.index(f"\n{name} = [") :].split("\n]", 1)[0]
    return re.findall(r'^  "([^"]+)"', text, re.MULTILINE)


def lowest(requirement: str) -> str:
    """A requirement with its lower bound as the only version; its marker stays."""
    found = re.match(r"([A-Za-z0-9_.-]+)>=([0-9.]+)[^;]*(;.*)?$", requirement)
    if found is None:
        raise SystemExit(f"{requirement} has no lower bound")
    return f"{found[1]}=={found[2]}{found[3] or ''}"


def version(end: str) -> str:
    """The Python of an end, such as `3.10`."""
    bound = re.search(r'requires-python = ">=([0-9.]+)"', PROJECT)
    assert bound is not None
    classified = re.findall(r"Python :: (3\.\d+)", PROJECT)
    return bound[1] if end == "lowest" else max(classified, key=lambda v: int(v.split(".")[1]))


def interpreter(wanted: str) -> str:
    """Where a version of Python is."""
    installed = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/{wanted}.*/bin/python")
    for program in (shutil.which(f"python{wanted}"), *map(str, sorted(installed))):
        if (
            program and subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
        ):  # pyenv's shims may lead nowhere
            return program
    if shutil.which("uv"):
        done = subprocess.run(["uv", "python", "find", wanted], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.strip()
    raise SystemExit(f"Python {wanted} is not on PATH, in pyenv or known to uv: name it with --python")


def run(end: str, program: str, arguments: list[str]) -> int:
    """Make the environment, print what is in it, run the tests."""
    wanted = [lowest(d) if end == "lowest" else d for d in listed("dependencies")]
    testing = [d for d in listed("dev") if re.split("[<>=]", d)[0] in TESTING]
    with tempfile.TemporaryDirectory(prefix=f"edalint-{end}-") as name:
        checkout, home = Path(name) / "edalint", Path(name) / "venv"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
        subprocess.run([program, "-m", "venv", str(home)], check=True)
        python = str(home / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--editable", str(checkout), *wanted, *testing], check=True)
        subprocess.run([python, "--version"], check=True)
        subprocess.run([python, "-m", "pip", "list", "--format=freeze"], check=True)
        return subprocess.run([python, "-m", "pytest", *arguments], cwd=checkout, check=False).returncode


def main() -> int:
    """Both ends, or the one that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("end", nargs="?", choices=ENDS, help="the end to test [default: both]")
    parser.add_argument("--python", help="the Python to use, of any version")
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    given = parser.parse_args(words[:cut])
    ends = (given.end,) if given.end else ENDS
    return max(run(end, given.python or interpreter(version(end)), words[cut + 1 :]) for end in ends)


if __name__ == "__main__":
    sys.exit(main())
