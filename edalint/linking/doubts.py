"""What linking could not decide, as diagnostics: names that several equally near resources or stacks have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice

from edalint.linking.ends import written
from edalint.linking.names import Candidate
from edalint.model.findings import Diagnostic
from edalint.model.graph import EventGraph
from edalint.model.resources import Unit
from edalint.model.values import Lookup

CODE = "ambiguous-name"


MOST_NAMED = 250
"""So many candidates are listed: thousands of resources may have one name, and as many ask for it."""


def diagnostics(graph: EventGraph, units: Sequence[Unit], lookups: Iterable[Lookup]) -> list[Diagnostic]:
    """One diagnostic for each name that is linked to nothing because several things have it."""
    found = []
    for asker, _, value, candidates in graph.ambiguous:
        names = _named(candidates)
        at = asker.location
        message = f"'{asker.resource.name}' names {written(value)}, and {names} are called so: it is linked to none of them"
        found.append(Diagnostic(at.path, at.line, at.column, "warning", message, CODE))
    holders = {id(lookup): unit for unit in units for lookup in unit.lookups}
    for lookup in lookups:
        unit = holders[id(lookup)]
        path = unit.documents[0].path if unit.documents else unit.path
        message = f"several stacks of this run provide {lookup.symbol}, none nearer than the others: its value is unknown"
        found.append(Diagnostic(path, 1, 1, "warning", message, CODE))
    return list(dict.fromkeys(found))


def _named(candidates: list[list[Candidate]]) -> str:
    """Resources of one name, the first of them by what they are called and where."""
    listed = [c.resource for c in islice(chain.from_iterable(candidates), MOST_NAMED)]
    more = sum(map(len, candidates)) - len(listed)
    return ", ".join(f"'{r.name}' of {r.unit.path}" for r in listed) + (f" ({more} more)" if more else "")
