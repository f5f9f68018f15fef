"""Which Terraform root of a run a `terraform_remote_state` means: the one that keeps its state where the data source reads it."""

from __future__ import annotations

from collections.abc import Sequence
from posixpath import join, normpath

from edalint.hints import Any
from edalint.model.resources import Unit
from edalint.model.values import Value, settled

LOCAL_STATE = "terraform.tfstate"
"""Where a root without backend keeps its state: https://developer.hashicorp.com/terraform/language/backend/local"""
IDENTIFYING: dict[str, tuple[str, ...]] = {
    "s3": ("bucket", "key"),
    "gcs": ("bucket", "prefix"),
    "azurerm": ("storage_account_name", "container_name", "key"),
    "http": ("address",),
    "consul": ("path",),
    "pg": ("conn_str", "schema_name"),
    "kubernetes": ("secret_suffix", "namespace"),
    "remote": ("organization", "workspaces"),
}
"""Backend -> the arguments that say which state it is."""


class Roots:
    """The Terraform roots of a run, by where they keep their state."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._units = [u for u in units if u.kind.startswith("terraform")]

    def output(self, key: Value, asker: Unit) -> Value:
        """The output of the root that a data source reads; None where it is not in the run, or several are equally near."""
        asked = settled(key)
        if not isinstance(asked, dict):
            return None
        name, backend, config = settled(asked.get("output")), settled(asked.get("backend")), settled(asked.get("config"))
        if isinstance(config, list) and len(config) == 1:
            config = settled(config[0])
        if not isinstance(name, str) or not isinstance(backend, str) or not isinstance(config, dict):
            return None
        matching = [u for u in self._units if u is not asker and name in u.outputs]
        exact = [u for u in matching if _same(u, backend, config, asker)]
        found = _nearest(exact or [u for u in matching if _likely(u, backend, config)], asker)
        return found.outputs[name] if found is not None else None


def _same(root: Unit, backend: str, config: dict[str, Any], asker: Unit) -> bool:
    own = root.backend
    if backend == "local":
        path = settled(config.get("path"))
        kept = settled(own.get("path", LOCAL_STATE)) if own is not None else LOCAL_STATE
        if (own is not None and own.get("backend") != "local") or not isinstance(path, str) or not isinstance(kept, str):
            return False
        return normpath(join(asker.path, path)) == normpath(join(root.path, kept))
    keys = IDENTIFYING.get(backend)
    if own is None or own.get("backend") != backend or keys is None:
        return False
    written = [(settled(config.get(k)), settled(own.get(k))) for k in keys]
    return any(a is not None for a, _ in written) and all(a == b for a, b in written)


def _likely(root: Unit, backend: str, config: dict[str, Any]) -> bool:
    """Whether a root whose backend is configured at init is the one: its folder's name stands in the state's key."""
    own = root.backend
    if own is not None and (own.get("backend") != backend or any(k in own for k in IDENTIFYING.get(backend, ()) if k != "bucket")):
        return False
    if own is None and backend == "local":
        return False
    key = settled(config.get("key", config.get("prefix")))
    folder = normpath(root.path).rsplit("/", 1)[-1]
    return isinstance(key, str) and folder not in ("", ".") and folder in key.replace(".tfstate", "").split("/")


def _nearest(roots: list[Unit], asker: Unit) -> Unit | None:
    if not roots:
        return None
    distances = [_distance(asker, u) for u in roots]
    near = [u for u, d in zip(roots, distances, strict=True) if d == min(distances)]
    return near[0] if len(near) == 1 else None


def _distance(asker: Unit, found: Unit) -> int:
    """The place of the nearest scope of one unit that another unit is in too; the run is the farthest."""
    if asker is found:
        return -1
    theirs = set(found.scopes)
    return next((i for i, scope in enumerate(asker.scopes) if scope in theirs), len(asker.scopes))
