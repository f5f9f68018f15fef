"""What is wrong with a setting."""

from __future__ import annotations


class ConfigError(Exception):
    """A setting that can't be: where it stands and what would have worked."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")
        self.path, self.line, self.column, self.message = path, line, column, message
