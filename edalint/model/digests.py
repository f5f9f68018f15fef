"""SHA-1 and SHA-256 as hexadecimal text, without `hashlib`: loading OpenSSL for a few names takes longer than analysing them.

They name things (fingerprints, what SAM calls its deployments) and guard nothing.
"""

from __future__ import annotations


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes."""
    try:
        from _sha2 import sha256 as make  # type: ignore[import-not-found]
    except ImportError:
        try:
            from _sha256 import sha256 as make  # type: ignore[import-not-found]
        except ImportError:  # a Python without its own
            from hashlib import sha256 as make
    return str(make(data).hexdigest())


def sha1(data: bytes) -> str:
    """The SHA-1 of some bytes."""
    try:
        from _sha1 import sha1 as make  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha1

        return sha1(data, usedforsecurity=False).hexdigest()
    return str(make(data).hexdigest())
