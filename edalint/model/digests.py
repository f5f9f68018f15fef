"""SHA-1 and SHA-256 as hexadecimal text, without `hashlib`: loading OpenSSL for a few names takes longer than analysing them.

They name things (fingerprints, what SAM calls its deployments) and guard nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module

from edalint.hints import Any

_made: dict[str, Callable[[bytes], Any]] = {}


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes."""
    return str(_maker("sha256", "_sha2" if sys.version_info >= (3, 12) else "_sha256")(data).hexdigest())


def sha1(data: bytes) -> str:
    """The SHA-1 of some bytes."""
    return str(_maker("sha1", "_sha1")(data).hexdigest())


def _maker(name: str, own: str) -> Callable[[bytes], Any]:
    """The function of the interpreter's own module, else hashlib's."""
    found = _made.get(name)
    for module in (own, "hashlib"):
        if found is not None:
            break
        try:
            found = _made[name] = getattr(import_module(module), name)
        except ImportError:
            continue
    assert found is not None
    return found
