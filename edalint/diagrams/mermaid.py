"""The diagram as Mermaid text, which GitHub and GitLab draw by themselves in Markdown.

Their limits (50,000 characters and 500 edges a diagram by default) are kept by splitting at groups, then at parts that are
not connected.
"""

from __future__ import annotations

from collections.abc import Sequence

from edalint.diagrams.scene import Arrow, Scene, Shape
from edalint.diagrams.split import pieces
from edalint.diagrams.wording import Words

MOST_CHARACTERS = 45_000
MOST_EDGES = 400

SHAPES = {
    "queue": ("[[", "]]"), "topic": (">", "]"), "bus": ("{{", "}}"), "rule": ("([", "])"), "schedule": ("([", "])"), "pipe": ("[/", "/]"),
    "function": ("(", ")"), "table": ("[(", ")]"), "bucket": ("[(", ")]"), "stream": ("[[", "]]"), "state-machine": ("[", "]"),
    "task": ("[", "]"), "service": ("[", "]"), "external": ("((", "))"),
}  # fmt: skip
CLASSES = {
    "hold": "fill:#fde7f0,stroke:#d6336c,color:#1b1f24",
    "route": "fill:#fdeaf1,stroke:#e0457b,color:#1b1f24",
    "work": "fill:#fff0e3,stroke:#e8590c,color:#1b1f24",
    "flow": "fill:#f8eafb,stroke:#ae3ec9,color:#1b1f24",
    "store": "fill:#e8f6ea,stroke:#2f9e44,color:#1b1f24",
    "edge": "fill:#e5f1fb,stroke:#1971c2,color:#1b1f24",
    "watch": "fill:#fff0e3,stroke:#d9480f,color:#1b1f24",
    "outside": "fill:#f1f3f5,stroke:#868e96,color:#1b1f24,stroke-dasharray:4 3",
}
MARKS = {
    "added": "stroke:#067647,stroke-width:3px",
    "removed": "stroke:#d92d20,stroke-width:2px,stroke-dasharray:5 4",
    "changed": "stroke:#dc6803,stroke-width:3px",
}
"""How a drawing of changes marks boxes and arrows."""


def render(scene: Scene) -> str:
    """One Mermaid flowchart; where the limits ask for it several, each in a fence of its own with a heading."""
    parts = split(scene)
    if len(parts) == 1:
        return flowchart(parts[0])
    blocks = [f"#### {part.title or f'part {n}'}\n\n```mermaid\n{flowchart(part)}```\n" for n, part in enumerate(parts, 1)]
    return "\n".join(blocks)


def markdown(scene: Scene) -> str:
    """The diagram as Markdown: one fence, or several with headings."""
    text = render(scene)
    return text if text.startswith("####") else f"```mermaid\n{text}```\n"


def split(scene: Scene) -> list[Scene]:
    """The scene in pieces that keep the limits."""
    return pieces(scene, _fits)


def _fits(scene: Scene) -> bool:
    return len(scene.arrows) <= MOST_EDGES and len(flowchart(scene)) <= MOST_CHARACTERS


def flowchart(scene: Scene) -> str:
    """The text of one flowchart, without a fence."""
    names = {s.id: f"n{i}" for i, s in enumerate(scene.shapes)}
    rows = ["flowchart LR"]
    rows += _nested([(s.group, s) for s in scene.shapes], names, "  ")
    rows += [f"  {_arrow(a, names)}" for a in scene.arrows]
    failures = [str(i) for i, a in enumerate(scene.arrows) if a.style == "failure"]
    if failures:
        rows.append(f"  linkStyle {','.join(failures)} stroke:#c4320a,stroke-dasharray:6 4")
    for mark, style in MARKS.items():
        marked = [str(i) for i, a in enumerate(scene.arrows) if a.mark == mark]
        rows += [f"  linkStyle {','.join(marked)} {style}"] if marked else []
    rows += _classes(scene.shapes, names)
    return "\n".join(rows) + "\n"


def _nested(shapes: list[tuple[tuple[str, ...], Shape]], names: dict[str, str], indent: str, prefix: str = "g") -> list[str]:
    rows = [f"{indent}{_shape(s, names[s.id])}" for group, s in shapes if not group]
    inner: dict[str, list[tuple[tuple[str, ...], Shape]]] = {}
    for group, shape in shapes:
        if group:
            inner.setdefault(group[0], []).append((group[1:], shape))
    for number, (name, members) in enumerate(inner.items()):
        key = f"{prefix}{number}"
        rows.append(f'{indent}subgraph {key}["{_text(name)}"]')
        rows += _nested(members, names, indent + "  ", f"{key}_")
        rows.append(f"{indent}end")
    return rows


def _shape(shape: Shape, name: str) -> str:
    left, right = SHAPES.get(shape.kind, ("[", "]"))
    marks = " ".join(f"#{b.number}" for b in shape.badges[:4]).replace("#", "#35;")
    lines = [f"{_text(shape.title)}{' ⚠ ' + marks if marks else ''}", f"<small>{_words(shape.words) or shape.kind}</small>"]
    return f'{name}{left}"{"<br/>".join(lines)}"{right}'


def _arrow(arrow: Arrow, names: dict[str, str]) -> str:
    line = "-.->" if arrow.style != "flow" or arrow.inferred else "-->"
    marks = " ".join(f"#35;{b.number}" for b in arrow.badges[:3])
    text = " ".join(filter(None, [_words(arrow.words), f"⚠ {marks}" if marks else ""]))
    label = f'|"{text}"|' if text else ""
    return f"{names[arrow.source]} {line}{label} {names[arrow.target]}"


def _classes(shapes: Sequence[Shape], names: dict[str, str]) -> list[str]:
    from edalint.diagrams.glyphs import FAMILY

    members: dict[str, list[str]] = {}
    for shape in shapes:
        members.setdefault(FAMILY.get(shape.kind, "outside"), []).append(names[shape.id])
    rows = [f"  classDef {family} {CLASSES[family]}" for family in sorted(members)]
    rows += [f"  class {','.join(members[family])} {family}" for family in sorted(members)]
    for mark, style in MARKS.items():
        marked = [names[s.id] for s in shapes if s.mark == mark]
        rows += [f"  style {name} {style}" for name in marked]
    return rows


def _words(words: Words) -> str:
    """Defaults are slanted, as in our own pictures."""
    parts: list[str] = []
    for word in words:
        text = f"<i>{_text(word.text)}</i>" if word.default else _text(word.text)
        parts.append(f" · {text}" if parts and word.breaks else text)
    return "".join(parts)


def _text(text: str) -> str:
    """Text that Mermaid shows as it is: everything that it could take for markup as an entity."""
    special = '"#<>&|[]{}()`;\\'
    return "".join(f"#{ord(c)};" if c in special else c if c.isprintable() else " " for c in text)
