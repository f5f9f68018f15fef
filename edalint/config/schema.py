"""The JSON Schema of `edalint.yaml`, for editors: what `file` reads, and a line on each key.

`schemas/config-1.json` is this, checked in, so that editors find it: `python -m edalint.config.schema` writes it.
"""

from __future__ import annotations

import json
from pathlib import Path

from edalint.config.profiles import PROFILES
from edalint.config.settings import CONFIDENCES, FAIL_ON, SEVERITIES
from edalint.hints import Any

FILE = Path(__file__).parent / "schemas" / "config-1.json"
TEXT = {"type": "string"}
TEXTS = {"anyOf": [TEXT, {"type": "array", "items": TEXT}]}
FLAG = {"type": "boolean"}
OFF = {"enum": [*SEVERITIES, False]}
"""`off` without quotes is false to YAML."""
VALUE = {"type": ["string", "number", "boolean", "array"]}
RULE = {"anyOf": [OFF, {"type": "object", "properties": {"severity": OFF}, "additionalProperties": VALUE}]}
PER_PATH = {
    "type": "object",
    "properties": {"path": TEXT, "ignore": TEXTS},
    "required": ["path"],
    "additionalProperties": False,
}
ENVIRONMENT = {
    "type": "object",
    "properties": {"parameters": {"anyOf": [TEXT, {"type": "object"}]}, "var-files": TEXTS},
    "additionalProperties": False,
}

KEYS: dict[str, tuple[dict[str, Any], str]] = {
    "select": (TEXTS, "Rules to run besides those that are on by default."),
    "only": (TEXTS, "Run nothing but these rules."),
    "ignore": (TEXTS, "Rules that are off."),
    "exclude": (TEXTS, "Files and folders that are not analysed, as in .gitignore."),
    "policies": (TEXTS, "Folders or files with policies of your own."),
    "policy-packages": (TEXTS, "Installed Python packages with policies, each NAME or NAME==VERSION."),
    "profile": ({"enum": list(PROFILES)}, "A few settings under one name."),
    "rules": ({"type": "object", "additionalProperties": RULE}, "Severity and parameters of single rules."),
    "per-path": ({"type": "array", "items": PER_PATH}, "Rules that are off for findings in some files."),
    "fail-on": ({"enum": list(FAIL_ON)}, "The least severity that makes the exit status 1."),
    "min-confidence": ({"enum": list(CONFIDENCES)}, "Report only findings that are at least this sure."),
    "baseline": (TEXT, "The file with the findings that are accepted."),
    "region": (TEXT, "The region that the templates are deployed to."),
    "account": ({"type": ["string", "integer"]}, "The account that the templates are deployed to."),
    "environments": ({"type": "object", "additionalProperties": ENVIRONMENT}, "Values of parameters and variables, by the name of an environment."),
    "external": ({"type": "object", "additionalProperties": TEXT}, "What to call things outside: a pattern of their ARN, URL or name -> a name."),
    "contexts": ({"type": "object", "additionalProperties": TEXTS}, "Bounded contexts: a name -> patterns of what belongs to it."),
    "strict": (FLAG, "A value that a template names and that can't be read is an error."),
    "show-unknown": (FLAG, "List what could not be decided, and why."),
    "schema": (FLAG, "Also run cfn-lint on the CloudFormation templates."),
    "locked": (TEXTS, "Rules that no setting and no suppression switches off."),
}  # fmt: skip
"""Key -> its schema, and what it says."""


def schema() -> dict[str, Any]:
    """The JSON Schema of a configuration."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.invalid/edalint/config-1.json",
        "title": "edalint.yaml",
        "type": "object",
        "properties": {key: {**said, "description": text} for key, (said, text) in KEYS.items()},
        "additionalProperties": False,
    }


def text() -> str:
    """The schema's file."""
    return json.dumps(schema(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
