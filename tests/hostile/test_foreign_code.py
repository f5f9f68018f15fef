"""No code of the analysed project is run: not its Python, not what its git settings name, not what its templates would build or start.

Every case leaves code that would write a canary file, in a place from which a careless tool runs it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from edalint.cli.commands import cli
from tests.conftest import ROOT
from tests.hostile.test_outside import opened

QUEUE = "Resources:\n  Q: {Type: AWS::SQS::Queue}\n"
SHADOWED = (
    "yaml", "networkx", "pathspec", "rich", "click", "cfnlint", "tree_sitter", "tree_sitter_hcl", "sitecustomize", "usercustomize", "json", "tarfile",
    "typing", "subprocess", "tempfile", "pickle", "marshal", "hashlib", "statistics", "urllib", "regex", "sympy", "boto3",
)  # fmt: skip
"""Modules that a run may want, of ours, of our dependencies and of Python."""
WITHOUT_CODE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


class Trap:
    """A folder with code that tells when it runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.folder.mkdir()
        self.canaries = folder / "canaries"
        self.canaries.mkdir()

    def python(self, name: str) -> str:
        """Python code that writes a canary."""
        return f"open({str(self.canaries / name)!r}, 'w').close()\n"

    def script(self, name: str) -> str:
        """A program that writes a canary and gives on what it gets."""
        path = self.canaries.parent / f"{name}.sh"
        path.write_text(f"#!/bin/sh\ntouch '{self.canaries / name}'\ncat 2>/dev/null\n", "utf-8")
        path.chmod(0o755)
        return str(path)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    @property
    def caught(self) -> list[str]:
        return sorted(p.name for p in self.canaries.iterdir())

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            words,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={**WITHOUT_CODE, "NO_COLOR": "1", **environment},
        )
        assert "Traceback" not in done.stderr, done.stderr[-2000:]
        return done

    def edalint(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command as it is installed: a script beside the interpreter, which puts its own folder on the path."""
        start = "import sys; sys.path = [sys.argv.pop(1), *filter(None, sys.path)]; from edalint.cli import main; main()"
        safe = ["-P"] if sys.version_info >= (3, 11) else []  # from 3.13 on `python -c` itself imports linecache from where it stands
        return self.run(sys.executable, *safe, "-c", start, str(ROOT), *words, **environment)


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


def git(folder: Path, *arguments: str, **environment: str) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.invalid", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True, env={**os.environ, **environment}
    )
    return done.stdout.strip()


# Python


def shadow(trap: Trap) -> None:
    for name in SHADOWED:
        trap.write(f"{name}.py", trap.python(f"imported-{name}"))
    trap.write("template.yaml", QUEUE)
    trap.write("main.tf", 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n')
    trap.write("conftest.py", trap.python("conftest"))
    trap.write("edalint.py", trap.python("edalint"))


COMMANDS = (
    ("check", ".", "--show-unknown", "--select", "all", "--format", "sarif", "--schema"),
    ("graph", "."),
    ("diagram", ".", "--format", "svg"),
    ("rules",),
    ("explain", "EDA101"),
)


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_the_command_imports_nothing_from_the_working_folder(trap: Trap, words: tuple[str, ...]) -> None:
    """A `yaml.py` beside a template is not PyYAML."""
    shadow(trap)

    assert trap.edalint(*words).returncode in (0, 1)
    assert trap.caught == []


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_the_module_imports_nothing_from_the_working_folder(trap: Trap, words: tuple[str, ...]) -> None:
    """`python -m edalint` takes the working folder off the path before it imports anything."""
    shadow(trap)
    (trap.folder / "edalint.py").unlink()  # which Python finds before us

    assert trap.run(sys.executable, "-m", "edalint", *words, PYTHONPATH=str(ROOT)).returncode in (0, 1)
    assert trap.caught == []


STANDARD = sorted(sys.stdlib_module_names - set(sys.builtin_module_names))


def shadow_the_standard_library(trap: Trap, names: Iterable[str]) -> None:
    """A module of each name in the working folder, and a template beside them."""
    for name in names:
        trap.write(f"{name}.py", trap.python(name))
    trap.write("template.yaml", QUEUE)


@pytest.fixture(scope="module")
def taken_by_python(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What `python -m` takes from the working folder for a module that is empty: each is found with all found before it left out."""
    taken: set[str] = set()
    while True:
        trap = Trap(tmp_path_factory.mktemp("bare"))
        shadow_the_standard_library(trap, set(STANDARD) - taken)
        (trap.canaries.parent / "nothing.py").write_text("", "utf-8")
        environment = {**WITHOUT_CODE, "PYTHONPATH": str(trap.canaries.parent)}
        subprocess.run([sys.executable, "-m", "nothing"], cwd=trap.folder, env=environment, capture_output=True, timeout=60, check=False)
        if not trap.caught:
            return taken
        taken |= set(trap.caught)


def test_the_module_takes_no_more_than_python_itself(trap: Trap, taken_by_python: set[str]) -> None:
    """`python -m` imports from the working folder before any code of ours runs; to that we add not one module of the standard library."""
    shadow_the_standard_library(trap, set(STANDARD) - taken_by_python)

    for words in COMMANDS:
        assert trap.run(sys.executable, "-m", "edalint", *words, PYTHONPATH=str(ROOT)).returncode in (0, 1)
    assert trap.caught == []
    assert len(taken_by_python) < 20


def test_the_safe_forms_are_safe(trap: Trap) -> None:
    """The program, and with Python 3.11 `python -P -m edalint`: of the whole standard library nothing comes from the working folder."""
    shadow_the_standard_library(trap, STANDARD)
    trap.write("edalint/__init__.py", trap.python("edalint"))
    trap.write("edalint/__main__.py", trap.python("edalint-main"))

    for words in COMMANDS:
        assert trap.edalint(*words).returncode in (0, 1)
        if sys.version_info >= (3, 11):
            assert trap.run(sys.executable, "-P", "-m", "edalint", *words, PYTHONPATH=str(ROOT)).returncode in (0, 1)
    assert trap.caught == []


def test_the_traps_work(trap: Trap) -> None:
    """A program that imports from the working folder is caught."""
    shadow(trap)

    trap.run(sys.executable, "-c", "import yaml, edalint", PYTHONPATH="")

    assert trap.caught == ["edalint", "imported-yaml"]


def test_what_the_path_variable_names_stays(trap: Trap) -> None:
    """Who puts the working folder on `PYTHONPATH` gets what is there."""
    trap.write("helper.py", "")
    start = "import runpy, sys; sys.argv = ['edalint', '--version']\ntry: runpy.run_module('edalint', run_name='__main__', alter_sys=True)\nfinally: import helper"

    assert trap.run(sys.executable, "-c", start, PYTHONPATH=f"{trap.folder}{os.pathsep}{ROOT}").returncode == 0


# cfn-lint's settings


def registry_schema(name: str) -> str:
    return json.dumps(
        {
            "typeName": name,
            "description": "d",
            "additionalProperties": False,
            "properties": {"A": {"type": "string"}},
            "primaryIdentifier": ["/properties/A"],
        }
    )


def test_cfn_lint_loads_no_rules_of_the_project(trap: Trap) -> None:
    """`append_rules` names Python, in `.cfnlintrc` and in a template's metadata: neither is imported, and the first is said."""
    trap.write("evil/rules.py", trap.python("rules"))
    trap.write("evil_module.py", trap.python("module"))
    trap.write(".cfnlintrc", "append_rules: [evil, evil_module]\nignore_checks: [E3002]\n")
    trap.write(
        "template.yaml",
        f"Metadata: {{cfn-lint: {{config: {{append_rules: [evil, evil_module]}}}}}}\n{QUEUE[:-2]}, Properties: {{Wrong: 1, FifoQueue: x}}}}\n",
    )

    done = trap.edalint("check", "template.yaml", "--schema", "--format", "json", PYTHONPATH=str(trap.folder))

    report = json.loads(done.stdout)
    assert trap.caught == []
    assert ".cfnlintrc" in {d["path"] for d in report["diagnostics"] if "append_rules" in d["message"]}
    rules = {f["rule"] for f in report["findings"]}
    assert "E3012" in rules, "cfn-lint itself has run"
    assert "E3002" not in rules, "its other settings count"


@pytest.mark.parametrize("key", ["custom_rules", "override_spec", "registry_schemas"])
def test_cfn_lint_reads_no_files_outside(trap: Trap, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Data that its settings name is read where it lies in the project, through no link; a device or a pipe is not opened."""
    outside = trap.canaries.parent / "outside"
    outside.mkdir()
    (outside / "x.json").write_text(registry_schema("Org::A::B"), "utf-8")
    trap.write("template.yaml", QUEUE)
    (trap.folder / "linked").symlink_to(outside)
    os.mkfifo(trap.folder / "pipe.json")
    monkeypatch.chdir(trap.folder)
    for named in ("../outside", "../outside/x.json", "linked", "linked/x.json", "/dev/zero", "pipe.json"):
        value = f"[{named}]" if key == "registry_schemas" else named
        trap.write(".cfnlintrc", f"{key}: {value}\n")

        with opened() as files:
            done = CliRunner().invoke(cli, ["check", "template.yaml", "--schema", "--format", "json"])

        assert [d["message"] for d in json.loads(done.stdout)["diagnostics"] if d["path"] == ".cfnlintrc"], named
        assert f"{trap.folder}/.cfnlintrc" in files
        assert not [f for f in files if f.startswith((str(outside), "/dev/zero")) or f.endswith("pipe.json")], named


def test_cfn_lint_reads_the_projects_own_schemas(trap: Trap) -> None:
    """A private resource type whose schema lies in the project is known."""
    trap.write("schemas/x.json", registry_schema("Org::A::B"))
    trap.write("template.yaml", "Resources:\n  R: {Type: 'Org::A::B', Properties: {A: x}}\n")
    said = []
    for settings in ("", "registry_schemas: [schemas]\n"):
        trap.write(".cfnlintrc", settings)
        done = trap.edalint("check", "template.yaml", "--schema", "--format", "json")
        said.append({f["rule"] for f in json.loads(done.stdout)["findings"]})

    assert said == [{"E3006"}, set()]


# Git's settings

PROGRAMS = (
    "core.fsmonitor", "core.hooksPath", "core.pager", "core.editor", "core.sshCommand", "core.askPass", "core.gitProxy", "diff.external", "diff.x.textconv",
    "diff.x.command", "filter.x.smudge", "filter.x.clean", "filter.x.process", "pager.ls-tree", "pager.rev-parse", "pager.cat-file", "tar.tar.command",
    "remote.origin.uploadpack", "credential.helper", "gpg.program", "uploadpack.packObjectsHook",
)  # fmt: skip
"""Settings whose value is run."""


def hostile_repository(trap: Trap) -> str:
    """Two commits, attributes that apply filters to everything, hooks, and settings that name programs; gives the first commit."""
    trap.write("template.yaml", QUEUE)
    trap.write(".gitattributes", "* filter=x diff=x export-subst\n")
    git(trap.folder, "init", "-q", "-b", "main")
    git(trap.folder, "add", "-A")
    git(trap.folder, "commit", "-q", "-m", "one")
    first = git(trap.folder, "rev-parse", "HEAD")
    trap.write("template.yaml", QUEUE + "  P: {Type: AWS::SQS::Queue}\n")
    git(trap.folder, "commit", "-q", "-a", "-m", "two")
    for setting in PROGRAMS:
        script = trap.script(setting)
        if setting == "core.hooksPath":
            hooks = trap.canaries.parent / "hooks"
            hooks.mkdir()
            for hook in ("post-checkout", "post-index-change", "pre-commit", "reference-transaction", "fsmonitor-watchman"):
                (hooks / hook).symlink_to(script)
            script = str(hooks)
        git(trap.folder, "config", setting, script)
    for command in ("ls-tree", "cat-file", "rev-parse", "archive"):
        git(trap.folder, "config", f"alias.{command}", f"!{trap.script(f'alias.{command}')}")
    return first


@pytest.mark.parametrize("words", [("check", "--since", "{}", "--format", "json"), ("diff", "{}"), ("diff", "{}", "HEAD")], ids=" ".join)
def test_git_runs_nothing_that_a_repository_names(trap: Trap, words: tuple[str, ...]) -> None:
    """Filters, pagers, monitors, hooks, aliases, proxies: the revision is read, its findings known, and no program started."""
    first = hostile_repository(trap)

    done = trap.edalint(*(w.format(first) for w in words), GIT_EXTERNAL_DIFF=trap.script("variable"), GIT_PAGER=trap.script("variable"))

    assert done.returncode in (0, 1), done.stderr
    assert trap.caught == []
    if words[0] == "check":
        addresses = {f["subject"]["address"] for f in json.loads(done.stdout)["findings"]}
        assert addresses == {"P"}, "what the first commit had is not new"


def test_the_repository_is_hostile(trap: Trap) -> None:
    """Git itself, used as tools use it, is caught."""
    first = hostile_repository(trap)

    subprocess.run(
        ["git", "archive", "--output=/dev/null", "--format=tar", first], cwd=trap.folder, check=False, capture_output=True, env=WITHOUT_CODE
    )
    subprocess.run(["git", "status"], cwd=trap.folder, check=False, capture_output=True, env=WITHOUT_CODE)

    assert {"filter.x.process", "core.fsmonitor"} & set(trap.caught), trap.caught


def test_a_partial_clone_fetches_nothing(trap: Trap) -> None:
    """An object that is not there is not asked for: the settings of the remote name the program that would bring it."""
    first = hostile_repository(trap)
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": "ssh://127.0.0.1/x",
    }.items():
        git(trap.folder, "config", key, value)
    blob = git(trap.folder, "rev-parse", f"{first}:template.yaml")
    (trap.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()

    done = trap.edalint("check", "--since", first)

    assert done.returncode == 2
    assert "template.yaml" in done.stderr
    assert trap.caught == []


def test_the_work_tree_is_where_the_repository_is(trap: Trap) -> None:
    """`core.worktree` does not lead a comparison out of the repository."""
    (trap.canaries.parent / "other.yaml").write_text(QUEUE, "utf-8")
    first = hostile_repository(trap)
    git(trap.folder, "config", "core.worktree", str(trap.canaries.parent))

    done = trap.edalint("diff", first)

    assert done.returncode == 2
    assert "other.yaml" not in done.stdout


def test_git_is_not_looked_for_in_the_working_folder(trap: Trap) -> None:
    """A program `git` in the project is not run, although the path names the working folder."""
    first = hostile_repository(trap)
    trap.write("git", Path(trap.script("git")).read_text("utf-8")).chmod(0o755)

    done = trap.edalint("check", "--since", first, PATH=f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")

    assert done.returncode == 1
    assert trap.caught == []


def test_trees_that_lead_out(trap: Trap) -> None:
    """A commit may hold any path (git only refuses to check it out): what leads out of the folder, or fits nowhere, is passed over."""
    git(trap.folder, "init", "-q", "-b", "main")
    trap.write("template.yaml", QUEUE)
    git(trap.folder, "add", "-A")
    git(trap.folder, "commit", "-q", "-m", "one")
    blob = git(trap.folder, "rev-parse", "HEAD:template.yaml")
    raw = bytes.fromhex(blob)

    def tree(*entries: tuple[str, bytes]) -> str:
        body = b"".join(f"{'40000' if len(e) > 1 and n.endswith('/') else '100644'} {n.rstrip('/')}\0".encode() + e for n, e in entries)
        made = subprocess.run(
            ["git", "hash-object", "-t", "tree", "--literally", "-w", "--stdin"],
            cwd=trap.folder,
            input=body,
            check=True,
            capture_output=True,
        )
        return made.stdout.decode().strip()

    inner = bytes.fromhex(tree(("escaped.yaml", raw)))
    up = bytes.fromhex(tree(("../", inner)))
    top = tree(("..", raw), ("../", inner), ("deeper/", up), ("template.yaml", raw), ("template.yaml/", inner), ("x" * 300, raw))
    commit = git(trap.folder, "commit-tree", top, "-m", "two")

    done = trap.edalint("check", "--since", commit, "--format", "json", TMPDIR=str(trap.canaries))

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"] == []
    assert trap.caught == []


# Policy packages, and what a hook reads


def test_a_policy_package_is_not_imported(trap: Trap) -> None:
    """It is found by its entry point; its code and that of the packages around it stay where they are."""
    site = trap.canaries.parent / "site"
    (site / "outer" / "inner").mkdir(parents=True)
    for folder in (site / "outer", site / "outer" / "inner"):
        (folder / "__init__.py").write_text(trap.python("package"), "utf-8")
    rule = (
        (ROOT / "rules" / "delivery" / "queue-without-dlq.yaml")
        .read_text("utf-8")
        .replace("EDA101", "ORG101")
        .replace("queue-without-dlq", "org-dlq")
    )
    (site / "outer" / "inner" / "org.yaml").write_text(rule, "utf-8")
    (site / "org_policies-1.0.dist-info").mkdir()
    (site / "org_policies-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: org-policies\nVersion: 1.0\n", "utf-8")
    (site / "org_policies-1.0.dist-info" / "entry_points.txt").write_text("[edalint.policies]\norg = outer.inner\n", "utf-8")
    trap.write("edalint.yaml", "policy-packages: [org-policies==1.0]\n")
    trap.write("template.yaml", QUEUE)

    done = trap.edalint("check", ".", "--format", "json", PYTHONPATH=str(site))

    assert "ORG101" in {f["rule"] for f in json.loads(done.stdout)["findings"]}, done.stdout[-2000:] + done.stderr
    assert trap.caught == []


def test_a_hook_starts_nothing(trap: Trap) -> None:
    """What the pre-commit hook runs, in a project full of code."""
    shadow(trap)
    hostile_repository(trap)

    assert trap.edalint("check", "--hook").returncode in (0, 1)
    assert trap.caught == []


def test_templates_start_nothing(trap: Trap) -> None:
    """Programs of Terraform, builds, code of functions and CDK apps lie there and are not run."""
    for name in ("external", "local-exec", "makefile", "cdk"):
        trap.script(name)
    at = trap.canaries.parent
    trap.write(
        "infra/main.tf",
        f"""data "external" "e" {{
  program = ["{at}/external.sh"]
}}
resource "null_resource" "n" {{
  provisioner "local-exec" {{
    command = "{at}/local-exec.sh"
  }}
}}
resource "aws_lambda_function" "f" {{
  function_name = data.external.e.result.name
  filename      = "${{path.module}}/code.py"
  handler       = "code.handler"
  runtime       = "python3.13"
}}
""",
    )
    trap.write("infra/code.py", trap.python("code"))
    trap.write("src/app.py", trap.python("app"))
    trap.write("src/Makefile", f"build-F:\n\t{at}/makefile.sh\n")
    trap.write("cdk.json", json.dumps({"app": f"{at}/cdk.sh"}))
    trap.write(
        "template.yaml",
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Metadata: {BuildMethod: makefile}\n"
        "    Properties: {CodeUri: src/, Handler: app.handler, Runtime: python3.13, Events: {E: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}}}\n",
    )

    done = trap.edalint("check", ".", "--select", "all", "--schema", "--format", "json")

    assert done.returncode in (0, 1, 2), done.stderr
    assert len(json.loads(done.stdout)["findings"]) > 0
    assert trap.caught == []
