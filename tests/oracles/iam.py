"""Asks IAM simulators whether generated policies allow generated requests, and keeps the answers for tests/iam/test_simulator.py.

    npm install --prefix DIR @cloud-copilot/iam-simulate
    pip install moto
    python tests/oracles/iam.py DIR

Exit status 1 where a simulator differs from us and none of its gaps says why.
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))
from tests.iam.generated import ACCOUNT, Case, cases, our_answer  # noqa: E402
from tests.oracles.telling import compare, keep  # noqa: E402

ANSWERS = HERE.parent / "iam" / "data" / "oracle_answers.txt"
ARN_PARTS = 6


def statements(case: Case) -> list[dict[str, Any]]:
    found = case.policy["Statement"]
    return found if isinstance(found, list) else [found]


def has_short_arn(case: Case) -> bool:
    """Whether a resource has a `*` that goes over several parts of an ARN, as IAM's documentation allows (elements_resource)."""
    named = [
        r
        for s in statements(case)
        for key in ("Resource", "NotResource")
        for r in (s.get(key, []) if isinstance(s.get(key), list) else [s.get(key, "*")])
    ]
    return any(name != "*" and name.count(":") < ARN_PARTS - 1 for name in named)


def mentions(*words: str) -> Callable[[Case], bool]:
    return lambda case: any(word in json.dumps(statements(case)) for word in words)


GAPS: dict[str, list[tuple[str, Callable[[Case], bool]]]] = {
    "iam-simulate": [("`*` at the end of an ARN's part does not go over colons, though IAM says so", has_short_arn)],
    "moto": [
        ("NotResource is every resource", mentions("NotResource")),
        ("`?` is no wildcard", mentions("?")),
        ("actions are compared with their case", mentions("SQS:sendmessage")),
    ],
}


def ask_simulate(made: list[Case], folder: str) -> dict[int, str]:
    """The answers of iam-simulate."""
    lines = "".join(json.dumps({**case._asdict(), "account": ACCOUNT}) + "\n" for case in made)
    done = subprocess.run(["node", str(HERE / "iam.mjs"), folder], input=lines, capture_output=True, text=True, check=True)
    return dict(enumerate(done.stdout.split()))


def ask_moto(made: list[Case]) -> dict[int, str]:
    """The answers of moto, of what it knows: identities without conditions."""
    from moto.iam.access_control import IAMPolicy, PermissionResult

    return {
        i: str(int(IAMPolicy(json.dumps(c.policy)).is_action_permitted(c.action, c.resource) == PermissionResult.PERMITTED))
        for i, c in enumerate(made)
        if c.attached == "identity" and "Condition" not in json.dumps(c.policy)
    }


def compared(name: str, version: str, made: list[Case], ours: list[str], theirs: dict[int, str]) -> int:
    """How many answers of a simulator differ from ours and are not explained."""

    def gap(index: int, answer: str) -> str | None:
        return next((what for what, applies in GAPS[name] if applies(made[index])), None)

    return int(compare(f"{name} ({version})", ours, theirs, gap, lambda index: [made[index]]))


def main(folder: str) -> int:
    made = cases()
    ours = [our_answer(case) for case in made]
    package = json.loads((Path(folder) / "node_modules/@cloud-copilot/iam-simulate/package.json").read_text())
    simulated = ask_simulate(made, folder)
    failures = compared("iam-simulate", package["version"], made, ours, simulated)
    failures += compared("moto", importlib.metadata.version("moto"), made, ours, ask_moto(made))
    kept = ["?" if has_short_arn(case) else simulated[i] for i, case in enumerate(made)]
    keep(ANSWERS, kept)
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
