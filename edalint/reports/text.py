"""The report for people: every finding with its code frame, the way of the event and what to write."""

from __future__ import annotations

from collections import Counter

from edalint.hints import Any
from edalint.model.findings import Finding, Step
from edalint.model.locations import Location
from edalint.model.terminal import harmless, paint
from edalint.reports import Options
from edalint.reports.fixes import fix_of
from edalint.reports.instances import once


def render(analysis: Any, options: Options) -> str:
    """All findings, then diagnostics, then the summary."""
    said: set[str] = set()
    blocks = [_finding(f, analysis, options, _fix(f, said), others) for f, others in once(analysis.findings)]
    lines = [line for block in blocks for line in [*block, ""]]
    lines += _diagnostics(analysis, options)
    if options.show_unknown:
        lines += _unknown(analysis, options)
    if options.statistics:
        lines += [*statistics(analysis, options), ""] if analysis.findings else []
    lines += _summary(analysis, options)
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, analysis: Any, options: Options, fix: list[str], others: tuple[str, ...]) -> list[str]:
    color = options.color
    head = paint(f"{finding.severity}[{finding.rule}]", finding.severity, color)
    lines = [f"{head} {paint(finding.name, 'bold', color)}: {harmless(finding.message)}"]
    lines += _frame(finding, analysis, options)
    gutter = " " * len(str(finding.location.line))
    bar = f"{gutter} {paint('=', 'frame', color)}"
    for related in finding.related:
        place = f"{related.location.path}:{related.location.line}:{related.location.column}"
        lines.append(f"{bar} {harmless(related.message)}: {harmless(place)}")
    if len(finding.path) > 1:
        lines += [f"{bar} path: {_path(finding.path)}"]
        lines += [f"{gutter}         {line}" for line in _lost(finding.path)]
    if others:
        lines.append(f"{bar} so are {len(others)} more of this block: {harmless(', '.join(others))}")
    if finding.when:
        lines.append(f"{bar} when: {harmless(finding.when)}")
    if fix:
        lines.append(f"{bar} fix: {fix[0]}")
        lines += [f"{gutter}        {line}".rstrip() for line in fix[1:]]
    if finding.confidence != "high":
        lines.append(f"{bar} confidence: {finding.confidence}")
    lines.append(f"{bar} help: edalint explain {finding.rule}")
    return lines


def _fix(finding: Finding, said: set[str]) -> list[str]:
    """What to write, in full at the first finding of a rule only."""
    text = fix_of(finding)
    if not text:
        return []
    if text in said:
        return [f"as for the first {finding.rule} above"]
    said.add(text)
    return [harmless(line) for line in text.split("\n")]


def _frame(finding: Finding, analysis: Any, options: Options) -> list[str]:
    place = finding.location
    color = options.color
    number = str(place.line)
    gutter = " " * len(number)
    arrow, bar = paint("-->", "frame", color), paint("|", "frame", color)
    lines = [f"{gutter}{arrow} {harmless(place.path)}:{place.line}:{place.column}"]
    code = analysis.line(place.path, place.line).rstrip("\r")
    if code.strip():
        start, end = _columns(code, place)
        begin, shown = _clip(code, start, options.width - len(gutter) - 4)
        left = harmless(shown[: max(0, start - begin)])
        marked = harmless(code[start : min(end, start + options.width)])
        mark = paint("^" * max(1, len(marked)), finding.severity, color)
        lines += [f"{gutter} {bar}", f"{paint(number, 'frame', color)} {bar} {harmless(shown)}"]
        lines.append(f"{gutter} {bar} {' ' * len(left)}{mark} {harmless(finding.annotation)}".rstrip())
        lines.append(f"{gutter} {bar}")
    return lines


def _columns(code: str, place: Location) -> tuple[int, int]:
    start = min(place.column - 1, len(code))
    end = min(place.end_column - 1, len(code)) if place.end_line == place.line else len(code)
    return start, max(end, start + 1)


def _clip(code: str, start: int, width: int) -> tuple[int, str]:
    """The part of a long line (a minified template) around a column, and where in the line it begins."""
    if len(code) <= max(width, 60):
        return 0, code
    begin = max(0, start - 20)
    return begin, code[begin : begin + max(width, 60)]


def _path(steps: tuple[Step, ...]) -> str:
    way = [s for s in steps if not s.failed]
    text = harmless(way[0].node) if way else ""
    for step in way[1:]:
        label = step.edge + (f": {step.contract}" if step.contract else "")
        text += f" --[{harmless(label)}]--> {harmless(step.node)}"
    return text


def _lost(steps: tuple[Step, ...]) -> list[str]:
    lines = []
    for step in steps:
        if step.failed:
            where = f"   ({step.location.path}:{step.location.line}:{step.location.column})" if step.location else ""
            lines.append(f"└ -✗-> {harmless(step.node)}{harmless(where)}")
    return lines


def _diagnostics(analysis: Any, options: Options) -> list[str]:
    lines = []
    for d in analysis.diagnostics:
        word = paint(d.severity if d.severity == "error" else "unknown", "error" if d.severity == "error" else "note", options.color)
        lines.append(f"{harmless(d.path)}:{d.line}:{d.column}: {word}: {harmless(d.message)}")
    return [*lines, ""] if lines else []


def _unknown(analysis: Any, options: Options) -> list[str]:
    """What could not be decided, why, and what would decide most of it."""
    if not analysis.undecided:
        return []
    lines = [paint("Not decided:", "bold", options.color)]
    deciding: Counter[str] = Counter()
    for item in analysis.undecided:
        lines.append(f"  {item.rule} {harmless(item.subject.name)}: {harmless(item.reason)}")
        deciding.update(_deciding(item))
    if deciding:
        lines += ["", paint("What would decide them:", "bold", options.color)]
        ordered = sorted(deciding.items(), key=lambda entry: (-entry[1], entry[0]))
        lines += [f"  {harmless(how)} ({_count(number, 'judgement')})" for how, number in ordered]
    return [*lines, ""]


_GIVEN = {"AWS::Region": "--region REGION", "AWS::AccountId": "--account ID"}


def _deciding(item: Any) -> set[str]:
    """The parameters, variables and options that would decide a judgement."""
    symbol = item.symbol.rpartition("#")[2]
    found = {f"a value of {choice} (--parameters or --var-file)" for choice in item.choice.split(", ") if choice}
    if symbol in _GIVEN:
        found.add(_GIVEN[symbol])
    elif symbol.startswith("Parameters."):
        found.add(f"a value of parameter {symbol.removeprefix('Parameters.')} (--parameters)")
    elif symbol.startswith("var."):
        found.add(f"a value of variable {symbol.removeprefix('var.')} (--var-file)")
    return found


def statistics(analysis: Any, options: Options) -> list[str]:
    """How many findings each rule has, the most first."""
    counts = Counter((f.rule, f.name, f.severity) for f in analysis.findings)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [f"{count:5d}  {paint(rule, severity, options.color)}  {name}" for (rule, name, severity), count in ordered]


def _summary(analysis: Any, options: Options) -> list[str]:
    summary = analysis.summary()
    parts = [_count(n, severity) for severity, n in summary["findings"].items() if n]
    found = ", ".join(parts) if parts else "no findings"
    style = "error" if summary["findings"]["error"] else "warning" if parts else "good"
    lines = [
        f"{paint(found, style, options.color)} in {_count(summary['inputs'], 'input')}"
        f" · {_count(summary['nodes'], 'node')}, {_count(summary['edges'], 'edge')}"
        + (f" · {summary['suppressed']} suppressed" if summary["suppressed"] else "")
    ]
    unclear = []
    if summary["diagnostics"]["error"]:
        unclear.append(f"{_count(summary['diagnostics']['error'], 'input')} could not be analysed")
    if summary["unresolved"]:
        unclear.append(f"{_count(summary['unresolved'], 'target')} unresolved")
    if summary["undecided"] and not options.show_unknown:
        unclear.append(f"{_count(summary['undecided'], 'judgement')} undecided (--show-unknown lists them)")
    if summary["unknown_types"]:
        types = [f"{t} x{n}" if n > 1 else t for t, n in summary["unknown_types"].items()]
        unclear.append("types not understood: " + ", ".join(types[:5]) + (f" and {len(types) - 5} more" if len(types) > 5 else ""))
    if unclear:
        lines.append(paint("Not understood: " + harmless("; ".join(unclear)), "dim", options.color))
    return lines


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
