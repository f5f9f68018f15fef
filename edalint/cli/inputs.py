"""What every command that analyses something shares: its arguments, settings, and what can go wrong with them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from edalint.hints import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from edalint.analysis import Analysis
    from edalint.config import Settings
    from edalint.sources.discovery import Source


def inputs(command: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments of every command which analyses something."""
    import click

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
            help="Values of CloudFormation parameters: a JSON or YAML file, a pipe or samconfig.toml; with ENV= for several environments.",
        ),
        click.option("--var-file", multiple=True, metavar="[ENV=]FILE", help="Values of Terraform variables (tfvars)."),
        click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The configuration file to use."),
        click.option("--strict", is_flag=True, help="A value that a template names and that can't be read is an error (exit status 2)."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def settings_of(arguments: dict[str, Any]) -> Settings:
    """The settings of a command line; what is wrong with them ends the run with status 2."""
    from edalint.config import ConfigError, load

    try:
        return load(arguments)
    except ConfigError as error:
        say(str(error))
        sys.exit(2)


def analysis_of(arguments: dict[str, Any], settings: Settings, *, judge: bool, describe: bool = False) -> Analysis:
    """The analysis of the command line's paths; mistakes in policies and rule names end the run with status 2.

    `describe`: the graph's nodes and edges get their contracts as attributes, for who shows the graph.
    """
    from edalint.analysis import analyze
    from edalint.cli.progress import Progress

    paths, stdin = paths_of(arguments)
    progress = Progress()
    try:
        analysis = analyze(paths, settings, judge=judge, stdin=stdin, progress=progress)
    except ValueError as error:
        from edalint.policy.compiled import UnknownRule
        from edalint.policy.rulefile import PolicyError

        if isinstance(error, PolicyError):
            from edalint.cli.mistakes import refuse

            refuse(error)
        if isinstance(error, UnknownRule):
            fail(str(error))
        raise
    finally:
        progress.done()
    if not arguments["paths"]:
        _nothing_here(analysis)
    if describe and analysis.graph is not None:
        from edalint.facts import contracts

        contracts.describe(analysis.graph)
    return analysis


def _nothing_here(analysis: Analysis) -> None:
    """A working folder in which there is nothing to analyse is no error where no path was named."""
    left = [d for d in analysis.diagnostics if d.code != "nothing-to-analyse"]
    if len(left) < len(analysis.diagnostics):
        analysis.diagnostics[:] = left
        say("edalint: nothing to analyse here")


def paths_of(arguments: dict[str, Any]) -> tuple[list[Path], Source | None]:
    """The paths to analyse, and standard input as a source where `-` is among them."""
    paths = [p for p in arguments["paths"] if str(p) != "-"]
    if len(paths) < len(arguments["paths"]):
        from edalint.sources.discovery import Source, sniff
        from edalint.sources.files import LARGEST

        data = sys.stdin.buffer.read(LARGEST + 1)
        if len(data) > LARGEST:
            fail(f"standard input is larger than {LARGEST // 1_000_000} MB")
        name = arguments.get("stdin_filename") or "stdin"
        kind = sniff(data, Path(name).name) or "cloudformation"
        return paths, Source(kind, Path(name), Path(name).as_posix(), True, data.decode("utf-8", "replace"))
    return paths or [Path()], None


_said: list[tuple[str, str]] = []


def listen() -> list[tuple[str, str]]:
    """What is said from now on, and where: `error`, `output`, or `=FILE`."""
    global _said
    _said = []
    return _said


def fail(message: str) -> NoReturn:
    """Say what is wrong and end with status 2."""
    say(f"edalint: {message}")
    sys.exit(2)


def say(message: str) -> None:
    """Tell the person at the terminal one line; a report it is not."""
    from edalint.model.terminal import harmless

    message = harmless(message)
    _said.append(("error", message))
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()


def write(text: str, file: Path | None) -> None:
    """Print a report, or write it to a file."""
    _said.append(("output" if file is None else f"={file}", text))
    if file is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        fail(f"{file}: can't be written: {error.strerror or error}")


def color(choice: str) -> bool:
    """`--color`, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then whether a person looks."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return sys.stdout.isatty()


def width() -> int:
    """Columns of the terminal, within what can be read: COLUMNS first, as in the standard library, which costs more to import."""
    said = os.environ.get("COLUMNS", "")
    columns = int(said) if said.isdecimal() else 0
    if not columns:
        try:
            columns = os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 0
        except (OSError, ValueError):
            columns = 0
    return max(60, min(140, columns or 100))
