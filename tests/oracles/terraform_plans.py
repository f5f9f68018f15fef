"""Oracle: Terraform itself plans every root that can be planned offline; the HCL frontend must read what the plan knows.

    python tests/oracles/terraform_plans.py [--plugins DIR] [--record] [ROOT ...]

Needs `terraform` (or `tofu`) and the AWS provider in a filesystem mirror. Every root is copied together with the folder that
it lies in (local modules) and planned with values for all variables and dummy credentials; the same values are given to the
frontend. A tiny server stands for AWS, versions that the root asks for are not insisted on. `--record` writes the plans of the project's own
roots (tests/frontends/terraform/plans, language/expressions.json), so that the test suite needs no Terraform.
Exit status 1 when a value or an address differs.
"""

from __future__ import annotations

import argparse
import json
import os
import re
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


class _Aws(BaseHTTPRequestHandler):
    """Answers the two questions that a plan asks AWS: who is calling, and whether a state machine's definition is one."""

    def do_POST(self) -> None:
        machine = "ValidateStateMachineDefinition" in self.headers.get("X-Amz-Target", "")
        caller = "GetCallerIdentity" in self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8", "replace")
        self.send_response(200 if machine or caller else 501)
        self.send_header("Content-Type", "application/x-amz-json-1.0" if machine else "text/xml")
        self.end_headers()
        self.wfile.write(b'{"result": "OK", "diagnostics": []}' if machine else CALLER.encode() if caller else b"")

    def do_GET(self) -> None:
        self.send_error(501)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


_VERSION = re.compile(r'\b(?:required_)?version\s*=\s*"[^"]*"')
_BLOCK = re.compile(r"\bterraform\s*\{")


def without_versions(text: str) -> str:
    """A file whose `terraform` blocks ask for no versions: the mirror has one."""
    for match in reversed(list(_BLOCK.finditer(text))):
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        text = text[: match.start()] + _VERSION.sub("", text[match.start() : end]).replace(" ,", " ") + text[end:]
    return text


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
        return {} if variable.name.endswith("tags") else placeholder(variable.type)

    return {name: value(v) for name, v in config.variables.items()}


def plan(scratch: Path, environment: dict[str, str], values: dict[str, Any]) -> dict[str, Any] | str:
    """The plan of a root as JSON, or why there is none."""
    (scratch / "zz_backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n', "utf-8")
    (scratch / "zz.auto.tfvars.json").write_text(json.dumps(values), "utf-8")
    for step in (
        ["init", "-input=false", "-no-color"],
        ["plan", "-input=false", "-no-color", "-refresh=false", "-lock=false", "-out=planned"],
    ):
        done = subprocess.run(["terraform", *step], cwd=scratch, env=environment, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            lines = [line.strip(" │╷╵") for line in done.stderr.splitlines()]
            return " ".join(" ".join(line for line in lines if line).split())[:200]
    shown = subprocess.run(
        ["terraform", "show", "-json", "planned"], cwd=scratch, env=environment, capture_output=True, text=True, check=True
    )
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
    parser.add_argument("--within", type=Path, help="the folder that holds the roots' local modules, where it is not found by itself")
    parser.add_argument("--unknown", action="store_true", help="list what the plan knows and the frontend does not")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    server = HTTPServer(("localhost", 0), _Aws)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    roots = [r.resolve() for r in options.roots] or [LANGUAGE, *sorted(p.parent for p in RECORDED.glob("*/main.tf"))]
    failures = planned = 0
    with tempfile.TemporaryDirectory() as temporary:
        configuration = Path(temporary) / "rc"
        credentials = Path(temporary) / "credentials"
        credentials.write_text("[default]\naws_access_key_id = test\naws_secret_access_key = test\n", "utf-8")
        configuration.write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{options.plugins}" }}\n}}\n', "utf-8")
        environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(configuration), "CHECKPOINT_DISABLE": "1"}
        environment |= {
            "AWS_ENDPOINT_URL": f"http://localhost:{server.server_port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_REGION": "us-east-1",
        }
        environment |= {"AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}
        environment |= {"AWS_SHARED_CREDENTIALS_FILE": str(credentials), "AWS_CONFIG_FILE": str(credentials)}
        for index, root in enumerate(roots):
            above = options.within.resolve() if options.within else common_folder(root)
            copy = Path(temporary) / str(index) / above.name
            shutil.copytree(above, copy, ignore=shutil.ignore_patterns(".terraform*", "plan.json"))
            for path in copy.rglob("*"):
                path.chmod(0o755 if path.is_dir() else 0o644)
                if path.suffix == ".tf":
                    path.write_text(without_versions(path.read_text("utf-8")), "utf-8")
            copy.chmod(0o755)
            scratch = copy / root.relative_to(above)
            values = values_of(scratch, Context(copy))
            found = plan(scratch, environment, values)
            if isinstance(found, str):
                print(f"not planned   {root}: {found}")  # noqa: T201
                continue
            planned += 1
            unit, _ = read_root(scratch, copy, values, ACCOUNT)
            result = compare(found, unit)
            print(f"{len(result.different):3d} different {len(result.unread):4d} unknown {result.equal:5d} equal   {root}")  # noqa: T201
            for line in [*result.different, *(result.unread if options.unknown else ())]:
                print(f"      {line[:400]}")  # noqa: T201
            failures += len(result.different)
            if options.record:
                record(root, found)
    print(f"{planned} of {len(roots)} roots planned, {failures} differences")  # noqa: T201
    return int(failures > 0)


def record(root: Path, found: dict[str, Any]) -> None:
    """Keep the plan of one of the project's own roots."""
    if root == LANGUAGE:
        text = json.dumps(found["planned_values"]["outputs"]["all"]["value"], indent=1, sort_keys=True)
        (LANGUAGE / "expressions.json").write_text(text + "\n", "utf-8")
    else:
        kept = {
            k: found[k]
            for k in ("format_version", "terraform_version", "planned_values", "resource_changes", "configuration", "variables")
            if k in found
        }
        (root / "plan.json").write_text(json.dumps(kept, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
