"""Whether what an event goes to lets its sender in: resource policies, Lambda permissions and keys, asked for each edge."""

from __future__ import annotations

from edalint.facts._documents import arn_of, resource_policies, statements_in
from edalint.facts._permissions import Sender, admits, invocable, key_admits, key_of, service_context
from edalint.facts.registry import fact
from edalint.facts.view import View
from edalint.iam.conditions import all_hold
from edalint.iam.decision import Principal, Request, applies_to, service_is
from edalint.iam.document import Statement
from edalint.linking import arns
from edalint.model.graph import Edge, Node, Part
from edalint.model.lazy import pattern
from edalint.model.resources import Resource
from edalint.model.values import Kleene, Text, Unknown, Value, text_of
from edalint.services.identity import shape_of

SENDING = {"queue": "sqs:SendMessage", "topic": "sns:Publish"}
"""What a service does with a node that has a policy of its own."""
EVENTS, SNS, S3, IOT = "events.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com", "iot.amazonaws.com"
API_GATEWAY, ALARMS = "apigateway.amazonaws.com", "cloudwatch.amazonaws.com"
ALARMS_TO_LAMBDA = "lambda.alarms.cloudwatch.amazonaws.com"
METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "ANY"})
_VARIABLE = pattern(r"(\{[^}]*\})")
_APIS = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")


def sender_of(view: View, edge: Edge) -> Sender | None:
    """The service that brings the event by itself; None where a role does, or somebody whom we can't tell.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    resource = edge.source.resource
    if resource is None:
        return _topic_outside(view, edge)
    service = _service(view, edge, resource.type)
    if not service:
        return None
    arn = _request_arn(view, edge, resource) if service == API_GATEWAY else arn_of(view, resource)
    return Sender(service, arn, view.value(resource.unit.account))


def _topic_outside(view: View, edge: Edge) -> Sender | None:
    """The sender of a subscription to a topic that is not in the run: SNS all the same, for whatever the subscription calls its topic."""
    part = edge.part
    if part is None or part.kind != "subscription" or edge.target.kind not in ("queue", "function"):
        return None
    topic = view.value(view.get(part.properties, "TopicArn"))
    if not isinstance(topic, (str, Text, Unknown)):
        return None
    called = arns.arn(topic) if arns.is_arn(topic) else None
    return Sender(SNS, topic, called.account if called is not None else Unknown("", "the account of a topic that is not in this run"))


def _request_arn(view: View, edge: Edge, api: Resource, *, exact: bool = True) -> Value:
    """The ARN of a call of an API: its stage is not known, method and path are where the edge's element says them."""
    unit, id = api.unit, shape_of(api, "id", view.graph.resources)
    verb, _, path = edge.element.partition(" ")
    anything = Unknown("", "the method and path of the call")
    # Every call has a stage and, after a slash, a route: a permission for `API/*/*` lets all of them in.
    called: list[Value] = [anything] if edge.attributes.get("authorizer") else [Unknown("", "the stage", excludes="/"), "/", anything]
    if exact and edge.attributes.get("authorizer"):
        called = ["authorizers/", anything]
    elif exact and verb in METHODS and path.startswith("/") and "?" not in path:
        stage, method = (Unknown("", f"the {part}", excludes="/") for part in ("stage", "method"))
        written = [p if i % 2 == 0 else anything for i, p in enumerate(_VARIABLE.split(path))]
        called = [stage, "/", method if verb == "ANY" else verb, *written]
    return text_of(["arn:aws:execute-api:", unit.region, ":", unit.account, ":", id, "/", *called])


def _service(view: View, edge: Edge, type: str) -> str:
    role = view.target(edge.part, "role") if edge.part is not None else None
    kind = edge.target.kind
    if type == "AWS::Events::Rule":
        return EVENTS if role is None or edge.kind == "dead-letter" else ""
    if type == "AWS::SNS::Topic":
        return SNS if kind in ("queue", "topic", "function") else ""
    if type == "AWS::S3::Bucket":
        return S3 if edge.kind == "deliver" else ""
    if type == "AWS::IoT::TopicRule":
        return IOT if kind == "function" else ""
    if type in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
        return ALARMS_TO_LAMBDA if kind == "function" else ALARMS
    if type in _APIS and edge.kind == "invoke" and kind == "function":
        return API_GATEWAY if role is None and not _authorizer_has_role(view, edge) else ""
    return ""


def _authorizer_has_role(view: View, edge: Edge) -> bool:
    """Whether an API's authorizer is called with a role: by a resource of its own, or inside an OpenAPI body."""
    if not edge.attributes.get("authorizer"):
        return False
    place = edge.place
    inside = view.value(place.map.get(place.key)) if place.map is not None and place.key is not None else None
    written = [view.get(edge.resource.properties, name) for name in ("AuthorizerCredentials", "AuthorizerCredentialsArn")]
    return any(v is not None for v in (*written, view.get(inside, "authorizerCredentials")))


@fact("edge:deliver", "edge:dead-letter", "edge:publish", "edge:invoke", gives="string")
def sending_service(edge: Edge, view: View) -> str | None:
    """The service principal that brings the event (`events.amazonaws.com`); absent where a role or code does."""
    sender = sender_of(view, edge)
    return sender.service if sender is not None else None


@fact("edge:deliver", "edge:dead-letter", "edge:invoke", gives="bool")
def policy_admits(edge: Edge, view: View) -> Kleene | None:
    """Whether the queue's or topic's policy, or the function's permissions, let the sending service in for this very source.

    Absent where nobody asks a policy: a role brings the event, or what it goes to has no policy.
    """
    sender = sender_of(view, edge)
    if sender is None:
        return None
    if edge.target.kind == "function":
        qualifier = str(edge.attributes.get("qualifier") or "")
        admitted = invocable(view, edge.target, sender, qualifier)
        if admitted is False and sender.service == API_GATEWAY:  # a path that could not be followed is no reason to refuse
            any_call = _request_arn(view, edge, edge.source.resource, exact=False)
            admitted = invocable(view, edge.target, sender._replace(arn=any_call), qualifier)
        return admitted
    action = SENDING.get(edge.target.kind)
    return admits(view, edge.target, sender, action) if action is not None else None


@fact("edge:deliver", "edge:dead-letter", "edge:publish", gives="bool", name="key_admits")
def key_admits_sender(edge: Edge, view: View) -> Kleene | None:
    """Whether the key of the queue or topic lets the sending service use it; absent where no key is asked, or no service asks.

    The keys `alias/aws/sqs` and `alias/aws/sns` let no service in.
    """
    sender = sender_of(view, edge)
    if sender is None or edge.target.kind not in SENDING:
        return None
    return key_admits(view, edge.target, sender)


@fact("edge:deliver", "edge:dead-letter", "edge:publish", gives="string")
def key(edge: Edge, view: View) -> str | Unknown | None:
    """What encrypts the queue or topic that it leads to: the name of a key of the run, `alias/aws/sqs` or `alias/aws/sns`."""
    found = key_of(view, edge.target)
    if isinstance(found, str):
        return f"alias/aws/{'sqs' if edge.target.kind == 'queue' else 'sns'}"
    return found if found is None or isinstance(found, Unknown) else found.name


@fact("edge:deliver", "edge:dead-letter", "edge:invoke", gives="string")
def refusal(edge: Edge, view: View) -> str | None:
    """In words, what is wrong with the policy or permissions that don't let the sender in; absent where they do or may."""
    if policy_admits(edge, view) is not False:
        return None
    sender = sender_of(view, edge)
    assert sender is not None  # else nothing was refused
    if edge.target.kind == "function":
        return _missing_permission(view, edge.target, sender)
    return _missing_statement(view, edge.target, sender)


def _missing_permission(view: View, function: Node, sender: Sender) -> str:
    assert function.resource is not None
    parts = [p for p in view.policies(function.resource.id) if p.kind == "permission"]
    if not any(service_is(view.value(p.data.get("principal")), sender.service) is True for p in parts):
        return f"no Lambda permission lets {sender.service} invoke it"
    return f"its Lambda permission for {sender.service} is for another source or alias"


def _missing_statement(view: View, node: Node, sender: Sender) -> str:
    assert node.resource is not None
    parts = resource_policies(view, node.resource)
    if not parts:
        return f"it has no {node.kind} policy"
    request = Request(SENDING[node.kind], arn_of(view, node), Principal(service=sender.service), service_context(sender))
    named = [s for p in parts for s in _known(view, p) if applies_to(s, request, conditions=False) is True]
    if any(s.effect == "Deny" and _holds(s, request) for s in named):
        return f"its policy denies {sender.service}"
    if any(s.effect == "Allow" for s in named):
        return f"its policy lets {sender.service} in for another source only"
    return f"its policy does not let {sender.service} in"


def _known(view: View, part: Part) -> list[Statement]:
    found = statements_in(view, part)
    return [] if isinstance(found, Unknown) else found


def _holds(statement: Statement, request: Request) -> bool:
    return not isinstance(statement.conditions, Unknown) and all_hold(statement.conditions, request.context) is True


@fact("part:target", "part:subscription", gives="edge:dead-letter")
def dead_letter_route(part: Part, view: View) -> Edge | None:
    """The edge to the queue for what this target or subscription could not deliver."""
    return next((e for e in part.edges if e.kind == "dead-letter" and view.exists(e)), None)
