"""Evaluation of expressions: what is known is computed, what is not stays symbolic, what is open has alternatives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edalint.frontends.terraform import functions_encoding, functions_numbers, functions_text
from edalint.frontends.terraform.functions import FUNCTIONS, call, symbol_of
from edalint.frontends.terraform.functions_collections import maybe_same, optional
from edalint.frontends.terraform.hidden import Failed, HclSet, MayFail, SomeInstances
from edalint.frontends.terraform.nodes import (
    Attribute,
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Literal,
    Name,
    Object,
    Parenthesised,
    Splat,
    Template,
    TemplateFor,
    TemplateIf,
    Tuple,
    Unary,
)
from edalint.frontends.terraform.operations import arithmetic, attribute_of, compared_as, element_of, entries, inside, over, text_value
from edalint.frontends.terraform.types import string_of
from edalint.hints import TYPE_CHECKING, Any
from edalint.model.conditions import Condition, both, negation
from edalint.model.values import MAX_ALTERNATIVES, Map, OneOf, Ref, Text, Unknown, Value, alternatives, one_of, settled, text_of

if TYPE_CHECKING:
    from edalint.frontends.terraform.module import Module

MAX_STEPS = 400_000
"""Expressions evaluated for one root, and what they make; beyond, everything is unknown."""
MADE = 8
"""Elements of a list, map or text with holes that count as much as one expression."""
LARGEST_NUMBER = 4096
"""Bits of a whole number; Terraform itself counts with 512."""
READS_TEXT = frozenset(
    {
        "lower", "upper", "title", "basename", "replace", "strrev", "chomp", "trimspace", "trim", "trimprefix", "trimsuffix", "split",
        "length", "contains", "index", "lookup", "tonumber", "tobool", "md5", "sha1", "sha256", "sha512", "base64sha256", "base64sha512",
        "base64encode", "urlencode", "parseint", "jsondecode", "max", "min", "abs", "ceil", "floor", "setsubtract", "setintersection",
        "keys", "zipmap", "sort",
    }
)  # fmt: skip
"""Functions that look into texts: a reference whose text the configuration says is handed to them as that text."""
ASKS_TEXT = frozenset({"startswith", "endswith", "strcontains", "substr", "regex", "regexall"})
"""Functions that ask how a text is written: ARNs and URLs are handed to them as far as the configuration says them."""


class Scope:
    """Where an expression stands: its module and the names of loops, `each`, `count` and `self` around it."""

    __slots__ = ("module", "names")

    def __init__(self, module: Module, names: dict[str, Value] | None = None) -> None:
        self.module = module
        self.names = names or {}

    def having(self, **names: Value) -> Scope:
        """A scope with more names."""
        return Scope(self.module, {**self.names, **names})

    def place(self, at: Any) -> str:
        """A name for a place in the source, in this instance of its module."""
        return (
            f"{self.module.address or 'root'}:{at.line}:{at.column}:{symbol_of([self.names.get('each', ''), self.names.get('count', '')])}"
        )


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of an expression."""
    run = scope.module.run
    run.steps += 1
    if run.steps > MAX_STEPS:
        return Unknown("", "the configuration is too large to evaluate")
    try:
        made = _EVALUATE[type(expression)](expression, scope)
    except RecursionError:
        return Failed("nested too deeply")
    if isinstance(made, (list, dict)):  # a few words can double a list again and again
        run.steps += len(made) // MADE
    elif isinstance(made, Text):
        run.steps += len(made.parts) // MADE
    elif isinstance(made, int) and made.bit_length() > LARGEST_NUMBER:
        return Failed("a number too large")
    return made


def truth(value: Value, scope: Scope) -> Value:
    """A value as a condition: a bool, an Unknown or Failed, or a OneOf of these."""
    value = look(value, scope)
    if isinstance(value, OneOf):
        return one_of((c, truth(v, scope)) for c, v in value.options)
    if isinstance(value, (bool, Unknown)):
        return value
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, (Ref, Text)):
        return Unknown(symbol_of([value]) or "", "a condition over an attribute that is not known")
    return Failed("a condition is needed")


def branch(value: Value, scope: Scope, place: Any) -> list[tuple[Condition, bool]] | Failed:
    """The conditions under which a truth value is true and false; an unknown one is a choice of its own."""
    result: list[tuple[Condition, bool]] = []
    for when, plain in alternatives(truth(value, scope)):
        if isinstance(plain, Failed):
            if when is True:
                return plain
        elif isinstance(plain, bool):
            result.append((when, plain))
        else:
            yes = scope.module.run.unknown_condition(plain, scope, place)
            result += [(both(when, yes), True), (both(when, negation(yes)), False)]
    return [(when, answer) for when, answer in result if when is not False] or Failed("no alternative of the condition works")


def look(value: Value, scope: Scope) -> Value:
    """The value with references replaced by the texts that the configuration gives them."""
    value = settled(value)
    if isinstance(value, Ref):
        return scope.module.run.configured(value)
    if isinstance(value, Text) and any(isinstance(p, Ref) for p in value.parts):
        return text_of(scope.module.run.configured(p) if isinstance(p, Ref) else p for p in value.parts)
    if isinstance(value, OneOf):
        return one_of((c, look(v, scope)) for c, v in value.options)
    if isinstance(value, HclSet):
        return HclSet(look(v, scope) for v in value)
    if isinstance(value, list):
        return [look(v, scope) for v in value]
    return value


def written(value: Value, scope: Scope) -> Value:
    """A text with the names and ARNs of resources in it as far as the configuration says them."""
    value = look(value, scope)
    if not isinstance(value, (Ref, Text)):
        return value
    parts: list[Value] = []
    for part in (piece for whole in (value.parts if isinstance(value, Text) else (value,)) for piece in functions_text.spelled(whole)):
        instance = scope.module.run.instances.get(part.id) if isinstance(part, Ref) else None
        name = instance.argument(part.attribute) if instance is not None and isinstance(part, Ref) else None
        parts.append(name if isinstance(name, (str, Text)) else part)
    return text_of(parts)


def index_of(value: Value, key: Value, scope: Scope) -> Value:
    """`value[key]`."""
    key = look(key, scope)
    for _, plain in alternatives(value):
        if isinstance(plain, dict):
            scope.module.run.compare(key, plain.keys())
    return over(value, lambda plain: over(key, lambda k: element_of(plain, k)))


# expressions, one function per kind


def _literal(e: Literal, scope: Scope) -> Value:
    return e.value


def _name(e: Name, scope: Scope) -> Value:
    if e.name in scope.names:
        return scope.names[e.name]
    return scope.module.namespace(e.name)


def _parenthesised(e: Parenthesised, scope: Scope) -> Value:
    return evaluate(e.inner, scope)


def _get(e: Attribute, scope: Scope) -> Value:
    return attribute_of(evaluate(e.of, scope), e.name)


def _get_index(e: Index, scope: Scope) -> Value:
    return index_of(evaluate(e.of, scope), evaluate(e.key, scope), scope)


def _splat(e: Splat, scope: Scope) -> Value:
    def every(value: Value) -> Value:
        if value is None:
            return []
        if isinstance(value, list):
            return [step(element) for element in value]
        if isinstance(value, SomeInstances):
            return [step(value.instance)]
        if isinstance(value, (Unknown, Ref)):
            return step(inside(value, "[*]") if isinstance(value, Unknown) else value)
        return [step(value)]

    def step(value: Value) -> Value:
        for key, is_attribute in zip(e.steps, e.attributes, strict=True):
            value = (
                one_of((c, _step(v, key, is_attribute)) for c, v in value.options)
                if isinstance(value, OneOf)
                else _step(value, key, is_attribute)
            )
        return value

    def _step(value: Value, key: Expression, is_attribute: bool) -> Value:
        if value is None:
            return None  # an element that is absent in this alternative
        if is_attribute and isinstance(key, Literal):
            return attribute_of(value, str(key.value))
        return index_of(value, evaluate(key, scope), scope)

    return over(evaluate(e.of, scope), every)


def _conditional(e: Conditional, scope: Scope) -> Value:
    branches = branch(evaluate(e.condition, scope), scope, e)
    if isinstance(branches, Failed):
        return branches
    if len({answer for _, answer in branches}) == 1:
        return evaluate(e.then if branches[0][1] else e.otherwise, scope)
    then, otherwise = evaluate(e.then, scope), evaluate(e.otherwise, scope)
    return one_of((when, then if answer else otherwise) for when, answer in branches)


def _object(e: Object, scope: Scope) -> Value:
    made = Map((), e.document, e.mark, {})
    marks = made.marks
    assert marks is not None
    for key_expression, value_expression, mark in e.items:
        key = key_expression.name if isinstance(key_expression, Name) else key_text(evaluate(key_expression, scope), scope)
        value = evaluate(value_expression, scope)
        if isinstance(value, Failed):
            return value
        if isinstance(key, Unknown):
            return key
        made[key] = value
        marks[key] = mark
    return made


def key_text(value: Value, scope: Scope) -> Value:
    """A key as text; one that is not known is written as what it stands for, `${aws_sqs_queue.q.arn}`."""
    value = look(value, scope)
    if isinstance(value, Failed):
        return value
    if value is None:
        return Failed("a key is null")
    if isinstance(value, (str, int, float)):
        return value if isinstance(value, str) else string_of(value)
    parts = value.parts if isinstance(value, Text) else (value,)
    words = [p if isinstance(p, str) else _hole_name(p) for p in parts]
    return Unknown("", "a key that is not known") if None in words else "".join(str(w) for w in words)


def _hole_name(part: Value) -> str | None:
    if isinstance(part, Ref):
        return f"${{{part.id.rsplit('#', 1)[-1]}.{part.attribute}}}"
    if isinstance(part, Unknown) and part.symbol:
        return f"${{{part.symbol.rsplit('#', 1)[-1]}}}"
    return None


def _tuple(e: Tuple, scope: Scope) -> Value:
    made = []
    for element in e.elements:
        value = evaluate(element, scope)
        if isinstance(value, Failed):
            return value
        made.append(value)
    return made


def _unary(e: Unary, scope: Scope) -> Value:
    if e.operator == "!":

        def negated(value: Value) -> Value:
            return Unknown(f"!{value.symbol}" if value.symbol else "", value.reason) if isinstance(value, Unknown) else not value

        return over(truth(evaluate(e.operand, scope), scope), negated)
    return arithmetic("-", 0, look(evaluate(e.operand, scope), scope))


def _binary(e: Binary, scope: Scope) -> Value:
    if e.operator in ("&&", "||"):
        return _logic(e, scope)
    left, right = look(evaluate(e.left, scope), scope), look(evaluate(e.right, scope), scope)
    if e.operator in ("==", "!="):
        return _equality(e.operator, left, right, scope)
    return arithmetic(e.operator, left, right)


def _logic(e: Binary, scope: Scope) -> Value:
    stop = e.operator == "||"

    def joined(left: Value) -> Value:
        if left is stop:
            return stop
        right = truth(evaluate(e.right, scope), scope)
        if isinstance(left, Unknown):
            return over(right, lambda r: stop if r is stop else left if isinstance(r, bool) else compared_as(e.operator, left, r))
        return right

    return over(truth(evaluate(e.left, scope), scope), joined)


def _equality(operator: str, left: Value, right: Value, scope: Scope) -> Value:
    run = scope.module.run
    for one, other in ((left, right), (right, left)):
        run.compare(one, [v for _, v in alternatives(other) if v is None or isinstance(v, (str, int, float, bool))])

    def compared(a: Value, b: Value) -> Value:
        answer = run.same(a, b)
        if answer is None:
            return compared_as(operator, a, b)
        return answer is (operator == "==")

    return over(left, lambda a: over(right, lambda b: compared(a, b)))


# templates


def _template(e: Template, scope: Scope) -> Value:
    return text_value(evaluate(part, scope) for part in e.parts)


def _template_if(e: TemplateIf, scope: Scope) -> Value:
    return _conditional(Conditional(e.condition, e.then, e.otherwise, e.mark), scope)


def _template_for(e: TemplateFor, scope: Scope) -> Value:
    def repeated(collection: Value) -> Value:
        if isinstance(collection, (Unknown, Ref)):
            return Unknown("", "a template that repeats over a value that is not known")
        pairs = entries(collection)
        if pairs is None:
            return Failed("nothing that can be gone through")
        return text_value(evaluate(e.body, scope.having(**({e.key: k} if e.key else {}), **{e.value: v})) for k, v in pairs)

    return over(evaluate(e.collection, scope), repeated)


# loops and calls


def _for(e: For, scope: Scope) -> Value:
    return over(evaluate(e.collection, scope), lambda collection: _looped(e, collection, scope))


def _looped(e: For, collection: Value, scope: Scope) -> Value:
    if isinstance(collection, (Unknown, Ref)) and not isinstance(collection, SomeInstances):
        symbol = symbol_of([collection])
        return Unknown(f"for {scope.place(e.mark)} in {symbol}" if symbol else "", "made from a collection that is not known")
    pairs = entries(collection)
    if pairs is None:
        return Failed("nothing that can be gone through")
    steps = list(_steps(e, pairs, scope))
    failed = next((s for s in steps if isinstance(s, Failed)), None)
    if failed is not None:
        return failed
    kept = [s for s in steps if not isinstance(s, Failed)]
    if e.key is None and sum(s[0] is not True for s in kept) > 5:
        return [optional(when, value) for when, _, value in kept]
    results: list[tuple[Condition, list[tuple[Value, Value]]]] = [(True, [])]
    for when, key, value in kept:
        if when is True:
            for _, made in results:
                made.append((key, value))
            continue
        results = [
            (joined, [*made, (key, value)] if there else list(made))
            for given, made in results
            for condition, there in ((when, True), (negation(when), False))
            if (joined := both(given, condition)) is not False
        ]
        if len(results) > MAX_ALTERNATIVES:
            return Unknown("", f"a collection of more than {MAX_ALTERNATIVES} alternatives")
    return one_of((when, _collected(e, made, collection)) for when, made in results)


def _steps(e: For, pairs: list[tuple[Value, Value]], scope: Scope) -> Iterator[tuple[Condition, Value, Value] | Failed]:
    """Every element that may be there, with its condition, key and value."""
    for key, element in pairs:
        if isinstance(element, Failed):
            continue
        inner = scope.having(**({e.key_name: key} if e.key_name else {}), **{e.value_name: element})
        whens: list[Condition] = [True]
        if e.condition is not None:
            branches = branch(evaluate(e.condition, inner), inner, e.mark)
            if isinstance(branches, Failed):
                yield branches
                return
            whens = [when for when, answer in branches if answer]
        for when in whens:
            value = evaluate(e.value, inner)
            name = key_text(evaluate(e.key, inner), inner) if e.key is not None else None
            for part in (value, name):
                if isinstance(part, Failed):
                    yield part
                    return
            yield when, name, value


def _collected(e: For, made: list[tuple[Value, Value]], source: Value) -> Value:
    if e.key is None:
        return [value for _, value in made]
    if any(not isinstance(key, str) for key, _ in made):
        return Unknown("", "made with keys that are not known")
    origin = source if isinstance(source, Map) else None
    result = origin.like(()) if origin is not None else Map()
    for key, value in made:
        if e.grouped:
            result.setdefault(key, []).append(value)
        else:
            result[key] = value
    return result


def _call(e: Call, scope: Scope) -> Value:
    if e.name in ("try", "can"):
        return _tried(e, scope)
    arguments: list[Value] = [evaluate(a, scope) for a in e.arguments]
    if e.spread:
        last = arguments.pop()
        if isinstance(last, list):
            arguments.extend(last)
        elif isinstance(last, OneOf):
            return one_of((c, _called(e, [*arguments, *v] if isinstance(v, list) else [*arguments, v], scope)) for c, v in last.options)
        elif isinstance(last, Failed):
            return last
        else:
            return Unknown("", f"{e.name}() of a list that is not known")
    return _called(e, arguments, scope)


def _called(e: Call, arguments: list[Value], scope: Scope) -> Value:
    from edalint.frontends.terraform.files import FILE_FUNCTIONS

    reader = FILE_FUNCTIONS.get(e.name)
    if reader is not None:
        return (
            over(look(arguments[0], scope), lambda first: reader(first, arguments[1:], scope)) if arguments else Failed("a path is needed")
        )
    if e.name in ASKS_TEXT:
        arguments = [over(a, lambda plain: written(plain, scope)) for a in arguments]
    elif e.name in READS_TEXT:
        arguments = [look(a, scope) for a in arguments]
    if e.name == "contains" and len(arguments) == 2 and isinstance(arguments[0], list):
        scope.module.run.compare(arguments[1], [v for v in arguments[0] if isinstance(v, (str, int, float))])
    if e.name == "lookup" and len(arguments) > 1 and isinstance(arguments[0], dict):
        scope.module.run.compare(arguments[1], arguments[0].keys())
    return call(e.name, arguments, scope.place(e.mark))


def _tried(e: Call, scope: Scope) -> Value:
    """`try(...)` gives the first argument that works, `can(x)` whether it does; both by alternative."""
    if e.name == "can":
        value = evaluate(e.arguments[0], scope) if e.arguments else Failed("an argument is needed")
        return one_of((c, _works(v)) for c, v in alternatives(value))
    remaining: Condition = True
    options: list[tuple[Condition, Value]] = []
    failure: Failed | None = None
    for argument in e.arguments:
        failing: list[Condition] = []
        for when, plain in alternatives(evaluate(argument, scope)):
            joined = both(remaining, when)
            if isinstance(plain, Failed):
                failure = plain
                failing.append(joined)
            elif joined is not False:
                options.append((joined, plain))
        remaining = _either(failing)
        if remaining is False:
            return one_of(options)
    options.append((remaining, failure or Failed("nothing to try")))
    return one_of(options)


def _works(value: Value) -> Value:
    if isinstance(value, MayFail):
        return Unknown(f"can({value.symbol})" if value.symbol else "", value.reason)
    return not isinstance(value, Failed)


def _either(conditions: list[Condition]) -> Condition:
    from edalint.model.conditions import either

    return either(*conditions)


_EVALUATE: dict[type, Callable[[Any, Scope], Value]] = {
    Literal: _literal,
    Template: _template,
    TemplateIf: _template_if,
    TemplateFor: _template_for,
    Name: _name,
    Attribute: _get,
    Index: _get_index,
    Splat: _splat,
    For: _for,
    Conditional: _conditional,
    Binary: _binary,
    Unary: _unary,
    Call: _call,
    Object: _object,
    Tuple: _tuple,
    Parenthesised: _parenthesised,
}

FUNCTION_MODULES = (functions_encoding, functions_numbers, functions_text)
"""Imported for the functions that they register."""

__all__ = ["FUNCTIONS", "Scope", "attribute_of", "branch", "entries", "evaluate", "index_of", "look", "maybe_same", "over", "truth"]
