"""Policies that want to take the machine: refused with their line, or stopped with a diagnostic, and other rules are asked all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hostile.running import NEIGHBOUR, Ended, run

DEEP = 10_000
NAME = "a" * 3000 + "!"
"""A queue's name that nearly matches."""
REFUSED = {
    "parentheses": "(" * DEEP + "true" + ")" * DEEP,
    "parentheses-few": "(" * 1000 + "true" + ")" * 1000,
    "negations": "!" * DEEP + "true",
    "indexes": "[1]" + "[0]" * 5000 + " == 1",
    "attributes": "node" + ".name" * 3000 + " == 'x'",
    "lists": "[" * 9000 + "]" * 9000 + " == []",
    "maps": "{'a': " * 2000 + "1" + "}" * 2000 + " == 1",
    "ternaries": "true ? true : " * 1000 + "true",
    "conjunction": " && ".join(["true"] * 2000),
    "disjunction": " || ".join(["node.name == 'x'"] * 900),
    "sum-of-lists": "size(" + " + ".join(["[1, 2, 3]"] * 900) + ") > 3",
    "comparisons": " == ".join(["true"] * 2000),
    "a-megabyte": "node.name == '" + "x" * 1_000_000 + "'",
    "a-megabyte-of-or": " || ".join(["node.name == 'x'"] * 60_000),
    "number": "9" * 19_000 + " > 1",
    "hexadecimal": "0x" + "f" * 19_000 + " > 1",
    "plus-in-plus": "node.name.matches('(a+)+$')",
    "alternatives-alike": "node.name.matches('(a|a)*$')",
    "alternatives-that-overlap": "node.name.matches('(a|aa)+$')",
    "star-in-star": "node.name.matches('((a*)*)*b')",
    "optional-in-repeat": "node.name.matches('(a?){30}a{30}')",
    "many-dots": "node.name.matches('.*.*.*.*.*.*b')",
    "repeats-multiplied": "node.name.matches('(a{1,1000}){1,1000}')",
    "lookahead": "node.name.matches('(?=a+)b')",
    "groups": "node.name.matches('" + "(" * 3000 + "a" + ")" * 3000 + "')",
    "long-expression": "node.name.matches('" + "a" * 15_000 + "')",
}
"""Conditions that are a mistake of the policy."""


def _doubling(first: str, condition: str, count: int = 45) -> str:
    inner = condition.replace("LAST", f"a{count}")
    for i in reversed(range(count)):
        inner = f"[a{i} + a{i}].exists(a{i + 1}, {inner})"
    return f"[{first}].exists(a0, {inner})"


def _nest(over: str, macro: str, count: int, body: str) -> str:
    return "".join(f"{over}.{macro}(a{i}, " for i in range(count)) + body + ")" * count


def _filters(count: int) -> str:
    return "".join(f"size(graph.nodes.filter(a{i}, " for i in range(count)) + "true" + ")) > 0" * count


STOPPED = {
    "loops-over-the-graph": _nest("graph.nodes", "exists", 50, "a0.name == 'zzz'"),
    "loops-over-lists": _nest("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", "all", 20, "a0 > 0"),
    "filters": _filters(9),
    "texts-that-double": _doubling("'xxxxxxxxxx'", "size(LAST) > 3"),
    "lists-that-double": _doubling("[1, 1]", "size(LAST) > 3"),
}
"""Conditions that take more steps than a policy may."""
LETS = {
    "names-of-texts": ["'ab'", *(f"x{i} + x{i}" for i in range(60))],
    "names-of-loops": ["graph.nodes.exists(n, n.name == 'z')", *(f"graph.nodes.exists(n{i}, x{i})" for i in range(40))],
    "names-of-conditions": ["node.name == 'z'", *(f"x{i} || x{i}" for i in range(60))],
}
"""The same by way of `let`, each name in terms of the one before."""
SLOW = {
    "(a{0,20}){0,20}b": False,
    "(a?a?a?a?a?a?a?a?a?a?){0,20}!": True,
    "(a|aa|aaa){0,20}(a|aa|aaa){0,20}b": False,
    "(.{0,20}.{0,20}){0,15}b": False,
    "a{0,99}a{0,99}a{0,99}a{0,99}b": False,
    "(a?){20}a{20}b": False,
    ".*.*.*b": False,
    "a*a*a*!": True,
    "(a|b)*(a|b)*(a|b)*c": False,
    "(a+){1,20}b": False,
    "(a{1,20}){5}b": False,
    "([a-z]?){20}[a-z]{20}1": False,
    "(a*){2}(a*){2}(a*){2}b": False,
}
"""RE2 takes these in its stride and `re` does not; whether a queue's name has them."""


def _policy(number: int, when: str, lets: list[str] | None = None) -> str:
    named = "let:\n" + "".join(f"  x{i}: {json.dumps(said)}\n" for i, said in enumerate(lets)) if lets else ""
    return (
        f"id: ORG{number}\nname: hostile-{number}\nseverity: warning\nconfidence: high\nsummary: x\n"
        f"match: {{node: queue}}\n{named}when: {json.dumps(when)}\nmessage: x\n"
    )


def _run(folder: Path, *policies: str) -> Ended:
    """A run over queues enough and one with a long name, with these policies; the built-in rules must be asked too."""
    queues = {f"Q{i}": {"Type": "AWS::SQS::Queue"} for i in range(60)}
    named = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": NAME}}
    (folder / "t.json").write_text(json.dumps({"Resources": {**queues, "Named": named}}), "utf-8")
    (folder / "good.json").write_text(NEIGHBOUR, "utf-8")
    (folder / "policies").mkdir()
    for number, text in enumerate(policies):
        (folder / "policies" / f"p{number}.yaml").write_text(text, "utf-8")
    return run(folder, "t.json", "good.json", "--policies=policies")


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_policy_may_say_is_refused(name: str, tmp_path: Path) -> None:
    """The run ends with 2 and names the file and the line."""
    ended = _run(tmp_path, _policy(901, REFUSED[name]))

    assert ended.status == 2
    assert "policies/p0.yaml:7:" in ended.err, ended.err[:500]


def test_what_takes_too_many_steps_is_stopped(tmp_path: Path) -> None:
    """Each policy is told of at its own place, and nothing is found by it; what others say stands."""
    conditions = {**{name: (when, None) for name, when in STOPPED.items()}, **{n: (_last(lets), lets) for n, lets in LETS.items()}}
    ended = _run(tmp_path, *(_policy(900 + i, when, lets) for i, (when, lets) in enumerate(conditions.values())))

    assert ended.status == 1
    assert "good.json" in ended.places
    stopped = {Path(path).name for path, codes in ended.diagnostics.items() if codes == ["policy"]}
    assert stopped == {f"p{i}.yaml" for i in range(len(conditions))}
    assert not any(finding["rule"].startswith("ORG") for finding in ended.report["findings"])


def _last(lets: list[str]) -> str:
    last = f"x{len(lets) - 1}"
    return f"{last} == {last}" if "+" in lets[1] else last


def test_regular_expressions_that_backtrack_are_searched_step_by_step(tmp_path: Path) -> None:
    """What `re` would try in exponentially many ways is decided, or unknown; never wrong."""
    ended = _run(tmp_path, *(_policy(900 + i, f"node.properties.QueueName.matches('{said}')") for i, said in enumerate(SLOW)))
    found = {int(finding["rule"][3:]) - 900 for finding in ended.report["findings"] if finding["rule"].startswith("ORG")}
    unknown = {int(doubt["rule"][3:]) - 900 for doubt in ended.report["undecided"] if doubt["rule"].startswith("ORG")}

    assert "good.json" in ended.places
    for number, occurs in enumerate(SLOW.values()):
        assert number in unknown or (number in found) is occurs, list(SLOW)[number]
    assert len(unknown) < len(SLOW) / 2
    assert found


def test_chains_of_names_are_no_traceback(tmp_path: Path) -> None:
    """Two thousand names, each in terms of the one before: as deep as Python goes, and then unknown."""
    ended = _run(tmp_path, _policy(901, "x2000 == 2001", ["1", *(f"x{i} + 1" for i in range(2000))]))

    assert "good.json" in ended.places
    assert not any(finding["rule"] == "ORG901" for finding in ended.report["findings"])


@pytest.mark.parametrize(
    "text",
    [
        "id: &a [*a]\n",
        "id: &a {b: {c: *a}}\n",
        "".join(f"x{i}: &a{i} [*a{i - 1}]\n" if i else "x0: &a0 [1]\n" for i in range(400)),
        "id: " + "[" * 400 + "]" * 400,
        "id: X1\nparameters: {a: " + "9" * 5000 + ", b: 1" + ":59" * 3000 + ", c: 2001-99-99, d: !!float x, e: !!int x, f: !!set {a, b}}\n",
    ],
    ids=["itself", "itself-deep", "chain-of-aliases", "deep", "numbers"],
)
def test_a_policy_of_odd_yaml_is_refused_with_its_place(text: str, tmp_path: Path) -> None:
    """Values that stand in themselves, or deeper than anybody writes, and numbers that are none."""
    (tmp_path / "p.yaml").write_text(text, "utf-8")
    (tmp_path / "t.json").write_text(NEIGHBOUR, "utf-8")
    ended = run(tmp_path, "t.json", "--policies=p.yaml")

    assert ended.status == 2
    assert ended.err.startswith("p.yaml:1:")
