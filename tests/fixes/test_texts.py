"""What is written looks as if the owner had written it: indentation, short forms, comments, line ends; what can't be edited safely is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from edalint.analysis import analyze
from edalint.fixes import Fixes, fixes, unified


def mend(folder: Path, name: str, text: str, *, unsafe: bool = False) -> Fixes:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode("utf-8"))
    analysis = analyze([folder], root=folder)
    return fixes(analysis.findings, analysis.root, unsafe=unsafe)


def after(folder: Path, name: str, text: str) -> str:
    made = mend(folder, name, text)
    assert [f.path for f in made.files] == [name]
    assert made.files[0].before == text
    return made.files[0].after


def test_yaml_keeps_comments_and_indentation(tmp_path: Path) -> None:
    """Only lines are added; their indentation is the file's own, and a comment at the end of a line stays there."""
    text = (
        "# head\nResources:\n    Orders: # ours\n        Type: AWS::SQS::Queue\n        Properties:\n            VisibilityTimeout: 60 # a minute\n\n"
        "    # next\n    Topic:\n        Type: AWS::SNS::Topic\n"
    )

    assert after(tmp_path, "t.yaml", text) == (
        "# head\nResources:\n    Orders: # ours\n        Type: AWS::SQS::Queue\n        Properties:\n            VisibilityTimeout: 60 # a minute\n"
        "            RedrivePolicy:\n                deadLetterTargetArn: !GetAtt OrdersDLQ.Arn\n                maxReceiveCount: 5\n\n"
        "    OrdersDLQ:\n        Type: AWS::SQS::Queue\n        Properties:\n            MessageRetentionPeriod: 1209600\n\n"
        "    # next\n    Topic:\n        Type: AWS::SNS::Topic\n"
    )


def test_line_ends_and_byte_order_mark_stay(tmp_path: Path) -> None:
    """A file of Windows stays one."""
    text = "\ufeffResources:\r\n  Orders:\r\n    Type: AWS::SQS::Queue\r\n"

    written = after(tmp_path, "t.yaml", text)

    assert written.startswith(text[:-2])
    assert "\n" not in written.replace("\r\n", "")


def test_json_keeps_its_layout(tmp_path: Path) -> None:
    """A file in four spaces gets four, one on a single line stays on it."""
    wide = '{\n    "Resources": {\n        "Orders": {\n            "Type": "AWS::SQS::Queue"\n        }\n    }\n}\n'
    assert '            "Type": "AWS::SQS::Queue",\n            "Properties": {\n                "RedrivePolicy": {' in after(
        tmp_path, "t.json", wide
    )
    assert after(tmp_path, "t.json", '{"Resources": {"Orders": {"Type": "AWS::SQS::Queue"}}}').count("\n") == 0


def test_hcl_keeps_comments(tmp_path: Path) -> None:
    """An empty block is opened, comments stay, an equals sign stands below the one above where the name leaves room."""
    text = 'resource "aws_sqs_queue" "orders" {\n  # ours\n  message_retention_seconds = 86400 # a day\n}\nresource "aws_sqs_queue" "jobs" {}\n'

    written = after(tmp_path, "main.tf", text)

    assert "  # ours\n  message_retention_seconds = 86400 # a day\n  redrive_policy            = jsonencode({\n" in written
    assert 'resource "aws_sqs_queue" "jobs" {\n  redrive_policy = jsonencode({\n' in written


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.yaml", "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Metadata:\n      aws:cdk:path: Stack/Orders/Resource\n"),
        ("cdk.out/Stack.template.json", '{"Resources": {"Orders": {"Type": "AWS::SQS::Queue"}}}'),
        ("t.json", '{"Resources": {"Orders": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "Stack/Orders/Resource"}}}}'),
        ("main.tf.json", '{"resource": {"aws_sqs_queue": {"orders": {}}}}'),
    ],
    ids=["construct-path-yaml", "assembly", "construct-path", "terraform-json"],
)
def test_what_a_program_made_is_never_written(tmp_path: Path, name: str, text: str) -> None:
    """A template of the CDK, a plan and Terraform's JSON are made by somebody else's program."""
    assert not mend(tmp_path, name, text).files


@pytest.mark.parametrize(
    "text",
    [
        "Resources:\n  A: &queue\n    Type: AWS::SQS::Queue\n  B: *queue\n",
        "Parameters: {Seconds: {Type: Number, Default: 345600}}\nResources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n"
        "      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}\n      MessageRetentionPeriod: 864000\n"
        "  Failed:\n    Type: AWS::SQS::Queue\n    Properties:\n      MessageRetentionPeriod: !Ref Seconds\n",
    ],
    ids=["alias", "parameter"],
)
def test_what_cannot_be_edited_safely_is_left(tmp_path: Path, text: str) -> None:
    """A mapping that two resources share and a value that is computed are nobody's to overwrite."""
    assert not mend(tmp_path, "t.yaml", text).files


def test_one_policy_for_all_senders(tmp_path: Path) -> None:
    """Two rules that need one queue's policy get one policy with two statements."""
    rule = "    Type: AWS::Events::Rule\n    Properties:\n      EventPattern: {source: [%s]}\n      Targets:\n        - {Id: q, Arn: !GetAtt Orders.Arn}\n"
    text = f"Resources:\n  One:\n{rule % 'a'}  Two:\n{rule % 'b'}  Orders:\n    Type: AWS::SQS::Queue\n"

    made = mend(tmp_path, "t.yaml", text)

    assert made.files[0].after.count("AWS::SQS::QueuePolicy") == 1
    assert made.files[0].after.count("Effect: Allow") == 2
    assert sum(f.rule == "EDA901" for f in made.mended) == 2


def test_a_name_that_is_taken_is_not_taken_again(tmp_path: Path) -> None:
    """What the edit would call a new resource is there already, as something else."""
    text = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n  OrdersDLQ:\n    Type: AWS::SNS::Topic\n"

    assert not mend(tmp_path, "t.yaml", text).files


def test_numbers_that_only_the_owner_knows_are_asked_for(tmp_path: Path) -> None:
    """A timeout is written with `unsafe` only."""
    text = (
        "Resources:\n  Flow:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      RoleArn: arn:aws:iam::111122223333:role/r\n"
        "      Definition:\n        StartAt: Ask\n        States:\n          Ask:\n            Type: Task\n            End: true\n"
        "            Resource: arn:aws:states:::lambda:invoke.waitForTaskToken\n"
        "            Parameters: {FunctionName: f, Payload: {token.$: $$.Task.Token}}\n"
    )

    assert not [f for f in mend(tmp_path, "t.yaml", text).mended if f.rule == "EDA702"]
    assert "            TimeoutSeconds: 3600\n" in mend(tmp_path, "t.yaml", text, unsafe=True).files[0].after


def test_the_patch_is_one_that_git_applies(tmp_path: Path) -> None:
    """`--diff` prints a patch; a file without a last line break is said to have none."""
    import subprocess

    text = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue"
    made = mend(tmp_path, "t.yaml", text)

    subprocess.run(["git", "apply", "--unsafe-paths", "-p1", "-"], input=unified(made.files), text=True, check=True, cwd=tmp_path)
    assert (tmp_path / "t.yaml").read_text() == made.files[0].after
