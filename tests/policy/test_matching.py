"""Groups, paths and cycles: what one match is, and that alternatives and unknowns are told apart in them."""

from __future__ import annotations

import random
from typing import Any

import networkx
import pytest

from edalint.facts.view import View
from edalint.model.conditions import Choice, Condition, is_one_of, negation
from edalint.model.graph import Edge, EventGraph, Node
from edalint.model.resources import Resource, Unit
from edalint.model.values import Map, Unknown
from edalint.policy import cycles
from tests.policy.policies import found, judged, rule

STAGE = Choice("t.yaml#Stage", "Stage", ("dev", "prod"))
PROD = is_one_of(STAGE, ["prod"])
KINDS = {"b": "bus", "r": "rule", "q": "queue", "f": "function", "t": "table", "a": "api", "x": "external"}


def drawn(*flows: str, when: dict[str, Condition] | None = None, **properties: Any) -> EventGraph:
    """A graph from lines such as `a1 -> q1 -> f1`; a name's first letter is its kind, `q1 -x> q2` a dead-letter edge."""
    graph = EventGraph()
    unit = Unit("t.yaml", "cloudformation")
    conditions = when or {}

    def node(name: str) -> Node:
        kind = KINDS[name[0]]
        if f"t.yaml#{name}" not in graph.nodes:
            resource = Resource(unit, name, "T", Map(properties.get(name, {})), when=conditions.get(name, True))
            resource.order = len(graph.nodes)
            unit.resources[name] = graph.resources[resource.id] = resource
            graph.add_node(Node(kind, resource.id, name, resource=resource, when=resource.when, order=resource.order))
        return graph.nodes[f"t.yaml#{name}"]

    for flow in flows:
        words = flow.split()
        for left, arrow, right in zip(words[::2], words[1::2], words[2::2], strict=False):
            kind = "dead-letter" if "x" in arrow else "deliver"
            source, target = node(left), node(right)
            resource = source.resource
            assert resource is not None
            graph.add_edge(Edge(kind, source, target, resource, when=conditions.get(f"{left} {right}", True)))
    return graph


PATH = 'message: "{path}"\nmatch: {path: '


def test_one_match_per_start_with_its_shortest_path() -> None:
    """Each start is matched once, by its shortest path; ties go by address."""
    graph = drawn("a1 -> f1 -> t1", "a1 -> f2 -> f3 -> t1", "a2 -> f3", "a3 -> q1")

    assert found(graph, PATH + '"api ->+ table"}') == ["a1: a1 -> f1 -> t1", "a2: a2 -> f3 -> t1"]
    assert found(graph, PATH + '"api -> function"}') == ["a1: a1 -> f1", "a2: a2 -> f3"]


def test_without_blocks_what_stands_between() -> None:
    """Every path from a public API to a table passes a queue: what does not is found, what does is not."""
    graph = drawn("a1 -> q1 -> f1 -> t1", "a2 -> f2 -> t1", "a3 -> q1", "a3 -> f2")

    assert found(graph, PATH + "{from: api, to: table, without: [queue]}}") == ["a2: a2 -> f2 -> t1", "a3: a3 -> f2 -> t1"]


def test_ends_may_be_conditions() -> None:
    """Ends and what must not lie between may be conditions over `node`."""
    text = PATH + "{from: node.name.startsWith('a'), to: node.properties.Public == true, without: ['node.kind == \"queue\"']}}"

    assert found(drawn("a1 -> f1 -> f2", "a2 -> q1 -> f2", f2={"Public": True}), text) == ["a1: a1 -> f1 -> f2"]


def test_a_path_over_edges_that_exist_in_some_alternatives() -> None:
    """A way that only one alternative has is no finding; two ways that together cover all alternatives are."""
    half = {"f1 t1": PROD}
    both = {"f1 t1": PROD, "f2 t1": negation(PROD)}
    graph = drawn("a1 -> f1 -> t1", "a1 -> f2 -> t1", when=both)

    judgement = judged(drawn("a1 -> f1 -> t1", when=half), rule(PATH + '"api ->+ table"}'))
    assert judgement.findings == []
    assert judgement.undecided[0].when == "Stage=prod"
    assert len(found(graph, PATH + '"api ->+ table"}')) == 1


def test_an_unknown_end_is_no_end() -> None:
    """Where it is not known whether a path's end is one, nothing is claimed."""
    text = PATH + "{from: api, to: node.properties.Public == true}}"
    judgement = judged(drawn("a1 -> f1", f1={"Public": Unknown("P", "a parameter")}), rule(text))

    assert judgement.findings == []
    assert judgement.undecided[0].symbol == "P"


def test_one_finding_per_set_of_services_that_call_back() -> None:
    """Cycles that hang together are one match; its cycle is the shortest through the resource declared first."""
    graph = drawn("f1 -> q1 -> f2 -> q2 -> f1", "q1 -> f1", "f3 -> q3 -> f3", "f4 -> q4 -x> f4")

    assert found(graph, 'match: {cycle: {}}\nmessage: "{cycle}"') == ["f1: f1 -> q1 -> f1", "f3: f3 -> q3 -> f3"]


def test_cycles_are_over_the_edges_asked_for() -> None:
    """`over` names the kinds of edges, `ends_loop` takes out those that end a loop; an unknown one may end it."""
    graph = drawn("f1 -> q1 -> f1", "q2 -x> f2 -> q2")
    assert found(graph, "match: {cycle: {over: [deliver]}}") == ["f1: it is so"]
    assert found(graph, "match: {cycle: {ends_loop: 'false'}}") == ["f1: it is so", "q2: it is so"]

    doubtful = drawn("f1 -> q1 -> f1", q1={"Limit": Unknown("P", "a parameter")})
    judgement = judged(doubtful, rule("match: {cycle: {ends_loop: has(edge.source.properties.Limit)}}"))
    assert judgement.findings == []
    assert [d.subject.address for d in judgement.undecided] == ["f1"]


def test_a_cycle_that_some_alternatives_close() -> None:
    """A loop closed in one alternative only is told apart; one whose resources exist only there is a finding there."""
    text = 'match: {cycle: {}}\nmessage: "{cycle}"'
    judgement = judged(drawn("f1 -> q1 -> f1", when={"q1 f1": PROD}), rule(text))

    assert judgement.findings == []
    assert judgement.undecided[0].when == "Stage=prod"
    inside = drawn("f1 -> q1 -> f1", when={"f1": PROD, "q1": PROD, "f1 q1": PROD, "q1 f1": PROD})
    assert found(inside, text) == ["f1: f1 -> q1 -> f1"]


def test_groups_have_one_value_in_common() -> None:
    """One match per value; what is unknown or absent is in no group; the subject is the member declared first."""
    sizes: dict[str, Any] = {"q1": {"Size": 1}, "q2": {"Size": 2}, "q3": {"Size": 1}, "q4": {"Size": Unknown("P", "")}, "q5": {}}
    graph = drawn("q1 -> f1", "q2 -> f1", "q3 -> f1", "q4 -> f1", "q5 -> f1", **sizes)
    text = 'match: {group: {of: queue, by: node.properties.Size}}\nwhen: size(group.members) > 1\nmessage: "{group.key}: {group.members}"'

    assert found(graph, text) == ["q1: 1: q1, q3"]


def test_the_graph_is_one_match() -> None:
    """A rule about the graph is asked once."""
    graph = drawn("a1 -> f1", "a2 -> f1")
    text = 'match: graph\nwhen: size(graph.nodes.filter(n, n.kind == "api")) == 2\nsubject: graph.nodes[0]'

    assert found(graph, text) == ["a1: it is so"]


@pytest.mark.parametrize("seed", range(40))
def test_components_and_cycles_are_those_of_networkx(seed: int) -> None:
    """Where every edge lets everything through, loops and the length of the shortest way round are as networkx has them."""
    r = random.Random(seed)
    count = r.randint(2, 12)
    graph = drawn(*sorted({f"f{r.randrange(count)} -> f{r.randrange(count)}" for _ in range(r.randint(1, 3 * count))}))
    theirs = graph.to_networkx()
    alone = {n for n in theirs if theirs.has_edge(n, n)}
    expected = [c for c in networkx.strongly_connected_components(theirs) if len(c) > 1 or c & alone]
    view = View(graph)
    found = {start.id: bind(view)["cycle"].edges for start, bind in cycles.cycles(view, view.graph.edges, lambda edge, view: False)}

    assert set(found) == {min(c, key=lambda i: graph.nodes[i].order) for c in expected}
    for start, edges in found.items():
        before = [n for n in theirs.successors(start) if networkx.has_path(theirs, n, start)]
        assert len(edges) == min(networkx.shortest_path_length(theirs, n, start) + 1 for n in before)
        assert edges[0].source.id == edges[-1].target.id == start


def test_many_services_on_one_bus_are_one_match_at_most() -> None:
    """Two thousand services on one bus, whose cycles cannot be listed, are judged all the same, as one thing."""
    view = View(drawn(*(f"b1 -> r{n} -> f{n} -> b1" for n in range(2000))))

    assert len(list(cycles.cycles(view, view.graph.edges, lambda edge, view: False))) <= 1
