"""Which nodes a wildcard may cover, found by how their names begin: a team's wildcard is not compared with every queue."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from edalint.iam.document import Statement
from edalint.inference.grants import ARN_FIELDS, RESOURCE, Reading, Wide
from edalint.model.graph import Node
from edalint.model.lazy import pattern
from edalint.model.values import parts_of

_WILDCARD = pattern(r"[*?]")
_LAST = "\U0010ffff"


class Heads:
    """Nodes by what is known at the beginning of the last field of their ARN."""

    def __init__(self, reading: Reading, nodes: Iterable[Node]) -> None:
        self.nodes = list(nodes)
        self._open: list[int] = []
        """Places of nodes whose ARN begins with something that is not known."""
        self._of: dict[str, list[int]] = {}
        for place, node in enumerate(self.nodes):
            arn = reading.arn(node.resource) if node.resource is not None else []
            first = next(iter(parts_of(arn[RESOURCE])), None) if len(arn) >= ARN_FIELDS else None
            if isinstance(first, str):
                self._of.setdefault(first, []).append(place)
            else:
                self._open.append(place)
        self._sorted = sorted(self._of)

    def near(self, heads: Iterable[str]) -> list[Node]:
        """The nodes, in order, whose ARN may go on as one of these begins: one is the beginning of the other."""
        places = list(self._open)
        for head in heads:
            begin, end = bisect_left(self._sorted, head), bisect_left(self._sorted, head + _LAST)
            longer = self._sorted[begin:end]
            shorter = [head[:size] for size in range(1, len(head)) if head[:size] in self._of]
            for known in (*shorter, *longer):
                places += self._of[known]
        return [self.nodes[place] for place in sorted(set(places))]


def heads_of(reading: Reading, wide: Wide) -> list[str] | None:
    """How what a statement names begins; None where it may name anything."""
    statement: Statement = wide.statement
    if wide.managed or statement.unknown or statement.resources is None:
        return None
    heads: list[str] = []
    for entry in statement.resources:
        fields = reading.pattern(entry)
        first = next(iter(parts_of(fields[RESOURCE])), None) if len(fields) >= ARN_FIELDS else None
        head = _WILDCARD.split(first, maxsplit=1)[0] if isinstance(first, str) else ""
        if not head:
            return None
        heads.append(head)
    return heads
