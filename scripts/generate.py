"""Write what is generated and checked in: rule pages, the list of facts, the diagrams of the gallery.

python scripts/generate.py           write the files
python scripts/generate.py --check   change nothing, exit with 1 and name the files that are not up to date
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def rule_pages() -> dict[str, str]:
    """A page for each rule under docs/rules, and their table."""
    from edalint.policy import compiled, pages

    rules = compiled.every()
    files = {f"docs/rules/{rule.id}.md": pages.page(rule) for rule in rules}
    files["docs/rules/README.md"] = pages.catalogue(rules)
    return files


def facts() -> dict[str, str]:
    """Every attribute that a policy may use, by kind."""
    from edalint.facts.registry import index

    lines = ["# Facts", "", "What the expressions of policies may use, by kind of subject; `edalint facts` prints the same.", ""]
    for kind, known in index().items():
        lines += [f"## {kind}", "", "| fact | gives | |", "|---|---|---|"]
        for name, (_, gives, description) in sorted(known.items()):
            first = " ".join(description.split("\n\n")[0].split()).replace("|", "\\|")
            lines.append(f"| `{name}` | {gives} | {first} |")
        lines.append("")
    return {"docs/facts.md": "\n".join(lines)}


VIEWS = {
    "flow": "how events flow",
    "failure": "what happens when something fails",
    "scale": "what limits how much at once",
    "trust": "who may send to what",
}


def gallery() -> dict[str, str]:
    """A page for every fixture system: its views as SVG, its flow as Mermaid."""
    from edalint import diagrams
    from edalint.analysis import analyze
    from edalint.diagrams import mermaid, scene
    from edalint.facts import contracts

    files = {}
    index = ["# Gallery", "", "Drawn by `edalint diagram` from the templates under `fixtures/`; CI keeps the pictures up to date.", ""]
    for folder in _systems():
        name = folder.relative_to(ROOT / "fixtures").as_posix().replace("/", "-")
        analysis = analyze([folder], root=ROOT)
        contracts.describe(analysis.graph)
        title = name.replace("-", " ")
        page = [f"# {title}", "", f"Templates: `{folder.relative_to(ROOT).as_posix()}`", ""]
        for view, caption in VIEWS.items():
            if view != "flow" and not scene.build(analysis.graph, view=view).arrows:
                continue
            file = f"{name}.svg" if view == "flow" else f"{name}-{view}.svg"
            files[f"docs/gallery/{file}"] = diagrams.render("svg", analysis, view=view)
            page += [f"## {caption[0].upper()}{caption[1:]}", "", f"![{title}: {caption}]({file})", ""]
        drawn = scene.build(analysis.graph, analysis.findings)
        page += ["## The flow as Mermaid", "", mermaid.markdown(drawn)]
        files[f"docs/gallery/{name}.md"] = "\n".join(page)
        index += [f"## [{title}]({name}.md)", "", f"![{title}]({name}.svg)", ""]
    files["docs/gallery/README.md"] = "\n".join(index)
    return files


def _systems() -> list[Path]:
    """The fixture systems; one that comes in several notations counts as several."""
    notations = ("sam", "cdk", "terraform", "cloudformation")
    found = []
    for system in sorted(p for p in (ROOT / "fixtures").iterdir() if p.is_dir()):
        inside = [system / n for n in notations if (system / n).is_dir()]
        found += inside if len(inside) > 1 else [system]
    return found


def main() -> int:
    """Write or check everything."""
    check = "--check" in sys.argv[1:]
    files = {**rule_pages(), **facts(), **gallery()}
    stale = [name for name, text in files.items() if not (ROOT / name).is_file() or (ROOT / name).read_text("utf-8") != text]
    folders = {Path(name).parent for name in files} - {Path("docs")}
    extra = [p for f in folders if (ROOT / f).is_dir() for p in (ROOT / f).iterdir() if p.relative_to(ROOT).as_posix() not in files]
    if check:
        for name in sorted([*stale, *(p.relative_to(ROOT).as_posix() for p in extra)]):
            print(f"{name} is not up to date; run python scripts/generate.py", file=sys.stderr)  # noqa: T201
        return int(bool(stale or extra))
    for name in stale:
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(files[name], "utf-8")
    for path in extra:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
