"""The fixture systems: the same architecture in two languages is the same graph, and four stacks in three are one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from edalint.analysis import Analysis, analyze
from tests.conftest import FIXTURES

SYSTEM = FIXTURES / "shop-system"
STACKS = ("platform", "storefront", "fulfilment", "billing")


@cache
def analysis(path: Path) -> Analysis:
    return analyze([path])


def plain(address: str) -> str:
    """An address as the other language would call it: the last part of it, without case and underscores."""
    return re.sub(r"[^a-z0-9]", "", address.rsplit(".", 1)[-1].lower())


def edges(found: Analysis) -> list[tuple[str, str, str, str]]:
    return sorted((plain(e.source.address), plain(e.target.address), e.kind, e.element) for e in found.graph.edges)


@pytest.mark.parametrize("name", ["order-pipeline"])
def test_both_languages_give_the_same_graph(name: str) -> None:
    """CloudFormation and Terraform of one architecture have the same nodes and edges, up to addresses."""
    one, other = analysis(FIXTURES / name), analysis(FIXTURES / f"{name}-terraform")

    nodes = [sorted((plain(n.address), n.kind) for n in a.graph.nodes.values()) for a in (one, other)]
    assert nodes[0] == nodes[1]
    assert edges(one) == edges(other)


@pytest.mark.parametrize("name", ["order-pipeline"])
def test_both_languages_give_the_same_findings(name: str) -> None:
    """Every rule says the same of both, with the same severity and confidence."""
    one, other = (
        sorted((f.rule, plain(f.subject.address), f.subject.element, f.severity, f.confidence) for f in a.findings)
        for a in (analysis(FIXTURES / name), analysis(FIXTURES / f"{name}-terraform"))
    )

    assert len(one) > 10
    assert one == other


def test_four_stacks_in_three_languages_are_one_graph() -> None:
    """Exports, SSM parameters, data sources and names are joined: no edge dangles, nothing is left outside but the mail."""
    whole = analysis(SYSTEM)

    assert {n.resource.unit.kind for n in whole.graph.nodes.values() if n.resource} == {"cloudformation", "terraform"}
    assert len(whole.units) == 4
    outside = [n.name for n in whole.graph.nodes.values() if n.kind == "external"]
    assert outside == ["on-call@shop.example"]
    assert not whole.graph.unresolved
    assert not whole.graph.ambiguous
    bus = whole.graph.by_address("ShopBus")
    assert bus is not None
    assert {
        e.target.resource.unit.path.rsplit("/", 2)[-2 if e.target.resource.unit.kind == "cloudformation" else -1]
        for e in whole.graph.out(bus)
    } == {
        "platform",
        "fulfilment",
        "cdk.out",
    }
    assert len(whole.graph.into(bus, "publish")) == 3


def test_what_only_the_whole_shows() -> None:
    """The audit queue is in one stack and its reader's timeout in another: only together they say that the time is too short."""
    together = {(f.rule, plain(f.subject.address)) for f in analysis(SYSTEM).findings}
    alone = {(f.rule, plain(f.subject.address)) for s in STACKS for f in analysis(SYSTEM / s).findings}

    assert together - alone == {("EDA202", "ledgeraudit")}
    # the managed policy that SAM gives Ledger lets it read every queue of the run: whether nobody reads this one is not known
    assert alone - together == {("EDA110", "failedinvoices5aa8dc80")}


def test_a_cdk_finding_is_at_the_users_own_line() -> None:
    """What the CDK made is found where the program asks for it."""
    (found,) = [f for f in analysis(SYSTEM).findings if f.rule == "EDA201"]
    line = (SYSTEM / "billing" / "app.js").read_text().split("\n")[found.location.line - 1]

    assert found.location.path == "fixtures/shop-system/billing/app.js"
    assert 'new sqs.Queue(this, "Invoices"' in line
