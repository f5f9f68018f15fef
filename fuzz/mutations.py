"""Changes to what is fed: trees for what is JSON or YAML, words for what is a language."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 5, 1e308, 10**30, "", "x", "Q", "*", "${", "${Q.Arn}", "${a}", "$.x", "{% $x %}", "a" * 300, "\u202e", "\ud800", [], [[]],
    [None], {}, {"": ""}, {"a": {}}, {"Ref": "Q"}, {"Ref": "Stage"}, {"Ref": "Open"}, {"Ref": "AWS::NoValue"}, {"Ref": {"Ref": "Q"}}, {"Fn::GetAtt": ["Q", "Arn"]},
    {"Fn::GetAtt": "Q.Arn"}, {"Fn::If": ["P", [], {}]}, {"Fn::If": ["P", 1, {"Ref": "AWS::NoValue"}]}, {"Fn::Sub": "${Q}-${Open}"}, {"Fn::Sub": ["${a}", {"a": {"Ref": "Open"}}]},
    {"Fn::Join": ["", ["a", {"Ref": "Open"}]]}, {"Fn::Select": [0, {"Ref": "List"}]}, {"Fn::Split": [",", {"Ref": "Open"}]}, {"Fn::ImportValue": "x"},
    {"Fn::FindInMap": ["M", {"Ref": "Stage"}, "k"]}, {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "child.json"}}},
    {"Fn::ForEach::L": ["X", ["a", "b"], {"k${X}": {"Ref": "X"}}]}, {"Fn::ToJsonString": {"a": {"Ref": "Q"}}}, {"Fn::Length": []}, {"Fn::Base64": {"Ref": "Open"}}, {"Condition": "P"},
    "{{resolve:ssm:/a}}", "arn:aws:sqs:eu-west-1:123456789012:q", "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "arn:aws:states:::aws-sdk:sqs:sendMessage", "{", '{"a": 1}',
    '{"source": ["a"]}', {"prefix": "a"}, {"wildcard": "*a*b*"}, {"anything-but": {"prefix": ["a"]}}, {"numeric": [">", 0, "<", 5]}, {"cidr": "10.0.0.0/8"}, {"exists": False},
    {"$or": [{"a": ["b"]}, {"c": ["d"]}]}, {"Variable": "$.x", "IsPresent": True, "Next": "A"}, {"Type": "Map", "ItemProcessor": {"StartAt": "A", "States": {}}}, {"Type": "Parallel", "Branches": []},
)  # fmt: skip
"""Values of other shapes than the place wants."""
WORDS = {
    "terraform": (
        "${", "%{if ", "%{endif}", "for x in ", "...", "[*]", ".*.", "==", "?", ":", "&&", "||", "!", "<<E\n", "<<-E\n", "E\n", "count = ", "for_each = ", "dynamic \"x\" {", "each.value", "each.key",
        "count.index", "var.a", "local.b", "module.m", "jsonencode(", "jsondecode(", "templatefile(", "file(", "merge(", "lookup(", "try(", "can(", "toset(", "flatten(", "setproduct(", "range(", "format(",
        "replace(", "regex(", "regexall(", "cidrsubnet(", "yamldecode(", "aws_sqs_queue.q.arn", "data.aws_iam_policy_document.d.json", "null", "true", "1e9", "-1", "\"\"", "[]", "{}", "(", ")", "{", "}", "\n", ",",
        "fileset(", "formatdate(", "timeadd(", "zipmap(", "chunklist(", "slice(", "element(", "keys(", "coalesce(", "split(", "join(", "sum(", "pow(", "parseint(", "base64decode(", "transpose(", "matchkeys(",
    ),
    "expressions": (
        ".exists(e, ", ".all(e, ", ".filter(e, ", ".map(e, ", "has(", "size(", "int(", "double(", "string(", " in ", "&&", "||", "!", "==", "!=", "<", ">=", "?", ":", "[", "]", "{", "}", "(", ")", ",", ".", "null",
        "true", "1", "1.5", "9223372036854775807", "\"a\"", "r'\\d'", "'''", "\\u0041", ".matches('a+')", ".startsWith(", "a", "b", "x", "s", "t", "p", "q", "l", "m", "m.k", "-", "+", "*", "/", "%", "e", "//",
    ),
    "documents": (
        "&a ", "*a", "<<: ", "!Ref ", "!Sub ", "!GetAtt a.b", "!!str ", "!!int ", "|\n", ">\n", "- ", "? ", ": ", "{", "}", "[", "]", ",", "\"", "'", "#", "---\n", "...\n", "%YAML 1.1\n", "\t", "\n  ", "\n", "012",
        "0x1f", "1:30", ".inf", "~", "yes", "\\u0000", "\ufeff", "\x85", "\u2028",
    ),
}  # fmt: skip
WORDS["hcl"] = WORDS["terraform"]
TREES = frozenset({"template", "sam", "plan", "states", "patterns", "policies", "configuration"})


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside of a value."""
    found: list[tuple[Any, ...]] = []
    stack = [(here, value)]
    while stack and len(found) < 5000:
        here, value = stack.pop()
        if here:
            found.append(here)
        if len(here) < 40:
            entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            stack.extend(((*here, key), inner) for key, inner in entries)
    return found


def junk(chance: random.Random) -> Any:
    """Something that does not belong: a copy, since the next change may be made inside it."""
    return copy.deepcopy(chance.choice(JUNK))


def change_tree(value: Any, chance: random.Random) -> Any:
    """The value with one place changed: junk, another part of it, gone, doubled, wrapped, its key renamed."""
    ways = paths(value)
    if not ways:
        return junk(chance)
    *way, last = chance.choice(ways)
    holder = value
    for key in way:
        holder = holder[key]
    here = holder[last]
    match chance.randrange(10):
        case 0 | 1 | 2 | 3:
            holder[last] = junk(chance)
        case 4:
            other = value
            for key in chance.choice(ways):
                other = other[key]
            holder[last] = json.loads(json.dumps(other))
        case 5:
            del holder[last]
        case 6 if isinstance(here, (dict, list)):
            holder[last] = [here] if chance.random() < 0.5 else (list(here.values()) if isinstance(here, dict) else dict(enumerate(here)))
        case 7 if isinstance(holder, dict):
            words = [w[-1] for w in ways if isinstance(w[-1], str)]
            holder[chance.choice([*words, "Fn::If", "Ref", "$or", ""])] = holder.pop(last)
        case 8:
            holder[last] = (
                json.dumps(here) if isinstance(here, (dict, list)) else f"{here}{chance.choice(['', '*', '${', chr(8238), '-', 'x' * 80])}"
            )
        case _:
            holder[last] = {"Fn::If": ["P", here, junk(chance)]}
    return value


def change_words(text: str, words: tuple[str, ...], chance: random.Random) -> str:
    """The text with a word put in, a part doubled, moved or gone."""
    a, b = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
    b = min(b, a + 60)
    match chance.randrange(4):
        case 0:
            return text[:a] + text[b:]
        case 1:
            c = chance.randrange(len(text) + 1)
            return text[:c] + text[a:b] + text[c:]
        case _:
            return text[:a] + chance.choice(words) + text[a if chance.random() < 0.6 else min(a + 3, b) :]


def mutator(target: str, otherwise: Callable[[bytes, int], bytes]) -> Callable[[bytes, int, int], bytes]:
    """A libFuzzer mutator: changes of its own nine times of ten, else libFuzzer's on bytes."""

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.1:
            return otherwise(data, most)
        try:
            if target in TREES:
                value = json.loads(data)
                for _ in range(chance.choice((1, 1, 2, 4))):
                    value = change_tree(value, chance)
                made = json.dumps(value)
            else:
                made = data.decode("utf-8", "replace")
                for _ in range(chance.choice((1, 1, 2, 4))):
                    made = change_words(made, WORDS[target], chance)
        except (ValueError, TypeError, KeyError, IndexError, RecursionError):
            return otherwise(data, most)
        return made.encode("utf-8", "surrogatepass")[:most]

    return mutate
