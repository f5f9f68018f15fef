"""What a property can be: a plain value, a reference, a text known in part, one of several values, or unknown.

Plain values are `str`, `int`, `float`, `bool`, `None`, `list` and `Map` (a dict that knows where its keys are written).
The other four are the classes below. Values are immutable but for `Lookup`, which linking completes once.
An absent property is a missing key, and `None` where a function returns it; a template's own `null` reads as absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from edalint.hints import Any, Union
from edalint.model.conditions import Condition, both, either
from edalint.model.locations import Document, Location, Mark, Position

MAX_ALTERNATIVES = 64
"""More alternatives of one value than this, and the value is unknown."""


class Map(dict[str, Any]):
    """A mapping, in the order written, whose keys know where they stand.

    Frontends that make one map from another keep `document`, `start` and `marks` (marks may be shared), so a position
    travels with the value. Maps made by nobody's text have no document.
    """

    __slots__ = ("begins", "document", "marks")

    def __init__(
        self,
        items: Mapping[str, Any] | Iterable[tuple[str, Any]] = (),
        document: Document | None = None,
        begins: Mark | tuple[int, str] | None = None,
        marks: dict[str, Position] | None = None,
    ) -> None:
        if items:
            self.update(items)
        self.document = document
        self.begins = begins
        """Where the mapping begins (its first key, or its opening brace): a mark, or an offset of the text and what is written there."""
        self.marks = marks
        """Key -> where the key stands. None: not located yet (`Document.ensure_located`) or made by nobody's text."""

    @property
    def start(self) -> Mark | None:
        """The mark of where the mapping begins."""
        begins = self.begins
        if begins is None or isinstance(begins, Mark):
            return begins
        self.begins = found = self.document.mark(*begins) if self.document is not None else None
        return found

    def mark(self, key: str) -> Mark | None:
        """Where a key of this map is written."""
        if self.marks is None and self.document is not None:
            self.document.ensure_located()
        found = self.marks.get(key) if self.marks else None
        if not isinstance(found, int):
            return found
        if self.marks is None or self.document is None:
            return None
        self.marks[key] = mark = self.document.mark(found, key)
        return mark

    def location(self, key: str | None = None) -> Location | None:
        """The location of a key, or of the map itself where the key is absent or None is asked for."""
        if self.document is None:
            return None
        mark = self.mark(key) if key is not None else None
        if mark is None:
            self.document.ensure_located()
            mark = self.start
        return self.document.location(mark)

    def like(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Map:
        """A map with other items and the positions of this one."""
        if self.marks is None and self.document is not None and self.document.locate is not None:
            return _LateMap(items, self)
        return Map(items, self.document, self.begins, self.marks)


class _LateMap(Map):
    """A map made from one that is not located yet: it asks its origin when somebody asks it."""

    __slots__ = ("origin",)

    def __init__(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]], origin: Map) -> None:
        super().__init__(items, origin.document, None, None)
        self.origin = origin

    def mark(self, key: str) -> Mark | None:
        return self.origin.mark(key)

    def location(self, key: str | None = None) -> Location | None:
        return self.origin.location(key)

    def like(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Map:
        return self.origin.like(items)


class Unknown:
    """A value that the templates do not say.

    Two unknowns with the same non-empty symbol are the same value; with different symbols they may be. It has no truth
    value: code that forgets to handle it fails loudly.
    """

    __slots__ = ("excludes", "outside", "reason", "symbol", "unique")

    def __init__(self, symbol: str = "", reason: str = "", *, outside: bool = False, excludes: str = "", unique: bool = False) -> None:
        self.symbol = symbol
        """What it stands for: `AWS::Region`, `template.yaml#Parameters.QueueName`, `infra#var.env`; empty if nothing."""
        self.reason = reason
        """Why it is not known, as `--show-unknown` prints it."""
        self.outside = outside
        """It names something outside this run (a parameter without value, an import): never a resource of the run."""
        self.excludes = excludes
        """Characters that its text cannot contain: `:/` for a region, an account id, a resource's generated name."""
        self.unique = unique
        """A name or id that AWS makes: not empty, and nothing that is unique too has any of it in it, unless the symbols are equal."""

    def __bool__(self) -> bool:
        raise TypeError(f"an unknown value ({self.symbol or self.reason or 'no symbol'}) has no truth value")

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Unknown) and bool(self.symbol) and self.symbol == other.symbol)

    def __hash__(self) -> int:
        return hash(self.symbol) if self.symbol else id(self)

    def __repr__(self) -> str:
        return f"Unknown({self.symbol or self.reason!r})"


class Lookup(Unknown):
    """A value that another input of the run may provide: an export, an SSM parameter, a stack's or a root's output.

    Linking sets `found`; whoever reads values goes through `settled`, which follows it.
    """

    __slots__ = ("found", "key", "kind")

    def __init__(self, kind: str, key: Any, symbol: str, reason: str) -> None:
        super().__init__(symbol, reason, outside=True)
        self.kind = kind
        """`export`, `ssm`, `remote-state`, `data`."""
        self.key = key
        """What to look up by: a str or a Text; for `remote-state` and `data` a Map."""
        self.found: Any = None
        """The value that linking found; None while nobody provides it."""


class Ref:
    """A resource of this run, or one attribute of it.

    `id` is `Resource.id`. `attribute` is `Ref` for `!Ref`, else the name that `Fn::GetAtt` uses (`Arn`, `QueueName`,
    `TopicName`, `StreamArn`, `Outputs.X` ...); a Terraform frontend translates its own attribute names to these.
    """

    __slots__ = ("attribute", "id")

    def __init__(self, id: str, attribute: str = "Ref") -> None:
        self.id = id
        self.attribute = attribute

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ref) and (self.id, self.attribute) == (other.id, other.attribute)

    def __hash__(self) -> int:
        return hash((self.id, self.attribute))

    def __repr__(self) -> str:
        return f"Ref({self.id!r}, {self.attribute!r})"


class Text:
    """A string known in part: literals, references and unknowns in order. Made by `text_of` only.

    Never holds two literals in a row, an empty literal, or a single literal alone (that is a `str`).
    """

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[str | Ref | Unknown, ...]) -> None:
        self.parts = parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def __repr__(self) -> str:
        return f"Text{self.parts!r}"


class OneOf:
    """One of several values, each with the condition under which it is the one. Made by `one_of` only.

    The conditions exclude each other and cover every alternative. An option's value may be None: absent there.
    Options hold no `OneOf` at their top; deeper inside a Map or list they may.
    """

    __slots__ = ("options",)

    def __init__(self, options: tuple[tuple[Condition, Any], ...]) -> None:
        self.options = options

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OneOf) and self.options == other.options

    def __hash__(self) -> int:
        return hash(tuple(condition for condition, _ in self.options))

    def __repr__(self) -> str:
        return f"OneOf{self.options!r}"


Value = Any
"""str | int | float | bool | None | list[Value] | Map | Ref | Text | OneOf | Unknown."""
Kleene = Union[bool, Unknown]
"""True, False, or an Unknown that says why it is not decided."""


def settled(value: Value) -> Value:
    """The value with its `Lookup`s followed as far as linking found them, at the top and inside a Text."""
    kind = type(value)
    if kind is not Lookup and kind is not Text:  # nearly every value: this is asked a thousand times a template
        return value
    while isinstance(value, Lookup) and value.found is not None:
        value = value.found
    if (
        isinstance(value, Text)
        and Lookup in map(type, value.parts)
        and any(isinstance(p, Lookup) and p.found is not None for p in value.parts)
    ):
        return text_of(value.parts)
    return value


def one_of(options: Iterable[tuple[Condition, Value]]) -> Value:
    """The value that is each option under its condition; impossible options are dropped, nested ones flattened."""
    flat: list[tuple[Condition, Value]] = []
    for condition, value in options:
        for inner, plain in alternatives(value):
            joined = both(condition, inner)
            if joined is not False:
                flat.append((joined, plain))
    if not flat:
        return None
    if len(flat) == 1:
        return flat[0][1]
    distinct: list[tuple[Condition, Value]] = []
    for condition, value in flat:
        at = next((i for i, (_, known) in enumerate(distinct) if _same(known, value)), None)
        if at is None:
            distinct.append((condition, value))
            if len(distinct) > MAX_ALTERNATIVES:
                return Unknown("", f"more than {MAX_ALTERNATIVES} alternatives")
        else:
            distinct[at] = (either(distinct[at][0], condition), value)
    return distinct[0][1] if len(distinct) == 1 else OneOf(tuple(distinct))


def alternatives(value: Value) -> Iterable[tuple[Condition, Value]]:
    """Every value that this one can be, with its condition; a value without alternatives comes once, under True."""
    value = settled(value)
    return _options(value) if isinstance(value, OneOf) else ((True, value),)


def _options(value: OneOf) -> Iterator[tuple[Condition, Value]]:
    for condition, option in value.options:
        option = settled(option)
        if isinstance(option, OneOf):
            for inner, plain in _options(option):
                yield both(condition, inner), plain
        else:
            yield condition, option


_PLAIN = frozenset((str, int, bool, Map, Ref))
"""Types of values that have no alternatives and follow nothing."""


def items(value: Value) -> Iterator[tuple[Condition, Value]]:
    """The elements of a list, each with the condition under which it is there; absent elements are left out.

    A value that is not a list is taken as a list of one (CloudFormation accepts that in many places); None as none.
    """
    for condition, plain in alternatives(value):
        if plain is None:
            continue
        for element in plain if isinstance(plain, list) else [plain]:
            if type(element) in _PLAIN:  # nearly every one is
                yield condition, element
                continue
            for inner, item in alternatives(element):
                if item is not None:
                    joined = both(condition, inner)
                    if joined is not False:
                        yield joined, item


def map_value(value: Value, function: Callable[[Value], Value]) -> Value:
    """`function` applied to every alternative of a value."""
    value = settled(value)
    if isinstance(value, OneOf):
        return one_of((condition, function(plain)) for condition, plain in alternatives(value))
    return function(value)


def text_of(parts: Iterable[Value]) -> Value:
    """The string made of these parts, in order: a str, a Ref (if it is the only part), a Text, an Unknown or a OneOf.

    Numbers and booleans are written as CloudFormation writes them. A part that cannot be in a string gives Unknown.
    """
    values = parts if type(parts) is list else list(parts)
    merged: list[str | Ref | Unknown] = []
    literal = ""
    for value in values:
        for piece in value.parts if type(value) is Text else (value,):
            if type(piece) is str:
                literal += piece
            elif type(piece) is Ref or type(piece) is Unknown:
                if literal:
                    merged.append(literal)
                    literal = ""
                merged.append(piece)
            else:
                return _any_text([settled(value) for value in values])
    return _joined(merged, literal)


def _any_text(values: list[Value]) -> Value:
    """The same of parts that are settled, whatever they are."""
    if OneOf not in map(type, values):
        return _text(values)
    together = combinations(values)
    if together is None:
        return Unknown("", f"more than {MAX_ALTERNATIVES} alternatives")
    return one_of((condition, _text(option)) for condition, option in together)


def _joined(merged: list[str | Ref | Unknown], literal: str) -> Value:
    """The string of parts and of the literal that ends it."""
    if not merged:
        return literal
    if literal:
        merged.append(literal)
    return merged[0] if len(merged) == 1 else Text(tuple(merged))


def combinations(values: Iterable[Value]) -> list[tuple[Condition, list[Value]]] | None:
    """Every way in which the alternatives of several values go together; None for more than `MAX_ALTERNATIVES`.

    Values that hang on one choice go together in as many ways as the choice has values, however many they are.
    """
    branches: list[tuple[Condition, list[Value]]] = [(True, [])]
    decided: list[tuple[OneOf, int]] = []
    for position, value in enumerate(values):
        value = settled(value)
        if isinstance(value, OneOf):
            earlier = next((at for known, at in decided if known is value or known == value), None)
            if earlier is not None:  # written twice, it is the same both times
                for _, head in branches:
                    head.append(head[earlier])
                continue
            decided.append((value, position))
            options = list(alternatives(value))
            branches = [(c, [*head, v]) for when, head in branches for inner, v in options if (c := both(when, inner)) is not False]
            if len(branches) > MAX_ALTERNATIVES:
                return None
        else:
            for _, head in branches:
                head.append(value)
    return branches


def _text(values: list[Value]) -> Value:
    """The same of parts that are settled and have no alternatives."""
    merged: list[str | Ref | Unknown] = []
    literal = ""
    for value in values:
        for piece in value.parts if type(value) is Text else (value,):
            written = piece if type(piece) is str else _written(piece)
            if isinstance(written, str):
                literal += written
                continue
            if literal:
                merged.append(literal)
                literal = ""
            merged.append(written)
    return _joined(merged, literal)


def _written(part: Value) -> str | Ref | Unknown:
    """A part of a string as CloudFormation writes it."""
    if isinstance(part, (str, Ref, Unknown)):
        return part
    if isinstance(part, bool):
        return "true" if part else "false"
    if isinstance(part, (int, float)):
        return repr(part) if isinstance(part, float) and part != int(part) else str(int(part))
    return "" if part is None else Unknown("", "a list or map where a string belongs")


def parts_of(value: Value) -> tuple[str | Ref | Unknown, ...]:
    """A string-like value as parts; () for one that is no string."""
    value = settled(value)
    if isinstance(value, Text):
        return value.parts
    if isinstance(value, (str, Ref, Unknown)):
        return (value,)
    if isinstance(value, (int, float)):
        return parts_of(text_of([value]))
    return ()


def walk(value: Value) -> Iterator[Value]:
    """The value and everything inside it, outermost first, lookups followed."""
    stack = [value]
    while stack:
        value = settled(stack.pop())
        yield value
        if isinstance(value, dict):
            stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, Text):
            stack.extend(reversed(value.parts))
        elif isinstance(value, OneOf):
            stack.extend(option for _, option in reversed(value.options))


def refs_in(value: Value) -> Iterator[Ref]:
    """Every reference inside a value."""
    return (v for v in walk(value) if isinstance(v, Ref))


def _same(left: Value, right: Value) -> bool:
    return type(left) is type(right) and not isinstance(left, (dict, list)) and bool(left == right)
