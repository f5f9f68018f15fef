"""What texts of YAML mean in a template: plain scalars, and CloudFormation's short forms.

Scalars follow YAML 1.1 without its dates, sets and binaries (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html).
"""

from __future__ import annotations

from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.locations import Document, Written
from edalint.model.values import Map

LONG_FORMS = {"Ref": "Ref", "Condition": "Condition"} | {
    name: f"Fn::{name}"
    for name in (
        "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "GetAZs", "GetAtt",
        "GetStackOutput", "If", "Implies", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub",
        "ToJsonString", "Transform", "ValueOf", "ValueOfAll",
    )
}  # fmt: skip
"""Tag without `!` -> the key of its long form."""
_CONSTANTS: dict[str, Any] = {"": None, "~": None}
for _words, _value in (("null", None), ("true yes on", True), ("false no off", False)):
    for _word in _words.split():
        _CONSTANTS.update({_word: _value, _word.capitalize(): _value, _word.upper(): _value})
_NUMBER_STARTS = frozenset("+-.0123456789")
_INTEGER = pattern(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]+|0|[1-9][0-9_]*(?::[0-5]?[0-9])*)\Z")
_FLOAT = pattern(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)\Z")
_LONGEST_NUMBER = 40


class Unusual(Exception):
    """A text that is not written as nearly all are: libyaml's to read, or to refuse."""


def scalar(value: str) -> Any:
    """A plain (unquoted) scalar as YAML 1.1 reads it; dates, infinities and numbers of no sane length stay strings."""
    if value[:1] not in _NUMBER_STARTS:
        return _CONSTANTS.get(value, value)
    if len(value) > _LONGEST_NUMBER:
        return value
    if value.isdigit() and value.isascii() and value[0] != "0":  # as most are
        return int(value)
    if _INTEGER.match(value):
        return _integer(value)
    if _FLOAT.match(value):
        return float(value.replace("_", "")) if value.strip("+-._") else value
    return _CONSTANTS.get(value, value)


def _integer(value: str) -> Any:
    digits = value.replace("_", "")
    sign, digits = (-1 if digits[0] == "-" else 1), digits.lstrip("+-")
    if ":" in digits:  # base 60: YAML 1.1 has it, so `22:30` is 1350
        total = 0
        for part in digits.split(":"):
            total = total * 60 + int(part)
        return sign * total
    if len(digits) > 1 and digits[0] == "0":
        base = {"b": 2, "x": 16}.get(digits[1], 8)
        digits = digits[2:] if base != 8 else digits
        return sign * int(digits, base) if digits else value
    return sign * int(digits)


def short_form(document: Document, tag: str, value: Any, mark: Written) -> Map:
    """What a tag with its value stands for: `!Ref x` is `{"Ref": "x"}`; the map and its key stand where the tag does."""
    name = tag[1:]
    key = LONG_FORMS.get(name)
    if key is None:
        key = tag if not name.startswith("Fn::") else name
    elif name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return Map({key: value}, document, mark, {key: mark})
