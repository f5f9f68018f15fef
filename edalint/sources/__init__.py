"""Finding what is to be analysed, and reading YAML and JSON with positions."""
