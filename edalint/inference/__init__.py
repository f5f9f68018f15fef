"""The edges that only permissions and environment show."""
