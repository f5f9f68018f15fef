"""The pipeline: runs the rooms in order, from paths to findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from edalint.config import Environment, Settings
from edalint.hints import TYPE_CHECKING, Any
from edalint.loading import load
from edalint.model.findings import Diagnostic, Finding
from edalint.sources import files
from edalint.sources.discovery import Discovery, Source, discover

if TYPE_CHECKING:
    from edalint.model.graph import EventGraph
    from edalint.model.resources import Unit
    from edalint.policy.rules import Rule

RANK = {"note": 0, "warning": 1, "error": 2}
CONFIDENCE = {"low": 0, "medium": 1, "high": 2}


class Analysis:
    """What a run found, and what it could not."""

    def __init__(self, discovery: Discovery, settings: Settings) -> None:
        self.settings = settings
        self.root = discovery.root
        self.sources: list[Source] = discovery.sources
        self.passed_over = discovery.passed_over
        self.diagnostics: list[Diagnostic] = list(discovery.diagnostics)
        self.units: list[Unit] = []
        self.graph: EventGraph = None  # type: ignore[assignment]
        self.findings: list[Finding] = []
        self.suppressed: list[Any] = []
        self.undecided: list[Any] = []
        self.unknown_types: dict[str, int] = {}
        """Types that no service knows but that refer to event resources -> how many resources have them."""
        self._texts: dict[str, str] | None = None
        self._lines: dict[str, list[str]] = {}

    def line(self, path: str, number: int) -> str:
        """A line of an analysed file, for code frames; empty where it can't be read."""
        lines = self.lines(path)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def lines(self, path: str) -> list[str]:
        """The lines of an analysed file, or of a program that a finding points to; none where it can't be read."""
        if path not in self._lines:
            self._lines[path] = self._read_lines(path)
        return self._lines[path]

    def _read_lines(self, path: str) -> list[str]:
        if self._texts is None:
            self._texts = {document.path: document.text for unit in reversed(self.units) for document in reversed(unit.documents)}
        if path in self._texts:
            return self._texts[path].split("\n")
        try:
            return files.text(self.root / path, errors="replace").split("\n")
        except OSError:
            return []

    @property
    def failed(self) -> bool:
        """Whether an input that should have been analysed could not be."""
        return any(d.severity == "error" or (self.settings.strict and d.severity == "warning") for d in self.diagnostics)

    def status(self) -> int:
        """The exit status: 2 for inputs that could not be analysed, 1 for findings, else 0."""
        if self.failed:
            return 2
        if self.settings.fail_on == "never":
            return 0
        limit = RANK[self.settings.fail_on]
        return int(any(RANK[f.severity] >= limit for f in self.findings))

    def summary(self) -> dict[str, Any]:
        """Counts for reports: findings by severity, what was read, what was not understood."""
        counts = dict.fromkeys(("error", "warning", "note"), 0)
        for finding in self.findings:
            counts[finding.severity] += 1
        graph = self.graph
        return {
            "findings": counts,
            "suppressed": len(self.suppressed),
            "undecided": len(self.undecided),
            "diagnostics": {s: sum(d.severity == s for d in self.diagnostics) for s in ("error", "warning")},
            "inputs": len(self.sources),
            "resources": sum(len(u.resources) for u in self.units),
            "nodes": len(graph.nodes) if graph else 0,
            "edges": len(graph.edges) if graph else 0,
            "unresolved": len(graph.unresolved) if graph else 0,
            "unknown_types": dict(sorted(self.unknown_types.items())),
        }


def analyze(
    paths: Sequence[Path | str],
    settings: Settings | None = None,
    *,
    judge: bool = True,
    stdin: Source | None = None,
    root: Path | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Analysis:
    """Analyse everything under paths; with `judge` off the graph is built and no rule is asked.

    `root`: from which the paths in ids and reports count; found by itself where it is not given.
    `progress`: told which input begins: its number, how many there are, its name.
    """
    settings = settings or Settings()
    discovery = discover([Path(p) for p in paths], exclude=settings.exclude, root=root) if paths else _only(stdin)
    if stdin is not None and paths:
        discovery.sources.append(stdin)
    environments = settings.environments or [Environment()]
    runs = [_analyze_one(discovery, settings, environment, judge=judge, progress=progress) for environment in environments]
    return runs[0] if len(runs) == 1 else _merge(runs, [e.name for e in environments])


def _only(stdin: Source | None) -> Discovery:
    return Discovery([stdin] if stdin else [], [], [], Path.cwd())


def _analyze_one(
    discovery: Discovery, settings: Settings, environment: Environment, *, judge: bool, progress: Callable[[int, int, str], None] | None
) -> Analysis:
    analysis = Analysis(discovery, settings)
    read = load(discovery, settings, environment, progress)
    analysis.units = read.units
    analysis.diagnostics.extend(read.diagnostics)
    if read.passed_over:
        analysis.passed_over.extend(path for path in read.passed_over if path not in analysis.passed_over)
        analysis.sources = [s for s in analysis.sources if s.display not in analysis.passed_over]
    build_graph(analysis)
    if judge:
        _judge(analysis)
    analysis.diagnostics.sort(key=lambda d: (d.path, d.line, d.column, d.message))
    return analysis


def build_graph(analysis: Analysis) -> None:
    """Declarations, links and inferred edges of the analysis' units."""
    from edalint import services
    from edalint.inference import infer
    from edalint.linking import link
    from edalint.linking.lookups import complete

    order = 0
    for unit in analysis.units:
        for resource in unit.resources.values():
            resource.order = order
            order += 1
        if unit.kind.startswith("terraform"):
            services.translate(unit)
    several = complete(analysis.units)
    declarations = services.declare(analysis.units)
    analysis.unknown_types = {type: len(found) for type, found in declarations.unknown_types.items()}
    analysis.graph = link(analysis.units, declarations)
    if several or analysis.graph.ambiguous:
        from edalint.linking.doubts import diagnostics

        analysis.diagnostics.extend(diagnostics(analysis.graph, analysis.units, several))
    infer(analysis.graph)
    _name(analysis.graph, analysis.settings)


def _name(graph: EventGraph, settings: Settings) -> None:
    """What the configuration calls things outside, and the contexts that it has."""
    graph.contexts = dict(settings.contexts)
    if not settings.external:
        return
    from fnmatch import fnmatchcase

    for node in graph.of_kind("external"):
        for pattern, name in settings.external.items():
            if fnmatchcase(node.name, pattern):
                node.name = name
                break


def _judge(analysis: Analysis) -> None:
    """Findings of the rules that are on, less what suppressions, the baseline and the least confidence leave out."""
    from edalint.policy import compiled, evaluate

    settings = analysis.settings
    off = [word for word, said in settings.rules.items() if said.severity == "off"]
    rules = compiled.load(
        policies=settings.policies,
        select=settings.select,
        only=settings.only,
        ignore=(*settings.ignore, *off),
        settings={word: said for word, said in settings.rules.items() if said.severity != "off"},
        locked=settings.locked,
        held=settings.held,
    )
    graph = analysis.graph
    pieces = (len(graph.nodes) + len(graph.edges) + len(graph.parts)) // WORTH_A_PROCESS
    jobs = settings.jobs
    if jobs > 1 or (not jobs and pieces > 1):
        from edalint import processes

        jobs = processes.useful(jobs, pieces)
    judgement = evaluate.judge(graph, rules, off=_off_by_path(settings), jobs=jobs)
    analysis.findings = judgement.findings
    analysis.undecided = judgement.undecided
    analysis.diagnostics.extend(judgement.diagnostics)
    if settings.schema:
        _lint(analysis)
    if settings.suppressions:
        _suppress(analysis, rules)
    if settings.baseline is not None:
        _compare_with_baseline(analysis, settings.baseline)
    least = CONFIDENCE[settings.min_confidence]  # last: what is suppressed or in the baseline is, however sure it is
    locked = {rule.id for rule in rules if any(rule.called(word) for word in settings.locked)} if least else frozenset()
    analysis.findings = [f for f in analysis.findings if CONFIDENCE[f.confidence] >= least or f.rule in locked]


WORTH_A_PROCESS = 1_000
"""Nodes, edges and parts that a process has to ask about before it pays to start it: a tenth of a second's work."""


def _lint(analysis: Analysis) -> None:
    """What cfn-lint finds in the same templates."""
    from edalint.schema import findings

    kept = {source.display: (source.display, source.path, source.text) for source in analysis.sources if source.kind == "cloudformation"}
    for unit in analysis.units:
        if unit.kind == "cloudformation" and unit.documents:
            path = unit.documents[0].path
            kept.setdefault(path, (path, analysis.root / path, None))
    found, trouble = findings(kept.values(), analysis.settings.region)
    analysis.findings = sorted([*analysis.findings, *found], key=lambda f: f.sort_key)
    analysis.diagnostics.extend(trouble)


def _suppress(analysis: Analysis, rules: Sequence[Rule]) -> None:
    if not _mentions_edalint(analysis):
        return
    from edalint.policy import suppressions

    outcome = suppressions.apply(
        analysis.findings, analysis.graph, rules, locked=analysis.settings.locked, text_of=lambda path: "\n".join(analysis.lines(path))
    )
    analysis.findings, analysis.suppressed = outcome.findings, outcome.suppressed
    analysis.diagnostics.extend(outcome.diagnostics)


def _mentions_edalint(analysis: Analysis) -> bool:
    """Whether any file could hold a suppression: most hold none, and then nothing is to be read."""
    if any("edalint" in document.text for unit in analysis.units for document in unit.documents):
        return True
    if any("aws:cdk:acknowledged-rules" in resource.metadata for unit in analysis.units for resource in unit.resources.values()):
        return True
    own = {document.path for unit in analysis.units for document in unit.documents}
    return any("edalint" in line for f in analysis.findings if f.location.path not in own for line in analysis.lines(f.location.path))


def _compare_with_baseline(analysis: Analysis, path: Path) -> None:
    from edalint.policy import baseline

    try:
        entries = baseline.read(path)
    except baseline.BaselineError as error:
        analysis.diagnostics.append(Diagnostic(path.as_posix(), 1, 1, "error", str(error), "baseline"))
        return
    compared = baseline.compare(analysis.findings, entries, [u.path for u in analysis.units])
    from edalint.policy.suppressions import Suppressed

    analysis.findings = compared.new
    analysis.suppressed = [*analysis.suppressed, *(Suppressed(f, "external", f"in the baseline {path}") for f in compared.known)]


def _off_by_path(settings: Settings) -> Callable[[Rule, str], bool] | None:
    """Says of a rule and a path whether `per-path` switches the rule off there; locked rules stay on."""
    if not settings.per_path:
        return None
    from pathspec import GitIgnoreSpec

    specs = [(GitIgnoreSpec.from_lines([glob]), ignored) for glob, ignored in settings.per_path]

    def off(rule: Rule, path: str) -> bool:
        if any(rule.called(word) for word in settings.locked):
            return False
        return any(spec.match_file(path) and any(rule.called(word) for word in ignored) for spec, ignored in specs)

    return off


def _merge(runs: list[Analysis], names: list[str]) -> Analysis:
    """One analysis of several environments; a finding that holds only in some says which."""
    result = runs[0]
    seen: dict[str, list[str]] = {}
    first: dict[str, Finding] = {}
    for run, name in zip(runs, names, strict=True):
        for finding in run.findings:
            seen.setdefault(finding.fingerprint, []).append(name)
            first.setdefault(finding.fingerprint, finding)
    findings = []
    for fingerprint, finding in first.items():
        holds_in = seen[fingerprint]
        if len(holds_in) < len(runs):
            finding = finding._replace(when=" and ".join(filter(None, [finding.when, f"environment {', '.join(holds_in)}"])))
        findings.append(finding)
    result.findings = sorted(findings, key=lambda f: f.sort_key)
    result.suppressed = list({s.finding.fingerprint: s for run in runs for s in run.suppressed}.values())
    result.undecided = list(dict.fromkeys(d for run in runs for d in run.undecided))
    result.diagnostics = list(dict.fromkeys(d for run in runs for d in run.diagnostics))
    return result


def graph_of(folder: Path) -> EventGraph:
    """The event graph of everything in a folder (for the examples of rules), with the contexts of its own configuration."""
    settings = None
    if (folder / "edalint.yaml").is_file():
        from edalint.config.file import read

        said = read(folder / "edalint.yaml", "edalint.yaml")
        settings = Settings(contexts=said.contexts, external=said.external)
    return analyze([folder], settings, judge=False).graph
