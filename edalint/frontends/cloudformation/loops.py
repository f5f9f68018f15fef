"""What is done to the text of a template before anything else: `Fn::ForEach` loops and `AWS::Include` of local files.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html
"""

from __future__ import annotations

from edalint.frontends.cloudformation.scope import Opaque, Scope
from edalint.frontends.context import Unreadable
from edalint.hints import Any
from edalint.model.values import Map, OneOf, Value, settled, text_of
from edalint.sources.reader import SyntaxProblem

LOOP = "Fn::ForEach::"
MAX_COPIED = 50_000
"""Values that the loops of one template may make."""
MAX_INCLUDED = 20
"""Files included inside each other."""


def expand(scope: Scope) -> None:
    """Unroll the loops of a template and put included files in their places."""
    expanded = _Expansion(scope).value(scope.template, 0)
    if isinstance(expanded, Map):
        scope.template = expanded


class _Expansion:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.copied = 0

    def value(self, value: Any, included: int) -> Any:
        if isinstance(value, list):
            return [self.value(v, included) for v in value]
        if not isinstance(value, Map):
            return value
        if "Fn::Transform" in value:
            content = self.include(value, included)
            if content is not None:
                return content
        if any(key.startswith(LOOP) for key in value):
            return self.unroll(value, included)
        return value.like([(key, self.value(inner, included)) for key, inner in value.items()])

    def include(self, holder: Map, included: int) -> Any:
        """What stands in an included file, with what stands beside it here; None where that is not known."""
        scope = self.scope
        transform = holder["Fn::Transform"]
        if not isinstance(transform, Map) or transform.get("Name") != "AWS::Include" or included >= MAX_INCLUDED:
            return None
        parameters = transform.get("Parameters")
        location = settled(scope.resolve(parameters.get("Location"))) if isinstance(parameters, Map) else None
        path = scope.file(location)
        if path is None:
            return None
        try:
            document = scope.context.read(path)
        except Unreadable as problem:
            scope.diagnose(f"{problem.message} (AWS::Include)", problem.code, parameters, "Location")
            return None
        except SyntaxProblem as problem:
            scope.context.diagnose_syntax(problem, "warning")
            return None
        if document not in scope.unit.documents:
            scope.unit.documents.append(document)
        content = self.value(document.root, included + 1)
        beside = [(key, self.value(inner, included)) for key, inner in holder.items() if key != "Fn::Transform"]
        if not beside:
            return content
        if not isinstance(content, Map):
            return None
        origins: dict[str, tuple[Map, str | None]] = {key: (holder, key) for key, _ in beside}
        return _composed({**content, **dict(beside)}, content, origins)

    def unroll(self, holder: Map, included: int) -> Map:
        """A map with its loops unrolled; a loop over what is not known stays and is left out later."""
        items: dict[str, Any] = {}
        origins: dict[str, tuple[Map, str | None]] = {}
        for key, inner in holder.items():
            if not key.startswith(LOOP):
                items[key] = self.value(inner, included)
                continue
            for made, value, origin in self.iterations(holder, key):
                if made.startswith(LOOP) and value is not inner:  # a loop inside the loop, for this turn
                    for name, turn in self.unroll(_composed({made: value}, origin[0], {made: origin}), included).items():
                        items[name] = turn
                        origins[name] = origin
                    continue
                items[made] = self.value(value, included)
                origins[made] = origin
        result = _composed(items, holder, origins)
        if any(key.startswith(LOOP) for key in items):
            return Opaque([(k, v) for k, v in items.items() if not k.startswith(LOOP)], result)
        return result

    def iterations(self, holder: Map, key: str) -> list[tuple[str, Any, tuple[Map, str | None]]]:
        """(key, value, where it is written) for every turn of a loop."""
        loop = holder[key]
        if not (isinstance(loop, list) and len(loop) == 3 and isinstance(loop[2], Map)):
            self.scope.diagnose(f"{key} takes an identifier, a collection and a mapping", "wrong-shape", holder, key)
            return [(key, loop, (holder, key))]
        identifiers = [i for i in (loop[0] if isinstance(loop[0], list) else [loop[0]]) if isinstance(i, str)]
        turns = self.collection(loop[1])
        if turns is None or not identifiers:
            self.scope.diagnose(f"{key} goes over a collection that is not known", "unknown-loop", holder, key)
            return [(key, loop, (holder, key))]
        made: list[tuple[str, Any, tuple[Map, str | None]]] = []
        for turn in turns:
            for written, value in loop[2].items():
                name, copy = written, value
                for identifier in identifiers:
                    name = _replaced(name, identifier, turn)
                    copy = self.copy(copy, identifier, turn)
                made.append((name, copy, (loop[2], written)))
            if self.copied > MAX_COPIED:
                self.scope.diagnose(f"{key} makes more than {MAX_COPIED} values; the rest is left out", "unknown-loop", holder, key)
                break
        return made

    def collection(self, written: Any) -> list[str] | None:
        """The elements that a loop goes over; None where they are not known."""
        value: Value = settled(self.scope.resolve(written))
        if isinstance(value, OneOf) or not isinstance(value, list):
            return None
        texts: list[str] = []
        for element in value:
            for part in element if isinstance(element, list) else [element]:
                text = text_of([part]) if isinstance(part, (str, bool, int, float)) else None
                if not isinstance(text, str):
                    return None
                texts.append(text)
        return texts

    def copy(self, value: Any, identifier: str, turn: str) -> Any:
        """The value for one turn: `${X}` and `&{X}` in strings, and `!Ref X`, are replaced."""
        self.copied += 1
        if self.copied > MAX_COPIED:
            return value
        if isinstance(value, str):
            return _replaced(value, identifier, turn)
        if isinstance(value, list):
            return [self.copy(v, identifier, turn) for v in value]
        if isinstance(value, Map):
            if len(value) == 1 and value.get("Ref") == identifier:
                return turn
            items: dict[str, Any] = {}
            origins: dict[str, tuple[Map, str | None]] = {}
            for key, inner in value.items():
                name = _replaced(key, identifier, turn)
                items[name] = self.copy(inner, identifier, turn)
                if name != key:
                    origins[name] = (value, key)
            return _composed(items, value, origins) if origins else value.like(items)
        return value


def _replaced(text: str, identifier: str, turn: str) -> str:
    if "{" not in text:
        return text
    alphanumeric = "".join(c for c in turn if c.isalnum())
    return text.replace("${" + identifier + "}", turn).replace("&{" + identifier + "}", alphanumeric)


def _composed(items: dict[str, Any], base: Map, origins: dict[str, tuple[Map, str | None]]) -> Map:
    from edalint.frontends.cloudformation.sam.shapes import Composed

    return Composed(items, base, origins)
