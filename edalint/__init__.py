"""edalint: a linter and architecture validator for event-driven systems on AWS.

The Python API: `analyze` reads templates and gives an `Analysis` with the `EventGraph` and the `Finding`s. Names are
loaded on first use (PEP 562), so importing the package costs nothing.
"""

from edalint.hints import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edalint.analysis import Analysis, analyze
    from edalint.config import Settings
    from edalint.model.findings import Diagnostic, Finding
    from edalint.model.graph import Edge, EventGraph, Node

__all__ = ["Analysis", "Diagnostic", "Edge", "EventGraph", "Finding", "Node", "Settings", "analyze"]

_HOMES = {
    "analyze": "edalint.analysis",
    "Analysis": "edalint.analysis",
    "Settings": "edalint.config",
    "Finding": "edalint.model.findings",
    "Diagnostic": "edalint.model.findings",
    "EventGraph": "edalint.model.graph",
    "Node": "edalint.model.graph",
    "Edge": "edalint.model.graph",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'edalint' has no attribute {name!r}")
