"""Heights: how far down each item of a column stands, so that links run straight where they can.

Each column is solved exactly for fixed neighbours (weighted least squares under least distances: pool adjacent violators),
column after column, forth and back. Lanes are then put below each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Item(NamedTuple):
    """Something in a column."""

    height: float
    margin: float
    """Empty space that it keeps above and below."""
    lane: int
    line: float
    """Where, from its upper edge, links enter and leave it."""


Pull = tuple[int, float]
"""A neighbour and how strongly the item wants to be level with it."""


def heights(columns: list[list[int]], items: Sequence[Item], pulls: Sequence[list[Pull]], rounds: int = 12) -> list[float]:
    """The upper edge of each item; items of a column do not overlap and lanes do not mix.

    `pulls`: item -> its neighbours in the columns beside it.
    """
    line = [0.0] * len(items)
    for column in columns:
        _stack(column, items, line)
    beside = {item: number for number, column in enumerate(columns) for item in column}
    for turn in range(rounds):
        forth = turn % 2 == 0
        for number in range(len(columns)) if forth else range(len(columns) - 1, -1, -1):
            _settle(columns[number], items, line, pulls, number, beside, both=turn >= 2, forth=forth)
    _separate_lanes(columns, items, line)
    for turn in range(4):
        for number in range(len(columns)) if turn % 2 == 0 else range(len(columns) - 1, -1, -1):
            _settle(columns[number], items, line, pulls, number, beside, both=True, forth=True)
        _separate_lanes(columns, items, line)
    top = min((line[i] - items[i].line for column in columns for i in column), default=0.0)
    return [line[i] - items[i].line - top for i in range(len(items))]


def _stack(column: list[int], items: Sequence[Item], line: list[float]) -> None:
    y = 0.0
    for i in column:
        line[i] = y + items[i].margin + items[i].line
        y += items[i].height + 2 * items[i].margin


def _settle(
    column: list[int],
    items: Sequence[Item],
    line: list[float],
    pulls: Sequence[list[Pull]],
    number: int,
    beside: dict[int, int],
    *,
    both: bool,
    forth: bool,
) -> None:
    """The best heights in one column for the neighbours as they stand."""
    if not column:
        return
    wished: list[float] = []
    weights: list[float] = []
    offset = 0.0
    offsets: list[float] = []
    previous: int | None = None
    for i in column:
        if previous is not None:
            offset += _distance(items[previous], items[i])
        offsets.append(offset)
        previous = i
        near = [(n, w) for n, w in pulls[i] if both or (beside[n] < number) is forth]
        total = sum(w for _, w in near)
        if total:
            wished.append(sum(line[n] * w for n, w in near) / total - offset)
            weights.append(total)
        else:
            wished.append(line[i] - offset)
            weights.append(0.01)
    for i, o, y in zip(column, offsets, _pool(wished, weights), strict=True):
        line[i] = y + o


def _distance(upper: Item, lower: Item) -> float:
    """The least distance between the lines of two neighbours in a column."""
    return upper.height - upper.line + max(upper.margin, lower.margin) + lower.line


def _pool(wished: list[float], weights: list[float]) -> list[float]:
    """The non-decreasing values nearest to the wished ones, by weighted squares."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(wished, weights, strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (v1, w1, n1), (v2, w2, n2) = blocks[-2:]
            blocks[-2:] = [((v1 * w1 + v2 * w2) / (w1 + w2), w1 + w2, n1 + n2)]
    return [value for value, _, count in blocks for _ in range(count)]


LANE_GAP = 46.0
"""Space between two lanes: their frames, and the title of the lower one."""


def _separate_lanes(columns: list[list[int]], items: Sequence[Item], line: list[float]) -> None:
    """Move whole lanes so that each lies below the one before it."""
    spans: dict[int, tuple[float, float]] = {}
    for column in columns:
        for i in column:
            top, bottom = line[i] - items[i].line, line[i] - items[i].line + items[i].height
            low, high = spans.get(items[i].lane, (top, bottom))
            spans[items[i].lane] = (min(low, top), max(high, bottom))
    y: float | None = None
    shift: dict[int, float] = {}
    for lane in sorted(spans):
        low, high = spans[lane]
        shift[lane] = 0.0 if y is None else y - low
        y = high + shift[lane] + LANE_GAP
    for column in columns:
        for i in column:
            line[i] += shift[items[i].lane]
