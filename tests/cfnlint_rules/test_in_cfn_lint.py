"""Our rules inside the real cfn-lint: loaded from its command line, at the same lines, with the same severities, and silenced its way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TEMPLATE = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
  Bus:
    Type: AWS::Events::EventBus
    Properties: {Name: orders}
  Placed:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {source: [shop]}
      Targets:
        - {Id: orders, Arn: !GetAtt Orders.Arn}
"""


def lint(folder: Path, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    done = subprocess.run(
        [
            Path(sys.executable).with_name("cfn-lint"),
            "--format",
            "json",
            "--append-rules",
            "edalint.cfnlint_rules",
            *arguments,
            "--",
            "t.yaml",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "", "HOME": str(folder)},
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def ours(matches: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    return [(m["Rule"]["Id"], m["Level"], m["Location"]["Start"]["LineNumber"]) for m in matches if m["Rule"]["Id"].startswith("EDA")]


def test_the_rules_load_and_speak(tmp_path: Path) -> None:
    """Each finding is there with id, line and level; cfn-lint's exit status counts them."""
    (tmp_path / "t.yaml").write_text(TEMPLATE)

    status, matches = lint(tmp_path)

    assert ("EDA101", "Warning", 2) in ours(matches)
    assert ("EDA901", "Error", 13) in ours(matches)
    assert ("EDA102", "Warning", 13) in ours(matches)
    assert status & 2


def test_they_are_silenced_as_any_other(tmp_path: Path) -> None:
    """By `--ignore-checks`, by the resource's own metadata, and by our suppressions."""
    (tmp_path / "t.yaml").write_text(
        TEMPLATE.replace("  Orders:", "  Orders: # edalint: ignore[EDA101] fine")
        .replace("  Placed:\n", "  Placed:\n    Metadata: {cfn-lint: {config: {ignore_checks: [EDA102]}}}\n")
    )  # fmt: skip

    _, matches = lint(tmp_path, "--ignore-checks", "EDA9")

    assert not {"EDA101", "EDA102", "EDA901"} & {rule for rule, _, _ in ours(matches)}


def test_a_configuration_counts(tmp_path: Path) -> None:
    """Rules that the project's edalint.yaml switches off are off here too."""
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (tmp_path / "edalint.yaml").write_text("only: [EDA901]\n")

    assert {rule for rule, _, _ in ours(lint(tmp_path)[1])} == {"EDA901"}
