"""Reading plain command lines without click: whatever is read means to click the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edalint.cli import quick
from edalint.cli.check import check
from edalint.cli.commands import cli
from tests.conftest import Command

TEMPLATE = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(TEMPLATE)
    (tmp_path / "folder").mkdir()


def by_click(words: list[str]) -> dict[str, Any] | None:
    """The arguments that click hands to `check`; None where it refuses the line or calls something else."""
    got: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "callback", lambda **arguments: got.append(arguments))
        patch.setattr(cli, "get_command", lambda context, name: check if name == "check" else None)
        try:
            cli.main(list(words), prog_name="edalint", standalone_mode=False)
        except click.ClickException:
            return None
    return got[0] if got else None


OPTIONS = [option for parameter in check.params if isinstance(parameter, click.Option) for option in parameter.opts]
WORDS = st.sampled_from(
    [
        *OPTIONS,
        *(f"{o}=x" for o in OPTIONS),
        *(f"{o}=" for o in OPTIONS),
        *(f"{o}={place}" for o in OPTIONS for place in ("t.yaml", "folder", "missing.yaml")),
        "t.yaml",
        "folder",
        "missing.yaml",
        "-",
        "--",
        "--help",
        "-h",
        "--regio",
        "-q",
        "3",
        "0",
        "EDA101",
        "high",
        "error",
        "always",
        "never",
        "",
        "a=b",
        "--color=never",
        "check",
        "graph",
        "--version",
        "eu-west-1",
        "json=out.json",
    ]
)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORDS, min_size=1, max_size=6), st.booleans())
def test_what_is_read_quickly_click_reads_alike(words: list[str], named: bool) -> None:
    """Over lines of known, unknown, cut off and misplaced words: the same arguments, or it is left to click."""
    words = ["check", *words] if named else words

    read = quick.arguments(words, {})

    assert read is None or read == by_click(words), words


@pytest.mark.parametrize(
    "words",
    [
        ["t.yaml"],
        ["check", "t.yaml", "folder"],
        ["check"],
        ["folder", "--format", "sarif=out.sarif", "--format=text", "--strict"],
        ["check", "--hook", "t.yaml", "--fail-on", "error", "--region=eu-west-1", "--exclude", "x/**", "--exclude=y"],
        ["t.yaml", "--policies", "folder", "--policies=t.yaml", "--config", "t.yaml", "--baseline=t.yaml"],
        ["-", "--stdin-filename", "t.yaml", "--color", "never"],
    ],
)
def test_the_usual_lines_are_read_quickly(words: list[str]) -> None:
    """The lines of hooks, editors and people."""
    read = quick.arguments(words, {})

    assert read is not None
    assert read == by_click(words)


@pytest.mark.parametrize(
    "words",
    [
        ["graph"],
        [],
        ["--version"],
        ["check", "--help"],
        ["missing.yaml"],
        ["check", "--fail-on", "x"],
        ["a" * 5000],
        ["t.yaml", "--policies", "missing"],
    ],
)
def test_everything_else_is_clicks(words: list[str]) -> None:
    """Other commands, help, mistakes."""
    assert quick.arguments(words, {}) is None


def test_variables_are_clicks() -> None:
    """Options can come from EDALINT_... variables, and completion asks through one: click knows how."""
    assert quick.arguments(["check", "t.yaml"], {"EDALINT_CHECK_REGION": "eu-west-1"}) is None
    assert quick.arguments(["check", "t.yaml"], {"_EDALINT_COMPLETE": "bash_source"}) is None
    assert quick.arguments(["check", "t.yaml"], {"EDALINT_CACHE_DIR": "cache"}) is not None


def test_both_ways_print_the_same(edalint: Command) -> None:
    """Output and status do not depend on who read the line."""
    quickly = edalint("check", "t.yaml")
    slowly = edalint("check", "t.yaml", "--")

    assert (quickly.status, quickly.output, quickly.errors) == (slowly.status, slowly.output, slowly.errors)
