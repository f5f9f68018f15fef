"""Runs of the command, in this process."""

from __future__ import annotations

import io
import sys

import pytest

from edalint.cli import checking, quick
from edalint.sources import files


class Ran(tuple[int, str, str]):
    """Status, output and errors of a run."""


def check(*words: str) -> Ran:
    """`edalint check` in this process."""
    arguments = quick.arguments(["check", *words], {})
    assert arguments is not None
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            checking.run(arguments)
        except SystemExit as end:
            return Ran((int(end.code or 0), out.getvalue(), err.getvalue()))
        finally:
            files.unwatch()
    raise AssertionError("a run ends with a status")
