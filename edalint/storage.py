"""Things computed once from files and kept: tables compiled into the wheel, else a cache keyed by content.

The cache may be deleted at any time and shared between runs; a file in it that can't be read is made again.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from edalint.hints import Any

COMPILED = Path(__file__).parent / "_compiled"
"""Tables that the wheel's build makes (`hatch_build.py`); absent in a checkout."""


def cache_folder() -> Path:
    """`$EDALINT_CACHE_DIR`, else `edalint` in the user's cache folder."""
    chosen = os.environ.get("EDALINT_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    return Path(base) / "edalint" if base else Path.home() / ".cache" / "edalint"


def stamp(files: Iterable[Path]) -> str:
    """A key for the content of files: their names, sizes and times of change, with the version of Python."""
    rows = [sys.implementation.cache_tag or ""]
    for file in files:
        status = file.stat()
        rows.append(f"{file}:{status.st_size}:{status.st_mtime_ns}")
    import hashlib

    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:32]


def table(name: str, files: Callable[[], list[Path]], build: Callable[[], Any], sound: Callable[[Any], bool] = bool) -> Any:
    """A table of plain values (what `marshal` can write), built once for the files that it is made from.

    `files` names the sources, `build` makes the table from them. A wheel carries it ready-made and looks at no source.
    A table that is not `sound` is made anew each time: what was wrong may lie outside its files.
    """
    ready = COMPILED / f"{name}.bin"
    try:
        return marshal.loads(ready.read_bytes())
    except (OSError, ValueError, EOFError, TypeError):
        pass
    kept = cache_folder() / f"{name}-{stamp(files())}.bin"
    try:
        value = marshal.loads(kept.read_bytes())
        if sound(value):
            return value
    except (OSError, ValueError, EOFError, TypeError, KeyError):
        pass
    value = build()
    if sound(value):
        write(kept, marshal.dumps(value))
    return value


def write(path: Path, content: bytes) -> None:
    """Write a cache file so that no reader ever sees half of it; a cache that can't be written is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError:
        pass
