"""Scenes that are too large for one picture, in pieces: an overview of the groups, then each group with its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from edalint.diagrams.scene import Arrow, Scene, Shape
from edalint.diagrams.wording import Word

PIECE = 120
"""Shapes of a piece that is cut without regard to what is in it."""
MOST_GROUPS = 120
"""More groups than this make an overview that is no overview."""


def pieces(scene: Scene, fits: Callable[[Scene], bool]) -> list[Scene]:
    """The scene if it fits; else by outermost group, those by connected parts, those cut."""
    if fits(scene):
        return [scene]
    groups = list(dict.fromkeys(s.group[:1] for s in scene.shapes))
    parts = [_with_neighbours(scene, {s.id for s in scene.shapes if s.group[:1] == g}, g[0] if g else "") for g in groups]
    if len(parts) == 1:
        parts = [_with_neighbours(scene, part, "") for part in _connected(scene)]
    return [small for part in parts for small in ([part] if fits(part) else _cut(part))]


def overview(scene: Scene) -> Scene | None:
    """The groups as boxes, with arrows between them counted; None where there are too few or too many."""
    groups = list(dict.fromkeys(s.group[0] for s in scene.shapes if s.group))
    if not 2 <= len(groups) <= MOST_GROUPS:
        return None
    inside = {s.id: s.group[0] if s.group else s.id for s in scene.shapes}
    counts = {g: Counter(s.kind for s in scene.shapes if s.group[:1] == (g,)) for g in groups}
    shapes = [Shape(f"group:{g}", "group", g, _counted(counts[g]), ()) for g in groups]
    between: dict[tuple[str, str, str], int] = {}
    for arrow in scene.arrows:
        source, target = (f"group:{inside[i]}" if inside[i] in counts else "" for i in (arrow.source, arrow.target))
        if source and target and source != target:
            between[source, target, arrow.style] = between.get((source, target, arrow.style), 0) + 1
    arrows = [
        Arrow(f"o{n}", source, target, style, (Word(f"{count}×"),) if count > 1 else (), style, False, count)
        for n, ((source, target, style), count) in enumerate(between.items())
    ]
    return Scene("overview", tuple(shapes), tuple(arrows), {})


def _counted(counts: Counter[str]) -> tuple[Word, ...]:
    return tuple(Word(f"{n} {kind}{'' if n == 1 else 's'}", breaks=True) for kind, n in counts.most_common(3))


def _with_neighbours(scene: Scene, kept: set[str], title: str) -> Scene:
    arrows = tuple(a for a in scene.arrows if a.source in kept or a.target in kept)
    ids = kept | {i for a in arrows for i in (a.source, a.target)}
    shapes = tuple(s if s.id in kept else s._replace(faint=True, words=()) for s in scene.shapes if s.id in ids)
    return Scene(title, shapes, arrows, {})


def _connected(scene: Scene) -> list[set[str]]:
    beside: dict[str, list[str]] = {s.id: [] for s in scene.shapes}
    for arrow in scene.arrows:
        beside[arrow.source].append(arrow.target)
        beside[arrow.target].append(arrow.source)
    parts: list[set[str]] = []
    seen: set[str] = set()
    for shape in scene.shapes:
        if shape.id in seen:
            continue
        part, stack = {shape.id}, [shape.id]
        while stack:
            for other in beside[stack.pop()]:
                if other not in part:
                    part.add(other)
                    stack.append(other)
        seen |= part
        if parts and len(parts[-1]) + len(part) <= PIECE:
            parts[-1] |= part  # small parts share a piece
        else:
            parts.append(part)
    return parts


def _cut(scene: Scene) -> list[Scene]:
    """Neighbours together as far as possible: shapes in the order in which the arrows lead from one to the next."""
    order = _walk(scene)
    made = []
    for number, begin in enumerate(range(0, len(order), PIECE), 1):
        kept = set(order[begin : begin + PIECE])
        made += _within(_with_neighbours(scene, kept, f"{scene.title} {number}".strip()), kept)
    return made


def _walk(scene: Scene) -> list[str]:
    ahead: dict[str, list[str]] = {s.id: [] for s in scene.shapes}
    for arrow in scene.arrows:
        ahead[arrow.source].append(arrow.target)
    seen: dict[str, None] = {}
    for shape in scene.shapes:
        stack = [shape.id]
        while stack:
            id = stack.pop()
            if id not in seen:
                seen[id] = None
                stack.extend(reversed(ahead[id]))
    return list(seen)


def _within(scene: Scene, kept: set[str], most: int = 300) -> list[Scene]:
    """The scene, or several where one box alone has more arrows than a piece can show."""
    if len(scene.arrows) <= most:
        return [scene]
    made = []
    for number, begin in enumerate(range(0, len(scene.arrows), most), 1):
        arrows = scene.arrows[begin : begin + most]
        ids = {i for a in arrows for i in (a.source, a.target)} | (kept if begin == 0 else set())
        made.append(Scene(f"{scene.title}.{number}", tuple(s for s in scene.shapes if s.id in ids), arrows, {}))
    return made
