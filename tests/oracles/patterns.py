"""Asks other engines what generated event patterns do, says where they differ, and keeps the answers for tests/patterns/test_oracle.py.

    pip install moto event-ruler                              # event-ruler is quamina (Go), not AWS's engine
    pip install --no-deps --target DIR ministack localstack-core
    PYTHONPATH=DIR python tests/oracles/patterns.py

Three questions: does an event match (12,000 cases), can two patterns meet in one event (pairs with many events each), and which
patterns over the whole event can never or must always match. Exit status 1 where an engine differs from us and no gap of its own
in tests/oracles/engines.py says why.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE), str(HERE.parent / "patterns")]
import engines  # type: ignore[import-not-found]  # noqa: E402
from generated import CASES_OF_WHOLE_EVENTS, cases, pairs, whole_cases  # type: ignore[import-not-found]  # noqa: E402
from telling import compare, keep, say  # type: ignore[import-not-found]  # noqa: E402

from edalint.model.values import Unknown  # noqa: E402
from edalint.patterns import eventbridge  # noqa: E402

DATA = HERE.parent / "patterns" / "data"
VERSIONS = {"ministack": "ministack", "localstack": "localstack-core", "moto": "moto", "quamina": "event-ruler"}


def our_answer(pattern: Any, event: Any) -> str:
    """Our own, `?` where we say that it is not known."""
    parsed = eventbridge.parse(pattern)
    answer = False if parsed.problems else eventbridge.matches(parsed, event)
    return "!" if parsed.problems else "?" if isinstance(answer, Unknown) else str(int(answer))


def compared(name: str, made: list[Any], ours: list[str], theirs: dict[int, str]) -> int:
    """How many answers of an engine differ from ours and are not explained."""

    def gap(index: int, answer: str) -> str | None:
        return next((g.what for g in engines.GAPS[name] if g.applies(*made[index], ours[index], answer)), None)

    title = f"{name} ({VERSIONS[name]} {importlib.metadata.version(VERSIONS[name])})"
    return int(compare(title, ours, theirs, gap, lambda index: made[index]))


def matching() -> int:
    """Does an event match."""
    made = cases()
    ours = [our_answer(*case) for case in made]
    asked = {name: getattr(engines, name)() for name in ("ministack", "localstack", "moto")}
    answers = {name: {i: ask(*case) for i, case in enumerate(made)} for name, ask in asked.items()}
    spoken = [i for i, (pattern, _) in enumerate(made) if engines.speaks_quamina(pattern) and ours[i] != "!"]
    answers["quamina"] = dict(zip(spoken, engines.ask_quamina([made[i] for i in spoken]), strict=True))
    failures = sum(compared(name, made, ours, theirs) for name, theirs in answers.items())
    kept = []
    for index, answer in answers["ministack"].items():
        gap = any(g.applies(*made[index], ours[index], answer) for g in engines.GAPS["ministack"])
        kept.append("?" if gap or ours[index] == "?" else answer)
    keep(DATA / "oracle_answers.txt", kept)
    return failures


def meeting() -> int:
    """Can two patterns meet in one event: the engine looks for one among many."""
    ask = engines.ministack()
    found: Counter[str] = Counter()
    kept = []
    for left, right, events in pairs():
        ours = eventbridge.overlap(eventbridge.parse(left), eventbridge.parse(right))
        witness = next((e for e in events if ask(left, e) == "1" and ask(right, e) == "1"), None)
        kept.append("1" if witness is not None else "0")
        said = "not known" if isinstance(ours, Unknown) else "yes" if ours else "no"
        found[f"we say {said}, " + ("an event is found" if witness is not None else "none is found")] += 1
        if ours is False and witness is not None:
            say("   ", *map(json.dumps, (left, right, witness)))
    say("pairs of patterns:", dict(found))
    keep(DATA / "oracle_pairs.txt", kept)
    return found["we say no, an event is found"]


def always_and_never() -> int:
    """Which patterns over the whole event match none of many events, or all."""
    ask = engines.whole_event()
    found: Counter[str] = Counter()
    kept = []
    for pattern, events in whole_cases():
        answers = {ask(pattern, event) for event in events}
        engine = "!" if "!" in answers else "sometimes" if len(answers) == 2 else "all" if "1" in answers else "none"
        parsed = eventbridge.parse(pattern)
        ours = "!" if parsed.problems else "never" if eventbridge.never(parsed) is not None else "may"
        ours = "always" if ours == "may" and eventbridge.is_catch_all(parsed) is True else ours
        found[f"we say {ours}, the engine {engine}"] += 1
        kept.append({"!": "!", "sometimes": "s", "all": "a", "none": "n"}[engine])
        if (ours == "!") != (engine == "!") or (ours == "never" and engine != "none") or (ours == "always" and engine != "all"):
            found["WRONG"] += 1
            say("   ", json.dumps(pattern), ours, engine)
    say(f"patterns over whole events ({CASES_OF_WHOLE_EVENTS}):", dict(found))
    keep(DATA / "oracle_whole.txt", kept)
    return found["WRONG"]


if __name__ == "__main__":
    sys.exit(int(sum((matching(), meeting(), always_and_never())) > 0))
