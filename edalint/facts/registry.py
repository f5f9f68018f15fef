"""How a fact is declared, so that policies, `edalint facts` and the type check of expressions all know it.

A fact is a function of a subject (node, edge, part, path, cycle, group, graph) and a view. It is found by itself: every
module of `edalint.facts` that is not infrastructure is read once to make an index (kind, name -> module, type, description).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from edalint import storage
from edalint.hints import Any, TypeVar

HERE = Path(__file__).parent
INFRASTRUCTURE = frozenset({"__init__", "registry", "view"})

Function = TypeVar("Function", bound=Callable[..., Any])

FACTS: dict[tuple[str, str], Callable[..., Any]] = {}
"""(kind, name) -> function, of the modules imported so far."""
PLAIN: set[Callable[..., Any]] = set()
"""Those that ask nothing of the view."""
_declared: dict[tuple[str, str], tuple[str, str, str]] = {}


def fact(*of: str, gives: str, name: str = "", plain: bool = False) -> Callable[[Function], Function]:
    """Declare a fact of these kinds of subject.

    `of`: `node` (every node), a node kind, `edge` (every edge), `edge:KIND`, `part`, `part:KIND`, `path`, `cycle`, `group`,
    `graph`. The narrower one wins. `gives`: `int`, `double`, `bool`, `string`, `list<T>`, `map`, `node`, `node:KIND`, `edge`, `edge:KIND`,
    `part`, `part:KIND`, `any` (untyped: raw properties). `plain`: it asks nothing of the view, so it hangs on no choice. The first paragraph of the
    docstring describes it.
    """

    def register(function: Function) -> Function:
        for kind in of:
            key = (kind, name or function.__name__)
            FACTS[key] = function
            if plain:
                PLAIN.add(function)
            _declared[key] = (function.__module__.rsplit(".", 1)[-1], gives, (function.__doc__ or "").strip())
        return function

    return register


def modules() -> list[Path]:
    """The modules that declare facts."""
    return sorted(p for p in HERE.glob("*.py") if p.stem not in INFRASTRUCTURE and not p.stem.startswith("_"))


def _build_index() -> dict[str, dict[str, tuple[str, str, str]]]:
    for path in modules():
        import_module(f"edalint.facts.{path.stem}")
    table: dict[str, dict[str, tuple[str, str, str]]] = {}
    for (kind, name), entry in sorted(_declared.items()):
        table.setdefault(kind, {})[name] = entry
    return table


_index: dict[str, dict[str, tuple[str, str, str]]] | None = None


def index() -> dict[str, dict[str, tuple[str, str, str]]]:
    """Kind -> name -> (module, type, description)."""
    global _index
    if _index is None:
        _index = storage.table("facts", modules, _build_index)
    return _index


def find(name: str, *kinds: str) -> Callable[..., Any] | None:
    """The function of a fact for the first of these kinds (narrowest first) that has it; its module is imported."""
    known = index()
    for kind in kinds:
        entry = known.get(kind, {}).get(name)
        if entry is not None:
            function = FACTS.get((kind, name))
            if function is None:
                import_module(f"edalint.facts.{entry[0]}")
                function = FACTS[kind, name]
            return function
    return None
