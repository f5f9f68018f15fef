"""HCL roots: what is known, what stays open, and where everything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from edalint.model.conditions import both, describe
from edalint.model.values import Lookup, Map, OneOf, Ref, Text, Unknown, alternatives
from tests.frontends.terraform.roots import load, unit_of, value_of

QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'


# open variables


def test_a_variable_without_value_is_one_of_what_it_is_compared_with_or_something_else(tmp_path: Path) -> None:
    """Conditions over one variable exclude each other: prod and dev never exist together."""
    unit = unit_of(
        tmp_path,
        """
        variable "env" {}
        resource "aws_sqs_queue" "prod" { count = var.env == "prod" ? 1 : 0 }
        resource "aws_sqs_queue" "dev" { count = var.env == "dev" ? 1 : 0 }
        resource "aws_sqs_queue" "other" { count = var.env != "dev" && var.env != "prod" ? 1 : 0 }
        """,
    )
    whens = {address: r.when for address, r in unit.resources.items()}
    assert {a: describe(w) for a, w in whens.items()} == {
        "aws_sqs_queue.prod[0]": "var.env=prod",
        "aws_sqs_queue.dev[0]": "var.env=dev",
        "aws_sqs_queue.other[0]": "var.env=(something else)",
    }
    assert both(whens["aws_sqs_queue.prod[0]"], whens["aws_sqs_queue.dev[0]"]) is False


def test_a_key_of_a_map_is_a_value_that_matters(tmp_path: Path) -> None:
    """`{dev = 1, prod = 5}[var.env]` has a value for each."""
    value = value_of(tmp_path, "{ dev = 1, prod = 5 }[var.env]", 'variable "env" {}')
    assert [(describe(c), v) for c, v in alternatives(value) if not isinstance(v, Unknown)] == [("var.env=dev", 1), ("var.env=prod", 5)]


def test_what_a_validation_allows_wins_over_the_default_and_a_value_over_both(tmp_path: Path) -> None:
    """`validation { condition = contains([...], var.x) }` says what the variable can be."""
    before = """
    variable "stage" {
      default = "dev"
      validation {
        condition     = contains(["dev", "prod"], var.stage)
        error_message = "no"
      }
    }
    """
    assert [v for _, v in alternatives(value_of(tmp_path, "var.stage", before))] == ["dev", "prod"]
    assert value_of(tmp_path, "var.stage", before, parameters={"stage": "prod"}) == "prod"


def test_a_bool_without_value_is_true_or_false(tmp_path: Path) -> None:
    """Nothing else can be given."""
    value = value_of(tmp_path, 'var.on ? "yes" : "no"', 'variable "on" { type = bool }')
    assert {describe(c): v for c, v in alternatives(value)} == {"var.on=true": "yes", "var.on=false": "no"}


def test_one_unknown_condition_is_one_choice(tmp_path: Path) -> None:
    """A condition that nobody can decide is open, and its negation is the other half of it."""
    unit = unit_of(
        tmp_path,
        """
        data "aws_ssm_parameter" "p" { name = "p" }
        locals { on = data.aws_ssm_parameter.p.value == "on" }
        resource "aws_sqs_queue" "a" { count = local.on ? 1 : 0 }
        resource "aws_sqs_queue" "b" { count = local.on ? 0 : 1 }
        """,
    )
    a, b = unit.resources["aws_sqs_queue.a[0]"], unit.resources["aws_sqs_queue.b[0]"]
    assert both(a.when, b.when) is False
    assert a.when is not True


def test_an_unknown_number_of_instances_is_one_that_may_not_exist(tmp_path: Path) -> None:
    """`count` that is not known: `x[0]`, existing in some alternatives; a for_each that is not known: the block's own address."""
    unit = unit_of(
        tmp_path,
        """
        variable "n" { type = number }
        variable "names" { type = set(string) }
        resource "aws_sqs_queue" "counted" { count = var.n }
        resource "aws_sqs_queue" "keyed" {
          for_each = var.names
          name     = each.key
        }
        resource "aws_sns_topic_subscription" "s" {
          for_each = aws_sqs_queue.keyed
          endpoint = each.value.arn
        }
        output "x" { value = aws_sqs_queue.keyed["a"].arn }
        """,
    )
    assert list(unit.resources) == ["aws_sqs_queue.counted[0]", "aws_sqs_queue.keyed", "aws_sns_topic_subscription.s"]
    assert all(r.when is not True for r in unit.resources.values())
    assert unit.resources["aws_sns_topic_subscription.s"].properties["endpoint"] == Ref(".#aws_sqs_queue.keyed", "arn")
    assert unit.outputs["x"] == Ref(".#aws_sqs_queue.keyed", "arn")


def test_a_failing_alternative_is_left_out_where_it_cannot_be(tmp_path: Path) -> None:
    """`x[0].arn` under the condition of x is the ARN, no matter that x is not there elsewhere; `try` sees that it is not."""
    unit = unit_of(
        tmp_path,
        """
        variable "env" {}
        resource "aws_sqs_queue" "dlq" { count = var.env == "prod" ? 1 : 0 }
        resource "aws_sqs_queue" "q" {
          redrive_policy = var.env == "prod" ? jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq[0].arn }) : null
        }
        output "x" { value = try(aws_sqs_queue.dlq[0].arn, "none") }
        """,
    )
    options = {describe(c): v for c, v in alternatives(unit.resources["aws_sqs_queue.q"].properties["redrive_policy"])}
    assert options["var.env=prod"] == {"deadLetterTargetArn": Ref(".#aws_sqs_queue.dlq[0]", "arn")}
    assert options["var.env=(something else)"] is None
    assert {describe(c): v for c, v in alternatives(unit.outputs["x"])} == {
        "var.env=prod": Ref(".#aws_sqs_queue.dlq[0]", "arn"),
        "var.env=(something else)": "none",
    }


# values with holes


def test_a_value_with_unknown_parts_keeps_its_known_parts(tmp_path: Path) -> None:
    """Text with holes, JSON with references: nothing known is lost."""
    unit = unit_of(
        tmp_path,
        """
        variable "prefix" {}
        resource "aws_sqs_queue" "dlq" { name = "${var.prefix}-dlq" }
        resource "aws_sqs_queue" "q" {
          name           = lower("${var.prefix}-Orders.FIFO")
          redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq.arn, maxReceiveCount = 2 + 3 })
          policy         = "{\\"Resource\\": \\"${aws_sqs_queue.dlq.arn}/*\\"}"
        }
        """,
    )
    q = unit.resources["aws_sqs_queue.q"].properties
    assert unit.resources["aws_sqs_queue.dlq"].properties["name"] == Text((Unknown(".#var.prefix"), "-dlq"))
    assert isinstance(q["name"], Text)
    assert q["name"].parts[-1] == "-orders.fifo"
    assert q["redrive_policy"] == {"deadLetterTargetArn": Ref(".#aws_sqs_queue.dlq", "arn"), "maxReceiveCount": 5}
    assert q["policy"] == Text(('{"Resource": "', Ref(".#aws_sqs_queue.dlq", "arn"), '/*"}'))


def test_a_name_is_a_reference_wherever_it_is_read_and_a_text_where_its_text_matters(tmp_path: Path) -> None:
    """The rule's name leads to the rule; in a comparison or a function it is what the configuration says."""
    before = 'resource "aws_cloudwatch_event_rule" "r" {\n  name = "orders.fifo"\n  schedule_expression = "rate(1 day)"\n}\n'
    assert value_of(tmp_path, "aws_cloudwatch_event_rule.r.name", before) == Ref(".#aws_cloudwatch_event_rule.r", "name")
    assert value_of(tmp_path, 'trimsuffix(aws_cloudwatch_event_rule.r.name, ".fifo")', before) == "orders"
    assert value_of(tmp_path, 'aws_cloudwatch_event_rule.r.name == "orders.fifo"', before) is True
    assert value_of(tmp_path, "aws_cloudwatch_event_rule.r.schedule_expression", before) == "rate(1 day)"


def test_lookups_say_what_linking_needs(tmp_path: Path) -> None:
    """Data sources, SSM parameters and other roots' outputs are values that another input may provide."""
    unit = unit_of(
        tmp_path,
        """
        data "aws_sqs_queue" "q" { name = "orders" }
        data "aws_ssm_parameter" "p" { name = "/orders/topic" }
        data "terraform_remote_state" "net" {
          backend = "s3"
          config  = { bucket = "states", key = "net.tfstate" }
        }
        resource "aws_lambda_event_source_mapping" "m" {
          event_source_arn = data.aws_sqs_queue.q.arn
          function_name    = data.terraform_remote_state.net.outputs.functions["f"].arn
          topics           = [data.aws_ssm_parameter.p.value]
        }
        """,
    )
    found = {lookup.kind: lookup.key for lookup in unit.lookups}
    assert found["ssm"] == "/orders/topic"
    assert found["data"] == {"type": "aws_sqs_queue", "attribute": "arn", "by": {"name": "orders"}}
    assert (found["remote-state"]["output"], found["remote-state"]["config"]["key"]) == ("functions", "net.tfstate")
    assert all(isinstance(lookup, Lookup) and lookup.outside for lookup in unit.lookups)


def test_the_callers_account_and_region_are_symbols_unless_they_are_given(tmp_path: Path) -> None:
    """`data.aws_caller_identity` is AWS::AccountId; a provider's literal region is known."""
    before = 'data "aws_caller_identity" "me" {}\ndata "aws_region" "here" {}\ndata "aws_partition" "p" {}\n'
    text = '"arn:${data.aws_partition.p.partition}:sqs:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:q"'
    value = value_of(tmp_path, text, before)
    assert [getattr(p, "symbol", p) for p in value.parts] == ["arn:", "AWS::Partition", ":sqs:", "AWS::Region", ":", "AWS::AccountId", ":q"]
    known = value_of(tmp_path, text, before + 'provider "aws" { region = "eu-west-1" }\n', account="123456789012")
    assert known == "arn:aws:sqs:eu-west-1:123456789012:q"


def test_a_policy_document_is_the_document_with_its_places(tmp_path: Path) -> None:
    """Statements, conditions and principals, each at the block or argument that writes it."""
    source = """data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.q.arn]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["a", "b"]
    }
  }
}
resource "aws_sqs_queue_policy" "p" {
  queue_url = aws_sqs_queue.q.id
  policy    = data.aws_iam_policy_document.d.json
}
"""
    unit = unit_of(tmp_path, source + QUEUE)
    document = unit.resources["aws_sqs_queue_policy.p"].properties["policy"]
    (statement,) = document["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": Ref(".#aws_sqs_queue.q", "arn"),
        "Principal": "*",
        "Condition": {"ArnEquals": {"aws:SourceArn": ["a", "b"]}},
    }
    assert statement.location().line == 2
    assert statement.location("Action").line == 3
    assert statement["Condition"]["ArnEquals"].location("aws:SourceArn").line == 11


# places


def test_every_argument_block_and_key_knows_its_line(tmp_path: Path) -> None:
    """Columns count characters, not bytes."""
    source = """resource "aws_lambda_function" "f" {
  /* é */ timeout = 30
  environment {
    variables = { "ä" = 1, B = "x" }
  }
}
"""
    f = unit_of(tmp_path, source).resources["aws_lambda_function.f"]
    assert (f.location.line, f.location.column) == (1, 1)
    timeout = f.properties.location("timeout")
    assert timeout is not None
    assert (timeout.line, timeout.column, timeout.end_column) == (2, 11, 18)
    (environment,) = f.properties["environment"]
    assert environment.location().line == 3
    b = environment["variables"].location("B")
    assert (b.line, b.column) == (4, 28)
    assert f.properties.location("absent") == f.location


# files and modules


def test_values_of_variables_are_read_as_terraform_reads_them(tmp_path: Path) -> None:
    """Default, terraform.tfvars, *.auto.tfvars in order, --var-file, a single value: later ones win."""
    files = {
        "main.tf": "".join(f'variable "{n}" {{\n  default = "default"\n}}\noutput "{n}" {{ value = var.{n} }}\n' for n in "abcde"),
        "terraform.tfvars": 'b = "tfvars"\nc = "tfvars"\nd = "tfvars"\ne = "tfvars"\n',
        "x.auto.tfvars": 'c = "auto"\nd = "auto"\ne = "auto"\n',
        "prod.tfvars": 'd = "file"\ne = "file"\n',
        "other.tfvars": 'a = "not loaded"\n',
    }
    unit = unit_of(tmp_path, files, var_files=[tmp_path / "prod.tfvars"], parameters={"e": "given"})
    assert unit.outputs == {"a": "default", "b": "tfvars", "c": "auto", "d": "file", "e": "given"}


def test_json_syntax_override_files_and_opentofu(tmp_path: Path) -> None:
    """`*.tf.json` is the same language, an override file changes arguments, `x.tofu` stands for `x.tf`."""
    files = {
        "main.tf.json": """{
  "variable": {"name": {"default": "orders"}},
  "resource": {"aws_sqs_queue": {"q": {"name": "${var.name}-q", "tags": {"a": "b"}, "delay_seconds": 3}}}
}""",
        "x_override.tf": 'resource "aws_sqs_queue" "q" {\n  delay_seconds = 9\n}\n',
        "y.tf": 'resource "aws_sns_topic" "by" { name = "terraform" }',
        "y.tofu": 'resource "aws_sns_topic" "by" { name = "tofu" }',
    }
    unit = unit_of(tmp_path, files)
    q = unit.resources["aws_sqs_queue.q"].properties
    assert (q["name"], q["delay_seconds"], q["tags"]) == ("orders-q", 9, {"a": "b"})
    place = q.location("name")
    assert place is not None
    assert place.line == 3
    assert unit.resources["aws_sns_topic.by"].properties["name"] == "tofu"


def test_modules_are_followed_and_addresses_are_those_of_the_plan(tmp_path: Path) -> None:
    """Nested, with count and for_each; a module fetched by `terraform init` is found by its manifest."""
    files = {
        "main.tf": """
        module "a" {
          source   = "./a"
          for_each = toset(["x", "y/z"])
          name     = each.key
        }
        module "far" {
          source = "example.com/far/aws"
        }
        output "x" { value = module.a["x"].inner[0] }
        """,
        "a/main.tf": 'variable "name" {}\nmodule "b" {\n  source = "./b"\n  count = 1\n  name = "${var.name}-b"\n}\noutput "inner" { value = module.b[*].arn }\n',
        "a/b/main.tf": 'variable "name" {}\nresource "aws_sqs_queue" "q" { name = var.name }\noutput "arn" { value = aws_sqs_queue.q.arn }\n',
        ".terraform/modules/far/main.tf": 'resource "aws_sns_topic" "t" {}\n',
        ".terraform/modules/modules.json": '{"Modules": [{"Key": "far", "Source": "x", "Dir": ".terraform/modules/far"}]}',
    }
    unit = unit_of(tmp_path, files)
    assert {a: r.properties.get("name") for a, r in unit.resources.items()} == {
        'module.a["x"].module.b[0].aws_sqs_queue.q': "x-b",
        'module.a["y/z"].module.b[0].aws_sqs_queue.q': "y/z-b",
        "module.far.aws_sns_topic.t": None,
    }
    assert unit.outputs["x"] == Ref('.#module.a["x"].module.b[0].aws_sqs_queue.q', "arn")
    first = unit.resources['module.a["x"].module.b[0].aws_sqs_queue.q']
    assert (first.location.path, first.location.line) == ("a/b/main.tf", 2)
    assert len(first.instances) == 2


def test_a_module_that_is_not_there_is_said_and_may_use_what_it_is_given(tmp_path: Path) -> None:
    """Its outputs are unknown, and the queue that is handed to it may be read there."""
    units, context = load(
        tmp_path,
        QUEUE
        + 'module "m" {\n  source = "terraform-aws-modules/lambda/aws"\n  url = aws_sqs_queue.q.url\n}\noutput "x" { value = module.m.arn }\n',
    )
    (diagnostic,) = context.diagnostics
    assert (diagnostic.severity, diagnostic.line) == ("warning", 4)
    assert "terraform init" in diagnostic.message
    assert isinstance(units[0].outputs["x"], Unknown)
    assert not units[0].outputs["x"].outside
    assert Ref(".#aws_sqs_queue.q", "url") in units[0].outputs.values()


def test_dynamic_blocks_are_blocks(tmp_path: Path) -> None:
    """One for each element, in order, beside those that are written; under a condition where the element is."""
    unit = unit_of(
        tmp_path,
        """
        variable "env" {}
        resource "aws_iot_topic_rule" "r" {
          sns { target_arn = "first" }
          dynamic "sns" {
            for_each = concat([{ arn = "a" }], var.env == "prod" ? [{ arn = "b" }] : [])
            iterator = it
            content { target_arn = "${it.key}-${it.value.arn}" }
          }
        }
        """,
    )
    blocks = unit.resources["aws_iot_topic_rule.r"].properties["sns"]
    shown = [[(describe(c), v and v["target_arn"]) for c, v in alternatives(b)] for b in blocks]
    assert shown[0] == [("always", "first")]
    present = {v for block in shown[1:] for _, v in block if v}
    assert present == {"0-a", "1-b"}
    assert ("var.env=prod", "1-b") in [pair for block in shown for pair in block]


def test_what_is_ignored_is_told(tmp_path: Path) -> None:
    """`lifecycle { ignore_changes = [desired_count] }`: the number is not kept, so it is not known."""
    from edalint.services import translate

    unit = unit_of(
        tmp_path,
        'resource "aws_ecs_service" "s" {\n  desired_count = 3\n  lifecycle {\n    ignore_changes = [desired_count, tags["x"]]\n  }\n}\n',
    )
    translate(unit)
    assert isinstance(unit.resources["aws_ecs_service.s"].properties["DesiredCount"], Unknown)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("coalesce(null, aws_sqs_queue.q.arn)", Ref(".#aws_sqs_queue.q", "arn")),
        ("[for q in [aws_sqs_queue.q] : q.arn][0]", Ref(".#aws_sqs_queue.q", "arn")),
        ('join(",", [aws_sqs_queue.q.arn, "x"])', Text((Ref(".#aws_sqs_queue.q", "arn"), ",x"))),
        ('format("%s/%s", aws_sqs_queue.q.arn, "x")', Text((Ref(".#aws_sqs_queue.q", "arn"), "/x"))),
        ("jsondecode(jsonencode({ a = aws_sqs_queue.q.arn })).a", Ref(".#aws_sqs_queue.q", "arn")),
        ("merge({ a = 1 }, { b = aws_sqs_queue.q.arn }).b", Ref(".#aws_sqs_queue.q", "arn")),
        ('contains([aws_sqs_queue.q.arn], "")', False),
        ("aws_sqs_queue.q.arn == null", False),
        ("aws_sqs_queue.q != null", True),
        ('try(aws_sqs_queue.q.arn, "x")', Ref(".#aws_sqs_queue.q", "arn")),
        ('startswith("${aws_sqs_queue.q.arn}x", "y")', False),
        ('startswith("${aws_vpc.v.arn}x", "y")', Unknown),
        ("length(aws_sqs_queue.q.arn) > 3", Unknown),
    ],
)
def test_functions_keep_references(tmp_path: Path, expression: str, expected: object) -> None:
    """A reference goes through functions unharmed; what hangs on its text is unknown."""
    value = value_of(tmp_path, expression, 'resource "aws_sqs_queue" "q" {}\nresource "aws_vpc" "v" {}\n')
    assert isinstance(value, Unknown) if expected is Unknown else value == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('endswith(aws_sqs_queue.q.arn, ".fifo")', True),
        ('endswith(aws_sqs_queue.plain.arn, ".fifo")', False),
        ('endswith(aws_sqs_queue.open.arn, ".fifo")', True),
        ('endswith(aws_sqs_queue.generated.arn, ".fifo")', Unknown),
        ('can(regex("\\\\.fifo$", aws_sqs_queue.q.arn))', True),
        ('can(regex("\\\\.fifo$", aws_sqs_queue.plain.url))', False),
        ('can(regex("\\\\.fifo$", var.stage))', Unknown),
        ('length(regexall("fifo", aws_sqs_queue.plain.name)) > 0', False),
        ('substr(aws_sqs_queue.open.arn, -5, -1) == ".fifo"', True),
        ('strcontains(aws_sqs_queue.q.arn, ":sqs:")', True),
        ('can(aws_sqs_queue.q["x"])', True),
    ],
)
def test_how_an_arn_is_written_is_known_as_far_as_the_name_is(tmp_path: Path, expression: str, expected: object) -> None:
    """Modules ask an ARN whether its queue is FIFO; the queue's own name answers."""
    made = """
        variable "stage" {}
        resource "aws_sqs_queue" "q" { name = "orders.fifo" }
        resource "aws_sqs_queue" "plain" { name = "orders" }
        resource "aws_sqs_queue" "open" { name = "${var.stage}-orders.fifo" }
        resource "aws_sqs_queue" "generated" {}
    """
    value = value_of(tmp_path, expression, made)
    assert isinstance(value, Unknown) if expected is Unknown else value is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("data.aws_iam_policy_document.d.json == null", False),
        ('data.aws_iam_policy_document.d.json != ""', True),
        ("jsonencode({ a = aws_sqs_queue.q.arn }) == null", False),
        ('jsonencode([]) == "[]"', True),
        ('jsonencode({ a = var.stage }) == "[]"', False),
        ('jsonencode({ a = var.stage }) == "{\\"a\\":\\"x\\"}"', Unknown),
    ],
)
def test_json_is_never_null_nor_empty(tmp_path: Path, expression: str, expected: object) -> None:
    """Modules attach a policy where they are given one: a document is one, whatever of it is not known."""
    made = """
        variable "stage" {}
        resource "aws_sqs_queue" "q" {}
        data "aws_iam_policy_document" "d" {
          source_policy_documents = [var.stage]
          statement { actions = ["sqs:SendMessage"] }
        }
    """
    value = value_of(tmp_path, expression, made)
    assert isinstance(value, Unknown) if expected is Unknown else value is expected


def test_one_of_many_alternatives_is_a_choice_not_a_guess(tmp_path: Path) -> None:
    """Alternatives multiply where they are joined, and only where they are possible together."""
    value = value_of(
        tmp_path,
        '"${var.a ? 1 : 2}-${var.a ? "x" : "y"}-${var.b ? "s" : "t"}"',
        'variable "a" { type = bool }\nvariable "b" { type = bool }',
    )
    assert isinstance(value, OneOf)
    assert {v for _, v in alternatives(value)} == {"1-x-s", "1-x-t", "2-y-s", "2-y-t"}
    assert isinstance(Map(), dict)


def test_json_in_files_stands_in_the_file(tmp_path: Path) -> None:
    """`file` and `templatefile` of JSON: a value whose keys know their lines there; a text where a text is needed."""
    files = {
        "main.tf": """
        resource "aws_sfn_state_machine" "m" {
          definition = templatefile("${path.module}/m.asl.json", { f = aws_lambda_function.f.arn })
        }
        resource "aws_lambda_function" "f" {
          description = "${file("m.asl.json")}!"
        }
        output "decoded" { value = jsondecode(file("m.asl.json")).StartAt }
        output "length" { value = length(file("m.asl.json")) }
        """,
        "m.asl.json": '{\n  "StartAt": "A",\n  "States": {\n    "A": {"Type": "Task", "Resource": "${f}"}\n  }\n}\n',
    }
    unit = unit_of(tmp_path, files)
    definition = unit.resources["aws_sfn_state_machine.m"].properties["definition"]
    place = definition["States"].location("A")
    assert (place.path, place.line) == ("m.asl.json", 4)
    assert definition["States"]["A"]["Resource"] == Ref(".#aws_lambda_function.f", "arn")
    assert unit.resources["aws_lambda_function.f"].properties["description"] == files["m.asl.json"] + "!"
    assert unit.outputs == {"decoded": "A", "length": len(files["m.asl.json"])}
    assert "m.asl.json" in [d.path for d in unit.documents]


def test_a_name_is_read_out_of_an_arn(tmp_path: Path) -> None:
    """Modules that are handed an ARN take the name from it: what it ends with is the resource's own name."""
    queue = 'resource "aws_sqs_queue" "q" {}\nresource "aws_ecs_cluster" "c" {}\nresource "aws_ssm_parameter" "p" {}\n'
    name = Ref(".#aws_sqs_queue.q", "name")
    assert value_of(tmp_path, 'element(split(":", aws_sqs_queue.q.arn), length(split(":", aws_sqs_queue.q.arn)) - 1)', queue) == name
    assert value_of(tmp_path, 'reverse(split(":", aws_sqs_queue.q.arn))[0]', queue) == name
    assert value_of(tmp_path, 'split("/", aws_ecs_cluster.c.arn)[1]', queue) == Ref(".#aws_ecs_cluster.c", "name")
    assert isinstance(value_of(tmp_path, 'split("/", aws_ssm_parameter.p.name)[0]', queue), Unknown)


def test_a_name_is_read_out_of_a_url_or_the_arn_of_a_service(tmp_path: Path) -> None:
    """What stands behind the last slash of a queue's URL is its name; a scalable target's modules take a service's ARN apart."""
    made = """
        resource "aws_sqs_queue" "q" {}
        resource "aws_ecs_service" "s" {}
        resource "aws_ssm_parameter" "p" {}
        variable "path" {}
    """
    name = Ref(".#aws_sqs_queue.q", "name")
    for url in ("aws_sqs_queue.q.url", "aws_sqs_queue.q.id"):
        assert value_of(tmp_path, f"basename({url})", made) == name
        assert value_of(tmp_path, f'element(split("/", {url}), length(split("/", {url})) - 1)', made) == name
    assert value_of(tmp_path, "basename(aws_ecs_service.s.id)", made) == Ref(".#aws_ecs_service.s", "name")
    assert value_of(tmp_path, 'split("/", aws_ecs_service.s.arn)[2]', made) == Ref(".#aws_ecs_service.s", "name")
    assert value_of(tmp_path, 'basename("jobs/${aws_sqs_queue.q.name}")', made) == name
    assert value_of(tmp_path, 'basename("a/b/")', made) == "b"
    assert value_of(tmp_path, 'basename("/")', made) == "/"
    for open_end in ("aws_ssm_parameter.p.name", '"jobs/${var.path}"', "var.path"):
        assert isinstance(value_of(tmp_path, f"basename({open_end})", made), Unknown)


@pytest.mark.parametrize(
    "cut",
    [
        r'replace(aws_ecs_task_definition.t.arn, "/:\\d+$/", "")',
        'replace(aws_ecs_task_definition.t.arn, "/:[0-9]+$/", "")',
        'replace(aws_ecs_task_definition.t.arn, ":${aws_ecs_task_definition.t.revision}", "")',
        'trimsuffix(aws_ecs_task_definition.t.arn, ":${aws_ecs_task_definition.t.revision}")',
    ],
)
def test_a_revision_is_cut_off_the_arn_of_a_task_definition(tmp_path: Path, cut: str) -> None:
    """Rules and policies name a task definition without its revision, and cut it off in many ways."""
    made = 'resource "aws_ecs_task_definition" "t" {}\n'
    assert value_of(tmp_path, cut, made) == Ref(".#aws_ecs_task_definition.t", "arn_without_revision")
    stem = 'join(":", slice(split(":", aws_ecs_task_definition.t.arn), 0, 6))'
    arn = value_of(tmp_path, stem, made)
    assert arn.parts[-2:] == (":task-definition/", Ref(".#aws_ecs_task_definition.t", "family"))
    assert isinstance(value_of(tmp_path, r'replace(aws_ecs_task_definition.t.arn, "/:\\d+/", "")', made), Unknown)


def test_an_interpolation_alone_is_its_value_in_json(tmp_path: Path) -> None:
    """`"${toset(["a"])}"` is a set in Terraform's JSON as it is in HCL: what loops over it exists."""
    unit = unit_of(
        tmp_path,
        {
            "main.tf.json": """{
              "variable": {"on": {"default": true}},
              "resource": {
                "aws_sns_topic": {"t": {"for_each": "${toset([\\"a\\", \\"b\\"])}", "name": "${each.key}-x"}},
                "aws_sqs_queue": {"q": {"count": "${var.on ? 1 : 0}", "fifo_queue": "${var.on}"}}
              },
              "output": {"x": {"value": "${{ for k, t in aws_sns_topic.t : k => t.name }}"}}
            }"""
        },
    )
    assert set(unit.resources) == {'aws_sns_topic.t["a"]', 'aws_sns_topic.t["b"]', "aws_sqs_queue.q[0]"}
    assert unit.resources["aws_sqs_queue.q[0]"].properties["fifo_queue"] is True
    assert set(unit.outputs["x"]) == {"a", "b"}
