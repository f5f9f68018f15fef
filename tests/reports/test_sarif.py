"""SARIF: valid by the standard's schema, and by the rules of its most common reader."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from edalint.analysis import analyze
from edalint.reports import render
from tests.conftest import FIXTURES

SCHEMA = Path(__file__).parent.parent / "data" / "sarif-schema-2.1.0.json"


@cache
def log() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render("sarif", analyze([FIXTURES / "order-pipeline" / "template.yaml"])))
    return document


def results() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = log()["runs"][0]["results"]
    assert len(found) > 5
    return found


def test_it_is_valid_by_the_schema() -> None:
    """Every document is valid SARIF 2.1.0."""
    jsonschema.validate(log(), json.loads(SCHEMA.read_text()))


def test_a_region_is_one_line_with_all_four_numbers() -> None:
    """GitHub shows an alert in a pull request only where all lines of its region are in the diff."""
    for result in results():
        for location in [*result["locations"], *result.get("relatedLocations", [])]:
            region = location["physicalLocation"]["region"]
            assert region["startLine"] == region["endLine"] >= 1
            assert 1 <= region["startColumn"] < region["endColumn"]


def test_paths_are_relative_to_the_repository() -> None:
    """A URI is relative, with `/`, below %SRCROOT%."""
    for result in results():
        place = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert place == {"uri": "fixtures/order-pipeline/template.yaml", "uriBaseId": "%SRCROOT%"}


def test_fingerprints_differ_and_hold_no_line() -> None:
    """Two findings never share a fingerprint, and shifting the template by a line changes none."""
    prints = [r["partialFingerprints"]["edalint/v1"] for r in results()]

    assert len(set(prints)) == len(prints)
    assert all(r["partialFingerprints"]["primaryLocationLineHash"].endswith(":1") for r in results())


def test_fingerprints_survive_reformatting(tmp_path: Path) -> None:
    """Comments, blank lines and a new order of keys move every line and change no fingerprint."""
    text = (FIXTURES / "order-pipeline" / "template.yaml").read_text()
    (tmp_path / "template.yaml").write_text(text)
    before = [f.fingerprint for f in analyze([tmp_path / "template.yaml"], root=tmp_path).findings]
    (tmp_path / "template.yaml").write_text("# a comment\n\n" + text.replace("\nResources:\n", "\n\n# more\nResources:\n\n"))
    after = analyze([tmp_path / "template.yaml"], root=tmp_path).findings

    assert [f.fingerprint for f in after] == before


def test_rules_have_what_github_asks_for() -> None:
    """Every rule of a result is described: texts within 1,024 characters, help, precision, severity, at most ten tags."""
    rules = {r["id"]: r for r in log()["runs"][0]["tool"]["driver"]["rules"]}
    for result in results():
        rule = rules[result["ruleId"]]
        assert list(rules)[result["ruleIndex"]] == result["ruleId"]
        for field in ("shortDescription", "fullDescription"):
            assert 0 < len(rule[field]["text"]) <= 1024
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert rule["properties"]["precision"] in ("high", "medium", "low")
        assert rule["properties"]["problem.severity"] in ("error", "warning", "recommendation")
        assert len(rule["properties"]["tags"]) <= 10


def test_a_related_place_is_linked_from_the_message() -> None:
    """`[text](id)` in a message names each related location once."""
    related = [r for r in results() if r.get("relatedLocations")]
    assert related
    for result in related:
        for place in result["relatedLocations"]:
            assert f"]({place['id']})" in result["message"]["text"]


def test_the_way_of_the_event_is_a_code_flow() -> None:
    """A finding about a flow carries its hops in order."""
    flows = [r["codeFlows"][0]["threadFlows"][0]["locations"] for r in results() if "codeFlows" in r]
    assert flows
    for hops in flows:
        assert len(hops) >= 2
        assert all(h["location"]["message"]["text"] for h in hops)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a](0)[b", "x\u202ey"])
def test_names_stay_text(tmp_path: Path, name: str) -> None:
    """A hostile name is never a link of the message, and the document stays valid."""
    template = {
        "Resources": {
            "Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}, "Metadata": {"aws:cdk:path": f"S/{name}/Resource"}}
        }
    }
    (tmp_path / "t.json").write_text(json.dumps(template))

    document = json.loads(render("sarif", analyze([tmp_path / "t.json"])))

    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    (result,) = [r for r in document["runs"][0]["results"] if r["ruleId"] == "EDA101"]
    assert "](0)[" not in result["message"]["text"]
