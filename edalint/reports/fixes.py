"""What to write: the part of a rule's `fix` that is in the finding's own language."""

from __future__ import annotations

import re

from edalint.model.findings import Finding
from edalint.model.lazy import pattern

_SECTION = pattern(r"^(?! ).*?\b(CloudFormation|Terraform)\b(?: \([^)\n]*\))?[^:\n`]*:", re.MULTILINE)
"""Where a fix turns to a language: `CloudFormation:`, `Terraform (the policy ...):`, never in an indented snippet."""


def fix_of(finding: Finding) -> str:
    """The fix for a finding, in Terraform for HCL, plans and states, else in CloudFormation."""
    terraform = finding.location.path.endswith((".tf", ".tofu", ".tf.json", ".tfstate")) or "_" in finding.subject.address.split(".")[0]
    return section(finding.fix, "Terraform" if terraform else "CloudFormation")


def section(text: str, language: str) -> str:
    """The part of a fix that begins with the language's name; the whole text where it has no such parts."""
    starts = [(m.start(1), m.group(1)) for m in _SECTION.finditer(text)]
    for number, (start, name) in enumerate(starts):
        if name == language:
            end = starts[number + 1][0] if number + 1 < len(starts) else len(text)
            general = text[: starts[0][0]].strip()
            body = text[start:end].strip()
            return f"{general} {body}" if general else body
    return text.strip()
