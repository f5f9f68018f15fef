"""The examples of every shipped rule, each a test: bad ones fire at their marked lines, good ones do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from edalint.analysis import analyze
from edalint.model.graph import EventGraph
from edalint.policy import compiled, examples
from edalint.policy.rules import Rule

RULES = compiled.every()
EXAMPLES = [example for rule in RULES for example in examples.examples(rule)]


def pipeline(root: Path) -> EventGraph:
    return analyze([root], judge=False).graph


def test_every_rule_file_can_be_read() -> None:
    """A broken rule file is left out of a run in a checkout; this is where it is noticed."""
    assert [str(p) for p in compiled.problems()] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.rule} {e.language} {e.name}")
def test_example(example: examples.Example) -> None:
    """A rule fires at exactly the lines that its bad examples mark, and nowhere in its good ones."""
    assert examples.failure(example, RULES, pipeline) is None


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_rule_is_complete(rule: Rule) -> None:
    """Every shipped rule has its story, a fix for both languages, references, and two examples on each side."""
    said = compiled.rule_texts(rule)
    own = [e for e in EXAMPLES if e.rule == rule.id]

    assert said["why"].count("\n") >= 1
    assert said["fix"]
    assert said["references"]
    assert all(r.startswith("https://docs.aws.amazon.com/") for r in said["references"])
    assert sum(e.group == "bad" for e in own) >= 2
    assert sum(e.group == "good" for e in own) >= 2
    assert any(e.language == "terraform" or any(f.endswith(".tf") for f in e.files) for e in own)
    assert compiled.rule_path(rule).stem == rule.name
    assert rule.row["when"] is not None or rule.match["form"] in ("path", "cycle")
