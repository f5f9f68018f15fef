"""What each edge promises about one event: how often and how long it is tried, what happens then, in what order, how fast.

The numbers are those of the services' own documentation; a value that the templates leave open is left out, never guessed.
"""

from __future__ import annotations

from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.conditions import Undecided
from edalint.model.graph import Edge, EventGraph, Node, Part
from edalint.model.values import Map, Unknown

DEAD_LETTER, DROPPED, EXPIRES, BLOCKS, ERROR = "dead-letter", "dropped", "expires", "blocks", "error"
"""What happens to an event when the tries are used up: it is kept elsewhere; it is gone; it stays until it is too old, then it is
gone; its shard waits; the caller is told."""

TOPIC_RETRIES = {
    "sqs": (100_015, 23 * 86_400),
    "lambda": (100_015, 23 * 86_400),
    "firehose": (100_015, 23 * 86_400),
    "http": (3, 60),
    "https": (3, 60),
    "email": (50, 6 * 3600),
    "email-json": (50, 6 * 3600),
    "sms": (50, 6 * 3600),
    "application": (50, 6 * 3600),
}
"""Protocol -> retries after the first try, and over how many seconds:
https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html"""
WAITING = ("invoke", "run", "enrich", "publish")
"""Edges over which whoever sends is told when it fails."""
_STREAMS = ("kinesis", "dynamodb", "kafka")
_PIPE_STREAMS = ("KinesisStreamParameters", "DynamoDBStreamParameters")

Contract = dict[str, Any]


@fact("edge", gives="map")
def delivery(edge: Edge, view: View) -> Contract:
    """The whole contract of the edge: attempts, maximum_event_age, when_exhausted, ordering, duplication, rate, batch; what is not
    known or does not apply is left out.
    """
    maker = {"deliver": _pushed, "poll": _polled, "dead-letter": _given_up}.get(edge.kind)
    found = maker(edge, view) if maker is not None else {"when_exhausted": ERROR} if edge.kind in WAITING else {}
    if edge.kind == "publish" and edge.source.kind in ("bucket", "alarm", "table"):
        found = {}
    if edge.kind == "run":
        retries = view.fact(edge.part, "retries") if edge.part is not None and edge.part.kind == "state" else None
        found = {"attempts": retries or 0, "when_exhausted": ERROR} if not isinstance(retries, Unknown) else found
    return Map({k: v for k, v in found.items() if v is not None and not isinstance(v, Unknown)})


@fact("edge", gives="int")
def attempts(edge: Edge, view: View) -> Any:
    """How often the event is tried again after the first failure (185 for a rule, 100015 for SNS to a queue); absent without limit."""
    return view.fact(edge, "delivery").get("attempts")


@fact("edge", gives="int", name="maximum_event_age")
def age(edge: Edge, view: View) -> Any:
    """For how many seconds the event is tried or kept; absent where nothing limits it."""
    return view.fact(edge, "delivery").get("maximum_event_age")


@fact("edge", gives="string")
def when_exhausted(edge: Edge, view: View) -> Any:
    """What happens when the tries are used up: `dead-letter`, `dropped`, `expires` (kept until it is too old), `blocks`, `error`."""
    return view.fact(edge, "delivery").get("when_exhausted")


@fact("edge", gives="string")
def ordering(edge: Edge, view: View) -> Any:
    """What stays in order: `none`, `message-group`, `shard`, `partition`."""
    return view.fact(edge, "delivery").get("ordering")


@fact("edge", gives="string")
def duplication(edge: Edge, view: View) -> Any:
    """How often one event may arrive: `at-least-once`, `exactly-once`."""
    return view.fact(edge, "delivery").get("duplication")


@fact("edge", gives="int")
def rate(edge: Edge, view: View) -> Any:
    """How many events a second pass at most; absent without a limit of its own."""
    return view.fact(edge, "delivery").get("rate")


@fact("edge", gives="int")
def batch(edge: Edge, view: View) -> Any:
    """How many events one call carries at most; absent where it is one."""
    return view.fact(edge, "delivery").get("batch")


@fact("edge", gives="string")
def contract(edge: Edge, view: View) -> str | None:
    """The contract in a few words: `185 retries over 24 h, then dropped`."""
    return in_words(edge, view.fact(edge, "delivery")) or None


# pushed


def _pushed(edge: Edge, view: View) -> Contract:
    source = edge.source
    if source.kind == "topic":
        return _from_topic(edge, view)
    if source.kind == "pipe":
        return _through_pipe(edge, view)
    found: Contract = {"ordering": "none", "duplication": "at-least-once"}
    part = edge.part
    if part is not None and part.kind == "target":
        found["attempts"] = view.fact(part, "maximum_retry_attempts")
        found["maximum_event_age"] = view.fact(part, "maximum_event_age")
        found["when_exhausted"] = _kept_or(view.fact(part, "dead_letter"), DROPPED)
        found["rate"] = _rate(edge.target, view)
    elif source.kind == "bucket":
        found["when_exhausted"] = DROPPED
    elif source.kind == "rule":  # an IoT rule
        found["when_exhausted"] = DEAD_LETTER if view.out(source, "dead-letter") else DROPPED
    else:
        found = {}
    return found


def _from_topic(edge: Edge, view: View) -> Contract:
    part = edge.part
    protocol = view.fact(part, "protocol") if part is not None and part.kind == "subscription" else None
    tries, seconds = TOPIC_RETRIES.get(protocol, (None, None)) if isinstance(protocol, str) else (None, None)
    if protocol in ("http", "https") and part is not None and view.get(part.properties, "DeliveryPolicy") is not None:
        tries, seconds = None, None
    fifo = view.fact(edge.source, "fifo")
    grouped = fifo is True and edge.target.kind == "queue" and view.fact(edge.target, "fifo") is True
    return {
        "attempts": tries,
        "maximum_event_age": seconds,
        "when_exhausted": _kept_or(view.fact(part, "dead_letter"), DROPPED) if part is not None else None,
        "ordering": fifo if isinstance(fifo, Unknown) else "message-group" if grouped else "none",
        "duplication": "at-least-once",
    }


def _through_pipe(edge: Edge, view: View) -> Contract:
    """What a pipe's target does not take is tried again from the source on."""
    found: Contract = {"duplication": "at-least-once", "rate": _rate(edge.target, view)}
    for polled in view.into(edge.source, "poll"):
        found |= {k: v for k, v in _polled(polled, view).items() if k in ("attempts", "maximum_event_age", "when_exhausted")}
    return found


def _rate(target: Node, view: View) -> Any:
    if target.kind != "api-destination":
        return None
    from edalint.services.events import INVOCATION_RATE

    return view.integer(target.properties, "InvocationRateLimitPerSecond", default=INVOCATION_RATE.value)


def _given_up(edge: Edge, view: View) -> Contract:
    """After how many receives a queue gives a message up."""
    receives = view.fact(edge.source, "max_receive_count") if edge.source.kind == "queue" else None
    return {"receives": receives}


# polled


def _polled(edge: Edge, view: View) -> Contract:
    source = edge.source
    if source.kind == "queue":
        return _from_queue(edge, view)
    if source.kind in ("stream", "table"):
        return _from_stream(edge, view)
    found: Contract = {"duplication": "at-least-once"}
    return found if source.kind == "broker" else {}


def _from_queue(edge: Edge, view: View) -> Contract:
    queue = edge.source
    receives = view.fact(queue, "max_receive_count")
    fifo = view.fact(queue, "fifo")
    return {
        "attempts": receives - 1 if isinstance(receives, int) else receives,
        "maximum_event_age": view.fact(queue, "retention"),
        "when_exhausted": _kept_or(view.fact(queue, "dead_letter"), EXPIRES),
        "ordering": fifo if isinstance(fifo, Unknown) else "message-group" if fifo else "none",
        "duplication": "at-least-once",
        "batch": _batch(edge, view),
    }


def _from_stream(edge: Edge, view: View) -> Contract:
    """A stream's batch is tried until it expires, unless limits are set; then what is given up is kept or skipped."""
    part = edge.part
    if edge.target.kind == "pipe":
        tries, seconds, kept = _limits_of_pipe(edge.target, view)
    elif part is not None and part.kind == "mapping":
        tries, seconds, kept = (view.fact(part, n) for n in ("maximum_retry_attempts", "maximum_record_age", "on_failure"))
    else:
        return {"duplication": "at-least-once"}
    endless = tries == -1 and seconds == -1
    given_up = BLOCKS if endless else _kept_or(kept, DROPPED)
    return {
        "attempts": None if tries == -1 else tries,
        "maximum_event_age": view.fact(edge.source, "retention") if seconds == -1 else seconds,
        "when_exhausted": given_up,
        "ordering": "partition" if edge.source.data.get("product") == "kafka" else "shard",
        "duplication": "at-least-once",
        "batch": _batch(edge, view),
    }


def _limits_of_pipe(pipe: Node, view: View) -> tuple[Any, Any, Any]:
    for name in _PIPE_STREAMS:
        written = view.get(pipe.properties, "SourceParameters", name)
        if written is not None:
            tries = view.integer(written, "MaximumRetryAttempts", default=-1)
            return tries, view.integer(written, "MaximumRecordAgeInSeconds", default=-1), view.fact(pipe, "dead_letter")
    return -1, -1, None


def _batch(edge: Edge, view: View) -> Any:
    part: Part | None = edge.part
    if part is not None and part.kind == "mapping":
        return view.fact(part, "batch_size")
    return None


def _kept_or(kept: Any, otherwise: str) -> Any:
    return kept if isinstance(kept, Unknown) else otherwise if kept is None else DEAD_LETTER


# words


def in_words(edge: Edge, found: Contract) -> str:
    """A contract as paths and diagrams print it."""
    words: list[str] = []
    if "receives" in found:
        words.append(f"after {found['receives']} receive{'' if found['receives'] == 1 else 's'}")
    if "batch" in found and found["batch"] != 1:
        words.append(f"batch {found['batch']}")
    if "rate" in found:
        words.append(f"{found['rate']}/s")
    tries, seconds = found.get("attempts"), found.get("maximum_event_age")
    retries = f"{tries} {'retry' if tries == 1 else 'retries'}" if tries is not None else ""
    if edge.kind in ("deliver", "poll"):
        polled = edge.kind == "poll"
        over = f" over {duration(seconds)}" if seconds is not None and (not polled or found.get("when_exhausted") != DEAD_LETTER) else ""
        if retries:
            words.append(retries + over)
        elif seconds is not None:
            words.append(f"retried for {duration(seconds)}")
    elif edge.kind == "run" and tries:
        words.append(retries)
    ends = {DEAD_LETTER: "then dead-lettered", DROPPED: "then dropped", EXPIRES: "then deleted", BLOCKS: "its shard waits"}
    end = ends.get(found.get("when_exhausted", ""))
    if end is not None and words:
        words.append(end)
    if found.get("ordering") in ("message-group", "shard", "partition"):
        words.append(f"in order by {found['ordering'].replace('-', ' ')}")
    return ", ".join(words)


def duration(seconds: Any) -> str:
    """A time in its largest whole unit: `30 s`, `6 h`, `4 d`."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0 and not (unit == "d" and seconds == size):
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"


# attributes for reports

NODE_FACTS: dict[str, tuple[str, ...]] = {
    "queue": ("fifo", "visibility_timeout", "retention", "max_receive_count", "delay"),
    "topic": ("fifo",),
    "function": ("timeout",),
    "stream": ("retention",),
    "table": ("retention",),
    "state-machine": ("workflow",),
}
"""Kind of node -> the facts that reports show of it."""


def describe(graph: EventGraph) -> None:
    """Put the contracts of edges and nodes into their `attributes`, for reports and diagrams; what is open is left out."""
    view = View(graph)
    for node in graph.nodes.values():
        if node.resource is not None:
            _describe_node(node, view)
    for edge in graph.edges:
        found = _asked(view, edge, "delivery")
        if isinstance(found, dict):
            for name, value in found.items():
                edge.attributes.setdefault(name, value)
            words = in_words(edge, found)
            if words:
                edge.attributes.setdefault("contract", words)
        summary = filter_in_words(edge, view)
        if summary:
            edge.attributes.setdefault("filter", summary)


def _describe_node(node: Node, view: View) -> None:
    found = {name: _asked(view, node, name) for name in NODE_FACTS.get(node.kind, ())}
    for name, value in found.items():
        if isinstance(value, (str, int, bool)):
            node.attributes.setdefault(name, value)
    details = _details(node, node.attributes, view)
    if details:
        node.attributes.setdefault("details", details)


def _asked(view: View, subject: Node | Edge, name: str) -> Any:
    try:
        return view.fact(subject, name)
    except (Undecided, LookupError):
        return None


def _details(node: Node, known: dict[str, Any], view: View) -> str:
    """One line of what matters of a node."""
    words: list[str] = []
    if known.get("fifo") is True:
        words.append("FIFO")
    if node.kind == "queue":
        if "visibility_timeout" in known:
            words.append(f"{duration(known['visibility_timeout'])} hidden")
        if "max_receive_count" in known:
            words.append(f"{known['max_receive_count']} receives")
        if "retention" in known:
            words.append(f"{duration(known['retention'])} kept")
    elif node.kind == "function" and "timeout" in known:
        words.append(f"{duration(known['timeout'])} at most")
    elif node.kind in ("stream", "table") and "retention" in known and view.graph.out(node, "poll"):
        words.append(f"{duration(known['retention'])} kept")
    elif known.get("workflow") == "EXPRESS":
        words.append("express")
    elif node.kind in ("rule", "schedule"):
        expression = _written(view, node.properties, "ScheduleExpression")
        if expression:
            words.append(expression)
    elif node.kind == "api-destination":
        rate = _rate(node, view)
        words += [f"{rate}/s"] if isinstance(rate, int) else []
    return ", ".join(words)


def _written(view: View, value: Any, *path: str) -> str:
    try:
        found = view.get(value, *path)
    except Undecided:
        return ""
    return found if isinstance(found, str) else ""


MAX_FILTER = 60
"""Characters of a filter that a diagram shows."""


def filter_in_words(edge: Edge, view: View) -> str:
    """What an edge lets through, in short: source and detail-type of a pattern, keys of a filter policy."""
    if edge.kind == "match":
        pattern = _map(view, edge.target.properties, "EventPattern")
        return _shortened(" / ".join(_values(view, pattern, key) for key in ("source", "detail-type") if _values(view, pattern, key)))
    part = edge.part
    if part is not None and part.kind == "subscription":
        return _shortened(", ".join(_map(view, part.properties, "FilterPolicy")))
    if part is not None and part.kind == "notification":
        return _shortened(", ".join(_strings(view, part.data.get("events"))))
    return ""


def _map(view: View, value: Any, name: str) -> dict[str, Any]:
    from edalint.model.graph import Place
    from edalint.services._shared import structured

    try:
        found = view.value(structured(view.get(value, name), Place(value, name)))
    except Undecided:
        return {}
    return found if isinstance(found, dict) else {}


def _values(view: View, pattern: dict[str, Any], key: str) -> str:
    return "|".join(_strings(view, pattern.get(key)))


def _strings(view: View, value: Any) -> list[str]:
    try:
        found = view.elements(value)
    except Undecided:
        return []
    return [v for v in found if isinstance(v, str)] if isinstance(found, list) else []


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_FILTER else text[: MAX_FILTER - 1] + "…"
