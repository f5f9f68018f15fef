"""Bounded contexts: which part of the system a node belongs to, as the configuration's `contexts` says."""

from __future__ import annotations

from fnmatch import fnmatchcase

from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.hints import Any
from edalint.model.graph import Node
from edalint.model.values import Unknown

TAG = "tag:"


@fact("node", gives="string")
def context(node: Node, view: View) -> Any:
    """The bounded context that it belongs to (`contexts` of the configuration); absent where none names it.

    Patterns are tried in the order written against its address, its name, its id and its template's path (`payments/*`, `Payments*`); `tag:KEY=VALUE`
    against its tags. What is outside the run and no pattern names is unknown.
    """
    doubt: Unknown | None = None
    for name, patterns in view.graph.contexts.items():
        for pattern in patterns:
            answer = _belongs(node, pattern, view)
            if answer is True:
                return doubt if doubt is not None else name
            if isinstance(answer, Unknown):
                doubt = answer
    if doubt is None and view.graph.contexts and node.resource is None:
        return Unknown("", f"no context names '{node.name}', which is not in this run")
    return doubt


def _belongs(node: Node, pattern: str, view: View) -> Any:
    if pattern.startswith(TAG):
        return _is_tagged(node, pattern[len(TAG) :], view)
    words = [node.address, node.name, node.id]
    if node.resource is not None:
        words.append(node.resource.unit.path)
    return any(fnmatchcase(word, pattern) for word in words)


def _is_tagged(node: Node, said: str, view: View) -> Any:
    key, _, wanted = said.partition("=")
    tags = view.fact(node, "tags") if node.resource is not None else {}
    if isinstance(tags, Unknown):
        return tags
    value = view.value(tags.get(key))
    if isinstance(value, str):
        return fnmatchcase(value, wanted or "*")
    return False if value is None else Unknown("", f"the tag {key} is not known")
