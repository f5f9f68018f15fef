"""`edalint diagram`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from edalint.cli.inputs import analysis_of, fail, inputs, settings_of, write
from edalint.diagrams import FORMATS
from edalint.hints import Any

VIEWS = ("flow", "failure", "scale", "trust", "blast")
GROUPS = ("stack", "construct", "module", "none")


@click.command()
@inputs
@click.option("--format", "format", type=click.Choice(list(FORMATS)), default="mermaid", show_default=True, help="How to draw it.")
@click.option("--view", type=click.Choice(VIEWS), default="flow", show_default=True, help="What to draw.")
@click.option("--around", metavar="NAME", help="The node whose up and down stream the view 'blast' draws.")
@click.option("--group", type=click.Choice(GROUPS), default="stack", show_default=True, help="What frames stand for.")
@click.option("--no-findings", is_flag=True, help="Leave out the numbers of findings.")
@click.option("--title", default="", help="A title for the drawing.")
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="The file to write [default: standard output].")
@click.option("--write", "marked", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE",
              help="Put it between the lines <!-- edalint:diagram --> and <!-- /edalint:diagram --> of a Markdown file.")  # fmt: skip
@click.option("--check", is_flag=True, help="With --write or --output: change nothing, exit with 1 if the file is not up to date.")
@click.option("--icons", type=click.Path(path_type=Path, file_okay=False, exists=True), help="A folder with pictures KIND.svg or KIND.png.")
def diagram(**arguments: Any) -> None:
    """Draw the architecture of the templates under PATHS as its events flow."""
    from edalint import diagrams

    if (arguments["view"] == "blast") is not bool(arguments["around"]):
        fail("--view blast and --around NAME go together")
    analysis = analysis_of(arguments, settings_of(arguments), judge=not arguments["no_findings"], describe=True)
    try:
        text = diagrams.render(
            arguments["format"],
            analysis,
            view=arguments["view"],
            around=arguments["around"] or "",
            group=arguments["group"],
            title=arguments["title"],
            icons=arguments["icons"],
        )
    except LookupError as error:
        fail(str(error.args[0]))
    _deliver(text, arguments)
    sys.exit(2 if analysis.failed else 0)


def _deliver(text: str, arguments: dict[str, Any]) -> None:
    from edalint.diagrams.marked import MarkerError, between_markers

    file: Path | None = arguments["output"]
    if arguments["marked"]:
        file = arguments["marked"]
        assert file is not None
        try:
            text = between_markers(file.read_text("utf-8"), text, arguments["format"])
        except MarkerError as error:
            fail(f"{file}: {error}")
    if arguments["check"]:
        if file is None:
            fail("--check needs --write FILE or --output FILE")
        if not file.is_file() or file.read_text("utf-8") != text:
            click.echo(f"{file} is not up to date", err=True)
            sys.exit(1)
        return
    write(text, file)
