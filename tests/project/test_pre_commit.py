"""The hook, run by the real pre-commit on a throw-away repository, installed from this working tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

LOSING = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
"""
SAFE = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}
  Failed:
    Type: AWS::SQS::Queue
    Properties: {MessageRetentionPeriod: 1209600}
"""
CONFIG = "repos:\n- repo: {repo}\n  rev: {rev}\n  hooks: [{{id: edalint}}]\n"


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """This working tree as a repository that pre-commit can install from."""
    if not (ROOT / ".git").exists():
        pytest.skip("a source distribution is no repository to install a hook from")
    folder = tmp_path_factory.mktemp("hook")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    for name in listed.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file() and not name.startswith(("tests/", "docs/", "fixtures/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "hook")
    return folder, git(folder, "rev-parse", "HEAD")


def run_hook(folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--color", "never", "--verbose"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        env={**os.environ, "PRE_COMMIT_HOME": str(home)},
    )


def test_the_hook_follows_the_whole_project(hook_repository: tuple[Path, str], tmp_path: Path) -> None:
    """A commit that loses events is stopped with a line per finding, a mended one passes, one without templates too."""
    repository, revision = hook_repository
    project, home = tmp_path / "project", tmp_path / "home"
    project.mkdir()
    git(project, "init", "-q", "-b", "main")
    (project / ".pre-commit-config.yaml").write_text(CONFIG.format(repo=repository, rev=revision))
    (project / "values.yaml").write_text("replicas: 2\n")
    git(project, "add", "-A")

    without_templates = run_hook(project, home)
    (project / "queue.yaml").write_text(LOSING)
    git(project, "add", "-A")
    losing = run_hook(project, home)
    (project / "queue.yaml").write_text(SAFE)
    git(project, "add", "-A")
    mended = run_hook(project, home)

    assert without_templates.returncode == 0, without_templates.stdout + without_templates.stderr
    assert losing.returncode == 1, losing.stdout + losing.stderr
    assert "queue.yaml:2:3: warning[EDA101]" in losing.stdout
    assert mended.returncode == 0, mended.stdout + mended.stderr
