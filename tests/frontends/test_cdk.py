"""Cloud assemblies: stacks, stages and nested stacks become units; constructs give names and the user's lines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edalint.frontends import cloudformation
from edalint.frontends.cloudformation.constructs import name_of, parsed
from edalint.frontends.context import Context
from edalint.model.resources import Resource, Unit
from edalint.model.values import Ref
from edalint.sources.discovery import Source, discover


def at(path: str, type: str = "AWS::SQS::Queue", **properties: Any) -> dict[str, Any]:
    """A resource with a construct path."""
    return {"Type": type, "Properties": properties, "Metadata": {"aws:cdk:path": path}}


def stack(template: str, **more: Any) -> dict[str, Any]:
    """A stack's artifact."""
    environment = more.pop("environment", "aws://unknown-account/unknown-region")
    properties = {"templateFile": template, **more.pop("properties", {})}
    return {"type": "aws:cloudformation:stack", "environment": environment, "properties": properties, **more}


class App:
    """A CDK app in a folder, with its assembly."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.context = Context(root)
        self.write("cdk.json", {})

    def write(self, path: str, content: Any) -> None:
        """Write a file; anything but text as JSON."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))

    def manifest(self, folder: str = "cdk.out", /, **artifacts: Any) -> None:
        """Write an assembly's manifest."""
        self.write(f"{folder}/manifest.json", {"version": "55.0.0", "artifacts": artifacts})

    def template(self, path: str, /, **resources: Any) -> None:
        """Write a template into the assembly."""
        self.write(f"cdk.out/{path}", {"Resources": resources})

    def load(self) -> list[Unit]:
        """The units of the assembly, found as a run finds them."""
        found = discover([self.root], root=self.root)
        assert [s.kind for s in found.sources] == ["cdk"]
        return cloudformation.load(found.sources[0], self.context)

    def only(self) -> Unit:
        """The unit of the only stack."""
        (unit,) = self.load()
        return unit

    def said(self) -> list[str]:
        """What was diagnosed."""
        return [d.message for d in self.context.diagnostics]


@pytest.fixture
def app(tmp_path: Path) -> App:
    """An app without stacks."""
    return App(tmp_path)


def the(unit: Unit, id: str) -> Resource:
    """A resource that must be there."""
    return unit.resources[id]


def test_each_stack_is_a_unit_with_its_environment(app: App) -> None:
    """Account and region count where the app fixed them, and go into what the template refers to."""
    app.manifest(
        A=stack("A.template.json", environment="aws://111111111111/eu-west-1"),
        B=stack("B.template.json"),
        Tree={"type": "cdk:tree", "properties": {"file": "tree.json"}},
    )
    app.template("A.template.json", Queue=at("A/Queue/Resource", QueueName={"Fn::Sub": "q-${AWS::Region}-${AWS::AccountId}"}))
    app.template("B.template.json", Queue=at("B/Queue/Resource"))
    first, second = app.load()
    assert (first.path, first.region, first.account) == ("cdk.out/A.template.json", "eu-west-1", "111111111111")
    assert the(first, "Queue").properties["QueueName"] == "q-eu-west-1-111111111111"
    assert not isinstance(second.region, str)
    assert first.scopes == ("cdk.out/A.template.json", "cdk.out")
    assert app.said() == []


def test_stages_are_scopes(app: App) -> None:
    """A stage's assembly stands between a template and the whole assembly, so that names are found in their own stage first."""
    for name in ("Test", "Prod"):
        app.manifest(f"cdk.out/assembly-{name}", Orders=stack("Orders.template.json"))
        app.template(f"assembly-{name}/Orders.template.json", Queue=at(f"{name}/Orders/Queue/Resource"))
    stages = {n: {"type": "cdk:cloud-assembly", "properties": {"directoryName": f"assembly-{n}"}} for n in ("Test", "Prod")}
    app.manifest(**stages)
    test, prod = app.load()
    assert test.scopes == ("cdk.out/assembly-Test/Orders.template.json", "cdk.out/assembly-Test", "cdk.out")
    assert the(prod, "Queue").name == "Prod/Orders/Queue"


@pytest.mark.parametrize(
    ("path", "name"),
    [("S/Queue/Resource", "S/Queue"), ("S/Queue/Default", "S/Queue"), ("S/pipe", "S/pipe"), ("S/Resource", "S/Resource")],
)
def test_names_are_construct_paths(path: str, name: str) -> None:
    """Without the CDK's own word at the end."""
    assert name_of(path) == name


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        ("new CdkStack (/abs/lib/cdk-stack.ts:29:22)", ("/abs/lib/cdk-stack.ts", 29, 22)),
        ("    at new CdkStack (/abs/lib/cdk-stack.ts:29:22)", ("/abs/lib/cdk-stack.ts", 29, 22)),
        ("    at /abs/bin/app.ts:7:1", ("/abs/bin/app.ts", 7, 1)),
        ("__init__ (/abs/stack.py:18)", ("/abs/stack.py", 18, 1)),
        ("new A (file:///abs/a.mjs:1:2)", ("/abs/a.mjs", 1, 2)),
        (r"new A (C:\app\lib\a.ts:3:4)", (r"C:\app\lib\a.ts", 3, 4)),
        ("...new Vpc2 in aws-cdk-lib...", None),
        ("(no user code in 10 frames, use --stack-trace-limit to capture more)", None),
        ("", None),
        (":::", None),
    ],
)
def test_frames_of_every_language(frame: str, found: Any) -> None:
    """V8's frames, jsii's Python frames, and the CDK's own summaries."""
    assert parsed(frame) == found


SOURCE = "line\n" * 40


def test_the_line_that_made_a_resource(app: App) -> None:
    """The first frame that is the user's own file; a construct without one takes that of the construct around it."""
    app.write("lib/stack.ts", SOURCE)
    app.write("node_modules/aws-cdk-lib/core.js", SOURCE)
    lib, own = app.root / "node_modules/aws-cdk-lib/core.js", app.root / "lib/stack.ts"
    made = [f"new Queue2 ({lib}:1:1)", "...aws-cdk-lib...", f"new Stack ({own}:29:22)", f"<anonymous> ({app.root}/bin/app.ts:1:1)"]
    app.write(
        "cdk.out/S.metadata.json",
        {
            "/S": [{"type": "aws:cdk:creationStack", "data": [f"<anonymous> ({own}:3:1)"]}],
            "/S/Queue/Resource": [
                {"type": "aws:cdk:logicalId", "data": "Queue"},
                {"type": "aws:cdk:creationStack", "data": made},
                {"type": "aws:cdk:propertyAssignment", "data": {"propertyName": "visibilityTimeout", "stackTrace": [f"x ({own}:31:5)"]}},
            ],
            "/S/Queue/Policy/Resource": [{"type": "aws:cdk:creationStack", "data": ["(no user code in 10 frames)"]}],
            "/S/Other/Resource": [{"type": "aws:cdk:creationStack", "data": [f"new X ({own}:4000:1)"]}],
        },
    )
    app.manifest(S=stack("S.template.json", additionalMetadataFile="S.metadata.json"))
    app.template(
        "S.template.json",
        Queue=at("S/Queue/Resource", VisibilityTimeout=3),
        Policy=at("S/Queue/Policy/Resource", "AWS::SQS::QueuePolicy"),
        Other=at("S/Other/Resource"),
        Bare={"Type": "AWS::SQS::Queue"},
    )
    unit = app.only()
    queue = the(unit, "Queue")
    assert queue.source == ("lib/stack.ts", 29, 22, 29, 23)
    assert queue.property_sources == {"VisibilityTimeout": ("lib/stack.ts", 31, 5, 31, 6)}
    assert the(unit, "Policy").source == queue.source, "the sibling Resource of the parent construct has the line"
    assert the(unit, "Other").source == ("lib/stack.ts", 3, 1, 3, 2), "a line beyond the file's end is of another version"
    assert the(unit, "Bare").source is None
    assert the(unit, "Bare").name == "Bare"


def test_older_assemblies_have_traces_in_the_manifest(app: App) -> None:
    """`aws:cdk:logicalId` with a raw trace; where the template has no paths, the manifest names the constructs."""
    app.write("lib/stack.ts", SOURCE)
    trace = ["Error", f"    at new Queue ({app.root}/node_modules/a.js:1:1)", f"    at new S ({app.root}/lib/stack.ts:7:9)"]
    metadata = {"/S/Queue/Resource": [{"type": "aws:cdk:logicalId", "data": "Queue1", "trace": trace}]}
    app.manifest(S=stack("S.template.json", metadata=metadata))
    app.template("S.template.json", Queue1={"Type": "AWS::SQS::Queue"})
    queue = the(app.only(), "Queue1")
    assert (queue.name, queue.source) == ("S/Queue", ("lib/stack.ts", 7, 9, 7, 10))


@pytest.mark.parametrize(
    ("frame", "path"),
    [
        ("new S (/home/ci/work/repo/lib/stack.ts:7:9)", "lib/stack.ts"),
        ("__init__ (/builds/x/app.py:7)", "app.py"),
        ("new S (lib/stack.ts:7:9)", "lib/stack.ts"),
        ("new S (/elsewhere/lib/other.ts:7:9)", None),
        ("new S (../outside.ts:7:9)", None),
        ("new S (/home/ci/node_modules/lib/stack.ts:7:9)", None),
        ("new S (node:internal/main:7:9)", None),
    ],
)
def test_apps_synthesized_elsewhere(app: App, frame: str, path: str | None) -> None:
    """A path of another machine is recognised by its end below the app's folder; one that is not there counts for nothing."""
    app.write("lib/stack.ts", SOURCE)
    app.write("app.py", SOURCE)
    (app.root.parent / "outside.ts").write_text(SOURCE)
    app.manifest(S=stack("S.template.json", metadata={"/S/Q/Resource": [{"type": "aws:cdk:creationStack", "data": [frame]}]}))
    app.template("S.template.json", Q=at("S/Q/Resource"))
    source = the(app.only(), "Q").source
    assert (source.path if source else None) == path


def test_nested_stacks_are_part_of_their_parent(app: App) -> None:
    """By the asset's path in the metadata, or, where that was left out, by the list of assets."""
    digest = "ab" * 32
    url = {"Fn::Sub": f"https://s3.${{AWS::Region}}.${{AWS::URLSuffix}}/cdk-hnb659fds-assets/{digest}.json"}
    noted = at("S/One.NestedStack/One.NestedStackResource", "AWS::CloudFormation::Stack", TemplateURL=url)
    noted["Metadata"].update({"aws:asset:path": "SOne.nested.template.json", "aws:asset:property": "TemplateURL"})
    app.template("SOne.nested.template.json", Queue=at("S/One/Queue/Resource"))
    app.template("STwo.nested.template.json", Topic=at("S/Two/Topic/Resource", "AWS::SNS::Topic"))
    app.write("cdk.out/S.assets.json", {"files": {digest: {"source": {"path": "STwo.nested.template.json", "packaging": "file"}}}})
    app.template("S.template.json", One=noted, Two={"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}})
    app.manifest(S=stack("S.template.json"))
    unit = app.only()
    assert the(unit, "One/Queue").name == "S/One/Queue"
    assert the(unit, "Two/Topic").type == "AWS::SNS::Topic"
    assert app.said() == []


def test_parameters_that_the_app_gives(app: App) -> None:
    """Values of the manifest count for the stack's parameters."""
    template = {"Parameters": {"Name": {"Type": "String"}}, "Resources": {"Q": at("S/Q/Resource", QueueName={"Ref": "Name"})}}
    app.write("cdk.out/S.template.json", template)
    app.manifest(S=stack("S.template.json", properties={"parameters": {"Name": "orders"}}))
    assert the(app.only(), "Q").properties["QueueName"] == "orders"


def test_helpers_of_the_cdk_are_marked(app: App) -> None:
    """Functions that only CloudFormation calls, with their roles; a handler that the user wrote is not one of them."""
    uuid = "679f53fac002430cb0da5b7982bd2287"
    app.manifest(S=stack("S.template.json"))
    app.template(
        "S.template.json",
        Call={"Type": "Custom::AWS", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Helper", "Arn"]}}},
        Helper=at(f"S/AWS{uuid}/Resource", "AWS::Lambda::Function"),
        HelperRole=at(f"S/AWS{uuid}/ServiceRole/Resource", "AWS::IAM::Role"),
        Own={"Type": "AWS::CloudFormation::CustomResource", "Properties": {"ServiceToken": {"Fn::GetAtt": ["Mine", "Arn"]}}},
        Mine=at("S/Mine/Resource", "AWS::Lambda::Function"),
        Provided={"Type": "Custom::Mine", "Properties": {"ServiceToken": {"Fn::GetAtt": ["OnEvent", "Arn"]}}},
        OnEvent=at("S/P/framework-onEvent/Resource", "AWS::Lambda::Function"),
        Waiter=at("S/P/waiter-state-machine/Resource", "AWS::StepFunctions::StateMachine"),
        Singleton=at(f"S/Worker{uuid}/Resource", "AWS::Lambda::Function"),
    )
    marked = {r.address for r in app.only().resources.values() if r.generated}
    assert marked == {"Call", "Helper", "HelperRole", "Provided", "OnEvent", "Waiter"}


def test_a_template_given_alone(app: App) -> None:
    """A synthesized template has names by itself, and environment and lines by the manifest next to it."""
    app.write("lib/stack.ts", SOURCE)
    metadata = {"/S/Q/Resource": [{"type": "aws:cdk:creationStack", "data": ["new S (lib/stack.ts:7:9)"]}]}
    app.manifest(S=stack("S.template.json", environment="aws://unknown-account/eu-west-1", metadata=metadata))
    app.template("S.template.json", Q=at("S/Q/Resource"), Arn=at("S/T/Resource", "AWS::SNS::Topic"))
    path = app.root / "cdk.out/S.template.json"
    (unit,) = cloudformation.load(Source("cloudformation", path, "cdk.out/S.template.json", True), app.context)
    assert (unit.path, unit.region) == ("cdk.out/S.template.json", "eu-west-1")
    assert the(unit, "Q").source == ("lib/stack.ts", 7, 9, 7, 10)
    (app.root / "cdk.out/manifest.json").unlink()
    (unit,) = cloudformation.load(Source("cloudformation", path, "cdk.out/S.template.json", True), Context(app.root))
    assert (the(unit, "Q").name, the(unit, "Q").source) == ("S/Q", None)
    assert unit.scopes == ("cdk.out/S.template.json", "cdk.out")


def test_what_cannot_be_read_is_said(app: App) -> None:
    """A missing template, an empty manifest; the other stacks are read all the same."""
    app.manifest(A=stack("A.template.json"), B=stack("B.template.json"))
    app.template("B.template.json", Q=at("B/Q/Resource", RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["Q", "Arn"]}}))
    unit = app.only()
    assert the(unit, "Q").properties["RedrivePolicy"]["deadLetterTargetArn"] == Ref("cdk.out/B.template.json#Q", "Arn")
    (message,) = app.said()
    assert "A.template.json" in message


def test_an_assembly_without_stacks(app: App) -> None:
    """Says what to run."""
    app.manifest()
    assert app.load() == []
    assert "cdk synth" in app.said()[0]


@pytest.mark.parametrize("wrong", [None, [], "x", 7, {"A": None}, {"A": {"type": "aws:cloudformation:stack"}}, {"A": {"type": []}}])
def test_no_shape_of_a_manifest_breaks_it(app: App, wrong: Any) -> None:
    """A manifest that is not one gives no stacks and no traceback."""
    app.write("cdk.out/manifest.json", {"version": "1", "artifacts": wrong})
    assert app.load() == []


@pytest.mark.parametrize("wrong", [None, [], "x", 7, {"/S/Q/Resource": None}, {"/S/Q/Resource": [None, [], {"type": []}]}])
@pytest.mark.parametrize("where", ["file", "inline", "data", "trace"])
def test_no_shape_of_metadata_breaks_it(app: App, wrong: Any, where: str) -> None:
    """Metadata that is not what it should be gives no lines."""
    entry = {"type": "aws:cdk:creationStack", "data": wrong}
    metadata: Any = {
        "file": wrong,
        "inline": wrong,
        "data": {"/S/Q/Resource": [entry, {**entry, "type": "aws:cdk:propertyAssignment"}]},
    }.get(where, {"/S/Q/Resource": [{"type": "aws:cdk:logicalId", "data": wrong, "trace": [wrong]}]})
    app.write("cdk.out/S.metadata.json", metadata)
    more = {"additionalMetadataFile": "S.metadata.json"} if where == "file" else {"metadata": metadata}
    app.manifest(S=stack("S.template.json", **more))
    app.template("S.template.json", Q=at("S/Q/Resource"))
    assert the(app.only(), "Q").source is None


def test_an_assembly_that_names_itself(app: App) -> None:
    """A nested assembly that leads back ends."""
    loop = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}
    app.manifest(Loop=loop, S=stack("S.template.json"))
    app.template("S.template.json", Q=at("S/Q/Resource"))
    assert len(app.load()) == 1
