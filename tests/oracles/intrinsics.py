"""Asks cfn-lint's resolver what thousands of expressions of intrinsic functions can be (it is a dependency: nothing to install).

    python tests/oracles/intrinsics.py [COUNT]

The same strategy and comparison as tests/frontends/test_cfnlint_oracle.py, which makes 200 in every run of the test suite, so that
nothing is recorded. Exit status 1, and the smallest expression, where one differs in one of the six choices of parameters.
"""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from hypothesis import HealthCheck, given, settings

from tests.frontends.test_cfnlint_oracle import check, texts

CHOICES = 6


def main(count: int) -> int:
    asked: set[str] = set()

    @given(texts)
    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def every(expression: Any) -> None:
        asked.add(repr(expression))
        check(expression)

    every()
    version = importlib.metadata.version("cfn-lint")
    print(f"cfn-lint {version}: {len(asked)} expressions in {CHOICES} choices of parameters, all agree")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
