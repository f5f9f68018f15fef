"""Input that means harm: each kind with its bound."""
