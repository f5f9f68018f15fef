"""Findings about the instances of one Terraform block (`count`, `for_each`) said once, with the instances listed."""

from __future__ import annotations

from collections.abc import Sequence

from edalint.model.findings import Finding
from edalint.model.lazy import pattern
from edalint.model.records import NamedTuple

_INDEX = pattern(r"\[[^\]]*\]")


class Said(NamedTuple):
    """A finding as people read it, and the other instances of the same block of which it is true."""

    finding: Finding
    others: tuple[str, ...]
    """Addresses, in the order of the findings."""


def once(findings: Sequence[Finding]) -> list[Said]:
    """The findings, those of one rule about instances of one block at one place taken together."""
    first: dict[tuple[object, ...], int] = {}
    result: list[Said] = []
    for finding in findings:
        address = finding.subject.address
        block = _INDEX.sub("", address) if "[" in address else address
        if block == address:
            result.append(Said(finding, ()))
            continue
        key = (finding.rule, finding.location, block, finding.subject.element, finding.severity)
        if key in first:
            said = result[first[key]]
            result[first[key]] = Said(said.finding, (*said.others, address))
        else:
            first[key] = len(result)
            result.append(Said(finding, ()))
    return result
