"""Oracle: Terraform itself plans every root that can be planned offline; the HCL frontend must read what the plan knows.

    python tests/oracles/terraform_plans.py [--plugins DIR] [--record] [ROOT ...]

Needs `terraform` (or `tofu`) and the AWS provider in a filesystem mirror. Every root is copied together with the folder that
it lies in (local modules), gets a provider with dummy credentials, and is planned with values for all variables; the same
values are given to the frontend. A tiny server answers who the caller is. `--record` writes the plans of the project's own
roots (tests/frontends/terraform/plans, language/expressions.json), so that the test suite needs no Terraform.
Exit status 1 when a value or an address differs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
sys.path.insert(0, str(PROJECT))

from edalint.frontends.context import Context  # noqa: E402
from edalint.frontends.terraform.config import Loader, Variable  # noqa: E402
from edalint.frontends.terraform.expressions import Scope, evaluate  # noqa: E402
from edalint.frontends.terraform.hidden import is_whole  # noqa: E402
from edalint.frontends.terraform.module import Module, Run  # noqa: E402
from edalint.frontends.terraform.types import Type  # noqa: E402
from edalint.model.resources import Unit  # noqa: E402
from tests.frontends.terraform.comparison import compare, read_root  # noqa: E402

ACCOUNT = "123456789012"
RECORDED = PROJECT / "tests" / "frontends" / "terraform" / "plans"
LANGUAGE = PROJECT / "tests" / "frontends" / "terraform" / "language"
CALLER = f"""<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::{ACCOUNT}:user/planner</Arn><UserId>AIDAPLANNER</UserId><Account>{ACCOUNT}</Account>
</GetCallerIdentityResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""


class _Caller(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # noqa: N802
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(CALLER.encode())

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


def provider(port: int, alias: str = "", region: str = "us-east-1") -> str:
    """A provider that asks nobody but the server above."""
    named = f'alias = "{alias}"' if alias else ""
    return f"""
provider "aws" {{
  {named}
  region                      = "{region}"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  endpoints {{
    sts = "http://localhost:{port}"
  }}
}}
"""


def placeholder(type: Type) -> Any:
    """A value of a type, for a variable that has none."""
    if type.kind == "object":
        return {name: placeholder(inner) for name, (inner, optional, _) in type.attributes.items() if not optional}
    simple = {"number": 1, "bool": True, "list": [], "set": [], "map": {}}
    return [placeholder(t) for t in type.elements] if type.kind == "tuple" else simple.get(type.kind, "text")


def values_of(folder: Path, context: Context) -> dict[str, Any]:
    """A value for every variable of a root: its default, the first that it allows, or any of its type."""
    config = Loader(context).load(folder)
    if config is None:
        return {}
    module = Module(Run(context, Unit("", "terraform"), folder, Loader(context)), config)

    def value(variable: Variable) -> Any:
        for expression in (variable.default, variable.allowed):
            if expression is not None:
                found = evaluate(expression, Scope(module))
                if is_whole(found):
                    return found[0] if expression is variable.allowed and isinstance(found, list) else found
        return placeholder(variable.type)

    return {name: value(v) for name, v in config.variables.items()}


def plan(folder: Path, scratch: Path, port: int, environment: dict[str, str], values: dict[str, Any]) -> dict[str, Any] | str:
    """The plan of a root as JSON, or why there is none."""
    config = Loader(Context(folder)).load(folder)
    blocks = [b for b in config.providers if b.labels == ("aws",)] if config is not None else []
    aliases = [getattr(b.body.expression("alias"), "value", "") for b in blocks]
    name = "zz_planning_override.tf" if "" in aliases else "zz_planning.tf"
    (scratch / name).write_text(provider(port), "utf-8")
    for alias in filter(None, aliases):
        (scratch / f"zz_{alias}_override.tf").write_text(provider(port, alias), "utf-8")
    (scratch / "zz_backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n', "utf-8")
    (scratch / "zz.auto.tfvars.json").write_text(json.dumps(values), "utf-8")
    for step in (["init", "-input=false", "-no-color"], ["plan", "-input=false", "-no-color", "-refresh=false", "-lock=false", "-out=planned"]):
        done = subprocess.run(["terraform", *step], cwd=scratch, env=environment, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            lines = [line.strip(" │╷╵") for line in done.stderr.splitlines()]
            return " ".join(" ".join(line for line in lines if line).split())[:200]
    shown = subprocess.run(["terraform", "show", "-json", "planned"], cwd=scratch, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


def common_folder(folder: Path) -> Path:
    """The folder above a root that holds its local modules."""
    for above in (folder, *folder.parents):
        if not any(p.suffix in (".tf", ".tofu") for p in above.parent.iterdir()) and above.name not in ("examples", "modules"):
            return above
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("roots", nargs="*", type=Path)
    parser.add_argument("--plugins", type=Path, default=Path("/opt/tf-plugins"), help="filesystem mirror with the AWS provider")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    server = HTTPServer(("localhost", 0), _Caller)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    roots = [r.resolve() for r in options.roots] or [LANGUAGE, *sorted(p.parent for p in RECORDED.glob("*/main.tf"))]
    failures = planned = 0
    with tempfile.TemporaryDirectory() as temporary:
        configuration = Path(temporary) / "rc"
        configuration.write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{options.plugins}" }}\n}}\n', "utf-8")
        environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(configuration), "CHECKPOINT_DISABLE": "1"}
        for index, root in enumerate(roots):
            above = common_folder(root)
            copy = Path(temporary) / str(index) / above.name
            shutil.copytree(above, copy, ignore=shutil.ignore_patterns(".terraform*", "plan.json"))
            for path in copy.rglob("*"):
                path.chmod(0o755 if path.is_dir() else 0o644)
            copy.chmod(0o755)
            scratch = copy / root.relative_to(above)
            values = values_of(scratch, Context(copy))
            found = plan(scratch, scratch, server.server_port, environment, values)
            if isinstance(found, str):
                print(f"not planned   {root}: {found}")
                continue
            planned += 1
            unit, _ = read_root(scratch, copy, values, ACCOUNT)
            result = compare(found, unit)
            print(f"{len(result.different):3d} different {len(result.unread):4d} unknown {result.equal:5d} equal   {root}")
            for line in result.different:
                print(f"      {line[:400]}")
            failures += len(result.different)
            if options.record:
                record(root, found)
    print(f"{planned} of {len(roots)} roots planned, {failures} differences")
    return int(failures > 0)


def record(root: Path, found: dict[str, Any]) -> None:
    """Keep the plan of one of the project's own roots."""
    if root == LANGUAGE:
        text = json.dumps(found["planned_values"]["outputs"]["all"]["value"], indent=1, sort_keys=True)
        (LANGUAGE / "expressions.json").write_text(text + "\n", "utf-8")
    else:
        kept = {k: found[k] for k in ("format_version", "terraform_version", "planned_values", "resource_changes", "configuration", "variables") if k in found}
        (root / "plan.json").write_text(json.dumps(kept, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
