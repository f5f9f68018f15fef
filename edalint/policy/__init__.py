"""Rule files, the expression language, evaluation, suppressions, baseline."""
