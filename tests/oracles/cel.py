"""Asks CEL libraries what random expressions of the `when` language give, and keeps Google's answers for tests/policy/test_cel.py.

    pip install cel-expr-python                      # Google's own (C++)
    pip install --target DIR cel-python              # celpy, in pure Python; left out where it is not there
    PYTHONPATH=DIR python tests/oracles/cel.py [--more N]

`--more`: N further expressions of other seeds, asked but not kept. Exit status 1 where we differ from Google's library, or celpy
differs from both and none of its gaps says why.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.oracles.telling import say
from tests.policy.expressions import Generator, values
from tests.policy.test_cel import ALL, COUNT, RECORDED, ours, theirs

NUMBERS_OF_BOTH_SORTS = re.compile(r"\d\.\d|\bx\b|double\(")
GAPS: list[tuple[str, Callable[[str, Any, Any], bool]]] = [
    ("int and double cannot be compared", lambda text, right, found: found == "error" and bool(NUMBERS_OF_BOTH_SORTS.search(text))),
    ("string(true) is 'True', string(2.0) is '2.0'", lambda text, right, found: found != "error" and "string(" in text),
    ("a mistake in the value of a map's entry is passed over", lambda text, right, found: right == "error" and "{" in text),
    ("maps of different keys cannot be compared", lambda text, right, found: found == "error" and "{" in text),
    ("contains fails on texts put together", lambda text, right, found: found == "error" and ".contains(" in text),
    ("map with a condition is not known", lambda text, right, found: ".map(" in text and text.count(",") > 1),
]


def ask_celpy(asked: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    """The answers of cel-python."""
    import celpy

    environment = celpy.Environment()
    answers: list[Any] = []
    for text, known in asked:
        try:
            answers.append(bool(environment.program(environment.compile(text)).evaluate(celpy.json_to_cel(known))))
        except Exception:
            answers.append("error")
    return answers


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--more", type=int, default=0)
    more = parser.parse_args().more
    texts = [*ALL, *(Generator(COUNT + seed).make("bool", 4) for seed in range(more))]
    right = theirs(texts)
    RECORDED.write_text(json.dumps(right[: len(ALL)]).replace(", ", ","))
    wrong = [(text, answer) for number, (text, answer) in enumerate(zip(texts, right, strict=True)) if ours(text, number) != answer]
    for text, answer in wrong:
        say("   ", text, answer)
    say(f"cel-expr-python {importlib.metadata.version('cel-expr-python')}: {len(texts)} asked, {len(texts) - len(wrong)} agree")
    unexplained = 0
    if importlib.util.find_spec("celpy"):
        found: Counter[str] = Counter()
        answers = ask_celpy([(text, values(number)) for number, text in enumerate(ALL)])
        for text, answer, other in zip(ALL, right, answers, strict=False):
            gap = "agree" if answer == other else next((what for what, applies in GAPS if applies(text, answer, other)), "NOT EXPLAINED")
            found[gap] += 1
            if gap == "NOT EXPLAINED":
                say("   ", text, answer, other)
        unexplained = found["NOT EXPLAINED"]
        say(f"cel-python {importlib.metadata.version('cel-python')}: {len(ALL)} asked, {found.pop('agree')} agree")
        for what, count in found.most_common():
            say(f"    {count:5d}  {what}")
    return int(bool(wrong or unexplained))


if __name__ == "__main__":
    sys.exit(main())
