"""What a run imports: start-up time is guarded by names, which are the same on every machine, not by seconds.

Each input is checked in a process of its own, with the tables that a wheel carries. What it may load is written here: the rooms
that every run needs, and what the input itself asks for. A module that is not listed is either imported too early (import it
where it is used) or new in the way of every run (then it is listed here, by somebody who knows what it costs).
"""

from __future__ import annotations

import marshal
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest

from edalint.policy import compiled

FIXTURES = Path(__file__).parents[2] / "fixtures"

RUN = """
import sys
before = set(sys.modules)
import os, time
from pathlib import Path
from edalint import storage
time.process_time = lambda: 0.0  # on a slow machine too, none of these runs is long enough to be kept
storage.COMPILED = Path(sys.argv.pop(1))
leave = os._exit
def end(status):
    print(status, *sorted(set(sys.modules) - before), file=sys.stderr)
    sys.stderr.flush()
    leave(status)
os._exit = end
from edalint.cli import main
main()
"""

STANDARD = "__future__, bisect, collections.abc, functools, gc, importlib.machinery, itertools, marshal, os, pathlib, re, types"
"""Modules of the standard library that every run may load, with what these load themselves. `typing`, `enum` beyond `re`, `json`,
`hashlib`, `inspect`, `dataclasses`, `difflib` are not among them."""
DIGESTS = ("_sha1", "_sha2", "_sha256")
YAML = (
    "yaml",
    "yaml._yaml",
    "yaml.error",
    "yaml.events",
    "yaml.nodes",
    "yaml.tokens",
    "cython_runtime",
    "_cython_*",
    "edalint.sources.libyaml",
    "edalint.sources.yaml_reader",
)
"""PyYAML's C parser; none of its loaders, dumpers and resolvers."""
JSON = ("json", "json.*", "_json", "edalint.sources.json_reader")

EVERY = (
    "edalint", "edalint.hints", "edalint.storage", "edalint.analysis", "edalint.loading", "edalint.model", "edalint.model.*",
    "edalint.cli", "edalint.cli.checking", "edalint.cli.inputs", "edalint.cli.memory", "edalint.cli.names", "edalint.cli.progress", "edalint.cli.quick",
    "edalint.config", "edalint.config.errors", "edalint.config.parameters", "edalint.config.settings",
    "edalint.sources", "edalint.sources.discovery", "edalint.sources.files", "edalint.sources.problem", "edalint.sources.reader",
    "edalint.frontends", "edalint.frontends.context",
    "edalint.services", "edalint.services.registry", "edalint.services.identity", "edalint.services._shared", "edalint.services._terraform",
    "edalint.linking", "edalint.linking.arns", "edalint.linking.ends", "edalint.linking.likeness", "edalint.linking.linker",
    "edalint.linking.lookups", "edalint.linking.names", "edalint.linking.openness",
    "edalint.iam", "edalint.iam.document", "edalint.iam.grants", "edalint.iam.managed",
    "edalint.inference", "edalint.inference.actors", "edalint.inference.grants", "edalint.inference.heads", "edalint.inference.others",
    "edalint.inference.permissions",
    "edalint.facts", "edalint.facts.registry", "edalint.facts.view", "edalint.facts.delivery",
    "edalint.policy", "edalint.policy.compiled", "edalint.policy.evaluate", "edalint.policy.findings", "edalint.policy.match",
    "edalint.policy.places",  "edalint.policy.rules", "edalint.policy.template", "edalint.policy.wording", "edalint.policy.language",
    "edalint.policy.language.compiler", "edalint.policy.language.operations", "edalint.policy.language.shapes", "edalint.policy.language.syntax",
    "edalint.reports", "edalint.reports.text", "edalint.reports.fixes", "edalint.reports.instances",
)  # fmt: skip
"""What every run may load of the program."""
CLOUDFORMATION = tuple(
    f"edalint.frontends.cloudformation{name}"
    for name in (
        "",
        ".attachments",
        ".conditions",
        ".dynamic",
        ".intrinsics",
        ".parameters",
        ".scope",
        ".template",
        ".texts",
    )
)
SAM = tuple(f"edalint.frontends.cloudformation.sam{name}" for name in ("", ".expansion", ".functions", ".globals", ".pull", ".shapes"))
CDK = ("edalint.frontends.cloudformation.cdk", "edalint.frontends.cloudformation.constructs")
TERRAFORM = ("edalint.frontends.terraform", "edalint.frontends.terraform.*", "math")
TREE_SITTER = ("tree_sitter", "tree_sitter.*", "tree_sitter_hcl", "tree_sitter_hcl.*", "typing", "_typing", "typing.*", "contextlib")
DOCUMENTS = ("edalint.facts._documents", "edalint.iam.conditions", "edalint.iam.decision", "edalint.facts.exposure")
"""Facts about policies of resources: every stack may have some."""
EVENTS = (
    "edalint.policy.edits", "edalint.policy.language.regexes", "edalint.facts._permissions",
    "edalint.facts.access", "edalint.facts.basic", "edalint.facts.burst", "edalint.facts.consumers", "edalint.facts.contracts",
    "edalint.facts.duplicates", "edalint.facts.filters", "edalint.facts.multiplication", "edalint.facts.ordering", "edalint.facts.retries",
    "edalint.facts._patterns", "edalint.patterns", "edalint.patterns.eventbridge", "edalint.patterns.kleene", "edalint.patterns.languages",
    "edalint.patterns.leaves", "edalint.patterns.syntax",
)  # fmt: skip
"""What every run over something with events may load."""
ROUTING = ("edalint.facts.routing", "edalint.patterns.aws_events")
ROLES = ("edalint.facts.callers", "edalint.facts.executions", "edalint.facts.roles", "edalint.states")


class Input(NamedTuple):
    """Something small to check."""

    name: str
    text: str | Path
    services: str
    """The service modules that it needs: those of its own resource types, no others."""
    loads: tuple[str, ...]
    """Patterns of the modules that it may load besides `EVERY` and `STANDARD`."""
    status: int = 0


INPUTS = [
    Input(
        "eventless.yaml",
        """
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Data:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "data-${Stage}"}
  Network:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
""",
        "s3",
        (*YAML, *CLOUDFORMATION, *DOCUMENTS),
    ),
    Input(
        "sam.yaml",
        """
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 60
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Lost.Arn, maxReceiveCount: 5}
  Lost:
    Type: AWS::SQS::Queue
  Worker:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      InlineCode: "def handler(event, context): pass"
      Timeout: 10
      Events:
        Orders: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}
""",
        "iam lambda_ sqs",
        (*YAML, *CLOUDFORMATION, *SAM, *DOCUMENTS, *EVENTS, *ROLES),
    ),
    Input(
        "rule.yaml",
        """
Resources:
  Placed:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [shop.orders], detail-type: [OrderPlaced]}
      Targets: [{Id: queue, Arn: !GetAtt Orders.Arn}]
  Orders:
    Type: AWS::SQS::Queue
""",
        "events sqs",
        (*YAML, *CLOUDFORMATION, *DOCUMENTS, *EVENTS, *ROUTING, *ROLES),
        status=1,
    ),
    Input(
        "topic.json",
        """
{"Resources": {
  "Placed": {"Type": "AWS::SNS::Topic"},
  "Orders": {"Type": "AWS::SQS::Queue"},
  "All": {"Type": "AWS::SNS::Subscription", "Properties": {"TopicArn": {"Ref": "Placed"}, "Protocol": "sqs", "Endpoint": {"Fn::GetAtt": ["Orders", "Arn"]}}}
}}
""",
        "sns sqs",
        (*JSON, *CLOUDFORMATION, *DOCUMENTS, *EVENTS, *ROUTING),
        status=1,
    ),
    Input(
        "plan.json",
        """
{"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": [], "planned_values": {"root_module": {"resources": [
  {"address": "aws_sqs_queue.orders", "mode": "managed", "type": "aws_sqs_queue", "name": "orders",
   "provider_name": "registry.terraform.io/hashicorp/aws", "values": {"name": "orders"}}]}},
 "configuration": {"root_module": {"resources": [{"address": "aws_sqs_queue.orders", "mode": "managed", "type": "aws_sqs_queue",
   "name": "orders", "expressions": {"name": {"constant_value": "orders"}}}]}}}
""",
        "sqs",
        (*JSON, *TERRAFORM, *DOCUMENTS, *EVENTS),
        status=1,
    ),
    Input(
        "main.tf",
        """
resource "aws_sqs_queue" "orders" {
  name = "orders"
}
resource "aws_sns_topic" "placed" {
  name = "placed"
}
resource "aws_sns_topic_subscription" "all" {
  topic_arn = aws_sns_topic.placed.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.orders.arn
}
""",
        "sns sqs",
        (*TREE_SITTER, *TERRAFORM, *DOCUMENTS, *EVENTS, *ROUTING),
        status=1,
    ),
    Input(
        "cdk.out",
        FIXTURES / "shop-system" / "billing" / "cdk.out",
        "events iam lambda_ sns sqs",
        (*JSON, *CLOUDFORMATION, *CDK, *DOCUMENTS, *EVENTS, *ROUTING, *ROLES),
        status=1,
    ),
]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables that a wheel carries, written by the code of its build."""
    folder = tmp_path_factory.mktemp("tables")
    for name, table in compiled.tables().items():
        (folder / f"{name}.bin").write_bytes(marshal.dumps(table, 2))
    return folder


@pytest.fixture(scope="module")
def standard() -> frozenset[str]:
    """What this Python loads for `STANDARD`."""
    code = f"import sys\nbefore = set(sys.modules)\nimport {STANDARD}\nprint(*set(sys.modules) - before)"
    return frozenset(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def _loaded(tables: Path, folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """Exit status of a check, and the modules that it loaded."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tables), "check", *arguments], capture_output=True, text=True, check=False, cwd=folder
    )
    status, *modules = done.stderr.split()
    return int(status), modules


def _place(input: Input, folder: Path) -> str:
    if isinstance(input.text, Path):
        return str(input.text)
    (folder / input.name).write_text(input.text, "utf-8")
    return "." if input.name.endswith(".tf") else input.name


@pytest.mark.parametrize("input", INPUTS, ids=lambda i: i.name)
def test_a_run_imports_what_its_input_needs(input: Input, tables: Path, standard: frozenset[str], tmp_path: Path) -> None:
    """Nothing beyond the list is loaded, and of the services those of the input's resource types alone."""
    status, modules = _loaded(tables, tmp_path, _place(input, tmp_path))
    allowed = (*EVERY, *DIGESTS, *input.loads, *(f"edalint.services.{name}" for name in input.services.split()))
    unknown = [m for m in modules if m not in standard and not any(fnmatchcase(m, pattern) for pattern in allowed)]

    assert status == input.status
    assert ", ".join(unknown) == ""
    services = {m.rsplit(".", 1)[1] for m in modules if m.startswith("edalint.services.")}
    assert {s for s in services if not s.startswith("_")} - {"registry", "identity"} == set(input.services.split())


POLICY = """
id: ORG1
name: queues-keep-long
severity: warning
confidence: high
summary: s
match: {node: queue}
when: node.retention < 1209600
message: "{node} keeps {node.retention} s"
why: w
fix: f
"""


def test_a_users_policies_are_read_as_yaml_once(
    tables: Path, standard: frozenset[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time they come from the cache: PyYAML's loaders, the reader and type checker of rules, click: none is imported."""
    monkeypatch.setenv("EDALINT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "long.yaml").write_text(POLICY, "utf-8")
    (tmp_path / "edalint.yaml").write_text("policies: [policies]\n", "utf-8")
    (tmp_path / "queue.yaml").write_text("Resources: {Orders: {Type: AWS::SQS::Queue}}", "utf-8")
    read = ("edalint.policy.rulefile", "yaml.constructor")
    rows = (
        "encodings.utf_8_sig",
        "json",
        "json.*",
        "_json",
        "edalint.policy.rows",
        "edalint.config.file",
        "edalint.config.packages",
        "edalint.config.profiles",
    )
    allowed = (*EVERY, *DIGESTS, *YAML, *CLOUDFORMATION, *DOCUMENTS, *EVENTS, *rows, "edalint.services.sqs")

    for arguments in ((), ("--policies", "policies", "--config", "edalint.yaml")):
        first, *again = [_loaded(tables, tmp_path, "queue.yaml", *arguments) for _ in range(2)]
        assert first[0] == 1
        for status, modules in [first, *again] if arguments else again:
            assert status == 1
            assert not set(read) & set(modules)
            unknown = [m for m in modules if m not in standard and not any(fnmatchcase(m, pattern) for pattern in allowed)]
            assert ", ".join(unknown) == ""
