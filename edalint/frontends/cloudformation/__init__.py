"""CloudFormation, SAM and the CDK's assemblies: templates become units of resolved resources."""

from __future__ import annotations

from edalint.frontends.cloudformation.template import load_template
from edalint.frontends.context import Context, Unreadable
from edalint.model.locations import Document
from edalint.model.resources import Unit
from edalint.model.values import Map
from edalint.sources.discovery import Source
from edalint.sources.reader import SyntaxProblem, read

__all__ = ["load", "load_template"]


def load(source: Source, context: Context) -> list[Unit]:
    """The units of a template (one) or a cloud assembly (one per stack); none where it can't be read."""
    if source.kind == "cdk":
        context.admit(source.path)
        from edalint.frontends.cloudformation.cdk import load as load_assembly

        return load_assembly(source, context)
    context.admit(source.path.parent)
    document = _read(source, context)
    if document is None or not _is_template(document, context):
        return []
    if "aws:cdk:path" in document.text:
        from edalint.frontends.cloudformation import cdk

        return [cdk.load_alone(document, source, context)]
    folder = source.display.rpartition("/")[0] or "."
    return [load_template(document, source.display, (source.display, folder), context)]


def _read(source: Source, context: Context) -> Document | None:
    try:
        return read(source.display, source.text) if source.text is not None else context.read(source.path)
    except SyntaxProblem as problem:
        context.diagnose_syntax(problem)
    except Unreadable as problem:
        context.diagnose(None, problem.message, problem.code, "error", source.display)
    return None


def _is_template(document: Document, context: Context) -> bool:
    root = document.root
    if isinstance(root, Map) and isinstance(root.get("Resources"), Map):
        return True
    what = "has no Resources mapping" if isinstance(root, Map) else "is empty" if root is None else "is no mapping"
    message = f"{document.path} is not a CloudFormation template: it {what}"
    context.diagnose(root.location() if isinstance(root, Map) else None, message, "not-a-template", "error", document.path)
    return False
