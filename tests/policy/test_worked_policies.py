"""The policies of the documentation: their examples hold, and they judge a whole system of several templates and languages."""

from __future__ import annotations

import pytest

from edalint.analysis import analyze, graph_of
from edalint.config import Settings
from edalint.facts.view import View
from edalint.policy import compiled, examples
from edalint.policy.rules import Rule
from tests.conftest import FIXTURES, ROOT

FOLDER = ROOT / "docs" / "policies"
POLICIES = [rule for rule in compiled.every([FOLDER]) if rule.id.startswith("ORG")]
SHOP = FIXTURES / "shop-system"
CONTEXTS = {
    "audit": ("*Audit*",),
    "orders": ("*/storefront/*", "*storefront/template.yaml"),
    "payments": ("*billing*",),
    "fulfilment": ("*fulfilment*",),
    "platform": ("*platform*",),
}


def test_there_are_four() -> None:
    """Each is a file of its own, with good and bad examples."""
    assert [rule.id for rule in POLICIES] == ["ORG101", "ORG102", "ORG103", "ORG104"]
    for rule in POLICIES:
        assert {e.group for e in examples.examples(rule)} == {"bad", "good"}


@pytest.mark.parametrize("rule", POLICIES, ids=lambda rule: rule.id)
def test_their_examples_hold(rule: Rule) -> None:
    """As `edalint policy test` says."""
    assert not examples.run(rule, POLICIES, graph_of)


def found(contexts: dict[str, tuple[str, ...]], **parameters: dict[str, str]) -> set[tuple[str, str]]:
    from edalint.config import RuleSettings

    rules = {name: RuleSettings(None, given) for name, given in parameters.items()}
    settings = Settings(policies=(FOLDER,), only=("ORG",), contexts=contexts, rules=rules)
    return {(f.rule, f.subject.address) for f in analyze([SHOP], settings, root=FIXTURES).findings}


def test_they_judge_a_whole_system() -> None:
    """The shop's bus is the platform's: reserved for another context, all that publish there are strangers, whatever language declares them."""
    analysis = analyze([SHOP], Settings(contexts=CONTEXTS), judge=False, root=FIXTURES)
    view = View(analysis.graph)
    contexts = {view.fact(node, "context") for node in analysis.graph.nodes.values() if node.resource is not None}
    strangers = {edge.source.address for edge in analysis.graph.edges if edge.kind == "publish" and edge.target.address == "ShopBus"}

    reserved = found(CONTEXTS, ORG101={"context": "platform"})

    assert contexts == set(CONTEXTS)
    assert strangers
    assert {("ORG101", address) for address in strangers} <= reserved
    assert not any(rule == "ORG101" for rule, _ in found(CONTEXTS))


def test_audit_hears_of_everything() -> None:
    """What a context publishes reaches audit's queue over the bus of another template; whether it gets where no template is, nobody knows."""
    assert not any(rule == "ORG104" for rule, _ in found(CONTEXTS))
    settings = Settings(policies=(FOLDER,), only=("ORG104",), contexts={**CONTEXTS, "audit": ("nowhere",)})
    judged = analyze([SHOP], settings, root=FIXTURES)
    assert not judged.findings
    assert {d.subject.address for d in judged.undecided} == {"Checkout"}


def test_who_waits_for_whom() -> None:
    """An API in front of a function of another context waits for it."""
    contexts = {"front": ("ServerlessHttpApi",), **CONTEXTS}

    assert ("ORG103", "ServerlessHttpApi") in found(contexts)
    assert not any(rule == "ORG103" for rule, _ in found(CONTEXTS))
