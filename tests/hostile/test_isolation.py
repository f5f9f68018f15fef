"""A run needs no network and starts no program, whatever a template says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FIXTURES, ROOT

GUARD = """
import sys

FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "pty.", "urllib.", "http.", "ftplib.", "smtplib.")

def tries_ipv6(event, arguments):
    # urllib3, which old versions of cfn-lint import, makes a socket of this machine to see whether there is IPv6: nobody is called
    made, bound = event == "socket.__new__", event == "socket.bind" and arguments[1][:2] == ("::1", 0)
    return "--schema" in sys.argv and (made or bound)

def refuse(event, arguments):
    if event.startswith(FORBIDDEN) and not tries_ipv6(event, arguments):
        print("FORBIDDEN", event, arguments, file=sys.stderr)
        raise RuntimeError(event)

sys.addaudithook(refuse)
from edalint.cli import main

sys.argv = ["edalint", *sys.argv[1:]]
main()
"""
TERRAFORM = """
data "external" "e" {
  program = ["touch", "pwned"]
}
data "http" "h" {
  url = "http://127.0.0.1/"
}
resource "null_resource" "n" {
  provisioner "local-exec" {
    command = "touch pwned"
  }
}
module "remote" {
  source = "git::https://127.0.0.1/x.git"
}
resource "aws_sqs_queue" "q" {
  name = data.external.e.result.name
}
"""
TEMPLATE = """
Transform: [Macro, 'AWS::Serverless-2016-10-31']
Resources:
  F:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: makefile}
    Properties: {CodeUri: https://127.0.0.1/x.zip, Handler: pwn.handler, Runtime: python3.13}
  S:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: 'https://127.0.0.1/x.yaml'}
  A:
    Type: AWS::Serverless::Application
    Properties: {Location: {ApplicationId: x, SemanticVersion: 1.0.0}}
  Q:
    Type: AWS::SQS::Queue
    Properties: {QueueName: '{{resolve:ssm:/x}}'}
"""


def _guarded(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([sys.executable, "-c", GUARD, *arguments], cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert "FORBIDDEN" not in done.stderr, done.stderr[-2000:]
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    return done


def test_the_guard_guards(tmp_path: Path) -> None:
    """A program and a socket are refused by what the other tests run under."""
    for code in (
        "import subprocess; subprocess.run(['true'])",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import os; os.system('true')",
    ):
        script = GUARD.replace("from edalint.cli import main", code).replace("main()", "")
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert "FORBIDDEN" in done.stderr, code


def test_a_run_calls_nobody(tmp_path: Path) -> None:
    """Every fixture and what would fetch or build, through all rules: no socket is made and no program is started."""
    (tmp_path / "main.tf").write_text(TERRAFORM, "utf-8")
    (tmp_path / "template.yaml").write_text(TEMPLATE, "utf-8")
    (tmp_path / "pwn.py").write_text("open('pwned', 'w')\n", "utf-8")
    (tmp_path / "sitecustomize.py").write_text("open('pwned', 'w')\n", "utf-8")
    paths = [str(FIXTURES / name) for name in ("order-pipeline", "order-pipeline-terraform", "shop-system")]

    for format in ("text", "sarif"):
        done = _guarded(tmp_path, "check", ".", *paths, "--select", "all", "--show-unknown", "--format", format)
        assert done.returncode in (1, 2)
        assert len(done.stdout) > 1000
    assert not (tmp_path / "pwned").exists()


def test_pictures_call_nobody(tmp_path: Path) -> None:
    """Diagrams are drawn here: no Graphviz, no browser, no font from elsewhere."""
    for format in ("svg", "html", "mermaid"):
        assert _guarded(tmp_path, "diagram", str(FIXTURES / "order-pipeline"), "--format", format).returncode == 0


COMMANDS = {
    "schema": ("check", ".", "--schema"),
    "fix": ("check", ".", "--diff"),
    "graph": ("graph", "."),
    "folders": ("diff", ".", "."),
    "baseline": ("baseline", "create", ".", "-f", "base.json"),
    "report": ("report", ".", "-o", "report.html"),
    "completion": ("completion", "bash"),
    "rules": ("rules",),
    "facts": ("facts",),
    "explain": ("explain", "EDA101"),
    "init": ("init",),
    "policy": ("policy", "test", str(ROOT / "rules" / "delivery" / "queue-without-dlq.yaml")),
}
"""Every command that the tests above do not run; `diff` and `check --since` of a revision start git, and nothing else (test_foreign_code)."""


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_every_command_calls_nobody(tmp_path: Path, words: tuple[str, ...]) -> None:
    """No socket is made and no program started by any other command either."""
    (tmp_path / "main.tf").write_text(TERRAFORM, "utf-8")
    (tmp_path / "template.yaml").write_text(TEMPLATE, "utf-8")

    assert _guarded(tmp_path, *words).returncode in (0, 1, 2)
    assert not (tmp_path / "pwned").exists()
