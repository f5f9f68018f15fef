"""Living with findings, as a user does: what is new against a revision, fixes, confidence, what a CDK app acknowledges."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.conftest import Command

LOSING = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"
MORE = LOSING + "  Jobs:\n    Type: AWS::SQS::Queue\n"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@shop.example", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def committed(folder: Path, **files: str) -> None:
    git(folder, "init", "-q")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")


def addresses(ran: Any) -> list[str]:
    return [f["subject"]["address"] for f in json.loads(ran.output)["findings"] if f["rule"] == "EDA101"]


def test_only_what_is_new_since_a_revision(edalint: Command, tmp_path: Path) -> None:
    """Neither what was there, nor what only moved; the exit status is that of what is new."""
    committed(tmp_path, t=LOSING)
    assert edalint("check", "--since", "HEAD").status == 0
    (tmp_path / "t.yaml").rename(tmp_path / "moved.yaml")
    (tmp_path / "moved.yaml").write_text("# moved\n\n" + MORE)

    ran = edalint("check", "--since", "HEAD", "--format", "json")

    assert addresses(ran) == ["Jobs"]
    assert ran.status == 1


def test_since_limits_itself_to_the_paths(edalint: Command, tmp_path: Path) -> None:
    """Paths inside of the work tree, a file that was not there yet, and a revision that does not exist."""
    committed(tmp_path, t=LOSING)
    (tmp_path / "new.yaml").write_text(LOSING)

    assert addresses(edalint("check", "new.yaml", "--since", "HEAD", "--format", "json")) == ["Orders"]
    assert addresses(edalint("check", "t.yaml", "--since", "HEAD", "--format", "json")) == []
    assert edalint("check", "--since", "nothing-of-the-kind").status == 2
    assert edalint("check", "--since", "--output=x").status == 2


def test_fix_writes_and_reports_what_is_left(edalint: Command, tmp_path: Path) -> None:
    """--diff changes nothing and says so by its status; --fix mends, and what is reported is what is left."""
    (tmp_path / "t.yaml").write_text(LOSING)

    shown = edalint("check", "t.yaml", "--diff")
    assert (shown.status, (tmp_path / "t.yaml").read_text()) == (1, LOSING)
    assert "+      RedrivePolicy:\n" in shown.output

    ran = edalint("check", "t.yaml", "--fix", "--format", "json")
    assert addresses(ran) == []
    assert "mended 1 finding in 1 file (EDA101)" in ran.errors
    assert edalint("check", "t.yaml", "--diff").output == ""


def test_fix_leaves_what_is_accepted(edalint: Command, tmp_path: Path) -> None:
    """A suppressed finding and one that the baseline holds are nobody's to mend."""
    text = MORE.replace("  Orders:", "  Orders: # edalint: ignore[EDA101] drained by hand")
    (tmp_path / "t.yaml").write_text(text)
    edalint("baseline", "create", "t.yaml")

    ran = edalint("check", "t.yaml", "--fix", "--baseline", ".edalint-baseline.json")

    assert ran.status == 0
    assert (tmp_path / "t.yaml").read_text() == text


def test_a_hidden_finding_still_uses_its_suppression(edalint: Command, tmp_path: Path) -> None:
    """A suppression of a finding that is less sure than what is reported is not left over."""
    (tmp_path / "t.yaml").write_text(
        "Resources:\n  Failed: # edalint: ignore[EDA110] read by hand\n    Type: AWS::SQS::Queue\n  Orders:\n    Type: AWS::SQS::Queue\n"
        "    Properties:\n      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}\n"
    )

    for least in ("low", "high"):
        document = json.loads(edalint("check", "t.yaml", "--min-confidence", least, "--format", "json").output)
        assert not [d for d in document["diagnostics"] if d["severity"] == "warning"], document["diagnostics"]


def test_what_a_cdk_app_acknowledges(edalint: Command, tmp_path: Path) -> None:
    """`Validations.of(scope).acknowledge` accepts a rule for everything in the scope, for a reason; other tools' entries are theirs."""
    assembly = tmp_path / "cdk.out"
    assembly.mkdir()
    queue = {"Type": "AWS::SQS::Queue", "Properties": {}}
    resources = {name: {**queue, "Metadata": {"aws:cdk:path": f"Shop/{name}/Resource"}} for name in ("Orders", "Jobs")}
    (assembly / "Shop.template.json").write_text(json.dumps({"Resources": resources}))
    artifact = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"}, "metadata": {}}

    def check(where: str, rule: str) -> list[str]:
        artifact["metadata"] = {where: [{"type": "aws:cdk:acknowledged-rules", "data": {rule: "drained by hand"}}]}
        (assembly / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": {"Shop": artifact}}))
        ran = edalint("check", "cdk.out", "--format", "json")
        assert "nothing to suppress" not in ran.output
        return addresses(ran)

    assert check("/Shop/Orders", "edalint::EDA101") == ["Jobs"]
    assert check("/Shop", "edalint::queue-without-dlq") == []
    assert check("/Shop", "other-tool::EDA101") == ["Orders", "Jobs"]
