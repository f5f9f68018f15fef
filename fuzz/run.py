"""Fuzz one target, guided by coverage (Atheris, `pip install atheris`), and keep what goes wrong.

    python fuzz/run.py TARGET [--seconds N] [--seeds FOLDER ...] [--state FOLDER]

A fault does not end the run: the shortest input of each kind (exception and the line that raised it) is kept as
`STATE/TARGET/found/KIND`, with its traceback beside it; an input that takes longer than ten seconds is one too. The
corpus that the coverage selected stays in `STATE/TARGET/corpus`, so that the next run goes on from there.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import pkgutil
import random
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "fuzz" / "corpus"
"""The few inputs of each target that cover what all that were ever selected cover (`fuzz/corpus.py`)."""
sys.path.insert(0, str(ROOT))
SECONDS = 10
MOST_SEEDS = 80
"""Of more, each run takes some: reading them in is no fuzzing."""
LONGEST = 20_000
"""Bytes of an input."""


SETTINGS: dict[str, Any] = {
    "profile": "ci",
    "select": ["all"],
    "ignore": ["EDA110"],
    "rules": {"EDA202": {"severity": "warning", "factor": 3}, "queue-without-dlq": "off"},
    "per-path": [{"path": "examples/**", "ignore": ["EDA1"]}],
    "environments": {"dev": {"parameters": {"Stage": "dev"}}, "prod": {"parameters": {"Stage": "prod"}}},
    "external": {"arn:aws:events:*:222222222222:event-bus/core": "platform core bus"},
    "contexts": {"payments": ["payments/*", "tag:domain=payments"]},
}
"""A configuration: what `edalint.yaml` is made from."""


class TooLong(BaseException):
    """An input took longer than it may."""


def _alarm(*_: object) -> None:
    raise TooLong


class Keeper:
    """Runs a target, counts, and keeps the shortest input of each kind of fault."""

    def __init__(self, target: str, state: Path) -> None:
        from fuzz.targets import TARGETS

        self.name, self.run = target, TARGETS[target]
        self.found = state / target / "found"
        self.found.mkdir(parents=True, exist_ok=True)
        self.count = 0
        self.faults: dict[str, int] = {}
        self.started = time.time()
        self.said = 0.0

    def one(self, data: bytes) -> None:
        """One input."""
        self.count += 1
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            self.run(data)
        except (Exception, TooLong) as fault:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.keep(data, fault)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if time.time() - self.said > 60:
            self.said = time.time()
            self.say()

    def keep(self, data: bytes, fault: BaseException) -> None:
        """Note a fault; what takes too long is one kind for each room that it was in."""
        frames = [f for f in traceback.extract_tb(fault.__traceback__) if "/edalint/" in f.filename]
        where = f"{frames[-1].filename.rsplit('/edalint/', 1)[1]}:{frames[-1].lineno}" if frames else "outside"
        if isinstance(fault, (TooLong, RecursionError)) and frames:
            where = frames[len(frames) // 2].filename.rsplit("/edalint/", 1)[1]
        kind = f"{type(fault).__name__}-{where}".replace("/", "_").replace(":", "_")
        self.faults[kind] = self.faults.get(kind, 0) + 1
        file = self.found / kind
        if not file.exists() or len(data) < file.stat().st_size:
            file.write_bytes(data)
            file.with_name(kind + ".trace").write_text("".join(traceback.format_exception(fault))[-6000:], "utf-8", "replace")

    def say(self) -> None:
        """Print where the run stands."""
        print(f"{self.name}: {self.count} inputs in {time.time() - self.started:.0f} s, faults {self.faults}", flush=True)


def seeds(target: str, folders: list[Path]) -> list[bytes]:
    """What the run begins with: fixtures, rules and their examples, generated expressions, files of other folders."""
    from edalint.sources.reader import SyntaxProblem, read

    texts: list[str] = []
    if target == "expressions":
        from tests.policy.expressions import expressions

        return [e.encode() for e in expressions(300)]
    suffixes = {"terraform": (".tf",), "hcl": (".tf",)}.get(target, (".yaml", ".yml", ".json", ".template"))
    if target in ("template", "sam", "terraform", "hcl"):
        from edalint.policy import compiled, examples

        written = (example for rule in compiled.every() for example in examples.examples(rule))
        texts += [text for example in written for name, text in example.files.items() if name.endswith(suffixes)]
    for folder in (ROOT / "fixtures", ROOT / "rules", *folders):
        texts += [p.read_text("utf-8", "replace") for p in sorted(folder.rglob("*")) if p.suffix in suffixes and p.is_file()]
    wanted = {
        "template": "Resources",
        "sam": "AWS::Serverless",
        "plan": "planned_values",
        "policies": "severity:",
        "states": "",
        "patterns": "",
    }
    texts = [t for t in texts if wanted.get(target, "") in t and len(t) < LONGEST]
    made: list[bytes] = []
    for text in texts:
        if target in ("terraform", "hcl", "documents"):
            made.append(text.encode())
            continue
        try:
            root = read("t", text).root
        except SyntaxProblem:
            continue
        found: list[Any] = [root]
        if target == "states":
            found = [v for v in _inside(root) if isinstance(v, dict) and "StartAt" in v]
        elif target == "patterns":
            found = [v for v in _inside(root) if isinstance(v, dict) and ({"source", "detail-type", "detail"} & set(v))]
        elif target == "policies":
            found = [{k: v for k, v in root.items() if k != "examples"}] if isinstance(root, dict) else []
        made += [json.dumps(v).encode() for v in found]
    if target == "template":
        from tests.frontends.test_hostile import SEED

        made.append(json.dumps(SEED).encode())
    if target == "plan":
        recorded = sorted((ROOT / "tests" / "frontends" / "terraform").rglob("plan.json"))
        made += [piece for file in recorded for piece in _pieces(json.loads(file.read_text("utf-8")))]
        queue = {
            "address": "aws_sqs_queue.q",
            "mode": "managed",
            "type": "aws_sqs_queue",
            "name": "q",
            "values": {"name": "q", "policy": "{}"},
        }
        planned = {"root_module": {"resources": [queue], "child_modules": [{"address": "module.m", "resources": [queue]}]}}
        made.append(
            json.dumps({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": planned, "configuration": {}}).encode()
        )
    if target == "configuration":
        made = [json.dumps({key: value}).encode() for key, value in SETTINGS.items()] + [json.dumps(SETTINGS).encode()]
    made = sorted(set(made), key=len)
    return random.sample(made, MOST_SEEDS) if len(made) > MOST_SEEDS else made


def _pieces(plan: dict[str, Any], size: int = 5) -> list[bytes]:
    """Plans of a few of a plan's resources each: a whole one is longer than an input may be."""

    def of_some(value: Any, chosen: set[str]) -> Any:
        if isinstance(value, list):
            return [of_some(v, chosen) for v in value if not (isinstance(v, dict) and v.get("mode") and v.get("address") not in chosen)]
        return {key: of_some(inner, chosen) for key, inner in value.items()} if isinstance(value, dict) else value

    addresses = [change["address"] for change in plan["resource_changes"]]
    plan = {key: value for key, value in plan.items() if key != "prior_state"}
    return [json.dumps(of_some(plan, set(addresses[at : at + size]))).encode() for at in range(0, len(addresses), size)]


def _inside(value: Any) -> list[Any]:
    found, stack = [], [value]
    while stack:
        value = stack.pop()
        found.append(value)
        stack.extend(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
    return found


def main() -> int:
    """Fuzz until the time is over."""
    import atheris

    parser = argparse.ArgumentParser()
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seeds", type=Path, nargs="*", default=[])
    parser.add_argument("--state", type=Path, default=ROOT / "build" / "fuzz")
    given = parser.parse_args()
    from fuzz.mutations import mutator

    with atheris.instrument_imports(include=["edalint"]):
        import edalint

        for module in pkgutil.walk_packages(edalint.__path__, "edalint."):
            if not module.name.startswith(("edalint.cfnlint_rules", "edalint.cli", "edalint.schema", "edalint.__main__")):
                importlib.import_module(module.name)
    sys.setrecursionlimit(1000)
    corpus = given.state / given.target / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    kept = sorted((CORPUS / given.target).glob("*"))
    for data in (*seeds(given.target, given.seeds), *(file.read_bytes() for file in kept)):
        (corpus / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)
    keeper = Keeper(given.target, given.state)
    signal.signal(signal.SIGALRM, _alarm)
    flags = [
        f"-max_total_time={given.seconds}",
        "-timeout=0",
        "-rss_limit_mb=3000",
        f"-max_len={LONGEST}",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup(
        [sys.argv[0], str(corpus), *flags], keeper.one, custom_mutator=mutator(given.target, lambda d, n: bytes(atheris.Mutate(d, n)))
    )
    import atexit

    atexit.register(keeper.say)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
