"""Cloud assemblies (`cdk.out`) of the AWS CDK, and synthesized templates on their own: stacks become units.

An assembly's manifest lists its stacks, their environments and nested assemblies (one per stage); exports link the stacks by
name, nearest scope first. https://docs.aws.amazon.com/cdk/v2/guide/deploy.html#deploy-how-synth-assemblies
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from edalint.frontends.cloudformation import constructs
from edalint.frontends.cloudformation.template import load_template
from edalint.frontends.context import Context, Unreadable
from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.locations import Document
from edalint.model.records import NamedTuple
from edalint.model.resources import Unit
from edalint.model.values import Map
from edalint.sources import files
from edalint.sources.discovery import Source
from edalint.sources.reader import SyntaxProblem

_ENVIRONMENT = pattern(r"aws://([^/]*)/(.*)")
_CONCRETE = {"account": re.compile(r"\d{12}"), "region": re.compile(r"[a-z]{2,}(-[a-z0-9]+)+-\d+")}
_ASSET = pattern(r"([0-9a-f]{64})\.json")


class Stack(NamedTuple):
    """A stack of an assembly, as its manifest has it."""

    id: str
    folder: Path
    """Of its (nested) assembly."""
    template: Path
    artifact: Map
    scopes: tuple[str, ...]
    """Display paths of its assembly and those around it, nearest first."""

    @property
    def properties(self) -> Map:
        found = self.artifact.get("properties")
        return found if isinstance(found, Map) else Map()

    @property
    def environment(self) -> dict[str, str]:
        """`account` and `region` where the app fixed them."""
        found = _ENVIRONMENT.fullmatch(str(self.artifact.get("environment", "")))
        if found is None:
            return {}
        pairs = (("account", found[1]), ("region", found[2]))
        return {name: value for name, value in pairs if _CONCRETE[name].fullmatch(value)}

    @property
    def parameters(self) -> dict[str, Any]:
        """Values that the app itself gives to the stack's parameters."""
        given = self.properties.get("parameters")
        return dict(given) if isinstance(given, Map) else {}


def load(source: Source, context: Context) -> list[Unit]:
    """The units of an assembly: one per stack, nested assemblies included."""
    stacks = list(_stacks(source.path, context, (), set()))
    if not stacks and not context.diagnostics:
        display = context.display(source.path / "manifest.json")
        context.diagnose(None, f"{display} lists no stack; run `npx cdk synth` in the app's folder", "no-stacks", "warning", display)
    units = []
    for stack in stacks:
        document = _document(stack.template, context, f"the template of stack {stack.id}")
        if document is not None and isinstance(document.root, Map):
            units.append(_unit(document, stack, context))
    return units


def load_alone(document: Document, source: Source, context: Context) -> Unit:
    """The unit of a synthesized template that is given by itself; the manifest next to it, if any, says where it comes from."""
    folder = source.path.parent
    stack = None
    if files.is_file(folder / "manifest.json"):
        found = _stacks(folder, context, (), set())
        stack = next((s for s in found if s.template == source.path), None)
    if stack is None:
        stack = Stack(source.path.name.split(".")[0], folder, source.path, Map(), (context.display(folder),))
    return _unit(document, stack, context)


def _unit(document: Document, stack: Stack, context: Context) -> Unit:
    name_nested_templates(document, stack, context)
    environment = stack.environment
    unit = load_template(
        document,
        document.path,
        (document.path, *stack.scopes),
        context,
        stack.parameters,
        region=environment.get("region"),
        account=environment.get("account"),
    )
    constructs.describe(unit, _metadata(stack, context), stack.folder, context)
    return unit


def _stacks(folder: Path, context: Context, around: tuple[str, ...], seen: set[str]) -> Iterator[Stack]:
    """The stacks of an assembly and of those nested in it, each once; `seen` are display paths of assemblies and templates."""
    if context.display(folder) in seen:
        return
    seen.add(context.display(folder))
    manifest = _document(folder / "manifest.json", context, "the assembly's manifest")
    artifacts = manifest.root.get("artifacts") if manifest is not None and isinstance(manifest.root, Map) else None
    scopes = (context.display(folder), *around)
    for id, artifact in artifacts.items() if isinstance(artifacts, Map) else ():
        if not isinstance(artifact, Map):
            continue
        properties = artifact.get("properties")
        properties = properties if isinstance(properties, Map) else Map()
        template, directory = properties.get("templateFile"), properties.get("directoryName")
        if artifact.get("type") == "aws:cloudformation:stack" and isinstance(template, str):
            if context.display(folder / template) not in seen:
                seen.add(context.display(folder / template))
                yield Stack(id, folder, folder / template, artifact, scopes)
        elif artifact.get("type") == "cdk:cloud-assembly" and isinstance(directory, str):
            yield from _stacks(folder / directory, context, scopes, seen)


def _document(path: Path, context: Context, what: str) -> Document | None:
    try:
        return context.read(path)
    except Unreadable as problem:
        context.diagnose(None, f"{problem.message} ({what})", problem.code, "error", context.display(path))
    except SyntaxProblem as problem:
        context.diagnose_syntax(problem)
    return None


def _metadata(stack: Stack, context: Context) -> Mapping[str, Any]:
    """Construct path -> what the CDK noted of it: in a file of its own, in older assemblies in the manifest."""
    file = stack.artifact.get("additionalMetadataFile")
    if isinstance(file, str):
        import json

        try:
            found = json.loads(context.text(stack.folder / file))
        except (Unreadable, ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            return found
    inline = stack.artifact.get("metadata")
    return inline if isinstance(inline, Map) else {}


def name_nested_templates(document: Document, stack: Stack, context: Context) -> None:
    """Note the local file of each nested stack's template where the app left that metadata out; the list of assets has it."""
    resources = document.root.get("Resources") if isinstance(document.root, Map) else None
    if not isinstance(resources, Map):
        return
    nested = [r for r in resources.values() if isinstance(r, Map) and r.get("Type") == "AWS::CloudFormation::Stack"]
    files: Mapping[str, Any] | None = None
    for resource in nested:
        metadata = resource.get("Metadata")
        if isinstance(metadata, Map) and "aws:asset:path" in metadata:
            continue
        properties = resource.get("Properties")
        digest = _ASSET.search(str(properties.get("TemplateURL"))) if isinstance(properties, Map) else None
        if digest is None:
            continue
        files = _assets(stack, context) if files is None else files
        path = files.get(digest[1])
        if isinstance(path, str):
            found = dict(metadata) if isinstance(metadata, Map) else {}
            found.update({"aws:asset:path": path, "aws:asset:property": "TemplateURL"})
            resource["Metadata"] = metadata.like(found) if isinstance(metadata, Map) else Map(found)


def _assets(stack: Stack, context: Context) -> dict[str, Any]:
    """Digest -> local file, of the assets that the stack publishes."""
    import json

    try:
        listed = json.loads(context.text(stack.folder / f"{stack.id}.assets.json"))["files"]
        return {digest: entry["source"]["path"] for digest, entry in listed.items()}
    except (Unreadable, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return {}
