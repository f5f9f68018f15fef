"""The JSON formats, against the schemas that the package carries."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest

from edalint.analysis import analyze
from edalint.reports import Options, render, render_graph
from tests.conftest import FIXTURES


def schema(name: str) -> object:
    return json.loads(files("edalint.reports").joinpath("schemas").joinpath(name).read_text("utf-8"))


@pytest.mark.parametrize("unknown", [False, True])
def test_findings_follow_their_schema(unknown: bool) -> None:
    """`check --format json` is what findings-1.json says, with and without the undecided."""
    document = json.loads(render("json", analyze([FIXTURES / "order-pipeline"]), Options(show_unknown=unknown)))

    jsonschema.validate(document, schema("findings-1.json"))
    assert document["findings"]
    assert ("undecided" in document) is unknown


def test_graph_follows_its_schema_and_closes() -> None:
    """`graph --format json` is what graph-1.json says, and every edge ends at nodes of the document."""
    document = json.loads(render_graph("json", analyze([FIXTURES / "order-pipeline"], judge=False)))

    jsonschema.validate(document, schema("graph-1.json"))
    ids = [n["id"] for n in document["nodes"]]
    assert len(ids) == len(set(ids))
    assert {i for e in document["edges"] for i in (e["source"], e["target"])} <= set(ids)


def test_a_finding_says_where_it_is_mended() -> None:
    """The fix is in the language of the template, not of the other."""
    document = json.loads(render("json", analyze([FIXTURES / "order-pipeline"])))

    fixes = [f["fix"] for f in document["findings"]]
    assert all(fixes)
    assert not any('resource "aws_' in fix for fix in fixes)
