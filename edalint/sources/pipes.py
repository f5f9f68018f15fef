"""What somebody pipes in under a name: `--parameters <(sops -d live.json)`, or `/dev/stdin` behind a `|`.

Only what the person at the command line names is read so; under a name that a template or a configuration gives, a pipe stays
as good as unreadable (`sources.files`). A pipe gives its bytes once, and who writes to it may never end: both are bounded.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from pathlib import Path

from edalint.sources import files

PATIENCE = 60.0
"""Seconds from the opening to the end of what is written: enough for a program that asks for a second factor."""
_PIECE = 1 << 16
"""Bytes asked of the system at once: what a pipe holds."""


def is_pipe(path: Path) -> bool:
    """Whether a path leads to a pipe, named or not."""
    if files.kind(path) != "other":
        return False
    try:
        return stat.S_ISFIFO(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def content(path: Path) -> bytes:
    """All that is written to a pipe. Raises OSError: too much, or no end in time."""
    files.note([(("content", os.fspath(path)), files.CHANGED)])  # nobody will see it again: such a run is not kept
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # to open one that nobody writes to would wait
    try:
        return _all(descriptor, path)
    finally:
        os.close(descriptor)


def _all(descriptor: int, path: Path) -> bytes:
    import select

    end = time.monotonic() + PATIENCE
    pieces: list[bytes] = []
    size = 0
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while size <= files.LARGEST:
        left = end - time.monotonic()
        # a named pipe that nobody has opened for writing yet is silent: a read would take that for its end
        if left <= 0 or not poll.poll(left * 1000):
            raise OSError(errno.ETIMEDOUT, f"is a pipe that has not ended within {PATIENCE:g} seconds", os.fspath(path))
        try:
            piece = os.read(descriptor, _PIECE)
        except BlockingIOError:  # another reader was faster
            continue
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
    raise OSError(errno.EFBIG, f"is larger than {files.LARGEST // 1_000_000} MB", os.fspath(path))
