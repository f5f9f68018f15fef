"""Oracle: the AWS provider's own schema says which arguments and attributes the translation tables may name.

    python tests/oracles/terraform_schema.py [--plugins DIR]

Writes tests/services/terraform_schema.json: of every Terraform type in the tables, its arguments and attributes, and its nested
blocks with theirs (`[n]`: how often a block may occur, 0 for any number). tests/services/test_terraform_tables.py holds the
tables to it. Needs `terraform` and the provider in a filesystem mirror.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(PROJECT))

from edalint.services import registry  # noqa: E402

RECORDED = PROJECT / "tests" / "services" / "terraform_schema.json"


def shortened(block: dict[str, Any]) -> dict[str, Any]:
    """Names alone: attributes as a list, blocks by name."""
    made: dict[str, Any] = {"attributes": sorted(block.get("attributes", {}))}
    blocks = {
        name: {"most": nested.get("max_items", 0) if nested["nesting_mode"] != "single" else 1, **shortened(nested["block"])}
        for name, nested in sorted(block.get("block_types", {}).items())
    }
    if blocks:
        made["blocks"] = blocks
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plugins", type=Path, default=Path("/opt/tf-plugins"))
    plugins = parser.parse_args().plugins
    for path in registry.modules():
        import_module(f"edalint.services.{path.stem}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "rc").write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{plugins}" }}\n}}\n', "utf-8")
        (folder / "main.tf").write_text('terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n', "utf-8")
        environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(folder / "rc"), "CHECKPOINT_DISABLE": "1"}
        subprocess.run(["terraform", "init", "-input=false"], cwd=folder, env=environment, check=True, capture_output=True)
        shown = subprocess.run(
            ["terraform", "providers", "schema", "-json"], cwd=folder, env=environment, check=True, capture_output=True, text=True
        )
    schemas = next(iter(json.loads(shown.stdout)["provider_schemas"].values()))["resource_schemas"]
    kept = {type: shortened(schemas[type]["block"]) for type in sorted(registry.TERRAFORM) if type in schemas}
    RECORDED.write_text(json.dumps(kept, separators=(",", ":"), sort_keys=True).replace('},"aws_', '},\n"aws_') + "\n", "utf-8")
    print(f"{len(kept)} types, {sorted(set(registry.TERRAFORM) - set(schemas))} are not in the schema")  # noqa: T201


if __name__ == "__main__":
    main()
