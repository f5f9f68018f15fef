"""What the fuzzer feeds: each target takes bytes and may raise nothing but what its room promises.

A target is one room's way in for text that somebody else wrote. `template` and `terraform` go the whole way, through all
rules and every report. `tests/hostile` runs what the fuzzer found through the same functions.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edalint.policy.rules import Rule

CHECK_FORMATS = ("text", "concise", "json", "sarif", "junit", "github", "gitlab", "markdown")


def _text(data: bytes) -> str:
    from edalint.sources.reader import decode

    return decode(data)


@lru_cache(maxsize=1)
def folder() -> Path:
    """A folder of our own, with the files that the seeds name."""
    made = Path(tempfile.mkdtemp(prefix="edalint-fuzz-"))
    (made / "child.json").write_text(
        '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"O": {"Value": {"Ref": "Q"}}}}', "utf-8"
    )
    (made / "asl.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${A}", "End": true}}}', "utf-8")
    return made


_tables: dict[str, Any] = {}
_rules: dict[str, list[Rule]] = {}


@contextlib.contextmanager
def _read_once() -> Iterator[None]:
    """Rules and tables are read for the first input alone: read for each, they took four fifths of its time."""
    from edalint import storage
    from edalint.policy import compiled

    table, every = storage.table, compiled.every

    def kept_table(name: str, *sources: Any, **checks: Any) -> Any:
        if name not in _tables:
            _tables[name] = table(name, *sources, **checks)
        return _tables[name]

    def kept_rules(*given: Any, **named: Any) -> list[Rule]:
        key = repr((given, named))
        if key not in _rules:
            _rules[key] = every(*given, **named)
        return _rules[key]

    storage.table, compiled.every = kept_table, kept_rules
    try:
        yield
    finally:
        storage.table, compiled.every = table, every


def _whole(kind: str, name: str, text: str) -> int:
    from edalint.analysis import analyze
    from edalint.config import Settings
    from edalint.reports import Options, render, render_graph
    from edalint.sources.discovery import Source

    settings = Settings(select=("all",), show_unknown=True)
    source = Source(kind, folder() / name, name, True, text)
    (folder() / name).write_bytes(text.encode("utf-8", "replace"))
    with _read_once():
        analysis = analyze([], settings, stdin=source)
        assert analysis.status() in (0, 1, 2)
        for format in (CHECK_FORMATS[len(text) % 8], CHECK_FORMATS[len(text) // 8 % 8]):  # two are enough, and all get their turn
            render(format, analysis, Options(show_unknown=True))
        render_graph("json" if len(text) % 2 else "text", analysis)
        _mend(analysis)
    return sum(len(unit.resources) for unit in analysis.units)


def _mend(analysis: Any) -> None:
    """What mends the findings: each file can be read again after it, and there is a patch of it."""
    from edalint.fixes import fixes, unified
    from edalint.sources.reader import read

    made = fixes(analysis.findings, folder(), unsafe=True)
    for file in made.files:
        assert file.after != file.before
        if not file.path.endswith(".tf"):
            read(file.path, file.after)
    assert unified(made.files) or not made.files


def documents(data: bytes) -> None:
    """YAML and JSON readers: a document, or a `SyntaxProblem` with a place."""
    from edalint.model.graph import Place
    from edalint.model.values import Map
    from edalint.sources import embedded
    from edalint.sources.reader import SyntaxProblem, read

    text = _text(data)
    try:
        document = read("t", text)
    except SyntaxProblem as problem:
        assert problem.line >= 1 and problem.message
        return
    for found in embedded.maps_of(document.root):
        found.location()
        for key in found:
            found.location(key)
    embedded.parse(text, Place(Map(), "x"))


def template(data: bytes) -> int:
    """A CloudFormation or SAM template: findings in every format; how many resources were read of it."""
    return _whole("cloudformation", "t.yaml", _text(data))


def plan(data: bytes) -> int:
    """A Terraform plan or state; how many resources were read of it."""
    from edalint.analysis import analyze
    from edalint.config import Settings
    from edalint.reports import Options, render

    place = folder() / "plans"
    place.mkdir(exist_ok=True)
    (place / "plan.json").write_bytes(data)
    with _read_once():
        analysis = analyze([place / "plan.json"], Settings(select=("all",), show_unknown=True), root=folder())
        assert analysis.status() in (0, 1, 2)
        render(CHECK_FORMATS[len(data) % 8], analysis, Options(show_unknown=True))
    return sum(len(unit.resources) for unit in analysis.units)


def terraform(data: bytes) -> int:
    """A root module of one file; how many resources were read of it."""
    from edalint.analysis import analyze
    from edalint.config import Settings
    from edalint.reports import render

    root = folder() / "root"
    root.mkdir(exist_ok=True)
    (root / "main.tf").write_bytes(data)
    with _read_once():
        analysis = analyze([root], Settings(select=("all",)), root=folder())
        render(CHECK_FORMATS[len(data) % 8], analysis)
        _mend(analysis)
    return sum(len(unit.resources) for unit in analysis.units)


def hcl(data: bytes) -> None:
    """HCL text and templates: a tree, or an `HclProblem`."""
    from edalint.frontends.terraform.syntax import HclProblem, read_hcl, read_template

    text = _text(data)
    for read in (read_hcl, read_template):
        try:
            read("t.tf", text)
        except HclProblem as problem:
            assert problem.line >= 1 and problem.message


def states(data: bytes) -> None:
    """A state machine's definition, whole and inside of a property."""
    from edalint.states.machine import parse, reachable

    value = _json(data)
    machine = parse(value)
    reachable(machine.states)
    for state in machine.states:
        state.targets()
        list(state.later())
        _ = (state.integration, state.known_call, state.passes_token())
    body = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": _text(data), "RoleArn": "x"}}
    _whole("cloudformation", "t.yaml", json.dumps({"Resources": {"M": body}}))


def patterns(data: bytes) -> None:
    """Event patterns, filter policies and filter criteria."""
    from edalint.patterns import esm, eventbridge, sns

    value = _json(data)
    both = value if isinstance(value, list) and len(value) == 2 else [value, {"source": ["a"]}]
    left, right = (eventbridge.parse(v) for v in both)
    for one in (left, right):
        eventbridge.satisfiable(one)
        eventbridge.never(one)
        eventbridge.is_catch_all(one)
        eventbridge.values_of(one, "source")
        eventbridge.matches(one, both[0])
    eventbridge.overlap(left, right)
    eventbridge.excludes(left, right)
    for scope in ("MessageAttributes", "MessageBody"):
        policy = sns.parse(both[0], scope)
        sns.satisfiable(policy)
        sns.admits_all(policy)
        sns.overlap(policy, sns.parse(both[1], scope))
    criteria = esm.parse(both[0])
    for source in ("sqs", "dynamodb", "kinesis"):
        esm.never(criteria, source)
        esm.satisfiable(criteria, source)
    esm.overlap(criteria, esm.parse(both[1]))


def expressions(data: bytes) -> None:
    """The language of policies: parsed, typed, evaluated over an empty graph."""
    from edalint.facts.view import View
    from edalint.model.graph import EventGraph
    from edalint.policy.language import compiler, syntax, types

    text = _text(data)
    try:
        tree = syntax.parse(text)
    except syntax.ExpressionError:
        return
    names = {"a": "int", "b": "int", "x": "double", "s": "string", "t": "string", "p": "bool", "q": "bool", "l": "list", "m": "map"}
    try:
        types.check(tree, names)
    except syntax.ExpressionError:
        return
    try:
        run = compiler.compile(text, frozenset(names), {})
    except syntax.ExpressionError:  # a pattern that may backtrack
        return
    values: dict[str, Any] = {"a": 1, "b": 2, "x": 0.5, "s": "ab", "t": "", "p": True, "q": False, "l": [1, 2], "m": {"k": 1}}
    view = View(EventGraph())
    with contextlib.suppress(compiler.Exhausted):
        run(view, compiler.Bindings(values))


def policies(data: bytes) -> bool:
    """A rule file: a row, or a `PolicyError` that says everything that is wrong; whether it is one."""
    from edalint.policy import rulefile
    from edalint.policy.rules import Rule

    try:
        row = rulefile.read("rule.yaml", _text(data))
    except rulefile.PolicyError as error:
        assert str(error)
        return False
    Rule(row)
    return True


def configuration(data: bytes) -> bool:
    """`edalint.yaml`: settings, or a `ConfigError`; whether it has settings."""
    from edalint.config import ConfigError
    from edalint.config.file import read

    path = folder() / "edalint.yaml"
    path.write_bytes(data)
    try:
        read(path, "edalint.yaml")
    except ConfigError as error:
        assert str(error)
        return False
    return True


def _json(data: bytes) -> Any:
    from edalint.sources.reader import SyntaxProblem, read

    try:
        return read("t", _text(data)).root
    except SyntaxProblem:
        return _text(data)


TARGETS: dict[str, Callable[[bytes], object]] = {
    "documents": documents,
    "template": template,
    "sam": template,
    "plan": plan,
    "terraform": terraform,
    "hcl": hcl,
    "states": states,
    "patterns": patterns,
    "expressions": expressions,
    "policies": policies,
    "configuration": configuration,
}
