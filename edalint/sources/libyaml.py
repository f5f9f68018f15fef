"""libyaml's event parser without the rest of PyYAML, whose import takes longer than reading a typical template.

`import yaml` builds loaders, dumpers and resolvers with all of their regular expressions; a reader of events needs the C
parser and four small modules. What stands in `sys.modules` is PyYAML all the same: whoever asks it for anything else
(`yaml.dump`, `import yaml.scanner`) has the whole package from then on, and the classes that the parser uses are those in it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType

from edalint.hints import Any

_SMALL = ("error", "tokens", "events", "nodes")
"""Modules that the C parser needs as they are."""
_RAISING = ("reader", "scanner", "parser", "composer", "constructor", "emitter", "serializer", "representer")
"""Modules of which the C parser wants `ScannerError` and the like, to make one where a text is wrong."""


def _light() -> type[Any] | None:
    """The class of the C parser; None where PyYAML is loaded already, has no libyaml, or is built in another way than expected.

    So too beside other threads, one of which may be importing it.
    """
    threading: Any = sys.modules.get("threading")
    alone = threading is None or threading.active_count() == 1
    spec = PathFinder.find_spec("yaml") if alone and "yaml" not in sys.modules else None
    if spec is None or spec.loader is None or spec.submodule_search_locations is None:
        return None
    before = set(sys.modules)
    package: Any = ModuleType("yaml")
    package.__spec__, package.__loader__, package.__file__, package.__package__ = spec, spec.loader, spec.origin, "yaml"
    package.__path__ = spec.submodule_search_locations
    sys.modules["yaml"] = package
    try:
        for name in _SMALL:
            import_module(f"yaml.{name}")
        for name in _RAISING:
            stand_in = ModuleType(f"yaml.{name}")
            setattr(stand_in, f"{name.capitalize()}Error", _error_of(name))
            setattr(package, name, stand_in)
        found: type[Any] = import_module("yaml._yaml").CParser
    except (ImportError, AttributeError):
        for name in set(sys.modules) - before:
            if name.partition(".")[0] == "yaml":
                del sys.modules[name]
        return None
    for name in _RAISING:
        delattr(package, name)
    package.__getattr__ = lambda name: _whole(package, name)
    return found


def _error_of(name: str) -> Callable[..., Any]:
    """What the parser calls to make an error: the class of PyYAML's own module, imported when there is one to make."""

    def error(*values: Any, **named: Any) -> Any:
        return getattr(import_module(f"yaml.{name}"), f"{name.capitalize()}Error")(*values, **named)

    return error


def _whole(package: Any, wanted: str) -> Any:
    """What anybody asks of the package that is not there yet: then all of it is."""
    if wanted.startswith("__") and wanted not in ("__all__", "__version__", "__with_libyaml__"):
        raise AttributeError(f"module 'yaml' has no attribute {wanted!r}")
    del package.__getattr__
    package.__spec__.loader.exec_module(package)
    return getattr(package, wanted)


def python_parser() -> type[Any]:
    """PyYAML's own parser, for Pythons without libyaml."""
    from yaml.parser import Parser
    from yaml.reader import Reader
    from yaml.scanner import Scanner

    class PythonParser(Reader, Scanner, Parser):
        def __init__(self, text: str) -> None:
            Reader.__init__(self, text)
            Scanner.__init__(self)
            Parser.__init__(self)

    return PythonParser


def _whole_parser() -> type[Any]:
    import yaml

    return import_module("yaml._yaml").CParser if yaml.__with_libyaml__ else python_parser()


Parser = _light() or _whole_parser()
"""Makes of a text a parser whose `get_event` gives PyYAML's events: libyaml's where it is there, else Python's."""

from yaml.error import YAMLError  # noqa: E402
from yaml.events import AliasEvent, DocumentStartEvent, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent  # noqa: E402

__all__ = [
    "AliasEvent", "DocumentStartEvent", "MappingEndEvent", "MappingStartEvent", "Parser", "ScalarEvent", "SequenceEndEvent",
    "YAMLError",
]  # fmt: skip
