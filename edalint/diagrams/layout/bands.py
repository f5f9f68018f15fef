"""Bands: which boxes share a horizontal strip of the drawing, so that the frames of groups never overlap.

A group without groups inside is a strip of its own; strips of one parent whose columns do not meet lie side by side in one
band. Boxes that stand beside groups, outside of any, go into the gaps of those bands, near to what they are joined with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from edalint.diagrams.layout.model import Box, Link
from edalint.diagrams.layout.ranks import connected

Group = tuple[str, ...]
MOST_PASSES = 6
"""How often the order of strips is gone over for a better one."""

NEAR = 2
"""Bands above in which a strip that is joined with others may still stand."""
MOST_MET = 24
"""How many links of one box outside are looked at."""


class _Strip:
    """Boxes that stay together: a whole group, with the bands it needs by itself."""

    def __init__(self, bands: list[list[str]], columns: Iterable[int], *, plain: bool) -> None:
        self.bands = bands
        taken = list(columns)
        self.first, self.last = min(taken), max(taken)
        self.plain = plain
        """It has a single band, which others may share."""


class Bands:
    """The band of each box, and how much room lies between neighbouring bands."""

    def __init__(self, boxes: Sequence[Box], links: Sequence[Link], column: Mapping[str, int]) -> None:
        self.boxes = boxes
        self.column = column
        self.joined: dict[str, list[tuple[str, float]]] = {b.id: [] for b in boxes}
        for link in links:
            self.joined[link.source].append((link.target, link.weight))
            self.joined[link.target].append((link.source, link.weight))
        self.members: dict[Group, list[Box]] = {}
        self.inner: dict[Group, list[Group]] = {}
        for box in boxes:
            for depth in range(len(box.group)):
                inside = self.inner.setdefault(box.group[:depth], [])
                if box.group[: depth + 1] not in inside:
                    inside.append(box.group[: depth + 1])
            self.members.setdefault(box.group, []).append(box)
        self.part = {id: n for n, part in enumerate(connected([b.id for b in boxes], [(k.source, k.target) for k in links])) for id in part}
        bands = self._arrange(())
        self.of = {id: number for number, band in enumerate(bands) for id in band}
        self.count = len(bands)
        self.depths = self._depths()

    def _depths(self) -> list[tuple[int, int]]:
        """Of each band: how many frames end below it and how many begin above it, at most, one inside the other."""
        first: dict[Group, int] = {}
        last: dict[Group, int] = {}
        for box in self.boxes:
            band = self.of[box.id]
            for depth in range(1, len(box.group) + 1):
                name = box.group[:depth]
                first[name] = min(first.get(name, band), band)
                last[name] = max(last.get(name, band), band)
        ends, begins = [0] * self.count, [0] * self.count
        for box in self.boxes:
            band = self.of[box.id]
            names = [box.group[:depth] for depth in range(1, len(box.group) + 1)]
            ends[band] = max(ends[band], sum(last[n] == band for n in names))
            begins[band] = max(begins[band], sum(first[n] == band for n in names))
        return list(zip(ends, begins, strict=True))

    def _arrange(self, group: Group) -> list[list[str]]:
        inner = self.inner.get(group, [])
        own = [b.id for b in self.members.get(group, [])]
        if not inner:
            return self._by_part(own)
        strips = [self._strip(name) for name in inner]
        bands: list[list[str]] = []
        shared: dict[int, list[_Strip]] = {}
        for strip in self._in_order(strips):
            number = self._free(strip, shared, len(bands)) if strip.plain else None
            if number is None:
                number = len(bands)
                bands += strip.bands
                if strip.plain:
                    shared[number] = [strip]
            else:
                bands[number] += strip.bands[0]
                shared[number].append(strip)
        return self._with_loose(bands, shared, own)

    def _by_part(self, own: Sequence[str]) -> list[list[str]]:
        """A band for each connected part of the whole drawing, so that parts do not mix; what is joined with nothing shares the last."""
        parts: dict[int, list[str]] = {}
        alone: list[str] = []
        for id in own:
            (parts.setdefault(self.part[id], []) if self.joined[id] else alone).append(id)
        return [*parts.values(), *([alone] if alone else [])]

    def _strip(self, name: Group) -> _Strip:
        bands = self._arrange(name)
        return _Strip(bands, (self.column[i] for band in bands for i in band), plain=len(bands) == 1 and name not in self.inner)

    def _free(self, strip: _Strip, shared: Mapping[int, list[_Strip]], count: int) -> int | None:
        """A band whose strips all end before this one begins, or begin after it ends; the last such.

        Only what is joined with nothing may go far up: the order has put what is joined near each other.
        """
        outside = any(o not in strip.bands[0] for i in strip.bands[0] for o, _ in self.joined[i])
        first = count - NEAR if outside else 0
        fitting = [n for n, there in shared.items() if n >= first and all(strip.last < s.first or s.last < strip.first for s in there)]
        return fitting[-1] if fitting else None

    def _in_order(self, strips: list[_Strip]) -> list[_Strip]:
        """The order in which joined strips are near: single moves are tried until none makes the links shorter."""
        of = {id: n for n, strip in enumerate(strips) for band in strip.bands for id in band}
        weight: dict[tuple[int, int], float] = {}
        for id, here in of.items():
            for other, w in self.joined[id]:
                there = of.get(other, here)
                if there != here:
                    weight[here, there] = weight.get((here, there), 0.0) + w
        for id in self.joined:  # strips that meet at a box which stands outside of all
            met = [(of[o], w) for o, w in self.joined[id] if o in of] if id not in of else []
            for number, (here, one) in enumerate(met[:MOST_MET]):
                for there, two in met[number + 1 : MOST_MET]:
                    if there != here:
                        weight[here, there] = weight.get((here, there), 0.0) + min(one, two) / len(met)
        order = list(range(len(strips)))
        if len(strips) > 40:
            return strips

        def length(order: list[int]) -> float:
            place = {n: i for i, n in enumerate(order)}
            return sum(w * abs(place[a] - place[b]) for (a, b), w in weight.items())

        best = length(order)
        for _ in range(MOST_PASSES):
            before = best
            for strip in list(order):
                rest = [n for n in order if n != strip]
                for at in range(len(order)):
                    tried = [*rest[:at], strip, *rest[at:]]
                    cost = length(tried)
                    if cost < best - 1e-9:
                        order, best = tried, cost
            if best >= before - 1e-9:
                break
        return [strips[n] for n in order]

    def _with_loose(self, bands: list[list[str]], shared: Mapping[int, list[_Strip]], own: Sequence[str]) -> list[list[str]]:
        """Boxes without a group of their own go into free columns of the bands, else above or below everything."""
        place = {id: float(n) for n, band in enumerate(bands) for id in band}
        above: list[str] = []
        below: list[str] = []
        for id in own:
            near = [(place[o], w) for o, w in self.joined[id] if o in place]
            wanted = sum(p * w for p, w in near) / sum(w for _, w in near) if near else 0.0
            column = self.column[id]
            free = [n for n, there in shared.items() if all(not s.first <= column <= s.last for s in there)]
            nearest = min(free, key=lambda n: (abs(n - wanted), n)) if free else None
            outside = -1.0 if wanted < len(bands) / 2 and near else float(len(bands))
            if nearest is not None and abs(nearest - wanted) <= abs(outside - wanted):
                bands[nearest].append(id)
                place[id] = float(nearest)
            else:
                (above if outside < 0 else below).append(id)
                place[id] = outside
        return [*([above] if above else []), *bands, *([below] if below else [])]
