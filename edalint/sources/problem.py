"""What is raised for text that can't be read: where, and what would have worked."""

from __future__ import annotations

MAX_DEPTH = 128
"""Mappings and lists inside each other; deeper text is refused (templates in the wild stay below 40)."""
MAX_NODES = 400_000
"""Values of one document once its aliases are expanded; a text that unfolds to more is refused."""


class SyntaxProblem(Exception):
    """Text that is not what it should be, with the place and a message for its author."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")
        self.path, self.line, self.column, self.message = path, line, column, message


def too_deep(path: str, line: int, column: int) -> SyntaxProblem:
    """The problem of text whose mappings and lists stand too deep inside each other."""
    return SyntaxProblem(path, line, column, f"nested more than {MAX_DEPTH} levels deep")
