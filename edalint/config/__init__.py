"""Settings of a run: configuration files, parameter files and what the command line says over them."""

from edalint.config.settings import ConfigError, Environment, RuleSettings, Settings, load

__all__ = ["ConfigError", "Environment", "RuleSettings", "Settings", "load"]
