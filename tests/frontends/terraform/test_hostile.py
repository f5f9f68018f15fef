"""Nothing from a configuration is trusted: bounded work, no traceback, no file outside of the roots."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from edalint.analysis import analyze
from edalint.frontends import terraform
from edalint.frontends.context import Context
from edalint.model.values import Unknown
from edalint.sources.discovery import Source
from tests.frontends.terraform.roots import load, value_of

HERE = Path(__file__).parent
SOURCES = [
    (HERE / p).read_text("utf-8")
    for p in ("plans/shop/main.tf", "plans/instances/main.tf", "plans/shop/modules/queue/main.tf", "language/expressions.tf")
]


@pytest.mark.parametrize(
    "expression",
    [
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]",
        'join("", [for i in range(1000) : join("", [for j in range(1000) : "xxxxxxxxxxxxxxxx"])])',
        "setproduct(range(1000), range(1000), range(1000))",
        "pow(10, 100000)",
        'format("%999999999d", 1)',
        'regex("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")',
        "local.a9",
        "local.loop",
        "flatten([for i in range(1024) : [for j in range(1024) : [i, j]]])",
        "(" * 90 + "1" + ")" * 90,
        "1 / 0",
        'base64decode("***")',
        'jsondecode("{")',
        "nothing.at.all[0]",
        "each.value",
        "self.x",
        "count.index",
        'merge([1], "x", 3)',
        "{ (null) = 1 }",
        'file("/etc/passwd")',
        'file("../../../../../../../../etc/passwd")',
        'fileset("/etc", "*")',
        'templatefile("/etc/passwd", {})',
        'filesha256("/etc/passwd")',
        'fileexists("/etc/passwd")',
        "timestamp()",
        "uuid()",
        "no_such_function(1)",
        "provider::aws::arn_parse(1)",
    ],
)
def test_no_expression_harms(tmp_path: Path, expression: str) -> None:
    """Too much work, wrong types, circles, files of others: unknown, never a traceback, never the file's text."""
    lines = ["a0 = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"] + [f"a{i} = [{', '.join(f'local.a{i - 1}' for _ in range(10))}]" for i in range(1, 10)]
    before = "locals {\n" + "\n".join(lines) + "\nloop = local.pool\npool = local.loop\n}\n"
    units, _ = load(tmp_path, f'{before}\noutput "x" {{\n  value = {expression}\n}}\n')
    assert "root:x:0" not in repr(units[0].outputs["x"])[:100_000]


def test_modules_that_call_themselves_end(tmp_path: Path) -> None:
    """A module whose source is its own folder is followed a few times and then said to be too deep."""
    _, context = load(tmp_path, 'module "m" {\n  source = "./."\n}\nresource "aws_sqs_queue" "q" {}\n')
    assert any("deep" in d.message for d in context.diagnostics)


def test_text_that_is_no_hcl_is_an_error_at_its_line(tmp_path: Path) -> None:
    """No unit, one error, with the place."""
    units, context = load(tmp_path, 'resource "aws_sqs_queue" "q" {\n  name = \n}\n')
    assert units == []
    (problem,) = context.diagnostics
    assert (problem.severity, problem.code) == ("error", "syntax")
    assert problem.line in (2, 3)


def test_any_shape_anywhere_is_survived(tmp_path: Path) -> None:
    """Arguments where blocks belong, lists where maps belong, in every type that the tables know."""
    from edalint.services import registry

    for type in registry.index():
        if type.startswith("aws_"):
            registry.load([type])
    shapes = [
        "null",
        "[]",
        "{}",
        "[[1]]",
        '"text"',
        "5",
        "[{ a = [{}] }]",
        "aws_sqs_queue.q",
        "var.u",
        'var.u == "x" ? [] : {}',
        "[null, var.u]",
    ]
    blocks = ['variable "u" {}', 'resource "aws_sqs_queue" "q" {}']
    for number, (type, translation) in enumerate(sorted(registry.TERRAFORM.items())):
        if type.startswith("aws_"):
            for shape in range(len(shapes)):
                arguments = "\n".join(f"  {a} = {shapes[(shape + i) % len(shapes)]}" for i, a in enumerate(sorted(translation.properties)))
                blocks.append(f'resource "{type}" "r{number}_{shape}" {{\n{arguments}\n}}')
    (tmp_path / "main.tf").write_text("\n".join(blocks), "utf-8")
    analysis = analyze([tmp_path], judge=False)
    assert len(analysis.units[0].resources) > 1000


def test_damaged_text_is_a_diagnostic_or_a_unit(tmp_path: Path) -> None:
    """Characters and lines taken out, doubled and exchanged: every outcome is one of the two."""
    chance = random.Random(7)
    for round in range(150):
        text = chance.choice(SOURCES)
        for _ in range(chance.randrange(1, 6)):
            at, to = sorted(chance.randrange(len(text)) for _ in range(2))
            to = min(to, at + chance.choice((1, 2, 10, 60)))
            text = text[:at] + chance.choice(("", text[at:to] * 2, "{", "}", '"', "${", "\n", "[", ")", "null", "\x00", "é")) + text[to:]
        folder = tmp_path / str(round)
        units, context = load(folder, text)
        assert units or any(d.severity == "error" for d in context.diagnostics)


def test_damaged_plans_are_diagnosed_or_read(tmp_path: Path) -> None:
    """Any value of a plan replaced by any other."""
    chance = random.Random(11)
    original = (HERE / "plans/shop/plan.json").read_text("utf-8")
    for round in range(60):
        plan = json.loads(original)
        for _ in range(4):
            holder = plan
            for _ in range(chance.randrange(2, 9)):
                inner = [v for v in (holder.values() if isinstance(holder, dict) else holder) if isinstance(v, (dict, list)) and v]
                if not inner:
                    break
                holder = chance.choice(inner)
            key = chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
            holder[key] = chance.choice([None, 0, "x", [], {}, [[]], [{"a": 1}], {"references": [5, "a"]}, True])
        path = tmp_path / f"{round}.json"
        path.write_text(json.dumps(plan), "utf-8")
        context = Context(tmp_path)
        units = terraform.load(Source("terraform-plan", path, path.name, True), context)
        assert units or context.diagnostics


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"format_version": "2.0", "planned_values": {}}', "format version 2.0"),
        ('{"version": 3, "terraform_version": "0.11.1", "resources": []}', "version 3"),
        ('{"planned_values": {}}', "terraform show -json"),
        ("[]", "neither a plan nor a state"),
        ("{", "closed"),
    ],
)
def test_versions_and_other_files_are_said(tmp_path: Path, text: str, says: str) -> None:
    """What can't be read says what it is and what to do."""
    (tmp_path / "p.json").write_text(text, "utf-8")
    context = Context(tmp_path)
    assert terraform.load(Source("terraform-plan", tmp_path / "p.json", "p.json", True), context) == []
    (problem,) = context.diagnostics
    assert problem.severity == "error"
    assert says in problem.message


def test_an_unknown_has_a_reason(tmp_path: Path) -> None:
    """What is not known says why."""
    value = value_of(tmp_path, "local.loop", "locals {\n  loop = local.pool\n  pool = local.loop\n}")
    assert isinstance(value, Unknown)
    assert "refers to itself" in value.reason
