"""What is to be analysed: templates, cloud assemblies, plans, states and root modules under the paths given.

Content decides, never a name: a template is what has `AWS::` types under `Resources`, wherever it lies. What discovery
meets and does not know (Helm charts, package.json) is passed over; what was named must be something to analyse.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from edalint.model.findings import Diagnostic
from edalint.model.lazy import pattern
from edalint.model.records import NamedTuple
from edalint.sources import files
from edalint.sources.files import LARGEST

SKIPPED_FOLDERS = frozenset(
    {
        ".git", ".hg", ".svn", "node_modules", ".venv", "venv", ".terraform", ".aws-sam", "__pycache__", ".tox", ".nox",
        ".mypy_cache", ".pytest_cache", ".ruff_cache", "site-packages", ".terragrunt-cache", ".idea", ".vscode", ".eggs",
    }
)  # fmt: skip
TEMPLATE_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".template", ".tfstate"})
HCL_SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
_RESOURCES = pattern(rb"""^["']?Resources["']?\s*:""", re.MULTILINE)
"""At the left margin: a template inside another file (an example of a policy, a ConfigMap) is none."""
_RESOURCES_OF_JSON = pattern(rb'[{,]\s*"Resources"\s*:')
_AWS_TYPE = pattern(rb"""["']?Type["']?\s*:\s*["']?(?:AWS::|Custom::|Alexa::)""")
_PLAN = pattern(rb'"(?:planned_values|resource_changes)"\s*:')
_STATE = pattern(rb'"(?:terraform_version|lineage)"\s*:')
_VERSION = pattern(rb'"version"\s*:\s*\d')
_MODULE_SOURCE = pattern(r'''(?:^\s*source\s*=|"source"\s*:)\s*"(\.{1,2}/[^"]*|\.{1,2})"''', re.MULTILINE)
"""In Terraform's HCL and in its JSON."""
_AWS_BLOCK = pattern(r'^\s*(?:resource|data)\s+"?(?:aws|awscc)_|^\s*module\s+"?', re.MULTILINE)
_MARKUP = pattern(r"{%|{{(?!resolve:)")


class Source(NamedTuple):
    """One thing to analyse."""

    kind: str
    """`cloudformation`, `cdk` (a cloud assembly's folder), `terraform` (a root module's folder), `terraform-plan`, `terraform-state`."""
    path: Path
    display: str
    """Relative to the repository's root, with `/`."""
    named: bool
    """It was named, not found: what is wrong with it is an error."""
    text: str | None = None
    """The file's text where it has been read already."""


class Discovery(NamedTuple):
    """What was found under the paths."""

    sources: list[Source]
    diagnostics: list[Diagnostic]
    passed_over: list[str]
    root: Path
    """From which display paths count: the repository's root, else the working folder, else the inputs' common folder."""


def discover(paths: Iterable[Path], *, exclude: Iterable[str] = (), root: Path | None = None) -> Discovery:
    """Find what is to be analysed under files and folders, in a stable order, each thing once."""
    given = list(paths)
    base = root or repository_root(given)
    found = _Search(base, tuple(exclude))
    for path in given:
        found.add_named(path)
    return found.result()


def repository_root(paths: list[Path]) -> Path:
    """The git work tree of the first path; else the working folder if all paths are in it; else their common folder."""
    here = Path.cwd()
    absolute = [Path(os.path.normpath(here / p)) for p in paths] or [here]
    start = absolute[0] if files.is_folder(absolute[0]) else absolute[0].parent
    tree = files.work_tree(start)
    if tree is not None:
        return tree
    if all(p == here or here in p.parents for p in absolute):
        return here
    folders = [p if files.is_folder(p) else p.parent for p in absolute]
    return Path(os.path.commonpath(folders))


def _as_utf8(head: bytes) -> bytes:
    """A file's beginning in UTF-8, where its byte order mark says UTF-16 (PowerShell's `>` writes so)."""
    return head.decode("utf-16", "ignore").encode("utf-8", "ignore") if head.startswith((b"\xff\xfe", b"\xfe\xff")) else head


def looks_like_markup(text: str) -> bool:
    """Whether a text is rather a template of a template (Jinja, Helm, Handlebars) than a template."""
    return _MARKUP.search(text) is not None


def sniff(head: bytes, name: str) -> str:
    """The kind of source that a file's beginning shows; empty where it is none of ours."""
    stripped = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if stripped.startswith(b"PK\x03\x04"):
        return "terraform-binary-plan" if b"tfplan" in head[:4096] else ""
    if stripped.startswith(b"{"):
        if name == "manifest.json" and b'"artifacts"' in head and b'"version"' in head:
            return "cdk-manifest"
        if b'"format_version"' in head:
            if _PLAN.search(head):
                return "terraform-plan"
            if b'"values"' in head or _STATE.search(head):
                return "terraform-state"
        if b'"resources"' in head and _STATE.search(head) and _VERSION.search(head[:300]):
            return "terraform-state"
    head = stripped
    if b"AWS::" in head or b"Custom::" in head or b"Alexa::" in head:
        if (_RESOURCES_OF_JSON if head.startswith(b"{") else _RESOURCES).search(head) and (
            _AWS_TYPE.search(head) or b"Fn::ForEach" in head
        ):
            return "cloudformation"
    return ""


class _Search:
    def __init__(self, root: Path, exclude: tuple[str, ...]) -> None:
        self.root = root
        self.exclude = exclude
        self.sources: dict[tuple[str, str], Source] = {}
        self.diagnostics: list[Diagnostic] = []
        self.passed_over: list[str] = []
        self.modules: set[Path] = set()
        """Folders that some root uses as a module: no roots of their own unless named."""
        self.hcl: list[tuple[Path, bool]] = []
        self.tops: list[Path] = [root]
        """Folders whose files are looked at."""

    def display(self, path: Path) -> str:
        return display_path(path, self.root)

    def result(self) -> Discovery:
        for folder, named in self.hcl:
            if named or folder not in self.modules:
                self.add("terraform", folder, named)
        order = sorted(self.sources.values(), key=lambda s: s.display) if len(self.sources) > 1 else list(self.sources.values())
        return Discovery(order, self.diagnostics, self.passed_over, self.root)

    def add(self, kind: str, path: Path, named: bool, text: str | None = None) -> None:
        key = (kind, os.path.normpath(path))
        if key not in self.sources or (named and not self.sources[key].named):
            self.sources[key] = Source(kind, path, self.display(path), named, text)

    def problem(self, path: Path, message: str, code: str, severity: str = "error") -> None:
        self.diagnostics.append(Diagnostic(self.display(path), 1, 1, severity, message, code))

    def add_named(self, path: Path) -> None:
        if not files.exists(path):
            what = "is a link to nothing" if path.is_symlink() else "does not exist"
            self.problem(path, f"{path} {what}", "missing-file")
        elif files.is_folder(path):
            self.tops.append(path)
            before = len(self.sources) + len(self.hcl)
            problems = len(self.diagnostics)
            self.walk(path)
            if len(self.sources) + len(self.hcl) == before and len(self.diagnostics) == problems:
                self.problem(
                    path,
                    f"{path} holds nothing to analyse: no CloudFormation or SAM template, no cdk.out, no Terraform root, plan or state",
                    "nothing-to-analyse",
                )
        elif path.name.endswith(HCL_SUFFIXES):
            self.hcl.append((path.parent, True))
        else:
            self.add_file(path, named=True)

    def add_file(self, path: Path, *, named: bool) -> None:
        head = self.read(path, named)
        if head is None:
            return
        kind = sniff(head, path.name)
        if kind == "cdk-manifest":
            self.add("cdk", path.parent, named)
        elif kind == "terraform-binary-plan":
            if named:
                self.problem(
                    path, f"{path} is a binary plan; run `terraform show -json {path.name} > plan.json` and name plan.json", "binary-plan"
                )
        elif kind:
            self.add(kind, path, named)
        elif named:
            self.add_unrecognized(path, head)
        else:
            self.passed_over.append(self.display(path))

    def add_unrecognized(self, path: Path, head: bytes) -> None:
        """A file that was named and does not show what it is: a template in a rare shape, or nothing for us."""
        if b"\0" in head:
            self.problem(path, f"{path} is a binary file, not a template", "not-a-template")
        else:
            self.add("cloudformation", path, named=True)

    def read(self, path: Path, named: bool) -> bytes | None:
        try:
            if not named and os.path.islink(path) and not self.leads_inside(path):  # noqa: PTH114
                return None
            if not files.is_file(path):
                if named:
                    self.problem(path, f"{path} is no regular file", "not-a-file")
                return None
            if not files.regular(path):
                if named:
                    self.problem(path, f"{path} is larger than {LARGEST // 1_000_000} MB", "too-large")
                return None
            return _as_utf8(files.head(path))
        except OSError as error:
            if named:
                self.problem(path, f"{path} can't be read: {error.strerror or error}", "unreadable")
            return None

    def leads_inside(self, link: Path) -> bool:
        """Whether a link that was found, not named, leads to a file of the folders given."""
        real = files.place(link)
        return any(real.startswith(files.place(top).rstrip(os.sep) + os.sep) for top in self.tops)

    def walk(self, top: Path) -> None:
        ignored = _Ignored(top, self.root, self.exclude)
        first = True
        for folder, folders, found in files.walk(top):
            here = Path(folder)
            if "manifest.json" in found and self.is_assembly(here):
                self.add("cdk", here, named=first)
                folders.clear()
                first = False
                continue
            folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS and not ignored.folder(here / f))
            if any(f.endswith(HCL_SUFFIXES) for f in found):
                self.add_hcl(here, found, named=first)
            if "cdk.json" in found and "cdk.out" not in folders and not files.is_folder(here / "cdk.out"):
                self.problem(here / "cdk.json", "a CDK app without cdk.out: run `npx cdk synth` first", "cdk-not-synthesized", "warning")
            for name in sorted(found):
                if Path(name).suffix.lower() in TEMPLATE_SUFFIXES and not name.endswith(HCL_SUFFIXES):
                    if not ignored.file(here / name):
                        self.add_file(here / name, named=False)
            first = False

    def is_assembly(self, folder: Path) -> bool:
        head = self.read(folder / "manifest.json", named=False)
        return head is not None and sniff(head, "manifest.json") == "cdk-manifest"

    def add_hcl(self, folder: Path, found: list[str], *, named: bool) -> None:
        text = "\n".join(t for t in (self.hcl_text(folder / f) for f in sorted(found) if f.endswith(HCL_SUFFIXES)) if t)
        for source in _MODULE_SOURCE.findall(text):
            self.modules.add(Path(os.path.normpath(folder / source)))
        if _AWS_BLOCK.search(text) or '"resource"' in text or '"module"' in text:
            self.hcl.append((folder, named))
        elif named:
            self.hcl.append((folder, True))

    def hcl_text(self, path: Path) -> str:
        head = self.read(path, named=False)
        return head.decode("utf-8", "replace") if head else ""


class _Ignored:
    """What `.gitignore` files and `--exclude` leave out; a cdk.out or a plan is looked at although git ignores it."""

    def __init__(self, top: Path, root: Path, exclude: tuple[str, ...]) -> None:
        self.root = root
        self.specs: dict[Path, object] = {}
        self.over: dict[Path, list[tuple[Path, object]]] = {}
        """A folder -> the folders from it up to the root that have a `.gitignore`, with what it says."""
        self.exclude = None
        if exclude:
            from pathspec import GitIgnoreSpec

            self.exclude = GitIgnoreSpec.from_lines(exclude)

    def folder(self, path: Path) -> bool:
        if self.exclude is not None and self.exclude.match_file(display_path(path, self.root) + "/"):
            return True
        return path.name != "cdk.out" and self.by_git(path, "/")

    def file(self, path: Path) -> bool:
        if self.exclude is not None and self.exclude.match_file(display_path(path, self.root)):
            return True
        return self.by_git(path, "")

    def by_git(self, path: Path, slash: str) -> bool:
        here = path.parent
        if here not in self.over:
            self.over[here] = [(f, spec) for f in _up_to(here, self.root) if (spec := self.spec(f)) is not None]
        for folder, spec in self.over[here]:
            decided = spec.check_file(path.relative_to(folder).as_posix() + slash).include  # type: ignore[attr-defined]
            if decided is not None:
                return bool(decided)
        return False

    def spec(self, folder: Path) -> object:
        if folder not in self.specs:
            lines = _lines(folder / ".gitignore")
            if lines is None:
                self.specs[folder] = None
            else:
                from pathspec import GitIgnoreSpec

                self.specs[folder] = GitIgnoreSpec.from_lines(lines)
        return self.specs[folder]


def _lines(path: Path) -> list[str] | None:
    """The lines of a regular file that lies there: git follows no link either."""
    try:
        return files.text(path, errors="replace").splitlines() if files.regular(path) and files.below(path, path.parent) else None
    except OSError:
        return None


def _up_to(folder: Path, root: Path) -> Iterator[Path]:
    for here in (folder, *folder.parents):
        yield here
        if here == root:
            return


def display_path(path: Path, root: Path) -> str:
    """A path as reports print it: relative to the root where it is below it, with `/`."""
    absolute = os.path.normpath(os.path.join(os.getcwd(), path))  # noqa: PTH118, PTH109
    above = f"{root}{os.sep}"
    if os.sep == "/" and absolute.startswith(above):  # nearly always
        return absolute[len(above) :]
    try:
        relative = os.path.relpath(absolute, root)
    except ValueError:  # another drive
        return Path(absolute).as_posix()
    return Path(absolute).as_posix() if relative.startswith("..") else Path(relative).as_posix()
