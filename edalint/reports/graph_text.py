"""`edalint graph`: the flows as a tree in text, from where events come in to where they end.

Each node is opened up once; where it is met again it is named only. Lines keep the width: a contract that does not fit
stands on a line of its own.
"""

from __future__ import annotations

from edalint.hints import Any
from edalint.model.conditions import describe
from edalint.model.graph import Edge, EventGraph, Node
from edalint.model.terminal import harmless, paint
from edalint.reports import Options

DEEPEST = 12
"""Levels of the tree; what is deeper begins a tree of its own."""


class _Tree:
    def __init__(self, graph: EventGraph, options: Options) -> None:
        self.graph = graph
        self.options = options
        self.lines: list[str] = []
        self.opened: set[str] = set()

    def grow(self, root: Node) -> None:
        """The tree below one node."""
        self._add("", _name(root), self._colored(root), "")
        self.opened.add(root.id)
        stack = self._ways(root, "", 1)
        while stack:
            edge, stem, last, depth = stack.pop()
            target: Node = edge.target
            again = target.id in self.opened and bool(self.graph.out(target))
            deep = depth >= DEEPEST and bool(self.graph.out(target))
            head, dash, point = "└" if last else "├", *(("┄", "▷") if edge.attributes.get("inferred") else ("─", "▶"))
            arrow = f"{head}{dash}{edge.kind}{dash}{point} "
            style = "error" if edge.kind in ("dead-letter", "on-failure") else "path"
            note = _note(edge) + (" (see above)" if again else " (see below)" if deep else "")
            plain = f"{stem}{arrow}{_name(target)}"
            inner = f"{stem}{' ' if last else '│'}  "
            self._add(plain, "", f"{stem}{paint(arrow, style, self.options.color)}{self._colored(target)}", note.strip(), inner)
            if target.id not in self.opened and not deep:
                self.opened.add(target.id)
                stack += self._ways(target, inner, depth + 1)

    def _ways(self, node: Node, stem: str, depth: int) -> list[tuple[Edge, str, bool, int]]:
        """The ways out of a node, the last first, for a stack."""
        edges = self.graph.out(node)
        return [(edge, stem, n == len(edges) - 1, depth) for n, edge in reversed(list(enumerate(edges)))]

    def _colored(self, node: Node) -> str:
        return f"{paint(node.kind, 'dim', self.options.color)} {paint(harmless(node.name), 'bold', self.options.color)}"

    def _add(self, plain: str, name: str, colored: str, note: str, inner: str = "") -> None:
        if not note:
            self.lines.append(colored)
            return
        room = self.options.width
        if len(plain) + len(name) + 2 + len(note) <= room:
            self.lines.append(f"{colored}  {paint(note, 'dim', self.options.color)}")
            return
        self.lines.append(colored)
        most = max(room - len(inner) - 1, 20)
        short = note if len(note) <= most else f"{note[: most - 1]}…"
        self.lines.append(f"{inner} {paint(short, 'dim', self.options.color)}")


def render(analysis: Any, options: Options) -> str:
    """A tree for each node that nothing leads to, then for what is left in circles, then what stands alone."""
    graph: EventGraph = analysis.graph
    tree = _Tree(graph, options)
    connected = [n for n in graph.nodes.values() if graph.out(n)]
    for node in sorted(connected, key=lambda n: (bool(graph.into(n)), n.order)):
        if node.id not in tree.opened:
            tree.grow(node)
    lines = tree.lines
    alone = [n for n in graph.nodes.values() if not graph.out(n) and not graph.into(n)]
    if alone:
        lines.append(paint("without edges:", "dim", options.color))
        lines += [f"  {n.kind} {harmless(n.name)}" for n in alone]
    lines.append(paint(f"{len(graph.nodes)} nodes, {len(graph.edges)} edges", "dim", options.color))
    return "\n".join(lines) + "\n"


def _name(node: Node) -> str:
    return f"{node.kind} {harmless(node.name)}"


def _note(edge: Edge) -> str:
    notes = [str(edge.attributes[k]) for k in ("integration", "filter", "contract") if edge.attributes.get(k)]
    if edge.attributes.get("inferred"):
        notes.append(f"inferred from {edge.attributes['inferred']}")
    if edge.when is not True:
        notes.append(f"when {describe(edge.when)}")
    return harmless("; ".join(notes))
