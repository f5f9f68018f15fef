"""The layout from boxes and links to a drawing: columns, passing lines, labels, curves."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Sequence
from itertools import pairwise

from edalint.diagrams.layout.bands import Bands
from edalint.diagrams.layout.model import Box, Drawing, Link, Placed, Route
from edalint.diagrams.layout.order import Ordering
from edalint.diagrams.layout.positions import Item, heights
from edalint.diagrams.layout.ranks import Arc, assign, cut_cycles

COLUMN_GAP = 30.0
"""The least space between a column of boxes and the column of labels beside it."""
BOX_MARGIN = 14.0
LINE_MARGIN = 7.0
LABEL_MARGIN = 5.0
GROUP_PADDING = 14.0
GROUP_TITLE = 24.0
BAND_GAP = 12.0
LOOP_ROOM = 12.0
STEEP = 0.16
"""How much wider a gap becomes for each pixel that its steepest link climbs."""
WIDEST_GAP = 120.0


class _Layout:
    def __init__(self, boxes: Sequence[Box], links: Sequence[Link]) -> None:
        self.boxes = list(boxes)
        self.links = [k for k in links if k.source != k.target]
        self.loops = [k for k in links if k.source == k.target]
        self.items: list[Item] = []
        self.widths: list[float] = []
        self.column_of: list[int] = []
        self.columns: list[list[int]] = []
        self.ahead: list[list[int]] = []
        self.behind: list[list[int]] = []
        self.pulls: list[list[tuple[int, float]]] = []
        self.box_item: dict[str, int] = {}
        self.room_above: dict[str, float] = {}
        """Space that belongs to a box for the link from it to itself."""
        self.chains: dict[str, list[int]] = {}
        """Link -> the items it passes, source first (in the direction of the columns)."""
        self.label_item: dict[str, int] = {}
        self.turned: set[str] = set()
        self.bands: Bands
        """Strips of the drawing that hold whole groups."""

    def run(self) -> Drawing:
        self._rank()
        ordering = self._ordering()
        large = len(self.items) > 4000
        crossings = ordering.improve([] if large else self._other_starts(), (4 if len(self.items) > 8000 else 6) if large else 24)
        self.columns = ordering.columns
        gaps = self._gaps()
        tops = heights(self.columns, self.items, self.pulls, gaps, 12 if len(self.items) < 5000 else 4)
        return self._draw(tops, crossings)

    def _gaps(self) -> list[float]:
        """The space between each band and the next: room for the frames that end and begin there."""
        depths = self.bands.depths
        frames = [GROUP_PADDING * upper[0] + GROUP_TITLE * lower[1] for upper, lower in pairwise(depths)]
        return [max(BAND_GAP + frame, 2 * BOX_MARGIN) for frame in frames]

    # columns

    def _rank(self) -> None:
        names = [b.id for b in self.boxes]
        turned = cut_cycles(names, [(k.source, k.target, k.feedback) for k in self.links])
        self.turned = {self.links[i].id for i in turned}
        arcs = []
        for i, link in enumerate(self.links):
            source, target = (link.target, link.source) if i in turned else (link.source, link.target)
            arcs.append(Arc(source, target, 1, link.weight))
        rank = assign(names, arcs)
        last = self._spread_lonely(rank)
        self.columns = [[] for _ in range(2 * last + 1)]
        self.bands = Bands(self.boxes, self.links, {b.id: rank[b.id] for b in self.boxes})
        above: dict[str, float] = {}
        wide: dict[str, float] = {}
        for loop in self.loops:
            above[loop.source] = above.get(loop.source, LOOP_ROOM) + loop.label[1]
            wide[loop.source] = max(wide.get(loop.source, 0.0), loop.label[0])
        for box in self.boxes:
            room = self.room_above[box.id] = above.get(box.id, 0.0)
            self.box_item[box.id] = self._add(
                2 * rank[box.id],
                max(box.width, wide.get(box.id, 0.0)),
                box.height + room,
                BOX_MARGIN,
                self.bands.of[box.id],
                box.height / 2 + room,
            )
        for link in self.links:
            self._chain(link)

    def _spread_lonely(self, rank: dict[Hashable, int]) -> int:
        """Put many boxes of a group that are joined with nothing beside each other; the last rank."""
        joined = {i for k in self.links for i in (k.source, k.target)}
        last = max(rank.values(), default=0)
        lonely: dict[tuple[str, ...], list[str]] = {}
        for box in self.boxes:
            if box.id not in joined:
                lonely.setdefault(box.group, []).append(box.id)
        for ids in lonely.values():
            if len(ids) > 2:
                wide = max(last + 1, min(4, len(ids)))
                rank.update((id, n % wide) for n, id in enumerate(ids))
        return max(rank.values(), default=0)

    def _add(self, column: int, width: float, height: float, margin: float, band: int, line: float) -> int:
        item = len(self.items)
        self.items.append(Item(height, margin, band, line))
        self.widths.append(width)
        self.column_of.append(column)
        self.columns[column].append(item)
        self.ahead.append([])
        self.behind.append([])
        self.pulls.append([])
        return item

    def _chain(self, link: Link) -> None:
        source, target = (link.target, link.source) if link.id in self.turned else (link.source, link.target)
        begin, end = self.column_of[self.box_item[source]], self.column_of[self.box_item[target]]
        middle = self._label_column(begin, end)
        chain = [self.box_item[source]]
        for column in range(begin + 1, end):
            band = self.bands.of[source if column <= (begin + end) / 2 else target]
            if column == middle and link.label[0]:
                width, height = link.label
                item = self._add(column, width, height + 6, LABEL_MARGIN, band, height + 3)
                self.label_item[link.id] = item
            else:
                item = self._add(column, 0, 0, LINE_MARGIN, band, 0)
            chain.append(item)
        chain.append(self.box_item[target])
        self.chains[link.id] = chain
        for n, (left, right) in enumerate(pairwise(chain)):
            self.ahead[left].append(right)
            self.behind[right].append(left)
            straight = 8.0 if 0 < n < len(chain) - 2 else 2.0 if len(chain) > 3 else 1.0
            weight = link.weight * straight
            self.pulls[left].append((right, weight))
            self.pulls[right].append((left, weight))

    def _label_column(self, begin: int, end: int) -> int:
        """The odd column nearest to the middle: columns of labels lie between those of boxes."""
        middle = (begin + end) // 2
        return middle if middle % 2 else middle - 1 if middle - 1 > begin else middle + 1

    def _ordering(self) -> Ordering:
        """The first order: depth first along the flow, so that what belongs together begins together."""
        starts = [self.box_item[b.id] for b in self.boxes if not self.behind[self.box_item[b.id]]]
        starts += [self.box_item[b.id] for b in self.boxes]
        first = self._in_order(_visit(starts, self.ahead, self.behind))
        return Ordering(first, [i.band for i in self.items], self.ahead, self.behind)

    def _other_starts(self) -> list[list[list[int]]]:
        """Other first orders: breadth first from the sources, and from the ends of the flow."""
        sources = [self.box_item[b.id] for b in self.boxes if not self.behind[self.box_item[b.id]]]
        ends = [self.box_item[b.id] for b in self.boxes if not self.ahead[self.box_item[b.id]]]
        everything = [self.box_item[b.id] for b in self.boxes]
        return [
            self._in_order(_visit(sources + everything, self.ahead, self.behind, breadth=True)),
            self._in_order(_visit(ends + everything, self.behind, self.ahead, breadth=True)),
            self._in_order(_visit(ends + everything, self.behind, self.ahead)),
        ]

    def _in_order(self, seen: dict[int, int]) -> list[list[int]]:
        return [sorted(c, key=lambda i: (self.items[i].band, seen[i])) for c in self.columns]

    # geometry

    def _draw(self, tops: list[float], crossings: int) -> Drawing:
        line = [top + item.line for top, item in zip(tops, self.items, strict=True)]
        widths = [max((self.widths[i] for i in column), default=0.0) for column in self.columns]
        lefts = self._columns_from_left(widths, line)
        boxes = {}
        for box in self.boxes:
            i = self.box_item[box.id]
            column = self.column_of[i]
            boxes[box.id] = Placed(
                _r(lefts[column] + (widths[column] - box.width) / 2), _r(tops[i] + self.room_above[box.id]), box.width, box.height
            )
        routes = {link.id: self._route(link, boxes, lefts, widths, line) for link in self.links}
        used: dict[str, float] = {}
        for link in self.loops:
            used[link.source] = used.get(link.source, LOOP_ROOM) + link.label[1]
            routes[link.id] = _loop(boxes[link.source], link, used[link.source])
        groups = self._groups(boxes, tops, lefts, widths)
        return _framed(boxes, routes, groups, crossings)

    def _columns_from_left(self, widths: list[float], line: list[float]) -> list[float]:
        lefts, x = [], 0.0
        for number, column in enumerate(self.columns):
            lefts.append(x)
            climb = max((abs(line[i] - line[n]) for i in column for n in self.ahead[i]), default=0.0)
            gap = min(COLUMN_GAP + climb * STEEP, WIDEST_GAP)
            empty = number % 2 == 1 and not widths[number]
            x += widths[number] + (gap / 2 if empty else gap)
        return lefts

    def _ports(self, link: Link) -> tuple[float, float]:
        """How far from a box's middle the link leaves and enters: links of one side are spread over it."""
        chain = self.chains[link.id]
        return self._spread(chain[0], chain[1], self.ahead), self._spread(chain[-1], chain[-2], self.behind)

    def _spread(self, item: int, other: int, side: list[list[int]]) -> float:
        others = side[item]
        if len(others) < 2:
            return 0.0
        place = {i: n for n, i in enumerate(self.columns[self.column_of[other]])}
        ranked = sorted(range(len(others)), key=lambda n: place[others[n]])
        position = ranked.index(others.index(other))
        room = max(0.0, min(2 * (self.items[item].height - self.items[item].line) - 14, 9.0 * (len(others) - 1)))
        return -room / 2 + room * position / (len(others) - 1)

    def _route(self, link: Link, boxes: dict[str, Placed], lefts: list[float], widths: list[float], line: list[float]) -> Route:
        chain = self.chains[link.id]
        backwards = link.id in self.turned
        first, last = (link.target, link.source) if backwards else (link.source, link.target)
        leave, enter = self._ports(link)
        start, end = boxes[first], boxes[last]
        points = [(start.x + start.width, start.middle[1] + leave)]
        edge = lefts[self.column_of[chain[0]]] + widths[self.column_of[chain[0]]]
        if edge > points[0][0] + 1:  # out of the column first: what stands above and below may be wider
            points.append((edge, points[0][1]))
        label = None
        for item in chain[1:-1]:
            column = self.column_of[item]
            points += [(lefts[column], line[item])]
            if widths[column]:
                points += [(lefts[column] + widths[column], line[item])]
            if self.label_item.get(link.id) == item:
                width, height = link.label
                label = Placed(_r(lefts[column] + (widths[column] - width) / 2), _r(line[item] - height - 3), width, height)
        edge = lefts[self.column_of[chain[-1]]]
        if edge < end.x - 1:
            points.append((edge, end.middle[1] + enter))
        points.append((end.x, end.middle[1] + enter))
        if backwards:
            points.reverse()
        return Route(_p(points[0]), tuple(_curve(a, b) for a, b in pairwise(points)), label)

    def _groups(
        self, boxes: dict[str, Placed], tops: list[float], lefts: list[float], widths: list[float]
    ) -> dict[tuple[str, ...], Placed]:
        """Frames around the boxes of each group and what passes between them; inner groups first so that outer ones enclose them."""
        names = sorted({b.group[:d] for b in self.boxes for d in range(1, len(b.group) + 1)}, key=lambda g: (-len(g), g))
        frames: dict[tuple[str, ...], Placed] = {}
        for name in names:
            members = [b.id for b in self.boxes if b.group[: len(name)] == name]
            columns = [self.column_of[self.box_item[i]] for i in members]
            bands = {self.bands.of[i] for i in members}
            passing = [
                Placed(lefts[c], tops[i], widths[c], self.items[i].height)
                for c in range(min(columns), max(columns) + 1)
                for i in self.columns[c]
                if self.items[i].band in bands
            ]
            inside = [frames[g] for g in frames if g[: len(name)] == name and len(g) == len(name) + 1]
            across = [boxes[i] for i in members] + inside
            left = min(p.x for p in across) - GROUP_PADDING
            top = min(p.y for p in [*passing, *inside]) - GROUP_TITLE
            right = max(p.x + p.width for p in across) + GROUP_PADDING
            bottom = max(p.y + p.height for p in [*passing, *inside]) + GROUP_PADDING
            frames[name] = Placed(_r(left), _r(top), _r(right - left), _r(bottom - top))
        return {name: frames[name] for name in sorted(frames)}


def _visit(starts: list[int], ahead: list[list[int]], behind: list[list[int]], *, breadth: bool = False) -> dict[int, int]:
    """Item -> when a walk from the starts meets it; each connected part is finished before the next one begins."""
    seen: dict[int, int] = {}
    waiting = deque(starts)
    while waiting:
        part = deque([waiting.popleft()])
        later: deque[int] = deque()
        while part or later:
            item = (part.popleft() if breadth else part.pop()) if part else later.popleft()
            if item in seen:
                continue
            seen[item] = len(seen)
            part.extend(ahead[item] if breadth else reversed(ahead[item]))
            later.extend(n for n in behind[item] if n not in seen)
    return seen


def layout(boxes: Sequence[Box], links: Sequence[Link]) -> Drawing:
    """Place boxes and route links. Links whose ends are no boxes are an error; the order given breaks all ties."""
    if not boxes:
        return Drawing(0, 0, {}, {}, {}, 0)
    return _Layout(boxes, links).run()


def _curve(a: tuple[float, float], b: tuple[float, float]) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """From a to b, level at both ends."""
    bend = (b[0] - a[0]) / 2
    return _p((a[0] + bend, a[1])), _p((b[0] - bend, b[1])), _p(b)


def _loop(box: Placed, link: Link, room: float) -> Route:
    """A link from a box to itself: out at the right, over its upper right corner, back in from above; its label is so far above."""
    x, y = box.x + box.width, box.y
    start, end = (x, y + 8), (x - 14, y)
    curve = ((x + 14, y + 4), (x - 10, y - 14), end)
    width, height = link.label
    label = Placed(_r(box.x + (box.width - width) / 2), _r(y - room), width, height) if width else None
    return Route(_p(start), ((_p(curve[0]), _p(curve[1]), _p(curve[2])),), label)


def _framed(boxes: dict[str, Placed], routes: dict[str, Route], groups: dict[tuple[str, ...], Placed], crossings: int) -> Drawing:
    """The drawing moved so that everything has coordinates from zero on."""
    corners = [(p.x, p.y) for p in _everything(boxes, groups, routes)]
    corners += [(p.x + p.width, p.y + p.height) for p in _everything(boxes, groups, routes)]
    corners += [p for r in routes.values() for p in (r.start, *(q for c in r.curves for q in c))]
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    right, bottom = max(x for x, _ in corners), max(y for _, y in corners)

    def moved(place: Placed) -> Placed:
        return Placed(_r(place.x - left), _r(place.y - top), place.width, place.height)

    def shifted(point: tuple[float, float]) -> tuple[float, float]:
        return _r(point[0] - left), _r(point[1] - top)

    return Drawing(
        _r(right - left),
        _r(bottom - top),
        {n: moved(p) for n, p in boxes.items()},
        {
            n: Route(
                shifted(r.start),
                tuple((shifted(a), shifted(b), shifted(c)) for a, b, c in r.curves),
                moved(r.label) if r.label else None,
            )
            for n, r in routes.items()
        },
        {n: moved(p) for n, p in groups.items()},
        crossings,
    )


def _everything(boxes: dict[str, Placed], groups: dict[tuple[str, ...], Placed], routes: dict[str, Route]) -> list[Placed]:
    return [*boxes.values(), *groups.values(), *(r.label for r in routes.values() if r.label)]


def _r(value: float) -> float:
    """Rounded so that every machine writes the same digits."""
    return round(value * 10) / 10


def _p(point: tuple[float, float]) -> tuple[float, float]:
    return _r(point[0]), _r(point[1])
