"""Network simplex: whole numbers for nodes such that every arc spans at least its length and the weighted sum of spans is least.

After Gansner, Koutsofios, North and Vo, "A technique for drawing directed graphs" (1993), section 2: a spanning tree of tight
arcs is exchanged arc by arc until no tree arc has a negative cut value. Nodes are numbers from 0; arcs make no cycle.
"""

from __future__ import annotations

from collections.abc import Sequence

MOST_EXCHANGES = 4000


class NetworkSimplex:
    """One connected problem. `solve` gives the ranks; it may be stopped early and is feasible at every moment."""

    def __init__(self, size: int, arcs: Sequence[tuple[int, int, int, float]]) -> None:
        self.size = size
        self.tail = [a[0] for a in arcs]
        self.head = [a[1] for a in arcs]
        self.length = [a[2] for a in arcs]
        self.weight = [a[3] for a in arcs]
        self.touching: list[list[int]] = [[] for _ in range(size)]
        for i, (tail, head, _, _) in enumerate(arcs):
            self.touching[tail].append(i)
            self.touching[head].append(i)
        self.rank = [0] * size
        self.in_tree = [False] * len(arcs)
        self.tree: list[list[int]] = [[] for _ in range(size)]
        """Node -> its tree arcs."""
        self.parent: list[int] = [-1] * size
        """Node -> the tree arc towards the root."""
        self.low = [0] * size
        self.lim = [0] * size
        self.cut: list[float] = [0.0] * len(arcs)

    def solve(self) -> list[int]:
        """The ranks, least first."""
        if self.size > 1:
            self._longest_paths()
            self._tight_tree()
            self._number(0, -1, 1)
            self._cut_values()
            start = 0
            for _ in range(MOST_EXCHANGES):
                leaving = self._leaving(start)
                if leaving < 0:
                    break
                start = leaving
                entering = self._entering(leaving)
                if entering < 0:
                    break
                self._exchange(leaving, entering)
        lowest = min(self.rank, default=0)
        return [r - lowest for r in self.rank]

    def _slack(self, arc: int) -> int:
        return self.rank[self.head[arc]] - self.rank[self.tail[arc]] - self.length[arc]

    def _longest_paths(self) -> None:
        waiting = [0] * self.size
        for head in self.head:
            waiting[head] += 1
        ready = [n for n in range(self.size) if not waiting[n]]
        for node in ready:
            for arc in self.touching[node]:
                if self.tail[arc] == node:
                    head = self.head[arc]
                    self.rank[head] = max(self.rank[head], self.rank[node] + self.length[arc])
                    waiting[head] -= 1
                    if not waiting[head]:
                        ready.append(head)

    def _tight_tree(self) -> None:
        """Grow a tree of tight arcs over all nodes, shifting it where it touches nothing tight."""
        inside = [False] * self.size
        inside[0] = True
        members = [0]
        fresh = [0]
        while True:
            while fresh:
                node = fresh.pop()
                for arc in self.touching[node]:
                    other = self.head[arc] if self.tail[arc] == node else self.tail[arc]
                    if not inside[other] and self._slack(arc) == 0:
                        inside[other] = True
                        self._add_to_tree(arc)
                        members.append(other)
                        fresh.append(other)
            if len(members) == self.size:
                return
            best, room = -1, 0
            for node in members:
                for arc in self.touching[node]:
                    if inside[self.tail[arc]] != inside[self.head[arc]]:
                        slack = self._slack(arc)
                        if best < 0 or slack < room:
                            best, room = arc, slack
            if best < 0:
                raise ValueError("the nodes are not connected")
            shift = room if inside[self.tail[best]] else -room
            for node in members:
                self.rank[node] += shift
            fresh = [self.tail[best] if inside[self.tail[best]] else self.head[best]]

    def _add_to_tree(self, arc: int) -> None:
        self.in_tree[arc] = True
        self.tree[self.tail[arc]].append(arc)
        self.tree[self.head[arc]].append(arc)

    def _number(self, root: int, parent: int, first: int) -> None:
        """Number the nodes below a root in postorder: `low`..`lim` are the numbers of a node's subtree."""
        self.parent[root] = parent
        self.low[root] = first
        number = first
        stack: list[tuple[int, int]] = [(root, 0)]
        while stack:
            node, position = stack.pop()
            arcs = self.tree[node]
            while position < len(arcs) and arcs[position] == self.parent[node]:
                position += 1
            if position < len(arcs):
                arc = arcs[position]
                stack.append((node, position + 1))
                other = self.head[arc] if self.tail[arc] == node else self.tail[arc]
                self.parent[other] = arc
                self.low[other] = number
                stack.append((other, 0))
            else:
                self.lim[node] = number
                number += 1

    def _cut_values(self) -> None:
        """Of every tree arc, leaves first: the weight of the arcs that cross the cut it makes, by direction."""
        for node in sorted(range(self.size), key=self.lim.__getitem__):
            if self.parent[node] >= 0:
                self._cut_value(node)

    def _cut_value(self, node: int) -> None:
        """The cut value of the arc from a node to its parent, those of the node's other tree arcs being known."""
        forward = self.tail[self.parent[node]] == node
        total = 0.0
        for arc in self.touching[node]:
            outward = self.tail[arc] == node
            far = self.head[arc] if outward else self.tail[arc]
            if self.low[node] <= self.lim[far] <= self.lim[node]:  # both ends below the cut: what the subtree of `far` sends past it
                value = (self.cut[arc] if self.in_tree[arc] else 0.0) - self.weight[arc]
                total += value if outward != forward else -value
            else:
                total += self.weight[arc] if outward == forward else -self.weight[arc]
        self.cut[self.parent[node]] = total

    def _leaving(self, start: int) -> int:
        """A tree arc with a negative cut value, searched round about so that none starves."""
        count = len(self.cut)
        best, value = -1, -1e-9
        seen = 0
        for i in range(count):
            arc = (start + i) % count
            if self.in_tree[arc] and self.cut[arc] < value:
                best, value = arc, self.cut[arc]
                seen += 1
                if seen >= 30:
                    break
        return best

    def _entering(self, leaving: int) -> int:
        """The arc of least slack that joins the two parts in the other direction."""
        tail, head = self.tail[leaving], self.head[leaving]
        below_tail = self.lim[tail] < self.lim[head]
        node = tail if below_tail else head
        low, lim = self.low[node], self.lim[node]
        best, room = -1, 0
        stack = [node]
        while stack:
            here = stack.pop()
            for arc in self.touching[here]:
                outward = self.tail[arc] == here
                other = self.head[arc] if outward else self.tail[arc]
                inside = low <= self.lim[other] <= lim
                if self.in_tree[arc]:
                    if inside and arc != self.parent[here]:
                        stack.append(other)
                elif not inside and outward != below_tail:
                    slack = self._slack(arc)
                    if best < 0 or slack < room:
                        best, room = arc, slack
        return best

    def _exchange(self, leaving: int, entering: int) -> None:
        slack = self._slack(entering)
        tail, head = self.tail[leaving], self.head[leaving]
        node = tail if self.lim[tail] < self.lim[head] else head
        if slack:
            inside_is_tail = self.low[node] <= self.lim[self.tail[entering]] <= self.lim[node]
            shift = slack if inside_is_tail else -slack
            stack = [node]
            while stack:
                here = stack.pop()
                self.rank[here] += shift
                for arc in self.tree[here]:
                    if arc != self.parent[here]:
                        stack.append(self.head[arc] if self.tail[arc] == here else self.tail[arc])
        change = self.cut[leaving]
        top = self._update_path(self.tail[entering], self.head[entering], change, upward=True)
        self._update_path(self.head[entering], self.tail[entering], change, upward=False)
        self.cut[entering] = -change
        self.cut[leaving] = 0.0
        self.in_tree[leaving] = False
        self.tree[tail].remove(leaving)
        self.tree[head].remove(leaving)
        self._add_to_tree(entering)
        self._number(top, self.parent[top], self.low[top])

    def _update_path(self, node: int, other: int, change: float, *, upward: bool) -> int:
        """Add the change to the cut values on the way from a node up to where the subtree holds the other end."""
        while not self.low[node] <= self.lim[other] <= self.lim[node]:
            arc = self.parent[node]
            if (self.tail[arc] == node) is upward:
                self.cut[arc] += change
            else:
                self.cut[arc] -= change
            node = self.head[arc] if self.tail[arc] == node else self.tail[arc]
        return node
