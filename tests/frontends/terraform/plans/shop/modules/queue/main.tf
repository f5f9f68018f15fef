variable "name" { type = string }
variable "topic" { type = string }
variable "rule_arn" { type = string }
variable "retries" {
  type    = number
  default = 5
}
variable "create_dlq" {
  type    = bool
  default = true
}
variable "settings" {
  type = object({
    delay     = optional(number)
    retention = optional(number, 1209600)
  })
  default = {}
}

locals {
  dlq = var.create_dlq ? { arn = aws_sqs_queue.dlq[0].arn } : null
}

resource "aws_sqs_queue" "this" {
  name                       = var.name
  delay_seconds              = var.settings.delay
  visibility_timeout_seconds = 6 * 20
}
resource "aws_sqs_queue" "dlq" {
  count                     = var.create_dlq ? 1 : 0
  name                      = "${aws_sqs_queue.this.name}-dlq"
  message_retention_seconds = var.settings.retention
}
resource "aws_sqs_queue_redrive_policy" "this" {
  count     = var.create_dlq ? 1 : 0
  queue_url = aws_sqs_queue.this.id
  redrive_policy = jsonencode({
    deadLetterTargetArn = local.dlq.arn
    maxReceiveCount     = var.retries
  })
}
resource "aws_sqs_queue_policy" "this" {
  for_each  = { for k, q in { queue = aws_sqs_queue.this, dlq = one(aws_sqs_queue.dlq[*]) } : k => q if q != null }
  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.events[each.key].json
}
data "aws_iam_policy_document" "events" {
  for_each = toset(["queue", "dlq"])
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [each.key == "dlq" ? try(aws_sqs_queue.dlq[0].arn, "") : aws_sqs_queue.this.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [var.rule_arn]
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "dlq" {
  count               = length(aws_sqs_queue.dlq)
  alarm_name          = "${var.name}-dlq-not-empty"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = one(aws_sqs_queue.dlq[*].name) }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  threshold           = 0
  comparison_operator = "GreaterThanThreshold"
  alarm_actions       = compact([var.topic, ""])
}

output "arn" { value = aws_sqs_queue.this.arn }
output "name" { value = aws_sqs_queue.this.name }
output "dlq_arn" { value = try(aws_sqs_queue.dlq[0].arn, null) }
