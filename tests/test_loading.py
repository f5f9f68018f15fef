"""Inputs read by several processes are what one process reads, whatever becomes of the others."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from edalint import loading
from edalint.analysis import Analysis, analyze
from edalint.config import Settings

FIXTURES = Path(__file__).parents[1] / "fixtures"
QUEUE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: !Sub '${Stage}-orders'}\n"
PARAMETERS = "Parameters:\n  Stage: {Type: String}\n"

fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All fixtures, a template with a mistake, one that another nests, one that is none, a policy, parameters beside templates."""
    folder = tmp_path_factory.mktemp("inputs")
    shutil.copytree(FIXTURES, folder / "fixtures")
    (folder / "broken.yaml").write_text("Resources:\n  A: {Type: AWS::SQS::Queue\n  B: {Type: AWS::SNS::Topic}\n")
    (folder / "parent.yaml").write_text(
        "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ./child.yaml, Parameters: {Stage: x}}\n"
    )
    (folder / "child.yaml").write_text(PARAMETERS + QUEUE)
    (folder / "missing.yaml").write_text("Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: {TopicName: !Ref Nothing}\n")
    return folder


def told(analysis: Analysis) -> tuple[object, ...]:
    """What a run says, less what only makes sense in its process."""
    return (
        [f._replace(data=None) for f in analysis.findings],
        analysis.undecided,
        analysis.diagnostics,
        analysis.passed_over,
        [s.display for s in analysis.sources],
        [(u.path, list(u.resources)) for u in analysis.units],
        [(e.source.id, e.kind, e.target.id) for e in analysis.graph.edges],
        analysis.summary(),
    )


@fork
@pytest.mark.parametrize("jobs", [2, 3, 7])
def test_several_processes_read_what_one_reads(folder: Path, jobs: int) -> None:
    """Units, graph, findings and diagnostics are the same, in the same order."""
    alone, together = analyze([folder], Settings(jobs=1)), analyze([folder], Settings(jobs=jobs))
    assert len(alone.units) > 7
    assert len(alone.findings) > 20
    assert {"syntax", "missing-reference"} <= {d.code for d in alone.diagnostics}
    assert told(together) == told(alone)


@fork
def test_other_processes_do_read(folder: Path) -> None:
    """Each template is in one share; what is no template on its own stays in this process."""
    sources = analyze([folder], judge=False).sources
    shares = loading._shares(sources, 4)
    assert sorted(number for share in shares for number in share) == list(range(len(sources)))
    assert len(shares) == 4
    assert all(sources[number].kind == "cloudformation" for share in shares[1:] for number in share)
    assert {s.kind for s in sources} > {"cloudformation"}


@fork
@pytest.mark.parametrize("end", ["raises", "is killed"])
def test_the_share_of_a_process_that_does_not_end_well_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    """Nothing is lost where a process runs out of memory or is killed."""
    here = os.getpid()
    one = loading._Loader.one

    def fail(self: loading._Loader, number: int) -> loading._Read:
        if os.getpid() == here:
            return one(self, number)
        if end == "raises":
            raise MemoryError
        os.kill(os.getpid(), 9)
        raise AssertionError

    alone = analyze([folder], Settings(jobs=1), judge=False)
    monkeypatch.setattr(loading._Loader, "one", fail)
    together = analyze([folder], Settings(jobs=3), judge=False)
    assert told(together) == told(alone)


def test_few_templates_are_read_by_one_process(folder: Path) -> None:
    """By default processes are started where they pay."""
    assert len(loading._shares(analyze([folder], judge=False).sources, 0)) == 1


def test_a_run_says_which_input_begins(folder: Path) -> None:
    """For the line that a person sees while a long run runs."""
    said: list[tuple[int, int, str]] = []
    analysis = analyze([folder / "parent.yaml", folder / "missing.yaml"], progress=lambda *begun: said.append(begun))
    assert said == [(number, 2, source.display) for number, source in enumerate(analysis.sources, 1)]


def test_templates_in_one_folder_have_parameters_of_their_own(tmp_path: Path) -> None:
    """samconfig.toml says for which template its parameters are."""
    for name in ("a.yaml", "template.yaml", "z.yaml"):
        (tmp_path / name).write_text(PARAMETERS + QUEUE)
    (tmp_path / "samconfig.toml").write_text(
        '[default.deploy.parameters]\ntemplate_file = "template.yaml"\nparameter_overrides = "Stage=prod"\n'
    )
    analysis = analyze([tmp_path], judge=False)
    names = {u.path.rsplit("/", 1)[-1]: u.resources["Orders"].properties["QueueName"] for u in analysis.units}
    assert names["template.yaml"] == "prod-orders"
    assert names["a.yaml"] != "prod-orders"
    assert names["z.yaml"] != "prod-orders"


def test_what_may_be_read_does_not_hang_on_the_order(tmp_path: Path) -> None:
    """A template may nest one from the folder of any input, read before it or after."""
    for parent, child in (("a", "b"), ("b", "a")):
        (tmp_path / parent).mkdir()
        (tmp_path / parent / "child.yaml").write_text(QUEUE.replace("!Sub '${Stage}-orders'", "orders"))
        (tmp_path / parent / "parent.yaml").write_text(
            f"Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{TemplateURL: ../{child}/child.yaml}}\n"
        )
    root = tmp_path / "root"
    root.mkdir()
    parents = [tmp_path / "a" / "parent.yaml", tmp_path / "b" / "parent.yaml"]
    analysis = analyze(parents, judge=False, root=root)
    assert [d for d in analysis.diagnostics if d.code == "outside-root"] == []
    assert len(analysis.graph.nodes) == 2
