"""The command line: arguments in, one function called, text out, an exit status. Commands are imported when called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import click

COMMANDS = {
    "check": "check:check",
    "graph": "graph:graph",
    "diagram": "diagram:diagram",
    "report": "report:report",
    "diff": "diff:diff",
    "rules": "rules:rules",
    "explain": "rules:explain",
    "facts": "rules:facts",
    "policy": "policy:policy",
    "baseline": "baseline:baseline",
    "init": "init:init",
    "completion": "completion:completion",
}
"""Name -> module of this package and function, in the order of the help."""
CONTEXT = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "EDALINT", "max_content_width": 110}


class Commands(click.Group):
    """The commands; a first argument that is none of them but a path means `check`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command = getattr(import_module(f"edalint.cli.{module}"), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and (args[0] == "-" or Path(args[0]).exists()):
            args = ["check", *args]
        return super().resolve_command(ctx, args)


def _version(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"edalint {version('edalint')}")
        context.exit()


@click.group(cls=Commands, context_settings=CONTEXT)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Print the version.")
def cli() -> None:
    """Follow the events of a system on AWS through its templates, and find where they are lost, stuck or refused."""


def main() -> None:
    """The entry point of the command."""
    import gc

    gc.set_threshold(200_000, 50, 50)  # a run makes many small objects and few cycles: looking for them often is wasted
    try:
        cli(prog_name="edalint")
    except BrokenPipeError:  # the reader went away (`| head`)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
