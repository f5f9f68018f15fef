"""What Ref gives for a parameter or pseudo parameter.

The value given; else any of its AllowedValues where it declares two or more; else its default; else unknown, and then
the literals that conditions compare it with make a choice of it.
"""

from __future__ import annotations

from collections.abc import Callable

from edalint.frontends.cloudformation.scope import Scope
from edalint.hints import Any
from edalint.model.conditions import SOMETHING_ELSE, Choice, is_one_of
from edalint.model.values import MAX_ALTERNATIVES, Map, OneOf, Text, Unknown, Value, map_value, one_of, text_of

MISSING = object()
"""What a source of values gives for a name that it has nothing for."""
PSEUDO = frozenset(
    {
        "AWS::AccountId",
        "AWS::NoValue",
        "AWS::NotificationARNs",
        "AWS::Partition",
        "AWS::Region",
        "AWS::StackId",
        "AWS::StackName",
        "AWS::URLSuffix",
    }
)
_PARTITIONS = (("cn-", "aws-cn", "amazonaws.com.cn"), ("us-gov-", "aws-us-gov", "amazonaws.com"), ("", "aws", "amazonaws.com"))
"""Beginning of a region's name, its partition, its DNS suffix
(https://docs.aws.amazon.com/general/latest/gr/rande.html)."""

Given = Callable[[str], Any]


class Parameters:
    """The values of one template's parameters, each worked out when it is first asked for."""

    def __init__(self, scope: Scope, given: Given) -> None:
        self.scope = scope
        self.declared = scope.section("Parameters")
        self.given = given
        self.values: dict[str, Value] = {}
        self._running: set[str] = set()
        self._literals: dict[str, list[str]] | None = None

    def __contains__(self, name: str) -> bool:
        return name in self.declared

    def value(self, name: str) -> Value:
        """What `Ref` of a declared parameter gives."""
        if name in self.values:
            return self.values[name]
        if name in self._running:
            self.scope.diagnose(f"parameter {name} depends on itself", "circular-reference", self.declared, name)
            return Unknown("", f"parameter {name} depends on itself")
        self._running.add(name)
        try:
            value = self._value(name)
        finally:
            self._running.discard(name)
        self.values[name] = value
        return value

    def _value(self, name: str) -> Value:
        declaration = self.declared[name]
        if not isinstance(declaration, Map):
            self.scope.diagnose(f"parameter {name} must be a mapping", "wrong-shape", self.declared, name)
            declaration = Map()
        type = declaration.get("Type")
        kind = type if isinstance(type, str) else "String"
        given = self.given(name)
        if given is not MISSING and given is not None:
            return self._read(kind, given)
        secret = declaration.get("NoEcho")
        if secret is True or str(secret).lower() == "true":
            return self._unknown(name, f"parameter {name} is NoEcho: its value is a secret")
        allowed = _allowed(declaration)
        default = _plain(declaration.get("Default"))
        if not _is_list(kind) and not kind.startswith("AWS::SSM::Parameter::Value") and 2 <= len(allowed) <= MAX_ALTERNATIVES:
            choice = Choice(self.scope.id(name), name, tuple(allowed))
            return OneOf(tuple((is_one_of(choice, (value,)), value) for value in allowed))
        if default is not None:
            return self._read(kind, default)
        if len(allowed) == 1:
            return self._read(kind, allowed[0])
        return self._open(name, kind)

    def _open(self, name: str, kind: str) -> Value:
        unknown = self._unknown(name, f"parameter {name} has neither a default nor a value (--parameters)")
        if kind == "Number":
            unknown.excludes = ":/"
        literals = self.literals.get(name, [])
        if not literals or _is_list(kind) or len(literals) >= MAX_ALTERNATIVES:
            return unknown
        choice = Choice(self.scope.id(name), name, (*literals, SOMETHING_ELSE))
        self.scope.excluded[unknown.symbol] = frozenset(literals)
        options: list[tuple[Any, Value]] = [(is_one_of(choice, (literal,)), literal) for literal in literals]
        return one_of([*options, (is_one_of(choice, (SOMETHING_ELSE,)), unknown)])

    def _unknown(self, name: str, reason: str) -> Unknown:
        return Unknown(self.scope.id(f"Parameters.{name}"), reason, outside=True)

    def _read(self, kind: str, value: Value) -> Value:
        """A value as a parameter of this type has it: text, a list of texts, or what an SSM parameter of that name holds."""
        if kind.startswith("AWS::SSM::Parameter::Value"):
            return map_value(value, self._ssm_list if "List<" in kind or "Delimited" in kind else self._ssm)
        if _is_list(kind):
            return map_value(value, _elements)
        if isinstance(value, (bool, int, float)):
            return text_of([value])
        return value

    def _ssm(self, key: Value) -> Value:
        if isinstance(key, (str, Text)):
            return self.scope.lookup("ssm", key, f"ssm:{key}", f"the value of SSM parameter {key} is not known")
        return key if isinstance(key, Unknown) else Unknown("", "an SSM parameter", outside=True)

    def _ssm_list(self, key: Value) -> Value:
        return Unknown(f"ssm:{key}", f"the list in SSM parameter {key} is not known", outside=True)

    def pseudo(self, name: str) -> Value:
        """What `Ref` of a pseudo parameter gives; NoValue gives None."""
        if name == "AWS::NoValue":
            return None
        unit = self.scope.unit
        region = unit.region
        if name == "AWS::Region":
            return region
        if name == "AWS::AccountId":
            return unit.account
        if name in ("AWS::Partition", "AWS::URLSuffix"):
            if isinstance(region, str):
                row = next(r for r in _PARTITIONS if region.startswith(r[0]))
                return row[1 if name == "AWS::Partition" else 2]
            return Unknown(name, "the region is not given (--region)", outside=True, excludes=":/")
        if name == "AWS::StackName":
            return Unknown(self.scope.id(name), "the stack's name is not known", outside=True, excludes=":/")
        return Unknown(self.scope.id(name), f"{name} is known when the stack is deployed", outside=True)

    @property
    def literals(self) -> dict[str, list[str]]:
        """Name that conditions compare with literals -> those literals, in the order written."""
        if self._literals is None:
            self._literals = {}
            for left, right in comparisons(self.scope.section("Conditions")):
                for side, other in ((left, right), (right, left)):
                    name = referred(side)
                    literal = _plain(other)
                    if name is not None and literal is not None:
                        found = self._literals.setdefault(name, [])
                        text = str(text_of([literal]))
                        if text not in found:
                            found.append(text)
        return self._literals


def comparisons(section: Map) -> list[tuple[Any, Any]]:
    """Both sides of every `Fn::Equals` in the conditions of a template."""
    found = []
    stack: list[Any] = [section]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            sides = value.get("Fn::Equals")
            if isinstance(sides, list) and len(sides) == 2:
                found.append((sides[0], sides[1]))
            stack.extend(reversed(list(value.values())))
        elif isinstance(value, list):
            stack.extend(reversed(value))
    return found


def referred(value: Any) -> str | None:
    """The name in `{"Ref": name}` or `{"Fn::Sub": "${name}"}`; None for anything else."""
    if isinstance(value, dict) and len(value) == 1:
        name = value.get("Ref")
        if isinstance(name, str):
            return name
        text = value.get("Fn::Sub")
        if isinstance(text, str) and text.startswith("${") and text.endswith("}") and text.count("$") == 1:
            return text[2:-1].strip()
    return None


def _allowed(declaration: Map) -> list[str]:
    values = declaration.get("AllowedValues")
    texts = [str(text_of([v])) for v in values if _plain(v) is not None] if isinstance(values, list) else []
    return list(dict.fromkeys(texts))


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, bool, int, float)) else None


def _is_list(kind: str) -> bool:
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def _elements(value: Value) -> Value:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    if isinstance(value, (bool, int, float)):
        return [str(text_of([value]))]
    if isinstance(value, Text):
        from edalint.frontends.cloudformation.texts import split

        return split(",", value)
    return value
