"""API destinations, connections and their secrets, HTTP subscriptions."""

from __future__ import annotations

from typing import Any

import pytest

from edalint.facts.view import View
from edalint.model.values import Unknown
from tests.building import arn, ref, stack, text

DESTINATION = "AWS::Events::ApiDestination"
FUNCTION = ("AWS::Lambda::Function", {"Role": "arn:aws:iam::123456789012:role/r"})
HOST = Unknown("t.yaml#Parameters.Host", outside=True)


def ask(view: View, name: str, address: str = "D") -> Any:
    return view.fact(view.graph.nodes[f"t.yaml#{address}"], name)


def destination(url: Any, **resources: Any) -> View:
    return View(stack(D=(DESTINATION, {"InvocationEndpoint": url}), **resources))


@pytest.mark.parametrize(
    ("url", "scheme"),
    [("http://a.b/c", "http"), ("HTTP://a.b/c", "http"), ("https://a.b/?u=http://c", "https"), (text("http://", HOST, "/c"), "http")],
)
def test_the_scheme_of_a_url(url: Any, scheme: str) -> None:
    """The beginning decides, however little is known of the rest."""
    view = destination(url)
    (part,) = [p for p in view.graph.parts if p.kind == "endpoint"]
    assert view.fact(part, "scheme") == scheme


def test_a_scheme_that_is_not_known() -> None:
    """A URL that is a parameter may be either."""
    view = destination(HOST)
    assert isinstance(view.fact(view.graph.parts[0], "scheme"), Unknown)


def test_places_for_path_parameters() -> None:
    """Every `*`; a hole may hold some, the id of an API holds none."""
    assert ask(destination("https://a.b/*/c/*"), "path_wildcards") == 2
    assert isinstance(ask(destination(text("https://", HOST, "/*")), "path_wildcards"), Unknown)
    region = Unknown("AWS::Region", outside=True, excludes=":/*?")
    assert ask(destination(text("https://x.", region, ".b/*")), "path_wildcards") == 1


def test_who_answers_at_a_url_of_the_run() -> None:
    """The function of the path that the URL names, where that can be told; else all that the API calls."""

    def operation(address: str) -> dict[str, Any]:
        uri = text("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/", arn(address), "/invocations")
        return {"post": {"x-amazon-apigateway-integration": {"type": "aws_proxy", "uri": uri}}}

    body = {"paths": {"/orders": operation("F"), "/returns": operation("G")}}
    resources = {"A": ("AWS::ApiGatewayV2::Api", {"Body": body}), "F": FUNCTION, "G": FUNCTION}
    for path, expected in (("orders", ["F"]), ("other", ["F", "G"])):
        view = destination(text("https://", ref("A"), f".execute-api.eu-west-1.amazonaws.com/{path}"), **resources)
        assert [n.address for n in ask(view, "functions_behind")] == expected
    assert ask(destination("https://partner.example.com/orders", **resources), "functions_behind") == []


def test_how_much_arrives() -> None:
    """Schedules send one event each time they fire; who says nothing adds nothing that is known."""

    def rule(**properties: Any) -> tuple[str, dict[str, Any]]:
        return ("AWS::Events::Rule", {"Targets": [{"Id": "d", "Arn": arn("D")}], **properties})

    minute = rule(ScheduleExpression="rate(1 minute)")
    assert ask(destination("https://a.b", A=minute, B=minute), "arrival_rate") == pytest.approx(2 / 60)
    assert isinstance(ask(destination("https://a.b", A=rule(ScheduleExpression="cron(0 2 * * ? *)")), "arrival_rate"), Unknown)
    assert ask(destination("https://a.b", A=rule(EventPattern={"source": ["shop"]})), "arrival_rate") is None


@pytest.mark.parametrize(
    ("auth", "found"),
    [
        ({"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "secret"}}, ["ApiKeyAuthParameters.ApiKeyValue"]),
        ({"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "{{resolve:secretsmanager:a}}"}}, []),
        ({"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": HOST}}, []),
        ({"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": ""}}, []),
        (
            {"OAuthParameters": {"ClientParameters": {"ClientID": "i", "ClientSecret": "s"}}},
            ["OAuthParameters.ClientParameters.ClientSecret"],
        ),
        (
            {
                "InvocationHttpParameters": {
                    "HeaderParameters": [{"Key": "a", "Value": "b", "IsValueSecret": True}, {"Key": "c", "Value": "d"}]
                }
            },
            ["InvocationHttpParameters.HeaderParameters"],
        ),
        (Unknown("", "not known"), []),
    ],
)
def test_secrets_that_stand_in_a_template(auth: Any, found: list[str]) -> None:
    """Literals are, references and what is not known are not."""
    view = View(stack(C=("AWS::Events::Connection", {"AuthParameters": auth})))
    assert view.fact(view.graph.parts[0], "literal_secrets") == found
