"""`edalint rules`, `edalint explain` and `edalint facts`: what edalint knows of itself."""

from __future__ import annotations

import re
from pathlib import Path

import click

from edalint.cli.inputs import color, fail, width
from edalint.cli.mistakes import refuse
from edalint.model.terminal import harmless, harmless_json, harmless_lines

POLICIES = click.option(
    "--policies", multiple=True, type=click.Path(path_type=Path, exists=True), help="Folders or files with policies of your own."
)


@click.command()
@POLICIES
@click.option(
    "--format", "format", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True, help="How to print them."
)
def rules(policies: tuple[Path, ...], format: str) -> None:
    """List the rules: what each finds, how severe that is, and whether it is on by default."""
    from edalint.policy import compiled, pages
    from edalint.policy.rulefile import PolicyError

    try:
        found = compiled.every(policies)
    except PolicyError as error:
        refuse(error)
    if format == "markdown":
        click.echo(harmless_lines(pages.catalogue(found)), nl=False)
        return
    if format == "json":
        import json

        rows = [
            {"id": r.id, "name": r.name, "severity": r.default_severity, "confidence": r.default_confidence, "opt_in": r.opt_in, "preview": r.preview,
             "summary": r.summary}
            for r in found
        ]  # fmt: skip
        click.echo(harmless_json(json.dumps(rows, indent=2, ensure_ascii=False)))
        return
    wide = max((len(r.name) for r in found), default=0)
    for rule in found:
        off = "off" if rule.opt_in else "preview" if rule.preview else ""
        click.echo(harmless(f"{rule.id}  {rule.name:<{wide}}  {rule.default_severity:<7}  {off:<7}  {rule.summary}".rstrip()))


@click.command()
@click.argument("rule")
@POLICIES
def explain(rule: str, policies: tuple[Path, ...]) -> None:
    """Explain a RULE (its id or name): what goes wrong, what to write, and examples."""
    from edalint.policy import compiled, pages
    from edalint.policy.rulefile import PolicyError

    try:
        text = harmless_lines(pages.page(pages.find(rule, policies)))
    except PolicyError as error:
        refuse(error)
    except compiled.UnknownRule as error:
        if not re.fullmatch(r"[EWI]\d{4}", rule):
            fail(str(error))
        text = _of_cfn_lint(rule) + "\n"
    if color("auto"):
        from rich.console import Console
        from rich.markdown import Markdown

        Console(width=width()).print(Markdown(text))
    else:
        click.echo(text, nl=False)


def _of_cfn_lint(id: str) -> str:
    """What cfn-lint says of one of its own rules (`check --schema`)."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner

    found = Runner(ConfigMixIn([])).rules.data.get(id)
    if found is None:
        fail(f"cfn-lint has no rule {id}")
    return f"# {id} {found.shortdesc}\n\n{found.description}\n\nA rule of cfn-lint: {found.source_url}"


@click.command()
@click.argument("kind", required=False)
def facts(kind: str | None) -> None:
    """List every attribute that a policy may use, of all kinds or of one KIND (queue, edge:poll, part:mapping ...)."""
    from edalint.facts.registry import index

    known = index()
    if kind is not None and kind not in known:
        from edalint.model.nearest import hint

        fail(f"there is no kind '{kind}'{hint(kind, list(known))}")
    for name in [kind] if kind else known:
        click.echo(f"\n{name}")
        for fact, (_, gives, description) in sorted(known[name].items()):
            first = " ".join(description.split("\n\n")[0].split())
            click.echo(f"  {fact:<28} {gives:<14} {first}")
