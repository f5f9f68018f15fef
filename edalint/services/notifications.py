"""AWS services that do nothing with events but tell somebody of their own: a topic, a queue or a function is their only tie.

They come out as something outside that publishes; a topic of theirs has a publisher, a function of theirs is called.
"""

from __future__ import annotations

from collections.abc import Iterator

from edalint.model.conditions import Condition, both
from edalint.model.graph import Declarations, End, Place
from edalint.model.records import NamedTuple
from edalint.model.resources import Resource, get
from edalint.model.values import Map, Value, alternatives, items
from edalint.services._terraform import Rules, many, one, translation
from edalint.services.registry import declares, terraform


class Tells(NamedTuple):
    """Where a resource names whom it tells (`[]` goes through a list), what can stand there, and how it is told."""

    service: str
    path: tuple[str, ...]
    kinds: tuple[str, ...]
    edge: str
    form: str = "arn"


_TOPIC = ("topic",)
TELLING: dict[str, tuple[Tells, ...]] = {
    "AWS::RDS::EventSubscription": (Tells("aws.rds", ("SnsTopicArn",), _TOPIC, "publish"),),
    "AWS::Redshift::EventSubscription": (Tells("aws.redshift", ("SnsTopicArn",), _TOPIC, "publish"),),
    "AWS::DMS::EventSubscription": (Tells("aws.dms", ("SnsTopicArn",), _TOPIC, "publish"),),
    "AWS::ElastiCache::ReplicationGroup": (Tells("aws.elasticache", ("NotificationTopicArn",), _TOPIC, "publish"),),
    "AWS::ElastiCache::CacheCluster": (Tells("aws.elasticache", ("NotificationTopicArn",), _TOPIC, "publish"),),
    "AWS::DAX::Cluster": (Tells("aws.dax", ("NotificationTopicARN",), _TOPIC, "publish"),),
    "AWS::AutoScaling::AutoScalingGroup": (Tells("aws.autoscaling", ("NotificationConfigurations", "[]", "TopicARN"), _TOPIC, "publish"),),
    "aws_autoscaling_notification": (Tells("aws.autoscaling", ("TopicARN",), _TOPIC, "publish"),),
    "AWS::AutoScaling::LifecycleHook": (Tells("aws.autoscaling", ("NotificationTargetARN",), ("topic", "queue"), "publish"),),
    "AWS::CloudTrail::Trail": (Tells("aws.cloudtrail", ("SnsTopicName",), _TOPIC, "publish", "any"),),
    "AWS::Config::DeliveryChannel": (Tells("aws.config", ("SnsTopicARN",), _TOPIC, "publish"),),
    "AWS::CodeStarNotifications::NotificationRule": (
        Tells("aws.codestar-notifications", ("Targets", "[]", "TargetAddress"), _TOPIC, "publish"),
    ),
    "AWS::CodeCommit::Repository": (Tells("aws.codecommit", ("Triggers", "[]", "DestinationArn"), ("topic", "function"), "publish"),),
    "AWS::Budgets::Budget": (
        Tells("aws.budgets", ("NotificationsWithSubscribers", "[]", "Subscribers", "[]", "Address"), _TOPIC, "publish"),
    ),
    "AWS::Backup::BackupVault": (Tells("aws.backup", ("Notifications", "SNSTopicArn"), _TOPIC, "publish"),),
    "AWS::SES::ConfigurationSetEventDestination": (
        Tells("aws.ses", ("EventDestination", "SnsDestination", "TopicARN"), _TOPIC, "publish"),
        Tells("aws.ses", ("EventDestination", "KinesisFirehoseDestination", "DeliveryStreamARN"), ("stream",), "publish"),
    ),
    "AWS::Config::ConfigRule": (Tells("aws.config", ("Source", "SourceIdentifier"), ("function",), "deliver"),),
}
"""Type -> whom it tells."""
CHATBOTS = ("AWS::Chatbot::SlackChannelConfiguration", "AWS::Chatbot::MicrosoftTeamsChannelConfiguration")

_MAIL: Rules = {
    "sns_destination": one("SnsDestination", {"topic_arn": "TopicARN"}),
    "kinesis_firehose_destination": one("KinesisFirehoseDestination", {"delivery_stream_arn": "DeliveryStreamARN"}),
}
terraform(
    {
        "aws_db_event_subscription": translation("AWS::RDS::EventSubscription", {"sns_topic": "SnsTopicArn"}),
        "aws_redshift_event_subscription": translation("AWS::Redshift::EventSubscription"),
        "aws_dms_event_subscription": translation("AWS::DMS::EventSubscription"),
        "aws_elasticache_cluster": translation("AWS::ElastiCache::CacheCluster"),
        "aws_elasticache_replication_group": translation("AWS::ElastiCache::ReplicationGroup"),
        "aws_dax_cluster": translation("AWS::DAX::Cluster", {"notification_topic_arn": "NotificationTopicARN"}),
        "aws_config_config_rule": translation("AWS::Config::ConfigRule", {"source": one("Source")}),
        "aws_sesv2_configuration_set_event_destination": translation(
            "AWS::SES::ConfigurationSetEventDestination", {"event_destination": one("EventDestination", _MAIL)}
        ),
        "aws_autoscaling_notification": translation("aws_autoscaling_notification", {"topic_arn": "TopicARN"}),
        "aws_autoscaling_lifecycle_hook": translation(
            "AWS::AutoScaling::LifecycleHook", {"notification_target_arn": "NotificationTargetARN"}
        ),
        "aws_config_delivery_channel": translation("AWS::Config::DeliveryChannel", {"sns_topic_arn": "SnsTopicARN"}),
        "aws_cloudtrail": translation("AWS::CloudTrail::Trail", {"sns_topic_name": "SnsTopicName"}),
        "aws_codestarnotifications_notification_rule": translation(
            "AWS::CodeStarNotifications::NotificationRule", {"target": many("Targets", {"address": "TargetAddress"})}
        ),
    }
)


@declares(*TELLING)
def teller(resource: Resource, declare: Declarations) -> None:
    """Whom the service tells."""
    for tells in TELLING[resource.type]:
        for when, value in _along(resource.properties, tells.path):
            if tells.form == "arn" and isinstance(value, str) and not value.startswith("arn:"):
                continue  # a mail address, the name of a rule that AWS wrote
            end = End(value, tells.kinds, tells.form, resource)
            place = Place(resource.properties, tells.path[0])
            declare.edge(tells.edge, End(tells.service, ("external",), "arn", resource), end, resource, when=when, place=place)


@declares(*CHATBOTS)
def chatbot(resource: Resource, declare: Declarations) -> None:
    """A chat channel is a subscriber of its topics."""
    for when, topic in items(resource.get("SnsTopicArns")):
        place = Place(resource.properties, "SnsTopicArns")
        channel = End(f"chat channel {resource.address}", ("external",), "arn", resource)
        declare.edge("deliver", End(topic, ("topic",), "arn", resource), channel, resource, when=when, place=place)


def _along(value: Value, path: tuple[str, ...]) -> Iterator[tuple[Condition, Value]]:
    """Everything at the end of a path of keys, with its condition."""
    if not path:
        yield from ((when, plain) for when, plain in alternatives(value) if plain is not None)
        return
    if path[0] == "[]":
        for when, item in items(value):
            yield from ((both(when, inner), found) for inner, found in _along(item, path[1:]))
    elif isinstance(value, Map):
        yield from _along(get(value, path[0]), path[1:])
