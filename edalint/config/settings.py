"""Settings of a run: what `edalint.yaml` or `[tool.edalint]` say, and what the command line says over them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from edalint.config.errors import ConfigError
from edalint.hints import Any
from edalint.sources import files

__all__ = ["ConfigError", "Environment", "RuleSettings", "Settings", "environments", "load"]

NAMES = ("edalint.yaml", "edalint.yml", ".edalint.yaml")
SEVERITIES = ("error", "warning", "note", "off")
"""What a rule can be set to; `off` is as good as ignoring it."""
FAIL_ON = ("error", "warning", "note", "never")
CONFIDENCES = ("high", "medium", "low")


class RuleSettings:
    """What a configuration says of one rule."""

    __slots__ = ("held", "parameters", "severity")

    def __init__(self, severity: str | None = None, parameters: Mapping[str, Any] | None = None, *, held: bool = False) -> None:
        self.severity = severity
        self.parameters = dict(parameters or {})
        self.held = held
        """Said by the organisation whose policies are used: counts for a locked rule too."""


class Environment:
    """Values of parameters and variables under a name: one run of the analysis."""

    __slots__ = ("name", "parameters", "var_files")

    def __init__(self, name: str = "", parameters: Mapping[str, Any] | None = None, var_files: tuple[Path, ...] = ()) -> None:
        self.name = name
        self.parameters = dict(parameters or {})
        self.var_files = var_files


class Settings:
    """Everything that a run can be told. Field names are the configuration's keys with `_` for `-`."""

    def __init__(self, **given: Any) -> None:
        self.select: tuple[str, ...] = ()
        """Rules to run besides those on by default: ids, names, prefixes (`EDA9`), `all`."""
        self.only: tuple[str, ...] = ()
        """Nothing but these rules (`--only`)."""
        self.ignore: tuple[str, ...] = ()
        self.exclude: tuple[str, ...] = ()
        self.policies: tuple[Path, ...] = ()
        self.policy_packages: tuple[str, ...] = ()
        """Installed Python packages whose entry point `edalint.policies` names a folder of policies, each `NAME` or `NAME==VERSION`."""
        self.rules: dict[str, RuleSettings] = {}
        self.per_path: list[tuple[str, tuple[str, ...]]] = []
        """(glob, rules ignored for findings there)."""
        self.fail_on: str = "warning"
        self.min_confidence: str = "low"
        self.baseline: Path | None = None
        self.environments: list[Environment] = []
        self.region: str = ""
        self.account: str = ""
        self.external: dict[str, str] = {}
        """ARN, URL or name of something outside -> what to call it."""
        self.contexts: dict[str, tuple[str, ...]] = {}
        """Bounded context -> patterns of addresses, names or paths that belong to it."""
        self.strict: bool = False
        self.show_unknown: bool = False
        self.suppressions: bool = True
        self.schema: bool = False
        self.jobs: int = 1
        """Processes that share the work; 0 for as many as the machine has, where the input is large enough."""
        self.profile: str = ""
        self.locked: tuple[str, ...] = ()
        """Rules that neither `ignore` nor a suppression switches off (an organisation's)."""
        self.held: tuple[str, ...] = ()
        """Locked rules whose severity and parameters are the organisation's alone to set."""
        self.file: str = ""
        """The configuration file that was read."""
        for key, value in given.items():
            if not hasattr(self, key):
                raise TypeError(f"no setting {key!r}")
            setattr(self, key, value)


def find_config(start: Path) -> Path | None:
    """The nearest configuration from a folder up to the git work tree's root (or the file system's)."""
    for folder in (start, *start.parents):
        for name in NAMES:
            if files.is_file(folder / name):
                return folder / name
        project = folder / "pyproject.toml"
        if _has_settings(project):
            return project
        if files.exists(folder / ".git"):
            break
    return None


def _has_settings(project: Path) -> bool:
    """Whether a pyproject.toml speaks of us; one that can't be read, or is a link to somebody else's, does not."""
    try:
        ours = files.is_file(project) and files.below(project, files.project(project.parent))
        return ours and b"[tool.edalint" in files.content(project)
    except OSError:
        return False


def load(arguments: Mapping[str, Any]) -> Settings:
    """The settings of a command line. Raises `ConfigError`."""
    settings = _from_file(arguments)
    if settings.policies or settings.policy_packages or arguments.get("policies"):
        _policies(settings, arguments.get("policies") or ())
    for key in ("select", "only", "ignore", "exclude"):
        if arguments.get(key):
            setattr(settings, key, (*getattr(settings, key), *_split(arguments[key])))
    for key in ("fail_on", "min_confidence", "region", "account"):
        if arguments.get(key):
            setattr(settings, key, arguments[key])
    if arguments.get("baseline"):
        settings.baseline = arguments["baseline"]
    settings.strict = settings.strict or bool(arguments.get("strict"))
    settings.show_unknown = settings.show_unknown or bool(arguments.get("show_unknown"))
    settings.suppressions = not arguments.get("no_suppressions")
    settings.jobs = int(arguments.get("jobs") or 0)
    settings.schema = settings.schema or bool(arguments.get("schema"))
    _choose(settings, arguments.get("environment") or ())
    given = environments(arguments.get("parameters") or (), arguments.get("var_file") or ())
    settings.environments = given or settings.environments
    return settings


def _policies(settings: Settings, named: Any) -> None:
    """Every folder of policies, and what each says of itself."""
    from edalint.config.packages import folders, look_through, own_settings

    own = (*settings.policies, *named)
    look_through(own)
    settings.policies = (*folders(settings.policy_packages), *own)
    own_settings(settings)


def _choose(settings: Settings, names: tuple[str, ...]) -> None:
    """Only the environments that `--environment` names."""
    known = {e.name: e for e in settings.environments}
    for name in names:
        if name not in known:
            there = f"there are {', '.join(known)}" if known else "the configuration has none (key environments)"
            raise ConfigError("--environment", 1, 1, f"there is no environment {name!r}; {there}")
    if names:
        settings.environments = [known[name] for name in dict.fromkeys(names)]


def _from_file(arguments: Mapping[str, Any]) -> Settings:
    chosen = arguments.get("config")
    found = chosen is None
    if chosen is None:
        paths = [p for p in arguments.get("paths") or () if str(p) != "-"]
        start = (paths[0] if paths else Path()).absolute()
        chosen = find_config(start if files.is_folder(start) else start.parent)
    profile = arguments.get("profile") or ""
    if chosen is None and not profile:
        return Settings()
    from edalint.config.file import of_profile, read

    if chosen is None:
        return of_profile(profile)

    try:
        display = Path(files.place(chosen)).relative_to(Path.cwd()).as_posix()
    except ValueError:
        display = str(chosen)
    return read(Path(chosen), display, profile=profile, within=files.project(Path(chosen).parent) if found else None)


def environments(parameters: tuple[str, ...], var_files: tuple[str, ...]) -> list[Environment]:
    """The environments that `--parameters` and `--var-file` name: files without a name apply to all."""
    from edalint.config.parameters import read_parameters

    shared = Environment()
    named: dict[str, Environment] = {}
    for text, variables in [*((p, False) for p in parameters), *((v, True) for v in var_files)]:
        name, separator, file = text.partition("=")
        if not separator or files.exists(text):
            name, file = "", text
        environment = named.setdefault(name, Environment(name)) if name else shared
        if variables:
            environment.var_files = (*environment.var_files, Path(file))
        else:
            environment.parameters.update(read_parameters(Path(file), piped=True))
    for environment in named.values():
        environment.parameters = {**shared.parameters, **environment.parameters}
        environment.var_files = (*shared.var_files, *environment.var_files)
    if named:
        return list(named.values())
    return [shared] if shared.parameters or shared.var_files else []


def _split(values: Any) -> list[Any]:
    """Repeated options; strings may hold several values with commas."""
    return [part for value in values for part in (value.split(",") if isinstance(value, str) else [value]) if part]
