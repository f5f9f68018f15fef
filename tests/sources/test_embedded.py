"""JSON inside of strings: holes come back where they stood, and keys are found in the file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edalint.model.graph import Place
from edalint.model.values import Map, Ref, Text, Unknown, text_of
from edalint.sources import embedded, reader
from edalint.sources.reader import SyntaxProblem

ARN = Ref("t#F", "Arn")
WAIT = Unknown("t#Parameters.Wait")


def parse(*parts: Any, at: Place = Place(None)) -> Any:  # noqa: B008
    return embedded.parse(text_of(parts) if len(parts) > 1 else parts[0], at)


def test_holes_are_leaves_or_texts() -> None:
    """A string that is only a hole is the hole; holes stand inside of strings, outside of quotes and next to digits."""
    found = parse('{"a": "', ARN, '", "b": "x-', ARN, '/y", "c": ', WAIT, ', "d": [', WAIT, ", 1], ", '"e": 1', WAIT, "}")

    assert found == {"a": ARN, "b": Text(("x-", ARN, "/y")), "c": WAIT, "d": [WAIT, 1], "e": Text(("1", WAIT))}


def test_holes_in_keys_show_themselves() -> None:
    """A key is a text; a hole in it is spelled out."""
    assert parse('{"', ARN, ':sub": 1, "${', '": 2}') == {"${F}:sub": 1, "${": 2}


def test_texts_that_are_no_json() -> None:
    """Broken text is a problem; where a bare hole may be what breaks it, nobody knows; YAML is read where it says something."""
    assert isinstance(parse('{"a": '), SyntaxProblem)
    assert isinstance(parse("just words"), SyntaxProblem)
    assert isinstance(parse("just words ", ARN, '"'), Unknown)
    assert isinstance(parse('{"a": "', ARN, '", }'), SyntaxProblem)
    assert isinstance(parse("{", WAIT, "}"), Unknown)
    assert parse("a: 1\nb: [x]\n") == {"a": 1, "b": ["x"]}
    assert isinstance(parse("[" * 100_000), SyntaxProblem)


def test_values_that_are_no_text_come_back() -> None:
    """Maps, references and unknowns are nobody's text."""
    whole = Map({"a": 1})

    assert embedded.parse(whole, Place(None)) is whole
    assert embedded.parse(ARN, Place(None)) is ARN
    assert embedded.parse(None, Place(None)) is None


@given(
    st.recursive(
        st.booleans() | st.integers(0, 99) | st.text('ab"\\ é{', max_size=6),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"é:', max_size=4), inner, max_size=3),
        max_leaves=8,
    ),
    st.data(),
)
@settings(max_examples=150, deadline=None)
def test_filling_holes_and_parsing_commute(value: Any, data: Any) -> None:
    """Cut a hole anywhere inside a string of a JSON text: parsing with the hole, then filling it, is parsing the whole."""
    text = json.dumps({"key": value, "tail": "some words"}, ensure_ascii=False)
    start = text.rindex("some words")
    begin = data.draw(st.integers(start, start + 10))
    end = data.draw(st.integers(begin, start + 10))
    found = parse(text[:begin], WAIT, text[end:])

    assert found["key"] == value
    assert (
        text_of(
            [text[begin:end] if p is WAIT else p for p in (found["tail"].parts if isinstance(found["tail"], Text) else [found["tail"]])]
        )
        == "some words"
    )


YAML = """\
Resources:
  Machine:
    Properties:
      DefinitionString: !Sub |
        {
          "StartAt": "Work",
          "States": {
            "Work": {"Type": "Task", "Resource": "${F.Arn}", "Type2": "Type",
                     "TimeoutSeconds": ${Wait}, "End": true}
          }
        }
      Other: {"StartAt": 1}
"""


def test_keys_are_found_in_a_block_of_yaml() -> None:
    """Keys stand where the file has them, not where a value or a later property has the same word."""
    properties = reader.read("t.yaml", YAML).root["Resources"]["Machine"]["Properties"]
    text = properties["DefinitionString"]["Fn::Sub"]
    before, _, rest = text.partition("${F.Arn}")
    middle, _, after = rest.partition("${Wait}")
    found = parse(before, ARN, middle, WAIT, after, at=Place(properties, "DefinitionString"))
    work = found["States"]["Work"]

    assert [(m.location(k).line, m.location(k).column) for m, k in ((found, "StartAt"), (found["States"], "Work"), (work, "Type2"))] == [
        (6, 12), (8, 14), (8, 63),
    ]  # fmt: skip
    assert work.location("TimeoutSeconds").line == 9
    assert work.location("Absent").line == 8
    assert found.location("StartAt").path == "t.yaml"


def test_keys_are_found_in_escaped_json() -> None:
    """The CDK writes JSON inside of JSON, cut by Fn::Join."""
    text = json.dumps(
        {"Properties": {"D": {"Fn::Join": ["", ['{"StartAt":"X","States":{"X":{"Resource":"', {"Ref": "Q"}, '","End":true}}}']]}}}, indent=1
    )
    properties = reader.read("t.json", text).root["Properties"]
    found = parse('{"StartAt":"X","States":{"X":{"Resource":"', ARN, '","End":true}}}', at=Place(properties, "D"))
    lines = text.split("\n")

    for owner, key in ((found, "StartAt"), (found, "States"), (found["States"], "X"), (found["States"]["X"], "End")):
        location = owner.location(key)
        assert lines[location.line - 1][location.column - 1 :].startswith(key)


def test_text_from_elsewhere_is_placed_at_its_origin() -> None:
    """Where the file does not hold the text, its maps stand where it is used."""
    properties = reader.read("t.yaml", "A:\n  D: !Ref Text\n  States: {X: 1}\n").root["A"]
    found = parse('{"StartAt": "X", "Comment": "c", "States": {"X": {"Type": "Pass", "End": true}}}', at=Place(properties, "D"))

    assert (found.location("States").line, found.location("States").column) == (2, 3)


@pytest.mark.parametrize("broken", ['{"a": 1,}', '{"a": "${X}"', "{'a': 1}"])
def test_problems_stand_at_the_property(broken: str) -> None:
    """A broken definition is reported where it is written; what YAML can read is no problem."""
    properties = reader.read("t.yaml", "A:\n  D: x\n").root["A"]
    found = parse(broken, at=Place(properties, "D"))

    assert found == {"a": 1} if not isinstance(found, SyntaxProblem) else (found.path, found.line) == ("t.yaml", 2)


@given(st.lists(st.one_of(st.text('"\\{a:,', max_size=6), st.just(WAIT)), max_size=6))
def test_counting_quotes_says_what_reading_strings_says(parts: list[Any]) -> None:
    """Holes that are inside by the number of quotes before them are in strings: nothing is put around them."""
    with pytest.MonkeyPatch.context() as patch:
        found = embedded._marked(tuple(parts))
        patch.setattr(embedded, "_are_inside", lambda parts: False)
        assert embedded._marked(tuple(parts)) == found
