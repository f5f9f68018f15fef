"""The page itself: HTML with everything in it."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from html import escape
from pathlib import Path

from edalint.diagrams import scene as scenes
from edalint.diagrams import svg
from edalint.diagrams.page.inventory import Table, tables
from edalint.diagrams.scene import Scene
from edalint.hints import Any
from edalint.model.terminal import harmless_json, printable

HERE = Path(__file__).parent
VIEW_NAMES = {"flow": "Flow", "failure": "Failure", "scale": "Scaling", "trust": "Trust"}

LEGEND = (
    '<p class="legend"><span class="solid"></span> declared <span class="dotted"></span> inferred from permissions and environment '
    '<span class="dashed"></span> what fails <i>slanted</i> AWS\'s default &#183; drag to move, wheel or <kbd>+</kbd> <kbd>−</kbd> to zoom, '
    "<kbd>/</kbd> to search, <kbd>Esc</kbd> to clear</p>"
)
"""What the lines of the picture mean, and the keys."""


def render(analysis: Any, *, group: str = "stack", title: str = "", icons: dict[str, str] | None = None) -> str:
    """The report of an analysis, as one file."""
    style = _asset("page.css") + svg.STYLE
    script = _asset("page.js")
    views = {v: scenes.build(analysis.graph, analysis.findings, view=v, group=group) for v in VIEW_NAMES}
    views = {v: s for v, s in views.items() if v == "flow" or s.arrows}
    title = title or "Event flows"
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    body = [
        f'<header><h1>{_e(title)}</h1><p class="sum">{_e(_summary(analysis))}</p></header>',
        _toolbar(views),
        '<main><section id="stage" aria-label="diagram">',
        *(_view(name, scene, icons, first=name == "flow") for name, scene in views.items()),
        '<aside id="about" hidden aria-live="polite"></aside></section>',
        LEGEND,
        _findings(analysis),
        *(_table(t) for t in tables(analysis.graph)),
        _unknowns(analysis),
        "</main>",
        f'<script type="application/json" id="data">{_json(_data(analysis, views["flow"]))}</script>',
        f"<script>{script}</script>",
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=True)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{_e(title)}</title><style>{style}</style></head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _asset(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _summary(analysis: Any) -> str:
    summary = analysis.summary()
    found = ", ".join(f"{n} {s}{'' if n == 1 else 's'}" for s, n in summary["findings"].items() if n) or "no findings"
    inputs = f"{summary['inputs']} input{'' if summary['inputs'] == 1 else 's'}"
    return f"{found} · {summary['nodes']} nodes, {summary['edges']} edges · {inputs}"


def _toolbar(views: dict[str, Scene]) -> str:
    tabs = "".join(
        f'<button type="button" role="tab" data-view="{name}" aria-selected="{str(name == "flow").lower()}">{VIEW_NAMES[name]}</button>'
        for name in views
    )
    return (
        f'<nav aria-label="views and search"><div role="tablist" aria-label="views">{tabs}</div>'
        '<label class="search">Search <input id="search" type="search" autocomplete="off" placeholder="queue, rule, function…"></label>'
        '<span id="found" role="status"></span>'
        '<span class="zoom"><button type="button" id="out" aria-label="zoom out">−</button>'
        '<button type="button" id="fit">Fit</button><button type="button" id="in" aria-label="zoom in">+</button></span></nav>'
    )


def _view(name: str, scene: Scene, icons: dict[str, str] | None, *, first: bool) -> str:
    picture = svg.render(scene, icons=icons)
    picture = picture[: picture.index("<style>")] + picture[picture.index("</style>") + len("</style>") :]
    return f'<div class="view" data-view="{name}" role="tabpanel"{"" if first else " hidden"}>{picture}</div>'


def _findings(analysis: Any) -> str:
    rows = []
    for number, f in enumerate(analysis.findings, 1):
        place = f"{f.location.path}:{f.location.line}"
        way = " → ".join(s.node for s in f.path if not s.failed)
        lost = ", ".join(s.node for s in f.path if s.failed)
        details = f'<p class="way">{_e(way)}{f" <span>✗ {_e(lost)}</span>" if lost else ""}</p>' if len(f.path) > 1 else ""
        when = f'<p class="way">when {_e(f.when)}</p>' if f.when else ""
        fix = f"<details><summary>What to write</summary><pre>{_e(f.fix.strip())}</pre></details>" if f.fix.strip() else ""
        rows.append(
            f'<li class="{f.severity}" data-finding="{number}" id="f{number}"><button type="button" class="show" aria-label="show finding {number} '
            f'in the diagram"><span class="no">{number}</span></button><div><h3><code>{_e(f.rule)}</code> {_e(f.name)}'
            f"<small>{_e(f.severity)}, {_e(f.confidence)} confidence</small></h3><p>{_e(f.message)}</p>{details}{when}"
            f'<p class="at">{_e(place)}</p>{fix}</div></li>'
        )
    listed = f'<ol class="findings">{"".join(rows)}</ol>' if rows else "<p>No findings.</p>"
    return f'<section aria-labelledby="hf"><h2 id="hf">Findings</h2>{listed}</section>'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_e(c)}</th>' for c in table.columns)
    rows = "".join(
        f'<tr data-node="{_a(node)}">'
        + "".join(f"<td>{_e(cell)}</td>" if i else f'<th scope="row">{_e(cell)}</th>' for i, cell in enumerate(cells))
        + "</tr>"
        for node, cells in table.rows
    )
    name = table.title.lower()
    return (
        f'<section aria-labelledby="h{name}"><h2 id="h{name}">{_e(table.title)}</h2><div class="scroll" tabindex="0" role="region" '
        f'aria-labelledby="h{name}"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def _unknowns(analysis: Any) -> str:
    rows = [f"{d.path}:{d.line}: {d.message}" for d in analysis.diagnostics]
    rows += [f"{u.rule} {u.subject.name}: {u.reason}" for u in analysis.undecided]
    rows += [
        f"{n} resources of type {t} are not understood" if n > 1 else f"a resource of type {t} is not understood"
        for t, n in analysis.unknown_types.items()
    ]
    if not rows:
        return '<section aria-labelledby="hu"><h2 id="hu">Not known</h2><p>Everything was understood.</p></section>'
    return f'<section aria-labelledby="hu"><h2 id="hu">Not known</h2><ul class="unknown">{"".join(f"<li>{_e(r)}</li>" for r in rows)}</ul></section>'


def _data(analysis: Any, scene: Scene) -> dict[str, Any]:
    """What the script needs: the contract of each node and the way of each finding."""
    graph = analysis.graph
    nodes = {}
    for node in graph.nodes.values():
        place = node.location
        nodes[node.id] = {
            "kind": node.kind,
            "name": node.name,
            "details": str(node.attributes.get("details", "")),
            "at": f"{place.path}:{place.line}" if place else "",
            "in": [[e.kind, e.source.id, str(e.attributes.get("contract", ""))] for e in graph.into(node)],
            "out": [[e.kind, e.target.id, str(e.attributes.get("contract", ""))] for e in graph.out(node)],
        }
    by_address = {n.address: n.id for n in graph.nodes.values()}
    findings = [
        {
            "rule": f.rule,
            "nodes": _on_the_way(f, nodes, by_address),
        }
        for f in analysis.findings
    ]
    return {"nodes": nodes, "findings": findings}


def _on_the_way(finding: Any, nodes: dict[str, Any], by_address: dict[str, str]) -> list[str]:
    """The ids of a finding's subject and the steps of its path; an address means the finding's own template first."""
    unit = finding.subject.id.partition("#")[0]
    ids = [finding.subject.id]
    for step in finding.path:
        near = f"{unit}#{step.address}"
        ids.append(near if near in nodes else by_address.get(step.address, ""))
    return [i for i in dict.fromkeys(ids) if i in nodes]


def _json(value: Any) -> str:
    """JSON that can stand in a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return harmless_json(text).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _e(text: str) -> str:
    return escape(printable(text, lines=True), quote=False)


def _a(text: str) -> str:
    return escape(printable(text, lines=True), quote=True)
