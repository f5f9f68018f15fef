"""The command line: arguments in, one function called, text out, an exit status.

`quick` reads the plainest command lines; `commands` are all of them, read by click, whose import takes as long as the
analysis of a small template.
"""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """The entry point of the command."""
    # A run makes many small objects and few cycles: over 1,000 templates it ends before the first search.
    gc.set_threshold(1_000_000, 50, 50)
    try:
        _run()
    except BrokenPipeError:  # the reader went away (`| head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _run() -> None:
    from edalint.cli import quick

    try:
        os.getcwd()  # noqa: PTH109 - every relative path hangs on it, and any of them would be a traceback
    except OSError as error:
        from edalint.cli.inputs import fail

        fail(f"the working folder can't be entered: {error.strerror or error}")
    arguments = quick.arguments(sys.argv[1:], os.environ)
    if arguments is None:
        from edalint.cli.commands import cli

        cli(prog_name="edalint")
    else:
        quick.run(arguments)
