"""Things computed once from files and kept: tables compiled into the wheel, else a cache keyed by content.

The cache may be deleted at any time and shared between runs; a file in it that can't be read is made again. It holds JSON,
nothing that runs.
"""

from __future__ import annotations

import marshal
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from stat import S_ISREG

from edalint.hints import Any

COMPILED = Path(__file__).parent / "_compiled"
"""Tables that the wheel's build makes (`hatch_build.py`); absent in a checkout."""
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder may be deleted at any time. It holds what edalint has computed once.\n"
"""What backup programs know a cache by (https://bford.info/cachedir/)."""
LARGEST = 64_000_000
"""Bytes of a file that is read from the cache."""
ABANDONED = 3600
"""Seconds after which a file that is still being written is one whose writer was killed."""
enabled = True
"""Whether anything is read from the cache or written to it."""


def cache_folder() -> Path:
    """`$EDALINT_CACHE_DIR`, else `edalint` in the user's cache folder. Raises OSError for a user without a home.

    https://specifications.freedesktop.org/basedir-spec/latest/ says that a folder which is not absolute does not count.
    """
    chosen = os.environ.get("EDALINT_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if os.name == "nt" else None)
    if base and os.path.isabs(base):  # noqa: PTH117 - nothing else is made of it
        return Path(base) / "edalint"
    try:
        return Path.home() / ".cache" / "edalint"
    except RuntimeError as error:  # no HOME, and a user that the system does not know
        raise OSError(str(error)) from error


def stamp(files: Iterable[Path]) -> str:
    """A key for the content of files: their names, sizes and times of change, with the version of Python."""
    rows = [sys.implementation.cache_tag or ""]
    for file in files:
        status = file.stat()
        rows.append(f"{file}:{status.st_size}:{status.st_mtime_ns}")
    import hashlib

    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:32]


def ready(name: str) -> Any:
    """A table that the wheel carries; None in a checkout."""
    try:
        return marshal.loads((COMPILED / f"{name}.bin").read_bytes())
    except (OSError, ValueError, EOFError, TypeError):
        return None


def table(name: str, files: Callable[[], list[Path]], build: Callable[[], Any], sound: Callable[[Any], bool] = bool) -> Any:
    """A table of plain values (what `marshal` can write), built once for the files that it is made from.

    `files` names the sources, `build` makes the table from them. A wheel carries it ready-made and looks at no source.
    A table that is not `sound` is made anew each time: what was wrong may lie outside its files.
    """
    value = ready(name)
    if value is not None:
        return value
    key = f"{name}-{stamp(files())}"
    value = kept("tables", key)
    if value is not None and sound(value):
        return value
    value = build()
    if sound(value):
        keep("tables", key, value)
    return value


def kept(kind: str, key: str) -> Any:
    """What was kept under a key, which names all of its content; None where nothing readable is. Whoever asks looks it through."""
    if not enabled:
        return None
    import json

    try:
        return _thawed(json.loads(content(cache_folder() / kind / f"{key}.json")))
    except (OSError, ValueError, RecursionError):
        return None


def content(path: Path | str) -> bytes:
    """The bytes of a file of the cache. Raises OSError, of what is no file too: nobody waits for a pipe."""
    status = os.lstat(path)
    if not S_ISREG(status.st_mode) or status.st_size > LARGEST:
        raise OSError(f"{path} is no file of the cache")
    with open(path, "rb") as file:  # noqa: PTH123 - a name that is a str stays one
        return file.read(LARGEST)


def keep(kind: str, key: str, value: Any) -> None:
    """Keep a plain value; one that is not plain is not kept."""
    if not enabled:
        return
    import json

    try:
        text = json.dumps(_frozen(value), separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return
    write((kind, f"{key}.json"), text.encode())


def _frozen(value: Any) -> Any:
    """A value as JSON can say it: a tuple is an object with the empty key."""
    if isinstance(value, tuple):
        return {"": [_frozen(element) for element in value]}
    if isinstance(value, list):
        return [_frozen(element) for element in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) and key for key in value):
            raise TypeError("a key that is no word")
        return {key: _frozen(element) for key, element in value.items()}
    return value


def _thawed(value: Any) -> Any:
    if isinstance(value, list):
        return [_thawed(element) for element in value]
    if isinstance(value, dict):
        if "" in value:
            return tuple(_thawed(element) for element in value[""]) if isinstance(value[""], list) else ()
        return {key: _thawed(element) for key, element in value.items()}
    return value


def write(place: tuple[str, ...], content: bytes) -> None:
    """Write a file of the cache so that no reader ever sees half of it; a cache that can't be written is no error.

    Many may write to one folder, and on several machines: each writes a file of its own, and the last name given counts.
    """
    try:
        top = cache_folder()
        _make(top)
        path = top.joinpath(*place)
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        _put(path, content)
    except OSError:
        pass


def _put(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


_swept: set[Path] = set()


def _sweep(folder: Path) -> None:
    """Take away what writers that were killed have left in a folder; looked for once in a process."""
    if folder in _swept:
        return
    _swept.add(folder)
    with os.scandir(folder) as found:
        left = [entry for entry in found if entry.name.endswith(".tmp")]
    for entry in left:
        try:
            if entry.stat(follow_symlinks=False).st_mtime < time.time() - ABANDONED:
                os.unlink(entry.path)  # noqa: PTH108
        except OSError:  # its writer, or another sweeper, was faster
            continue


def _make(folder: Path) -> None:
    """Make the cache folder: its user's alone, with marks that leave it out of backups and of git."""
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "CACHEDIR.TAG").write_text(TAG, "utf-8")
    (folder / ".gitignore").write_text("*\n", "utf-8")
