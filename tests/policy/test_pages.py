"""What a rule says of itself: pages, help, the catalogue."""

from __future__ import annotations

import pytest

from edalint.policy import compiled, pages

RULES = compiled.every()


def test_every_rule_has_a_page_that_says_everything() -> None:
    """A page has the rule's name, summary, story, fix, condition, every example with its marks, and references."""
    made = pages.pages(RULES)

    assert set(made) == {"README.md", *(f"{r.id}.md" for r in RULES)}
    for rule in RULES:
        page = made[f"{rule.id}.md"]
        said = compiled.rule_texts(rule)
        assert page.startswith(f"# {rule.id}: {rule.name}\n\n{rule.summary}")
        for text in (said["why"], said["fix"], *said["references"], f"# <- {rule.id}"):
            assert text in page
        assert f"[{rule.id}]({rule.id}.md)" in made["README.md"]


@pytest.mark.parametrize("word", ["EDA101", "eda101", "queue-without-dlq"])
def test_rules_are_found_by_id_or_name(word: str) -> None:
    """An id in any case or a name finds a rule; another word names the nearest."""
    assert pages.find(word).id == "EDA101"
    assert pages.describe_rule(word).markdown.count("**") >= 6
    with pytest.raises(compiled.UnknownRule, match="did you mean 'queue-without-dlq'"):
        pages.find("queue-without-dlqs")
