"""What a Task's `Resource` means: which service and action is called, and whether the state waits.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

from __future__ import annotations

from collections.abc import Callable

from edalint.model.lazy import pattern
from edalint.model.values import Ref, Text, Unknown, Value, settled
from edalint.states import ACTIVITY, CALLBACK, REQUEST_RESPONSE, SYNC

TypeOf = Callable[[Ref], str]
"""What resource type a reference means; empty where it is not known."""

HOLE = "\0"
_OPTIMIZED = pattern(
    r"arn:[^:]*:states:[^:]*:[^:]*:(?P<sdk>aws-sdk:)?(?P<service>[^:.]+):(?P<action>[^:.]+)(?P<suffix>\.[A-Za-z]+(?::\d+)?)?$"
)
_LAMBDA = pattern(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:")
_ACTIVITY = pattern(r"arn:[^:]*:states:[^:]*:[^:]*:activity:")
_PATTERNS = {"": REQUEST_RESPONSE, ".sync": SYNC, ".waitForTaskToken": CALLBACK}


class Call:
    """What a Task state's `Resource` says."""

    __slots__ = ("action", "integration", "resource", "sdk", "service")

    def __init__(self, resource: Value, integration: str | Unknown, service: str = "", action: str = "", *, sdk: bool = False) -> None:
        self.resource = resource
        """As written: a str, Text, Ref or Unknown."""
        self.integration = integration
        """`request-response`, `sync`, `callback`, `activity`; Unknown where the resource is not known."""
        self.service = service
        """`lambda`, `ecs`, `sqs` ... (the SDK's own name where `sdk`); empty for an activity or where not known."""
        self.action = action
        """`invoke`, `runTask` ...; empty likewise."""
        self.sdk = sdk

    @property
    def direct(self) -> bool:
        """Whether the resource is itself the target (a function's or an activity's ARN)."""
        return self.integration == ACTIVITY or (self.service == "lambda" and not self.action)


def read_resource(resource: Value, type_of: TypeOf | None = None) -> Call:
    """What a Task's `Resource` means."""
    resource = settled(resource)
    if isinstance(resource, Ref) or (isinstance(resource, Text) and isinstance(resource.parts[0], Ref)):
        ref = resource if isinstance(resource, Ref) else resource.parts[0]
        type = type_of(ref) if type_of and isinstance(ref, Ref) else ""
        if type == "AWS::StepFunctions::Activity":
            return Call(resource, ACTIVITY)
        if type.startswith(("AWS::Lambda::", "AWS::Serverless::Function")):
            return Call(resource, REQUEST_RESPONSE, "lambda")
        return Call(resource, Unknown("", "what the resource is is not known"))
    if isinstance(resource, Unknown):
        return Call(resource, Unknown(resource.symbol, resource.reason))
    text = outline(resource)
    if text is None:
        return Call(resource, Unknown("", "the resource is no string"))
    if _LAMBDA.match(text):
        return Call(resource, REQUEST_RESPONSE, "lambda")
    if _ACTIVITY.match(text):
        return Call(resource, ACTIVITY)
    match = _OPTIMIZED.match(text)
    if match is None:
        return Call(resource, Unknown("", f"resource {text.replace(HOLE, '?')[:80]!r} is not understood"))
    suffix = match["suffix"] or ""
    pattern = _PATTERNS.get(suffix.split(":")[0])
    if pattern is None or HOLE in suffix or HOLE in match["action"]:
        return Call(resource, Unknown("", "the integration pattern is not known"))
    return Call(resource, pattern, match["service"], match["action"], sdk=match["sdk"] is not None)


def outline(value: Value) -> str | None:
    """A string with `HOLE` for each part that is not known; None for what is no string."""
    value = settled(value)
    if isinstance(value, str):
        return value
    if isinstance(value, Text):
        return "".join(part if isinstance(part, str) else HOLE for part in value.parts)
    return None
