terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  type    = string
  default = "eu-central-1"
}
variable "stage" {
  type    = string
  default = "prod"
  validation {
    condition     = contains(["dev", "prod"], var.stage)
    error_message = "dev or prod"
  }
}

data "aws_caller_identity" "me" {}
data "aws_region" "here" {}
data "aws_partition" "here" {}

locals {
  prefix = "shop-${var.stage}"
  events = {
    placed  = { types = ["OrderPlaced", "OrderChanged"], retries = 3 }
    shipped = { types = ["OrderShipped"] }
  }
  busy = { for name, event in local.events : name => event if length(event.types) > 1 }
}

resource "aws_cloudwatch_event_bus" "orders" {
  name = "${local.prefix}-orders"
}

module "queue" {
  source   = "./modules/queue"
  for_each = local.events

  name     = "${local.prefix}-${each.key}"
  topic    = aws_sns_topic.alarms.arn
  rule_arn = aws_cloudwatch_event_rule.event[each.key].arn
  retries  = lookup(each.value, "retries", 5)
  settings = { delay = each.key == "placed" ? 10 : null }
}

resource "aws_cloudwatch_event_rule" "event" {
  for_each       = local.events
  name           = format("%s-%s", local.prefix, each.key)
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  event_pattern = jsonencode({
    source        = ["shop.orders"]
    "detail-type" = each.value.types
    detail        = { account = [data.aws_caller_identity.me.account_id] }
  })
}

resource "aws_cloudwatch_event_target" "event" {
  for_each       = module.queue
  rule           = aws_cloudwatch_event_rule.event[each.key].name
  event_bus_name = aws_cloudwatch_event_bus.orders.name
  arn            = each.value.arn
  dynamic "retry_policy" {
    for_each = contains(keys(local.busy), each.key) ? [1] : []
    content {
      maximum_retry_attempts       = 10 * retry_policy.value
      maximum_event_age_in_seconds = 3600
    }
  }
  dead_letter_config {
    arn = each.value.dlq_arn
  }
}

resource "aws_sns_topic" "alarms" {
  name = "${local.prefix}-alarms"
}

data "aws_iam_policy_document" "base" {
  statement {
    sid     = "Logs"
    actions = ["logs:PutLogEvents", "logs:CreateLogStream"]
    resources = [
      "arn:${data.aws_partition.here.partition}:logs:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:log-group:/aws/lambda/${local.prefix}-*",
    ]
  }
  statement {
    sid       = "Old"
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "worker" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  statement {
    sid         = "Old"
    not_actions = ["iam:*"]
    resources   = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [var.region]
    }
    condition {
      test     = "ArnLike"
      variable = "aws:PrincipalArn"
      values   = ["arn:aws:iam::*:role/a", "arn:aws:iam::*:role/b"]
    }
  }
}
data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
}

resource "aws_iam_role" "worker" {
  name               = "${local.prefix}-worker"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}
resource "aws_iam_role_policy" "worker" {
  role   = aws_iam_role.worker.id
  name   = "worker"
  policy = data.aws_iam_policy_document.worker.json
}

resource "aws_lambda_function" "worker" {
  function_name = "${local.prefix}-worker"
  role          = aws_iam_role.worker.arn
  runtime       = "python3.13"
  handler       = "worker.handler"
  filename      = "worker.zip"
  timeout       = 20
  environment {
    variables = merge({ BUS = aws_cloudwatch_event_bus.orders.name }, { for k, v in local.events : upper("${k}_types") => join(",", v.types) })
  }
}
resource "aws_lambda_event_source_mapping" "worker" {
  for_each         = module.queue
  event_source_arn = each.value.arn
  function_name    = aws_lambda_function.worker.arn
  batch_size       = 10 / 2
  scaling_config {
    maximum_concurrency = max(2, length(local.events) * 5)
  }
}

resource "aws_sfn_state_machine" "ship" {
  name     = "${local.prefix}-ship"
  role_arn = aws_iam_role.worker.arn
  definition = templatefile("${path.module}/ship.asl.json.tftpl", {
    function = "${local.prefix}-worker"
    states   = ["Pick", "Pack"]
  })
}

output "queues" {
  value = { for k, q in module.queue : k => q.name }
}
