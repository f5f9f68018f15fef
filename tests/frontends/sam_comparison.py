"""How our expansion and the answers of AWS's own SAM transform are compared: every resource, every property that events care about."""

from __future__ import annotations

import json
from typing import Any

DIGESTED = {"AWS::Lambda::Version", "AWS::Lambda::LayerVersion", "AWS::ApiGateway::Deployment"}
"""SAM puts a digest of the code or definition into these ids; nothing but SAM's own references can name them."""
IGNORED = {"Tags", "Code", "Content", "DeploymentId", "FunctionVersion", "DefinitionUri", "DefinitionS3Location", "BodyS3Location", "Parameters"}
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
                text = text.replace(f"${{{name}}}", json.dumps(normal(inside), sort_keys=True) if not isinstance(inside, str) else inside)
            return {"Fn::Sub": partition(text)}
        return {k: normal(v, k) for k, v in value.items() if k not in IGNORED}
    if isinstance(value, list):
        return [normal(element) for element in value]
    if key in ("Action", "Resource"):
        return [partition(value) if isinstance(value, str) else value]
    return partition(value) if isinstance(value, str) else value


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
            found.append((path, method, json.dumps(normal(uri), sort_keys=True), integration.get("type"), condition))
    return sorted(found, key=str)


def properties(type: str, written: Any) -> Any:
    """The properties that are compared."""
    written = {k: v for k, v in (written or {}).items() if v not in (None, [], {})}
    if type in ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"):
        return {"routes": routes(written.get("Body"))}
    if type == "AWS::IAM::Role":
        granted = [p.get("PolicyDocument", p).get("Statement", p.get("PolicyDocument", p)) for p in written.get("Policies", [])]
        written = {**written, "Policies": sorted((json.dumps(normal(wrapped(g)), sort_keys=True) for g in granted))}
        written["ManagedPolicyArns"] = sorted(map(str, normal(written.get("ManagedPolicyArns", []))))
        written = {k: v for k, v in written.items() if v != []}
    if type == "AWS::StepFunctions::StateMachine":
        written = {k: v for k, v in written.items() if k not in ("Definition", "DefinitionString", "DefinitionSubstitutions")}
    if type in ("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"):
        written = {k: v for k, v in written.items() if k in ("StageName", "RestApiId", "ApiId")}
    return normal(wrapped(written))


def differences(ours: Any, theirs: Any) -> list[str]:
    """Every way in which our resources differ from the oracle's, one line each."""
    found = []
    for id, resource in theirs.items():
        type = resource["Type"]
        if type in DIGESTED:
            continue
        mine = ours.get(id)
        if mine is None:
            found.append(f"{id} ({type}): missing")
            continue
        if mine.get("Type") != type:
            found.append(f"{id}: type {mine.get('Type')}, not {type}")
            continue
        if mine.get("Condition") != resource.get("Condition"):
            found.append(f"{id}: condition {mine.get('Condition')}, not {resource.get('Condition')}")
        left, right = properties(type, mine.get("Properties")), properties(type, resource.get("Properties"))
        for name in sorted({*left, *right}):
            if left.get(name) != right.get(name):
                found.append(f"{id}.{name}: {json.dumps(left.get(name))}, not {json.dumps(right.get(name))}")
    for id, resource in ours.items():
        if id not in theirs and resource.get("Type") not in DIGESTED:
            found.append(f"{id} ({resource.get('Type')}): not generated by SAM")
    return found
