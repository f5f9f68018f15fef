"""Intrinsic functions: what is written in a template becomes plain values, references, texts, alternatives and unknowns.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

from collections.abc import Callable

from edalint.frontends.cloudformation import dynamic
from edalint.frontends.cloudformation.parameters import PSEUDO
from edalint.frontends.cloudformation.scope import Opaque, Scope
from edalint.frontends.cloudformation.texts import LONGEST, derived, join, leading_pieces, split, text
from edalint.hints import Any
from edalint.model.conditions import Condition, both, negation, satisfiable
from edalint.model.lazy import pattern
from edalint.model.nearest import hint
from edalint.model.values import MAX_ALTERNATIVES, Map, OneOf, Ref, Text, Unknown, Value, map_value, one_of, parts_of, settled, text_of

STACKS = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
MAX_RANGES = 256
"""CIDR blocks that one Fn::Cidr may give (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html)."""
_HOLE = pattern(r"\$\{([^{}]*)\}")


class Resolver:
    """Resolves the values of one template."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.resources = scope.section("Resources")
        self.mappings = scope.section("Mappings")
        self._mapped: dict[int, Value] = {}
        self._never: dict[str, bool] = {}
        self._references: dict[tuple[str, str], Value] = {}

    def __call__(self, value: Any) -> Value:
        """A value with every intrinsic function in it worked out; None for what is absent.

        What holds no function comes back as it is: most of a template is plain, and copying it would cost more than reading it.
        """
        kind = type(value)
        if kind is str:
            return dynamic.references(value, self.scope) if "{{" in value else value
        if kind is Map or isinstance(value, Map):
            if len(value) == 1:
                ((key, argument),) = value.items()
                function = FUNCTIONS.get(key)
                if function is not None:
                    return function(self, argument, value)
                if key[:4] == "Fn::" or key[:1] == "!":
                    return self.unknown_function(key, value)
            elif "Fn::Transform" in value:
                return self.transform(value["Fn::Transform"], value)
            made: Map | None = None
            for key, inner in value.items():
                if type(inner) is str and "{{" not in inner:  # most are such texts
                    continue
                found = self(inner)
                if found is not inner or found is None:
                    if made is None:
                        made = value.like(value)
                    if found is None:
                        del made[key]
                    else:
                        made[key] = found
            return value if made is None else made
        if kind is list:
            elements: list[Value] | None = None
            for at, inner in enumerate(value):
                if type(inner) is str and "{{" not in inner:
                    continue
                found = self(inner)
                if found is not inner or found is None:
                    if elements is None:
                        elements = list(value)
                    elements[at] = found
            return value if elements is None else [element for element in elements if element is not None]
        return value

    # names

    def name(self, name: str, at: Map, key: str) -> Value:
        """What a logical name or pseudo parameter stands for."""
        if name in PSEUDO:
            return self.scope.parameters.pseudo(name)
        parameters = self.scope.parameters
        found = parameters.values.get(name)
        if found is not None:
            return found
        if name in parameters.declared:
            return parameters.value(name)
        if name in self.resources:
            return self.reference(name, "Ref")
        if isinstance(self.resources, Opaque):
            return Unknown("", f"{name} may come from a loop or an included file that is not known")
        if name.startswith("AWS::"):
            return self.missing(f"there is no pseudo parameter {name}{hint(name, PSEUDO)}", at, key)
        known = [*self.resources, *self.scope.parameters.declared]
        return self.missing(f"{name} is neither a resource nor a parameter of this template{hint(name, known)}", at, key)

    def reference(self, name: str, attribute: str) -> Value:
        """A resource of this template or an attribute of it; what no alternative has is no resource of the run."""
        known = self._references.get((name, attribute))
        if known is None:
            known = self._references[name, attribute] = self._reference(name, attribute)
        return known

    def _reference(self, name: str, attribute: str) -> Value:
        raw = self.resources[name]
        if not isinstance(raw, Map) or "Condition" not in raw:
            return Ref(self.scope.id(name), attribute)
        if name not in self._never:
            self._never[name] = not satisfiable(self.scope.conditions.named(raw["Condition"], raw, "Condition"))
        reason = f"{name} never exists: its condition can't be true"
        return Unknown(self.scope.id(name), reason, outside=True) if self._never[name] else Ref(self.scope.id(name), attribute)

    def missing(self, message: str, at: Map, key: str) -> Unknown:
        """The value of a name that nothing has."""
        self.scope.diagnose(message, "missing-reference", at, key)
        return Unknown("", message)

    def attribute(self, name: str, attribute: Value, at: Map, key: str) -> Value:
        """What an attribute of a resource is."""
        if name not in self.resources:
            if isinstance(self.resources, Opaque):
                return Unknown("", f"{name} may come from a loop or an included file that is not known")
            message = f"there is no resource {name} in this template{hint(name, self.resources)}"
            return self.missing(message, at, key)
        if isinstance(attribute, OneOf):
            return map_value(attribute, lambda plain: self.attribute(name, plain, at, key))
        if not isinstance(attribute, str):
            return derived(f"GetAtt({name})", f"which attribute of {name} is meant is not known", Ref(self.scope.id(name)), attribute)
        raw = self.resources[name]
        if attribute.startswith("Outputs.") and isinstance(raw, dict) and raw.get("Type") in STACKS:
            found = self.scope.nested.output(name, attribute[len("Outputs.") :])
            if found is not None:
                return found
        return self.reference(name, attribute)

    # functions: argument and the map that holds it

    def ref(self, argument: Any, at: Map) -> Value:
        if isinstance(argument, str):
            return self.name(argument, at, "Ref")
        return map_value(self(argument), lambda v: self.name(v, at, "Ref") if isinstance(v, str) else self.malformed("Ref", at))

    def get_att(self, argument: Any, at: Map) -> Value:
        if isinstance(argument, str):
            argument = argument.split(".", 1)
        if not isinstance(argument, list) or len(argument) < 2:
            return self.malformed("Fn::GetAtt", at)
        name = self(argument[0])
        attribute = self(argument[1]) if len(argument) == 2 else ".".join(str(a) for a in argument[1:])
        if not isinstance(name, str):
            return self.malformed("Fn::GetAtt", at)
        if name not in self.resources and isinstance(attribute, str) and f"{name}.{attribute.split('.')[0]}" in self.resources:
            first, _, rest = attribute.partition(".")  # SAM's `Function.Alias` is a name with a dot in it
            name, attribute = f"{name}.{first}", rest
        return self.attribute(name, attribute, at, "Fn::GetAtt")

    def sub(self, argument: Any, at: Map) -> Value:
        given: Any = {}
        if isinstance(argument, list):
            if len(argument) != 2 or not isinstance(argument[1], dict):
                return self.malformed("Fn::Sub", at)
            argument, given = argument
        if not isinstance(argument, str):
            argument = settled(self(argument))
            if not isinstance(argument, str):
                return argument if isinstance(argument, Unknown) else self.malformed("Fn::Sub", at)
        parts: list[Value] = []
        known: dict[str, Value] = {}
        end = 0
        for hole in _HOLE.finditer(argument):
            parts.append(argument[end : hole.start()])
            end = hole.end()
            name = hole.group(1).strip()
            if name not in known:  # worked out once: texts in texts that repeat a name would double at every level
                known[name] = self.hole(name, given, at)
            parts.append(known[name])
        parts.append(argument[end:])
        return dynamic.references(text(parts), self.scope)

    def hole(self, name: str, given: Any, at: Map) -> Value:
        if name.startswith("!"):
            return "${" + name[1:] + "}"
        if name in given:
            value = self(given[name])
            return ",".join(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else value
        if "." in name and name not in self.resources:
            resource, attribute = name.split(".", 1)
            return self.attribute(resource, attribute, at, "Fn::Sub")
        value = self.name(name, at, "Fn::Sub")
        return ",".join(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else value

    def join(self, argument: Any, at: Map) -> Value:
        if not isinstance(argument, list) or len(argument) != 2:
            return self.malformed("Fn::Join", at)
        delimiter = self(argument[0])
        if not isinstance(delimiter, str):
            return self.malformed("Fn::Join", at)

        def joined(elements: Value) -> Value:
            if isinstance(elements, list):
                flat = [e for element in elements for e in (element if isinstance(element, list) else [element])]
                return dynamic.references(join(delimiter, flat), self.scope)
            if isinstance(elements, (Unknown, Ref)):
                return derived("Join", "a list that is not known is joined", delimiter, elements)
            return self.malformed("Fn::Join", at)

        return map_value(self(argument[1]), joined)

    def select(self, argument: Any, at: Map) -> Value:
        if not isinstance(argument, list) or len(argument) != 2:
            return self.malformed("Fn::Select", at)
        wanted = argument[1]
        pieces = wanted["Fn::Split"] if isinstance(wanted, dict) and len(wanted) == 1 and "Fn::Split" in wanted else None
        index = self(argument[0])
        if isinstance(pieces, list) and len(pieces) == 2 and isinstance(pieces[0], str):
            delimiter = pieces[0]
            whole = self(pieces[1])
            return map_value(index, lambda i: map_value(whole, lambda t: self.piece(i, delimiter, t, at)))
        elements = self(wanted)
        return map_value(index, lambda i: map_value(elements, lambda e: self.element(i, e, at)))

    def element(self, index: Value, elements: Value, at: Map) -> Value:
        number = _whole(index)
        if isinstance(elements, list) and number is not None:
            if 0 <= number < len(elements):
                return elements[number]
            return self.missing(f"Fn::Select asks for element {number} of a list of {len(elements)}", at, "Fn::Select")
        if isinstance(elements, list) and number is None and not isinstance(index, (Unknown, Ref)):
            return self.malformed("Fn::Select", at)
        return derived("Select", "an element of a list that is not known", index, elements)

    def piece(self, index: Value, delimiter: str, whole: Value, at: Map) -> Value:
        """One piece of a string that is split: certain as long as no hole comes before it."""
        number = _whole(index)
        if isinstance(whole, (dict, list)) or whole is None or number is None or not delimiter:
            return self.element(index, split(delimiter, whole) if delimiter else whole, at)
        pieces, complete = leading_pieces(delimiter, whole)
        if 0 <= number < len(pieces):
            return pieces[number]
        if complete:
            return self.element(number, pieces, at)
        parts = parts_of(whole)
        if len(parts) == 1 and isinstance(parts[0], Ref) and number >= _NAME_PIECE.get(delimiter, 99):
            return Ref(parts[0].id, "Name")
        return derived("Select", "a piece of a text that is not known", number, delimiter, whole)

    def split(self, argument: Any, at: Map) -> Value:
        if not isinstance(argument, list) or len(argument) != 2:
            return self.malformed("Fn::Split", at)
        delimiter = self(argument[0])
        if not isinstance(delimiter, str) or not delimiter:
            return self.malformed("Fn::Split", at)
        return map_value(
            self(argument[1]), lambda t: self.malformed("Fn::Split", at) if isinstance(t, (dict, list)) else split(delimiter, t)
        )

    def choose(self, argument: Any, at: Map) -> Value:
        """A chain of Fn::If in the place of the last alternative is one set of alternatives: flattening it level by level is dear."""
        options: list[tuple[Condition, Value]] = []
        remaining: Condition = True
        while True:
            if not isinstance(argument, list) or len(argument) != 3:
                options.append((remaining, self.malformed("Fn::If", at)))
                break
            name, yes, no = argument
            condition = self.scope.conditions.named(name, at, "Fn::If")
            if condition is True or (isinstance(yes, (dict, list)) and yes == no):
                options.append((remaining, self(yes)))
                break
            if condition is not False:
                options.append((both(remaining, condition), self(yes)))
                remaining = both(remaining, negation(condition))
            if len(options) >= MAX_ALTERNATIVES or not (type(no) is Map and len(no) == 1 and "Fn::If" in no):
                options.append((remaining, self(no)))
                break
            argument, at = no["Fn::If"], no
        return one_of(options)

    def find_in_map(self, argument: Any, at: Map) -> Value:
        if not isinstance(argument, list) or not 3 <= len(argument) <= 4:
            return self.malformed("Fn::FindInMap", at)
        default = argument[3] if len(argument) == 4 and isinstance(argument[3], dict) and "DefaultValue" in argument[3] else None
        keys = [self(key) for key in argument[:3]]

        def found(path: list[Value]) -> Value:
            return self.mapped(path, default, at)

        return _every(keys, found)

    def mapped(self, path: list[Value], default: Any, at: Map) -> Value:
        here: Any = self.mappings
        for depth, key in enumerate(path):
            if isinstance(key, (bool, int, float)):
                key = str(text_of([key]))
            if not isinstance(key, str):
                return self.any_mapped(here, path[depth:], path, default)
            if not isinstance(here, dict) or key not in here:
                if default is not None:
                    return self(default["DefaultValue"])
                level = ("there is no mapping", "the mapping has no key", "the mapping has no second-level key")[depth]
                return self.missing(f"{level} {key}{hint(key, here if isinstance(here, dict) else ())}", at, "Fn::FindInMap")
            here = here[key]
        if id(here) not in self._mapped:
            self._mapped[id(here)] = self(here)
        return self._mapped[id(here)]

    def any_mapped(self, here: Any, rest: list[Value], path: list[Value], default: Any) -> Value:
        """What every key that can be meant agrees on, else unknown."""
        candidates = [here]
        for key in rest:
            level = [c for c in candidates if isinstance(c, dict)]
            candidates = [c[key] for c in level if key in c] if isinstance(key, str) else [v for c in level for v in c.values()]
        first = candidates[0] if candidates else None
        if default is None and isinstance(first, (str, int, float)) and all(type(c) is type(first) and c == first for c in candidates):
            return first
        return derived("FindInMap", "which key of a mapping is meant is not known", *path)

    def get_azs(self, argument: Any, at: Map) -> Value:
        region = self(argument)
        if region == "" or region is None:
            region = self.scope.parameters.pseudo("AWS::Region")
        return derived(
            "GetAZs",
            "the availability zones of a region are AWS's to say",
            region if isinstance(region, Unknown) else Unknown(f"{region}", outside=True),
        )

    def cidr(self, argument: Any, at: Map) -> Value:
        if not isinstance(argument, list) or not 2 <= len(argument) <= 3:
            return self.malformed("Fn::Cidr", at)
        block, count, bits = self(argument[0]), _whole(self(argument[1])), _whole(self(argument[2])) if len(argument) == 3 else None
        if not isinstance(block, str) or count is None or bits is None or not 0 < count <= MAX_RANGES:
            return derived("Cidr", "address ranges of a network that is not known", *(self(a) for a in argument))
        from ipaddress import ip_network
        from itertools import islice

        try:
            network = ip_network(block, strict=False)
            found = [str(n) for n in islice(network.subnets(new_prefix=network.max_prefixlen - bits), count)]
        except ValueError as error:
            return self.missing(f"Fn::Cidr: {error}", at, "Fn::Cidr")
        return found if len(found) == count else self.missing(f"{block} has no {count} ranges with {bits} bits", at, "Fn::Cidr")

    def base64(self, argument: Any, at: Map) -> Value:
        def encoded(value: Value) -> Value:
            if isinstance(value, str) and len(value) < LONGEST:
                from base64 import b64encode

                return b64encode(value.encode("utf-8", "replace")).decode()
            return derived("Base64", "a text that is not known, in base 64", value)

        return map_value(self(argument), encoded)

    def length(self, argument: Any, at: Map) -> Value:
        def counted(value: Value) -> Value:
            return len(value) if isinstance(value, list) else derived("Length", "the length of a list that is not known", value)

        return map_value(self(argument), counted)

    def to_json_string(self, argument: Any, at: Map) -> Value:
        from edalint.frontends.cloudformation.json_text import json_text

        return json_text(self(argument))

    def import_value(self, argument: Any, at: Map) -> Value:
        def imported(name: Value) -> Value:
            if isinstance(name, (str, Text, Unknown)):
                return self.scope.lookup(
                    "export", name, f"export:{name}" if isinstance(name, str) else "", "an export that no input of this run has"
                )
            return self.malformed("Fn::ImportValue", at)

        return map_value(self(argument), imported)

    def stack_output(self, argument: Any, at: Map) -> Value:
        return Unknown("", "the output of a stack that is named, not given", outside=True)

    def transform(self, argument: Any, at: Map) -> Value:
        name = argument.get("Name") if isinstance(argument, dict) else None
        named = name if isinstance(name, str) else "a macro"
        if named == "AWS::Include":
            self.scope.diagnose("AWS::Include names no local file, so what it includes is not known", "missing-file", at, "Fn::Transform")
        return Unknown("", f"what {named} makes of this is known when it is deployed")

    def foreach(self, argument: Any, at: Map) -> Value:
        return Unknown("", "a loop over a collection that is not known")

    def unknown_function(self, key: str, at: Map) -> Value:
        if key.startswith("Fn::ForEach::"):
            return self.foreach(at[key], at)
        if key in CONDITION_FUNCTIONS:
            return Unknown("", f"{key} stands where a value belongs")
        known = [f"!{k.removeprefix('Fn::')}" for k in FUNCTIONS] if key.startswith("!") else list(FUNCTIONS)
        message = f"unknown intrinsic function {key}{hint(key, known)}"
        self.scope.diagnose(message, "unknown-intrinsic", at, key)
        return Unknown("", message)

    def malformed(self, function: str, at: Map) -> Unknown:
        """The value of a function whose argument has a shape that it does not take."""
        self.scope.diagnose(f"{function} can't be read: its argument has a shape that it does not take", "wrong-shape", at, function)
        return Unknown("", f"{function} can't be read")


CONDITION_FUNCTIONS = frozenset({"Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals"})
_NAME_PIECE = {":": 5, "/": 1}
"""Delimiter -> the first piece of an ARN (or of a name with a path) that no longer holds service, region and account."""
FUNCTIONS: dict[str, Callable[[Resolver, Any, Map], Value]] = {
    "Ref": Resolver.ref,
    "Fn::GetAtt": Resolver.get_att,
    "Fn::Sub": Resolver.sub,
    "Fn::Join": Resolver.join,
    "Fn::If": Resolver.choose,
    "Fn::Select": Resolver.select,
    "Fn::Split": Resolver.split,
    "Fn::FindInMap": Resolver.find_in_map,
    "Fn::GetAZs": Resolver.get_azs,
    "Fn::Cidr": Resolver.cidr,
    "Fn::Base64": Resolver.base64,
    "Fn::Length": Resolver.length,
    "Fn::ToJsonString": Resolver.to_json_string,
    "Fn::ImportValue": Resolver.import_value,
    "Fn::GetStackOutput": Resolver.stack_output,
    "Fn::Transform": Resolver.transform,
}


def _whole(value: Value) -> int | None:
    value = settled(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and len(value) < 10 and value.strip().isdecimal():
        return int(value)
    return None


def _every(values: list[Value], function: Callable[[list[Value]], Value]) -> Value:
    from edalint.model.values import combinations

    together = combinations(values)
    if together is None:
        return Unknown("", "too many alternatives")
    return one_of((condition, function(option)) for condition, option in together)
