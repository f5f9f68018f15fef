"""The command as a user meets it: exit statuses, inputs of every sort, several reports at once."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import Command

LOSING = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"
SAFE = (
    "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}\n"
    "  Failed:\n    Type: AWS::SQS::Queue\n    Properties: {MessageRetentionPeriod: 1209600}\n"
    "  Watch:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n"
    "      {Namespace: AWS/SQS, MetricName: ApproximateNumberOfMessagesVisible, Statistic: Maximum, Period: 300, EvaluationPeriods: 1,\n"
    "       Threshold: 0, ComparisonOperator: GreaterThanThreshold, Dimensions: [{Name: QueueName, Value: !GetAtt Failed.QueueName}]}\n"
)


def test_status_0_without_findings(edalint: Command, tmp_path: Path) -> None:
    """Nothing at or above the limit ends with 0."""
    (tmp_path / "t.yaml").write_text(SAFE)

    ran = edalint("check", "t.yaml")

    assert ran.status == 0, ran.output
    assert "no findings" in ran.output


def test_status_1_with_findings(edalint: Command, tmp_path: Path) -> None:
    """A warning ends with 1, at the line where it is; with a higher limit, or none, with 0."""
    (tmp_path / "t.yaml").write_text(LOSING)

    assert edalint("check", "t.yaml", "--format", "concise").output.startswith("t.yaml:2:3: warning[EDA101] ")
    assert edalint("check", "t.yaml").status == 1
    assert edalint("check", "t.yaml", "--fail-on", "error").status == 0
    assert edalint("check", "t.yaml", "--fail-on", "never").status == 0


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Resources:\n  Orders:\n\tType: AWS::SQS::Queue\n", 3, "tab"),
        ('{"Resources": {"A": {"Type": "AWS::SQS::Queue"}}', 1, ""),
        ("Resources:\n  A: [AWS::SQS::Queue\nOutputs: {}\n", 3, ""),
        ("just words about AWS::SQS::Queue\n", 1, ""),
        ("", 1, ""),
    ],
)
def test_status_2_for_a_broken_template(edalint: Command, tmp_path: Path, text: str, line: int, words: str) -> None:
    """What was named and can't be read is said with file and line; the other inputs are judged all the same."""
    (tmp_path / "broken.yaml").write_text(text)
    (tmp_path / "t.yaml").write_text(LOSING)

    ran = edalint("check", "broken.yaml", "t.yaml", "--format", "json")

    document = json.loads(ran.output)
    assert ran.status == 2
    assert [f["rule"] for f in document["findings"]] == ["EDA101"]
    problems = [d for d in document["diagnostics"] if d["severity"] == "error"]
    assert [(d["path"], d["line"]) for d in problems] == [("broken.yaml", line)]
    assert words in problems[0]["message"]


def test_status_2_for_a_missing_path_or_a_wrong_option(edalint: Command) -> None:
    """A path that is not there and an option that does not exist are the user's mistake."""
    assert edalint("check", "nowhere").status == 2
    assert edalint("check", "--frmat", "json").status == 2
    assert edalint("check", ".", "--format", "pdf").status == 2
    assert edalint("check", ".", "--only", "EDA999").status == 2


def test_what_a_template_names_and_is_missing_is_a_warning(edalint: Command, tmp_path: Path) -> None:
    """A missing definition file makes a value unknown: it is said, the status is that of the findings, or 2 with --strict."""
    (tmp_path / "t.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Machine:\n    Type: AWS::Serverless::StateMachine\n"
        "    Properties: {DefinitionUri: machine.asl.json}\n"
    )

    ran = edalint("check", "t.yaml")

    assert ran.status == 0, ran.output
    assert "machine.asl.json" in ran.output
    assert edalint("check", "t.yaml", "--strict").status == 2


def test_standard_input(edalint: Command) -> None:
    """`-` reads a template, under the name that an editor gives it."""
    ran = edalint("check", "-", "--stdin-filename", "src/queues.yaml", "--format", "concise", stdin=LOSING)

    assert ran.status == 1
    assert ran.output.startswith("src/queues.yaml:2:3: warning[EDA101]")


def test_a_plan_on_standard_input(edalint: Command) -> None:
    """`terraform show -json plan | edalint check -` reads the plan that it is given."""
    queue = '{"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q", "values": {"name": "q"}}'
    plan = f'{{"format_version": "1.2", "planned_values": {{"root_module": {{"resources": [{queue}]}}}}}}'

    ran = edalint("check", "-", "--stdin-filename", "plan.json", "--format", "concise", stdin=plan)

    assert ran.status == 1
    assert "warning[EDA101] 'aws_sqs_queue.q'" in ran.output


def test_several_reports_of_one_run(edalint: Command, tmp_path: Path) -> None:
    """`--format NAME=FILE` writes a file; what has no file is printed."""
    (tmp_path / "t.yaml").write_text(LOSING)

    ran = edalint("check", "t.yaml", "--format", "concise", "--format", "sarif=out/r.sarif", "--format", "json=r.json")

    assert ran.output.count("\n") == 1
    assert json.loads((tmp_path / "out" / "r.sarif").read_text())["version"] == "2.1.0"
    assert json.loads((tmp_path / "r.json").read_text())["schema"] == "edalint-findings/1"


def test_a_path_alone_means_check(edalint: Command, tmp_path: Path) -> None:
    """`edalint t.yaml` is `edalint check t.yaml`; without paths the working folder is analysed."""
    (tmp_path / "t.yaml").write_text(LOSING)

    assert edalint("t.yaml").output == edalint("check", "t.yaml").output
    assert edalint("check").status == 1


def test_an_empty_folder_without_paths_is_no_error(edalint: Command) -> None:
    """The hook in a repository without templates is quiet."""
    ran = edalint("check", "--hook")

    assert (ran.status, ran.output) == (0, "")


def test_the_answer_is_the_same_every_time(edalint: Command, fixtures: Path) -> None:
    """Reports do not hang on the hash seed."""
    first, second = (edalint("check", fixtures / "order-pipeline", "--format", "json", PYTHONHASHSEED=seed) for seed in ("1", "4242"))

    assert first.output == second.output


def test_colours_only_where_wanted(edalint: Command, tmp_path: Path) -> None:
    """NO_COLOR wins over FORCE_COLOR, the option over both."""
    (tmp_path / "t.yaml").write_text(LOSING)

    assert "\x1b[" not in edalint("check", "t.yaml", FORCE_COLOR="1").output
    assert "\x1b[" in edalint("check", "t.yaml", "--color", "always").output
    assert "\x1b[" in edalint("check", "t.yaml", NO_COLOR="", FORCE_COLOR="1").output


def test_a_name_cannot_move_the_cursor(edalint: Command, tmp_path: Path) -> None:
    """Escapes in a template are shown, not sent to the terminal."""
    template = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "S/\x1b[2J\u202eevil/Resource"}}}}
    (tmp_path / "t.json").write_text(json.dumps(template))

    ran = edalint("check", "t.json")

    assert ran.status == 1
    assert "\x1b" not in ran.output
    assert "\u202e" not in ran.output


def test_what_is_not_understood_is_said(edalint: Command, tmp_path: Path) -> None:
    """A type that no service knows and that refers to a queue is counted by name: silence must not read as clean."""
    (tmp_path / "t.yaml").write_text(SAFE + "  Odd:\n    Type: AWS::NewThing::Forwarder\n    Properties: {Source: !GetAtt Orders.Arn}\n")

    assert "AWS::NewThing::Forwarder" in edalint("check", "t.yaml").output


def test_version_and_completion(edalint: Command) -> None:
    """`--version` prints one line, `completion` a script for the shell."""
    assert edalint("--version").output.startswith("edalint ")
    assert "_EDALINT_COMPLETE" in edalint("completion", "bash").output


def test_a_pipe_that_closes_is_no_error(tmp_path: Path, edalint: Command) -> None:
    """`edalint check | head -1` ends quietly."""
    (tmp_path / "t.yaml").write_text("Resources:\n" + "".join(f"  Q{i}:\n    Type: AWS::SQS::Queue\n" for i in range(2000)))
    import subprocess
    import sys

    from tests.conftest import ROOT

    done = subprocess.run(
        f"{sys.executable} -m edalint check t.yaml | head -1",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert "Traceback" not in done.stderr, done.stderr
