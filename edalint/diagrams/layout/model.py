"""What a layout is given and what it gives back. Units are pixels; x grows with the flow, y downwards."""

from __future__ import annotations

from edalint.model.records import NamedTuple


class Box(NamedTuple):
    """Something to place."""

    id: str
    width: float
    height: float
    group: tuple[str, ...] = ()
    """Names of the groups that it is in, outermost first."""


class Link(NamedTuple):
    """A directed connection to draw between two boxes."""

    id: str
    source: str
    target: str
    label: tuple[float, float] = (0, 0)
    """Width and height of its label; zero where it has none."""
    weight: float = 1
    """How much it wants to be short and straight."""
    feedback: bool = False
    """It may point against the flow (a way back), and is the first to do so where a cycle must be cut."""


class Placed(NamedTuple):
    """A box, a label or a group in the drawing: its upper left corner and size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2


class Route(NamedTuple):
    """The way of a link: a start, then cubic Bezier pieces `(control, control, end)`; straight pieces are such too."""

    start: tuple[float, float]
    curves: tuple[tuple[tuple[float, float], tuple[float, float], tuple[float, float]], ...]
    label: Placed | None


class Drawing(NamedTuple):
    """A finished layout."""

    width: float
    height: float
    boxes: dict[str, Placed]
    routes: dict[str, Route]
    groups: dict[tuple[str, ...], Placed]
    crossings: int
    """How often two links cross."""
