"""Events that other services push: SNS, S3, IoT, CloudWatch Logs, Cognito, Alexa; each lets its service call the function."""

from __future__ import annotations

from edalint.frontends.cloudformation.sam.expansion import Event, Expansion
from edalint.frontends.cloudformation.sam.pull import MANAGED
from edalint.frontends.cloudformation.sam.shapes import (
    NO_VALUE,
    get_att,
    is_absent,
    is_intrinsic,
    listed,
    plain,
    ref,
    referred,
    renamed,
    sub,
    text,
)
from edalint.hints import Any
from edalint.model import digests
from edalint.model.values import Map


def permission(
    expansion: Expansion,
    event: Event,
    principal: str,
    *,
    id: str = "",
    source: str = "",
    source_arn: Any = None,
    source_account: Any = None,
    token: Any = None,
) -> str:
    """Let a service call the function (or its alias); `source` is the event's property that the permission is made from."""
    id = id or f"{event.id}Permission"
    items = {"Action": "lambda:InvokeFunction", "FunctionName": event.owner.name, "Principal": principal}
    for name, value in (("SourceArn", source_arn), ("SourceAccount", source_account), ("EventSourceToken", token)):
        if not is_absent(value):
            items[name] = value
    expansion.generate(event, id, "AWS::Lambda::Permission", renamed(event.properties, items, {"SourceArn": source}))
    return id


def suffixed(id: str, suffix: str) -> str:
    """An id with a suffix; a suffix that no id may hold comes as a short digest."""
    return f"{id}{suffix if suffix.isalnum() else digests.sha1(suffix.encode())[:10]}"


def wanted(expansion: Expansion, event: Event, name: str) -> Any:
    """A property that the event needs; its absence is said."""
    value = event.get(name)
    if value is None:
        expansion.diagnose(f"event {event.key} of {event.owner.id} has no {name}", event.place)
    return value


# SNS


def topic(expansion: Expansion, event: Event) -> None:
    """A subscription of the function, or of a queue that it polls."""
    arn = wanted(expansion, event, "Topic")
    if arn is None:
        return
    through = event.get("SqsSubscription")
    if through is None or through is False:
        permission(expansion, event, "sns.amazonaws.com", source_arn=arn, source="Topic")
        _subscription(expansion, event, "lambda", event.owner.arn)
        return
    batch: Any = 10
    policy = f"{event.id}QueuePolicy"
    if isinstance(through, Map) and not is_intrinsic(through):
        queue, url = through.get("QueueArn"), through.get("QueueUrl")
        if is_absent(queue) or is_absent(url):
            expansion.diagnose(f"SqsSubscription of event {event.key} of {event.owner.id} needs QueueArn and QueueUrl", event.place)
            return
        batch = through.get("BatchSize") or batch
        policy = text(through.get("QueuePolicyLogicalId")) or policy
    else:
        queue, url = get_att(f"{event.id}Queue"), ref(f"{event.id}Queue")
        fifo = _is_fifo(expansion, arn)
        expansion.generate(event, f"{event.id}Queue", "AWS::SQS::Queue", event.properties.like({"FifoQueue": fifo} if fifo else {}))
    mapping = {"FunctionName": event.owner.name, "EventSourceArn": queue, "BatchSize": batch, "Enabled": True}
    names = {"EventSourceArn": "SqsSubscription", "BatchSize": "SqsSubscription"}
    body = renamed(event.properties, mapping, names)
    expansion.generate(event, f"{event.id}EventSourceMapping", "AWS::Lambda::EventSourceMapping", body)
    if event.owner.role is not None:
        event.owner.role.attach(MANAGED["SQS"])
    queue_policy(expansion, event, policy, queue, url, "*", arn)
    _subscription(expansion, event, "sqs", queue)


def _is_fifo(expansion: Expansion, arn: Any) -> Any:
    resource = expansion.written.get(referred(arn) or "")
    return expansion.literal(plain(plain(resource).get("Properties")).get("FifoTopic"))


def _subscription(expansion: Expansion, event: Event, protocol: str, endpoint: Any) -> None:
    items = {"Protocol": protocol, "Endpoint": endpoint, "TopicArn": event.get("Topic")}
    items.update(event.passed("Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"))
    names = {"TopicArn": "Topic", "Endpoint": "SqsSubscription", "Protocol": "SqsSubscription"}
    expansion.generate(event, event.id, "AWS::SNS::Subscription", renamed(event.properties, items, names))


def queue_policy(expansion: Expansion, event: Event, id: str, queue: Any, url: Any, principal: Any, source: Any) -> None:
    """The policy of a queue that lets one source send to it."""
    statement = Map(
        {
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Principal": principal,
            "Resource": queue,
            "Condition": Map({"ArnEquals": Map({"aws:SourceArn": source})}),
        }
    )
    document = Map({"Version": "2012-10-17", "Statement": [statement]})
    expansion.generate(event, id, "AWS::SQS::QueuePolicy", event.properties.like({"PolicyDocument": document, "Queues": [url]}))


# S3, Cognito: written into the resource that sends


def bucket(expansion: Expansion, event: Event) -> None:
    """A notification of a bucket of the same template."""
    given = event.get("Bucket")
    id = given.get("Ref") if isinstance(given, Map) else None
    resource = expansion.editable(id) if isinstance(id, str) else None
    granted = permission(expansion, event, "s3.amazonaws.com", source_account=ref("AWS::AccountId"))
    if resource is None:
        expansion.diagnose(f"event {event.key} of {event.owner.id} must name a bucket of the same template by Ref", event.place)
        return
    configuration = resource["Properties"].get("NotificationConfiguration")
    if not isinstance(configuration, Map):
        configuration = resource["Properties"].like({})
    elif is_intrinsic(configuration):
        return
    notifications = list(listed(configuration.get("LambdaConfigurations")))
    for name in listed(event.get("Events")):
        items = {"Event": name, "Function": event.owner.arn, **event.passed("Filter")}
        entry: Map = renamed(event.properties, items, {"Event": "Events", "Function": "Bucket"})
        if event.condition is not None:
            entry = Map({"Fn::If": [event.condition, entry, NO_VALUE]})
        if entry not in notifications:
            notifications.append(entry)
    resource["Properties"]["NotificationConfiguration"] = configuration.like({**configuration, "LambdaConfigurations": notifications})
    if event.condition is None:
        resource["DependsOn"] = list(dict.fromkeys([*(d for d in listed(resource.get("DependsOn")) if isinstance(d, str)), granted]))


def user_pool(expansion: Expansion, event: Event) -> None:
    """A trigger of a user pool of the same template."""
    given = event.get("UserPool")
    id = given.get("Ref") if isinstance(given, Map) else None
    resource = expansion.editable(id) if isinstance(id, str) else None
    if resource is None:
        expansion.diagnose(f"event {event.key} of {event.owner.id} must name a user pool of the same template by Ref", event.place)
        return
    permission(
        expansion, event, "cognito-idp.amazonaws.com",
        id=f"{event.owner.name.get('Ref')}CognitoPermission", source_arn=get_att(str(id)), source="UserPool",
    )  # fmt: skip
    config = plain(resource["Properties"].get("LambdaConfig"))
    triggers = {name: event.owner.arn for name in listed(event.get("Trigger")) if isinstance(name, str)}
    resource["Properties"]["LambdaConfig"] = renamed(event.properties, {**triggers, **config}, dict.fromkeys(triggers, "Trigger"))


# IoT, CloudWatch Logs, Alexa


def iot_rule(expansion: Expansion, event: Event) -> None:
    """A topic rule that calls the function."""
    arn = sub("arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}", RuleName=ref(event.id))
    permission(expansion, event, "iot.amazonaws.com", source_arn=arn, source_account=sub("${AWS::AccountId}"))
    action = Map({"Lambda": Map({"FunctionArn": event.owner.arn})})
    payload = {"RuleDisabled": False, "Actions": [action], **event.passed("Sql", "AwsIotSqlVersion")}
    body = renamed(event.properties, {"TopicRulePayload": event.properties.like(payload)}, {"TopicRulePayload": "Sql"})
    expansion.generate(event, event.id, "AWS::IoT::TopicRule", body)


def logs(expansion: Expansion, event: Event) -> None:
    """A subscription filter that calls the function."""
    group = wanted(expansion, event, "LogGroupName")
    arn = sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*", __LogGroupName__=group)
    granted = permission(expansion, event, "logs.amazonaws.com", source_arn=arn, source="LogGroupName")
    items = {"DestinationArn": event.owner.arn, **event.passed("LogGroupName", "FilterPattern")}
    expansion.generate(event, event.id, "AWS::Logs::SubscriptionFilter", event.properties.like(items), granted)


def alexa(expansion: Expansion, event: Event) -> None:
    """Alexa may call the function."""
    permission(expansion, event, "alexa-appkit.amazon.com", token=event.get("SkillId"))
