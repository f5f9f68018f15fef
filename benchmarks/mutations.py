"""How many changed examples the rules notice.

    python -m benchmarks.mutations [RULE ...]

A mutant is an example of a rule with a change in one place: a property or resource left out, a value altered, or taken from an example on
the other side. A near miss (a good example that calls itself one) counts as killed where some mutant of it fires, a bad example where some
mutant of it falls silent. Printed beside it: how many of the other good examples (the unknown, the outside, another kind of thing) turn too.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.properties.changing import EXAMPLES, RULES, loaded
from tests.properties.twins import turning

LEAST = 0.95
NEAR = "near miss"


def main(only: Sequence[str]) -> int:
    """Print the kill rate; 1 where it is below the least."""
    counts = {"near miss": [0, 0], "bad": [0, 0], "other good": [0, 0]}
    survivors: list[str] = []
    for rule in RULES:
        if only and rule.id not in only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            own = [e for e in EXAMPLES if e.rule == rule.id]
            read = [(e, loaded(e, Path(folder).resolve() / str(index))) for index, e in enumerate(own)]
            for example, analysis in read:
                twins = [a for e, a in read if e.group != example.group and e.language == example.language]
                sort = "bad" if example.group == "bad" else NEAR if NEAR in example.name else "other good"
                change = turning(analysis, rule, twins, more=example.group == "good")
                counts[sort][0] += change is not None
                counts[sort][1] += 1
                if change is None and sort != "other good":
                    survivors.append(f"{rule.id} {example.language} {example.name}")
    for sort, (killed, all_of) in counts.items():
        print(f"{sort:<12} {killed:>4} of {all_of:>4}  {killed / max(all_of, 1):.1%}")
    dead = counts[NEAR][0] + counts["bad"][0]
    rate = dead / max(counts[NEAR][1] + counts["bad"][1], 1)
    print(f"kill rate    {rate:.1%}")
    print(*(f"survives: {s}" for s in survivors), sep="\n")
    return int(rate < LEAST)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
