"""Values that exist only while HCL is evaluated: failures, encoded JSON, sets, objects that are read attribute by attribute."""

from __future__ import annotations

from collections.abc import Iterable

from edalint.hints import Any
from edalint.model.locations import Document, Mark
from edalint.model.values import Lookup, Map, OneOf, Ref, Text, Unknown, Value, one_of, text_of


class Failed(Unknown):
    """Terraform would stop here with an error; `try` and `can` see it, everything else hands it on."""

    __slots__ = ()

    def __init__(self, reason: str) -> None:
        super().__init__("", reason)


class MayFail(Unknown):
    """What a function gives of a value that is not known, where that value also decides whether it fails: `can` does not know either."""

    __slots__ = ()


class Encoded:
    """The JSON (or YAML) text of a value, kept as the value: what `jsonencode` gives."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Encoded) and bool(self.value == other.value)

    def __hash__(self) -> int:
        return id(self)


class FileText(Encoded):
    """JSON text that a file holds: a text wherever a text is needed, and a value that knows its lines in the file."""

    __slots__ = ("_parsed", "document", "text")

    def __init__(self, text: Value, document: Document) -> None:
        self.text = text
        self.document = document
        self._parsed: Value = None

    @property
    def value(self) -> Value:
        """What the text says; the text itself where it is no JSON."""
        if self._parsed is None:
            from edalint.model.graph import Place
            from edalint.sources import embedded

            start = Mark(1, 1, 2)
            parsed = embedded.parse(self.text, Place(Map({"text": self.text}, self.document, start, {"text": start}), "text"))
            self._parsed = parsed if isinstance(parsed, (dict, list)) else self.text
        return self._parsed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileText) and bool(self.text == other.text)

    def __hash__(self) -> int:
        return id(self)


class HclSet(list[Any]):
    """A set, its elements once each, in Terraform's order where that is known."""


class Lazy:
    """An object whose attributes are found when they are read: a resource, a data source, a module, a namespace."""

    __slots__ = ()

    def attribute(self, name: str) -> Value:
        """The value of an attribute."""
        return Failed(f"nothing is called {name}")

    def plain(self) -> Value:
        """What stands for the whole object where a value is needed."""
        return Unknown("", "a whole object")


class Namespace(Lazy):
    """`var`, `local`, `data` ...: names that are looked up when they are read."""

    __slots__ = ("find",)

    def __init__(self, find: Any) -> None:
        self.find = find

    def attribute(self, name: str) -> Value:
        found: Value = self.find(name)
        return found


class SomeInstances(Unknown):
    """The instances of a block whose for_each is not known: any of them is the one that stands for all."""

    __slots__ = ("instance", "key")

    def __init__(self, instance: Any, symbol: str, key: Value) -> None:
        super().__init__(f"{symbol}.instances", "for_each is not known")
        self.instance = instance
        self.key = key


def set_of(elements: Iterable[Value]) -> HclSet:
    """A set: equal elements once, strings and numbers in Terraform's order."""
    unique: list[Value] = []
    for element in elements:
        if not any(same(element, other) for other in unique):
            unique.append(element)
    if all(isinstance(e, str) for e in unique):
        unique.sort(key=lambda e: e.encode("utf-8", "surrogatepass"))
    elif all(isinstance(e, (int, float)) and not isinstance(e, bool) for e in unique):
        unique.sort()
    return HclSet(unique)


def same(left: Value, right: Value) -> bool:
    """Whether two values are certainly the same."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left is right or (isinstance(left, Unknown) and isinstance(right, Unknown) and bool(left == right))
    if isinstance(left, (Lazy, Encoded)) or isinstance(right, (Lazy, Encoded)):
        return bool(left == right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    if isinstance(left, (list, dict)) or isinstance(right, (list, dict)):
        return False
    return bool(left == right)


def is_whole(value: Value) -> bool:
    """Whether a value holds nothing unknown anywhere."""
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, (Unknown, Ref, Text, OneOf, Lazy)):
            return False
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
        elif isinstance(value, Encoded):
            stack.append(value.value)
    return True


class Finisher:
    """Makes model values of the evaluator's: inside one resource, under the condition under which it exists."""

    LARGEST = 100_000
    """Values of one resource; more, and they are unknown (a value that unfolds exponentially)."""

    def __init__(self, when: Any, lookups: list[Lookup]) -> None:
        self.when = when
        self.lookups = lookups
        self.budget = self.LARGEST

    def finish(self, value: Value) -> Value:
        """The value in the model's terms; what cannot be under the condition is left out."""
        self.budget -= 1
        if self.budget < 0:
            return Unknown("", "too large to evaluate")
        if value is None or isinstance(value, (str, int, float, bool)):
            return value
        if isinstance(value, OneOf):
            return self._alternatives(value)
        if isinstance(value, Text):
            self._note(value.parts)
            return value
        if isinstance(value, dict):
            items = [(k, self.finish(v)) for k, v in value.items()]
            return value.like(items) if isinstance(value, Map) else Map(items)
        if isinstance(value, list):
            return [self.finish(v) for v in value]
        if isinstance(value, FileText) and not isinstance(value.value, (dict, list)):
            return self.finish(value.text)
        if isinstance(value, Encoded):
            inner = self.finish(value.value)
            return inner if isinstance(inner, (dict, list, Unknown, OneOf)) else json_text(inner)
        if isinstance(value, Lazy):
            return value.plain()
        if isinstance(value, Failed):
            return Unknown("", value.reason)
        self._note((value,))
        return value

    def _alternatives(self, value: OneOf) -> Value:
        from edalint.model.conditions import both

        possible = [(c, v) for c, v in value.options if both(self.when, c) is not False]
        working = [(c, v) for c, v in possible if not isinstance(v, Failed)] or possible
        if len(working) == 1:
            return self.finish(working[0][1])
        return one_of((c, self.finish(v)) for c, v in working)

    def _note(self, parts: Iterable[Value]) -> None:
        self.lookups.extend(p for p in parts if isinstance(p, Lookup) and all(p is not known for known in self.lookups))


def json_text(value: Value) -> Value:
    """The JSON text of a value, as `jsonencode` writes it: a str, or a Text whose holes are what is not known."""
    parts: list[Value] = []
    _write(value, parts)
    return text_of(parts)


def encoded_text(value: Encoded) -> Value:
    """The text that an encoded value stands for: a file's own, or what `jsonencode` writes."""
    return value.text if isinstance(value, FileText) else json_text(value.value)


def _write(value: Value, parts: list[Value]) -> None:
    import json

    if isinstance(value, Encoded):
        value = encoded_text(value)
    if isinstance(value, dict):
        parts.append("{")
        for index, key in enumerate(sorted(value)):
            parts.append(("," if index else "") + _quoted(key) + ":")
            _write(value[key], parts)
        parts.append("}")
    elif isinstance(value, list):
        parts.append("[")
        for index, element in enumerate(value):
            if index:
                parts.append(",")
            _write(element, parts)
        parts.append("]")
    elif isinstance(value, str):
        parts.append(_quoted(value))
    elif isinstance(value, (Text, Ref)):
        parts.append('"')
        pieces = value.parts if isinstance(value, Text) else (value,)
        parts.extend(_quoted(p)[1:-1] if isinstance(p, str) else p for p in pieces)
        parts.append('"')
    elif isinstance(value, OneOf):
        parts.append(one_of((c, json_text(v)) for c, v in value.options))
    elif isinstance(value, Unknown):
        parts.append(value)
    elif isinstance(value, Lazy):
        parts.append(Unknown("", "a whole object"))
    else:
        parts.append(json.dumps(value))


def _quoted(text: str) -> str:
    import json

    quoted = json.dumps(text, ensure_ascii=False)
    for character, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        quoted = quoted.replace(character, escape)
    return quoted
