"""Profiles: a few settings under one name. What a configuration or the command line says itself counts more."""

from __future__ import annotations

from edalint.hints import Any

PROFILES: dict[str, dict[str, Any]] = {
    "ci": {"min-confidence": "medium", "fail-on": "warning"},
    "strict": {"select": ["all"], "fail-on": "note", "strict": True},
    "architect": {"select": ["all"], "fail-on": "never", "show-unknown": True},
}
"""Name -> keys of the configuration.

`ci`: what a pull request should not add, and nothing that is only likely. `strict`: every rule, opt-in and preview ones too, each note
fails, and so does a value that can't be read. `architect`: everything there is to say about a system, and no verdict.
"""
