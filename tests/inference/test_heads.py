"""Nodes found by how their names begin: none is passed over that a wildcard may cover."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edalint.iam.document import statements
from edalint.inference.grants import RECEIVING, Reading, Wide, covers
from edalint.inference.heads import Heads, heads_of
from edalint.model.graph import Part
from edalint.model.values import Unknown, text_of
from tests.building import stack, text

STAGE = Unknown("t.yaml#Stage", "not given", excludes=":")
NAMES = st.one_of(
    st.text("ab-", min_size=1, max_size=4),
    st.builds(lambda head, tail: text_of([head, STAGE, tail]), st.text("ab-", max_size=2), st.text("ab", max_size=2)),
    st.none(),
)
PATTERNS = st.builds(
    lambda head, hole, tail: text_of(["arn:aws:sqs:*:*:", head, *([STAGE] if hole else []), tail]),
    st.text("ab-", max_size=3), st.booleans(), st.sampled_from(["*", "?", "a*", "*b", ""]),
)  # fmt: skip


@given(st.lists(NAMES, min_size=1, max_size=8), st.lists(PATTERNS, min_size=1, max_size=2))
def test_whoever_is_left_out_is_not_covered(names: list[object], resources: list[object]) -> None:
    """The index answers `may`, the statement answers `does`: what the first leaves out, the second denies."""
    queues = {f"Q{i}": ("AWS::SQS::Queue", {} if name is None else {"QueueName": name}) for i, name in enumerate(names)}
    graph = stack(**queues)
    reading = Reading(graph)
    nodes = graph.of_kind("queue")
    [statement] = statements({"Statement": [{"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": resources}]})  # type: ignore[misc]
    part = Part("policy", nodes[0].resource)  # type: ignore[arg-type]
    wide = Wide(True, RECEIVING[0], part, statement, False, "named")
    heads = heads_of(reading, wide)
    if heads is None:
        return
    near = Heads(reading, nodes).near(heads)
    assert all(covers(reading, wide, node) is False for node in nodes if node not in near)
    assert near == [node for node in nodes if node in near]


def test_a_team_s_wildcard_is_near_the_team_s_queues_alone() -> None:
    """And near those whose name begins with something that is not known."""
    graph = stack(
        A=("AWS::SQS::Queue", {"QueueName": "team-1-inbox"}), B=("AWS::SQS::Queue", {"QueueName": "team-2-inbox"}),
        C=("AWS::SQS::Queue", {"QueueName": text(STAGE, "-inbox")}), D=("AWS::SQS::Queue", {"QueueName": text("team-", STAGE)}),
    )  # fmt: skip
    near = Heads(Reading(graph), graph.of_kind("queue")).near(["team-1-"])
    assert [node.address for node in near] == ["A", "C", "D"]


@given(st.lists(NAMES, min_size=1, max_size=8), st.sets(st.integers(0, 7)))
def test_who_is_not_wanted_any_more_is_not_near(names: list[object], gone: set[int]) -> None:
    """And those who are, are near as before, also when asked again."""
    queues = {f"Q{i}": ("AWS::SQS::Queue", {} if name is None else {"QueueName": name}) for i, name in enumerate(names)}
    graph = stack(**queues)
    nodes = graph.of_kind("queue")
    unwanted: set[str] = set()
    heads = Heads(Reading(graph), nodes, lambda node: node.address not in unwanted)
    before = heads.near(["a"])
    unwanted.update(f"Q{i}" for i in gone)
    for _ in range(2):
        assert heads.near(["a"]) == [node for node in before if node.address not in unwanted]
