"""Asks other engines what generated event patterns do, and keeps the answers for tests/patterns/test_oracle.py.

    pip install --no-deps localstack-core     # in any environment; needs only the two modules of its rule engine
    pip install event-ruler                   # quamina, an engine of the same language with fewer operators
    python tests/oracles/patterns.py

Each case is asked of both, in a process of its own where the engine may die. Where an engine is known to differ from AWS's own
(https://github.com/aws/event-ruler) its answer is not asked for; where both answer they have to agree. Answers: `1` matches, `0` does not,
`!` the pattern is refused, `?` nobody can be asked.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "patterns"))
from generated import cases  # type: ignore[import-not-found]

ANSWERS = Path(__file__).parents[1] / "patterns" / "data" / "oracle_answers.txt"
QUAMINA = "import json,sys; from event_ruler import test_event_pattern as t\nfor l in sys.stdin:\n e,p=json.loads(l); print(int(t(e,p)),flush=True)"


def localstack() -> tuple[Any, Any]:
    """Its compiler (which refuses) and engine, without the rest of the package."""
    exceptions = types.ModuleType("localstack.aws.api.events")
    exceptions.InvalidEventPatternException = type("InvalidEventPatternException", (Exception,), {})  # type: ignore[attr-defined]
    sys.modules["localstack.aws.api.events"] = exceptions
    folder = next(Path(p) / "localstack" for p in sys.path if (Path(p) / "localstack/services/events/event_rule_engine.py").exists())
    spec = importlib.util.spec_from_file_location("engine", folder / "services/events/event_rule_engine.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EventPatternCompiler(), module.EventRuleEngine()


def tests(pattern: Any) -> list[Any]:
    """Every test of a pattern."""
    if isinstance(pattern, dict):
        return [t for key, value in pattern.items() for t in ([x for o in value for x in tests(o)] if key == "$or" else tests(value))]
    return pattern if isinstance(pattern, list) else []


def is_odd_exclusion(excluded: Any) -> bool:
    """An operand of anything-but that AWS refuses and this engine takes."""
    return excluded == [] or (isinstance(excluded, list) and len({isinstance(x, str) for x in excluded}) > 1)


def ask_localstack(pattern: Any, event: Any, compiler: Any, engine: Any) -> str:
    """Its answer; `?` where it differs from AWS: gaps of wildcards are never empty there, arrays of objects are not kept together,
    an object is no reason against exists, numbers equal booleans, empty objects and arrays are let pass, and exclusions of mixed type."""
    text = json.dumps(pattern)
    found = tests(pattern)
    valued = [t for t in found if isinstance(t, dict)]
    if '"$or"' in text and len(pattern.get("$or", [])) < 2:
        return "?"
    if "{}" in text or "[[" in text or any(is_odd_exclusion(t.get("anything-but")) for t in valued):
        return "?"
    try:
        compiler.compile_event_pattern(text)
    except Exception as error:
        return "!" if type(error).__name__ == "InvalidEventPatternException" else "?"
    if '"wildcard"' in text or '{"prefix": ""}' in text or '""' in text or "{}" in json.dumps(event):
        return "?"
    if any("exists" in t for t in valued) or "[{" in json.dumps(event) or "[]" in json.dumps(event):
        return "?"
    if any(isinstance(t, (bool, int)) or any(c.isdigit() for c in json.dumps(t)) for t in found) and (
        "true" in json.dumps(event) or "false" in json.dumps(event)
    ):
        return "?"
    try:
        return str(int(engine.evaluate_pattern_on_event(pattern, event)))
    except Exception:
        return "?"


def speaks_quamina(pattern: Any) -> bool:
    """Whether quamina 1.0 knows all operators (and nothing is refused, which ends its process). It mixes up objects in arrays."""
    text = json.dumps(pattern)
    known = all(
        isinstance(t, str)
        or (isinstance(t, dict) and len(t) == 1 and (isinstance(t.get("prefix"), str) or isinstance(t.get("exists"), bool)))
        or (
            isinstance(t, dict)
            and isinstance(t.get("anything-but"), list)
            and t["anything-but"]
            and all(isinstance(x, str) for x in t["anything-but"])
        )
        for t in tests(pattern)
    )
    return known and bool(tests(pattern)) and "$or" not in text and "[]" not in text and '""' not in text and "{}" not in text


def ask_quamina(asked: list[tuple[Any, Any]]) -> list[str]:
    """Its answers; `?` for a case at which it dies."""
    answers: list[str] = []
    while len(answers) < len(asked):
        lines = "".join(json.dumps([json.dumps(e), json.dumps(p)]) + "\n" for p, e in asked[len(answers) :])
        done = subprocess.run([sys.executable, "-c", QUAMINA], input=lines, capture_output=True, text=True, check=False)
        answers += done.stdout.split()
        if len(answers) < len(asked):
            answers.append("?")
    return answers


def main() -> None:
    """Ask and write."""
    compiler, engine = localstack()
    made = cases()
    first = [ask_localstack(p, e, compiler, engine) for p, e in made]
    spoken = [i for i, (p, e) in enumerate(made) if speaks_quamina(p) and first[i] != "!" and "[{" not in json.dumps(e)]
    second = dict(zip(spoken, ask_quamina([made[i] for i in spoken]), strict=True))
    answers = []
    for index, one in enumerate(first):
        two = second.get(index, "?")
        if "?" not in (one, two) and one != two:
            print("they differ:", *map(json.dumps, made[index]), one, two)  # noqa: T201
            one = two = "?"
        answers.append(one if one != "?" else two)
    ANSWERS.write_text("\n".join("".join(answers[i : i + 120]) for i in range(0, len(answers), 120)) + "\n")
    print({a: answers.count(a) for a in "01!?"})  # noqa: T201


if __name__ == "__main__":
    main()
