"""Text that is made to hurt its reader: each file is refused or read within the limits, and the file beside it is judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hostile.running import NEIGHBOUR, beside, run

RESOURCE = "Resources:\n  R:\n    Type: AWS::SQS::Queue\n"
DEEP = 100_000


def _billion_laughs() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    return "\n".join(lines) + "\n" + RESOURCE + "    Properties:\n      Tags: *a11\n"


def _merge_bomb() -> str:
    lines = ["m0: &m0 {" + ", ".join(f"k{i}: 1" for i in range(2000)) + "}"]
    lines += [f"m{i}: &m{i}\n  <<: [{', '.join([f'*m{i - 1}'] * 20)}]\n  x{i}: 1" for i in range(1, 40)]
    return "\n".join(lines) + "\n" + RESOURCE + "    Metadata: *m39\n"


def _resources(value: str) -> str:
    """A JSON template with one property written as given."""
    return '{"Resources": {"R": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": ' + value + "}}}}"


SYNTAX: dict[str, bytes | str] = {
    "aliases.yaml": _billion_laughs(),
    "merges.yaml": _merge_bomb(),
    "cyclic.yaml": RESOURCE + "    Properties: &p\n      Tags: [*p]\n",
    "cyclic-merge.yaml": RESOURCE + "    Properties: &p\n      <<: *p\n",
    "unknown-anchor.yaml": RESOURCE + "    Properties: *nowhere\n",
    "deep-flow.yaml": RESOURCE + "    Properties:\n      Tags: " + "[" * DEEP + "]" * DEEP + "\n",
    "deep-open.yaml": RESOURCE + "    Properties:\n      Tags: " + "{a: " * DEEP + "\n",
    "deep-block.yaml": RESOURCE + "    Properties:\n      Tags:\n        " + "- " * DEEP + "x\n",
    "deep-keys.yaml": RESOURCE + "    Properties:\n      Tags:\n" + "".join(" " * (8 + i) + "a:\n" for i in range(1500)),
    "deep-tags.yaml": RESOURCE + "    Properties:\n      Tags: " + "!Base64 [" * DEEP + "]" * DEEP + "\n",
    "deep.json": _resources("[" * DEEP + "]" * DEEP),
    "deep-open.json": _resources('{"a": ' * DEEP),
    "deep-map.json": _resources('{"Fn::Base64": ' * DEEP + "1" + "}" * DEEP),
    "quadratic.yaml": RESOURCE + "    Properties:\n      Tags: {" + "a: b c d {, " * 20_000 + "\n",
    "controls.yaml": RESOURCE.encode() + b"    Properties: {QueueName: \x00\x01\x02}\n",
    "half.json": _resources('"').rstrip("}"),
}
"""Files that are refused with a place."""
READ: dict[str, bytes | str] = {
    "utf-16-le.yaml": b"\xff\xfe" + RESOURCE.encode("utf-16-le"),
    "utf-16-be.yaml": b"\xfe\xff" + RESOURCE.encode("utf-16-be"),
    "utf-8-bom.yaml": b"\xef\xbb\xbf" + RESOURCE.encode(),
    "latin-1.yaml": (RESOURCE + "    Properties: {QueueName: größe}\n").encode("latin-1"),
    "surrogates.json": _resources('"\\ud800\\udc00\\udfff"'),
    "long-number.json": _resources("1" * 4000),
    "long-float.yaml": RESOURCE + "    Properties: {DelaySeconds: 1" + "0" * 100_000 + ".5, VisibilityTimeout: 1e999999}\n",
    "long-name.json": _resources(json.dumps("x" * 3_000_000)),
    "wide.json": _resources(json.dumps(list(range(300_000)))),
    "wide-keys.json": _resources(json.dumps({f"k{i}": i for i in range(200_000)})),
    "repeated-keys.json": _resources("{" + '"a": 1, ' * 100_000 + '"a": 2}'),
    "crlf.yaml": RESOURCE.replace("\n", "\r\n"),
    "base-60.yaml": RESOURCE + "    Properties: {DelaySeconds: 1" + ":59" * 12 + "}\n",
}
"""Files that are odd and can be read."""


@pytest.mark.parametrize("name", SYNTAX)
def test_what_explodes_is_refused_with_a_place(name: str, tmp_path: Path) -> None:
    """Bombs, cycles and nesting without end are a syntax problem of their own file and of no other."""
    ended = beside(tmp_path, name, SYNTAX[name])

    assert ended.status == 2
    assert ended.diagnostics == {name: ["syntax"]}


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_is_read(name: str, tmp_path: Path) -> None:
    """Encodings, sizes and numbers that nobody writes by hand are read; no file is an error for them."""
    ended = beside(tmp_path, name, READ[name])

    assert not {"syntax", "unreadable"} & set(ended.diagnostics.get(name, ())), ended.diagnostics
    assert ended.report["summary"]["resources"] == 4


BIG = ("big.yaml", "big.json", "big.tfstate", "big.template", "plan.json")


def test_a_file_of_100_mb_is_not_read(tmp_path: Path) -> None:
    """Named it is refused by its size alone; found it is passed over. A sparse file takes no room on the disk."""
    for name in BIG:
        with (tmp_path / name).open("wb") as file:
            file.write(RESOURCE.encode())
            file.truncate(100_000_000)
    ended = beside(tmp_path, "x.txt", "", *BIG)
    found = beside(tmp_path, "x.txt", "", ".")

    assert ended.status == 2
    assert ended.diagnostics == {name: ["too-large"] for name in BIG}
    assert "big.yaml" not in found.diagnostics


SETTINGS = {
    "edalint.yaml": (".",),
    "c.yaml": (".", "--config=c.yaml"),
    "c.toml": (".", "--config=c.toml"),
    "b.json": (".", "--baseline=b.json"),
    "p.yaml": (".", "--policies=p.yaml"),
    "policies/p.yaml": (".", "--policies=policies"),
    "x.json": (".", "--parameters=x.json"),
    "samconfig.yaml": (".", "--parameters=samconfig.yaml"),
    "samconfig.toml": (".", "--parameters=samconfig.toml"),
    "x.tfvars": (".", "--var-file=x.tfvars"),
    "main.tf": (".",),
    "main.tf.json": (".",),
    "terraform.tfvars": (".",),
    "terraform.tfvars.json": (".",),
    "cdk.out/S.template.json": (".",),
    "definition.asl.json": (".",),
}
"""Files of 100 MB -> the command line that asks for them, by name or by what lies there."""
PASSED_OVER = ("pyproject.toml", ".gitignore", "samconfig.toml", "x.yaml", "x.tfstate", "cdk.out/manifest.json")
SURROUNDINGS = {
    "main.tf": 'resource "aws_sqs_queue" "q" {}\n',
    "cdk.out/manifest.json": '{"version": "48.0.0", "artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}}}',
    "infra/main.tf": 'module "m" {\n  source = "org/m/aws"\n}\n',
    "t.json": '{"Resources": {"M": {"Type": "AWS::Serverless::StateMachine", "Properties": {"DefinitionUri": "definition.asl.json"}}}}',
}


def _write(folder: Path, name: str, text: str) -> None:
    """A file, and around it what makes a run read it."""
    (folder / "good.json").write_text(NEIGHBOUR, "utf-8")
    around = {other: said for other, said in SURROUNDINGS.items() if Path(name).parts[:-1][:1] == Path(other).parts[:-1]}
    for other, said in {**around, name: text}.items():
        (folder / other).parent.mkdir(exist_ok=True, parents=True)
        (folder / other).write_text(said, "utf-8")


def _huge(folder: Path, name: str) -> None:
    _write(folder, name, "")
    with (folder / name).open("wb") as file:
        file.truncate(100_000_000)


@pytest.mark.parametrize("name", SETTINGS)
def test_100_mb_of_anything_are_refused(name: str, tmp_path: Path) -> None:
    """By the size alone, with a message that names the file; what is no setting ends no run."""
    _huge(tmp_path, name)
    ended = run(tmp_path, *SETTINGS[name])

    said = ended.err + json.dumps(ended.report)
    assert Path(name).name in said
    assert "larger than 50 MB" in said
    assert ended.status == 2 or name == "definition.asl.json"


DEEP_TEXTS = {"[": "[" * DEEP, "{": '{"a": ' * DEEP + "1" + "}" * DEEP}
"""Texts in which things stand in each other without end; for TOML they are the value of a key."""
DEEP_SETTINGS = {
    **SETTINGS,
    "pyproject.toml": (".",),
    "samconfig.toml": (".",),
    "x.toml": (".", "--parameters=x.toml"),
    "x.yaml": (".", "--parameters=x.yaml"),
    "cdk.out/manifest.json": (".",),
    "cdk.out/tree.json": (".",),
    "cdk.out/S.assets.json": (".",),
    "cdk.out/S.metadata.json": (".",),
    "infra/.terraform/modules/modules.json": ("infra", "good.json"),
    "terraform.tfstate": (".",),
    "plan.json": (".",),
}


@pytest.mark.parametrize("opening", DEEP_TEXTS)
@pytest.mark.parametrize("name", DEEP_SETTINGS)
def test_nesting_without_end_breaks_no_reader(name: str, opening: str, tmp_path: Path) -> None:
    """Whatever a run reads beside templates: it runs through no stack, neither Python's nor that of a library written in C."""
    text = DEEP_TEXTS[opening]
    if name.endswith((".toml", ".tf", ".tfvars")):
        text = {"pyproject.toml": "[tool.edalint]\n", "samconfig.toml": "[default.deploy.parameters]\n"}.get(name, "") + f"x = {text}\n"
        text = text.replace('"a": ', "a = ")
    if name == "main.tf":
        text = f"locals {{\n{text}}}\n"
    _write(tmp_path, name, text)
    ended = run(tmp_path, *DEEP_SETTINGS[name])

    assert ended.status == 2 or "good.json" in ended.places


@pytest.mark.parametrize("name", PASSED_OVER)
def test_100_mb_that_nobody_named_are_passed_over(name: str, tmp_path: Path) -> None:
    """What is only looked at because it is there is as good as not there."""
    _huge(tmp_path, name)

    assert "good.json" in run(tmp_path, ".").places


def test_100_mb_on_standard_input_are_refused(tmp_path: Path) -> None:
    """No more is read than a file may have."""
    with (tmp_path / "x").open("w+b") as file:
        file.truncate(100_000_000)
        ended = run(tmp_path, "-", stdin=file)

    assert ended.status == 2
    assert "standard input is larger than 50 MB" in ended.err


def test_a_document_that_does_not_fit_into_memory_is_refused(tmp_path: Path) -> None:
    """Small maps take forty times their text: a process with a limit says so, and judges what lies beside."""
    (tmp_path / "t.json").write_text(_resources("[" + ",".join(['{"a":"b"}'] * 600_000) + "]"), "utf-8")
    (tmp_path / "good.json").write_text(NEIGHBOUR, "utf-8")
    ended = run(tmp_path, "t.json", "good.json", memory=1 << 27)

    assert ended.diagnostics == {"t.json": ["syntax"]}
    assert "good.json" in ended.places


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 400, b"\x7fELF" + b"\0" * 5000, b"PK\x03\x04" + b"\0" * 500, b"\x1f\x8b\x08" + b"x" * 500]
)
def test_binary_junk_is_no_template(content: bytes, tmp_path: Path) -> None:
    """Named it is an error, found among others it is passed over, in silence."""
    named = beside(tmp_path, "junk.yaml", content)
    found = beside(tmp_path, "junk.yaml", content, ".")

    assert named.status == 2
    assert "junk.yaml" in named.diagnostics
    assert "junk.yaml" not in found.diagnostics
