"""What a rule says of itself, for `edalint explain`, rule pages, SARIF's `help` and editors."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from edalint.hints import Any
from edalint.model.findings import Finding
from edalint.model.records import NamedTuple
from edalint.policy.compiled import UnknownRule, every, rule_path, rule_texts
from edalint.policy.rules import Rule

FAMILIES = {
    "1": "Delivery and dead letters",
    "2": "Retries and timeouts",
    "3": "Burst and back-pressure",
    "4": "Scaling of workers",
    "5": "Order and duplicates",
    "6": "Push, API destinations, HTTP",
    "7": "Orchestration",
    "8": "Routing and contracts",
    "9": "Access and encryption",
}


class Description(NamedTuple):
    """A rule in words."""

    id: str
    name: str
    severity: str
    confidence: str
    summary: str
    why: str
    fix: str
    references: list[str]
    tags: list[str]
    plain: str
    """Why and fix as text."""
    markdown: str
    """The same with headings."""


def find(word: str, policies: Iterable[Path] = ()) -> Rule:
    """The rule with an id, name or alias. Raises `UnknownRule` with the nearest."""
    return _named(word, every(policies))


def _named(word: str, rules: list[Rule]) -> Rule:
    for rule in rules:
        if word.upper() == rule.id or word in (rule.name, *rule.aliases):
            return rule
    from edalint.model.nearest import hint

    raise UnknownRule(f"there is no rule '{word}'{hint(word, [w for r in rules for w in (r.id, r.name)])}")


def describe_rule(word: str, policies: Iterable[Path] = ()) -> Description:
    """A rule in words."""
    return _described(find(word, policies))


def _described(rule: Rule) -> Description:
    said = rule_texts(rule)
    plain = "\n\n".join(part for part in (rule.summary, said["why"], said["fix"]) if part)
    return Description(
        rule.id, rule.name, rule.default_severity, rule.default_confidence, rule.summary, said["why"], said["fix"], said["references"],
        rule.tags, plain, _help(rule, said),
    )  # fmt: skip


def describe(findings: Iterable[Finding], policies: Iterable[Path] = ()) -> list[Description]:
    """The rule of each finding in words; of one that is another linter's, what the finding itself says."""
    rules = {rule.id: rule for rule in every(policies)}
    return [_described(rules[f.rule]) if f.rule in rules else _of_finding(f) for f in findings]


def _of_finding(f: Finding) -> Description:
    said = f.summary or f.message
    return Description(f.rule, f.name, f.severity, f.confidence, said, "", f.fix, [], ["cfn-lint"], said, said)


def _help(rule: Rule, said: dict[str, Any]) -> str:
    parts = [rule.summary]
    if said["why"]:
        parts += ["**Why**", said["why"]]
    if said["fix"]:
        parts += ["**Fix**", said["fix"]]
    if said["references"]:
        parts += ["**References**", "\n".join(f"- {r}" for r in said["references"])]
    return "\n\n".join(parts)


def page(rule: Rule) -> str:
    """The rule's page under `docs/rules/`, in Markdown."""
    from edalint.policy.examples import examples

    said = rule_texts(rule)
    opt_in = " · off by default" if rule.opt_in else " · preview" if rule.preview else ""
    since = f" · since {rule.row['since']}" if rule.row["since"] else ""
    lines = [
        f"# {rule.id}: {rule.name}",
        "",
        rule.summary,
        "",
        f"{_cases(rule, 'severity')} · confidence {_cases(rule, 'confidence')}{opt_in}{since}",
        "",
    ]
    for title, text in (("Why", said["why"]), ("Fix", said["fix"])):
        if text:
            lines += [f"## {title}", "", text, ""]
    if rule.row["parameters"]:
        lines += ["## Parameters", "", *(f"- `{name}`: {value!r}" for name, value in rule.row["parameters"].items()), ""]
    if rule.row["edit"]:
        safe = all(row["safe"] for row in rule.row["edit"])
        lines += [f"`edalint check --fix{'' if safe else ' --unsafe-fixes'}` writes it where that is mechanical.", ""]
    if rule.supersedes:
        lines += [f"Where this fires, {', '.join(rule.supersedes)} stay silent.", ""]
    lines += _condition(rule)
    for example in examples(rule):
        lines += [f"## Example: {example.name}", ""]
        for name, text in example.files.items():
            language = "hcl" if name.endswith(".tf") else "json" if name.endswith(".json") else "yaml"
            marked = "".join(_marked(text, example.marked[name], rule.id))
            lines += [f"```{language}", marked.rstrip("\n"), "```", ""]
    if said["references"]:
        lines += ["## References", "", *(f"- <{r}>" for r in said["references"]), ""]
    lines += [f"<!-- generated from rules/{_source(rule)} -->"]
    return "\n".join(lines) + "\n"


def _source(rule: Rule) -> str:
    return str(rule.row.get("display") or rule_path(rule).name)


def _condition(rule: Rule) -> list[str]:
    said = rule.said("when")
    return ["## When", "", "```", said[0].strip(), "```", ""] if said is not None else []


def _marked(text: str, lines: frozenset[int], rule: str) -> list[str]:
    return [f"{line}  # <- {rule}\n" if number in lines else f"{line}\n" for number, line in enumerate(text.split("\n"), 1)]


def _cases(rule: Rule, key: str) -> str:
    words = list(dict.fromkeys(word for _, word in rule.row[key]))
    return " or ".join(words)


def pages(rules: Iterable[Rule]) -> dict[str, str]:
    """File name -> text of everything under `docs/rules/`."""
    listed = list(rules)
    return {"README.md": catalogue(listed), **{f"{rule.id}.md": page(rule) for rule in listed}}


def catalogue(rules: Iterable[Rule]) -> str:
    """The table of all rules, in Markdown: `docs/rules/README.md`."""
    lines = ["# Rules", ""]
    family = ""
    for rule in rules:
        if rule.id.startswith("EDA") and rule.id[3] != family:
            family = rule.id[3]
            lines += ["", f"## {FAMILIES.get(family, 'Others')}", "", "| rule | name | severity | confidence | |", "|---|---|---|---|---|"]
        off = "off by default" if rule.opt_in else "preview" if rule.preview else ""
        lines.append(f"| [{rule.id}]({rule.id}.md) | {rule.name} | {_cases(rule, 'severity')} | {_cases(rule, 'confidence')} | {off} |")
    return "\n".join(lines) + "\n"
