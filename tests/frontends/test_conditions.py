"""Parameters and conditions: what is open is a choice, and conditions are functions of choices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edalint.model.conditions import SOMETHING_ELSE, Condition, Undecided, both, describe, holds, satisfiable
from edalint.model.values import Lookup, OneOf, Ref, Unknown, alternatives
from tests.frontends.templates import Loaded, load_text, value_of


def options(value: Any) -> dict[str, Any]:
    """Condition, as reports print it -> the value under it."""
    return {describe(condition): option for condition, option in alternatives(value)}


def conditional(folder: Path, sections: str, *names: str, **surroundings: Any) -> Loaded:
    """A template with one resource for each condition."""
    resources = "".join(f"  {n}: {{Type: 'AWS::SQS::Queue', Condition: {n}}}\n" for n in names)
    return load_text(folder, f"{sections}\nResources:\n  Always: {{Type: 'AWS::SQS::Queue'}}\n{resources}", **surroundings)


def when(loaded: Loaded, address: str) -> Condition:
    condition: Condition = loaded[address].when
    return condition


@pytest.mark.parametrize(
    ("declaration", "meant"),
    [
        ("{Type: String, Default: d}", "d"),
        ("{Type: String, Default: 5}", "5"),
        ("{Type: String, Default: true}", "true"),
        ("{Type: String, Default: ''}", ""),
        ("{Type: String, AllowedValues: [only]}", "only"),
        ("{Type: String, AllowedValues: [d, d], Default: d}", "d"),
        ("{Type: CommaDelimitedList, Default: 'a,b', AllowedValues: [a, b]}", ["a", "b"]),
        ("{Type: 'List<Number>', Default: '1, 2'}", ["1", "2"]),
        ("{Type: 'AWS::EC2::Image::Id', Default: ami-1}", "ami-1"),
        ("{Default: untyped}", "untyped"),
        ("{Type: String}", Unknown("t.yaml#Parameters.P")),
        ("{Type: String, NoEcho: true, Default: secret}", Unknown("t.yaml#Parameters.P")),
        ("{Type: String, NoEcho: 'true', AllowedValues: [a, b]}", Unknown("t.yaml#Parameters.P")),
        ("{Type: 'List<String>'}", Unknown("t.yaml#Parameters.P")),
    ],
)
def test_a_parameter_is_its_default_or_unknown(tmp_path: Path, declaration: str, meant: Any) -> None:
    """A default counts; secrets and parameters without one are outside of the run."""
    loaded = value_of(tmp_path, "!Ref P", f"Parameters: {{P: {declaration}}}")

    assert loaded.value == meant
    assert not isinstance(loaded.value, Unknown) or loaded.value.outside
    assert loaded.unit.parameters == {"P": meant}
    assert loaded.messages == []


def test_allowed_values_are_a_choice(tmp_path: Path) -> None:
    """A parameter with two or more allowed values may have each of them, whatever its default is."""
    value = value_of(tmp_path, "!Sub 'q-${P}.fifo'", "Parameters: {P: {Type: String, Default: dev, AllowedValues: [dev, test, 1]}}").value

    assert options(value) == {"P=dev": "q-dev.fifo", "P=test": "q-test.fifo", "P=1": "q-1.fifo"}


def test_texts_with_one_choice_many_times(tmp_path: Path) -> None:
    """A choice that a text names thirty times still has as many texts as values."""
    value = value_of(tmp_path, f"!Sub '{'${P}' * 30}'", "Parameters: {P: {Type: String, AllowedValues: [a, b]}}").value

    assert options(value) == {"P=a": "a" * 30, "P=b": "b" * 30}


def test_given_values_win(tmp_path: Path) -> None:
    """What `--parameters` says counts before everything, in the parameter's type."""
    sections = (
        "Parameters: {P: {Type: String, AllowedValues: [a, b]}, L: {Type: CommaDelimitedList, Default: x}, S: {Type: String, NoEcho: true}}"
    )

    assert value_of(tmp_path, "[!Ref P, !Ref L, !Ref S]", sections, parameters={"P": "b", "L": "1,2", "S": 7}).value == [
        "b",
        ["1", "2"],
        "7",
    ]


def test_parameters_in_ssm_are_looked_up(tmp_path: Path) -> None:
    """The default of such a parameter is the name under which its value is found."""
    value = value_of(tmp_path, "!Ref P", "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}}").value
    name = value_of(tmp_path, "!Ref P", "Parameters: {P: {Type: 'AWS::SSM::Parameter::Name', Default: /a/b}}").value
    nothing = value_of(tmp_path, "!Ref P", "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<String>'}}").value
    many = value_of(tmp_path, "!Ref P", "Parameters: {P: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /a}}").value

    assert isinstance(value, Lookup)
    assert (value.kind, value.key) == ("ssm", "/a/b")
    assert name == "/a/b"
    assert not isinstance(nothing, Lookup)
    assert isinstance(many, Unknown)
    assert not isinstance(many, Lookup)


STAGES = """
Parameters: {Stage: {Type: String, AllowedValues: [dev, test, prod]}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Equals [dev, !Ref Stage]
  NotProd: !Not [!Condition IsProd]
  Either: !Or [!Condition IsProd, !Condition IsDev]
  Never: !And [!Condition IsProd, !Condition IsDev]
  Always: !Or [!Condition IsProd, !Condition NotProd]
  Other: !Equals [!Ref Stage, staging]
"""


def test_conditions_are_functions_of_choices(tmp_path: Path) -> None:
    """Conditions over one parameter exclude and imply each other; what can't be true is left out."""
    loaded = conditional(tmp_path, STAGES, "IsProd", "IsDev", "NotProd", "Either", "Never", "Other")

    assert {a: describe(r.when) for a, r in loaded.unit.resources.items()} == {
        "Always": "always", "IsProd": "Stage=prod", "IsDev": "Stage=dev", "NotProd": "Stage=dev|test", "Either": "Stage=dev|prod",
    }  # fmt: skip
    assert both(when(loaded, "IsProd"), when(loaded, "IsDev")) is False


def test_values_given_decide_conditions(tmp_path: Path) -> None:
    """With a value nothing is open any more."""
    loaded = conditional(tmp_path, STAGES, "IsProd", "IsDev", "NotProd", "Either", parameters={"Stage": "prod"})

    assert {a: r.when for a, r in loaded.unit.resources.items()} == {"Always": True, "IsProd": True, "Either": True}


def test_literals_make_the_domain_of_an_open_parameter(tmp_path: Path) -> None:
    """A parameter without a value is one of the literals that conditions compare it with, or something else."""
    sections = """
Parameters: {Stage: {Type: String}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Equals [!Sub '${Stage}', dev]
  Neither: !Not [!Or [!Condition IsProd, !Condition IsDev]]
"""
    loaded = conditional(tmp_path, sections, "IsProd", "IsDev", "Neither")
    value = value_of(tmp_path, "!Sub 'q-${Stage}'", sections).value

    assert describe(when(loaded, "Neither")) == f"Stage={SOMETHING_ELSE}"
    assert both(when(loaded, "IsProd"), when(loaded, "IsDev")) is False
    assert list(options(value)) == ["Stage=prod", "Stage=dev", f"Stage={SOMETHING_ELSE}"]
    assert options(value)["Stage=prod"] == "q-prod"


def test_if_over_an_open_parameter(tmp_path: Path) -> None:
    """`If it is empty, none, else it` has no contradictory alternatives."""
    sections = "Parameters: {Key: {Type: String}}\nConditions: {HasKey: !Not [!Equals [!Ref Key, '']]}"
    value = value_of(tmp_path, "!If [HasKey, !Ref Key, !Ref 'AWS::NoValue']", sections).value

    assert list(options(value).values()) == [Unknown("t.yaml#Parameters.Key"), None]


def test_undecided_conditions_are_choices_of_their_own(tmp_path: Path) -> None:
    """What nothing decides is true or false, the same wherever it is written; the region is compared like a parameter."""
    sections = """
Conditions:
  A: !Equals [!ImportValue x, 'yes']
  NotA: !Not [!Equals ['yes', !ImportValue x]]
  InUs: !Equals [!Ref AWS::Region, us-east-1]
  InEu: !Equals [!Ref AWS::Region, eu-west-1]
"""
    loaded = conditional(tmp_path, sections, "A", "NotA", "InUs", "InEu")

    assert describe(when(loaded, "A")) == "Condition A=true"
    assert describe(when(loaded, "NotA")) == "Condition A=false"
    assert describe(when(loaded, "InUs")) == "AWS::Region=us-east-1"
    assert both(when(loaded, "InUs"), when(loaded, "InEu")) is False
    assert list(conditional(tmp_path, sections, "InUs", "InEu", region="eu-west-1").unit.resources) == ["Always", "InEu"]


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [
        ("a", "a", True),
        ("a", "A", False),
        ("1", "'1'", True),
        ("true", "'true'", True),
        ("!FindInMap [M, a, b]", "3", True),
        ("!Sub 'q-${Open}'", "r-1", False),
        ("!Sub '${Open}.fifo'", "x", False),
        ("!Sub '${Open}'", "!Ref Open", True),
        ("!Sub 'q-${Open}'", "q-1", None),
        ("!Join ['', !Ref Many]", "''", None),
        ("!Ref Many", "''", None),
        ("!GetAtt Always.Arn", "x", None),
        ("!Ref AWS::NoValue", "''", None),
    ],
)
def test_equality_of_values_known_in_part(tmp_path: Path, left: str, right: str, answer: bool | None) -> None:
    """Equality is decided by what is written, and open only where the holes decide."""
    sections = f"Parameters: {{Open: {{Type: String}}, Many: {{Type: CommaDelimitedList}}}}\nMappings: {{M: {{a: {{b: 3}}}}}}\nConditions: {{C: !Equals [{left}, {right}]}}"
    loaded = conditional(tmp_path, sections, "C")

    found = loaded.unit.resources.get("C")
    assert (None if found is not None and found.when is not True else found is not None) == answer


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ("{C: !Condition D, D: !Not [!Condition C]}", "depends on itself"),
        ("{C: !Condition Nowhere}", "there is no condition Nowhere"),
        ("{C: !Equals [a]}", "Fn::Equals can't be read"),
        ("{C: !And 5}", "Fn::And can't be read"),
        ("{C: [x]}", "a condition is one of"),
        ("{C: !Not [!Equals [a, b], c]}", "Fn::Not can't be read"),
        ("{C: {'Fn::Nothing': x}}", "unknown intrinsic function Fn::Nothing"),
        ("{D: true}", "there is no condition C"),
    ],
)
def test_broken_conditions_are_open(tmp_path: Path, conditions: str, words: str) -> None:
    """A condition that can't be read may be true or false, and a diagnostic says why."""
    loaded = conditional(tmp_path, f"Conditions: {conditions}", "C")

    assert any(words in m for m in loaded.messages), loaded.messages
    with pytest.raises(Undecided):
        holds(when(loaded, "C"), {})


def test_long_chains_of_conditions(tmp_path: Path) -> None:
    """Conditions made of conditions stay small, however long the chain is and whatever it would multiply to."""
    sections = "Parameters:\n" + "".join(f"  P{i}: {{Type: String, AllowedValues: [a, b]}}\n" for i in range(200))
    sections += "Conditions:\n  C0: !Equals [!Ref P0, a]\n" + "".join(
        f"  C{i}: !Or [!And [!Condition C{i - 1}, !Equals [!Ref P{i}, a]], !And [!Not [!Condition C{i - 1}], !Equals [!Ref P{i}, b]]]\n"
        for i in range(1, 200)
    )
    loaded = conditional(tmp_path, sections, "C5", "C199")

    assert all(satisfiable(when(loaded, name)) for name in ("C5", "C199"))


def test_references_to_what_never_exists(tmp_path: Path) -> None:
    """A resource that no alternative has is no resource of the run."""
    loaded = load_text(tmp_path, """
Conditions: {Never: !Equals [a, b], Open: !Equals [!ImportValue x, a]}
Resources:
  Gone: {Type: 'AWS::SQS::Queue', Condition: Never}
  Maybe: {Type: 'AWS::SQS::Queue', Condition: Open}
  R: {Type: 'X::Y::Z', Properties: {V: [!If [Never, !Ref Gone, kept], !GetAtt Gone.Arn, !GetAtt Maybe.Arn]}}
""")  # fmt: skip

    assert list(loaded.unit.resources) == ["Maybe", "R"]
    kept, gone, maybe = loaded.value
    assert (kept, maybe) == ("kept", Ref("t.yaml#Maybe", "Arn"))
    assert isinstance(gone, Unknown)
    assert gone.outside


def test_properties_that_are_a_choice_of_maps(tmp_path: Path) -> None:
    """An alternative of maps stays a choice of maps, also for what is deeper inside."""
    loaded = load_text(tmp_path, """
Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}}
Conditions: {P: !Equals [!Ref Stage, prod]}
Resources:
  R: {Type: 'X::Y::Z', Properties: {V: !If [P, {Deep: {Count: 3}}, !Ref 'AWS::NoValue'], W: [a, !If [P, b, !Ref 'AWS::NoValue']]}}
""")  # fmt: skip

    assert isinstance(loaded.value, OneOf)
    assert options(loaded["R"].get("V", "Deep", "Count")) == {"Stage=prod": 3, "Stage=dev": None}
    assert [(describe(c), v) for c, v in loaded["R"].items("W")] == [("always", "a"), ("Stage=prod", "b")]


@pytest.mark.parametrize(
    "written",
    ["!Not [!Equals [!GetAtt Always.Tags, '']]", "!Equals [!GetAtt Always.Tags, '']", "!Not [!Not [!Equals [!GetAtt Always.Tags, '']]]"],
)
def test_a_choice_is_true_where_the_condition_of_its_name_is(tmp_path: Path, written: str) -> None:
    """What nothing decides is told by the condition that the template names, not by the comparison inside of it."""
    loaded = conditional(tmp_path, f"Conditions: {{Tagged: {written}}}", "Tagged")

    assert describe(when(loaded, "Tagged")) == "Condition Tagged=true"


def test_one_comparison_in_two_conditions_is_one_choice(tmp_path: Path) -> None:
    """A condition and the opposite of what it compares exclude each other."""
    same = "!Equals [!Ref P, !Ref Q]"
    sections = f"Parameters: {{P: {{Type: String}}, Q: {{Type: String}}}}\nConditions: {{Unlike: !Not [{same}], Alike: {same}}}"
    loaded = conditional(tmp_path, sections, "Unlike", "Alike")

    assert both(when(loaded, "Unlike"), when(loaded, "Alike")) is False
    assert describe(when(loaded, "Alike")) == "Condition Unlike=false"


def test_an_identifier_is_never_empty(tmp_path: Path) -> None:
    """What a parent stack hands down is there; only an attribute that a resource may leave empty is open."""
    conditions = "A: !Equals [!Ref Always, ''], B: !Equals ['', !GetAtt Always.Arn], C: !Equals [!GetAtt Always.Tags, '']"
    loaded = conditional(tmp_path, f"Conditions: {{{conditions}}}", "A", "B", "C")

    assert "A" not in loaded.unit.resources
    assert "B" not in loaded.unit.resources
    assert describe(when(loaded, "C")) == "Condition C=true"
