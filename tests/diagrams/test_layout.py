"""The layout's laws, over drawings that nobody would think of."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.diagrams.layout import Box, Drawing, Link, layout
from edalint.diagrams.layout.measure import measure
from edalint.diagrams.layout.ranks import cut_cycles

GROUPS: list[tuple[str, ...]] = [(), ("a",), ("b",), ("a", "x"), ("a", "y"), ("c", "z")]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Box], list[Link]]:
    """Some boxes, in groups or not, and links of every sort: loops, doubles, cycles, with and without labels."""
    count = draw(st.integers(1, 14))
    size = st.integers(20, 200)
    groups = GROUPS if draw(st.booleans()) else GROUPS[:1]
    boxes = [Box(f"b{n}", draw(size), draw(st.integers(20, 80)), draw(st.sampled_from(groups))) for n in range(count)]
    ends = st.sampled_from([b.id for b in boxes])
    labels = st.sampled_from([(0.0, 0.0), (30.0, 14.0), (144.0, 27.0)])
    pairs = draw(st.lists(st.tuples(ends, ends, labels, st.sampled_from([0.3, 1.0, 2.0]), st.booleans()), max_size=22))
    return boxes, [Link(f"k{n}", s, t, label, weight, back) for n, (s, t, label, weight, back) in enumerate(pairs)]


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_nothing_lies_over_anything(graph: tuple[list[Box], list[Link]]) -> None:
    """Boxes and labels do not overlap, links run through no other box or label, frames hold their boxes and no others."""
    boxes, links = graph
    drawing = layout(boxes, links)
    quality = measure(drawing, links, {b.id: b.group for b in boxes})
    assert quality[1:] == (0, 0, 0)
    for box in boxes:
        place = drawing.boxes[box.id]
        assert (place.width, place.height) == (box.width, box.height)
        for depth in range(1, len(box.group) + 1):
            frame = drawing.groups[box.group[:depth]]
            assert frame.x <= place.x
            assert frame.y <= place.y
            assert place.x + place.width <= frame.x + frame.width
            assert place.y + place.height <= frame.y + frame.height


@settings(max_examples=100, deadline=None)
@given(graphs())
def test_links_join_their_boxes(graph: tuple[list[Box], list[Link]]) -> None:
    """Every link is drawn, from the side of its source to the side of its target, with its label where it has one."""
    boxes, links = graph
    drawing = layout(boxes, links)
    assert set(drawing.routes) == {k.id for k in links}
    for link in links:
        route = drawing.routes[link.id]
        assert _touches(drawing, link.source, route.start)
        assert _touches(drawing, link.target, route.curves[-1][2])
        assert (route.label is not None) == bool(link.label[0])


def _touches(drawing: Drawing, box: str, point: tuple[float, float]) -> bool:
    place = drawing.boxes[box]
    in_x = place.x - 0.2 <= point[0] <= place.x + place.width + 0.2
    return in_x and place.y - 0.2 <= point[1] <= place.y + place.height + 0.2


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_same_input_same_drawing(graph: tuple[list[Box], list[Link]]) -> None:
    """Two runs give equal drawings, and everything stands inside of it."""
    boxes, links = graph
    drawing = layout(boxes, links)
    assert drawing == layout(boxes, links)
    corners = [p for r in drawing.routes.values() for p in (r.start, *(q for c in r.curves for q in c))]
    assert all(-0.1 <= x <= drawing.width + 0.1 and -0.1 <= y <= drawing.height + 0.1 for x, y in corners)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.integers(2, 5))
def test_parts_do_not_mix(parts: int, size: int) -> None:
    """Chains that are not joined lie below each other."""
    names = [[f"p{p}n{n}" for n in range(size)] for p in range(parts)]
    boxes = [Box(name, 60, 30) for column in zip(*names, strict=True) for name in column]
    links = [Link(f"{a}-{b}", a, b) for chain in names for a, b in pairwise(chain)]
    drawing = layout(boxes, links)
    spans = sorted((min(drawing.boxes[i].y for i in c), max(drawing.boxes[i].y + 30 for i in c)) for c in names)
    assert all(upper[1] < lower[0] for upper, lower in pairwise(spans))
    assert drawing.crossings == 0


def test_a_flow_points_right() -> None:
    """Without a cycle every link goes from left to right."""
    boxes = [Box(n, 50, 30) for n in "abcdef"]
    links = [Link(f"{a}{b}", a, b) for a, b in ("ab", "ac", "bd", "cd", "de", "bf")]
    drawing = layout(boxes, links)
    assert all(drawing.boxes[k.source].x < drawing.boxes[k.target].x for k in links)


def test_a_feedback_link_is_the_one_that_turns() -> None:
    """Of a cycle the way back is drawn against the flow, wherever the input names it."""
    assert cut_cycles(["a", "b", "c"], [("c", "a", True), ("a", "b", False), ("b", "c", False)]) == {0}


def test_large_graphs_are_drawn_whole() -> None:
    """A thousand boxes in twenty groups: every box and link has its place, and frames are disjoint."""
    chance = random.Random(7)
    boxes = [Box(f"n{n}", 110, 44, (f"g{n // 50}",)) for n in range(1000)]
    links = []
    for n in range(1200):
        at = chance.randrange(999)
        links.append(Link(f"k{n}", f"n{at}", f"n{min(999, at + 1 + chance.randrange(8))}", (60.0, 14.0) if n % 2 else (0.0, 0.0)))
    drawing = layout(boxes, links)
    assert len(drawing.boxes) == 1000
    assert len(drawing.routes) == 1200
    frames = sorted(drawing.groups.values(), key=lambda p: p.y)
    assert len(frames) == 20
