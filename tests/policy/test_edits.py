"""The `edit` section of a rule: what may stand in it, and when an edit is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from edalint.analysis import analyze
from edalint.config import Settings
from edalint.fixes import fixes
from edalint.policy import rulefile

HEAD = "id: ORG1\nname: a-rule\nseverity: warning\nconfidence: high\nsummary: It is so.\nmatch: {node: queue}\nmessage: it is so\n"
QUEUE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"


@pytest.mark.parametrize(
    ("edit", "line", "column", "said"),
    [
        ("{off: node}", 8, 8, "'off' is not a key of a fix"),
        ("{of: nod, cloudformation: {set: {A: 1}}}", 8, 12, "there is no 'nod'"),
        ("{of: node, safe: maybe}", 8, 24, "'safe' is true or false"),
        ("{of: node, when: node.retention}", 8, 24, "expected a condition"),
        ('{of: node, cloudformation: {set: {A: "x {node.retenton}"}}}', 8, 53, "did you mean 'retention'"),
        ("{of: node, terraform: {add: [{name: a, type: b}]}}", 8, 36, "has no 'values'"),
        ("{of: node, terraform: {change: {}}}", 8, 30, "'change' is not a key of a change"),
    ],
)
def test_a_mistake_has_its_place(edit: str, line: int, column: int, said: str) -> None:
    """As everywhere in a rule file: line, character, the nearest word."""
    with pytest.raises(rulefile.PolicyError) as error:
        rulefile.read("p.yaml", f"{HEAD}edit: {edit}\n")

    places = {(p.line, p.column) for p in error.value.problems if said in p.message}
    assert places, error.value
    assert any(at[0] == line and abs(at[1] - column) <= 4 for at in places), places


def mended(folder: Path, edit: str, text: str, *, when: str = "'true'") -> str:
    """The template after the fix."""
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "p.yaml").write_text(f"{HEAD}when: {when}\nedit: {edit}\n")
    (folder / "t.yaml").write_text(text)
    settings = Settings(policies=(folder / "policies",), only=("ORG1",))
    analysis = analyze([folder / "t.yaml"], settings, root=folder)
    made = fixes(analysis.findings, folder)
    return made.files[0].after if made.files else text


def test_values_keep_their_types(tmp_path: Path) -> None:
    """A text that is one expression is what that gives; a text around it is a text; lists and maps are written as they are."""
    edit = (
        '{of: node, cloudformation: {set: {VisibilityTimeout: "{2 * node.visibility_timeout}", QueueName: "q-{node.retention}", '
        'FifoQueue: "{node.fifo}", Tags: [{Key: "yes", Value: "1"}]}}}'
    )

    assert mended(tmp_path, edit, QUEUE) == (
        QUEUE + "    Properties:\n      VisibilityTimeout: 60\n      QueueName: q-345600\n      FifoQueue: false\n"
        '      Tags:\n        - Key: "yes"\n          Value: "1"\n'
    )


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        ("{of: node, when: node.retention > 1000000, cloudformation: {set: {A: 1}}}", QUEUE),
        ("{of: node, terraform: {set: {a: 1}}}", QUEUE),
        (
            '{of: node, cloudformation: {set: {A: "{node.retention}"}}}',
            QUEUE + "    Properties: {MessageRetentionPeriod: !ImportValue x}\n",
        ),
        ("{of: node, cloudformation: {set: {A: 1}}}", "Conditions: {C: !Equals [!Ref AWS::Region, a]}\n" + QUEUE + "    Condition: C\n"),
        ("{of: node, cloudformation: {set: {VisibilityTimeout: 3}}}", QUEUE + "    Properties: {VisibilityTimeout: !ImportValue x}\n"),
    ],
    ids=["condition", "language", "unknown", "conditional-resource", "computed"],
)
def test_what_is_not_certain_is_not_written(tmp_path: Path, edit: str, text: str) -> None:
    """A condition that does not hold, another language, an unknown value, a resource that is not always there, a computed property."""
    assert mended(tmp_path, edit, text) == text
