"""`edalint completion`."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script for a shell: `eval "$(edalint completion bash)"`."""
    from click.shell_completion import get_completion_class

    from edalint.cli.commands import cli

    found = get_completion_class(shell)
    assert found is not None
    complete = found(cli, {}, "edalint", "_EDALINT_COMPLETE")
    click.echo(complete.source_template % complete.source_vars())  # its `source()` starts bash to ask for its version
