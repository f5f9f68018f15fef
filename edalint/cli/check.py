"""`edalint check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from edalint.cli.inputs import analysis_of, color, fail, inputs, paths_of, settings_of, width, write
from edalint.reports import REPORTS

if TYPE_CHECKING:
    from edalint.config import Settings


@click.command()
@inputs
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME[=FILE]",
    help=f"Report as {', '.join(REPORTS)} [default: text]; may be repeated, with =FILE into a file.",
)
@click.option("--select", multiple=True, metavar="RULE", help="Also run these rules: ids, names, prefixes such as EDA9, or all.")
@click.option("--only", multiple=True, metavar="RULE", help="Run nothing but these rules.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Do not run these rules.")
@click.option("--policies", multiple=True, type=click.Path(path_type=Path, exists=True), help="Folders or files with policies of your own.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "note", "never"]), help="Exit with 1 from this severity on [default: warning]."
)
@click.option("--min-confidence", type=click.Choice(["high", "medium", "low"]), help="Report only findings this sure [default: low].")
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False), help="Leave out the findings that this baseline holds.")
@click.option("--show-unknown", is_flag=True, help="List what could not be decided, and why.")
@click.option("--statistics", is_flag=True, help="Count the findings by rule.")
@click.option("--show-files", is_flag=True, help="List what is analysed and what is passed over, and stop.")
@click.option("--no-suppressions", is_flag=True, help="Report suppressed findings too.")
@click.option("--hook", is_flag=True, help="For pre-commit: one line a finding, quiet when there is nothing to analyse.")
@click.option(
    "--color", "colors", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colours in text."
)
def check(**arguments: Any) -> None:
    """Find where the event flows under PATHS lose, repeat, refuse or pile up events."""
    from edalint.reports import Options, render

    settings = settings_of(arguments)
    if arguments["show_files"]:
        _show_files(arguments, settings)
        return
    formats = [_report(text) for text in arguments["formats"] or (("concise",) if arguments["hook"] else ("text",))]
    analysis = analysis_of(arguments, settings, judge=True)
    if arguments["hook"] and not analysis.sources and not analysis.failed:
        return
    for name, file in formats:
        options = Options(
            color=file is None and color(arguments["colors"]),
            width=width(),
            show_unknown=arguments["show_unknown"],
            statistics=arguments["statistics"],
        )
        write(render(name, analysis, options), file)
    sys.exit(analysis.status())


def _report(text: str) -> tuple[str, Path | None]:
    name, _, file = text.partition("=")
    if name not in REPORTS:
        fail(f"there is no report format {name!r}; there are {', '.join(REPORTS)}")
    return name, Path(file) if file else None


def _show_files(arguments: dict[str, Any], settings: Settings) -> None:
    from edalint.sources.discovery import discover

    paths, _ = paths_of(arguments)
    found = discover(paths, exclude=settings.exclude)
    for source in found.sources:
        click.echo(f"{source.kind:<16} {source.display}")
    for name in found.passed_over:
        click.echo(f"{'passed over':<16} {name}")
    for diagnostic in found.diagnostics:
        click.echo(f"{diagnostic.path}: {diagnostic.severity}: {diagnostic.message}", err=True)
