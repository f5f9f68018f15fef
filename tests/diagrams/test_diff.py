"""A diff names what changed, all of it and nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from edalint.analysis import analyze
from edalint.diagrams import changes_text
from edalint.diagrams.changes import Changes, compare
from edalint.facts import contracts
from tests.conftest import FIXTURES, Command

PIPELINE = (FIXTURES / "order-pipeline/template.yaml").read_text("utf-8")
NUMBERS = re.compile(
    r"\b(VisibilityTimeout|MessageRetentionPeriod|maxReceiveCount|MaximumRetryAttempts|MaximumEventAgeInSeconds|MaxAttempts): (\d+)"
)
SYSTEMS = sorted(p.name for p in FIXTURES.iterdir() if p.is_dir())


def analysis(path: Path) -> Any:
    result = analyze([path], root=path if path.is_dir() else path.parent)
    contracts.describe(result.graph)
    return result


def of(folder: Path, before: str, after: str, name: str = "template.yaml") -> Changes:
    sides = []
    for side, text in (("a", before), ("b", after)):
        (folder / side).mkdir(exist_ok=True)
        (folder / side / name).write_text(text, "utf-8")
        sides.append(analysis(folder / side))
    return compare(*sides)


def flows(changes: Changes) -> dict[str, Any]:
    """The document without findings."""
    document = json.loads(changes_text.as_json(changes))
    return {"nodes": document["nodes"], "edges": document["edges"]}


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row.get("name") or f"{row['source'].partition('#')[2]} {row['kind']} {row['target'].partition('#')[2]}" for row in rows]


@pytest.mark.parametrize("system", SYSTEMS)
def test_nothing_differs_from_itself(system: str, tmp_path: Path) -> None:
    """Each fixture against a copy of itself elsewhere has no change, in flows and findings."""
    shutil.copytree(FIXTURES / system, tmp_path / "copy")
    changes = compare(analysis(FIXTURES / system), analysis(tmp_path / "copy"))
    assert changes.empty
    assert changes_text.text(changes) == "no change to any event flow\n"


def test_order_comments_and_spaces_are_no_change(tmp_path: Path) -> None:
    """A template with its resources in the opposite order and other comments says the same."""
    head, body = PIPELINE.split("Resources:\n", 1)
    blocks = re.split(r"\n(?=  \w+:\n)", body.rstrip("\n"))
    assert len(blocks) > 10
    assert of(tmp_path, PIPELINE, f"{head}Resources:\n" + "\n\n  # moved\n".join(reversed(blocks)) + "\n").empty


@pytest.mark.parametrize("found", list(NUMBERS.finditer(PIPELINE)), ids=lambda m: f"{m[1]}-{m.start()}")
def test_every_number_is_named(found: re.Match[str], tmp_path: Path) -> None:
    """One number of a contract changed: exactly one subject has exactly one change, from the old value to the new."""
    new = str(int(found[2]) + 1)
    mutated = f"{PIPELINE[: found.start(2)]}{new}{PIPELINE[found.end(2) :]}"
    changed = flows(of(tmp_path, PIPELINE, mutated))
    assert not any(changed[what][how] for what in ("nodes", "edges") for how in ("added", "removed"))
    subjects = [*changed["nodes"]["changed"], *changed["edges"]["changed"]]
    assert len(subjects) == 1
    (change,) = subjects[0]["changes"]
    assert (str(change["before"]), str(change["after"])) == (found[2], new)


OTHERS = (
    "order-pipeline-terraform/main.tf",
    "shop-system/fulfilment/main.tf",
    "shop-system/platform/template.yaml",
    "shop-system/billing/cdk.out/Billing.template.json",
)
EVERY_NUMBER = re.compile(
    r"""\b(visibility_timeout_seconds|message_retention_seconds|MaxAttempts|VisibilityTimeout|MessageRetentionPeriod|maxReceiveCount)"?"""
    r"""\s*[:=]\s*(\d+)"""
)


@pytest.mark.parametrize("file", OTHERS)
def test_every_number_of_the_other_systems_is_named(file: str, tmp_path: Path) -> None:
    """The same in HCL, in a template among four stacks, and in what the CDK made."""
    system, _, inside = file.partition("/")
    text = (FIXTURES / file).read_text("utf-8")
    base = analysis(FIXTURES / system)
    shutil.copytree(FIXTURES / system, tmp_path / system)
    found = list(EVERY_NUMBER.finditer(text))
    assert len(found) >= 2
    for match in found:
        new = str(int(match[2]) + 1)
        (tmp_path / system / inside).write_text(f"{text[: match.start(2)]}{new}{text[match.end(2) :]}", "utf-8")
        changed = flows(compare(base, analysis(tmp_path / system)))
        assert not any(changed[what][how] for what in ("nodes", "edges") for how in ("added", "removed"))
        subjects: list[Any] = [*changed["nodes"]["changed"], *changed["edges"]["changed"]]
        assert len(subjects) == 1
        (change,) = subjects[0]["changes"]
        assert (str(change["before"]), str(change["after"])) == (match[2], new), match[0]


def test_a_removed_dead_letter_queue_is_an_edge_removed(tmp_path: Path) -> None:
    """Nothing else of the flows differs, and the finding that it brings is told."""
    line = "          DeadLetterConfig: {Arn: !GetAtt UndeliveredQueue.Arn}\n"
    changes = of(tmp_path, PIPELINE, PIPELINE.replace(line, "", 1))
    changed = flows(changes)
    assert names(changed["edges"]["removed"]) == ["OrderPlacedRule dead-letter UndeliveredQueue"]
    assert changed["edges"]["added"] == changed["edges"]["changed"] == []
    assert changed["nodes"] == {"added": [], "removed": [], "changed": []}
    assert any(f.subject.address == "OrderPlacedRule" for f in changes.introduced)
    assert any(f.subject.address == "OrderPlacedRule" and f.rule == "EDA904" for f in changes.fixed)


def test_an_added_queue_is_a_node_added(tmp_path: Path) -> None:
    """And nothing else."""
    added = PIPELINE.replace("Resources:\n", "Resources:\n  SpareQueue:\n    Type: AWS::SQS::Queue\n", 1)
    changed = flows(of(tmp_path, PIPELINE, added))
    assert names(changed["nodes"]["added"]) == ["SpareQueue"]
    assert changed["nodes"]["removed"] == changed["nodes"]["changed"] == []
    assert changed["edges"] == {"added": [], "removed": [], "changed": []}


def test_a_filter_that_changes_deep_inside_is_named(tmp_path: Path) -> None:
    """A pattern's value under `detail` is told by its path, though no label shows it."""
    narrow = PIPELINE.replace("detail-type: [OrderPlaced]", "detail-type: [OrderPlaced]\n        detail: {amount: [5]}", 1)
    wide = narrow.replace("[5]", "[7]")
    (changed,) = flows(of(tmp_path, narrow, wide))["nodes"]["changed"]
    assert changed["name"] == "OrderPlacedRule"
    assert changed["changes"] == [{"name": "EventPattern.detail.amount", "before": [5], "after": [7]}]


def test_swapped_sides_swap_the_words(tmp_path: Path) -> None:
    """What is added one way is removed the other way."""
    (tmp_path / "there").mkdir()
    (tmp_path / "back").mkdir()
    other = PIPELINE.replace("Resources:\n", "Resources:\n  SpareQueue:\n    Type: AWS::SQS::Queue\n", 1)
    there, back = of(tmp_path / "there", PIPELINE, other), of(tmp_path / "back", other, PIPELINE)
    assert [n.name for n in there.nodes_added] == [n.name for n in back.nodes_removed] == ["SpareQueue"]
    assert [f.fingerprint for f in there.introduced] == [f.fingerprint for f in back.fixed]


def test_two_files_of_other_names_are_compared(edalint: Command, tmp_path: Path) -> None:
    """One template against one of another name is a comparison, not a removal of everything."""
    (tmp_path / "old.yaml").write_text(PIPELINE, "utf-8")
    (tmp_path / "new.yaml").write_text(PIPELINE.replace("VisibilityTimeout: 120", "VisibilityTimeout: 300"), "utf-8")
    ran = edalint("diff", "old.yaml", "new.yaml")
    assert ran.output.startswith("~ queue StockQueue: visibility timeout 120 -> 300\n")
    assert not [row for row in ran.output.splitlines() if row.startswith(("+", "-"))]
    assert ran.status == 0


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_revisions_and_the_working_tree(edalint: Command, tmp_path: Path) -> None:
    """Two revisions, a revision and the working tree, and only a part of the repository."""
    git(tmp_path, "init")
    (tmp_path / "infra").mkdir()
    file = tmp_path / "infra/template.yaml"
    file.write_text(PIPELINE, "utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "one")
    file.write_text(PIPELINE.replace("VisibilityTimeout: 120", "VisibilityTimeout: 300"), "utf-8")
    git(tmp_path, "commit", "-a", "-m", "two")
    said = "~ queue StockQueue: visibility timeout 120 -> 300\n"
    assert said in edalint("diff", "HEAD~1", "HEAD").output
    assert said in edalint("diff", "HEAD~1").output
    assert said in edalint("diff", "HEAD~1", "HEAD", "infra").output
    assert edalint("diff", "HEAD").output == "no change to any event flow\n"
    assert edalint("diff", "no-such-revision").status == 2
    assert edalint("diff", "--", "--output=x", "HEAD").status == 2


@pytest.mark.parametrize("format", ["text", "markdown", "json", "svg", "html"])
def test_every_format_tells_the_change(format: str, edalint: Command, tmp_path: Path) -> None:
    """The same change in each format; --exit-code says whether findings came in."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a/template.yaml").write_text(PIPELINE, "utf-8")
    (tmp_path / "b/template.yaml").write_text(PIPELINE.replace("maxReceiveCount: 3", "maxReceiveCount: 1"), "utf-8")
    ran = edalint("diff", "a", "b", "--format", format, "--exit-code")
    assert ran.status == 1
    assert "PackingQueue" in ran.output
    assert re.search(r"max.{0,2}receive.{0,2}count", ran.output)
