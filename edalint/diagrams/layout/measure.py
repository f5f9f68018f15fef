"""How good a drawing is, from its geometry alone: crossings, things that lie over each other, links that run through boxes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

from edalint.diagrams.layout.model import Drawing, Link, Placed, Route
from edalint.model.records import NamedTuple

Point = tuple[float, float]
Line = list[Point]
STEPS = 10
"""Straight pieces for one curve."""


class Quality(NamedTuple):
    """What is wrong with a drawing; all but crossings should be zero."""

    crossings: int
    overlaps: int
    """Pairs of boxes and labels that lie over each other."""
    through: int
    """Links that run through a box that is none of their ends, or through the label of another."""
    frames: int
    """Frames that cut each other, and boxes in a frame of a group that they are not in."""


def measure(drawing: Drawing, links: Sequence[Link], groups: dict[str, tuple[str, ...]]) -> Quality:
    """The quality of a drawing of these links; `groups`: box -> its groups."""
    lines = {k.id: line_of(drawing.routes[k.id]) for k in links}
    labels = {k.id: label for k in links if (label := drawing.routes[k.id].label) is not None}
    things = [*drawing.boxes.values(), *labels.values()]
    return Quality(
        crossings([lines[k.id] for k in links if k.source != k.target]),
        sum(overlap(a, b) for a, b in combinations(things, 2)),
        _through(drawing, links, lines, labels),
        _frames(drawing, groups),
    )


def line_of(route: Route) -> Line:
    """The route as straight pieces."""
    points = [route.start]
    for piece in route.curves:
        points += bezier(points[-1], *piece)
    return points


def bezier(p0: Point, p1: Point, p2: Point, p3: Point) -> Line:
    """Points on a cubic curve after its start."""
    made = []
    for n in range(1, STEPS + 1):
        t = n / STEPS
        s = 1 - t
        a, b, c, d = s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t
        made.append((a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0], a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1]))
    return made


def crossings(lines: Sequence[Line]) -> int:
    """How often two of the lines cross; lines that only touch do not."""
    pieces = sorted(
        (min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1]), a, b, n)
        for n, line in enumerate(lines)
        for a, b in pairwise(line)
    )
    count = 0
    active: list[tuple[float, float, float, float, Point, Point, int]] = []
    for piece in pieces:
        active = [other for other in active if other[1] >= piece[0]]
        for other in active:
            apart = other[6] == piece[6] or other[3] < piece[2] or other[2] > piece[3]
            count += not apart and _cross(piece[4], piece[5], other[4], other[5])
        active.append(piece)
    return count


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _side(a, b, c) * _side(a, b, d) < -1e-9 and _side(c, d, a) * _side(c, d, b) < -1e-9


def overlap(a: Placed, b: Placed, slack: float = 0.2) -> bool:
    """Whether two things lie over each other by more than rounding."""
    beside = a.x + a.width <= b.x + slack or b.x + b.width <= a.x + slack
    return not beside and a.y + a.height > b.y + slack and b.y + b.height > a.y + slack


def inside(point: Point, place: Placed, slack: float = 0.6) -> bool:
    """Whether a point lies in a box, not only on its edge."""
    in_x = place.x + slack < point[0] < place.x + place.width - slack
    return in_x and place.y + slack < point[1] < place.y + place.height - slack


def _through(drawing: Drawing, links: Sequence[Link], lines: dict[str, Line], labels: dict[str, Placed]) -> int:
    count = 0
    for link in links:
        points = [p for a, b in pairwise(lines[link.id]) for p in _dense(a, b)]
        count += sum(any(inside(p, place) for p in points) for id, place in drawing.boxes.items() if id not in (link.source, link.target))
        count += sum(any(inside(p, place) for p in points) for id, place in labels.items() if id != link.id)
    return count


def _dense(a: Point, b: Point) -> Iterable[Point]:
    steps = max(1, int(max(abs(a[0] - b[0]), abs(a[1] - b[1])) / 6))
    return ((a[0] + (b[0] - a[0]) * n / steps, a[1] + (b[1] - a[1]) * n / steps) for n in range(steps + 1))


def _frames(drawing: Drawing, groups: dict[str, tuple[str, ...]]) -> int:
    wrong = 0
    for name, frame in drawing.groups.items():
        wrong += sum(overlap(frame, place) for id, place in drawing.boxes.items() if groups[id][: len(name)] != name)
    for (one, a), (two, b) in combinations(drawing.groups.items(), 2):
        nested = one[: len(two)] == two or two[: len(one)] == one
        wrong += not nested and overlap(a, b)
    return wrong
