"""`edalint init`."""

from __future__ import annotations

from pathlib import Path

import click

from edalint.cli.baseline import DEFAULT

CONFIG = """\
# What edalint reports here. docs/configuration.md of edalint has every key; an unknown one is an error.
fail-on: warning          # error | warning | note | never
# profile: ci             # ci | strict | architect: a few settings under one name
# ignore: [EDA110]        # rules that are off
# rules:                  # severity and parameters of single rules
#   EDA202: {severity: warning, factor: 3}
# per-path:
#   - {path: "examples/**", ignore: [EDA1]}
# policies: [policies]    # a folder with rules of your own (edalint policy new policies/NAME.yaml)
# contexts:               # bounded contexts, for policies of your own
#   orders: ["orders/*"]
"""
PRE_COMMIT = """\
  - repo: local           # runs the edalint that is installed; `pip install edalint` first
    hooks:
      - id: edalint
        name: edalint
        entry: edalint check --hook
        language: system
        pass_filenames: false
        require_serial: true
        files: '(?i)(\\.(ya?ml|json|template|tf|tofu|tfvars)$)'
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
GITLAB = """\
edalint:
  image: python:3.12
  script:
    - pip install edalint
    - edalint check --format text --format gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports: {codequality: gl-code-quality-report.json}
"""


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--ci", type=click.Choice(["github", "gitlab", "none"]), default="github", show_default=True, help="Which workflow to write.")
@click.option("--baseline", is_flag=True, help="Also accept the findings of today, so that only new ones are reported.")
def init(folder: Path, ci: str, baseline: bool) -> None:
    """Write a configuration, a pre-commit entry and a CI workflow; nothing that is there is overwritten."""
    config = folder / "edalint.yaml"
    _write(config, CONFIG)
    _add(folder / ".pre-commit-config.yaml", f"repos:\n{PRE_COMMIT}", PRE_COMMIT, "its repos")
    if ci == "github":
        _write(folder / ".github" / "workflows" / "edalint.yaml", GITHUB)
    elif ci == "gitlab":
        _add(folder / ".gitlab-ci.yml", GITLAB, GITLAB, "its jobs")
    _look(folder, config, accept=baseline)


def _write(path: Path, text: str) -> None:
    if path.exists():
        click.echo(f"{path} is there already")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    click.echo(f"{path}: written")


def _add(path: Path, whole: str, entry: str, where: str) -> None:
    """Write a file; to one that is there and does not know of edalint, say what to add."""
    if not path.exists():
        _write(path, whole)
    elif "edalint" not in path.read_text("utf-8", "replace"):
        click.echo(f"{path} is there already; add to {where}:\n\n{entry}")


def _look(folder: Path, config: Path, *, accept: bool) -> None:
    """Say what is found today, and accept it or propose to."""
    from edalint.analysis import analyze
    from edalint.cli.inputs import settings_of
    from edalint.policy import baseline

    settings = settings_of({"paths": [folder]})
    analysis = analyze([folder], settings)
    found, file = len(analysis.findings), folder / DEFAULT
    click.echo(f"{_count(len(analysis.sources), 'input')}, {_count(found, 'finding')} today")
    if not found:
        return
    if not accept:
        click.echo(
            f"`edalint check {folder}` shows them; `edalint init --baseline {folder}` accepts them, so that only new ones are reported"
        )
        return
    if settings.baseline is None and file.exists():
        click.echo(f"{file} is there already")
        return
    if settings.baseline is None:
        file.write_text(baseline.text(baseline.entries(analysis.findings)), "utf-8")
        with config.open("a", encoding="utf-8") as stream:
            stream.write(f"baseline: {DEFAULT}\n")
        click.echo(f"{file}: written, and named in {config}")


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
