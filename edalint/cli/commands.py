"""The commands as click knows them. Each is imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from edalint.cli.names import COMMANDS, is_path

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
        if args and is_path(args[0]):
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
