"""Changes to a template that say the same, do not matter, or leave something open; and what the rules then may say.

A law changes one text (a CloudFormation template as plain JSON, a Terraform file) in ways that it chooses, and tells what
became more or less. Tests run the laws over the rules' examples and over generated systems; `fuzz/laws.py` over folders.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from edalint.analysis import Analysis, analyze
from edalint.policy.evaluate import judge
from edalint.policy.rules import Rule
from edalint.sources import reader
from edalint.sources.discovery import Source
from tests.properties.changing import RULES
from tests.properties.terraform_json import NoSuchForm, as_json

Files = Mapping[str, str]
OPEN = "OnlySometimes"
"""The name of a condition, parameter or variable that is open."""
SUFFIX = "Zz"
"""What a new name has more than the old one: rules may read words in names, so they stay."""
FEW = int(os.environ.get("EDALINT_LAW_CHANGES", "3"))
"""Changes tried of those that a law could make."""


class Said(NamedTuple):
    """One finding."""

    rule: str
    address: str
    message: str
    line: int


class Judged(NamedTuple):
    """What is found, and the addresses of what exists in every alternative."""

    found: list[Said]
    always: frozenset[str]


def heard(analysis: Analysis, rules: list[Rule]) -> Judged:
    """What rules say of an analysis that was not judged yet."""
    found = [Said(f.rule, f.subject.address, f.message, f.location.line) for f in judge(analysis.graph, rules).findings]
    always = frozenset(r.address for unit in analysis.units for r in unit.resources.values() if r.when is True)
    return Judged(found, always)


def judged(text: str, path: Path, rules: list[Rule] = RULES) -> Judged:
    """What rules say of a template with this text in the place of what stands at a path."""
    return heard(analyze([], judge=False, stdin=Source("cloudformation", path, path.name, True, text)), rules)


def judged_files(files: Files, folder: Path, rules: list[Rule] = RULES) -> Judged:
    """What rules say of a folder with these files and no others."""
    for old in [p for p in folder.rglob("*") if p.is_file()]:
        old.unlink()
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return heard(analyze([folder], judge=False, root=folder), rules)


def plain(name: str, text: str) -> Any:
    """A template as plain JSON, its short forms written out."""
    return json.loads(json.dumps(reader.read(name, text).root))


def written(template: Any) -> str:
    """A plain template as text, a line for each key."""
    return json.dumps(template, indent=1)


# what became of the findings


NONE: Mapping[str, str] = {}


def _back(text: str, names: Mapping[str, str]) -> str:
    for new, old in names.items():
        text = text.replace(new, old)
    return text


def same(before: Judged, after: Judged, names: Mapping[str, str] = NONE) -> list[str]:
    """Differences of rule, subject and words, wherever they stand. `names`: new ones, and what they were before."""
    now = Counter((f.rule, _back(f.address, names), _back(f.message, names)) for f in after.found)
    return _differences(Counter((f.rule, f.address, f.message) for f in before.found), now)


def _differences(before: Counter[Any], after: Counter[Any]) -> list[str]:
    return [f"lost {f}" for f in before - after] + [f"new {f}" for f in after - before]


ROUND = frozenset(["EDA111", *(rule.id for rule in RULES if rule.match["form"] in ("cycle", "group"))])
"""Rules about several resources that say so of one: the first that is declared."""


def same_subjects(before: Judged, after: Judged) -> list[str]:
    """Differences of rule and subject. What is about several is said of the first declared."""

    def subjects(found: list[Said]) -> Counter[tuple[str, str]]:
        return Counter((f.rule, "" if f.rule in ROUND else f.address) for f in found)

    return _differences(subjects(before.found), subjects(after.found))


def nothing_added(before: Judged, after: Judged, names: Mapping[str, str] = NONE) -> list[str]:
    """Findings of subjects that were always there, and were not found before."""
    was = Counter((f.rule, f.address) for f in before.found)
    found = [(f.rule, _back(f.address, names)) for f in after.found]
    now = Counter((rule, address) for rule, address in found if address in before.always)
    return [f"new {f}" for f in now - was]


class Change(NamedTuple):
    """A changed text, and how what is found in it is held against what was found before."""

    what: str
    text: str
    differences: Callable[[Judged, Judged], list[str]]


class FilesChange(NamedTuple):
    """The same of a Terraform root's files."""

    what: str
    files: Files
    differences: Callable[[Judged, Judged], list[str]]


Law = Callable[[Any, Random], Iterator[Change]]
FilesLaw = Callable[[Files, Random], Iterator[FilesChange]]


# CloudFormation


def resources_in_another_order(template: Any, chance: Random) -> Iterator[Change]:
    """The order of resources tells nothing but in which order messages name several."""
    turned = dict(reversed(template["Resources"].items()))
    yield Change("turned", written({**template, "Resources": turned}), same_subjects)


def substitutions_written_out(template: Any, chance: Random) -> Iterator[Change]:
    """`Fn::Sub` is `Fn::Join` in short, with a map of its own or without."""
    joined = as_joins(template)
    if joined != template:
        yield Change("joined", written(joined), same)


def as_joins(value: Any) -> Any:
    """Every `Fn::Sub` as the `Fn::Join` that it is short for."""
    if isinstance(value, list):
        return [as_joins(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    said = value.get("Fn::Sub")
    text, names = said if isinstance(said, list) and len(said) == 2 else (said, {})
    if len(value) == 1 and isinstance(text, str) and isinstance(names, dict):
        pieces = [_piece(p, as_joins(names)) for p in re.split(r"(\$\{[^}]*\})", text) if p]
        return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], str) else {"Fn::Join": ["", pieces]}
    return {key: as_joins(inner) for key, inner in value.items()}


def _piece(text: str, names: Mapping[str, Any]) -> Any:
    if not text.startswith("${"):
        return text
    name = text[2:-1].strip()
    if name.startswith("!"):
        return f"${{{name[1:]}}}"
    if name in names:
        return names[name]
    resource, dot, attribute = name.partition(".")
    return {"Fn::GetAtt": [resource, attribute]} if dot else {"Ref": name}


def something_unrelated(template: Any, chance: Random) -> Iterator[Change]:
    """A resource that has nothing to do with the others, before them or behind."""
    more = {"UnrelatedNet": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
    yield Change("before", written({**template, "Resources": {**more, **template["Resources"]}}), same)
    yield Change("behind", written({**template, "Resources": {**template["Resources"], **more}}), same)


def another_logical_id(template: Any, chance: Random) -> Iterator[Change]:
    """A logical id with its uses changes the names in what is said, and nothing else."""
    for id in _few([i for i in template["Resources"] if i.isalnum()], chance):
        new = id + SUFFIX
        yield Change(id, written(_renamed(template, id, new)), partial(same, names={new: id}))


def _renamed(value: Any, id: str, new: str, key: str = "") -> Any:
    if isinstance(value, dict):
        holds_ids = key == "Resources" and id in value
        return {(new if holds_ids and k == id else k): _renamed(inner, id, new, k) for k, inner in value.items()}
    if isinstance(value, list):
        first = [new] if key == "Fn::GetAtt" and value[:1] == [id] else [_renamed(v, id, new, key) for v in value[:1]]
        return first + [_renamed(v, id, new, key) for v in value[1:]]
    if isinstance(value, str):
        if key in ("Ref", "DependsOn") and value == id:
            return new
        if key == "Fn::GetAtt":
            return re.sub(rf"^{id}(?=\.)", new, value)
        if key == "Fn::Sub":
            return re.sub(rf"\$\{{\s*{id}(?=[.}}\s])", "${" + new, value)
    return value


def _opened(template: Any, condition: Any) -> Any:
    """The template with a parameter that has no value and a condition over it."""
    kind = {"Type": "String", "AllowedValues": ["one", "other"]} if condition == "choice" else {"Type": "String"}
    parameters = {**(template.get("Parameters") or {}), f"{OPEN}Sort": kind}
    return {
        **template,
        "Parameters": parameters,
        "Conditions": {**(template.get("Conditions") or {}), OPEN: {"Fn::Equals": [{"Ref": f"{OPEN}Sort"}, "one"]}},
    }


def only_sometimes(template: Any, chance: Random) -> Iterator[Change]:
    """A resource that exists under an open condition (of a choice, of any text): nothing is found that was not."""
    always = [id for id, body in template["Resources"].items() if isinstance(body, dict) and "Condition" not in body]
    for id in _few(always, chance):
        changed = _opened(template, chance.choice(("choice", "text")))
        changed["Resources"] = {**changed["Resources"], id: {**changed["Resources"][id], "Condition": OPEN}}
        yield Change(id, written(changed), nothing_added)


def another_value_sometimes(template: Any, chance: Random) -> Iterator[Change]:
    """A property that has another value, or none, under an open condition: what is found with both remains at most."""
    places = [
        (id, key)
        for id, body in template["Resources"].items()
        if isinstance(body, dict)
        for key in _keys(body)
        if ":Serverless:" not in body["Type"]
    ]
    for id, key in _few(places, chance):
        changed = json.loads(json.dumps(_opened(template, chance.choice(("choice", "text")))))
        properties = changed["Resources"][id]["Properties"]
        other = chance.choice(({"Ref": "AWS::NoValue"}, {"Ref": f"{OPEN}Sort"}))
        both = [properties[key], other]
        properties[key] = {"Fn::If": [OPEN, *(both if chance.random() < 0.5 else both[::-1])]}
        yield Change(f"{id}.{key}", written(changed), nothing_added)


def the_same_value_twice(template: Any, chance: Random) -> Iterator[Change]:
    """A property with one value in both branches of `Fn::If` is that value."""
    places = [(id, key) for id, body in template["Resources"].items() for key in _keys(body) if ":Serverless:" not in body["Type"]]
    for id, key in _few(places, chance):
        changed = json.loads(json.dumps(_opened(template, "choice")))
        properties = changed["Resources"][id]["Properties"]
        properties[key] = {"Fn::If": [OPEN, properties[key], properties[key]]}
        yield Change(f"{id}.{key}", written(changed), same)


def a_condition_not_known(template: Any, chance: Random) -> Iterator[Change]:
    """A condition of the template that is made to hang on a text that nobody knows."""
    for name in _few(list(template.get("Conditions") or {}), chance):
        changed = _opened(template, "text")
        changed["Conditions"][name] = {"Fn::Equals": [{"Ref": f"{OPEN}Sort"}, "one"]}
        yield Change(name, written(changed), nothing_added)


def a_parameter_without_value(template: Any, chance: Random) -> Iterator[Change]:
    """A parameter whose default is taken away."""
    parameters = template.get("Parameters") or {}
    for name in _few([n for n, body in parameters.items() if isinstance(body, dict) and "Default" in body], chance):
        body = {key: value for key, value in parameters[name].items() if key != "Default"}
        yield Change(name, written({**template, "Parameters": {**parameters, name: body}}), nothing_added)


def _keys(body: Any) -> list[str]:
    properties = body.get("Properties") if isinstance(body, dict) else None
    return list(properties) if isinstance(properties, dict) else []


def _few(of: list[Any], chance: Random) -> list[Any]:
    return chance.sample(of, min(FEW, len(of)))


CLOUDFORMATION: dict[str, Law] = {
    law.__name__: law
    for law in (
        resources_in_another_order,
        substitutions_written_out,
        something_unrelated,
        another_logical_id,
        only_sometimes,
        another_value_sometimes,
        the_same_value_twice,
        a_condition_not_known,
        a_parameter_without_value,
    )
}


# Terraform

HEAD = re.compile(r'^(resource|data)\s+"(\w+)"\s+"([\w-]+)"\s*\{', re.MULTILINE)
VARIABLE = re.compile(r'^variable\s+"(\w+)"\s*\{((?:[^{}]|\{[^{}]*\})*)\}', re.MULTILINE)
OPEN_VARIABLE = 'variable "only_sometimes" {}\n'


def in_json(files: Files, chance: Random) -> Iterator[FilesChange]:
    """A file in Terraform's JSON syntax is the same file."""
    for name in _few(_own(files), chance):
        with suppress(NoSuchForm):
            yield FilesChange(name, {**_without(files, name), f"{name}.json": as_json(files[name])}, same)


def an_unrelated_block(files: Files, chance: Random) -> Iterator[FilesChange]:
    """A resource that has nothing to do with the others, before them or behind."""
    more = '\nresource "aws_vpc" "unrelated_net" {\n  cidr_block = "10.0.0.0/16"\n}\n'
    for name in _own(files)[:1]:
        yield FilesChange("before", {**files, name: more + files[name]}, same)
        yield FilesChange("behind", {**files, name: files[name] + more}, same)


def another_label(files: Files, chance: Random) -> Iterator[FilesChange]:
    """Another name of a resource with its uses changes the names in what is said, and nothing else."""
    heads = [m.groups()[1:] for name in _own(files) for m in HEAD.finditer(files[name]) if m[1] == "resource"]
    for type, label in _few(heads, chance):
        new = label + SUFFIX.lower()
        head = re.compile(rf'^(resource\s+"{type}"\s+)"{label}"', re.MULTILINE)
        renamed = {name: _use(type, label).sub(f"{type}.{new}", head.sub(rf'\1"{new}"', files[name])) for name in _own(files)}
        yield FilesChange(f"{type}.{label}", {**files, **renamed}, partial(same, names={new: label}))


def counted_by_a_variable(files: Files, chance: Random) -> Iterator[FilesChange]:
    """A resource that is there if a variable without value says so: nothing is found that was not."""
    heads = [(name, m) for name in _own(files) for m in HEAD.finditer(files[name]) if m[1] == "resource"]
    for name, match in _few(heads, chance):
        type, label = match.groups()[1:]
        text = files[name]
        if re.search(r"\b(count|for_each)\s*=", text[match.end() : _end(text, match.end())]):
            continue
        counted = f"{text[: match.end()]}\n  count = var.only_sometimes ? 1 : 0\n{text[match.end() :]}{OPEN_VARIABLE}"
        changed = {n: _use(type, label).sub(f"{type}.{label}[0]", counted if n == name else files[n]) for n in _own(files)}
        yield FilesChange(f"{type}.{label}", {**files, **changed}, partial(nothing_added, names={f"{label}[0]": label}))


def a_variable_without_value(files: Files, chance: Random) -> Iterator[FilesChange]:
    """A variable whose default is taken away."""
    found = [(name, m) for name in _own(files) for m in VARIABLE.finditer(files[name])]
    for name, match in _few([(n, m) for n, m in found if re.search(r"^\s*default\s*=", m[2], re.MULTILINE)], chance):
        text = files[name]
        body = re.sub(r"^\s*default\s*=\s*(\[[^\]]*\]|\{[^}]*\}|.*)$", "", match[2], count=1, flags=re.MULTILINE)
        yield FilesChange(match[1], {**files, name: f"{text[: match.start(2)]}{body}{text[match.end(2) :]}"}, nothing_added)


def _own(files: Files) -> list[str]:
    """The root's own HCL files: those of its modules have names of their own."""
    return [name for name in files if name.endswith(".tf") and "/" not in name]


def _without(files: Files, name: str) -> dict[str, str]:
    return {other: text for other, text in files.items() if other != name}


def _use(type: str, label: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.\"]){type}\.{label}(?![\w-])")


def _end(text: str, start: int) -> int:
    """Where the block whose body begins here ends: its closing brace stands at the beginning of a line."""
    found = text.find("\n}", start)
    return len(text) if found < 0 else found


TERRAFORM: dict[str, FilesLaw] = {
    law.__name__: law for law in (in_json, an_unrelated_block, another_label, counted_by_a_variable, a_variable_without_value)
}


def broken_files(
    files: Files, folder: Path, chance: Random, laws: Mapping[str, FilesLaw] = TERRAFORM
) -> Iterator[tuple[str, str, list[str]]]:
    """Each law tried on a Terraform root, written to a folder of ours."""
    before = judged_files(files, folder)
    for name, law in laws.items():
        for change in law(files, chance):
            yield name, change.what, change.differences(before, judged_files(change.files, folder))


def broken(text: str, path: Path, chance: Random, laws: Mapping[str, Law] = CLOUDFORMATION) -> Iterator[tuple[str, str, list[str]]]:
    """Each law tried on a template: its name, the change, and what is wrong after it (nothing where it holds)."""
    template = plain(path.name, text)
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        return
    before = judged(written(template), path)
    yield "another_form", path.suffix, same(judged(text, path), before)
    for name, law in laws.items():
        for change in law(template, chance):
            yield name, change.what, change.differences(before, judged(change.text, path))
