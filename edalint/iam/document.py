"""Policy documents as statements: what a document says, with one element or a list of them wherever IAM takes both.

Nothing is decided here. A part that the template does not say is an `Unknown` in its place; what exists in some
alternatives only carries its condition. `read` is applied to everything that is looked at, so that whoever asks may
decide alternatives and put texts in the place of references first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edalint.hints import Any
from edalint.model.conditions import Condition, both
from edalint.model.graph import Place
from edalint.model.records import NamedTuple
from edalint.model.values import Map, OneOf, Text, Unknown, Value, alternatives, items, map_value, parts_of, settled, text_of

Read = Callable[[Value], Value]
NOWHERE = Place(None)
VARIABLE = "${"
"""How a policy variable begins: it stands for a value of the request."""
_VARIABLES = {"*": "a star that is no wildcard", "?": "a question mark that is no wildcard"}


class Entry(NamedTuple):
    """An action, a resource, a principal of a statement, with the condition under which it is there."""

    when: Condition
    value: Value
    kind: str = ""
    """Of a principal: `Service`, `AWS`, `Federated`, `CanonicalUser`, or `*` for everyone."""


class Test(NamedTuple):
    """One key of a statement's Condition."""

    operator: str
    """In lower case, without set prefix and `IfExists`: `stringequals`, `arnlike`, `null` ..."""
    key: str
    """In lower case: `aws:sourcearn`."""
    values: list[Value]
    if_exists: bool
    quantifier: str
    """`forallvalues`, `foranyvalue` or empty."""


class Statement:
    """One statement. An element that is absent is None, one that is there and empty is []. Each is read when it is first asked for."""

    __slots__ = (
        "_body",
        "_read",
        "actions",
        "conditions",
        "effect",
        "not_actions",
        "not_principals",
        "not_resources",
        "place",
        "principals",
        "resources",
        "sid",
        "unknown",
        "when",
    )
    sid: Value
    effect: Value
    principals: list[Entry] | None
    not_principals: list[Entry] | None
    actions: list[Entry] | None
    not_actions: list[Entry] | None
    resources: list[Entry] | None
    not_resources: list[Entry] | None
    conditions: list[Test] | Unknown

    def __init__(
        self, place: Place, when: Condition = True, unknown: str = "", body: Mapping[str, Value] | None = None, read: Read | None = None
    ) -> None:
        self.place = place
        """The statement's own map."""
        self.when = when
        self.unknown = unknown
        """Why the statement is not known at all; empty where it is."""
        self._body = body if body is not None else {}
        self._read = read if read is not None else as_is

    def __getattr__(self, name: str) -> Any:
        element = _ELEMENTS.get(name)
        if element is None:
            raise AttributeError(name)
        key, reader = element
        value = reader(self._body.get(key), self._read)
        setattr(self, name, value)
        return value

    def complete(self) -> Statement:
        """The statement with all of its elements read: who reads with the eyes of a view may not see this one later."""
        body, read = self._body, self._read
        for name, (key, reader) in _ELEMENTS.items():
            value = body.get(key)
            setattr(self, name, reader(value, read) if value is not None or name == "conditions" else None)
        return self

    def __repr__(self) -> str:
        return f"Statement({self.effect} {self.sid or ''})"


as_is = settled
"""The value with its lookups followed: how a document is read when nobody decides alternatives."""


def structured(value: Value, place: Place) -> Value:
    """A document that may be written as JSON text, as a map; Unknown where the text is not known or no JSON."""
    if type(value) is Map:
        return value

    def parsed(plain: Value) -> Value:
        if not isinstance(plain, (str, Text)):
            return plain
        from edalint.sources import embedded
        from edalint.sources.problem import SyntaxProblem

        try:
            return embedded.parse(plain, place)
        except SyntaxProblem as problem:
            return Unknown("", f"text that is no JSON: {problem}")

    return map_value(value, parsed)


Known = dict[int, tuple[Value, "list[Statement] | Unknown"]]
"""Id of a document -> the document (kept, so that no other takes its id), and its statements."""


def read_once(document: Value, known: Known) -> list[Statement] | Unknown:
    """The statements of a document as it is, read when it is asked about first."""
    found = known.get(id(document))
    if found is None:
        found = known[id(document)] = (document, statements(document))
    return found[1]


def statements(document: Value, read: Read = as_is, place: Place = NOWHERE) -> list[Statement] | Unknown:
    """The statements of a document; Unknown where the document is not known, [] where it is no document at all."""
    found: list[Statement] = []
    for outer, plain in alternatives(structured(read(document), place)):
        plain = read(plain)
        if isinstance(plain, Unknown):
            if outer is True:
                return plain
            found.append(Statement(place, outer, plain.reason or "a document that is not known"))
        elif isinstance(plain, dict):
            for when, body in _elements(read(plain.get("Statement")), read):
                joined = both(outer, when)
                if joined is not False:
                    found.append(_statement(body, joined, read, place))
    return found


_PLAIN = frozenset((str, Map))
"""Types of elements that have no alternatives."""


def _elements(value: Value, read: Read) -> list[tuple[Condition, Value]]:
    """The elements of a list (or the one that stands for it), each read, absent ones left out. The value itself is read already."""
    if type(value) in _PLAIN:
        return [(True, value)]
    if type(value) is list and _PLAIN.issuperset(map(type, value)):  # nearly every other one is
        return [(True, read(item)) for item in value]
    found: list[tuple[Condition, Value]] = []
    for when, item in items(value):
        item = read(item)
        if type(item) in _PLAIN:  # nearly every one is
            found.append((when, item))
            continue
        for inner, plain in items([item]):
            joined = both(when, inner)
            if joined is not False:
                found.append((joined, plain))
    return found


def _statement(body: Value, when: Condition, read: Read, place: Place) -> Statement:
    if not isinstance(body, dict):
        reason = body.reason if isinstance(body, Unknown) else "a statement that is no map"
        return Statement(place, when, reason or "a statement that is not known")
    statement = Statement(Place(body) if isinstance(body, Map) else place, when, "", body, read)
    return statement if read is as_is else statement.complete()


def _value(value: Value, read: Read) -> Value:
    return read(value) if value is not None else None


def _entries(value: Value, read: Read) -> list[Entry] | None:
    value = read(value) if value is not None else None
    return [Entry(when, variables(item)) for when, item in _elements(value, read)] if value is not None else None


def _principals(value: Value, read: Read) -> list[Entry] | None:
    value = read(value) if value is not None else None
    if value is None:
        return None
    found: list[Entry] = []
    for when, plain in _elements(value, read):
        if not isinstance(plain, dict):
            found.append(Entry(when, plain, "*"))
            continue
        for kind, named in plain.items():
            for inner, item in _elements(read(named), read):
                joined = both(when, inner)
                if joined is not False:
                    found.append(Entry(joined, item, kind))
    return found


def _conditions(value: Value, read: Read) -> list[Test] | Unknown:
    value = read(value) if value is not None else None
    if value is None:
        return []
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, dict):
        return Unknown("", "a condition that is no map" if not isinstance(value, OneOf) else "a condition with alternatives")
    tests: list[Test] = []
    for operator, block in value.items():
        keys = read(block)
        if not isinstance(keys, dict):
            return keys if isinstance(keys, Unknown) else Unknown("", "a condition that is no map")
        for key, wanted in keys.items():
            tests.append(_test(str(operator), str(key), _alike([variables(item) for _, item in _elements(read(wanted), read)])))
    return tests


_ELEMENTS: dict[str, tuple[str, Callable[[Value, Read], Any]]] = {
    "sid": ("Sid", _value),
    "effect": ("Effect", _value),
    "principals": ("Principal", _principals),
    "not_principals": ("NotPrincipal", _principals),
    "actions": ("Action", _entries),
    "not_actions": ("NotAction", _entries),
    "resources": ("Resource", _entries),
    "not_resources": ("NotResource", _entries),
    "conditions": ("Condition", _conditions),
}
"""Attribute of a statement -> the element of its map, and how it is read."""


def _alike(values: list[Value]) -> list[Value]:
    """Truth values and numbers as the strings that IAM reads."""
    return [text_of([v]) if isinstance(v, (bool, int, float)) else v for v in values]


def _test(operator: str, key: str, values: list[Value]) -> Test:
    quantifier, _, name = operator.rpartition(":")
    name = name.lower()
    if_exists = name.endswith("ifexists")
    return Test(name[: -len("ifexists")] if if_exists else name, key.lower(), values, if_exists, quantifier.lower())


def variables(value: Value) -> Value:
    """A text with its policy variables (`${aws:username}`) as holes; anything else as it is."""
    if type(value) is str and VARIABLE not in value:
        return value
    parts = parts_of(value)
    if not any(isinstance(p, str) and VARIABLE in p for p in parts):
        return value
    made: list[Value] = []
    for part in parts:
        while isinstance(part, str) and VARIABLE in part:
            before, _, rest = part.partition(VARIABLE)
            name, closed, rest = rest.partition("}")
            made.append(before)
            made.append("$" if name == "$" else Unknown(f"policy variable {name.lower()}", _VARIABLES.get(name, "a value of the request")))
            part = rest if closed else ""
        made.append(part)
    return text_of(made)
