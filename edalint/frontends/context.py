"""What every frontend of a run shares: values given, files read, problems found."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from edalint.hints import Any
from edalint.model.findings import Diagnostic
from edalint.model.locations import Document, Location
from edalint.sources import files
from edalint.sources.discovery import HCL_SUFFIXES, display_path
from edalint.sources.files import LARGEST
from edalint.sources.reader import SyntaxProblem, decode, read


class Unreadable(Exception):
    """A file that a template names and that can't be read, with the reason in words."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message, self.code = message, code


class Context:
    """The surroundings of one run."""

    def __init__(
        self,
        root: Path,
        parameters: Mapping[str, Any] | None = None,
        var_files: Iterable[Path] = (),
        region: str | None = None,
        account: str | None = None,
    ) -> None:
        self.root = root
        """The repository's root: display paths count from here, and files outside of the roots are not read."""
        self.roots: list[Path] = [root]
        """Folders whose files may be read: the root, and the folder of each source."""
        self.modules: set[str] = set()
        """Folders outside of the roots that Terraform modules are called from: their HCL may be read, and nothing else there."""
        self.parameters: dict[str, Any] = dict(parameters or {})
        self.var_files = tuple(var_files)
        self.region = region
        self.account = account
        self.diagnostics: list[Diagnostic] = []
        self.named: set[str] = set()
        """Display paths of templates that others nest, and of roots whose plan is read: they are not analysed again on their own."""
        self._places: dict[str, str] = {}
        """A folder whose files were read -> where it is, links followed."""
        self._documents: dict[str, Document | Exception] = {}
        self._admitted = {root}
        self._real_roots = {files.place(root)}
        """Where the folders of `roots` are, links followed."""

    def display(self, path: Path) -> str:
        """A path as reports print it."""
        return display_path(path, self.root)

    def admit(self, folder: Path) -> None:
        """Allow files below a folder to be read."""
        if folder not in self._admitted:
            self._admitted.add(folder)
            self.roots.append(folder)
            self._real_roots.add(files.place(folder))

    def admit_module(self, folder: Path) -> None:
        """Allow the HCL directly in a folder to be read: a module's source may climb above the root (`../../`)."""
        if not self.inside(folder):
            self.modules.add(files.place(folder))

    def read(self, path: Path) -> Document:
        """The document of a YAML or JSON file, read once. Raises `SyntaxProblem` or `Unreadable`."""
        key = os.path.normpath(os.path.join(os.getcwd(), path))  # noqa: PTH109, PTH118
        found = self._documents.get(key)
        if found is None:
            try:
                found = read(self.display(path), self.text(path))
            except (SyntaxProblem, Unreadable) as problem:
                found = problem
            self._documents[key] = found
        if isinstance(found, Exception):
            raise found
        return found

    def text(self, path: Path) -> str:
        """The text of a file inside the roots. Raises `Unreadable`."""
        if not self.inside(path) and not self._of_module(path):
            raise Unreadable(f"{path} is outside of {self.root}, so it is not read", "outside-root")
        try:
            if not files.is_file(path) or not _same_case(path):
                raise Unreadable(f"there is no file {self.display(path)}", "missing-file")
            if not files.regular(path):
                raise Unreadable(f"{self.display(path)} is larger than {LARGEST // 1_000_000} MB", "too-large")
            return decode(files.content(path))
        except (OSError, ValueError) as error:  # ValueError: a null character in the name
            raise Unreadable(f"{path} can't be read: {getattr(error, 'strerror', None) or error}", "unreadable") from None

    def inside(self, path: Path) -> bool:
        """Whether a file, links followed, is below one of the roots."""
        try:
            real = files.place(path, self._places)
        except (OSError, ValueError):
            return False
        while real not in self._real_roots:
            above = os.path.dirname(real)  # noqa: PTH120
            if above == real:
                return False
            real = above
        return True

    def holds_module(self, folder: Path) -> bool:
        """Whether a folder's HCL may be read."""
        return self.inside(folder) or files.place(folder) in self.modules

    def _of_module(self, path: Path) -> bool:
        """Whether a file, links followed, is HCL of a module outside of the roots."""
        if not self.modules or "\0" in str(path):
            return False
        folder, name = os.path.split(files.place(path))
        return folder in self.modules and name.endswith(HCL_SUFFIXES)

    def diagnose(self, location: Location | None, message: str, code: str, severity: str = "warning", path: str = "") -> None:
        """Note that something could not be read or decided; the same thing is noted once."""
        place = location or Location(path, 1, 1, 1, 2)
        diagnostic = Diagnostic(place.path, place.line, place.column, severity, message, code)
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def diagnose_syntax(self, problem: SyntaxProblem, severity: str = "error") -> None:
        """Note a file that is not what it should be."""
        place = Location(problem.path, problem.line, problem.column, problem.line, problem.column + 1)
        self.diagnose(place, problem.message, "syntax", severity)


def _same_case(path: Path) -> bool:
    """Whether the file is called exactly so: some file systems find `Child.yaml` for `child.yaml`, AWS never does."""
    if sys.platform not in ("win32", "darwin"):
        return True
    return path.name in files.names(path.parent)
