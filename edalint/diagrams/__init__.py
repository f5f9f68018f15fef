"""The architecture drawn from the templates."""
