"""Rules of cfn-lint made from ours: ids, texts, severities, and matches from one analysis of each template."""

from __future__ import annotations

from pathlib import Path

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from edalint.analysis import Analysis, analyze
from edalint.config import Settings, load
from edalint.hints import Any
from edalint.model.findings import Finding
from edalint.policy import compiled
from edalint.policy.rules import Rule

SEVERITIES = {"error": "error", "warning": "warning", "note": "informational"}
PAGE = "https://example.invalid/edalint/docs/rules"
_ATTRIBUTE = "_edalint_findings"


def classes() -> dict[str, type]:
    """Name -> class of every rule."""
    return {f"Rule{rule.id}": _class(rule) for rule in compiled.every()}


def _class(rule: Rule) -> type:
    level = SEVERITIES[rule.default_severity]
    return type(
        f"Rule{rule.id}",
        (CloudFormationLintRule,),
        {
            "__doc__": rule.summary,
            "__module__": __name__,
            "id": rule.id,
            "shortdesc": rule.summary,
            "description": f"{rule.name}: edalint explain {rule.id}",
            "source_url": f"{PAGE}/{rule.id}.md",
            "tags": list(rule.tags),
            "severity": property(lambda self: level),
            "match": _match,
        },
    )


def _match(self: Any, cfn: Any) -> list[Any]:
    """What this rule finds in the template that cfn-lint looks at."""
    return [_rule_match(finding, cfn) for finding in _findings(cfn) if finding.rule == self.id]


def _findings(cfn: Any) -> list[Finding]:
    found = getattr(cfn, _ATTRIBUTE, None)
    if found is None:
        found = _analysis(cfn).findings
        setattr(cfn, _ATTRIBUTE, found)
    return list(found)


def _analysis(cfn: Any) -> Analysis:
    """The analysis of a template, with the configuration that is around it; a mistake in that is cfn-lint's to report (E0002)."""
    if cfn.filename:
        path = Path(cfn.filename)
        settings = load({"paths": [path]})
        settings.baseline = None
        return analyze([path], settings)
    import json

    from edalint.sources.discovery import Source

    text = json.dumps(cfn.template, default=str)
    return analyze([], Settings(), stdin=Source("cloudformation", Path("template.json"), "template.json", True, text))


def _rule_match(finding: Finding, cfn: Any) -> Any:
    """Where it is in the template; a finding in another file (a state machine's definition) stands at its resource."""
    path = ["Resources", finding.subject.address.split("/", maxsplit=1)[0]]
    message = finding.message
    if cfn.filename and Path(cfn.filename).name == Path(finding.location.path).name:
        place = finding.location
        return RuleMatch(path, message, location=(place.line - 1, place.column - 1, place.end_line - 1, place.end_column - 1))
    if cfn.filename:
        message += f" ({finding.location.path}:{finding.location.line})"
    return RuleMatch(path, message)
