"""A rule's examples are its tests: a bad one must fire at exactly the lines marked `# <- EDA101`, a good one never.

A CloudFormation example may leave out everything but the resources; what stands alone is put under `Resources`, and SAM's
transform is added where its types occur. Markers are taken out before anything is read, so JSON can carry them too.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from edalint.hints import Any
from edalint.model.findings import Finding
from edalint.model.graph import EventGraph
from edalint.model.lazy import pattern
from edalint.model.records import NamedTuple
from edalint.policy.compiled import rule_path
from edalint.policy.evaluate import judge
from edalint.policy.rulefile import texts
from edalint.policy.rules import Rule

Pipeline = Callable[[Path], EventGraph]
"""From a folder of files to the event graph of everything in it."""
MARKER = pattern(r"[ \t]*(?:#|//)[ \t]*<-[ \t]*([A-Z][A-Z0-9]*\d(?:[ \t]*,[ \t]*[A-Z][A-Z0-9]*\d)*)[ \t]*$", re.MULTILINE)
SAM = "Transform: AWS::Serverless-2016-10-31\n"


class Example(NamedTuple):
    """One example of a rule, as files on a disk."""

    rule: str
    group: str
    """`bad` or `good`."""
    name: str
    language: str
    files: dict[str, str]
    """File name -> text without markers."""
    marked: dict[str, frozenset[int]]
    """File name -> lines at which the rule must fire."""


class Failure(NamedTuple):
    """An example that the rule does not judge as it says."""

    rule: str
    example: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}, {self.example}: {self.message}"


def examples(rule: Rule) -> Iterator[Example]:
    """The good and bad examples of a rule's file."""
    written = texts(rule_path(rule))["examples"]
    for group in ("bad", "good"):
        for number, entry in enumerate(written.get(group) or (), 1):
            yield _example(rule.id, group, number, entry)


def _example(rule: str, group: str, number: int, entry: dict[str, Any]) -> Example:
    language = next(k for k in ("cloudformation", "terraform", "files") if k in entry)
    content = entry[language]
    if not isinstance(content, dict):
        content = {_file_name(language, str(content)): str(content)}
    files: dict[str, str] = {}
    marked: dict[str, frozenset[int]] = {}
    for name, text in content.items():
        files[name], marked[name] = _prepared(str(name), str(text), rule)
    label = f"{group} {number}" + (f" ({entry['name']})" if entry.get("name") else "")
    return Example(rule, group, label, language, files, marked)


def _file_name(language: str, text: str) -> str:
    if language == "terraform":
        return "main.tf"
    return "template.json" if text.lstrip().startswith("{") else "template.yaml"


def _prepared(name: str, text: str, rule: str) -> tuple[str, frozenset[int]]:
    """The text as it is analysed, and the lines at which the rule must fire in it."""
    if name.endswith((".yaml", ".yml")) and not re.search(r"^Resources:", text, re.MULTILINE) and re.search(r"\bAWS::\w+::", text):
        head = (SAM if "AWS::Serverless" in text else "") + "Resources:\n"
        text = head + re.sub(r"^(?=[^\n])", "  ", text, flags=re.MULTILINE)
    lines = frozenset(
        text.count("\n", 0, match.start()) + 1 for match in MARKER.finditer(text) if rule in re.split(r"[ \t]*,[ \t]*", match[1])
    )
    return MARKER.sub("", text), lines


def findings_of(example: Example, rules: Sequence[Rule], pipeline: Pipeline) -> list[Finding]:
    """What the example's own rule finds in it, with all other rules on that may supersede it."""
    with tempfile.TemporaryDirectory(prefix="edalint-") as folder:
        root = Path(folder).resolve()
        for name, text in example.files.items():
            path = (root / name).resolve()
            if root not in path.parents:
                raise ValueError(f"{name} is outside the example")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        graph = pipeline(root)
        found = judge(graph, rules).findings
    return [f for f in found if f.rule == example.rule]


def failure(example: Example, rules: Sequence[Rule], pipeline: Pipeline) -> Failure | None:
    """What is wrong with an example, if anything."""
    found = findings_of(example, rules, pipeline)
    at = sorted({(f.location.path, f.location.line) for f in found})
    said = "; ".join(f"{path}:{line}" for path, line in at) or "nowhere"
    if example.group == "good":
        return Failure(example.rule, example.name, f"fires at {said}, and is a good one") if found else None
    wanted = sorted((name, line) for name, lines in example.marked.items() for line in lines)
    if not wanted:
        return Failure(example.rule, example.name, f"marks no line with '# <- {example.rule}'; it fires at {said}")
    if [(_matching(path, example.files), line) for path, line in at] != wanted:
        expected = "; ".join(f"{name}:{line}" for name, line in wanted)
        return Failure(example.rule, example.name, f"fires at {said}, marked at {expected}")
    return None


def _matching(path: str, files: dict[str, str]) -> str:
    """The example's name of a reported file."""
    return next((name for name in files if path == name or path.endswith(f"/{name}")), path)


def run(rule: Rule, rules: Sequence[Rule], pipeline: Pipeline) -> list[Failure]:
    """Every example of a rule that it does not judge as it says."""
    others = [r for r in rules if r.id != rule.id]
    failures = (failure(example, [*others, rule], pipeline) for example in examples(rule))
    return [f for f in failures if f is not None]
