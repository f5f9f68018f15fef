"""One file per AWS service: what its resources are called and what they declare."""
