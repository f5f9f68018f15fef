"""Documents know where everything is written, and text that can't be read says where and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.model.locations import Location
from edalint.model.values import Map
from edalint.sources import json_reader, libyaml, reader, yaml_reader
from edalint.sources.reader import SyntaxProblem, decode


def place(location: Location | None) -> tuple[int, int, int]:
    assert location is not None
    return location.line, location.column, location.end_column


def problem(text: str) -> SyntaxProblem:
    with pytest.raises(SyntaxProblem) as caught:
        reader.read("t.yaml", text)
    return caught.value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("!Ref Queue", {"Ref": "Queue"}),
        ("!GetAtt Queue.Arn", {"Fn::GetAtt": ["Queue", "Arn"]}),
        ("!GetAtt Stack.Outputs.Url", {"Fn::GetAtt": ["Stack", "Outputs.Url"]}),
        ("!GetAtt [Queue, Arn]", {"Fn::GetAtt": ["Queue", "Arn"]}),
        ("!Condition IsProd", {"Condition": "IsProd"}),
        ("!Sub '${A}-b'", {"Fn::Sub": "${A}-b"}),
        ("!Sub ['${A}', {A: !Ref B}]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!Join [',', [a, b]]", {"Fn::Join": [",", ["a", "b"]]}),
        ("!Select [0, !GetAZs '']", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ("!If [C, !Ref 'AWS::NoValue', 1]", {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, 1]}),
        ("!Transform {Name: 'AWS::Include', Parameters: {Location: x}}", {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "x"}}}),
        ("!Nonsense x", {"!Nonsense": "x"}),
        ("!Ref 12", {"Ref": "12"}),
    ],
)  # fmt: skip
def test_short_forms_become_long_forms(written: str, meant: Any) -> None:
    """A tag means its long form, whatever shape its argument has; one that nobody knows keeps its name."""
    root = yaml_reader.read("t.yaml", f"A: {written}").root

    assert root["A"] == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2012-10-17", "2012-10-17"),
        ("yes", True),
        ("Off", False),
        ("y", "y"),
        ("~", None),
        ("", None),
        ("null", None),
        ("'yes'", "yes"),
        ("012", 10),
        ("012345670123", 1402433619),
        ("065115117784", "065115117784"),
        ("0x1F", 31),
        ("0b11", 3),
        ("1_000", 1000),
        ("-5", -5),
        ("22:30", 1350),
        ("8080:80", "8080:80"),
        ("1.10", 1.1),
        ("1e5", "1e5"),
        (".inf", ".inf"),
        ("1.2.3", "1.2.3"),
        ("9" * 60, "9" * 60),
        ("!!str 5", "5"),
        ("!!int '5'", 5),
        ("_", "_"),
        ("0_", 0),
        ("-", "-"),
    ],
)
def test_scalars_follow_yaml_1_1_without_dates(written: str, meant: Any) -> None:
    """CloudFormation reads YAML 1.1 (an account id of octal digits is a number there), but dates stay strings."""
    root = yaml_reader.read("t.yaml", f"A: {written}" if written != "-" else "A: '-'").root

    assert root["A"] == meant
    assert type(root["A"]) is type(meant)


def test_keys_know_their_place() -> None:
    """Lines and columns count from one, the end is exclusive; a byte order mark and CRLF change nothing."""
    text = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {DelaySeconds: 5, 'KmsKey': !Ref K}\n"
    for variant in (text, "\ufeff" + text, text.replace("\n", "\r\n")):
        queue = yaml_reader.read("t.yaml", variant).root["Resources"]["Queue"]

        assert place(queue.location("Type")) == (3, 5, 9)
        assert place(queue["Properties"].location("DelaySeconds")) == (4, 18, 30)
        assert place(queue["Properties"].location("KmsKey")) == (4, 35, 43)
        assert place(queue.location()) == (3, 5, 9)
        assert place(queue.location("Absent")) == (3, 5, 9)
        assert queue["Properties"]["KmsKey"].location("Ref").line == 4


def test_keys_are_where_pyyaml_has_them() -> None:
    """Quotes, escapes, anchors, tags, aliases, every break of a line: a key's place is that of PyYAML's own node."""
    text = (
        "a: &n k\r\n'it''s': 1\n\"x\\ty\": 2\n&b c d: 3\n!!str e: 4\n*n : 5\n😀 f: {\"g\":6, h : 7, 'i': 8}\n"
        '# j\u2028l: 9\x85m: 10\rn: 11\u2029o:\n- p: 12\n  q: 13\n? r\n  s\n: 14\n? "t\\\n  u"\n: 15\n'
    )
    root = yaml_reader.read("t", text).root
    written = yaml.compose(text, Loader=yaml.SafeLoader)

    def check(found: Any, node: Any) -> None:
        for name, (key, value) in zip(found, node.value, strict=True):
            begin, end = key.start_mark, key.end_mark
            if name == "k":  # an alias: the node stands elsewhere
                assert place(found.location(name)) == (6, 1, 3)
            else:
                last = end.column + 1 if end.line == begin.line else begin.column + 2
                assert place(found.location(name)) == (begin.line + 1, begin.column + 1, last)
            if isinstance(value, yaml.MappingNode):
                check(found[name], value)

    check(root, written)
    assert len(root) == 13
    assert place(root["o"][0].location("q")) == (14, 3, 4)


def test_json_keys_know_their_place() -> None:
    """Positions of JSON are found on demand: escapes, nested objects, lists, two objects on a line."""
    text = '{"a": [{"x": 1}, {"y": {"z\\u0041": "}{"}}],\n  "b": {},\n\t"c\\"d": "\\\\"}'
    root = json_reader.read("t.json", text).root

    assert place(root.location("a")) == (1, 2, 5)
    assert place(root["a"][0].location("x")) == (1, 9, 12)
    assert place(root["a"][1]["y"].location("zA")) == (1, 25, 34)
    assert place(root.location("b")) == (2, 3, 6)
    assert place(root["b"].location()) == (2, 8, 9)
    assert place(root.location('c"d')) == (3, 2, 8)
    assert place(root.like({"new": 1}).location("b")) == (2, 3, 6)


def _same_places(one: Any, other: Any) -> None:
    if isinstance(one, Map):
        for key in one:
            assert place(one.location(key)) == place(other.location(key))
            _same_places(one[key], other[key])
    elif isinstance(one, list):
        for left, right in zip(one, other, strict=True):
            _same_places(left, right)


_keys = st.text("abAB\"\\/é😀 :{}[],'", min_size=1, max_size=6)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text('ab"\\{}[]:,\n é', max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=12,
)


@given(_json, st.sampled_from([None, 1, 3]))
@settings(max_examples=200, deadline=None)
def test_both_readers_agree_on_json(value: Any, indent: int | None) -> None:
    """JSON is YAML: both readers see the same values at the same places."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    from_json, from_yaml = json_reader.read("t", text).root, yaml_reader.read("t", text).root

    assert from_json == from_yaml == value
    _same_places(from_json, from_yaml)


@given(_json)
@settings(max_examples=100, deadline=None)
def test_yaml_agrees_with_pyyaml(value: Any) -> None:
    """What PyYAML writes is read as PyYAML reads it."""
    text = yaml.safe_dump(value, allow_unicode=True)

    assert yaml_reader.read("t", text).root == yaml.safe_load(text)


def test_python_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libyaml is missing, Python's own parser gives the same document."""
    text = "a: &x {b: !Ref c}\nd: [*x, 'é']\ne:\n  <<: *x\n  f: |\n    g\n"
    native = yaml_reader.read("t", text).root
    monkeypatch.setattr(libyaml, "Parser", libyaml.python_parser())
    pure = yaml_reader.read("t", text).root

    assert pure == native
    _same_places(pure, native)


def test_anchors_and_merges() -> None:
    """An alias is its anchor's value; what is merged gives way to what is written, the earlier of several wins; places travel along."""
    text = "base: &base\n  a: 1\n  b: 2\nmore: &more {b: 3, c: 4}\none:\n  <<: *base\n  b: 5\ntwo: {<<: [*base, *more]}\n"
    root = yaml_reader.read("t", text).root

    assert root["one"] == {"a": 1, "b": 5}
    assert root["two"] == {"a": 1, "b": 2, "c": 4}
    assert place(root["one"].location("a")) == (2, 3, 4)
    assert place(root["one"].location("b")) == (7, 3, 4)
    assert yaml_reader.read("t", "'<<': 1").root == {"<<": 1}


def test_the_first_document_that_looks_like_a_template_counts() -> None:
    """A file may hold several documents."""
    assert reader.read("t", "a: 1\n---\nResources: {}\n---\nResources: {B: 1}\n").root == {"Resources": {}}
    assert reader.read("t", "a: 1\n---\nb: 1\n").root == {"a": 1}
    assert reader.read("t", "").root is None
    assert reader.read("t", "# nothing\n").root is None


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", '{"a": 1,\n"b": 2,\n"a": 3}'])
def test_a_key_written_twice_is_noted(text: str) -> None:
    """The last one counts, and the document says that there were two."""
    document = reader.read("t", text)

    assert document.root == {"a": 3, "b": 2}
    assert [(key, at.location(key).line) for at, key in document.duplicates] == [("a", 3)]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a:\n\tb: 1\n", 2, 1, "a tab"),
        ("a: b: c\n", 1, 5, "needs quotes"),
        ("a: {{ x }}\n", 1, 5, "a key must be a text"),
        ("a: *b\n", 1, 4, "there is no &b"),
        ("a: &b\n  c: *b\n", 2, 6, "inside the value that it names"),
        ("a: 1\n b: 2\n", 2, 3, "not YAML"),
        ("a: 'x\n", 2, 1, "never closed"),
        ("a: x\x01\n", 1, 5, "control character"),
        ("a: {<<: 1}\n", 1, 5, "'<<' merges"),
        ('{"a": [1, 2}', 1, 12, "not JSON"),
        ('{"a": 1', 1, 8, "the text ends"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text: str, line: int, column: int, words: str) -> None:
    """A problem points at its place and says what to do."""
    found = problem(text)

    assert (found.line, found.column) == (line, column)
    assert words in found.message


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"\ud800", "\ufffd"),
        (r"\uDC00\uD800", "\ufffd\ufffd"),
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\\ud800", "\\ud800"),
        (r"\ud83d\n", "\ufffd\n"),
    ],
)
def test_half_of_a_surrogate_pair_is_no_character(written: str, meant: str) -> None:
    """JSON can write one, and no file, hash or terminal can hold it: a replacement character stands for it, in keys too."""
    root = reader.read("t.json", f'{{"{written}": ["{written}"]}}').root

    assert root == {meant: [meant]}
    assert root.location(meant) is not None


def test_lenient_json_is_read_as_yaml() -> None:
    """A trailing comma or a comment does not stop CloudFormation."""
    assert reader.read("t", '{"a": 1, # why\n "b": [2,],\n}').root == {"a": 1, "b": [2]}


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "- " * 100_000, '{"a":' * 100_000, "{a: " * 100_000, "[" * 400 + "]" * 400, "{x: " * 400 + "}" * 400]
)
def test_depth_is_bounded(text: str) -> None:
    """However deep a text is, it gives a problem, and soon."""
    assert "levels deep" in problem(text).message


def test_aliases_unfold_within_bounds() -> None:
    """Aliases of aliases are counted by what they unfold to, in size and in depth; shared values are no harm."""
    wide = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    deep = "a0: &a0 x\n" + "".join(f"a{i}: &a{i} [[[[[[*a{i - 1}]]]]]]\n" for i in range(1, 60))
    merged = "a: &a {" + ", ".join(f"k{i}: 1" for i in range(1000)) + "}\n" + "".join(f"b{i}: {{<<: *a}}\n" for i in range(1000))

    assert "unfold to more than" in problem(wide).message
    assert "levels deep" in problem(deep).message
    assert "unfold to too many" in problem(merged).message
    assert reader.read("t", "a: &a {b: 1}\nc: [" + ", ".join(["*a"] * 5000) + "]").root["c"][-1] == {"b": 1}


@given(st.text(max_size=60) | st.text("{}[]:,-&*!|>'\"#%@ \t\r\n\\ab1\ufeff\ud800", max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text gives anything but a document or a problem with a place in it."""
    found: tuple[int, int] = (1, 1)
    try:
        reader.read("t", text).ensure_located()
    except SyntaxProblem as refused:
        found = (refused.line, refused.column)

    assert found >= (1, 1)


@pytest.mark.parametrize(
    ("content", "text"),
    [("é".encode(), "é"), (b"\xef\xbb\xbfa", "a"), ("a: é".encode("utf-16"), "a: é"), (b"caf\xe9", "café"), (b"\x81", "\ufffd")],
)
def test_encodings(content: bytes, text: str) -> None:
    """UTF-8, what a byte order mark says, else western; never an error."""
    assert decode(content) == text
