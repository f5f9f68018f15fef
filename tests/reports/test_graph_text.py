"""The graph as a tree in text: whole, within the width, quiet where nobody looks."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from edalint.analysis import analyze
from edalint.cli import progress
from edalint.facts import contracts
from edalint.reports import Options, render_graph
from tests.conftest import FIXTURES, Command

SYSTEMS = sorted(p for p in FIXTURES.iterdir() if p.is_dir())


def tree(path: Path, width: int = 100, color: bool = False) -> tuple[str, int, set[str]]:
    analysis = analyze([path], judge=False)
    contracts.describe(analysis.graph)
    names = {n.name for n in analysis.graph.nodes.values()}
    return render_graph("text", analysis, Options(color=color, width=width)), len(analysis.graph.edges), names


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda p: p.name)
def test_every_edge_once_and_every_node(system: Path) -> None:
    """One arrow for each edge; no node is left out."""
    text, edges, names = tree(system)
    assert text.count("▶") + text.count("▷") == edges
    assert all(name in text for name in names)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda p: p.name)
@pytest.mark.parametrize("width", [70, 100])
def test_lines_keep_the_width(system: Path, width: int) -> None:
    """A contract never makes a line wider than asked for."""
    text, _, names = tree(system, width)
    assert all(len(line) <= width or line.endswith(tuple(names)) for line in text.splitlines())


def test_circles_end(tmp_path: Path) -> None:
    """Two queues that redrive into each other are opened once each."""
    (tmp_path / "t.json").write_text(
        json.dumps(
            {
                "Resources": {
                    name: {
                        "Type": "AWS::SQS::Queue",
                        "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": [other, "Arn"]}, "maxReceiveCount": 2}},
                    }
                    for name, other in (("A", "B"), ("B", "A"))
                }
            }
        ),
        "utf-8",
    )
    text, edges, _ = tree(tmp_path)
    assert text.count("▶") == edges == 2
    assert "(see above)" in text


def test_colour_only_where_asked_for(edalint: Command) -> None:
    """Piped there is no escape sequence, and no progress on standard error."""
    ran = edalint("graph", FIXTURES / "order-pipeline")
    assert "\x1b" not in ran.output + ran.errors
    assert ran.errors == ""
    assert "\x1b[" in tree(FIXTURES / "order-pipeline", color=True)[0]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_for_a_person_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the line comes after a while and is taken back; elsewhere nothing is written at all."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for stream, expected in ((_Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        shown = progress.Progress()
        shown(1, 2, "early.yaml")
        assert stream.getvalue() == ""
        shown.started -= 5
        shown.last -= 5
        shown(2, 2, "late\x1b[2J.yaml")
        assert ("reading 2 of 2: late" in stream.getvalue()) is expected
        assert "\x1b[2J" not in stream.getvalue()
        shown.done()
        assert stream.getvalue().endswith("\r\x1b[K") is expected
