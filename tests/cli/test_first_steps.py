"""The first minutes of a new user: init, explaining, policies of their own, what could not be decided."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Command

LOSING = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"


def test_init_writes_what_works(edalint: Command, tmp_path: Path) -> None:
    """The configuration can be read as it is and with all its comments taken away; a second time nothing is overwritten."""
    (tmp_path / "t.yaml").write_text(LOSING)

    ran = edalint("init")

    assert ran.status == 0
    assert "1 input, 1 finding today" in ran.output
    assert edalint("check").status == 1
    config = tmp_path / "edalint.yaml"
    bare = "".join(line.removeprefix("# ") + "\n" for line in config.read_text().splitlines()[1:] if "policies:" not in line)
    config.write_text(bare)
    assert edalint("check").status == 1, edalint("check").errors
    assert "is there already" in edalint("init").output
    assert config.read_text() == bare


def test_init_accepts_today_on_demand(edalint: Command, tmp_path: Path) -> None:
    """With --baseline the next run reports nothing, and a new finding is reported."""
    (tmp_path / "t.yaml").write_text(LOSING)

    edalint("init", "--baseline", "--ci", "gitlab")

    assert edalint("check").status == 0
    assert yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text())["edalint"]["script"]
    (tmp_path / "t.yaml").write_text(LOSING + "  Jobs:\n    Type: AWS::SQS::Queue\n")
    assert edalint("check").status == 1


@pytest.mark.skipif(shutil.which("git") is None, reason="pre-commit needs git")
def test_the_pre_commit_entry_runs(edalint: Command, tmp_path: Path) -> None:
    """pre-commit itself accepts the entry and reports what is lost."""
    (tmp_path / "t.yaml").write_text(LOSING)
    edalint("init", "--ci", "none")
    command = tmp_path / "bin" / "edalint"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m edalint "$@"\n')
    command.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
    }
    for arguments in (["git", "init", "-q"], ["git", "add", "t.yaml", "edalint.yaml", ".pre-commit-config.yaml"]):
        subprocess.run(arguments, cwd=tmp_path, check=True, env=environment)

    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stdout + done.stderr
    assert "t.yaml:2:3: warning[EDA101]" in done.stdout


def test_an_entry_for_a_file_that_is_there_is_only_shown(edalint: Command, tmp_path: Path) -> None:
    """A pre-commit configuration is the user's; what to add to it is said."""
    (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n")

    assert "id: edalint" in edalint("init").output
    assert (tmp_path / ".pre-commit-config.yaml").read_text() == "repos: []\n"


def test_a_policy_from_nothing(edalint: Command, tmp_path: Path) -> None:
    """`policy new` writes one that passes its tests, and whose examples nobody takes for templates."""
    assert edalint("policy", "new", "policies/short-retention.yaml").status == 0
    assert edalint("policy", "test", "policies").output == "1 policy, 3 examples, 0 failures\n"
    assert edalint("check").status == 0
    assert edalint("policy", "new", "policies/short-retention.yaml").status == 2
    (tmp_path / "empty").mkdir()
    assert edalint("policy", "test", "empty").status == 2


@pytest.mark.parametrize(
    ("old", "new", "said", "mark"),
    [
        ("node.retention < p", "node.retenton < p", "a queue has no attribute 'retenton'; did you mean 'retention'?", "retenton"),
        ("parameters.seconds\n", "parameters.second\n", "second", "second"),
        ("{node: queue}", "{nod: queue}", "'nod' is not a match; did you mean 'node'?", "nod"),
        ("{node: queue}", "{node: queu}", "there is no node of kind 'queu'; did you mean 'queue'?", "queu"),
        ("severity: warning", "severity: warn", "found 'warn'; did you mean 'warning'?", "warn"),
        ("node.retention < p", "node.retention << p", "expected a value", "< p"),
        ("'{{node}}' keeps".replace("{{", "{").replace("}}", "}"), "'{nodes}' keeps", "there is no 'nodes'", "nodes"),
        ("seconds\nat:", "\"a\"\nat:", "", "\"a\""),
    ],
)  # fmt: skip
def test_a_mistake_in_a_policy_is_shown_where_it_is(edalint: Command, tmp_path: Path, old: str, new: str, said: str, mark: str) -> None:
    """Line and character of the expression, the attribute meant, a mark under it; once, without what follows from it."""
    edalint("policy", "new", "p.yaml")
    path = tmp_path / "p.yaml"
    text = path.read_text()
    if old == "seconds\nat:":
        old, new = "parameters.seconds\nat:", '"a"\nat:'
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1))
    number = next(n for n, line in enumerate(path.read_text().split("\n"), 1) if line not in text.split("\n"))

    for arguments in (("policy", "test", "p.yaml"), ("check", "--policies", "p.yaml")):
        ran = edalint(*arguments)
        lines = ran.errors.splitlines()
        assert ran.status == 2
        assert lines[0].startswith(f"p.yaml:{number}:")
        assert said in lines[0]
        assert len(lines) == 3, ran.errors
        assert lines[1][lines[2].index("^") :].startswith(mark) or mark in lines[1]


def test_what_could_not_be_decided_and_what_would(edalint: Command, tmp_path: Path) -> None:
    """The parameter is named, and how to give it."""
    (tmp_path / "t.yaml").write_text(
        "Parameters: {Wait: {Type: Number}}\nResources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Timeout: !Ref Wait, Handler: a.b}\n"
        "  Q:\n    Type: AWS::SQS::Queue\n  M:\n    Type: AWS::Lambda::EventSourceMapping\n"
        "    Properties: {FunctionName: !Ref F, EventSourceArn: !GetAtt Q.Arn}\n"
    )

    output = edalint("check", "t.yaml", "--show-unknown").output

    assert "EDA201" in output
    assert "a value of parameter Wait (--parameters) (" in output


def test_the_catalogue_and_a_rule(edalint: Command) -> None:
    """By id and by name, the nearest for a misspelt one; the rule says what its fix writes."""
    assert "EDA904  dlq-refuses-sender" in edalint("rules").output
    assert edalint("explain", "EDA904").output == edalint("explain", "dlq-refuses-sender").output
    assert "--fix" in edalint("explain", "EDA904").output
    assert "did you mean 'dlq-refuses-sender'" in edalint("explain", "dlq-refuses-sendr").errors
    assert "did you mean 'queue'" in edalint("facts", "que").errors
    assert "retention" in edalint("facts", "queue").output
