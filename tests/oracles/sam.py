"""Ask AWS's own SAM transform what it makes of a template (`pip install aws-sam-translator`); the tests need only its recorded answers.

python tests/oracles/sam.py            # record the answers for tests/frontends/sam/*.yaml and for 1,000 generated templates
python tests/oracles/sam.py FILE ...   # print where the expansion differs for other templates

Exit status 1 where the expansion differs.
"""

from __future__ import annotations

import copy
import json
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FIXTURES = HERE.parent / "frontends" / "sam"
sys.path.insert(0, str(HERE.parent.parent))

LOCAL = {"CodeUri": "s3://bucket/key", "ContentUri": "s3://bucket/key", "DefinitionUri": "s3://bucket/key"}
"""What packaging would have put in place of a local path."""


def plain(value: Any) -> Any:
    """Maps of ours as plain dicts."""
    if isinstance(value, dict):
        return {key: plain(inside) for key, inside in value.items()}
    return [plain(element) for element in value] if isinstance(value, list) else value


def packaged(template: Any) -> Any:
    """The template as `sam package` would leave it."""
    sections = template.get("Globals", {})
    for properties in [*(r.get("Properties") or {} for r in template["Resources"].values() if isinstance(r, dict)), *sections.values()]:
        for name, uri in LOCAL.items():
            if isinstance(properties.get(name), str) and not properties[name].startswith("s3://"):
                properties[name] = uri
    for resource in template["Resources"].values():
        if isinstance(resource, dict) and resource.get("Type") == "AWS::Serverless::Function":
            properties = resource.setdefault("Properties", {})
            image = properties.get("PackageType", sections.get("Function", {}).get("PackageType")) == "Image"
            if image:
                properties.setdefault("ImageUri", "account.dkr.ecr.region.amazonaws.com/image:tag")
            elif "CodeUri" not in properties and "InlineCode" not in properties and "CodeUri" not in sections.get("Function", {}):
                properties["CodeUri"] = "s3://bucket/key"
    return template


def transform(template: Any) -> Any:
    """What SAM makes of a source-level template."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    from samtranslator.translator.transform import transform as ask

    class Policies:
        def load(self) -> dict[str, str]:
            return {}

    return ask(packaged(copy.deepcopy(template)), {}, Policies())


def compare(name: str, root: Any) -> tuple[Any, list[str], str]:
    """What SAM makes of a template (None where it refuses), the differences, and a line that says so."""
    from edalint.frontends.cloudformation import sam
    from tests.frontends.sam_comparison import differences, summary

    try:
        theirs = summary(transform(plain(root))["Resources"])
    except Exception as error:
        why = " ".join(str(getattr(cause, "message", cause)) for cause in getattr(error, "causes", None) or [error])
        return None, [], f"{name}: SAM refuses: {why}"
    said: list[str] = []
    ours = summary(sam.expand(root, lambda message, place: said.append(message))["Resources"])
    found = differences(ours, theirs)
    return theirs, found, f"{name}: {len(theirs)} resources, {len(found)} differences, {said or 'nothing said'}"


def record() -> int:
    """Keep the answers for the project's own templates and for the generated ones."""
    from edalint.sources import reader
    from tests.frontends.sam_generated import digest, templates

    answers, kept, different, resources = {}, [], 0, 0
    for path in sorted(FIXTURES.glob("*.yaml")):
        answers[path.name], found, line = compare(path.name, reader.read(path.name, path.read_text()).root)
        different += len(found)
        sys.stdout.writelines(f"{line}\n" for line in [line, *found])
    (FIXTURES / "answers.json").write_text(json.dumps(answers, indent=0, sort_keys=True) + "\n")
    for number, template in enumerate(templates()):
        theirs, found, line = compare(f"generated {number}", reader.read("t.json", json.dumps(template)).root)
        kept.append("!" if theirs is None else digest(theirs))
        resources += len(theirs or ())
        different += len(found)
        sys.stdout.writelines(f"{line}\n" for line in ([line, *found] if found or theirs is None else ()))
    (FIXTURES / "generated.txt").write_text("\n".join(" ".join(kept[i : i + 10]) for i in range(0, len(kept), 10)) + "\n")
    sys.stdout.write(f"{len(answers)} templates of ours and {len(kept)} generated ({resources} resources, {kept.count('!')} refused): ")
    sys.stdout.write(f"{different} differences\n")
    return int(different > 0)


def main(arguments: list[str]) -> int:
    from edalint.sources import reader

    if not arguments:
        return record()
    different = 0
    for name in arguments:
        _, found, line = compare(name, reader.read(name, Path(name).read_text()).root)
        different += len(found)
        sys.stdout.writelines(f"{line}\n" for line in [line, *(f"    {line}" for line in found)])
    return int(different > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
