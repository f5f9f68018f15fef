"""`edalint diff`."""

from __future__ import annotations

import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click

from edalint.cli.inputs import color, say, write
from edalint.cli.revisions import extract, top
from edalint.hints import Any

FORMATS = ("text", "markdown", "json", "svg", "html")


@click.command()
@click.argument("base")
@click.argument("head", required=False)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--format", "format", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print it.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="The file to write [default: standard output].")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where the change introduces findings.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The configuration file to use.")
def diff(
    base: str, head: str | None, paths: tuple[Path, ...], format: str, output: Path | None, exit_code: bool, config: Path | None
) -> None:
    """Say what a change changes: flows added and removed, contracts, findings.

    BASE and HEAD are folders, files, plans or git revisions; without HEAD the working tree is compared. PATHS limit revisions to
    parts of the repository.
    """
    from edalint.diagrams.changes import compare
    from edalint.facts import contracts

    with ExitStack() as stack:
        before = _analysis(base, paths, config, stack)
        after = _analysis(head, paths, config, stack)
        for side in (before, after):
            contracts.describe(side.graph)
        changes = compare(before, after)
        write(_render(format, changes, before, after), output)
    failed = before.failed or after.failed
    for diagnostic in [*before.diagnostics, *after.diagnostics]:
        if diagnostic.severity == "error":
            say(f"{diagnostic.path}:{diagnostic.line}: {diagnostic.message}")
    sys.exit(2 if failed else int(exit_code and bool(changes.introduced)))


def _render(format: str, changes: Any, base: Any, head: Any) -> str:
    from edalint.diagrams import changes_text

    if format == "markdown":
        return changes_text.markdown(changes, head, base)
    if format == "json":
        return changes_text.as_json(changes)
    if format == "text":
        return changes_text.text(changes, color=color("auto"))
    from edalint.diagrams import svg

    picture = svg.render(changes_text.neighbourhood(changes, head, base))
    if format == "svg":
        return picture
    from html import escape

    said = escape(changes_text.text(changes))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Changed event flows</title><meta http-equiv="Content-Security-Policy" '
        f"content=\"default-src 'none'; style-src 'unsafe-inline'\"></head><body>{picture}<pre>{said}</pre></body></html>\n"
    )


def _analysis(what: str | None, paths: tuple[Path, ...], config: Path | None, stack: ExitStack) -> Any:
    """The analysis of one side: a path that is there, else a git revision; None is the working tree."""
    from edalint.analysis import analyze
    from edalint.config import ConfigError, load

    given = [Path(what)] if what and Path(what).exists() else []
    try:
        settings = load({"paths": given or [Path()], "config": config})
    except ConfigError as error:
        say(str(error))
        sys.exit(2)
    if given:
        root = given[0] if given[0].is_dir() else given[0].parent
        return analyze(given, settings, root=root.absolute())
    if what is None:
        root = top()
        return analyze([root / p for p in paths] or [root], settings, root=root)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="edalint-")))
    extract(what, folder)
    inside = [folder / p for p in paths if (folder / p).exists()] if paths else [folder]
    return analyze(inside, settings, root=folder)
