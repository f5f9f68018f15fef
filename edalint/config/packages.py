"""Policies that an organisation gives its teams: folders, or installed Python packages, with settings of their own.

A package has an entry point of the group `edalint.policies`, whose value is a Python package with rule files in it (it is found, never
imported: nothing of it runs). A `.edalint.yaml` beside the rule files locks rules, selects some, and sets severities and parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from edalint.config.errors import ConfigError
from edalint.config.settings import RuleSettings, Settings
from edalint.sources import files

GROUP = "edalint.policies"
OWN = ".edalint.yaml"
"""What an organisation says beside its policies."""
OWN_KEYS = ("locked", "rules", "select")


def folders(requirements: Iterable[str]) -> list[Path]:
    """The folders of installed packages, each named `NAME` or `NAME==VERSION`. Raises `ConfigError`."""
    return [_folder(requirement) for requirement in requirements]


def _folder(requirement: str) -> Path:
    from importlib.metadata import entry_points

    name, pinned, version = (part.strip() for part in requirement.partition("=="))
    known: list[str] = []
    for entry in entry_points(group=GROUP):
        owner = entry.dist.name if entry.dist is not None else entry.name
        known.append(owner)
        if _same(name) not in (_same(owner), _same(entry.name)):
            continue
        installed = entry.dist.version if entry.dist is not None else ""
        if pinned and installed != version:
            raise ConfigError("policy-packages", 1, 1, f"{owner} {installed} is installed, {requirement} is asked for")
        return _place(entry.value, owner)
    there = f"; installed: {', '.join(sorted(set(known)))}" if known else f"; no installed package has an entry point in {GROUP}"
    raise ConfigError("policy-packages", 1, 1, f"{name} is not installed{there}")


def _same(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _place(module: str, owner: str) -> Path:
    """The folder of a package, without importing it."""
    from importlib.machinery import PathFinder

    places: list[str] | None = None
    for part in module.partition(":")[0].split("."):
        spec = PathFinder.find_spec(part, places)
        places = list(spec.submodule_search_locations) if spec is not None and spec.submodule_search_locations else []
        if not places:
            raise ConfigError("policy-packages", 1, 1, f"the entry point of {owner} names {module}, which is no package")
    assert places
    return Path(places[0])


def look_through(folders: Iterable[Path]) -> None:
    """Refuse policies that are not there, or links out of the repository: a mistake is shown with its line. Raises `ConfigError`.

    Installed packages may be links (some installers make them so), and so may what is named itself.
    """
    from edalint.policy.compiled import files_in

    for folder in folders:
        if not files.is_file(folder) and not files.is_folder(folder):
            what = "is neither a file nor a folder" if files.exists(folder) else "does not exist"
            raise ConfigError("policies", 1, 1, f"{folder.as_posix()} {what}")
        if files.is_folder(folder):
            tree = files.project(folder)
            for file in (*files_in(folder), folder / OWN):
                if not files.below(file, tree):
                    raise ConfigError(file.as_posix(), 1, 1, "leads outside of the repository")


def own_settings(settings: Settings) -> None:
    """Put what the folders of policies say of themselves under the team's settings; locked rules are the organisation's. Raises `ConfigError`."""
    for folder in settings.policies:
        file = folder / OWN
        if not files.is_file(file):
            continue
        from edalint.config.file import read

        said = read(file, file.as_posix(), only=OWN_KEYS)
        settings.locked = (*settings.locked, *said.locked)
        settings.held = (*settings.held, *said.locked)
        settings.select = (*settings.select, *said.select)
        for word, rule in said.rules.items():
            team = settings.rules.get(word) if word not in said.locked else None
            if team is not None:
                rule = RuleSettings(team.severity or rule.severity, {**rule.parameters, **team.parameters})
            settings.rules[word] = RuleSettings(rule.severity, rule.parameters, held=True)
