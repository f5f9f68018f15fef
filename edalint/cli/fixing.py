"""`edalint check --fix` and `--diff`: what mends findings, written or shown."""

from __future__ import annotations

import sys

import click

from edalint.cli.inputs import fail, write
from edalint.hints import TYPE_CHECKING

if TYPE_CHECKING:
    from io import RawIOBase
    from pathlib import Path

    from edalint.analysis import Analysis
    from edalint.fixes import Fixes


def diff(analysis: Analysis, *, unsafe: bool) -> int:
    """Print the patch that `--fix` would apply; the status is 1 where there is one, 2 where an input could not be analysed."""
    from edalint.fixes import unified
    from edalint.model.terminal import harmless_lines

    made = _made(analysis, unsafe)
    patch = unified(made.files)
    write(harmless_lines(patch) if sys.stdout.isatty() else patch, None)
    _say(made, f"would mend {_count(len(made.mended), 'finding')} in {_count(len(made.files), 'file')}", unsafe)
    return 2 if analysis.failed else int(bool(made.files))


def fix(analysis: Analysis, *, unsafe: bool) -> bool:
    """Write the changes; whether there were any."""
    made = _made(analysis, unsafe)
    for file in made.files:
        try:
            _overwrite(analysis.root / file.path, file.before.encode("utf-8"), file.after.encode("utf-8"))
        except OSError as error:
            fail(f"{file.path}: can't be written: {error.strerror or error}")
    _say(made, f"mended {_count(len(made.mended), 'finding')} in {_count(len(made.files), 'file')}", unsafe)
    return bool(made.files)


def _overwrite(path: Path, before: bytes, after: bytes) -> None:
    """Write a file anew; where there is no room for it, as it was. Its links and its owner stay."""
    with path.open("r+b", buffering=0) as file:
        try:
            _all(file, after)
        except OSError:
            file.seek(0)
            _all(file, before)
            file.truncate()
            raise
        file.truncate()


def _all(file: RawIOBase, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) or 0 :]


def _made(analysis: Analysis, unsafe: bool) -> Fixes:
    from edalint.fixes import fixes

    # what stands on standard input need not be what the file of that name holds
    left = [s.display for s in analysis.sources if s.kind not in ("cloudformation", "terraform") or s.text is not None]
    return fixes(analysis.findings, analysis.root, unsafe=unsafe, generated=left)


def _say(made: Fixes, what: str, unsafe: bool) -> None:
    rules = ", ".join(sorted({f.rule for f in made.mended}))
    click.echo(f"edalint: {what}" + (f" ({rules})" if rules else ""), err=True)
    if made.unsafe and not unsafe:
        left = ", ".join(sorted({f.rule for f in made.unsafe}))
        click.echo(
            f"edalint: {_count(len(made.unsafe), 'finding')} more with --unsafe-fixes ({left}): a number has to be chosen there", err=True
        )


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
