"""What Terraform itself said (recorded by tests/oracles/terraform_plans.py) is what the frontend reads."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from edalint.analysis import Analysis, analyze
from edalint.frontends import terraform
from edalint.frontends.context import Context
from edalint.model.values import Ref, Text, Unknown, walk
from edalint.sources.discovery import Source
from tests.frontends.terraform.comparison import compare, read_root

HERE = Path(__file__).parent
PLANS = sorted(p.parent for p in (HERE / "plans").glob("*/plan.json"))
LANGUAGE = HERE / "language"
ACCOUNT = "123456789012"


def plain(value: Any) -> Any:
    """A value without places, symbols as what they are called."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return repr(value) if isinstance(value, (Unknown, Ref, Text)) else value


EXPRESSIONS = json.loads((LANGUAGE / "expressions.json").read_text("utf-8"))
READ = read_root(LANGUAGE, LANGUAGE, {})[0].outputs["all"]


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_expressions_have_the_value_that_terraform_gives_them(name: str) -> None:
    """Operators, templates, loops, conversions and functions: 138 expressions."""
    expected, read = EXPRESSIONS[name], plain(READ[name])
    if isinstance(expected, str) and isinstance(read, (dict, list)):  # jsonencode is kept as the value
        expected = json.loads(expected)
    assert read == expected
    assert json.dumps(read, sort_keys=True) == json.dumps(expected, sort_keys=True)  # 1 is not true, nor 1.0


@pytest.mark.parametrize("folder", PLANS, ids=lambda p: p.name)
def test_every_address_and_value_of_a_plan_is_read_from_the_hcl(folder: Path) -> None:
    """What Terraform planned is what we read; nothing that it knows is unknown to us."""
    plan = json.loads((folder / "plan.json").read_text("utf-8"))
    unit, context = read_root(folder, folder, {"stage": "prod"}, ACCOUNT)
    result = compare(plan, unit)
    assert result.different == []
    assert result.unread == []
    assert result.equal >= 40
    assert context.diagnostics == []


@pytest.mark.parametrize("folder", PLANS, ids=lambda p: p.name)
def test_a_plan_alone_gives_the_graph_of_its_hcl_as_far_as_it_knows(folder: Path, tmp_path: Path) -> None:
    """The same nodes, and no edge that the HCL does not have."""
    (tmp_path / "plan.json").write_text((folder / "plan.json").read_text("utf-8"), "utf-8")
    by_plan, by_hcl = shape(analyze([tmp_path / "plan.json"], judge=False)), shape(by_hcl_alone(folder, tmp_path / "hcl"))
    assert by_plan[0] == by_hcl[0]
    assert by_plan[1] <= by_hcl[1]
    assert {e[2] for e in by_plan[1]} >= {"deliver"}


@pytest.mark.parametrize("folder", PLANS, ids=lambda p: p.name)
def test_a_plan_beside_its_hcl_gives_the_whole_graph(folder: Path, tmp_path: Path) -> None:
    """What the plan leaves open the HCL says, so nothing is lost by planning."""
    assert shape(analyze([folder], judge=False)) == shape(by_hcl_alone(folder, tmp_path / "hcl"))


def by_hcl_alone(folder: Path, copy: Path) -> Analysis:
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("plan.json"))
    return analyze([copy], judge=False)


def shape(analysis: Analysis) -> tuple[set[tuple[str, str]], set[tuple[str, str, str, str]]]:
    graph = analysis.graph
    nodes = {(n.address, n.kind) for n in graph.nodes.values() if n.kind != "external"}
    edges = {
        (e.source.address, e.target.address, e.kind, str(e.attributes.get("inferred", "")))
        for e in graph.edges
        if "external" not in (e.source.kind, e.target.kind)
    }
    return nodes, edges


def test_a_plan_beside_its_hcl_is_one_input_with_the_lines_of_the_hcl() -> None:
    """The plan has the values, the HCL the positions: each block and argument at its own line, modules included."""
    folder = HERE / "plans" / "shop"
    analysis = analyze([folder], judge=False)
    assert [u.kind for u in analysis.units] == ["terraform-plan"]
    unit = analysis.units[0]
    source = (folder / "main.tf").read_text("utf-8").split("\n")
    bus = unit.resources["aws_cloudwatch_event_bus.orders"]
    assert bus.location.path.endswith("shop/main.tf")
    assert source[bus.location.line - 1] == 'resource "aws_cloudwatch_event_bus" "orders" {'
    queue = unit.resources['module.queue["placed"].aws_sqs_queue.dlq[0]']
    assert queue.location.path.endswith("shop/modules/queue/main.tf")
    retention = queue.properties.location("MessageRetentionPeriod")
    assert retention is not None
    lines = (folder / "modules/queue/main.tf").read_text("utf-8").split("\n")
    assert lines[retention.line - 1].strip().startswith("message_retention_seconds")
    target = unit.resources['aws_cloudwatch_event_target.event["placed"]']
    policy = target.get("RetryPolicy")
    attempts = policy.location("MaximumRetryAttempts")
    assert source[attempts.line - 1].strip().startswith("maximum_retry_attempts")


def test_what_is_known_after_apply_is_unknown_or_a_reference(tmp_path: Path) -> None:
    """A plan never gives an invented value: an ARN that is not known is a reference, a document is unknown."""
    plan = tmp_path / "plan.json"
    plan.write_text((HERE / "plans/shop/plan.json").read_text("utf-8"), "utf-8")
    (unit,) = terraform.load(Source("terraform-plan", plan, "plan.json", True), Context(tmp_path))
    subscription = unit.resources['aws_cloudwatch_event_target.event["placed"]'].properties
    assert subscription["arn"] == Ref('plan.json#module.queue["placed"].aws_sqs_queue.this', "arn")
    dead_letter = subscription["dead_letter_config"][0]["arn"]
    assert dead_letter == Ref('plan.json#module.queue["placed"].aws_sqs_queue.dlq[0]', "arn")
    policy = unit.resources['module.queue["placed"].aws_sqs_queue_policy.this["queue"]'].properties["policy"]
    assert isinstance(policy, Unknown)
    assert "data.aws_iam_policy_document.events" in policy.reason
    assert not any(v == "" for r in unit.resources.values() for v in walk(r.properties))


def planned_rule(folder: Path, after: dict[str, Any], after_unknown: dict[str, Any]) -> dict[str, Any]:
    """The properties of a rule in a plan whose arguments all refer to variables."""
    address = "aws_cloudwatch_event_rule.r"
    names = ("event_pattern", "description", "schedule_expression")
    block = {"mode": "managed", "type": "aws_cloudwatch_event_rule", "name": "r", "address": address}
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [{**block, "values": after}]}},
        "resource_changes": [{**block, "change": {"actions": ["create"], "after": after, "after_unknown": after_unknown}}],
        "configuration": {
            "root_module": {"resources": [{**block, "expressions": {n: {"references": ["each.value", "local.x"]} for n in names}}]}
        },
    }
    (folder / "plan.json").write_text(json.dumps(plan), "utf-8")
    graph = analyze([folder / "plan.json"], judge=False).graph
    return dict(next(r for r in graph.resources.values() if r.address == address).properties)


def test_what_a_plan_knows_to_be_unset_is_unset(tmp_path: Path) -> None:
    """A null or empty text that is not after_unknown is what the expression came to: such a schedule is no rule."""
    after = {"name": "r", "event_pattern": None, "description": "", "schedule_expression": "rate(1 hour)"}
    found = planned_rule(tmp_path, after, {"arn": True, "id": True})
    assert found["ScheduleExpression"] == "rate(1 hour)"
    assert not {"EventPattern", "Description"} & set(found)
    assert isinstance(planned_rule(tmp_path, {"name": "r"}, {"event_pattern": True})["EventPattern"], Unknown)


def test_texts_that_somebody_took_out_of_a_plan_are_not_known(tmp_path: Path) -> None:
    """Nothing that exists has an empty ARN: in such a plan an empty text says nothing."""
    found = planned_rule(tmp_path, {"name": "r", "arn": "", "description": "", "schedule_expression": "rate(1 hour)"}, {})
    assert isinstance(found["Description"], Unknown)
