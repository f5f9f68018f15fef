"""A block of Terraform is written once, so what is true of all its instances is said once."""

from __future__ import annotations

import json
from pathlib import Path

from edalint.analysis import Analysis, analyze
from edalint.reports import render

BLOCK = """\
resource "aws_sqs_queue" "work" {
  for_each = toset(["a", "b", "c"])
  name     = "work-${each.key}"
}

resource "aws_sqs_queue" "single" {
  name = "single"
}
"""


def queues(folder: Path) -> Analysis:
    (folder / "main.tf").write_text(BLOCK)
    return analyze([folder])


def test_text_and_sarif_say_it_once(tmp_path: Path) -> None:
    """Three instances are one finding with the other two named; a resource of its own is another."""
    analysis = queues(tmp_path)

    text = render("text", analysis)
    results = json.loads(render("sarif", analysis))["runs"][0]["results"]

    assert text.count("[EDA101]") == 2
    assert 'aws_sqs_queue.work["b"], aws_sqs_queue.work["c"]' in text
    assert len(results) == 2
    names = [n["fullyQualifiedName"] for n in results[0]["locations"][0]["logicalLocations"]]
    assert names == ['aws_sqs_queue.work["a"]', 'aws_sqs_queue.work["b"]', 'aws_sqs_queue.work["c"]']


def test_json_has_each_of_them(tmp_path: Path) -> None:
    """Programs get a finding for each instance, with its own fingerprint and address."""
    findings = json.loads(render("json", queues(tmp_path)))["findings"]

    assert [f["subject"]["address"] for f in findings] == [*(f'aws_sqs_queue.work["{k}"]' for k in "abc"), "aws_sqs_queue.single"]
    assert len({f["fingerprint"] for f in findings}) == 4
