"""`--diff`: where it is piped a patch, byte for byte, that applies; on a terminal the same lines with nothing in them that steers it.

Git does the same: what it prints is raw, and on a terminal `less` stands between, which shows escapes as characters.
"""

from __future__ import annotations

import json
import os
import pty
import resource
import select
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_hcl

from edalint.sources import reader
from tests.conftest import ROOT
from tests.hostile.test_injection import BIDI

ODD = "\u202e \u2066 \u200f \ufeff"
"""What YAML allows."""
TEMPLATES = {
    "t.yaml": f"# {ODD}\nResources:\n  # ::error::evil\n  ::error::x: {{Type: 'AWS::SNS::Topic', Metadata: {{A: \"{ODD}\"}}}}\n  Q:\n    Type: AWS::SQS::Queue\n  # {ODD}\n",
    "crlf.yaml": "Resources:\r\n  Q:\r\n    Type: AWS::SQS::Queue\r\n    Metadata: {A: b}\r\n",
    "t.json": '{\n  "Resources": {\n    "Q": {\n      "Type": "AWS::SQS::Queue",\n      "Metadata": {"A": "\x1b[2J\x0b\x0c\x1c\x1d\x1e\x07\x08\x7f\x9b\u202e"}\n    }\n  }\n}\n',
    "infra/main.tf": '# \x1b]0;evil\x07 \x9b2J \x0c \x1e\r\n# \u202e ##vso[task.setvariable variable=x]y\nresource "aws_sqs_queue" "q" {\n  name = "q"\n}\n# \x1b[2J',
}
"""Files that can be mended, with everything in them that a terminal or a log would obey."""
NAMES = (
    "a b.yaml",
    'quote".yaml',
    "tab\t.yaml",
    "back\\slash.yaml",
    "größe.yaml",
    "new\nline.yaml",
    "new\n--- a/t.yaml\n+++ b/evil.yaml",
    "esc\x1b[2J.yaml",
)
QUEUE = "Resources:\n  Q:\n    Type: AWS::SQS::Queue\n"
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(ROOT),
    "PYTHONIOENCODING": "utf-8",
    "TERM": "xterm-256color",
    "GIT_CONFIG_NOSYSTEM": "1",
    "HOME": "/nonexistent",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    made = tmp_path / "project"
    for name, text in TEMPLATES.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(text.encode())
    return made


def edalint(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "edalint", "check", ".", *words], cwd=folder, capture_output=True, timeout=120, check=False, env=ENVIRONMENT
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def applied(folder: Path, patch: bytes) -> dict[str, bytes]:
    """What `git apply` makes of a folder."""
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True, env=ENVIRONMENT)
    subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=folder, input=patch, check=True, env=ENVIRONMENT)
    shutil.rmtree(folder / ".git")
    return contents(folder)


def test_a_patch_that_is_piped_does_what_fix_does(project: Path) -> None:
    """Every byte: what stands around a change is raw, or git would not find it."""
    copy = project.parent / "copy"
    shutil.copytree(project, copy)
    before = contents(project)
    patch = edalint(project, "--diff").stdout

    edalint(copy, "--fix")
    mended = contents(copy)

    assert {name for name in before if mended[name] != before[name]} == set(TEMPLATES), "each of them is one that can be mended"
    assert applied(project, patch) == mended
    assert all(sign.encode() in patch for sign in ("\x1b[2J", "\x9b", "\u202e", "##vso["))


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_part_of_no_patch_but_its_own(name: str, tmp_path: Path) -> None:
    """Names are quoted as git quotes them: no name begins another file's header or turns the direction of writing."""
    project = tmp_path / "project"
    file = project / name
    file.parent.mkdir(parents=True)
    file.write_text(QUEUE, "utf-8")
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    patch = edalint(project, name, "--diff").stdout

    assert patch.startswith(b"--- ")
    assert patch.count(b"\n--- ") == 0
    assert patch.count(b"\n+++ ") == 1
    edalint(copy, name, "--fix")
    assert applied(project, patch) == contents(copy)
    assert contents(copy)[name] != QUEUE.encode()


@pytest.mark.parametrize("break_", ["\x85", "\u2028", "\u2029", "\r"])
def test_lines_that_only_yaml_counts_are_left_alone(break_: str, tmp_path: Path) -> None:
    """A file with such a line break is judged and not written: places in it are not where an editor has them."""
    (tmp_path / "t.yaml").write_text(f"# a{break_}# b\n{QUEUE}", "utf-8", newline="")
    before = contents(tmp_path)
    done = edalint(tmp_path, "--fix")

    assert b"EDA101" in done.stdout
    assert contents(tmp_path) == before


@pytest.mark.parametrize("words", [("--fix",), ("--diff",)], ids=" ".join)
def test_what_stands_on_standard_input_mends_no_file(words: tuple[str, ...], tmp_path: Path) -> None:
    """An editor's text is not that of the file whose name it gives: places in one are none in the other."""
    (tmp_path / "t.yaml").write_text(f"# a\n# b\n{QUEUE}", "utf-8")
    before = contents(tmp_path)
    command = [sys.executable, "-m", "edalint", "check", "-", "--stdin-filename", "t.yaml", *words]
    done = subprocess.run(command, cwd=tmp_path, input=QUEUE.encode(), capture_output=True, timeout=60, check=False, env=ENVIRONMENT)

    assert b"mend" in done.stderr
    assert b" 0 findings" in done.stderr
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("{Resources: {Q: {Type: 'AWS::SQS::Queue'}}}\n", False),
        ('{1: x, "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}\n', False),
        ('{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "A\0\x1b": 1}}}\n', True),
        ('{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": 1, "Properties": {"QueueName": "q"}}}}\n', True),
    ],
    ids=["yaml", "numbers", "controls", "repeated"],
)
def test_json_that_is_not_quite_json_is_mended_or_left_alone(text: str, mended: bool, tmp_path: Path) -> None:
    """What is read as a template though JSON forbids it; of a key that is repeated the last one counts for us, and is mended."""
    (tmp_path / "t.json").write_text(text, "utf-8")
    assert b"EDA101" in edalint(tmp_path, "t.json", "--format=concise").stdout
    done = edalint(tmp_path, "t.json", "--fix", "--format=concise")

    assert (b"EDA101" not in done.stdout) is mended
    assert (contents(tmp_path)["t.json"] != text.encode()) is mended


@pytest.mark.parametrize(
    "properties",
    [
        "{FifoQueue}",
        "{FifoQueue:x true, Q}",
        "{? FifoQueue, QueueName: q}",
        "\n      ? QueueName",
        "\n      ? QueueName\n      # a: b\n      : q",
    ],
    ids=["alone", "colon-inside", "asked", "asked-block", "asked-with-value"],
)
def test_keys_without_a_colon_mislead_nobody(properties: str, tmp_path: Path) -> None:
    """The colon that is looked for is the key's own: one further on belongs to something else, which stays as it is."""
    text = f"Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {properties}\n  Other: {{Type: 'AWS::SNS::Topic', Properties: {{TopicName: t}}}}\n"
    (tmp_path / "t.yaml").write_text(text, "utf-8")
    before = reader.read("t", text).root["Resources"]
    assert b"EDA101" in edalint(tmp_path, "--format=concise").stdout
    edalint(tmp_path, "--fix")
    after = reader.read("t", (tmp_path / "t.yaml").read_text("utf-8")).root["Resources"]

    assert after["Other"] == before["Other"]
    assert after["Q"]["Properties"].items() >= before["Q"]["Properties"].items()


IDS = ("Pic{k", ":Objects", "a, b: {", "x #y", "'q'", "9", "true", "- a", "*a", "a: b", "\u202e", "${AWS::Region}", "größe")


@pytest.mark.parametrize("id", IDS)
@pytest.mark.parametrize("name", ["t.yaml", "flow.yaml", "t.json", "main.tf"])
def test_an_id_breaks_out_of_no_text(name: str, id: str, tmp_path: Path) -> None:
    """What is written about a resource with any name is about that name: the file can be read, and says the same of all the others."""
    quoted = json.dumps(id, ensure_ascii=False)
    texts = {
        "t.yaml": f"Resources:\n  {quoted}:\n    Type: AWS::SQS::Queue\n  Other: {{Type: 'AWS::SNS::Topic'}}\n",
        "flow.yaml": f"Resources:\n  {quoted}: {{Type: 'AWS::SQS::Queue'}}\n  Other: {{Type: 'AWS::SNS::Topic'}}\n",
        "t.json": f'{{"Resources": {{{quoted}: {{"Type": "AWS::SQS::Queue"}}, "Other": {{"Type": "AWS::SNS::Topic"}}}}}}',
        "main.tf": f'resource "aws_sqs_queue" {quoted} {{\n  name = "q"\n}}\nresource "aws_sns_topic" "other" {{\n  name = "t"\n}}\n',
    }
    (tmp_path / name).write_text(texts[name], "utf-8")
    edalint(tmp_path, "--fix")
    after = (tmp_path / name).read_text("utf-8")

    if name == "main.tf":
        assert not tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language())).parse(after.encode()).root_node.has_error
        assert after.count("resource ") in (2, 3)
        assert 'resource "aws_sns_topic" "other" {\n  name = "t"\n}\n' in after
    else:
        resources = reader.read("t", after).root["Resources"]
        assert resources["Other"] == {"Type": "AWS::SNS::Topic"}
        assert resources[id]["Type"] == "AWS::SQS::Queue"
        assert {r["Type"] for r in resources.values()} == {"AWS::SQS::Queue", "AWS::SNS::Topic"}
        if after != texts[name]:
            (made,) = resources.keys() - {id, "Other"}
            assert resources[id]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": [made, "Arn"]}


def test_a_disk_without_room_leaves_a_file_as_it_was(tmp_path: Path) -> None:
    """`--fix` ends with 2 and says which file; no template is cut off."""
    (tmp_path / "t.yaml").write_text(QUEUE, "utf-8")
    (tmp_path / "link.yaml").hardlink_to(tmp_path / "t.yaml")
    most = len(QUEUE) + 20
    words = [sys.executable, "-m", "edalint", "check", "t.yaml", "--fix", "--no-cache"]
    for limit, ends in ((most, 2), (100_000, 0)):
        done = subprocess.run(
            words,
            cwd=tmp_path,
            capture_output=True,
            timeout=60,
            check=False,
            env={**ENVIRONMENT, "PYTHONDONTWRITEBYTECODE": "1"},
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),  # type: ignore[misc]
        )
        texts = {(tmp_path / name).read_text("utf-8") for name in ("t.yaml", "link.yaml")}

        assert (done.returncode == 2) is (ends == 2), done.stderr
        assert (b"t.yaml: can't be written: " in done.stderr) is (ends == 2)
        assert (texts == {QUEUE}) is (ends == 2)
        assert len(texts) == 1


def test_a_patch_on_a_terminal_steers_nothing(project: Path) -> None:
    """Escapes, control characters, turned writing: shown as words."""
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "edalint", "check", ".", "--diff", "--color=always"],
        cwd=project,
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ):
        os.close(terminal)
        data = b""
        while select.select([controller], [], [], 60)[0]:
            try:
                piece = os.read(controller, 1 << 16)
            except OSError:  # Linux's way to say that nobody holds the other end any more
                break
            if not piece:
                break
            data += piece
        os.close(controller)
    text = data.decode("utf-8").replace("\r\n", "\n")

    assert "+      RedrivePolicy" in text
    assert "\\u001b[2J" in text
    assert not {c for c in text if c != "\n" and (unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in BIDI)}
    assert "##vso[" not in text
    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]
