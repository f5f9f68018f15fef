"""The file system as a run sees it: everything that an analysis reads or looks for goes through here.

So a run can tell what its result hangs on. While somebody watches, each look is noted with what was seen: the content of a
file, the names in a folder, that a name was not there. Seen again, the same looks give the same result (`cli.memory`).
"""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from edalint.hints import Union
from edalint.model import digests

Named = Union[str, Path]
Look = tuple[str, str]
"""What was looked at, and how: (`content`, path), (`head`, path), (`names`, folder), (`kind`, path), (`place`, path),
(`day`, nothing)."""
HEAD = 400_000
"""Bytes of a file that show what it is."""
LARGEST = 50_000_000
"""Bytes; a larger file is not read. AWS takes templates of 1 MB, and plans are a few MB."""
_PIECE = 1 << 22
"""Bytes asked of the system at once."""
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
UNREADABLE = "unreadable"
CHANGED = "changed"
"""Seen twice, and not the same: no look will see that again."""

_seen: dict[Look, str] | None = None


def watch() -> dict[Look, str]:
    """Begin to note every look and what is seen."""
    global _seen
    _seen = {}
    return _seen


def unwatch() -> None:
    """Note no more."""
    global _seen
    _seen = None


def seen() -> dict[Look, str]:
    """The looks noted so far; none where nobody watches."""
    return _seen or {}


def note(looks: Iterable[tuple[Look, str]]) -> None:
    """Take over looks that another process has noted."""
    for (how, path), what in looks:
        _noted(how, path, what)


def again(look: Look) -> str:
    """What a look sees now."""
    how, path = look
    if how == "day":
        return _day()
    if how == "kind":
        return _kind(path)
    if how == "place":
        return _place(path, os.path.realpath(path))
    if how == "names":
        return _listing(path)
    try:
        return digests.sha256(_read(path, HEAD if how == "head" else 0))
    except (OSError, ValueError):
        return UNREADABLE


def _noted(how: str, path: Named, what: str) -> None:
    if _seen is not None and _seen.setdefault((how, os.fspath(path)), what) != what:
        _seen[how, os.fspath(path)] = CHANGED


# content


def content(path: Named) -> bytes:
    """All bytes of a file. Raises OSError, ValueError."""
    return _bytes("content", path, 0)


def head(path: Named) -> bytes:
    """The first bytes of a file. Raises OSError, ValueError."""
    return _bytes("head", path, HEAD)


def text(path: Named, encoding: str = "utf-8", errors: str = "strict") -> str:
    """The text of a file, line ends as Python reads them. Raises OSError, ValueError."""
    return content(path).decode(encoding, errors).replace("\r\n", "\n").replace("\r", "\n")


def _bytes(how: str, path: Named, size: int) -> bytes:
    try:
        data = _read(path, size)
    except (OSError, ValueError):
        _noted(how, path, UNREADABLE)
        raise
    if _seen is not None:
        _noted(how, path, digests.sha256(data))
    return data


def _read(path: Named, most: int) -> bytes:
    """The bytes of a regular file that is not too large: at most so many, or all for 0.

    Nothing else is opened: to open a pipe waits for who writes to it, a device may never end or does something when it is
    opened. Of what takes a file's place between the look and the opening, no more is read and nobody waits either.
    """
    status = os.stat(path)  # noqa: PTH116 - a name that is a str stays one
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, "is a folder", os.fspath(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "is no regular file", os.fspath(path))
    if status.st_size > LARGEST and not most:
        raise OSError(errno.EFBIG, f"is larger than {LARGEST // 1_000_000} MB", os.fspath(path))
    descriptor = os.open(path, _FLAGS)
    try:
        wanted = min(most or LARGEST, status.st_size or LARGEST)  # what the system makes up (/proc) has no size
        pieces: list[bytes] = []
        while wanted > 0:
            piece = os.read(descriptor, min(wanted, _PIECE))
            if not piece:
                break
            pieces.append(piece)
            wanted -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
    finally:
        os.close(descriptor)


# what there is


def is_file(path: Named) -> bool:
    """Whether there is a regular file, links followed."""
    return kind(path).startswith("file")


def is_folder(path: Named) -> bool:
    """Whether there is a folder, links followed."""
    return kind(path) == "folder"


def exists(path: Named) -> bool:
    """Whether there is anything, links followed."""
    return bool(kind(path))


def kind(path: Named) -> str:
    """`file`, `large file`, `folder`, `other` (devices, pipes), or nothing."""
    found = _kind(path)
    _noted("kind", path, found)
    return found


def _kind(path: Named) -> str:
    try:
        status = os.stat(path)  # noqa: PTH116 - a name that is too long is no error
    except (OSError, ValueError):
        return ""
    if stat.S_ISREG(status.st_mode):
        return "file" if status.st_size <= LARGEST else "file, large"
    return "folder" if stat.S_ISDIR(status.st_mode) else "other"


def regular(path: Named) -> bool:
    """Whether there is a regular file that is not too large to be read."""
    return kind(path) == "file"


def size(path: Named) -> int:
    """Bytes of a file, 0 for what is none; no look, as nothing that a run says may hang on it."""
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except (OSError, ValueError):
        return 0


def place(path: Named, folders: dict[str, str] | None = None) -> str:
    """Where a path leads, links followed. Raises OSError, ValueError.

    `folders`: where folders lead, as found before in the same run; what is found is added.
    """
    real = os.path.realpath(path) if folders is None else _below(os.fspath(path), folders)
    if _seen is not None:
        _noted("place", path, _place(path, real))
    return real


def _below(path: str, folders: dict[str, str]) -> str:
    """Where a path leads, the links to its folder followed once for everything in it."""
    folder, name = os.path.split(path)
    if name in ("", ".", "..") or "\0" in name or os.path.islink(path):  # noqa: PTH114
        return os.path.realpath(path)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return os.path.join(folders[folder], name)  # noqa: PTH118


def _place(path: Named, real: str) -> str:
    """Nothing where no link is on the way, so that it is the same in every checkout."""
    return "" if real == os.path.abspath(path) else real  # noqa: PTH100


def today() -> str:
    """The day of Greenwich, as ISO writes it: what ends on a day hangs on it too."""
    day = _day()
    _noted("day", "", day)
    return day


def _day() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


def below(path: Named, folder: Named) -> bool:
    """Whether a path, links followed, leads to a folder or into it."""
    try:
        real, top = place(path), place(folder)
    except (OSError, ValueError):
        return False
    return real == top or real.startswith(top.rstrip(os.sep) + os.sep)


def work_tree(folder: Path) -> Path | None:
    """The root of the git work tree that a folder is in; None where it is in none."""
    start = Path(os.path.abspath(folder))  # noqa: PTH100 - links stay links
    return next((above for above in (start, *start.parents) if exists(above / ".git")), None)


def project(folder: Path) -> Path:
    """What belongs together with a folder: its git work tree; without one the folder itself."""
    return work_tree(folder) or Path(os.path.abspath(folder))  # noqa: PTH100


# folders


def names(folder: Named) -> list[str]:
    """The names in a folder, in order. Raises OSError."""
    try:
        found = sorted(os.listdir(folder))  # noqa: PTH208
    finally:
        if _seen is not None:
            _noted("names", folder, _listing(folder))
    return found


def walk(top: Named) -> Iterator[tuple[str, list[str], list[str]]]:
    """Folder, folders in it, files in it, from the top down, as `os.walk`; a folder taken out of the list is not gone into."""
    waiting = [os.fspath(top)]
    while waiting:
        folder = waiting.pop()
        try:
            entries = _entries(folder)
        except OSError:
            _noted("names", folder, UNREADABLE)
            continue
        if _seen is not None:
            _noted("names", folder, _digest(entries))
        folders = [name for name, mark in entries if mark.startswith("/")]
        links = {name for name, mark in entries if mark.endswith("@")}
        yield folder, folders, [name for name, mark in entries if not mark.startswith("/")]
        waiting += [os.path.join(folder, name) for name in reversed(folders) if name not in links]  # noqa: PTH118


def files_below(folder: Named, endings: tuple[str, ...]) -> list[Path]:
    """The files with one of these endings anywhere below a folder, in order; hidden ones are left out."""
    found = [Path(here) / name for here, _, files in walk(folder) for name in files if name.endswith(endings) and not name.startswith(".")]
    return sorted(found)


def _listing(folder: Named) -> str:
    try:
        return _digest(_entries(folder))
    except OSError:
        return UNREADABLE


def _entries(folder: Named) -> list[tuple[str, str]]:
    """The names in a folder, each with a mark: `/` for a folder, `@` for a link."""
    with os.scandir(folder) as found:
        return [(entry.name, ("/" if _is_folder(entry) else "") + ("@" if entry.is_symlink() else "")) for entry in found]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _digest(entries: list[tuple[str, str]]) -> str:
    return digests.sha256("\0".join(sorted(name + mark for name, mark in entries)).encode("utf-8", "surrogateescape"))
