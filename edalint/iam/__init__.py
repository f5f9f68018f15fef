"""Policy documents: what they say, and whether they allow a request."""
