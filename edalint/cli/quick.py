"""Command lines of `check` that can be read without click: paths, and options whose values need no look at the disk.

Whatever is not plainly one of these is left to click, errors above all: what this module accepts means to click the
same, and a test holds both together.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from edalint.cli.checking import CHOICES
from edalint.cli.checking import run as check
from edalint.cli.names import is_path
from edalint.hints import Any, NoReturn

WORDS = {"--region": "region", "--account": "account", "--since": "since", "--stdin-filename": "stdin_filename"}
"""Options with one value; the last one given counts."""
LISTS = {
    "--exclude": "exclude", "--parameters": "parameters", "--var-file": "var_file", "--format": "formats",
    "--select": "select", "--only": "only", "--ignore": "ignore", "--environment": "environment",
}  # fmt: skip
"""Options that may be repeated."""
CHOSEN = {"--fail-on": "fail_on", "--min-confidence": "min_confidence", "--color": "colors", "--profile": "profile"}
FLAGS = {
    "--strict": "strict", "--show-unknown": "show_unknown", "--statistics": "statistics", "--show-files": "show_files",
    "--no-suppressions": "no_suppressions", "--fix": "fix", "--diff": "diff", "--unsafe-fixes": "unsafe_fixes", "--hook": "hook",
    "--schema": "schema", "--no-cache": "no_cache",
}  # fmt: skip
NUMBERS = {"--jobs": "jobs"}
"""Options whose value is a number from one on."""
FILES = {"--config": "config", "--baseline": "baseline"}
"""Options whose value is a file; read here where there is one."""
POLICIES = "--policies"


def arguments(words: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any] | None:
    """What click would hand to `check`; None where that is click's to say."""
    variables = (name for name in environment if name.startswith(("EDALINT_", "_EDALINT_")) and name != "EDALINT_CACHE_DIR")
    if not words or os.name == "nt" or any(variables):
        return None  # on Windows click expands `*` in arguments
    if words[0] == "check":
        words = words[1:]
    elif words[0].startswith("--") or not is_path(words[0]):
        return None
    found: dict[str, Any] = {**dict.fromkeys(WORDS.values()), **dict.fromkeys(FLAGS.values(), False)}
    found.update(dict.fromkeys((*CHOSEN.values(), *NUMBERS.values(), *FILES.values())), colors="auto")
    lists: dict[str, list[str]] = {name: [] for name in LISTS.values()}
    paths: list[Path] = []
    policies: list[Path] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            if not word:
                return None
            paths.append(Path(word))
        elif word in FLAGS:
            found[FLAGS[word]] = True
        else:
            option, has_value, value = word.partition("=")
            if not has_value:
                value = next(rest, "-")
            if value.startswith("-"):
                return None  # an option without its value, or one that looks like it
            if option in LISTS:
                lists[LISTS[option]].append(value)
            elif option in WORDS:
                found[WORDS[option]] = value
            elif option in NUMBERS and value.isascii() and value.isdigit() and int(value) > 0:
                found[NUMBERS[option]] = int(value)
            elif option in FILES and Path(value).is_file() and os.access(value, os.R_OK):
                found[FILES[option]] = Path(value)
            elif option == POLICIES and os.access(value, os.R_OK):
                policies.append(Path(value))
            elif option in CHOSEN and value in CHOICES[option]:
                found[CHOSEN[option]] = value
            else:
                return None
    return {**found, **{name: tuple(values) for name, values in lists.items()}, "paths": tuple(paths), "policies": tuple(policies)}


def run(given: dict[str, Any]) -> NoReturn:
    """Check, and end the process with what is left of it: nobody else needs it taken apart."""
    try:
        check(given)
        status: object = 0
    except SystemExit as end:
        status = end.code
    except KeyboardInterrupt:
        sys.stderr.write("Aborted!\n")
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else 0)
