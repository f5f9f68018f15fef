"""What becomes a finding: alternatives, subjects, places, words, supersession, identity."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.view import View
from edalint.model.conditions import Choice, is_one_of, negation
from edalint.model.graph import EventGraph
from edalint.model.values import OneOf, Unknown
from edalint.policy import match
from edalint.policy.language import Bindings, compile  # noqa: A004
from tests.building import arn, graph_of, ref, stack, text, unit
from tests.policy.policies import found, judged, rule

STAGE = Choice("t.yaml#Stage", "Stage", ("dev", "prod"))
PROD = is_one_of(STAGE, ["prod"])
DEV = negation(PROD)
SHORT = 'match: {node: queue}\nwhen: node.properties.Size < 5\nmessage: "{node} has {node.properties.Size}"'


def queue(*when: Any, **properties: Any) -> Any:
    return ("AWS::SQS::Queue", properties, *when)


# what is asked about

KIND = 'match: {node: queue}\nwhen: node.properties.Kind in ["big", "huge"] && node.properties.N == 1\nmessage: "{node}"'


def test_only_what_is_known_to_be_another_word_is_not_asked_about() -> None:
    """Absent is no word; what is no text, or hangs on something, may be the word after all. Places count all candidates."""
    kinds: dict[str, Any] = {"A": "big", "B": "small", "C": Unknown("X"), "D": OneOf(((PROD, "big"), (DEV, "small"))), "E": 7, "G": "huge"}
    graph = stack(F=queue(N=1), **{name: queue(Kind=kind, N=1) for name, kind in kinds.items()})
    asked = match.suspects(rule(KIND), View(graph))

    assert {node.address for _, node in asked} == {"A", "C", "D", "E", "G"}
    everything = match.things(rule(KIND), View(graph)) or []
    assert all(everything[place] is node for place, node in asked)
    judgement = judged(graph, rule(KIND))
    assert [f.subject.address for f in judgement.findings] == ["A", "G"]
    assert {d.subject.address for d in judgement.undecided} == {"C", "D"}


def test_a_name_that_is_worked_out_once_takes_as_many_steps() -> None:
    """Where names are kept, an evaluation is as long as without."""
    named = compile("[1, 2, 3].filter(x, x > 1)", {"node"})
    twice = compile("size(it) + size(it) + size(it)", {"node", "it"}, {"it": named})
    left = []
    for kept in (False, True):
        bindings = Bindings({"node": None})
        bindings.made = {} if kept else None
        assert twice(View(stack(Q=queue())), bindings) == 6
        left.append(bindings.left)
    assert left[0] == left[1]


# alternatives


def test_true_in_every_alternative_is_a_finding() -> None:
    """A value that differs between alternatives is judged in each; true in all is a finding, worded as in the first."""
    graph = stack(Q=queue(Size=OneOf(((PROD, 1), (DEV, 2)))))

    assert found(graph, SHORT) == ["Q: Q has 2"]


def test_true_in_some_alternatives_is_told_apart() -> None:
    """True in some alternatives only is no finding; the choice and the alternatives are said."""
    judgement = judged(stack(Q=queue(Size=OneOf(((PROD, 1), (DEV, 9))))), rule(SHORT))

    assert judgement.findings == []
    [doubt] = judgement.undecided
    assert (doubt.reason, doubt.choice, doubt.when) == ("true only where Stage=prod", "Stage", "Stage=prod")


def test_words_that_hang_on_a_choice_do_not_cost_a_finding() -> None:
    """A rule that is true everywhere is a finding although its message reads what differs; it is worded for one alternative."""
    text = 'match: {node: queue}\nmessage: "{node.properties.Size}"\nrelated: [{at: node.out_edges, says: "goes on"}]'

    assert found(stack(Q=queue(Size=OneOf(((PROD, 1), (DEV, 2))))), text) == ["Q: 2"]


def test_a_subject_is_judged_only_where_it_exists() -> None:
    """What exists in some alternatives only is judged in these, and the finding says which they are."""
    graph = stack(Q=queue(PROD, Size=OneOf(((PROD, 1), (DEV, 9)))))

    [finding] = judged(graph, rule(SHORT)).findings
    assert finding.when == "Stage=prod"


def test_unknown_is_never_a_finding() -> None:
    """What cannot be decided is listed with its reason and symbol, and nowhere else."""
    graph = stack(Q=queue(Size=Unknown("t.yaml#Size", "the parameter Size has no default")))

    judgement = judged(graph, rule(SHORT), rule(SHORT.replace("<", ">="), id="ORG2"))
    assert judgement.findings == []
    assert [(d.rule, d.symbol, d.subject.address) for d in judgement.undecided] == [
        ("ORG1", "t.yaml#Size", "Q"),
        ("ORG2", "t.yaml#Size", "Q"),
    ]


def test_too_many_choices_are_unknown() -> None:
    """Beyond six choices in a row nothing is claimed, however the rule would have judged."""
    sizes = {}
    for number in range(8):
        choice = Choice(f"t.yaml#P{number}", f"P{number}", ("a", "b"))
        on = is_one_of(choice, ["a"])
        sizes[f"S{number}"] = OneOf(((on, 1), (negation(on), 2)))
    graph = stack(Q=queue(**sizes))
    condition = " && ".join(f"node.properties.S{number} < 5" for number in range(8))

    judgement = judged(graph, rule(f"match: {{node: queue}}\nwhen: {condition}"))
    assert judgement.findings == []
    assert "more than 6 choices" in judgement.undecided[0].reason


def test_mistakes_in_raw_properties_are_diagnostics() -> None:
    """A raw property of another type is a diagnostic with rule and subject, at the expression."""
    judgement = judged(stack(Q=queue(Size="ten")), rule(SHORT))

    assert judgement.findings == []
    [diagnostic] = judgement.diagnostics
    assert diagnostic.path == "rule.yaml"
    assert diagnostic.message == "ORG1: Q: 'ten' where a number belongs"


def test_an_evaluation_is_bounded() -> None:
    """A rule that asks for a step per million of pairs is stopped and said, not run."""
    graph = stack(**{f"Q{n}": queue() for n in range(60)})
    many = (
        "match: graph\nwhen: graph.nodes.exists(a, graph.nodes.exists(b, graph.nodes.exists(c, graph.nodes.exists(d, d.name == 'none'))))"
    )

    judgement = judged(graph, rule(many))
    assert judgement.findings == []
    assert "more steps" in judgement.diagnostics[0].message


# severity and confidence


@pytest.mark.parametrize(
    ("size", "severity"),
    [(1, "error"), (3, "warning"), (Unknown("P", "a parameter"), "warning"), (OneOf(((PROD, 1), (DEV, 3))), "warning")],
)
def test_an_unknown_case_takes_the_mildest_still_possible(size: Any, severity: str) -> None:
    """Severity by cases: the first that holds; where that is open, the mildest of those that may."""
    text = "match: {node: queue}\nseverity: {cases: [{when: node.properties.Size < 2, is: error}, {is: warning}]}"

    [finding] = judged(stack(Q=queue(Size=size)), rule(text)).findings
    assert finding.severity == severity


def test_a_configured_severity_wins() -> None:
    """What a configuration says of severity replaces the file's."""
    [finding] = judged(stack(Q=queue()), rule("match: {node: queue}", severity="error")).findings
    assert finding.severity == "error"
    configured = rule("match: {node: queue}")
    configured.severity = "note"
    assert judged(stack(Q=queue()), configured).findings[0].severity == "note"


def test_parameters_reach_expressions() -> None:
    """`parameters.NAME` is the default of the file, or what a configuration says."""
    text = "match: {node: queue}\nwhen: node.properties.Size < parameters.limit\nparameters: {limit: 3}"
    graph = stack(Q=queue(Size=4))

    assert judged(graph, rule(text)).findings == []
    assert len(judged(graph, rule(text, parameters={"limit": 5})).findings) == 1


# subjects, words


def sns() -> EventGraph:
    return stack(
        Topic=("AWS::SNS::Topic", {"Subscription": [{"Protocol": "sqs", "Endpoint": arn("Q")}]}),
        Own=("AWS::SNS::Subscription", {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": arn("R")}),
        Rule=("AWS::Events::Rule", {"EventPattern": {"source": ["a"]}, "Targets": [{"Id": "work", "Arn": arn("Q")}]}),
        Q=queue(),
        R=queue(),
    )


def test_the_subject_of_a_part_is_its_resource_or_its_owner() -> None:
    """A subscription of its own is its own subject; an inline one is its topic's, a target its rule's, each with its element."""
    subjects = {
        (f.subject.address, f.subject.kind, bool(f.subject.element))
        for f in judged(sns(), rule("match: {part: [subscription, target]}")).findings
    }
    assert subjects == {("Topic", "topic", True), ("Own", "subscription", False), ("Rule", "rule", True)}


def test_the_subject_of_an_edge_is_its_source() -> None:
    """A finding about an edge belongs to who sends; `subject` says otherwise."""
    text = "match: {edge: deliver}\nwhen: edge.target.name == 'Q'"
    assert {f.subject.address for f in judged(sns(), rule(text)).findings} == {"Topic", "Rule"}
    assert {f.subject.address for f in judged(sns(), rule(text + "\nsubject: edge.target")).findings} == {"Q"}


def test_messages_name_things_as_their_users_do() -> None:
    """Nodes by their names, lists joined, texts with their holes, braces doubled are braces."""
    graph = stack(Q=queue(QueueName=text("orders-", Unknown("t.yaml#Stage", ""), ".fifo"), Tags=[{"Key": "a", "Value": "b"}]))
    message = (
        'message: "{node}: {{{node.names}}} {node.properties.QueueName} {node.tags.a} {node.properties.Nothing} {1 + 1} {[true, 2.50]}"'
    )

    assert found(graph, f"match: {{node: queue}}\n{message}") == ["Q: Q: {Q, orders-, .fifo} orders-${Stage}.fifo b nothing 2 true, 2.5"]


def test_let_names_expressions() -> None:
    """A name under `let` stands for its expression in every other key, later names see earlier ones."""
    text = 'match: {node: queue}\nlet: {size: node.properties.Size, twice: size * 2}\nwhen: twice > 6\nmessage: "{size} {twice}"'

    assert found(stack(Q=queue(Size=4), R=queue(Size=3)), text) == ["Q: 4 8"]


def test_path_gives_steps() -> None:
    """The path of a finding about an edge is its two nodes; the second carries the edge's kind."""
    [finding] = judged(sns(), rule("match: {edge: deliver}\nwhen: edge.source.kind == 'rule'")).findings
    assert [(s.node, s.edge) for s in finding.path] == [("Rule", ""), ("Q", "deliver")]


# supersession, identity


def test_supersession_is_by_subject_and_element() -> None:
    """A rule silences another at the same subject and element only; without an element at the whole subject."""
    graph = sns()
    weak = rule("match: {part: [subscription, target]}", id="ORG1")
    strong = rule("match: {part: target}\nsupersedes: [ORG1]", id="ORG2")

    assert {(f.rule, f.subject.address) for f in judged(graph, weak, strong).findings} == {
        ("ORG1", "Topic"),
        ("ORG1", "Own"),
        ("ORG2", "Rule"),
    }


def test_an_unknown_judgement_supersedes_nothing() -> None:
    """Where the stronger rule cannot be decided, the weaker one speaks."""
    graph = stack(Q=queue(Size=Unknown("P", "a parameter")))
    strong = rule("match: {node: queue}\nwhen: node.properties.Size > 1\nsupersedes: [ORG1]", id="ORG2")

    assert [f.rule for f in judged(graph, rule("match: {node: queue}"), strong).findings] == ["ORG1"]


def test_fingerprints_do_not_know_lines_messages_or_names() -> None:
    """Only rule, template, address, element and path are in a fingerprint; findings of one run never share one."""
    text = 'match: {node: queue}\nmessage: "{node.properties.QueueName}"'
    [one] = judged(graph_of(unit("t.yaml", Q=queue(QueueName="a"))), rule(text)).findings
    [two] = judged(graph_of(unit("t.yaml", P=("AWS::SNS::Topic", {}), Q=queue(QueueName="b"))), rule(text)).findings
    [other] = judged(graph_of(unit("u.yaml", Q=queue(QueueName="a"))), rule(text)).findings

    assert one.fingerprint == two.fingerprint != other.fingerprint
    many = judged(sns(), rule("match: {part: [subscription, target]}")).findings
    assert len({f.fingerprint for f in many}) == len(many) == 3


def test_findings_are_the_same_in_any_order_of_rules() -> None:
    """Order of rules changes nothing."""
    rules = [rule("match: {node: queue}", id=f"ORG{n}") for n in (3, 1, 2)]

    assert judged(sns(), *rules).findings == judged(sns(), *rules[::-1]).findings
