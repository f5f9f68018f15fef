"""How our expansion and the answers of AWS's own SAM transform are compared: every resource, every property that events care about."""

from __future__ import annotations

import json
import re
from typing import Any

DIGESTED = {"AWS::Lambda::Version", "AWS::Lambda::LayerVersion", "AWS::ApiGateway::Deployment"}
"""SAM puts a digest of the code or definition into these ids; nothing but SAM's own references can name them."""
IGNORED = {
    "Tags",
    "Code",
    "Content",
    "DeploymentId",
    "FunctionVersion",
    "DefinitionUri",
    "DefinitionS3Location",
    "BodyS3Location",
    "Parameters",
}
"""Not compared: what packaging changes, SAM's own tags, and what refers to a digested id. `Parameters`: of a RestApi's endpoint."""
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method", "$default"}


def normal(value: Any, key: str = "") -> Any:
    """A value in the one of its spellings that both sides are compared in."""
    if isinstance(value, dict):
        if set(value) == {"Fn::Join"} and isinstance(value["Fn::Join"], list) and value["Fn::Join"][0] == "\n":
            return "(definition)"
        if set(value) == {"Fn::Sub"} and isinstance(value["Fn::Sub"], list) and len(value["Fn::Sub"]) == 2:
            text, variables = value["Fn::Sub"]
            for name, inside in variables.items():
                text = text.replace(f"${{{name}}}", hole(inside))
            return {"Fn::Sub": partition(text)}
        if set(value) == {"Fn::If"} and isinstance(value["Fn::If"], list) and str(value["Fn::If"][0]).startswith("NOT"):
            name, yes, no = value["Fn::If"]
            return normal({"Fn::If": [condition(name)[3:], no, yes]})
        return {k: normal(v, k) for k, v in value.items() if k not in IGNORED}
    if isinstance(value, list):
        made = [normal(element) for element in value]
        return sorted(made, key=order) if key == "LambdaConfigurations" else sorted(set(made)) if key == "Action" else made
    if key in ("Action", "Resource"):
        return [partition(value) if isinstance(value, str) else value]
    return partition(value) if isinstance(value, str) else value


def order(value: Any) -> str:
    """A key to sort values of any shape by."""
    return json.dumps(value, sort_keys=True)


def hole(value: Any) -> str:
    """What stands in a text for a reference, however it was written there."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "Ref" in value:
        return f"${{{value['Ref']}}}"
    if isinstance(value, dict) and isinstance(value.get("Fn::GetAtt"), list):
        return f"${{{'.'.join(map(str, value['Fn::GetAtt']))}}}"
    return json.dumps(normal(value), sort_keys=True)


def condition(name: Any) -> Any:
    """The name of a condition without the digest that SAM adds to those that it makes."""
    return re.sub(r"^(NOT.*)[0-9a-f]{10}$", r"\1", name) if isinstance(name, str) else name


def partition(text: str) -> str:
    """A text with the partition as a reference, wherever SAM has put it in."""
    return text.replace("arn:aws:", "arn:${AWS::Partition}:")


def wrapped(value: Any) -> Any:
    """Actions and resources of statements as lists."""
    if isinstance(value, dict):
        return {k: [wrapped(v)] if k in ("Action", "Resource") and not isinstance(v, list) else wrapped(v) for k, v in value.items()}
    return [wrapped(element) for element in value] if isinstance(value, list) else value


def routes(body: Any) -> Any:
    """What an API's definition says of events: path, method, what is called, under which condition."""
    found = []
    for path, item in (body or {}).get("paths", {}).items():
        operations, when = item, None
        if isinstance(item, dict) and "Fn::If" in item:
            when, operations, _ = item["Fn::If"]
        for method, operation in operations.items() if isinstance(operations, dict) else ():
            if method.lower() not in METHODS:
                continue
            condition = when
            if isinstance(operation, dict) and "Fn::If" in operation:
                condition, operation, _ = operation["Fn::If"]
            integration = operation.get("x-amazon-apigateway-integration", {})
            if isinstance(integration, dict) and "Fn::If" in integration:
                integration = integration["Fn::If"][1]
            uri = integration.get("uri")
            if isinstance(uri, dict) and "Fn::If" in uri:
                condition, uri = uri["Fn::If"][0], uri["Fn::If"][1]
            if uri is None and integration.get("type") == "mock":  # CORS preflight answers, no event
                continue
            found.append([path, method, json.dumps(normal(uri), sort_keys=True), integration.get("type"), condition])
    return sorted(found, key=str)


def grant(policy: Any) -> Any:
    """The statements of an inline policy, under its condition."""
    if "Fn::If" in policy:
        name, yes, no = policy["Fn::If"]
        return {"Fn::If": [name, *(side if "Ref" in side else grant(side) for side in (yes, no))]}
    return policy["PolicyDocument"].get("Statement", policy["PolicyDocument"])


def properties(type: str, written: Any) -> Any:
    """The properties that are compared."""
    written = {k: v for k, v in (written or {}).items() if v not in (None, [], {})}
    if type in ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"):
        return {"routes": routes(written.get("Body"))}
    if type == "AWS::IAM::Role":
        granted = [grant(policy) for policy in written.get("Policies", [])]
        written = {**written, "Policies": sorted({json.dumps(normal(wrapped(g)), sort_keys=True) for g in granted})}
        written["ManagedPolicyArns"] = sorted(map(str, normal(written.get("ManagedPolicyArns", []))))
        written = {k: v for k, v in written.items() if v != []}
    if type == "AWS::StepFunctions::StateMachine":
        written = {k: v for k, v in written.items() if k not in ("Definition", "DefinitionString", "DefinitionSubstitutions")}
    if type in ("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"):
        written = {k: v for k, v in written.items() if k in ("StageName", "RestApiId", "ApiId")}
    return normal(wrapped(written))


def summary(resources: Any) -> dict[str, dict[str, Any]]:
    """What is compared, by id."""
    return {
        id: {
            "type": resource["Type"],
            "condition": condition(resource.get("Condition")),
            "properties": properties(resource["Type"], resource.get("Properties")),
        }
        for id, resource in resources.items()
        if resource["Type"] not in DIGESTED
    }


def differences(ours: dict[str, dict[str, Any]], theirs: dict[str, dict[str, Any]]) -> list[str]:
    """Every way in which our summary differs from the oracle's, one line each."""
    found = []
    for id in sorted({*ours, *theirs}):
        left, right = ours.get(id), theirs.get(id)
        if left is None or right is None:
            found.append(f"{id} ({(left or right or {})['type']}): {'missing' if left is None else 'not generated by SAM'}")
            continue
        for what in ("type", "condition"):
            if left[what] != right[what]:
                found.append(f"{id}: {what} {left[what]}, not {right[what]}")
        for name in sorted({*left["properties"], *right["properties"]}):
            mine, wanted = left["properties"].get(name), right["properties"].get(name)
            if mine != wanted:
                found.append(f"{id}.{name}: {json.dumps(mine)}, not {json.dumps(wanted)}")
    return found
