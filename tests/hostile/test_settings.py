"""What settings name, or lie under the name of settings, may be no file, or somebody else's: it is not opened, and the run says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from edalint.cli.commands import cli
from tests.conftest import ROOT
from tests.hostile.test_outside import MARK, opened

SECRET = f"{MARK}: {MARK}\n"
TEMPLATE = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
KINDS = ("fifo", "device", "standard-input", "loop", "outside", "outside-by-folder")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a template, and a secret beside the repository."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text(SECRET, "utf-8")
    made = tmp_path / "project"
    (made / ".git").mkdir(parents=True)
    (made / "t.json").write_text(json.dumps(TEMPLATE), "utf-8")
    monkeypatch.chdir(made)
    return made


def make(path: Path, kind: str) -> None:
    """Something that is no file of the repository, under a name in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    outside = next(above / "outside" for above in path.parents if (above / "outside").is_dir())
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "outside-by-folder":
        (path.parent / "elsewhere").symlink_to(outside)
        path.symlink_to("elsewhere/secret")
    else:
        leads = {"device": "/dev/zero", "standard-input": "/dev/stdin", "loop": path.name}
        path.symlink_to(leads.get(kind) or os.path.relpath(outside / "secret", path.parent))


def check(project: Path, *arguments: str) -> Result:
    """`edalint check`, which opened nothing outside of the project and says nothing of what is there."""
    with opened() as files:
        done = CliRunner().invoke(cli, ["check", ".", "--jobs=1", *arguments])
    home = os.path.realpath(project)
    outside = (os.path.realpath(project.parent), "/dev", "/etc", "/proc")
    assert [f for f in files if f.startswith(outside) and not f.startswith((home + os.sep, "/dev/null"))] == []
    assert not [f for f in files if f != "/dev/null" and (Path(f).is_fifo() or Path(f).is_char_device())]
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert MARK not in done.output
    return done


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["edalint.yaml", ".edalint.yaml", "pyproject.toml", "samconfig.toml", ".gitignore"])
def test_what_is_found(name: str, kind: str, project: Path) -> None:
    """A name that we look for: not there for us where it is no file, refused where a configuration leads out of the repository."""
    make(project / name, kind)
    done = check(project)

    refused = name.endswith("edalint.yaml") and kind.startswith("outside")
    assert done.exit_code == (2 if refused else 1)
    assert ("EDA101" in done.output) is not refused


OPTIONS = {
    "baseline": ["--baseline=x"],
    "policies": ["--policies=x"],
    "policies-folder": ["--policies=policies"],
    "parameters": ["--parameters=x"],
    "parameters-toml": ["--parameters=x.toml"],
    "variables": ["--var-file=x"],
    "configuration": ["--config=x"],
}
PLACES = {"policies-folder": "policies/p.yaml", "parameters-toml": "x.toml"}


@pytest.mark.parametrize(
    ("option", "kind"),
    [(o, k) for o in OPTIONS for k in ("fifo", "device", "standard-input", "loop") if k != "fifo" or not o.startswith("parameters")],
)
def test_what_the_command_line_names(option: str, kind: str, project: Path) -> None:
    """No option waits for ever for what it names: the run ends with 2 and says which (a pipe of parameters is read: test_pipes)."""
    place = PLACES.get(option, "x")
    make(project / place, kind)
    (project / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n', "utf-8")
    done = check(project, *OPTIONS[option])

    assert done.exit_code == 2
    assert place.partition("/")[0] in done.output


SAID = {
    "baseline": "baseline: PATH\n",
    "policies": "policies: [PATH]\n",
    "parameters": "environments: {dev: {parameters: PATH}}\n",
    "variables": "environments: {dev: {var-files: [PATH]}}\n",
}


@pytest.mark.parametrize(
    "path", ["../outside/secret", "ABOVE/outside/secret", "a/../../outside/secret", "link", "folder/secret", "/dev/zero"]
)
@pytest.mark.parametrize("key", SAID)
def test_what_a_configuration_names(key: str, path: str, project: Path) -> None:
    """A configuration that came with the repository names nothing outside of it; one that the command line names may."""
    (project / "link").symlink_to("../outside/secret")
    (project / "folder").symlink_to("../outside")
    (project / "edalint.yaml").write_text(SAID[key].replace("PATH", path.replace("ABOVE", str(project.parent))), "utf-8")
    done = check(project)

    assert done.exit_code == 2
    assert "outside of the repository" in done.output
    assert "EDA101" not in done.output


def test_a_configuration_that_is_named_may_name_anything(project: Path) -> None:
    """Who names a file knows what it says."""
    other = project.parent / "outside" / "policies"
    other.mkdir()
    (project / "edalint.yaml").write_text("policies: [../outside/policies]\n", "utf-8")

    assert CliRunner().invoke(cli, ["check", "t.json"]).exit_code == 2
    assert CliRunner().invoke(cli, ["check", "t.json", "--config=edalint.yaml"]).exit_code == 1


@pytest.mark.parametrize("name", ["p.yaml", ".edalint.yaml"])
def test_policies_are_no_links_out(name: str, project: Path) -> None:
    """A mistake in a policy is shown with its line: a link would show a line of anything."""
    make(project / "policies" / name, "outside")
    done = check(project, "--policies=policies")

    assert done.exit_code == 2
    assert f"policies/{name}" in done.output


def test_policies_that_are_not_there_are_a_mistake(project: Path) -> None:
    """A gate without its policies is no gate."""
    (project / "edalint.yaml").write_text("policies: [nowhere]\n", "utf-8")

    assert "nowhere does not exist" in check(project).output


def test_a_working_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    """Deleted while a shell stood in it: status 2, in words, of the program and of the module."""
    (tmp_path / "t.json").write_text(json.dumps(TEMPLATE), "utf-8")
    gone = "import os, sys; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); sys.argv[:1] = ['edalint', 'check']; "
    for start in ("from edalint.cli import main; main()", "import runpy; runpy.run_module('edalint', run_name='__main__')"):
        words = [sys.executable, "-c", gone + start, str(tmp_path / "t.json")]
        done = subprocess.run(
            words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )

        assert done.returncode == 2
        assert done.stderr == "edalint: the working folder can't be entered: No such file or directory\n"
