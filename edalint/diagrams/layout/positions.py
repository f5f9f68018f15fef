"""Heights: how far down each item of a column stands, so that links run straight where they can.

Each column is solved exactly for fixed neighbours (weighted least squares under least distances: pool adjacent violators),
column after column, forth and back. Where the drawing has bands, each is as high as its fullest column and its items stay inside.
"""

from __future__ import annotations

from collections.abc import Sequence

from edalint.model.records import NamedTuple


class Item(NamedTuple):
    """Something in a column."""

    height: float
    margin: float
    """Empty space that it keeps above and below."""
    band: int
    line: float
    """Where, from its upper edge, links enter and leave it."""


Pull = tuple[int, float]
"""A neighbour and how strongly the item wants to be level with it."""


def heights(
    columns: list[list[int]], items: Sequence[Item], pulls: Sequence[list[Pull]], gaps: Sequence[float] = (), rounds: int = 12
) -> list[float]:
    """The upper edge of each item; items of a column do not overlap and bands do not mix.

    `pulls`: item -> its neighbours in the columns beside it. `gaps`: the space between each band and the next.
    """
    line = [0.0] * len(items)
    bounds = _bounds(columns, items, pulls, gaps) if gaps else None
    parts = [[(number, part) for part in _by_band(column, items)] for number, column in enumerate(columns)]
    for column in parts:
        for _, part in column:
            _stack(part, items, line, bounds[items[part[0]].band][0] if bounds else 0.0)
    beside = {item: number for number, column in enumerate(columns) for item in column}
    for turn in range(rounds + 4):
        forth = turn % 2 == 0 or turn >= rounds
        for column in parts if turn % 2 == 0 else reversed(parts):
            for number, part in column:
                span = bounds[items[part[0]].band] if bounds else None
                _settle(part, items, line, pulls, number, beside, both=turn >= 2, forth=forth, span=span)
    if bounds:
        _close_up(items, line, gaps)
    top = min((line[i] - items[i].line for column in columns for i in column), default=0.0)
    return [line[i] - items[i].line - top for i in range(len(items))]


def _by_band(column: list[int], items: Sequence[Item]) -> list[list[int]]:
    """A column in its bands, from above."""
    parts: list[list[int]] = []
    for i in column:
        if parts and items[parts[-1][0]].band == items[i].band:
            parts[-1].append(i)
        else:
            parts.append([i])
    return parts


def _bounds(
    columns: list[list[int]], items: Sequence[Item], pulls: Sequence[list[Pull]], gaps: Sequence[float]
) -> list[tuple[float, float]]:
    """Where each band begins and ends: it is as high as the fullest column in it, and a little room to straighten links.

    A band that is joined with no other needs no bounds: nothing pulls it apart.
    """
    heights = [0.0] * (len(gaps) + 1)
    for column in columns:
        for part in _by_band(column, items):
            line: dict[int, float] = {}
            _stack(part, items, line, 0.0)
            last = part[-1]
            band = items[last].band
            heights[band] = max(heights[band], line[last] - items[last].line + items[last].height + ROOM * (len(part) > 1))
    joined = {items[i].band for i, near in enumerate(pulls) if any(items[n].band != items[i].band for n, _ in near)}
    bounds, y = [], 0.0
    for band, (height, gap) in enumerate(zip(heights, [*gaps, 0.0], strict=True)):
        bounds.append((y, y + height) if band in joined else (0.0, float("inf")))
        y += height + gap
    return bounds


def _stack(part: list[int], items: Sequence[Item], line: list[float] | dict[int, float], top: float) -> None:
    previous: int | None = None
    for i in part:
        line[i] = top + items[i].line if previous is None else line[previous] + _distance(items[previous], items[i])
        previous = i


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
    span: tuple[float, float] | None,
) -> None:
    """The best heights in one column (in one band: within its `span`) for the neighbours as they stand."""
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
    least, most = float("-inf"), float("inf")
    if span is not None:
        first, last = items[column[0]], items[column[-1]]
        least = span[0] + first.line if span[1] < float("inf") else float("-inf")
        most = max(least, span[1] - (last.height - last.line) - offset)
    for i, o, y in zip(column, offsets, _pool(wished, weights), strict=True):
        line[i] = min(max(y, least), most) + o


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


ROOM = 18.0
"""How much higher a band is than its fullest column."""


def _close_up(items: Sequence[Item], line: list[float], gaps: Sequence[float]) -> None:
    """Move whole bands so that each lies right below the one before it."""
    spans: dict[int, tuple[float, float]] = {}
    for i, item in enumerate(items):
        top = line[i] - item.line
        low, high = spans.get(item.band, (top, top))
        spans[item.band] = (min(low, top), max(high, top + item.height))
    shift: dict[int, float] = {}
    y = 0.0
    for band in sorted(spans):
        low, high = spans[band]
        shift[band] = y - low
        y += high - low + (gaps[band] if band < len(gaps) else 0.0)
    for i, item in enumerate(items):
        line[i] += shift[item.band]
