"""Profiles, environments, an organisation's policies and their locks, and values that are found beside a template."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from edalint.analysis import analyze
from edalint.config import ConfigError, load
from edalint.config.packages import folders
from tests.conftest import Command

LOSING = "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n"
RULE = """\
id: ACME1
name: acme-queue
severity: error
confidence: high
summary: A queue.
match: {node: queue}
when: node.visibility_timeout < parameters.seconds
message: "'{node}' is a queue"
parameters: {seconds: 60}
aliases: [acme-old-queue]
"""


def found(folder: Path, *names: str, **arguments: Any) -> list[tuple[str, str]]:
    settings = load({"paths": [folder], **arguments})
    return [(f.rule, f.severity) for f in analyze([folder], settings, root=folder).findings if f.rule.startswith(names or "ACME")]


def package(folder: Path, monkeypatch: pytest.MonkeyPatch, *, version: str = "1.2", own: str = "") -> None:
    """A Python package with policies, as `pip install` leaves it; importing it would fail."""
    site = folder / "site"
    (site / "acme_policies" / "rules").mkdir(parents=True)
    (site / "acme_policies" / "__init__.py").write_text("raise RuntimeError('nothing of a policy package runs')\n")
    (site / "acme_policies" / "rules" / "__init__.py").write_text("raise RuntimeError\n")
    (site / "acme_policies" / "rules" / "queue.yaml").write_text(RULE)
    if own:
        (site / "acme_policies" / "rules" / ".edalint.yaml").write_text(own)
    info = site / f"acme_policies-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: acme-policies\nVersion: {version}\n")
    (info / "entry_points.txt").write_text("[edalint.policies]\nacme = acme_policies.rules\n")
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])


def test_a_package_of_policies_is_found_and_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the name of the package or of its entry point, in any spelling; a pin has to fit."""
    package(tmp_path, monkeypatch)
    place = [tmp_path / "site" / "acme_policies" / "rules"]

    assert folders(["acme-policies"]) == folders(["Acme_Policies==1.2"]) == folders(["acme"]) == place
    with pytest.raises(ConfigError, match=r"acme-policies 1\.2 is installed, acme==2 is asked for"):
        folders(["acme==2"])
    with pytest.raises(ConfigError, match=r"other is not installed; installed: acme-policies"):
        folders(["other"])


def test_a_team_can_not_switch_off_what_its_organisation_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by ignoring it, by its severity, per path, by confidence, nor with a suppression; what is not locked the team sets itself."""
    package(tmp_path, monkeypatch, own="locked: [ACME1]\nrules: {ACME1: {seconds: 40}}\n")
    project = tmp_path / "project"
    project.mkdir()
    (project / "t.yaml").write_text(LOSING.replace("Orders:", "Orders: # edalint: ignore[ACME1] no"))
    (project / "edalint.yaml").write_text(
        "policy-packages: [acme]\nignore: [ACME1]\nrules: {acme-queue: {severity: note, seconds: 10}, EDA101: off}\n"
        "per-path: [{path: '*', ignore: [ACME]}]\n"
    )

    assert found(project, "ACME", "EDA101") == [("ACME1", "error")]


def test_what_is_not_locked_is_the_teams_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The organisation's word counts where the team says nothing; a renamed rule answers to its old name."""
    package(tmp_path, monkeypatch, own="rules: {ACME1: {severity: warning}}\n")
    project = tmp_path / "project"
    project.mkdir()
    (project / "t.yaml").write_text(LOSING)
    config = project / "edalint.yaml"

    config.write_text("policy-packages: [acme]\n")
    assert found(project) == [("ACME1", "warning")]
    config.write_text("policy-packages: [acme]\nrules: {ACME1: note}\n")
    assert found(project) == [("ACME1", "note")]
    config.write_text("policy-packages: [acme]\nignore: [acme-old-queue]\n")
    assert found(project) == []


def test_an_organisation_sets_no_more_than_its_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its file has three keys; another one is an error with its place."""
    package(tmp_path, monkeypatch, own="fail-on: never\n")

    with pytest.raises(ConfigError, match=r"\.edalint\.yaml:1:1: 'fail-on' is not a setting"):
        load({"paths": [tmp_path], "policies": (tmp_path / "site" / "acme_policies" / "rules",)})


def test_profiles_are_a_few_settings_that_others_go_over(tmp_path: Path) -> None:
    """The command line's profile goes over the file's, single settings over both."""
    (tmp_path / "edalint.yaml").write_text("profile: strict\nfail-on: error\nselect: [EDA1]\n")

    strict = load({"paths": [tmp_path]})
    ci = load({"paths": [tmp_path], "profile": "ci", "min_confidence": "low"})

    assert (strict.profile, strict.strict, strict.fail_on, strict.select) == ("strict", True, "error", ("all", "EDA1"))
    assert (ci.profile, ci.strict, ci.fail_on, ci.min_confidence) == ("ci", False, "error", "low")
    assert load({"paths": [tmp_path / "elsewhere"], "config": None, "profile": "architect"}).show_unknown
    (tmp_path / "edalint.yaml").write_text("profile: strickt\n")
    with pytest.raises(ConfigError, match="ci, strict or architect"):
        load({"paths": [tmp_path]})


ENVIRONMENTS = """\
environments:
  dev: {parameters: {Dlq: "no"}}
  prod: {parameters: {Dlq: "yes"}}
"""
CONDITIONAL = """\
Parameters: {Dlq: {Type: String}}
Conditions: {HasDlq: !Equals [!Ref Dlq, "yes"]}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: !If [HasDlq, {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}, !Ref AWS::NoValue]
  Failed: {Type: AWS::SQS::Queue, Properties: {QueueName: failed}}
"""


def test_environments_of_the_configuration(edalint: Command, tmp_path: Path) -> None:
    """Each is a run of its own; what holds only in some says in which; one may be chosen."""
    (tmp_path / "t.yaml").write_text(CONDITIONAL)
    (tmp_path / "edalint.yaml").write_text(ENVIRONMENTS)

    def rules(*arguments: str) -> list[str]:
        findings = json.loads(edalint("check", "t.yaml", "--format", "json", "--only", "EDA101", *arguments).output)["findings"]
        return [f.get("when", "") for f in findings]

    assert rules() == ["environment dev"]
    assert rules("--environment", "prod") == []
    assert rules("--environment", "dev") == [""]
    assert edalint("check", "t.yaml", "--environment", "stage").status == 2


def test_samconfig_beside_a_template(tmp_path: Path) -> None:
    """Its default environment gives the parameters that nobody else gives; that of another template does not."""
    (tmp_path / "template.yaml").write_text(CONDITIONAL)
    config = tmp_path / "samconfig.toml"

    assert found(tmp_path, "EDA101") == []
    config.write_text('version = 0.1\n[default.deploy.parameters]\nparameter_overrides = "Dlq=\\"no\\""\n')
    assert found(tmp_path, "EDA101") == [("EDA101", "warning")]
    config.write_text('[default.deploy.parameters]\ntemplate_file = "other.yaml"\nparameter_overrides = "Dlq=no"\n')
    assert found(tmp_path, "EDA101") == []
    for broken in ("[", "default = 3", '[default.deploy.parameters]\nparameter_overrides = "a=\'"', "[default]\ndeploy = []"):
        config.write_text(broken)
        assert found(tmp_path, "EDA101") == []


def test_values_that_are_given_go_over_samconfig(tmp_path: Path) -> None:
    """`--parameters` is the user's own word."""
    (tmp_path / "template.yaml").write_text(CONDITIONAL)
    (tmp_path / "samconfig.toml").write_text('[default.deploy.parameters]\nparameter_overrides = ["Dlq=no"]\n')
    (tmp_path / "prod.json").write_text('{"Parameters": {"Dlq": "yes"}}')

    assert found(tmp_path, "EDA101") == [("EDA101", "warning")]
    assert found(tmp_path, "EDA101", parameters=(str(tmp_path / "prod.json"),)) == []
