"""Our layout beside Graphviz dot's, for every template under some folders.

    python benchmarks/layout.py [--whole] PATH...

One line a template: boxes, arrows, our crossings and dot's (both counted from the geometry of the curves), then what must be
zero in ours: overlaps of boxes and labels, arrows through boxes or labels, frames that cut each other. Where `dot` is not
installed its column is empty. Exits with 1 where something that must be zero is not, or where we have more than 1.2 times
dot's crossings in total. With --whole everything under a path is one drawing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from edalint.analysis import analyze  # noqa: E402
from edalint.diagrams import scene, svg  # noqa: E402
from edalint.diagrams.layout import Box, Link, layout  # noqa: E402
from edalint.diagrams.layout.measure import bezier, crossings, measure  # noqa: E402
from edalint.facts import contracts  # noqa: E402
from edalint.sources.discovery import discover  # noqa: E402

MOST = 1.2


def dot_crossings(boxes: Sequence[Box], links: Sequence[Link]) -> int | None:
    """The crossings in dot's drawing of the same boxes, labels and groups; None without dot."""
    if shutil.which("dot") is None:
        return None
    number = {b.id: n for n, b in enumerate(boxes)}
    rows = ["digraph { rankdir=LR; node [shape=box fixedsize=true];"]
    rows += _clusters([(b.group, b) for b in boxes], number, "cluster")
    for link in links:
        if link.source != link.target:
            width, height = link.label
            table = f'<table border="0" fixedsize="true" width="{int(width)}" height="{int(height)}"><tr><td></td></tr></table>'
            label = f" [label=<{table}>]" if width else ""
            rows.append(f"n{number[link.source]} -> n{number[link.target]}{label};")
    text = "\n".join([*rows, "}"])
    plain = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, check=True).stdout
    lines = []
    for row in plain.splitlines():
        words = row.split()
        if words and words[0] == "edge":
            points = [(float(words[4 + 2 * n]), float(words[5 + 2 * n])) for n in range(int(words[3]))]
            line = [points[0]]
            for n in range(1, len(points) - 2, 3):
                line += bezier(line[-1], points[n], points[n + 1], points[n + 2])
            lines.append(line)
    return crossings(lines)


def _clusters(boxes: list[tuple[tuple[str, ...], Box]], number: dict[str, int], name: str) -> list[str]:
    rows, inner = [], {}
    for group, box in boxes:
        if group:
            inner.setdefault(group[0], []).append((group[1:], box))
        else:
            rows.append(f"n{number[box.id]} [width={box.width / 72} height={box.height / 72}];")
    for n, members in enumerate(inner.values()):
        rows += [f"subgraph {name}_{n} {{", *_clusters(members, number, f"{name}_{n}"), "}"]
    return rows


def main() -> int:
    total = [0] * 5
    known = 0
    print(f"{'boxes':>5} {'arrows':>6} {'ours':>5} {'dot':>5} {'over':>4} {'thru':>4} {'frame':>5} {'ms':>6}  template")
    whole = "--whole" in sys.argv[1:]
    for argument in (a for a in sys.argv[1:] if a != "--whole"):
        inputs = [(Path(argument), argument)] if whole else [(s.path, s.display) for s in discover([Path(argument)]).sources]
        for path, name in inputs:
            analysis = analyze([path], judge=False)
            contracts.describe(analysis.graph)
            drawn = scene.build(analysis.graph)
            if not drawn.shapes:
                continue
            boxes, links = svg.pieces(drawn)
            start = time.perf_counter()
            drawing = layout(boxes, links)
            spent = (time.perf_counter() - start) * 1000
            quality = measure(drawing, links, {b.id: b.group for b in boxes})
            theirs = dot_crossings(boxes, links)
            known += theirs or 0
            total = [t + q for t, q in zip(total, [*quality, spent], strict=True)]
            cells = f"{quality.crossings:>5} {theirs if theirs is not None else '':>5} {quality.overlaps:>4} {quality.through:>4} {quality.frames:>5}"
            print(f"{len(boxes):>5} {len(links):>6} {cells} {spent:>6.0f}  {name}")
    ratio = f", {total[0] / known:.2f} times dot's {known}" if known else ""
    print(f"total: {total[0]} crossings{ratio}; {total[1]} overlaps, {total[2]} through, {total[3]} frames; {total[4] / 1000:.1f} s")
    bad = total[1] or total[2] or total[3] or (known and total[0] > MOST * known)
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
