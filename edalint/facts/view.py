"""The event graph under some decided choices, and facts about it, each computed once.

Code of facts reads the graph only through a view, so it never sees alternatives: what hangs on a choice that is not
decided raises `Undecided`, and whoever asked (the policy evaluator) decides it in every way and asks again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable

from edalint.facts.registry import PLAIN, find
from edalint.hints import Any, TypeVar
from edalint.model.conditions import Both, Choice, Condition, Either, Is, Undecided, answer, choices_of, forced, holds
from edalint.model.graph import Edge, EventGraph, Node, Part, Target
from edalint.model.values import Map, OneOf, Ref, Text, Unknown, Value, settled

T = TypeVar("T")
Thing = TypeVar("Thing", bound="Edge | Part")
_MISSING = object()
_RUNNING = object()
SETTLED = frozenset((str, int, float, bool, type(None), dict, list, Map, Ref, Node, Edge, Part))
"""Types of what has no alternatives and follows nothing."""
LASTING = frozenset((Node, Edge, Part, EventGraph))
"""Types of subjects that last as long as their graph; a path or a group is made on the way, so nothing is kept of it."""
UNASKED: Any = _MISSING
"""Instead of a fact that is not in `View.known`."""


class _Open:
    """In a cache: what is asked reads this choice, which is not decided here."""

    __slots__ = ("choice",)

    def __init__(self, choice: Choice) -> None:
        self.choice = choice


class Members(list[T]):
    """A set of neighbours. When `open` is not empty there may be others, and `open` says why."""

    __slots__ = ("open",)

    def __init__(self, members: Iterable[T] = (), open: str = "") -> None:
        super().__init__(members)
        self.open = open


class Group:
    """Members that have one value of an expression in common."""

    __slots__ = ("id", "key", "kind", "members")

    def __init__(self, key: Any, members: list[Any]) -> None:
        self.kind, self.key, self.members = "group", key, members
        self.id = f"group:{key}"


class Path:
    """A way through the graph: its edges in order."""

    __slots__ = ("edges", "id", "kind")

    def __init__(self, kind: str, edges: list[Edge]) -> None:
        self.kind = kind
        """`path` or `cycle`."""
        self.edges = edges
        self.id = " -> ".join([*(e.source.id for e in edges), edges[-1].target.id]) if edges else ""

    @property
    def nodes(self) -> list[Node]:
        """The nodes on the way; a cycle's first node stands at its end again."""
        return [*(e.source for e in self.edges), self.edges[-1].target] if self.edges else []


Subject = Any
"""Node | Edge | Part | Path | Group | EventGraph."""


class View:
    """A graph under some decided choices.

    What is computed is kept for every view that decides alike what was read: a system of many templates has many views,
    and most facts hang on the choices of one template.
    """

    def __init__(self, graph: EventGraph, assignment: dict[str, str] | None = None, root: View | None = None) -> None:
        self.graph = graph
        self.assignment = assignment or {}
        self.root = root or self
        self.known: defaultdict[str, dict[Subject, Any]] = root.known if root is not None else defaultdict(dict)
        """Name of a fact -> subject -> what it is in every view: what nobody has to decide anything for."""
        self.spots: dict[Subject, Any] = root.spots if root is not None else {}
        """Subject -> where it is written, for whoever makes findings of many that speak of the same."""
        self._cache: dict[Hashable, Any] = {}
        """What this view was asked -> the answer, or `_Open`."""
        self._reads: dict[Hashable, set[str]] = {}
        """The same -> the names of the decided choices that it read."""
        self._views: dict[tuple[tuple[str, str], ...], View] = {}
        self._next: dict[tuple[str, str], View] = {}
        """Choice and value -> this view with that decided."""
        self._within: dict[int, tuple[Condition, View]] = {}
        """Id of a condition (kept, so that no other takes its id) -> this view where it holds."""
        self._alike: dict[Hashable, list[tuple[dict[str, str], Any]]] = {}
        """At the root: what was asked -> the decisions that it read, and the answer under them."""
        self._held: dict[int, tuple[Condition, bool | Choice]] = {}
        """Id of a condition (kept, so that no other takes its id) -> whether it holds here, or what that hangs on."""
        self._tested: dict[int, tuple[Condition, frozenset[str]]] = {}
        """At the root: id of a condition -> the names of the choices that it tests."""
        self._frames: list[set[str]] = []
        """At the root: what each computation under way has read so far."""

    def decide(self, choice: Choice, value: str) -> View:
        """This view with one more choice decided."""
        view = self._next.get((choice.name, value))
        if view is None:
            assignment = {**self.assignment, choice.name: value}
            key = tuple(sorted(assignment.items()))
            view = self.root._views.get(key)
            if view is None:
                view = self.root._views[key] = View(self.graph, assignment, self.root)
            self._next[choice.name, value] = view
        return view

    def within(self, condition: Condition) -> View:
        """This view where a condition holds: with the choices decided that it leaves no choice."""
        known = self._within.get(id(condition))
        if known is None:
            view = self
            for test in forced(condition).values():
                if len(test.values) == 1:
                    view = view.decide(test.choice, *test.values)
            known = self._within[id(condition)] = (condition, view)
        return known[1]

    # values

    def holds(self, condition: Condition) -> bool:
        """Whether a condition holds here. Raises `Undecided`."""
        if condition is True or condition is False:
            return condition
        if isinstance(condition, Is):
            if self.assignment and self.root._frames:
                self.root._frames[-1].add(condition.choice.name)
            return holds(condition, self.assignment)
        return self._holds(condition)

    def _holds(self, condition: Both | Either) -> bool:
        """The same of a longer condition: it may have hundreds of tests, and many things may hang on it."""
        if self.assignment and self.root._frames:
            known = self.root._tested.get(id(condition))
            if known is None:
                known = self.root._tested[id(condition)] = (condition, choices_of(condition))
            self.root._frames[-1] |= known[1]
        held = self._held.get(id(condition))
        if held is None:
            held = self._held[id(condition)] = (condition, answer(condition, self.assignment))
        if isinstance(held[1], Choice):
            raise Undecided(held[1])
        return held[1]

    def value(self, value: Value) -> Value:
        """The value here, lookups followed and alternatives decided (at its top; inside maps they are still there).

        Raises `Undecided`.
        """
        if type(value) in SETTLED:
            return value
        value = settled(value)
        while isinstance(value, OneOf):
            for condition, option in value.options:
                if self.holds(condition):
                    value = settled(option)
                    break
            else:
                return Unknown("", "no alternative applies")
        return value

    def get(self, value: Value, *path: str) -> Value:
        """What stands under a path of keys: None where absent, Unknown inside an unknown."""
        if type(value) not in SETTLED:
            value = self.value(value)
        for key in path:
            if isinstance(value, dict):
                value = value.get(key)
                if type(value) not in SETTLED:
                    value = self.value(value)
            else:
                return value if isinstance(value, Unknown) else None
        return value

    def elements(self, value: Value, *path: str) -> list[Any] | Unknown:
        """The elements of a list that are there; [] where absent; a single value is a list of one."""
        value = self.get(value, *path)
        if value is None:
            return []
        if isinstance(value, Unknown):
            return value
        elements = (self.value(v) for v in (value if isinstance(value, list) else [value]))
        return [e for e in elements if e is not None]

    def integer(self, value: Value, *path: str, default: int | None = None) -> Any:
        """A whole number (`"30"` is 30), the default where absent, Unknown where it is not known or no number."""
        value = self.get(value, *path)
        if value is None:
            return default
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, (int, float)):
            return int(value)
        if isinstance(value, str):
            try:
                return int(value)
            except ValueError:
                try:
                    return int(float(value))
                except (ValueError, OverflowError):
                    return Unknown("", f"{value[:40]!r} is not a number")
        return value if isinstance(value, Unknown) else Unknown("", "not a number that the template says")

    def boolean(self, value: Value, *path: str, default: bool | None = None) -> Any:
        """A truth value (`"true"` is True), the default where absent, else Unknown."""
        value = self.get(value, *path)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        return value if isinstance(value, Unknown) else Unknown("", "not a truth value that the template says")

    def string(self, value: Value, *path: str, default: str | None = None) -> Any:
        """A str, a Text or a Ref as it stands; the default where absent; else Unknown."""
        value = self.get(value, *path)
        if value is None:
            return default
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return str(value)
        return value if isinstance(value, (str, Text, Ref, Unknown)) else Unknown("", "not a string")

    # neighbours

    def exists(self, thing: Node | Edge | Part | Target) -> bool:
        """Whether it exists here. Raises `Undecided`."""
        return self.holds(thing.when)

    def out(self, node: Node, *kinds: str) -> list[Edge]:
        """The edges that leave a node here."""
        return self._there(self.graph.outgoing.get(node.id), kinds)

    def into(self, node: Node, *kinds: str) -> list[Edge]:
        """The edges that end at a node here."""
        return self._there(self.graph.incoming.get(node.id), kinds)

    def parts(self, node: Node, *kinds: str) -> list[Part]:
        """The parts of a node that exist here."""
        return self._there(self.graph.parts_of.get(node.id), kinds)

    def policies(self, resource_id: str) -> list[Part]:
        """The `policy` and `permission` parts that apply to a resource here."""
        return self._there(self.graph.policies.get(resource_id), ())

    def _there(self, things: list[Thing] | None, kinds: tuple[str, ...]) -> list[Thing]:
        """Those of some kinds (of all where none is named) that exist here; most exist everywhere."""
        if not things:
            return []
        return [t for t in things if (not kinds or t.kind in kinds) and (t.when is True or self.holds(t.when))]

    def target(self, part: Part, end: str) -> Target | None:
        """What an end of a part is here; None where it is absent. A Target without node and resource is not known or outside."""
        for target in part.targets.get(end, ()):
            if target.when is True or self.holds(target.when):
                return target
        return None

    def opened(self, node: Node, set_name: str) -> str:
        """Why a set of neighbours may have more members than the graph shows; empty where it is closed."""
        return self.graph.open_sets.get((node.id, set_name)) or self.graph.open_kinds.get((node.kind, set_name)) or ""

    # facts

    def fact(self, subject: Subject, name: str) -> Any:
        """A fact about a subject here: a plain value, Text, Ref, Unknown, Members, or None where there is no such thing.

        Raises `Undecided`; LookupError where nothing of that kind has such a fact.
        """
        value = self.known[name].get(subject, _MISSING)
        return self.ask(subject, name) if value is _MISSING else value

    def ask(self, subject: Subject, name: str) -> Any:
        """The same, where it is not in `known`."""
        try:
            function = _FUNCTIONS[type(subject)][subject.kind][name]
        except (AttributeError, KeyError):  # for the first time, or of the graph
            function = _function(subject, name)
        if function is None:
            raise LookupError(name)
        if type(subject) not in LASTING:
            return function(subject, self)
        root = self.root
        if function in PLAIN:
            value = root.known[name][subject] = function(subject, root)
            return value
        key, cache = (subject, name), root._cache
        value = cache.get(key, _MISSING)
        if value is _MISSING:
            cache[key] = _RUNNING
            try:
                value = root.known[name][subject] = function(subject, root)
                del cache[key]
                return value
            except Undecided as undecided:
                cache[key] = value = _Open(undecided.choice)
            except BaseException:
                del cache[key]
                raise
        if type(value) is _Open:
            if self is root:
                raise Undecided(value.choice)
            value = self._here(key, lambda view: function(subject, view))
        return Unknown("", f"{name} depends on itself") if value is _RUNNING else value

    def once(self, key: Hashable, compute: Callable[[View], Any]) -> Any:
        """What `compute` makes of this view, computed once for all views that decide alike what it reads.

        `key`: names what is computed, for the whole run. Raises `Undecided`.
        """
        root = self.root
        cache = root._cache
        value = cache.get(key, _MISSING)
        if value is _MISSING:
            cache[key] = _RUNNING
            try:
                cache[key] = value = compute(root)
                return value
            except Undecided as undecided:
                cache[key] = value = _Open(undecided.choice)
            except BaseException:
                del cache[key]
                raise
        if type(value) is not _Open:
            return value
        if self is root:
            raise Undecided(value.choice)
        return self._here(key, compute)

    def _here(self, key: Hashable, compute: Callable[[View], Any]) -> Any:
        """The same of what hangs on choices, where this view has decided some."""
        frames = self.root._frames
        value = self._cache.get(key, _MISSING)
        if value is _MISSING:
            value = self._compute_here(key, compute)
        elif frames and key in self._reads:
            frames[-1] |= self._reads[key]
        if type(value) is _Open:
            raise Undecided(value.choice)
        return value

    def _compute_here(self, key: Hashable, compute: Callable[[View], Any]) -> Any:
        """The same in a view with choices decided; `_Open` where one is missing."""
        root, assignment = self.root, self.assignment
        frames = root._frames
        for decisions, value in root._alike.get(key, ()):
            if all(assignment.get(name) == decided for name, decided in decisions.items()):
                self._cache[key], self._reads[key] = value, set(decisions)
                break
        else:
            frames.append(set())
            self._cache[key] = _RUNNING
            try:
                self._cache[key] = value = compute(self)
                read = {name for name in frames[-1] if name in assignment}
                root._alike.setdefault(key, []).append(({name: assignment[name] for name in sorted(read)}, value))
            except Undecided as undecided:
                self._cache[key] = value = _Open(undecided.choice)
                read = frames[-1]
            except BaseException:
                del self._cache[key]
                raise
            finally:
                frames.pop()
            self._reads[key] = read
        if frames:
            frames[-1] |= self._reads[key]
        return value


_FUNCTIONS: dict[type, dict[str, dict[str, Callable[[Subject, View], Any] | None]]] = {}
"""Type of a subject -> its kind -> name of a fact -> the function; None where there is no such fact."""


def _function(subject: Subject, name: str) -> Callable[[Subject, View], Any] | None:
    named = _FUNCTIONS.setdefault(type(subject), {}).setdefault(getattr(subject, "kind", ""), {})
    if name not in named:
        named[name] = find(name, *kinds_of(subject))
    return named[name]


def kinds_of(subject: Subject) -> tuple[str, ...]:
    """The kinds under which facts of a subject are declared, narrowest first."""
    if isinstance(subject, Node):
        return (subject.kind, "node")
    if isinstance(subject, Edge):
        return (f"edge:{subject.kind}", "edge")
    if isinstance(subject, Part):
        return (f"part:{subject.kind}", "part")
    if isinstance(subject, EventGraph):
        return ("graph",)
    return (subject.kind,)


def ever(view: View, test: Callable[[View], bool], depth: int = 4) -> bool:
    """Whether a test holds in some alternative; yes where that hangs on more choices than `depth`."""
    try:
        return test(view)
    except Undecided as undecided:
        if depth == 0:
            return True
        return any(ever(view.decide(undecided.choice, value), test, depth - 1) for value in undecided.choice.domain)


__all__ = ["Group", "Map", "Members", "Path", "Subject", "View", "ever", "kinds_of"]
