"""What a policy costs per node: a user's, read from a folder, beside the same rule built in.

python benchmarks/policies.py [nodes]

Both judge one graph of many queues, in turn; the smallest of several times counts. The user's copy has another id and name and comes by
`--policies`. Its load from the cache is measured apart.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from edalint.analysis import analyze  # noqa: E402
from edalint.policy import compiled  # noqa: E402
from edalint.policy.evaluate import judge  # noqa: E402
from edalint.policy.rules import Rule  # noqa: E402

COPIED = ("EDA101", "EDA203", "EDA501", "EDA509")
"""Rules about queues, copied into a folder of a user's policies."""
ROUNDS = 15
LIMIT = 1.15
"""A user's policy may cost this many times a built-in one, no more: what is left is noise of the clock."""


def template(nodes: int) -> str:
    """Queues, half of them with a dead-letter queue."""
    lines = ["Resources:"]
    for number in range(nodes // 2):
        lines += [
            f"  Orders{number}:",
            "    Type: AWS::SQS::Queue",
            f"    Properties: {{VisibilityTimeout: {30 + number % 7}, RedrivePolicy: {{deadLetterTargetArn: !GetAtt Failed{number}.Arn, maxReceiveCount: 5}}}}",
            f"  Failed{number}:",
            "    Type: AWS::SQS::Queue",
        ]
    return "\n".join(lines) + "\n"


def copies(folder: Path) -> None:
    """The built-in rules as a user's policies."""
    for rule in compiled.every():
        if rule.id in COPIED:
            text = compiled.rule_path(rule).read_text("utf-8")
            text = text.replace(rule.id, f"ORG{rule.id[3:]}").replace(f"name: {rule.name}", f"name: org-{rule.name}")
            (folder / f"{rule.name}.yaml").write_text(text, "utf-8")


def smallest(work: Callable[[], object]) -> float:
    """The shortest of several times, in seconds."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best


def main() -> int:
    """Measure and print; 1 where a user's policy costs more than a built-in one."""
    nodes = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policies").mkdir()
        copies(folder / "policies")
        path = folder / "template.yaml"
        path.write_text(template(nodes), "utf-8")
        graph = analyze([path], judge=False).graph
        rules = compiled.every([folder / "policies"])
        ours: list[Rule] = [r for r in rules if r.id in COPIED]
        theirs: list[Rule] = [r for r in rules if r.id.startswith("ORG")]
        for side in (ours, theirs):
            judge(graph, side)
        found = [len(judge(graph, side).findings) for side in (ours, theirs)]
        assert found[0] == found[1], found
        ours_cost, theirs_cost = smallest(lambda: judge(graph, ours)), smallest(lambda: judge(graph, theirs))
        loading = smallest(lambda: compiled.rows(folder / "policies"))
    per_node = 1e6 / (nodes * len(COPIED))
    print(f"{nodes} queues, {len(COPIED)} rules, {found[0]} findings")
    print(f"built in        {ours_cost * per_node:6.2f} us per node and rule")
    print(f"a user's policy {theirs_cost * per_node:6.2f} us per node and rule ({theirs_cost / ours_cost:.2f} times)")
    print(f"loading {len(COPIED)} policies from the cache: {loading * 1e3:.2f} ms")
    return int(theirs_cost > LIMIT * ours_cost)


if __name__ == "__main__":
    sys.exit(main())
