"""The order of things in each column, so that few links cross; bands stay together and in one order everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Columns = list[list[int]]


class Ordering:
    """Items (boxes, labels, passing lines) in columns, joined only between neighbouring columns."""

    def __init__(self, columns: Columns, band: Sequence[int], ahead: Sequence[list[int]], behind: Sequence[list[int]]) -> None:
        self.columns = columns
        self.band = band
        """Item -> number of its band; bands lie below each other in that order."""
        self.ahead = ahead
        self.behind = behind

    def improve(self, starts: Sequence[Columns] = (), sweeps: int = 24) -> int:
        """Reorder the columns, from the order they have and from other `starts`; the number of crossings that are left."""
        best, fewest = [list(c) for c in self.columns], self.crossings()
        for start in (best, *starts):
            self.columns = [list(c) for c in start]
            idle = 0
            count = self.crossings()
            for sweep in range(sweeps):
                if count < fewest:
                    best, fewest = [list(c) for c in self.columns], count
                if not fewest or idle > 8:
                    break
                before = count
                self._sweep(down=sweep % 2 == 0, by_mean=sweep % 8 >= 6, flip=sweep % 4 >= 2)
                self._transpose(flip=sweep % 4 >= 2)
                count = self.crossings()
                idle = 0 if count < before * 0.995 else idle + 1
            if count < fewest:
                best, fewest = [list(c) for c in self.columns], count
        self.columns = best
        return fewest

    def crossings(self) -> int:
        """How many pairs of links cross, over all columns."""
        return sum(self._between(left, right) for left, right in pairwise(self.columns))

    def _between(self, left: list[int], right: list[int]) -> int:
        place = {item: i for i, item in enumerate(right)}
        ends = [p for item in left for p in sorted(place[n] for n in self.ahead[item])]
        return _inversions(ends, len(right))

    def _sweep(self, *, down: bool, by_mean: bool, flip: bool) -> None:
        numbers = range(1, len(self.columns)) if down else range(len(self.columns) - 2, -1, -1)
        neighbours = self.behind if down else self.ahead
        step = -1 if down else 1
        for number in numbers:
            place = {item: i for i, item in enumerate(self.columns[number + step])}
            column = self.columns[number]
            wanted = {item: _wanted([place[n] for n in neighbours[item]], by_mean) for item in column}
            self.columns[number] = _merge(column, wanted, self.band, flip)

    def _transpose(self, *, flip: bool) -> None:
        """Swap neighbours in a column where that removes crossings, until none does; with `flip` once also where it changes nothing."""
        stale = set(range(len(self.columns)))
        for turn in range(10):
            equal = flip and turn == 0
            changed = {number for number in sorted(stale) if self._swap(number, equal=equal)}
            if not changed:
                return
            stale = {n for number in changed for n in (number - 1, number, number + 1) if 0 <= n < len(self.columns)}

    def _swap(self, number: int, *, equal: bool) -> bool:
        """Go down one column once and swap neighbours; whether anything changed."""
        column = self.columns[number]
        if len(column) < 2:
            return False
        before = {item: i for i, item in enumerate(self.columns[number - 1])} if number else {}
        after = {item: i for i, item in enumerate(self.columns[number + 1])} if number + 1 < len(self.columns) else {}
        behind = [_places(self.behind[item], before) for item in column]
        ahead = [_places(self.ahead[item], after) for item in column]
        changed = False
        for i in range(len(column) - 1):
            if self.band[column[i]] != self.band[column[i + 1]]:
                continue
            ub, ua, lb, la = behind[i], ahead[i], behind[i + 1], ahead[i + 1]
            gain = _gain(ub, lb) + _gain(ua, la)
            if gain > 0 or (equal and gain == 0):
                column[i], column[i + 1] = column[i + 1], column[i]
                behind[i], behind[i + 1], ahead[i], ahead[i + 1] = lb, ub, la, ua
                changed = True
        return changed


def _places(items: list[int], place: dict[int, int]) -> list[int]:
    return [place[items[0]]] if len(items) == 1 else sorted(place[n] for n in items)


def _gain(upper: list[int], lower: list[int]) -> int:
    """How many crossings go away where the two change places."""
    if len(upper) == 1 and len(lower) == 1:
        return (upper[0] > lower[0]) - (upper[0] < lower[0])
    return _pairs(upper, lower) - _pairs(lower, upper) if upper and lower else 0


def _wanted(places: list[int], by_mean: bool) -> float | None:
    """Where an item wants to be: the mean, or the weighted median, of its neighbours' places."""
    if not places:
        return None
    if by_mean or len(places) < 3:
        return sum(places) / len(places)
    places.sort()
    middle = len(places) // 2
    if len(places) % 2:
        return float(places[middle])
    left, right = places[middle - 1] - places[0], places[-1] - places[middle]
    if left + right == 0:
        return (places[middle - 1] + places[middle]) / 2
    return (places[middle - 1] * right + places[middle] * left) / (left + right)


def _merge(column: list[int], wanted: dict[int, float | None], band: Sequence[int], flip: bool) -> list[int]:
    """The column by bands and wishes; items without a wish keep their place among those of their band. With `flip` equals change places."""
    result: list[int] = []
    by_band: dict[int, list[int]] = {}
    for item in column:
        by_band.setdefault(band[item], []).append(item)
    for number in sorted(by_band):
        items = by_band[number]
        wishing = [i for i in (reversed(items) if flip else items) if wanted[i] is not None]
        moving = sorted(wishing, key=lambda i: wanted[i] or 0.0)
        ahead = iter(moving)
        result += [item if wanted[item] is None else next(ahead) for item in items]
    return result


def _pairs(upper: list[int], lower: list[int]) -> int:
    """How many links of the upper item cross links of the lower one, given the sorted places of their other ends."""
    count = index = 0
    for place in upper:
        while index < len(lower) and lower[index] < place:
            index += 1
        count += index
    return count


def _inversions(values: list[int], size: int) -> int:
    """Pairs in the wrong order, by a binary indexed tree."""
    tree = [0] * (size + 1)
    count = 0
    for seen, value in enumerate(values):
        index = value + 1
        smaller = 0
        while index:
            smaller += tree[index]
            index &= index - 1
        count += seen - smaller
        index = value + 1
        while index <= size:
            tree[index] += 1
            index += index & -index
    return count
