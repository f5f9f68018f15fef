"""What to write: the part of a rule's `fix` that is in the finding's own language."""

from __future__ import annotations

import re
from typing import Any

from edalint.model.findings import Finding

_SECTION = re.compile(r"^(CloudFormation|Terraform)\b", re.MULTILINE)


class Fixes:
    """The fixes of a run's rules, each read once."""

    def __init__(self, analysis: Any) -> None:
        self.policies = analysis.settings.policies
        self.texts: dict[str, str] = {}

    def of(self, finding: Finding) -> str:
        """The fix for a finding, in Terraform for HCL, plans and states, else in CloudFormation."""
        if finding.fix:
            return finding.fix
        if finding.rule not in self.texts:
            from edalint.policy.pages import describe_rule

            self.texts[finding.rule] = describe_rule(finding.rule, self.policies).fix
        terraform = finding.location.path.endswith((".tf", ".tofu", ".tf.json", ".tfstate")) or "_" in finding.subject.address.split(".")[0]
        return section(self.texts[finding.rule], "Terraform" if terraform else "CloudFormation")


def section(text: str, language: str) -> str:
    """The part of a fix that begins with the language's name; the whole text where it has no such parts."""
    starts = [(m.start(), m.group(1)) for m in _SECTION.finditer(text)]
    for number, (start, name) in enumerate(starts):
        if name == language:
            end = starts[number + 1][0] if number + 1 < len(starts) else len(text)
            general = text[: starts[0][0]].strip()
            body = text[start:end].strip()
            return f"{general}\n\n{body}" if general else body
    return text.strip()
