"""A layered drawing of a directed graph, left to right: ranks, order in the ranks, positions, curves.

The steps are those of Sugiyama's method. Boxes stand in columns (ranks); an edge that passes a column does so on a line of
its own, and bends only in the empty space between two columns; a label is a box in a column between the ones it joins.
So no edge runs through a box and no label lies over anything, by construction. Groups are lanes: bands of the drawing
that hold all boxes of the group. The same input gives the same drawing, byte for byte.
"""

from edalint.diagrams.layout.layered import layout
from edalint.diagrams.layout.model import Box, Drawing, Link, Placed, Route

__all__ = ["Box", "Drawing", "Link", "Placed", "Route", "layout"]
