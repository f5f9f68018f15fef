"""`AWS::Serverless::Function`: the function, its role, alias, URL, settings of asynchronous calls, and its events."""

from __future__ import annotations

from collections.abc import Callable

from edalint.frontends.cloudformation.sam.expansion import Event, Expansion, Owner, Role, allow, condition_of, later, trust_in
from edalint.frontends.cloudformation.sam.shapes import NO_VALUE, get_att, is_absent, is_intrinsic, plain, ref, renamed, text
from edalint.hints import Any
from edalint.model.graph import Place
from edalint.model.values import Map

TYPE = "AWS::Serverless::Function"
RENAMED = {"Tracing": "TracingConfig", "DeadLetterQueue": "DeadLetterConfig"}
OWN = frozenset(
    {
        "AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties", "AutoPublishCodeSha256", "CodeUri", "DeploymentPreference",
        "EventInvokeConfig", "Events", "FunctionUrlConfig", "ImageUri", "InlineCode", "PermissionsBoundary", "Policies",
        "PropagateTags", "ProvisionedConcurrencyConfig", "RolePath", "Tags", "VersionDeletionPolicy", "VersionDescription",
    }
)  # fmt: skip
"""Properties that only SAM's function has; all others are Lambda's own."""

DESTINATIONS = {
    "SQS": ("SQSPolicy", "sqs:SendMessage"),
    "SNS": ("SNSPolicy", "sns:publish"),
    "EventBridge": ("EventBridgePolicy", "events:PutEvents"),
    "Lambda": ("LambdaPolicy", "lambda:InvokeFunction"),
}
"""Type of a destination -> name of the policy that the generated role gets, and the action that it allows."""

EVENTS: dict[str, Callable[[Expansion, Event], None]] = {
    **dict.fromkeys(("SQS", "Kinesis", "DynamoDB", "MSK", "MQ", "DocumentDB", "SelfManagedKafka"), later("pull", "mapping")),
    "SNS": later("push", "topic"),
    "S3": later("push", "bucket"),
    "Cognito": later("push", "user_pool"),
    "IoTRule": later("push", "iot_rule"),
    "CloudWatchLogs": later("push", "logs"),
    "AlexaSkill": later("push", "alexa"),
    **dict.fromkeys(("Schedule", "CloudWatchEvent", "EventBridgeRule"), later("schedules", "function_rule")),
    "ScheduleV2": later("schedules", "schedule"),
    "Api": later("apis", "function_rest"),
    "HttpApi": later("apis", "function_http"),
}


def expand(expansion: Expansion, id: str, resource: Map, properties: Map) -> None:
    """Put a function and everything that SAM generates for it into the expansion."""
    owner = Owner(id, TYPE, condition_of(resource), Place(expansion.written, id))
    owner.arn, owner.name = get_att(id), ref(id)
    owner.permissions_boundary = properties.get("PermissionsBoundary")
    function = expansion.keep(id, resource, "AWS::Lambda::Function", _lambda_properties(properties))
    role = _role(expansion, owner, properties, function["Properties"])
    alias = _alias(expansion, owner, properties)
    _url(expansion, owner, properties)
    _event_invoke_config(expansion, owner, role, properties, alias)
    events = list(expansion.events(owner, properties))
    if any(event.type == "HttpApi" for event in events):
        from edalint.frontends.cloudformation.sam.apis import comes_later

        events.sort(key=comes_later)
    for event in events:
        maker = EVENTS.get(event.type)
        if maker is None:
            expansion.diagnose(f"SAM has no event type {event.type} for functions (event {event.key} of {id})", event.place)
        else:
            maker(expansion, event)


def _lambda_properties(properties: Map) -> Map:
    items: dict[str, Any] = {k: v for k, v in properties.items() if k not in OWN and k not in RENAMED}
    names: dict[str, str] = {}
    for written, shape in (("CodeUri", None), ("InlineCode", "ZipFile"), ("ImageUri", "ImageUri")):
        value = properties.get(written)
        if not is_absent(value):
            items["Code"] = properties.like({shape: value}) if shape else value
            names["Code"] = written
    tracing = properties.get("Tracing")
    if not is_absent(tracing) and tracing != "Disabled":
        items["TracingConfig"] = properties.like({"Mode": tracing})
        names["TracingConfig"] = "Tracing"
    dead_letter = properties.get("DeadLetterQueue")
    if not is_absent(dead_letter):
        queue = plain(dead_letter)
        items["DeadLetterConfig"] = queue.like({"TargetArn": queue["TargetArn"]}) if "TargetArn" in queue else dead_letter
        names["DeadLetterConfig"] = "DeadLetterQueue"
    tags = properties.get("Tags")
    if not is_absent(tags):
        items["Tags"] = tag_list(tags)
    return renamed(properties, items, names)


def tag_list(tags: Any) -> Any:
    """SAM's tags, a map, as CloudFormation's list."""
    if isinstance(tags, Map) and not is_intrinsic(tags):
        return [Map({"Key": key, "Value": value}) for key, value in tags.items()]
    return tags


def _role(expansion: Expansion, owner: Owner, properties: Map, function: Map) -> Role:
    """The role that SAM generates; put beside the function unless `Role` names one in every case."""
    role = Role(f"{owner.id}Role")
    durable = not is_absent(properties.get("DurableConfig"))
    role.attach(f"service-role/{'AWSLambdaBasicDurableExecutionRolePolicy' if durable else 'AWSLambdaBasicExecutionRole'}")
    if not is_absent(properties.get("Tracing")) and properties["Tracing"] != "Disabled":
        role.attach("AWSXrayWriteOnlyAccess")
    network = properties.get("VpcConfig")
    if not is_absent(network) and network != {}:
        role.attach("service-role/AWSLambdaVPCAccessExecutionRole")
    queue = plain(properties.get("DeadLetterQueue"))
    action = {"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}.get(str(queue.get("Type")))
    if action and "TargetArn" in queue:
        role.allow("DeadLetterQueuePolicy", allow(action, queue["TargetArn"]))
    given = properties.get("Role")
    condition, value = generated_role(expansion, owner, given, get_att(role.id))
    if value is not None:
        owner.role = role
        function["Role"] = value
        attach_policies(expansion, role, properties.get("Policies"), Place(properties, "Policies"))
        trust = properties.get("AssumeRolePolicyDocument")
        place = Place(properties, "Policies") if "Policies" in properties else owner.place
        add_role(expansion, owner, role, trust_in("lambda.amazonaws.com") if is_absent(trust) else trust, place, condition, properties)
    return role


def attach_policies(expansion: Expansion, role: Role, given: Any, place: Place) -> None:
    """Give a generated role what `Policies` lists."""
    if not is_absent(given):
        from edalint.frontends.cloudformation.sam import policies

        policies.attach(expansion, role, given, place)


def generated_role(expansion: Expansion, owner: Owner, given: Any, arn: Map) -> tuple[str | None, Any]:
    """Under which condition SAM generates a role beside the one given, and what the function's role is then; None: never."""
    if is_absent(given):
        return owner.condition, arn
    choice = given.get("Fn::If") if isinstance(given, dict) else None
    if isinstance(choice, list) and len(choice) == 3 and isinstance(choice[0], str):
        condition, yes, no = choice
        if is_absent(yes) and is_absent(no):
            return owner.condition, arn
        if is_absent(yes):
            return expansion.both(owner.condition, condition), Map({"Fn::If": [condition, arn, no]})
        if is_absent(no):
            return expansion.both(owner.condition, expansion.negation(condition)), Map({"Fn::If": [condition, yes, arn]})
    return None, None


def add_role(expansion: Expansion, owner: Owner, role: Role, trust: Any, place: Place, condition: str | None, properties: Map) -> None:
    """Put a generated role into the expansion; its lists may still grow while events are expanded."""
    items: dict[str, Any] = {"AssumeRolePolicyDocument": trust, "ManagedPolicyArns": role.managed, "Policies": role.policies}
    for written, name in (("RolePath", "Path"), ("PermissionsBoundary", "PermissionsBoundary")):
        if not is_absent(properties.get(written)):
            items[name] = properties[written]
    body = renamed(properties, items, {"Policies": "Policies", "ManagedPolicyArns": "Policies", "Path": "RolePath"})
    expansion.add(role.id, "AWS::IAM::Role", body, place, owner.source_type, condition)


def _alias(expansion: Expansion, owner: Owner, properties: Map) -> str | None:
    """`AutoPublishAlias`: a version and an alias, which events call from then on."""
    name = text(expansion.literal(properties.get("AutoPublishAlias")))
    if name is None:
        return None
    place = Place(properties, "AutoPublishAlias")
    version = f"{owner.id}Version"
    alias = f"{owner.id}Alias{name.replace('-', 'D').replace('_', 'U')}"
    expansion.add(version, "AWS::Lambda::Version", properties.like({"FunctionName": ref(owner.id)}), place, TYPE, owner.condition)
    items: dict[str, Any] = {"Name": name, "FunctionName": ref(owner.id), "FunctionVersion": get_att(version, "Version")}
    if not is_absent(properties.get("ProvisionedConcurrencyConfig")):
        items["ProvisionedConcurrencyConfig"] = properties["ProvisionedConcurrencyConfig"]
    body = renamed(properties, items, {"Name": "AutoPublishAlias"})
    expansion.add(alias, "AWS::Lambda::Alias", body, place, TYPE, owner.condition)
    owner.arn = owner.name = ref(alias)
    expansion.renames[f"{owner.id}.Alias"] = alias
    expansion.renames[f"{owner.id}.Version"] = version
    return name


def _url(expansion: Expansion, owner: Owner, properties: Map) -> None:
    """`FunctionUrlConfig`: a URL and, where everyone may call it, the permissions."""
    config = plain(properties.get("FunctionUrlConfig"))
    if not config:
        return
    place = Place(properties, "FunctionUrlConfig")
    items = {**config, "TargetFunctionArn": owner.name}
    expansion.add(f"{owner.id}Url", "AWS::Lambda::Url", config.like(items), place, TYPE, owner.condition)
    if config.get("AuthType") == "NONE":
        call = {"Action": "lambda:InvokeFunctionUrl", "FunctionName": owner.name, "Principal": "*", "FunctionUrlAuthType": "NONE"}
        invoke = {"Action": "lambda:InvokeFunction", "FunctionName": owner.name, "Principal": "*", "InvokedViaFunctionUrl": True}
        for id, permission in ((f"{owner.id}UrlPublicPermissions", call), (f"{owner.id}URLInvokeAllowPublicAccess", invoke)):
            expansion.add(id, "AWS::Lambda::Permission", config.like(permission), place, TYPE, owner.condition)


def _event_invoke_config(expansion: Expansion, owner: Owner, role: Role, properties: Map, alias: str | None) -> None:
    """`EventInvokeConfig`, with the queues and topics that SAM makes for destinations without an ARN."""
    config = plain(properties.get("EventInvokeConfig"))
    if not config:
        return
    place = Place(properties, "EventInvokeConfig")
    id = f"{owner.id}EventInvokeConfig"
    items: dict[str, Any] = {"FunctionName": ref(owner.id), "Qualifier": alias or "$LATEST"}
    items.update({k: config[k] for k in ("MaximumEventAgeInSeconds", "MaximumRetryAttempts") if k in config})
    destinations = plain(config.get("DestinationConfig"))
    made: dict[str, Any] = {}
    for outcome in ("OnSuccess", "OnFailure"):
        wanted = destinations.get(outcome)
        if isinstance(wanted, Map) and not is_absent(wanted):
            made[outcome] = _destination(expansion, owner, role, destinations, outcome, f"{id}{outcome}")
    if made:
        items["DestinationConfig"] = destinations.like(made)
    expansion.add(id, "AWS::Lambda::EventInvokeConfig", config.like(items), place, TYPE, owner.condition)


def _destination(expansion: Expansion, owner: Owner, role: Role, destinations: Map, outcome: str, id: str) -> Any:
    wanted: Map = destinations[outcome]
    if is_intrinsic(wanted):
        return wanted
    kind, given = wanted.get("Type"), wanted.get("Destination")
    value = given
    if kind in ("SQS", "SNS"):
        suffix, type = ("Queue", "AWS::SQS::Queue") if kind == "SQS" else ("Topic", "AWS::SNS::Topic")
        arn = get_att(f"{id}{suffix}") if kind == "SQS" else ref(f"{id}{suffix}")
        condition, generated = generated_role(expansion, owner, given, arn)
        if generated is not None:
            value = generated
            expansion.add(f"{id}{suffix}", type, wanted.like({}), Place(destinations, outcome), TYPE, condition)
            word = "Queue" if kind == "SQS" else "Topic"
            expansion.renames[f"{owner.id}.Destination{word}"] = f"{id}{suffix}"
    grant = DESTINATIONS.get(str(kind))
    if is_absent(value):
        expansion.diagnose(f"{outcome} of {owner.id} has no Destination", Place(destinations, outcome))
        return NO_VALUE
    if grant is not None:
        role.allow(f"{id}{grant[0]}", allow(grant[1], value))
    elif kind == "S3Bucket":
        everything = Map({"Fn::Join": ["/", [value, "*"]]})
        role.allow(f"{id}S3Policy", allow("s3:PutObject", everything), allow("s3:ListBucket", value))
    return renamed(wanted, {"Destination": value}, {"Destination": "Destination" if "Destination" in wanted else "Type"})
