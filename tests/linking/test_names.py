"""Which resource a name means: the nearest of those that have it, however many there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edalint import services
from edalint.linking.arns import Called
from edalint.linking.doubts import MOST_NAMED, diagnostics
from edalint.linking.names import Names, fits
from edalint.model.resources import Unit
from edalint.model.values import Unknown, text_of
from tests.building import graph_of, unit

FOLDERS = st.lists(st.sampled_from("abc"), min_size=1, max_size=3)
QUEUES = st.lists(st.tuples(st.sampled_from(["orders", "news"]), st.booleans()), max_size=3)


def _run(folders: list[str], queues: list[tuple[str, bool]], number: int) -> Unit:
    """A template in nested folders, with queues of these names; some hold a parameter."""
    path = "/".join([*folders, f"{number}.yaml"])
    scopes = (path, *("/".join(folders[:size]) for size in range(len(folders), 0, -1)))
    stage = Unknown(f"{path}#Parameters.Stage", "not given", outside=True)
    return unit(
        path,
        scopes,
        **{
            f"Q{i}": ("AWS::SQS::Queue", {"QueueName": text_of([stage, f"-{name}"]) if open_ else name})
            for i, (name, open_) in enumerate(queues)
        },
    )


def _distance(asker: Unit, other: Unit) -> int:
    """The unit itself, else the nearest of its scopes that the other is in too, else the run."""
    if asker is other:
        return -1
    return next((place for place, scope in enumerate(asker.scopes) if scope in other.scopes), len(asker.scopes))


@given(st.lists(st.tuples(FOLDERS, QUEUES), min_size=1, max_size=6), st.sampled_from(["orders", "news"]), st.booleans())
def test_a_name_means_the_nearest_that_have_it(templates: list[tuple[list[str], list[tuple[str, bool]]]], name: str, holed: bool) -> None:
    """As if every resource of the run were looked at: the text itself first, then what is given alike in another template."""
    units = [_run(folders, queues, number) for number, (folders, queues) in enumerate(templates)]
    services.declare(units)
    resources = {r.id: r for u in units for r in u.resources.values()}
    asker = units[0]
    stage = Unknown(f"{asker.path}#Parameters.Stage", "not given", outside=True)
    asked = text_of([stage, f"-{name}"]) if holed else name
    called = Called("", "queue", asked, "", "", "")
    there = [r for r in resources.values() if fits(r, called)]
    found = [r for r in there if r.properties["QueueName"] == asked]
    if not found and holed:
        found = [r for r in there if r.unit is not asker and f"-{name}" in getattr(r.properties["QueueName"], "parts", ())]
    nearest = min((_distance(asker, r.unit) for r in found), default=0)
    expected = [r.id for r in found if _distance(asker, r.unit) == nearest]
    assert [c.resource.id for c in Names(resources).find(called, asker)] == expected


def test_who_has_a_name_is_listed_once_however_many_ask() -> None:
    """A thousand resources of one name and a thousand ends that name it are no million candidates, nor a million names in a message."""
    queues = {f"Q{i}": ("AWS::SQS::Queue", {"QueueName": "orders"}) for i in range(300)}
    target = {"Arn": "arn:aws:sqs:eu-west-1:111122223333:orders", "Id": "t"}
    rules = {f"R{i}": ("AWS::Events::Rule", {"EventPattern": {"source": ["a"]}, "Targets": [target]}) for i in range(300)}
    made = unit("t.yaml", (), **queues, **rules)
    graph = graph_of(made)
    lists = {id(candidates) for *_, ambiguous in graph.ambiguous for candidates in ambiguous}
    assert (len(graph.ambiguous), len(lists)) == (300, 1)
    assert all(("t.yaml#Q299", name) in graph.open_sets for name in ("senders", "async_callers"))
    said = diagnostics(graph, [made], [])
    assert all(d.message.count("'Q") == MOST_NAMED and f"({300 - MOST_NAMED} more)" in d.message for d in said)
