"""What the command prints of the fixture systems, as a whole: a change of wording or of a finding is looked at."""

from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.conftest import ROOT, Command


@pytest.fixture
def here() -> Command:
    return Command(ROOT)


@pytest.mark.parametrize("system", ["order-pipeline", "order-pipeline-terraform", "shop-system"])
def test_check_prints(here: Command, snapshot: SnapshotAssertion, system: str) -> None:
    """The text report of a fixture system."""
    assert here("check", f"fixtures/{system}").output == snapshot


def test_check_prints_what_it_could_not_decide(here: Command, snapshot: SnapshotAssertion) -> None:
    """`--show-unknown` and `--statistics` beside one line a finding."""
    ran = here("check", "fixtures/shop-system/storefront", "--show-unknown", "--statistics")

    assert ran.output == snapshot


def test_graph_prints(here: Command, snapshot: SnapshotAssertion) -> None:
    """The flows of the four stacks as text."""
    assert here("graph", "fixtures/shop-system").output == snapshot


def test_explain_prints(here: Command, snapshot: SnapshotAssertion) -> None:
    """A rule's page."""
    assert here("explain", "dlq-refuses-sender").output == snapshot


def test_help_prints(here: Command, snapshot: SnapshotAssertion) -> None:
    """The help of the command and of `check`."""
    assert here("--help").output + here("check", "--help").output == snapshot
