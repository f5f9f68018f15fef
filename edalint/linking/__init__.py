"""Ends become nodes, once for all inputs: references, exports, SSM parameters, names, ARNs and URLs."""

from edalint.linking.linker import link, resolve
from edalint.linking.lookups import complete

__all__ = ["complete", "link", "resolve"]
