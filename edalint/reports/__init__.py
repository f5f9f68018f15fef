"""Findings and graphs as text, JSON, SARIF and more."""
