"""What is wrong with policies, each mistake with its line and a mark under the character."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from edalint.cli.inputs import say
from edalint.hints import TYPE_CHECKING, NoReturn
from edalint.model.terminal import harmless
from edalint.sources import files

if TYPE_CHECKING:
    from edalint.policy.rulefile import PolicyError, Problem


def refuse(error: PolicyError) -> NoReturn:
    """Say every mistake and end with status 2."""
    for problem in error.problems:
        for line in _shown(problem):
            say(line)
    sys.exit(2)


def _shown(problem: Problem) -> list[str]:
    head = f"{_near(problem.path)}:{problem.line}:{problem.column}: error: {problem.message}"
    try:
        line = files.text(problem.path).split("\n")[problem.line - 1].rstrip()
    except (OSError, ValueError, IndexError):
        return [head]
    if not line or len(line) > 200:
        return [head]
    gutter = f"{problem.line} | "
    before = len(harmless(line[: problem.column - 1]))
    return [head, f"{gutter}{line}", f"{' ' * (len(gutter) - 2)}| {' ' * before}^"]


def _near(path: str) -> str:
    """The path from the working folder, where it is below it."""
    try:
        return Path(path).relative_to(os.getcwd()).as_posix()  # noqa: PTH109
    except ValueError:
        return path
