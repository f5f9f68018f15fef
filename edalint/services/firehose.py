"""Amazon Data Firehose: delivery streams, where they read and where they write."""

from __future__ import annotations

from edalint.model.graph import Declarations, End, Place
from edalint.model.resources import Resource, get
from edalint.services._shared import maps
from edalint.services._terraform import Rules, many, one, translation
from edalint.services.registry import Identity, declares, identities, terraform

DIRECT = ("S3DestinationConfiguration", "ExtendedS3DestinationConfiguration")
"""Destinations that are a bucket."""
BUFFERED = ("S3Configuration", "S3BackupConfiguration")
"""Inside any destination: the bucket through which it loads, or which keeps what it could not deliver."""
DESTINATIONS = (
    *DIRECT, "RedshiftDestinationConfiguration", "ElasticsearchDestinationConfiguration", "AmazonopensearchserviceDestinationConfiguration",
    "AmazonOpenSearchServerlessDestinationConfiguration", "SplunkDestinationConfiguration", "HttpEndpointDestinationConfiguration",
    "SnowflakeDestinationConfiguration", "IcebergDestinationConfiguration",
)  # fmt: skip

identities(
    {
        "AWS::KinesisFirehose::DeliveryStream": Identity(
            "stream",
            "DeliveryStreamName",
            "name",
            arn="arn:{P}:firehose:{R}:{A}:deliverystream/{name}",
            attributes={"Arn": "arn"},
        )
    }
)

_PROCESSING = one(
    "ProcessingConfiguration",
    {"processors": many("Processors", {"parameters": many("Parameters")})},
)
_BUCKET: Rules = {"bucket_arn": "BucketARN", "role_arn": "RoleARN"}
_EXTENDED: Rules = {**_BUCKET, "processing_configuration": _PROCESSING, "s3_backup_configuration": one("S3BackupConfiguration", _BUCKET)}
_THROUGH_S3: Rules = {"s3_configuration": one("S3Configuration", _BUCKET), "processing_configuration": _PROCESSING}
_REDSHIFT: Rules = {**_THROUGH_S3, "s3_backup_configuration": one("S3BackupConfiguration", _BUCKET)}
terraform(
    {
        "aws_kinesis_firehose_delivery_stream": translation(
            "AWS::KinesisFirehose::DeliveryStream",
            {
                "name": "DeliveryStreamName",
                "kinesis_source_configuration": one(
                    "KinesisStreamSourceConfiguration", {"kinesis_stream_arn": "KinesisStreamARN", "role_arn": "RoleARN"}
                ),
                "msk_source_configuration": one("MSKSourceConfiguration", {"msk_cluster_arn": "MSKClusterARN"}),
                "extended_s3_configuration": one("ExtendedS3DestinationConfiguration", _EXTENDED),
                "s3_configuration": one("S3DestinationConfiguration", _BUCKET),
                "redshift_configuration": one("RedshiftDestinationConfiguration", _REDSHIFT),
                "elasticsearch_configuration": one("ElasticsearchDestinationConfiguration", _THROUGH_S3),
                "opensearch_configuration": one("AmazonopensearchserviceDestinationConfiguration", _THROUGH_S3),
                "opensearchserverless_configuration": one("AmazonOpenSearchServerlessDestinationConfiguration", _THROUGH_S3),
                "splunk_configuration": one("SplunkDestinationConfiguration", _THROUGH_S3),
                "http_endpoint_configuration": one("HttpEndpointDestinationConfiguration", _THROUGH_S3),
                "snowflake_configuration": one("SnowflakeDestinationConfiguration", _THROUGH_S3),
                "iceberg_configuration": one("IcebergDestinationConfiguration", _THROUGH_S3),
                "destination": None,
            },
            {"arn": "Arn", "id": "Arn", "name": "Ref"},
        )
    }
)


@declares("AWS::KinesisFirehose::DeliveryStream")
def delivery_stream(resource: Resource, declare: Declarations) -> None:
    """A delivery stream, the stream that it reads (if it does not take records directly), its buckets and its transforming function."""
    node = declare.node(resource, "stream", product="firehose")
    for name, key in (("KinesisStreamSourceConfiguration", "KinesisStreamARN"), ("MSKSourceConfiguration", "MSKClusterARN")):
        source = resource.get(name, key)
        if source is not None:
            declare.edge("poll", End(source, ("stream",), "arn", resource), node, resource, place=Place(resource.properties, name))
    for name in DESTINATIONS:
        for when, destination in maps(resource.get(name)):
            place = Place(resource.properties, name)
            bucket = get(destination, "BucketARN")
            if bucket is not None:
                declare.edge("deliver", node, End(bucket, ("bucket",), "arn", resource), resource, when=when, place=place)
            for backup in BUFFERED:
                bucket = get(destination, backup, "BucketARN")
                if bucket is not None:
                    declare.edge("deliver", node, End(bucket, ("bucket",), "arn", resource), resource, when=when, place=place, backup=True)
            for condition, processor in maps(get(destination, "ProcessingConfiguration", "Processors")):
                for _, parameter in maps(processor.get("Parameters")):
                    if get(parameter, "ParameterName") == "LambdaArn":
                        function = End(get(parameter, "ParameterValue"), ("function",), "any", resource)
                        declare.edge("invoke", node, function, resource, when=condition, place=place)
