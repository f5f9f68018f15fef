"""Rules asked by several processes say what one process says, whatever becomes of the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edalint.analysis import analyze
from edalint.model.graph import EventGraph
from edalint.policy import compiled, evaluate, shares
from edalint.policy.evaluate import Saying

FIXTURES = Path(__file__).parents[2] / "fixtures"
RULES = compiled.load(select=("all",))

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")


@pytest.fixture(scope="module")
def graph() -> EventGraph:
    return analyze([FIXTURES], judge=False).graph


@pytest.mark.parametrize("jobs", [2, 3, 7])
def test_several_processes_say_what_one_says(graph: EventGraph, jobs: int) -> None:
    """Findings, doubts and diagnostics are the same, in the same order."""
    alone, together = evaluate.judge(graph, RULES), evaluate.judge(graph, RULES, jobs=jobs)
    assert len(alone.findings) > 30
    assert [f._replace(data=None) for f in together.findings] == [f._replace(data=None) for f in alone.findings]
    assert together.undecided == alone.undecided
    assert together.diagnostics == alone.diagnostics


def test_what_another_process_found_can_be_mended(graph: EventGraph) -> None:
    """The edits of a finding are worked out by whom they are asked of."""
    alone, together = evaluate.judge(graph, RULES), evaluate.judge(graph, RULES, jobs=4)

    def edits(found: evaluate.Judgement) -> list[list[tuple[str, str, str]]]:
        return [[(c.resource.id, c.name, repr(c.values)) for c in f.data.changes()] if f.data else [] for f in found.findings]

    assert edits(together) == edits(alone)
    assert any(isinstance(f.data, shares.Later) and f.data.changes() for f in together.findings)


def test_every_share_has_work(graph: EventGraph) -> None:
    """Every candidate is in one share, and the shares are of about one size."""
    parts = shares._shares(graph, 3)
    sizes = [len(list(evaluate.ask(graph, RULES, share))) for share in parts]
    assert sum(sizes) == len(list(evaluate.ask(graph, RULES)))
    assert min(sizes) > 0


@pytest.mark.parametrize("end", ["raises", "is killed"])
def test_the_share_of_a_process_that_does_not_end_well_is_asked_again(graph: EventGraph, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    """Nothing is lost where a process runs out of memory or is killed."""
    here = os.getpid()
    send = shares._sent

    def fail(saying: Saying) -> Saying:
        if os.getpid() == here:
            return send(saying)
        if end == "raises":
            raise MemoryError
        os.kill(os.getpid(), 9)
        raise AssertionError

    monkeypatch.setattr(shares, "_sent", fail)
    alone = evaluate.judge(graph, RULES)
    together = evaluate.judge(graph, RULES, jobs=3)
    assert [f.fingerprint for f in together.findings] == [f.fingerprint for f in alone.findings]


def test_where_there_is_no_fork_one_process_does_it_all(graph: EventGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    monkeypatch.delattr(os, "fork")
    assert len(evaluate.judge(graph, RULES, jobs=4).findings) == len(evaluate.judge(graph, RULES).findings)


def test_a_rule_that_takes_too_many_steps_stops_at_the_same_candidate() -> None:
    """What another process said of the candidates behind it is left out."""
    said = [Saying(0, 5, None), Saying(0, 2, None, exhausted=True), Saying(1, 9, None), Saying(0, 1, None)]
    assert [(s.rule, s.candidate) for s in shares._in_order(said)] == [(0, 1), (0, 2), (1, 9)]
