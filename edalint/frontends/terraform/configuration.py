"""A plan's `configuration`: what each expression refers to, followed through variables, outputs, count and for_each."""

from __future__ import annotations

from collections.abc import Iterator

from edalint.frontends.terraform.addresses import Reference, module_address, read_reference, split_module
from edalint.hints import Any
from edalint.model.lazy import pattern
from edalint.model.values import Map, Ref, Unknown, Value

DEEPEST = 24
"""Variables and outputs followed for one reference."""
WHOLE = ""
"""The attribute of a reference that names none: before version 1.0, plans listed resources alone."""
_DOCUMENTS = pattern(
    r"(?:^|_)(?:policy|policies|definition|definitions|pattern|document|body|template|input|content|user_data|description|json|metadata|"
    r"input_paths|constant|sql|statement)s?$"
)
"""Arguments whose text is a document made of what the expression refers to, not the thing referred to."""
_NAMED = ("arn", "url", "id", "name", "function_name", "bucket", "family")


class Configuration:
    """The configuration part of a plan."""

    def __init__(self, configuration: Any, addresses: list[str], path: str) -> None:
        root = configuration.get("root_module") if isinstance(configuration, Map) else None
        self.root = root if isinstance(root, Map) else Map()
        self.providers = configuration.get("provider_config") if isinstance(configuration, Map) else None
        self.path = path
        self.addresses = set(addresses)
        self.values: dict[str, Map] = {}
        """Address -> planned values."""
        self.instances: dict[str, list[str]] = {}
        """Block with the module's keys, without its own -> the addresses of its instances."""
        self._blocks: dict[tuple[str, ...], dict[str, Map]] = {}
        """Names of the calls that lead to a module -> address in it -> the configuration of the resource."""
        self._keys: dict[str, set[str]] | None = None
        """Address of a module's call -> the keys of its instances."""
        for address in addresses:
            modules, steps = split_module(address)
            block = ".".join(s for s in steps if not s.startswith("["))
            prefix = module_address(modules)
            self.instances.setdefault(f"{prefix}.{block}" if prefix else block, []).append(address)

    def region(self) -> str | None:
        """The constant region of the provider without alias."""
        for provider in self.providers.values() if isinstance(self.providers, Map) else ():
            if isinstance(provider, Map) and provider.get("name") == "aws" and provider.get("alias") is None:
                expressions = provider.get("expressions")
                region = expressions.get("region") if isinstance(expressions, Map) else None
                constant = region.get("constant_value") if isinstance(region, Map) else None
                return constant if isinstance(constant, str) else None
        return None

    def module(self, modules: list[tuple[str, str]]) -> Map:
        """The configuration of the module that these calls lead to."""
        current = self.root
        for name, _ in modules:
            calls = current.get("module_calls")
            call = calls.get(name) if isinstance(calls, Map) else None
            inner = call.get("module") if isinstance(call, Map) else None
            current = inner if isinstance(inner, Map) else Map()
        return current

    def block(self, address: str) -> Map:
        """The configuration of a resource."""
        modules, steps = split_module(address)
        name = ".".join(s for s in steps if not s.startswith("["))
        module = tuple(call for call, _ in modules)
        blocks = self._blocks.get(module)
        if blocks is None:
            blocks = self._blocks[module] = {}
            resources = self.module(modules).get("resources")
            for resource in resources if isinstance(resources, list) else ():
                if isinstance(resource, Map) and isinstance(resource.get("address"), str):
                    blocks.setdefault(resource["address"], resource)
        return blocks.get(name) or Map()

    def expressions(self, address: str) -> Map:
        """The expressions of a resource's arguments."""
        found = self.block(address).get("expressions")
        return found if isinstance(found, Map) else Map()

    def resolve(self, name: str, expression: Map, address: str) -> Value:
        """What an argument is that the plan does not know: the one thing that it refers to, or unknown."""
        refs = [_meant(r, name) for r in self.refs(expression, address)]
        said = expression.get("references")
        written = said if isinstance(said, list) else []
        noted = ", ".join(map(str, written))
        if len(set(refs)) == 1:
            ref = refs[0]
            if name in ("redrive_policy", "redrive_config"):
                return Map({"deadLetterTargetArn": ref, "maxReceiveCount": Unknown("", "known after apply")})
            if _DOCUMENTS.search(name) is None:
                return ref
        symbol = f"{self.path}#{address}.{name}"
        given = [r for r in written if isinstance(r, str)]
        read = bool(given) and all(r.startswith("data.") for r in given)
        return Unknown(symbol, f"known after apply; it refers to {noted}" if noted else "known after apply", outside=read and not refs)

    def same_text(self, value: str, expression: Map, address: str) -> Ref | None:
        """The attribute that an argument is, where its text is known: the only reference, with the same text."""
        refs = list(self.refs(expression, address))
        if len(set(refs)) != 1:
            return None
        planned = self.values.get(refs[0].id.split("#", 1)[1])
        names = _NAMED if refs[0].attribute == WHOLE else (refs[0].attribute,) if refs[0].attribute in _NAMED else ()
        named = next((n for n in names if planned is not None and planned.get(n) == value), None)
        return Ref(refs[0].id, named) if named is not None else None

    def refs(self, expression: Any, address: str) -> Iterator[Ref]:
        """The attributes of resources that an expression refers to, through variables and outputs."""
        modules, steps = split_module(address)
        key = steps[-1] if steps and steps[-1].startswith("[") else ""
        yield from self._refs(expression, modules, address, key, DEEPEST)

    def _refs(self, expression: Any, modules: list[tuple[str, str]], address: str, key: str, depth: int) -> Iterator[Ref]:
        given = expression.get("references") if isinstance(expression, Map) else None
        if not isinstance(given, list) or depth <= 0:
            return
        for text in longest([t for t in given if isinstance(t, str)]):
            reference = read_reference(text, module_address(modules))
            yield from self._followed(reference, modules, address, key, depth - 1)

    def _followed(self, reference: Reference, modules: list[tuple[str, str]], address: str, key: str, depth: int) -> Iterator[Ref]:
        word, _, name = reference.block.partition(".")
        if word == "var":
            if modules:
                calls = self.module(modules[:-1]).get("module_calls")
                call = calls.get(modules[-1][0]) if isinstance(calls, Map) else None
                expressions = call.get("expressions") if isinstance(call, Map) else None
                given = expressions.get(name) if isinstance(expressions, Map) else None
                yield from self._refs(given, modules[:-1], module_address(modules), modules[-1][1], depth)
        elif word == "module":
            output, _, _ = reference.attribute.partition(".")
            inner = [*modules, (name, reference.key or self._only_key(modules, name))]
            outputs = self.module(inner).get("outputs")
            declared = outputs.get(output) if isinstance(outputs, Map) else None
            if isinstance(declared, Map):
                yield from self._refs(declared.get("expression"), inner, f"{module_address(inner)}.output", "", depth)
        elif word == "each":
            if name == "value":
                yield from self._of_each(reference, modules, address, key, depth)
        elif word not in ("data", "local", "path", "count", "terraform", "self"):
            target = self._instance(reference, key)
            if target is not None:
                yield Ref(f"{self.path}#{target}", reference.attribute or WHOLE)

    def _of_each(self, each: Reference, modules: list[tuple[str, str]], address: str, key: str, depth: int) -> Iterator[Ref]:
        """What `each.value` is: the instance with the same key of what for_each goes through."""
        expression = self.block(address).get("for_each_expression")
        given = expression.get("references") if isinstance(expression, Map) else None
        for text in longest([t for t in given if isinstance(t, str)]) if isinstance(given, list) else ():
            source = read_reference(text, module_address(modules))
            if source.attribute or source.key:
                yield from self._followed(source, modules, address, key, depth)
            else:
                yield from self._followed(source._replace(key=key, attribute=each.attribute), modules, address, key, depth)

    def _only_key(self, modules: list[tuple[str, str]], name: str) -> str:
        if self._keys is None:
            self._keys = {}
            for address in self.addresses:
                calls = split_module(address)[0]
                for depth, (called, key) in enumerate(calls):
                    self._keys.setdefault(module_address([*calls[:depth], (called, "")]), set()).add(key)
        keys = self._keys.get(module_address([*modules, (name, "")]), set())
        return next(iter(keys)) if len(keys) == 1 else ""

    def _instance(self, reference: Reference, key: str) -> str | None:
        if reference.address in self.addresses:
            return reference.address
        block = f"{reference.module}.{reference.block}" if reference.module else reference.block
        instances = self.instances.get(block, [])
        if len(instances) == 1 and not reference.key:
            return instances[0]
        same_key = f"{block}{key}"
        return same_key if not reference.key and key and same_key in self.addresses else None


def _meant(ref: Ref, argument: str) -> Ref:
    """A reference without attribute, with the one that the argument asks for."""
    if ref.attribute != WHOLE:
        return ref
    if argument.endswith("arn") or argument in ("endpoint", "source", "target", "enrichment", "destination"):
        return Ref(ref.id, "arn")
    return Ref(ref.id, "url" if argument.endswith("url") else "id")


def longest(references: list[str]) -> list[str]:
    """The references without those that only name what a longer one reads."""
    return [r for r in references if not any(o != r and o.startswith((f"{r}.", f"{r}[")) for o in references)]
