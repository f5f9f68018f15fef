"""`edalint report`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from edalint.cli.inputs import analysis_of, inputs, settings_of, write
from edalint.hints import Any


@click.command()
@inputs
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    default="edalint-report.html",
    show_default=True,
    help="The file to write.",
)
@click.option(
    "--group",
    type=click.Choice(["stack", "construct", "module", "none"]),
    default="stack",
    show_default=True,
    help="What frames stand for.",
)
@click.option("--title", default="", help="A title for the page.")
@click.option("--icons", type=click.Path(path_type=Path, file_okay=False, exists=True), help="A folder with pictures KIND.svg or KIND.png.")
def report(**arguments: Any) -> None:
    """Write one HTML file with the diagram, the findings, the inventory and what is not known."""
    from edalint import diagrams

    analysis = analysis_of(arguments, settings_of(arguments), judge=True, describe=True)
    text = diagrams.render("html", analysis, group=arguments["group"], title=arguments["title"], icons=arguments["icons"])
    write(text, arguments["output"])
    click.echo(f"{arguments['output']}: {len(analysis.findings)} findings, {len(analysis.graph.nodes)} nodes", err=True)
    sys.exit(2 if analysis.failed else 0)
