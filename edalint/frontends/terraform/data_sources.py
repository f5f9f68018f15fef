"""Data sources: what they give without asking AWS, and what linking may find in the run."""

from __future__ import annotations

from collections.abc import Callable

from edalint.frontends.terraform.blocks import META_RESOURCE, Instance, body_value
from edalint.frontends.terraform.expressions import Scope, evaluate, look
from edalint.frontends.terraform.functions import symbol_of
from edalint.frontends.terraform.hidden import Failed, Finisher, Lazy
from edalint.frontends.terraform.nodes import Block
from edalint.hints import Any
from edalint.model.values import Lookup, Map, Unknown, Value, alternatives, one_of

PARTITION = Unknown("AWS::Partition", "the partition", outside=True, excludes=":/")
URL_SUFFIX = Unknown("AWS::URLSuffix", "the partition", outside=True, excludes=":/")


class DataInstance(Lazy):
    """One instance of a data source."""

    __slots__ = ("_memo", "address", "block", "instance", "module", "type")

    def __init__(self, module: Any, type: str, block: Block, address: str, instance: Instance) -> None:
        self.module = module
        self.type = type
        self.block = block
        self.address = address
        self.instance = instance
        self._memo: dict[str, Value] = {}

    @property
    def scope(self) -> Scope:
        """The scope of the block's expressions."""
        return Scope(self.module, self.instance.names)

    @property
    def symbol(self) -> str:
        """What unknown attributes of it stand for."""
        return f"{self.module.run.unit.path}#{self.address}"

    def argument(self, name: str) -> Value:
        """The value of an argument; None where the block does not write it."""
        expression = self.block.body.expression(name)
        return evaluate(expression, self.scope) if expression is not None else None

    def arguments(self) -> Map:
        """Every argument and nested block."""
        return body_value(self.block.body, self.scope, META_RESOURCE, self.block)

    def attribute(self, name: str) -> Value:
        """What the data source gives."""
        if name not in self._memo:
            self._memo[name] = Failed(f"{self.address} refers to itself")
            self._memo[name] = self._attribute(name)
        return self._memo[name]

    def _attribute(self, name: str) -> Value:
        reader = _READERS.get(self.type)
        value = reader(self, name) if reader is not None else None
        if value is None:
            value = self.argument(name)
        if value is None:
            value = self.looked_up(name)
        return value

    def looked_up(self, name: str) -> Value:
        """An attribute of something that the data source finds by its arguments: linking may know it."""
        reason = f"data.{self.type} is read from AWS"
        if not self.type.startswith(("aws_", "awscc_")):
            return Unknown(f"{self.symbol}.{name}", reason, outside=True)
        by = self.arguments()
        finisher = Finisher(True, [])
        by = by.like((k, finisher.finish(v)) for k, v in by.items() if v is not None)
        same = symbol_of(v for k in sorted(by) for v in (k, by[k]))
        symbol = f"data.{self.type}({same}).{name}" if same is not None and by else f"{self.symbol}.{name}"
        return Lookup("data", Map({"type": self.type, "attribute": name, "by": by}), symbol, reason)

    def plain(self) -> Value:
        return self.attribute("id")


def _policy_document(data: DataInstance, name: str) -> Value:
    if name not in ("json", "minified_json"):
        return None
    from edalint.frontends.terraform.policy_document import document

    return document(data.arguments())


def _caller(data: DataInstance, name: str) -> Value:
    return data.module.run.unit.account if name in ("account_id", "id") else None


def _region(data: DataInstance, name: str) -> Value:
    asked = data.argument("name") or data.argument("region")
    if name in ("name", "id", "region"):
        return asked if asked is not None else data.module.run.unit.region
    return None


def _partition(data: DataInstance, name: str) -> Value:
    region = data.module.run.unit.region
    known = isinstance(region, str)
    china, government = known and region.startswith("cn-"), known and region.startswith("us-gov-")
    if name in ("partition", "id"):
        return ("aws-cn" if china else "aws-us-gov" if government else "aws") if known else PARTITION
    if name == "dns_suffix":
        return ("amazonaws.com.cn" if china else "amazonaws.com") if known else URL_SUFFIX
    return None


def _remote_state(data: DataInstance, name: str) -> Value:
    if name != "outputs":
        return None
    return RemoteOutputs(data)


class RemoteOutputs(Lazy):
    """The outputs of another root's state."""

    __slots__ = ("data",)

    def __init__(self, data: DataInstance) -> None:
        self.data = data

    def attribute(self, name: str) -> Value:
        """One output, which linking finds where the other root is in the run."""
        given = self.data.arguments()
        key = given.like({"output": name, **{k: Finisher(True, []).finish(v) for k, v in given.items()}})
        same = symbol_of(v for k in sorted(given) for v in (k, given[k])) or self.data.symbol
        return Lookup("remote-state", key, f"remote-state({same}).{name}", "an output of another root's state")

    def plain(self) -> Value:
        return Unknown(f"{self.data.symbol}.outputs", "the outputs of another root's state", outside=True)


def _parameter(data: DataInstance, name: str) -> Value:
    if name not in ("value", "insecure_value"):
        return None
    asked = look(data.argument("name"), data.scope)
    return one_of((when, Lookup("ssm", plain, f"ssm({symbol_of([plain])})", "an SSM parameter")) for when, plain in alternatives(asked))


def _template_file(data: DataInstance, name: str) -> Value:
    if name != "rendered":
        return None
    from edalint.frontends.terraform.files import rendered

    given = data.arguments().get("vars")
    if isinstance(given, list) and len(given) == 1:  # before 0.12 the map was written as a block
        given = given[0]
    return rendered(data.argument("template"), given, data.scope)


def _local_file(data: DataInstance, name: str) -> Value:
    if name != "content":
        return None
    from edalint.frontends.terraform.files import FILE_FUNCTIONS

    return FILE_FUNCTIONS["file"](data.argument("filename"), [], data.scope)


_READERS: dict[str, Callable[[DataInstance, str], Value]] = {
    "aws_iam_policy_document": _policy_document,
    "aws_caller_identity": _caller,
    "aws_region": _region,
    "aws_partition": _partition,
    "aws_ssm_parameter": _parameter,
    "terraform_remote_state": _remote_state,
    "template_file": _template_file,
    "local_file": _local_file,
}
