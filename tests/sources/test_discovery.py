"""What is analysed: content decides, what is named must be something, what is only met may be anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from edalint.sources.discovery import discover, sniff

TEMPLATE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"


def names(folder: Path, *exclude: str) -> list[tuple[str, str]]:
    return [(s.kind, s.display) for s in discover([folder], exclude=exclude, root=folder).sources]


def files(folder: Path, contents: dict[str, str]) -> None:
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_a_template_is_what_has_resources_of_aws(tmp_path: Path) -> None:
    """The name decides nothing: an `infra.yml` with resources is found, a `template.yaml` of something else is not."""
    files(
        tmp_path,
        {"infra.yml": TEMPLATE, "template.yaml": "kind: Deployment\n", "x.json": '{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}'},
    )

    assert names(tmp_path) == [("cloudformation", "infra.yml"), ("cloudformation", "x.json")]


@pytest.mark.parametrize("folder", ["node_modules/a", ".venv/lib", ".terraform/modules", ".aws-sam/build", ".git"])
def test_folders_of_tools_are_skipped(tmp_path: Path, folder: str) -> None:
    """What other tools made or fetched is not the user's."""
    files(tmp_path, {f"{folder}/t.yaml": TEMPLATE, "t.yaml": TEMPLATE})

    assert names(tmp_path) == [("cloudformation", "t.yaml")]


def test_gitignore_and_exclude_leave_out(tmp_path: Path) -> None:
    """Ignored files are left out, later and deeper lines win; a cdk.out is looked at although git ignores it."""
    files(
        tmp_path,
        {
            ".gitignore": "build/\n*.gen.yaml\ncdk.out\n",
            "sub/.gitignore": "!keep.gen.yaml\n",
            "build/t.yaml": TEMPLATE,
            "a.gen.yaml": TEMPLATE,
            "sub/keep.gen.yaml": TEMPLATE,
            "docs/t.yaml": TEMPLATE,
            "cdk.out/manifest.json": '{"version": "36.0.0", "artifacts": {}}',
        },
    )

    assert names(tmp_path, "docs/") == [("cdk", "cdk.out"), ("cloudformation", "sub/keep.gen.yaml")]


def test_an_assembly_is_one_source(tmp_path: Path) -> None:
    """A manifest of the CDK makes its folder one source; the templates in it are not found a second time."""
    files(
        tmp_path,
        {
            "cdk.out/manifest.json": '{"version": "36.0.0", "artifacts": {}}',
            "cdk.out/S.template.json": '{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}',
        },
    )

    assert names(tmp_path) == [("cdk", "cdk.out")]


@pytest.mark.parametrize(
    ("root", "text"),
    [
        ("live/main.tf", 'module "q" {\n  source = "../modules/queue"\n}\n'),
        ("live/main.tf.json", '{"module": {"q": {"source": "../modules/queue"}}}'),
    ],
)
def test_a_local_module_is_no_root(root: str, text: str, tmp_path: Path) -> None:
    """A folder that a root uses as a module, in HCL or in JSON, is analysed through that root, unless it is named itself."""
    files(
        tmp_path,
        {
            root: text,
            "modules/queue/main.tf": 'resource "aws_sqs_queue" "q" {}\n',
            "empty/variables.tf": 'variable "x" {}\n',
        },
    )

    assert names(tmp_path) == [("terraform", "live")]
    assert names(tmp_path / "modules" / "queue") == [("terraform", ".")]


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b'{"format_version": "1.2", "planned_values": {}}', "x.json", "terraform-plan"),
        (b'{"format_version": "1.0", "terraform_version": "1.9", "values": {}}', "x.json", "terraform-state"),
        (b'{"version": 4, "terraform_version": "1.9", "lineage": "", "resources": []}', "x.tfstate", "terraform-state"),
        (b"PK\x03\x04....tfplan", "plan.out", "terraform-binary-plan"),
        (b'{"name": "app", "Resources": {}}', "package.json", ""),
        (b"examples:\n  bad:\n    - cloudformation: |\n        Resources:\n          A: {Type: AWS::SQS::Queue}\n", "rule.yaml", ""),
        (b'\xef\xbb\xbfResources:\r\n  A:\r\n    Type: "AWS::SQS::Queue"\r\n', "t.yaml", "cloudformation"),
    ],
)
def test_sniff(head: bytes, name: str, kind: str) -> None:
    """Each kind of input shows itself in its first bytes."""
    assert sniff(head, name) == kind


def test_a_missing_or_empty_path_is_an_error(tmp_path: Path) -> None:
    """A path that is not there, or holds nothing to analyse, is said, with what was expected."""
    (tmp_path / "empty").mkdir()

    problems = discover([tmp_path / "nowhere", tmp_path / "empty"], root=tmp_path).diagnostics

    assert [(d.path, d.code, d.severity) for d in problems] == [
        ("nowhere", "missing-file", "error"),
        ("empty", "nothing-to-analyse", "error"),
    ]


def test_a_cdk_app_without_assembly_is_said(tmp_path: Path) -> None:
    """A cdk.json without cdk.out names the command to run; it is no error by itself."""
    files(tmp_path, {"cdk.json": "{}", "t.yaml": TEMPLATE})

    (problem,) = discover([tmp_path], root=tmp_path).diagnostics

    assert problem.severity == "warning"
    assert "cdk synth" in problem.message
