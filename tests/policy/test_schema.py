"""The published schema of rule files says what the reader of rule files does."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from edalint.policy import compiled
from edalint.policy.rulefile import KEYS
from edalint.policy.schema import schema
from edalint.policy.start import template
from tests.policy.test_rulefile import GOOD

VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_schema_is_one_and_knows_every_key() -> None:
    """It is a schema, with a property for each key that the reader knows and no other."""
    jsonschema.Draft202012Validator.check_schema(schema())
    assert set(schema()["properties"]) == set(KEYS)


@pytest.mark.parametrize("path", compiled.files_in(compiled.rules_folder()), ids=lambda p: p.stem)
def test_every_rule_is_valid(path: object) -> None:
    """Every shipped rule file is valid."""
    VALIDATOR.validate(yaml.safe_load(path.read_text()))  # type: ignore[attr-defined]


def test_a_new_policy_is_valid() -> None:
    """So is the file that a new policy starts with."""
    VALIDATOR.validate(yaml.safe_load(template("a-rule")))


@pytest.mark.parametrize(
    ("old", "new"), [("severity: warning", "severity: bad"), ("node: queue", "node: queu"), ("id: ORG1\n", ""), ("summary:", "sumary:")]
)
def test_mistakes_are_not(old: str, new: str) -> None:
    """What the reader refuses is refused."""
    assert list(VALIDATOR.iter_errors(yaml.safe_load(GOOD.replace(old, new))))
