"""The `Policies` of functions and state machines: managed policies, documents, and SAM's policy templates."""

from __future__ import annotations

from edalint.frontends.cloudformation.sam.expansion import Expansion, Role
from edalint.frontends.cloudformation.sam.shapes import is_absent, is_intrinsic, listed, plain
from edalint.hints import Any
from edalint.model.graph import Place
from edalint.model.values import Map

SERVICE_ROLES = frozenset(
    {
        "AWSLambdaBasicDurableExecutionRolePolicy", "AWSLambdaBasicExecutionRole", "AWSLambdaDynamoDBExecutionRole", "AWSLambdaENIManagementAccess",
        "AWSLambdaKinesisExecutionRole", "AWSLambdaMSKExecutionRole", "AWSLambdaRole", "AWSLambdaSQSQueueExecutionRole",
        "AWSLambdaVPCAccessExecutionRole", "AmazonS3ObjectLambdaExecutionRolePolicy", "AWSAppSyncPushToCloudWatchLogs",
        "AWSBatchServiceEventTargetRole", "AWSCodeDeployRole", "AWSCodeDeployRoleForLambda", "AWSCodeDeployRoleForLambdaLimited",
        "AWSGlueServiceRole", "AWSIoTLogging", "AWSIoTRuleActions", "AWSMSKReplicatorExecutionRole", "AWSQuicksightAthenaAccess",
        "AmazonAPIGatewayPushToCloudWatchLogs", "AmazonEC2ContainerServiceEventsRole", "AmazonECSTaskExecutionRolePolicy",
        "AmazonPersonalizeFullAccess", "AmazonRDSEnhancedMonitoringRole", "AmazonRekognitionServiceRole", "AmazonSNSRole",
        "AmazonSSMAutomationRole", "AmazonTextractServiceRole", "CloudWatchEventsBuiltInTargetExecutionAccess",
        "CloudWatchEventsInvocationAccess", "ComprehendDataAccessRolePolicy",
    }
)  # fmt: skip
"""Managed policies whose path is `service-role/`, of those that functions and state machines are given.
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html"""


def attach(expansion: Expansion, role: Role, policies: Any, place: Place) -> None:
    """Give a generated role what `Policies` lists."""
    if is_intrinsic(policies) and "Fn::If" in policies:
        _attach_either(expansion, role, policies, f"{role.id}Policy0", place)
        return
    entries = [policies] if is_intrinsic(policies) else listed(policies)
    for index, entry in enumerate(entries):
        if not is_absent(entry):
            _attach(expansion, role, entry, f"{role.id}Policy{index}", place)


def _attach(expansion: Expansion, role: Role, entry: Any, name: str, place: Place) -> None:
    if isinstance(entry, str):
        arn = managed_arn(entry)
        if arn not in role.managed:
            role.managed.append(arn)
    elif is_intrinsic(entry):
        if "Fn::If" in entry:
            _attach_either(expansion, role, entry, name, place)
        elif entry not in role.managed:
            role.managed.append(entry)
    elif isinstance(entry, Map):
        document = _document(expansion, entry, place)
        if document is not None:
            role.policies.append(Map({"PolicyName": name, "PolicyDocument": document}))


def _attach_either(expansion: Expansion, role: Role, entry: Map, name: str, place: Place) -> None:
    """A policy that hangs on a condition: each side as an entry of the list that it belongs to, absent on the other side."""
    choice = entry.get("Fn::If")
    if not (isinstance(choice, list) and len(choice) == 3):
        return
    absent = Map({"Ref": "AWS::NoValue"})
    for side, value in enumerate(choice[1:]):
        if isinstance(value, list):
            inner = value
        else:
            inner = [value]
        for index, one in enumerate(inner):
            if is_absent(one):
                continue
            piece = Role(role.id)
            _attach(expansion, piece, one, f"{name}{'' if len(inner) == 1 else index}", place)
            for made, into in ((piece.managed, role.managed), (piece.policies, role.policies)):
                into.extend(Map({"Fn::If": [choice[0], m, absent] if side == 0 else [choice[0], absent, m]}) for m in made)


def managed_arn(name: str) -> str:
    """The ARN of a managed policy that is given by name."""
    if name.startswith("arn:"):
        return name
    return f"arn:aws:iam::aws:policy/{'service-role/' if name in SERVICE_ROLES else ''}{name}"


def _document(expansion: Expansion, entry: Map, place: Place) -> Any:
    """A policy document as written, or the one that a policy template stands for."""
    if "Statement" in entry:
        return entry
    if len(entry) != 1:
        expansion.diagnose("a policy is neither a document nor a policy template", Place(entry))
        return None
    (name, parameters), *_ = entry.items()
    from edalint.frontends.cloudformation.sam import policy_templates

    statements = policy_templates.statements(name, plain(parameters))
    if statements is None:
        expansion.diagnose(f"{name} is no policy template of SAM", Place(entry, name))
        return Map({"Fn::Transform": Map({"Name": name})})
    return entry.like({"Version": "2012-10-17", "Statement": [plain(parameters).like(s) for s in statements]})
