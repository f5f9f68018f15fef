"""What the commands are called, where they are, and when a word is none of them but something to check."""

from __future__ import annotations

from pathlib import Path

COMMANDS = {
    "check": "check:check",
    "graph": "graph:graph",
    "diagram": "diagram:diagram",
    "report": "report:report",
    "diff": "diff:diff",
    "rules": "rules:rules",
    "explain": "rules:explain",
    "facts": "rules:facts",
    "policy": "policy:policy",
    "baseline": "baseline:baseline",
    "init": "init:init",
    "completion": "completion:completion",
}
"""Name -> module of this package and function, in the order of the help."""


def is_path(word: str) -> bool:
    """Whether a first word that names no command is a path to check."""
    if word in COMMANDS or not word:
        return False
    try:
        return word == "-" or Path(word).exists()
    except OSError:  # a name that is too long, among others
        return False
