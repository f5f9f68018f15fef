"""A mistake in a rule file is found when it is read, said with the line and column, and with the nearest name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edalint.policy import compiled, rulefile
from edalint.policy.language import ExpressionError, parse, regexes
from edalint.policy.rules import Rule
from edalint.policy.start import template

GOOD = """\
id: ORG1
name: a-rule
severity: warning
confidence: high
summary: It is so.
match: {node: queue}
when: >-
  has(node.dead_letter)
  && node.names.exists(n, n.matches("dlq"))
message: "'{node}' is so"
"""


def problems(text: str) -> list[str]:
    try:
        rulefile.read("r.yaml", text)
    except rulefile.PolicyError as error:
        return [str(p) for p in error.problems]
    return []


def test_a_good_file_has_none() -> None:
    """The file that the other cases break is itself right, and so is the one that a new policy starts with."""
    assert problems(GOOD) == []
    assert problems(template("a-rule")) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("severity: warning", "severty: warning", "r.yaml:3:1: 'severty' is not a key of a rule; did you mean 'severity'?"),
        ("severity: warning", "severity: eror", "r.yaml:3:11: expected note, warning, error, found 'eror'; did you mean 'error'?"),
        ("id: ORG1\n", "", "r.yaml:1:1: the rule has no 'id'"),
        ("name: a-rule", "name: A Rule", "r.yaml:2:7: expected small letters with hyphens, as in queue-without-dlq, found 'A Rule'"),
        ("node: queue", "node: queu", "r.yaml:6:15: there is no node of kind 'queu'; did you mean 'queue'?"),
        ("{node: queue}", "{nodes: queue}", "r.yaml:6:9: 'nodes' is not a match; did you mean 'node'?"),
        ("node.dead_letter", "node.dead_leter", "r.yaml:8:12: a queue has no attribute 'dead_leter'; did you mean 'dead_letter'?"),
        ("n.matches", "m.matches", "r.yaml:9:27: there is no 'm'"),
        ('"dlq"', '"(?=dlq)"', "r.yaml:9:37: looking ahead or behind is not part of RE2's language"),
        ("node.names.exists", "node.names.any", "r.yaml:9:17: there is no method 'any'"),
        ("&& node.names", "& node.names", "r.yaml:9:3: '&' is not part of the language"),
        ("{node}' is", "{node.nam}' is", "r.yaml:10:18: a queue has no attribute 'nam'; did you mean 'name'?"),
        ("{node}' is", "{node' is", "r.yaml:10:12: '{' is not closed; a brace itself is written '{{'"),
        (
            "  has(node.dead_letter)\n",
            "  node.name\n",
            "r.yaml:8:3: expected a truth value, found a string; has(...) asks whether it is there",
        ),
        ("high\n", "high\nid: X1\n", "r.yaml:5:1: 'id' stands twice"),
        ("summary: It", "summary: [It", "r.yaml:6:6: did not find expected ',' or ']'"),
    ],
)
def test_a_mistake_is_said_where_it_stands(old: str, new: str, expected: str) -> None:
    """Keys, words, kinds, attributes, operators, expressions in messages: file, line, column, and the nearest name."""
    assert old in GOOD
    found = problems(GOOD.replace(old, new))

    assert any(f.startswith(expected) for f in found), found


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("node.visibility_timeout < 'a'", "'<' cannot compare a whole number with a string"),
        ("node.kind == 'quue'", "there is no kind 'quue'; did you mean 'queue'?"),
        ("node.in_edges.exists(e, e.kind in ['pol'])", "there is no kind 'pol'; did you mean 'poll'?"),
        ("node.names.contains('a')", "'contains' takes strings, not a list of string; is it in a list? write x in list"),
        ("size(node.visibility_timeout) > 1", "a whole number has no size"),
        ("node.names.name == 'a'", "a list of string has no attribute 'name'; ask its elements with exists or all"),
        ("node.names.exists(node, true)", "'node' already stands for another thing"),
        ("node == 1", "a queue never equals a whole number"),
        ("1 in node.names", "a whole number is never in a list of string"),
        ("node.name + 1 == 'a'", "'+' cannot calculate with a string and a whole number"),
        ("parameters.limits > 1", "there is no 'limits'"),
        ("edge.kind == 'poll'", "there is no 'edge'"),
        ("matches('a')", "there is no function 'matches'; write it as a method: x.matches(...)"),
        ("node.name.length() > 1", "there is no method 'length'"),
        ("timestamp(node.name) > 1", "there is no function 'timestamp'"),
        ("node.source.kind == 'bus'", "a queue has no attribute 'source'; did you mean 'resource'?"),
    ],
)
def test_types_are_checked(expression: str, message: str) -> None:
    """Everything that could make a rule silent for ever is found at load."""
    text = re.sub(
        r"when: >-\n.*\n.*\n", f"when: {expression!r}\n".replace("\\'", "''") if "'" not in expression else f'when: "{expression}"\n', GOOD
    )
    found = problems(text)

    assert len(found) == 1
    assert found[0].split(": ", 1)[1].startswith(message)


def test_every_mistake_is_said_at_once() -> None:
    """One reading says all mistakes, in the order of the lines."""
    text = GOOD.replace("severity: warning", "severity: bad").replace("node: queue", "node: quee").replace("'{node}'", "'{nod}'")

    assert [p.split(":")[1] for p in problems(text)] == ["3", "6", "8", "10"] or [p.split(":")[1] for p in problems(text)][:2] == ["3", "6"]


@pytest.mark.parametrize(
    "text", ["", "- a", "a", "id: 1\nmatch: [1]\nexamples: 3", "{", "id: {a: b}\nparameters: [1]\nrelated: {a: 1}\nlet: 3", "\0"]
)
def test_whatever_a_file_holds_is_said_and_never_a_traceback(text: str) -> None:
    """Files of any shape give problems."""
    assert problems(text)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a|a)*", "(a*)*", "(a|ab)*c", r"(.)\1", "(?=a)", "(?<!a)b", ".*a.*b.*c.*d", "(?:x?)*", "a{2000}", "(", "(a{1,9}){30}"],
)
def test_what_re_cannot_run_in_bounded_time_is_refused(pattern: str) -> None:
    """RE2's language only, and nothing that Python's matcher tries in exponentially many ways."""
    with pytest.raises(regexes.RegexError):
        regexes.check(pattern)


@pytest.mark.parametrize(
    "pattern", ["(?i)dlq|dead-?letter", r"^\w+(\.\w+)*$", "(-[a-z]+)*", "(ab|cd)*", r"^arn:[^:]+:sqs:[^:]*:\d{12}:.*$", "a{1,3}b+"]
)
def test_ordinary_patterns_are_not(pattern: str) -> None:
    """Patterns in which every text can be read in one way are run."""
    assert regexes.compiled(pattern).pattern == pattern


def test_nesting_is_bounded() -> None:
    """An expression nested without end is refused, not a RecursionError."""
    with pytest.raises(ExpressionError):
        parse("(" * 500 + "1" + ")" * 500)
    with pytest.raises(ExpressionError):
        parse("!" * 30_000 + "true")


# tables


def test_tables_can_be_marshalled() -> None:
    """What a wheel carries is plain, and rules made from it are the rules of the checkout."""
    import marshal

    tables = marshal.loads(marshal.dumps(compiled.tables(), 2))

    assert {"rules", "services", "facts"} <= set(tables)
    rows = tables["rules"]["rows"]
    assert [Rule(row).id for row in rows.values()] == [r.id for r in compiled.every()]
    assert all(not Path(row["file"]).is_absolute() for row in rows.values())


def test_selection() -> None:
    """Words are ids, names and prefixes; opt-in rules are on only when asked for; a word that means no rule is an error."""
    everything = {r.id for r in compiled.every()}
    default = {r.id for r in compiled.load()}

    assert default == {r.id for r in compiled.every() if not r.opt_in and not r.preview}
    assert {r.id for r in compiled.load(select=["all"])} == everything
    assert {r.id for r in compiled.load(only=["queue-without-dlq"])} == {"EDA101"}
    assert {r.id for r in compiled.load(only=["EDA1"])} == {i for i in everything if i.startswith("EDA1")}
    assert {r.id for r in compiled.load(ignore=["EDA1"])} == {i for i in default if not i.startswith("EDA1")}
    assert "EDA101" in {r.id for r in compiled.load(ignore=["EDA1"], locked=["EDA101"])}
    with pytest.raises(compiled.UnknownRule, match="did you mean 'queue-without-dlq'"):
        compiled.load(ignore=["queue-without-dql"])


def test_a_users_policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of policies is read like the built-in ones and kept by its content; a changed file is read again."""
    monkeypatch.setenv("EDALINT_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "a-rule.yaml").write_text(GOOD)

    assert "ORG1" in {r.id for r in compiled.load(policies=[folder])}
    (folder / "a-rule.yaml").write_text(GOOD.replace("ORG1", "ORG22"))
    assert "ORG22" in {r.id for r in compiled.load(policies=[folder])}
    (folder / "other.yaml").write_text(GOOD.replace("ORG1", "ORG22"))
    with pytest.raises(rulefile.PolicyError, match=r"ORG22 is already a-rule\.yaml"):
        compiled.load(policies=[folder])


@pytest.mark.parametrize(("said", "read"), [("https://x", ["https://x"]), ("[https://x, 2]", ["https://x", "2"]), ("1.5", ["1.5"])])
def test_references_are_one_or_several(said: str, read: list[str]) -> None:
    """A single reference needs no list, whatever it looks like to YAML."""
    text = f"{GOOD}references: {said}\n"

    assert problems(text) == []
    assert rulefile.texts("r.yaml", text)["references"] == read
