"""`edalint policy`: writing and testing policies."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from edalint.cli.inputs import fail
from edalint.cli.mistakes import refuse
from edalint.model.terminal import harmless


@click.group()
def policy() -> None:
    """Write and test policies of your own."""


@policy.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
def test(paths: tuple[Path, ...]) -> None:
    """Run the examples of the policies in files and folders: each bad one must fire where it is marked, no good one may."""
    from edalint.analysis import graph_of
    from edalint.policy import compiled, examples
    from edalint.policy.rulefile import PolicyError

    try:
        everything = compiled.every(paths)
        ids = [i for path in paths for i in compiled.rows(path.resolve())]
    except PolicyError as error:
        refuse(error)
    if not ids:
        fail(f"there are no policies in {', '.join(map(str, paths))}; `edalint policy new NAME.yaml` starts one")
    failures = ran = 0
    for rule in everything:
        if rule.id not in ids:
            continue
        ran += sum(1 for _ in examples.examples(rule))
        for failure in examples.run(rule, everything, graph_of):
            failures += 1
            click.echo(harmless(str(failure)))
    policies = f"{len(ids)} {'policy' if len(ids) == 1 else 'policies'}"
    click.echo(f"{policies}, {ran} example{'' if ran == 1 else 's'}, {failures} failure{'' if failures == 1 else 's'}")
    sys.exit(1 if failures else 0)


@policy.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
def new(path: Path) -> None:
    """Start a policy: writes a file that works and says what to change."""
    from edalint.policy.start import template

    if path.exists():
        fail(f"{path} exists already")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(template(path.stem), "utf-8")
    click.echo(f"{path}: written; `edalint policy test {path}` runs its examples")
