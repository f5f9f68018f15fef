"""What a person sees while a long run runs: one line on standard error, gone when the run is done."""

from __future__ import annotations

import os
import sys
import time

PATIENCE = 0.7
"""Seconds before anything is shown."""
EVERY = 0.1


class Progress:
    """Says which input is read; silent where nobody looks at standard error, or where the terminal can't take a line back."""

    def __init__(self) -> None:
        self.started = self.last = time.monotonic()
        self.shown = False
        self.on = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")

    def __call__(self, number: int, total: int, name: str) -> None:
        """Input `number` of `total` begins."""
        now = time.monotonic()
        if not self.on or now - self.started < PATIENCE or now - self.last < EVERY:
            return
        from edalint.model.terminal import harmless

        self.last, self.shown = now, True
        try:
            columns = os.get_terminal_size(sys.stderr.fileno()).columns
        except OSError:
            columns = 80
        line = f"reading {number} of {total}: {harmless(name)}"
        sys.stderr.write(f"\r\x1b[K{line[: max(columns - 1, 20)]}")
        sys.stderr.flush()

    def done(self) -> None:
        """Take the line back."""
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
