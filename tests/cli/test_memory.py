"""Runs of `check` that were made before: they say the same as long as all that they looked at is the same, and no longer."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edalint import analysis, storage
from edalint.cli import memory
from edalint.model import digests
from edalint.sources import files
from tests.conftest import FIXTURES
from tests.running import check

QUEUE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"
NESTED = """
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./child.yaml}
  Missing:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ./not-there.yaml}
"""
SAM = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String}}
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: flow.asl.json}
  Work:
    Type: AWS::Serverless::Function
    # edalint: ignore[EDA104] it is tried again by hand -- until 2999-01-01
    Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, Timeout: 30, Events: {Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}}}
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !Sub "${Stage}-jobs", VisibilityTimeout: 10}
"""
POLICY = """
id: OWN001
name: queue-without-key
summary: A queue has no name.
severity: note
confidence: high
match: {node: queue}
when: "true"
message: "'{node}' is a queue"
why: It is ours to know.
fix: Nothing.
references: [https://docs.aws.amazon.com/]
"""
WORLD = {
    ".git/HEAD": "ref: refs/heads/main\n",
    ".gitignore": "ignored/\n",
    "ignored/template.yaml": QUEUE,
    "edalint.yaml": "baseline: baseline.json\npolicies: [policies]\n",
    "baseline.json": '{"schema": "edalint-baseline/1", "findings": []}',
    "policies/own.yaml": POLICY,
    "nested/template.yaml": NESTED,
    "nested/child.yaml": QUEUE,
    "sam/template.yaml": SAM,
    "sam/flow.asl.json": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
    "sam/samconfig.toml": '[default.deploy.parameters]\nparameter_overrides = "Stage=live"\n',
    "terraform/main.tf": 'module "queue" {\n  source = "../modules/queue"\n  name = "${var.name}${local.text}"\n}\nvariable "name" {}\nlocals { text = file("note.txt") }\n',
    "terraform/note.txt": "a note\n",
    "terraform/terraform.tfvars": 'name = "orders"\n',
    "modules/queue/main.tf": 'variable "name" {}\nresource "aws_sqs_queue" "this" {\n  name = var.name\n}\n',
    "chart/values.yaml": "replicas: 2\n",
}


@pytest.fixture(autouse=True)
def _remembers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDALINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(memory, "WORTH", 0.0)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work tree with something of every kind that a run reads."""
    root = tmp_path / "world"
    for name, text in WORLD.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copytree(FIXTURES / "shop-system/billing", root / "billing")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The analyses that are made: none where a run is recalled."""
    made: list[object] = []
    analyze = analysis.analyze

    def counted(*arguments: object, **named: object) -> object:
        made.append(arguments)
        return analyze(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(analysis, "analyze", counted)
    return made


def kept() -> list[Path]:
    return sorted((storage.cache_folder() / memory.KIND).rglob("*.run"))


def looks() -> dict[tuple[str, str], str]:
    """What the run that was kept last has looked at."""
    newest = max(kept(), key=lambda path: path.stat().st_mtime_ns)
    run = memory._unpacked(str(newest))
    assert run is not None
    return {(how, path): what for how, path, what in run["looks"]}


# the same


def test_the_same_run_says_the_same_without_an_analysis(world: Path, analyses: list[object]) -> None:
    """Output, errors, files and status are those of the first run, byte for byte."""
    words = ("--format", "text", "--format", "json=../out/findings.json", "--show-unknown", ".")
    first = check(*words)
    report = (world.parent / "out/findings.json").read_bytes()
    (world.parent / "out/findings.json").unlink()
    assert len(analyses) == 1
    assert first[1]
    assert check(*words) == first
    assert len(analyses) == 1
    assert (world.parent / "out/findings.json").read_bytes() == report


def test_what_nothing_changes_is_recalled(world: Path, analyses: list[object]) -> None:
    """The number of processes changes no result; a file that nobody reads changes none."""
    check(".", "--jobs", "1")
    (world / "sam/readme.md").touch()
    (world / "sam/readme.md").unlink()
    check(".", "--jobs", "2")
    assert len(analyses) == 1


@pytest.mark.parametrize(
    "words", [("--fail-on", "error"), ("--select", "all"), ("--region", "eu-west-1"), ("sam",), ("--no-suppressions",)]
)
def test_another_command_line_is_another_run(world: Path, analyses: list[object], words: tuple[str, ...]) -> None:
    """Whatever the command line says is part of what a run goes by."""
    check(".")
    assert check(".", *words) == check(".", *words, "--no-cache")
    assert len(analyses) == 3


def test_terminals_and_colours_are_part_of_a_run(world: Path, analyses: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """A text report that was made for a wide terminal is not said in a narrow one."""
    check(".", "--color", "always")
    monkeypatch.setenv("COLUMNS", "61")
    check(".", "--color", "always")
    monkeypatch.setenv("FORCE_COLOR", "1")
    check(".")
    assert len(analyses) == 3


def test_another_program_makes_its_own_runs(world: Path, analyses: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed rule, source or version of edalint answers for itself."""
    check(".")
    monkeypatch.setattr(memory, "_program", lambda: "another")
    check(".")
    assert len(analyses) == 2


def test_branches_are_kept_side_by_side(world: Path, analyses: list[object]) -> None:
    """Going back to what was before finds the run that was made then."""
    file = world / "sam/template.yaml"
    before, other = file.read_text(), file.read_text().replace("Timeout: 30", "Timeout: 5")
    first = check(".")
    file.write_text(other)
    second = check(".")
    file.write_text(before)
    assert check(".") == first
    file.write_text(other)
    assert check(".") == second
    assert len(analyses) == 2
    assert first != second


def test_only_a_few_runs_of_a_command_line_are_kept(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those used last."""
    monkeypatch.setattr(memory, "MOST_WORLDS", 2)
    for number in range(4):
        (world / "sam/flow.asl.json").write_text(json.dumps({"Comment": str(number)}))
        check(".")
    assert len(kept()) == 2


# what a run hangs on


def test_every_file_that_a_run_opens_is_among_its_looks(world: Path) -> None:
    """The interpreter's own audit says what is opened and listed under the work tree; nothing of it may be unknown to the memory."""
    opened: set[tuple[str, str]] = set()
    _listeners.append(lambda how, path: opened.add((how, path)))
    try:
        check(".")
    finally:
        _listeners.clear()
    seen = {(how, _absolute(world, path)) for how, path in looks()}
    inside = {(how, path) for how, path in opened if path == str(world) or path.startswith(f"{world}{os.sep}")}
    assert {
        ("open", str(world / name)) for name in ("sam/flow.asl.json", "terraform/note.txt", "modules/queue/main.tf", "baseline.json")
    } <= inside
    for how, path in inside:
        assert seen & ({("content", path), ("head", path)} if how == "open" else {("names", path)}), (how, path)


_listeners: list[Callable[[str, str], None]] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _listeners and event in ("open", "os.scandir", "os.listdir") and isinstance(arguments[0], (str, os.PathLike)):
        for listener in _listeners:
            listener(event.removeprefix("os."), os.path.normpath(os.path.join(os.getcwd(), arguments[0])))  # noqa: PTH109, PTH118


sys.addaudithook(_audit)


def _absolute(root: Path, path: str) -> str:
    if path.startswith("//"):
        return path[2:]
    return os.path.normpath(root / path.lstrip("/"))


def _changed(root: Path, how: str, path: Path) -> Iterator[Callable[[], object]]:
    """What makes a look see something else."""
    if how in ("content", "head") and path.is_file():
        text = path.read_bytes()
        yield lambda: path.write_bytes(text + b"\n# more\n")
        yield path.unlink
    elif how == "names" and path.is_dir():
        yield lambda: (path / "zzz.yaml").write_text(QUEUE)
    elif how == "kind" and not path.exists() and path.parent.is_dir():
        yield lambda: path.write_text("")
        yield path.mkdir


def test_whatever_a_run_looked_at_changes_the_run(world: Path, analyses: list[object]) -> None:
    """Each file changed or taken away, each absent one made, each folder with one more: analysed anew, with the result of a new run."""
    check(".")
    tried = 0
    for how, path in sorted({("content" if how == "head" else how, Path(_absolute(world, name))) for how, name in looks()}):
        if world not in path.parents:
            continue
        for number, change in enumerate(list(_changed(world, how, path))):
            saved = world.parent / "saved"
            shutil.copytree(world, saved, symlinks=True)
            change()
            analyses.clear()
            again = check(".")
            assert analyses, f"{how} {path}: change {number} is not seen"
            assert again == check(".", "--no-cache"), f"{how} {path}: change {number}"
            _restore(saved, world)
            tried += 1
    assert tried > 60


def _restore(saved: Path, world: Path) -> None:
    for path in list(world.iterdir()):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(saved, world, symlinks=True, dirs_exist_ok=True)
    shutil.rmtree(saved)


def test_a_link_in_place_of_what_it_leads_to_is_a_change(world: Path, analyses: list[object]) -> None:
    """A link out of the work tree is not followed, though it leads to the same text."""
    check(".")
    outside = world.parent / "outside.yaml"
    (world / "sam/template.yaml").rename(outside)
    (world / "sam/template.yaml").symlink_to(outside)
    assert check(".") == check(".", "--no-cache")
    assert len(analyses) == 3


def test_what_ends_on_a_day_is_asked_again_on_another(world: Path, analyses: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """The day is looked at where a suppression has an end, and only there."""
    check("sam/template.yaml")
    check("nested/template.yaml")
    monkeypatch.setattr(files, "_day", lambda: "3000-01-01")
    check("nested/template.yaml")
    assert len(analyses) == 2
    assert "ended on 2999-01-01" in "".join(check("sam/template.yaml")[1:])


def test_what_changes_while_a_run_runs_is_not_kept(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that has seen a file as it is no more would be recalled for a state that it has not seen."""
    status = analysis.Analysis.status

    def late(self: analysis.Analysis) -> int:
        (world / "sam/template.yaml").write_text(QUEUE)
        return status(self)

    monkeypatch.setattr(analysis.Analysis, "status", late)
    check(".")
    assert not kept()


# what is not kept


@pytest.mark.parametrize("option", ["--no-cache", "--diff", "--fix", "--show-files"])
def test_some_runs_are_never_kept(world: Path, option: str) -> None:
    """Those that write, ask other programs, or are asked not to be."""
    check(".", option)
    assert not kept()


def test_standard_input_is_never_kept(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read once and is not there again."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(QUEUE.encode())))
    check("-")
    assert not kept()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_asked_for_again(world: Path, analyses: list[object]) -> None:
    """Permissions are not among what a look sees."""
    (world / "sam/flow.asl.json").chmod(0)
    check(".")
    assert not kept()


def test_short_runs_are_not_kept(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To keep one takes longer than to make it."""
    monkeypatch.setattr(memory, "WORTH", float("inf"))
    check(".")
    assert not kept()


# another place


def test_another_checkout_recalls_the_run(world: Path, analyses: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks count from the root of the work tree, wherever that lies."""
    shutil.rmtree(world / "billing")
    first = check(".")
    shutil.copytree(world, world.parent / "far/away")
    monkeypatch.chdir(world.parent / "far/away")
    assert check(".") == first
    assert len(analyses) == 1
    (world.parent / "far/away/sam/template.yaml").write_text(QUEUE)
    assert check(".") != first


def test_what_looked_outside_holds_where_it_looked(world: Path, analyses: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another checkout has other surroundings."""
    (world.parent / "outside.json").write_text('{"schema": "edalint-baseline/1", "findings": []}')
    check("sam", "--baseline", "../outside.json")
    shutil.copytree(world, world.parent / "far/away")
    (world.parent / "far/outside.json").write_text('{"schema": "edalint-baseline/1", "findings": []}')
    monkeypatch.chdir(world.parent / "far/away")
    check("sam", "--baseline", "../outside.json")
    assert len(analyses) == 2


def test_a_file_that_names_the_place_of_the_work_tree_holds_there(
    world: Path, analyses: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An absolute path in a configuration leads to the same place from every checkout."""
    (world / "edalint.yaml").write_text(f"baseline: {world}/baseline.json\n")
    check("sam", "--config", "edalint.yaml")
    shutil.copytree(world, world.parent / "far/away")
    monkeypatch.chdir(world.parent / "far/away")
    check("sam", "--config", "edalint.yaml")
    assert len(analyses) == 2


# a cache that is broken, hostile, full, away


def _rewritten(change: Callable[[dict[str, object]], object]) -> None:
    path = kept()[0]
    run = memory._unpacked(str(path))
    assert run is not None
    text = json.dumps(change(run)).encode()
    path.write_bytes(f"{memory.SHAPE} {digests.sha256(text)}\n".encode() + zlib.compress(text))


def _instead(path: Path, make: Callable[[], object]) -> None:
    path.unlink()
    make()


BROKEN: list[Callable[[Path], object]] = [
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(path.read_bytes()[:-9]),
    lambda path: path.write_bytes(path.read_bytes().replace(b"edalint run 1 ", b"edalint run 9 ")),
    lambda path: path.write_bytes(bytes(b ^ 255 for b in path.read_bytes())),
    lambda path: path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n" + zlib.compress(b"0" * 100_000_000)),
    lambda path: _instead(path, path.mkdir),
    lambda path: _instead(path, lambda: os.mkfifo(path)),
    lambda path: _instead(path, lambda: path.symlink_to("/dev/zero")),
    lambda path: _rewritten(lambda run: ["no", "map"]),
    lambda path: _rewritten(lambda run: {**run, "status": 7}),
    lambda path: _rewritten(lambda run: {**run, "status": []}),
    lambda path: _rewritten(lambda run: {**run, "looks": []}),
    lambda path: _rewritten(lambda run: {**run, "looks": [["content", 3, None]]}),
    lambda path: _rewritten(lambda run: {**run, "looks": [["kind", "a\0b", "file"]]}),
    lambda path: _rewritten(lambda run: {**run, "said": [["=/tmp/elsewhere", "text"]]}),
    lambda path: _rewritten(lambda run: {**run, "said": "text"}),
    lambda path: _rewritten(lambda run: {"said": run["said"]}),
]


@pytest.mark.parametrize("breaks", BROKEN)
def test_what_is_not_exactly_a_run_is_none(world: Path, analyses: list[object], breaks: Callable[[Path], object]) -> None:
    """Cut off, turned, swollen, of another kind, written by somebody who wants more: analysed anew, and nothing is said of it."""
    first = check(".")
    breaks(kept()[0])
    assert check(".") == first
    assert len(analyses) == 2


@pytest.mark.parametrize("place", ["file", "missing", "cut"])
def test_a_cache_that_is_no_folder_is_no_error(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Then nothing is kept."""
    expected = check(".", "--no-cache")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EDALINT_CACHE_DIR", {"file": f"{tmp_path}/file", "missing": "/proc/none", "cut": "\x7f" * 5_000}[place])
    assert check(".") == expected
    assert check(".") == expected


def test_the_cache_may_go_at_any_time(world: Path, analyses: list[object]) -> None:
    """It holds nothing but what can be made again."""
    first = check(".")
    shutil.rmtree(storage.cache_folder())
    assert check(".") == first


def test_the_cache_is_its_users_alone_and_marked(world: Path) -> None:
    """Backups and git leave it out."""
    check(".")
    folder = storage.cache_folder()
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert (folder / ".gitignore").read_text() == "*\n"
    if os.name != "nt":
        assert folder.stat().st_mode & 0o77 == 0


def test_what_was_used_longest_ago_goes_first(world: Path) -> None:
    """A cache beyond its limit is brought well below it; a small file counts for the block that it takes, an empty folder goes too."""
    folder = storage.cache_folder() / memory.KIND / "x"
    (folder.parent / "empty").mkdir(parents=True)
    folder.mkdir()
    for number in range(10):
        (folder / f"{number}.run").write_bytes(b"0" * (100 if number % 2 else 4_096))
        os.utime(folder / f"{number}.run", (number, number))
    memory.trim(limit=10 * 4_096)
    assert len(list(folder.iterdir())) == 10
    memory.trim(limit=8 * 4_096)
    assert sorted(path.stem for path in folder.iterdir()) == ["4", "5", "6", "7", "8", "9"]
    assert [path.name for path in folder.parent.iterdir()] == ["x"]
