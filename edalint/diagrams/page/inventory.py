"""The tables of the report: what each queue, topic and consumer promises, and what is lost when."""

from __future__ import annotations

from collections.abc import Iterable

from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.conditions import Undecided
from edalint.model.graph import EventGraph, Node
from edalint.model.records import NamedTuple
from edalint.model.values import OneOf, Ref, Text, Unknown, parts_of


class Table(NamedTuple):
    """A table of the inventory."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, list[str]]]
    """(node id, cells)."""


def tables(graph: EventGraph) -> list[Table]:
    """Queues, streams, routing and consumers, each with its budgets; tables without rows are left out."""
    view = View(graph)
    made = [_queues(graph, view), _routes(graph, view), _consumers(graph, view)]
    return [t for t in made if t.rows]


def _queues(graph: EventGraph, view: View) -> Table:
    columns = (
        "queue",
        "read by",
        "visibility",
        "kept for",
        "receives",
        "longest way to the dead-letter queue",
        "when a message keeps failing",
    )
    rows = []
    for node in graph.of_kind("queue"):
        visibility, receives, kept = (_fact(view, node, f) for f in ("visibility_timeout", "max_receive_count", "retention"))
        rows.append(
            (
                node.id,
                [
                    node.name,
                    _names(e.source.name if e.kind == "publish" else e.target.name for e in graph.out(node, "poll")),
                    _seconds(visibility),
                    _seconds(kept),
                    _plain(receives, "no limit"),
                    _product(visibility, receives),
                    _fate(graph, node, kept),
                ],
            )
        )
    return Table("Queues", columns, rows)


def _fate(graph: EventGraph, node: Node, kept: Any) -> str:
    ways = graph.out(node, "dead-letter")
    if ways:
        return "goes to " + _names(e.target.name for e in ways)
    if graph.into(node, "dead-letter", "on-failure"):
        return f"is a dead-letter queue; what nobody takes is deleted after {_seconds(kept)}"
    return f"comes back until it is deleted after {_seconds(kept)}"


def _routes(graph: EventGraph, view: View) -> Table:
    columns = ("from", "to", "contract", "when delivery fails")
    rows = []
    for node in graph.of_kind("rule", "schedule", "topic", "pipe", "bucket"):
        lost = [e.target.name for e in graph.out(node, "dead-letter")]
        for edge in graph.out(node, "deliver"):
            own = [e.target.name for e in graph.out(node, "dead-letter") if e.element == edge.element] or lost
            contract = str(edge.attributes.get("contract", ""))
            rows.append(
                (
                    node.id,
                    [f"{node.kind} {node.name}", edge.target.name, contract, "goes to " + _names(own) if own else "the event is dropped"],
                )
            )
    return Table("Routing", columns, rows)


def _consumers(graph: EventGraph, view: View) -> Table:
    columns = ("consumer", "kind", "fed by", "timeout", "on failure")
    rows = []
    for node in graph.of_kind("function", "service", "task", "state-machine", "job"):
        fed = [f"{e.source.name} ({e.kind})" for e in graph.into(node) if e.kind in ("poll", "deliver", "invoke", "run", "enrich")]
        if not fed:
            continue
        failure = [e.target.name for e in graph.out(node, "dead-letter", "on-failure")]
        timeout = _seconds(_fact(view, node, "timeout")) if node.kind == "function" else ""
        rows.append((node.id, [node.name, node.kind, _names(fed), timeout, _names(failure) or "—"]))
    return Table("Consumers", columns, rows)


def _fact(view: View, node: Node, name: str) -> Any:
    try:
        return view.fact(node, name)
    except Undecided as undecided:
        return Unknown("", f"depends on {undecided.choice.label}")
    except LookupError:
        return None


def _plain(value: Any, absent: str = "—") -> str:
    if value is None:
        return absent
    if isinstance(value, Unknown):
        return value.reason if value.reason.startswith("depends on") else "not known"
    if isinstance(value, (Text, Ref, OneOf)):
        return "".join(p if isinstance(p, str) else "…" for p in parts_of(value)) or "not known"
    return str(value)


def _seconds(value: Any) -> str:
    """A time as people say it: `30 s`, `15 min`, `4 days`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _plain(value)
    for size, word in ((86_400, "day"), (3600, "h"), (60, "min")):
        if value >= size and value % size == 0:
            count = int(value // size)
            return f"{count} {word}{'s' if word == 'day' and count != 1 else ''}"
    return f"{value} s"


def _product(visibility: Any, receives: Any) -> str:
    if isinstance(visibility, int) and isinstance(receives, int):
        return f"{receives} × {_seconds(visibility)} = {_long(receives * visibility)}"
    return "—" if receives is None else "not known"


def _long(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{n} {w}" for n, w in parts if n) or "0 s"


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
