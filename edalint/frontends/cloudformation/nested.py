"""Nested stacks whose template is a local file: their resources join the unit, their outputs answer Fn::GetAtt.

A path counts as written, from the folder of the template that names it; a template in a bucket is not known.
"""

from __future__ import annotations

from pathlib import Path

from edalint.frontends.cloudformation.intrinsics import STACKS
from edalint.frontends.cloudformation.parameters import MISSING
from edalint.frontends.cloudformation.scope import Scope
from edalint.frontends.context import Unreadable
from edalint.hints import Any
from edalint.model.conditions import Condition
from edalint.model.lazy import pattern
from edalint.model.locations import Document
from edalint.model.values import Map, Unknown, Value, settled
from edalint.sources.reader import SyntaxProblem

MAX_NESTING = 8
"""Stacks inside each other; templates that go deeper are taken as a loop."""
MAX_STACKS = 500
"""Nested stacks of one unit: templates that nest others several times multiply."""
_REMOTE = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://|arn:")
_PROPERTY = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}


class NestedStacks:
    """The nested stacks of one template, each read when it is first asked for."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._children: dict[str, Scope | None] = {}
        self._outputs: dict[tuple[str, str], Value] = {}

    def child(self, name: str) -> Scope | None:
        """The template that a stack resource nests; None where it is not known."""
        if name not in self._children:
            self._children[name] = None
            raw = self.scope.resolve.resources.get(name)
            if isinstance(raw, Map) and raw.get("Type") in STACKS:
                self._children[name] = self._load(name, raw)
        return self._children[name]

    def output(self, name: str, output: str) -> Value:
        """The value of an output of a nested stack; None where its template is not known."""
        child = self.child(name)
        if child is None:
            return None
        key = (name, output)
        if key not in self._outputs:
            self._outputs[key] = Unknown("", f"output {output} of {name} depends on itself")
            self._outputs[key] = self._output(child, name, output)
        return self._outputs[key]

    def _output(self, child: Scope, name: str, output: str) -> Value:
        from edalint.model.nearest import hint

        outputs = child.section("Outputs")
        raw = outputs.get(output)
        if not isinstance(raw, Map):
            message = f"the template of {name} ({child.document.path}) has no output {output}{hint(output, outputs)}"
            self.scope.diagnose(message, "missing-output", self.scope.resolve.resources, name)
            return Unknown("", message)
        value = child.resolve(raw.get("Value"))
        return Unknown("", f"output {output} of {name} has no value") if value is None else value

    def _load(self, name: str, raw: Map) -> Scope | None:
        properties = raw.get("Properties")
        if not isinstance(properties, Map):
            return None
        key = _PROPERTY[raw["Type"]]
        path = self._path(raw, properties, key)
        if path is None:
            return None
        document = self._read(path, properties, key)
        if document is None:
            return None
        scope = self.scope
        ancestor: Scope | None = scope
        depth = 0
        while ancestor is not None:
            depth += 1
            if ancestor.document.path == document.path or depth >= MAX_NESTING:
                what = f"{document.path} nests itself" if ancestor.document.path == document.path else "stacks are nested too deep"
                scope.diagnose(what, "circular-reference", properties, key)
                return None
            ancestor = ancestor.parent
        if len(scope.unit.documents) > MAX_STACKS:
            scope.diagnose(f"more than {MAX_STACKS} nested stacks", "too-many-stacks", properties, key)
            return None
        scope.context.named.add(document.path)
        return self._enter(name, document, properties)

    def _enter(self, name: str, document: Document, properties: Map) -> Scope:
        from edalint.frontends.cloudformation.template import enter

        scope = self.scope
        child = Scope(scope.unit, document, scope.context, prefix=f"{scope.prefix}{name}/", parent=scope)
        passed = properties.get("Parameters")

        def given(parameter: str) -> Any:
            if isinstance(passed, Map) and "Ref" not in passed and parameter in passed:
                return scope.resolve(passed[parameter])
            if isinstance(passed, Map) and len(passed) == 1 and next(iter(passed)).startswith("Fn::"):
                return Unknown("", f"parameter {parameter} is passed by a value that is not known")
            return MISSING

        enter(child, given)
        return child

    def _path(self, raw: Map, properties: Map, key: str) -> Path | None:
        metadata = raw.get("Metadata")
        asset = metadata.get("aws:asset:path") if isinstance(metadata, Map) else None
        if isinstance(asset, str) and metadata is not None and metadata.get("aws:asset:property") == key:
            return self.scope.file(asset)
        written = settled(self.scope.resolve(properties.get(key)))
        if not isinstance(written, str) or _REMOTE.match(written):
            return None
        return self.scope.file(written)

    def _read(self, path: Path, properties: Map, key: str) -> Document | None:
        scope = self.scope
        try:
            document = scope.context.read(path)
        except Unreadable as problem:
            scope.diagnose(f"{problem.message}, so the nested stack is not known", problem.code, properties, key)
            return None
        except SyntaxProblem as problem:
            scope.context.diagnose_syntax(problem, "warning")
            return None
        if not isinstance(document.root, Map) or not isinstance(document.root.get("Resources"), Map):
            scope.diagnose(f"{document.path} is not a CloudFormation template", "not-a-template", properties, key)
            return None
        return document

    def add_resources(self, name: str, when: Condition) -> None:
        """Add the resources of a nested stack that exists under a condition."""
        from edalint.frontends.cloudformation.template import add_outputs, add_resources

        child = self.child(name)
        if child is not None:
            child.when = when
            add_resources(child)
            add_outputs(child)
