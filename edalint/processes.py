"""Work that several processes share.

They are forked, so that nothing has to be handed to them: each is a copy of this one. What they make comes back pickled through a
pipe, and with it what they looked at in the file system, for the cache.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence

from edalint.hints import Any
from edalint.sources import files

MOST = 8
"""Processes that are started by default; more gain little, as what they make has to be put together by one."""


def useful(asked: int, pieces: int) -> int:
    """How many processes are to share work that has so many pieces worth a process: as many as the user asks for, or where that is 0
    as many as this one may use the processors of. One where there is no fork.
    """
    if not hasattr(os, "fork"):
        return 1
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return asked or max(1, min(processors, MOST, pieces))


def together(here: Callable[[], Any], others: Sequence[Callable[[], Any]]) -> tuple[Any, list[Any]]:
    """What `here` makes in this process, and what each of the others makes in one of its own: None where that does not end well."""
    if not hasattr(os, "fork"):
        return here(), [None for _ in others]
    from pickle import dumps, loads

    gc.freeze()  # what is there stays as it is, so that the processes share its memory
    started = [_start(work, dumps) for work in others]
    made = here()
    ended = [_end(*process, loads) for process in started]
    gc.unfreeze()
    return made, ended


def _start(work: Callable[[], Any], dumps: Callable[..., bytes]) -> tuple[int, int]:
    """A process that does the work: its id, and the pipe that the result comes through."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child:
        os.close(sending)
        return child, receiving
    status = 1
    try:
        os.close(receiving)
        result = dumps((work(), files.seen()), -1)  # all of it before the pipe is full
        with os.fdopen(sending, "wb") as pipe:
            pipe.write(result)
        status = 0
    finally:
        os._exit(status)  # nothing of what the parent has buffered or registered is done twice


def _end(child: int, receiving: int, loads: Callable[[bytes], Any]) -> Any:
    """What a process made; None where it did not end well."""
    with os.fdopen(receiving, "rb") as pipe:
        sent = pipe.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        return None
    made, looks = loads(sent)  # written by our own process, through a pipe of our own
    files.note(looks.items())
    return made
