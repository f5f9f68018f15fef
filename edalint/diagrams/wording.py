"""The few words that stand on arrows and in boxes: contracts made short, each word with whether it is only AWS's default."""

from __future__ import annotations

from collections.abc import Iterable

from edalint.facts.contracts import duration
from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.conditions import Undecided, describe
from edalint.model.graph import Edge, Node
from edalint.model.records import NamedTuple
from edalint.model.values import Unknown


class Word(NamedTuple):
    """A piece of a label."""

    text: str
    default: bool = False
    """The template does not say it: it is what AWS does by default."""
    breaks: bool = False
    """A new line may begin before it."""


Words = tuple[Word, ...]


def plain(words: Iterable[Word]) -> str:
    """The words as one line."""
    parts: list[str] = []
    for word in words:
        parts.append(f" · {word.text}" if parts and word.breaks else word.text)
    return "".join(parts)


def of_node(node: Node, view: View, *, scale: bool = False) -> Words:
    """What matters of a node's contract; in the view of scaling, what limits it."""
    words = _capacity(node, view) if scale else []
    if not words:
        words = _queue(node, view) if node.kind == "queue" else _other(node, view)
    if node.when is not True:
        words.append(Word(f"when {describe(node.when)}", breaks=True))
    return tuple(words)


def _queue(node: Node, view: View) -> list[Word]:
    known = node.attributes
    words = [Word("FIFO", breaks=True)] if known.get("fifo") is True else []
    hidden, receives, kept = (known.get(n) for n in ("visibility_timeout", "max_receive_count", "retention"))
    if isinstance(hidden, int):
        words.append(Word(f"{duration(hidden)} hidden", not _written(view, node, "VisibilityTimeout"), True))
    if isinstance(receives, int):
        words.append(Word(f"{receives} receive{'' if receives == 1 else 's'}", False, True))
    explicit = _written(view, node, "MessageRetentionPeriod")
    if isinstance(kept, int) and (explicit or not isinstance(receives, int)):
        words.append(Word(f"{duration(kept)} kept", not explicit, True))
    return words


def _other(node: Node, view: View) -> list[Word]:
    known = node.attributes
    if node.kind == "function" and isinstance(known.get("timeout"), (int, float)):
        return [Word(f"timeout {duration(known['timeout'])}", not _written(view, node, "Timeout"), True)]
    if node.kind in ("stream", "table") and isinstance(known.get("retention"), (int, float)) and view.out(node, "poll"):
        return [Word(f"{duration(known['retention'])} kept", not _written(view, node, "RetentionPeriodHours"), True)]
    details = str(known.get("details", ""))
    return [Word(details, False, True)] if details else []


def _capacity(node: Node, view: View) -> list[Word]:
    if node.kind == "function":
        reserved = _asked(view, node, "reserved_concurrency")
        if isinstance(reserved, int):
            return [Word(f"at most {reserved} at once", False, True)]
        return [Word("no limit of its own", True, True)] if reserved is None else []
    if node.kind == "service":
        words = (
            [Word(f"{count} task{'' if count == 1 else 's'}", not _written(view, node, "DesiredCount"), True)]
            if isinstance(count := _asked(view, node, "desired_count"), int)
            else []
        )
        for target in _asked(view, node, "scalable_targets") or ():
            low, high = (_get(view, target.properties, n) for n in ("MinCapacity", "MaxCapacity"))
            words.append(Word(f"scales {_number(low)} to {_number(high)}", False, True))
        return words
    return []


def _number(value: Any) -> str:
    return str(value) if isinstance(value, (int, str)) else "?"


def of_edge(edge: Edge, view: View, *, scale: bool = False) -> Words:
    """What an edge lets through and promises."""
    words: list[Word] = []
    integration = edge.attributes.get("integration")
    if isinstance(integration, str) and integration != "request-response":
        words.append(Word(integration, breaks=True))
    if edge.attributes.get("filter") and not scale:
        words.append(Word(str(edge.attributes["filter"]), breaks=True))
    if scale:
        words += _concurrency(edge, view)
    words += _delivery(edge, view)
    if edge.when is not True:
        words.append(Word(f"when {describe(edge.when)}", breaks=True))
    return tuple(words)


def _delivery(edge: Edge, view: View) -> list[Word]:
    found = edge.attributes
    explicit = _explicit(edge, view)
    words: list[Word] = []
    if isinstance(found.get("receives"), int):
        count = found["receives"]
        words.append(Word(f"after {count} receive{'' if count == 1 else 's'}", breaks=True))
    if isinstance(found.get("batch"), int) and found["batch"] != 1:
        words.append(Word(f"batch {found['batch']}", "batch" not in explicit, True))
    if isinstance(found.get("rate"), int):
        words.append(Word(f"{found['rate']}/s", "rate" not in explicit, True))
    words += _tries(edge, found, explicit, view)
    if found.get("ordering") in ("message-group", "shard", "partition") and edge.kind in ("deliver", "poll"):
        words.append(Word(f"by {found['ordering'].replace('-', ' ')}", breaks=True))
    return words


def _tries(edge: Edge, found: dict[str, Any], explicit: set[str], view: View) -> list[Word]:
    """How often and how long it is tried, and what then; a dead-letter queue is an arrow of its own and needs no word."""
    tries, seconds, end = found.get("attempts"), found.get("maximum_event_age"), found.get("when_exhausted")
    if edge.kind == "run":
        return [Word(_counted(tries), False, True)] if isinstance(tries, int) and tries else []
    if edge.kind not in ("deliver", "poll"):
        return []
    ends = {"dropped": ", dropped", "expires": ", deleted", "blocks": ", shard waits"}.get(str(end), "")
    if edge.source.kind == "pipe" and any(e.source.kind == "queue" for e in view.into(edge.source, "poll")):
        return []  # the arrow from the queue says it
    if edge.kind == "poll" and edge.source.kind == "queue":  # the queue's box says how often and how long
        return [Word(f"{duration(seconds)}{ends}", "age" not in explicit, True)] if ends and isinstance(seconds, int) else []
    words: list[Word] = []
    if isinstance(tries, int):
        words.append(Word(_counted(tries), "attempts" not in explicit, True))
    if isinstance(seconds, (int, float)):
        words.append(Word(f"{' / ' if words else ''}{duration(seconds)}", "age" not in explicit, not words))
    if ends and words:
        words.append(Word(ends))
    return words


def _counted(tries: Any) -> str:
    return f"{tries} {'retry' if tries == 1 else 'retries'}"


def _explicit(edge: Edge, view: View) -> set[str]:
    """Which of an edge's values the template writes."""
    part = edge.part
    places: dict[str, tuple[Any, tuple[str, ...]]] = {}
    if part is not None and part.kind == "target":
        places = {
            "attempts": (part.properties, ("RetryPolicy", "MaximumRetryAttempts")),
            "age": (part.properties, ("RetryPolicy", "MaximumEventAgeInSeconds")),
            "rate": (edge.target.properties, ("InvocationRateLimitPerSecond",)),
        }
    elif part is not None and part.kind == "mapping":
        places = {
            "batch": (part.properties, ("BatchSize",)),
            "attempts": (part.properties, ("MaximumRetryAttempts",)),
            "age": (part.properties, ("MaximumRecordAgeInSeconds",)),
        }
    if edge.kind == "poll" and edge.source.kind == "queue":
        places["age"] = (edge.source.properties, ("MessageRetentionPeriod",))
    return {name for name, (value, path) in places.items() if _get(view, value, *path) is not None}


def _concurrency(edge: Edge, view: View) -> list[Word]:
    part = edge.part
    if part is None or part.kind != "mapping":
        return []
    most = _get(view, part.properties, "ScalingConfig", "MaximumConcurrency")
    side = _get(view, part.properties, "ParallelizationFactor")
    if isinstance(most, int):
        return [Word(f"at most {most} at once", False, True)]
    return [Word(f"{side} per shard", False, True)] if isinstance(side, int) else []


def _written(view: View, node: Node, name: str) -> bool:
    return _get(view, node.properties, name) is not None


def _get(view: View, value: Any, *path: str) -> Any:
    """What stands there; an Unknown where it hangs on a choice (then the template does write it)."""
    try:
        return view.get(value, *path)
    except Undecided as undecided:
        return Unknown("", f"depends on {undecided.choice.label}")


def _asked(view: View, node: Node, name: str) -> Any:
    try:
        found = view.fact(node, name)
    except (Undecided, LookupError):
        return Unknown()
    return found
