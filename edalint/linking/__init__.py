"""Ends become nodes, once for all inputs of a run."""
