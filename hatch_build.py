"""The wheel's build step: compiles the rule files and the indexes of services and facts into the wheel's `edalint/_compiled`."""

from __future__ import annotations

import marshal
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from edalint.policy.compiled import tables

        folder = Path(tempfile.mkdtemp(prefix="edalint-"))  # not into the checkout: its own runs would read tables that grow old
        for name, table in tables().items():
            path = folder / f"{name}.bin"
            path.write_bytes(marshal.dumps(table, 2))
            build_data["force_include"][str(path)] = f"edalint/_compiled/{name}.bin"
