"""The page on policies says what the program does: its keys, its match forms, its files."""

from __future__ import annotations

import re

from edalint.policy import rulefile
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "policies.md").read_text("utf-8")


def test_every_key_of_a_policy_is_there() -> None:
    """The table of keys has all that a rule file may have, and no other."""
    table = PAGE.split("## The file")[1].split("## What a policy")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]

    said = set(re.findall(r"`([a-z_]+)`", " ".join(rows))) | set(re.findall(r"`([a-z_]+)` are older names", table))

    assert said == set(rulefile.KEYS)


def test_its_match_forms_are_read() -> None:
    """Each form that the page shows without placeholders is one."""
    for form in re.findall(r"\| `(\{(?:node|edge|part|path|cycle): [^`]*\}|graph)`", PAGE):
        if not re.search(r"\b[ABC]\b|CONDITION", form):
            head = "id: ORG1\nname: a\nseverity: note\nconfidence: low\nsummary: a\nmessage: a\nwhen: 'true'\n"
            assert rulefile.read("p.yaml", f"{head}match: {form}\n")["match"]


def test_its_links_lead_somewhere() -> None:
    """Files and headings that it names exist."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
