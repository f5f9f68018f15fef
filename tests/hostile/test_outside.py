"""Nothing outside of what was given is opened, whatever names it: every file that a run opens is watched."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edalint.analysis import Analysis, analyze
from edalint.reports import REPORTS, render

MARK = "s3cr3t"
SECONDS = 20
"""Before a FIFO that somebody opened is a failed test."""
_watching: list[list[str]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _watching and isinstance(arguments[0], (str, bytes)):
        _watching[-1].append(os.path.realpath(os.fsdecode(arguments[0])))


sys.addaudithook(_hook)


@contextlib.contextmanager
def opened() -> Iterator[list[str]]:
    """The real paths of all files that are opened."""

    def late(*_: object) -> None:
        raise AssertionError("something waits for ever")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    found: list[str] = []
    _watching.append(found)
    try:
        yield found
    finally:
        _watching.pop()
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in no repository, with secrets all around it and links to them in it."""
    template = {
        "Resources": {MARK: {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"O": {"Value": MARK}},
        "StartAt": MARK,
        "States": {MARK: {"Type": "Pass", "End": True}},
    }
    for folder in (tmp_path, tmp_path / "outside"):
        folder.mkdir(exist_ok=True)
        (folder / "secret.json").write_text(json.dumps(template), "utf-8")
        (folder / "secret.txt").write_text(MARK, "utf-8")
        (folder / "main.tf").write_text(f'output "o" {{\n  value = "{MARK}"\n}}\n', "utf-8")
        (folder / "terraform.tfvars").write_text(f'a = "{MARK}"\n', "utf-8")
    (tmp_path / "outside" / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": {"S": _stack("secret.json")}}), "utf-8")
    made = tmp_path / "project"
    made.mkdir()
    (made / "link.json").symlink_to(tmp_path / "secret.json")
    (made / "folder").symlink_to(tmp_path / "outside")
    (made / "zero.json").symlink_to("/dev/zero")
    (made / "zero.txt").symlink_to("/dev/zero")
    os.mkfifo(made / "fifo.json")
    (made / "loop.json").symlink_to(made / "loop.json")
    monkeypatch.chdir(made)
    return made


def _stack(template: str) -> dict[str, Any]:
    return {"type": "aws:cloudformation:stack", "environment": "aws://1/x", "properties": {"templateFile": template}}


def run(project: Path, *paths: str) -> Analysis:
    """An analysis that opened nothing outside, and whose reports say nothing of what is there."""
    with opened() as files:
        analysis = analyze([project / p for p in paths or (".",)])
        reports = [render(name, analysis) for name in REPORTS]
    home = os.path.realpath(project)
    outside = [
        f
        for f in files
        if f.startswith((os.path.realpath(project.parent), "/dev", "/etc", "/proc")) and not f.startswith((home + os.sep, home))
    ]
    assert [f for f in outside if f != "/dev/null"] == []
    assert not any(MARK in report for report in reports)
    return analysis


def places(project: Path) -> dict[str, str]:
    """Ways to name a file that is not the project's."""
    return {
        "above": "../secret.json",
        "far": "../" * 40 + "etc/passwd",
        "hidden": "a/../../secret.json",
        "absolute": str(project.parent / "secret.json"),
        "link": "link.json",
        "linked-folder": "folder/secret.json",
        "device": "/dev/zero",
        "linked-device": "zero.json",
        "fifo": "fifo.json",
        "loop": "loop.json",
        "process": "/proc/self/environ",
        "file-url": f"file://{project.parent / 'secret.json'}",
        "null": "secret.json\0x",
        "long": "x" * 5000,
        "folder": ".",
    }


PLACES = tuple(places(Path("/x")))
OTHERS = {
    "x.tf": "main.tf",
    "terraform.tfvars": "terraform.tfvars",
    "x.auto.tfvars": "terraform.tfvars",
    "manifest.json": "outside/manifest.json",
    "cdk.out/manifest.json": "outside/manifest.json",
    "cdk.out": "outside",
}
"""What a link of a name leads to: something that would be read if it were the project's."""


@pytest.mark.parametrize("name", PLACES)
def test_templates_name_nothing_outside(name: str, project: Path) -> None:
    """Nested stacks, definitions, includes, assets of all kinds: a path that leads out is not followed."""
    path = places(project)[name]
    resources = {
        "Stack": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": path}},
        "Asset": {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": path, "aws:asset:property": "TemplateURL"}, "Properties": {"TemplateURL": "x"}},
        "App": {"Type": "AWS::Serverless::Application", "Properties": {"Location": path}},
        "Machine": {"Type": "AWS::Serverless::StateMachine", "Properties": {"DefinitionUri": path}},
        "Plain": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionS3Location": path, "RoleArn": "x"}},
        "Api": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "x", "DefinitionUri": path}},
        "Included": {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "x", "DefinitionBody": {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": path}}}}},
        "Function": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": path, "Handler": "x", "Runtime": "python3.13"}},
        "Out": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": ["Stack", "Outputs.O"]}}},
        "Coded": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionS3Location": {"Bucket": "x", "Key": path}, "RoleArn": "x"}},
        "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": path}},
    }  # fmt: skip
    (project / "template.json").write_text(json.dumps({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}), "utf-8")
    analysis = run(project, "template.json")

    assert len(analysis.units) == 1
    assert "Function" in analysis.units[0].resources


@pytest.mark.parametrize("name", PLACES)
def test_assemblies_name_nothing_outside(name: str, project: Path) -> None:
    """A cloud assembly's stacks, nested assemblies, assets and traces are files below it."""
    path = places(project)[name]
    stack = _stack("t.template.json") | {
        "additionalMetadataFile": path,
        "metadata": {"/S/Q": [{"type": "aws:cdk:logicalId", "data": "Q", "trace": [f"Object ({path}:1:1)"]}]},
    }
    artifacts = {
        "S": stack,
        "Out": _stack(path),
        "Nested": {"type": "cdk:cloud-assembly", "properties": {"directoryName": path}},
        "Up": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "../../outside"}},
    }
    out = project / "cdk.out"
    out.mkdir()
    (out / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": artifacts}), "utf-8")
    digest = "0" * 64
    (out / "S.assets.json").write_text(json.dumps({"files": {digest: {"source": {"path": path}}}}), "utf-8")
    resources = {
        "Q": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "S/Q/Resource"}},
        "N": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": f"https://x/{digest}.json"}},
    }
    (out / "t.template.json").write_text(json.dumps({"Resources": resources}), "utf-8")
    analysis = run(project, "cdk.out")

    assert [sorted(u.resources) for u in analysis.units] == [["N", "Q"]]


@pytest.mark.parametrize("name", PLACES)
def test_terraform_reads_nothing_outside(name: str, project: Path) -> None:
    """file(), templatefile(), fileset() and hashes look at the project's files only; what they would give is unknown."""
    path = json.dumps(places(project)[name].replace("\0", "\\u0000"))
    (project / "main.tf").write_text(
        f"""locals {{
  file     = try(file({path}), "")
  template = try(templatefile({path}, {{ a = 1 }}), "")
  encoded  = try(filebase64({path}), "")
  hash     = try(filesha256({path}), "")
  exists   = fileexists({path})
  set      = fileset({path}, "**")
  json     = try(jsondecode(file({path})), null)
}}
resource "aws_sqs_queue" "q" {{
  name = jsonencode([local.file, local.template, local.encoded, local.hash, local.exists, local.set, local.json])
}}
""",
        "utf-8",
    )
    analysis = run(project)

    assert any("aws_sqs_queue.q" in u.resources for u in analysis.units)


def test_module_sources_may_climb_for_hcl_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`../../` is how a module's examples call it: its HCL is read, and no other file there, nor what its links lead to."""
    module, example = tmp_path / "m", tmp_path / "m" / "examples" / "complete"
    example.mkdir(parents=True)
    (tmp_path / "elsewhere.tf").write_text(f'resource "aws_sqs_queue" "{MARK}" {{}}\n', "utf-8")
    (module / "policy.json").write_text(json.dumps({"x": MARK}), "utf-8")
    (module / "linked.tf").symlink_to(tmp_path / "elsewhere.tf")
    (module / "main.tf").write_text(
        'resource "aws_sqs_queue" "q" {\n  policy = file("${path.module}/policy.json")\n}\noutput "arn" {\n  value = aws_sqs_queue.q.arn\n}\n',
        "utf-8",
    )
    (example / "main.tf").write_text(
        'module "m" {\n  source = "../../"\n}\nmodule "far" {\n  source = "../../../../../../../../../etc"\n}\n', "utf-8"
    )
    monkeypatch.chdir(example)
    with opened() as files:
        analysis = analyze([example])

    read = {Path(f).relative_to(os.path.realpath(tmp_path)).as_posix() for f in files if f.startswith(os.path.realpath(tmp_path))}
    assert read == {"m/main.tf", "m/examples/complete/main.tf"}
    assert not any(MARK in resource for unit in analysis.units for resource in unit.resources)


@pytest.mark.parametrize(
    "source", ["./folder", "../outside", "/etc", "folder/../..", "file:///etc", "./fifo.json", "./loop.json", "", "\\u0000", "./\\u0000"]
)
def test_module_sources_open_no_other_file(source: str, project: Path) -> None:
    """A module may come from a folder outside, but only HCL that lies there is opened, and the manifest leads nowhere else."""
    (project / ".terraform" / "modules").mkdir(parents=True)
    listed = {"Modules": [{"Key": "m", "Dir": "../outside"}, {"Key": "n", "Dir": "/etc"}]}
    (project / ".terraform" / "modules" / "modules.json").write_text(json.dumps(listed), "utf-8")
    (project / "main.tf").write_text(
        f'module "m" {{\n  source = "{source}"\n}}\nmodule "n" {{\n  source = "a/b/aws"\n}}\nresource "aws_sqs_queue" "q" {{}}\n', "utf-8"
    )
    with opened() as files:
        analysis = analyze([project])

    home = os.path.realpath(project)
    assert {Path(f).suffix for f in files if f.startswith(os.path.realpath(project.parent)) and not f.startswith(home + os.sep)} <= {
        ".tf",
        "",
    }
    assert any("aws_sqs_queue.q" in u.resources for u in analysis.units)


def _no_file(project: Path, name: str, kind: str) -> None:
    (project / name).parent.mkdir(exist_ok=True)
    if kind == "fifo":
        os.mkfifo(project / name)
    else:
        (project / name).symlink_to("/dev/zero" if kind == "device" else project.parent / OTHERS.get(name, "secret.json"))


def _two_queues(project: Path) -> None:
    """A template and a root beside what is no file."""
    (project / "t.json").write_text('{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}', "utf-8")
    (project / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n', "utf-8")


@pytest.mark.parametrize(
    "name",
    [
        ".gitignore",
        "samconfig.toml",
        "terraform.tfvars",
        "terraform.tfvars.json",
        "x.auto.tfvars",
        "x.json",
        "x.yaml",
        "terraform.tfstate",
        "manifest.json",
        "cdk.json",
        "cdk.out/manifest.json",
        "cdk.out",
    ],
)
@pytest.mark.parametrize("kind", ["fifo", "device", "link"])
def test_what_lies_beside_may_be_no_file(name: str, kind: str, project: Path) -> None:
    """A FIFO, a device or somebody else's file under a name that we look for is as good as nothing there."""
    _no_file(project, name, kind)
    _two_queues(project)
    analysis = run(project)

    assert sorted(r for u in analysis.units for r in u.resources) == ["Q", "aws_sqs_queue.q"]


@pytest.mark.parametrize("name", ["x.tf", "x.tf.json", "x_override.tf"])
@pytest.mark.parametrize("kind", ["fifo", "device", "link"])
def test_hcl_that_is_no_file_makes_a_root_incomplete(name: str, kind: str, project: Path) -> None:
    """What a root says is not known where one of its files can't be read: the file is named, and others are judged."""
    _no_file(project, name, kind)
    _two_queues(project)
    analysis = run(project)

    assert [r for u in analysis.units for r in u.resources] == ["Q"]
    assert any(name in d.message for d in analysis.diagnostics), analysis.diagnostics
