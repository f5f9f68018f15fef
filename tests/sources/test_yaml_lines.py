"""YAML read by its lines is YAML read from libyaml's events: the same values at the same places, or no answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.model.locations import Document
from edalint.model.values import Map
from edalint.sources import yaml_events, yaml_lines
from edalint.sources.problem import SyntaxProblem
from edalint.sources.yaml_scalars import Unusual

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures").rglob("*.y*ml"))

USUAL = [
    "a: 1\n",
    "---\n# what it is\na: 1",
    "--- # what it is\na:\n  b: c\n\n  d:\n",
    "a:\n- b\n- c: 1\n  d: 2\n-\n  e: 3\n- - f\n  - g: h\n    i: j\nk: l\n",
    "a:\n  - b\n\n  # said\n  - !Ref c\n  - !GetAtt d.Arn # so\n  - 'e'\n  -   f:  g\n",
    "a: b # c\nd: e#f\n'g': \"h\"\n\"i j\": 'it''s'\nk l : m\nAWS::n: o:p\n/q/{r}: s\n",
    "a: \"b \\\" \\\\ \\n c\"   # d\ne: ''\nf: ' '\n",
    "a: |\n  b\n    c\n\n  d # no comment\n\n\ne: |-\n\n   f\n  \ng: >\n  h\n  i\n\n  j\n    k\n  l\n\nm: >-\n  n\n",
    "a: |\n  b",
    "a: >\n  b\n   ",
    "a: one text\n  over - lines\n\n  and more\n",
    "a:\n  a text\n   that goes on\nb: !Sub text\n  goes on\nc: null\nd: ~\ne: Yes\nf: 012\n",
    'a: [b, \'c\', "d", 1, -1, [], {}, [e], {f: g, "h":i, \'j\': [k]}, !Ref l, !Sub "m", !If [n, o p, !Ref q], r: s]\n',
    "a: {b: AWS::Region, c: {d: e},\n  f: [g,\nh]\n } # i\nj: k\n",
    "a: !Sub\n  - |\n    b\n  - c: !Ref d\ne: !Join\n- ','\n- - f\n  - g\nh: !If [i,\n  j, k]\nl: !GetAtt\n  - m\n  - n\no: !Base64\n  p: q\n",
    "a: !GetAtt\n  b.Arn\nc: !Sub |\n  d\ne: !Ref 'f'\n",
    "- a\n- b: c\n",
    "a: ☃ é\n",
]
RARE = [
    "",
    "# nothing\n",
    "a",
    "a: &b c\n",
    "a: *b\n",
    "<<: {a: b}\n",
    "a: 1\na: 2\n",
    "a: {b: 1, b: 2}\n",
    "a: 1\n---\nb: 2\n",
    "%YAML 1.1\n---\na: 1\n",
    "a:\t1\n",
    "a: 1\r\nb: 2\r\n",
    "a: b\u2028c: d\n",
    "? a\n: b\n",
    "a: !!str 1\n",
    "a: !Mine b\n",
    "a: !Ref\nb: 1\n",
    "a: !Ref {}\n",
    "a: |2\n  b\n",
    "a: |+\n  b\n\n",
    "a: 'b\n  c'\n",
    'a: "\\x41"\n',
    "a: b: c\n",
    "a: [b\n",
    "a: [b] c\n",
    "a: [b, ]\n",
    "a: {b}\n",
    "a: 'b' c\n",
    "a: @b\n",
    "a: b\n- c\n",
    "a:\n  b: c\n d\n",
    "a:\n  b: c\n d: e\n",
    "-\na: 1\n",
    "a: b # c\n  d\n",
    f"{'a' * 1000}: b\n",
    "a: " + "[" * 50 + "]" * 50,
    "- " * 100 + "a\n",
]


def _written(value: Any) -> Any:
    """A value with the places of all that has one."""
    if isinstance(value, Map):
        return value.start, [(key, value.mark(key), value.location(key), _written(inner)) for key, inner in value.items()]
    if isinstance(value, list):
        return [_written(inner) for inner in value]
    return type(value), value


def _by_lines(text: str) -> Any:
    return _written(yaml_lines.read(Document("t", text, lines=lambda t: t.splitlines(keepends=True))))


def _by_events(text: str) -> Any:
    document = Document("t", text, lines=lambda t: t.splitlines(keepends=True))
    roots = yaml_events.read(document)
    assert len(roots) == 1
    assert not document.duplicates
    return _written(roots[0])


@pytest.mark.parametrize("text", USUAL)
def test_what_is_usual_is_read_as_libyaml_reads_it(text: str) -> None:
    """Every way of writing that the lines know gives libyaml's values at libyaml's places."""
    assert _by_lines(text) == _by_events(text)


@pytest.mark.parametrize("path", FIXTURES, ids=[path.name for path in FIXTURES])
def test_templates_are_usual(path: Path) -> None:
    """Templates as people write them are read by their lines."""
    text = path.read_text()

    assert _by_lines(text) == _by_events(text)


@pytest.mark.parametrize("text", RARE)
def test_what_is_rare_or_wrong_is_left_to_libyaml(text: str) -> None:
    """What the lines do not know for certain they give no answer to."""
    with pytest.raises(Unusual):
        yaml_lines.read(Document("t", text))


_PIECES = st.sampled_from(
    [" ", "  ", "- ", "-", ": ", ":", " #", "#", '"', "'", "[", "]", "{", "}", ",", "!Ref ", "!X ", "!", "|", ">", "|-", "\n", "\n\n", "---", "a",
     "1", "*", "&", "%", "@", "?", "? ", "k: ", "\\", "é", "::", "[a, b]", "{a: b}", "~", '"a b"', "'it''s'", "# c\n", "<<: ", ".", "[a: b]", "|2"]
)  # fmt: skip
_CHANGES = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), _PIECES), max_size=4)


@given(st.sampled_from(USUAL), _CHANGES)
@settings(max_examples=1500, deadline=None)
def test_a_changed_text_is_read_as_libyaml_reads_it_or_not_at_all(text: str, changes: list[tuple[int, int, str]]) -> None:
    """Whatever is put in or taken out: what the lines accept, libyaml accepts, with the same values at the same places."""
    for at, taken, put in changes:
        at %= len(text) + 1
        text = text[:at] + put + text[at + taken :]
    try:
        found = _by_lines(text)
    except Unusual:
        return
    try:
        assert found == _by_events(text)
    except SyntaxProblem as problem:
        pytest.fail(f"libyaml refuses {text!r}: {problem.message}")


@pytest.mark.parametrize(
    "text",
    [
        "a: {b:" + "/c-" * 20_000 + "}\n",
        "a: [" + "b c:" * 20_000 + "\n",
        "a: b" + " " * 50_000 + ": c\n",
        "a: [b" + " " * 50_000 + ": c\n",
        "a: 'b" + "''" * 50_000 + "\n",
        "a:\n" + "\n" * 50_000 + "  !Ref\n" * 2_000,
    ],
)
def test_long_texts_of_no_sense_end_soon(text: str) -> None:
    """No text makes an expression go back and forth: this test would not end."""
    with pytest.raises(Unusual):
        yaml_lines.read(Document("t", text))
