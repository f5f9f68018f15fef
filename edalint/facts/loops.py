"""Whether an event that came over one edge may go on over the next: what ends a loop of events.

A loop is a way back to where an event began. It is ended by a pattern, filter or prefix that keeps the event out, and by
what stops a retry: the redrive limit of the queue that a consumer sends back to. Edges that no loop goes over say so
themselves (`carries_on`).
"""

from __future__ import annotations

from edalint.facts._patterns import Filter, bucket_pattern, events_sent, filter_of, overlapping, rule_pattern
from edalint.facts.requests import reaches
from edalint.facts.view import View
from edalint.hints import Any
from edalint.model import texts
from edalint.model.graph import Edge, Place
from edalint.model.resources import get
from edalint.model.values import Kleene, Unknown
from edalint.patterns import eventbridge, sns
from edalint.patterns.kleene import any_of

UNTAKEN = Unknown("", "whether what is sent passes the filter is not in the template")


def sort_of_passage(edge: Edge) -> tuple[Any, ...]:
    """Edges into one node with the same sort are alike to every edge that follows: `passes` need only be asked of one of them."""
    if edge.kind == "poll":
        return ("poll", edge.source.id)
    if "inferred" in edge.attributes:
        return ("inferred",)
    tells = edge.part is not None or edge.kind == "on-success" or edge.source.kind in ("rule", "bucket", "pipe", "stream")
    return ("own", id(edge)) if tells else ("plain", edge.source.kind == "schedule", edge.source.kind == "alarm")


def passes(edge: Edge, following: Edge, view: View) -> Kleene:
    """Whether an event that arrived over an edge may go on over another one that begins where it ends."""
    if edge.kind == "poll" and following.target is edge.source:
        return _sends_back(edge, view)
    if edge.kind == "poll" and "inferred" in following.attributes and _has_redrive_limit(edge, view):
        return False
    if following.kind == "deliver" and edge.target.kind == "bucket":
        return _prefixes_meet(edge, following, view)
    if edge.target.kind == "api":
        return reaches(edge, following, view)
    found = filter_of(following, view)
    if found is None:
        return True
    if isinstance(found, Unknown):
        return found
    if found.lets_all_pass:
        return True
    if "inferred" in edge.attributes:
        return _inferred_passes(following, found)
    return _known_passes(edge, following, found, view)


def _sends_back(edge: Edge, view: View) -> Kleene:
    """A consumer that sends to the queue that it reads tries again; a redrive limit ends that."""
    return not _has_redrive_limit(edge, view)


def _has_redrive_limit(edge: Edge, view: View) -> bool:
    queue = edge.source
    return queue.kind == "queue" and view.get(queue.properties, "RedrivePolicy") is not None


def _inferred_passes(following: Edge, found: Filter) -> Kleene:
    """What code sends is not known. A rule or filter that names something is there to tell events apart: taken as a choreography."""
    if following.kind in ("match", "deliver"):
        return any_of(eventbridge.is_catch_all(pattern) for pattern in found.patterns)
    return UNTAKEN


def _known_passes(edge: Edge, following: Edge, found: Filter, view: View) -> Kleene:
    """What is sent is in the template, or what passed another filter before."""
    if following.kind != "match":
        return _attributes_pass(edge, found)
    if edge.source.kind == "bucket":
        return any_of(eventbridge.overlap(pattern, bucket_pattern(edge.source, view)) for pattern in found.patterns)
    if edge.kind == "deliver" and edge.source.kind == "rule":
        before = rule_pattern(edge.source, view)
        if before is None:
            return UNTAKEN
        return overlapping(found, Filter("events", [before], Place(None)))
    sent = events_sent(edge, view)
    if isinstance(sent, Unknown):
        return sent
    return any_of(eventbridge.matches(pattern, event) for pattern in found.patterns for event in sent)


def _attributes_pass(edge: Edge, found: Filter) -> Kleene:
    """Events of rules, buckets and alarms come without message attributes: a filter that asks for one lets none of them through."""
    if found.service == "sns-attributes" and edge.source.kind in ("rule", "schedule", "bucket", "alarm"):
        return any_of(pattern.doubt if pattern.doubt is not None else sns.needs_nothing(pattern) for pattern in found.patterns)
    return UNTAKEN


def _prefixes_meet(edge: Edge, following: Edge, view: View) -> Kleene:
    """Whether an object that a delivery stream writes is one of which a bucket notifies."""
    part = following.part
    if part is None or part.kind != "notification":
        return True
    asked = _rule_value(part.data.get("filter"), "prefix", view)
    if asked is None:
        return True
    written = _written_prefix(edge, view)
    if written is None or isinstance(asked, Unknown) or isinstance(written, Unknown):
        return UNTAKEN
    return any_of([texts.starts_with(written, asked), texts.starts_with(asked, written)])


def _rule_value(written: Any, name: str, view: View) -> Any:
    """The prefix or suffix of a notification's filter, in CloudFormation's form or the API's."""
    for holder, key in (("S3Key", "Rules"), ("Key", "FilterRules")):
        rules = view.elements(get(written, holder), key) if written is not None else []
        if isinstance(rules, Unknown):
            return rules
        for rule in rules:
            kind = view.string(rule, "Name", default="")
            if isinstance(kind, str) and kind.lower() == name:
                return view.string(rule, "Value")
    return None


def _written_prefix(edge: Edge, view: View) -> Any:
    """Where a delivery stream writes."""
    if edge.source.resource is None:
        return None
    for name in ("ExtendedS3DestinationConfiguration", "S3DestinationConfiguration"):
        prefix = view.string(edge.source.properties, name, "Prefix")
        if prefix is not None:
            return prefix
    return None
