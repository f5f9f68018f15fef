"""Who gets which events: rules and their patterns, filters of subscriptions, mappings and pipes, and what reaches a target twice."""

from __future__ import annotations

from itertools import combinations, islice

from edalint.facts._patterns import (
    Filter,
    events_sent,
    filter_of,
    named,
    overlapping,
    rule_pattern,
)
from edalint.facts.registry import fact
from edalint.facts.view import Group, Members, View
from edalint.hints import Any
from edalint.inference.actors import definitions
from edalint.model import texts
from edalint.model.conditions import Condition
from edalint.model.graph import Edge, EventGraph, Node, Part, Place
from edalint.model.values import Kleene, Map, Ref, Text, Unknown, Value, alternatives, walk
from edalint.patterns import aws_events, eventbridge
from edalint.patterns.kleene import all_of, any_of, negation
from edalint.patterns.syntax import Problem
from edalint.services.identity import expand

AWS = "aws."
PARTNER = "aws.partner"
"""Partners' events come to buses of their own: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-saas.html"""
ENABLED = "ENABLED"
"""State of a rule or schedule by default: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html"""
CONTRADICTING = ("Input", "InputPath", "InputTransformer")
MAX_PAIRS = 1000
"""More pairs of ways to one target than this are not compared."""


# rules


@fact("rule", gives="node")
def bus(node: Node, view: View) -> Node | None:
    """The bus that it listens on."""
    return next((e.source for e in view.into(node, "match")), None)


@fact("rule", gives="any")
def pattern(node: Node, view: View) -> Any:
    """The event pattern as written; untyped."""
    return view.value(node.properties.get("EventPattern"))


@fact("rule", gives="bool")
def may_match(node: Node, view: View) -> Kleene | None:
    """Whether any event can match its pattern: not one that AWS refuses, nor one that asks for what no event has. Absent where it has none
    that is read here (IoT).
    """
    found = rule_pattern(node, view)
    return eventbridge.satisfiable(found) if found is not None else None


@fact("rule", gives="string")
def pattern_problem(node: Node, view: View) -> str | None:
    """Why no event can match its pattern, in words; absent where one may."""
    problem = _rule_problem(node, view)
    return problem.message if problem is not None else None


@fact("rule", gives="any")
def pattern_place(node: Node, view: View) -> Place:
    """Where the pattern has what keeps every event out; else where the pattern is written. Untyped."""
    problem = _rule_problem(node, view)
    return problem.place if problem is not None else Place(node.properties, "EventPattern")


def _rule_problem(node: Node, view: View) -> Problem | None:
    found = rule_pattern(node, view)
    if found is None:
        return None
    return found.problems[0] if found.problems else eventbridge.never(found)


@fact("rule", gives="bool")
def catches_all(node: Node, view: View) -> Kleene:
    """Whether every event of the account and Region matches: the pattern asks for nothing but those, or an empty prefix."""
    found = rule_pattern(node, view)
    return eventbridge.is_catch_all(found) if found is not None else False


@fact("rule", gives="list<string>")
def sources(node: Node, view: View) -> Any:
    """The values that its pattern takes as `source`; absent where it takes others too (a prefix, no source at all)."""
    return _values(node, view, "source")


@fact("rule", gives="list<string>")
def detail_types(node: Node, view: View) -> Any:
    """The values that its pattern takes as `detail-type`; absent where it takes others too."""
    return _values(node, view, "detail-type")


def _values(node: Node, view: View, *path: str) -> Any:
    found = rule_pattern(node, view)
    return eventbridge.values_of(found, *path) if found is not None else None


@fact("rule", gives="bool")
def only_aws_events(node: Node, view: View) -> Kleene:
    """Whether it takes nothing but events of AWS's own services (`aws.*`), which come to the default bus only."""
    taken = sources(node, view)
    if taken is None or isinstance(taken, Unknown):
        return False if taken is None else taken
    return bool(taken) and all_of(_is_service(source) for source in taken)


def _is_service(source: Any) -> Kleene:
    if not isinstance(source, (str, Text, Ref, Unknown)):
        return False
    return all_of([texts.starts_with(source, AWS), negation(texts.starts_with(source, PARTNER))])


@fact("rule", gives="list<string>")
def never_sent(node: Node, view: View) -> Any:
    """The detail-types in its pattern that none of its sources sends, of sources whose events are known."""
    taken, types = sources(node, view), detail_types(node, view)
    for values in (taken, types):
        if values is None or isinstance(values, Unknown):
            return values if isinstance(values, Unknown) else []
    if not all(isinstance(source, str) for source in taken):
        return Unknown("", "the source is not known as a whole")
    known = [kind for kind in types if isinstance(kind, str)]
    return [kind for kind in known if taken and all(aws_events.meant(source, kind) is not None for source in taken)]


@fact("rule", gives="list<string>")
def meant(node: Node, view: View) -> Any:
    """The detail-types that AWS does send and that are nearest to those that it never sends."""
    wrong, taken = never_sent(node, view), sources(node, view)
    if isinstance(wrong, Unknown) or not isinstance(taken, list):
        return wrong if isinstance(wrong, Unknown) else []
    return [name for kind in wrong for name in dict.fromkeys(aws_events.meant(source, kind) for source in taken) if name]


@fact("rule", gives="list<node:bucket>")
def buckets(node: Node, view: View) -> Any:
    """The buckets of this run whose own events its pattern names (`detail.bucket.name`, `resources`); not those of CloudTrail."""
    taken = sources(node, view)
    if taken is None or isinstance(taken, Unknown):
        return taken if isinstance(taken, Unknown) else []
    if not any(texts.equal(s, "aws.s3") is True for s in taken if isinstance(s, (str, Text))):
        return []
    recorded = _only_cloudtrail(detail_types(node, view))
    if recorded is not False:
        return [] if recorded is True else recorded
    found: list[Node] = []
    for path, form in ((("detail", "bucket", "name"), "Ref"), (("resources",), "Arn")):
        names = _values(node, view, *path)
        if isinstance(names, Unknown):
            return names
        for name in filter(_is_text, names or ()):
            found += [b for b in _called(view, name, form) if b not in found and view.exists(b)]
    return found


def _called(view: View, name: Value, form: str) -> list[Node]:
    """The buckets whose name (or ARN, by the form) is this one. Nothing is decided for the sake of those that are called otherwise."""
    index: dict[Any, list[tuple[Condition, Node]]] = view.once(("buckets", form), lambda view: _by_name(view.graph, form))
    return [bucket for when, bucket in index.get(texts.identity(name), ()) if view.holds(when)]


def _by_name(graph: EventGraph, form: str) -> dict[Any, list[tuple[Condition, Node]]]:
    """Identity of a name -> the buckets that have it, and when."""
    found: dict[Any, list[tuple[Condition, Node]]] = {}
    for bucket in graph.of_kind("bucket"):
        if bucket.resource is not None:
            for when, name in alternatives(expand(Ref(bucket.id, form), graph.resources)):
                found.setdefault(texts.identity(name), []).append((when, bucket))
    return found


def _only_cloudtrail(types: Any) -> Kleene:
    """Whether a pattern takes nothing but what CloudTrail records."""
    if types is None or isinstance(types, Unknown):
        return False if types is None else types
    known = [kind for kind in types if isinstance(kind, str)]
    if any(kind not in aws_events.CLOUDTRAIL for kind in known) or not types:
        return False
    return True if len(known) == len(types) else Unknown("", "a detail-type is not known")


def _is_text(value: Any) -> bool:
    return isinstance(value, (str, Text, Ref, Unknown))


@fact("rule", "schedule", gives="list<string>")
def target_sorts(node: Node, view: View) -> list[str]:
    """What sorts of targets it has: `lambda`, `sqs`, `ecs`, `bus`, `logs`, `firehose` ..."""
    return [view.fact(p, "target_type") for p in view.parts(node, "target")]


@fact("bucket", gives="bool")
def sends_to_eventbridge(node: Node, view: View) -> Kleene:
    """Whether its events go to EventBridge (`EventBridgeConfiguration`)."""
    sent = [e.target for e in view.out(node, "publish")]
    if any(target.kind == "bus" for target in sent):
        return True
    if sent or view.opened(node, "published_to"):
        return Unknown("", view.opened(node, "published_to") or f"the notifications of '{node.name}' are not known")
    written = view.get(node.properties, "NotificationConfiguration")
    bridge = written if isinstance(written, Unknown) else view.get(written, "EventBridgeConfiguration")
    return bridge if isinstance(bridge, Unknown) else False


# switched off


@fact("rule", "schedule", gives="bool", name="enabled")
def rule_enabled(node: Node, view: View) -> Any:
    """Whether it is switched on (`State`; on by default)."""
    state = view.string(node.properties, "State", default=ENABLED)
    return state if isinstance(state, Unknown) else not isinstance(state, str) or state.upper().startswith(ENABLED)


@fact("part:mapping", gives="bool")
def enabled(part: Part, view: View) -> Any:
    """Whether it is switched on (`Enabled`; on by default)."""
    return view.boolean(part.properties, "Enabled", default=True)


# what reaches a target twice


@fact("edge:deliver", gives="node")
def origin(edge: Edge, view: View) -> Node | Unknown | None:
    """The bus or topic whose event it delivers: of a rule's target the bus, of a subscription the topic; absent for others."""
    found = edge.source if edge.source.kind == "topic" else bus(edge.source, view) if edge.source.kind == "rule" else None
    return Unknown("", "which bus it is, is not known") if found is not None and found.attributes.get("unknown") else found


@fact("edge:deliver", gives="any")
def destination(edge: Edge, view: View) -> Any:
    """What tells one place of delivery from another: the target's id and qualifier; of an API destination its URL and method. Untyped."""
    target = edge.target
    if target.kind == "api-destination" and target.resource is not None:
        url, method = (view.value(target.properties.get(name)) for name in ("InvocationEndpoint", "HttpMethod"))
        if isinstance(url, (str, Text)) and isinstance(method, str):
            return named(view, url) if method == "" else [named(view, url), method]
    return [target.id, str(edge.attributes.get("qualifier") or "")]


@fact("group", gives="list<edge>")
def twice(group: Group, view: View) -> Any:
    """Two edges of the group that can deliver one event: no filter or pattern keeps them apart, and they do not give their target
    different input. Empty where there are none.
    """
    edges = [e for e in group.members if isinstance(e, Edge)]
    doubt: Unknown | None = None
    given = {edge: _input(edge, view) for edge in edges} if len(edges) > 1 else {}
    filters: dict[Edge, Filter | Unknown | None] = {}
    for a, b in islice(combinations(edges, 2), MAX_PAIRS):
        if given[a] is not None and given[b] is not None and given[a] != given[b]:
            continue
        for edge in (a, b):
            if edge not in filters:
                filters[edge] = filter_of_source(edge, view)
        answer = _same_event(a, b, filters)
        if answer is True:
            return [a, b]
        doubt = answer if isinstance(answer, Unknown) else doubt
    return doubt if doubt is not None else []


def _same_event(a: Edge, b: Edge, filters: dict[Edge, Filter | Unknown | None]) -> Kleene:
    if a.source is b.source and a.source.kind == "rule":
        found = filters[a]
        return True if found is None else overlapping(found, found)
    return overlapping(filters[a], filters[b])


def filter_of_source(edge: Edge, view: View) -> Filter | Unknown | None:
    """What an event passed to be delivered over an edge: a rule's pattern, or a subscription's own filter."""
    if edge.source.kind != "rule":
        return filter_of(edge, view)
    found = rule_pattern(edge.source, view)
    if found is None:
        return Unknown("", "the pattern is not read")
    return Filter("events", [found], Place(edge.source.properties, "EventPattern"))


def _input(edge: Edge, view: View) -> list[Value] | None:
    """What tells two targets apart by what they are given: a constant, a part of the event, parameters. None of what is no target."""
    part = edge.part
    if part is None or part.kind != "target":
        return None
    names = CONTRADICTING if part.data.get("kind") != "ecs" else (*CONTRADICTING, "EcsParameters")
    return [view.value(part.properties.get(name)) for name in names]


# entries that nobody takes


@fact("part:state", "part:integration", "part:target", gives="list<string>")
def unmatched_entries(part: Part, view: View) -> Any:
    """The events (`source / detail-type`) that it puts on a bus of this run and that none of the bus's rules can match; unknown where the
    bus may have rules that the run does not show.
    """
    found: list[str] = []
    for edge in part.edges:
        if not view.exists(edge) or edge.target.kind != "bus" or edge.target.resource is None:
            continue
        rules: Members[Node] = view.fact(edge.target, "rules")
        sent = events_sent(edge, view)
        if isinstance(sent, Unknown):
            return sent
        for event in sent:
            answer = any_of(_matches(rule, event, view) for rule in rules)
            if isinstance(answer, Unknown):
                return answer
            if answer is False and rules:
                if rules.open:
                    return Unknown("", rules.open)
                found.append(f"{event.get('source')} / {event.get('detail-type')}")
    return found


def _matches(rule: Node, event: Map, view: View) -> Kleene:
    found = rule_pattern(rule, view)
    return eventbridge.matches(found, event) if found is not None else Unknown("", "the pattern is not read")


# who competes


@fact("queue", gives="list<node>")
def rival_consumers(node: Node, view: View) -> Any:
    """The functions and services that read it, one for each code or image; fewer than two where all run the same."""
    found: dict[str, Node] = {}
    doubt: Unknown | None = None
    for edge in view.out(node, "poll"):
        if edge.target.kind in ("function", "service"):
            code = _code_of(edge.target, view)
            doubt = next((v for v in walk(code) if isinstance(v, Unknown)), None) if doubt is None else doubt
            found.setdefault(repr(code), edge.target)
    return doubt if doubt is not None and len(found) > 1 else list(found.values())


def _code_of(node: Node, view: View) -> list[Any]:
    """What a function or service runs, as something that can be compared."""
    if node.kind == "function":
        return [view.value(node.properties.get(name)) for name in ("Code", "Handler")]
    task = next((holder for when, holder in definitions(view.graph, node) if view.holds(when)), None)
    if task is None:
        return [Unknown("", "the task definition is not declared in this run")]
    return [view.get(c.properties, "Image") for c in task.data.get("containers", ()) if view.holds(c.when)]


# chains


@fact("api", gives="list<node:function>")
def synchronous_chain(node: Node, view: View) -> list[Node]:
    """The longest row of different functions that call each other, one waiting for the next, beginning at the API; a few at most."""
    best: list[Node] = []
    stack = [[e.target] for e in view.out(node, "invoke") if e.target.kind == "function" and e.attributes.get("invocation") != "event"]
    steps = 0
    while stack and steps < MAX_PAIRS:
        steps += 1
        chain = stack.pop()
        if len(chain) > len(best):
            best = chain
        onward = [e.target for e in view.out(chain[-1], "invoke") if e.target.kind == "function"]
        stack += [[*chain, target] for target in onward if target not in chain]
    return best
