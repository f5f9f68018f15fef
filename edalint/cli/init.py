"""`edalint init`."""

from __future__ import annotations

from pathlib import Path

import click

CONFIG = """\
# What edalint reports here. Every key: edalint's README; an unknown key is an error.
fail-on: warning          # error | warning | note | never
# ignore: [EDA110]        # rules that are off
# rules:                  # severity and parameters of single rules
#   EDA202: {severity: warning, factor: 6}
# per-path:
#   - {path: "examples/**", ignore: [EDA1]}
# policies: [policies]    # a folder with rules of your own (edalint policy new)
"""
PRE_COMMIT = """\
  - repo: https://example.invalid/edalint   # where your clone or mirror of edalint is
    rev: v0.1.0
    hooks:
      - id: edalint
"""
GITHUB = """\
name: edalint
on: [pull_request, push]
permissions:
  contents: read
  security-events: write
jobs:
  edalint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with: {python-version: "3.12"}
      - run: pip install edalint
      - run: edalint check --format text --format sarif=edalint.sarif
      - uses: github/codeql-action/upload-sarif@v3
        if: always()
        with: {sarif_file: edalint.sarif, category: edalint}
"""


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--ci", type=click.Choice(["github", "none"]), default="github", show_default=True, help="Which workflow to write.")
def init(folder: Path, ci: str) -> None:
    """Write a configuration, a pre-commit entry and a CI workflow; nothing that is there is overwritten."""
    _write(folder / "edalint.yaml", CONFIG)
    hooks = folder / ".pre-commit-config.yaml"
    if hooks.exists():
        if "id: edalint" not in hooks.read_text("utf-8"):
            click.echo(f"{hooks} is there already; add to its repos:\n\n{PRE_COMMIT}")
    else:
        _write(hooks, f"repos:\n{PRE_COMMIT}")
    if ci == "github":
        _write(folder / ".github" / "workflows" / "edalint.yaml", GITHUB)
    _propose_baseline(folder)


def _write(path: Path, text: str) -> None:
    if path.exists():
        click.echo(f"{path} is there already")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    click.echo(f"{path}: written")


def _propose_baseline(folder: Path) -> None:
    from edalint.analysis import analyze

    found = len(analyze([folder]).findings)
    if found:
        click.echo(f"{found} findings today; `edalint baseline create {folder}` accepts them, so that only new ones are reported")
