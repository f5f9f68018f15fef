"""`edalint graph`."""

from __future__ import annotations

import sys

import click

from edalint.cli.inputs import analysis_of, color, inputs, say, settings_of, width, write
from edalint.hints import Any
from edalint.reports import GRAPHS


@click.command()
@inputs
@click.option("--format", "format", type=click.Choice(list(GRAPHS)), default="text", show_default=True, help="How to print it.")
def graph(**arguments: Any) -> None:
    """Print the event-flow graph of the templates under PATHS."""
    from edalint.reports import Options, render_graph

    analysis = analysis_of(arguments, settings_of(arguments), judge=False, describe=True)
    write(render_graph(arguments["format"], analysis, Options(color=color("auto"), width=width())), None)
    if arguments["format"] == "text":
        for diagnostic in analysis.diagnostics:
            say(f"{diagnostic.path}:{diagnostic.line}:{diagnostic.column}: {diagnostic.severity}: {diagnostic.message}")
    sys.exit(2 if analysis.failed else 0)
