"""`edalint baseline`: accept what is there, so that only new findings are reported."""

from __future__ import annotations

from pathlib import Path

import click

from edalint.cli.inputs import analysis_of, fail, inputs, settings_of, write
from edalint.hints import Any
from edalint.model.terminal import harmless

DEFAULT = Path(".edalint-baseline.json")
FILE = click.option(
    "--file", "-f", type=click.Path(path_type=Path, dir_okay=False), help=f"The baseline [default: the configuration's, else {DEFAULT}]."
)


@click.group()
def baseline() -> None:
    """Accept the findings that a system has today; `edalint check --baseline` then reports new ones only."""


@baseline.command()
@inputs
@FILE
def create(**arguments: Any) -> None:
    """Write a baseline with every finding of today."""
    from edalint.policy import baseline as baselines

    analysis, path, _ = _analysis(arguments)
    write(baselines.text(baselines.entries(analysis.findings)), path)
    click.echo(f"{path}: {len(analysis.findings)} findings", err=True)
    if settings_of(arguments).baseline is None:
        click.echo(f"`baseline: {path}` in edalint.yaml, or --baseline {path}, leaves them out of reports", err=True)


@baseline.command()
@inputs
@FILE
def update(**arguments: Any) -> None:
    """Take what is mended out of the baseline, and follow what was moved; nothing new is added."""
    from edalint.policy import baseline as baselines

    analysis, path, entries = _analysis(arguments, read=True)
    left = baselines.updated(analysis.findings, entries, [u.path for u in analysis.units])
    write(baselines.text(left), path)
    click.echo(f"{path}: {len(left)} findings, {len(entries) - len(left)} less than before", err=True)


@baseline.command()
@inputs
@FILE
def show(**arguments: Any) -> None:
    """Say which findings of the baseline are still there, and which are mended."""
    from edalint.policy import baseline as baselines

    analysis, _, entries = _analysis(arguments, read=True)
    compared = baselines.compare(analysis.findings, entries, [u.path for u in analysis.units])
    for finding in compared.known:
        click.echo(harmless(f"there   {finding.rule} {finding.location.path}:{finding.location.line} {finding.message}"))
    for entry in compared.gone:
        click.echo(harmless(f"mended  {entry.rule} {entry.template} {entry.address} {entry.element}".rstrip()))
    click.echo(f"{len(compared.known)} still there, {len(compared.gone)} mended, {len(compared.new)} not in the baseline")


def _analysis(arguments: dict[str, Any], *, read: bool = False) -> tuple[Any, Path, list[Any]]:
    from edalint.policy import baseline as baselines

    settings = settings_of(arguments)
    path = arguments["file"] or settings.baseline or DEFAULT
    settings.baseline = None
    try:
        entries = baselines.read(path) if read else []
    except baselines.BaselineError as error:
        fail(str(error))
    return analysis_of(arguments, settings, judge=True), path, entries
