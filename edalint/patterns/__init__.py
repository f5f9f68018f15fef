"""Event patterns, filter policies and filter criteria."""
