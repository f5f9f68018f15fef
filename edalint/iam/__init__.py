"""Policy documents: what they allow, in three values."""
