"""What a rule is asked about: nodes, edges, parts, groups, paths, cycles, the graph. Each form is linear in the graph.

A `Candidate` says under which condition its subject exists, and `bind` gives the names of the rule's expressions in a
view: a dict, False where there is no such thing in that view, an Unknown where that is not known. `bind` may raise
`Undecided`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter

from edalint.facts.view import Group, View
from edalint.hints import TYPE_CHECKING, Any, Union
from edalint.model.conditions import Condition, Undecided, either
from edalint.model.graph import Edge, EventGraph, Node, Part
from edalint.model.records import NamedTuple
from edalint.model.values import Kleene, Ref, Text, Unknown
from edalint.policy.language import Bindings, holds
from edalint.policy.language.compiler import first_asked, member
from edalint.policy.rules import Rule

if TYPE_CHECKING:
    from edalint.policy.routes import Selectors

Bound = Union[dict[str, Any], bool, Unknown]
THINGS = ("node", "edge", "part")
"""The forms of match whose candidates are each one thing of the graph."""


class Candidate(NamedTuple):
    """One thing that a rule may be true of."""

    subject: Any
    """The node, edge or part that a finding is about unless the rule says otherwise; None for the graph."""
    when: Condition
    bind: Callable[[View], Bound]


def present(graph: EventGraph) -> frozenset[tuple[str, str]]:
    """Which (form, kind) occur, so that rules about others are not even compiled."""
    found = {("node", n.kind) for n in graph.nodes.values() if n.resource is not None}
    found.update(("edge", e.kind) for e in graph.edges)
    found.update(("part", p.kind) for p in graph.parts)
    return frozenset(found)


def may_match(rule: Rule, kinds: frozenset[tuple[str, str]]) -> bool:
    """Whether anything in the graph has a kind that the rule asks about."""
    match = rule.match
    form = match["form"]
    if form == "group":
        form = match["of"]
    if form in ("node", "edge", "part"):
        return any(f == form and (not match["kinds"] or k in match["kinds"]) for f, k in kinds)
    if form == "path":
        nodes = {k for f, k in kinds if f == "node"} | {"external", "bus"}
        return all("kind" not in match[end] or match[end]["kind"] in nodes for end in ("from", "to"))
    return True


def candidates(rule: Rule, root: View) -> Iterator[Candidate]:
    """What a rule is asked about, in the order declared."""
    form = rule.match["form"]
    found = things(rule, root)
    if found is not None:
        yield from (of_thing(form, thing) for thing in found)
    elif form == "group":
        yield from _groups(rule, root)
    elif form == "path":
        from edalint.policy import routes

        for start, bind in routes.paths(root, _selectors(rule)):
            yield Candidate(start, start.when, bind)
    elif form == "cycle":
        edges = _coming_back(root.graph, frozenset(rule.match["over"]))
        if not edges:
            return
        from edalint.policy.cycles import cycles  # what reads patterns is only imported where a rule asks for cycles

        for start, bind in cycles(root, edges, _ends_loop(rule)):
            yield Candidate(start, start.when, bind)
    else:
        yield Candidate(None, True, lambda view: {})


def things(rule: Rule, root: View) -> list[Any] | None:
    """The nodes, edges or parts that a rule is asked about, each by itself; None where it is asked about other things."""
    form = rule.match["form"]
    return _things(root, form, rule.match["kinds"]) if form in THINGS else None


def suspects(rule: Rule, root: View) -> Iterable[tuple[int, Any]]:
    """The things that a rule is asked about, with their places, without those of which what it asks first is known to be another word."""
    form, said = rule.match["form"], rule.said("when")
    asked = first_asked(rule.tree(said[0]), form) if said is not None and form not in rule.definitions else None
    if asked is None:
        return enumerate(_things(root, form, rule.match["kinds"]))
    members, words = asked
    key = (f"{form}s by word", *rule.match["kinds"], "", *members)
    by_word: dict[str | None, list[tuple[int, Any]]] = root.once(key, lambda view: _by_word(rule, members, view))
    found = [numbered for word in (*words, None) for numbered in by_word.get(word, ())]
    found.sort(key=itemgetter(0))
    return found


def _by_word(rule: Rule, members: tuple[str, ...], root: View) -> dict[str | None, list[tuple[int, Any]]]:
    """The things that a rule asks about, by the word that these members lead to; under None where that is not known to be one."""
    found: dict[str | None, list[tuple[int, Any]]] = {}
    for place, thing in enumerate(_things(root, rule.match["form"], rule.match["kinds"])):
        value = thing
        try:
            for name in members:
                value = member(value, name, root)
        except (Undecided, RecursionError):
            value = Unknown()
        if value is not None:
            found.setdefault(value if type(value) is str else None, []).append((place, thing))
    return found


def of_thing(form: str, thing: Node | Edge | Part) -> Candidate:
    """A node, edge or part as a candidate: its name stands for it in every view."""
    return Candidate(thing, thing.when, lambda view: {form: thing})


def _things(root: View, form: str, kinds: list[str]) -> list[Any]:
    """The nodes, edges or parts of these kinds (of all where none is named), in the order declared."""
    found: list[Any] = root.once((f"{form}s of kinds", *kinds), lambda view: _of_kinds(view, form, kinds))
    return found


def _of_kinds(view: View, form: str, kinds: list[str]) -> list[Any]:
    by_kind: dict[str, list[tuple[int, Any]]] = view.once((f"{form}s by kind",), lambda view: _by_kind(view.graph, form))
    found = [numbered for kind in dict.fromkeys(kinds or by_kind) for numbered in by_kind.get(kind, ())]
    if len(kinds) != 1:
        found.sort(key=itemgetter(0))
    return [thing for _, thing in found]


def _by_kind(graph: EventGraph, form: str) -> dict[str, list[tuple[int, Any]]]:
    """Kind -> its nodes, edges or parts, numbered in the order declared."""
    things: Iterable[Any] = graph.edges if form == "edge" else graph.parts
    if form == "node":
        things = (node for node in graph.nodes.values() if node.resource is not None)
    found: dict[str, list[tuple[int, Any]]] = {}
    for number, thing in enumerate(things):
        found.setdefault(thing.kind, []).append((number, thing))
    return found


def names_of(rule: Rule, view: View, names: dict[str, Any]) -> Bindings:
    """The names that every expression of a rule has, and these."""
    return Bindings(names, parameters=rule.parameters, graph=view.graph)


# groups


def _groups(rule: Rule, root: View) -> Iterator[Candidate]:
    """One candidate per value that the expression has for some member in some alternative."""
    by = rule.expression(rule.match["by"][0])
    form = rule.match["of"]
    found: dict[Any, list[Any]] = {}
    for thing in _things(root, form, rule.match["kinds"]):
        for value in _values(thing, lambda view, thing=thing: by(view, names_of(rule, view, {form: thing})), root):  # type: ignore[misc]
            found.setdefault(value, []).append(thing)
    for value, members in found.items():

        def bind(view: View, value: Any = value, members: list[Any] = members) -> Bound:
            inside = [m for m in members if view.exists(m) and _key(by(view, names_of(rule, view, {form: m}))) == value]
            return {"group": Group(value, inside)} if inside else False

        yield Candidate(members[0], either(*(m.when for m in members)), bind)


def _values(thing: Any, evaluate: Callable[[View], Any], view: View, depth: int = 0) -> Iterator[Any]:
    """Every value that an expression has for a member, in whichever alternative; unknown ones are left out."""
    try:
        value = _key(evaluate(view)) if view.exists(thing) else None
    except Undecided as undecided:
        if depth < 4:
            values = (
                v for option in undecided.choice.domain for v in _values(thing, evaluate, view.decide(undecided.choice, option), depth + 1)
            )
            yield from dict.fromkeys(values)
        return
    if value is not None:
        yield value


def _key(value: Any) -> Any:
    """A value that groups can be told apart by; None for what is unknown or absent."""
    if value is None or isinstance(value, Unknown):
        return None
    if isinstance(value, (Node, str, int, float, bool, Text, Ref)):
        if isinstance(value, Text) and any(isinstance(p, Unknown) and not p.symbol for p in value.parts):
            return None
        return value
    if isinstance(value, list):
        keys = tuple(_key(v) for v in value)
        return None if None in keys else keys
    return None


# paths and cycles


def _selectors(rule: Rule) -> Selectors:
    from edalint.policy.routes import Selectors

    match = rule.match
    return Selectors(
        _selector(rule, match["from"]),
        _selector(rule, match["to"]),
        [_selector(rule, blocked) for blocked in match["without"]],
        match["many"],
        frozenset(match["over"]),
    )


def _selector(rule: Rule, selector: dict[str, Any]) -> Callable[[Node, View], Kleene]:
    if "kind" in selector:
        kind = selector["kind"]
        return lambda node, view: node.kind == kind
    where = rule.expression(selector["where"][0])
    return lambda node, view: holds(where, view, names_of(rule, view, {"node": node}))


def _coming_back(graph: EventGraph, over: frozenset[str]) -> list[Edge]:
    """The edges that are left after taking away, again and again, the nodes into which none leads: all loops are among them."""
    edges = [e for e in graph.edges if not over or e.kind in over]
    into: dict[str, int] = {}
    outgoing: dict[str, list[str]] = {}
    for edge in edges:
        into[edge.target.id] = into.get(edge.target.id, 0) + 1
        outgoing.setdefault(edge.source.id, []).append(edge.target.id)
    free = [node for node in outgoing if node not in into]
    while free:
        for target in outgoing.pop(free.pop(), ()):
            into[target] -= 1
            if not into[target]:
                free.append(target)
    return [edge for edge in edges if edge.source.id in outgoing]


def _ends_loop(rule: Rule) -> Callable[[Edge, View], Kleene]:
    written = rule.match["ends_loop"]
    if written is None:
        return lambda edge, view: edge.kind == "dead-letter"
    ends = rule.expression(written[0])
    return lambda edge, view: holds(ends, view, names_of(rule, view, {"edge": edge}))
