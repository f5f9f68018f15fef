"""The engines of event patterns that tests/oracles/patterns.py asks, and where each is known to differ from AWS's own.

AWS's engine is https://github.com/aws/event-ruler (Java, on no registry that Python reaches); its tests and its
documentation decide who is right where two disagree.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

Ask = Callable[[Any, Any], str]
"""(pattern, event) -> `1` it matches, `0` it does not, `!` the pattern is refused, `x` the engine died."""
QUAMINA = "import json,sys; from event_ruler import test_event_pattern as t\nfor l in sys.stdin:\n e,p=json.loads(l); print(int(t(e,p)),flush=True)"
"""In a process of its own: a pattern that it does not take ends it."""


class Gap(NamedTuple):
    """A way in which an engine differs from AWS's."""

    what: str
    applies: Callable[[Any, Any, str, str], bool]
    """(pattern, event, ours, theirs)."""


def ministack() -> Ask:
    """TestEventPattern of MiniStack, an emulator of AWS (MIT) whose engine was written after AWS's own."""
    from ministack.services import eventbridge

    def ask(pattern: Any, event: Any) -> str:
        asked = {"EventPattern": json.dumps({"detail": pattern}), "Event": json.dumps({"detail": event})}
        status, _, body = eventbridge._test_event_pattern(asked)
        return str(int(json.loads(body)["Result"])) if status == 200 else "!"

    return ask


def whole_event() -> Callable[[Any, Any], str]:
    """The same, of a pattern over the whole event."""
    from ministack.services import eventbridge

    def ask(pattern: Any, event: Any) -> str:
        status, _, body = eventbridge._test_event_pattern({"EventPattern": json.dumps(pattern), "Event": json.dumps(event)})
        return str(int(json.loads(body)["Result"])) if status == 200 else "!"

    return ask


def localstack() -> Ask:
    """LocalStack's compiler (which refuses) and engine, without the rest of the package."""
    exceptions = types.ModuleType("localstack.aws.api.events")
    exceptions.InvalidEventPatternException = type("InvalidEventPatternException", (Exception,), {})  # type: ignore[attr-defined]
    sys.modules["localstack.aws.api.events"] = exceptions
    path = next(p for p in (Path(f) / "localstack/services/events/event_rule_engine.py" for f in sys.path) if p.exists())
    spec = importlib.util.spec_from_file_location("engine", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    compiler, engine = module.EventPatternCompiler(), module.EventRuleEngine()

    def ask(pattern: Any, event: Any) -> str:
        try:
            compiler.compile_event_pattern(json.dumps(pattern))
        except Exception as error:
            return "!" if type(error).__name__ == "InvalidEventPatternException" else "x"
        with contextlib.suppress(Exception):
            return str(int(engine.evaluate_pattern_on_event(pattern, event)))
        return "x"

    return ask


def moto() -> Ask:
    """The pattern matching of moto's event bus."""
    from moto.events.exceptions import InvalidEventPatternException
    from moto.events.models import EventPattern

    def ask(pattern: Any, event: Any) -> str:
        try:
            return str(int(EventPattern.load(json.dumps(pattern)).matches_event(event)))
        except InvalidEventPatternException:
            return "!"
        except Exception:
            return "x"

    return ask


def ask_quamina(asked: list[tuple[Any, Any]]) -> list[str]:
    """Its answers; `x` for a case at which it dies."""
    answers: list[str] = []
    while len(answers) < len(asked):
        lines = "".join(json.dumps([json.dumps(e), json.dumps(p)]) + "\n" for p, e in asked[len(answers) :])
        done = subprocess.run([sys.executable, "-c", QUAMINA], input=lines, capture_output=True, text=True, check=False)
        answers += done.stdout.split()
        if len(answers) < len(asked):
            answers.append("x")
    return answers


# what a case has in it


def tests(pattern: Any) -> list[Any]:
    """Every test of a pattern."""
    if isinstance(pattern, dict):
        return [t for key, value in pattern.items() for t in ([x for o in value for x in tests(o)] if key == "$or" else tests(value))]
    return pattern if isinstance(pattern, list) else []


def uses(pattern: Any, *operators: str) -> bool:
    """Whether a test has one of these operators, or one inside anything-but."""
    return any(f'"{operator}"' in json.dumps(test) for test in tests(pattern) for operator in operators if isinstance(test, dict))


def paths(pattern: Any, above: str = "") -> list[str]:
    """The paths of a pattern's leaves, each as often as it is written."""
    found: list[str] = []
    for key, value in pattern.items() if isinstance(pattern, dict) else ():
        if key == "$or" and isinstance(value, list):
            found += [path for option in value for path in paths(option, above)]
        elif isinstance(value, dict):
            found += paths(value, f"{above}{key}.")
        else:
            found.append(above + key)
    return found


def is_leaf_and_object(pattern: Any, *_: Any) -> bool:
    """Whether a field is tested both as a value and as an object, in a pattern that asks for absence."""
    found = paths(pattern)
    return uses(pattern, "exists") and any(one.startswith(other + ".") for one in found for other in found)


def has_truth_values(pattern: Any, event: Any, *_: Any) -> bool:
    """Whether 1 and true, or 0 and false, could be taken for each other."""
    return any(word in json.dumps([pattern, event]) for word in ("true", "false"))


def has_objects_in_arrays(_: Any, event: Any, *__: Any) -> bool:
    if isinstance(event, dict):
        return any(has_objects_in_arrays(_, value) for value in event.values())
    return isinstance(event, list) and any(isinstance(inner, dict) or has_objects_in_arrays(_, inner) for inner in event)


def has_empty(_: Any, event: Any, *__: Any) -> bool:
    return "[]" in json.dumps(event) or "{}" in json.dumps(event)


def refused(pattern: Any, event: Any, ours: str, theirs: str) -> bool:
    return ours == "!" != theirs


def speaks_quamina(pattern: Any) -> bool:
    """Whether quamina 1.0 knows all that a pattern has in it: strings, prefix, exists and anything-but of strings."""
    text = json.dumps(pattern)
    return bool(tests(pattern)) and all(word not in text for word in ("$or", "[]", '""', "{}", ".")) and all(map(_speaks, tests(pattern)))


def _speaks(test: Any) -> bool:
    if not isinstance(test, dict) or len(test) != 1:
        return isinstance(test, str)
    excluded = test.get("anything-but")
    listed = isinstance(excluded, list) and bool(excluded) and all(isinstance(x, str) for x in excluded)
    return isinstance(test.get("prefix"), str) or isinstance(test.get("exists"), bool) or listed


GAPS: dict[str, list[Gap]] = {
    "ministack": [
        Gap("a field tested as a value and as an object is never met there, whatever asks exists: false", is_leaf_and_object),
    ],
    "localstack": [
        Gap("`exactly` is not known", lambda p, e, o, t: t == "!" and uses(p, "exactly")),
        Gap("a block with host bits set is refused", lambda p, e, o, t: t == "!" and uses(p, "cidr")),
        Gap("dies of prefix or suffix without case on what is no string", lambda p, e, o, t: t == "x"),
        Gap("checks less: empty objects, $or of one, fields of reserved names, lists of mixed type or with empty texts", refused),
        Gap("a gap of a wildcard is never empty, `\\*` is no star", lambda p, e, o, t: uses(p, "wildcard")),
        Gap("`exists` sees objects and empty arrays as something else", lambda p, e, o, t: uses(p, "exists")),
        Gap("1 equals true, 0 equals false", has_truth_values),
        Gap("elements of an array of objects are not kept apart", has_objects_in_arrays),
        Gap("an empty array or object is null to it", has_empty),
    ],
    "moto": [
        Gap("refuses little: empty arrays and values without array", refused),
        Gap("`exactly` is not known", lambda p, e, o, t: uses(p, "exactly")),
        Gap("dies of what it does not check", lambda p, e, o, t: t == "x"),
        Gap("a block with host bits set contains nothing, a number is an address", lambda p, e, o, t: uses(p, "cidr")),
        Gap("arrays of objects are not looked into", has_objects_in_arrays),
        Gap("an empty array or object is there and a value", has_empty),
        Gap("1 equals true, 0 equals false", has_truth_values),
        Gap("a field written twice must pass both tests, not the later", lambda p, e, o, t: len(set(paths(p))) < len(paths(p))),
    ],
    "quamina": [
        Gap("elements of an array of objects are not kept apart", has_objects_in_arrays),
        Gap("an empty array or object is there", has_empty),
        Gap("anything-but passes only strings", lambda p, e, o, t: uses(p, "anything-but") or t == "x"),
    ],
}
"""By engine; of several that apply, the first is counted."""
