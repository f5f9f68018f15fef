"""Which nodes a wildcard may cover, found by how their names begin: a team's wildcard is not compared with every queue."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable

from edalint.iam.document import Statement
from edalint.inference.grants import Reading, Wide
from edalint.model.graph import Node
from edalint.model.lazy import pattern
from edalint.model.values import parts_of

_WILDCARD = pattern(r"[*?]")
_LAST = "\U0010ffff"


class Heads:
    """Nodes by what is known at the beginning of the last field of their ARN."""

    def __init__(self, reading: Reading, nodes: Iterable[Node], wanted: Callable[[Node], bool] = lambda node: True) -> None:
        self.nodes = list(nodes)
        self._wanted = wanted
        """Whether a node is still asked about; who is not once, is never again."""
        self._of: dict[str, list[int]] = {"": []}
        """Beginning -> places of nodes; the empty one is of those whose ARN begins with something that is not known."""
        for place, node in enumerate(self.nodes):
            arn = reading.arn(node.resource) if node.resource is not None else None
            first = next(iter(parts_of(arn.resource)), None) if arn is not None else None
            self._of.setdefault(first if isinstance(first, str) else "", []).append(place)
        self._sorted = sorted(self._of)

    def near(self, heads: Iterable[str]) -> list[Node]:
        """The nodes, in order, whose ARN may go on as one of these begins: one is the beginning of the other."""
        beginnings: set[str] = {""}
        for head in heads:
            begin, end = bisect_left(self._sorted, head), bisect_left(self._sorted, head + _LAST)
            beginnings.update(self._sorted[begin:end])
            beginnings.update(head[:size] for size in range(1, len(head)) if head[:size] in self._of)
        return [self.nodes[place] for place in sorted(place for known in beginnings for place in self._left(known))]

    def _left(self, beginning: str) -> list[int]:
        left = self._of[beginning] = [place for place in self._of[beginning] if self._wanted(self.nodes[place])]
        return left


def heads_of(reading: Reading, wide: Wide) -> list[str] | None:
    """How what a statement names begins; None where it may name anything."""
    statement: Statement = wide.statement
    if wide.managed or statement.unknown or statement.resources is None:
        return None
    heads: list[str] = []
    for entry in statement.resources:
        named = reading.pattern(entry)
        first = next(iter(parts_of(named.resource)), None) if named is not None else None
        head = _WILDCARD.split(first, maxsplit=1)[0] if isinstance(first, str) else ""
        if not head:
            return None
        heads.append(head)
    return heads
