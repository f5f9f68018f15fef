"""Digests are those of hashlib."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from edalint.model import digests


@given(st.binary(max_size=300))
def test_digests_are_hashlibs(data: bytes) -> None:
    """Whoever compares a fingerprint with another tool's gets the same text."""
    assert digests.sha256(data) == hashlib.sha256(data).hexdigest()
    assert digests.sha1(data) == hashlib.sha1(data, usedforsecurity=False).hexdigest()
