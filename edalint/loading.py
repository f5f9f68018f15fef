"""From what was found to units: every input is read by its frontend, many templates by several processes.

Templates are independent of one another but for what they nest, so each process reads a share of them. Sending what it made costs
half of making it, and receiving that is done by this process alone: it pays for many templates only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from edalint.config import Environment, Settings
from edalint.frontends.context import Context
from edalint.hints import Any
from edalint.model.findings import Diagnostic
from edalint.model.records import NamedTuple
from edalint.model.resources import Unit
from edalint.sources import files
from edalint.sources.discovery import Discovery, Source, looks_like_markup

Progress = Callable[[int, int, str], None]
"""Told which input begins: its number, how many there are, its name."""
CLAIMED = ("cloudformation", "terraform")
"""Kinds of inputs that another input may hold: a nested template, a root whose plan is read."""
WORTH_A_PROCESS = 1_500_000
"""Bytes of templates that a process has to read before it pays to start it."""
SENDING = 0.6
"""What it costs to send a template to another process, beside reading it: this one reads more of them."""


class Loaded(NamedTuple):
    """What became of the inputs of a run."""

    units: list[Unit]
    diagnostics: list[Diagnostic]
    passed_over: list[str]
    """Inputs that were found, not named, and are no templates after all."""


class _Read(NamedTuple):
    """What became of one input."""

    units: list[Unit]
    diagnostics: list[Diagnostic]
    passed_over: bool


def load(discovery: Discovery, settings: Settings, environment: Environment, progress: Progress | None = None) -> Loaded:
    """Units and diagnostics of everything that was found, in the order found."""
    context = Context(
        root=discovery.root,
        parameters=environment.parameters,
        var_files=environment.var_files,
        region=settings.region,
        account=settings.account,
    )
    sources = discovery.sources
    for source in sources:
        if source.kind == "cloudformation":  # before any is read: what may be read does not hang on which comes first
            context.admit(source.path.parent)
    loader = _Loader(sources, context, _Beside(environment.parameters) if not settings.environments else None, progress)
    read = loader.read(settings.jobs)
    units = [
        unit
        for source, found in zip(sources, read, strict=True)
        if not (source.kind in CLAIMED and source.display in context.named)
        for unit in found.units
    ]
    diagnostics = list(dict.fromkeys(d for found in read for d in found.diagnostics))
    return Loaded(units, diagnostics, [s.display for s, found in zip(sources, read, strict=True) if found.passed_over])


class _Loader:
    """Reads the inputs of one run."""

    def __init__(self, sources: Sequence[Source], context: Context, beside: _Beside | None, progress: Progress | None) -> None:
        self.sources, self.context, self.beside, self.progress = sources, context, beside, progress

    def read(self, jobs: int) -> list[_Read]:
        """What became of every input, by `jobs` processes; by as many as pay where that is 0."""
        here, *others = _shares(self.sources, jobs)
        if not others:
            return self.share(here)
        from edalint import processes

        own, sent = processes.together(lambda: self.share(here), [partial(self.to_send, share) for share in others])
        found = dict(zip(here, own, strict=True))
        for share, answer in zip(others, sent, strict=True):
            if answer is None:
                answer = self.share(share), frozenset()
            read, named = answer
            found.update(zip(share, read, strict=True))
            self.context.named |= named
        return [found[number] for number in range(len(self.sources))]

    def to_send(self, share: Sequence[int]) -> tuple[list[_Read], set[str]]:
        """What became of a share of the inputs, and which others they hold."""
        self.progress = None
        return self.share(share), self.context.named

    def share(self, share: Sequence[int]) -> list[_Read]:
        """What became of a share of the inputs."""
        return [self.one(number) for number in share]

    def one(self, number: int) -> _Read:
        source, context = self.sources[number], self.context
        if self.progress is not None:
            self.progress(number + 1, len(self.sources), source.display)
        if self.beside is not None:
            context.parameters = self.beside.parameters(source)
        before = len(context.diagnostics)
        units = _frontend(source)(source, context)
        passed_over = not units and not source.named and (_is_markup(source) or _is_policy(source))
        if passed_over:
            del context.diagnostics[before:]
        return _Read(units, context.diagnostics[before:], passed_over)


def _shares(sources: Sequence[Source], jobs: int) -> list[list[int]]:
    """The inputs by the process that reads them, this one first, so that all end at about one time."""
    everything = list(range(len(sources)))
    if len(sources) < 2 or jobs == 1:
        return [everything]
    from edalint import processes

    sizes = [files.size(source.path) if source.kind == "cloudformation" and source.text is None else 0 for source in sources]
    jobs = processes.useful(jobs, sum(sizes) // WORTH_A_PROCESS)
    if jobs < 2:
        return [everything]
    loads = [0.0] * jobs
    shares: list[list[int]] = [[] for _ in range(jobs)]
    for number in sorted(everything, key=lambda number: -sizes[number]):
        size = sizes[number]
        lightest = loads.index(min(loads[1:]), 1)
        sent = loads[lightest] + size * (1 + SENDING)
        if not size or loads[0] + size <= sent:
            loads[0] += size
            shares[0].append(number)
        else:
            loads[lightest] = sent
            shares[lightest].append(number)
    return [sorted(shares[0]), *(sorted(share) for share in shares[1:] if share)]


def _frontend(source: Source) -> Callable[[Source, Context], list[Unit]]:
    if source.kind in ("cloudformation", "cdk"):
        from edalint.frontends import cloudformation

        return cloudformation.load
    from edalint.frontends import terraform

    return terraform.load


class _Beside:
    """Values of parameters in the samconfig.toml beside a template, where the user gives none."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self._read: dict[tuple[Path, str], dict[str, Any]] = {}

    def parameters(self, source: Source) -> dict[str, Any]:
        """What a source's parameters are given."""
        if source.kind != "cloudformation":
            return self.given
        asked = source.path.parent / "samconfig.toml", source.path.name
        if asked not in self._read:
            self._read[asked] = _overrides(*asked)
        return {**self._read[asked], **self.given}


def _overrides(file: Path, template: str) -> dict[str, Any]:
    if not files.is_file(file) or not files.below(file, files.project(file.parent)):
        return {}
    from edalint.config import ConfigError
    from edalint.config.parameters import beside

    try:
        return beside(file, template)
    except ConfigError:
        return {}  # not the user's choice: a file that can't be read gives no values


def _is_markup(source: Source) -> bool:
    return source.kind == "cloudformation" and looks_like_markup(_text(source))


def _is_policy(source: Source) -> bool:
    """Whether a file that was found is a policy with templates in its examples, and no template itself."""
    text = f"\n{_text(source)}" if source.kind == "cloudformation" else ""
    return all(f"\n{key}:" in text for key in ("id", "match", "message"))


def _text(source: Source) -> str:
    try:
        return source.text if source.text is not None else files.text(source.path, errors="replace")
    except OSError:
        return ""
