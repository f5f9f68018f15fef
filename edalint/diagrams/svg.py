"""The diagram as SVG: our own layout, dark and light, the same bytes for the same scene."""

from __future__ import annotations

from html import escape

from edalint.diagrams.glyphs import FAMILY, GLYPHS
from edalint.diagrams.layout import Box, Drawing, Link, Placed, Route, layout
from edalint.diagrams.metrics import shorten, width, wrap
from edalint.diagrams.scene import Arrow, Badge, Scene, Shape
from edalint.diagrams.split import overview
from edalint.diagrams.split import pieces as pieces_of
from edalint.diagrams.wording import Word, Words, plain
from edalint.model.records import NamedTuple
from edalint.model.terminal import printable

FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
TITLE, DETAIL, LABEL = 13, 10.5, 10.5
WIDEST = 176
ICON = 26
MARGIN = 24
LONGEST_LABEL = 144
MOST_SHAPES = 250
"""What one drawing can show and still be read."""
LABEL_LINE = 13.0
"""From one line of a label to the next."""

STYLE = """
:root,.edalint{--bg:#fff;--on:#fff;--fg:#1b1f24;--dim:#475467;--faint:#667085;--line:#475467;--card:#fff;--edge:#cfd4dc;--fail:#c4320a;--scale:#6941c6;
--route:#e0457b;--hold:#d6336c;--work:#e8590c;--flow:#ae3ec9;--store:#2f9e44;--edge-fam:#1971c2;--watch:#d9480f;--outside:#868e96;
--new:#067647;--error:#d92d20;--warning:#dc6803;--note:#1570ef;--frame:#f4f6f9}
@media (prefers-color-scheme:dark){:root,.edalint{--bg:#0d1117;--on:#0d1117;--fg:#e6edf3;--dim:#b4bdca;--faint:#8993a3;--line:#8b98a9;--card:#161b22;--edge:#343b46;
--fail:#ff8a65;--scale:#b692f6;--frame:#11161d;--route:#f783ac;--hold:#faa2c1;--work:#ffa94d;--flow:#e599f7;--store:#8ce99a;--edge-fam:#74c0fc;
--watch:#ffa94d;--outside:#adb5bd;--new:#47cd89;--error:#f97066;--warning:#fdb022;--note:#53b1fd}}
.bg{fill:var(--bg)}text{font-family:FONT;fill:var(--fg)}.t{font-size:13px;font-weight:600}.d{font-size:10.5px;fill:var(--dim)}
.l{font-size:10.5px;fill:var(--dim)}.df{font-style:italic;fill:var(--faint)}.card{fill:var(--card);stroke:var(--edge);stroke-width:1.2}.outside .card{stroke-dasharray:3 3}
.faint{opacity:.45}.way{fill:none;stroke:var(--line);stroke-width:1.4}.failure .way{stroke:var(--fail);stroke-dasharray:6 4}
.failure .l,.failure .df{fill:var(--fail)}.trust .way{stroke:var(--note);stroke-dasharray:3 2}.trust .head{fill:var(--note);stroke:var(--note)}.scale .way{stroke:var(--scale);stroke-dasharray:2 3}.inferred .way{stroke-dasharray:1.5 3}
.head{fill:var(--line);stroke:var(--line);stroke-width:1.2}.failure .head{fill:var(--fail);stroke:var(--fail)}
.scale .head{fill:var(--scale);stroke:var(--scale)}.inferred .head{fill:var(--bg)}
.g{fill:none;stroke:var(--on);stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}
.route{--f:var(--route)}.hold{--f:var(--hold)}.work{--f:var(--work)}.flow{--f:var(--flow)}.store{--f:var(--store)}
.edge{--f:var(--edge-fam)}.watch{--f:var(--watch)}.outside{--f:var(--outside)}.i{fill:var(--f)}
.group{fill:var(--frame);stroke:var(--edge);stroke-width:1}.gt{font-size:11px;font-weight:600;fill:var(--dim)}
.b{stroke:var(--card);stroke-width:1.5}.b.error{fill:var(--error)}.b.warning{fill:var(--warning)}.b.note{fill:var(--note)}
.added .card{stroke:var(--new);stroke-width:2.4}.removed .card{stroke:var(--error);stroke-width:2;stroke-dasharray:5 4}
.changed .card{stroke:var(--warning);stroke-width:2.4}.a.added .way,.a.added .head{stroke:var(--new);stroke-width:2}.a.added .head{fill:var(--new)}
.a.removed .way,.a.removed .head{stroke:var(--error)}.a.removed .way{stroke-dasharray:5 4}.a.removed .head{fill:var(--error)}
.a.changed .way,.a.changed .head{stroke:var(--warning);stroke-width:2}.a.changed .head{fill:var(--warning)}
.bt{font-size:9.5px;font-weight:700;fill:var(--on);text-anchor:middle}
""".replace("FONT", FONT).replace("\n", "")


class _Card(NamedTuple):
    titles: list[str]
    details: list[Words]
    width: float
    height: float


def render(scene: Scene, *, icons: dict[str, str] | None = None) -> str:
    """The whole SVG. `icons`: kind -> data URI of a picture to draw instead of our own glyph.

    What is too large for one picture comes in several, one below the other, with an overview of the groups first.
    """
    scenes = pieces_of(scene, lambda s: len(s.shapes) <= MOST_SHAPES)
    if len(scenes) > 1:
        first = overview(scene)
        scenes = [first, *scenes] if first else scenes
    footer = _footer(scene)
    texts = [(scene.title, TITLE), (footer, LABEL)]
    total_width = max(width(text, size, bold=True) for text, size in texts) + 2 * MARGIN
    head = 22 if scene.title else 0
    y = float(MARGIN + head)
    body: list[str] = []
    for piece in scenes:
        if len(scenes) > 1:
            body.append(f'<text class="t" x="{MARGIN}" y="{_n(y + 10)}">{_e(piece.title)}</text>')
            y += 24
        rows, wide, high = _picture(piece, icons or {}, y)
        body += rows
        total_width = max(total_width, wide + 2 * MARGIN)
        y += high + (32 if len(scenes) > 1 else 0)
    total_height = y + MARGIN + (18 if footer else 0)
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="edalint" viewBox="0 0 {_n(total_width)} {_n(total_height)}" '
        f'width="{_n(total_width)}" height="{_n(total_height)}" role="img" aria-label="{_a(scene.title or "event flows")}">',
        f"<style>{STYLE}</style>",
        f'<rect class="bg" width="{_n(total_width)}" height="{_n(total_height)}"/>',
    ]
    if scene.title:
        rows.append(f'<text class="t" x="{MARGIN}" y="{MARGIN + 4}">{_e(scene.title)}</text>')
    rows += body
    if footer:
        rows.append(f'<text class="l" x="{MARGIN}" y="{_n(total_height - 12)}">{_e(footer)}</text>')
    rows.append("</svg>")
    return "\n".join(rows) + "\n"


def _picture(scene: Scene, icons: dict[str, str], y: float) -> tuple[list[str], float, float]:
    """One drawing at a height, with its size."""
    cards = {s.id: _card(s) for s in scene.shapes}
    drawing = arrange(scene, cards)
    rows = [f'<g transform="translate({MARGIN} {_n(y)})">']
    rows += [_group(name, place) for name, place in drawing.groups.items()]
    rows += [_arrow(a, drawing.routes[a.id]) for a in scene.arrows]
    rows += [_shape(s, cards[s.id], drawing.boxes[s.id], icons) for s in scene.shapes]
    rows.append("</g>")
    return rows, drawing.width, drawing.height


def arrange(scene: Scene, cards: dict[str, _Card] | None = None) -> Drawing:
    """The positions of a scene's shapes, arrows and labels."""
    return layout(*pieces(scene, cards))


def pieces(scene: Scene, cards: dict[str, _Card] | None = None) -> tuple[list[Box], list[Link]]:
    """What the layout is given: boxes and links with the sizes that their texts need."""
    cards = cards or {s.id: _card(s) for s in scene.shapes}
    boxes = [Box(s.id, cards[s.id].width, cards[s.id].height, s.group) for s in scene.shapes]
    links = []
    for arrow in scene.arrows:
        lines = _label(arrow)
        label = (0.0, 0.0)
        if lines or arrow.badges:
            wide = max((width(plain_line(line), LABEL) for line in lines), default=0.0)
            label = (_up(wide + 6 + 16 * len(arrow.badges[:3])), LABEL_LINE * max(len(lines), 1) + 1)
        weight = 0.6 if arrow.style == "failure" else 0.3 if arrow.style in ("scale", "trust") else 1.0 if arrow.inferred else 2.0
        links.append(Link(arrow.id, arrow.source, arrow.target, label, weight, feedback=arrow.inferred and arrow.kind == "publish"))
    return boxes, links


def _label(arrow: Arrow) -> list[Words]:
    return lines_of(arrow.words, LABEL, LONGEST_LABEL, 2)


def plain_line(line: Words) -> str:
    """A line of words as text."""
    return "".join(word.text for word in line)


def lines_of(words: Words, size: float, most: float, lines: int) -> list[Words]:
    """The words in at most so many lines, broken where a word allows it; what does not fit is shortened."""
    if not words:
        return []
    whole = _joined(words)
    if width(plain_line(whole), size) <= most or lines == 1:
        return [_cut(whole, size, most)]
    breaks = [n for n, w in enumerate(words) if n and w.breaks]
    fitting = [n for n in breaks if width(plain_line(_joined(words[:n])), size) <= most]
    at = fitting[-1] if fitting else breaks[0] if breaks else 0
    if not at:
        texts = wrap(plain(words), size, most, lines)
        return [(Word(text, all(w.default for w in words)),) for text in texts]
    return [_cut(_joined(words[:at]), size, most), *lines_of(words[at:], size, most, lines - 1)]


def _joined(words: Words) -> Words:
    return tuple(w._replace(text=f" · {w.text}") if n and w.breaks else w for n, w in enumerate(words))


def _cut(line: Words, size: float, most: float) -> Words:
    """The line, or as much of it as fits; a first word that is alone too long loses its middle."""
    kept: list[Word] = []
    for word in line:
        room = most - width(plain_line(tuple(kept)), size)
        if width(word.text, size) > room:
            short = shorten(word.text, size, room)
            kept.append(word._replace(text=short))
            break
        kept.append(word)
    return tuple(kept)


def _titles(title: str) -> list[str]:
    """A title in one or two lines; of a construct path the last part is kept whole."""
    room = WIDEST - ICON - 24
    parent, slash, leaf = title.rpartition("/")
    if slash and width(title, TITLE, bold=True) > room:
        return [shorten(f"{parent}/", TITLE, room, bold=True), shorten(leaf, TITLE, room, bold=True)]
    return wrap(title, TITLE, room, 2, bold=True)


def _card(shape: Shape) -> _Card:
    small = shape.kind in ("rule", "schedule", "pipe")
    titles = _titles(shape.title)
    details = lines_of(shape.words or (Word(shape.kind),), DETAIL, WIDEST - ICON - 24, 2)
    text = max([width(t, TITLE, bold=True) for t in titles] + [width(plain_line(d), DETAIL) for d in details])
    height = 14.0 + 15 * len(titles) + 13 * len(details) + 1
    return _Card(titles, details, _up(max(text + ICON + 26, 92 if small else 104)), max(height, 44.0))


def _line(line: Words, x: float, y: float, size: float, name: str) -> str:
    """A line of words; what is only a default is slanted and pale."""
    runs = "".join(f'<tspan class="df">{_e(w.text)}</tspan>' if w.default else _e(w.text) for w in line)
    return f'<text class="{name}" x="{_n(x)}" y="{_n(y)}"{_fit(plain_line(line), size, False)}>{runs}</text>'


def _shape(shape: Shape, card: _Card, place: Placed, icons: dict[str, str]) -> str:
    family = FAMILY.get(shape.kind, "outside")
    classes = f"n {family}" + (" faint" if shape.faint else "") + (f" {shape.mark}" if shape.mark else "")
    label = f"{shape.kind} {shape.title}" + (f", {shape.details}" if shape.details else "")
    rows = [
        f'<g class="{classes}" transform="translate({_n(place.x)} {_n(place.y)})" data-id="{_a(shape.id)}" tabindex="0" role="button" '
        f'aria-label="{_a(label)}"><title>{_e(label)}</title>',
        f'<rect class="card" width="{_n(place.width)}" height="{_n(place.height)}" rx="7"/>',
    ]
    top = (place.height - ICON) / 2
    if shape.kind in icons:
        rows.append(f'<image x="8" y="{_n(top)}" width="{ICON}" height="{ICON}" href="{_a(icons[shape.kind])}"/>')
    else:
        rows.append(f'<rect class="i" x="8" y="{_n(top)}" width="{ICON}" height="{ICON}" rx="5"/>')
        rows.append(f'<path class="g" transform="translate(13 {_n(top + 5)})" d="{GLYPHS.get(shape.kind, GLYPHS["external"])}"/>')
    y = (place.height - 15 * len(card.titles) - 13 * len(card.details)) / 2 + 11.5
    for title in card.titles:
        rows.append(f'<text class="t" x="{ICON + 15}" y="{_n(y)}"{_fit(title, TITLE, True)}>{_e(title)}</text>')
        y += 15
    for line in card.details:
        rows.append(_line(line, ICON + 15, y, DETAIL, "d"))
        y += 13
    rows += _badge_row(shape.badges, place.width, 0)
    rows.append("</g>")
    return "".join(rows)


def _badge_row(badges: tuple[Badge, ...], right: float, y: float) -> list[str]:
    shown = badges[:4]
    return [_badge(b, right - 8 - 17 * (len(shown) - 1 - i), y) for i, b in enumerate(shown)]


def _badge(badge: Badge, x: float, y: float) -> str:
    small = ' textLength="13" lengthAdjust="spacingAndGlyphs"' if badge.number > 99 else ""
    return (
        f'<g class="f" data-finding="{badge.number}"><title>{_e(f"{badge.rule}: {badge.message}")}</title>'
        f'<circle class="b {badge.severity}" cx="{_n(x)}" cy="{_n(y)}" r="8"/>'
        f'<text class="bt" x="{_n(x)}" y="{_n(y + 3.4)}"{small}>{badge.number}</text></g>'
    )


def _arrow(arrow: Arrow, route: Route) -> str:
    points = f"M{_n(route.start[0])} {_n(route.start[1])}"
    for a, b, c in route.curves:
        points += f"C{_n(a[0])} {_n(a[1])} {_n(b[0])} {_n(b[1])} {_n(c[0])} {_n(c[1])}"
    classes = f"a {arrow.style}" + (" inferred" if arrow.inferred else "") + (f" {arrow.mark}" if arrow.mark else "")
    about = f"{arrow.kind}" + (f": {arrow.label}" if arrow.label else "") + (" (inferred)" if arrow.inferred else "")
    rows = [
        f'<g class="{classes}" data-from="{_a(arrow.source)}" data-to="{_a(arrow.target)}"><title>{_e(about)}</title>',
        f'<path class="way" d="{points}"/>',
        _head(route),
    ]
    if route.label is not None:
        for number, line in enumerate(_label(arrow)):
            rows.append(_line(line, route.label.x + 3, route.label.y + 10.5 + LABEL_LINE * number, LABEL, "l"))
        rows += _badge_row(arrow.badges[:3], route.label.x + route.label.width, route.label.y + route.label.height - 8)
    rows.append("</g>")
    return "".join(rows)


def _head(route: Route) -> str:
    """A small triangle that points the way the curve ends."""
    if not route.curves:
        return ""
    _, control, end = route.curves[-1]
    dx, dy = end[0] - control[0], end[1] - control[1]
    size = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / size, dy / size
    left = (end[0] - 8 * ux - 3.6 * uy, end[1] - 8 * uy + 3.6 * ux)
    right = (end[0] - 8 * ux + 3.6 * uy, end[1] - 8 * uy - 3.6 * ux)
    return f'<path class="head" d="M{_n(end[0])} {_n(end[1])}L{_n(left[0])} {_n(left[1])}L{_n(right[0])} {_n(right[1])}z"/>'


def _group(name: tuple[str, ...], place: Placed) -> str:
    title = shorten(name[-1], 11, max(place.width - 20, 40), bold=True)
    return (
        f'<g class="gr"><rect class="group" x="{_n(place.x)}" y="{_n(place.y)}" width="{_n(place.width)}" height="{_n(place.height)}" rx="9"/>'
        f'<text class="gt" x="{_n(place.x + 10)}" y="{_n(place.y + 15)}"{_fit(title, 11, True)}>{_e(title)}</text></g>'
    )


def _footer(scene: Scene) -> str:
    counted = ", ".join(f"{n} {word}{'' if n == 1 else 's'}" for word, n in scene.hidden.items())
    return f"not drawn: {counted}" if counted else ""


def _fit(text: str, size: float, bold: bool) -> str:
    return f' textLength="{_n(width(text, size, bold=bold))}" lengthAdjust="spacingAndGlyphs"' if len(text) > 3 else ""


def _up(value: float) -> float:
    return float(int(value) + 1)


def _n(value: float) -> str:
    """A number with at most one decimal."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def _e(text: str) -> str:
    return escape(printable(text), quote=False)


def _a(text: str) -> str:
    return escape(printable(text), quote=True)
