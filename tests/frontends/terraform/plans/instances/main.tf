# count, for_each, dynamic blocks, splats and references between instances, in every way that they are written.

variable "names" {
  type    = list(string)
  default = ["a", "b", "c"]
}
variable "fifo" {
  default = { orders = true, mails = false }
}
variable "extra" {
  type = list(object({ name = string, protocol = optional(string, "sqs"), filter = optional(map(list(string))) }))
  default = [
    { name = "first" },
    { name = "second", filter = { kind = ["x"] } },
  ]
}

resource "aws_sqs_queue" "counted" {
  count         = length(var.names)
  name          = "${var.names[count.index]}-${count.index + 1}"
  delay_seconds = count.index == 0 ? 30 : null
}
resource "aws_sqs_queue" "none" {
  count = 0
  name  = "none"
}
resource "aws_sqs_queue" "keyed" {
  for_each                    = var.fifo
  name                        = each.value ? "${each.key}.fifo" : each.key
  fifo_queue                  = each.value
  content_based_deduplication = each.value ? true : null
}
resource "aws_sqs_queue" "set" {
  for_each                   = toset([for n in var.names : upper(n) if n != "b"])
  name                       = each.value
  visibility_timeout_seconds = aws_sqs_queue.counted[0].delay_seconds * 2
  tags                       = { for i, n in var.names : n => tostring(i) }
}

resource "aws_sns_topic" "topic" {
  for_each   = aws_sqs_queue.keyed
  name       = replace(each.value.name, "/\\.fifo$/", "-topic.fifo")
  fifo_topic = each.value.fifo_queue
}
resource "aws_sns_topic_subscription" "keyed" {
  for_each  = aws_sqs_queue.keyed
  topic_arn = aws_sns_topic.topic[each.key].arn
  protocol  = "sqs"
  endpoint  = each.value.arn
}
resource "aws_sns_topic" "counted" {
  name = "counted"
}
resource "aws_sns_topic_subscription" "counted" {
  count         = length(aws_sqs_queue.counted[*].arn)
  topic_arn     = aws_sns_topic.counted.arn
  protocol      = var.extra[count.index % 2].protocol
  endpoint      = element(aws_sqs_queue.counted.*.arn, count.index)
  filter_policy = var.extra[count.index % 2].filter == null ? null : jsonencode(var.extra[count.index % 2].filter)
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 ${length(var.names)} * * ? *)"
  is_enabled          = !var.fifo["mails"]
}
resource "aws_cloudwatch_event_target" "nightly" {
  for_each = { for i, q in concat(aws_sqs_queue.counted, values(aws_sqs_queue.set)) : q.name => i }
  rule     = aws_cloudwatch_event_rule.nightly.name
  arn      = concat(aws_sqs_queue.counted, values(aws_sqs_queue.set))[each.value].arn
  input    = <<-JSON
    {"name": "${each.key}", "index": ${each.value}}
  JSON
}

resource "aws_cloudwatch_metric_alarm" "depth" {
  alarm_name          = "depth"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 1
  threshold           = 100
  dynamic "metric_query" {
    for_each = aws_sqs_queue.keyed
    iterator = queue
    content {
      id          = queue.key
      return_data = false
      metric {
        namespace   = "AWS/SQS"
        metric_name = "ApproximateNumberOfMessagesVisible"
        period      = 60
        stat        = "Maximum"
        dimensions  = { QueueName = queue.value.name }
      }
    }
  }
  metric_query {
    id          = "total"
    expression  = join(" + ", keys(aws_sqs_queue.keyed))
    label       = "all queues"
    return_data = true
  }
}

output "urls" {
  value = merge({ for k, q in aws_sqs_queue.keyed : k => q.name }, zipmap(var.names, aws_sqs_queue.counted[*].name))
}
