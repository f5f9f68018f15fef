"""Terraform's functions of strings. Of a text known in part, the known parts are kept."""

from __future__ import annotations

import re

from edalint.frontends.terraform.addresses import split_module
from edalint.frontends.terraform.functions import (
    LONGEST,
    NotKnown,
    Refused,
    any_number,
    elements,
    function,
    pieces,
    symbol_of,
    text,
    whole_number,
)
from edalint.frontends.terraform.hidden import Lazy
from edalint.frontends.terraform.types import string_of
from edalint.hints import Any
from edalint.model import texts
from edalint.model.lazy import pattern
from edalint.model.regexes import search
from edalint.model.values import Map, Ref, Text, Unknown, Value, text_of

_VERB = pattern(r"%(?:%|(\[\d+\])?([-+ 0#]*)(\d+)?(?:\.(\d+))?(\[\d+\])?([a-zA-Z]))")


def _by_part(value: Value, name: str, change: Any, *extra: Value) -> Value:
    """A change of every character or literal, with the holes changed in name."""
    result: list[Value] = []
    for part in pieces(value):
        if isinstance(part, str):
            result.append(change(part))
        else:
            symbol = symbol_of([part, *extra])
            excludes = part.excludes if isinstance(part, Unknown) else ""
            result.append(Unknown(f"{name}({symbol})" if symbol else "", f"{name}() of a value that is not known", excludes=excludes))
    return text_of(result)


@function()
def lower(value: Value) -> Value:
    """`lower(string)`."""
    return _by_part(value, "lower", str.lower)


@function()
def upper(value: Value) -> Value:
    """`upper(string)`."""
    return _by_part(value, "upper", str.upper)


@function()
def title(value: Value) -> Value:
    """`title(string)`: the first letter of every word in upper case."""
    return re.sub(r"(?<![\w])([^\W\d_])", lambda m: m.group(1).upper(), text(value))


@function()
def replace(value: Value, old: Value, new: Value) -> Value:
    """`replace(string, substring or /expression/, replacement)`."""
    if (stem := _without_revision(value, old)) is not None:
        return text_of([*stem, *pieces(new)])
    old, new = text(old), text(new)
    if len(old) > 1 and old.startswith("/") and old.endswith("/"):
        expression = _compiled(old[1:-1])
        replacement = re.sub(r"\$\{?(\w+)\}?", r"\\g<\1>", new.replace("\\", "\\\\"))
        return expression.sub(replacement, text(value))
    return _by_part(value, "replace", lambda part: part.replace(old, new), old, new)


def _without_revision(value: Value, cut: Value) -> list[Value] | None:
    """What stands before the revision in the ARN of a task definition, where just `:REVISION` is cut off."""
    if not (isinstance(value, Ref) and value.attribute == "arn" and _type_of(value) == "aws_ecs_task_definition"):
        return None
    revision = (":", Ref(value.id, "revision"))
    if (isinstance(cut, Text) and cut.parts == revision) or (isinstance(cut, str) and _REVISION.fullmatch(cut)):
        return [Ref(value.id, "arn_without_revision")]
    return None


@function()
def strrev(value: Value) -> Value:
    """`strrev(string)`."""
    return text(value)[::-1]


@function()
def chomp(value: Value) -> Value:
    """`chomp(string)`: without line breaks at its end."""
    return _trim_ends(value, lambda s: s, lambda s: s.rstrip("\r\n"), "chomp")


@function()
def trimspace(value: Value) -> Value:
    """`trimspace(string)`."""
    return _trim_ends(value, str.lstrip, str.rstrip, "trimspace")


@function()
def trim(value: Value, characters: Value) -> Value:
    """`trim(string, characters)`."""
    cut = text(characters)
    return _trim_ends(value, lambda s: s.lstrip(cut), lambda s: s.rstrip(cut), "trim")


def _trim_ends(value: Value, left: Any, right: Any, name: str) -> Value:
    parts = list(pieces(value))
    if not parts:
        return ""
    if len(parts) == 1 and not isinstance(parts[0], str):
        raise NotKnown
    if isinstance(parts[0], str):
        parts[0] = left(parts[0])
    if isinstance(parts[-1], str):
        parts[-1] = right(parts[-1])
    return text_of(parts)


@function()
def trimprefix(value: Value, prefix: Value) -> Value:
    """`trimprefix(string, prefix)`."""
    prefix = text(prefix)
    parts = list(pieces(value))
    if parts and isinstance(parts[0], str) and parts[0].startswith(prefix):
        return text_of([parts[0][len(prefix) :], *parts[1:]])
    if texts.starts_with(text_of(parts), prefix) is False:
        return text_of(parts)
    raise NotKnown


@function()
def trimsuffix(value: Value, suffix: Value) -> Value:
    """`trimsuffix(string, suffix)`."""
    if (stem := _without_revision(value, suffix)) is not None:
        return text_of(stem)
    suffix = text(suffix)
    parts = list(pieces(value))
    if suffix and parts and isinstance(parts[-1], str) and parts[-1].endswith(suffix):
        return text_of([*parts[:-1], parts[-1][: -len(suffix)]])
    if not suffix or texts.ends_with(text_of(parts), suffix) is False:
        return text_of(parts)
    raise NotKnown


@function()
def startswith(value: Value, prefix: Value) -> Value:
    """`startswith(string, prefix)`."""
    return _decided(texts.starts_with(text_of(pieces(value)), text_of(pieces(prefix))))


@function()
def endswith(value: Value, suffix: Value) -> Value:
    """`endswith(string, suffix)`."""
    return _decided(texts.ends_with(text_of(pieces(value)), text_of(pieces(suffix))))


@function()
def strcontains(value: Value, needle: Value) -> Value:
    """`strcontains(string, substring)`."""
    return _decided(texts.contains(text_of(pieces(value)), text_of(pieces(needle))))


def _decided(answer: Value) -> bool:
    if isinstance(answer, bool):
        return answer
    raise NotKnown


@function()
def substr(value: Value, offset: Value, length: Value) -> Value:
    """`substr(string, offset, length)`; a negative length means the rest."""
    offset, length = whole_number(offset), whole_number(length)
    parts = pieces(value)
    if all(isinstance(p, str) for p in parts):
        whole = "".join(parts)
        begin = max(len(whole) + offset, 0) if offset < 0 else offset
        return whole[begin:] if length < 0 else whole[begin : begin + length]
    if offset == 0 and length >= 0 and isinstance(parts[0], str) and len(parts[0]) >= length:
        return parts[0][:length]
    if offset < 0 and isinstance(parts[-1], str) and len(parts[-1]) >= -offset:
        tail = parts[-1][offset:]
        return tail if length < 0 else tail[:length]
    raise NotKnown


ARNS = {
    "aws_sqs_queue": ("sqs", "", "name"),
    "aws_sns_topic": ("sns", "", "name"),
    "aws_ecs_cluster": ("ecs", "cluster/", "name"),
    "aws_ecs_service": ("ecs", "service/{cluster}/", "name"),
    "aws_ecs_task_definition": ("ecs", "task-definition/", "family"),
    "aws_lambda_function": ("lambda", "function:", "function_name"),
    "aws_sfn_state_machine": ("states", "stateMachine:", "name"),
    "aws_kinesis_stream": ("kinesis", "stream/", "name"),
    "aws_dynamodb_table": ("dynamodb", "table/", "name"),
    "aws_cloudwatch_event_bus": ("events", "event-bus/", "name"),
}
"""Type -> service, what stands before the name, and the argument of the name in its ARN, which modules take apart for the name:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""
ARN_AS_ID = frozenset({"aws_sns_topic", "aws_ecs_cluster", "aws_ecs_service", "aws_sfn_state_machine"})
"""Types whose `id` is their ARN."""
_REVISION = pattern(r"/:\(?(?:\\d|\[0-9\]|\[\^:\])[+*]\)?\$/")
"""Regular expressions of a task definition's revision at the end of its ARN: what they match of it is `:REVISION` and no more."""


def spelled(part: Value) -> list[Value]:
    """The ARN or URL of a resource, field by field, where only its name and where it stands are open."""
    if not isinstance(part, Ref):
        return [part]
    type = _type_of(part)
    if type == "aws_sqs_queue" and part.attribute in ("url", "id"):
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
        return ["https://sqs.", _field("Region"), ".", _field("URLSuffix"), "/", _field("AccountId"), "/", Ref(part.id, "name")]
    found = ARNS.get(type)
    if found is None or not (part.attribute == "arn" or (part.attribute == "id" and type in ARN_AS_ID)):
        return [part]
    service, before, name = found
    start, _, end = before.partition("{cluster}")
    cluster = [Unknown(f"{part.id}.cluster", "the cluster in the ARN of a service", excludes=":/"), end] if end else []
    version = [":", Ref(part.id, "revision")] if type == "aws_ecs_task_definition" else []
    place = [_field("Partition"), f":{service}:", _field("Region"), ":", _field("AccountId")]
    return ["arn:", *place, f":{start}", *cluster, Ref(part.id, name), *version]


def _field(name: str) -> Unknown:
    return Unknown(f"AWS::{name}", f"the {name} of an ARN", excludes=":/")


def _excluded(part: Value) -> str:
    """Characters that a hole of a text can't hold."""
    if isinstance(part, Unknown):
        return part.excludes
    named = isinstance(part, Ref) and part.attribute in (ARNS.get(_type_of(part), ("", "", ""))[2], "revision")
    return ":/" if named else ""


def _type_of(ref: Ref) -> str:
    """The type in a resource's address."""
    steps = split_module(ref.id.rpartition("#")[2])[1]
    return steps[0] if steps else ""


@function()
def basename(value: Value) -> Value:
    """`basename(path)`: what stands behind the last slash; of an ARN or a URL the name."""
    parts = [piece for part in pieces(value) for piece in spelled(part)]
    if all(isinstance(p, str) for p in parts):
        whole = "".join(parts)
        return whole.rstrip("/").rpartition("/")[2] if whole.strip("/") else whole
    last: list[Value] = []
    for part in reversed(parts):
        if isinstance(part, str):
            part = part if last else part.rstrip("/")
            _, slash, tail = part.rpartition("/")
            last.append(tail)
            if slash:
                return text_of(last[::-1])
        elif "/" in _excluded(part):
            last.append(part)
        else:
            raise NotKnown
    return text_of(last[::-1])


@function()
def split(separator: Value, value: Value) -> Value:
    """`split(separator, string)`; of a text known in part where no hole can hold the separator."""
    separator = text(separator)
    parts = tuple(piece for part in pieces(value) for piece in spelled(part))
    if all(isinstance(p, str) for p in parts):
        whole = "".join(parts)
        return whole.split(separator) if separator else list(whole)
    if not separator or not all(isinstance(p, str) or set(separator) & set(_excluded(p)) for p in parts):
        raise NotKnown
    fields: list[list[Value]] = [[]]
    for part in parts:
        first, *rest = part.split(separator) if isinstance(part, str) else [part]
        fields[-1].append(first)
        fields.extend([piece] for piece in rest)
    return [text_of(field) for field in fields]


@function()
def join(separator: Value, *lists: Value) -> Value:
    """`join(separator, list, ...)`."""
    separator = text(separator)
    parts: list[Value] = []
    for element in (e for given in lists for e in elements(given)):
        if parts:
            parts.append(separator)
        parts.append(text_of(pieces(element)) if not hasattr(element, "options") else element)
    return text_of(parts)


@function("provider::aws::arn_build")
def arn_build(*parts: Value) -> Value:
    """`provider::aws::arn_build(partition, service, region, account, resource)`."""
    return text_of(["arn", *(piece for part in parts for piece in (":", *pieces(part)))])


@function()
def indent(spaces: Value, value: Value) -> Value:
    """`indent(spaces, string)`: every line but the first."""
    space = "\n" + " " * min(whole_number(spaces), 1000)
    return text_of(p.replace("\n", space) if isinstance(p, str) else p for p in pieces(value))


@function()
def format_(specification: Value, *arguments: Value) -> Value:
    """`format(specification, values...)`."""
    return _format(text(specification), list(arguments))


function("format")(format_)


@function()
def formatlist(specification: Value, *arguments: Value) -> Value:
    """`formatlist(specification, values...)`: lists are gone through in step."""
    lists = [a for a in arguments if isinstance(a, list)]
    if any(isinstance(a, Unknown) for a in arguments) and not lists:
        raise NotKnown
    length = len(lists[0]) if lists else 1
    if any(len(given) != length for given in lists):
        raise Refused("lists of different lengths")
    return [_format(text(specification), [a[i] if isinstance(a, list) else a for a in arguments]) for i in range(length)]


def _format(specification: str, arguments: list[Value]) -> Value:
    parts: list[Value] = []
    position = next_argument = 0
    for match in _VERB.finditer(specification):
        parts.append(specification[position : match.start()])
        position = match.end()
        if match.group() == "%%":
            parts.append("%")
            continue
        explicit = match.group(1) or match.group(5)
        index = int(explicit[1:-1]) - 1 if explicit else next_argument
        next_argument = index + 1
        if not 0 <= index < len(arguments):
            raise Refused("not enough arguments")
        parts.append(_formatted(match.group(6), match.group(2), match.group(3), match.group(4), arguments[index]))
    parts.append(specification[position:])
    return text_of(parts)


def _formatted(verb: str, flags: str, width: str | None, precision: str | None, value: Value) -> Value:
    from edalint.frontends.terraform.hidden import json_text

    if isinstance(value, (Unknown, Ref, Text)) or hasattr(value, "options") or isinstance(value, Lazy):
        return value if verb in "sv" and not width else Unknown("", "formatted from a value that is not known")
    if verb in "sv" and (isinstance(value, (dict, list)) or (value is None and verb == "v")):
        return json_text(value)
    if verb in "sv":
        shown: str = text(value)
        shown = shown[: int(precision)] if precision else shown
    elif verb == "q":
        shown = str(json_text(text(value)))
    elif verb == "t":
        shown = string_of(value)
    elif verb == "d":
        shown = f"{int(any_number(value)):{'+' if '+' in flags else ''}d}"
    elif verb in "eEfgG":
        shown = f"{float(any_number(value)):.{precision or 6}{verb}}"
    elif verb in "bxXo":
        shown = f"{int(any_number(value)):{verb}}"
    else:
        raise Refused(f"%{verb}")
    if width and int(width) <= LONGEST:
        if "-" in flags:
            return shown.ljust(int(width))
        return shown.zfill(int(width)) if "0" in flags and verb not in "sqv" else shown.rjust(int(width))
    return shown


def _compiled(expression: str) -> re.Pattern[str]:
    """RE2's expression for Python, where both mean the same and nothing is repeated inside a repetition."""
    if len(expression) > 500 or re.search(r"[+*}]\)[+*{]", expression):
        raise NotKnown
    try:
        return re.compile(expression, re.ASCII)
    except re.error as error:
        raise Refused(f"{expression!r}: {error}") from None


@function()
def regex(expression: Value, value: Value) -> Value:
    """`regex(expression, string)`: the match, or its groups."""
    pattern = _compiled(text(expression))
    parts = pieces(value)
    if not all(isinstance(p, str) for p in parts):
        found = search(text(expression), text_of(parts))
        if found is False:
            raise Refused("no match")
        if found is True:
            symbol = symbol_of([expression, value])
            return Unknown(f"regex({symbol})" if symbol is not None else "", "what matches in a text that is not known")
        raise NotKnown
    match = pattern.search("".join(parts)[:LONGEST])
    if match is None:
        raise Refused("no match")
    return _groups(match)


@function()
def regexall(expression: Value, value: Value) -> Value:
    """`regexall(expression, string)`: all matches."""
    pattern = _compiled(text(expression))
    parts = pieces(value)
    if not all(isinstance(p, str) for p in parts):
        if search(text(expression), text_of(parts)) is False:
            return []
        raise NotKnown
    return [_groups(m) for m in pattern.finditer("".join(parts)[:LONGEST])]


def _groups(match: re.Match[str]) -> Value:
    if match.re.groupindex:
        return Map(match.groupdict())
    return list(match.groups()) if match.re.groups else match.group()
