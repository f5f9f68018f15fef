"""What `edalint check` does with its arguments, which `check` reads with click and `quick` without."""

from __future__ import annotations

import sys
from pathlib import Path

from edalint import storage
from edalint.cli import inputs
from edalint.cli.inputs import analysis_of, color, fail, paths_of, say, settings_of, width, write
from edalint.cli.memory import memory_of
from edalint.hints import TYPE_CHECKING, Any
from edalint.reports import REPORTS
from edalint.sources import files

if TYPE_CHECKING:
    from edalint.analysis import Analysis
    from edalint.config import Settings

CHOICES = {
    "--fail-on": ("error", "warning", "note", "never"),
    "--min-confidence": ("high", "medium", "low"),
    "--color": ("auto", "always", "never"),
    "--profile": ("ci", "strict", "architect"),
}
"""Options that take one of a few words."""


def run(arguments: dict[str, Any]) -> None:
    """Analyse, or say again what the same run has said, and end with the exit status."""
    before = storage.enabled
    storage.enabled = before and not arguments["no_cache"]
    try:
        status = _remembered(arguments)
    finally:
        storage.enabled = before
    sys.exit(status)


def _remembered(arguments: dict[str, Any]) -> int:
    memory = memory_of(arguments)
    status = memory.recall() if memory is not None else None
    if status is None:
        seen, said = (files.watch(), inputs.listen()) if memory is not None else ({}, [])
        try:
            status, foreseeable = _check(arguments)
        finally:
            files.unwatch()
        if memory is not None and foreseeable:
            memory.keep(status, said, seen)
    return status


def _check(arguments: dict[str, Any]) -> tuple[int, bool]:
    """Analyse and report: the exit status, and whether it hangs on nothing but the command line and what was read."""
    from edalint.reports import Options, render

    settings = settings_of(arguments)
    foreseeable = not settings.schema and not settings.policy_packages
    if arguments["show_files"]:
        _show_files(arguments, settings)
        return 0, False
    formats = [_report(text) for text in arguments["formats"] or (("concise",) if arguments["hook"] else ("text",))]
    analysis = _analysis(arguments, settings)
    if arguments["hook"] and not analysis.sources and not analysis.failed:
        return 0, foreseeable
    if arguments["diff"] or arguments["fix"]:
        from edalint.cli.fixing import diff, fix

        if arguments["diff"]:
            sys.exit(diff(analysis, unsafe=arguments["unsafe_fixes"]))
        if fix(analysis, unsafe=arguments["unsafe_fixes"]):
            analysis = _analysis(arguments, settings)
    for name, file in formats:
        options = Options(
            color=file is None and color(arguments["colors"]),
            width=width(),
            show_unknown=settings.show_unknown,
            statistics=arguments["statistics"],
        )
        write(render(name, analysis, options), file)
    return analysis.status(), foreseeable


def _analysis(arguments: dict[str, Any], settings: Settings) -> Analysis:
    """The analysis, less what a revision has already."""
    analysis = analysis_of(arguments, settings, judge=True)
    if arguments["since"]:
        from edalint.cli.revisions import only_new

        only_new(analysis, arguments["since"], arguments, settings)
    return analysis


def _report(text: str) -> tuple[str, Path | None]:
    name, _, file = text.partition("=")
    if name not in REPORTS:
        fail(f"there is no report format {name!r}; there are {', '.join(REPORTS)}")
    return name, Path(file) if file else None


def _show_files(arguments: dict[str, Any], settings: Settings) -> None:
    from edalint.model.terminal import harmless
    from edalint.sources.discovery import discover

    paths, _ = paths_of(arguments)
    found = discover(paths, exclude=settings.exclude)
    for source in found.sources:
        sys.stdout.write(f"{source.kind:<16} {harmless(source.display)}\n")
    for name in found.passed_over:
        sys.stdout.write(f"{'passed over':<16} {harmless(name)}\n")
    for diagnostic in found.diagnostics:
        say(f"{diagnostic.path}: {diagnostic.severity}: {diagnostic.message}")
