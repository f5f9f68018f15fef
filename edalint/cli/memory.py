"""A `check` that was made before: its reports and exit status, where all that it looked at is as it was.

A run is a function of its command line, of the program, and of what it saw of the file system, all of which goes through
`sources.files`. So a run is kept with every look that it took; another run with the same command line takes the looks again,
and where they show the same, says the same. Nothing is analysed then, nor even searched for.

A run may be kept by anybody who may write to the cache folder, which lies inside of what is analysed where somebody has put it
there, and nowhere else. What is read from it is text to print and nothing that runs, and whatever is not exactly of the expected
shape is as good as absent. Looks are
relative to the git work tree, so that another checkout or machine finds them; a run that looked outside of it holds there alone.
"""

# Paths are text here: there are thousands of them, and a run recalled has little else to do.
# ruff: noqa: PTH109, PTH117, PTH118, PTH123, PTH208

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from stat import S_ISREG

from edalint import storage
from edalint.cli import inputs
from edalint.hints import Any
from edalint.model import digests
from edalint.sources import files

KIND = "runs"
SHAPE = "edalint run 1"
"""Of a kept run; another shape is another run's."""
WORTH = 0.15
"""CPU seconds from which a run is kept: to keep and to recall a shorter one takes as long as to make it."""
MOST_WORLDS = 8
"""Runs of one command line that are kept: the branches between which somebody changes."""
LARGEST = 64_000_000
"""Bytes of a run that is kept, unpacked."""
LIMIT = 256_000_000
"""Bytes of the whole cache folder; what was used longest ago goes first."""
LIBRARIES = ("edalint-", "networkx-", "pathspec-", "pyyaml-", "tomli-", "tree_sitter")
"""Installed packages whose versions may change a result."""
NOT_KEPT = ("fix", "diff", "since", "schema", "show_files", "no_cache")
"""Options of runs that write templates, ask other programs, or have nothing to gain."""


class Memory:
    """What is known of one command line in one place."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.here = os.getcwd()
        self.anchor = str(files.work_tree(Path(self.here)) or "")
        self.key = digests.sha256("\0".join(self._command(arguments)).encode("utf-8", "surrogatepass"))
        self.name = self.key[:40]
        self.folder = storage.cache_folder() / KIND / self.name
        self.targets = {"output", "error", *(f"={text.partition('=')[2]}" for text in arguments["formats"] if "=" in text)}
        """Where a run may say something: a kept one that writes elsewhere is none of ours."""
        self._program = ""

    def _command(self, arguments: dict[str, Any]) -> list[str]:
        said = {k: v for k, v in arguments.items() if k not in ("jobs", "no_cache")}  # neither changes what is found
        absolute = any(os.path.isabs(word) for value in said.values() for word in _words(value))
        at = self.here if absolute or not self.anchor else os.path.relpath(self.here, self.anchor)
        shown = (inputs.color(arguments["colors"]), inputs.width())
        return [
            SHAPE,
            f"{sys.implementation.name} {sys.version_info[:3]}",
            sys.platform,
            *_libraries(),
            at,
            repr(shown),
            *(f"{k}={_words(v)}" for k, v in sorted(said.items())),
        ]

    @property
    def program(self) -> str:
        """What edalint itself is: asked only where something is kept."""
        self._program = self._program or _program()
        return self._program

    # recalling

    def recall(self) -> int | None:
        """Say what the same run has said, and its exit status; None where there was none."""
        kept = sorted((row for row in _sizes(self.folder) if row[2].endswith(".run")), reverse=True)
        seen: dict[tuple[str, str], str] = {}
        for _, _, path in kept[: 2 * MOST_WORLDS]:
            run = _unpacked(path)
            if run is not None and run["program"] == self.program and self._as_it_was(run, seen):
                _quietly(os.utime, path)
                for where, text in run["said"]:
                    _say(where, text)
                return int(run["status"])
        return None

    def _as_it_was(self, run: dict[str, Any], seen: dict[tuple[str, str], str]) -> bool:
        if run["at"] not in ("", self.here) or not all(where in self.targets for where, _ in run["said"]):
            return False
        for how, path, what in run["looks"]:
            look = (how, path)
            if look not in seen:
                seen[look] = self._portable(how, files.again((how, self._absolute(path))))
            if seen[look] != what:
                return False
        return True

    # keeping

    def keep(self, status: int, said: list[tuple[str, str]], seen: dict[files.Look, str]) -> None:
        """Keep a run with what it saw, where that is worth it and can be trusted to be all."""
        if time.process_time() < WORTH or sum(len(text) for _, text in said) > LARGEST // 2:
            return
        looks = []
        bound = not self.anchor
        own = tuple(f"{folder}{os.sep}" for folder in _own_folders())
        for (how, path), what in seen.items():
            if f"{path}{os.sep}".startswith(own):
                continue  # what `program` stands for
            if what == files.UNREADABLE and os.path.lexists(path):
                return  # permissions, a full disk, a device: not ours to foresee
            if files.again((how, path)) != what:
                return  # it has changed while the run ran
            bound = bound or not self._inside(path) or (how == "place" and not self._inside(what or path)) or self._names_place(how, path)
            looks.append((how, self._relative(path), self._portable(how, what)))
        bound = bound or (bool(self.anchor) and any(self.anchor in text for _, text in said))
        run = {"status": status, "said": said, "program": self.program, "at": self.here if bound else "", "looks": looks}
        name = digests.sha256(repr(sorted(looks)).encode("utf-8", "surrogatepass"))[:40]
        content = _packed(run)
        if content is not None:
            storage.write((KIND, self.name, f"{name}.run"), content)
            _leave(self.folder, MOST_WORLDS)
            if name.startswith("0") or len(content) > LIMIT // 64:
                trim()

    def _names_place(self, how: str, path: str) -> bool:
        """Whether a small file says where the work tree lies: what it leads to lies elsewhere in another one."""
        if how not in ("content", "head"):
            return False
        try:
            with open(path, "rb") as file:
                return os.fsencode(self.anchor) in file.read()
        except (OSError, ValueError):
            return False

    # paths as they are kept: `/` and the rest below the work tree's root, `//` and the rest outside of it; relative ones as they are

    def _relative(self, path: str) -> str:
        if not os.path.isabs(path):
            return path
        if self.anchor and (path == self.anchor or path.startswith(self.anchor + os.sep)):
            return "/" + path[len(self.anchor) :].lstrip(os.sep)
        return "//" + path

    def _absolute(self, path: str) -> str:
        if path.startswith("//"):
            return path[2:]
        return os.path.join(self.anchor, path[1:]) if path.startswith("/") else path

    def _portable(self, how: str, what: str) -> str:
        return self._relative(what) if how == "place" and what else what

    def _inside(self, path: str) -> bool:
        full = os.path.normpath(os.path.join(self.here, path))
        return full == self.anchor or full.startswith(self.anchor + os.sep)


def memory_of(arguments: dict[str, Any]) -> Memory | None:
    """The memory of a command line; None where its runs are not kept."""
    if not storage.enabled or any(arguments[option] for option in NOT_KEPT) or any(str(path) == "-" for path in arguments["paths"]):
        return None
    try:
        return Memory(arguments)
    except (OSError, RuntimeError, ValueError):  # no working folder, no home, a null character
        return None


def _words(value: Any) -> list[str]:
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    return [part for v in values for part in str(v).split("=")]


def _say(where: str, text: str) -> None:
    if where == "error":
        inputs.say(text)
    else:
        inputs.write(text, Path(where[1:]) if where.startswith("=") else None)


# what the program is


def _libraries() -> list[str]:
    """Names and versions of the packages that a result hangs on, as the names of their folders say them."""
    found: list[str] = []
    for folder in sys.path:
        if folder.endswith("-packages"):
            try:
                names = os.listdir(folder)
            except OSError:
                continue
            found += [n for n in names if n.lower().startswith(LIBRARIES) and n.endswith((".dist-info", ".egg-info"))]
    return sorted(found)


def _own_folders() -> list[Path]:
    """Where edalint's code and rules are: the rules inside the package in a wheel, beside it in a checkout."""
    package = storage.COMPILED.parent
    return [package] if (package / "rules").is_dir() else [package, package.parent / "rules"]


def _program() -> str:
    """A wheel's record of its files, which is the same on every machine; of a checkout its files' sizes and times."""
    package = storage.COMPILED.parent
    if storage.COMPILED.is_dir():
        for folder in package.parent.glob("edalint-*.dist-info"):
            try:
                lines = (folder / "RECORD").read_text("utf-8").splitlines()
            except (OSError, ValueError):
                continue
            return digests.sha256("\n".join(sorted(n for n in lines if n.startswith("edalint/") and ".pyc," not in n)).encode())
    found = [p for top in _own_folders() for p in top.rglob("*") if p.suffix in (".py", ".yaml", ".yml", ".bin")]
    return storage.stamp(sorted(found))


# files of the cache


def _packed(run: dict[str, Any]) -> bytes | None:
    import json
    import zlib

    text = json.dumps(run, separators=(",", ":")).encode()
    if len(text) > LARGEST:
        return None
    return f"{SHAPE} {digests.sha256(text)}\n".encode() + zlib.compress(text, 1)


def _unpacked(path: str) -> dict[str, Any] | None:
    """A kept run; None for whatever is not exactly one."""
    import json
    import zlib

    try:
        head, _, data = storage.content(path).partition(b"\n")
        text = zlib.decompressobj().decompress(data, LARGEST)
        if head != f"{SHAPE} {digests.sha256(text)}".encode():
            return None
        run = json.loads(text)
    except (OSError, ValueError, RecursionError, MemoryError, zlib.error):
        return None
    return run if _is_run(run) else None


def _is_run(run: Any) -> bool:
    return (
        isinstance(run, dict)
        and run.get("status") in (0, 1, 2)
        and all(isinstance(run.get(key), str) for key in ("program", "at"))
        and _are_rows(run.get("said"), 2)
        and _are_rows(run.get("looks"), 3)
        and bool(run["looks"])
    )


def _are_rows(rows: Any, length: int) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, list) and len(row) == length and all(isinstance(cell, str) for cell in row) for row in rows
    )


def _quietly(act: Callable[[str], object], path: str) -> None:
    """Do something with a file of the cache that another process may have taken away."""
    try:
        act(path)
    except OSError:
        return


def _leave(folder: Path, count: int) -> None:
    """Leave the runs of a command line that were used last."""
    for _, _, path in sorted(_sizes(folder), reverse=True)[count:]:
        _quietly(os.unlink, path)


def trim(limit: int = LIMIT) -> None:
    """Bring the cache folder down to three quarters of its limit where it is beyond it, and take empty folders away."""
    top = storage.cache_folder()
    found = sorted((row for folder in _below(top) for row in _sizes(folder)), reverse=True)
    if sum(_room(size) for _, size, _ in found) <= limit:
        return
    total = 0
    for _, size, path in found:
        total += _room(size)
        if total > limit * 3 // 4:
            _quietly(os.unlink, path)
    for folder in _below(top / KIND)[:0:-1]:
        _quietly(os.rmdir, str(folder))


def _room(size: int) -> int:
    """What a file takes on a disk, whose blocks have 4096 bytes nearly everywhere: without it, many small ones would count for little."""
    return (size + 4095) & ~4095


def _below(top: Path) -> list[Path]:
    return [Path(folder) for folder, _, _ in os.walk(top)]


def _sizes(folder: Path) -> list[tuple[float, int, str]]:
    """Time of last use, size and path of what the cache keeps in a folder, and of what a broken run has left."""
    rows: list[tuple[float, int, str]] = []
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if entry.name.endswith((".run", ".json", ".tmp"))]
    except OSError:
        return rows
    for entry in entries:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:  # another process has taken it away
            continue
        if S_ISREG(status.st_mode):
            rows.append((status.st_mtime, status.st_size, entry.path))
    return rows
