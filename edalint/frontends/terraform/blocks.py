"""Blocks as values: arguments evaluated, nested blocks as lists of maps, `dynamic` unfolded, `count` and `for_each` as instances."""

from __future__ import annotations

from edalint.frontends.terraform.expressions import Scope, branch, evaluate, key_text, look
from edalint.frontends.terraform.functions_collections import optional
from edalint.frontends.terraform.hidden import Failed, HclSet, SomeInstances
from edalint.frontends.terraform.nodes import Block, Body, Literal, Name, literal_text
from edalint.frontends.terraform.operations import entries
from edalint.frontends.terraform.types import number_of
from edalint.model.conditions import Condition, both, either, negation
from edalint.model.records import NamedTuple
from edalint.model.values import Map, OneOf, Ref, Text, Unknown, Value, alternatives, one_of, text_of

META = frozenset(
    {"count", "for_each", "provider", "providers", "depends_on", "lifecycle", "provisioner", "connection", "source", "version"}
)
META_RESOURCE = META - {"source", "version"}
MOST_INSTANCES = 1000
"""Instances of one block; what would have more gets this many."""


def body_value(body: Body, scope: Scope, skip: frozenset[str] = frozenset(), block: Block | None = None) -> Map:
    """A body as a map; nested blocks of a type are a list, where each may be absent in some alternatives."""
    made = Map((), body.document, block.mark if block else None, {})
    marks = made.marks
    assert marks is not None
    for name, (expression, mark) in body.arguments.items():
        if name not in skip:
            made[name] = evaluate(expression, scope)
            marks[name] = mark
    for nested in body.blocks:
        type = nested.labels[0] if nested.type == "dynamic" and nested.labels else nested.type
        if type in skip:
            continue
        marks.setdefault(type, nested.mark)
        elements = _dynamic(nested, scope) if nested.type == "dynamic" else [body_value(nested.body, scope, block=nested)]
        present = made.get(type)
        made[type] = [*present, *elements] if isinstance(present, list) else elements
    return made


def _dynamic(block: Block, scope: Scope) -> list[Value]:
    label = block.labels[0] if block.labels else ""
    iterator = block.body.expression("iterator")
    name = iterator.name if isinstance(iterator, Name) else literal_text(iterator) or label
    expression = block.body.expression("for_each")
    contents = block.body.of("content")
    if expression is None or not contents:
        return []
    result: list[Value] = []
    for when, collection in alternatives(evaluate(expression, scope)):
        pairs = entries(look(collection, scope) if isinstance(collection, Ref) else collection)
        if pairs is None:
            if collection is not None and not isinstance(collection, Failed):
                result.append(optional(when, Unknown("", "blocks made from a collection that is not known")))
            continue
        for key, element in pairs[:MOST_INSTANCES]:
            inner = scope.having(**{name: Map({"key": key, "value": element})})
            result.append(optional(when, body_value(contents[0].body, inner, block=contents[0])))
            if element is None or (isinstance(element, OneOf) and any(v is None for _, v in element.options)):
                result[-1] = _where_present(element, result[-1])
    return result


def _where_present(element: Value, block: Value) -> Value:
    return one_of((when, None if plain is None else block) for when, plain in alternatives(element))


class Instance(NamedTuple):
    """One instance of a block: its key, when it exists, and what `each` and `count` are in it."""

    key: str | int | None
    when: Condition
    names: dict[str, Value]


class Expansion(NamedTuple):
    """The instances of a block, and which of them exist in which alternative."""

    kind: str
    """`single`, `count`, `each`, or `some`: a for_each that is not known, one instance standing for all."""
    instances: list[Instance]
    layouts: list[tuple[Condition, list[str | int | None]]]


def expand(block: Block, scope: Scope, address: str) -> Expansion:
    """What `count` and `for_each` make of a block."""
    body = block.body
    count, each = body.expression("count"), body.expression("for_each")
    if count is not None:
        return _by_count(evaluate(count, scope), scope, address, block)
    if each is not None:
        return _by_key(evaluate(each, scope), scope, address, block)
    return Expansion("single", [Instance(None, True, {})], [(True, [None])])


def _by_count(value: Value, scope: Scope, address: str, block: Block) -> Expansion:
    layouts: list[tuple[Condition, list[str | int | None]]] = []
    for when, plain in alternatives(look(value, scope)):
        number = number_of(plain) if isinstance(plain, str) else plain
        if isinstance(number, bool) or number is None or isinstance(number, Failed):
            continue
        if isinstance(number, (int, float)):
            layouts.append((when, list(range(min(max(int(number), 0), MOST_INSTANCES)))))
        else:
            layouts += [(c, [0] if there else []) for c, there in _may_exist(when, number, scope, address, block)]
    instances = [
        Instance(index, exists, {"count": Map({"index": index})})
        for index in range(max((len(keys) for _, keys in layouts), default=0))
        if (exists := either(*(when for when, keys in layouts if len(keys) > index))) is not False
    ]
    return Expansion("count", instances, layouts)


def _may_exist(when: Condition, value: Value, scope: Scope, address: str, block: Block) -> list[tuple[Condition, bool]]:
    """An unknown number of instances: a choice between one and none."""
    symbol = f"{scope.module.run.unit.path}#{address} exists"
    unknown = Unknown(value.symbol or symbol if isinstance(value, Unknown) else symbol, "the number of instances is not known")
    branches = branch(Unknown(f"{unknown.symbol} > 0", unknown.reason), scope, block.mark)
    return [] if isinstance(branches, Failed) else [(both(when, c), there) for c, there in branches]


def _by_key(value: Value, scope: Scope, address: str, block: Block) -> Expansion:
    layouts: list[tuple[Condition, list[str | int | None]]] = []
    each: dict[str, list[tuple[Condition, Value]]] = {}
    kind = "each"
    through: SomeInstances | None = None
    for when, plain in alternatives(look(value, scope)):
        if plain is None or isinstance(plain, Failed):
            continue
        if isinstance(plain, SomeInstances):
            kind, through = "some", plain
            exists = both(when, getattr(plain.instance, "when", True))
            layouts += [(exists, [None]), (both(when, negation(exists)), [])]
            continue
        if isinstance(plain, (Unknown, Ref, Text)):
            kind = "some"
            layouts += [(c, [None] if there else []) for c, there in _may_exist(when, plain, scope, address, block)]
            continue
        keys: list[str | int | None] = []
        for key, element in _members(plain, scope):
            for condition, present in alternatives(element):
                if present is None and not isinstance(plain, dict):
                    continue
                each.setdefault(key, []).append(
                    (both(when, condition) if not isinstance(plain, dict) else when, element if isinstance(plain, dict) else present)
                )
                if isinstance(plain, dict):
                    break
            if key in each and key not in keys:
                keys.append(key)
        layouts.append((when, keys))
    instances = [
        Instance(key, either(*(c for c, _ in options)), {"each": Map({"key": key, "value": one_of(options)})})
        for key, options in each.items()
    ][:MOST_INSTANCES]
    if kind == "some":
        symbol = f"{scope.module.run.unit.path}#{address}.each"
        one: Map = Map({name: Unknown(f"{symbol}.{name}", "for_each is not known") for name in ("key", "value")})
        if through is not None:
            one = Map({"key": through.key, "value": through.instance})
        instances.append(Instance(None, either(*(when for when, keys in layouts if None in keys)), {"each": one}))
    return Expansion(kind, [i for i in instances if i.when is not False], layouts)


def _members(value: Value, scope: Scope) -> list[tuple[str, Value]]:
    """Key and element of what for_each goes through; an element that is not known has what it stands for as its key."""
    if isinstance(value, dict):
        return [(k, value[k]) for k in sorted(value)]
    if not isinstance(value, list):
        return []
    members: list[tuple[str, Value]] = []
    for element in value:
        for when, plain in alternatives(element):
            key = key_text(plain, scope) if plain is not None else None
            if isinstance(key, str):
                members.append((key, element if when is True else optional(when, plain)))
    return members


def ignored_changes(block: Block) -> list[str]:
    """The arguments under `lifecycle { ignore_changes = [...] }`: what they say is not kept."""
    names: list[str] = []
    for lifecycle in block.body.of("lifecycle"):
        expression = lifecycle.body.expression("ignore_changes")
        for element in getattr(expression, "elements", ()):
            inner = element
            while hasattr(inner, "of"):
                inner = inner.of
            name = inner.name if isinstance(inner, Name) else inner.value if isinstance(inner, Literal) else ""
            names.append(str(name))
        if isinstance(expression, Name) and expression.name == "all":
            names.append("*")
    return names


def quoted_key(key: str | int | None) -> str:
    """An instance's key as addresses write it: `[0]`, `["key"]`."""
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'["{escaped}"]'


__all__ = ["META", "META_RESOURCE", "Expansion", "HclSet", "Instance", "body_value", "expand", "ignored_changes", "quoted_key", "text_of"]
