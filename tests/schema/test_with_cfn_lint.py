"""`check --schema`: cfn-lint's findings in the same report, suppressions, baseline and exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from edalint import schema
from tests.conftest import Command

WRONG = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n      FifoQueue: maybe\n      VisibilityTimeot: 3\n"


def test_both_are_reported_together(edalint: Command, tmp_path: Path) -> None:
    """At the lines where they are, in order, with severities of ours; without the option nobody speaks of schemas."""
    (tmp_path / "t.yaml").write_text(WRONG)

    ran = edalint("check", "t.yaml", "--schema", "--format", "json")

    found = [(f["location"]["line"], f["rule"], f["severity"]) for f in json.loads(ran.output)["findings"]]
    assert {(5, "E3012", "error"), (6, "E3002", "error")} <= set(found)
    assert found == sorted(found)
    assert all(rule.startswith("EDA") for _, rule, _ in _found(edalint, "t.yaml"))


def _found(edalint: Command, *arguments: str) -> list[tuple[int, str, str]]:
    ran = edalint("check", *arguments, "--format", "json")
    return [(f["location"]["line"], f["rule"], f["severity"]) for f in json.loads(ran.output)["findings"]]


def test_one_way_of_living_with_findings(edalint: Command, tmp_path: Path) -> None:
    """A comment suppresses, a baseline holds, and the exit status is that of what is left."""
    (tmp_path / "t.yaml").write_text(WRONG.replace("maybe", "maybe # edalint: ignore[E3012] a macro mends it"))
    assert "E3012" not in {rule for _, rule, _ in _found(edalint, "t.yaml", "--schema")}
    (tmp_path / "edalint.yaml").write_text("schema: true\n")
    assert edalint("check", "t.yaml", "--fail-on", "error").status == 1

    edalint("baseline", "create", "t.yaml", "-f", "b.json")

    assert edalint("check", "t.yaml", "--baseline", "b.json").status == 0


@pytest.mark.parametrize("format", ["text", "sarif", "junit", "github", "gitlab", "markdown", "concise"])
def test_every_report_can_say_it(edalint: Command, tmp_path: Path, format: str) -> None:
    """A rule that is not ours has no page of ours, and is reported all the same."""
    (tmp_path / "t.yaml").write_text(WRONG)

    assert "E3002" in edalint("check", "t.yaml", "--schema", "--format", format).output


def test_explaining_a_rule_of_cfn_lint(edalint: Command) -> None:
    """`edalint explain E3012` says what cfn-lint says."""
    assert "Check resource properties values" in edalint("explain", "E3012").output
    assert edalint("explain", "E9999").status == 2


def test_what_fails_inside_cfn_lint_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, and other templates are linted."""
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(WRONG)
    bad.write_bytes(b"\xff\xfe")

    found, trouble = schema.findings([("bad.yaml", bad, None), ("good.yaml", good, None)], "")

    assert [d.path for d in trouble] == ["bad.yaml"]
    assert {f.location.path for f in found} == {"good.yaml"}
    assert len({f.fingerprint for f in found}) == len(found)
