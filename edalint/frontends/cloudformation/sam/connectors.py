"""Connectors: `AWS::Serverless::Connector`, and `Connectors` on a resource. They make permissions, never the connection.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
"""

from __future__ import annotations

from edalint.frontends.cloudformation.sam.expansion import CONNECTOR, Expansion, allow, condition_of
from edalint.frontends.cloudformation.sam.shapes import get_att, is_absent, listed, plain, ref, referred, sub, text
from edalint.hints import Any
from edalint.model.graph import Place
from edalint.model.values import Map

CLOUDFORMATION = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
}
ARN_BY_REF = frozenset({"AWS::AppSync::DataSource", "AWS::AppSync::GraphQLApi", "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"})
ROLES = {
    "AWS::AppSync::DataSource": "ServiceRoleArn",
    "AWS::Lambda::Function": "Role",
    "AWS::StepFunctions::StateMachine": "RoleArn",
}
"""Type -> the property that holds its role."""


class End:
    """A side of a connector."""

    __slots__ = ("arn", "id", "name", "qualifier", "resource_id", "role", "type", "url")

    def __init__(self, type: str) -> None:
        self.type = type
        self.id: str | None = None
        self.arn: Any = None
        self.name: Any = None
        self.qualifier: Any = "*"
        self.resource_id: Any = None
        self.role: Any = None
        """Name of the role."""
        self.url: Any = None


def expand(expansion: Expansion) -> None:
    """Put what all connectors make into the expansion; functions and their roles are there already."""
    for id, resource in list(expansion.resources.items()):
        if not isinstance(resource, Map):
            continue
        if resource.get("Type") == CONNECTOR:
            expansion.out.pop(id, None)
            _connect(expansion, id, plain(resource.get("Properties")), None, condition_of(resource), Place(expansion.written, id))
        embedded = plain(resource.get("Connectors"))
        for key, connector in embedded.items():
            properties = plain(plain(connector).get("Properties"))
            _connect(expansion, f"{id}{key}", properties, id, condition_of(resource), Place(embedded, key))


def _connect(expansion: Expansion, id: str, properties: Map, source_id: str | None, condition: str | None, place: Place) -> None:
    destinations = properties.get("Destination")
    several = isinstance(destinations, list)
    given = properties.get("SourceReference") if source_id else properties.get("Source")
    source = plain(given).like({**plain(given), "Id": source_id}) if source_id else plain(given)
    permissions = {p for p in listed(properties.get("Permissions")) if isinstance(p, str)}
    for index, written in enumerate(listed(destinations)):
        destination = plain(written)
        left = _end(expansion, source, destination)
        right = _end(expansion, destination, source)
        rule = _profiles().get((left.type, right.type)) if left and right else None
        if left is None or right is None or rule is None:
            types = f"{left.type if left else 'an unknown source'} to {right.type if right else 'an unknown destination'}"
            expansion.diagnose(f"connector {id} goes from {types}, which SAM does not support", place)
            continue
        suffix = f"Destination{index}" if several else ""
        _make(expansion, id, suffix, rule, left, right, permissions, condition, place)


def _profiles() -> dict[tuple[str, str], tuple[str, dict[str, Any]]]:
    from edalint.frontends.cloudformation.sam.connector_profiles import PROFILES

    return PROFILES


def _end(expansion: Expansion, given: Map, other: Map) -> End | None:
    id = text(given.get("Id"))
    if id is None:
        kind = text(given.get("Type"))
        if kind is None:
            return None
        end = End(CLOUDFORMATION.get(kind, kind))
        end.arn, end.name, end.url = given.get("Arn"), given.get("Name"), given.get("QueueUrl")
        end.role, end.resource_id = given.get("RoleName"), given.get("ResourceId")
        end.qualifier = given.get("Qualifier", "*")
        return end
    resource = expansion.out.get(id)
    if not isinstance(resource, Map) or not isinstance(resource.get("Type"), str):
        return None
    kind = resource["Type"]
    properties = plain(resource.get("Properties"))
    end = End(kind)
    end.id = id
    end.arn = ref(id) if kind in ARN_BY_REF else get_att(id)
    end.name, end.url, end.resource_id = get_att(id, "Name"), ref(id), ref(id)
    if kind == "AWS::AppSync::GraphQLApi":
        end.resource_id = get_att(id, "ApiId")
    end.qualifier = given.get("Qualifier", "*")
    role = properties.get(ROLES[kind]) if kind in ROLES else _rule_role(properties, other) if kind == "AWS::Events::Rule" else None
    name = referred(role) if isinstance(role, dict) else None
    end.role = ref(name) if name else None
    return end


def _rule_role(properties: Map, destination: Map) -> Any:
    """The role of the target of a rule that the connector leads to."""
    for target in listed(properties.get("Targets")):
        arn = plain(target).get("Arn")
        wanted = destination.get("Id")
        if (wanted is not None and referred(arn) == wanted) or (not is_absent(destination.get("Arn")) and arn == destination.get("Arn")):
            return plain(target).get("RoleArn")
    return None


def _make(
    expansion: Expansion,
    id: str,
    suffix: str,
    rule: tuple[str, dict[str, Any]],
    source: End,
    destination: End,
    permissions: set[str],
    condition: str | None,
    place: Place,
) -> None:
    kind, categories = rule
    base = place.map if place.map is not None else Map()
    rows = [row for category, rows in categories.items() if category in permissions for row in rows]

    def add(suffix_of_kind: str, type: str, items: dict[str, Any]) -> None:
        expansion.add(f"{id}{suffix_of_kind}{suffix}", type, base.like(items), place, CONNECTOR, condition)

    def document(principal: str | None) -> Map:
        statements = [_statement(row, principal, source, destination) for row in rows]
        return Map({"Version": "2012-10-17", "Statement": statements})

    if kind in ("source-role", "destination-role"):
        holder = source if kind == "source-role" else destination
        if holder.role is None:
            expansion.diagnose(f"connector {id} finds no role of its {kind.partition('-')[0]}", place)
            return
        add("Policy", "AWS::IAM::ManagedPolicy", {"PolicyDocument": document(None), "Roles": [holder.role]})
    elif kind.startswith("permission "):
        principal, arn = kind.split()[1:]
        for category in categories:
            if category in permissions:
                items = {"Action": "lambda:InvokeFunction", "FunctionName": destination.arn, "Principal": principal}
                items["SourceArn"] = _filled(arn, source, destination)
                if principal == "s3.amazonaws.com":
                    items["SourceAccount"] = sub("${AWS::AccountId}")
                add(f"{category}LambdaPermission", "AWS::Lambda::Permission", items)
    elif kind.startswith("queue-policy "):
        policy = document(kind.split()[1])
        add("QueuePolicy", "AWS::SQS::QueuePolicy", {"PolicyDocument": policy, "Queues": [destination.url]})
    else:
        policy = document(kind.split()[1])
        add("TopicPolicy", "AWS::SNS::TopicPolicy", {"PolicyDocument": policy, "Topics": [destination.arn]})


def _statement(row: tuple[str, str, str], principal: str | None, source: End, destination: End) -> Map:
    service, actions, resources = row
    statement = allow([f"{service}:{a}" for a in actions.split()], [_filled(r, source, destination) for r in resources.split()])
    if principal is not None:
        statement["Principal"] = Map({"Service": principal})
        statement["Condition"] = Map({"ArnEquals": Map({"aws:SourceArn": source.arn})})
    return statement


def _filled(pattern: str, source: End, destination: End) -> Any:
    """A resource of a profile: `{S}` and `{D}` are the ARNs, `{name}` the destination's name, `{api}` the source's id and qualifier."""
    if pattern == "{S}":
        return source.arn
    if pattern == "{D}":
        return destination.arn
    values = {"S": source.arn, "D": destination.arn, "name": destination.name, "id": source.resource_id, "qualifier": source.qualifier}
    filled = pattern.replace("arn:", "arn:${AWS::Partition}:", 1).replace("@", "${AWS::Region}:${AWS::AccountId}")
    used = {key: value for key, value in values.items() if f"{{{key}}}" in pattern}
    for key in used:
        filled = filled.replace(f"{{{key}}}", f"${{{key}}}")
    return sub(filled, **used)
