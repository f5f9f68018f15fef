"""`edalint check` as click knows it; what it does is in `checking`."""

from __future__ import annotations

from pathlib import Path

import click

from edalint.cli.checking import CHOICES, run
from edalint.cli.inputs import inputs
from edalint.hints import Any
from edalint.reports import REPORTS


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
@click.option("--fail-on", type=click.Choice(CHOICES["--fail-on"]), help="Exit with 1 from this severity on [default: warning].")
@click.option("--min-confidence", type=click.Choice(CHOICES["--min-confidence"]), help="Report only findings this sure [default: low].")
@click.option("--baseline", type=click.Path(path_type=Path, dir_okay=False), help="Leave out the findings that this baseline holds.")
@click.option("--since", metavar="REF", help="Report only what is new against this git revision.")
@click.option("--profile", type=click.Choice(CHOICES["--profile"]), help="Use the settings of a profile.")
@click.option("--environment", multiple=True, metavar="NAME", help="Only this environment of the configuration; may be repeated.")
@click.option("--schema", is_flag=True, help="Also run cfn-lint on the CloudFormation templates.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes that share a large input [default: one per processor].")
@click.option("--no-cache", is_flag=True, help="Analyse anew, whatever an earlier run has kept, and keep nothing.")
@click.option("--show-unknown", is_flag=True, help="List what could not be decided, and why.")
@click.option("--statistics", is_flag=True, help="Count the findings by rule.")
@click.option("--show-files", is_flag=True, help="List what is analysed and what is passed over, and stop.")
@click.option("--no-suppressions", is_flag=True, help="Report suppressed findings too.")
@click.option("--fix", is_flag=True, help="Write what is mechanical and safe to mend into the templates, and report what is left.")
@click.option("--diff", is_flag=True, help="Print what --fix would write as a patch, and write nothing.")
@click.option("--unsafe-fixes", is_flag=True, help="Also fix where a number has to be chosen: timeouts, limits.")
@click.option("--hook", is_flag=True, help="For pre-commit: one line a finding, quiet when there is nothing to analyse.")
@click.option("--color", "colors", type=click.Choice(CHOICES["--color"]), default="auto", show_default=True, help="Colours in text.")
def check(**arguments: Any) -> None:
    """Find where the event flows under PATHS lose, repeat, refuse or pile up events."""
    run(arguments)
