"""Amazon States Language: states, integrations, retries."""

REQUEST_RESPONSE = "request-response"
SYNC = "sync"
CALLBACK = "callback"
ACTIVITY = "activity"
"""How a Task calls: https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html"""
