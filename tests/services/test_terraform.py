"""What Terraform's resources declare, those of their own kind included: the same edges and parts as CloudFormation's."""

from __future__ import annotations

from pathlib import Path

from edalint.analysis import analyze
from edalint.model.graph import EventGraph, Part
from edalint.model.resources import Resource
from edalint.model.values import Ref, Unknown


def graph_of(folder: Path, text: str) -> EventGraph:
    (folder / "main.tf").write_text(text, "utf-8")
    graph: EventGraph = analyze([folder], judge=False).graph
    return graph


def edges(graph: EventGraph) -> set[str]:
    return {f"{e.source.address} {e.kind} {e.target.address}" for e in graph.edges}


def resource(graph: EventGraph, address: str) -> Resource:
    return next(r for r in graph.resources.values() if r.address == address)


def parts(graph: EventGraph, kind: str) -> list[Part]:
    return [p for p in graph.parts if p.kind == kind]


MESSAGING = """
resource "aws_sqs_queue" "q" {
  name   = "q"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*" }] })
}
resource "aws_sqs_queue" "dlq" {}
resource "aws_sqs_queue" "other" {}
resource "aws_sqs_queue_redrive_policy" "q" {
  queue_url      = aws_sqs_queue.q.url
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq.arn, maxReceiveCount = 4 })
}
resource "aws_sqs_queue_policy" "other" {
  queue_url = aws_sqs_queue.other.id
  policy    = jsonencode({ Statement = [] })
}
resource "aws_sns_topic" "t" {}
resource "aws_sns_topic_policy" "t" {
  arn    = aws_sns_topic.t.arn
  policy = jsonencode({ Statement = [] })
}
resource "aws_sns_topic_subscription" "s" {
  topic_arn      = aws_sns_topic.t.arn
  protocol       = "sqs"
  endpoint       = aws_sqs_queue.q.arn
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dlq.arn })
}
resource "aws_cloudwatch_event_bus" "b" {
  name = "b"
  dead_letter_config { arn = aws_sqs_queue.dlq.arn }
}
resource "aws_cloudwatch_event_bus_policy" "b" {
  event_bus_name = aws_cloudwatch_event_bus.b.name
  policy         = jsonencode({ Statement = [] })
}
resource "aws_cloudwatch_event_rule" "r" {
  name           = "r"
  event_bus_name = aws_cloudwatch_event_bus.b.name
  event_pattern  = jsonencode({ source = ["x"] })
  is_enabled     = false
}
resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "rate(1 day)"
}
resource "aws_cloudwatch_event_target" "q" {
  rule           = aws_cloudwatch_event_rule.r.name
  event_bus_name = aws_cloudwatch_event_bus.b.arn
  target_id      = "queue"
  arn            = aws_sqs_queue.q.arn
  sqs_target { message_group_id = "g" }
  retry_policy { maximum_event_age_in_seconds = 60 }
  dead_letter_config { arn = aws_sqs_queue.dlq.arn }
}
resource "aws_cloudwatch_event_target" "named" {
  rule = "nightly"
  arn  = aws_ecs_cluster.c.arn
  ecs_target {
    task_definition_arn = aws_ecs_task_definition.t.arn
    task_count          = 2
  }
}
resource "aws_cloudwatch_event_archive" "a" {
  name             = "a"
  event_source_arn = aws_cloudwatch_event_bus.b.arn
}
resource "aws_ecs_cluster" "c" { name = "c" }
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  container_definitions = jsonencode([{ name = "app", image = "x", environment = [{ name = "Q", value = aws_sqs_queue.q.url }], stopTimeout = 5 }])
}
"""


def test_messaging(tmp_path: Path) -> None:
    """Queues, topics, buses, rules and schedules, with the resources that Terraform has of its own."""
    graph = graph_of(tmp_path, MESSAGING)
    assert edges(graph) == {
        "aws_sqs_queue.q dead-letter aws_sqs_queue.dlq",
        "aws_sns_topic.t deliver aws_sqs_queue.q",
        "aws_sns_topic.t dead-letter aws_sqs_queue.dlq",
        "aws_cloudwatch_event_bus.b dead-letter aws_sqs_queue.dlq",
        "aws_cloudwatch_event_bus.b match aws_cloudwatch_event_rule.r",
        "aws_cloudwatch_event_rule.r deliver aws_sqs_queue.q",
        "aws_cloudwatch_event_rule.r dead-letter aws_sqs_queue.dlq",
        "aws_cloudwatch_event_rule.nightly deliver aws_ecs_task_definition.t",
    }
    by_element = {p.element: p for p in parts(graph, "target")}
    assert set(by_element) == {"queue", "aws_cloudwatch_event_target.named"}
    target = by_element["queue"].properties
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}
    assert target["SqsParameters"] == {"MessageGroupId": "g"}
    assert resource(graph, "aws_cloudwatch_event_rule.r").get("State") == "DISABLED"
    assert {p.resource.address for p in parts(graph, "policy")} == {
        "aws_sqs_queue.q",
        "aws_sqs_queue_policy.other",
        "aws_sns_topic_policy.t",
        "aws_cloudwatch_event_bus_policy.b",
    }
    container = resource(graph, "aws_ecs_task_definition.t").get("ContainerDefinitions")[0]
    assert (container["Name"], container["StopTimeout"], container["Environment"][0]["Name"]) == ("app", 5, "Q")


COMPUTE = """
resource "aws_lambda_function" "f" {
  function_name                  = "f"
  role                           = aws_iam_role.r.arn
  reserved_concurrent_executions = -1
  environment { variables = { Q = aws_sqs_queue.q.url } }
  dead_letter_config { target_arn = aws_sqs_queue.dlq.arn }
}
resource "aws_lambda_alias" "live" {
  name          = "live"
  function_name = aws_lambda_function.f.arn
}
resource "aws_lambda_event_source_mapping" "k" {
  event_source_arn        = aws_kinesis_stream.k.arn
  function_name           = aws_lambda_alias.live.arn
  function_response_types = ["ReportBatchItemFailures"]
  filter_criteria {
    filter { pattern = jsonencode({ a = [1] }) }
    filter { pattern = "{}" }
  }
  destination_config {
    on_failure { destination_arn = aws_sqs_queue.dlq.arn }
  }
}
resource "aws_lambda_function_event_invoke_config" "f" {
  function_name          = aws_lambda_function.f.function_name
  maximum_retry_attempts = 1
  destination_config {
    on_failure { destination = aws_sqs_queue.dlq.arn }
    on_success { destination = aws_sns_topic.t.arn }
  }
}
resource "aws_lambda_function_url" "f" {
  function_name      = aws_lambda_function.f.function_name
  authorization_type = "NONE"
}
resource "aws_kinesis_stream" "k" { name = "k" }
resource "aws_sqs_queue" "q" {}
resource "aws_sqs_queue" "dlq" {}
resource "aws_sns_topic" "t" {}
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_policy" "p" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.q.arn }] })
}
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.r.name
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_s3_bucket" "b" {}
resource "aws_s3_bucket_notification" "b" {
  bucket      = aws_s3_bucket.b.bucket
  eventbridge = true
  queue {
    queue_arn     = aws_sqs_queue.q.arn
    events        = ["s3:ObjectCreated:*"]
    filter_prefix = "in/"
  }
}
resource "aws_dynamodb_table" "t" {
  name             = "t"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
}
resource "aws_pipes_pipe" "p" {
  name     = "p"
  role_arn = aws_iam_role.r.arn
  source   = aws_dynamodb_table.t.stream_arn
  target   = aws_sfn_state_machine.m.arn
  source_parameters {
    dynamodb_stream_parameters {
      starting_position = "LATEST"
      dead_letter_config { arn = aws_sqs_queue.dlq.arn }
    }
    filter_criteria {
      filter { pattern = "{}" }
    }
  }
  target_parameters {
    step_function_state_machine_parameters { invocation_type = "FIRE_AND_FORGET" }
  }
}
resource "aws_sfn_state_machine" "m" {
  name     = "m"
  role_arn = aws_iam_role.r.arn
  definition = <<-JSON
    {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${aws_lambda_function.f.arn}", "End": true}}}
  JSON
}
resource "aws_scheduler_schedule" "s" {
  name                = "s"
  schedule_expression = "rate(1 hour)"
  flexible_time_window { mode = "OFF" }
  target {
    arn      = aws_lambda_function.f.arn
    role_arn = aws_iam_role.r.arn
    dead_letter_config { arn = aws_sqs_queue.dlq.arn }
  }
}
resource "aws_kinesis_firehose_delivery_stream" "d" {
  name        = "d"
  destination = "extended_s3"
  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.k.arn
    role_arn           = aws_iam_role.r.arn
  }
  extended_s3_configuration {
    bucket_arn = aws_s3_bucket.b.arn
    role_arn   = aws_iam_role.r.arn
  }
}
resource "aws_iot_topic_rule" "i" {
  name        = "i"
  enabled     = true
  sql         = "SELECT *"
  sql_version = "2016-03-23"
  sqs {
    queue_url  = aws_sqs_queue.q.url
    role_arn   = aws_iam_role.r.arn
    use_base64 = false
  }
  lambda { function_arn = aws_lambda_function.f.arn }
  error_action {
    sns {
      target_arn = aws_sns_topic.t.arn
      role_arn   = aws_iam_role.r.arn
    }
  }
}
"""


def test_compute_and_sources(tmp_path: Path) -> None:
    """Functions, streams, buckets, tables, pipes, machines, schedules, IoT rules."""
    graph = graph_of(tmp_path, COMPUTE)
    assert edges(graph) == {
        "aws_lambda_function.f dead-letter aws_sqs_queue.dlq",
        "aws_kinesis_stream.k poll aws_lambda_function.f",
        "aws_kinesis_stream.k dead-letter aws_sqs_queue.dlq",
        "aws_lambda_function.f on-failure aws_sqs_queue.dlq",
        "aws_lambda_function.f on-success aws_sns_topic.t",
        "aws_lambda_function_url.f invoke aws_lambda_function.f",
        "aws_lambda_function.f publish aws_sqs_queue.q",
        "aws_s3_bucket.b deliver aws_sqs_queue.q",
        "aws_s3_bucket.b publish default",
        "aws_dynamodb_table.t poll aws_pipes_pipe.p",
        "aws_pipes_pipe.p deliver aws_sfn_state_machine.m",
        "aws_pipes_pipe.p dead-letter aws_sqs_queue.dlq",
        "aws_sfn_state_machine.m run aws_lambda_function.f",
        "aws_scheduler_schedule.s deliver aws_lambda_function.f",
        "aws_scheduler_schedule.s dead-letter aws_sqs_queue.dlq",
        "aws_kinesis_stream.k poll aws_kinesis_firehose_delivery_stream.d",
        "aws_kinesis_firehose_delivery_stream.d deliver aws_s3_bucket.b",
        "aws_iot_topic_rule.i deliver aws_sqs_queue.q",
        "aws_iot_topic_rule.i deliver aws_lambda_function.f",
        "aws_iot_topic_rule.i dead-letter aws_sns_topic.t",
    }
    poll = next(e for e in graph.edges if e.kind == "poll" and e.target.kind == "function")
    assert poll.attributes["qualifier"] == "live"
    (mapping,) = parts(graph, "mapping")
    assert len(mapping.data["filters"]) == 2
    assert "ReservedConcurrentExecutions" not in resource(graph, "aws_lambda_function.f").properties
    (notification,) = parts(graph, "notification")
    assert notification.data["filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": "in/"}]}}


WORKER = """
resource "aws_sqs_queue" "q" { name = "jobs" }
resource "aws_ecs_cluster" "c" { name = "c" }
resource "aws_ecs_task_definition" "t" {
  family                = "worker"
  task_role_arn         = aws_iam_role.t.arn
  container_definitions = jsonencode([{ name = "app", image = "x" }])
}
resource "aws_iam_role" "t" {
  assume_role_policy = jsonencode({ Statement = [] })
  inline_policy {
    name   = "read"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource = aws_sqs_queue.q.arn }] })
  }
}
resource "aws_ecs_service" "s" {
  name            = "worker"
  cluster         = aws_ecs_cluster.c.id
  task_definition = "${aws_ecs_task_definition.t.family}:${aws_ecs_task_definition.t.revision}"
  load_balancer {
    target_group_arn = aws_lb_target_group.g.arn
    container_name   = "app"
    container_port   = 80
  }
}
resource "aws_lb" "lb" { name = "lb" }
resource "aws_lb_target_group" "g" { target_type = "ip" }
resource "aws_lb_listener" "l" {
  load_balancer_arn = aws_lb.lb.arn
  default_action {
    type = "forward"
    forward {
      target_group {
        arn    = aws_lb_target_group.g.arn
        weight = 1
      }
    }
  }
}
resource "aws_appautoscaling_target" "s" {
  service_namespace  = "ecs"
  resource_id        = "service/${aws_ecs_cluster.c.name}/${aws_ecs_service.s.name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = 0
  max_capacity       = 5
}
resource "aws_appautoscaling_policy" "s" {
  name               = "depth"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.s.service_namespace
  resource_id        = aws_appautoscaling_target.s.resource_id
  scalable_dimension = aws_appautoscaling_target.s.scalable_dimension
  target_tracking_scaling_policy_configuration {
    target_value = 10
    customized_metric_specification {
      metrics {
        id = "m1"
        metric_stat {
          stat = "Sum"
          metric {
            namespace   = "AWS/SQS"
            metric_name = "ApproximateNumberOfMessagesVisible"
            dimensions {
              name  = "QueueName"
              value = aws_sqs_queue.q.name
            }
          }
        }
      }
      metrics {
        id         = "e1"
        expression = "m1 / 2"
      }
    }
  }
}
resource "aws_appautoscaling_policy" "steps" {
  name               = "steps"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.s.service_namespace
  resource_id        = aws_appautoscaling_target.s.resource_id
  scalable_dimension = aws_appautoscaling_target.s.scalable_dimension
  step_scaling_policy_configuration {
    adjustment_type = "ChangeInCapacity"
    step_adjustment {
      metric_interval_lower_bound = 0
      scaling_adjustment          = 1
    }
  }
}
resource "aws_cloudwatch_metric_alarm" "a" {
  alarm_name    = "a"
  namespace     = "AWS/SQS"
  metric_name   = "ApproximateNumberOfMessagesVisible"
  dimensions    = { QueueName = aws_sqs_queue.q.name }
  alarm_actions = [aws_appautoscaling_policy.steps.arn, aws_sns_topic.t.arn]
}
resource "aws_sns_topic" "t" {}
"""


def test_workers_and_scaling(tmp_path: Path) -> None:
    """A service by its family and revision, its balancer, its scaling by metric math and by an alarm."""
    graph = graph_of(tmp_path, WORKER)
    assert edges(graph) == {
        "aws_sqs_queue.q poll aws_ecs_service.s",
        "aws_lb.lb invoke aws_ecs_service.s",
        "aws_sqs_queue.q scale aws_ecs_service.s",
        "aws_cloudwatch_metric_alarm.a publish aws_sns_topic.t",
    }
    assert len([e for e in graph.edges if e.kind == "scale"]) == 2
    (target,) = parts(graph, "scalable-target")
    assert (target.properties["MinCapacity"], target.properties["MaxCapacity"]) == (0, 5)
    assert resource(graph, "aws_ecs_service.s").get("DesiredCount") == 0


API = """
resource "aws_api_gateway_rest_api" "rest" { name = "rest" }
resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.rest.id
  parent_id   = aws_api_gateway_rest_api.rest.root_resource_id
  path_part   = "orders"
}
resource "aws_api_gateway_integration" "f" {
  rest_api_id = aws_api_gateway_rest_api.rest.id
  resource_id = aws_api_gateway_resource.orders.id
  http_method = "POST"
  type        = "AWS_PROXY"
  uri         = aws_lambda_function.f.invoke_arn
}
resource "aws_api_gateway_authorizer" "a" {
  name           = "a"
  rest_api_id    = aws_api_gateway_rest_api.rest.id
  authorizer_uri = aws_lambda_function.auth.invoke_arn
}
resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_integration" "q" {
  api_id              = aws_apigatewayv2_api.http.id
  integration_type    = "AWS_PROXY"
  integration_subtype = "SQS-SendMessage"
  request_parameters  = { QueueUrl = aws_sqs_queue.q.url, MessageBody = "$request.body" }
}
resource "aws_apigatewayv2_integration" "f" {
  api_id           = aws_apigatewayv2_api.http.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.f.invoke_arn
}
resource "aws_lambda_function" "f" { function_name = "f" }
resource "aws_lambda_function" "auth" { function_name = "auth" }
resource "aws_sqs_queue" "q" {}
resource "aws_appsync_graphql_api" "g" {
  name                = "g"
  authentication_type = "API_KEY"
}
resource "aws_appsync_datasource" "f" {
  api_id = aws_appsync_graphql_api.g.id
  name   = "f"
  type   = "AWS_LAMBDA"
  lambda_config { function_arn = aws_lambda_function.f.arn }
}
"""


def test_apis(tmp_path: Path) -> None:
    """REST, HTTP and GraphQL APIs by their separate resources."""
    graph = graph_of(tmp_path, API)
    assert edges(graph) == {
        "aws_api_gateway_rest_api.rest invoke aws_lambda_function.f",
        "aws_api_gateway_rest_api.rest invoke aws_lambda_function.auth",
        "aws_apigatewayv2_api.http publish aws_sqs_queue.q",
        "aws_apigatewayv2_api.http invoke aws_lambda_function.f",
        "aws_appsync_graphql_api.g invoke aws_lambda_function.f",
    }
    integration = next(p for p in parts(graph, "integration") if p.resource.address == "aws_api_gateway_integration.f")
    assert integration.element == "POST /orders"


def test_positions_survive_translation(tmp_path: Path) -> None:
    """A property under CloudFormation's name stands at the argument that wrote it, in blocks too."""
    graph = graph_of(tmp_path, COMPUTE)
    lines = COMPUTE.split("\n")
    function = resource(graph, "aws_lambda_function.f")
    place = function.properties.location("DeadLetterConfig")
    assert place is not None
    assert lines[place.line - 1].strip().startswith("dead_letter_config")
    firehose = resource(graph, "aws_kinesis_firehose_delivery_stream.d").get("ExtendedS3DestinationConfiguration")
    assert lines[firehose.location("BucketARN").line - 1].strip().startswith("bucket_arn")
    assert function.written["function_name"] == "f"
    assert function.source_type == "aws_lambda_function"


def test_cloud_control_resources(tmp_path: Path) -> None:
    """`awscc_` resources have CloudFormation's properties in snake case, deep down."""
    graph = graph_of(
        tmp_path,
        """
        resource "awscc_sqs_queue" "q" {
          queue_name     = "q"
          redrive_policy = jsonencode({ deadLetterTargetArn = awscc_sqs_queue.dlq.arn, maxReceiveCount = 3 })
        }
        resource "awscc_sqs_queue" "dlq" {}
        resource "awscc_events_rule" "r" {
          event_pattern = jsonencode({ source = ["x"] })
          targets       = [{ id = "q", arn = awscc_sqs_queue.q.arn, retry_policy = { maximum_retry_attempts = 1 } }]
        }
        """,
    )
    assert edges(graph) == {
        "awscc_sqs_queue.q dead-letter awscc_sqs_queue.dlq",
        "default match awscc_events_rule.r",
        "awscc_events_rule.r deliver awscc_sqs_queue.q",
    }
    (target,) = parts(graph, "target")
    assert target.properties["RetryPolicy"] == {"MaximumRetryAttempts": 1}


def test_what_nobody_knows_stays_unknown(tmp_path: Path) -> None:
    """An unknown where a block belongs is an unknown property, not an absent one."""
    graph = graph_of(
        tmp_path,
        """
        variable "policy" {}
        variable "configs" { type = list(any) }
        resource "aws_sqs_queue" "q" { redrive_policy = var.policy }
        resource "aws_lambda_function" "f" {
          dynamic "dead_letter_config" {
            for_each = var.configs
            content { target_arn = dead_letter_config.value }
          }
        }
        """,
    )
    assert isinstance(resource(graph, "aws_sqs_queue.q").get("RedrivePolicy"), Unknown)
    assert isinstance(resource(graph, "aws_lambda_function.f").get("DeadLetterConfig"), Unknown)


def test_names_that_the_provider_makes_are_known_in_part(tmp_path: Path) -> None:
    """A prefix is the beginning of the name, a FIFO queue's name ends in `.fifo`; each made name is another."""
    graph = graph_of(
        tmp_path,
        """
        resource "aws_sqs_queue" "a" { name_prefix = "orders-dlq-" }
        resource "aws_sqs_queue" "b" { fifo_queue = true }
        resource "aws_s3_bucket" "c" { bucket_prefix = "c" }
        resource "aws_sqs_queue" "d" {}
        """,
    )
    a, b = (resource(graph, f"aws_sqs_queue.{n}").get("QueueName") for n in "ab")
    assert (a.parts[0], b.parts[-1]) == ("orders-dlq-", ".fifo")
    assert a.parts[1] != b.parts[0]
    assert resource(graph, "aws_s3_bucket.c").get("BucketName").parts[0] == "c"
    assert resource(graph, "aws_sqs_queue.d").get("QueueName") is None


def test_a_permission_for_every_route_lets_the_api_in(tmp_path: Path) -> None:
    """`execution_arn/*/*` covers every stage and route: whether the function may be called is decided."""
    (tmp_path / "main.tf").write_text(
        """
        resource "aws_apigatewayv2_api" "http" { name = "http" }
        resource "aws_apigatewayv2_integration" "f" {
          api_id          = aws_apigatewayv2_api.http.id
          integration_uri = aws_lambda_function.f.invoke_arn
        }
        resource "aws_lambda_function" "f" { function_name = "f" }
        resource "aws_lambda_permission" "api" {
          action        = "lambda:InvokeFunction"
          function_name = aws_lambda_function.f.function_name
          principal     = "apigateway.amazonaws.com"
          source_arn    = "${aws_apigatewayv2_api.http.execution_arn}/*/*"
        }
        """,
        "utf-8",
    )
    analysis = analyze([tmp_path])
    assert not [f for f in analysis.findings if f.rule == "EDA902"]
    assert not [u for u in analysis.undecided if u.rule == "EDA902"]


def test_mail_and_notifications(tmp_path: Path) -> None:
    """A receipt rule's blocks are its actions, in whatever number; other services tell a topic."""
    graph = graph_of(
        tmp_path,
        """
        resource "aws_sns_topic" "t" {}
        resource "aws_lambda_function" "f" { function_name = "f" }
        resource "aws_ses_receipt_rule" "r" {
          name          = "r"
          rule_set_name = "s"
          lambda_action {
            function_arn = aws_lambda_function.f.arn
            position     = 1
          }
          sns_action {
            topic_arn = aws_sns_topic.t.arn
            position  = 2
          }
        }
        resource "aws_sesv2_configuration_set_event_destination" "d" {
          event_destination {
            matching_event_types = ["BOUNCE"]
            sns_destination { topic_arn = aws_sns_topic.t.arn }
          }
        }
        """,
    )
    assert edges(graph) == {
        "aws.ses deliver aws_lambda_function.f",
        "aws.ses publish aws_sns_topic.t",
    }
    assert len([e for e in graph.edges if e.kind == "publish"]) == 2


def test_terraform_as_it_was_before_0_12(tmp_path: Path) -> None:
    """Everything in quotes, maps written as blocks, `list()`, template_file: the same graph."""
    (tmp_path / "m.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${fn}", "End": true}}}', "utf-8")
    graph = graph_of(
        tmp_path,
        """
        variable "create" {
          type    = "string"
          default = "true"
        }
        resource "aws_sqs_queue" "q" {
          count = "${var.create ? 2 : 0}"
          name  = "q-${count.index}"
        }
        resource "aws_lambda_function" "f" {
          function_name = "f"
          environment {
            variables {
              Q = "${element(concat(aws_sqs_queue.q.*.id, list("")), 0)}"
            }
          }
        }
        resource "aws_lambda_event_source_mapping" "m" {
          count            = "${length(aws_sqs_queue.q.*.arn)}"
          event_source_arn = "${aws_sqs_queue.q.*.arn[count.index]}"
          function_name    = "${aws_lambda_function.f.arn}"
        }
        data "template_file" "m" {
          template = "${file("${path.module}/m.json")}"
          vars {
            fn = "${aws_lambda_function.f.arn}"
          }
        }
        resource "aws_sfn_state_machine" "m" {
          definition = "${data.template_file.m.rendered}"
        }
        """,
    )
    assert edges(graph) == {
        "aws_sqs_queue.q[0] poll aws_lambda_function.f",
        "aws_sqs_queue.q[1] poll aws_lambda_function.f",
        "aws_sfn_state_machine.m run aws_lambda_function.f",
    }
    (_, name, value, _) = next(n for n in graph.nodes.values() if n.kind == "function").data["environment"][0]
    assert (name, value) == ("Q", Ref(".#aws_sqs_queue.q[0]", "Ref"))


def test_an_empty_text_is_no_argument(tmp_path: Path) -> None:
    """Modules hand `""` to what they leave out: such a queue has no redrive policy, such a rule is on the default bus."""
    graph = graph_of(
        tmp_path,
        """
        variable "redrive_policy" { default = "" }
        resource "aws_sqs_queue" "q" {
          name           = ""
          redrive_policy = var.redrive_policy
          policy         = ""
        }
        resource "aws_cloudwatch_event_rule" "r" {
          event_bus_name      = ""
          event_pattern       = ""
          schedule_expression = "rate(1 hour)"
        }
        resource "aws_cloudwatch_event_target" "r" {
          rule           = aws_cloudwatch_event_rule.r.name
          event_bus_name = ""
          arn            = aws_sqs_queue.q.arn
        }
        """,
    )
    assert edges(graph) == {"aws_cloudwatch_event_rule.r deliver aws_sqs_queue.q"}
    assert [n.kind for n in graph.nodes.values()] == ["queue", "schedule"]
    assert not {"QueueName", "RedrivePolicy", "Policy"} & set(resource(graph, "aws_sqs_queue.q").properties)
