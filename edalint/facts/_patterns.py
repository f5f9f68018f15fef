"""What is let through and what is sent, as patterns and events: rules, subscriptions, mappings, pipes, notifications; states and pipes."""

from __future__ import annotations

from edalint.facts.view import View
from edalint.hints import TYPE_CHECKING, Any
from edalint.linking import resolve
from edalint.model.graph import Edge, End, Node, Part, Place
from edalint.model.resources import Resource
from edalint.model.values import Kleene, Map, Ref, Text, Unknown, Value
from edalint.patterns import eventbridge
from edalint.patterns.kleene import any_of
from edalint.patterns.syntax import Pattern, Problem
from edalint.services.identity import expand
from edalint.sources.problem import SyntaxProblem

if TYPE_CHECKING:
    from edalint.states.machine import State

MAX_PAIRS = 400
"""More pairs of filters than this are not compared."""
MAX_DEPTH = 30
SUCCESS_EVENT = "Lambda Function Invocation Result - Success"
"""What a function's destination for success puts on a bus: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"""


class Filter:
    """What an edge lets through: one of several patterns, in the language of its service."""

    __slots__ = ("patterns", "place", "service")

    def __init__(self, service: str, patterns: list[Pattern], place: Place) -> None:
        self.service = service
        """`events`, `sns-attributes`, `sns-body`, `records`."""
        self.patterns = patterns
        self.place = place

    @property
    def lets_all_pass(self) -> bool:
        """Whether nothing is filtered."""
        return any(pattern.branches == [{}] and pattern.doubt is None and not pattern.problems for pattern in self.patterns)


# reading


def structure(view: View, value: Value, place: Place) -> Value:
    """A property that may be JSON text as a map; a `SyntaxProblem` where the text is no JSON."""
    value = view.value(value)
    if isinstance(value, (str, Text)):
        try:
            from edalint.sources import embedded

            return embedded.parse(value, place)
        except SyntaxProblem as problem:
            return problem
    return value


def named(view: View, value: Value) -> Value:
    """A value with references in it as what they give (a bucket's name, a topic's ARN), so that two can be compared."""
    value = view.value(value)
    return view.value(expand(value, view.graph.resources)) if isinstance(value, (Ref, Text)) else value


def rule_pattern(node: Node, view: View) -> Pattern | None:
    """The pattern of a rule; None where it has none that we can read as one (IoT rules)."""
    if node.resource is None or node.resource.type != "AWS::Events::Rule":
        return None
    resource = node.resource
    pattern: Pattern = view.once(("pattern", node.id), lambda view: _read_rule(resource, view))
    return pattern


def _read_rule(resource: Resource, view: View) -> Pattern:
    place = Place(resource.properties, "EventPattern")
    written = structure(view, resource.properties.get("EventPattern"), place)
    if isinstance(written, SyntaxProblem):
        return _refused("the pattern is no JSON", place)
    return _placed(eventbridge.parse(written, lambda value: named(view, value)), place)


def _refused(message: str, place: Place) -> Pattern:
    pattern = Pattern()
    pattern.problems.append(Problem(message, place))
    return pattern


def _placed(pattern: Pattern, place: Place) -> Pattern:
    """The pattern, its problems pointing at the property where they point at nothing that is written."""
    pattern.problems = [p if p.place.location is not None else p._replace(place=place) for p in pattern.problems]
    return pattern


def filter_of(edge: Edge, view: View) -> Filter | Unknown | None:
    """What an edge lets through; None where it lets everything through."""
    if edge.kind == "match":
        pattern = rule_pattern(edge.target, view)
        return Filter("events", [pattern], edge.place) if pattern is not None else Unknown("", "the rule's filter is not read")
    part = edge.part
    if part is not None and part.kind == "subscription":
        return subscription_filter(part, view)
    if edge.kind == "poll":
        return record_filter(edge, view)
    return None


def subscription_filter(part: Part, view: View) -> Filter | Unknown | None:
    """The filter policy of a subscription."""
    place = Place(part.properties, "FilterPolicy")
    policy = structure(view, part.properties.get("FilterPolicy"), place)
    if policy is None or isinstance(policy, Unknown):
        return policy
    from edalint.patterns import sns

    scope = view.string(part.properties, "FilterPolicyScope", default=sns.ATTRIBUTES)
    if not isinstance(scope, str):
        return scope if isinstance(scope, Unknown) else Unknown("", "the scope of the filter policy is not known")
    if isinstance(policy, SyntaxProblem):
        pattern = _refused("the filter policy is no JSON", place)
    else:
        pattern = _placed(sns.parse(policy, scope, lambda value: named(view, value)), place)
    return Filter("sns-body" if scope == sns.BODY else "sns-attributes", [pattern], place)


def record_filter(edge: Edge, view: View) -> Filter | Unknown | None:
    """The filter criteria of an event source mapping or a pipe."""
    if edge.part is not None and edge.part.kind == "mapping":
        holder = edge.part.properties
    elif edge.target.kind == "pipe" and edge.target.resource is not None:
        source = view.get(edge.target.resource.properties, "SourceParameters")
        if not isinstance(source, dict):
            return source if isinstance(source, Unknown) else None
        holder = source if isinstance(source, Map) else Map(source)
    else:
        return None
    place = Place(holder, "FilterCriteria")
    filters = view.elements(holder, "FilterCriteria", "Filters")
    if isinstance(filters, Unknown):
        return filters
    if not filters:
        return None
    from edalint.patterns import esm

    patterns = []
    for entry in filters:
        here = Place(entry, "Pattern") if isinstance(entry, Map) else place
        written = structure(view, view.get(entry, "Pattern"), here)
        if written is None:
            written = Map()
        if isinstance(written, SyntaxProblem):
            patterns.append(_refused("the filter's pattern is no JSON", here))
        else:
            patterns.append(_placed(esm.parse(written, lambda value: named(view, value)), here))
    return Filter("records", patterns, place)


def overlapping(left: Filter | Unknown | None, right: Filter | Unknown | None) -> Kleene:
    """Whether one event can pass both; what filters nothing is passed by everything."""
    if left is None or right is None:
        return _lets_something_pass(left if right is None else right)
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    if left.service != right.service:
        return Unknown("", "filters of different scope are not compared")
    pairs = [(a, b) for a in left.patterns for b in right.patterns]
    if len(pairs) > MAX_PAIRS:
        return Unknown("", "too many filters")
    return any_of(eventbridge.overlap(a, b) for a, b in pairs)


def _lets_something_pass(found: Filter | Unknown | None) -> Kleene:
    if found is None:
        return True
    return found if isinstance(found, Unknown) else any_of(_passable(pattern) for pattern in found.patterns)


def _passable(pattern: Pattern) -> Kleene:
    if pattern.problems:
        return False
    return pattern.doubt if pattern.doubt is not None else True


# what is sent to a bus


def events_sent(edge: Edge, view: View) -> list[Map] | Unknown:
    """The events that an edge puts on a bus, as far as the templates say; Unknown where they say nothing."""
    part = edge.part
    if part is not None and part.kind == "state":
        return state_events(part, view, edge.target)
    if edge.kind == "deliver" and edge.source.kind == "pipe" and part is not None:
        return [_event(view.get(part.properties, "EventBridgeEventBusParameters"), view)]
    if edge.kind == "on-success":
        return [Map({"source": "lambda", "detail-type": SUCCESS_EVENT, "detail": Unknown("", "what the function answers")})]
    if part is not None and part.kind == "integration":
        parameters = view.get(part.properties, "RequestParameters")
        if isinstance(parameters, dict) and "Source" in parameters:
            return [Map({key: _request_value(view.value(parameters.get(name))) for key, name in _FIELDS}, None)]
    return Unknown("", "what is sent is not in the template")


_FIELDS = (("source", "Source"), ("detail-type", "DetailType"), ("detail", "Detail"))


def state_events(part: Part, view: View, bus: Node | None = None) -> list[Map] | Unknown:
    """The entries that a putEvents state sends (to one bus, where one is given)."""
    state: State = part.data["state"]
    if state.call is None or state.call.action != "putEvents":
        return Unknown("", "it sends no events")
    entries = view.value(state.argument("Entries"))
    if not isinstance(entries, list):
        return entries if isinstance(entries, Unknown) else Unknown("", "the entries are not known")
    found = []
    for raw in entries:
        entry = view.value(raw)
        if not isinstance(entry, dict):
            return entry if isinstance(entry, Unknown) else Unknown("", "an entry is not known")
        where = _bus_of(entry, part, view)
        if isinstance(where, Unknown):
            return where
        if bus is None or where is bus:
            found.append(Map((key, known_part(_field(entry, name), view)) for key, name in _FIELDS))
    return found


def _bus_of(entry: dict[str, Any], part: Part, view: View) -> Node | Unknown | None:
    value = view.value(_field(entry, "EventBusName"))
    end = End("default" if value is None else value, ("bus",), "any", part.resource)
    for target in resolve(view.graph, end):
        if view.holds(target.when):
            return target.node if target.node is not None else Unknown("", "which bus an entry is for is not known")
    return Unknown("", "which bus an entry is for is not known")


def _field(entry: dict[str, Any], name: str) -> Value:
    if f"{name}.$" in entry:
        return Unknown("", f"{name} is taken from the input at run time")
    return entry.get(name)


def known_part(value: Value, view: View, depth: int = 0) -> Value:
    """A payload with whatever is worked out at run time as unknown."""
    from edalint.states.tokens import is_expression

    value = named(view, value)
    if depth > MAX_DEPTH:
        return Unknown("", "nested too deep")
    if isinstance(value, str):
        return Unknown("", "worked out at run time") if is_expression(value) else value
    if isinstance(value, dict):
        found = Map()
        for key, inner in value.items():
            dynamic = isinstance(key, str) and key.endswith(".$")
            found[key[:-2] if dynamic else key] = (
                Unknown("", "taken from the input at run time") if dynamic else known_part(inner, view, depth + 1)
            )
        return found
    if isinstance(value, list):
        return [known_part(inner, view, depth + 1) for inner in value]
    return Unknown("", "not in the template") if value is None else value


def _event(parameters: Value, view: View) -> Map:
    """What a pipe puts on a bus."""
    unknown = Unknown("", "the pipe makes it of what it reads")
    source, detail_type = (view.get(parameters, name) for name in ("Source", "DetailType"))

    def literal(value: Value) -> Value:
        return value if isinstance(value, str) and not value.startswith("$") else unknown

    return Map({"source": literal(source), "detail-type": literal(detail_type), "detail": unknown})


def _request_value(value: Value) -> Value:
    return value if isinstance(value, str) and "$" not in value else Unknown("", "taken from the request")


def bucket_pattern(bucket: Node, view: View) -> Pattern:
    """The events that a bucket sends, as a pattern."""
    name = named(view, Ref(bucket.id))
    return eventbridge.parse(Map({"source": ["aws.s3"], "detail": Map({"bucket": Map({"name": [name]})})}))
