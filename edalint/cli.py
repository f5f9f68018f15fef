"""The command line: arguments in, one function called, text out, an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from edalint.config import Settings

FORMATS = ("text", "concise", "json", "sarif")
GRAPH_FORMATS = ("text", "json")
CONTEXT = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "EDALINT", "max_content_width": 110}


class _Commands(click.Group):
    """The commands; a first argument that is none of them but a path means `check`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and (args[0] == "-" or Path(args[0]).exists()):
            args = ["check", *args]
        return super().resolve_command(ctx, args)


def _version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"edalint {version('edalint')}")
        context.exit()


@click.group(cls=_Commands, context_settings=CONTEXT)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Print the version.")
def cli() -> None:
    """Follow the events of a system on AWS through its templates, and find where they are lost, stuck or refused."""


def inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments that every command which analyses something has."""
    options = [
        click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True)),
        click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files and folders (as in .gitignore)."),
        click.option("--stdin-filename", metavar="NAME", help="What to call the template on standard input (PATH '-')."),
        click.option("--region", metavar="REGION", help="The region that the templates are deployed to."),
        click.option("--account", metavar="ID", help="The account that the templates are deployed to."),
        click.option(
            "--parameters",
            multiple=True,
            metavar="[ENV=]FILE",
            help="Values of CloudFormation parameters: a JSON or YAML parameter file or samconfig.toml; with ENV= for several environments.",
        ),
        click.option("--var-file", multiple=True, metavar="[ENV=]FILE", help="Values of Terraform variables (tfvars)."),
        click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The configuration file to use."),
        click.option("--strict", is_flag=True, help="A value that a template names and that can't be read is an error (exit status 2)."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@cli.command()
@inputs
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME[=FILE]",
    help=f"Report as {', '.join(FORMATS)} [default: text]; may be repeated, with =FILE into a file.",
)
@click.option("--select", multiple=True, metavar="RULE", help="Also run these rules: ids, names, prefixes such as EDA9, or all.")
@click.option("--only", multiple=True, metavar="RULE", help="Run nothing but these rules.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Do not run these rules.")
@click.option("--policies", multiple=True, type=click.Path(path_type=Path, exists=True), help="Folders or files with policies of your own.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning", "note", "never"]), help="Exit with 1 from this severity on [default: warning]."
)
@click.option("--min-confidence", type=click.Choice(["high", "medium", "low"]), help="Report only findings this sure [default: low].")
@click.option("--show-unknown", is_flag=True, help="List what could not be decided, and why.")
@click.option("--statistics", is_flag=True, help="Count the findings by rule.")
@click.option("--show-files", is_flag=True, help="List what is analysed and what is passed over, and stop.")
@click.option("--no-suppressions", is_flag=True, help="Report suppressed findings too.")
@click.option("--hook", is_flag=True, help="For pre-commit: one line a finding, quiet when there is nothing to analyse.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="Colours in text.")
def check(**arguments: Any) -> None:
    """Find where the event flows under PATHS lose, repeat, refuse or pile up events."""
    from edalint.analysis import analyze

    settings = _settings(arguments)
    paths, stdin = _paths(arguments)
    if arguments["show_files"]:
        _show_files(paths, settings)
        return
    formats = [_report(text) for text in arguments["formats"] or (("concise",) if arguments["hook"] else ("text",))]
    analysis = analyze(paths, settings, stdin=stdin)
    if not analysis.sources and not analysis.diagnostics and arguments["hook"]:
        return
    for name, file in formats:
        _write(name, file, analysis, arguments)
    sys.exit(analysis.status())


@cli.command()
@inputs
@click.option("--format", "format", type=click.Choice(GRAPH_FORMATS), default="text", show_default=True, help="How to print it.")
def graph(**arguments: Any) -> None:
    """Print the event-flow graph of the templates under PATHS."""
    from edalint.analysis import analyze
    from edalint.reports import GRAPHS, Options, render_graph

    settings = _settings(arguments)
    paths, stdin = _paths(arguments)
    analysis = analyze(paths, settings, judge=False, stdin=stdin)
    assert arguments["format"] in GRAPHS
    click.echo(render_graph(arguments["format"], analysis, Options(color=_color("auto"))), nl=False)
    sys.exit(2 if analysis.failed else 0)


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for a shell."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(cli, {}, "edalint", "_EDALINT_COMPLETE").source())


def main() -> None:
    """The entry point of the command."""
    import gc

    gc.set_threshold(200_000, 50, 50)  # a run makes many small objects and few cycles: looking for them often is wasted
    try:
        cli(prog_name="edalint")
    except BrokenPipeError:  # the reader went away (`| head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _settings(arguments: dict[str, Any]) -> Settings:
    from edalint.config import ConfigError, load

    try:
        return load(arguments)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)


def _paths(arguments: dict[str, Any]) -> tuple[list[Path], Any]:
    """The paths to analyse, and standard input as a source where `-` is among them."""
    paths = [p for p in arguments["paths"] if str(p) != "-"]
    if len(paths) < len(arguments["paths"]):
        from edalint.sources.discovery import Source, sniff

        data = sys.stdin.buffer.read()
        name = arguments["stdin_filename"] or "stdin"
        kind = sniff(data, Path(name).name) or "cloudformation"
        return paths, Source(kind, Path(name), Path(name).as_posix(), True, data.decode("utf-8", "replace"))
    if not paths:
        paths = [Path()]
    return paths, None


def _report(text: str) -> tuple[str, Path | None]:
    name, _, file = text.partition("=")
    if name not in FORMATS:
        raise click.UsageError(f"no report format {name!r}; there are {', '.join(FORMATS)}")
    return name, Path(file) if file else None


def _write(name: str, file: Path | None, analysis: Any, arguments: dict[str, Any]) -> None:
    from edalint.reports import Options, render

    options = Options(
        color=file is None and _color(arguments["color"]),
        width=_width(),
        show_unknown=arguments["show_unknown"],
        statistics=arguments["statistics"],
    )
    text = render(name, analysis, options)
    if file is None:
        sys.stdout.write(text)
        sys.stdout.flush()
    else:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        except OSError as error:
            click.echo(f"{file}: can't be written: {error.strerror or error}", err=True)
            sys.exit(2)


def _color(choice: str) -> bool:
    """`--color`, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then whether a person looks."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return sys.stdout.isatty()


def _width() -> int:
    import shutil

    return max(60, min(140, shutil.get_terminal_size((100, 24)).columns))


def _show_files(paths: list[Path], settings: Settings) -> None:
    from edalint.sources.discovery import discover

    found = discover(paths, exclude=settings.exclude)
    for source in found.sources:
        click.echo(f"{source.kind:<16} {source.display}")
    for name in found.passed_over:
        click.echo(f"{'passed over':<16} {name}")
    for diagnostic in found.diagnostics:
        click.echo(f"{diagnostic.path}: {diagnostic.severity}: {diagnostic.message}", err=True)
